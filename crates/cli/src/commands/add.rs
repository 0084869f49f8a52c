//! `dispute add`: records one event, by flags or as a document on stdin.

use std::io::Read;

use clap::{Arg, ArgMatches, Command};
use dispute_core::event::schema::{KeySpec, Named, Shape};
use dispute_core::event::{Event, Kind};
use dispute_core::{EventId, Json, ReadLog, Slug, Zone, read_described};

use super::{Context, amend, writing_arguments};
use crate::error::{CommandError, Result, Stop};
use crate::exit_code::ExitCode;
use crate::flags::{self, Meant};
use crate::ledger::writing::{Answer, Writing};
use crate::render;
use dispute_projection::dispute::warning::Warning;

pub(super) fn command() -> Command {
    let mut command = Command::new("add")
        .about("Record an event: dispute add KIND …, or a document on stdin: dispute add -")
        .after_help(
            "Examples:\n  dispute add party kaiser --name \"Kaiser Permanente\" --role employer\n  \
             dispute add proposal kaiser-socal-2024 --by kaiser --form counter \\\n    \
             --item wages=\"19% over 4 years\"\n  dispute add rejection kp-19 --by nuhw --on 2025-01\n\n\
             dispute help kinds lists the kinds, dispute add KIND --help the keys of one.",
        )
        .subcommand_required(true)
        .subcommand_value_name("KIND|-")
        .subcommand_help_heading("Kinds")
        .subcommand(document_command())
        .subcommand(redaction_command());
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Redaction) {
        command = command.subcommand(kind_command(*kind));
    }
    command
}

fn document_command() -> Command {
    Command::new("-")
        .about("Event documents on stdin, one JSON object a line, all of them or none")
        .after_help("Example:\n  echo '{\"kind\":\"impact\",…}' | dispute add -")
        .args(writing_arguments())
}

/// The one kind that is no `add`, so that asking for it says which verb it is.
fn redaction_command() -> Command {
    let rest = Arg::new("rest").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true);
    Command::new(Kind::Redaction.as_str()).hide(true).arg(rest)
}

fn kind_command(kind: Kind) -> Command {
    let spec = kind.spec();
    let mut command = Command::new(kind.as_str())
        .about(spec.about)
        .after_help(format!("Example:\n  {}", example(kind)))
        .next_help_heading("Keys");
    // The slug of a party or a standard is the argument itself.
    let slug = own_slug(kind);
    let keys = flags::arguments(kind).into_iter();
    command = command.args(keys.filter(|argument| Some(argument.get_id().as_str()) != slug));
    command = match slug {
        Some(slug) => command
            .arg(Arg::new(slug).value_name(slug.to_uppercase()).required(true).help("Its slug")),
        None => {
            command.arg(Arg::new("subject").value_name(subject_name(kind)).help(subject_help(kind)))
        }
    };
    command
        .arg(
            Arg::new("on")
                .long("on")
                .value_name("DATE")
                .help("When it happened [default: today, but for what always was so]"),
        )
        .arg(Arg::new("id").long("id").value_name("ID").help("Its id [default: assigned]"))
        .next_help_heading("Recording")
        .args(writing_arguments())
}

/// The key that the argument of a kind of the whole ledger gives.
fn own_slug(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Party => Some("party"),
        Kind::Standard => Some("standard"),
        _ => None,
    }
}

fn of_key(kind: Kind) -> Option<&'static KeySpec> {
    kind.spec().keys.iter().find(|key| key.name == "of" && matches!(key.shape, Shape::Event))
}

fn subject_name(kind: Kind) -> &'static str {
    match of_key(kind) {
        Some(key) if key.required => "ID",
        Some(_) => "DISPUTE|ID",
        None => "DISPUTE",
    }
}

fn subject_help(kind: Kind) -> &'static str {
    match of_key(kind) {
        Some(key) if key.required => "The event that it is about; its dispute follows",
        Some(_) => "The dispute, or the event that it is about",
        None => "The dispute's slug",
    }
}

