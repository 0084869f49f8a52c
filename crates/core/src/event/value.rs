//! The types that values of keys have, and how each is read.

use std::borrow::Cow;
use std::fmt::{Display, Write};

use crate::event::Kind;
use crate::event::document::{nearest, within, wrong_type};
use crate::event::schema::{Mention, Mentioned, Named, Shape, Value, object};
use crate::event::text::{check_text, is_numeric, looks_numeric, shortened};
use crate::identifier::{EventId, Slug};
use crate::json::borrowed::{Borrowed, owned};
use crate::json::{Json, put_text};
use crate::number::Number;
use crate::occurred::Edtf;
use crate::refusal::{Refusal, RefusalCode};
use crate::zone::Zone;

impl Value for String {
    const SHAPE: Shape = Shape::Text;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        let text = text(json, "a text")?;
        check_text(text)?;
        Ok(text.to_owned())
    }

    fn write(&self) -> Json {
        Json::text(self)
    }

    fn put(&self, out: &mut String) {
        put_text(self, out);
    }
}

impl Value for bool {
    const SHAPE: Shape = Shape::Bool;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        match json {
            Borrowed::Bool(value) => Ok(*value),
            other => Err(wrong_type("true or false", other)),
        }
    }

    fn write(&self) -> Json {
        Json::Bool(*self)
    }

    fn put(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl Value for Number {
    const SHAPE: Shape = Shape::Number;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        match json {
            Borrowed::Number(number) => Ok(*number),
            Borrowed::Text(text) => Self::parse(text)
                .ok_or_else(|| wrong_type("a number", json))
                .map_err(|refusal| if looks_numeric(text) { too_many_digits() } else { refusal }),
            Borrowed::OversizedNumber(_) => Err(too_many_digits()),
            other => Err(wrong_type("a number", other)),
        }
    }

    fn write(&self) -> Json {
        Json::Number(*self)
    }

    fn put(&self, out: &mut String) {
        put_shown(self, out);
    }
}

/// A whole number, not negative: people, votes, sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(pub u64);

impl Value for Count {
    const SHAPE: Shape = Shape::Count;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        Number::read(json)?
            .as_count()
            .map(Self)
            .ok_or_else(|| wrong_type("a whole number that is not negative", json))
    }

    fn write(&self) -> Json {
        Json::count(self.0)
    }

    fn put(&self, out: &mut String) {
        put_shown(&self.0, out);
    }
}

/// A percentage, in 0..100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percentage(pub Number);

impl Value for Percentage {
    const SHAPE: Shape = Shape::Percentage;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        let number = Number::read(json)?;
        if number.is_percentage() {
            return Ok(Self(number));
        }
        let message = format!("{number} is no percentage");
        Err(Refusal::new(RefusalCode::Percentage, message, "a percentage lies between 0 and 100"))
    }

    fn write(&self) -> Json {
        Json::Number(self.0)
    }

    fn put(&self, out: &mut String) {
        self.0.put(out);
    }
}

/// A measured or agreed value: a number where it reads as one, else a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberOrText {
    /// A number.
    Number(Number),
    /// Anything else.
    Text(String),
}

impl Value for NumberOrText {
    const SHAPE: Shape = Shape::NumberOrText;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        match json {
            Borrowed::Text(text) if !is_numeric(text) => String::read(json).map(Self::Text),
            Borrowed::Text(_) | Borrowed::Number(_) | Borrowed::OversizedNumber(_) => {
                Number::read(json).map(Self::Number)
            }
            other => Err(wrong_type("a number or a text", other)),
        }
    }

    fn write(&self) -> Json {
        match self {
            Self::Number(number) => Json::Number(*number),
            Self::Text(text) => Json::text(text),
        }
    }

    fn put(&self, out: &mut String) {
        match self {
            Self::Number(number) => number.put(out),
            Self::Text(text) => text.put(out),
        }
    }
}

impl NumberOrText {
    /// The value as it was handed in.
    pub fn to_json(&self) -> Json {
        self.write()
    }
}

impl std::fmt::Display for NumberOrText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Value for Slug {
    const SHAPE: Shape = Shape::Slug;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        let text = text(json, "a slug")?;
        Self::parse(text).ok_or_else(|| {
            let hint = match Self::nearest(text) {
                Some(near) => format!("write `{near}`"),
                None => "a slug is lower-case letters, digits and dashes".to_owned(),
            };
            let message = format!(
                "`{}` is no slug: lower-case letters, digits and dashes, at most 64",
                shortened(text)
            );
            Refusal::new(RefusalCode::BadSlug, message, hint)
        })
    }

    fn write(&self) -> Json {
        Json::text(self)
    }

    fn put(&self, out: &mut String) {
        put_text(self.as_str(), out);
    }
}

