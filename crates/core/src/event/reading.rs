//! Documents and contents on their way to events.

use std::borrow::Cow;

use crate::event::document::{Document, nearest, within};
use crate::event::schema::Keys;
use crate::event::text::check_text;
use crate::event::value::word;
use crate::event::{Common, Event, Kind};
use crate::identifier::{EventId, Slug};
use crate::json::borrowed::{Borrowed, Members};
use crate::json::scanner::scan;
use crate::json::{Json, JsonError};
use crate::refusal::{Refusal, RefusalCode};

/// The longest line of an event, in bytes.
const LONGEST_EVENT: usize = 60_000;

impl Event {
    /// Reads one event document: one JSON object on a line.
    ///
    /// # Errors
    /// The first rule of form that it breaks: everything that can be known without the record.
    pub fn parse(line: &str) -> Result<Self, Refusal> {
        if line.len() > LONGEST_EVENT {
            return Err(too_big(line.len()));
        }
        let event = match scan(line) {
            Some(json) => Self::read(&json)?,
            None => Self::read(&Borrowed::from(&Json::read_by_levels(line).map_err(no_json)?))?,
        };
        // Written anew, a number can take over four times the bytes, and nothing else takes more.
        if line.len() > LONGEST_EVENT / 5 {
            event.check_length()?;
        }
        if event.kind() == Kind::Redaction {
            return Err(Self::redaction_by_hand().of(event.id.as_ref()));
        }
        Ok(event)
    }

    /// The refusal of a redaction that somebody hands in.
    pub fn redaction_by_hand() -> Refusal {
        let message = "a redaction erases what it names, so only dispute redact makes one";
        let hint = "where it need not be erased: dispute retract ID --reason \"…\"";
        Refusal::new(RefusalCode::RedactionByHand, message, hint).at("kind")
    }

    /// Reads an event document from a JSON value.
    ///
    /// # Errors
    /// As for [`Event::parse`], but that it takes a redaction, which `dispute redact` makes.
    pub fn from_json(json: Json) -> Result<Self, Refusal> {
        let event = Self::read(&Borrowed::from(&json))?;
        // A document that came by flags, or as a correction, had no line that could be measured.
        event.check_length()?;
        Ok(event)
    }

    fn check_length(&self) -> Result<(), Refusal> {
        match self.to_json().to_string().len() {
            ..=LONGEST_EVENT => Ok(()),
            length => Err(too_big(length).of(self.id.as_ref())),
        }
    }

    fn read(json: &Borrowed<'_>) -> Result<Self, Refusal> {
        let Borrowed::Object(members) = json else {
            let hint = "an event is one JSON object on one line";
            return Err(Refusal::new(RefusalCode::BadJson, "the line is not an object", hint));
        };
        Self::from_members(members).map_err(|refusal| {
            let id = members.iter().find(|(key, _)| key == "id").map(|(_, id)| id);
            match id {
                Some(Borrowed::Text(id)) => refusal.of(EventId::parse(id).as_ref()),
                _ => refusal,
            }
        })
    }

    fn from_members(members: &Members<'_>) -> Result<Self, Refusal> {
        let mut document = Document::new(members);
        let kind = read_kind(document.take("kind"))?;
        let read = Self::read_as(kind, &mut document);
        let is_plain = read.as_ref().is_ok_and(|event| kind.keeps_version(event));
        // A key that is not known is what is wrong first.
        if !is_plain || document.has_more() {
            document.only(|key| kind.has_key(key), || kind.key_names())?;
        }
        read
    }

    fn read_as(kind: Kind, document: &mut Document<'_, '_>) -> Result<Self, Refusal> {
        let id = document.optional("id")?;
        let dispute = if kind.has_dispute() { Some(document.required("dispute")?) } else { None };
        let occurred = if kind.has_dispute() {
            Some(document.required("occurred")?)
        } else {
            document.optional("occurred")?
        };
        let fact = kind.read(document)?;
        let common = Common::read(document)?;
        let event = Self { id, dispute, occurred, fact, common };
        crate::rules::check_form(&event)?;
        Ok(event)
    }

    /// The event that an envelope and its content hold.
    ///
    /// # Errors
    /// The rule of form that it breaks: bytes that this program did not write.
    pub fn from_record(
        kind: &str,
        id: Option<&EventId>,
        dispute: Option<&Slug>,
        occurred: &str,
        content: &str,
    ) -> Result<Self, Refusal> {
        let unreadable =
            |message: &str| Refusal::new(RefusalCode::BadJson, message, "run dispute verify");
        let strictly_read;
        let json = match scan(content) {
            Some(json) => json,
            None => {
                strictly_read = Json::read_by_levels(content)
                    .map_err(|error| unreadable(&error.to_string()))?;
                Borrowed::from(&strictly_read)
            }
        };
        let Borrowed::Object(content) = json else {
            return Err(unreadable("the content is not an object"));
        };
        let mut members: Members<'_> = Vec::with_capacity(content.len() + 4);
        let mut put = |key, text| members.push((Cow::Borrowed(key), Borrowed::Text(text)));
        put("kind", Cow::Borrowed(kind));
        id.into_iter().for_each(|id| put("id", Cow::Borrowed(id.as_str())));
        dispute.into_iter().for_each(|slug| put("dispute", Cow::Borrowed(slug.as_str())));
        if !occurred.is_empty() {
            put("occurred", Cow::Borrowed(occurred));
        }
        // What the envelope says counts; a content that says it too is not canonical.
        let told = members.len();
        let is_told = |key: &str| ["kind", "id", "dispute", "occurred"].contains(&key);
        for member in content {
            let again = is_told(&member.0)
                && members.iter().take(told).any(|(known, _)| *known == member.0);
            if !again {
                members.push(member);
            }
        }
        Self::from_members(&members)
    }
}

impl Kind {
    /// Whether an event that was read holds `version_of` only where its kind has it.
    fn keeps_version(self, event: &Event) -> bool {
        event.common.version_of.is_none() || self.has_versions()
    }
}

fn no_json(error: JsonError) -> Refusal {
    let (code, hint) = match error {
        JsonError::DuplicateKey(_) => (RefusalCode::DuplicateKey, "keep one of the two"),
        JsonError::Syntax(_) | JsonError::TooDeep => {
            (RefusalCode::BadJson, "an event is one JSON object on one line")
        }
    };
    Refusal::new(code, error.to_string(), hint)
}

fn read_kind(json: Option<&Borrowed<'_>>) -> Result<Kind, Refusal> {
    let Some(json) = json else {
        let message = "the key `kind` is missing";
        let hint = "add `kind`; `dispute help kinds` lists them";
        return Err(Refusal::new(RefusalCode::MissingKey, message, hint).at("kind"));
    };
    let word = word(json, &["the kinds of event"]).map_err(|refusal| within("kind", refusal))?;
    check_text(word).map_err(|refusal| within("kind", refusal))?;
    Kind::parse(word).ok_or_else(|| {
        let words: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        let hint = match nearest(word, &words) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`dispute help kinds` lists them".to_owned(),
        };
        let message = format!("there is no kind of event `{}`", word.escape_debug());
        Refusal::new(RefusalCode::UnknownKind, message, hint).at("kind")
    })
}

fn too_big(length: usize) -> Refusal {
    let message = format!("the event has {length} bytes, more than {LONGEST_EVENT}");
    Refusal::new(RefusalCode::EventTooBig, message, "record it in parts, or name a source")
}

#[cfg(test)]
mod tests;
