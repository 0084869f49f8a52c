//! Events that go together, in memory.

use std::collections::{BTreeMap, BTreeSet};

use crate::chain::Sequence;
use crate::names::Name;

/// An event of no dispute.
pub(super) struct Link {
    /// Where it is.
    pub(super) at: Sequence,
    /// What it declares, or makes another declare.
    pub(super) names: Vec<Name>,
    /// The events before it with which it goes, in whatever dispute.
    pub(super) goes_with: Vec<Sequence>,
}

/// Events that go together, and what they declare: mostly one of each, of hundreds of thousands.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// In their order, each once.
    pub(super) events: Vec<Sequence>,
    /// In their order, each once.
    pub(super) names: Vec<Name>,
}

impl Group {
    pub(super) fn of_events(mut events: Vec<Sequence>) -> Self {
        events.sort_unstable();
        events.dedup();
        Self { events, names: Vec::new() }
    }

    pub(super) fn add_name(&mut self, name: Name) {
        put_in_order(&mut self.names, vec![name]);
    }
}

/// Puts some to those that are in order; most often one at the end.
fn put_in_order<T: Ord>(all: &mut Vec<T>, mut some: Vec<T>) {
    if all.is_empty() {
        *all = some;
    } else if let [_] = some.as_slice()
        && let Some(one) = some.pop()
    {
        match all.binary_search(&one) {
            Ok(_) => {}
            Err(at) => all.insert(at, one),
        }
        return;
    } else {
        all.extend(some);
    }
    all.sort_unstable();
    all.dedup();
}

/// All events of no dispute.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    /// Those that became part of another are empty.
    all: Vec<Group>,
    by_event: BTreeMap<Sequence, usize>,
    by_name: BTreeMap<Name, usize>,
}

impl Groups {
    /// Puts an event to those with which it goes, which all go together from then on.
    pub(super) fn add(&mut self, link: &Link) {
        let added = Group { events: vec![link.at], names: link.names.clone() };
        let by_events = link.goes_with.iter().filter_map(|at| self.by_event.get(at));
        let by_names = link.names.iter().filter_map(|name| self.by_name.get(name));
        let mut near: BTreeSet<usize> = by_events.chain(by_names).copied().collect();
        let into = near.pop_first().unwrap_or(self.all.len());
        if into == self.all.len() {
            self.all.push(Group::default());
        }
        self.put(added, into);
        for other in near {
            let other = self.all.get_mut(other).map(std::mem::take).unwrap_or_default();
            self.put(other, into);
        }
    }

    /// Puts a whole group into one, as it was read.
    pub(super) fn push(&mut self, group: Group) {
        let into = self.all.len();
        self.all.push(Group::default());
        self.put(group, into);
    }

    fn put(&mut self, group: Group, into: usize) {
        self.by_event.extend(group.events.iter().map(|at| (*at, into)));
        self.by_name.extend(group.names.iter().map(|name| (name.clone(), into)));
        if let Some(to) = self.all.get_mut(into) {
            put_in_order(&mut to.events, group.events);
            put_in_order(&mut to.names, group.names);
        }
    }

    /// The groups in the order of their first events.
    pub(super) fn all(&self) -> Vec<&Group> {
        let mut all: Vec<&Group> = self.all.iter().filter(|it| !it.events.is_empty()).collect();
        all.sort_unstable_by_key(|group| group.events.first());
        all
    }

    /// Whether an event is in one of them.
    pub(super) fn has(&self, at: Sequence) -> bool {
        self.by_event.contains_key(&at)
    }

    pub(super) fn declaring(&self, name: &Name) -> Vec<Sequence> {
        self.events(self.by_name.get(name))
    }

    pub(super) fn beside(&self, at: Sequence) -> Vec<Sequence> {
        self.events(self.by_event.get(&at))
    }

    fn events(&self, group: Option<&usize>) -> Vec<Sequence> {
        let group = group.and_then(|group| self.all.get(*group));
        group.map(|group| group.events.clone()).unwrap_or_default()
    }
}
