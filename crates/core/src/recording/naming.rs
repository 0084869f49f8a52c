//! Reading disputes with the parties and standards that they name, and no others.

use std::collections::{BTreeMap, BTreeSet};

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::envelope::LedgerId;
use crate::event::schema::{Mentioned, Named};
use crate::event::{Event, Fact, Kind};
use crate::event_log::{LogError, ReadLog, existing};
use crate::identifier::{EventId, Slug};
use crate::names::{Name, Names, texts};
use crate::record::{Record, Recorded};
use crate::recording::{ReadError, Scope, read_entries, read_record};

/// Reads what is on record of some disputes, with the parties and standards that it names.
///
/// # Errors
/// [`ReadError`].
pub fn read_disputes<L: ReadLog + ?Sized>(
    log: &L,
    disputes: &BTreeSet<Slug>,
) -> Result<Record, ReadError> {
    Ok(Record::load(read_with_named(log, &entries_of(log, disputes)?)?, []))
}

fn entries_of<L: ReadLog + ?Sized>(
    log: &L,
    disputes: &BTreeSet<Slug>,
) -> Result<Vec<Entry>, LogError> {
    let mut entries = Vec::new();
    for dispute in disputes {
        entries.extend(log.entries_of(Some(dispute))?);
    }
    entries.sort_unstable_by_key(|entry| entry.envelope().sequence());
    Ok(entries)
}

/// Reads what is on record of some disputes, with the parties and standards that it and a new event
/// name: of names that are known already. The event keeps the rules of it where it keeps those of a
/// record with all that belongs to no dispute, as with [`with_named`].
///
/// # Errors
/// [`ReadError`].
pub(crate) fn read_disputes_for<L: ReadLog + ?Sized>(
    log: &L,
    names: &Names,
    disputes: &BTreeSet<Slug>,
    event: &Event,
) -> Result<Record, ReadError> {
    if takes_a_place(event) {
        return read_record(log, &Scope::Disputes(disputes.clone()));
    }
    let ledger = log.ledger()?.id;
    let mut recorded = read_entries(&ledger, &entries_of(log, disputes)?)?;
    let mut following = Following::new(log, ledger);
    recorded.iter().for_each(|event| following.have(event));
    following.follow_new(event);
    recorded.extend(following.found_in(names)?);
    recorded.sort_unstable_by_key(|event| event.sequence);
    Ok(Record::load(recorded, []))
}

/// Where another account counts of a party, all parties are asked again whether they keep the rules.
fn takes_a_place(event: &Event) -> bool {
    event.dispute.is_none() && event.common.version_of.is_some()
}

/// Reads entries of disputes, with the parties and standards that they name: whatever can be asked
/// of these events has the answer that it has with everything on record that belongs to no
/// dispute.
///
/// # Errors
/// [`ReadError`].
pub fn read_with_named<L: ReadLog + ?Sized>(
    log: &L,
    entries: &[Entry],
) -> Result<Vec<Recorded>, ReadError> {
    let ledger = log.ledger()?.id;
    let mut recorded = read_entries(&ledger, entries)?;
    let mut following = Following::new(log, ledger);
    recorded.iter().for_each(|event| following.have(event));
    recorded.extend(following.found()?);
    recorded.sort_unstable_by_key(|event| event.sequence);
    Ok(recorded)
}

/// Reads what is on record of a party or a standard, with what that names.
///
/// # Errors
/// [`ReadError`].
pub fn read_described<L: ReadLog + ?Sized>(
    log: &L,
    named: Named,
    slug: &Slug,
) -> Result<Record, ReadError> {
    let mut following = Following::new(log, log.ledger()?.id);
    following.names.insert((named, slug.clone()));
    Ok(Record::load(following.found()?, []))
}

/// A record with the parties and standards that some new events name besides, and whatever is on
/// record under the ids that these take: these events keep the rules of it where they keep those
/// of a record with all that belongs to no dispute. What a refusal proposes is found only there.
///
/// # Errors
/// [`ReadError`].
pub fn with_named<L: ReadLog + ?Sized>(
    log: &L,
    record: Record,
    events: &[Event],
) -> Result<Record, ReadError> {
    if events.iter().any(takes_a_place) {
        return with_all_named(log, record);
    }
    let mut following = Following::new(log, log.ledger()?.id);
    record.recorded().iter().for_each(|event| following.hold(event));
    events.iter().for_each(|event| following.follow_new(event));
    let more = following.found()?;
    Ok(joined(record, more))
}

/// A record with all that belongs to no dispute.
///
/// # Errors
/// [`ReadError`].
pub fn with_all_named<L: ReadLog + ?Sized>(log: &L, record: Record) -> Result<Record, ReadError> {
    let all = read_record(log, &Scope::Disputes(BTreeSet::new()))?;
    let here: BTreeSet<Sequence> = record.recorded().iter().map(|event| event.sequence).collect();
    let more = all.recorded().iter().filter(|event| !here.contains(&event.sequence)).cloned();
    Ok(joined(record, more.collect()))
}

