//! When the events of a log happened, narrowed by the references among them: a few bytes for each
//! event, and for each reference.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::chain::Sequence;
use crate::event::Event;
use crate::event::schema::Mentioned;
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::narrowing::until;
use crate::occurred::Span;
use crate::outline::Outline;
use crate::record::{Record, Recorded, Target};
use crate::zone::Zone;

/// The spans of the events of a log, narrowed within their disputes as those of the whole record
/// are.
#[derive(Debug, Clone, Default)]
pub struct Dates(Vec<Ends>);

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
        let ends = index(place(at)).and_then(|n| self.0.get(n)).copied().unwrap_or(Ends::OPEN);
        let is_open = |end: i64| end == i64::MIN || end == i64::MAX;
        let moment = |end: i64| if is_open(end) { None } else { Instant::from_micros(end) };
        Span { earliest: moment(ends.earliest), latest: moment(ends.latest) }
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
    links: Vec<(u32, u32)>,
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
            links: Vec::new(),
        }
    }

    /// Takes the next event, which is at a position of a record that [`Outline::walk`] gave.
    pub fn note(&mut self, record: &Record, n: usize) {
        let Some(event) = record.get(n) else { return };
        let at = place(event.sequence);
        let outlined = self.outline.position(event.sequence);
        let span = match outlined {
            Some(n) => self.outline.record.span(n),
            None => own_span(event, self.outline.record.zone_of(event.dispute.as_ref())),
        };
        let micros = |end: Option<Instant>, open| end.map_or(open, Instant::as_micros);
        self.ends.push(Ends {
            earliest: micros(span.earliest, i64::MIN),
            latest: micros(span.latest, i64::MAX),
        });
        let number = self.number(event.dispute.as_ref());
        self.disputes.push(number);
        self.ids.push(self.name(&event.id, at));
        if number != 0
            && record.counts(n)
            && let Some(document) = record.document(n)
        {
            self.note_mentions(document, at);
        }
    }

    /// The number of a dispute that was ever opened: within these dates narrow each other.
    fn number(&mut self, dispute: Option<&Slug>) -> u32 {
        let Some(slug) = dispute.filter(|slug| self.outline.record.ever_opened(slug)) else {
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
        let outline = &self.outline.record;
        document.mentions(&mut |mention| {
            let Mentioned::Event(id, _) = mention.what else { return };
            if mention.key == "about" || mention.key == "version_of" {
                return;
            }
            match outline.target(id) {
                Some(Target::Counts(n)) => {
                    let target = outline.get(n).map(|event| place(event.sequence));
                    self.links.extend(target.map(|target| (at, target)));
                }
                Some(Target::Retracted(_)) => {}
                None => self.mentions.push(self.name(id, at)),
            }
        });
    }

    /// The dates, once all events were noted.
    pub fn finish(mut self) -> Dates {
        self.ids.sort_unstable();
        for mention in std::mem::take(&mut self.mentions) {
            let of = |named: &Named| (named.id, named.more);
            let found = self.ids.binary_search_by_key(&of(&mention), of);
            let target = found.ok().and_then(|found| self.ids.get(found));
            self.links.extend(target.map(|target| (mention.place, target.place)));
        }
        self.ids = Vec::new();
        let disputes = std::mem::take(&mut self.disputes);
        let dispute = |at: u32| index(at).and_then(|n| disputes.get(n));
        self.links.retain(|(one, other)| one != other && dispute(*one) == dispute(*other));
        self.links.sort_unstable();
        self.links.dedup();
        narrow(&mut self.ends, &self.links);
        Dates(self.ends)
    }
}

/// The span of an event that nothing corrects, cut to the end of the day of recording.
fn own_span(event: &Recorded, zone: Zone) -> Span {
    let open = Span { earliest: None, latest: None };
    match &event.occurred {
        Some(date) => until(date.span(zone).unwrap_or(open), zone.end_of_day_at(event.recorded_at)),
        None => open,
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
