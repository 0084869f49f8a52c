//! Events: what people hand in. A kind of event is declared once, in the file of its family.

pub mod action;
pub mod bargaining;
pub(crate) mod canonical;
pub(crate) mod document;
#[cfg(test)]
pub(crate) mod drawn;
pub mod law;
pub mod people;
pub mod public;
pub mod record;
pub mod schema;
pub mod setting_up;
pub(crate) mod sorted;
#[cfg(test)]
mod tests;
pub mod third_party;
pub mod value;
pub mod vote;

use std::borrow::Cow;

use crate::event::document::{Document, nearest, within};
use crate::event::schema::{Family, KeySpec, Keys, KindSpec, Mention, Named, Value, keys, words};
use crate::event::sorted::Place;
use crate::event::value::{Changes, PartySlug, Source, TextMap, check_text, word};
use crate::identifier::{EventId, Slug};
use crate::json::borrowed::{Borrowed, Members};
use crate::json::scanner::scan;
use crate::json::{Json, JsonError};
use crate::occurred::Edtf;
use crate::refusal::{Refusal, RefusalCode};

/// The longest line of an event, in bytes.
const LONGEST_EVENT: usize = 60_000;

/// The room that most contents need, in bytes.
const USUAL_CONTENT: usize = 384;

/// A fact about a labor dispute, as somebody hands it in (EVENTS.md). It knows nothing of hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id, where one was handed in.
    pub id: Option<EventId>,
    /// The dispute that it belongs to; absent for what belongs to the whole ledger and for
    /// corrections, which belong where their target does.
    pub dispute: Option<Slug>,
    /// When it happened.
    pub occurred: Option<Edtf>,
    /// The kind and its own keys.
    pub fact: Fact,
    /// The keys that every kind has.
    pub common: Common,
}

keys! {
    /// Keys of every event
    Common {
        optional claimed_by: PartySlug, "the party that asserts it, where the recorder does not vouch for it";
        optional certainty: Certainty, "how sure it is; shown, and changes nothing";
        optional version_of: EventId => Kind::FACTS, "the event of which this is another account";
        optional sources: Vec<Source>, "where it was found";
        optional note: String, "anything else";
        optional tags: Vec<Slug>, "words to find it by";
        optional external_ids: TextMap, "its numbers elsewhere";
    }
}

words! {
    /// How sure a fact is.
    Certainty {
        Alleged = "alleged",
        Reported = "reported",
        Confirmed = "confirmed",
        Official = "official",
    }
}

/// The keys that every kind of event has (but `version_of`, where [`Kind::has_versions`] says no).
pub const COMMON_KEYS: &[KeySpec] = Common::KEYS;

macro_rules! kinds {
    ($($family:ident: $($word:literal $kind:ident in $room:ident,)+)+) => {
        /// The kinds of event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[doc = concat!("`", $word, "`")] $kind,)+)+ }

        /// What an event says: its kind, with the keys of that kind.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Fact { $($(#[doc = concat!("`", $word, "`")] $kind($room::$kind),)+)+ }

        impl Kind {
            /// Every kind, in the order of EVENTS.md.
            pub const ALL: &'static [Self] = &[$($(Self::$kind,)+)+];

            /// The word for it, as in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $($(Self::$kind => $word,)+)+ }
            }

            /// The kind of a word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($($word => Some(Self::$kind),)+)+ _ => None }
            }

            fn family(self) -> Family {
                match self { $($(Self::$kind => Family::$family,)+)+ }
            }

            /// What it is and what keys it has.
            pub fn spec(self) -> KindSpec {
                match self {
                    $($(Self::$kind => KindSpec {
                        kind: self,
                        family: Family::$family,
                        about: <$room::$kind as Keys>::ABOUT,
                        keys: $room::$kind::KEYS,
                    },)+)+
                }
            }

            fn read(self, document: &mut Document<'_, '_>) -> Result<Fact, Refusal> {
                match self { $($(Self::$kind => Keys::read(document).map(Fact::$kind),)+)+ }
            }
        }

        impl Fact {
            /// The kind.
            pub fn kind(&self) -> Kind {
                match self { $($(Self::$kind(_) => Kind::$kind,)+)+ }
            }

            fn write(&self, members: &mut Vec<(String, Json)>) {
                match self { $($(Self::$kind(keys) => keys.write(members),)+)+ }
            }

            fn put(&self, place: usize, out: &mut String) {
                match self { $($(Self::$kind(keys) => keys.put(place, out),)+)+ }
            }

            fn mention<'a>(&'a self, see: &mut dyn FnMut(Mention<'a>)) {
                match self { $($(Self::$kind(keys) => keys.mention(see),)+)+ }
            }
        }
    };
}

