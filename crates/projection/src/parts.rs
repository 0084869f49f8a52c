//! The parts of a state by name: what is asked about with `why`, and told by `diff` and `replay`.
//!
//! A part is a key of the state (`phase`), a row of a list by its id (`proposals.kp-19`), a unit or
//! a contract by its slug, an issue by its slug and bargaining unit (`issues.wages/nurses`), a
//! warning by its code and event (`warnings.out-of-place.k7`), a member (`sessions.last`,
//! `statements.last_by.kaiser`), or an id of a list of ids (`possible.k46`). Below these stand the
//! members of a row (`mediation.k44.answers.kaiser`), for questions.

use dispute_core::Json;

/// What a key of the state holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One value.
    Value,
    /// Rows, each an object that is named by what it says.
    Rows,
    /// Ids.
    Ids,
    /// An object whose members are parts.
    Members,
    /// An object of which a member is again such an object.
    MembersOfMembers,
}

/// The keys of a state that say where the dispute stands, with what each holds. Which dispute it
/// is, and which cuts were asked for, is the question and not the state.
pub(crate) const KEYS: &[(&str, Shape)] = &[
    ("title", Shape::Value),
    ("time_zone", Shape::Value),
    ("employers", Shape::Value),
    ("unions", Shape::Value),
    ("phase", Shape::Value),
    ("phase_since", Shape::Value),
    ("phase_set_by", Shape::Value),
    ("actions", Shape::Rows),
    ("proposals", Shape::Rows),
    ("mediation", Shape::Rows),
    ("agreements", Shape::Rows),
    ("votes", Shape::Rows),
    ("issues", Shape::Rows),
    ("sessions", Shape::Members),
    ("units", Shape::Rows),
    ("contracts", Shape::Rows),
    ("notices", Shape::Rows),
    ("links", Shape::Rows),
    ("implementations", Shape::Rows),
    ("reports", Shape::Rows),
    ("charges", Shape::Rows),
    ("orders", Shape::Rows),
    ("findings", Shape::Rows),
    ("impacts", Shape::Rows),
    ("statements", Shape::MembersOfMembers),
    ("warnings", Shape::Rows),
    ("possible", Shape::Ids),
    ("versions", Shape::Members),
    ("retracted", Shape::Ids),
    ("amended", Shape::Ids),
    ("redacted", Shape::Ids),
    ("gaps", Shape::Ids),
];

/// A part of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: Json,
}

/// The parts of a state as JSON, in its order.
pub fn parts(state: &Json) -> Vec<Part> {
    let mut parts = Vec::new();
    for &(key, shape) in KEYS {
        let Some(value) = state.get(key) else { continue };
        parts_of(key, shape, value, &mut parts);
    }
    parts
}

fn parts_of(key: &str, shape: Shape, value: &Json, parts: &mut Vec<Part>) {
    let mut put = |name: String, value: &Json| parts.push(Part { name, value: value.clone() });
    match (shape, value) {
        (Shape::Rows | Shape::Ids, Json::List(rows)) => {
            for row in rows {
                put(format!("{key}.{}", row_name(key, row)), row);
            }
        }
        (Shape::Members, Json::Object(members)) => {
            for (member, value) in members {
                put(format!("{key}.{member}"), value);
            }
        }
        (Shape::MembersOfMembers, Json::Object(members)) => {
            for (member, value) in members {
                let shape =
                    if matches!(value, Json::Object(_)) { Shape::Members } else { Shape::Value };
                parts_of(&format!("{key}.{member}"), shape, value, parts);
            }
        }
        (_, value) => put(key.to_owned(), value),
    }
}

/// What a row is called among those of its list.
pub(crate) fn row_name(key: &str, row: &Json) -> String {
    let text = |member| row.get(member).and_then(Json::as_text);
    let name = match key {
        "issues" => {
            let unit = text("bargaining_unit").map(|unit| format!("/{unit}"));
            text("issue").map(|issue| format!("{issue}{}", unit.unwrap_or_default()))
        }
        "warnings" => {
            text("code").zip(text("event")).map(|(code, event)| format!("{code}.{event}"))
        }
        "units" => text("unit").map(str::to_owned),
        "contracts" => text("contract").map(str::to_owned),
        "items" => text("issue").map(str::to_owned),
        _ => text("id").map(str::to_owned),
    };
    name.or(row.as_text().map(str::to_owned)).unwrap_or_default()
}

