//! Names as bytes, in which one is found without reading the others.
//!
//! ```text
//! magic │ ledger │ sequence, digest of the head │ how many groups, events, names
//! │ where each group ends among the events │ events │ where each name ends among the bytes
//! │ the group of each name │ bytes of the names │ digest of all that
//! ```
//!
//! Numbers are big-endian, of four bytes; places in the log of eight. Groups come in the order of
//! their first events, names in that of their bytes.

use std::collections::BTreeMap;
use std::ops::Range;

use thiserror::Error;

use crate::chain::Sequence;
use crate::digest::Digest;
use crate::envelope::LedgerId;
use crate::event::schema::Named;
use crate::event_log::HeadMark;
use crate::identifier::Slug;
use crate::names::Name;
use crate::names::groups::{Group, Groups};

/// What the bytes begin with. Another layout, or other rules of what goes together, gets another
/// number.
const MAGIC: &[u8; 16] = b"dispute names 1\n";
const PARTY: u8 = b'p';
const STANDARD: u8 = b's';

/// Why bytes are no names that this program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoNames {
    /// They are damaged, or something else.
    #[error("it is damaged")]
    Damaged,
    /// Another release of the program wrote them.
    #[error("another release wrote it")]
    OtherRelease,
}

/// Names in their bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    bytes: Vec<u8>,
    group_ends: Range<usize>,
    events: Range<usize>,
    name_ends: Range<usize>,
    name_groups: Range<usize>,
    names: Range<usize>,
}

/// Writes names.
pub(super) fn write(ledger: &LedgerId, through: HeadMark, groups: &Groups) -> Vec<u8> {
    let all = groups.all();
    let mut names: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for (n, group) in all.iter().enumerate() {
        names.extend(group.names.iter().filter_map(|name| Some((key(name)?, n))));
    }
    let mut bytes = [MAGIC, ledger.as_bytes().as_slice()].concat();
    bytes.extend(through.sequence.get().to_be_bytes());
    bytes.extend(through.digest.as_bytes());
    let events = all.iter().map(|group| group.events.len());
    for count in [all.len(), events.clone().sum(), names.len()] {
        put(count, &mut bytes);
    }
    put_ends(events, &mut bytes);
    for at in all.iter().flat_map(|group| &group.events) {
        bytes.extend(at.get().to_be_bytes());
    }
    put_ends(names.keys().map(Vec::len), &mut bytes);
    names.values().for_each(|group| put(*group, &mut bytes));
    names.keys().for_each(|name| bytes.extend(name));
    let digest = Digest::of_bytes(&bytes);
    bytes.extend(digest.as_bytes());
    bytes
}

fn put(number: usize, bytes: &mut Vec<u8>) {
    bytes.extend(u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes());
}

fn put_ends(lengths: impl Iterator<Item = usize>, bytes: &mut Vec<u8>) {
    let mut end = 0_usize;
    for length in lengths {
        end = end.saturating_add(length);
        put(end, bytes);
    }
}

/// What a name is found by; `None` for what belongs to a dispute.
fn key((named, slug): &Name) -> Option<Vec<u8>> {
    let tag = match named {
        Named::Party => PARTY,
        Named::Standard => STANDARD,
        Named::Unit | Named::Contract | Named::Dispute => return None,
    };
    Some([&[tag], slug.as_str().as_bytes()].concat())
}

fn name(key: &[u8]) -> Option<Name> {
    let (tag, slug) = key.split_first()?;
    let named = match *tag {
        PARTY => Named::Party,
        STANDARD => Named::Standard,
        _ => return None,
    };
    Some((named, Slug::parse(std::str::from_utf8(slug).ok()?)?))
}

/// Reads names.
pub(super) fn read(bytes: Vec<u8>) -> Result<(LedgerId, HeadMark, Table), NoNames> {
    let (body, digest) = bytes.split_last_chunk::<32>().ok_or(NoNames::Damaged)?;
    if Digest::of_bytes(body).as_bytes() != digest {
        return Err(NoNames::Damaged);
    }
    let rest = body.strip_prefix(MAGIC).ok_or(NoNames::OtherRelease)?;
    let read = read_head(rest)
        .and_then(|(ledger, through, counts)| Some((ledger, through, ranges(counts, body.len())?)));
    let (ledger, through, [group_ends, events, name_ends, name_groups, names]) =
        read.ok_or(NoNames::Damaged)?;
    let table = Table { bytes, group_ends, events, name_ends, name_groups, names };
    Ok((ledger, through, table))
}

