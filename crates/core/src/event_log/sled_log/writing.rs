//! Appending to the store, dropping what an interrupted append left, rebuilding the indexes.

use std::collections::BTreeSet;

use crate::chain::{Head, Sequence};
use crate::encoding::{write_head, write_indexed, write_listed, write_mark};
use crate::entry::Entry;
use crate::event_log::index::{Index, belongs_to};
use crate::event_log::session::{Base, Session};
use crate::event_log::sled_log::last_answer;
use crate::event_log::sled_log::layout::{
    HEAD, IDS, INDEXED, LAYOUT, LISTS, TREE, id_key, insert_record, list_key, read_record_key,
    record_key, remove_record, segment_key,
};
use crate::event_log::sled_log::records::RecordScan;
use crate::event_log::sled_log::segments::SegmentMark;
use crate::event_log::sled_log::store::Batch;
use crate::event_log::sled_log::tree_rows::{Leaves, ROW, TreeEdge};
use crate::event_log::sled_log::{Indexes, SledLog};
use crate::event_log::{Append, EventLog, HeadMark, Listed, LogError, ReadLog, read_entry};
use crate::identifier::EventId;
use crate::tree::{ReadTiles, Tile, TreeHash};

/// How many entries, or keys, one batch holds where an append does not bound it.
const BATCH: usize = 1_024;

impl SledLog {
    /// Puts the ledger's own envelope into an empty store.
    pub(super) fn write_founding(&mut self, founding: &Entry) -> Result<(), LogError> {
        let at = Sequence::LEDGER;
        let mut batch = Batch::default();
        insert_record(&mut batch, at, founding.record());
        list(&mut batch, founding.envelope().id(), &Listed { sequence: at, belongs_to: None });
        let mut edge = TreeEdge::default();
        edge.push(TreeHash::of_leaf(founding.envelope_bytes()), &mut batch)
            .map_err(|_| LogError::TreeFull)?;
        edge.write_end(&mut batch);
        move_head(&mut batch, &founding.head());
        self.store.apply(batch)?;
        self.store.sync()?;
        self.look();
        Ok(())
    }