/// Whether a name can be that of a part of a state, there or not.
pub fn names_a_part(name: &str) -> bool {
    let (key, rest) = name.split_once('.').unwrap_or((name, "all"));
    !rest.is_empty() && KEYS.iter().any(|(known, _)| *known == key)
}

/// The keys that names of parts begin with.
pub fn part_keys() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(key, _)| *key)
}

/// What a state says of a part, null where it has none of that name. An issue without its unit
/// names that of no unit, else those of all units.
pub fn part(state: &Json, name: &str) -> Json {
    find_part(state, name).unwrap_or(Json::Null)
}

/// Whether a state has a part of a name, be it null.
pub fn has_part(state: &Json, name: &str) -> bool {
    find_part(state, name).is_some()
}

fn find_part(state: &Json, name: &str) -> Option<Json> {
    let (key, rest) = name.split_once('.').unwrap_or((name, ""));
    let value = state.get(key)?;
    if let Some(found) = below(key, value, rest) {
        return Some(found.clone());
    }
    let of_units = value
        .parts()
        .iter()
        .filter(|row| key == "issues" && row.get("issue").and_then(Json::as_text) == Some(rest));
    match of_units.cloned().collect::<Vec<_>>() {
        rows if rows.is_empty() => None,
        rows => Some(Json::List(rows)),
    }
}

/// What stands below a value by the rest of a name. Ids may hold full stops, so every name that
/// fits is tried.
fn below<'a>(key: &str, value: &'a Json, rest: &str) -> Option<&'a Json> {
    if rest.is_empty() {
        return Some(value);
    }
    let named: Vec<(String, &Json)> = match value {
        Json::Object(members) => members.iter().map(|(name, it)| (name.clone(), it)).collect(),
        Json::List(rows) => rows.iter().map(|row| (row_name(key, row), row)).collect(),
        _ => return None,
    };
    named.into_iter().filter(|(name, _)| !name.is_empty()).find_map(|(name, it)| {
        let rest = rest.strip_prefix(name.as_str())?;
        match rest.strip_prefix('.') {
            Some(rest) => below(&name, it, rest),
            None if rest.is_empty() => Some(it),
            None => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> Json {
        let text = r#"{"schema":"s","phase":"stoppage","proposals":[{"id":"p","status":"open"},
            {"id":"p.1","status":"agreed","items":[{"issue":"pay","terms":"5%"}]}],
            "issues":[{"issue":"pay","bargaining_unit":null},{"issue":"pay","bargaining_unit":"rn"},
            {"issue":"rest","bargaining_unit":"rn"},{"issue":"rest","bargaining_unit":"lvn"}],
            "statements":{"count":2,"last_by":{"Dr. A. B":"s1"}},"sessions":{"held":0,"last":null},
            "warnings":[{"code":"out-of-place","event":"e.1"}],"possible":["k.1"],
            "versions":{"p":["v"]}}"#;
        Json::parse(text).unwrap()
    }

    #[test]
    fn every_part_has_a_name_of_its_own_and_is_found_by_it() {
        let state = state();
        let names: Vec<String> = parts(&state).into_iter().map(|part| part.name).collect();
        let expected = "phase, proposals.p, proposals.p.1, issues.pay, issues.pay/rn, \
             issues.rest/rn, issues.rest/lvn, sessions.held, sessions.last, statements.count, \
             statements.last_by.Dr. A. B, warnings.out-of-place.e.1, possible.k.1, versions.p";
        assert_eq!(names.join(", "), expected);
        for found in parts(&state) {
            assert_eq!(part(&state, &found.name), found.value, "{}", found.name);
        }
    }

    #[test]
    fn members_of_rows_are_found_and_what_is_not_there_is_null() {
        let found = |name| part(&state(), name).to_string();
        assert_eq!(found("proposals.p.1.status"), r#""agreed""#);
        assert_eq!(found("proposals.p.1.items.pay.terms"), r#""5%""#);
        assert_eq!(found("proposals.p.status"), r#""open""#);
        let of_both =
            r#"[{"issue":"rest","bargaining_unit":"rn"},{"issue":"rest","bargaining_unit":"lvn"}]"#;
        assert_eq!(found("issues.rest"), of_both);
        for name in ["proposals.q", "proposals.p.x", "issues.none", "sessions.last", "strikes"] {
            assert_eq!(found(name), "null", "{name}");
        }
        assert!(names_a_part("mediation.k44.answers") && !names_a_part("strikes"));
    }
}
