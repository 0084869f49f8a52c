//! Why a part of the state is as it is: the smallest set of events that gives it, found by leaving
//! events out and folding the rest, and what would have made it otherwise.

use std::collections::{BTreeSet, HashMap};

use dispute_core::event::schema::Mentioned;
use dispute_core::event::{Event, Fact};
use dispute_core::{EventId, Json, Record, Sequence, Slug};

use crate::as_of::{AsOf, course};
use crate::change::Change;
use crate::dispute::table::is_held;
use crate::dispute::{Known, State};
use crate::order_sensitive::order_sensitive;
use crate::parts::part;
use crate::timeline::timeline;

/// How many events that may have happened are tried.
const MOST_TRIED: usize = 100;

/// An explanation.
#[derive(Debug, Clone)]
pub struct Why {
    /// The part, by its name.
    pub part: String,
    /// What the state says of it; null where it has none of that name.
    pub value: Json,
    /// The events that give it, in effective order, corrections where they were recorded last.
    /// Folding them and what they refer to gives the same value; leaving any of them out gives
    /// another.
    pub events: Vec<Because>,
    /// What is missing, and what may have happened, that would make it otherwise.
    pub absent: Vec<Absent>,
}

/// An event of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// Its position in the record.
    pub n: usize,
    /// The event.
    pub id: EventId,
    /// Its place in the ledger.
    pub sequence: Sequence,
    /// What it does.
    pub effect: Effect,
}

/// What an event does for a part of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It changes the part.
    Changes(Vec<Change>),
    /// It opens the dispute.
    Opens,
    /// It corrects another event.
    Corrects(EventId),
    /// It shows when another event happened at the latest or at the earliest.
    Dates(EventId),
    /// Without it, the part would be this.
    Without(Json),
}

/// What would have made a part otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absent {
    /// A party that was asked has not answered.
    Answer {
        /// Who was asked.
        party: String,
        /// What they were asked.
        of: EventId,
    },
    /// An event may have happened by then; with it the part would be this.
    Possible {
        /// The event.
        id: EventId,
        /// The part with it.
        value: Json,
    },
    /// Two events whose order is not known would give another value in the other order.
    Order {
        /// The events, in the order in which they are taken.
        ids: [EventId; 2],
        /// The part that depends on it.
        key: String,
    },
    /// The event that the part is named after was not known then.
    NotKnown(EventId),
    /// It was retracted or redacted.
    Retracted(EventId),
    /// It happened later, or may have.
    Later(EventId),
}

/// Explains a part of the state at a cut. `None` where there is no such dispute.
pub fn why(record: &Record, dispute: &Slug, as_of: AsOf, name: &str) -> Option<Why> {
    let known = &*as_of.known_part(record);
    let question = Question { record: known, dispute, as_of, name };
    let state = json(&State::of(known, dispute, as_of)?, as_of);
    let value = part(&state, name);
    let opening = *known.openings(dispute).last()?;
    let kept = question.smallest(&state, &value, opening);
    let events = question.events(&kept, &value, opening);
    let mut absent = question.unanswered(&state);
    absent.extend(question.possible(&value));
    absent.extend(question.order());
    if value == Json::Null {
        absent.extend(not_there(record, &question));
    }
    Some(Why { part: name.to_owned(), value, events, absent })
}

fn json(state: &State, as_of: AsOf) -> Json {
    // Which head the answer rests on is said beside it.
    state.to_json(&Known { sequence: 0, digest: String::new(), recorded_at: as_of.now })
}

struct Question<'a> {
    record: &'a Record,
    dispute: &'a Slug,
    as_of: AsOf,
    name: &'a str,
}

/// Positions of events in the record.
type Set = BTreeSet<usize>;

