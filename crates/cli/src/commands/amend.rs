//! `dispute amend`: the record was wrong; the event reads otherwise from now on.

use clap::{Arg, ArgAction, ArgMatches, Command};
use dispute_core::event::{Event, Kind};
use dispute_core::{EventId, Json, ReadLog, Slug};

use super::{Context, add, writing_arguments};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::flags::{self, Meant};
use crate::ledger::writing::Writing;

pub(super) fn command() -> Command {
    Command::new("amend")
        .about("Correct an event: the original stays readable")
        .after_help(
            "Examples:\n  dispute amend kp-19 --set occurred=2025-01-16 --reason \"KP page of May 8\"\n  \
             dispute amend kp-19 --unset expires --reason \"no date was given\"\n\n\
             History is not a correction: a party that takes its proposal back made a withdrawal.",
        )
        .arg(Arg::new("event").value_name("ID").required(true).help("The event"))
        .arg(
            Arg::new("set")
                .long("set")
                .value_name("KEY=VALUE")
                .action(ArgAction::Append)
                .help("A key and its new value: JSON where it parses, else text"),
        )
        .arg(
            Arg::new("unset")
                .long("unset")
                .value_name("KEY")
                .action(ArgAction::Append)
                .help("An optional key to take away"),
        )
        .arg(reason_argument())
        .arg(Arg::new("id").long("id").value_name("ID").help("The amendment's id"))
        .args(writing_arguments())
}

/// Why something is corrected.
pub(super) fn reason_argument() -> Arg {
    Arg::new("reason").long("reason").value_name("TEXT").help("Why")
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let set = changes(arguments)?;
    let mut writing = Writing::open(arguments, context)?;
    let of = named(arguments, &writing)?;
    let mut members =
        vec![("kind".to_owned(), Json::text("amendment")), ("of".to_owned(), Json::text(&of))];
    members.extend(set.map(|set| ("set".to_owned(), set)));
    members.extend(reason_and_id(arguments));
    let dispute = add::dispute_of(&writing.log, &of)?;
    let zone = writing.zone_of(dispute.and_then(|slug| Slug::parse(&slug)).as_ref())?;
    let log = &writing.log;
    let meant = Meant {
        id: &|text| add::whole_id(log, text),
        is_party: &|text| add::is_party(log, text),
        date: &|text| context.today.phrase(text, zone).unwrap_or_else(|| text.to_owned()),
    };
    let members = settled(log, &of, members, &meant)?;
    let event = Event::from_json(Json::Object(members))?;
    let (answers, warnings) = writing.record(vec![event], context)?;
    add::answer("amend", &answers, &warnings, &writing, context)
}

/// The changes that flags ask for; none where there are none.
fn changes(arguments: &ArgMatches) -> Result<Option<Json>> {
    let pairs = arguments.get_many::<String>("set").into_iter().flatten();
    let pairs = pairs.map(|pair| flags::change(pair)).collect::<Result<Vec<_>>>()?;
    let unset = arguments.get_many::<String>("unset").into_iter().flatten();
    let unset = unset.map(|key| (key.replace('-', "_"), Json::Null));
    let mut set: Vec<(String, Json)> = Vec::new();
    for (key, value) in pairs.into_iter().chain(unset) {
        if set.iter().any(|(known, _)| *known == key) {
            let message = format!("`set`: the key {key} is changed twice");
            return Err(CommandError::new("duplicate-key", message, ExitCode::Refused)
                .hint("keep one of the two")
                .into());
        }
        set.push((key, value));
    }
    Ok((!set.is_empty()).then_some(Json::Object(set)))
}

/// The members of an amendment, its changes as they are meant for the event that it is of.
pub(super) fn settled<L: ReadLog>(
    log: &L,
    of: &str,
    mut members: Vec<(String, Json)>,
    meant: &Meant<'_>,
) -> Result<Vec<(String, Json)>> {
    let listed = EventId::parse(of).map(|id| log.listed(&id)).transpose()?.flatten();
    let entry = listed.map(|listed| log.entry(listed.sequence)).transpose()?.flatten();
    let kind = entry.and_then(|entry| Kind::parse(entry.envelope().kind()));
    if let Some(kind) = kind
        && let Some((_, set)) = members.iter_mut().find(|(key, _)| key == "set")
    {
        *set = flags::changes_meant(kind, set.clone(), meant)?;
    }
    Ok(members)
}

/// The event that is corrected, its id whole.
pub(super) fn named(arguments: &ArgMatches, writing: &Writing) -> Result<String> {
    let text = arguments.get_one::<String>("event").map_or("", String::as_str);
    add::whole_id(&writing.log, text)
}

/// The members that every correction has.
pub(super) fn reason_and_id(arguments: &ArgMatches) -> Vec<(String, Json)> {
    ["reason", "id"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), Json::text(arguments.get_one::<String>(key)?))))
        .collect()
}
