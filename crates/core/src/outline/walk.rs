//! Reading the events of a log, some at a time.

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::event_log::{Damage, LogError, Part, ReadLog};
use crate::outline::Outline;
use crate::record::Record;
use crate::recording::{ReadError, read_entries};

/// How many events are held at once, and how many bytes of them.
const AT_ONCE: usize = 2048;
const BYTES_AT_ONCE: usize = 4 << 20;
/// Events that lie no further apart are read in one go, with those between them.
const NEAR: u64 = 32;

/// What is done with an event: it is at a position of a record, in which it reads as it does among
/// all those of the log but for its date.
pub type Each<'e, E> = &'e mut dyn FnMut(&Record, usize, &Entry) -> Result<(), E>;

impl Outline {
    /// Reads a log from its first event to a place, in the order of recording. Memory does not grow
    /// with its length.
    ///
    /// # Errors
    /// [`ReadError`] at the first event that is not what was sealed, and what `each` gives.
    pub fn walk<L: ReadLog + ?Sized, E: From<ReadError>>(
        &self,
        log: &L,
        through: Sequence,
        each: Each<'_, E>,
    ) -> Result<(), E> {
        let (mut held, mut bytes) = (Vec::new(), 0);
        for entry in log.entries(Sequence::new(1)) {
            let entry = entry.map_err(ReadError::from)?;
            if entry.envelope().sequence() > through {
                break;
            }
            bytes += size(&entry);
            held.push(entry);
            if held.len() == AT_ONCE || bytes > BYTES_AT_ONCE {
                bytes = 0;
                self.give_in_order(log, std::mem::take(&mut held), each)?;
            }
        }
        self.give_in_order(log, held, each)
    }

    /// Reads the events at some places, in the order of these.
    ///
    /// # Errors
    /// As [`walk`](Self::walk).
    pub fn visit<L: ReadLog + ?Sized, E: From<ReadError>>(
        &self,
        log: &L,
        places: &[Sequence],
        each: Each<'_, E>,
    ) -> Result<(), E> {
        for some in places.chunks(AT_ONCE) {
            let entries = entries_at(log, some).map_err(ReadError::from)?;
            self.give(log, entries, some, each)?;
        }
        Ok(())
    }

    fn give_in_order<L: ReadLog + ?Sized, E: From<ReadError>>(
        &self,
        log: &L,
        entries: Vec<Entry>,
        each: Each<'_, E>,
    ) -> Result<(), E> {
        let order: Vec<Sequence> = entries.iter().map(place).collect();
        self.give(log, entries, &order, each)
    }

    /// Gives entries, which are in the order of recording, in another order.
    fn give<L: ReadLog + ?Sized, E: From<ReadError>>(
        &self,
        log: &L,
        entries: Vec<Entry>,
        order: &[Sequence],
        each: Each<'_, E>,
    ) -> Result<(), E> {
        let ledger = log.ledger().map_err(ReadError::from)?.id;
        let is_outlined = |entry: &Entry| self.position(place(entry)).is_some();
        let (outlined, plain): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(is_outlined);
        // Nothing else bears on these, and they on nothing.
        let record = Record::load(read_entries(&ledger, &plain)?, []);
        for at in order {
            let found = |entries: &[Entry]| entries.binary_search_by_key(at, place).ok();
            match (self.position(*at), found(&outlined), found(&plain)) {
                (Some(n), Some(held), _) => give_one(&self.record, n, outlined.get(held), each)?,
                (_, _, Some(n)) => give_one(&record, n, plain.get(n), each)?,
                _ => {}
            }
        }
        Ok(())
    }
}

fn give_one<E>(
    record: &Record,
    n: usize,
    entry: Option<&Entry>,
    each: Each<'_, E>,
) -> Result<(), E> {
    entry.map_or(Ok(()), |entry| each(record, n, entry))
}

fn place(entry: &Entry) -> Sequence {
    entry.envelope().sequence()
}

fn size(entry: &Entry) -> usize {
    entry.envelope_bytes().len() + entry.content().map_or(0, |content| content.bytes.len())
}

/// The entries at some places, in the order of recording.
fn entries_at<L: ReadLog + ?Sized>(log: &L, places: &[Sequence]) -> Result<Vec<Entry>, LogError> {
    let mut places = places.to_vec();
    places.sort_unstable();
    let mut entries = Vec::with_capacity(places.len());
    for near in places.chunk_by(|one, next| next.get() - one.get() <= NEAR) {
        let mut wanted = near.iter().copied().peekable();
        for entry in near.first().into_iter().flat_map(|first| log.entries(*first)) {
            let entry = entry?;
            if wanted.next_if_eq(&place(&entry)).is_some() {
                entries.push(entry);
            }
            if wanted.peek().is_none() {
                break;
            }
        }
        if let Some(at) = wanted.next() {
            return Err(LogError::damaged(Part::Record, at, Damage::Missing));
        }
    }
    Ok(entries)
}