kinds! {
    People:
        "party" Party in people,
        "standard" Standard in people,
    SettingUp:
        "dispute-opened" DisputeOpened in setting_up,
        "unit" Unit in setting_up,
        "contract" Contract in setting_up,
        "dispute-linked" DisputeLinked in setting_up,
        "dispute-closed" DisputeClosed in setting_up,
    Bargaining:
        "notice" Notice in bargaining,
        "session" Session in bargaining,
        "proposal" Proposal in bargaining,
        "rejection" Rejection in bargaining,
        "acceptance" Acceptance in bargaining,
        "withdrawal" Withdrawal in bargaining,
        "agreement" Agreement in bargaining,
        "agreement-failed" AgreementFailed in bargaining,
        "impasse" Impasse in bargaining,
        "implementation" Implementation in bargaining,
    ThirdParties:
        "mediation-offer" MediationOffer in third_party,
        "mediation" Mediation in third_party,
        "report" Report in third_party,
    Votes:
        "vote-called" VoteCalled in vote,
        "vote-result" VoteResult in vote,
    Action:
        "action-announced" ActionAnnounced in action,
        "action-started" ActionStarted in action,
        "action-changed" ActionChanged in action,
        "action-ended" ActionEnded in action,
        "return-to-work" ReturnToWork in action,
    Law:
        "charge" Charge in law,
        "charge-disposed" ChargeDisposed in law,
        "order" Order in law,
        "order-answered" OrderAnswered in law,
        "finding" Finding in law,
    Public:
        "statement" Statement in public,
        "impact" Impact in public,
        "gap" Gap in public,
    Record:
        "amendment" Amendment in record,
        "retraction" Retraction in record,
        "redaction" Redaction in record,
}

impl Kind {
    /// The kinds that record facts, not corrections.
    pub const FACTS: &'static [Self] = Self::ALL.split_at(Self::ALL.len() - 3).0;
    /// What a retraction may name: anything but a redaction, which cannot be undone.
    pub const RETRACTABLE: &'static [Self] = Self::ALL.split_at(Self::ALL.len() - 1).0;
    /// What a redaction may name, but for `dispute-opened`, which the rules refuse by a word of
    /// its own.
    pub const REDACTABLE: &'static [Self] = Self::RETRACTABLE;

    /// Whether it corrects the record.
    pub fn is_about_the_record(self) -> bool {
        self.family() == Family::Record
    }

    /// Whether its events belong to a dispute that they name.
    pub fn has_dispute(self) -> bool {
        !matches!(self.family(), Family::People | Family::Record)
    }

    /// Whether there can be several accounts of one such fact.
    pub fn has_versions(self) -> bool {
        self != Self::DisputeOpened && !self.is_about_the_record()
    }

    /// Every key that a document of this kind may have, the common ones last.
    pub fn keys(self) -> impl Iterator<Item = &'static KeySpec> {
        let common =
            COMMON_KEYS.iter().filter(move |k| k.name != "version_of" || self.has_versions());
        self.spec().keys.iter().chain(common)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

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
            None => Self::read(&Borrowed::from(&Json::parse(line).map_err(no_json)?))?,
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

    /// The event as a JSON document, its keys in the order of EVENTS.md.
    pub fn to_json(&self) -> Json {
        let mut members = vec![("kind".to_owned(), Json::text(self.kind()))];
        let mut put = |key: &str, value: Option<Json>| {
            members.extend(value.map(|value| (key.to_owned(), value)));
        };
        put("dispute", self.dispute.as_ref().map(Value::write));
        put("id", self.id.as_ref().map(Value::write));
        put("occurred", self.occurred.as_ref().map(Value::write));
        self.fact.write(&mut members);
        self.common.write(&mut members);
        Json::Object(members)
    }