impl Question<'_> {
    /// The part as a few events give it.
    fn value_of(&self, events: &Set) -> Json {
        let few = self.few(events);
        let state = State::of(&few, self.dispute, self.as_of);
        state.map_or(Json::Null, |state| part(&json(&state, self.as_of), self.name))
    }

    /// The record of a few events. What was redacted is so at every cut.
    fn few(&self, events: &Set) -> Record {
        let recorded = events.iter().filter_map(|n| self.record.get(*n)).cloned();
        Record::load(recorded, self.record.erased().cloned())
    }

    /// A smallest set of events, with all that they refer to, that gives the part the same value:
    /// no event can be left out of it together with those that refer to it. Which one is found
    /// where there are several: rather events that the state names, and rather earlier ones.
    fn smallest(&self, state: &Json, value: &Json, opening: usize) -> Set {
        let references = References::of(self.record);
        let hinted = self.hinted(state, value);
        let mut kept = references.with_all_referred_to(hinted.iter().copied().chain([opening]));
        let corrections: Vec<usize> = references.corrections_of(self.record, &kept);
        kept = references.with_all_referred_to(kept.iter().copied().chain(corrections));
        if self.value_of(&kept) != *value {
            kept = references.with_all_referred_to(0..self.record.len());
        }
        let needed = self.needed(value);
        let mut share = kept.len().div_ceil(2);
        loop {
            let may_go = |n: &usize| *n != opening && !needed.contains(n);
            let mut candidates: Vec<usize> = kept.iter().copied().filter(may_go).collect();
            candidates.sort_by_key(|n| (hinted.contains(n), std::cmp::Reverse(*n)));
            let mut smaller = false;
            for some in candidates.chunks(share) {
                let left_out = references.with_all_referring(&kept, some);
                if left_out.is_empty() || left_out.contains(&opening) {
                    continue;
                }
                let fewer: Set = kept.difference(&left_out).copied().collect();
                if self.value_of(&fewer) == *value {
                    kept = fewer;
                    smaller = true;
                }
            }
            if share == 1 && !smaller {
                return kept;
            }
            share = share.div_ceil(2).max(1);
        }
    }

    /// Events without which the value is another, whatever else is there, so that it need not be
    /// tried: those that it names by their ids, and those that it counts.
    fn needed(&self, value: &Json) -> Set {
        let mut needed = Set::new();
        ids(value, &mut |id| {
            needed.extend(EventId::parse(id).and_then(|id| self.record.position(&id)));
        });
        let is_counted = |fact: &Fact| match fact {
            Fact::Statement(_) => matches!(self.name, "statements" | "statements.count"),
            Fact::Session(session) => {
                matches!(self.name, "sessions" | "sessions.held") && is_held(session.status)
            }
            _ => false,
        };
        for step in course(self.record, self.dispute, self.as_of).certain {
            // Another account might be counted in its place.
            let is_alone =
                self.record.original(step.n) == step.n && self.record.versions(step.n).is_empty();
            if is_counted(&step.event.fact) && is_alone {
                needed.insert(step.n);
            }
        }
        needed
    }

    /// The events that the state names where it speaks of the part.
    fn hinted(&self, state: &Json, value: &Json) -> Set {
        let mut hinted = Set::new();
        let mut take = |text: &str| {
            hinted.extend(EventId::parse(text).and_then(|id| self.record.position(&id)));
        };
        let (key, rest) = self.name.split_once('.').unwrap_or((self.name, ""));
        texts(value, &mut take);
        if key == "phase" {
            texts(&part(state, "phase_set_by"), &mut take);
        }
        // The row of which a member was asked for.
        for (at, _) in rest.match_indices('.').chain([(rest.len(), "")]) {
            let row = rest.get(..at).unwrap_or(rest);
            take(row);
            texts(&part(state, &format!("{key}.{row}")), &mut take);
        }
        hinted
    }

    fn events(&self, kept: &Set, value: &Json, opening: usize) -> Vec<Because> {
        let few = self.few(kept);
        let entries = timeline(&few, self.dispute, self.as_of).unwrap_or_default();
        let told: HashMap<&EventId, Vec<Change>> = entries
            .iter()
            .filter_map(|entry| Some((&few.get(entry.n)?.id, self.touching(&entry.changes))))
            .collect();
        let places: HashMap<&EventId, usize> = entries
            .iter()
            .enumerate()
            .filter_map(|(place, entry)| Some((&few.get(entry.n)?.id, place)))
            .collect();
        let needed = self.needed(value);
        let mut events = Vec::new();
        for n in kept {
            let Some(recorded) = self.record.get(*n) else { continue };
            let effect = if *n == opening {
                if !self.hangs_on_the_opening() || *value == Json::Null {
                    continue;
                }
                Effect::Opens
            } else {
                let changes = told.get(&recorded.id).filter(|changes| !changes.is_empty());
                match changes.filter(|_| needed.contains(n)) {
                    Some(changes) => Effect::Changes(changes.clone()),
                    None => {
                        let others = kept.iter().copied().filter(|k| k != n).collect();
                        let without = self.value_of(&others);
                        if without == *value {
                            continue;
                        }
                        match changes {
                            Some(changes) => Effect::Changes(changes.clone()),
                            None => self.effect_beside(&few, &recorded.id, without),
                        }
                    }
                }
            };
            let (id, sequence) = (recorded.id.clone(), recorded.sequence);
            events.push(Because { n: *n, id, sequence, effect });
        }
        events.sort_by_key(|because| {
            let place = places.get(&because.id);
            (place.is_none(), place, because.n)
        });
        events
    }

    /// Changes of what was asked for: of the part itself, of one that it is a member of, or of one
    /// of its rows.
    fn touching(&self, changes: &[Change]) -> Vec<Change> {
        let is_below = |above: &str, below: &str| {
            below
                .strip_prefix(above)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        };
        let touches = |change: &&Change| {
            is_below(&change.part, self.name) || is_below(self.name, &change.part)
        };
        changes.iter().filter(touches).cloned().collect()
    }

    /// What an event does that changes nothing by itself.
    fn effect_beside(&self, few: &Record, id: &EventId, without: Json) -> Effect {
        let Some(n) = few.position(id) else { return Effect::Without(without) };
        match few.get(n).and_then(|event| event.fact()) {
            Some(Fact::Amendment(amendment)) => return Effect::Corrects(amendment.of.clone()),
            Some(Fact::Retraction(retraction)) => return Effect::Corrects(retraction.of.clone()),
            _ => {}
        }
        let positions = few.of_dispute(self.dispute);
        let narrowed = few.narrowed(positions);
        let dated = positions.iter().zip(narrowed).find(|(_, narrowed)| {
            narrowed.latest_from == Some(n) || narrowed.earliest_from == Some(n)
        });
        match dated.and_then(|(dated, _)| few.get(*dated)) {
            Some(dated) => Effect::Dates(dated.id.clone()),
            None => Effect::Without(without),
        }
    }

    /// Whether the part would be otherwise if the dispute had not been opened by then.
    fn hangs_on_the_opening(&self) -> bool {
        let key = self.name.split_once('.').map_or(self.name, |(key, _)| key);
        let of_the_opening = ["title", "time_zone", "employers", "unions"];
        let phases = ["phase", "phase_since", "phase_set_by"];
        if phases.contains(&key) {
            let course = course(self.record, self.dispute, self.as_of);
            return course.certain.iter().any(|s| matches!(s.event.fact, Fact::DisputeOpened(_)));
        }
        of_the_opening.contains(&key)
    }

    /// Parties that were asked and have not answered, where an answer could still change the part.
    fn unanswered(&self, state: &Json) -> Vec<Absent> {
        let (key, rest) = self.name.split_once('.').unwrap_or((self.name, ""));
        let mut absent = Vec::new();
        if !matches!(key, "proposals" | "mediation") {
            return absent;
        }
        for row in state.get(key).unwrap_or(&Json::Null).parts() {
            let text = |member| row.get(member).and_then(Json::as_text).unwrap_or_default();
            let is_asked_for = rest.is_empty()
                || rest
                    .strip_prefix(text("id"))
                    .is_some_and(|r| r.is_empty() || r.starts_with('.'));
            let is_open = matches!(
                text("status"),
                "open" | "countered" | "partly-rejected" | "partly-accepted" | "offered"
            );
            let Some(id) = EventId::parse(text("id")).filter(|_| is_asked_for && is_open) else {
                continue;
            };
            for party in self.asked(&id) {
                let answer = row.get("answers").and_then(|answers| answers.get(&party));
                let answer = answer.and_then(|it| it.get("answer")).and_then(Json::as_text);
                if answer.is_none_or(|answer| answer == "none") {
                    absent.push(Absent::Answer { party, of: id.clone() });
                }
            }
        }
        absent
    }

    /// The parties to whom a proposal or an offer of mediation went.
    fn asked(&self, id: &EventId) -> Vec<String> {
        let document = self.record.position(id).and_then(|n| self.record.document(n));
        let to = match document.map(|event| &event.fact) {
            Some(Fact::Proposal(proposal)) => proposal.to.as_deref().unwrap_or_default(),
            Some(Fact::MediationOffer(offer)) => offer.to.as_slice(),
            _ => &[],
        };
        to.iter().map(ToString::to_string).collect()
    }

    /// Events that may have happened, with which the part would be otherwise.
    fn possible(&self, value: &Json) -> Vec<Absent> {
        // Of what may have happened, it is no news that it may have.
        let Some(on) = self.as_of.on.filter(|_| !self.name.starts_with("possible")) else {
            return Vec::new();
        };
        let course = course(self.record, self.dispute, self.as_of);
        let tried = course.possible.iter().filter(|n| self.record.counts(**n)).take(MOST_TRIED);
        let with = |n: &usize| {
            let assumed = course.assuming(self.record, *n, on);
            let state = State::after(self.record, self.dispute, self.as_of, &assumed)?;
            let with = part(&json(&state, self.as_of), self.name);
            let id = self.record.get(*n)?.id.clone();
            (with != *value).then_some(Absent::Possible { id, value: with })
        };
        tried.filter_map(with).collect()
    }

    /// Events whose order is not known and matters to the part.
    fn order(&self) -> Vec<Absent> {
        let found =
            order_sensitive(self.record, self.dispute, self.as_of).unwrap_or_default().found;
        let change = |key: &str| Change {
            part: key.to_owned(),
            from: Json::Null,
            to: Json::Null,
            events: Vec::new(),
            learned: false,
        };
        let touching =
            found.into_iter().filter(|one| !self.touching(&[change(&one.key)]).is_empty());
        touching.map(|one| Absent::Order { ids: one.ids, key: one.key }).collect()
    }
}

