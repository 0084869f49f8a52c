//! Going through a backup once, from its beginning: where its parts are, what its records are
//! called, and what is wrong with it as a file.

use std::io::{self, Read};

use crate::backup::{
    BEGINNING, BackupFault, BackupStart, CHECKPOINT, END, END_LENGTH, LONGEST_RECORD, MAGIC,
    RECORD, SHORTEST_PART,
};
use crate::chain::Sequence;
use crate::checkpoint::{LONGEST_NOTE, SignedCheckpoint};
use crate::digest::{Digest, RunningDigest};
use crate::encoding::read_record;
use crate::envelope::{Envelope, LedgerId};
use crate::event_log::{HeadMark, Index, Listed, belongs_to};

/// Where the bytes of a part are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) length: u32,
}

/// All that is kept in memory of a backup.
pub(super) struct Scanned {
    pub(super) start: BackupStart,
    pub(super) records: Vec<Place>,
    pub(super) checkpoints: Vec<Place>,
    pub(super) index: Index,
    /// Where the file says that the log ends; `None` where it does not come to that.
    pub(super) end: Option<HeadMark>,
    pub(super) faults: Vec<BackupFault>,
}

/// Goes through a backup.
///
/// # Errors
/// The inner one where it is no backup, the outer one where it cannot be read.
pub(super) fn scan(file: impl Read) -> io::Result<Result<Scanned, BackupFault>> {
    let mut bytes = Bytes { file, at: 0, digest: RunningDigest::new() };
    let mut beginning = [0; BEGINNING];
    let read = bytes.fill(&mut beginning)?;
    let begun = beginning.get(..read.min(MAGIC.len())).unwrap_or_default();
    let start = match read_beginning(&beginning) {
        Some(start) if read == BEGINNING => start,
        // Nothing at all is no backup; less than a beginning is one that was cut off.
        _ if read > 0 && MAGIC.starts_with(begun) => {
            return Ok(Err(BackupFault::CutOff { at: bytes.at, record: None }));
        }
        _ => return Ok(Err(BackupFault::NoBackup)),
    };
    let mut scanned = Scanned {
        start,
        records: Vec::new(),
        checkpoints: Vec::new(),
        index: Index::default(),
        end: None,
        faults: Vec::new(),
    };
    if start.first == Sequence::LEDGER && start.previous != Digest::NONE {
        scanned.faults.push(BackupFault::Beginning);
    }
    if let Err(fault) = scanned.read_parts(&mut bytes)? {
        if scanned.records.is_empty() && start.after().is_none() {
            return Ok(Err(fault));
        }
        scanned.faults.push(fault);
    }
    Ok(Ok(scanned))
}

fn read_beginning(bytes: &[u8; BEGINNING]) -> Option<BackupStart> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (ledger, rest) = rest.split_first_chunk::<16>()?;
    let (first, previous) = rest.split_first_chunk::<8>()?;
    Some(BackupStart {
        ledger: LedgerId::from_bytes(*ledger),
        first: Sequence::new(u64::from_be_bytes(*first)),
        previous: Digest::from_bytes(*previous.first_chunk()?),
    })
}

impl Scanned {
    /// All parts up to the end, or up to what cannot be told apart.
    fn read_parts(&mut self, bytes: &mut Bytes<impl Read>) -> io::Result<Result<(), BackupFault>> {
        let mut buffer = Vec::new();
        loop {
            let at = bytes.at;
            let mut kind = [0];
            if bytes.fill(&mut kind)? == 0 {
                return Ok(Err(BackupFault::CutOff { at, record: None }));
            }
            let record = (kind == [RECORD]).then(|| self.next_place());
            let longest = match kind {
                [END] => return self.read_end(bytes),
                [RECORD] if self.checkpoints.is_empty() => LONGEST_RECORD,
                [CHECKPOINT] => LONGEST_NOTE,
                _ => return Ok(Err(BackupFault::NoPart { at })),
            };
            let mut length = [0; 4];
            if bytes.fill(&mut length)? < length.len() {
                return Ok(Err(BackupFault::CutOff { at: bytes.at, record }));
            }
            let place = Place { offset: bytes.at, length: u32::from_be_bytes(length) };
            let size = usize::try_from(place.length).unwrap_or(usize::MAX);
            if !(SHORTEST_PART..=longest).contains(&size) {
                let length = u64::from(place.length);
                return Ok(Err(BackupFault::Length { at, length, record }));
            }
            buffer.resize(size, 0);
            if bytes.fill(&mut buffer)? < size {
                return Ok(Err(BackupFault::CutOff { at: bytes.at, record }));
            }
            if record.is_some() {
                self.records.push(place);
                self.note_record(&buffer);
            } else {
                self.checkpoints.push(place);
                self.note_checkpoint(at, &buffer);
            }
        }
    }

