//! What is kept of a dispute for the rules of its events.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::num::NonZeroU64;
use std::rc::Rc;

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::envelope::{LEDGER_KIND, LedgerId};
use crate::event::schema::Named;
use crate::event::{Fact, Kind};
use crate::event_log::{Damage, LogError, Part, ReadLog};
use crate::identifier::{EventId, Slug};
use crate::record::Record;
use crate::recording::{ReadError, read_entries};
use crate::zone::Zone;

use crate::seeded::Seeded;

/// What is on record of a dispute, or of what belongs to none, beside its single events.
#[derive(Debug, Clone)]
pub(super) struct DisputeState {
    pub(super) slug: Option<Rc<Slug>>,
    /// The openings that stand.
    pub(super) openings: Vec<EventId>,
    pub(super) zone: Zone,
    /// What is declared by events that count.
    pub(super) declared: Vec<(Named, HashSet<Slug, Seeded>)>,
    corrections: BTreeSet<Correction>,
    /// The facts of which there are several accounts.
    facts: Vec<Accounts>,
    /// Of each of these accounts the fact.
    accounts: HashMap<EventId, usize, Seeded>,
    /// The events that were retracted or redacted, though they may stand again.
    withdrawn: HashSet<EventId, Seeded>,
    /// Whether something became an account of another fact later, or its content is gone: which
    /// events are accounts is not known then.
    accounts_changed: bool,
    /// Changes whenever the date of an event on record may have.
    pub(super) epoch: NonZeroU64,
}

/// The accounts of a fact.
#[derive(Debug, Clone)]
struct Accounts {
    /// In the order of recording, also those that were withdrawn.
    of_all: Vec<EventId>,
    /// Whether one of them was retracted or redacted, though it may stand again.
    withdrew_one: bool,
}

/// A correction that stands, by the place of the event that it corrects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Correction {
    pub(super) of: Sequence,
    pub(super) at: Sequence,
    pub(super) does: Does,
}

/// What a correction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Does {
    Amend,
    Retract,
}

impl DisputeState {
    /// A dispute that has no events yet.
    pub(super) fn new(slug: Option<Slug>, epoch: NonZeroU64) -> Self {
        Self {
            slug: slug.map(Rc::new),
            openings: Vec::new(),
            zone: Zone::UTC,
            declared: Vec::new(),
            corrections: BTreeSet::new(),
            facts: Vec::new(),
            accounts: HashMap::default(),
            withdrawn: HashSet::default(),
            accounts_changed: false,
            epoch,
        }
    }

    /// Reads it from a log, one event after the other: a dispute may have more events than fit into
    /// memory.
    pub(super) fn read(
        log: &dyn ReadLog,
        ledger: &LedgerId,
        slug: Option<&Slug>,
        epoch: NonZeroU64,
    ) -> Result<Self, ReadError> {
        let mut state = Self::new(slug.cloned(), epoch);
        let mut kept = Vec::new();
        for at in log.of_dispute(slug)? {
            let entry = existing(log, at)?;
            state.note(&entry);
            if Kind::parse(entry.envelope().kind()).is_some_and(is_kept) {
                kept.push(entry);
            }
        }
        if !kept.is_empty() {
            state.settle(log, &Record::load(read_entries(ledger, &kept)?, []))?;
        }
        Ok(state)
    }

    fn note(&mut self, entry: &Entry) {
        let envelope = entry.envelope();
        let kind = Kind::parse(envelope.kind());
        // A redaction names second of what the erased event was another account.
        self.accounts_changed |= envelope.redacts().is_some() && envelope.refers_to().len() > 1;
        let content = entry.content().map_or(&[][..], |content| &content.bytes);
        if let Some(of) = original_named_in(content) {
            match EventId::parse(of).filter(|_| kind.is_some_and(|it| !it.is_about_the_record())) {
                Some(of) => self.add_version(envelope.id(), &of),
                None => self.accounts_changed = true,
            }
        }
        if matches!(kind, Some(Kind::Retraction | Kind::Redaction)) {
            envelope.corrects().into_iter().for_each(|of| self.withdraw(of));
        }
    }

    /// Takes another account of a fact.
    pub(super) fn add_version(&mut self, id: &EventId, of: &EventId) {
        let new = self.facts.len();
        let fact = *self.accounts.entry(of.clone()).or_insert(new);
        if fact == new {
            self.facts.push(Accounts { of_all: vec![of.clone()], withdrew_one: false });
        }
        self.accounts.insert(id.clone(), fact);
        if let Some(accounts) = self.facts.get_mut(fact) {
            accounts.of_all.push(id.clone());
            accounts.withdrew_one |= [id, of].iter().any(|id| self.withdrawn.contains(*id));
        }
    }

    /// Takes note that an event was retracted or redacted.
    pub(super) fn withdraw(&mut self, id: &EventId) {
        if let Some(fact) = self.accounts.get(id).and_then(|fact| self.facts.get_mut(*fact)) {
            fact.withdrew_one = true;
        }
        self.withdrawn.insert(id.clone());
    }

