//! What a kind of event is: its name, its keys, their types and what they may refer to. Parsing,
//! the flags of `add`, `help kinds` and the JSON Schema all come from what stands here and in the
//! families beside it.

use crate::event::Kind;
use crate::event::document::Document;
use crate::identifier::{EventId, Slug};
use crate::json::Json;
use crate::json::borrowed::Borrowed;
use crate::occurred::Edtf;
use crate::refusal::Refusal;

/// A kind of event.
#[derive(Debug, Clone, Copy)]
pub struct KindSpec {
    /// The kind.
    pub kind: Kind,
    /// The group that it is listed under.
    pub family: Family,
    /// What it records, in one line.
    pub about: &'static str,
    /// Its own keys; those of every event are [`COMMON_KEYS`](crate::event::COMMON_KEYS).
    pub keys: &'static [KeySpec],
}

/// A key of a document.
#[derive(Debug, Clone, Copy)]
pub struct KeySpec {
    /// The key, as in JSON.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What its value may be.
    pub shape: Shape,
    /// The kinds of event that its ids may name.
    pub refers_to: &'static [Kind],
    /// What it means, in one line.
    pub about: &'static str,
}

/// What the value of a key may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Any text.
    Text,
    /// A slug that names no other event: an issue, a metric, a tag, or what the event declares.
    Slug,
    /// The slug of a party, a unit, a contract, a standard or a dispute that is on record.
    Named(Named),
    /// The id of an event on record.
    Event,
    /// The slug of a party, or else the id of an event.
    PartyOrEvent,
    /// An EDTF date.
    Date,
    /// The IANA name of a time zone.
    TimeZone,
    /// An exact number.
    Number,
    /// A whole number, not negative.
    Count,
    /// A number in 0..100.
    Percentage,
    /// A number or a text; a text that reads as a number is one.
    NumberOrText,
    /// Yes or no.
    Bool,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list.
    List(&'static Shape),
    /// An object with these keys.
    Object(&'static [KeySpec]),
    /// An object from any key to a text.
    TextMap,
    /// An object from keys of the event that is amended to new values or null.
    Changes,
}

/// What a slug names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// A `party` event.
    Party,
    /// A `unit` event of the same dispute.
    Unit,
    /// A `contract` event of the same dispute.
    Contract,
    /// A `standard` event.
    Standard,
    /// A `dispute-opened` event.
    Dispute,
}

/// The groups of kinds, as EVENTS.md lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// The record's people and rules.
    People,
    /// Setting up a dispute.
    SettingUp,
    /// Bargaining.
    Bargaining,
    /// Third parties.
    ThirdParties,
    /// Votes.
    Votes,
    /// Industrial action.
    Action,
    /// Law and regulators.
    Law,
    /// In public.
    Public,
    /// About the record.
    Record,
}

/// Something that a value names and that rules look up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention<'a> {
    /// The key of the document that it stands under.
    pub key: &'static str,
    /// What is named.
    pub what: Mentioned<'a>,
}

