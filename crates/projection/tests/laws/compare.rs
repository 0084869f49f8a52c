//! States side by side.

use std::fmt::{Debug, Display};

use dispute_core::{EventId, Json};

use crate::trial::Verdict;

/// The lists that name an event for being on record, whatever it says.
pub(crate) const LISTS: [&str; 5] = ["possible", "retracted", "amended", "redacted", "gaps"];

/// That two states are the same, or in what parts they differ.
pub(crate) fn same(one: Option<Json>, other: Option<Json>, at: impl Display) -> Verdict {
    let (one, other) = match (one, other) {
        (None, None) => return Ok(()),
        (Some(one), Some(other)) => (one, other),
        (one, _) => return Err(format!("{at}: only one is there, {}", one.is_some())),
    };
    if one == other {
        return Ok(());
    }
    let Json::Object(members) = &one else { return Err(format!("{at}: no object")) };
    let differs = |(key, _): &&(String, Json)| one.get(key) != other.get(key);
    let parts = members.iter().filter(differs).map(|(key, value)| {
        format!("{key}:\n  {value}\n  {}", other.get(key).unwrap_or(&Json::Null))
    });
    Err(format!("{at}:\n{}", parts.collect::<Vec<_>>().join("\n")))
}

/// That two answers are equal.
pub(crate) fn equal<T: PartialEq + Debug>(one: &T, other: &T, at: impl Display) -> Verdict {
    if one == other { Ok(()) } else { Err(format!("{at}:\n  {one:?}\n  {other:?}")) }
}

/// The state without some of its parts.
pub(crate) fn without(state: Option<Json>, keys: &[&str]) -> Option<Json> {
    let Some(Json::Object(mut members)) = state else { return state };
    members.retain(|(key, _)| !keys.contains(&key.as_str()));
    Some(Json::Object(members))
}

/// The state without its warnings of some codes.
pub(crate) fn without_warnings(state: Option<Json>, codes: &[&str]) -> Option<Json> {
    changed(state, "warnings", |warnings| {
        let is_kept = |warning: &&Json| {
            let code = warning.get("code").and_then(Json::as_text);
            !code.is_some_and(|code| codes.contains(&code))
        };
        Json::List(warnings.parts().iter().filter(is_kept).cloned().collect())
    })
}

/// The state with an id taken out of one of its lists.
pub(crate) fn without_id(state: Option<Json>, list: &str, id: &EventId) -> Option<Json> {
    changed(state, list, |ids| {
        let is_other = |part: &&Json| part.as_text() != Some(id.as_str());
        Json::List(ids.parts().iter().filter(is_other).cloned().collect())
    })
}

/// The state but for what follows the order of recording.
pub(crate) fn unordered(state: Option<Json>) -> Option<Json> {
    let state = without_warnings(state, &["conflicting-values", "suspected-duplicate"]);
    let state = changed(state, "versions", |versions| versions.clone().sorted());
    LISTS.into_iter().chain(["warnings"]).fold(state, |state, list| {
        changed(state, list, |value| {
            let mut parts = value.parts().to_vec();
            parts.sort_by_key(ToString::to_string);
            Json::List(parts)
        })
    })
}

/// The state with one part in place of another.
pub(crate) fn changed(
    state: Option<Json>,
    key: &str,
    change: impl FnOnce(&Json) -> Json,
) -> Option<Json> {
    let Some(Json::Object(mut members)) = state else { return state };
    if let Some((_, value)) = members.iter_mut().find(|(known, _)| known == key) {
        *value = change(value);
    }
    Some(Json::Object(members))
}
