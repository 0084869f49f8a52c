//! What is on record: events in the order of their recording, with every correction resolved, and
//! the look-ups that rules and projections need. It holds one dispute, several, or all of a
//! ledger, always with what belongs to the whole ledger.

mod on_record;
mod recorded;
mod unplaced;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::chain::Sequence;
use crate::corrections::{Reading, may_be_of_one_fact, resolve};
use crate::event::schema::{Mentioned, Named};
use crate::event::{Event, Fact, Kind};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::narrowing::{Narrowed, narrow};
use crate::occurred::Span;
use crate::refusal::Refusal;
use crate::rules;
use crate::zone::Zone;

pub use recorded::Recorded;
pub use unplaced::Unplaced;

/// Events on record, in the order of recording. An event is named by its position.
#[derive(Debug, Clone, Default)]
pub struct Record {
    recorded: Vec<Recorded>,
    by_id: HashMap<EventId, usize>,
    erased: HashSet<EventId>,
    /// Every dispute that was ever opened.
    slugs: HashSet<Slug>,
    /// The events of each dispute, corrections left out.
    by_dispute: HashMap<Slug, Vec<usize>>,
    readings: Vec<Reading>,
    /// The openings that stand.
    openings: HashMap<Slug, Vec<usize>>,
    /// The events that count and declare a slug; units and contracts within their dispute.
    declared: HashMap<(Named, Option<Slug>, Slug), Vec<usize>>,
    /// The span of each event's own date, cut to the end of the day of recording.
    spans: Vec<Span>,
    /// The earliest moment of each event, raised by what it refers to.
    earliest: Vec<Option<Instant>>,
    /// The zones of disputes of which the openings may be elsewhere, where these are known.
    zones: Option<Arc<HashMap<Slug, Zone>>>,
}

/// What became of an event that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// It is new, and was put at this position.
    New(usize),
    /// The same event is on record at this position; nothing changed.
    AlreadyRecorded(usize),
}

/// What a reference leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The account that counts of the fact that was named.
    Counts(usize),
    /// A fact of which no account stands; the position is that of the event that was named.
    Retracted(usize),
}

impl Record {
    /// Takes events as they were recorded, without asking whether they keep the rules. `erased`
    /// names events that were redacted later than the last of them: a redaction counts at every
    /// cut.
    pub fn load(
        recorded: impl IntoIterator<Item = Recorded>,
        erased: impl IntoIterator<Item = EventId>,
    ) -> Self {
        Self::default().with(recorded, erased)
    }

    /// The same of events that lie apart from the openings of their disputes, in the zones that
    /// these give.
    pub(crate) fn load_in_zones(
        recorded: impl IntoIterator<Item = Recorded>,
        erased: impl IntoIterator<Item = EventId>,
        zones: Arc<HashMap<Slug, Zone>>,
    ) -> Self {
        Self { zones: Some(zones), ..Self::default() }.with(recorded, erased)
    }

    fn with(
        mut self,
        recorded: impl IntoIterator<Item = Recorded>,
        erased: impl IntoIterator<Item = EventId>,
    ) -> Self {
        self.erased.extend(erased);
        let recorded: Vec<Recorded> = recorded.into_iter().collect();
        for (n, event) in recorded.iter().enumerate() {
            self.index(n, event);
        }
        self.recorded = recorded;
        self.settle();
        self
    }

    /// The part of the record that was known once `sequence` was recorded, with redactions
    /// counting as they do at every cut.
    #[must_use]
    pub fn as_known_at(&self, sequence: Sequence) -> Self {
        let known = self.recorded.iter().filter(|event| event.sequence <= sequence).cloned();
        Self { zones: self.zones.clone(), ..Self::default() }.with(known, self.erased().cloned())
    }

    /// Takes an event that was handed in, where it keeps the rules given what is on record.
    /// `coming` tells which ids come later in the same import.
    ///
    /// # Errors
    /// The rule that it breaks, or that another event would break with it. The record is then
    /// unchanged.
    pub fn admit(
        &mut self,
        event: Recorded,
        coming: &dyn Fn(&EventId) -> bool,
    ) -> Result<Admitted, Refusal> {
        let of = |refusal: Refusal| match refusal.event {
            Some(_) => refusal,
            None => refusal.of(Some(&event.id)),
        };
        if let Some((n, known)) = self.position(&event.id).and_then(|n| Some((n, self.get(n)?))) {
            rules::check_recorded_again(known, self.is_erased(n), &event).map_err(of)?;
            return Ok(Admitted::AlreadyRecorded(n));
        }
        rules::check_new(self, &event, coming).map_err(of)?;
        let id = event.id.clone();
        let kind = event.kind;
        let n = self.push(event);
        let takes_a_place = self.original(n) != n && self.counts(n);
        if kind.is_about_the_record() || kind == Kind::DisputeOpened || takes_a_place {
            rules::check_all_after(self, self, n).map_err(|refusal| {
                self.drop_last();
                if refusal.event.is_none() { refusal.of(Some(&id)) } else { refusal }
            })?;
        }
        Ok(Admitted::New(n))
    }

