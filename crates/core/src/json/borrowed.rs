//! JSON values that borrow from the text they were read from.

use std::borrow::Cow;

use crate::json::Json;
use crate::number::Number;

/// The members of an object, in their order.
pub(crate) type Members<'a> = Vec<(Cow<'a, str>, Borrowed<'a>)>;

/// A [`Json`] that owns no text but what had to be unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Borrowed<'a> {
    Null,
    Bool(bool),
    Number(Number),
    OversizedNumber(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Borrowed<'a>>),
    Object(Members<'a>),
}

impl Borrowed<'_> {
    /// The value with texts of its own.
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Number(number) => Json::Number(*number),
            Self::OversizedNumber(text) => Json::OversizedNumber((*text).to_owned()),
            Self::Text(text) => Json::Text(text.as_ref().to_owned()),
            Self::List(parts) => Json::List(parts.iter().map(Self::to_json).collect()),
            Self::Object(members) => Json::Object(owned(members)),
        }
    }
}

/// The members with texts of their own.
pub(crate) fn owned(members: &Members<'_>) -> Vec<(String, Json)> {
    members.iter().map(|(key, value)| (key.as_ref().to_owned(), value.to_json())).collect()
}

impl<'a> From<&'a Json> for Borrowed<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::Number(*number),
            Json::OversizedNumber(text) => Self::OversizedNumber(text),
            Json::Text(text) => Self::Text(Cow::Borrowed(text)),
            Json::List(parts) => Self::List(parts.iter().map(Self::from).collect()),
            Json::Object(members) => Self::Object(borrowed(members)),
        }
    }
}

/// The members of an object, borrowed.
pub(crate) fn borrowed(members: &[(String, Json)]) -> Members<'_> {
    members.iter().map(|(key, value)| (Cow::Borrowed(key.as_str()), value.into())).collect()
}
