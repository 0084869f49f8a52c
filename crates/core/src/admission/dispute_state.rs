//! What is kept of a dispute for the rules of its events.

use std::num::NonZeroU64;
use std::rc::Rc;

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::envelope::{LEDGER_KIND, LedgerId};
use crate::event::schema::Named;
use crate::event::{Fact, Kind};
use crate::event_log::{ReadLog, existing};
use crate::identifier::{EventId, Slug};
use crate::record::Record;
use crate::recording::{ReadError, read_entries};
use crate::zone::Zone;

use super::small::Small;

/// What is on record of a dispute, or of what belongs to none, beside its single events.
#[derive(Debug, Clone)]
pub(super) struct DisputeState {
    pub(super) slug: Option<Rc<Slug>>,
    /// The openings that stand.
    pub(super) openings: Vec<EventId>,
    pub(super) zone: Zone,
    /// What is declared by events that count.
    declared: Small<(Named, Slug), ()>,
    /// `None` where nothing is revised.
    revised: Option<Box<Revised>>,
    /// Changes whenever the date of an event on record may have.
    pub(super) epoch: NonZeroU64,
}

/// What is corrected in a dispute, and what has several accounts.
#[derive(Debug, Clone, Default)]
struct Revised {
    /// The corrections that stand, by the place of the event that they correct, in the order of
    /// recording.
    corrections: Small<Sequence, Vec<Correction>>,
    /// The facts of which there are several accounts.
    facts: Vec<Accounts>,
    /// Of each of these accounts the fact.
    accounts: Small<EventId, usize>,
    /// The events that were retracted or redacted, though they may stand again.
    withdrawn: Small<EventId, ()>,
    /// Whether something became an account of another fact later, or its content is gone: which
    /// events are accounts is not known then.
    accounts_changed: bool,
}

/// The accounts of a fact.
#[derive(Debug, Clone)]
struct Accounts {
    /// In the order of recording, also those that were withdrawn.
    of_all: Vec<EventId>,
    /// Whether one of them was retracted or redacted, though it may stand again.
    withdrew_one: bool,
}

/// A correction that stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Correction {
    pub(super) at: Sequence,
    pub(super) does: Does,
}

