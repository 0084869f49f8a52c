//! A backup as a log that is only read.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::backup::scan::{Place, Scanned, scan};
use crate::backup::{BackupFault, BackupStart};
use crate::chain::{Head, Sequence};
use crate::checkpoint::SignedCheckpoint;
use crate::digest::Digest;
use crate::encoding::read_record;
use crate::entry::StoredRecord;
use crate::event_log::{
    Append, Damage, EventLog, HeadMark, IndexSizes, Ledger, Listed, LogError, Part, ReadLog,
    StoredRecords, checked_head, ledger_of,
};
use crate::identifier::{EventId, Slug};

/// A backup file, read as a log. The file is gone through once when it is opened; of its records
/// only their places, ids and disputes are kept in memory.
///
/// A file that has [faults](EventLog::file_faults), or is an increment, has no head and no name:
/// verification goes through it all the same, as far as it goes.
pub struct BackupLog {
    path: PathBuf,
    file: RefCell<Source>,
    scanned: Scanned,
}

impl BackupLog {
    /// Opens a backup and goes through it.
    ///
    /// # Errors
    /// [`LogError::Backup`] where it is no backup or ends before its first part, [`LogError::Io`]
    /// where it cannot be read. What is wrong further on is told by
    /// [`file_faults`](EventLog::file_faults).
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let failed = |error| LogError::io("read", path, error);
        let fault = |fault| LogError::Backup { path: path.to_owned(), fault };
        // A pipe would keep us waiting for someone to write.
        if !fs::metadata(path).map_err(failed)?.is_file() {
            return Err(fault(BackupFault::NoFile));
        }
        let mut file = File::open(path).map_err(failed)?;
        let scanned = scan(BufReader::with_capacity(1 << 16, &mut file)).map_err(failed)?;
        let scanned = scanned.map_err(fault)?;
        let file = RefCell::new(Source::of(file).map_err(failed)?);
        Ok(Self { path: path.to_owned(), file, scanned })
    }

    /// Whether a file begins as a backup does.
    pub fn is_backup(path: &Path) -> bool {
        let mut magic = [0; super::MAGIC.len()];
        let is_file = fs::metadata(path).is_ok_and(|it| it.is_file());
        is_file
            && File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok()
            && magic == *super::MAGIC
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it begins, and of which ledger it is, as it says.
    pub fn start(&self) -> &BackupStart {
        &self.scanned.start
    }

    /// How many records it holds.
    pub fn records(&self) -> u64 {
        u64::try_from(self.scanned.records.len()).unwrap_or(u64::MAX)
    }

    /// Where it ends: the last envelope, or for an increment without records the one before it.
    ///
    /// # Errors
    /// [`LogError::Backup`] where the file is damaged, [`LogError::Damaged`] where its end is.
    pub fn end(&self) -> Result<HeadMark, LogError> {
        self.undamaged()?;
        self.head_mark()
    }

    /// The checkpoints that it holds, as they were given to it.
    ///
    /// # Errors
    /// [`LogError::Io`]; [`LogError::Backup`] where what is there is no checkpoint.
    pub fn checkpoints(&self) -> Result<Vec<SignedCheckpoint>, LogError> {
        let read = |place: &Place| {
            let bytes = self.read(*place)?;
            SignedCheckpoint::parse(&bytes)
                .map_err(|_| self.fault(BackupFault::Checkpoint { at: place.offset }))
        };
        self.scanned.checkpoints.iter().map(read).collect()
    }

    fn fault(&self, fault: BackupFault) -> LogError {
        LogError::Backup { path: self.path.clone(), fault }
    }

    fn undamaged(&self) -> Result<(), LogError> {
        match self.scanned.faults.first() {
            Some(fault) => Err(self.fault(fault.clone())),
            None => Ok(()),
        }
    }

    /// Refuses what only a whole and undamaged ledger can answer.
    fn whole(&self) -> Result<(), LogError> {
        self.undamaged()?;
        match self.scanned.start.after() {
            Some(after) => Err(self.fault(BackupFault::Increment { after })),
            None => Ok(()),
        }
    }

    fn read(&self, place: Place) -> Result<Vec<u8>, LogError> {
        let read = self.file.borrow_mut().read(place);
        read.map_err(|error| LogError::io("read", &self.path, error))
    }

    fn record(&self, at: Sequence, place: Place) -> Result<StoredRecord, LogError> {
        let bytes = self.read(place)?;
        read_record(&bytes).map_err(|why| LogError::damaged(Part::Record, at, why.into()))
    }

    /// How many records stand before a place.
    fn skipped(&self, at: Sequence) -> Option<usize> {
        let skipped = at.get().checked_sub(self.scanned.start.first.get())?;
        usize::try_from(skipped).ok()
    }
}

