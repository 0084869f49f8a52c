//! The outline of a log: which of its events bear on how others read. With it a log of any length is
//! read event by event, and each of them reads as it does among all.

mod dates;
mod groups;
mod walk;

use std::collections::HashMap;
use std::sync::Arc;

pub use dates::{Dates, DatesBuilder};
pub use groups::Beside;
pub use walk::Each;

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::envelope::LedgerId;
use crate::event::{Fact, Kind};
use crate::event_log::ReadLog;
use crate::identifier::{EventId, Slug};
use crate::occurred::Span;
use crate::record::{Record, Recorded};
use crate::recording::{ReadError, read_entries};
use crate::zone::Zone;
use groups::{Groups, Link};

/// How many entries are read at once.
const AT_ONCE: usize = 1024;
/// The most events of a group that are read again wherever one of them is met. Those of a larger
/// group are held: what is read would else go with the square of their number.
const MOST_READ_AGAIN: usize = 16;

/// Which events of a log bear on others, by their places: corrections, other accounts of facts, and
/// the events that these are about; and the time zones of all disputes. It has a few bytes for each
/// of these and none for other events, which are most.
#[derive(Debug)]
pub struct Outline {
    ledger: LedgerId,
    /// The last event that was known.
    through: Sequence,
    groups: Groups,
    /// The events of the large groups.
    large: Record,
    /// Every dispute that was ever opened.
    zones: Arc<HashMap<Slug, Zone>>,
    /// The events that describe parties.
    parties: Vec<Sequence>,
}

impl Outline {
    /// Reads the outline of what a log held once `through` was recorded, in one pass. Of what was
    /// recorded later redactions count, as they do at every cut.
    ///
    /// # Errors
    /// [`ReadError`] where the log cannot be read, or an event that bears on others is not what was
    /// sealed. Other events are not looked into.
    pub fn read<L: ReadLog + ?Sized>(log: &L, through: Sequence) -> Result<Self, ReadError> {
        let ledger = log.ledger()?.id;
        let mut reading = Reading::new(log, ledger);
        for entry in log.entries(Sequence::new(1)) {
            let entry = entry?;
            let (at, kind) = (entry.envelope().sequence(), Kind::parse(entry.envelope().kind()));
            if at > through && kind != Some(Kind::Redaction) {
                continue;
            }
            if kind == Some(Kind::Party) {
                reading.parties.push(at);
            }
            if bears_on_others(&entry, kind) {
                reading.take(entry)?;
            }
        }
        reading.finish(through)
    }

    /// The last event that was known.
    pub fn through(&self) -> Sequence {
        self.through
    }

    /// The events that describe parties, in the order of recording.
    pub fn parties(&self) -> &[Sequence] {
        &self.parties
    }

    /// The span of the own date of an event that [`walk`](Self::walk) or [`visit`](Self::visit) gave
    /// with all that goes together with it.
    fn span(&self, record: &Record, n: usize) -> Span {
        match record.get(n) {
            // It stands on its record apart from the opening of its dispute.
            Some(event) if self.groups.group(event.sequence).is_none() => {
                let zone = event.dispute.as_ref().and_then(|dispute| self.zones.get(dispute));
                event.span(zone.copied().unwrap_or(Zone::UTC))
            }
            _ => record.span(n),
        }
    }

    /// Whether a dispute was ever opened, though its opening may have been retracted.
    fn ever_opened(&self, dispute: &Slug) -> bool {
        self.zones.contains_key(dispute)
    }
}

/// Whether an event may change how others read. One that cannot may pass as well.
fn bears_on_others(entry: &Entry, kind: Option<Kind>) -> bool {
    match kind {
        Some(Kind::DisputeOpened) => true,
        Some(kind) if kind.is_about_the_record() => true,
        _ => entry.content().is_some_and(|content| may_be_a_version(&content.bytes)),
    }
}

/// Whether the key may be in a content. An escape may be a part of its name.
fn may_be_a_version(content: &[u8]) -> bool {
    std::str::from_utf8(content)
        .is_ok_and(|content| content.contains("version_of") || content.contains("\\u"))
}

/// What is found out on the way through a log.
struct Reading<'l, L: ?Sized> {
    log: &'l L,
    ledger: LedgerId,
    batch: Vec<Entry>,
    links: Vec<Link>,
    openings: Vec<Opening>,
    parties: Vec<Sequence>,
}