fn joined(record: Record, more: Vec<Recorded>) -> Record {
    if more.is_empty() {
        return record;
    }
    let mut recorded = [record.recorded(), &more].concat();
    recorded.sort_unstable_by_key(|event| event.sequence);
    Record::load(recorded, record.erased().cloned())
}

/// Goes from events to what they name, and on to what that names.
struct Following<'a, L: ?Sized> {
    log: &'a L,
    ledger: LedgerId,
    /// What was named and is not looked up yet.
    names: BTreeSet<Name>,
    ids: BTreeSet<EventId>,
    /// What was looked up, or is here.
    known_names: BTreeSet<Name>,
    known_ids: BTreeSet<EventId>,
    here: BTreeSet<Sequence>,
}

impl<'a, L: ReadLog + ?Sized> Following<'a, L> {
    fn new(log: &'a L, ledger: LedgerId) -> Self {
        let (names, ids) = (BTreeSet::new(), BTreeSet::new());
        let (known_names, known_ids) = (BTreeSet::new(), BTreeSet::new());
        Self { log, ledger, names, ids, known_names, known_ids, here: BTreeSet::new() }
    }

    /// Takes an event as here.
    fn hold(&mut self, event: &Recorded) {
        self.here.insert(event.sequence);
        self.known_ids.insert(event.id.clone());
    }

    /// Takes an event as here that is to be followed.
    fn have(&mut self, event: &Recorded) {
        self.hold(event);
        if let Some(event) = &event.event {
            self.follow(event);
        }
    }

    /// Follows an event that is not on record yet.
    fn follow_new(&mut self, event: &Event) {
        self.follow(event);
        self.ids.extend(event.id.clone());
        // A slug must not be an id on record.
        let opened = event.dispute.as_ref().filter(|_| event.kind() == Kind::DisputeOpened);
        self.ids.extend(opened.and_then(|slug| EventId::parse(slug.as_str())));
    }

    /// Notes what an event names.
    fn follow(&mut self, event: &Event) {
        event.mentions(&mut |mention| match mention.what {
            Mentioned::Declared(named, slug) => self.name(named, slug),
            Mentioned::Event(id, _) => self.id(id),
            Mentioned::PartyOrEvent(text) => self.text(text),
            Mentioned::Date(_) => {}
        });
        if let Some((named, slug)) = event.declares() {
            self.name(named, slug);
        }
        // Which amendments stand hangs on the cut: each of them may be the one that counts.
        if let Fact::Amendment(amendment) = &event.fact {
            for (_, value) in &amendment.set.0 {
                texts(value, &mut |text| self.text(text));
            }
        }
    }

    fn name(&mut self, named: Named, slug: &Slug) {
        let name = (named, slug.clone());
        let is_wanted = matches!(named, Named::Party | Named::Standard);
        if is_wanted && !self.known_names.contains(&name) {
            self.names.insert(name);
        }
    }

    fn id(&mut self, id: &EventId) {
        if !self.known_ids.contains(id) {
            self.ids.insert(id.clone());
        }
    }

    /// Notes whatever a text may name.
    fn text(&mut self, text: &str) {
        if let Some(slug) = Slug::parse(text) {
            self.name(Named::Party, &slug);
            self.name(Named::Standard, &slug);
        }
        if let Some(id) = EventId::parse(text) {
            self.id(&id);
        }
    }

    /// Reads what was named and is not here.
    fn found(self) -> Result<Vec<Recorded>, ReadError> {
        if self.names.is_empty() && self.ids.iter().all(|id| self.known_ids.contains(id)) {
            return Ok(Vec::new());
        }
        let names = Names::of(self.log)?;
        self.found_in(&names)
    }

    fn found_in(mut self, names: &Names) -> Result<Vec<Recorded>, ReadError> {
        let mut found = BTreeMap::new();
        self.ids.retain(|id| !self.known_ids.contains(id));
        while !self.names.is_empty() || !self.ids.is_empty() {
            let entries = self.next(names)?;
            for event in read_entries(&self.ledger, &entries)? {
                self.have(&event);
                found.insert(event.sequence, event);
            }
        }
        Ok(found.into_values().collect())
    }

    /// The entries of what was named since the last time.
    fn next(&mut self, names: &Names) -> Result<Vec<Entry>, LogError> {
        let mut places = BTreeSet::new();
        for name in std::mem::take(&mut self.names) {
            places.extend(names.declaring(&name));
            self.known_names.insert(name);
        }
        for id in std::mem::take(&mut self.ids) {
            if !self.known_ids.contains(&id)
                && let Some(at) = self.log.find(&id)?
            {
                places.extend(names.beside(at));
            }
            self.known_ids.insert(id);
        }
        let new = places.into_iter().filter(|at| !self.here.contains(at));
        new.map(|at| existing(self.log, at)).collect()
    }
}
