//! A keeper who cheats: a log of which everything that is stored can be put otherwise, past all
//! that an append would refuse.

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::{
    Append, Content, Digest, Draft, Entry, Envelope, EventId, EventLog, Founding, Head, HeadMark,
    IndexSizes, Instant, LedgerId, Listed, LogError, ReadLog, Sequence, Slug, StoredRecord,
    StoredRecords, TILE_WIDTH, Tile, TreeHash, TreeHead, seal, seal_founding,
};

pub(crate) const LEDGER: LedgerId = LedgerId::from_bytes(*b"sixteen bytes id");
pub(crate) const EVENTS: u64 = 200;
/// The redaction, what it erases, and the amendment of that.
pub(crate) const REDACTION: u64 = 120;
pub(crate) const ERASED: u64 = 60;
const AMENDMENT: u64 = 61;

/// All that is stored of a log.
#[derive(Clone)]
pub(crate) struct Keeper {
    pub(crate) records: Vec<StoredRecord>,
    pub(crate) mark: HeadMark,
    pub(crate) ids: BTreeMap<EventId, Listed>,
    pub(crate) lists: BTreeSet<(Option<Slug>, Sequence)>,
    /// The hashes of the tree, level by level of tiles.
    pub(crate) tree: Vec<Vec<TreeHash>>,
}

pub(crate) fn id(text: &str) -> EventId {
    EventId::parse(text).unwrap()
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(crate) fn second(number: u64) -> Instant {
    let start = Instant::parse("2025-01-01T00:00:00Z").unwrap().as_micros();
    Instant::from_micros(start + i64::try_from(number).unwrap() * 1_000_000).unwrap()
}

pub(crate) fn founding(ledger: LedgerId) -> Entry {
    let founding = Founding {
        ledger,
        name: "a ledger".to_owned(),
        software: "dispute".to_owned(),
        recorded_by: "keeper".into(),
        recorded_at: second(0),
    };
    seal_founding(founding, [7; 32]).unwrap()
}

/// The event of a place.
pub(crate) fn nth(number: u64) -> Draft {
    let (kind, dispute, refers_to) = match number {
        AMENDMENT => ("amendment", None, vec![id(&format!("e{ERASED}"))]),
        REDACTION => ("redaction", None, vec![id(&format!("e{ERASED}"))]),
        _ if number.is_multiple_of(9) => {
            ("rejection", Some(slug("strike")), vec![id(&format!("e{}", number - 1))])
        }
        _ => ("proposal", Some(slug("strike")), Vec::new()),
    };
    Draft {
        id: id(&format!("e{number}")),
        dispute,
        kind: kind.into(),
        schema: 1,
        occurred: None,
        refers_to,
        content: format!(r#"{{"note":"of {number}"}}"#).into_bytes(),
        recorded_by: "keeper".into(),
    }
}

pub(crate) fn sealed(draft: Draft, ledger: LedgerId, head: &Head) -> Entry {
    let at = second(head.sequence.get() + 1);
    seal(draft, ledger, head, at, [u8::try_from(head.sequence.get() % 251).unwrap(); 32]).unwrap()
}

impl Keeper {
    /// An honest one.
    pub(crate) fn honest() -> Self {
        Self::of_ledger(LEDGER)
    }

    pub(crate) fn of_ledger(ledger: LedgerId) -> Self {
        let mut entries = vec![founding(ledger)];
        for number in 1..=EVENTS {
            let head = entries.last().unwrap().head();
            entries.push(sealed(nth(number), ledger, &head));
        }
        let mut records: Vec<StoredRecord> =
            entries.iter().map(|entry| entry.record().clone()).collect();
        for erased in [ERASED, AMENDMENT] {
            records[usize::try_from(erased).unwrap()].content = None;
        }
        Self::derived_from(records)
    }

    /// The records with everything that is derived from them, as a keeper who covers up would
    /// have it.
    pub(crate) fn derived_from(records: Vec<StoredRecord>) -> Self {
        let (mut ids, mut lists) = (BTreeMap::<EventId, Listed>::new(), BTreeSet::new());
        for (at, record) in (0..).map(Sequence::new).zip(&records) {
            let Ok(envelope) = Envelope::read(&record.envelope) else { continue };
            let about_the_record = envelope.dispute().is_none() && !envelope.refers_to().is_empty();
            let belongs_to = match envelope.refers_to().first() {
                Some(of) if about_the_record => ids.get(of).and_then(|it| it.belongs_to.clone()),
                _ => envelope.dispute().cloned(),
            };
            if at != Sequence::LEDGER {
                lists.insert((belongs_to.clone(), at));
            }
            ids.entry(envelope.id().clone()).or_insert(Listed { sequence: at, belongs_to });
        }
        let leaves = records.iter().map(|it| TreeHash::of_leaf(&it.envelope)).collect();
        let last = records.last().unwrap();
        let mark =
            HeadMark { sequence: Sequence::new(records.len() as u64 - 1), digest: last.digest };
        Self { records, mark, ids, lists, tree: vec![leaves] }
    }

    /// The records from a place on sealed anew, each onto the one before: `change` may alter what
    /// an envelope is sealed from, or leave it out.
    pub(crate) fn rechained(
        &self,
        from: u64,
        change: impl Fn(u64, Draft) -> Option<Draft>,
    ) -> Self {
        let mut records = self.records[..usize::try_from(from).unwrap()].to_vec();
        for number in from..=EVENTS {
            let Some(draft) = change(number, nth(number)) else { continue };
            let head = head_of(&records);
            let mut record = sealed(draft, LEDGER, &head).record().clone();
            if self.records[usize::try_from(number).unwrap()].content.is_none() {
                record.content = None;
            }
            records.push(record);
        }
        Self::derived_from(records)
    }

    /// A head as somebody else wrote it down.
    pub(crate) fn head_held_elsewhere(&self) -> Head {
        head_of(&self.records)
    }

    /// The tree of the first envelopes, as a checkpoint signs it.
    pub(crate) fn tree_head(&self, size: usize) -> TreeHead {
        TreeHead { size: size as u64, root: root(&self.tree[0][..size]) }
    }

    pub(crate) fn content_mut(&mut self, at: u64) -> Option<&mut Content> {
        self.records[usize::try_from(at).unwrap()].content.as_mut()
    }
}

/// The head that the last record makes.
pub(crate) fn head_of(records: &[StoredRecord]) -> Head {
    let last = records.last().unwrap();
    let recorded_at = Envelope::read(&last.envelope)
        .map_or(second(records.len() as u64 - 1), |envelope| envelope.recorded_at());
    Head { sequence: Sequence::new(records.len() as u64 - 1), digest: last.digest, recorded_at }
}

/// An envelope's bytes as they would be stored, with the digest that they have.
pub(crate) fn with_digest(envelope: Vec<u8>, content: Option<Content>) -> StoredRecord {
    StoredRecord { digest: Digest::of_envelope(&envelope), envelope, content }
}

fn root(hashes: &[TreeHash]) -> TreeHash {
    match hashes {
        [] => TreeHash::EMPTY,
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            TreeHash::of_node(&root(left), &root(right))
        }
    }
}

impl ReadLog for Keeper {
    fn head(&self) -> Result<Head, LogError> {
        Ok(head_of(&self.records))
    }

    fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        Ok(self.records.get(usize::try_from(at.get()).unwrap()).cloned())
    }

    fn stored_from(&self, from: Sequence) -> StoredRecords<'_> {
        let records = (0..).map(Sequence::new).zip(self.records.iter().cloned().map(Ok));
        Box::new(records.skip(usize::try_from(from.get()).unwrap()))
    }

    fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        self.stored_listed(id)
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError> {
        let ids = self.ids.keys().filter(|id| id.as_str().starts_with(prefix));
        Ok(ids.take(limit).cloned().collect())
    }

    fn of_dispute(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        let of = self.lists.iter().filter(|(slug, _)| slug.as_ref() == dispute);
        Ok(of.map(|(_, at)| *at).collect())
    }

    fn disputes(&self) -> Result<Vec<Slug>, LogError> {
        let slugs: BTreeSet<Slug> = self.lists.iter().filter_map(|(it, _)| it.clone()).collect();
        Ok(slugs.into_iter().collect())
    }
}

