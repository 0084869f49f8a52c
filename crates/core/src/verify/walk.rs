//! From the first envelope to the last: what each must be, given the one before.

use std::collections::BTreeSet;

use crate::chain::{ExpectedHead, Head, Sequence};
use crate::digest::Digest;
use crate::encoding::Undecodable;
use crate::entry::{BrokenRecord, Entry, StoredRecord};
use crate::envelope::{Envelope, LedgerId};
use crate::event_log::{Damage, EventLog, HeadMark, Listed, LogError, Part};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::verify::finding::{Finding, FindingCode};
use crate::verify::tree::{TreeAnchor, TreeWalk};
use crate::verify::{Anchor, ContentCheck};

/// How far up a chain of corrections of corrections the log is asked where an event belongs.
const CORRECTIONS_FOLLOWED: usize = 16;

/// A verification in progress.
pub(super) struct Walk<'a> {
    pub(super) log: &'a dyn EventLog,
    pub(super) content_check: ContentCheck<'a>,
    pub(super) anchors: Vec<HeadAnchor>,
    pub(super) tree: TreeWalk,
    pub(super) last_answer: Option<HeadAnchor>,
    pub(super) findings: Vec<Finding>,
    pub(super) last: Last,
    ledger: Option<LedgerId>,
    /// The envelope after which the log begins, where it has not the first one.
    pub(super) base: Option<HeadMark>,
    /// How far the stored indexes claim to reach. What is beyond is stale as a whole.
    pub(super) indexed_through: Option<Sequence>,
    pub(super) tally: Tally,
    /// References that the index does not bear out.
    pub(super) doubtful: Vec<Reference>,
    pub(super) absent: Vec<Absent>,
    pub(super) redactions: Vec<Reference>,
    /// Amendments whose content is there.
    pub(super) amendments: Vec<Reference>,
    /// The segments of which the tables cannot be read.
    unreadable: BTreeSet<Option<Sequence>>,
    /// Where the sealed runs lie of which the files are not what they were.
    pub(super) altered: Vec<(Sequence, Sequence)>,
    /// How many envelopes are not walked through.
    pub(super) skipped: u64,
    /// From where on entries of the indexes are counted: before, they are known to be right.
    pub(super) counted_from: Sequence,
}

/// A head that was given, and whether the log has it.
pub(super) struct HeadAnchor {
    pub(super) expected: ExpectedHead,
    pub(super) found: Option<Digest>,
}

impl HeadAnchor {
    fn new(expected: ExpectedHead) -> Self {
        Self { expected, found: None }
    }

    pub(super) fn is_met(&self) -> bool {
        self.found.is_some_and(|found| self.expected.names(&found))
    }
}

/// What is known of the envelope before.
#[derive(Default)]
pub(super) struct Last {
    /// The place that it is stored in.
    pub(super) at: Option<Sequence>,
    /// The place that it says it has.
    sequence: Option<Sequence>,
    format: u8,
    recorded_at: Option<Instant>,
    /// The digest that was stored and the digest of its bytes. The next one may name either:
    /// where they differ, the damage has been reported where it is.
    pub(super) digests: Option<[Digest; 2]>,
    pub(super) head: Option<Head>,
}

impl Last {
    /// An envelope that has the digest that was stored with it.
    fn of(at: Sequence, envelope: &Envelope, digest: Digest) -> Self {
        let (sequence, recorded_at) = (envelope.sequence(), envelope.recorded_at());
        Self {
            at: Some(at),
            sequence: Some(sequence),
            format: envelope.format(),
            recorded_at: Some(recorded_at),
            digests: Some([digest; 2]),
            head: Some(Head { sequence, digest, recorded_at }),
        }
    }
}

/// What the indexes must hold.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) ids: u64,
    pub(super) listed: u64,
    /// Envelopes that are missing or damaged, and of which the indexes may know.
    pub(super) unknown: u64,
}

/// An event that names another.
pub(super) struct Reference {
    pub(super) from: Sequence,
    pub(super) id: EventId,
    pub(super) target: EventId,
}

