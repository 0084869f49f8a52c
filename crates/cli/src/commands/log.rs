//! `dispute log`: the events, one a row.

use std::collections::{BTreeSet, HashMap};

use clap::{Arg, ArgAction, ArgMatches, Command};
use dispute_core::event::{Event, Kind};
use dispute_core::{Instant, Json, Record, Scope, Sequence, Slug, Span, Zone};

use super::Context;
use crate::cuts::{self, Asked, Cut};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::ledger::reading::{self, Seal};
use crate::render;

pub(super) fn command() -> Command {
    Command::new("log")
        .about("List events, of one dispute or of all, in the order in which they happened")
        .after_help(
            "Examples:\n  dispute log kaiser-socal-2024 --since 2025-02 --until 2025-03\n  \
             dispute log kaiser-socal-2024 --by kaiser --kind rejection,acceptance\n  \
             dispute log --recorded --json",
        )
        .arg(Arg::new("dispute").value_name("DISPUTE").help("The dispute [default: all]"))
        .arg(
            Arg::new("since")
                .long("since")
                .value_name("DATE")
                .help("What may have happened on the date or after it"),
        )
        .arg(
            Arg::new("until")
                .long("until")
                .value_name("DATE")
                .help("What may have happened by the end of the date"),
        )
        .arg(Arg::new("by").long("by").value_name("PARTY").help("What a party did or said"))
        .arg(
            Arg::new("kind")
                .long("kind")
                .value_name("KIND,…")
                .value_delimiter(',')
                .action(ArgAction::Append)
                .help("Only these kinds"),
        )
        .arg(
            Arg::new("recorded")
                .long("recorded")
                .action(ArgAction::SetTrue)
                .help("In the order of recording, with the number of each event"),
        )
        .args(cuts::arguments())
        .arg(
            Arg::new("exit-code")
                .long("exit-code")
                .action(ArgAction::SetTrue)
                .help("Exit with 20 if nothing was found"),
        )
}

/// What is asked for.
struct Filter {
    dispute: Option<Slug>,
    since: Option<Instant>,
    until: Option<Instant>,
    by: Option<String>,
    kinds: Vec<Kind>,
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open()?;
    let dispute = arguments.get_one::<String>("dispute");
    let dispute = dispute.map(|word| reading::find_dispute(&*log, word)).transpose()?;
    let scope = match &dispute {
        Some(dispute) => Scope::Disputes(BTreeSet::from([dispute.clone()])),
        None => Scope::Whole,
    };
    let (whole, seals) = reading::sealed_record(&*log, &scope)?;
    let asked = Asked::read(arguments);
    let Cut { cuts, as_of, zone } =
        asked.of_dispute(&*log, &whole, dispute.as_ref(), context, context.output)?;
    let record = &*as_of.known_part(&whole);
    if let Some(dispute) = dispute.as_ref().filter(|dispute| record.of_dispute(dispute).is_empty())
    {
        return Err(cuts.no_such_dispute(&whole, dispute));
    }
    let filter = filter(arguments, dispute, zone, context)?;
    let mut rows = matching(record, &filter);
    // A correction counts from its recording, whatever date is asked for.
    let is_correction =
        |n: usize| record.get(n).is_some_and(|event| event.kind.is_about_the_record());
    rows.retain(|(n, span)| is_correction(*n) || as_of.has_begun(*span));
    let in_order_of_recording = arguments.get_flag("recorded");
    if !in_order_of_recording {
        rows.sort_by_key(|(n, span)| (span.latest.is_some(), span.latest, record.original(*n)));
    }
    let names = render::Names::at(record, as_of);
    let options = context.output.options();
    let mut out = context.output.rows();
    for (n, span) in &rows {
        let occurrence = if is_correction(*n) || as_of.includes(*span) {
            render::Occurrence::Certain
        } else {
            render::Occurrence::Possible
        };
        let row = if context.output.json {
            format!("{}\n", row_to_json(record, &seals, *n, occurrence))
        } else if in_order_of_recording {
            render::log_row_in_order_of_recording(record, *n, &names, occurrence, &options)
        } else {
            render::log_row(record, *n, &names, occurrence, &options)
        };
        out.write(&row)?;
    }
    out.end()?;
    if rows.is_empty() {
        context.output.remark("no events");
        if arguments.get_flag("exit-code") {
            return Ok(ExitCode::Differs);
        }
    }
    Ok(ExitCode::Done)
}

