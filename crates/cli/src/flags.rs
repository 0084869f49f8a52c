//! From flags to documents: every key of a kind is a flag, by the one list that says what a kind
//! is.

use clap::{Arg, ArgAction, ArgMatches};
use dispute_core::event::Kind;
use dispute_core::event::schema::{KeySpec, Shape};
use dispute_core::{Json, JsonError, Number};

use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;

/// The flags of a kind, its own before the common ones.
pub(crate) fn arguments(kind: Kind) -> Vec<Arg> {
    kind.keys().map(argument).collect()
}

fn argument(key: &'static KeySpec) -> Arg {
    let name = flag_name(key);
    let argument = Arg::new(key.name)
        .long(name)
        .value_name(value_name(key.shape))
        .help(help(key))
        // There is no flag `-1`; what is wrong with the number is for the rules to say.
        .allow_negative_numbers(true);
    match key.shape {
        Shape::List(_) | Shape::Changes => argument.action(ArgAction::Append),
        Shape::Bool => argument.num_args(0..=1).default_missing_value("true"),
        _ => argument,
    }
}

/// The flag of a key: with dashes, a list in the singular.
pub(crate) fn flag_name(key: &KeySpec) -> String {
    let name = match (key.shape, key.name) {
        (Shape::List(_), "aliases") => "alias".to_owned(),
        (Shape::List(_), name) => match name.strip_suffix("ies") {
            Some(stem) => format!("{stem}y"),
            None => name.strip_suffix('s').unwrap_or(name).to_owned(),
        },
        (_, name) => name.to_owned(),
    };
    name.replace('_', "-")
}

/// What stands for the value of a key in help.
pub(crate) fn value_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "TEXT",
        Shape::Slug => "SLUG",
        Shape::Named(named) => match named.as_str() {
            "party" => "PARTY",
            "unit" => "UNIT",
            "contract" => "CONTRACT",
            "standard" => "STANDARD",
            _ => "DISPUTE",
        },
        Shape::Event => "ID",
        Shape::PartyOrEvent => "PARTY|ID",
        Shape::Date => "DATE",
        Shape::TimeZone => "ZONE",
        Shape::Number => "NUMBER",
        Shape::Count => "COUNT",
        Shape::Percentage => "PERCENT",
        Shape::NumberOrText => "VALUE",
        Shape::Bool => "true|false",
        Shape::Word(_) => "WORD",
        Shape::List(inner) => match inner {
            Shape::Object(_) if is_item(*inner) => "ISSUE=TERMS",
            Shape::Object(_) => "URL|JSON",
            inner => value_name(*inner),
        },
        Shape::Object(_) | Shape::TextMap => "JSON",
        Shape::Changes => "KEY=VALUE",
    }
}

fn help(key: &KeySpec) -> String {
    let about = sentence(key.about);
    let required = if key.required { "" } else { " [optional]" };
    match key.shape {
        Shape::Word(words) => format!("{about}: {}{required}", words.join(", ")),
        _ => format!("{about}{required}"),
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Whether objects of a shape are terms of a proposal.
fn is_item(shape: Shape) -> bool {
    matches!(shape, Shape::Object(keys) if keys.iter().any(|key| key.name == "issue"))
}

/// The value of a key's flag; none where it was not given, or where the kind has no such key.
pub(crate) fn given<'a>(arguments: &'a ArgMatches, key: &str) -> Option<&'a String> {
    arguments.try_get_one::<String>(key).ok().flatten()
}

/// What words on the command line mean in a ledger.
pub(crate) struct Meant<'a> {
    /// The whole id of one that may be cut.
    pub(crate) id: &'a dyn Fn(&str) -> Result<String>,
    /// Whether a slug names a party.
    pub(crate) is_party: &'a dyn Fn(&str) -> Result<bool>,
    /// The date that a phrase means.
    pub(crate) date: &'a dyn Fn(&str) -> String,
}

/// The members of a document that flags give.
pub(crate) fn members(
    kind: Kind,
    matches: &ArgMatches,
    meant: &Meant<'_>,
) -> Result<Vec<(String, Json)>> {
    let mut members = Vec::new();
    for key in kind.keys() {
        let Some(values) = matches.get_many::<String>(key.name) else { continue };
        let values: Vec<&String> = values.collect();
        let value = match key.shape {
            Shape::List(inner) => {
                let parts = values.iter().map(|text| value(key, *inner, text, meant));
                Json::List(parts.collect::<Result<_>>()?)
            }
            Shape::Changes => changes(&values)?,
            shape => match values.last() {
                Some(text) => value(key, shape, text, meant)?,
                None => continue,
            },
        };
        members.push((key.name.to_owned(), value));
    }
    // A list that a kind requires may be empty: no flag at all.
    for key in kind.keys().filter(|key| key.required && matches!(key.shape, Shape::List(_))) {
        if is_list_of_objects(key.shape) && !members.iter().any(|(name, _)| name == key.name) {
            members.push((key.name.to_owned(), Json::List(Vec::new())));
        }
    }
    Ok(members)
}

fn is_list_of_objects(shape: Shape) -> bool {
    matches!(shape, Shape::List(Shape::Object(_)))
}

