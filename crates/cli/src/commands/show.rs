//! `dispute show`: the state of a dispute, or one event, party or standard.

use std::collections::BTreeSet;

use clap::{Arg, ArgMatches, Command};
use dispute_core::event::schema::{Mentioned, Named};
use dispute_core::event::{Event, Fact};
use dispute_core::{
    Entry, EventId, Json, ReadLog, Record, Recorded, Scope, Slug, read_described, read_record,
};
use dispute_projection::{AsOf, State, described_at, order_sensitive};

use super::Context;
use crate::cuts::{self, Asked, Cut};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::ledger::folding::fold_each;
use crate::ledger::reading::{self, Name};
use crate::render::{self, Correction, Happened, Portrait};

pub(super) fn command() -> Command {
    Command::new("show")
        .about("Show where a dispute stands, or one event, party or standard")
        .after_help(
            "Examples:\n  dispute show kaiser-socal-2024\n  \
             dispute show kaiser-socal-2024 --on 2025-02-20\n  \
             dispute show kaiser-socal-2024 --on 2025-02-20 --known-at 118\n  \
             dispute show kaiser-socal-2024 --believed-on 2025-02-20\n  dispute show kp-19",
        )
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("A dispute, an event (its id may be cut), a party or a standard"),
        )
        .args(cuts::arguments())
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open()?;
    let word = arguments.get_one::<String>("name").map_or("", String::as_str);
    let asked = Asked::read(arguments);
    match reading::find(&*log, word)? {
        Name::Dispute(dispute) => show_state(&*log, &dispute, asked, context),
        Name::Event(id, dispute) => show_event(&*log, &id, dispute.as_ref(), asked, context),
        Name::Described(named, slug) => show_description(&*log, named, &slug, asked, context),
    }
}

fn show_state(
    log: &dyn ReadLog,
    dispute: &Slug,
    asked: Asked<'_>,
    context: &Context,
) -> Result<ExitCode> {
    let record = reading::dispute_record(log, dispute)?;
    let Cut { cuts, as_of, .. } =
        asked.of_dispute(log, &record, Some(dispute), context, context.output)?;
    let state =
        State::of(&record, dispute, as_of).ok_or_else(|| cuts.no_such_dispute(&record, dispute))?;
    let record = &*as_of.known_part(&record);
    let sensitivity = order_sensitive(record, dispute, as_of).unwrap_or_default();
    if context.output.json {
        let Json::Object(mut members) = state.to_json(&cuts.known()) else {
            return Ok(ExitCode::Done);
        };
        members.extend(sensitivity.members());
        context.output.document(&Json::Object(members))?;
    } else {
        context.output.answer(&render::state(
            &state,
            &sensitivity,
            &cuts.known(),
            record,
            &context.output.options(),
        ))?;
    }
    Ok(ExitCode::Done)
}

fn show_event(
    log: &dyn ReadLog,
    id: &EventId,
    dispute: Option<&Slug>,
    asked: Asked<'_>,
    context: &Context,
) -> Result<ExitCode> {
    let record = match dispute {
        Some(dispute) => reading::dispute_record(log, dispute)?,
        None => read_record(log, &Scope::Disputes(BTreeSet::new()))?,
    };
    let as_of = asked.of_dispute(log, &record, dispute, context, context.output)?.as_of;
    let whole = record;
    let record = &*as_of.known_part(&whole);
    let found = record.position(id).and_then(|n| Some((n, record.get(n)?)));
    let Some((n, event)) = found else {
        let later = whole.position(id).and_then(|n| whole.get(n));
        return Err(not_yet_on_record(id.as_str(), "it was recorded", later).into());
    };
    let mut portrait = portrait(record, n, as_of);
    if dispute.is_none() {
        let mut replies = Vec::new();
        let elsewhere = replies_in_disputes(log, id, as_of, context)?;
        for id in portrait.replies.into_iter().chain(elsewhere) {
            replies.push((log.find(&id)?, id));
        }
        // In the order of recording.
        replies.sort();
        portrait.replies = replies.into_iter().map(|(_, id)| id).collect();
    }
    let entry = reading::entry(log, event.sequence)?;
    if context.output.json {
        context.output.document(&event_to_json(record, &portrait, &entry))?;
    } else {
        let text = render::event(record, &portrait, &entry, &context.output.options());
        context.output.answer(&text)?;
    }
    Ok(ExitCode::Done)
}