/// Why the row of an event is not in the state.
fn not_there(record: &Record, question: &Question<'_>) -> Option<Absent> {
    let (_, rest) = question.name.split_once('.')?;
    let id = EventId::parse(rest)?;
    record.position(&id)?;
    let Some(n) = question.record.position(&id) else { return Some(Absent::NotKnown(id)) };
    if !question.record.stands(n) {
        return Some(Absent::Retracted(id));
    }
    let course = course(question.record, question.dispute, question.as_of);
    let happened = course.certain.iter().any(|step| step.n == n);
    (!happened).then_some(Absent::Later(id))
}

/// The ids by which a value names events.
fn ids(value: &Json, take: &mut dyn FnMut(&str)) {
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                match value {
                    Json::Text(id) if matches!(&**key, "id" | "set_by" | "event") => take(id),
                    value => ids(value, take),
                }
            }
        }
        Json::List(parts) => parts.iter().for_each(|part| ids(part, take)),
        _ => {}
    }
}

/// Every text of a value.
fn texts(value: &Json, take: &mut dyn FnMut(&str)) {
    match value {
        Json::Text(text) => take(text),
        Json::List(parts) => parts.iter().for_each(|part| texts(part, take)),
        Json::Object(members) => members.iter().for_each(|(_, value)| texts(value, take)),
        _ => {}
    }
}