/// An example of a kind, which can be pasted.
fn example(kind: Kind) -> String {
    let mut line = format!("dispute add {kind}");
    match own_slug(kind) {
        Some("party") => line.push_str(" kaiser"),
        Some(_) => line.push_str(" sb-221"),
        None => line.push_str(match subject_name(kind) {
            "ID" => " kp-19",
            _ => " kaiser-socal-2024",
        }),
    }
    if kind == Kind::DisputeOpened {
        line.push_str(" --on 2024-07-31");
    }
    let shown = kind.spec().keys.iter().filter(|key| key.required && key.name != "of");
    for key in shown.filter(|key| Some(key.name) != own_slug(kind)) {
        let value = match key.shape {
            Shape::Word(words) => words.first().copied().unwrap_or_default().to_owned(),
            Shape::Named(_) | Shape::List(Shape::Named(_)) => "kaiser".to_owned(),
            Shape::Text | Shape::List(Shape::Text) => "\"…\"".to_owned(),
            Shape::TimeZone => "America/Los_Angeles".to_owned(),
            Shape::Bool => "false".to_owned(),
            Shape::NumberOrText | Shape::Number | Shape::Count => "30".to_owned(),
            Shape::List(Shape::Object(_)) => "wages=\"19% over 4 years\"".to_owned(),
            Shape::Object(_) => {
                "'{\"op\":\"<=\",\"value\":10,\"unit\":\"business-days\"}'".to_owned()
            }
            Shape::Changes => "occurred=2025-01-16".to_owned(),
            _ => key.name.replace('_', "-"),
        };
        line.push_str(" \\\n    --");
        line.push_str(&flags::flag_name(key));
        line.push(' ');
        line.push_str(&value);
    }
    line
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let Some((word, arguments)) = arguments.subcommand() else {
        return Err(CommandError::usage("no kind was named").hint("dispute help kinds").into());
    };
    let (mut writing, events) = match Kind::parse(word) {
        Some(Kind::Redaction) => return Err(Event::redaction_by_hand().into()),
        None => {
            let events = read_documents()?;
            (Writing::open(arguments, context)?, events)
        }
        Some(kind) => {
            let mut writing = Writing::open(arguments, context)?;
            let event = from_flags(kind, arguments, &mut writing, context)?;
            (writing, vec![event])
        }
    };
    let (answers, warnings) = writing.record(events, context)?;
    answer("add", &answers, &warnings, &writing, context)
}

/// Says what became of events that were handed in.
pub(super) fn answer(
    verb: &str,
    answers: &[Answer],
    warnings: &[Warning],
    writing: &Writing,
    context: &Context,
) -> Result<ExitCode> {
    said(verb, answers, warnings, writing, context).map_err(|stop| match stop {
        // A script that takes this for a failure would record the event twice.
        Stop::Error(error) if !writing.is_dry_run() => {
            let ids: Vec<&str> = answers.iter().map(|answer| answer.id.as_str()).collect();
            Stop::Error(Box::new(error.fact(format!("but it is recorded: {}", ids.join(", ")))))
        }
        stop => stop,
    })?;
    Ok(ExitCode::Done)
}

fn said(
    verb: &str,
    answers: &[Answer],
    warnings: &[Warning],
    writing: &Writing,
    context: &Context,
) -> Result<()> {
    let mut rows = context.output.rows();
    let last = answers.len().saturating_sub(1);
    for (n, answer) in answers.iter().enumerate() {
        // Warnings on older events stand with the last of those that brought them.
        let is_new = |w: &&Warning| answers.iter().any(|answer| answer.id == w.event);
        let own = |w: &&Warning| w.event == answer.id || (n == last && !is_new(w));
        let own: Vec<Warning> = warnings.iter().filter(own).cloned().collect();
        if context.output.json {
            rows.write(&format!("{}\n", answer.to_json(verb, &own)))?;
        } else {
            rows.write(&answer.in_words(writing.is_dry_run()))?;
            rows.write(&render::warnings(&own, &context.output.options()))?;
        }
    }
    rows.end()
}