    fn settle(&mut self, log: &dyn ReadLog, record: &Record) -> Result<(), ReadError> {
        let slug = self.slug.as_deref();
        self.zone = record.zone_of(slug);
        let openings = slug.map_or(&[][..], |slug| record.openings(slug));
        let openings = openings.iter().filter_map(|n| record.get(*n));
        self.openings = openings.map(|opening| opening.id.clone()).collect();
        for named in [Named::Party, Named::Standard, Named::Unit, Named::Contract] {
            let slugs: HashSet<Slug, Seeded> =
                record.declared(named, slug).into_iter().cloned().collect();
            if !slugs.is_empty() {
                self.declared.push((named, slugs));
            }
        }
        for n in (0..record.len()).filter(|n| record.stands(*n)) {
            let Some(recorded) = record.get(n) else { continue };
            let (of, does) = match recorded.fact() {
                Some(Fact::Amendment(amendment)) => (&amendment.of, Does::Amend),
                Some(Fact::Retraction(retraction)) => (&retraction.of, Does::Retract),
                _ => continue,
            };
            if let Some(of) = log.find(of)?.filter(|of| *of < recorded.sequence) {
                self.corrections.insert(Correction { of, at: recorded.sequence, does });
            }
        }
        Ok(())
    }

    /// Whether a version may have taken the place of its original, and nothing but the whole of the
    /// dispute tells what a reference means. As long as every original stands, it is what counts.
    pub(super) fn is_entangled(&self) -> bool {
        self.accounts_changed && !self.withdrawn.is_empty()
    }

    /// Whether another account of an event may take its place at once.
    pub(super) fn has_withdrawn(&self, id: &EventId) -> bool {
        let withdrew_one = self.fact_of(id).map(|accounts| accounts.withdrew_one);
        self.accounts_changed || withdrew_one.unwrap_or_else(|| self.withdrawn.contains(id))
    }

    /// The accounts of a fact of which there are several, given one of them, in the order of
    /// recording. `None` where it has no other accounts, or where these are not known.
    pub(super) fn accounts_with(&self, id: &EventId) -> Option<&[EventId]> {
        let accounts = self.fact_of(id).filter(|_| !self.accounts_changed);
        accounts.map(|accounts| accounts.of_all.as_slice())
    }

    fn fact_of(&self, id: &EventId) -> Option<&Accounts> {
        self.accounts.get(id).and_then(|fact| self.facts.get(*fact))
    }

    /// Whether an event may be one of several accounts of a fact.
    pub(super) fn may_be_account(&self, id: &EventId) -> bool {
        self.accounts_changed || self.accounts.contains_key(id)
    }

    pub(super) fn declares(&self, named: Named, slug: &Slug) -> bool {
        self.slugs(named).is_some_and(|slugs| slugs.contains(slug))
    }

    pub(super) fn slugs(&self, named: Named) -> Option<&HashSet<Slug, Seeded>> {
        self.declared.iter().find(|(known, _)| *known == named).map(|(_, slugs)| slugs)
    }

    pub(super) fn declare(&mut self, named: Named, slug: Slug) {
        match self.declared.iter_mut().find(|(known, _)| *known == named) {
            Some((_, slugs)) => {
                slugs.insert(slug);
            }
            None => self.declared.push((named, HashSet::from_iter([slug]))),
        }
    }

    /// Takes a correction, none of a correction.
    pub(super) fn correct(&mut self, correction: Correction) {
        self.corrections.insert(correction);
    }

    /// The corrections of an event that stand, in the order of recording.
    pub(super) fn corrections(&self, of: Sequence) -> impl Iterator<Item = &Correction> {
        let from = Correction { of, at: Sequence::LEDGER, does: Does::Amend };
        self.corrections.range(from..).take_while(move |correction| correction.of == of)
    }
}

/// Whether events of a kind are needed to say what a dispute declares and what is corrected in it.
fn is_kept(kind: Kind) -> bool {
    kind.is_about_the_record() || declares(kind)
}

/// Whether events of a kind declare a slug.
pub(super) fn declares(kind: Kind) -> bool {
    matches!(kind, Kind::Party | Kind::Standard | Kind::Unit | Kind::Contract | Kind::DisputeOpened)
}

/// The entry of a place at which there is one, as an index says.
pub(super) fn existing(log: &dyn ReadLog, at: Sequence) -> Result<Entry, LogError> {
    log.entry(at)?.ok_or(LogError::damaged(Part::Record, at, Damage::Missing))
}

/// Whether an entry is the ledger's own, which holds no event.
pub(super) fn is_own(entry: &Entry) -> bool {
    entry.envelope().kind() == LEDGER_KIND
}

/// The original that a content names. In canonical JSON the key stands nowhere but before its
/// value, which is a text without escapes.
fn original_named_in(content: &[u8]) -> Option<&str> {
    const KEY: &[u8] = b"\"version_of\":";
    let at = content.windows(KEY.len()).position(|window| window == KEY)?;
    let value = content.get(at + KEY.len()..)?.strip_prefix(b"\"").unwrap_or_default();
    let end = value.iter().position(|byte| *byte == b'"').unwrap_or_default();
    std::str::from_utf8(value.get(..end)?).ok().or(Some(""))
}