    /// Puts an event at the end without asking whether it keeps the rules.
    pub fn push(&mut self, event: Recorded) -> usize {
        let n = self.recorded.len();
        let kind = event.kind;
        let is_version =
            event.event.as_ref().is_some_and(|event| event.common.version_of.is_some());
        self.index(n, &event);
        self.recorded.push(event);
        if kind.is_about_the_record() || kind == Kind::DisputeOpened || is_version {
            self.settle();
        } else {
            self.readings.push(Reading::plain(n, kind));
            self.settle_one(n);
        }
        n
    }

    /// Makes the event that is put at a position be found.
    fn index(&mut self, n: usize, event: &Recorded) {
        if let Some(Fact::Redaction(redaction)) = event.fact() {
            self.erased.insert(redaction.of.clone());
        }
        if event.kind == Kind::DisputeOpened {
            self.slugs.extend(event.dispute.clone());
        }
        self.by_id.entry(event.id.clone()).or_insert(n);
        if let Some(dispute) = &event.dispute {
            self.by_dispute.entry(dispute.clone()).or_default().push(n);
        }
    }

    fn drop_last(&mut self) {
        let all: Vec<Recorded> = std::mem::take(&mut self.recorded);
        let kept = all.len().saturating_sub(1);
        let redactions = all.iter().skip(kept).filter_map(|event| match event.fact() {
            Some(Fact::Redaction(redaction)) => Some(&redaction.of),
            _ => None,
        });
        let mut erased = std::mem::take(&mut self.erased);
        redactions.for_each(|id| {
            erased.remove(id);
        });
        let emptied = Self { zones: self.zones.take(), ..Self::default() };
        *self = emptied.with(all.into_iter().take(kept), erased);
    }

    /// Works out anew how every event reads.
    fn settle(&mut self) {
        let erased = |id: &EventId| self.erased.contains(id);
        self.readings = resolve(&self.recorded, &self.by_id, &erased);
        self.openings.clear();
        self.declared.clear();
        self.spans.clear();
        self.earliest.clear();
        for n in 0..self.recorded.len() {
            if self.counts(n) {
                self.declare(n);
            }
        }
        for n in 0..self.recorded.len() {
            self.settle_span(n);
        }
        self.settle_earliest();
    }

    fn settle_one(&mut self, n: usize) {
        if self.counts(n) {
            self.declare(n);
        }
        self.settle_span(n);
    }

    /// A version that took its original's place stands later than what refers to it, so that one
    /// round from the first event to the last is not enough.
    fn settle_earliest(&mut self) {
        let counted: Vec<usize> = (0..self.recorded.len()).filter(|n| self.counts(*n)).collect();
        if counted.iter().all(|n| self.original(*n) == *n) {
            return;
        }
        let links: Vec<(usize, Vec<usize>)> =
            counted.into_iter().map(|n| (n, self.proofs(n))).collect();
        let mut changed = true;
        while changed {
            changed = false;
            for (n, targets) in &links {
                let raised = targets.iter().map(|target| self.earliest(*target)).max().flatten();
                if let Some(earliest) = self.earliest.get_mut(*n).filter(|own| **own < raised) {
                    *earliest = raised;
                    changed = true;
                }
            }
        }
    }

    fn declare(&mut self, n: usize) {
        let Some(document) = self.document(n) else { return };
        let Some((named, slug)) = document.declares() else { return };
        let slug = slug.clone();
        let within = match named {
            Named::Unit | Named::Contract => document.dispute.clone(),
            Named::Party | Named::Standard | Named::Dispute => None,
        };
        if named == Named::Dispute {
            self.openings.entry(slug.clone()).or_default().push(n);
        }
        self.declared.entry((named, within, slug)).or_default().push(n);
    }

    fn settle_span(&mut self, n: usize) {
        let span = self.own_span(n);
        self.spans.push(span);
        let mut earliest = span.earliest;
        if self.counts(n) {
            for target in self.proofs(n) {
                earliest = earliest.max(self.earliest.get(target).copied().flatten());
            }
        }
        self.earliest.push(earliest);
    }

    /// The span of an event's own date, cut to the end of the day of recording. Where the date
    /// cannot be read (which the rules refuse), nothing is known but that it was recorded.
    fn own_span(&self, n: usize) -> Span {
        let Some(event) = self.recorded.get(n) else {
            return Span { earliest: None, latest: None };
        };
        let zone = self.zone_of(event.dispute.as_ref());
        match self.document(n) {
            Some(document) => event.span_of(document.occurred.as_ref(), zone),
            None => event.span(zone),
        }
    }