    /// The place of the next record.
    fn next_place(&self) -> Sequence {
        let before = u64::try_from(self.records.len()).unwrap_or(u64::MAX);
        Sequence::new(self.start.first.get().saturating_add(before))
    }

    /// Notes what a record is called. One that cannot be read is told where it is read.
    fn note_record(&mut self, bytes: &[u8]) {
        let Ok(record) = read_record(bytes) else { return };
        let Ok(envelope) = Envelope::read(&record.envelope) else { return };
        if self.records.len() == 1 && *envelope.ledger() != self.start.ledger {
            let (expected, found) = (*envelope.ledger(), self.start.ledger);
            self.faults.push(BackupFault::OtherLedger { expected, found });
        }
        let index = &self.index;
        let belongs_to = belongs_to(&envelope, |id| Ok(index.listed(id).cloned())).ok().flatten();
        self.index.add(&envelope, Listed { sequence: envelope.sequence(), belongs_to });
    }

    fn note_checkpoint(&mut self, at: u64, bytes: &[u8]) {
        let is_of_ledger = |checkpoint: SignedCheckpoint| {
            checkpoint.origin().as_str() == self.start.ledger.to_string()
        };
        if !SignedCheckpoint::parse(bytes).is_ok_and(is_of_ledger) {
            self.faults.push(BackupFault::Checkpoint { at });
        }
    }

    fn read_end(&mut self, bytes: &mut Bytes<impl Read>) -> io::Result<Result<(), BackupFault>> {
        let mut mark = [0; END_LENGTH - 32];
        if bytes.fill(&mut mark)? < mark.len() {
            return Ok(Err(BackupFault::CutOff { at: bytes.at, record: None }));
        }
        let computed = bytes.digest.finish();
        let mut stored = [0; 32];
        if bytes.fill(&mut stored)? < stored.len() {
            return Ok(Err(BackupFault::CutOff { at: bytes.at, record: None }));
        }
        let (next, digest) = mark.split_at(8);
        let next = next.first_chunk().map_or(0, |next| u64::from_be_bytes(*next));
        let digest = digest.first_chunk().map_or(Digest::NONE, |it| Digest::from_bytes(*it));
        // Zero is after nothing, and no log ends so.
        let last = next.checked_sub(1).map(Sequence::new);
        self.end = last.map(|sequence| HeadMark { sequence, digest });
        let expected = Digest::from_bytes(stored);
        if expected != computed {
            self.faults.push(BackupFault::Altered { expected, found: computed });
        }
        let after = bytes.rest()?;
        if after > 0 { Ok(Err(BackupFault::BytesAfterEnd { bytes: after })) } else { Ok(Ok(())) }
    }
}

/// The bytes of a file, counted and hashed as they come.
struct Bytes<R> {
    file: R,
    at: u64,
    digest: RunningDigest,
}

impl<R: Read> Bytes<R> {
    /// Reads as many bytes as there is room for, fewer only at the end of the file.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.file.read(room) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.digest.update(buffer.get(..filled).unwrap_or_default());
        self.at = self.at.saturating_add(u64::try_from(filled).unwrap_or(u64::MAX));
        Ok(filled)
    }

    /// How many bytes follow.
    fn rest(&mut self) -> io::Result<u64> {
        io::copy(&mut self.file, &mut io::sink())
    }
}
