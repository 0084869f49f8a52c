//! What lies in the store itself, one value an event: the newest events with their indexes.

use crate::chain::Sequence;
use crate::encoding::read_listed;
use crate::entry::StoredRecord;
use crate::event_log::sled_log::layout::{
    Assembly, IDS, LISTS, id_key, list_prefix, read_list_key, record_key,
};
use crate::event_log::sled_log::records::RecordScan;
use crate::event_log::sled_log::store::Store;
use crate::event_log::{Damage, IndexSizes, Listed, LogError, Part};
use crate::identifier::{EventId, Slug};

/// The events in a store up to the last that is visible.
pub(super) struct Live<'a> {
    pub(super) store: &'a Store,
    pub(super) visible: Sequence,
    /// Whether all events are known to lie in segments.
    pub(super) is_empty: bool,
}

impl Live<'_> {
    /// The events of a list in the store.
    pub(super) fn list(&self, dispute: Option<&Slug>) -> Result<Vec<Sequence>, LogError> {
        let prefix = list_prefix(dispute);
        let mut list = Vec::new();
        for pair in self.store.scan(&prefix)? {
            let (key, _) = pair?;
            if !key.starts_with(&prefix) {
                break;
            }
            list.extend(read_list_key(&key).map(|(_, at)| at).filter(|at| *at <= self.visible));
        }
        Ok(list)
    }

    pub(super) fn disputes(&self) -> Result<Vec<Slug>, LogError> {
        let mut all = Vec::new();
        // Skips from the first entry of each list to the first of the next.
        let mut from = vec![LISTS, 1];
        while let Some(pair) = self.store.scan(&from)?.next() {
            let (key, _) = pair?;
            let Some((slug, first)) = read_list_key(&key) else { break };
            let Some(slug) = slug else { break };
            from = [&[LISTS], slug.as_str().as_bytes(), &[1]].concat();
            all.extend(Some(slug).filter(|_| first <= self.visible));
        }
        Ok(all)
    }

    pub(super) fn ids_with_prefix(
        &self,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<EventId>, LogError> {
        let start = [&[IDS], prefix.as_bytes()].concat();
        let mut ids = Vec::new();
        for pair in self.store.scan(&start)? {
            let (key, value) = pair?;
            if ids.len() == limit || !key.starts_with(&start) {
                break;
            }
            let listed = read_listed(&value).ok().filter(|it| it.sequence <= self.visible);
            let id = key.get(1..).and_then(|id| std::str::from_utf8(id).ok());
            ids.extend(id.and_then(EventId::parse).filter(|_| listed.is_some()));
        }
        Ok(ids)
    }

    pub(super) fn listed(&self, id: &EventId) -> Result<Option<Listed>, LogError> {
        if self.is_empty {
            return Ok(None);
        }
        let Some(value) = self.store.get(&id_key(id))? else { return Ok(None) };
        let damaged = |why| LogError::Damaged { part: Part::IdIndex, sequence: None, why };
        let listed = read_listed(&value).map_err(|why| damaged(Damage::from(why)))?;
        Ok(Some(listed).filter(|listed| listed.sequence <= self.visible))
    }

    pub(super) fn sizes(&self) -> Result<IndexSizes, LogError> {
        let mut sizes = IndexSizes { ids: 0, listed: 0 };
        for pair in self.store.scan(&[LISTS])? {
            let (key, value) = pair?;
            match key.first() {
                Some(&LISTS) => {
                    let beyond = read_list_key(&key).is_some_and(|(_, at)| at > self.visible);
                    sizes.listed += u64::from(!beyond);
                }
                Some(&IDS) => {
                    let beyond = read_listed(&value).is_ok_and(|it| it.sequence > self.visible);
                    sizes.ids += u64::from(!beyond);
                }
                Some(byte) if *byte > IDS => break,
                _ => {}
            }
        }
        Ok(sizes)
    }

    pub(super) fn stored(&self, at: Sequence) -> Result<Option<StoredRecord>, LogError> {
        let key = record_key(at);
        let Some(first) = self.store.get(&key)?.filter(|_| at <= self.visible) else {
            return Ok(None);
        };
        let mut record = Assembly::new(at);
        record.add(0, &first);
        if record.wants_more() {
            return match RecordScan::from(self.store, at, at)?.next() {
                Some((_, record)) => record.map(Some),
                None => Ok(None),
            };
        }
        record.finish().map(Some)
    }
}