impl Value for EventId {
    const SHAPE: Shape = Shape::Event;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        let text = text(json, "an event id")?;
        Self::parse(text).ok_or_else(|| {
            let message = format!("`{}` is no event id", shortened(text));
            let hint = "an id is letters, digits, dots, dashes and underscores, at most 64, \
                        beginning with a letter or a digit";
            Refusal::new(RefusalCode::BadId, message, hint)
        })
    }

    fn write(&self) -> Json {
        Json::text(self)
    }

    fn put(&self, out: &mut String) {
        put_text(self.as_str(), out);
    }

    fn mention<'a>(
        &'a self,
        key: &'static str,
        kinds: &'static [Kind],
        see: &mut dyn FnMut(Mention<'a>),
    ) {
        see(Mention { key, what: Mentioned::Event(self, kinds) });
    }
}

/// Declares the slug of something that must be on record.
macro_rules! named {
    ($(#[doc = $doc:literal])+ $name:ident = $named:expr) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Slug);

        impl $name {
            /// The slug as text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl Value for $name {
            const SHAPE: Shape = Shape::Named($named);

            fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
                Slug::read(json).map(Self)
            }

            fn write(&self) -> Json {
                self.0.write()
            }

            fn put(&self, out: &mut String) {
                self.0.put(out);
            }

            fn mention<'a>(
                &'a self,
                key: &'static str,
                _: &'static [Kind],
                see: &mut dyn FnMut(Mention<'a>),
            ) {
                see(Mention { key, what: Mentioned::Declared($named, &self.0) });
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

named! {
    /// The slug of a `party` event.
    PartySlug = Named::Party
}
named! {
    /// The slug of a `unit` event of the same dispute.
    UnitSlug = Named::Unit
}
named! {
    /// The slug of a `contract` event of the same dispute.
    ContractSlug = Named::Contract
}
named! {
    /// The slug of a `standard` event.
    StandardSlug = Named::Standard
}
named! {
    /// The slug of a dispute in the same ledger.
    DisputeSlug = Named::Dispute
}

/// The slug of a party, or else the id of an event; a party wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyOrEvent(pub EventId);

impl Value for PartyOrEvent {
    const SHAPE: Shape = Shape::PartyOrEvent;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        // Every slug is an id too.
        EventId::read(json).map(Self)
    }

    fn write(&self) -> Json {
        self.0.write()
    }

    fn put(&self, out: &mut String) {
        self.0.put(out);
    }

    fn mention<'a>(
        &'a self,
        key: &'static str,
        _: &'static [Kind],
        see: &mut dyn FnMut(Mention<'a>),
    ) {
        see(Mention { key, what: Mentioned::PartyOrEvent(self.0.as_str()) });
    }
}

impl Value for Edtf {
    const SHAPE: Shape = Shape::Date;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        let text = text(json, "a date")?;
        check_text(text)?;
        Self::parse(text).map_err(|error| {
            let hint = match error.suggestions.as_slice() {
                [] => "write 2025, 2025-04, 2025-04-05, 2025-04-05T14:30, 2025-04-01/2025-04-05, \
                       ../2025-04-05 (by then) or 2025-04-05/.. (not before)"
                    .to_owned(),
                ways => format!("write {}", ways.join(" or ")),
            };
            let message =
                format!("`{}` is not a date that can be read: {}", shortened(text), error.why);
            Refusal::new(RefusalCode::BadDate, message, hint)
        })
    }

    fn write(&self) -> Json {
        Json::text(self)
    }

    fn put(&self, out: &mut String) {
        put_text(self.as_str(), out);
    }

    fn mention<'a>(
        &'a self,
        key: &'static str,
        _: &'static [Kind],
        see: &mut dyn FnMut(Mention<'a>),
    ) {
        see(Mention { key, what: Mentioned::Date(self) });
    }
}

impl Value for Zone {
    const SHAPE: Shape = Shape::TimeZone;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        let text = text(json, "the name of a time zone")?;
        Self::parse(text).ok_or_else(|| {
            let hint = match Self::suggestions(text).as_slice() {
                [] => "write an IANA name such as America/Los_Angeles".to_owned(),
                near => format!("did you mean {}?", near.join(" or ")),
            };
            let message = format!("`{}` is no time zone", shortened(text));
            Refusal::new(RefusalCode::TimeZone, message, hint)
        })
    }

    fn write(&self) -> Json {
        Json::text(self)
    }

    fn put(&self, out: &mut String) {
        put_text(self.name(), out);
    }
}

impl<V: Value> Value for Vec<V> {
    const SHAPE: Shape = Shape::List(&V::SHAPE);

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        let Borrowed::List(parts) = json else { return Err(wrong_type("a list", json)) };
        let read = |(n, part)| V::read(part).map_err(|refusal| within(&format!("[{n}]"), refusal));
        parts.iter().enumerate().map(read).collect()
    }

    fn write(&self) -> Json {
        Json::List(self.iter().map(Value::write).collect())
    }

    fn put(&self, out: &mut String) {
        out.push('[');
        for (n, part) in self.iter().enumerate() {
            if n > 0 {
                out.push(',');
            }
            part.put(out);
        }
        out.push(']');
    }

    fn mention<'a>(
        &'a self,
        key: &'static str,
        kinds: &'static [Kind],
        see: &mut dyn FnMut(Mention<'a>),
    ) {
        for part in self {
            part.mention(key, kinds, see);
        }
    }
}

