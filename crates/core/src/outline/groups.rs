//! Which events of a log go together because some of them are about others.

use std::collections::HashMap;

use crate::chain::Sequence;

/// Events that go together, by their places: two go together where one is about the other, and so
/// on. A few bytes for each that is about another or that another is about; nothing for the rest.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    /// The places, in order, each with the number of its group.
    numbers: Vec<(Sequence, u32)>,
    /// The members of one group after those of the other, each group in order.
    members: Vec<Sequence>,
    /// Where each group begins among the members, and where the last one ends.
    starts: Vec<u32>,
    /// Each event that is about another, with that one, in order.
    targets: Vec<(Sequence, Sequence)>,
    /// Each event that is corrected, with what corrects it, in order.
    corrections: Vec<(Sequence, Sequence)>,
}

/// That an event is about an earlier one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) at: Sequence,
    pub(super) about: Sequence,
    /// Whether it corrects it; else it is another account of the same fact.
    pub(super) corrects: bool,
}

/// Which of the events that go together with one are to be on a record with it, so that it reads
/// there as it does among all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// What corrects it: for what it says, and whether it was retracted or erased.
    Corrections,
    /// Also what it is about: for the dispute of a correction, and whether an event is another
    /// account of a fact.
    Targets,
    /// All of them: also for which account of a fact counts, and so for dates.
    All,
}

impl Groups {
    /// Puts together what is linked.
    pub(super) fn of(links: &[Link]) -> Self {
        let mut places: Vec<Sequence> =
            links.iter().flat_map(|link| [link.at, link.about]).collect();
        places.sort_unstable();
        places.dedup();
        let mut united = United::of(places.len());
        for Link { at, about, .. } in links {
            if let (Ok(one), Ok(other)) = (places.binary_search(at), places.binary_search(about)) {
                united.unite(one, other);
            }
        }
        let mut groups = Self::default();
        groups.targets.extend(links.iter().map(|link| (link.at, link.about)));
        groups.targets.sort_unstable();
        let corrections = links.iter().filter(|link| link.corrects);
        groups.corrections.extend(corrections.map(|link| (link.about, link.at)));
        groups.corrections.sort_unstable();
        let mut known: HashMap<usize, u32> = HashMap::new();
        for (n, place) in places.into_iter().enumerate() {
            let next = number(known.len());
            groups.numbers.push((place, *known.entry(united.first(n)).or_insert(next)));
        }
        let mut by_group: Vec<(u32, Sequence)> =
            groups.numbers.iter().map(|(place, group)| (*group, *place)).collect();
        by_group.sort_unstable();
        for (group, place) in by_group {
            if number(groups.starts.len()) == group {
                groups.starts.push(number(groups.members.len()));
            }
            groups.members.push(place);
        }
        groups.starts.push(number(groups.members.len()));
        groups
    }

    /// The number of the group that an event is in.
    pub(super) fn group(&self, at: Sequence) -> Option<u32> {
        number_of(&self.numbers, at)
    }

    /// The numbers of the groups that some events are in, whose places are in order. They mostly lie
    /// together, and so they are looked for in few places.
    pub(super) fn groups_of(
        &self,
        places: impl DoubleEndedIterator<Item = Sequence> + Clone,
    ) -> Vec<Option<u32>> {
        let (Some(first), Some(last)) = (places.clone().next(), places.clone().next_back()) else {
            return Vec::new();
        };
        let start = self.numbers.partition_point(|(place, _)| *place < first);
        let end = self.numbers.partition_point(|(place, _)| *place <= last);
        let numbers = self.numbers.get(start..end).unwrap_or_default();
        places.map(|at| number_of(numbers, at)).collect()
    }

    /// The members of a group, in order.
    pub(super) fn members(&self, group: u32) -> &[Sequence] {
        let start = |n: usize| self.starts.get(n).and_then(|start| usize::try_from(*start).ok());
        let range = usize::try_from(group).ok().and_then(|n| Some(start(n)?..start(n + 1)?));
        range.and_then(|range| self.members.get(range)).unwrap_or_default()
    }

    /// Those to be on a record with an event that is in a group, itself among them.
    pub(super) fn beside(&self, at: Sequence, group: u32, beside: Beside) -> Vec<Sequence> {
        if beside == Beside::All {
            return self.members(group).to_vec();
        }
        let mut some = vec![at];
        follow(&self.corrections, &mut some);
        if beside == Beside::Targets {
            follow(&self.targets, &mut some);
        }
        some
    }