/// What a correction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
            declared: Small::default(),
            revised: None,
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
        if envelope.redacts().is_some() && envelope.refers_to().len() > 1 {
            self.revised().accounts_changed = true;
        }
        let content = entry.content().map_or(&[][..], |content| &content.bytes);
        if let Some(of) = original_named_in(content) {
            match EventId::parse(of).filter(|_| kind.is_some_and(|it| !it.is_about_the_record())) {
                Some(of) => self.add_version(envelope.id(), &of),
                None => self.revised().accounts_changed = true,
            }
        }
        if matches!(kind, Some(Kind::Retraction | Kind::Redaction)) {
            envelope.corrects().into_iter().for_each(|of| self.withdraw(of));
        }
    }

    fn revised(&mut self) -> &mut Revised {
        self.revised.get_or_insert_default()
    }

    /// Takes another account of a fact.
    pub(super) fn add_version(&mut self, id: &EventId, of: &EventId) {
        self.revised().add_version(id, of);
    }

    /// Takes note that an event was retracted or redacted.
    pub(super) fn withdraw(&mut self, id: &EventId) {
        let revised = self.revised();
        if let Some(fact) = revised.accounts.get(id).and_then(|n| revised.facts.get_mut(*n)) {
            fact.withdrew_one = true;
        }
        revised.withdrawn.insert(id.clone(), ());
    }

    /// Takes note of an opening that stands.
    pub(super) fn open(&mut self, id: EventId) {
        // There is one, of hundreds of thousands of disputes each.
        self.openings.reserve_exact(1);
        self.openings.push(id);
    }

    fn settle(&mut self, log: &dyn ReadLog, record: &Record) -> Result<(), ReadError> {
        let own = self.slug.clone();
        let slug = own.as_deref();
        self.zone = record.zone_of(slug);
        let openings = slug.map_or(&[][..], |slug| record.openings(slug));
        let openings = openings.iter().filter_map(|n| record.get(*n));
        openings.for_each(|opening| self.open(opening.id.clone()));
        for named in [Named::Party, Named::Standard, Named::Unit, Named::Contract] {
            for declared in record.declared(named, slug) {
                self.declare(named, declared.clone());
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
                self.correct(of, Correction { at: recorded.sequence, does });
            }
        }
        Ok(())
    }

    /// Whether a version may have taken the place of its original, and nothing but the whole of the
    /// dispute tells what a reference means. As long as every original stands, it is what counts.
    pub(super) fn is_entangled(&self) -> bool {
        let revised = self.revised.as_ref();
        revised.is_some_and(|it| it.accounts_changed && !it.withdrawn.is_empty())
    }

    /// Whether another account of an event may take its place at once.
    pub(super) fn has_withdrawn(&self, id: &EventId) -> bool {
        self.revised.as_ref().is_some_and(|revised| {
            let withdrew_one = revised.fact_of(id).map(|accounts| accounts.withdrew_one);
            let is_withdrawn = || revised.withdrawn.contains(id);
            revised.accounts_changed || withdrew_one.unwrap_or_else(is_withdrawn)
        })
    }

    /// The accounts of a fact of which there are several, given one of them, in the order of
    /// recording. `None` where it has no other accounts, or where these are not known.
    pub(super) fn accounts_with(&self, id: &EventId) -> Option<&[EventId]> {
        let revised = self.revised.as_ref().filter(|revised| !revised.accounts_changed)?;
        revised.fact_of(id).map(|accounts| accounts.of_all.as_slice())
    }

    /// Whether an event may be one of several accounts of a fact.
    pub(super) fn may_be_account(&self, id: &EventId) -> bool {
        let revised = self.revised.as_ref();
        revised.is_some_and(|it| it.accounts_changed || it.accounts.contains(id))
    }

    pub(super) fn declares(&self, named: Named, slug: &Slug) -> bool {
        self.declared.contains(&(named, slug.clone()))
    }

    pub(super) fn slugs(&self, named: Named) -> impl Iterator<Item = &Slug> {
        let of_kind = self.declared.keys().filter(move |(known, _)| *known == named);
        of_kind.map(|(_, slug)| slug)
    }

    pub(super) fn declare(&mut self, named: Named, slug: Slug) {
        self.declared.insert((named, slug), ());
    }

    /// Takes a correction, none of a correction, of the event at a place: the latest of all.
    pub(super) fn correct(&mut self, of: Sequence, correction: Correction) {
        let corrections = &mut self.revised().corrections;
        match corrections.get_mut(&of) {
            Some(of_event) => of_event.push(correction),
            None => corrections.insert(of, vec![correction]),
        }
    }

    /// The corrections of an event that stand, in the order of recording.
    pub(super) fn corrections(&self, of: Sequence) -> &[Correction] {
        let revised = self.revised.as_ref();
        revised.and_then(|it| it.corrections.get(&of)).map_or(&[], Vec::as_slice)
    }
}

impl Revised {
    fn add_version(&mut self, id: &EventId, of: &EventId) {
        let fact = match self.accounts.get(of) {
            Some(fact) => *fact,
            None => {
                self.accounts.insert(of.clone(), self.facts.len());
                self.facts.push(Accounts { of_all: vec![of.clone()], withdrew_one: false });
                self.facts.len() - 1
            }
        };
        self.accounts.insert(id.clone(), fact);
        if let Some(accounts) = self.facts.get_mut(fact) {
            accounts.of_all.push(id.clone());
            accounts.withdrew_one |= [id, of].iter().any(|id| self.withdrawn.contains(*id));
        }
    }

    fn fact_of(&self, id: &EventId) -> Option<&Accounts> {
        self.accounts.get(id).and_then(|fact| self.facts.get(*fact))
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
