//! What verification can find.

use std::fmt;

use crate::chain::Sequence;
use crate::identifier::EventId;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub code: FindingCode,
    /// Where in the log, where it is in one place.
    pub sequence: Option<Sequence>,
    /// The event there, where its id can be read.
    pub id: Option<EventId>,
    /// What should be there.
    pub expected: Option<String>,
    /// What is there.
    pub found: Option<String>,
    /// The same in words: lower case, no full stop.
    pub text: String,
}

/// What a finding means for the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitClass {
    /// The ledger contradicts or falls short of something that was given: exit code 6.
    Contradicted,
    /// The ledger is not consistent in itself: exit code 5.
    Broken,
}

macro_rules! finding_codes {
    ($($name:ident $text:literal $class:ident $meaning:literal;)*) => {
        /// The kinds of findings. Their names are fixed: scripts rely on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode {
            $(#[doc = $meaning] $name,)*
        }

        impl FindingCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name, as scripts read it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// Whether it says that the ledger is broken or that it contradicts what was given.
            pub fn class(self) -> ExitClass {
                match self {
                    $(Self::$name => ExitClass::$class,)*
                }
            }
        }
    };
}

finding_codes! {
    EnvelopeAltered "envelope-altered" Broken
        "The bytes of an envelope are not those that were sealed, or it was sealed elsewhere.";
    ContentAltered "content-altered" Broken
        "A content is not the one that its envelope commits to.";
    ContentMissing "content-missing" Broken
        "A content is absent and no later redaction names its event.";
    ContentNotErased "content-not-erased" Broken
        "A content is there although a redaction names its event.";
    LinkBroken "link-broken" Broken
        "An envelope names another predecessor than the one before it.";
    SequenceGap "sequence-gap" Broken
        "An envelope is missing or out of its place.";
    ClockWentBack "clock-went-back" Broken
        "An envelope was recorded before the one that it follows.";
    Undecodable "undecodable" Broken
        "Stored bytes cannot be read.";
    NotCanonical "not-canonical" Broken
        "Stored bytes can be read but are not the one encoding of what they say.";
    DuplicateId "duplicate-id" Broken
        "Two events have one id.";
    DanglingReference "dangling-reference" Broken
        "An event refers to one that is not before it.";
    DerivedStale "derived-stale" Broken
        "Something derived does not say what the log says.";
    HeadContradicted "head-contradicted" Contradicted
        "The log has another envelope where a head that was given has its own.";
    HeadBeyondEnd "head-beyond-end" Contradicted
        "The log ends before a head that was given.";
    CheckpointContradicted "checkpoint-contradicted" Contradicted
        "The log has another tree than a checkpoint that was given.";
    CheckpointBeyondEnd "checkpoint-beyond-end" Contradicted
        "The log ends before a checkpoint that was given.";
    SignatureInvalid "signature-invalid" Broken
        "A signature does not hold.";
    PolicyUnmet "policy-unmet" Contradicted
        "Fewer signed than the trust policy asks for.";
    StoreUnreadable "store-unreadable" Broken
        "The store under the log cannot be read.";
}

impl ExitClass {
    /// The exit code of the class.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Broken => 5,
            Self::Contradicted => 6,
        }
    }
}

impl Finding {
    pub(crate) fn new(code: FindingCode, text: impl Into<String>) -> Self {
        let (sequence, id, expected, found) = (None, None, None, None);
        Self { code, sequence, id, expected, found, text: text.into() }
    }

    pub(crate) fn at(self, sequence: Sequence) -> Self {
        Self { sequence: Some(sequence), ..self }
    }

    pub(crate) fn of(self, id: &EventId) -> Self {
        Self { id: Some(id.clone()), ..self }
    }

    pub(crate) fn contrast(self, expected: impl ToString, found: impl ToString) -> Self {
        let (expected, found) = (Some(expected.to_string()), Some(found.to_string()));
        Self { expected, found, ..self }
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_given_can_be_contradicted() {
        for code in FindingCode::ALL {
            let name = code.as_str();
            let given = ["head-", "checkpoint-", "policy-"].iter().any(|it| name.starts_with(it));
            assert_eq!(code.class().exit_code(), if given { 6 } else { 5 }, "{name}");
        }
        assert_eq!(FindingCode::ALL.len(), 19);
    }
}
