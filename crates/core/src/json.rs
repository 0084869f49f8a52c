//! JSON, read strictly: no doubled keys, numbers exactly as they were written.

pub(crate) mod borrowed;
pub(crate) mod plain;
pub(crate) mod scanner;

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::json::plain::needs_no_escape;
use crate::number::Number;

/// Lists and objects may stand this deep in one another. No document of EVENTS.md needs more
/// than four; the limit keeps a hostile line from costing time.
const DEEPEST: usize = 16;

/// A JSON value whose numbers are exact and whose objects keep the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number that [`Number`] can hold.
    Number(Number),
    /// A number that it cannot hold, as written.
    OversizedNumber(String),
    /// A string
    Text(String),
    /// An array
    List(Vec<Json>),
    /// An object
    Object(Vec<(String, Json)>),
}

/// Why a text is not a JSON value that can be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JsonError {
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// An object names a key twice.
    #[error("the key `{0}` stands twice")]
    DuplicateKey(String),
    /// Lists and objects stand too deep in one another.
    #[error("lists and objects stand more than {DEEPEST} deep in one another")]
    TooDeep,
}

impl Json {
    /// Reads one JSON value and nothing after it.
    ///
    /// # Errors
    /// [`JsonError`], at the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        scanner::scan(text).map_or_else(|| Self::read_by_levels(text), |json| Ok(json.to_json()))
    }

    /// Reads a value level by level: slower than [`scanner::scan`], and knows what is wrong.
    pub(crate) fn read_by_levels(text: &str) -> Result<Self, JsonError> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|e| syntax(&e))?;
        Self::from_raw(raw, 0)
    }

    fn from_raw(raw: &RawValue, depth: usize) -> Result<Self, JsonError> {
        let text = raw.get();
        let deeper = depth + 1;
        match text.as_bytes().first() {
            Some(b'{' | b'[') if depth == DEEPEST => Err(JsonError::TooDeep),
            Some(b'{') => {
                let members: Members<'_> = serde_json::from_str(text).map_err(|e| syntax(&e))?;
                let mut object: Vec<(String, Self)> = Vec::with_capacity(members.0.len());
                for (key, value) in members.0 {
                    if object.iter().any(|(known, _)| *known == key) {
                        return Err(JsonError::DuplicateKey(key));
                    }
                    object.push((key, Self::from_raw(value, deeper)?));
                }
                Ok(Self::Object(object))
            }
            Some(b'[') => {
                let parts: Vec<&RawValue> = serde_json::from_str(text).map_err(|e| syntax(&e))?;
                let list = parts.into_iter().map(|part| Self::from_raw(part, deeper));
                Ok(Self::List(list.collect::<Result<_, _>>()?))
            }
            Some(b'"') => Ok(Self::Text(serde_json::from_str(text).map_err(|e| syntax(&e))?)),
            Some(b't') => Ok(Self::Bool(true)),
            Some(b'f') => Ok(Self::Bool(false)),
            Some(b'n') => Ok(Self::Null),
            _ => Ok(match Number::parse(text) {
                Some(number) => Self::Number(number),
                None => Self::OversizedNumber(text.to_owned()),
            }),
        }
    }

    /// A string value.
    pub fn text(text: impl fmt::Display) -> Self {
        Self::Text(text.to_string())
    }

    /// A string value, or null.
    pub fn text_or_null(text: Option<impl fmt::Display>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// A list of strings.
    pub fn texts(texts: impl IntoIterator<Item = impl fmt::Display>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// A count.
    pub fn count(count: u64) -> Self {
        Self::Number(Number::from(count))
    }

    /// An object of the given members, in their order.
    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// The member of an object. `None` where this is no object, or has no such key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text of a string value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The parts of a list; none where this is no list.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::List(parts) => parts,
            _ => &[],
        }
    }

    /// The value with the keys of every object sorted by their bytes: two values that say the same
    /// are printed alike.
    #[must_use]
    pub fn sorted(self) -> Self {
        match self {
            Self::Object(members) => {
                let mut members: Vec<_> =
                    members.into_iter().map(|(key, value)| (key, value.sorted())).collect();
                members.sort_by(|(a, _), (b, _)| a.cmp(b));
                Self::Object(members)
            }
            Self::List(parts) => Self::List(parts.into_iter().map(Self::sorted).collect()),
            other => other,
        }
    }
}

/// One line, no spaces, numbers in their shortest form.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::OversizedNumber(text) => f.write_str(text),
            Self::Text(text) => write_text(text, f),
            Self::List(parts) => {
                f.write_str("[")?;
                for (n, part) in parts.iter().enumerate() {
                    f.write_str(if n == 0 { "" } else { "," })?;
                    write!(f, "{part}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (n, (key, value)) in members.iter().enumerate() {
                    f.write_str(if n == 0 { "" } else { "," })?;
                    write_text(key, f)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_text(text: &str, f: &mut impl fmt::Write) -> fmt::Result {
    if needs_no_escape(text) {
        f.write_str("\"")?;
        f.write_str(text)?;
        return f.write_str("\"");
    }
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

/// Puts a text behind what is there, quoted.
pub(crate) fn put_text(text: &str, out: &mut String) {
    // Writing to a string does not fail.
    let _ = write_text(text, out);
}

fn syntax(error: &serde_json::Error) -> JsonError {
    JsonError::Syntax(error.to_string())
}

/// The members of an object in their order, doubled keys included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_exact_and_keys_keep_their_order() {
        let text = r#"{"b":[1.50,-0,"x\u00e9\n"],"a":{"c":null,"d":true}}"#;
        let value = Json::parse(text).unwrap();
        assert_eq!(value.to_string(), r#"{"b":[1.5,0,"xé\n"],"a":{"c":null,"d":true}}"#);
        assert_eq!(value.sorted().to_string(), r#"{"a":{"c":null,"d":true},"b":[1.5,0,"xé\n"]}"#);
        assert_eq!(
            Json::parse("12345678901234567890").unwrap(),
            Json::OversizedNumber("12345678901234567890".to_owned())
        );
    }

    #[test]
    fn a_doubled_key_is_an_error_at_any_depth() {
        for text in [r#"{"a":1,"a":2}"#, r#"{"x":[{"a":1,"a":1}]}"#, r#"{"a":1,"\u0061":2}"#] {
            assert_eq!(Json::parse(text), Err(JsonError::DuplicateKey("a".to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_an_error_and_depth_is_bounded() {
        for text in ["", "{", "{\"a\"}", "[1,]", "nul", "1 2", "\"\u{1}\"", "{}x"] {
            assert!(matches!(Json::parse(text), Err(JsonError::Syntax(_))), "{text}");
        }
        let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(Json::parse(&deep), Err(JsonError::TooDeep));
    }
}
