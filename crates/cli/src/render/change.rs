//! A change of a part of a state, in words.

use dispute_core::{Edtf, EventId, Json, Record, Slug};
use dispute_projection::Change;

use crate::render::gist::Gist;
use crate::render::names::Names;
use crate::render::text::flat;
use crate::render::{dates, words};

/// A change in words; none where the event's own line says it.
pub(super) fn in_words(change: &Change, names: &Names) -> Vec<String> {
    let (part, rest) = change.part.split_once('.').unwrap_or((change.part.as_str(), ""));
    let (from, to) = (&change.from, &change.to);
    match part {
        // Before its first event a story has no phase, which is the same as none.
        "phase" if value(from) == value(to) => Vec::new(),
        "phase" => vec![format!("phase: {} → {}", value(from), value(to))],
        "actions" => action(rest, from, to),
        "proposals" => proposal(rest, from, to, names),
        "mediation" => mediation(rest, from, to, names),
        "agreements" => agreement(rest, from, to),
        "charges" => status("charge", rest, from, to),
        "orders" => status("order", rest, from, to),
        "findings" if *to == Json::Null => vec![format!("finding {rest} is carried further")],
        "findings" => status("finding", rest, from, to),
        "contracts" => status("contract", rest, from, to),
        "issues" => issue(rest, from, to, names),
        "sessions" if rest == "held" && *from != Json::Null => {
            vec![format!("sessions held: {}", value(to))]
        }
        "votes" => vote(rest, to),
        // What the event itself says.
        "sessions" | "statements" | "notices" | "links" | "implementations" | "reports"
        | "impacts" | "gaps" | "units" => Vec::new(),
        _ => vec![format!("{}: {} → {}", change.part, value(from), value(to))],
    }
}

fn action(id: &str, from: &Json, to: &Json) -> Vec<String> {
    let form = words::plain(text(if *to == Json::Null { from } else { to }, "action"));
    let announced = text(from, "status") == "announced";
    if *to == Json::Null {
        return vec![format!("the announcement {id} gives way to the {form}")];
    }
    let mut lines = Vec::new();
    let now = text(to, "status");
    match (text(from, "status"), now) {
        ("", "announced") => {
            let day = text(to, "since");
            let day = if day.is_empty() {
                String::new()
            } else {
                format!(" for {}", dates::in_words(day))
            };
            lines.push(format!("{form} {id} is announced{day}"));
        }
        ("", "ended") => lines.push(format!("{form} {id} begins and ends")),
        ("", _) => lines.push(format!("{form} {id} begins")),
        (was, now) if was != now => match now {
            "ended" => lines.push(format!("{form} {id} ends")),
            "withdrawn" if announced => lines.push(format!("{form} {id} is called off")),
            now => {
                lines.push(format!("{form} {id}: {} → {}", words::plain(was), words::plain(now)));
            }
        },
        _ => {}
    }
    if *from != Json::Null {
        let was = text(from, "action");
        if was != text(to, "action") {
            lines.push(format!("{} {id} becomes a {form}", words::plain(was)));
        }
        if from.get("workers") != to.get("workers") {
            lines.push(format!(
                "{form} {id}: {} → {} workers",
                member(from, "workers"),
                member(to, "workers")
            ));
        }
        if text(from, "until") != text(to, "until") && text(from, "status") == now {
            lines.push(format!("{form} {id} ended {}", dates::in_words(text(to, "until"))));
        }
    }
    lines
}

fn proposal(id: &str, from: &Json, to: &Json, names: &Names) -> Vec<String> {
    if *to == Json::Null {
        return vec![format!("proposal {id} is gone")];
    }
    let mut lines = Vec::new();
    // A new proposal is open, and its own line says what it is.
    let (was, now) = (text(from, "status"), text(to, "status"));
    if was != now && !(was.is_empty() && now == "open") {
        let was = if was.is_empty() { "open" } else { was };
        let by = names.short(text(to, "by"));
        lines.push(format!("proposal {id} of {by}: {} → {}", words::plain(was), words::plain(now)));
    }
    lines
}

fn mediation(id: &str, from: &Json, to: &Json, names: &Names) -> Vec<String> {
    let procedure = words::plain(text(to, "procedure"));
    let mut lines = status(&procedure, id, from, to);
    for (party, answer) in members(to.get("answers")) {
        let was = from.get("answers").and_then(|answers| answers.get(party));
        let (was, now) = (was.map_or("none", |it| text(it, "answer")), text(answer, "answer"));
        let party = names.short(party);
        match was {
            was if was == now => {}
            "none" => lines.push(format!("{procedure} {id}: {party} {now}")),
            was => lines.push(format!("{procedure} {id}: {party} {was} → {now}")),
        }
    }
    let (was, now) = (text(from, "scheduled_for"), text(to, "scheduled_for"));
    if was != now && !now.is_empty() {
        lines.push(format!("{procedure} {id}: set for {}", dates::in_words(now)));
    }
    lines
}

