//! Folding many disputes: what belongs to some is read at a time, and folded on whatever core is
//! free, so that memory holds some disputes whatever the size of the ledger.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use dispute_core::{
    Damage, Entry, LedgerId, LogError, Part, ReadError, ReadLog, Record, Sequence, Slug,
    StoredRecord, read_entries,
};

use crate::error::Result;
use crate::output::Output;
use crate::output::progress::Progress;

/// How many events are read in one going through the log: some 50 MB with what is made of them.
const EVENTS_AT_ONCE: usize = 1 << 16;
/// Where one event in so many of the log is wanted, going through it finds them sooner than looking
/// up each.
const WORTH_GOING_THROUGH: usize = 16;
/// How many disputes wait to be folded at most.
const WAITING: usize = 1 << 11;

/// What belongs to a dispute, in the order of recording.
type Read = (Slug, Vec<(Sequence, StoredRecord)>);

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
    let ledger = log.ledger()?.id;
    let cores = thread::available_parallelism().map_or(1, usize::from).min(disputes.len());
    let (to_fold, waiting) = sync_channel::<Read>(WAITING);
    let waiting = Arc::new(Mutex::new(waiting));
    let (done, folded) = channel();
    let read = thread::scope(|scope| {
        for _ in 0..cores {
            let (done, waiting) = (done.clone(), Arc::clone(&waiting));
            scope.spawn(move || fold_waiting(&ledger, &waiting, fold, &done));
        }
        // With the last who folds goes what waits, so that nobody waits for it.
        drop((waiting, done));
        let mut reading = Reading {
            log,
            to_fold,
            progress: Progress::of("folding disputes:", disputes.len(), output),
            done: 0,
        };
        reading.all(disputes)
    });
    let folded: BTreeMap<Slug, std::result::Result<T, ReadError>> = folded.into_iter().collect();
    read?;
    let folded = folded.into_iter().map(|(dispute, folded)| Ok((dispute, folded?)));
    Ok(folded.collect::<std::result::Result<_, ReadError>>()?)
}

fn fold_waiting<T>(
    ledger: &LedgerId,
    waiting: &Mutex<Receiver<Read>>,
    fold: &dyn Fn(&Slug, &Record) -> T,
    done: &Sender<(Slug, std::result::Result<T, ReadError>)>,
) {
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok((dispute, records)) = next() {
        let folded = record(ledger, records).map(|record| fold(&dispute, &record));
        if done.send((dispute, folded)).is_err() {
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

/// Reads what belongs to disputes, and hands it on.
struct Reading<'a> {
    log: &'a dyn ReadLog,
    to_fold: SyncSender<Read>,
    progress: Progress,
    done: usize,
}

impl Reading<'_> {
    fn all(&mut self, disputes: &[Slug]) -> Result<()> {
        let events = usize::try_from(self.log.head()?.sequence.get()).unwrap_or(usize::MAX);
        let mut next = disputes.iter();
        loop {
            let (mut turn, mut wanted) = (Vec::new(), Vec::new());
            for dispute in next.by_ref() {
                let own = self.log.of_dispute(Some(dispute))?;
                let place = turn.len();
                wanted.extend(own.into_iter().map(|at| Wanted { at, place }));
                turn.push((dispute.clone(), Vec::new()));
                if wanted.len() >= EVENTS_AT_ONCE {
                    break;
                }
            }
            if turn.is_empty() {
                return Ok(());
            }
            wanted.sort_unstable();
            if wanted.len().saturating_mul(WORTH_GOING_THROUGH) < events {
                self.look_up(&mut turn, &wanted)?;
            } else {
                self.go_through(&mut turn, &wanted)?;
            }
            self.hand_on(turn);
        }
    }

    fn look_up(&self, turn: &mut [Read], wanted: &[Wanted]) -> Result<()> {
        for wanted in wanted {
            put(turn, *wanted, self.log.stored(wanted.at)?)?;
        }
        Ok(())
    }

    fn go_through(&self, turn: &mut [Read], wanted: &[Wanted]) -> Result<()> {
        let mut wanted = wanted.iter().copied().peekable();
        let Some(first) = wanted.peek() else { return Ok(()) };
        for (at, record) in self.log.stored_from(first.at) {
            while let Some(missing) = wanted.next_if(|wanted| wanted.at < at) {
                put(turn, missing, None)?;
            }
            if let Some(found) = wanted.next_if(|wanted| wanted.at == at) {
                put(turn, found, Some(record?))?;
            }
            if wanted.peek().is_none() {
                break;
            }
        }
        wanted.try_for_each(|missing| put(turn, missing, None))
    }

    fn hand_on(&mut self, turn: Vec<Read>) {
        for read in turn {
            // All who fold came to grief where nobody takes it, which the end of the scope tells.
            if self.to_fold.send(read).is_err() {
                break;
            }
            self.done += 1;
            self.progress.at(self.done);
        }
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