/// An opening of a dispute, with the zone that it gives.
struct Opening {
    at: Sequence,
    dispute: Slug,
    zone: Option<Zone>,
}

impl<'l, L: ReadLog + ?Sized> Reading<'l, L> {
    fn new(log: &'l L, ledger: LedgerId) -> Self {
        Self {
            log,
            ledger,
            batch: Vec::new(),
            links: Vec::new(),
            openings: Vec::new(),
            parties: Vec::new(),
        }
    }

    fn take(&mut self, entry: Entry) -> Result<(), ReadError> {
        self.batch.push(entry);
        if self.batch.len() < AT_ONCE { Ok(()) } else { self.read_batch() }
    }

    fn read_batch(&mut self) -> Result<(), ReadError> {
        let batch = std::mem::take(&mut self.batch);
        let recorded = read_entries(&self.ledger, &batch)?;
        for (entry, event) in batch.iter().zip(&recorded) {
            self.openings.extend(opening(event));
            for id in is_about(entry, event) {
                let about = self.log.find(&id)?.filter(|about| *about < event.sequence);
                let corrects = event.kind.is_about_the_record();
                self.links.extend(about.map(|about| Link { at: event.sequence, about, corrects }));
            }
        }
        Ok(())
    }

    fn finish(mut self, through: Sequence) -> Result<Outline, ReadError> {
        self.read_batch()?;
        let groups = Groups::of(&std::mem::take(&mut self.links));
        let mut outline = Outline {
            ledger: self.ledger,
            through,
            groups,
            large: Record::default(),
            zones: Arc::default(),
            parties: self.parties,
        };
        // Whether an opening counts may hang on a large group, and the dates of that on the zones.
        outline.large = outline.large_groups(self.log)?;
        outline.zones = Arc::new(outline.zones_given_by(self.log, &self.openings)?);
        outline.large = outline.large_groups(self.log)?;
        Ok(outline)
    }
}

impl Outline {
    /// The zones of disputes as the openings give them that count.
    fn zones_given_by<L: ReadLog + ?Sized>(
        &self,
        log: &L,
        openings: &[Opening],
    ) -> Result<HashMap<Slug, Zone>, ReadError> {
        let grouped = openings.iter().map(|opening| opening.at);
        let grouped: Vec<Sequence> =
            grouped.filter(|at| self.groups.group(*at).is_some()).collect();
        let mut taken_back = Vec::new();
        self.visit(log, &grouped, Beside::All, &mut |record, n, entry| {
            if !record.counts(n) {
                taken_back.push(entry.envelope().sequence());
            }
            Ok::<(), ReadError>(())
        })?;
        let mut zones: HashMap<Slug, Option<Zone>> = HashMap::with_capacity(openings.len());
        for opening in openings {
            let counts = taken_back.binary_search(&opening.at).is_err();
            let zone = zones.entry(opening.dispute.clone()).or_default();
            *zone = zone.or(opening.zone.filter(|_| counts));
        }
        Ok(zones.into_iter().map(|(slug, zone)| (slug, zone.unwrap_or(Zone::UTC))).collect())
    }
}

fn opening(event: &Recorded) -> Option<Opening> {
    let dispute = event.dispute.clone().filter(|_| event.kind == Kind::DisputeOpened)?;
    let zone = match event.fact() {
        Some(Fact::DisputeOpened(opened)) => Some(opened.time_zone),
        _ => None,
    };
    Some(Opening { at: event.sequence, dispute, zone })
}

/// The events that one corrects or is another account of, also by a correction of it.
fn is_about(entry: &Entry, event: &Recorded) -> Vec<EventId> {
    let version_of = event.event.iter().filter_map(|event| event.common.version_of.clone());
    let mut ids: Vec<EventId> = version_of.collect();
    match event.fact() {
        Some(Fact::Amendment(amendment)) => {
            ids.push(amendment.of.clone());
            let set = amendment.set.0.iter().filter(|(key, _)| key == "version_of");
            ids.extend(set.filter_map(|(_, id)| EventId::parse(id.as_text()?)));
        }
        Some(Fact::Retraction(retraction)) => ids.push(retraction.of.clone()),
        // It also names the event of which the erased one was another account.
        Some(Fact::Redaction(_)) => ids.extend(entry.envelope().refers_to().iter().cloned()),
        _ => {}
    }
    ids
}
