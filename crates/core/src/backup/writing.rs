//! Writing a backup, from its beginning to its end, in memory that does not grow with the ledger.

use std::io::{self, Write};

use thiserror::Error;

use crate::backup::{BackupStart, CHECKPOINT, END, MAGIC, RECORD};
use crate::chain::{Head, Sequence, follows};
use crate::checkpoint::SignedCheckpoint;
use crate::digest::{Digest, RunningDigest};
use crate::encoding::write_record;
use crate::event_log::{Damage, LogError, Part, ReadLog};

/// Why a backup was not written.
#[derive(Debug, Error)]
pub enum WriteBackupError {
    /// The log cannot be read, or is not what was sealed. A damaged ledger is not backed up, so
    /// that it does not take the place of a good backup.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The file cannot be written.
    #[error("the backup cannot be written")]
    Write(#[from] io::Error),
}

/// Writes a backup of a log: of all of it, or of what follows the envelope of a head of this log.
/// Gives the head that the backup ends with. The same log, head and checkpoints give the same
/// bytes. `told` hears of every record that was written.
///
/// The caller makes the file durable.
///
/// # Errors
/// [`WriteBackupError`]. What was written until then is no backup.
pub fn write_backup<L: ReadLog + ?Sized>(
    log: &L,
    after: Option<&Head>,
    checkpoints: &[SignedCheckpoint],
    to: &mut dyn Write,
    told: &mut dyn FnMut(Sequence),
) -> Result<Head, WriteBackupError> {
    let ledger = log.ledger()?.id;
    let head = log.head()?;
    let first = after.map_or(Sequence::LEDGER, |after| after.sequence.next());
    let previous = after.map_or(Digest::NONE, |after| after.digest);
    let mut file = Hashed { to, digest: RunningDigest::new() };
    file.begin(&BackupStart { ledger, first, previous })?;
    let mut last = after.copied();
    for entry in log.entries(first) {
        let entry = entry?;
        let at = last.map_or(Sequence::LEDGER, |last| last.sequence.next());
        let damaged = |why| LogError::damaged(Part::Record, at, why);
        entry.prove().map_err(|broken| damaged(broken.into()))?;
        if let Some(last) = &last {
            follows(&ledger, last, entry.envelope()).map_err(|misfit| damaged(misfit.into()))?;
        }
        file.part(RECORD, &write_record(entry.record()))?;
        last = Some(entry.head());
        told(at);
    }
    if last != Some(head) {
        let next = last.map_or(Sequence::LEDGER, |last| last.sequence.next());
        return Err(LogError::damaged(Part::Record, next, Damage::Missing).into());
    }
    for checkpoint in checkpoints {
        file.part(CHECKPOINT, checkpoint.to_string().as_bytes())?;
    }
    file.end(&head)?;
    Ok(head)
}

/// A file of which the digest is known at each moment.
struct Hashed<'a> {
    to: &'a mut dyn Write,
    digest: RunningDigest,
}

impl Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.to.write_all(bytes)
    }

    fn begin(&mut self, start: &BackupStart) -> io::Result<()> {
        self.write(MAGIC)?;
        self.write(start.ledger.as_bytes())?;
        self.write(&start.first.get().to_be_bytes())?;
        self.write(start.previous.as_bytes())
    }

    fn part(&mut self, kind: u8, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.write(&[kind])?;
        self.write(&length.to_be_bytes())?;
        self.write(bytes)
    }

    fn end(mut self, head: &Head) -> io::Result<()> {
        self.write(&[END])?;
        self.write(&head.sequence.next().get().to_be_bytes())?;
        self.write(head.digest.as_bytes())?;
        self.to.write_all(self.digest.finish().as_bytes())
    }
}
