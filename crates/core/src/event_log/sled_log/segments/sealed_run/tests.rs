use proptest::prelude::*;
use proptest::sample::Index;
use tempfile::TempDir;

use super::*;
use crate::chain::Head;
use crate::entry::Entry;
use crate::envelope::Envelope;
use crate::event_log::sled_log::segments::{SegmentWriter, Settled};
use crate::samples::{LEDGER, draft, founding, sealed_onto};

const DISPUTES: [Option<&str>; 4] = [None, Some("kaiser"), Some("sutter"), Some("tenet")];

/// What tables say, before it is written: ids with their places and lists, and the lists.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    ids: Vec<(String, u32, u32)>,
    lists: Vec<(String, Vec<u32>)>,
}

/// One thing that tables say otherwise.
#[derive(Clone, Debug)]
enum Lie {
    Place(Index, u32),
    List(Index, u32),
    Rename(Index, String),
    NoId(Index),
    TwiceId(Index),
    SwapIds(Index, Index),
    EmptyList(String),
    NoList(Index),
    TwiceList(Index),
    SwapLists(Index, Index),
    Unlist(Index, Index),
    Enlist(Index, u32),
    MoveTo(Index, Index, Index),
}

fn lie() -> impl Strategy<Value = Lie> {
    let index = any::<Index>;
    let place = || 0..70_u32;
    prop_oneof![
        (index(), place()).prop_map(|(n, place)| Lie::Place(n, place)),
        (index(), 0..6_u32).prop_map(|(n, list)| Lie::List(n, list)),
        (index(), "[a-f][0-9]{1,2}").prop_map(|(n, id)| Lie::Rename(n, id)),
        index().prop_map(Lie::NoId),
        index().prop_map(Lie::TwiceId),
        (index(), index()).prop_map(|(one, other)| Lie::SwapIds(one, other)),
        "|gap|[k-u]-x".prop_map(Lie::EmptyList),
        index().prop_map(Lie::NoList),
        index().prop_map(Lie::TwiceList),
        (index(), index()).prop_map(|(one, other)| Lie::SwapLists(one, other)),
        (index(), index()).prop_map(|(list, n)| Lie::Unlist(list, n)),
        (index(), place()).prop_map(|(list, place)| Lie::Enlist(list, place)),
        (index(), index(), index()).prop_map(|(from, n, to)| Lie::MoveTo(from, n, to)),
    ]
}

impl Said {
    fn tell(&mut self, lie: &Lie) {
        let (ids, lists) = (self.ids.len(), self.lists.len());
        match lie {
            Lie::Place(n, place) => self.ids[n.index(ids)].1 = *place,
            Lie::List(n, list) => self.ids[n.index(ids)].2 = *list,
            Lie::Rename(n, id) => self.ids[n.index(ids)].0 = id.clone(),
            Lie::NoId(n) => drop(self.ids.remove(n.index(ids))),
            Lie::TwiceId(n) => self.ids.insert(n.index(ids), self.ids[n.index(ids)].clone()),
            Lie::SwapIds(one, other) => self.ids.swap(one.index(ids), other.index(ids)),
            Lie::EmptyList(dispute) => {
                let place = self.lists.partition_point(|(of, _)| of < dispute);
                if self.lists.get(place).is_some_and(|(of, _)| of == dispute) {
                    return;
                }
                self.lists.insert(place, (dispute.clone(), Vec::new()));
                // The lists behind it have other numbers, as the ids say.
                let place = u32::try_from(place).unwrap();
                for id in self.ids.iter_mut().filter(|(.., list)| *list > place) {
                    id.2 += 1;
                }
            }
            Lie::NoList(n) => drop(self.lists.remove(n.index(lists))),
            Lie::TwiceList(n) => {
                self.lists.insert(n.index(lists), self.lists[n.index(lists)].clone());
            }
            Lie::SwapLists(one, other) => self.lists.swap(one.index(lists), other.index(lists)),
            Lie::Unlist(list, n) => {
                let places = &mut self.lists[list.index(lists)].1;
                places.remove(n.index(places.len()));
            }
            Lie::Enlist(list, place) => self.enlist(list.index(lists), *place),
            Lie::MoveTo(from, n, to) => {
                let places = &mut self.lists[from.index(lists)].1;
                let place = places.remove(n.index(places.len()));
                self.enlist(to.index(lists), place);
                // The ids may say so too.
                let number = if self.lists[0].0.is_empty() { to.index(lists) } else { 0 };
                for id in self.ids.iter_mut().filter(|(_, of, _)| *of == place) {
                    id.2 = u32::try_from(number).unwrap();
                }
            }
        }
    }

