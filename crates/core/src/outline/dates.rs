//! When the events of a log happened, narrowed by the references among them: a few bytes for each
//! event, and for each reference.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::chain::Sequence;
use crate::event::Event;
use crate::event::schema::Mentioned;
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::occurred::Span;
use crate::outline::Outline;
use crate::record::{Record, Target};

/// The spans of the events of a log, narrowed within their disputes as those of the whole record
/// are.
#[derive(Debug, Clone, Default)]
pub struct Dates {
    ends: Vec<Ends>,
    originals: HashMap<u32, u32>,
}

/// A span; an open end is the furthest moment there is.
#[derive(Debug, Clone, Copy)]
struct Ends {
    earliest: i64,
    latest: i64,
}

impl Ends {
    const OPEN: Self = Self { earliest: i64::MIN, latest: i64::MAX };
}

impl Dates {
    /// When the event at a place happened, as far as is known.
    pub fn span(&self, at: Sequence) -> Span {
        let ends = index(place(at)).and_then(|n| self.ends.get(n)).copied().unwrap_or(Ends::OPEN);
        let is_open = |end: i64| end == i64::MIN || end == i64::MAX;
        let moment = |end: i64| if is_open(end) { None } else { Instant::from_micros(end) };
        Span { earliest: moment(ends.earliest), latest: moment(ends.latest) }
    }

    /// The place of the first account of the fact of which an event is an account: its own, for
    /// nearly all.
    pub fn original(&self, at: Sequence) -> Sequence {
        self.originals.get(&place(at)).map_or(at, |original| Sequence::new(u64::from(*original)))
    }
}

/// Dates in the making: it is told of all events in the order of recording.
#[derive(Debug)]
pub struct DatesBuilder<'o> {
    outline: &'o Outline,
    ends: Vec<Ends>,
    /// The dispute of each event, by number; 0 is none.
    disputes: Vec<u32>,
    numbers: HashMap<Slug, u32>,
    names: [RandomState; 2],
    ids: Vec<Named>,
    /// The events that are referred to, and by whom.
    mentions: Vec<Named>,
    /// The account that counts of each fact of which it is not the one that is referred to; none
    /// where none counts.
    counted: HashMap<u32, Option<u32>>,
    originals: HashMap<u32, u32>,
}

/// What is left of an id, and a place. That two ids come to the same 96 bits does not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    id: u64,
    more: u32,
    place: u32,
}

impl<'o> DatesBuilder<'o> {
    /// Dates of the log of which this is the outline.
    pub fn new(outline: &'o Outline) -> Self {
        Self {
            outline,
            ends: Vec::new(),
            disputes: Vec::new(),
            numbers: HashMap::new(),
            names: [RandomState::new(), RandomState::new()],
            ids: Vec::new(),
            mentions: Vec::new(),
            counted: HashMap::new(),
            originals: HashMap::new(),
        }
    }

    /// Takes the next event, which is at a position of a record that [`Outline::walk`] gave.
    pub fn note(&mut self, record: &Record, n: usize) {
        let Some(event) = record.get(n) else { return };
        let at = place(event.sequence);
        let span = self.outline.span(record, n);
        let micros = |end: Option<Instant>, open| end.map_or(open, Instant::as_micros);
        self.ends.push(Ends {
            earliest: micros(span.earliest, i64::MIN),
            latest: micros(span.latest, i64::MAX),
        });
        let number = self.number(event.dispute.as_ref());
        self.disputes.push(number);
        self.ids.push(self.name(&event.id, at));
        self.note_accounts(record, n, at);
        if number != 0
            && record.counts(n)
            && let Some(document) = record.document(n)
        {
            self.note_mentions(document, at);
        }
    }

    /// Notes where another event stands for an event, or it for another.
    fn note_accounts(&mut self, record: &Record, n: usize, at: u32) {
        let Some(event) = record.get(n) else { return };
        if record.counts(n) && record.original(n) == n {
            return;
        }
        let place_of = |n: usize| record.get(n).map(|event| place(event.sequence));
        let counted = match record.target(&event.id) {
            Some(Target::Counts(counted)) => place_of(counted),
            Some(Target::Retracted(_)) | None => None,
        };
        if counted != Some(at) {
            self.counted.insert(at, counted);
        }
        if let Some(original) = place_of(record.original(n)).filter(|original| *original != at) {
            self.originals.insert(at, original);
        }
    }