impl EventLog for Keeper {
    fn begin(&mut self, _: &Head) -> Result<Box<dyn Append + '_>, LogError> {
        unreachable!("nothing is appended here")
    }

    fn rebuild_derived(&mut self) -> Result<(), LogError> {
        *self = Self::derived_from(std::mem::take(&mut self.records));
        Ok(())
    }

    fn head_mark(&self) -> Result<HeadMark, LogError> {
        Ok(self.mark)
    }

    fn stored_listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        Ok(self.ids.get(id).cloned())
    }

    fn stored_in_dispute(&self, dispute: Option<&Slug>, at: Sequence) -> Result<bool, LogError> {
        Ok(self.lists.contains(&(dispute.cloned(), at)))
    }

    fn stored_index_sizes(&self, _from: Sequence) -> Result<IndexSizes, LogError> {
        Ok(IndexSizes { ids: self.ids.len() as u64, listed: self.lists.len() as u64 })
    }

    fn indexed_through(&self) -> Result<Option<Sequence>, LogError> {
        Ok(Some(self.mark.sequence))
    }

    fn stored_tree_size(&self) -> Result<Option<u64>, LogError> {
        Ok(Some(self.tree[0].len() as u64))
    }

    fn stored_tile(&self, tile: Tile) -> Result<Option<Vec<TreeHash>>, LogError> {
        let level = self.tree.get(usize::from(tile.level())).map_or(&[][..], Vec::as_slice);
        let first = usize::try_from(tile.index()).unwrap() * usize::from(TILE_WIDTH);
        let hashes = level.iter().skip(first).take(usize::from(tile.width()));
        Ok(Some(hashes.copied().collect()))
    }
}