fn read_head(rest: &[u8]) -> Option<(LedgerId, HeadMark, [usize; 3])> {
    let (ledger, rest) = rest.split_first_chunk::<16>()?;
    let (sequence, rest) = rest.split_first_chunk::<8>()?;
    let (digest, rest) = rest.split_first_chunk::<32>()?;
    let sequence = Sequence::new(u64::from_be_bytes(*sequence));
    let through = HeadMark { sequence, digest: Digest::from_bytes(*digest) };
    let counts = [number(rest, 0)?, number(rest, 1)?, number(rest, 2)?];
    Some((LedgerId::from_bytes(*ledger), through, counts))
}

/// Where the parts lie that follow one another up to the end.
fn ranges([groups, events, names]: [usize; 3], end: usize) -> Option<[Range<usize>; 5]> {
    let mut from = MAGIC.len() + 16 + 8 + 32 + 3 * 4;
    let mut part = |count: usize, width: usize| {
        let start = from;
        from = from.checked_add(count.checked_mul(width)?)?;
        Some(start..from)
    };
    let parts = [part(groups, 4)?, part(events, 8)?, part(names, 4)?, part(names, 4)?];
    let [group_ends, events, name_ends, name_groups] = parts;
    (from <= end).then_some([group_ends, events, name_ends, name_groups, from..end])
}

/// The n-th of numbers of four bytes.
fn number(bytes: &[u8], n: usize) -> Option<usize> {
    let bytes = bytes.get(n.checked_mul(4)?..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_be_bytes(*bytes)).ok()
}

impl Table {
    /// The number of the group that declares a name.
    pub(super) fn group_of(&self, name: &Name) -> Option<usize> {
        self.group_of_key(&key(name)?)
    }

    /// The number of the group in which an event is.
    pub(super) fn group_at(&self, at: Sequence) -> Option<usize> {
        let (events, _) = self.part(&self.events).as_chunks::<8>();
        let place = events.iter().position(|event| *event == at.get().to_be_bytes())?;
        let ends = self.part(&self.group_ends);
        (0..ends.len() / 4).find(|n| number(ends, *n).is_some_and(|end| place < end))
    }

    /// A group by its number.
    pub(super) fn group(&self, n: usize) -> Group {
        let mut group = Group::of_events(self.events_of(n));
        let groups = self.part(&self.name_groups);
        let own = (0..groups.len() / 4).filter(|name| number(groups, *name) == Some(n));
        own.filter_map(|n| self.key(n).and_then(name)).for_each(|name| group.add_name(name));
        group
    }

    /// All groups.
    pub(super) fn groups(&self) -> Vec<Group> {
        let count = self.part(&self.group_ends).len() / 4;
        let mut all: Vec<Group> = (0..count).map(|n| Group::of_events(self.events_of(n))).collect();
        for n in 0..self.part(&self.name_ends).len() / 4 {
            let group = number(self.part(&self.name_groups), n).and_then(|n| all.get_mut(n));
            if let (Some(group), Some(name)) = (group, self.key(n).and_then(name)) {
                group.add_name(name);
            }
        }
        all
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    fn group_of_key(&self, key: &[u8]) -> Option<usize> {
        let mut range = 0..self.part(&self.name_ends).len() / 4;
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            match self.key(middle)?.cmp(key) {
                std::cmp::Ordering::Less => range.start = middle + 1,
                std::cmp::Ordering::Equal => return number(self.part(&self.name_groups), middle),
                std::cmp::Ordering::Greater => range.end = middle,
            }
        }
        None
    }

    /// The bytes of the n-th name.
    fn key(&self, n: usize) -> Option<&[u8]> {
        let range = nth_range(self.part(&self.name_ends), n)?;
        self.part(&self.names).get(range)
    }

    /// The events of the n-th group.
    pub(super) fn events_of(&self, n: usize) -> Vec<Sequence> {
        let range = nth_range(self.part(&self.group_ends), n);
        let bytes = range.and_then(|range| {
            let range = range.start.checked_mul(8)?..range.end.checked_mul(8)?;
            self.part(&self.events).get(range)
        });
        let (places, _) = bytes.unwrap_or_default().as_chunks::<8>();
        places.iter().map(|at| Sequence::new(u64::from_be_bytes(*at))).collect()
    }
}

/// From the end of the one before to its own.
fn nth_range(ends: &[u8], n: usize) -> Option<Range<usize>> {
    let start = n.checked_sub(1).map_or(Some(0), |before| number(ends, before))?;
    Some(start..number(ends, n)?)
}
