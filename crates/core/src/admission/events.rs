//! What is known of events that were asked for lately, in bounded memory: of the latest as rules
//! use it, of all others in few bytes.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::ops::Range;
use std::rc::Rc;

use super::known_event::KnownEvent;
use super::known_event::packed::{LONGEST_NUMBER, put_number, put_text, take_number, take_text};
use crate::identifier::{EventId, Slug};
use crate::seeded::Seeded;

/// Of how many packed events one is kept as it is used, which takes the room of four.
const PACKED_TO_ONE: usize = 4;
/// How many bytes a packed event has at most, on average.
const BYTES: usize = 64;
/// Packed events lie in pieces of memory of so many bytes: one that grew would lie twice in memory
/// whenever it moves. What has more bytes is not remembered.
const PIECE: usize = 1 << 17;

/// The facts of events by their ids. It holds at most little more than twice as many as it is told:
/// once what is packed is as many, that becomes the older half, and the half that was older is
/// forgotten. An event is packed in one of the halves at most.
#[derive(Debug)]
pub(super) struct Events {
    /// Where an event is here, this is what counts.
    young: HashMap<EventId, Rc<KnownEvent>, Seeded>,
    packed: Packed,
    older: Packed,
    half: usize,
    /// From how many young ones on they are packed. Where many are in use, which cannot be packed,
    /// it is so many more that looking at all of them is paid for by as many new ones.
    pack_from: usize,
    seed: Seeded,
    /// The event that is being packed.
    scratch: Vec<u8>,
}

/// Packed events, found by half the hashes of their ids. Of two of one hash the later is
/// remembered.
#[derive(Debug, Default)]
struct Packed {
    /// Of each event its length, and in so many bytes its id and what is known.
    pieces: Vec<Vec<u8>>,
    /// Of each hash the piece, and where in it.
    places: HashMap<u32, u32, Seeded>,
}

impl Events {
    pub(super) fn new(half: usize) -> Self {
        let (packed, older, seed) = (Packed::default(), Packed::default(), Seeded::default());
        let (young, scratch) = (HashMap::with_hasher(seed.clone()), Vec::new());
        Self { young, packed, older, half, pack_from: 0, seed, scratch }
    }

    /// Remembers another number from now on: half of the most.
    pub(super) fn set_half(&mut self, half: usize) {
        self.half = half;
    }

    /// What is known of an event; `share` gives the dispute of a slug.
    pub(super) fn get(
        &mut self,
        id: &EventId,
        share: impl FnOnce(Slug) -> Rc<Slug>,
    ) -> Option<Rc<KnownEvent>> {
        if let Some(event) = self.young.get(id) {
            return Some(Rc::clone(event));
        }
        let hash = hash(&self.seed, id);
        let bytes = self.packed.get(hash, id).or_else(|| self.older.get(hash, id))?;
        let event = Rc::new(KnownEvent::unpack(bytes, share)?);
        self.insert(id.clone(), Rc::clone(&event));
        Some(event)
    }

    /// Remembers an event.
    pub(super) fn insert(&mut self, id: EventId, event: Rc<KnownEvent>) {
        if self.half == 0 {
            return;
        }
        if self.young.len() >= (self.half / PACKED_TO_ONE).max(1).max(self.pack_from) {
            self.pack();
            self.pack_from = 2 * self.young.len();
        }
        self.young.insert(id, event);
    }

    /// Remembers an event that is new on record, and most often not asked for soon.
    pub(super) fn insert_new(&mut self, id: &EventId, event: &KnownEvent) {
        if self.half == 0 {
            return;
        }
        debug_assert!(!self.young.contains_key(id), "{id} is not new");
        self.put(id, event);
    }

    /// Packs what is in use nowhere: who uses an event may still note something about it.
    fn pack(&mut self) {
        let mut young = std::mem::take(&mut self.young);
        let mut in_use = Vec::new();
        for (id, event) in young.drain() {
            match Rc::strong_count(&event) {
                1 => self.put(&id, &event),
                _ => in_use.push((id, event)),
            }
        }
        young.extend(in_use);
        self.young = young;
    }

    fn put(&mut self, id: &EventId, event: &KnownEvent) {
        if self.packed.is_full(self.half) {
            self.older = std::mem::take(&mut self.packed);
        }
        self.scratch.clear();
        put_text(&mut self.scratch, id.as_str());
        event.pack(&mut self.scratch);
        let hash = hash(&self.seed, id);
        self.older.remove(hash, id);
        self.packed.put(hash, &self.scratch);
    }

    /// Forgets an event.
    pub(super) fn remove(&mut self, id: &EventId) {
        self.young.remove(id);
        let hash = hash(&self.seed, id);
        self.packed.remove(hash, id);
        self.older.remove(hash, id);
    }

    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.packed = Packed::default();
        self.older = Packed::default();
    }
}

fn hash(seed: &Seeded, id: &EventId) -> u32 {
    u32::try_from(seed.hash_one(id) >> 32).unwrap_or_default()
}

impl Packed {
    fn is_full(&self, most: usize) -> bool {
        self.places.len() >= most || self.pieces.len() * PIECE > most.saturating_mul(BYTES) + PIECE
    }

    /// Where the bytes of a hash are: in which piece, and where in that.
    fn range(&self, hash: u32) -> Option<(usize, Range<usize>)> {
        let place = usize::try_from(*self.places.get(&hash)?).ok()?;
        let (piece, at) = (place / PIECE, place % PIECE);
        let bytes = self.pieces.get(piece)?;
        let mut rest = bytes.get(at..)?;
        let length = usize::try_from(take_number(&mut rest)?).ok()?;
        let start = bytes.len() - rest.len();
        Some((piece, start..start + length))
    }

