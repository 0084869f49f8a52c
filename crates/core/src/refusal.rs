//! Why an event is not taken.

use std::fmt;

use crate::identifier::EventId;

macro_rules! refusal_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What rule an event breaks (EVENTS.md, "Refused"). Scripts rely on the words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RefusalCode { $($(#[$doc])* $name,)* }

        impl RefusalCode {
            /// Every code, in the order of EVENTS.md.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word that scripts see.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

refusal_codes! {
    /// The line is not one JSON object.
    BadJson = "bad-json",
    /// A key stands twice in one object.
    DuplicateKey = "duplicate-key",
    /// There is no such kind of event.
    UnknownKind = "unknown-kind",
    /// The kind has no such key, or the key excludes another that is there.
    UnknownKey = "unknown-key",
    /// A key that the kind requires is not there.
    MissingKey = "missing-key",
    /// A value of another type than the key takes, or a number of too many digits.
    WrongType = "wrong-type",
    /// A word that is not one of those allowed.
    BadWord = "bad-word",
    /// Not an event id, or one that equals a dispute's slug.
    BadId = "bad-id",
    /// Not a slug, or a dispute's slug that equals an event id.
    BadSlug = "bad-slug",
    /// Not a date of the part of EDTF that is read here.
    BadDate = "bad-date",
    /// A civil time that the dispute's time zone skipped.
    NonexistentTime = "nonexistent-time",
    /// A civil time that the dispute's time zone had twice.
    AmbiguousTime = "ambiguous-time",
    /// Not the name of a time zone.
    TimeZone = "time-zone",
    /// It would have happened after its recording.
    Future = "future",
    /// The id is on record with other content.
    IdReused = "id-reused",
    /// The dispute is open already.
    OpenedTwice = "opened-twice",
    /// No such dispute is open.
    UndeclaredDispute = "undeclared-dispute",
    /// No such party is on record.
    UndeclaredParty = "undeclared-party",
    /// No such unit is on record in this dispute.
    UndeclaredUnit = "undeclared-unit",
    /// No such contract is on record in this dispute.
    UndeclaredContract = "undeclared-contract",
    /// No such standard is on record.
    UndeclaredStandard = "undeclared-standard",
    /// No event of that id is on record.
    ReferenceToNothing = "reference-to-nothing",
    /// The event of that id comes later.
    ReferenceToLater = "reference-to-later",
    /// The event of that id is of another kind than the key takes.
    ReferenceWrongKind = "reference-wrong-kind",
    /// The event of that id belongs to another dispute.
    ReferenceOtherDispute = "reference-other-dispute",
    /// The dates leave no moment at which it can have happened.
    CannotHaveHappened = "cannot-have-happened",
    /// A party answers its own proposal.
    OwnProposal = "own-proposal",
    /// A party withdraws or supersedes what another made.
    NotOwn = "not-own",
    /// A party answers a mediation offer that was not addressed to it.
    NotAddressed = "not-addressed",
    /// It ends before it begins.
    ToBeforeFrom = "to-before-from",
    /// A vote closes before it opens.
    ClosesBeforeOpens = "closes-before-opens",
    /// Counts of a vote that do not add up.
    Counts = "counts",
    /// A percentage outside 0..100.
    Percentage = "percentage",
    /// A source with neither `url` nor `title`.
    SourceWithoutName = "source-without-name",
    /// A text over 32 KiB.
    TextTooLong = "text-too-long",
    /// An event over 60,000 bytes.
    EventTooBig = "event-too-big",
    /// A control character other than a line break or a tab.
    ControlCharacter = "control-character",
    /// A character that turns the direction of writing around.
    BidiOverride = "bidi-override",
    /// An amendment of a key that stays as it was recorded.
    AmendsFixedKey = "amends-fixed-key",
    /// A redaction handed in as a document.
    RedactionByHand = "redaction-by-hand",
    /// A redaction of what cannot be redacted.
    NotRedactable = "not-redactable",
    /// The id of an event whose content was erased.
    RedactedId = "redacted-id",
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One rule that an event breaks: which, where, and a way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule.
    pub code: RefusalCode,
    /// The key that breaks it, with its place (`items[2].issue`), where it is about one key.
    pub key: Option<String>,
    /// The event that breaks it, where it has an id.
    pub event: Option<EventId>,
    /// The line of the file, from 1, where it came from a file.
    pub line: Option<u64>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// A way out.
    pub hint: String,
}

impl Refusal {
    /// A refusal that is not about one key.
    pub fn new(code: RefusalCode, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let (message, hint) = (message.into(), hint.into());
        Self { code, key: None, event: None, line: None, message, hint }
    }

    /// The same refusal, about a key.
    #[must_use]
    pub fn at(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The same refusal, of an event.
    #[must_use]
    pub fn of(mut self, event: Option<&EventId>) -> Self {
        self.event = event.cloned().or(self.event);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(event) = &self.event {
            write!(f, "{event}: ")?;
        }
        if let Some(key) = &self.key {
            write!(f, "`{key}`: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}