impl ReadLog for BackupLog {
    fn head(&self) -> Result<Head, LogError> {
        self.whole()?;
        checked_head(self)
    }

    fn ledger(&self) -> Result<Ledger, LogError> {
        self.whole()?;
        ledger_of(self)
    }

    fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        let place = self.skipped(at).and_then(|skipped| self.scanned.records.get(skipped));
        place.map(|place| self.record(at, *place)).transpose()
    }

    fn stored_from(&self, from: Sequence) -> StoredRecords<'_> {
        let first = self.scanned.start.first;
        let skipped = match self.skipped(from) {
            Some(skipped) => skipped,
            None if from < first => 0,
            None => usize::MAX,
        };
        let records = self.scanned.records.get(skipped..).unwrap_or_default();
        let places = (from.max(first).get()..).map(Sequence::new);
        Box::new(places.zip(records).map(|(at, place)| (at, self.record(at, *place))))
    }

    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        self.stored_listed(id)
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError> {
        Ok(self.scanned.index.ids_with_prefix(prefix, limit))
    }

    fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        Ok(self.scanned.index.of_dispute(dispute))
    }

    fn disputes(&self) -> Result<Vec<Slug>, LogError> {
        Ok(self.scanned.index.disputes())
    }
}

/// As far as verification asks. The index is worked out from the records themselves, so that it
/// cannot be stale.
impl EventLog for BackupLog {
    /// # Errors
    /// Always: a backup is only read.
    fn begin(&mut self, _expected: &Head) -> Result<Box<dyn Append + '_>, LogError> {
        Err(self.fault(BackupFault::ReadOnly))
    }

    /// Nothing is derived.
    fn rebuild_derived(&mut self) -> Result<(), LogError> {
        Ok(())
    }

    /// Where the file says that it ends. One that is cut off ends with its last record, and the
    /// fault tells that it should not.
    fn head_mark(&self) -> Result<HeadMark, LogError> {
        let missing = LogError::Damaged { part: Part::Head, sequence: None, why: Damage::Missing };
        if let Some(end) = self.scanned.end {
            return Ok(end);
        }
        let Some(last) = self.scanned.records.last() else {
            return self.begins_after().ok_or(missing);
        };
        // The digest is the first that a record holds, whatever follows it.
        let bytes = self.read(*last)?;
        let digest = bytes.first_chunk().map_or(Digest::NONE, |it| Digest::from_bytes(*it));
        let before = self.records().saturating_sub(1);
        let sequence = Sequence::new(self.scanned.start.first.get().saturating_add(before));
        Ok(HeadMark { sequence, digest })
    }

    fn begins_after(&self) -> Option<HeadMark> {
        let digest = self.scanned.start.previous;
        self.scanned.start.after().map(|sequence| HeadMark { sequence, digest })
    }

    fn file_faults(&self) -> &[BackupFault] {
        &self.scanned.faults
    }

    fn stored_listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        Ok(self.scanned.index.listed(id).cloned())
    }

    fn stored_in_dispute(&self, dispute: Option<&Slug>, at: Sequence) -> Result<bool, LogError> {
        Ok(self.scanned.index.has(dispute, at))
    }

    fn stored_index_sizes(&self, _from: Sequence) -> Result<IndexSizes, LogError> {
        Ok(self.scanned.index.sizes())
    }

    fn indexed_through(&self) -> Result<Option<Sequence>, LogError> {
        Ok(Some(self.head_mark()?.sequence))
    }
}

/// The file, with what was read of it lately.
struct Source {
    file: BufReader<File>,
    at: u64,
}

impl Source {
    fn of(mut file: File) -> io::Result<Self> {
        file.seek(SeekFrom::Start(0))?;
        Ok(Self { file: BufReader::with_capacity(1 << 16, file), at: 0 })
    }

    fn read(&mut self, place: Place) -> io::Result<Vec<u8>> {
        // Within what is buffered nothing is read again.
        match (i64::try_from(place.offset), i64::try_from(self.at)) {
            (Ok(offset), Ok(at)) => self.file.seek_relative(offset - at)?,
            _ => drop(self.file.seek(SeekFrom::Start(place.offset))?),
        }
        self.at = place.offset;
        let mut bytes = vec![0; usize::try_from(place.length).unwrap_or_default()];
        let read = self.file.read_exact(&mut bytes);
        match read {
            Ok(()) => self.at = self.at.saturating_add(u64::from(place.length)),
            Err(_) => self.at = self.file.stream_position()?,
        }
        read.map(|()| bytes)
    }
}