/// The error where something is not in what was known, but is on record now.
fn not_yet_on_record(name: &str, verb: &str, later: Option<&Recorded>) -> CommandError {
    let error = CommandError::not_found(format!("{name} was not on record by then"));
    match later {
        Some(event) => error
            .fact(format!("{verb} at {}, #{}", event.recorded_at, event.sequence))
            .hint(format!("ask for --known-at {} or later", event.sequence)),
        None => error.hint("dispute verify checks the whole ledger"),
    }
}

/// `{schema, id, sequence, digest, previous, recorded_at, recorded_by, event, as_amended,
/// corrections, replies, versions, effective, redacted}`, and `retracted`; where a date was asked
/// for also `happened`.
fn event_to_json(record: &Record, portrait: &Portrait, entry: &Entry) -> Json {
    let envelope = entry.envelope();
    let n = portrait.n;
    let corrections = portrait.corrections.iter().map(|correction| {
        Json::object([
            ("id", Json::text(&correction.id)),
            ("kind", Json::text(correction.kind)),
            ("recorded_at", Json::text(correction.recorded_at)),
            ("reason", Json::text(&correction.reason)),
            ("stands", Json::Bool(correction.stands)),
        ])
    });
    let document = |event: Option<&dispute_core::event::Event>| {
        event.map_or(Json::Null, dispute_core::event::Event::to_json)
    };
    let Json::Object(mut members) = Json::object([
        ("schema", Json::text("dispute/show/v1")),
        ("id", Json::text(envelope.id())),
        ("sequence", Json::count(envelope.sequence().get())),
        ("digest", Json::text(entry.digest())),
        ("previous", Json::text(envelope.previous())),
        ("recorded_at", Json::text(envelope.recorded_at())),
        ("recorded_by", Json::text(envelope.recorded_by())),
        ("event", document(record.get(n).and_then(|event| event.event.as_ref()))),
        ("as_amended", document(record.document(n))),
        ("corrections", Json::List(corrections.collect())),
        ("replies", Json::texts(&portrait.replies)),
        ("versions", Json::texts(&portrait.versions)),
        (
            "effective",
            Json::object([
                ("earliest", Json::text_or_null(portrait.effective.earliest)),
                ("latest", Json::text_or_null(portrait.effective.latest)),
                ("narrowed_by", Json::texts(&portrait.narrowed_by)),
            ]),
        ),
        ("redacted", Json::Bool(record.is_erased(n))),
        ("retracted", Json::Bool(record.is_retracted(n))),
    ]) else {
        return Json::Null;
    };
    let happened = portrait.happened.map(|happened| Json::text(happened.as_str()));
    members.extend(happened.map(|happened| ("happened".to_owned(), happened)));
    Json::Object(members)
}

fn portrait(record: &Record, n: usize, as_of: AsOf) -> Portrait {
    let id_of = |n: usize| record.get(n).map(|event| event.id.clone());
    let mut corrections = Vec::new();
    let mut replies = Vec::new();
    let own = id_of(n);
    let spans = reading::spans(record);
    for other in (0..record.len()).filter(|other| *other != n) {
        let Some(event) = record.get(other) else { continue };
        let correction = match event.fact() {
            Some(Fact::Amendment(amendment)) => Some((&amendment.of, &amendment.reason)),
            Some(Fact::Retraction(retraction)) => Some((&retraction.of, &retraction.reason)),
            Some(Fact::Redaction(redaction)) => Some((&redaction.of, &redaction.reason)),
            _ => None,
        };
        if let Some((of, reason)) = correction {
            if Some(of) == own.as_ref() {
                corrections.push(Correction {
                    id: event.id.clone(),
                    kind: event.kind.as_str(),
                    sequence: event.sequence,
                    recorded_at: event.recorded_at,
                    reason: reason.clone(),
                    stands: record.stands(other),
                });
            }
            continue;
        }
        let has_begun = spans.get(other).is_some_and(|span| as_of.has_begun(*span));
        let replies_to = |document| own.as_ref().is_some_and(|own| refers_to(document, own));
        if has_begun && record.document(other).is_some_and(replies_to) {
            replies.push(event.id.clone());
        }
    }
    let account = |other: &usize| {
        *other != n
            && record.original(*other) == record.original(n)
            && record.stands(*other)
            && spans.get(*other).is_some_and(|span| as_of.includes(*span))
    };
    let versions = (0..record.len()).filter(account).filter_map(id_of).collect();
    let positions = record.get(n).and_then(|event| event.dispute.as_ref());
    let positions = positions.map_or(&[][..], |dispute| record.of_dispute(dispute));
    let narrowed = positions
        .iter()
        .position(|position| *position == n)
        .and_then(|place| record.narrowed(positions).into_iter().nth(place));
    let (effective, narrowed_by) = match narrowed {
        Some(narrowed) => {
            let by = [narrowed.earliest_from, narrowed.latest_from];
            let mut by: Vec<EventId> = by.into_iter().flatten().filter_map(id_of).collect();
            by.dedup();
            (narrowed.span, by)
        }
        None => (record.span(n), Vec::new()),
    };
    // A correction counts from its recording, whatever date is asked for.
    let is_correction = record.get(n).is_some_and(|event| event.kind.is_about_the_record());
    let happened = as_of.on.filter(|_| !is_correction).map(|_| Happened::by(effective, as_of));
    Portrait { n, corrections, replies, versions, effective, narrowed_by, happened }
}

