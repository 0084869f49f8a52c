//! Moving events from the store into segments, and segments that are written anew.
//!
//! A segment is durable before the store names it, and the same write of the store that names it
//! removes what it holds from the store: at every moment each event is in one place. A file that
//! the store does not name was left by somebody who was interrupted, and is deleted by the next
//! writer.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use crate::chain::Sequence;
use crate::encoding::write_mark;
use crate::event_log::index::belongs_to;
use crate::event_log::sled_log::SledLog;
use crate::event_log::sled_log::founding::sync;
use crate::event_log::sled_log::layout::{
    RECORDS, TREE, id_key, list_key, read_record_key, record_key, segment_key, tree_row_key,
};
use crate::event_log::sled_log::segments::{Segment, SegmentMark};
use crate::event_log::sled_log::store::Batch;
use crate::event_log::sled_log::tree_rows::ROW;
use crate::event_log::{Damage, Listed, LogError, Part, ReadLog, SealedRuns, read_entry};
use crate::identifier::EventId;

/// A ledger with so many times the events in its store that may be there is of an earlier layout.
const OF_EARLIER_LAYOUT: u64 = 4;

impl SledLog {
    /// How many events lie in the store itself.
    fn live_events(&self) -> u64 {
        let end = self.head.map_or(0, |head| head.next().get());
        end.saturating_sub(self.first_live().get())
    }

    /// Moves the events in the store into segments, where they are as many as may be there.
    pub(super) fn seal_where_due(&mut self) -> Result<(), LogError> {
        if self.live_events() >= self.sizes.live { self.seal_live() } else { Ok(()) }
    }

    /// How many events the next append moves into segments first, where they are so many that
    /// people should be told: the ledger was written before there were segments. Once moved, they
    /// stay there.
    pub fn events_to_move(&self) -> Option<u64> {
        let live = self.live_events();
        (live >= self.sizes.live.saturating_mul(OF_EARLIER_LAYOUT)).then_some(live)
    }

    /// Moves all events in the store into segments, one segment after the other.
    pub(super) fn seal_live(&mut self) -> Result<(), LogError> {
        while self.live_events() > 0 {
            self.seal_first_live()?;
        }
        Ok(())
    }

    /// Moves the first events in the store into a segment.
    fn seal_first_live(&mut self) -> Result<(), LogError> {
        let first = self.first_live();
        let mut writer = self.segment_from(first)?;
        let mut batch = Batch::default();
        for (at, record) in self.stored_from(first) {
            if writer.is_full() || Some(at) > self.head {
                break;
            }
            let entry = read_entry(at, record?)?;
            entry.prove()?;
            // A record that is missing must not move those behind it one place up.
            if at != writer.end() || entry.envelope().sequence() != at {
                return Err(LogError::damaged(Part::Record, writer.end(), Damage::Missing));
            }
            let belongs_to = belongs_to(entry.envelope(), |id| self.listed(id))?;
            batch.remove(&id_key(entry.envelope().id()));
            batch.remove(&list_key(belongs_to.as_ref(), at));
            writer.push(&entry, belongs_to.as_ref());
        }
        let end = writer.end();
        if writer.is_empty() {
            return Err(LogError::damaged(Part::Record, first, Damage::Missing));
        }
        let mark = writer.finish(&self.segments_dir)?;
        self.remove_live(&mut batch, end)?;
        batch.insert(&segment_key(mark.first), write_mark(&mark));
        self.store.apply(batch)?;
        self.store.sync()?;
        self.segments.push(Segment::new(mark, &self.segments_dir));
        Ok(())
    }

    /// Removes the records before a place, and the rows of leaves that end before it.
    fn remove_live(&self, batch: &mut Batch, end: Sequence) -> Result<(), LogError> {
        for pair in self.store.scan(&record_key(Sequence::LEDGER))? {
            let (key, _) = pair?;
            if key.first() != Some(&RECORDS)
                || read_record_key(&key).is_some_and(|(at, _)| at >= end)
            {
                break;
            }
            batch.remove(&key);
        }
        let kept = tree_row_key(0, end.get() / ROW);
        for pair in self.store.scan(&tree_row_key(0, 0))? {
            let (key, _) = pair?;
            if !key.starts_with(TREE) || *key >= *kept {
                break;
            }
            batch.remove(&key);
        }
        Ok(())
    }

