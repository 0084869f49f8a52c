//! Reading the events of a log, some at a time.

use std::sync::Arc;

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::event::Fact;
use crate::event_log::{LogError, ReadLog, existing};
use crate::identifier::EventId;
use crate::outline::{Beside, MOST_READ_AGAIN, Outline};
use crate::record::{Record, Recorded};
use crate::recording::{ReadError, read_entries};

/// How many events are held at once, and how many bytes of them.
const AT_ONCE: usize = 2048;
const BYTES_AT_ONCE: usize = 4 << 20;

/// What is done with an event: it is at a position of a record, in which it reads as it does among
/// all those of the log but for its date.
pub type Each<'e, E> = &'e mut dyn FnMut(&Record, usize, &Entry) -> Result<(), E>;

impl Outline {
    /// Reads a log from its first event to the last that was known, in the order of recording.
    /// Memory does not grow with its length.
    ///
    /// # Errors
    /// [`ReadError`] at the first event that is not what was sealed, and what `each` gives.
    pub fn walk<L: ReadLog + ?Sized, E: From<ReadError>>(
        &self,
        log: &L,
        beside: Beside,
        each: Each<'_, E>,
    ) -> Result<(), E> {
        let (mut held, mut bytes) = (Vec::new(), 0);
        for entry in log.entries(Sequence::new(1)) {
            let entry = entry.map_err(ReadError::from)?;
            if entry.envelope().sequence() > self.through {
                break;
            }
            bytes += size(&entry);
            held.push(entry);
            if held.len() == AT_ONCE || bytes > BYTES_AT_ONCE {
                self.give(log, &held, None, beside, each)?;
                held.clear();
                bytes = 0;
            }
        }
        self.give(log, &held, None, beside, each)
    }

    /// Reads the events at some places, in the order of these.
    ///
    /// # Errors
    /// As [`walk`](Self::walk).
    pub fn visit<L: ReadLog + ?Sized, E: From<ReadError>>(
        &self,
        log: &L,
        places: &[Sequence],
        beside: Beside,
        each: Each<'_, E>,
    ) -> Result<(), E> {
        for some in places.chunks(AT_ONCE) {
            let entries = entries_at(log, some).map_err(ReadError::from)?;
            self.give(log, &entries, Some(some), beside, each)?;
        }
        Ok(())
    }

    /// Gives entries, which are in the order of recording, in that order or in another.
    fn give<L: ReadLog + ?Sized, E: From<ReadError>>(
        &self,
        log: &L,
        entries: &[Entry],
        order: Option<&[Sequence]>,
        beside: Beside,
        each: Each<'_, E>,
    ) -> Result<(), E> {
        let groups = self.groups.groups_of(entries.iter().map(place));
        let (mut plain, mut grouped, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
        for (entry, group) in entries.iter().zip(&groups) {
            let Some(group) = group else {
                plain.push(entry);
                continue;
            };
            grouped.push(entry);
            if !self.is_large(*group) {
                wanted.extend(self.groups.beside(place(entry), *group, beside));
            }
        }
        // Nothing else bears on these, and they on nothing.
        let alone = Record::load(read_entries(&self.ledger, &plain)?, []);
        let together = self.record_of(log, wanted, &grouped)?;
        let mut give = |entry: &Entry, group: Option<u32>| {
            let record = match group {
                None => &alone,
                Some(group) if self.is_large(group) => &self.large,
                Some(_) => &together,
            };
            give_one(record, entry, each)
        };
        let Some(order) = order else {
            let mut all = entries.iter().zip(groups);
            return all.try_for_each(|(entry, group)| give(entry, group));
        };
        for at in order {
            let n = entries.binary_search_by_key(at, place).unwrap_or(usize::MAX);
            if let (Some(entry), Some(group)) = (entries.get(n), groups.get(n)) {
                give(entry, *group)?;
            }
        }
        Ok(())
    }

    /// The groups that are too large to be read again wherever one of their events is met.
    pub(super) fn large_groups<L: ReadLog + ?Sized>(&self, log: &L) -> Result<Record, ReadError> {
        let groups = self.groups.larger_than(MOST_READ_AGAIN);
        let members = groups.flat_map(|group| self.groups.members(group)).copied();
        self.record_of(log, members.collect(), &[])
    }

    fn is_large(&self, group: u32) -> bool {
        self.groups.members(group).len() > MOST_READ_AGAIN
    }

    /// The record of the events at some places. Some of the entries are there already, in the order
    /// of recording.
    fn record_of<L: ReadLog + ?Sized>(
        &self,
        log: &L,
        mut places: Vec<Sequence>,
        there: &[&Entry],
    ) -> Result<Record, ReadError> {
        places.sort_unstable();
        places.dedup();
        let is_there = |at: &Sequence| there.binary_search_by_key(at, |it| place(it)).is_ok();
        let missing: Vec<Sequence> = places.iter().copied().filter(|at| !is_there(at)).collect();
        let read = entries_at(log, &missing)?;
        let is_wanted = |entry: &Entry| places.binary_search(&place(entry)).is_ok();
        let there = there.iter().copied().filter(|entry| is_wanted(entry));
        let mut entries: Vec<&Entry> = there.chain(&read).collect();
        entries.sort_unstable_by_key(|entry| place(entry));
        Ok(self.known_part(read_entries(&self.ledger, &entries)?))
    }

    /// The record of the part of some events that was known.
    fn known_part(&self, mut recorded: Vec<Recorded>) -> Record {
        let redactions = recorded.iter().filter_map(|event| match event.fact() {
            Some(Fact::Redaction(redaction)) => Some(redaction.of.clone()),
            _ => None,
        });
        let erased: Vec<EventId> = redactions.collect();
        recorded.retain(|event| event.sequence <= self.through);
        Record::load_in_zones(recorded, erased, Arc::clone(&self.zones))
    }
}

fn give_one<E>(record: &Record, entry: &Entry, each: Each<'_, E>) -> Result<(), E> {
    let at = place(entry);
    let n = record.recorded().binary_search_by_key(&at, |event| event.sequence);
    debug_assert!(n.is_ok(), "{at} is in no record that was read");
    n.map_or(Ok(()), |n| each(record, n, entry))
}

fn place(entry: &Entry) -> Sequence {
    entry.envelope().sequence()
}

fn size(entry: &Entry) -> usize {
    entry.envelope_bytes().len() + entry.content().map_or(0, |content| content.bytes.len())
}

/// The entries at some places, in the order of recording: so what lies together is read together.
fn entries_at<L: ReadLog + ?Sized>(log: &L, places: &[Sequence]) -> Result<Vec<Entry>, LogError> {
    let mut places = places.to_vec();
    places.sort_unstable();
    places.into_iter().map(|at| existing(log, at)).collect()
}
