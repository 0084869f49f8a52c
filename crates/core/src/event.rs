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
mod reading;
pub mod record;
pub mod schema;
pub mod setting_up;
pub(crate) mod sorted;
pub(crate) mod text;
pub mod third_party;
pub mod value;
pub mod vote;

use crate::event::document::Document;
use crate::event::schema::{Family, KeySpec, Keys, KindSpec, Mention, Named, Value, keys, words};
use crate::event::sorted::Place;
use crate::event::value::{Changes, PartySlug, Source, TextMap};
use crate::identifier::{EventId, Slug};
use crate::json::Json;
use crate::occurred::Edtf;
use crate::refusal::{Refusal, RefusalCode};

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