    pub(super) fn begin_writing(
        &mut self,
        expected: &Head,
    ) -> Result<Box<dyn Append + '_>, LogError> {
        let found = self.head()?;
        if found != *expected {
            return Err(LogError::HeadMoved { expected: *expected, found });
        }
        self.no_segment_is_missing()?;
        self.visible = Sequence::new(u64::MAX);
        let dropped = self.drop_beyond(found.sequence);
        self.visible = found.sequence;
        // It can wait for the next writer.
        let _ = self.delete_unnamed_segments();
        if dropped? == Indexes::Stale || self.indexes == Indexes::Stale {
            self.rebuild_indexes()?;
        }
        self.seal_where_due()?;
        let edge = match self.tree_is_current()? {
            true => TreeEdge::load(&StoredTiles(self), found.sequence.get() + 1)?,
            false => None,
        };
        let edge = edge.map_or_else(|| self.rebuild_tree(), Ok)?;
        self.edge = Some(edge);
        Ok(Box::new(Session::begin(self, expected)?))
    }

    /// Removes what an interrupted append left beyond the head. The indexes are stale after that
    /// where some of it could not be read.
    fn drop_beyond(&self, head: Sequence) -> Result<Indexes, LogError> {
        let mut indexes = Indexes::Current;
        loop {
            let mut batch = Batch::default();
            let mut last = head;
            let beyond = RecordScan::from(&self.store, head.next(), self.visible)?;
            for (at, record) in beyond.take(BATCH) {
                last = at;
                let Ok(entry) = record.and_then(|record| read_entry(at, record)) else {
                    indexes = Indexes::Stale;
                    continue;
                };
                let id = entry.envelope().id();
                match self.stored_listed(id)?.filter(|listed| listed.sequence > head) {
                    Some(listed) => {
                        batch.remove(&id_key(id));
                        batch.remove(&list_key(listed.belongs_to.as_ref(), listed.sequence));
                    }
                    None => indexes = Indexes::Stale,
                }
            }
            if last == head {
                return Ok(indexes);
            }
            for pair in self.store.scan(&record_key(head.next()))? {
                let (key, _) = pair?;
                if read_record_key(&key).is_none_or(|(at, _)| at > last) {
                    break;
                }
                batch.remove(&key);
            }
            self.store.apply(batch)?;
        }
    }

    /// Works the indexes of the store out again; segments have their own. The value that says how
    /// far they reach is removed first and written last, so that an interrupted rebuilding is known
    /// to be one.
    pub(super) fn rebuild_indexes(&mut self) -> Result<(), LogError> {
        let head = self.head()?;
        for entry in self.entries(Sequence::LEDGER) {
            entry?;
        }
        self.remove_indexes()?;
        self.look();
        let mut from = self.first_live();
        while from <= head.sequence {
            from = self.index_some(from)?;
        }
        let mut batch = Batch::default();
        batch.insert(INDEXED, write_indexed(LAYOUT, head.sequence));
        self.store.apply(batch)?;
        self.store.sync()?;
        self.look();
        Ok(())
    }

    /// Works the tree out again, and gives its edge. The value that says how far it reaches is
    /// removed first and written last.
    pub(super) fn rebuild_tree(&self) -> Result<TreeEdge, LogError> {
        let head = self.head()?;
        let mut batch = Batch::default();
        batch.remove(TREE);
        let mut edge = TreeEdge::default();
        let stored_from = self.first_live().get() / ROW * ROW;
        for entry in self.entries(Sequence::LEDGER) {
            let entry = entry?;
            let is_stored = entry.envelope().sequence().get() >= stored_from;
            edge.leaves = if is_stored { Leaves::Stored } else { Leaves::WorkedOut };
            edge.push(TreeHash::of_leaf(entry.envelope_bytes()), &mut batch)
                .map_err(|_| LogError::TreeFull)?;
            if entry.envelope().sequence().get().is_multiple_of(1 << 14) {
                self.store.apply(std::mem::take(&mut batch))?;
            }
            if entry.envelope().sequence() == head.sequence {
                break;
            }
        }
        edge.write_end(&mut batch);
        self.store.apply(batch)?;
        self.store.sync()?;
        Ok(edge)
    }

    fn remove_indexes(&self) -> Result<(), LogError> {
        let mut batch = Batch::default();
        batch.remove(INDEXED);
        self.store.apply(batch)?;
        for first in [LISTS, IDS] {
            loop {
                let mut batch = Batch::default();
                let mut keys = 0;
                for pair in self.store.scan(&[first])?.take(BATCH) {
                    let (key, _) = pair?;
                    if key.first() != Some(&first) {
                        break;
                    }
                    batch.remove(&key);
                    keys += 1;
                }
                if keys == 0 {
                    break;
                }
                self.store.apply(batch)?;
            }
        }
        Ok(())
    }

    /// Indexes some entries from a place on. Gives the place after them.
    fn index_some(&self, from: Sequence) -> Result<Sequence, LogError> {
        let mut batch = Batch::default();
        let mut index = Index::default();
        let mut next = Sequence::new(u64::MAX);
        for entry in self.entries(from).take(BATCH) {
            let entry = entry?;
            let envelope = entry.envelope();
            let known = |id: &EventId| match index.listed(id) {
                Some(listed) => Ok(Some(listed.clone())),
                None => self.stored_listed(id),
            };
            let belongs_to = belongs_to(envelope, known)?;
            let listed = Listed { sequence: envelope.sequence(), belongs_to };
            if known(envelope.id())?.is_none() {
                list(&mut batch, envelope.id(), &listed);
            }
            index.add(envelope, listed);
            next = envelope.sequence().next();
        }
        self.store.apply(batch)?;
        Ok(next)
    }

    /// Writes what lies in memory into the store, and moves the head.
    fn write_into_store(
        &mut self,
        erased: &BTreeSet<Sequence>,
        tip: &Head,
    ) -> Result<(), LogError> {
        let mut batch = Batch::default();
        self.insert_held(&mut batch, erased)?;
        self.erase_live(&mut batch, erased)?;
        self.commit(&mut batch, erased, tip)
    }

    fn insert_held(
        &mut self,
        batch: &mut Batch,
        erased: &BTreeSet<Sequence>,
    ) -> Result<(), LogError> {
        for (at, (entry, listed)) in &self.coming.entries {
            let mut record = entry.record().clone();
            if erased.contains(at) {
                record.content = None;
            }
            insert_record(batch, *at, &record);
            list(batch, entry.envelope().id(), listed);
            if let Some(edge) = &mut self.edge {
                edge.push(TreeHash::of_leaf(&record.envelope), batch)
                    .map_err(|_| LogError::TreeFull)?;
            }
        }
        Ok(())
    }

    /// Erases the contents of events that lie in the store.
    fn erase_live(&self, batch: &mut Batch, erased: &BTreeSet<Sequence>) -> Result<(), LogError> {
        for at in erased.range(self.first_live()..) {
            let Some(mut record) = self.live().stored(*at)? else { continue };
            remove_record(batch, *at, &record);
            record.content = None;
            insert_record(batch, *at, &record);
        }
        Ok(())
    }

    /// The last write of an append: the head moves, and with it all that must move with it.
    fn commit(
        &mut self,
        batch: &mut Batch,
        erased: &BTreeSet<Sequence>,
        tip: &Head,
    ) -> Result<(), LogError> {
        if !erased.is_empty() {
            // Whatever is cut short after this, no copy is left of what is erased.
            self.delete_derived()?;
        }
        let written = self.coming.segments.list();
        let mut marks: Vec<SegmentMark> = written.iter().map(|segment| *segment.mark()).collect();
        for segments in [self.segments.list(), written] {
            marks.extend(self.without_contents(segments, erased)?);
        }
        // Of two marks of one place the last counts.
        for mark in marks {
            batch.insert(&segment_key(mark.first), write_mark(&mark));
        }
        move_head(batch, tip);
        if let Some(edge) = &self.edge {
            edge.write_end(batch);
        }
        self.store.apply(std::mem::take(batch))?;
        self.store.sync()?;
        last_answer::note(&self.dir, tip);
        Ok(())
    }

    /// From here on the append is written into segments: all that is in the store goes there first.
    fn go_over_to_segments(&mut self) -> Result<(), LogError> {
        self.seal_live()?;
        self.coming.writer = Some(self.segment_from(self.first_live())?);
        if let Some(edge) = &mut self.edge {
            edge.leaves = Leaves::WorkedOut;
        }
        for (_, (entry, listed)) in self.coming.take_entries() {
            self.push_into_segment(&entry, &listed)?;
        }
        Ok(())
    }

    fn push_into_segment(&mut self, entry: &Entry, listed: &Listed) -> Result<(), LogError> {
        let Some(writer) = &mut self.coming.writer else { return Ok(()) };
        writer.push(entry, listed.belongs_to.as_ref());
        let leaves = writer.take_leaves();
        let is_full = writer.is_full();
        self.add_leaves(leaves)?;
        self.coming.finish_written(&self.segments_dir)?;
        if is_full { self.finish_segment() } else { Ok(()) }
    }

    fn add_leaves(&mut self, leaves: Vec<TreeHash>) -> Result<(), LogError> {
        let Some(edge) = &mut self.edge else { return Ok(()) };
        for leaf in leaves {
            edge.push(leaf, &mut self.coming.rows).map_err(|_| LogError::TreeFull)?;
        }
        Ok(())
    }

    /// Finishes the segment that is being written, and begins the next.
    fn finish_segment(&mut self) -> Result<(), LogError> {
        let Some(writer) = self.coming.writer.take() else { return Ok(()) };
        self.coming.writer = Some(self.segment_from(writer.end())?);
        if writer.is_empty() {
            return Ok(());
        }
        let (settled, leaves) = writer.settle();
        self.coming.close(settled, &self.segments_dir)?;
        self.add_leaves(leaves)?;
        self.store.apply(std::mem::take(&mut self.coming.rows))
    }
}

