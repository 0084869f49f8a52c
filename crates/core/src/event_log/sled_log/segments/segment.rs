//! One segment, read from its file. Nothing is read of it before it is asked for.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::chain::Sequence;
use crate::digest::{Digest, RunningDigest};
use crate::encoding::Undecodable;
use crate::event_log::sled_log::segments::directory::Directory;
use crate::event_log::sled_log::segments::filter::Sought;
use crate::event_log::sled_log::segments::page::Page;
use crate::event_log::sled_log::segments::table::{self, Blocks, Reader, Row};
use crate::event_log::sled_log::segments::{SegmentMark, filter, tables};
use crate::event_log::{Damage, IndexSizes, Listed, LogError, Part, SealedIds};
use crate::identifier::{EventId, Slug};

/// So many bytes of a file that is read whole are hashed while they are in the processor's cache.
const PIECE: u64 = 512 << 10;
/// A filter that was asked so often is read whole.
const ASKED_SELDOM: u32 = 64;

/// A segment, as the store names it.
pub(in crate::event_log::sled_log) struct Segment {
    mark: SegmentMark,
    path: PathBuf,
    opened: OnceLock<Opened>,
}

struct Opened {
    file: File,
    directory: Directory,
    /// The filter, once it was asked often.
    filter: OnceLock<Vec<u8>>,
    asked: AtomicU32,
}

