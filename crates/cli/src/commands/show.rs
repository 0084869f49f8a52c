//! `dispute show`: the state of a dispute, or one event, party or standard.

use clap::{Arg, ArgMatches, Command};
use dispute_core::event::Fact;
use dispute_core::event::schema::{Mentioned, Named};
use dispute_core::{EventId, Json, Record, Scope, SledLog, Slug, read_record};
use dispute_projection::{AsOf, State, described_at};

use super::{Context, on_argument};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::ledger::reading::{self, Name};
use crate::render::{self, Portrait};

pub(super) fn command() -> Command {
    Command::new("show")
        .about("Show where a dispute stands, or one event, party or standard")
        .after_help(
            "Examples:\n  dispute show kaiser-socal-2024\n  \
             dispute show kaiser-socal-2024 --on 2025-02-20\n  dispute show kp-19",
        )
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("A dispute, an event (its id may be cut), a party or a standard"),
        )
        .arg(on_argument())
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open()?;
    let word = arguments.get_one::<String>("name").map_or("", String::as_str);
    let on = arguments.get_one::<String>("on").map(String::as_str);
    match reading::find(&log, word)? {
        Name::Dispute(dispute) => show_state(&log, &dispute, on, context),
        Name::Event(..) | Name::Described(..) if on.is_some() => {
            let message = "--on asks for the state of a dispute, not for one event or party";
            Err(CommandError::usage(message).hint("dispute show DISPUTE --on DATE").into())
        }
        Name::Event(id, dispute) => show_event(&log, &id, dispute.as_ref(), context),
        Name::Described(named, slug) => show_description(&log, named, &slug, context),
    }
}

fn show_state(
    log: &SledLog,
    dispute: &Slug,
    on: Option<&str>,
    context: &Context,
) -> Result<ExitCode> {
    let record = reading::dispute_record(log, dispute)?;
    let as_of = context.today.cut("on", on, record.zone_of(Some(dispute)), context.output)?;
    let state =
        State::of(&record, dispute, as_of).ok_or_else(|| reading::no_such_dispute(dispute))?;
    let known = reading::known(log)?;
    if context.output.json {
        context.output.document(&state.to_json(&known))?;
    } else {
        context.output.answer(&render::state(
            &state,
            &known,
            &record,
            &context.output.options(),
        ))?;
    }
    Ok(ExitCode::Done)
}

fn show_event(
    log: &SledLog,
    id: &EventId,
    dispute: Option<&Slug>,
    context: &Context,
) -> Result<ExitCode> {
    let record = match dispute {
        Some(dispute) => reading::dispute_record(log, dispute)?,
        None => read_record(log, &Scope::Whole)?,
    };
    let Some(n) = record.position(id) else {
        return Err(CommandError::not_found(format!("there is no event {id}")).into());
    };
    let portrait = portrait(&record, n);
    let Some(event) = record.get(n) else {
        return Err(CommandError::not_found(format!("there is no event {id}")).into());
    };
    let entry = reading::entry(log, event.sequence)?;
    if !context.output.json {
        let text = render::event(&record, &portrait, &entry, &context.output.options());
        context.output.answer(&text)?;
        return Ok(ExitCode::Done);
    }
    let envelope = entry.envelope();
    let corrections = portrait.corrections.iter().map(|(id, kind, recorded_at, reason)| {
        Json::object([
            ("id", Json::text(id)),
            ("kind", Json::text(kind)),
            ("recorded_at", Json::text(recorded_at)),
            ("reason", Json::text(reason)),
        ])
    });
    let document = |event: Option<&dispute_core::event::Event>| {
        event.map_or(Json::Null, dispute_core::event::Event::to_json)
    };
    context.output.document(&Json::object([
        ("schema", Json::text("dispute/show/v1")),
        ("id", Json::text(id)),
        ("sequence", Json::count(envelope.sequence().get())),
        ("digest", Json::text(entry.digest())),
        ("previous", Json::text(envelope.previous())),
        ("recorded_at", Json::text(envelope.recorded_at())),
        ("recorded_by", Json::text(envelope.recorded_by())),
        ("event", document(event.event.as_ref())),
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
    ]))?;
    Ok(ExitCode::Done)
}

fn portrait(record: &Record, n: usize) -> Portrait {
    let id_of = |n: usize| record.get(n).map(|event| event.id.clone());
    let mut corrections = Vec::new();
    let mut replies = Vec::new();
    let own = id_of(n);
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
                let kind = event.kind.as_str();
                corrections.push((event.id.clone(), kind, event.recorded_at, reason.clone()));
            }
            continue;
        }
        let Some(document) = record.document(other) else { continue };
        let mut refers = false;
        document.mentions(&mut |mention| {
            if let Mentioned::Event(id, _) = mention.what
                && mention.key != "version_of"
                && Some(id) == own.as_ref()
            {
                refers = true;
            }
        });
        if refers {
            replies.push(event.id.clone());
        }
    }
    let account = |other: &usize| {
        *other != n && record.original(*other) == record.original(n) && record.stands(*other)
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
    Portrait { n, corrections, replies, versions, effective, narrowed_by }
}

fn show_description(
    log: &SledLog,
    named: Named,
    slug: &Slug,
    context: &Context,
) -> Result<ExitCode> {
    let record = read_record(log, &Scope::Whole)?;
    let as_of = AsOf::now(context.today.now);
    let Some(event) = described_at(&record, named, slug, as_of) else {
        return Err(CommandError::not_found(format!("nothing describes {slug}")).into());
    };
    let ids: Vec<EventId> = record
        .descriptions(named, slug)
        .iter()
        .filter_map(|n| record.get(*n))
        .map(|event| event.id.clone())
        .collect();
    let disputes: Vec<Slug> = record
        .disputes()
        .into_iter()
        .filter(|dispute| {
            let names = |n: &usize| record.document(*n).is_some_and(|e| mentions(e, named, slug));
            record.of_dispute(dispute).iter().any(names)
        })
        .collect();
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

fn mentions(event: &dispute_core::event::Event, named: Named, slug: &Slug) -> bool {
    let mut found = false;
    event.mentions(&mut |mention| {
        found |= matches!(mention.what, Mentioned::Declared(kind, known) if kind == named && known == slug);
    });
    found
}