impl Base for SledLog {
    fn push(&mut self, entry: Entry, listed: Listed) -> Result<(), LogError> {
        if self.coming.writer.is_some() {
            return self.push_into_segment(&entry, &listed);
        }
        self.coming.hold(entry, listed);
        if self.coming.bytes > self.sizes.pending {
            self.go_over_to_segments()?;
        }
        Ok(())
    }

    fn finish(&mut self, erased: &BTreeSet<Sequence>, tip: &Head) -> Result<(), LogError> {
        let written = if self.coming.writer.is_some() {
            self.finish_segment().and_then(|()| {
                self.coming.finish_closing(&self.segments_dir)?;
                let mut batch = std::mem::take(&mut self.coming.rows);
                self.commit(&mut batch, erased, tip)
            })
        } else {
            self.write_into_store(erased, tip)
        };
        let tables_damaged = self.tables_damaged.get();
        self.look();
        written?;
        if !erased.is_empty() {
            // What was erased is in the files that were written anew no more.
            self.delete_unnamed_segments()?;
        }
        if tables_damaged {
            self.rewrite_segments()?;
        }
        Ok(())
    }

    fn forget(&mut self) {
        let was_written = self.coming.writer.is_some();
        self.coming.give_up();
        self.look();
        if was_written {
            let _ = self.delete_unnamed_segments();
        }
    }
}

/// The tiles as they are stored.
struct StoredTiles<'a>(&'a SledLog);

impl ReadTiles for StoredTiles<'_> {
    type Error = LogError;

    fn read_tile(&self, tile: Tile) -> Result<Vec<TreeHash>, LogError> {
        Ok(self.0.stored_tile(tile)?.unwrap_or_default())
    }
}

fn list(batch: &mut Batch, id: &EventId, listed: &Listed) {
    batch.insert(&id_key(id), write_listed(listed));
    if listed.sequence != Sequence::LEDGER {
        batch.insert(&list_key(listed.belongs_to.as_ref(), listed.sequence), Vec::new());
    }
}

pub(super) fn move_head(batch: &mut Batch, head: &Head) {
    let mark = HeadMark { sequence: head.sequence, digest: head.digest };
    batch.insert(HEAD, write_head(&mark));
    batch.insert(INDEXED, write_indexed(LAYOUT, head.sequence));
}
