//! What is looked up in a segment: where its ids are and which of its events belong to which
//! dispute. The same events give the same bytes, so that verification compares bytes.

use std::collections::HashMap;

use crate::chain::Sequence;
use crate::event_log::sled_log::segments::table::TableWriter;
use crate::event_log::sled_log::segments::{filter, uint};
use crate::identifier::{EventId, Slug, first_bytes};
use crate::seeded::Seeded;

/// Room is set aside for no more events than this.
const MOST_SET_ASIDE: u32 = 1 << 16;

/// The tables of a segment that is being written. Events are named by their place in it.
#[derive(Default)]
pub(super) struct Tables {
    ids: HashMap<EventId, (u32, Option<u32>), Seeded>,
    /// The disputes in the order in which they came, with the events of each.
    lists: Vec<(Slug, Vec<u32>)>,
    list_of: HashMap<Slug, u32, Seeded>,
    /// What belongs to no dispute.
    of_none: Vec<u32>,
}

/// Tables as they are written, and what is kept to find their blocks by.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Encoded {
    pub(super) ids: Vec<u8>,
    pub(super) id_marks: Vec<u8>,
    pub(super) lists: Vec<u8>,
    pub(super) list_marks: Vec<u8>,
    pub(super) filter: Vec<u8>,
}

/// In which list an event is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Listing<'a> {
    /// The ledger's own envelope is in none.
    Unlisted,
    /// It belongs to a dispute, or to none.
    Of(Option<&'a Slug>),
}

impl<'a> Listing<'a> {
    /// That of the event of a place.
    pub(super) fn at(at: Sequence, belongs_to: Option<&'a Slug>) -> Self {
        if at == Sequence::LEDGER { Self::Unlisted } else { Self::Of(belongs_to) }
    }
}

impl Tables {
    /// Tables with room for so many events.
    pub(super) fn for_events(events: u32) -> Self {
        let mut tables = Self::default();
        tables.ids.reserve(usize::try_from(events.min(MOST_SET_ASIDE)).unwrap_or_default());
        tables
    }

    /// Adds an event. The first event of an id keeps it.
    pub(super) fn add(&mut self, place: u32, id: &EventId, listing: Listing<'_>) {
        let list = match listing {
            Listing::Of(Some(dispute)) => Some(self.list(dispute)),
            Listing::Of(None) => {
                self.of_none.push(place);
                None
            }
            Listing::Unlisted => None,
        };
        if let Some((_, events)) = list.and_then(|list| self.lists.get_mut(list as usize)) {
            events.push(place);
        }
        self.ids.entry(id.clone()).or_insert((place, list));
    }

    fn list(&mut self, dispute: &Slug) -> u32 {
        if let Some(list) = self.list_of.get(dispute) {
            return *list;
        }
        let list = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        self.list_of.insert(dispute.clone(), list);
        self.lists.push((dispute.clone(), Vec::new()));
        list
    }

    /// The place of an id, and the dispute to which it belongs.
    pub(super) fn find(&self, id: &EventId) -> Option<(u32, Option<&Slug>)> {
        let (place, list) = self.ids.get(id)?;
        let dispute = list.and_then(|list| self.lists.get(list as usize)).map(|(slug, _)| slug);
        Some((*place, dispute))
    }

    /// The events that belong to a dispute, or to none.
    pub(super) fn of_dispute(&self, dispute: Option<&Slug>) -> &[u32] {
        let Some(dispute) = dispute else { return &self.of_none };
        let list = self.list_of.get(dispute).and_then(|list| self.lists.get(*list as usize));
        list.map_or(&[], |(_, events)| events)
    }

    /// The disputes, in any order.
    pub(super) fn disputes(&self) -> impl Iterator<Item = &Slug> {
        self.lists.iter().map(|(slug, _)| slug)
    }

    /// The ids, in any order.
    pub(super) fn ids(&self) -> impl Iterator<Item = &EventId> {
        self.ids.keys()
    }

    pub(super) fn encode(&self) -> Encoded {
        let mut order: Vec<usize> = (0..self.lists.len()).collect();
        order.sort_unstable_by_key(|list| self.lists.get(*list).map(|(slug, _)| slug.as_str()));
        let mut lists: Vec<(&str, &[u32])> = Vec::with_capacity(order.len() + 1);
        if !self.of_none.is_empty() {
            lists.push(("", &self.of_none));
        }
        // What an id says of its dispute is the number of the list among the sorted ones, from 1.
        let mut numbers = vec![0; self.lists.len()];
        for list in order {
            let Some((slug, events)) = self.lists.get(list) else { continue };
            lists.push((slug.as_str(), events));
            if let Some(number) = numbers.get_mut(list) {
                *number = u32::try_from(lists.len()).unwrap_or(u32::MAX);
            }
        }
        // Most ids differ in their first bytes, which are compared as one number.
        let mut sorted: Vec<(u64, &str, u32, Option<u32>)> = self
            .ids
            .iter()
            .map(|(id, (place, list))| {
                (first_bytes(id.as_str().as_bytes()), id.as_str(), *place, *list)
            })
            .collect();
        sorted.sort_unstable();
        let ids = sorted.iter().map(|(_, id, place, list)| {
            let number = list.and_then(|list| numbers.get(list as usize));
            (id.as_bytes(), *place, number.copied().unwrap_or_default())
        });
        encode(ids, lists.iter().map(|(slug, events)| (slug.as_bytes(), *events)))
    }
}

/// Writes tables. Ids come sorted, each with its place and the number of its dispute's list from 1,
/// 0 for none; so do the lists by their disputes, that of none first.
pub(super) fn encode<'a>(
    ids: impl ExactSizeIterator<Item = (&'a [u8], u32, u32)> + Clone,
    lists: impl Iterator<Item = (&'a [u8], &'a [u32])>,
) -> Encoded {
    let filter = filter::of(ids.clone().map(|(id, ..)| id));
    let mut table = TableWriter::default();
    let mut value = Vec::new();
    for (id, place, number) in ids {
        value.clear();
        uint::put(&mut value, u64::from(place));
        uint::put(&mut value, u64::from(number));
        table.push(id, &value);
    }
    let (ids, id_marks) = table.finish();
    let mut table = TableWriter::default();
    for (dispute, events) in lists {
        table.push(dispute, &places(events));
    }
    let (lists, list_marks) = table.finish();
    Encoded { ids, id_marks, lists, list_marks, filter }
}

/// Places as the distances between them.
fn places(events: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(events.len() * 2);
    let mut next = 0;
    for place in events {
        uint::put(&mut bytes, u64::from(place.saturating_sub(next)));
        next = *place;
    }
    bytes
}

/// Reads what an id's entry says: its place, and the number of its dispute's list from 1, 0 for
/// none.
pub(super) fn read_id(mut value: &[u8]) -> Option<(u64, u32)> {
    let place = uint::take(&mut value)?;
    let number = u32::try_from(uint::take(&mut value)?).ok()?;
    value.is_empty().then_some((place, number))
}

/// Reads the places of a list.
pub(super) fn read_places(mut value: &[u8]) -> Option<Vec<u64>> {
    let mut places = Vec::new();
    let mut next: u64 = 0;
    while !value.is_empty() {
        next = next.checked_add(uint::take(&mut value)?)?;
        places.push(next);
    }
    Some(places)
}