    /// The number of a dispute that was ever opened: within these dates narrow each other.
    fn number(&mut self, dispute: Option<&Slug>) -> u32 {
        let Some(slug) = dispute.filter(|slug| self.outline.ever_opened(slug)) else {
            return 0;
        };
        if let Some(number) = self.numbers.get(slug) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len() + 1).unwrap_or(u32::MAX);
        self.numbers.insert(slug.clone(), number);
        number
    }

    fn name(&self, id: &EventId, place: u32) -> Named {
        let [one, other] = &self.names;
        let more = other.hash_one(id) & u64::from(u32::MAX);
        Named { id: one.hash_one(id), more: u32::try_from(more).unwrap_or_default(), place }
    }

    /// Notes what proves something about the date of an event, as [`Record::proofs`] tells it.
    fn note_mentions(&mut self, document: &Event, at: u32) {
        document.mentions(&mut |mention| {
            if let Mentioned::Event(id, _) = mention.what
                && !matches!(mention.key, "about" | "version_of")
            {
                self.mentions.push(self.name(id, at));
            }
        });
    }

    /// The dates, once all events were noted.
    pub fn finish(mut self) -> Dates {
        self.ids.sort_unstable();
        let mut links: Vec<(u32, u32)> = Vec::with_capacity(self.mentions.len());
        for mention in std::mem::take(&mut self.mentions) {
            let of = |named: &Named| (named.id, named.more);
            let found = self.ids.binary_search_by_key(&of(&mention), of);
            let named = found.ok().and_then(|found| self.ids.get(found));
            let target = named.map(|named| named.place);
            let counts = |at: u32| self.counted.get(&at).copied().unwrap_or(Some(at));
            links.extend(target.and_then(counts).map(|target| (mention.place, target)));
        }
        self.ids = Vec::new();
        let disputes = std::mem::take(&mut self.disputes);
        let dispute = |at: u32| index(at).and_then(|n| disputes.get(n));
        links.retain(|(one, other)| one != other && dispute(*one) == dispute(*other));
        links.sort_unstable();
        links.dedup();
        narrow(&mut self.ends, &links);
        Dates { ends: self.ends, originals: self.originals }
    }
}

/// Narrows as [`crate::narrowing::narrow`] does, and forgets what narrowed: a referrer happened no
/// earlier than its target, and the target no later.
fn narrow(ends: &mut [Ends], links: &[(u32, u32)]) {
    let mut changed = true;
    while changed {
        changed = false;
        for &(referrer, target) in links {
            changed |= raise(ends, referrer, target).unwrap_or(false);
        }
        for &(referrer, target) in links.iter().rev() {
            changed |= cut(ends, referrer, target).unwrap_or(false);
        }
    }
}

fn raise(ends: &mut [Ends], referrer: u32, target: u32) -> Option<bool> {
    let earliest = ends.get(index(target)?)?.earliest;
    let mine = ends.get_mut(index(referrer)?)?;
    let is_later = earliest > mine.earliest;
    mine.earliest = mine.earliest.max(earliest);
    Some(is_later)
}

fn cut(ends: &mut [Ends], referrer: u32, target: u32) -> Option<bool> {
    let latest = ends.get(index(referrer)?)?.latest;
    let mine = ends.get_mut(index(target)?)?;
    let is_earlier = latest < mine.latest;
    mine.latest = mine.latest.min(latest);
    Some(is_earlier)
}

/// The place of an event; more than four thousand millions do not fit into memory as it is.
fn place(at: Sequence) -> u32 {
    u32::try_from(at.get()).unwrap_or(u32::MAX)
}

/// Where the event of a place is among those that were noted.
fn index(place: u32) -> Option<usize> {
    usize::try_from(place).ok()?.checked_sub(1)
}
