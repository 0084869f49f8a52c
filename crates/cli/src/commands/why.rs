//! `dispute why`: the events that explain a part of a state.

use clap::{Arg, ArgMatches, Command};
use dispute_core::{EventId, Json, Record, Slug};
use dispute_projection::{AsOf, Known, State, Why, has_part, names_a_part, part_keys, parts, why};

use super::Context;
use crate::cuts::{self, Asked, Cut};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::ledger::reading;
use crate::render;

pub(super) fn command() -> Command {
    Command::new("why")
        .about("Explain a part of a state by the fewest events that give it")
        .after_help(
            "Examples:\n  dispute why kaiser-socal-2024 phase\n  \
             dispute why kaiser-socal-2024 mediation --on 2025-03-05\n  \
             dispute why kaiser-socal-2024 issues.wages --believed-on 2025-02-20",
        )
        .arg(Arg::new("dispute").value_name("DISPUTE").required(true).help("The dispute"))
        .arg(Arg::new("part").value_name("PART").required(true).help(
            "A key of dispute show --json, with an id where it has rows: phase, proposals.kp-19, \
                 issues.wages, mediation.K47.status",
        ))
        .args(cuts::arguments())
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open()?;
    let given = |key| arguments.get_one::<String>(key).map_or("", String::as_str);
    let dispute = reading::find_dispute(&*log, given("dispute"))?;
    let record = reading::dispute_record(&*log, &dispute)?;
    let part = given("part");
    check_part(&record, &dispute, part, context)?;
    let Cut { cuts, as_of, .. } = Asked::read(arguments).of_dispute(
        &*log,
        &record,
        Some(&dispute),
        context,
        context.output,
    )?;
    let none = || cuts.no_such_dispute(&record, &dispute);
    let why = why(&record, &dispute, as_of, part).ok_or_else(none)?;
    let state = State::of(&record, &dispute, as_of).ok_or_else(none)?;
    let record = &*as_of.known_part(&record);
    let known = cuts.known();
    if context.output.json {
        let cuts = state.to_json(&known);
        let cut = |key| cuts.get(key).cloned().unwrap_or(Json::Null);
        let names = render::Names::at(record, as_of);
        context.output.document(&to_json(
            &why,
            &names,
            record,
            [cut("on"), cut("known")],
            &state,
        ))?;
    } else {
        let text = render::why(&why, (&state, &known), record, &context.output.options());
        context.output.answer(&text)?;
    }
    Ok(ExitCode::Done)
}

/// `{schema, dispute, part, value, events: [{id, sequence, effect}], absent: [text]}`, with the
/// cuts as a state has them.
fn to_json(
    why: &Why,
    names: &render::Names,
    record: &Record,
    [on, known]: [Json; 2],
    state: &State,
) -> Json {
    let events = why.events.iter().map(|because| {
        Json::object([
            ("id", Json::text(&because.id)),
            ("sequence", Json::count(because.sequence.get())),
            ("effect", Json::text(render::effect(because, &why.value, record, names))),
        ])
    });
    let in_words = |absent| render::absent_in_words(absent, &why.value, record, names);
    let absent = why.absent.iter().map(in_words);
    Json::object([
        ("schema", Json::text("dispute/why/v1")),
        ("dispute", Json::text(&state.dispute)),
        ("on", on),
        ("known", known),
        ("part", Json::text(&why.part)),
        ("value", why.value.clone()),
        ("events", Json::List(events.collect())),
        ("absent", Json::texts(absent)),
    ])
}

/// A name that no state can have is an error, and so is a row of an event that is not on record.
fn check_part(record: &Record, dispute: &Slug, part: &str, context: &Context) -> Result<()> {
    if !names_a_part(part) {
        let near = row_of_that_name(record, dispute, part, context).or_else(|| near_key(part));
        let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        let known: Vec<&str> = part_keys().collect();
        return Err(CommandError::usage(format!("a state has no part `{part}`"))
            .fact(format!("parts: {}", known.join(", ")))
            .hint(format!("{near}dispute show {dispute} --json prints the parts"))
            .into());
    }
    let (key, rest) = part.split_once('.').unwrap_or((part, ""));
    if rest.is_empty() {
        return Ok(());
    }
    let Some(now) = State::of(record, dispute, AsOf::now(context.today.now)) else { return Ok(()) };
    let now = now.to_json(&no_head(context));
    let is_known = |id: &str| EventId::parse(id).is_some_and(|id| record.position(&id).is_some());
    let ends = rest.match_indices('.').map(|(at, _)| at).chain([rest.len()]);
    let event = ends.filter_map(|at| rest.get(..at)).find(|id| is_known(id));
    // The row of an event may come and go, and then so do its members. What else is not there now
    // was never there.
    let may_be_there = event.is_some_and(|id| !has_part(&now, &format!("{key}.{id}")));
    if !may_be_there && !has_part(&now, part) {
        return Err(CommandError::not_found(format!("the state has no {part}"))
            .hint(format!(
                "dispute why {dispute} {key} explains them all; dispute log {dispute} lists the \
                 events"
            ))
            .into());
    }
    Ok(())
}

/// The part whose row is called by a word that was meant as its name: `proposals.kp-19` for
/// `kp-19`.
fn row_of_that_name(
    record: &Record,
    dispute: &Slug,
    word: &str,
    context: &Context,
) -> Option<String> {
    let state = State::of(record, dispute, AsOf::now(context.today.now))?;
    let names = parts(&state.to_json(&no_head(context))).into_iter().map(|part| part.name);
    names.into_iter().find(|name| {
        let row = name.split_once('.').map_or("", |(_, row)| row);
        row == word || row.split('/').next() == Some(word)
    })
}

/// Which head a state rests on does not matter where only its parts are asked for.
fn no_head(context: &Context) -> Known {
    Known { sequence: 0, digest: String::new(), recorded_at: context.today.now }
}

fn near_key(part: &str) -> Option<String> {
    let key = part.split('.').next().unwrap_or_default();
    let near = part_keys().min_by_key(|known| strsim::damerau_levenshtein(known, key))?;
    (strsim::damerau_levenshtein(near, key) * 2 <= key.len()).then(|| near.to_owned())
}