fn read_documents() -> Result<Vec<Event>> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|error| {
        CommandError::io("read", std::path::Path::new("standard input"), &error)
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        CommandError::new("bad-json", "what came on stdin is not UTF-8", ExitCode::Refused)
            .hint("save it as UTF-8")
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let lines: Vec<(usize, &str)> =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).collect();
    // One document may be laid out over many lines.
    let whole =
        lines.len() > 1 && lines.first().is_some_and(|(_, line)| Json::parse(line).is_err());
    if whole {
        return Ok(vec![Event::parse(text.trim())?]);
    }
    if lines.is_empty() {
        let message = "there is no event on stdin";
        return Err(CommandError::new("bad-json", message, ExitCode::Refused)
            .hint("echo '{\"kind\":\"statement\",…}' | dispute add -")
            .into());
    }
    let many = lines.len() > 1;
    let mut events = Vec::new();
    for (n, line) in lines {
        let event = Event::parse(line.trim()).map_err(|mut refusal| {
            refusal.line = many.then(|| u64::try_from(n).unwrap_or(0) + 1);
            refusal
        })?;
        events.push(event);
    }
    Ok(events)
}

/// The event that flags describe.
fn from_flags(
    kind: Kind,
    arguments: &ArgMatches,
    writing: &mut Writing,
    context: &Context,
) -> Result<Event> {
    let log = &writing.log;
    let subject = find_subject(kind, arguments, log)?;
    let dispute = match (kind.has_dispute(), subject.dispute, &subject.named) {
        (false, ..) => None,
        (true, Some(dispute), _) => Some(dispute),
        (true, None, Some(id)) => match dispute_of(log, id)? {
            Some(dispute) => Some(dispute),
            None => return Err(nothing(log, id)?.into()),
        },
        (true, None, None) => {
            let message = format!("a {kind} needs the dispute that it belongs to");
            return Err(CommandError::usage(message)
                .hint(format!("dispute add {kind} {} …", subject_name(kind)))
                .into());
        }
    };
    // A correction is read in the zone of what it corrects.
    let place = match (&dispute, &subject.named) {
        (None, Some(id)) => dispute_of(log, id)?,
        _ => dispute.clone(),
    };
    let zone = zone(kind, place.as_deref(), arguments, writing)?;
    let log = &writing.log;
    let date = |text: &str| context.today.phrase(text, zone).unwrap_or_else(|| text.to_owned());
    let meant = Meant {
        id: &|text| whole_id(log, text),
        is_party: &|text| is_party(log, text),
        date: &date,
    };
    let occurred = match arguments.get_one::<String>("on") {
        Some(text) => Some(date(text)),
        None if kind == Kind::DisputeOpened => return Err(no_opening_date().into()),
        None => kind.has_dispute().then(|| context.today.in_zone(zone).to_string()),
    };
    let id = arguments.get_one::<String>("id");
    let mut members = vec![("kind".to_owned(), Json::text(kind))];
    let mut put = |key: &str, value: Option<Json>| {
        members.extend(value.map(|value| (key.to_owned(), value)));
    };
    put("dispute", dispute.map(Json::Text));
    put("occurred", occurred.map(Json::Text));
    put("id", id.map(Json::text));
    put("of", subject.of.map(Json::Text));
    members.extend(flags::members(kind, arguments, &meant)?);
    if let (Kind::Amendment, Some(id)) = (kind, &subject.named) {
        members = amend::settled(log, id, members, &meant)?;
    }
    Ok(Event::from_json(Json::Object(members))?)
}

/// What the argument of a kind names.
struct Subject {
    /// The dispute, where it is named itself.
    dispute: Option<String>,
    /// The event that it is about, where the argument names it.
    of: Option<String>,
    /// The event whose dispute the new one belongs to, where no dispute is named.
    named: Option<String>,
}

fn find_subject<L: ReadLog>(kind: Kind, arguments: &ArgMatches, log: &L) -> Result<Subject> {
    let name = flags::given(arguments, "subject");
    let (mut dispute, mut of) = (None, None);
    match (name, of_key(kind)) {
        (None, _) => {}
        (Some(name), None) => dispute = Some(name.clone()),
        (Some(name), Some(_)) if is_dispute(log, name)? => dispute = Some(name.clone()),
        (Some(name), Some(key)) => {
            let id = whole_id(log, name)?;
            // Where either may stand, what is no event is a dispute that is not on record.
            if key.required || is_event(log, &id)? {
                of = Some(id);
            } else {
                dispute = Some(name.clone());
            }
        }
    }
    let flag = |key: &str| flags::given(arguments, key).map(|text| whole_id(log, text)).transpose();
    if of.is_some() && flag("of")?.is_some() {
        let message = "the event that it is about is named twice";
        return Err(CommandError::usage(message).hint("leave out --of").into());
    }
    let named = match &of {
        Some(id) => Some(id.clone()),
        None => flag("of")?.or(flag("version_of")?),
    };
    Ok(Subject { dispute, of, named })
}

