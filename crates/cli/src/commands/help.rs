//! `dispute help`: pages on what the verbs have in common.

use clap::{Arg, ArgMatches, Command};
use dispute_core::Json;
use dispute_core::event::schema::{KeySpec, Shape};
use dispute_core::event::{COMMON_KEYS, Kind};

use super::{Context, command_line};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::{flags, render};

const DATES: &str = include_str!("../help/dates.txt");
const TRUST: &str = include_str!("../help/trust.txt");
const EXIT_CODES: &str = include_str!("../help/exit-codes.txt");
const REDACT: &str = include_str!("../help/redact.txt");

pub(super) fn command() -> Command {
    Command::new("help")
        .about("Pages on kinds, dates, trust, erasing and exit codes, or help on a verb")
        .after_help(
            "Examples:\n  dispute help kinds\n  dispute help kinds proposal\n  \
             dispute help kinds --json      the JSON Schema of event documents\n  \
             dispute help dates\n  dispute help trust\n  dispute help redact\n  \
             dispute help exit-codes",
        )
        .arg(
            Arg::new("page")
                .value_name("PAGE")
                .help("kinds, dates, trust, redact, exit-codes, or a verb"),
        )
        .arg(Arg::new("kind").value_name("KIND").help("With kinds: one of them, in full"))
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let page = arguments.get_one::<String>("page").map(String::as_str);
    let kind = arguments.get_one::<String>("kind").map(String::as_str);
    match (page, kind) {
        (Some("kinds"), Some(word)) => {
            let kind = Kind::parse(word).ok_or_else(|| unknown_kind(word))?;
            if context.output.json {
                context.output.document(&kind_schema(kind))?;
            } else {
                context.output.answer(&one_kind(kind, context.output.width))?;
            }
        }
        (Some("kinds"), None) if context.output.json => context.output.document(&schema())?,
        (Some("kinds"), None) => context.output.answer(&all_kinds(context.output.width))?,
        (Some("dates"), _) => context.output.answer(DATES)?,
        (Some("trust"), _) => context.output.answer(TRUST)?,
        (Some("redact"), _) => context.output.answer(REDACT)?,
        (Some("exit-codes"), _) => context.output.answer(EXIT_CODES)?,
        (Some(verb), word) => context.output.answer(&verb_help(verb, word)?)?,
        (None, _) => context.output.answer(&command_line().render_help().to_string())?,
    }
    Ok(ExitCode::Done)
}

fn unknown_kind(word: &str) -> CommandError {
    CommandError::usage(format!("there is no kind of event `{word}`"))
        .hint("dispute help kinds lists them")
}

fn verb_help(verb: &str, word: Option<&str>) -> Result<String> {
    let mut line = command_line();
    line.build();
    let unknown = || {
        CommandError::usage(format!("there is no help page `{verb}`")).hint(
            "dispute help kinds, dates, trust, redact or exit-codes, or a verb of dispute --help",
        )
    };
    let mut command = line.find_subcommand(verb).cloned().ok_or_else(unknown)?;
    if let Some(word) = word {
        command = command.find_subcommand(word).cloned().ok_or_else(unknown)?;
    }
    Ok(command.render_help().to_string())
}

/// Every kind in a line, by family.
fn all_kinds(width: usize) -> String {
    let mut text = render::wrapped(
        "",
        "Kinds of event: dispute help kinds KIND says more of one, dispute add KIND records one",
        width,
    );
    let mut family = None;
    for kind in Kind::ALL {
        let spec = kind.spec();
        if family != Some(spec.family) {
            text.push_str(&format!("\n{}\n", spec.family.title()));
            family = Some(spec.family);
        }
        text.push_str(&render::wrapped(&format!("  {kind:<18}"), spec.about, width));
    }
    text
}

/// One kind with its keys.
fn one_kind(kind: Kind, width: usize) -> String {
    let spec = kind.spec();
    let mut text = render::wrapped("", &format!("{kind}: {}", spec.about), width);
    text.push('\n');
    if kind.has_dispute() {
        text.push_str(&render::wrapped(
            "  dispute, occurred, id",
            " where, when (required) and under what name",
            width,
        ));
    } else {
        text.push_str(&render::wrapped("  occurred, id", " when and under what name", width));
    }
    for key in spec.keys {
        text.push_str(&key_line(key, width));
    }
    text.push_str("\nKeys of every kind\n");
    let common = COMMON_KEYS.iter().filter(|k| k.name != "version_of" || kind.has_versions());
    for key in common {
        text.push_str(&key_line(key, width));
    }
    text
}