    /// The events that prove something about the date of this one: what it refers to, the account
    /// that counts of each.
    pub fn proofs(&self, n: usize) -> Vec<usize> {
        let mut proofs = Vec::new();
        let Some(document) = self.document(n) else { return proofs };
        document.mentions(&mut |mention| {
            if mention.key == "about" || mention.key == "version_of" {
                return;
            }
            if let Mentioned::Event(id, _) = mention.what
                && let Some(Target::Counts(target)) = self.target(id)
                && target != n
            {
                proofs.push(target);
            }
        });
        proofs
    }

    /// The spans of events as narrowed by the references among them; `positions` is a dispute's
    /// events, of which only those that count narrow and are narrowed. In the order of
    /// `positions`, with positions of this record in [`Narrowed`].
    pub fn narrowed(&self, positions: &[usize]) -> Vec<Narrowed> {
        let place: HashMap<usize, usize> =
            positions.iter().enumerate().map(|(place, n)| (*n, place)).collect();
        let spans: Vec<Span> = positions.iter().map(|n| self.span(*n)).collect();
        let mut links = Vec::new();
        for (referrer, n) in positions.iter().enumerate() {
            if self.counts(*n) {
                let targets = self.proofs(*n).into_iter().filter_map(|t| place.get(&t).copied());
                links.extend(targets.map(|target| (referrer, target)));
            }
        }
        let mut narrowed = narrow(&spans, &links);
        let position = |place: usize| positions.get(place).copied();
        for one in &mut narrowed {
            one.earliest_from = one.earliest_from.and_then(position);
            one.latest_from = one.latest_from.and_then(position);
        }
        narrowed
    }

    /// The ids of events that were redacted, also by what was recorded later than what is here.
    pub fn erased(&self) -> impl Iterator<Item = &EventId> {
        self.erased.iter()
    }

    /// How many events are on record here.
    pub fn len(&self) -> usize {
        self.recorded.len()
    }

    /// Whether nothing is on record here.
    pub fn is_empty(&self) -> bool {
        self.recorded.is_empty()
    }

    /// The events as recorded, in the order of recording.
    pub fn recorded(&self) -> &[Recorded] {
        &self.recorded
    }

    /// An event as recorded.
    pub fn get(&self, n: usize) -> Option<&Recorded> {
        self.recorded.get(n)
    }

    /// The position of an id.
    pub fn position(&self, id: &EventId) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The document as it reads now, its amendments made. `None` where it was erased.
    pub fn document(&self, n: usize) -> Option<&Event> {
        if self.is_erased(n) {
            return None;
        }
        let amended = self.readings.get(n).and_then(|reading| reading.amended.as_deref());
        amended.or(self.recorded.get(n).and_then(|event| event.event.as_ref()))
    }

    /// Whether an event stands: neither retracted nor redacted.
    pub fn stands(&self, n: usize) -> bool {
        self.readings.get(n).is_some_and(|reading| reading.stands)
    }

    /// Whether a retraction that stands takes an event away.
    pub fn is_retracted(&self, n: usize) -> bool {
        self.readings.get(n).is_some_and(|reading| reading.retracted)
    }

    /// Whether an event was redacted.
    pub fn is_erased(&self, n: usize) -> bool {
        !self.erased.is_empty()
            && self.recorded.get(n).is_some_and(|event| self.erased.contains(&event.id))
    }

    /// Whether an event is the account that counts of its fact.
    pub fn counts(&self, n: usize) -> bool {
        self.readings.get(n).is_some_and(|reading| reading.counted == Some(n))
    }

    /// The amendments of an event that stand, in the order of recording.
    pub fn amendments(&self, n: usize) -> &[usize] {
        self.readings.get(n).map_or(&[], |reading| &reading.amendments)
    }

    /// The other accounts that stand of the fact of which this event is the account that counts.
    pub fn versions(&self, n: usize) -> &[usize] {
        let original = self.readings.get(n).map(|reading| reading.original);
        match original.and_then(|original| self.readings.get(original)) {
            Some(first) if first.counted == Some(n) => &first.versions,
            _ => &[],
        }
    }

    /// The first account of the fact that an event is an account of.
    pub fn original(&self, n: usize) -> usize {
        self.readings.get(n).map_or(n, |reading| reading.original)
    }