/// Whether an event names another, but as an account of the same fact.
fn refers_to(document: &Event, id: &EventId) -> bool {
    let mut refers = false;
    document.mentions(&mut |mention| {
        let names = matches!(mention.what, Mentioned::Event(named, _) if named == id);
        refers |= names && mention.key != "version_of";
    });
    refers
}

/// The events of disputes that name one of none, in any order.
fn replies_in_disputes(
    log: &dyn ReadLog,
    id: &EventId,
    as_of: AsOf,
    context: &Context,
) -> Result<Vec<EventId>> {
    let replies = |dispute: &Slug, record: &Record| {
        let named = |document: &Event| refers_to(document, id);
        let known = as_of.known_part(record);
        let begun = begun_where(&known, dispute, as_of, &named);
        begun.into_iter().cloned().collect::<Vec<EventId>>()
    };
    let all = fold_each(log, &log.disputes()?, &replies, context.output)?;
    Ok(all.into_values().flatten().collect())
}

/// The events of a dispute that had begun by a date, of those whose documents are asked for.
fn begun_where<'r>(
    record: &'r Record,
    dispute: &Slug,
    as_of: AsOf,
    asked: &dyn Fn(&Event) -> bool,
) -> Vec<&'r EventId> {
    let spans = reading::spans(record);
    let has_begun = |n: &&usize| spans.get(**n).is_some_and(|span| as_of.has_begun(*span));
    let is_asked = |n: &&usize| record.document(**n).is_some_and(asked);
    let events = record.of_dispute(dispute).iter().filter(is_asked).filter(has_begun);
    events.filter_map(|n| record.get(*n)).map(|event| &event.id).collect()
}

fn show_description(
    log: &dyn ReadLog,
    named: Named,
    slug: &Slug,
    asked: Asked<'_>,
    context: &Context,
) -> Result<ExitCode> {
    let record = read_described(log, named, slug)?;
    let as_of = asked.of_dispute(log, &record, None, context, context.output)?.as_of;
    let whole = record;
    let record = &*as_of.known_part(&whole);
    let Some(event) = described_at(record, named, slug, as_of) else {
        let mut all = whole.descriptions(named, slug).iter().filter_map(|n| whole.get(*n));
        let later = all.find(|event| record.position(&event.id).is_none());
        return Err(not_yet_on_record(slug.as_str(), "it was first described", later).into());
    };
    let spans = reading::spans(record);
    let has_begun = |n: &usize| spans.get(*n).is_some_and(|span| as_of.has_begun(*span));
    let ids: Vec<EventId> = record
        .descriptions(named, slug)
        .iter()
        .filter(|n| has_begun(n))
        .filter_map(|n| record.get(*n))
        .map(|event| event.id.clone())
        .collect();
    // A dispute counts where it was opened, and something that names the party had begun.
    let names_it = |dispute: &Slug, record: &Record| {
        let record = &*as_of.known_part(record);
        let named = |document: &Event| mentions(document, named, slug);
        record.ever_opened(dispute) && !begun_where(record, dispute, as_of, &named).is_empty()
    };
    let disputes = fold_each(log, &log.disputes()?, &names_it, context.output)?;
    let named_in = disputes.into_iter().filter(|(_, names_it)| *names_it);
    let disputes: Vec<Slug> = named_in.map(|(dispute, _)| dispute).collect();
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/show/v1")),
            (named.as_str(), event.to_json()),
            ("descriptions", Json::texts(&ids)),
            ("disputes", Json::texts(&disputes)),
        ]))?;
    } else {
        let text = render::description(event, &ids, &disputes, &context.output.options());
        context.output.answer(&text)?;
    }
    Ok(ExitCode::Done)
}

fn mentions(event: &Event, named: Named, slug: &Slug) -> bool {
    let mut found = false;
    event.mentions(&mut |mention| {
        found |= matches!(mention.what, Mentioned::Declared(kind, known) if kind == named && known == slug);
    });
    found
}