fn key_line(key: &KeySpec, width: usize) -> String {
    let required = if key.required { " (required)" } else { "" };
    let words = match key.shape {
        Shape::Word(words) => format!(": {}", words.join(", ")),
        Shape::Object(keys) => members(keys),
        Shape::List(Shape::Object(keys)) => members(keys),
        Shape::Event if key.refers_to.len() < 6 => {
            let kinds: Vec<&str> = key.refers_to.iter().map(|kind| kind.as_str()).collect();
            format!(" (id of {})", kinds.join(" or "))
        }
        _ => String::new(),
    };
    let start = format!("  {:<19} {:<12} ", key.name, flags::value_name(key.shape));
    render::wrapped(&start, &format!("{}{required}{words}", key.about), width)
}

fn members(keys: &[KeySpec]) -> String {
    let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
    format!(" {{{}}}", names.join(", "))
}

/// The JSON Schema of event documents.
fn schema() -> Json {
    Json::object([
        ("schema", Json::text("dispute/help-kinds/v1")),
        ("$schema", Json::text("https://json-schema.org/draft/2020-12/schema")),
        ("title", Json::text("An event of a labor dispute")),
        ("oneOf", Json::List(Kind::ALL.iter().map(|kind| kind_schema(*kind)).collect())),
    ])
}

fn kind_schema(kind: Kind) -> Json {
    let text = || Json::object([("type", Json::text("string"))]);
    let mut properties = vec![
        ("kind".to_owned(), Json::object([("const", Json::text(kind))])),
        ("id".to_owned(), pattern("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")),
        ("occurred".to_owned(), described(text(), "when it happened: an EDTF date")),
    ];
    let mut required = vec!["kind".to_owned()];
    if kind.has_dispute() {
        properties.push(("dispute".to_owned(), pattern(SLUG)));
        required.extend(["dispute".to_owned(), "occurred".to_owned()]);
    }
    for key in kind.keys() {
        properties.push((key.name.to_owned(), described(shape_schema(key.shape), key.about)));
        if key.required {
            required.push(key.name.to_owned());
        }
    }
    Json::object([
        ("title", Json::text(kind)),
        ("description", Json::text(kind.spec().about)),
        ("type", Json::text("object")),
        ("properties", Json::Object(properties)),
        ("required", Json::texts(required)),
        ("additionalProperties", Json::Bool(false)),
    ])
}

const SLUG: &str = "^[a-z0-9][a-z0-9-]{0,63}$";

fn pattern(pattern: &str) -> Json {
    Json::object([("type", Json::text("string")), ("pattern", Json::text(pattern))])
}

fn described(schema: Json, about: &str) -> Json {
    match schema {
        Json::Object(mut members) => {
            members.push(("description".to_owned(), Json::text(about)));
            Json::Object(members)
        }
        other => other,
    }
}

fn shape_schema(shape: Shape) -> Json {
    let of_type = |name: &str| Json::object([("type", Json::text(name))]);
    let range = |least: u64, most: Option<u64>| {
        let mut members = vec![
            ("type".to_owned(), Json::texts(["number", "string"])),
            ("minimum".to_owned(), Json::count(least)),
        ];
        members.extend(most.map(|most| ("maximum".to_owned(), Json::count(most))));
        Json::Object(members)
    };
    match shape {
        Shape::Text | Shape::Date | Shape::TimeZone => of_type("string"),
        Shape::Slug | Shape::Named(_) => pattern(SLUG),
        Shape::Event | Shape::PartyOrEvent => pattern("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
        Shape::Number | Shape::NumberOrText => {
            Json::object([("type", Json::texts(["number", "string"]))])
        }
        Shape::Count => range(0, None),
        Shape::Percentage => range(0, Some(100)),
        Shape::Bool => of_type("boolean"),
        Shape::Word(words) => Json::object([("enum", Json::texts(words))]),
        Shape::List(inner) => {
            Json::object([("type", Json::text("array")), ("items", shape_schema(*inner))])
        }
        Shape::Object(keys) => {
            let properties = keys
                .iter()
                .map(|key| (key.name.to_owned(), described(shape_schema(key.shape), key.about)));
            let required = keys.iter().filter(|key| key.required).map(|key| key.name);
            Json::object([
                ("type", Json::text("object")),
                ("properties", Json::Object(properties.collect())),
                ("required", Json::texts(required)),
                ("additionalProperties", Json::Bool(false)),
            ])
        }
        Shape::TextMap => Json::object([
            ("type", Json::text("object")),
            ("additionalProperties", of_type("string")),
        ]),
        Shape::Changes => of_type("object"),
    }
}