fn agreement(id: &str, from: &Json, to: &Json) -> Vec<String> {
    let level = words::plain(text(to, "level"));
    match *from {
        Json::Null => vec![format!("{level} agreement {id} stands")],
        _ => status(&format!("{level} agreement"), id, from, to),
    }
}

fn vote(id: &str, to: &Json) -> Vec<String> {
    let count = |key: &str| match to.get(key) {
        None | Some(Json::Null) => None,
        Some(count) => Some(value(count)),
    };
    let yes_and_no = count("yes").zip(count("no")).map(|(yes, no)| format!("{yes} yes, {no} no"));
    let outcome = Some(text(to, "outcome").to_owned()).filter(|outcome| !outcome.is_empty());
    let parts: Vec<String> = outcome.into_iter().chain(yes_and_no).collect();
    if parts.is_empty() { Vec::new() } else { vec![format!("vote {id}: {}", parts.join(", "))] }
}

/// What is new in the positions on an issue and what is agreed on it.
fn issue(name: &str, from: &Json, to: &Json, names: &Names) -> Vec<String> {
    let name = match name.split_once('/') {
        Some((issue, unit)) => format!("{} ({unit})", words::plain(issue)),
        None => words::plain(name),
    };
    let mut lines = Vec::new();
    for (party, position) in members(to.get("positions")) {
        let was = from.get("positions").and_then(|positions| positions.get(party));
        if was.is_none_or(|was| was.get("id") != position.get("id")) {
            let terms = words::quoted(text(position, "terms"));
            lines.push(format!("{name}: {} now {terms}", names.short(party)));
        }
    }
    let agreed = |row: &Json| row.get("agreed").filter(|it| **it != Json::Null).cloned();
    match (agreed(from), agreed(to)) {
        (was, Some(now)) if was.as_ref() != Some(&now) => {
            lines.push(format!("{name}: agreed {}", words::quoted(text(&now, "terms"))));
        }
        (Some(_), None) => lines.push(format!("{name}: no longer agreed")),
        _ => {}
    }
    lines
}

/// A thing whose status changed.
fn status(thing: &str, id: &str, from: &Json, to: &Json) -> Vec<String> {
    let (was, now) = (words::plain(text(from, "status")), words::plain(text(to, "status")));
    match (was.as_str(), now.as_str()) {
        (was, now) if was == now => Vec::new(),
        ("", now) => vec![format!("{thing} {id}: {now}")],
        (was, now) => vec![format!("{thing} {id}: {was} → {now}")],
    }
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.get(key).and_then(Json::as_text).unwrap_or_default()
}

fn members(json: Option<&Json>) -> &[(String, Json)] {
    match json {
        Some(Json::Object(members)) => members,
        _ => &[],
    }
}

fn member(json: &Json, key: &str) -> String {
    json.get(key).map_or_else(|| "?".to_owned(), value)
}

/// A value in words.
fn value(json: &Json) -> String {
    match json {
        Json::Null => "none".to_owned(),
        Json::Text(text) => word(text),
        Json::Number(number) => words::number(number),
        other => flat(&other.to_string()),
    }
}

/// A text in words: a date as people say it, a word of a rule without its dashes, anything else as
/// it was written.
pub(super) fn word(text: &str) -> String {
    if Edtf::parse(text).is_ok() {
        dates::in_words(text)
    } else if Slug::parse(text).is_some() {
        words::plain(text)
    } else {
        flat(text)
    }
}