/// See [`Mention`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mentioned<'a> {
    /// Something declared elsewhere.
    Declared(Named, &'a Slug),
    /// An event, of one of the kinds.
    Event(&'a EventId, &'static [Kind]),
    /// A party or an event.
    PartyOrEvent(&'a str),
    /// A date, which a time zone may have skipped or had twice.
    Date(&'a Edtf),
}

/// A type that the value of a key may have.
pub(crate) trait Value: Sized {
    /// What help, flags and the JSON Schema say of it.
    const SHAPE: Shape;

    /// Reads a value; refusals name no key, since the caller knows it.
    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal>;

    /// The value as JSON.
    fn write(&self) -> Json;

    /// Puts the value behind what is there, as canonical JSON (FORMAT.md).
    fn put(&self, out: &mut String);

    /// Shows what the value names to `see`.
    fn mention<'a>(
        &'a self,
        _key: &'static str,
        _kinds: &'static [Kind],
        _see: &mut dyn FnMut(Mention<'a>),
    ) {
    }
}

/// A set of keys that stand in one document or object.
pub(crate) trait Keys: Sized {
    /// What they say together, in one line.
    const ABOUT: &'static str;

    /// The keys.
    const KEYS: &'static [KeySpec];

    /// Takes them out of a document.
    fn read(document: &mut Document<'_, '_>) -> Result<Self, Refusal>;

    /// Puts them behind the members that are there.
    fn write(&self, members: &mut Vec<(String, Json)>);

    /// Puts the member of the key at a place of [`Keys::KEYS`] behind what is there, where it has
    /// a value, as canonical JSON.
    fn put(&self, place: usize, out: &mut String);

    /// Shows what their values name to `see`.
    fn mention<'a>(&'a self, see: &mut dyn FnMut(Mention<'a>));
}

/// Declares a set of keys as a type: `required` ones are fields, `optional` ones `Option`s. From
/// the one list come the type, its reading and writing, and its description.
macro_rules! keys {
    (
        $(#[doc = $doc:literal])+
        $name:ident {
            $( $need:ident $key:ident : $type:ty $(=> $kinds:expr)? , $about:literal ; )*
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $( #[doc = $about] pub $key: $crate::event::schema::keys!(@type $need $type), )*
        }

        impl $crate::event::schema::Keys for $name {
            const ABOUT: &'static str = concat!($($doc),+).trim_ascii();

            const KEYS: &'static [$crate::event::schema::KeySpec] = &[ $(
                $crate::event::schema::KeySpec {
                    name: stringify!($key),
                    required: $crate::event::schema::keys!(@required $need),
                    shape: <$type as $crate::event::schema::Value>::SHAPE,
                    refers_to: $crate::event::schema::keys!(@kinds $($kinds)?),
                    about: $about,
                }
            ),* ];

            fn read(
                document: &mut $crate::event::document::Document<'_, '_>,
            ) -> Result<Self, $crate::refusal::Refusal> {
                Ok(Self { $( $key: document.$need(stringify!($key))?, )* })
            }

            fn write(&self, members: &mut Vec<(String, $crate::json::Json)>) {
                $( $crate::event::schema::keys!(@write $need self.$key, $key, members); )*
            }

            fn put(&self, place: usize, out: &mut String) {
                #[expect(non_camel_case_types, reason = "they are called as the keys are")]
                enum Place { $($key,)* }
                match place {
                    $( n if n == Place::$key as usize => {
                        $crate::event::schema::keys!(@put $need self.$key, $key, out)
                    } )*
                    _ => {}
                }
            }

            fn mention<'a>(
                &'a self,
                see: &mut dyn FnMut($crate::event::schema::Mention<'a>),
            ) {
                // Some sets of keys name nothing.
                let _ = &see;
                $( $crate::event::schema::keys!(@mention $need self.$key, $key, see, $($kinds)?); )*
            }
        }
    };
    (@type required $type:ty) => { $type };
    (@type optional $type:ty) => { Option<$type> };
    (@required required) => { true };
    (@required optional) => { false };
    (@kinds) => { &[] };
    (@kinds $kinds:expr) => { $kinds };
    (@write required $value:expr, $key:ident, $members:ident) => {
        $members.push((
            stringify!($key).to_owned(),
            $crate::event::schema::Value::write(&$value),
        ))
    };
    (@write optional $value:expr, $key:ident, $members:ident) => {
        if let Some(value) = &$value {
            $crate::event::schema::keys!(@write required *value, $key, $members)
        }
    };
    (@put required $value:expr, $key:ident, $out:ident) => {{
        $crate::event::schema::put_key(concat!("\"", stringify!($key), "\":"), $out);
        $crate::event::schema::Value::put(&$value, $out)
    }};
    (@put optional $value:expr, $key:ident, $out:ident) => {
        if let Some(value) = &$value {
            $crate::event::schema::keys!(@put required *value, $key, $out)
        }
    };
    (@mention required $value:expr, $key:ident, $see:ident, $($kinds:expr)?) => {
        $crate::event::schema::Value::mention(
            &$value,
            stringify!($key),
            $crate::event::schema::keys!(@kinds $($kinds)?),
            $see,
        )
    };
    (@mention optional $value:expr, $key:ident, $see:ident, $($kinds:expr)?) => {
        if let Some(value) = &$value {
            $crate::event::schema::keys!(@mention required *value, $key, $see, $($kinds)?)
        }
    };
}
pub(crate) use keys;

/// Puts a key behind what is there, given with its quotes and its colon.
pub(crate) fn put_key(quoted: &str, out: &mut String) {
    // No value ends with an opening brace: only the first member stands behind one.
    if !out.ends_with('{') {
        out.push(',');
    }
    out.push_str(quoted);
}

/// Declares an object that stands inside a document: a set of keys that is a value too.
macro_rules! object {
    ($(#[doc = $doc:literal])+ $name:ident { $($keys:tt)* }) => {
        $crate::event::schema::keys! { $(#[doc = $doc])+ $name { $($keys)* } }

        impl $name {
            /// The object as it was handed in.
            pub fn to_json(&self) -> $crate::json::Json {
                $crate::event::schema::Value::write(self)
            }
        }

        impl $crate::event::schema::Value for $name {
            const SHAPE: $crate::event::schema::Shape =
                $crate::event::schema::Shape::Object(<Self as $crate::event::schema::Keys>::KEYS);

            fn read(json: &$crate::json::borrowed::Borrowed<'_>) -> Result<Self, $crate::refusal::Refusal> {
                $crate::event::document::Document::of_object(json)?.read_all()
            }

            fn write(&self) -> $crate::json::Json {
                let mut members = Vec::new();
                $crate::event::schema::Keys::write(self, &mut members);
                $crate::json::Json::Object(members)
            }

            fn put(&self, out: &mut String) {
                static SORTED: std::sync::LazyLock<Vec<usize>> = std::sync::LazyLock::new(|| {
                    $crate::event::sorted::sorted_places(
                        <$name as $crate::event::schema::Keys>::KEYS,
                    )
                });
                out.push('{');
                for place in SORTED.iter() {
                    $crate::event::schema::Keys::put(self, *place, out);
                }
                out.push('}');
            }

            fn mention<'a>(
                &'a self,
                _key: &'static str,
                _kinds: &'static [$crate::event::Kind],
                see: &mut dyn FnMut($crate::event::schema::Mention<'a>),
            ) {
                $crate::event::schema::Keys::mention(self, see);
            }
        }
    };
}
pub(crate) use object;

/// Declares a closed list of words.
macro_rules! words {
    ($(#[doc = $doc:literal])+ $name:ident { $($variant:ident = $word:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = concat!("`", $word, "`")] $variant,)+ }

        impl $name {
            /// The word, as in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl $crate::event::schema::Value for $name {
            const SHAPE: $crate::event::schema::Shape =
                $crate::event::schema::Shape::Word(&[$($word,)+]);

            fn read(json: &$crate::json::borrowed::Borrowed<'_>) -> Result<Self, $crate::refusal::Refusal> {
                const WORDS: &[&str] = &[$($word,)+];
                match $crate::event::value::word(json, WORDS)? {
                    $($word => Ok(Self::$variant),)+
                    other => Err($crate::event::value::unknown_word(other, WORDS)),
                }
            }

            fn write(&self) -> $crate::json::Json {
                $crate::json::Json::text(self.as_str())
            }

            fn put(&self, out: &mut String) {
                $crate::json::put_text(self.as_str(), out);
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use words;

impl Family {
    /// The heading that help prints.
    pub fn title(self) -> &'static str {
        match self {
            Self::People => "The record's people and rules",
            Self::SettingUp => "Setting up a dispute",
            Self::Bargaining => "Bargaining",
            Self::ThirdParties => "Third parties",
            Self::Votes => "Votes",
            Self::Action => "Industrial action",
            Self::Law => "Law and regulators",
            Self::Public => "In public",
            Self::Record => "About the record",
        }
    }
}

impl Named {
    /// The word for it, which is also the kind that declares it but for a dispute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Party => "party",
            Self::Unit => "unit",
            Self::Contract => "contract",
            Self::Standard => "standard",
            Self::Dispute => "dispute",
        }
    }
}
