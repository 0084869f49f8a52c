//! Folding many disputes: what belongs to one is read at a time, and folded on whatever core is
//! free, so that memory holds a few disputes whatever the size of the ledger.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use dispute_core::{Entry, ReadError, ReadLog, Record, Slug, read_entries};

use crate::error::Result;
use crate::output::Output;
use crate::output::progress::Progress;

/// How many disputes wait to be folded for each that is.
const WAITING: usize = 4;

/// The entries of what belongs to a dispute.
type Read = (Slug, Vec<Entry>);
/// What became of a dispute.
type Folded<T> = (Slug, std::result::Result<T, ReadError>);

/// Folds disputes, each by what belongs to it alone. That is enough for the row of a dispute, not
/// for its warnings.
///
/// # Errors
/// Where something cannot be read: of the first such dispute.
pub(crate) fn fold_each<T: Send>(
    log: &dyn ReadLog,
    disputes: &[Slug],
    fold: &(dyn Fn(&Slug, &Record) -> T + Sync),
    output: Output,
) -> Result<BTreeMap<Slug, T>> {
    let ledger = log.ledger()?.id;
    let cores = thread::available_parallelism().map_or(1, usize::from).min(disputes.len());
    let (to_fold, waiting) = sync_channel::<Read>(cores.saturating_mul(WAITING).max(1));
    let waiting = Arc::new(Mutex::new(waiting));
    let (done, folded) = channel::<Folded<T>>();
    let read = thread::scope(|scope| {
        for _ in 0..cores {
            let (done, waiting) = (done.clone(), Arc::clone(&waiting));
            scope.spawn(move || {
                while let Some((dispute, entries)) = next(&waiting) {
                    let record = read_entries(&ledger, &entries);
                    let folded = record.map(|recorded| fold(&dispute, &Record::load(recorded, [])));
                    if done.send((dispute, folded)).is_err() {
                        break;
                    }
                }
            });
        }
        // With the last who folds goes what waits, so that nobody waits for it.
        drop(waiting);
        read_each(log, disputes, to_fold, output)
    });
    drop(done);
    let folded: BTreeMap<Slug, _> = folded.into_iter().collect();
    let folded: BTreeMap<Slug, T> = folded
        .into_iter()
        .map(|(dispute, folded)| Ok((dispute, folded?)))
        .collect::<std::result::Result<_, ReadError>>()?;
    read.map(|()| folded)
}

fn next(waiting: &Mutex<Receiver<Read>>) -> Option<Read> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn read_each(
    log: &dyn ReadLog,
    disputes: &[Slug],
    to_fold: SyncSender<Read>,
    output: Output,
) -> Result<()> {
    let mut progress = Progress::of("folding disputes:", disputes.len(), output);
    for (done, dispute) in disputes.iter().enumerate() {
        let entries = log.entries_of(Some(dispute))?;
        // All who fold came to grief, which the end of the scope tells.
        if to_fold.send((dispute.clone(), entries)).is_err() {
            break;
        }
        progress.at(done);
    }
    Ok(())
}