    /// The groups of more members than so many.
    pub(super) fn larger_than(&self, most: usize) -> impl Iterator<Item = u32> {
        let all = 0..number(self.starts.len().saturating_sub(1));
        all.filter(move |group| self.members(*group).len() > most)
    }
}

/// Adds to some places all to which links lead from them.
fn follow(links: &[(Sequence, Sequence)], some: &mut Vec<Sequence>) {
    let mut next = 0;
    while let Some(at) = some.get(next).copied() {
        let first = links.partition_point(|(from, _)| *from < at);
        let links = links.iter().skip(first).take_while(|(from, _)| *from == at);
        for (_, to) in links {
            if !some.contains(to) {
                some.push(*to);
            }
        }
        next += 1;
    }
}

fn number_of(numbers: &[(Sequence, u32)], at: Sequence) -> Option<u32> {
    let found = numbers.binary_search_by_key(&at, |(place, _)| *place).ok()?;
    numbers.get(found).map(|(_, group)| *group)
}

/// More than four thousand millions do not fit into memory as it is.
fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Which of some things are united with which: each names one before it with which it is, the
/// first of them itself.
struct United(Vec<usize>);

impl United {
    fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The first of those with which one is united, which is halfway nearer to all on the way from
    /// then on.
    fn first(&mut self, n: usize) -> usize {
        let mut n = n;
        loop {
            let before = self.before(n);
            if before == n {
                return n;
            }
            let further = self.before(before);
            if let Some(before) = self.0.get_mut(n) {
                *before = further;
            }
            n = further;
        }
    }

    fn before(&self, n: usize) -> usize {
        self.0.get(n).copied().unwrap_or(n)
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        let (first, last) = (one.min(other), one.max(other));
        if let Some(before) = self.0.get_mut(last) {
            *before = first;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(n: u64) -> Sequence {
        Sequence::new(n)
    }

    fn links(links: &[(u64, u64)]) -> Vec<Link> {
        let link = |(one, other): &(u64, u64)| Link {
            at: at(*one),
            about: at(*other),
            corrects: one % 2 == 0,
        };
        links.iter().map(link).collect()
    }

    #[test]
    fn what_is_linked_by_way_of_others_goes_together() {
        let groups = Groups::of(&links(&[(9, 2), (30, 9), (7, 4), (12, 30), (8, 5), (8, 4)]));
        let beside = |n| groups.group(at(n)).map(|group| groups.members(group).to_vec());
        let first = Some(vec![at(2), at(9), at(12), at(30)]);
        let second = Some(vec![at(4), at(5), at(7), at(8)]);
        for n in [2, 9, 12, 30] {
            assert_eq!(beside(n), first, "{n}");
        }
        for n in [4, 5, 7, 8] {
            assert_eq!(beside(n), second, "{n}");
        }
        for n in [1, 3, 6, 31] {
            assert_eq!(beside(n), None, "{n}");
        }
        let all = groups.groups_of((1..32).map(at));
        let one_by_one: Vec<Option<u32>> = (1..32).map(|n| groups.group(at(n))).collect();
        assert_eq!(all, one_by_one);
        assert_eq!(groups.larger_than(3).count(), 2);
        assert_eq!(groups.larger_than(4).count(), 0);
    }

    #[test]
    fn nothing_goes_together_where_nothing_is_linked() {
        let groups = Groups::of(&[]);
        assert_eq!(groups.group(at(1)), None);
        assert!(groups.members(0).is_empty());
        assert_eq!(groups.larger_than(0).count(), 0);
    }

    #[test]
    fn what_corrects_an_event_is_told_from_what_it_is_about() {
        // 4 and 5 are about 2, 6 is about 4, 9 about 5, 10 about 9; the even ones are corrections.
        let groups = Groups::of(&links(&[(4, 2), (5, 2), (6, 4), (9, 5), (10, 9)]));
        let beside = |n, beside| {
            let group = groups.group(at(n)).unwrap();
            let mut some = groups.beside(at(n), group, beside);
            some.sort_unstable();
            some.into_iter().map(Sequence::get).collect::<Vec<_>>()
        };
        assert_eq!(beside(2, Beside::Corrections), [2, 4, 6]);
        assert_eq!(beside(9, Beside::Corrections), [9, 10]);
        assert_eq!(beside(9, Beside::Targets), [2, 5, 9, 10]);
        assert_eq!(beside(6, Beside::Targets), [2, 4, 6]);
        assert_eq!(beside(6, Beside::All), [2, 4, 5, 6, 9, 10]);
    }
}
