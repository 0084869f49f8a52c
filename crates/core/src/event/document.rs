//! One JSON object on its way to a typed event: each key is taken out once, and what is left over
//! at the end was not known.

use std::borrow::Cow;

use crate::event::schema::{Keys, Value};
use crate::json::borrowed::{Borrowed, Members};
use crate::refusal::{Refusal, RefusalCode};

/// The keys of an object that have not been read yet. Each key is asked for once.
#[derive(Debug)]
pub(crate) struct Document<'d, 'a> {
    members: &'d [(Cow<'a, str>, Borrowed<'a>)],
    /// How many of them have not been taken.
    left: usize,
}

impl<'d, 'a> Document<'d, 'a> {
    pub(crate) fn new(members: &'d Members<'a>) -> Self {
        Self { members, left: members.len() }
    }

    /// The keys of an object inside a document.
    pub(crate) fn of_object(json: &'d Borrowed<'a>) -> Result<Self, Refusal> {
        match json {
            Borrowed::Object(members) => Ok(Self::new(members)),
            other => Err(wrong_type("an object", other)),
        }
    }

    /// Reads a set of keys and refuses whatever else is there.
    pub(crate) fn read_all<K: Keys>(mut self) -> Result<K, Refusal> {
        let read = K::read(&mut self);
        if read.is_err() || self.has_more() {
            let is_known = |key: &str| K::KEYS.iter().any(|spec| spec.name == key);
            self.only(is_known, || K::KEYS.iter().map(|spec| spec.name).collect())?;
        }
        read
    }

    /// Whether there are keys that have not been asked for.
    pub(crate) fn has_more(&self) -> bool {
        self.left > 0
    }

    /// Refuses a key that is not known; `names` are those that are, for a hint.
    pub(crate) fn only(
        &self,
        is_known: impl Fn(&str) -> bool,
        names: impl Fn() -> Vec<&'static str>,
    ) -> Result<(), Refusal> {
        match self.members.iter().find(|(key, _)| !is_known(key)) {
            Some((key, _)) => Err(unknown_key(key, &names())),
            None => Ok(()),
        }
    }

    /// Takes a value out as it stands.
    pub(crate) fn take(&mut self, key: &str) -> Option<&'d Borrowed<'a>> {
        if self.left == 0 {
            return None;
        }
        let (_, value) = self.members.iter().find(|(k, _)| k == key)?;
        self.left -= 1;
        Some(value)
    }

    pub(crate) fn required<V: Value>(&mut self, key: &'static str) -> Result<V, Refusal> {
        self.optional(key)?.ok_or_else(|| {
            let message = format!("the key `{key}` is missing");
            Refusal::new(RefusalCode::MissingKey, message, format!("add `{key}`")).at(key)
        })
    }

    pub(crate) fn optional<V: Value>(&mut self, key: &'static str) -> Result<Option<V>, Refusal> {
        self.take(key).map(|json| V::read(json).map_err(|refusal| within(key, refusal))).transpose()
    }
}

/// A refusal of a value, with the key that it stands under put before the place inside it.
pub(crate) fn within(key: &str, mut refusal: Refusal) -> Refusal {
    refusal.key = Some(match refusal.key {
        None => key.to_owned(),
        Some(inner) if inner.starts_with('[') => format!("{key}{inner}"),
        Some(inner) => format!("{key}.{inner}"),
    });
    refusal
}

/// A refusal of a value of another type than the key takes.
pub(crate) fn wrong_type(wanted: &str, found: &Borrowed<'_>) -> Refusal {
    let found = match found {
        Borrowed::Null => "null",
        Borrowed::Bool(_) => "true or false",
        Borrowed::Number(_) => "a number",
        Borrowed::OversizedNumber(_) => "a number of too many digits",
        Borrowed::Text(_) => "a text",
        Borrowed::List(_) => "a list",
        Borrowed::Object(_) => "an object",
    };
    let message = format!("takes {wanted}, not {found}");
    let hint = match found {
        "null" => "leave the key out where there is no value".to_owned(),
        "a number of too many digits" => {
            "at most 18 digits are kept, 9 of them after the point".to_owned()
        }
        _ => format!("write {wanted}"),
    };
    Refusal::new(RefusalCode::WrongType, message, hint)
}

fn unknown_key(key: &str, known: &[&str]) -> Refusal {
    let hint = match nearest(key, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys are {}", known.join(", ")),
    };
    Refusal::new(RefusalCode::UnknownKey, format!("there is no key `{key}` here"), hint).at(key)
}

/// The word that was probably meant, where one is near.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let wanted = word.to_lowercase().replace('_', "-");
    known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(&wanted, &k.to_lowercase().replace('_', "-")), *k))
        .filter(|(distance, k)| *distance <= 1 + k.len() / 4)
        .min()
        .map(|(_, k)| k)
}