/// The value of a key as a flag gives it. What it is worth is for the rules to say.
fn value(key: &KeySpec, shape: Shape, text: &str, meant: &Meant<'_>) -> Result<Json> {
    Ok(match shape {
        Shape::PartyOrEvent if (meant.is_party)(text)? => Json::text(text),
        Shape::Event | Shape::PartyOrEvent => Json::Text((meant.id)(text)?),
        Shape::Date => Json::Text((meant.date)(text)),
        Shape::Number | Shape::Count | Shape::Percentage | Shape::NumberOrText => number(text),
        Shape::Bool => match text {
            "true" | "yes" => Json::Bool(true),
            "false" | "no" => Json::Bool(false),
            other => Json::text(other),
        },
        Shape::Object(_) if is_item(shape) => item(key, text)?,
        Shape::Object(_) | Shape::TextMap if text.trim_start().starts_with('{') => json(key, text)?,
        // A source is named by its address, or else by its title.
        Shape::Object(keys) if keys.iter().any(|key| key.name == "url") => {
            let name = if text.contains("://") { "url" } else { "title" };
            Json::object([(name, Json::text(text))])
        }
        Shape::Object(_) | Shape::TextMap => json(key, text)?,
        _ => Json::text(text),
    })
}

fn number(text: &str) -> Json {
    Number::parse(text).map_or_else(|| Json::text(text), Json::Number)
}

/// `issue=terms`, `issue="terms"=6.5%`, or JSON.
fn item(key: &KeySpec, text: &str) -> Result<Json> {
    if text.trim_start().starts_with('{') {
        return json(key, text);
    }
    let Some((issue, terms)) = text.split_once('=') else {
        let message = format!("`{}`: `{text}` names an issue and no terms", key.name);
        return Err(CommandError::new("missing-key", message, ExitCode::Refused)
            .hint("write --item wages=\"19% over 4 years\", or with a value wages=\"…\"=6.5%")
            .into());
    };
    let mut members = vec![("issue".to_owned(), Json::text(issue.trim()))];
    let measured = terms.rsplit_once('=').and_then(|(terms, value)| {
        measured(value.trim()).map(|(number, unit)| (terms, number, unit))
    });
    let (terms, value) = match measured {
        Some((terms, number, unit)) => (terms, Some((number, unit))),
        None => (terms, None),
    };
    members.push(("terms".to_owned(), Json::text(unquoted(terms))));
    if let Some((number, unit)) = value {
        members.push(("value".to_owned(), Json::Number(number)));
        if !unit.is_empty() {
            members.push(("unit".to_owned(), Json::text(unit)));
        }
    }
    Ok(Json::Object(members))
}

/// A number and its unit: `6.5%`, `40 hours`, `1000USD`.
fn measured(text: &str) -> Option<(Number, &str)> {
    let end =
        text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-'))).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let number = Number::parse(number)?;
    let unit = unit.trim();
    let plain = unit
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '%' | '-' | '/' | ' ' | '$' | '€' | '£'));
    plain.then_some((number, if unit == "%" { "percent" } else { unit }))
}

/// A text without the quotes that a shell left around it.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// `KEY=VALUE` pairs, or JSON objects, as the changes of an amendment.
fn changes(values: &[&String]) -> Result<Json> {
    let mut members = Vec::new();
    for text in values {
        if text.trim_start().starts_with('{') {
            match Json::parse(text).map_err(|error| not_json("set", &error))? {
                Json::Object(more) => members.extend(more),
                other => members.push(("set".to_owned(), other)),
            }
            continue;
        }
        members.push(change(text)?);
    }
    Ok(Json::Object(members))
}

/// `KEY=VALUE`: JSON where the value parses as such, else a text.
pub(crate) fn change(text: &str) -> Result<(String, Json)> {
    let Some((key, value)) = text.split_once('=') else {
        let message = format!("`set`: `{text}` names a key and no value");
        return Err(CommandError::new("wrong-type", message, ExitCode::Refused)
            .hint("write --set occurred=2025-01-16")
            .into());
    };
    let value = Json::parse(value).unwrap_or_else(|_| Json::text(value));
    Ok((key.trim().replace('-', "_"), value))
}

/// The changes of an amendment as they are meant for an event of a kind: phrases become dates, cut
/// ids whole, and what reads as a number (`2025`) a text where the key takes no number.
pub(crate) fn changes_meant(kind: Kind, changes: Json, meant: &Meant<'_>) -> Result<Json> {
    let Json::Object(members) = changes else { return Ok(changes) };
    let mut settled = Vec::new();
    for (key, value) in members {
        let shape = match key.as_str() {
            "occurred" => Some(Shape::Date),
            name => kind.keys().find(|key| key.name == name).map(|key| key.shape),
        };
        let value = match (shape, value) {
            (Some(Shape::Date), Json::Text(text)) => Json::Text((meant.date)(&text)),
            (Some(Shape::Event), Json::Text(text)) => Json::Text((meant.id)(&text)?),
            (Some(Shape::Date | Shape::Text), Json::Number(number)) => Json::text(number),
            (_, value) => value,
        };
        settled.push((key, value));
    }
    Ok(Json::Object(settled))
}

fn json(key: &KeySpec, text: &str) -> Result<Json> {
    Json::parse(text).map_err(|error| not_json(key.name, &error).into())
}

fn not_json(key: &str, error: &JsonError) -> CommandError {
    let code = match error {
        JsonError::DuplicateKey(_) => "duplicate-key",
        JsonError::Syntax(_) | JsonError::TooDeep => "bad-json",
    };
    CommandError::new(code, format!("`{key}`: {error}"), ExitCode::Refused)
        .hint("quote JSON for the shell: --limit '{\"op\":\"<=\",\"value\":10,\"unit\":\"days\"}'")
}