/// An event whose content is absent.
pub(super) struct Absent {
    pub(super) at: Sequence,
    pub(super) id: EventId,
    pub(super) amends: Option<EventId>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        log: &'a dyn EventLog,
        given: &[Anchor],
        content_check: ContentCheck<'a>,
    ) -> Self {
        let (mut anchors, mut trees) = (Vec::new(), Vec::new());
        for anchor in given.iter().cloned() {
            match anchor {
                Anchor::Head(head) => anchors.push(HeadAnchor::new(head)),
                Anchor::Checkpoint { name, head } => {
                    trees.push(TreeAnchor { name, expected: head, found: None });
                }
            }
        }
        let last_answer = log.last_answer().map(HeadAnchor::new);
        let indexed_through = log.indexed_through().ok().flatten();
        let (tally, ledger) = Default::default();
        let base = log.begins_after();
        let mut tree = TreeWalk::new(trees);
        let mut last = Last::default();
        if let Some(base) = &base {
            // The tree of what is not there is not known.
            tree.lose();
            last.at = Some(base.sequence);
            last.sequence = Some(base.sequence);
            last.digests = Some([base.digest; 2]);
            for anchor in anchors.iter_mut().filter(|it| it.expected.sequence() == base.sequence) {
                anchor.found = Some(base.digest);
            }
        }
        let (findings, doubtful, absent, redactions, amendments) = Default::default();
        Self {
            log,
            content_check,
            anchors,
            tree,
            last_answer,
            findings,
            last,
            ledger,
            base,
            indexed_through,
            tally,
            doubtful,
            absent,
            redactions,
            amendments,
            unreadable: BTreeSet::new(),
            altered: Vec::new(),
            skipped: 0,
            counted_from: Sequence::LEDGER,
        }
    }

    /// Begins behind an envelope that is known to be right, with all before it.
    pub(super) fn begin_after(&mut self, at: Sequence, envelope: &Envelope, digest: Digest) {
        self.ledger = Some(*envelope.ledger());
        self.skipped = at.next().get();
        self.tally.unknown = self.skipped;
        self.last = Last::of(at, envelope, digest);
    }

    /// Goes on behind an envelope that was checked with all before it, and with all that is derived
    /// from them.
    pub(super) fn stand_behind(&mut self, at: Sequence, envelope: &Envelope, digest: Digest) {
        self.ledger = Some(*envelope.ledger());
        self.counted_from = at.next();
        self.last = Last::of(at, envelope, digest);
    }

    pub(super) fn through_the_log(&mut self) -> Result<(), LogError> {
        for (at, record) in
            self.log.stored_from(self.last.at.map_or(Sequence::LEDGER, Sequence::next))
        {
            if !matches!(record, Err(LogError::Damaged { why: Damage::Missing, .. })) {
                self.no_record_is_missing_before(at);
            }
            match record {
                Ok(record) => self.record(at, &record)?,
                // Of all that is missing one finding is made, by what comes next.
                Err(LogError::Damaged { why: Damage::Missing, .. }) => {}
                Err(LogError::Damaged { why, .. }) => {
                    let text = format!("the stored record cannot be read: {why}");
                    self.report(Finding::new(FindingCode::Undecodable, text).at(at));
                    self.tree.lose();
                    self.skip(at, None);
                }
                Err(error @ LogError::Unreadable { .. }) => {
                    self.report(Finding::new(FindingCode::StoreUnreadable, error.to_string()));
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn no_record_is_missing_before(&mut self, at: Sequence) {
        let next = self.last.at.map_or(Sequence::LEDGER, Sequence::next);
        if at == next {
            return;
        }
        let missing = at.get().saturating_sub(next.get());
        let text = format!("{missing} missing from the log here");
        self.report(Finding::new(FindingCode::SequenceGap, text).at(next).contrast(next, at));
        self.tally.unknown = self.tally.unknown.saturating_add(missing);
        self.tree.lose();
        self.last = Last { format: self.last.format, ..Last::default() };
    }

    /// Goes on past a record of which nothing can be believed but that it is there.
    fn skip(&mut self, at: Sequence, digests: Option<[Digest; 2]>) {
        self.tally.unknown += 1;
        let recorded_at = self.last.recorded_at;
        let format = self.last.format;
        let sequence = Some(at);
        self.last = Last { at: Some(at), sequence, format, recorded_at, digests, head: None };
    }

    fn record(&mut self, at: Sequence, record: &StoredRecord) -> Result<(), LogError> {
        let computed = Digest::of_envelope(&record.envelope);
        let digests = Some([record.digest, computed]);
        let anchors = self.anchors.iter_mut().chain(&mut self.last_answer);
        for anchor in anchors.filter(|it| it.expected.sequence() == at) {
            anchor.found = Some(computed);
        }
        self.tree.take(&record.envelope, self.log)?;
        let envelope = Envelope::read(&record.envelope);
        if record.digest != computed {
            let text = "the envelope's bytes do not have the digest that was stored with them";
            let mut finding = Finding::new(FindingCode::EnvelopeAltered, text).at(at);
            finding.id = envelope.ok().map(|envelope| envelope.id().clone());
            self.report(finding.contrast(record.digest, computed));
            self.skip(at, digests);
            return Ok(());
        }
        match envelope {
            Ok(envelope) => self.envelope(at, &envelope, record),
            Err(why) => {
                let code = match why {
                    Undecodable::NotCanonical => FindingCode::NotCanonical,
                    _ => FindingCode::Undecodable,
                };
                self.report(Finding::new(code, format!("the envelope: {why}")).at(at));
                self.skip(at, digests);
                Ok(())
            }
        }
    }

    fn envelope(
        &mut self,
        at: Sequence,
        envelope: &Envelope,
        record: &StoredRecord,
    ) -> Result<(), LogError> {
        self.same_ledger_and_format(at, envelope);
        let in_place = self.in_its_place(at, envelope);
        self.content(at, envelope, record);
        if in_place {
            self.references(at, envelope)?;
            self.indexes(at, envelope)?;
        } else {
            self.tally.unknown += 1;
        }
        let latest = self.last.recorded_at.max(Some(envelope.recorded_at()));
        self.last = Last { recorded_at: latest, ..Last::of(at, envelope, record.digest) };
        Ok(())
    }

    fn same_ledger_and_format(&mut self, at: Sequence, envelope: &Envelope) {
        let altered =
            |text: &str| Finding::new(FindingCode::EnvelopeAltered, text).at(at).of(envelope.id());
        let ledger = *self.ledger.get_or_insert(*envelope.ledger());
        if *envelope.ledger() != ledger {
            let finding = altered("the envelope was sealed for another ledger");
            self.report(finding.contrast(ledger, envelope.ledger()));
        }
        if envelope.format() < self.last.format {
            let finding = altered("the envelope is of an older format than the one before it");
            self.report(finding.contrast(self.last.format, envelope.format()));
        }
    }

    /// Whether the envelope is where it says that it is, and follows the one before.
    fn in_its_place(&mut self, at: Sequence, envelope: &Envelope) -> bool {
        let sequence = envelope.sequence();
        let consecutive = self.last.sequence.is_some_and(|last| last.next() == sequence);
        // After something was inserted, what follows is one place further on: it is counted from
        // the one before it then, so that one insertion is one finding.
        if sequence != at && !consecutive {
            let text = "the envelope says that it has another place";
            let finding = Finding::new(FindingCode::SequenceGap, text).at(at).of(envelope.id());
            self.report(finding.contrast(at, sequence));
            return false;
        }
        if !consecutive {
            return true;
        }
        if let Some([stored, computed]) = self.last.digests
            && *envelope.previous() != stored
            && *envelope.previous() != computed
        {
            let text = "the envelope follows another one than the one before it";
            let finding = Finding::new(FindingCode::LinkBroken, text).at(at).of(envelope.id());
            self.report(finding.contrast(computed, envelope.previous()));
        }
        if let Some(last) = self.last.recorded_at
            && envelope.recorded_at() < last
        {
            let text = "the envelope was recorded before the one that it follows";
            let finding = Finding::new(FindingCode::ClockWentBack, text).at(at).of(envelope.id());
            self.report(finding.contrast(last, envelope.recorded_at()));
        }
        true
    }

    fn content(&mut self, at: Sequence, envelope: &Envelope, record: &StoredRecord) {
        let id = envelope.id();
        let Some(content) = &record.content else {
            let amends = envelope.amends().cloned();
            self.absent.push(Absent { at, id: id.clone(), amends });
            return;
        };
        if let Err(BrokenRecord::Content { expected, found }) = content.answers_to(envelope) {
            let text = "the content is not the one that the envelope commits to";
            let finding = Finding::new(FindingCode::ContentAltered, text).at(at).of(id);
            self.report(finding.contrast(expected, found));
        } else if let Err(why) = (self.content_check)(envelope, &content.bytes) {
            let text = format!("the content cannot be read: {why}");
            self.report(Finding::new(FindingCode::Undecodable, text).at(at).of(id));
        }
        let reference =
            |target: &EventId| Reference { from: at, id: id.clone(), target: target.clone() };
        self.redactions.extend(envelope.redacts().map(reference));
        self.amendments.extend(envelope.amends().map(reference));
    }

    fn references(&mut self, at: Sequence, envelope: &Envelope) -> Result<(), LogError> {
        for target in envelope.refers_to() {
            let is_before = match self.stored_listed(target)? {
                Stored::Value(listed) => listed.sequence < envelope.sequence(),
                // It may be before all that is there.
                Stored::Absent => self.base.is_some(),
                Stored::Damaged => false,
                // It may be in the segment that cannot be read, which is reported.
                Stored::Unreadable(_) => true,
            };
            if !is_before {
                let (id, target) = (envelope.id().clone(), target.clone());
                self.doubtful.push(Reference { from: at, id, target });
            }
        }
        Ok(())
    }

    /// The indexes hold the event, and say of it what the log says.
    fn indexes(&mut self, at: Sequence, envelope: &Envelope) -> Result<(), LogError> {
        if self.indexed_through.is_none_or(|through| envelope.sequence() > through) {
            self.tally.unknown += 1;
            return Ok(());
        }
        let stored = self.stored_listed(envelope.id())?;
        // Where the index is wrong about what this event corrects, that is reported there, and
        // what it says of this one is taken at its word.
        let said = match &stored {
            Stored::Value(listed) => listed.belongs_to.clone(),
            _ => None,
        };
        let belongs_to = self.belongs_to(envelope)?.unwrap_or(said);
        let expected = Listed { sequence: envelope.sequence(), belongs_to: belongs_to.clone() };
        let stale =
            |text: &str| Finding::new(FindingCode::DerivedStale, text).at(at).of(envelope.id());
        match stored {
            Stored::Value(listed) if listed == expected => self.tally.ids += 1,
            Stored::Value(listed) if self.is_another(&listed, at, envelope.id())? => {
                let text = "another event has the same id";
                let later = at.max(listed.sequence);
                let finding = Finding::new(FindingCode::DuplicateId, text).of(envelope.id());
                self.report(finding.at(later));
            }
            Stored::Value(listed) => {
                self.tally.ids += 1;
                let finding = stale("the index of ids says something else of this event");
                self.report(finding.contrast(in_words(&expected), in_words(&listed)));
            }
            Stored::Damaged => {
                self.tally.ids += 1;
                self.report(stale("the index of ids cannot be read at this event"));
            }
            Stored::Absent => self.report(stale("the index of ids lacks this event")),
            Stored::Unreadable(segment) => {
                self.cannot_be_looked_up(segment);
                return Ok(());
            }
        }
        if envelope.sequence() == Sequence::LEDGER {
            return Ok(());
        }
        match self.log.stored_in_dispute(belongs_to.as_ref(), envelope.sequence()) {
            Ok(true) => self.tally.listed += 1,
            Ok(false) => self.report(stale("the list of its dispute lacks this event")),
            Err(LogError::Damaged { sequence, .. }) => self.cannot_be_looked_up(sequence),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Whether an index entry is right, but about another event with the same id.
    fn is_another(&self, listed: &Listed, at: Sequence, id: &EventId) -> Result<bool, LogError> {
        if listed.sequence == at {
            return Ok(false);
        }
        match self.log.entry(listed.sequence) {
            Ok(entry) => Ok(entry.is_some_and(|entry| entry.envelope().id() == id)),
            Err(LogError::Damaged { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The dispute to which an event belongs, as the log says it. `None` where the event that it
    /// corrects cannot be found.
    fn belongs_to(&self, envelope: &Envelope) -> Result<Option<Option<Slug>>, LogError> {
        let mut dispute = envelope.dispute().cloned();
        let mut corrected = envelope.corrects().cloned();
        for _ in 0..CORRECTIONS_FOLLOWED {
            let Some(id) = corrected else { return Ok(Some(dispute)) };
            let Stored::Value(listed) = self.stored_listed(&id)? else { return Ok(None) };
            let intact = |entry: &Entry| entry.prove_envelope().is_ok();
            let entry = match self.log.entry(listed.sequence) {
                Ok(Some(entry)) if *entry.envelope().id() == id && intact(&entry) => entry,
                Ok(_) | Err(LogError::Damaged { .. }) => return Ok(None),
                Err(error) => return Err(error),
            };
            dispute = entry.envelope().dispute().cloned();
            corrected = entry.envelope().corrects().cloned();
        }
        match corrected.map(|id| self.stored_listed(&id)).transpose()? {
            Some(Stored::Value(listed)) => Ok(Some(listed.belongs_to)),
            Some(_) => Ok(None),
            None => Ok(Some(dispute)),
        }
    }

    pub(super) fn stored_listed(&self, id: &EventId) -> Result<Stored, LogError> {
        match self.log.stored_listed(id) {
            Ok(Some(listed)) => Ok(Stored::Value(listed)),
            Ok(None) => Ok(Stored::Absent),
            Err(LogError::Damaged { part: Part::Segment, sequence, .. }) => {
                Ok(Stored::Unreadable(sequence))
            }
            Err(LogError::Damaged { .. }) => Ok(Stored::Damaged),
            Err(error) => Err(error),
        }
    }

    /// Of all that cannot be looked up in a segment one finding is made.
    fn cannot_be_looked_up(&mut self, segment: Option<Sequence>) {
        self.tally.unknown += 1;
        if self.unreadable.insert(segment) {
            let text = "what is looked up in the segment that begins here cannot be read";
            let finding = Finding::new(FindingCode::DerivedStale, text);
            self.report(Finding { sequence: segment, ..finding });
        }
    }
}

/// What an index holds for an id.
pub(super) enum Stored {
    Value(Listed),
    Damaged,
    /// The segment that begins at a place cannot be read.
    Unreadable(Option<Sequence>),
    Absent,
}

fn in_words(listed: &Listed) -> String {
    match &listed.belongs_to {
        Some(dispute) => format!("event {} of {dispute}", listed.sequence),
        None => format!("event {} of no dispute", listed.sequence),
    }
}