thread_local! {
    static READ: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// One of the tables.
#[derive(Clone, Copy)]
enum Table {
    Ids,
    Lists,
}

impl Segment {
    /// The segment of a mark, in the folder of segments.
    pub(in crate::event_log::sled_log) fn new(mark: SegmentMark, dir: &Path) -> Self {
        Self { mark, path: dir.join(mark.file_name()), opened: OnceLock::new() }
    }

    /// The same, of which nothing is read yet.
    pub(super) fn opened_anew(&self) -> Self {
        Self { mark: self.mark, path: self.path.clone(), opened: OnceLock::new() }
    }

    /// What the store says of it.
    pub(in crate::event_log::sled_log) fn mark(&self) -> &SegmentMark {
        &self.mark
    }

    /// Whether its file is there.
    pub(in crate::event_log::sled_log) fn is_there(&self) -> bool {
        self.path.is_file()
    }

    fn damaged(&self, why: Damage) -> LogError {
        LogError::damaged(Part::Segment, self.mark.first, why)
    }

    pub(super) fn malformed(&self) -> LogError {
        self.damaged(Undecodable::Malformed.into())
    }

    fn opened(&self) -> Result<&Opened, LogError> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let opened = self.open()?;
        Ok(self.opened.get_or_init(|| opened))
    }

    fn open(&self) -> Result<Opened, LogError> {
        let failed = |error| self.failed(error);
        let file = File::open(&self.path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let directory = Directory::read(&file, length, &self.mark);
        let directory = directory.map_err(failed)?.ok_or_else(|| self.malformed())?;
        Ok(Opened { file, directory, filter: OnceLock::new(), asked: AtomicU32::new(0) })
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, LogError> {
        self.with_bytes(range, <[u8]>::to_vec)
    }

    /// Where everything lies in the file.
    pub(super) fn directory(&self) -> Result<&Directory, LogError> {
        Ok(&self.opened()?.directory)
    }

    /// How many bytes the file has; 0 where it cannot be asked.
    pub(super) fn size(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |file| file.len())
    }

    /// Shows some bytes of the file to `see`. They are read into memory that each thread keeps for
    /// it: pages and blocks are read so often that asking for memory each time would tell.
    fn with_bytes<T>(
        &self,
        range: Range<u64>,
        see: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, LogError> {
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let opened = self.opened()?;
        READ.with_borrow_mut(|kept| {
            if kept.len() < length {
                kept.resize(length, 0);
            }
            let bytes = kept.get_mut(..length).unwrap_or_default();
            match read_at(&opened.file, bytes, range.start) {
                Ok(()) => Ok(see(bytes)),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.malformed()),
                Err(error) => Err(LogError::io("read", &self.path, error)),
            }
        })
    }

    /// Puts all bytes of the file in the place of others, and works out their digest.
    pub(super) fn read_whole(&self, bytes: &mut Vec<u8>) -> Result<Digest, LogError> {
        let failed = |error| self.failed(error);
        let mut file = File::open(&self.path).map_err(failed)?;
        let mut digest = RunningDigest::new();
        bytes.clear();
        bytes.reserve_exact(usize::try_from(self.size()).unwrap_or_default());
        loop {
            let before = bytes.len();
            if file.by_ref().take(PIECE).read_to_end(bytes).map_err(failed)? == 0 {
                return Ok(digest.finish());
            }
            digest.update(bytes.get(before..).unwrap_or_default());
        }
    }

    fn failed(&self, error: io::Error) -> LogError {
        match error.kind() {
            io::ErrorKind::NotFound => self.damaged(Damage::Missing),
            _ => LogError::io("read", &self.path, error),
        }
    }

    /// The page in which an event is, and the place of the page's first event in the log.
    pub(super) fn page_of(&self, at: Sequence) -> Result<(usize, Sequence), LogError> {
        let place = at.get().saturating_sub(self.mark.first.get());
        let page = self.directory()?.page_of(place).ok_or_else(|| self.malformed())?;
        Ok((page, self.first_of(page)?))
    }

    /// The place in the log of a page's first event.
    pub(super) fn first_of(&self, page: usize) -> Result<Sequence, LogError> {
        let page = self.directory()?.page(page).ok_or_else(|| self.malformed())?;
        Ok(self.at(u64::from(page.events.start)))
    }

    pub(super) fn at(&self, place: u64) -> Sequence {
        Sequence::new(self.mark.first.get().saturating_add(place))
    }

    /// A page.
    pub(super) fn page(&self, page: usize) -> Result<Page, LogError> {
        let mark = self.directory()?.page(page).ok_or_else(|| self.malformed())?;
        let read = self.with_bytes(mark.bytes, |bytes| Page::read(bytes, mark.before))?;
        read.filter(|page| page.len() == mark.events.len()).ok_or_else(|| {
            let at = self.at(u64::from(mark.events.start));
            LogError::damaged(Part::Record, at, Undecodable::Malformed.into())
        })
    }

    fn table(&self, table: Table) -> Result<(&Blocks, u64), LogError> {
        let directory = &self.opened()?.directory;
        Ok(match table {
            Table::Ids => (&directory.ids, directory.ids_start),
            Table::Lists => (&directory.lists, directory.lists_start),
        })
    }

    /// What `read` makes of a block; that it makes nothing of it is damage.
    fn block<T>(
        &self,
        table: Table,
        block: usize,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<T, LogError> {
        let (blocks, start) = self.table(table)?;
        let range = blocks.range(block).ok_or_else(|| self.malformed())?;
        let range = start + u64::from(range.start)..start + u64::from(range.end);
        self.with_bytes(range, read)?.ok_or_else(|| self.malformed())
    }

    /// The rows of a table's blocks, from a block on.
    fn rows(&self, table: Table, from: usize) -> impl Iterator<Item = Result<Vec<Row>, LogError>> {
        let count = self.table(table).map(|(blocks, _)| blocks.len());
        let (count, failed) = match count {
            Ok(count) => (count, None),
            Err(error) => (0, Some(Err(error))),
        };
        let rows = (from..count).map(move |block| self.block(table, block, table::read_block));
        failed.into_iter().chain(rows)
    }

    fn value(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, LogError> {
        let (blocks, _) = self.table(table)?;
        let Some(block) = blocks.of_key(key) else { return Ok(None) };
        self.block(table, block, |bytes| table::find(bytes, key))
    }

    /// What its table of ids says of an id.
    pub(super) fn listed(&self, id: Sought<'_>) -> Result<Option<Listed>, LogError> {
        if !self.may_have(id)? {
            return Ok(None);
        }
        let Some(value) = self.value(Table::Ids, id.bytes())? else { return Ok(None) };
        self.read_listed(&value).map(Some)
    }

    /// Where the event of an id is.
    pub(super) fn find(&self, id: Sought<'_>) -> Result<Option<Sequence>, LogError> {
        if !self.may_have(id)? {
            return Ok(None);
        }
        let Some(value) = self.value(Table::Ids, id.bytes())? else { return Ok(None) };
        let (place, _) = tables::read_id(&value).ok_or_else(|| self.malformed())?;
        Ok(Some(self.at(place)))
    }

    fn may_have(&self, id: Sought<'_>) -> Result<bool, LogError> {
        let opened = self.opened()?;
        let range = opened.directory.filter.clone();
        let blocks = usize::try_from(range.end - range.start).unwrap_or(0) / filter::BLOCK;
        let at = id.block(blocks) * filter::BLOCK;
        if opened.filter.get().is_none() {
            if opened.asked.fetch_add(1, Ordering::Relaxed) < ASKED_SELDOM {
                let start = range.start + at as u64;
                let range = start..start + filter::BLOCK as u64;
                return self.with_bytes(range, |block| id.passes(block));
            }
            let _ = opened.filter.set(self.read(range)?);
        }
        let block = opened.filter.get().and_then(|filter| filter.get(at..at + filter::BLOCK));
        Ok(id.passes(block.unwrap_or_default()))
    }

    fn read_listed(&self, value: &[u8]) -> Result<Listed, LogError> {
        let (place, number) = tables::read_id(value).ok_or_else(|| self.malformed())?;
        let belongs_to = match number.checked_sub(1) {
            Some(entry) => Some(self.dispute(entry)?),
            None => None,
        };
        Ok(Listed { sequence: self.at(place), belongs_to })
    }

    /// The dispute of the n-th list.
    fn dispute(&self, entry: u32) -> Result<Slug, LogError> {
        let (blocks, _) = self.table(Table::Lists)?;
        let (block, first) = blocks.of_entry(entry).ok_or_else(|| self.malformed())?;
        let place = usize::try_from(entry - first).unwrap_or(usize::MAX);
        let slug = |bytes: &[u8]| slug_of(&table::nth_key(bytes, place)?).flatten();
        self.block(Table::Lists, block, slug)
    }

    /// The events that its list of a dispute, or of none, names.
    pub(in crate::event_log::sled_log) fn list(
        &self,
        dispute: Option<&Slug>,
    ) -> Result<Vec<Sequence>, LogError> {
        let key = dispute.map_or("", Slug::as_str);
        let Some(value) = self.value(Table::Lists, key.as_bytes())? else { return Ok(Vec::new()) };
        let places = tables::read_places(&value).ok_or_else(|| self.malformed())?;
        Ok(places.into_iter().map(|place| self.at(place)).collect())
    }

    /// The ids that begin with a text, in the order of their bytes; at most `limit`.
    pub(super) fn ids_with_prefix(
        &self,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<EventId>, LogError> {
        let (blocks, _) = self.table(Table::Ids)?;
        let from = blocks.of_key(prefix.as_bytes()).unwrap_or_default();
        let mut ids = Vec::new();
        for rows in self.rows(Table::Ids, from) {
            for row in rows? {
                let begins = row.key.starts_with(prefix.as_bytes());
                if ids.len() == limit || !begins && row.key.as_slice() > prefix.as_bytes() {
                    return Ok(ids);
                }
                if begins {
                    ids.push(id_of(&row.key).ok_or_else(|| self.malformed())?);
                }
            }
        }
        Ok(ids)
    }

    /// The ids of its table in the order of their bytes, from the first on that does not come before
    /// some bytes.
    pub(super) fn ids(&self, from: &[u8]) -> Result<Ids<'_>, LogError> {
        let block = self.directory()?.ids.of_key(from).unwrap_or_default();
        Ok(Ids {
            segment: self,
            block,
            entries: Vec::new(),
            reader: Reader::default(),
            from: from.to_vec(),
        })
    }

    /// The entries of a block of its table of ids, put in the place of others; `false` where there
    /// is no such block.
    fn id_entries(&self, block: usize, into: &mut Vec<u8>) -> Result<bool, LogError> {
        if block >= self.directory()?.ids.len() {
            return Ok(false);
        }
        self.block(Table::Ids, block, |bytes| {
            into.clear();
            into.extend(table::entries(bytes)?);
            Some(true)
        })
    }

    /// How many entries its tables have.
    pub(super) fn sizes(&self) -> Result<IndexSizes, LogError> {
        let mut ids = 0;
        for rows in self.rows(Table::Ids, 0) {
            ids += rows?.len() as u64;
        }
        let listed = self.lists()?.iter().map(|(_, events)| events).sum();
        Ok(IndexSizes { ids, listed })
    }

    /// The lists: of each the dispute, or none, and how many events it names.
    pub(super) fn lists(&self) -> Result<Vec<(Option<Slug>, u64)>, LogError> {
        let mut lists = Vec::new();
        for rows in self.rows(Table::Lists, 0) {
            for row in rows? {
                let slug = slug_of(&row.key).ok_or_else(|| self.malformed())?;
                let places = tables::read_places(&row.value).ok_or_else(|| self.malformed())?;
                lists.push((slug, places.len() as u64));
            }
        }
        Ok(lists)
    }
}

/// See [`Segment::ids`].
pub(super) struct Ids<'a> {
    segment: &'a Segment,
    /// The block that is read next, and the entries of the one before.
    block: usize,
    entries: Vec<u8>,
    reader: Reader,
    from: Vec<u8>,
}

impl SealedIds for Ids<'_> {
    fn next_into(&mut self, id: &mut Vec<u8>) -> Result<bool, LogError> {
        loop {
            if self.reader.is_at_end(&self.entries) {
                if !self.segment.id_entries(self.block, &mut self.entries)? {
                    return Ok(false);
                }
                self.block += 1;
                self.reader = Reader::default();
            }
            let read = self.reader.next(&self.entries);
            read.ok_or_else(|| self.segment.malformed())?;
            if self.reader.key() >= self.from.as_slice() {
                id.clear();
                id.extend(self.reader.key());
                return Ok(true);
            }
        }
    }
}

fn id_of(key: &[u8]) -> Option<EventId> {
    EventId::parse(std::str::from_utf8(key).ok()?)
}

/// The dispute of a list's key; `None` within where it is that of no dispute.
pub(super) fn slug_of(key: &[u8]) -> Option<Option<Slug>> {
    match std::str::from_utf8(key).ok()? {
        "" => Some(None),
        slug => Slug::parse(slug).map(Some),
    }
}

#[cfg(unix)]
pub(super) fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<()> {
    use std::os::unix::fs::FileExt;
    file.read_exact_at(into, at)
}

#[cfg(not(unix))]
pub(super) fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    // A handle of its own: the position of this one is shared by all who read.
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(into)
}
