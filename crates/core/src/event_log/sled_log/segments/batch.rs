//! Records on their way into pages: a few thousand at a time are compressed on another core, and
//! can be read all the while.

use std::sync::Arc;
use std::thread::JoinHandle;

use crate::digest::Digest;
use crate::encoding::Commitment;
use crate::entry::{Content, Entry, StoredRecord};
use crate::event_log::sled_log::segments::page::PageWriter;
use crate::tree::TreeHash;

/// How many records are handed over at once.
const RECORDS: usize = 4_096;
/// Or how many bytes.
const BYTES: usize = 4 << 20;

/// Records one after the other in one piece of memory: what one thread allocates thousands of
/// times and another frees makes both wait for the allocator.
#[derive(Default)]
pub(super) struct Run {
    bytes: Vec<u8>,
    records: Vec<Held>,
}

/// A record in a run.
struct Held {
    digest: Digest,
    /// Where its content begins, behind its envelope.
    content: usize,
    end: usize,
    /// `None` where there is no content.
    salt: Option<[u8; 32]>,
    /// What the envelope commits to.
    commitment: Digest,
    is_sealed: bool,
}

/// Records that are being made into pages.
pub(super) struct Batch {
    pub(super) run: Arc<Run>,
    work: Option<JoinHandle<Pages>>,
}

/// What records came to.
#[derive(Default)]
pub(super) struct Pages {
    /// The compressed pages, one after the other.
    pub(super) bytes: Vec<u8>,
    /// Of each page how many records it has, how long it was, and where it ends among those bytes.
    pub(super) marks: Vec<(u32, u32, usize)>,
    /// The hashes of the envelopes as leaves of the tree.
    pub(super) leaves: Vec<TreeHash>,
}

impl Run {
    pub(super) fn push(&mut self, entry: &Entry) {
        let record = entry.record();
        self.bytes.extend_from_slice(&record.envelope);
        let content = self.bytes.len();
        if let Some(content) = &record.content {
            self.bytes.extend_from_slice(&content.bytes);
        }
        self.records.push(Held {
            digest: record.digest,
            content,
            end: self.bytes.len(),
            salt: record.content.as_ref().map(|content| content.salt),
            commitment: *entry.envelope().commitment(),
            is_sealed: entry.is_sealed(),
        });
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Whether it is to be handed over.
    pub(super) fn is_full(&self) -> bool {
        self.records.len() >= RECORDS || self.bytes.len() >= BYTES
    }

    /// Its n-th record.
    pub(super) fn record(&self, n: usize) -> Option<StoredRecord> {
        let held = self.records.get(n)?;
        let mut record = StoredRecord::empty();
        self.copy(n, held, &mut record);
        Some(record)
    }

    /// Copies a record to where another was, whose memory is taken.
    fn copy(&self, n: usize, held: &Held, to: &mut StoredRecord) {
        let start = n.checked_sub(1).and_then(|n| self.records.get(n)).map_or(0, |it| it.end);
        let bytes = |range| self.bytes.get(range).unwrap_or_default();
        to.digest = held.digest;
        to.envelope.clear();
        to.envelope.extend_from_slice(bytes(start..held.content));
        to.content = held.salt.map(|salt| {
            let mut kept = to.content.take().map_or_else(Vec::new, |content| content.bytes);
            kept.clear();
            kept.extend_from_slice(bytes(held.content..held.end));
            Content { salt, bytes: kept }
        });
    }

    /// Takes everything out, and keeps the memory.
    fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
    }

    /// Its pages.
    pub(super) fn pages(&self) -> Pages {
        let mut done = Pages::default();
        let mut open = PageWriter::default();
        let mut record = StoredRecord::empty();
        for (n, held) in self.records.iter().enumerate() {
            self.copy(n, held, &mut record);
            // What would not come back as it is must be kept as it is.
            let proven = held.is_sealed || held.answers_to(&record);
            let commitment = if proven { Commitment::Answers } else { Commitment::Kept };
            open.push(&record, commitment);
            done.leaves.push(TreeHash::of_leaf(&record.envelope));
            if open.is_full() || n + 1 == self.records.len() {
                let page = std::mem::take(&mut open);
                let (compressed, before) = page.compressed();
                done.bytes.extend_from_slice(&compressed);
                done.marks.push((page.records(), before, done.bytes.len()));
            }
        }
        done
    }
}

impl Held {
    /// The same as [`Entry::prove`] says of the entry that this was.
    fn answers_to(&self, record: &StoredRecord) -> bool {
        let content = record.content.as_ref();
        Digest::of_envelope(&record.envelope) == self.digest
            && content.is_none_or(|it| Digest::of_content(&it.salt, &it.bytes) == self.commitment)
    }
}

impl Batch {
    /// Begins the work, on a thread of its own where there can be one.
    pub(super) fn begin(run: Run) -> Self {
        let run = Arc::new(run);
        let shared = Arc::clone(&run);
        let work = std::thread::Builder::new().spawn(move || shared.pages()).ok();
        Self { run, work }
    }

    /// Waits for it, and gives the emptied run. What a thread did not bring back is done here.
    pub(super) fn finish(self) -> (Pages, Run) {
        let done = self.work.and_then(|work| work.join().ok());
        let pages = done.unwrap_or_else(|| self.run.pages());
        let mut run = Arc::into_inner(self.run).unwrap_or_default();
        run.clear();
        (pages, run)
    }
}