/// A change in words where no event's own line stands beside it; none where another part says it.
pub(super) fn in_full(record: &Record, change: &Change, names: &Names) -> Vec<String> {
    let (key, rest) = change.part.split_once('.').unwrap_or((change.part.as_str(), ""));
    let (from, to) = (&change.from, &change.to);
    let is_new = *from == Json::Null;
    let is_gone = *to == Json::Null;
    match key {
        "phase_since" | "phase_set_by" | "order" => Vec::new(),
        "statements" => match rest.strip_prefix("last_by.") {
            Some(who) => vec![format!("said last by {}: {}", names.short(who), value(to))],
            None => Vec::new(),
        },
        "sessions" => match rest {
            "held" => vec![format!("sessions held: {} → {}", value(from), value(to))],
            _ => vec![format!("{rest} session: {} → {}", session(from), session(to))],
        },
        "warnings" => {
            let (code, event) = rest.split_once('.').unwrap_or((rest, ""));
            let text = text(if is_gone { from } else { to }, "text");
            let sign = if is_gone { "no longer " } else { "" };
            vec![format!("{sign}{code} on {event}: {text}")]
        }
        "possible" if is_gone => vec![format!("{rest} is no longer only possible")],
        "possible" => vec![format!("{rest} may have happened")],
        "retracted" | "amended" | "redacted" => {
            vec![format!("{rest} is {}{key}", if is_gone { "no longer " } else { "" })]
        }
        "gaps" => vec![gist(record, rest, names, is_gone)],
        "versions" => {
            let listed: Vec<&str> = to.parts().iter().filter_map(Json::as_text).collect();
            let listed = if listed.is_empty() { "none".to_owned() } else { listed.join(", ") };
            vec![format!("other accounts of {rest}: {listed}")]
        }
        "votes" | "agreements" | "findings" if is_gone => {
            vec![format!("{} {rest}: gone", one_of(key))]
        }
        "title" | "time_zone" | "employers" | "unions" => {
            vec![format!("{}: {} → {}", words::plain(key), value(from), value(to))]
        }
        "notices" | "links" | "implementations" | "reports" | "impacts" | "charges" | "orders"
        | "findings" | "proposals" | "actions"
            if is_new || is_gone =>
        {
            let line = gist(record, rest, names, is_gone);
            // How it stands, where that is more than that it is there.
            match text(to, "status") {
                "" | "open" | "filed" | "issued" => vec![line],
                status => vec![format!("{line} · {}", words::plain(status))],
            }
        }
        _ => {
            let mut lines = in_words(change, names);
            if key == "issues" {
                lines.extend(positions(rest, from, to, names));
            }
            if lines.is_empty() { vec![members_in_words(key, rest, from, to)] } else { lines }
        }
    }
}

/// How the proposals stand by which the parties have their positions on an issue, where that
/// changed.
fn positions(name: &str, from: &Json, to: &Json, names: &Names) -> Vec<String> {
    let mut lines = Vec::new();
    for (party, position) in members(to.get("positions")) {
        let was = from.get("positions").and_then(|positions| positions.get(party));
        let same = was.filter(|was| was.get("id") == position.get("id"));
        let (id, now) = (text(position, "id"), text(position, "status"));
        if let Some(was) = same.map(|was| text(was, "status")).filter(|was| *was != now) {
            let (was, now) = (words::plain(was), words::plain(now));
            let (name, party) = (words::plain(name), names.short(party));
            lines.push(format!("{name}: {party}'s {id} {was} → {now}"));
        }
    }
    lines
}

/// What a row of a list is: `proposal` of `proposals`.
fn one_of(key: &str) -> String {
    words::plain(key.strip_suffix('s').unwrap_or(key))
}

/// The members in which two rows differ.
fn members_in_words(key: &str, name: &str, from: &Json, to: &Json) -> String {
    let thing = format!("{} {name}", one_of(key));
    if *from == Json::Null || *to == Json::Null {
        return format!("{thing}: {}", if *to == Json::Null { "gone" } else { "new" });
    }
    let differs = |(member, now): &&(String, Json)| from.get(member) != Some(now);
    let said = |(member, now): &(String, Json)| {
        let was = from.get(member).unwrap_or(&Json::Null);
        match now {
            Json::List(_) | Json::Object(_) => words::plain(member),
            now => format!("{} {} → {}", words::plain(member), value(was), value(now)),
        }
    };
    let is_plain = |(_, now): &(String, Json)| !matches!(now, Json::List(_) | Json::Object(_));
    let differing: Vec<&(String, Json)> = members(Some(to)).iter().filter(differs).collect();
    // What a row says of itself says more than that what it holds is another.
    let any_plain = differing.iter().any(|member| is_plain(member));
    let told = differing.into_iter().filter(|member| !any_plain || is_plain(member));
    let parts: Vec<String> = told.map(said).collect();
    format!("{thing}: {}", parts.join(", "))
}

/// What an event says, that came or went.
fn gist(record: &Record, id: &str, names: &Names, is_gone: bool) -> String {
    let document = EventId::parse(id).and_then(|id| record.position(&id));
    let Some(event) = document.and_then(|n| record.document(n)) else { return id.to_owned() };
    let kind = event.kind().as_str();
    let text = Gist::of(&event.fact, names).after(kind);
    if is_gone { format!("no longer: {text}") } else { text }
}

fn session(json: &Json) -> String {
    match json {
        Json::Null => "none".to_owned(),
        it => format!("{}, {}", text(it, "id"), dates::in_words(text(it, "date"))),
    }
}