/// What each event refers to, as recorded and as amended, and what refers to it.
struct References {
    to: Vec<Vec<usize>>,
    from: Vec<Vec<usize>>,
}

impl References {
    fn of(record: &Record) -> Self {
        let mut to = vec![Vec::new(); record.len()];
        let mut from = vec![Vec::new(); record.len()];
        for n in 0..record.len() {
            let recorded = record.get(n).and_then(|event| event.event.as_ref());
            let mut targets = Set::new();
            for event in [recorded, record.document(n)].into_iter().flatten() {
                targets.extend(named_events(record, event));
            }
            targets.remove(&n);
            for target in &targets {
                if let Some(from) = from.get_mut(*target) {
                    from.push(n);
                }
            }
            if let Some(to) = to.get_mut(n) {
                to.extend(targets);
            }
        }
        Self { to, from }
    }

    fn with_all_referred_to(&self, events: impl IntoIterator<Item = usize>) -> Set {
        reached(&self.to, events, |_| true)
    }

    /// Some of the events of a set with all of it that refer to them.
    fn with_all_referring(&self, set: &Set, some: &[usize]) -> Set {
        let some = some.iter().copied().filter(|n| set.contains(n));
        reached(&self.from, some, |n| set.contains(n))
    }

    /// The corrections of events, and of those corrections.
    fn corrections_of(&self, record: &Record, events: &Set) -> Vec<usize> {
        let is_correction =
            |n: &usize| record.get(*n).is_some_and(|event| event.kind.is_about_the_record());
        reached(&self.from, events.iter().copied(), is_correction).into_iter().collect()
    }
}

fn reached(
    links: &[Vec<usize>],
    from: impl IntoIterator<Item = usize>,
    goes_to: impl Fn(&usize) -> bool,
) -> Set {
    let mut found: Set = from.into_iter().collect();
    let mut next: Vec<usize> = found.iter().copied().collect();
    while let Some(n) = next.pop() {
        for to in links.get(n).into_iter().flatten().filter(|to| goes_to(to)) {
            if found.insert(*to) {
                next.push(*to);
            }
        }
    }
    found
}

/// The events on record that an event names.
fn named_events(record: &Record, event: &Event) -> Vec<usize> {
    let mut named = Vec::new();
    event.mentions(&mut |mention| match mention.what {
        Mentioned::Event(id, _) => named.extend(record.position(id)),
        Mentioned::PartyOrEvent(text) => {
            named.extend(EventId::parse(text).and_then(|id| record.position(&id)));
        }
        Mentioned::Declared(..) | Mentioned::Date(_) => {}
    });
    named
}