    /// Writes the segments anew that hold the content of events, without it. Gives the marks that
    /// take the place of others.
    pub(super) fn without_contents(
        &self,
        segments: &[Segment],
        erased: &BTreeSet<Sequence>,
    ) -> Result<Vec<SegmentMark>, LogError> {
        let mut marks = Vec::new();
        for segment in segments {
            let mark = segment.mark();
            if erased.range(mark.first..mark.end()).next().is_some() {
                marks.push(self.rewritten(segment, erased, &|id| self.listed(id))?);
            }
        }
        Ok(marks)
    }

    /// A segment written anew from its records, without the contents of some. `before` finds what
    /// lies in the segments before it.
    fn rewritten(
        &self,
        segment: &Segment,
        erased: &BTreeSet<Sequence>,
        before: &dyn Fn(&EventId) -> Result<Option<Listed>, LogError>,
    ) -> Result<SegmentMark, LogError> {
        let mark = segment.mark();
        let mut writer = self.segment_from(mark.first)?;
        for (at, record) in self.stored_from(mark.first) {
            if at >= mark.end() {
                break;
            }
            let record = record?;
            let record = if erased.contains(&at) { record.withheld() } else { record };
            let entry = read_entry(at, record)?;
            let belongs_to =
                belongs_to(entry.envelope(), |id| match writer.settled().listed(id) {
                    None => before(id),
                    found => Ok(found),
                })?;
            writer.push(&entry, belongs_to.as_ref());
        }
        writer.finish(&self.segments_dir)
    }

    /// Writes every segment anew of which the records can be read, so that its tables are right
    /// again.
    pub(super) fn rewrite_segments(&mut self) -> Result<(), LogError> {
        let mut batch = Batch::default();
        let mut right: Vec<Segment> = Vec::new();
        for segment in self.segments.list() {
            let before = |id: &EventId| SealedRuns::listed(&right, id);
            match self.rewritten(segment, &BTreeSet::new(), &before) {
                Ok(mark) => {
                    batch.insert(&segment_key(mark.first), write_mark(&mark));
                    right.push(Segment::new(mark, &self.segments_dir));
                }
                Err(LogError::Damaged { .. } | LogError::Broken(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.store.apply(batch)?;
        self.store.sync()?;
        self.look();
        self.delete_unnamed_segments()
    }

    /// Every event before those in the store is in a segment that the store names. Where one is
    /// missing, nothing may be appended, and no file be taken for one that nobody needs.
    pub(super) fn no_segment_is_missing(&self) -> Result<(), LogError> {
        let missing = |at| LogError::damaged(Part::Segment, at, Damage::Missing);
        let mut next = Sequence::LEDGER;
        for segment in self.segments.list() {
            if segment.mark().first != next || !segment.is_there() {
                return Err(missing(next));
            }
            next = segment.mark().end();
        }
        let all_sealed = self.head.is_some_and(|head| head < next);
        match all_sealed || self.live().stored(next)?.is_some() {
            true => Ok(()),
            false => Err(missing(next)),
        }
    }

    /// Deletes the files of segments that the store does not name, where none is missing. What the
    /// store names is durable before that: a name must not come back after its file is gone.
    ///
    /// # Errors
    /// Those of the store, and of files that cannot be deleted.
    pub(super) fn delete_unnamed_segments(&self) -> Result<(), LogError> {
        self.no_segment_is_missing()?;
        let unnamed = self.unnamed_segments();
        if unnamed.is_empty() {
            return Ok(());
        }
        self.store.sync()?;
        for path in unnamed {
            fs::remove_file(&path).map_err(|error| LogError::io("delete", &path, error))?;
        }
        // They must not come back with the power.
        sync(&self.segments_dir)
    }

    fn unnamed_segments(&self) -> Vec<PathBuf> {
        let segments = self.segments.list().iter().chain(self.coming.segments.list());
        let named: BTreeSet<String> = segments.map(|it| it.mark().file_name()).collect();
        let files = fs::read_dir(&self.segments_dir).into_iter().flatten().flatten();
        let is_named = |name: &OsStr| name.to_str().is_some_and(|name| named.contains(name));
        files.filter(|file| !is_named(&file.file_name())).map(|file| file.path()).collect()
    }
}