    /// The content that is sealed beside the envelope: every key that the envelope does not hold,
    /// as canonical JSON (FORMAT.md).
    pub fn content(&self) -> String {
        let mut content = String::with_capacity(USUAL_CONTENT);
        content.push('{');
        for key in self.kind().sorted_keys() {
            match key.place {
                Place::Own(place) => self.fact.put(place, &mut content),
                Place::Common(place) => self.common.put(place, &mut content),
            }
        }
        content.push('}');
        content
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
                strictly_read =
                    Json::parse(content).map_err(|error| unreadable(&error.to_string()))?;
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

    /// The event with the changes of an amendment made.
    ///
    /// # Errors
    /// [`RefusalCode::AmendsFixedKey`] for a key that stays as recorded; else as for
    /// [`Event::parse`].
    pub fn amended(&self, changes: &Changes) -> Result<Self, Refusal> {
        let Json::Object(mut members) = self.to_json() else { return Ok(self.clone()) };
        for (key, value) in &changes.0 {
            if self.kind().fixed_keys().contains(&key.as_str()) {
                let message = format!("`{key}` stays as it was recorded");
                let hint = "retract the event and record it anew";
                return Err(Refusal::new(RefusalCode::AmendsFixedKey, message, hint).at(key));
            }
            let place = members.iter().position(|(known, _)| known == key);
            match (place, value) {
                (Some(place), Json::Null) => {
                    members.remove(place);
                }
                (Some(place), value) => {
                    if let Some(member) = members.get_mut(place) {
                        member.1 = value.clone();
                    }
                }
                // Removing a key that is not there is an error only where there is no such key.
                (None, Json::Null) if self.kind().has_key(key) => {}
                (None, value) => members.push((key.clone(), value.clone())),
            }
        }
        Self::from_json(Json::Object(members))
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.fact.kind()
    }

    /// How sure it is, the default filled in.
    pub fn certainty(&self) -> Certainty {
        self.common.certainty.unwrap_or(Certainty::Reported)
    }

    /// Whether two documents say the same, defaults filled in (EVENTS.md, "Keys of every event").
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let filled = |event: &Self| {
            let mut event = event.clone();
            event.common.certainty = Some(event.certainty());
            event
        };
        filled(self) == filled(other)
    }

    /// What the event names, key by key, that rules look up: what is declared, other events, dates.
    pub fn mentions<'a>(&'a self, see: &mut dyn FnMut(Mention<'a>)) {
        if let Some(occurred) = &self.occurred {
            occurred.mention("occurred", &[], see);
        }
        self.fact.mention(see);
        self.common.mention(see);
    }

    /// The slug that later events may name once this event counts. A version counts, and so
    /// declares its slug, only in the place of its original.
    pub fn declares(&self) -> Option<(Named, &Slug)> {
        match &self.fact {
            Fact::Party(party) => Some((Named::Party, &party.party)),
            Fact::Standard(standard) => Some((Named::Standard, &standard.standard)),
            Fact::Unit(unit) => Some((Named::Unit, &unit.unit)),
            Fact::Contract(contract) => Some((Named::Contract, &contract.contract)),
            Fact::DisputeOpened(_) => self.dispute.as_ref().map(|slug| (Named::Dispute, slug)),
            _ => None,
        }
    }
}

impl Kind {
    /// Whether an event that was read holds `version_of` only where its kind has it.
    fn keeps_version(self, event: &Event) -> bool {
        event.common.version_of.is_none() || self.has_versions()
    }

    /// The keys that no amendment may touch: what the envelope or the record hangs on.
    fn fixed_keys(self) -> &'static [&'static str] {
        match self {
            Self::Party => &["kind", "id", "dispute", "party"],
            Self::Standard => &["kind", "id", "dispute", "standard"],
            Self::Unit => &["kind", "id", "dispute", "unit"],
            Self::Contract => &["kind", "id", "dispute", "contract"],
            Self::DisputeOpened => &["kind", "id", "dispute", "time_zone"],
            _ => &["kind", "id", "dispute"],
        }
    }

    fn has_key(self, key: &str) -> bool {
        match key {
            "dispute" => self.has_dispute(),
            "kind" | "id" | "occurred" => true,
            _ => self.keys().any(|spec| spec.name == key),
        }
    }

    fn key_names(self) -> Vec<&'static str> {
        let place = ["kind", "id", "occurred", "dispute"].into_iter();
        let place = place.filter(|key| self.has_key(key));
        place.chain(self.keys().map(|spec| spec.name)).collect()
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