    /// The event that an event says it is another account of, as it reads now or read before its
    /// content was erased.
    pub fn version_of(&self, n: usize) -> Option<&EventId> {
        let recorded = self.recorded.get(n)?;
        let amended = self.readings.get(n).and_then(|reading| reading.amended.as_deref());
        let of = match amended.or(recorded.event.as_ref()) {
            Some(event) => event.common.version_of.as_ref(),
            None => recorded.version_of.as_ref(),
        };
        let may_be = |of| may_be_of_one_fact(&self.recorded, of, n);
        of.filter(|of| self.position(of).is_some_and(may_be))
    }

    /// What a reference leads to. `None` where there is no such event here.
    pub fn target(&self, id: &EventId) -> Option<Target> {
        let n = self.position(id)?;
        let reading = self.readings.get(n)?;
        Some(match reading.counted {
            Some(counted) => Target::Counts(counted),
            // Corrections are no accounts of facts; they stand or fall by themselves.
            None if reading.stands => Target::Counts(n),
            None => Target::Retracted(n),
        })
    }

    /// An amendment of an event that stands and cannot be made.
    pub(crate) fn broken_amendment(&self, n: usize) -> Option<(usize, &Refusal)> {
        let broken = self.readings.get(n).and_then(|reading| reading.broken.as_ref());
        broken.map(|(amendment, refusal)| (*amendment, refusal.as_ref()))
    }

    /// The openings of a dispute that stand. The rules let there be one.
    pub fn openings(&self, dispute: &Slug) -> &[usize] {
        self.openings.get(dispute).map_or(&[], Vec::as_slice)
    }

    /// Whether a dispute was ever opened, though its opening may have been retracted.
    pub fn ever_opened(&self, dispute: &Slug) -> bool {
        self.slugs.contains(dispute)
    }

    /// Every dispute that was ever opened, sorted.
    pub fn disputes(&self) -> Vec<Slug> {
        let mut slugs: Vec<Slug> = self.slugs.iter().cloned().collect();
        slugs.sort();
        slugs
    }

    /// Whether a slug is declared by an event that counts; a unit or a contract, in its dispute.
    pub fn is_declared(&self, named: Named, dispute: Option<&Slug>, slug: &Slug) -> bool {
        let within = match named {
            Named::Unit | Named::Contract => dispute.cloned(),
            Named::Party | Named::Standard | Named::Dispute => None,
        };
        self.declared.contains_key(&(named, within, slug.clone()))
    }

    /// The events that count and describe a party or a standard, in the order of recording.
    pub fn descriptions(&self, named: Named, slug: &Slug) -> &[usize] {
        self.declared.get(&(named, None, slug.clone())).map_or(&[], Vec::as_slice)
    }

    /// The events that name a dispute, in the order of recording.
    pub fn of_dispute(&self, dispute: &Slug) -> &[usize] {
        self.by_dispute.get(dispute).map_or(&[], Vec::as_slice)
    }

    /// The slugs that are declared, for a hint.
    pub fn declared(&self, named: Named, dispute: Option<&Slug>) -> Vec<&Slug> {
        let here = |within: &Option<Slug>| within.is_none() || within.as_ref() == dispute;
        let mut slugs: Vec<&Slug> = self
            .declared
            .keys()
            .filter(|(kind, within, _)| *kind == named && here(within))
            .map(|(_, _, slug)| slug)
            .collect();
        slugs.sort();
        slugs
    }

    /// The zone in which the dates of a dispute are read; UTC for what belongs to none.
    pub fn zone_of(&self, dispute: Option<&Slug>) -> Zone {
        let elsewhere = self.zones.as_ref().and_then(|zones| zones.get(dispute?));
        if let Some(zone) = elsewhere {
            return *zone;
        }
        let opening = dispute.and_then(|dispute| self.openings(dispute).first());
        match opening.and_then(|n| self.document(*n)).map(|document| &document.fact) {
            Some(Fact::DisputeOpened(opened)) => opened.time_zone,
            _ => Zone::UTC,
        }
    }

    /// The span of an event's own date, cut to the end of the day of recording.
    pub fn span(&self, n: usize) -> Span {
        self.spans.get(n).copied().unwrap_or(Span { earliest: None, latest: None })
    }

    /// The earliest moment of an event, raised by what it refers to.
    fn earliest(&self, n: usize) -> Option<Instant> {
        self.earliest.get(n).copied().flatten()
    }

    /// The dispute that an event belongs to: its own, or for a correction that of its target.
    pub fn dispute_of(&self, n: usize) -> Option<&Slug> {
        let mut n = n;
        loop {
            let event = self.recorded.get(n)?;
            let of = match event.fact() {
                Some(Fact::Amendment(amendment)) => &amendment.of,
                Some(Fact::Retraction(retraction)) => &retraction.of,
                Some(Fact::Redaction(redaction)) => &redaction.of,
                _ => return event.dispute.as_ref(),
            };
            // A correction names what was recorded before it, so this ends.
            n = self.position(of).filter(|target| *target < n)?;
        }
    }
}