/// Texts under names, in the order in which they were written.
#[derive(Debug, Clone, Eq)]
pub struct TextMap(pub Vec<(String, String)>);

/// Objects are equal whatever the order of their keys.
impl PartialEq for TextMap {
    fn eq(&self, other: &Self) -> bool {
        self.write().sorted() == other.write().sorted()
    }
}

impl Value for TextMap {
    const SHAPE: Shape = Shape::TextMap;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        let Borrowed::Object(members) = json else { return Err(wrong_type("an object", json)) };
        let read = |(key, value): &(Cow<'_, str>, Borrowed<'_>)| {
            check_text(key).map_err(|refusal| within(key, refusal))?;
            let text = String::read(value).map_err(|refusal| within(key, refusal))?;
            Ok((key.as_ref().to_owned(), text))
        };
        members.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn write(&self) -> Json {
        Json::Object(self.0.iter().map(|(key, text)| (key.clone(), Json::text(text))).collect())
    }

    fn put(&self, out: &mut String) {
        put_shown(&self.write().sorted(), out);
    }
}

/// New values for the keys of an event; null removes an optional key.
#[derive(Debug, Clone, Eq)]
pub struct Changes(pub Vec<(String, Json)>);

/// Objects are equal whatever the order of their keys.
impl PartialEq for Changes {
    fn eq(&self, other: &Self) -> bool {
        self.write().sorted() == other.write().sorted()
    }
}

impl Value for Changes {
    const SHAPE: Shape = Shape::Changes;

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        match json {
            Borrowed::Object(members) => Ok(Self(owned(members))),
            other => Err(wrong_type("an object from keys to new values", other)),
        }
    }

    fn write(&self) -> Json {
        Json::Object(self.0.clone())
    }

    fn put(&self, out: &mut String) {
        put_shown(&self.write().sorted(), out);
    }
}

object! {
    /// One term of a proposal, an agreement or a report.
    Item {
        required issue: Slug, "the issue that it is about";
        required terms: String, "the terms, in words";
        optional value: NumberOrText, "the value at their heart";
        optional unit: String, "the unit of the value";
        optional due: Edtf, "when it falls due";
    }
}

object! {
    /// Where a fact was found.
    Source {
        optional url: String, "its address";
        optional title: String, "its title";
        optional publisher: String, "who published it";
        optional published: Edtf, "when";
        optional retrieved: Edtf, "when it was read";
        optional digest: String, "the BLAKE3 digest of the archived copy";
        optional interest: Interest, "whose interest the publisher has";
    }
}

object! {
    /// The limit that a standard sets.
    Limit {
        required op: Comparison, "whether the limit is the most or the least";
        required value: NumberOrText, "the limit";
        required unit: String, "its unit";
    }
}

object! {
    /// How long an agreement runs.
    Term {
        optional from: Edtf, "its first day";
        optional to: Edtf, "its last day";
    }
}

object! {
    /// A sum of money.
    Penalty {
        required amount: Number, "the sum";
        required currency: String, "its currency";
    }
}

super::schema::words! {
    /// Whose interest a source has.
    Interest {
        Union = "union",
        Employer = "employer",
        Government = "government",
        Press = "press",
        Neutral = "neutral",
    }
}

super::schema::words! {
    /// Which side of a limit is lawful.
    Comparison {
        AtMost = "<=",
        AtLeast = ">=",
    }
}

/// Puts what prints as canonical JSON behind what is there.
fn put_shown(value: &impl Display, out: &mut String) {
    // Writing to a string does not fail.
    let _ = write!(out, "{value}");
}

/// A word of a closed list, checked to be a text.
pub(crate) fn word<'a>(json: &'a Borrowed<'_>, known: &[&str]) -> Result<&'a str, Refusal> {
    match json {
        Borrowed::Text(text) => Ok(text),
        other => Err(wrong_type(&format!("one of {}", known.join(", ")), other)),
    }
}

/// The refusal of a word that is not on the list.
pub(crate) fn unknown_word(word: &str, known: &[&str]) -> Refusal {
    let message = format!("`{}` is not one of {}", shortened(word), known.join(", "));
    let hint = match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "choose one of these words".to_owned(),
    };
    Refusal::new(RefusalCode::BadWord, message, hint)
}

fn text<'a>(json: &'a Borrowed<'_>, wanted: &str) -> Result<&'a str, Refusal> {
    match json {
        Borrowed::Text(text) => Ok(text),
        other => Err(wrong_type(wanted, other)),
    }
}

fn too_many_digits() -> Refusal {
    Refusal::new(
        RefusalCode::WrongType,
        "a number has at most 18 digits, 9 of them after the point",
        "round it, and keep the exact text in `note`",
    )
}
