//! Backups: a ledger, or what was recorded since a head, as one file that needs no store to be
//! read (FORMAT.md, "Backup, version 1").
//!
//! A backup holds the very bytes of the ledger: the same envelopes, so the same head and the same
//! tree. It is a log of its own that is only read, and verification goes through it as through a
//! ledger. What is wrong with the file itself is a [`BackupFault`], never a panic, and reading goes
//! as far as the file can be told apart into its parts.

mod backup_log;
mod scan;
#[cfg(test)]
mod tests;
mod writing;

use thiserror::Error;

use crate::chain::Sequence;
use crate::digest::Digest;
use crate::entry::LONGEST_CONTENT;
use crate::envelope::{LONGEST_ENVELOPE, LedgerId};

pub use backup_log::BackupLog;
pub use writing::{WriteBackupError, write_backup};

/// What a backup of version 1 begins with.
const MAGIC: &[u8; 17] = b"dispute backup 1\n";
/// The magic, the ledger's id, the first sequence and the digest before it.
const BEGINNING: usize = MAGIC.len() + 16 + 8 + 32;
/// What a record begins with.
const RECORD: u8 = b'r';
/// What a checkpoint begins with.
const CHECKPOINT: u8 = b'c';
/// What the end begins with.
const END: u8 = b'e';
/// The end after its first byte: a sequence, a digest, and the digest of the file.
const END_LENGTH: usize = 8 + 32 + 32;
/// No record is longer: two digests and three lengths stand beside its envelope and its content.
const LONGEST_RECORD: usize = LONGEST_ENVELOPE + LONGEST_CONTENT + 128;
/// Neither a record nor a checkpoint is shorter. So a file cannot ask for more memory than it is
/// long itself.
const SHORTEST_PART: usize = 100;

/// Where a backup begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupStart {
    /// The ledger that it is of.
    pub ledger: LedgerId,
    /// The place of its first record. Where that is not 0 the backup is an increment.
    pub first: Sequence,
    /// The digest of the envelope before, [`Digest::NONE`] where there is none.
    pub previous: Digest,
}

/// What is wrong with a backup as a file, beside its records. Places are bytes from the beginning.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BackupFault {
    /// It is a folder or a device.
    #[error("it is no file")]
    NoFile,
    /// It begins with something else.
    #[error("it does not begin as a backup of version 1 does")]
    NoBackup,
    /// It says that it begins with the ledger's own envelope, and names one before it.
    #[error("its beginning names an envelope before the first")]
    Beginning,
    /// Its beginning names another ledger than its records.
    #[error("its beginning names the ledger {found}, but its records are of {expected}")]
    OtherLedger {
        /// The ledger that its first record names.
        expected: LedgerId,
        /// The ledger that its beginning names.
        found: LedgerId,
    },
    /// It stops in the middle of a part, or before its end.
    #[error("it is cut off at byte {at}")]
    CutOff {
        /// How long it is.
        at: u64,
        /// The place of the record in which it stops.
        record: Option<Sequence>,
    },
    /// Something stands in it that is no part of a backup, or not there.
    #[error("what stands at byte {at} is no part of a backup; nothing after it can be read")]
    NoPart {
        /// Where.
        at: u64,
    },
    /// A part has a length that no such part has.
    #[error("the part at byte {at} cannot have {length} bytes; nothing after it can be read")]
    Length {
        /// Where the part begins.
        at: u64,
        /// The length that it names.
        length: u64,
        /// The place of the record, where it is one.
        record: Option<Sequence>,
    },
    /// What should be a checkpoint is none, or one of another ledger.
    #[error("what stands at byte {at} is no checkpoint of the ledger")]
    Checkpoint {
        /// Where the part begins.
        at: u64,
    },
    /// Its bytes do not have the digest that stands at its end.
    #[error("the digest at its end is {expected}, but its bytes have {found}")]
    Altered {
        /// The digest at the end.
        expected: Digest,
        /// The digest of its bytes.
        found: Digest,
    },
    /// Bytes follow its end.
    #[error("{bytes} bytes follow its end")]
    BytesAfterEnd {
        /// How many.
        bytes: u64,
    },
    /// It is an increment, and a whole ledger is asked for.
    #[error("it holds only what follows event {after}")]
    Increment {
        /// The last event before it.
        after: Sequence,
    },
    /// Something was to be written to it.
    #[error("it can only be read")]
    ReadOnly,
}

impl BackupStart {
    /// The place of the last envelope before it. `None` for a backup of a whole ledger.
    pub fn after(&self) -> Option<Sequence> {
        self.first.get().checked_sub(1).map(Sequence::new)
    }
}