    fn get(&self, hash: u32, id: &EventId) -> Option<&[u8]> {
        let (piece, range) = self.range(hash)?;
        let mut bytes = self.pieces.get(piece)?.get(range)?;
        (take_text(&mut bytes)? == id.as_str()).then_some(bytes)
    }

    fn remove(&mut self, hash: u32, id: &EventId) {
        if self.get(hash, id).is_some() {
            self.places.remove(&hash);
        }
    }

    /// Puts an event where it is already, if that has room for it and no more; else behind all.
    fn put(&mut self, hash: u32, event: &[u8]) {
        if let Some((piece, range)) = self.range(hash)
            && let Some(there) = self.pieces.get_mut(piece).and_then(|piece| piece.get_mut(range))
            && there.len() == event.len()
        {
            there.copy_from_slice(event);
            return;
        }
        // What has no place is read again.
        self.places.remove(&hash);
        if let Some(place) = self.push(event) {
            self.places.insert(hash, place);
        }
    }

    fn push(&mut self, event: &[u8]) -> Option<u32> {
        let has_room = |taken: usize| taken + LONGEST_NUMBER + event.len() <= PIECE;
        if !self.pieces.last().is_some_and(|piece| has_room(piece.len())) {
            if !has_room(0) {
                return None;
            }
            self.pieces.push(Vec::with_capacity(PIECE));
        }
        let last = self.pieces.len() - 1;
        let piece = self.pieces.last_mut()?;
        let place = u32::try_from(last * PIECE + piece.len()).ok()?;
        put_number(piece, event.len() as u64);
        piece.extend_from_slice(event);
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::known_event::Reading;
    use super::*;
    use crate::chain::Sequence;
    use crate::event::Kind;
    use crate::instant::Instant;
    use crate::record::Recorded;

    fn known(id: &EventId, at: u64) -> KnownEvent {
        let recorded = Recorded {
            sequence: Sequence::new(at),
            recorded_at: Instant::LAST,
            id: id.clone(),
            kind: Kind::Proposal,
            dispute: None,
            occurred: None,
            event: None,
            version_of: None,
        };
        let reading = Reading { recorded: &recorded, document: None, stands: true };
        KnownEvent::new(&reading, None, None)
    }

    #[test]
    fn what_is_found_is_what_was_put_last_and_what_was_asked_for_lately_is_found() {
        for half in [1, 3, 40, 1_000] {
            let (mut events, mut all) = (Events::new(half), BTreeMap::new());
            let mut found = 0;
            for n in 0..4_000_u64 {
                let id = EventId::parse(&format!("e{}", n * n % 613)).unwrap();
                match events.get(&id, Rc::new) {
                    Some(event) => {
                        found += 1;
                        assert_eq!(all.get(&id), Some(&event.sequence.get()), "{id} {n}");
                    }
                    None => {
                        match n % 2 {
                            0 => events.insert(id.clone(), Rc::new(known(&id, n))),
                            _ => events.insert_new(&id, &known(&id, n)),
                        }
                        all.insert(id.clone(), n);
                    }
                }
                // What was asked for just before is remembered, whatever the bound.
                assert!(events.get(&id, Rc::new).is_some());
                if n % 5 == 0 {
                    events.remove(&id);
                    all.remove(&id);
                    assert!(events.get(&id, Rc::new).is_none());
                }
                let most = half + half / PACKED_TO_ONE + 1;
                assert!(events.packed.places.len() <= most && events.older.places.len() <= most);
            }
            assert!(if half < 1_000 { found > 0 } else { found > 2_500 }, "{half}: {found}");
        }
    }

    #[test]
    fn what_does_not_fit_into_a_piece_is_not_remembered_and_takes_no_room() {
        let mut packed = Packed::default();
        let id = EventId::parse("long").unwrap();
        let long = |length: usize| {
            let mut bytes = Vec::new();
            put_text(&mut bytes, id.as_str());
            bytes.resize(length, 7);
            bytes
        };
        let most = PIECE - LONGEST_NUMBER;
        packed.put(1, &long(most));
        assert_eq!(packed.get(1, &id).map(<[u8]>::len), Some(most - 5));
        packed.put(1, &long(most + 1));
        assert_eq!((packed.get(1, &id), packed.pieces.len()), (None, 1));
        for hash in 2..5 {
            packed.put(hash, &long(most - 9));
        }
        assert!((2..5).all(|hash| packed.get(hash, &id).is_some()));
    }

    #[test]
    fn what_is_noted_of_an_event_in_use_is_not_lost() {
        let mut events = Events::new(1);
        let id = EventId::parse("used").unwrap();
        events.insert(id.clone(), Rc::new(known(&id, 1)));
        let used = events.get(&id, Rc::new).unwrap();
        used.may_be_proof.set(false);
        for n in 2..5 {
            let other = EventId::parse(&format!("e{n}")).unwrap();
            events.insert(other.clone(), Rc::new(known(&other, n)));
        }
        used.may_be_proof.set(true);
        drop(used);
        let other = EventId::parse("last").unwrap();
        events.insert(other.clone(), Rc::new(known(&other, 9)));
        assert!(events.get(&id, Rc::new).unwrap().may_be_proof.get());
    }
}