fn filter(
    arguments: &ArgMatches,
    dispute: Option<Slug>,
    zone: Zone,
    context: &Context,
) -> Result<Filter> {
    let (today, output) = (context.today, context.output);
    let given = |key: &str| arguments.get_one::<String>(key);
    let since = given("since").map(|text| today.since("since", text, zone, output));
    let until = given("until").map(|text| today.until("until", text, zone, output));
    let words = arguments.get_many::<String>("kind").into_iter().flatten();
    let kinds = words.map(|word| {
        Kind::parse(word).ok_or_else(|| {
            let near = Kind::ALL
                .iter()
                .min_by_key(|kind| strsim::damerau_levenshtein(kind.as_str(), word));
            let near = near.map(|kind| format!("did you mean {kind}? ")).unwrap_or_default();
            CommandError::usage(format!("there is no kind of event `{word}`"))
                .hint(format!("{near}dispute help kinds lists them"))
        })
    });
    Ok(Filter {
        dispute,
        since: since.transpose()?.flatten(),
        until: until.transpose()?.flatten(),
        by: arguments.get_one::<String>("by").cloned(),
        kinds: kinds.collect::<std::result::Result<_, _>>()?,
    })
}

/// The events asked for, in the order of recording, with their spans.
fn matching(record: &Record, filter: &Filter) -> Vec<(usize, Span)> {
    let spans = reading::spans(record).into_iter().enumerate();
    let wanted = |(n, span): &(usize, Span)| {
        let Some(event) = record.get(*n) else { return false };
        let in_dispute =
            filter.dispute.is_none() || record.dispute_of(*n) == filter.dispute.as_ref();
        let since = filter.since.is_none_or(|since| span.latest.is_none_or(|end| end > since));
        let until =
            filter.until.is_none_or(|until| span.earliest.is_none_or(|start| start < until));
        let by = filter
            .by
            .as_ref()
            .is_none_or(|party| record.document(*n).is_some_and(|document| is_by(document, party)));
        let kind = filter.kinds.is_empty() || filter.kinds.contains(&event.kind);
        in_dispute && since && until && by && kind
    };
    spans.filter(wanted).collect()
}

/// Whether a party did or said what an event tells.
fn is_by(event: &Event, party: &str) -> bool {
    let json = event.to_json();
    let keys = ["by", "body", "on_behalf_of", "measured_by", "party"];
    keys.iter().any(|key| json.get(key).and_then(Json::as_text) == Some(party))
}

/// `{sequence, id, dispute, kind, recorded_at, recorded_by, digest, event}`, and `amended` with the
/// keys that read otherwise now, and `possible` where it may not have happened by the date asked for.
fn row_to_json(
    record: &Record,
    seals: &HashMap<Sequence, Seal>,
    n: usize,
    occurrence: render::Occurrence,
) -> Json {
    let Some(event) = record.get(n) else { return Json::Null };
    let seal = seals.get(&event.sequence);
    let mut members = vec![
        ("sequence".to_owned(), Json::count(event.sequence.get())),
        ("id".to_owned(), Json::text(&event.id)),
        ("dispute".to_owned(), Json::text_or_null(event.dispute.as_ref())),
        ("kind".to_owned(), Json::text(event.kind)),
        ("recorded_at".to_owned(), Json::text(event.recorded_at)),
        ("recorded_by".to_owned(), Json::text_or_null(seal.map(|seal| &seal.recorded_by))),
        ("digest".to_owned(), Json::text_or_null(seal.map(|seal| seal.digest))),
        ("event".to_owned(), event.event.as_ref().map_or(Json::Null, Event::to_json)),
    ];
    if let Some(amended) = amended_keys(record, n) {
        members.push(("amended".to_owned(), amended));
    }
    if occurrence == render::Occurrence::Possible {
        members.push(("possible".to_owned(), Json::Bool(true)));
    }
    Json::Object(members)
}

/// The keys that read otherwise now, null where one was taken away; none where nothing does.
fn amended_keys(record: &Record, n: usize) -> Option<Json> {
    let (was, is) = (record.get(n)?.event.as_ref()?, record.document(n)?);
    if std::ptr::eq(was, is) {
        return None;
    }
    let (Json::Object(was), Json::Object(is)) = (was.to_json(), is.to_json()) else {
        return None;
    };
    let value = |members: &[(String, Json)], key: &str| {
        members.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
    };
    let changed = is.iter().filter(|(key, now)| value(&was, key).as_ref() != Some(now)).cloned();
    let gone = was.iter().filter(|(key, _)| value(&is, key).is_none());
    let gone = gone.map(|(key, _)| (key.clone(), Json::Null));
    let keys: Vec<(String, Json)> = changed.chain(gone).collect();
    (!keys.is_empty()).then_some(Json::Object(keys))
}