fn no_opening_date() -> CommandError {
    let message = "`occurred`: the key `occurred` is missing";
    CommandError::new("missing-key", message, ExitCode::Refused)
        .hint("say when the dispute was opened: --on DATE")
}

/// The zone in which the phrases of an event are read.
fn zone(
    kind: Kind,
    dispute: Option<&str>,
    arguments: &ArgMatches,
    writing: &mut Writing,
) -> Result<Zone> {
    if kind == Kind::DisputeOpened {
        let named = flags::given(arguments, "time_zone");
        return Ok(named.and_then(|name| Zone::parse(name)).unwrap_or(Zone::UTC));
    }
    writing.zone_of(dispute.and_then(Slug::parse).as_ref())
}

fn is_dispute<L: ReadLog>(log: &L, name: &str) -> Result<bool> {
    match Slug::parse(name) {
        Some(slug) => Ok(log.disputes()?.contains(&slug)),
        None => Ok(false),
    }
}

fn is_event<L: ReadLog>(log: &L, id: &str) -> Result<bool> {
    match EventId::parse(id) {
        Some(id) => Ok(log.listed(&id)?.is_some()),
        None => Ok(false),
    }
}

pub(super) fn is_party<L: ReadLog>(log: &L, name: &str) -> Result<bool> {
    let Some(slug) = Slug::parse(name) else { return Ok(false) };
    let described = read_described(log, Named::Party, &slug)?;
    Ok(described.is_declared(Named::Party, None, &slug))
}

pub(super) fn dispute_of<L: ReadLog>(log: &L, id: &str) -> Result<Option<String>> {
    let Some(id) = EventId::parse(id) else { return Ok(None) };
    let listed = log.listed(&id)?;
    Ok(listed.and_then(|listed| listed.belongs_to).map(|dispute| dispute.to_string()))
}

/// The whole id of one that may be cut: an exact one, else the only one that begins so. What no
/// id begins with is left as it is, for the rules to refuse.
pub(super) fn whole_id<L: ReadLog>(log: &L, text: &str) -> Result<String> {
    let Some(id) = EventId::parse(text) else { return Ok(text.to_owned()) };
    if log.listed(&id)?.is_some() {
        return Ok(text.to_owned());
    }
    let ids = log.ids_with_prefix(text, 6)?;
    let ids: Vec<&EventId> = ids.iter().filter(|id| id.as_str() != "ledger").collect();
    match ids.as_slice() {
        [] => Ok(text.to_owned()),
        [id] => Ok(id.to_string()),
        many => {
            let shown: Vec<&str> = many.iter().map(|id| id.as_str()).collect();
            let message = format!("`{text}` is the beginning of several ids");
            Err(CommandError::new("ambiguous", message, ExitCode::NotFound)
                .fact(shown.join(", "))
                .hint("write more of it")
                .into())
        }
    }
}

/// The error where an event that is referred to is not there, or belongs to no dispute.
fn nothing<L: ReadLog>(log: &L, id: &str) -> Result<CommandError> {
    let mut hint = "dispute log lists what is on record".to_owned();
    if is_event(log, id)? {
        let message = format!("`of`: {id} is an event that belongs to no dispute");
        return Ok(CommandError::new("reference-wrong-kind", message, ExitCode::Refused).hint(hint));
    }
    let message = format!("`of`: there is no event {id} on record");
    if EventId::parse(id).is_none() {
        let message = format!("`of`: `{id}` is no event id");
        return Ok(CommandError::new("bad-id", message, ExitCode::Refused).hint(hint));
    }
    let start: String = id.chars().take(2).collect();
    let near = log.ids_with_prefix(&start, 200)?;
    let near = near.iter().min_by_key(|known| strsim::damerau_levenshtein(known.as_str(), id));
    if let Some(near) = near {
        hint = format!("did you mean {near}? {hint}");
    }
    Ok(CommandError::new("reference-to-nothing", message, ExitCode::Refused).hint(hint))
}
