//! Folding many disputes: what belongs to some is read at a time, and folded on whatever core is
//! free, so that memory holds some disputes whatever the size of the ledger.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use dispute_core::{
    Damage, Entry, LedgerId, LogError, Part, ReadError, ReadLog, Record, Sequence, Slug,
    StoredRecord, read_entries,
};

use crate::error::{Result, Stop};
use crate::output::Output;
use crate::output::progress::Progress;

/// How many events are read at a time, and how many may wait to be folded: some 100 MB with what is
/// made of them. A dispute of more is read whole.
const EVENTS_AT_ONCE: usize = 1 << 17;
/// How long to wait for a worker before looking whether all are still there.
const PATIENCE: Duration = Duration::from_millis(200);

/// What belongs to a dispute, in the order of recording.
type Read = (Slug, Vec<(Sequence, StoredRecord)>);

/// What became of a dispute, and of how many events it is.
struct Folded<T> {
    dispute: Slug,
    events: usize,
    result: std::result::Result<T, ReadError>,
}

/// Folds disputes, each by what belongs to it alone. That is enough for the row of a dispute, not
/// for its warnings.
///
/// # Errors
/// Where something cannot be read.
pub(crate) fn fold_each<T: Send>(
    log: &dyn ReadLog,
    disputes: &[Slug],
    fold: &(dyn Fn(&Slug, &Record) -> T + Sync),
    output: Output,
) -> Result<BTreeMap<Slug, T>> {
    let progress = Progress::of("folding disputes:", disputes.len(), output);
    fold_some(log, disputes, fold, progress, EVENTS_AT_ONCE)
}

fn fold_some<T: Send>(
    log: &dyn ReadLog,
    disputes: &[Slug],
    fold: &(dyn Fn(&Slug, &Record) -> T + Sync),
    progress: Progress,
    at_once: usize,
) -> Result<BTreeMap<Slug, T>> {
    let ledger = log.ledger()?.id;
    let cores = thread::available_parallelism().map_or(1, usize::from).min(disputes.len());
    let (to_fold, waiting) = channel();
    let waiting = Mutex::new(waiting);
    let (done, folded) = channel();
    let folded = thread::scope(|scope| {
        let worker = |_| {
            let (done, waiting) = (done.clone(), &waiting);
            scope.spawn(move || fold_waiting(&ledger, waiting, fold, &done))
        };
        let workers = (0..cores).map(worker).collect();
        drop(done);
        let results = BTreeMap::new();
        let mut reading =
            Reading { log, to_fold, folded, workers, results, waiting: 0, progress, at_once };
        reading.all(disputes)?;
        Ok::<_, Stop>(reading.finish())
    });
    let folded = folded?.into_iter().map(|(dispute, result)| Ok((dispute, result?)));
    Ok(folded.collect::<std::result::Result<_, ReadError>>()?)
}

fn fold_waiting<T>(
    ledger: &LedgerId,
    waiting: &Mutex<Receiver<Read>>,
    fold: &dyn Fn(&Slug, &Record) -> T,
    done: &Sender<Folded<T>>,
) {
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok((dispute, records)) = next() {
        let events = records.len();
        let result = record(ledger, records).map(|record| fold(&dispute, &record));
        if done.send(Folded { dispute, events, result }).is_err() {
            break;
        }
    }
}

fn record(
    ledger: &LedgerId,
    records: Vec<(Sequence, StoredRecord)>,
) -> std::result::Result<Record, ReadError> {
    let entry = |(at, record)| {
        let damaged = |why: dispute_core::Undecodable| LogError::Damaged {
            part: Part::Record,
            sequence: Some(at),
            why: why.into(),
        };
        Entry::read(record).map_err(damaged)
    };
    let entries: Vec<Entry> =
        records.into_iter().map(entry).collect::<std::result::Result<_, LogError>>()?;
    Ok(Record::load(read_entries(ledger, &entries)?, []))
}

/// Reads what belongs to disputes, hands it on, and takes in what became of it.
struct Reading<'a, 'w, T> {
    log: &'a dyn ReadLog,
    to_fold: Sender<Read>,
    folded: Receiver<Folded<T>>,
    workers: Vec<ScopedJoinHandle<'w, ()>>,
    results: BTreeMap<Slug, std::result::Result<T, ReadError>>,
    /// How many events wait to be folded.
    waiting: usize,
    progress: Progress,
    /// How many events are read at a time, and may wait.
    at_once: usize,
}

impl<T> Reading<'_, '_, T> {
    fn all(&mut self, disputes: &[Slug]) -> Result<()> {
        let mut next = disputes.iter();
        loop {
            let (mut turn, mut wanted) = (Vec::new(), Vec::new());
            for dispute in next.by_ref() {
                let own = self.log.of_dispute(Some(dispute))?;
                let place = turn.len();
                wanted.extend(own.into_iter().map(|at| Wanted { at, place }));
                turn.push((dispute.clone(), Vec::new()));
                if wanted.len() >= self.at_once {
                    break;
                }
            }
            if turn.is_empty() {
                return Ok(());
            }
            // In the order of the log: what lies in one page is read one after the other.
            wanted.sort_unstable();
            for wanted in wanted {
                put(&mut turn, wanted, self.log.stored(wanted.at)?)?;
            }
            self.hand_on(turn);
        }
    }

    /// A worker that ends before there is nothing left came to grief; the end of the scope tells.
    fn hand_on(&mut self, turn: Vec<Read>) {
        for read in turn {
            while self.waiting >= self.at_once {
                match self.folded.recv_timeout(PATIENCE) {
                    Ok(folded) => self.take_in(folded),
                    Err(_) if self.workers.iter().any(ScopedJoinHandle::is_finished) => return,
                    Err(_) => {}
                }
            }
            self.waiting += read.1.len();
            if self.to_fold.send(read).is_err() {
                return;
            }
        }
    }

    fn take_in(&mut self, Folded { dispute, events, result }: Folded<T>) {
        self.waiting = self.waiting.saturating_sub(events);
        self.results.insert(dispute, result);
        self.progress.at(self.results.len());
    }

    fn finish(mut self) -> BTreeMap<Slug, std::result::Result<T, ReadError>> {
        let (nothing, _) = channel();
        drop(std::mem::replace(&mut self.to_fold, nothing));
        while let Ok(folded) = self.folded.recv() {
            self.take_in(folded);
        }
        self.results
    }
}

/// A record that belongs to a dispute of a turn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    at: Sequence,
    place: usize,
}

/// Puts a record to those of its dispute.
fn put(
    turn: &mut [Read],
    Wanted { at, place }: Wanted,
    record: Option<StoredRecord>,
) -> Result<()> {
    let missing =
        LogError::Damaged { part: Part::Record, sequence: Some(at), why: Damage::Missing };
    let record = record.ok_or(missing)?;
    if let Some((_, records)) = turn.get_mut(place) {
        records.push((at, record));
    }
    Ok(())
}