    fn enlist(&mut self, list: usize, place: u32) {
        let places = &mut self.lists[list].1;
        places.push(place);
        places.sort_unstable();
    }

    fn encoded(&self) -> Encoded {
        let ids = self.ids.iter().map(|(id, place, list)| (id.as_bytes(), *place, *list));
        let lists = self.lists.iter().map(|(of, places)| (of.as_bytes(), places.as_slice()));
        encode(ids, lists)
    }
}

/// A segment of some events, each of one of the disputes, and what its tables say.
fn segment(of: &[usize], begins: bool) -> (Settled, Said) {
    let first = if begins { Sequence::LEDGER } else { Sequence::new(1) };
    let mut writer = SegmentWriter::new(LEDGER, first, u32::MAX);
    let mut head: Head = founding().head();
    if begins {
        writer.push(&founding(), None);
    }
    for (n, dispute) in of.iter().enumerate() {
        let dispute = DISPUTES[*dispute];
        let entry: Entry = sealed_onto(&head, draft(&format!("e{n}"), "gap", dispute, &[]));
        head = entry.head();
        let belongs_to = entry.envelope().dispute().cloned();
        writer.push(&entry, belongs_to.as_ref());
    }
    let places = |of: Option<&Slug>| -> Vec<u32> {
        let places = writer.settled().list(of).into_iter();
        places.map(|at| u32::try_from(at.get() - first.get()).unwrap()).collect()
    };
    let mut lists: Vec<(String, Vec<u32>)> = Vec::new();
    for dispute in DISPUTES {
        let slug = dispute.map(crate::samples::slug);
        lists.push((dispute.unwrap_or_default().to_owned(), places(slug.as_ref())));
    }
    lists.retain(|(_, places)| !places.is_empty());
    let mut ids: Vec<(String, u32, u32)> = Vec::new();
    for id in writer.settled().ids() {
        let at = writer.settled().find(id).unwrap();
        let place = u32::try_from(at.get() - first.get()).unwrap();
        let list = lists.iter().position(|(of, places)| !of.is_empty() && places.contains(&place));
        ids.push((id.to_string(), place, list.map_or(0, |n| u32::try_from(n).unwrap() + 1)));
    }
    ids.sort();
    (writer.settle().0, Said { ids, lists })
}

/// Whether a segment with these tables is sound.
fn is_sound(settled: &Settled, tables: &Encoded) -> bool {
    let dir = TempDir::new().unwrap();
    let mark = settled.write_with(dir.path(), tables).unwrap();
    let segment = Segment::new(mark, dir.path());
    let Ok(Ok(opened)) = segment.open_whole() else { return false };
    (0..opened.parts()).all(|part| {
        opened.check(part, &mut |seen| {
            let envelope = Envelope::read(&seen.record.envelope).unwrap();
            let (id, belongs_to) = (envelope.id().clone(), envelope.dispute().cloned());
            Some(SeenEvent { id, belongs_to })
        })
    })
}

proptest! {
    #[test]
    fn tables_are_sound_if_they_say_what_the_records_do_and_nothing_else(
        of in proptest::collection::vec(0..DISPUTES.len(), 1..60),
        begins in any::<bool>(),
        lies in proptest::collection::vec(lie(), 0..3),
    ) {
        let (settled, truth) = segment(&of, begins);
        prop_assert_eq!(&truth.encoded(), &settled.tables.encode());
        let mut said = truth.clone();
        for lie in &lies {
            // A lie that finds nothing to speak of is none.
            let lists_are_full = said.lists.iter().all(|(_, places)| !places.is_empty());
            if !said.ids.is_empty() && !said.lists.is_empty() && lists_are_full {
                said.tell(lie);
            }
        }
        prop_assert_eq!(is_sound(&settled, &said.encoded()), said == truth, "{:?}", lies);
    }
}

#[test]
fn an_id_is_found_in_its_place_and_no_other_is() {
    let (settled, truth) = segment(&[0, 1, 1, 2, 3, 0, 2], true);
    let dir = TempDir::new().unwrap();
    let mark = settled.write(dir.path()).unwrap();
    let segment = Segment::new(mark, dir.path());
    let Ok(Ok(opened)) = segment.open_whole() else { panic!("it is sound") };
    for (id, place, list) in &truth.ids {
        let listed = opened.listed(&crate::samples::id(id)).unwrap();
        let belongs_to = list.checked_sub(1).map(|n| truth.lists[n as usize].0.clone());
        assert_eq!(listed.sequence, Sequence::new(u64::from(*place)));
        assert_eq!(listed.belongs_to.map(|it| it.to_string()), belongs_to);
    }
    assert_eq!(opened.listed(&crate::samples::id("nobody")), None);
}
