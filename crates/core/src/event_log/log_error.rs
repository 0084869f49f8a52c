//! What can go wrong with a log.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::backup::BackupFault;
use crate::chain::{ExpectedHead, Head, Misfit, Sequence};
use crate::encoding::Undecodable;
use crate::entry::BrokenRecord;
use crate::identifier::EventId;

/// Why a log could not be opened, read or appended to.
#[derive(Debug, Error)]
pub enum LogError {
    /// Somebody appended since the caller looked.
    #[error("the head is {found}, not {expected}")]
    HeadMoved {
        /// The head that the caller has seen.
        expected: Head,
        /// The head of the log.
        found: Head,
    },
    /// An entry does not follow the one before it.
    #[error("the entry does not follow: {0}")]
    Misfit(#[from] Misfit),
    /// An entry's digest or commitment does not hold.
    #[error("the entry is not what was sealed: {0}")]
    Broken(#[from] BrokenRecord),
    /// An entry has the id of an event that is in the log.
    #[error("the id {id} is taken by event {sequence}")]
    IdTaken {
        /// The id.
        id: EventId,
        /// Where the event is that has it.
        sequence: Sequence,
    },
    /// An entry refers to an event that is not in the log.
    #[error("{id} refers to {refers_to}, which is not in the ledger")]
    RefersToNothing {
        /// The id of the entry.
        id: EventId,
        /// The id that it refers to.
        refers_to: EventId,
    },
    /// There is no ledger in the folder.
    #[error("there is no ledger in {}", dir.display())]
    NoLedger {
        /// The folder.
        dir: PathBuf,
    },
    /// There is a ledger in the folder already.
    #[error("there is a ledger in {} already", dir.display())]
    LedgerExists {
        /// The folder.
        dir: PathBuf,
    },
    /// The ledger was made by newer software.
    #[error("the ledger is of format {found}, and this software knows formats up to {known}")]
    NewerFormat {
        /// The format that the ledger's folder names.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// Another process has the ledger open, and still had when the time to wait was over.
    #[error("the ledger in {} is open in another process", dir.display())]
    Locked {
        /// The folder.
        dir: PathBuf,
        /// The process that has it open, where it said so.
        holder: Option<u32>,
    },
    /// The disk is full. Opening a ledger writes too, so that it fails as well.
    #[error("the disk is full")]
    DiskFull,
    /// A file could not be read or written.
    #[error("cannot {attempt} {}", path.display())]
    Io {
        /// What was tried: `read`, `write`, `create`, …
        attempt: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The store under the log cannot be read at all. The way out is to restore a backup.
    #[error("the store in {} cannot be read: {fault}", dir.display())]
    Unreadable {
        /// The folder of the store.
        dir: PathBuf,
        /// What is wrong with it.
        fault: StoreFault,
    },
    /// A backup is not what a backup is, or not what is asked of it.
    #[error("the backup {}: {fault}", path.display())]
    Backup {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: BackupFault,
    },
    /// The tree has as many leaves as a tree can have.
    #[error("the tree is full")]
    TreeFull,
    /// A stored value is not what it must be. `dispute verify` says all that is wrong.
    #[error("{part} is damaged: {why}")]
    Damaged {
        /// Which value.
        part: Part,
        /// The place in the log that it belongs to, where it has one.
        sequence: Option<Sequence>,
        /// In what way.
        why: Damage,
    },
}

/// What is wrong with a store as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreFault {
    /// Its data file is not there.
    #[error("its data file is missing")]
    NoData,
    /// The file that names its format is not there or says nothing that can be read.
    #[error("the file that names its format is missing or cannot be read")]
    NoFormat,
    /// A checksum does not hold.
    #[error("a checksum in its files does not hold")]
    Corrupt,
    /// The store broke down over its files, as it does when they were cut off.
    #[error("its files are cut off or overwritten")]
    BrokeDown,
    /// Its files are of another version or were made with other settings.
    #[error("its files are of another version")]
    OtherVersion,
}

/// A kind of stored value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Part {
    /// An envelope with its digest and content.
    #[error("an entry of the log")]
    Record,
    /// A file that holds a run of the log.
    #[error("a segment of the log")]
    Segment,
    /// The value that says where the log ends.
    #[error("the end of the log")]
    Head,
    /// An entry of the index of ids.
    #[error("the index of ids")]
    IdIndex,
    /// An entry of the lists of disputes.
    #[error("the list of a dispute")]
    DisputeIndex,
    /// The value that says how far the indexes were written.
    #[error("the state of the indexes")]
    IndexState,
}

/// In what way a stored value is damaged.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// It is not there.
    #[error("it is not there")]
    Missing,
    /// Some of the pieces that it was cut into are missing, or there are too many.
    #[error("its pieces do not make {expected} bytes")]
    Pieces {
        /// How many bytes its first piece says that it has.
        expected: u64,
    },
    /// Its bytes cannot be read.
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
    /// Its digest or commitment does not hold.
    #[error(transparent)]
    Broken(#[from] BrokenRecord),
    /// It does not follow the one before it.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// The envelope at the end of the log is another.
    #[error("the last envelope is {found}")]
    HeadElsewhere {
        /// The head that the last envelope makes.
        found: Head,
    },
    /// The log ends before the head that was answered last, or with another one.
    #[error("event {answered} was recorded, and the log no longer ends with it")]
    EndLost {
        /// The head that was answered last.
        answered: ExpectedHead,
    },
    /// The ledger's own envelope does not say the ledger's name.
    #[error("it does not say the ledger's name")]
    Nameless,
}

impl LogError {
    pub(crate) fn damaged(part: Part, at: Sequence, why: Damage) -> Self {
        Self::Damaged { part, sequence: Some(at), why }
    }

    pub(crate) fn io(attempt: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io { attempt, path: path.into(), source },
        }
    }
}
