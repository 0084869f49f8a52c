//! Entries on their way into pages: a few thousand at a time are compressed on another core, and
//! can be read all the while.

use std::sync::Arc;
use std::thread::JoinHandle;

use crate::encoding::Commitment;
use crate::entry::Entry;
use crate::event_log::sled_log::segments::page::PageWriter;
use crate::tree::TreeHash;

/// How many entries are handed over at once.
pub(super) const ENTRIES: usize = 4_096;
/// Or how many bytes.
pub(super) const BYTES: usize = 4 << 20;

/// Entries that are being made into pages.
pub(super) struct Batch {
    pub(super) entries: Arc<Vec<Entry>>,
    work: Option<JoinHandle<Pages>>,
}

/// Entries that are in pages: to free thousands of them takes as long as to compress them.
pub(super) struct Spent(#[expect(dead_code, reason = "held only to be freed")] Arc<Vec<Entry>>);

/// What entries came to.
#[derive(Default)]
pub(super) struct Pages {
    /// Of each page how many records it has, how long it was, and its compressed bytes.
    pub(super) pages: Vec<(u32, u32, Vec<u8>)>,
    /// The hashes of the envelopes as leaves of the tree.
    pub(super) leaves: Vec<TreeHash>,
}

impl Batch {
    /// Begins the work, on a thread of its own where there can be one; it frees what is `spent`.
    pub(super) fn begin(entries: Vec<Entry>, spent: Option<Spent>) -> Self {
        let entries = Arc::new(entries);
        let shared = Arc::clone(&entries);
        let work = move || {
            drop(spent);
            pages(&shared)
        };
        let work = std::thread::Builder::new().spawn(work).ok();
        Self { entries, work }
    }

    /// Waits for it. What a thread did not bring back is done here.
    pub(super) fn finish(self) -> (Pages, Spent) {
        let done = self.work.and_then(|work| work.join().ok());
        (done.unwrap_or_else(|| pages(&self.entries)), Spent(self.entries))
    }
}

/// The pages of entries.
pub(super) fn pages(entries: &[Entry]) -> Pages {
    let mut done = Pages::default();
    let mut open = PageWriter::default();
    for (n, entry) in entries.iter().enumerate() {
        // What would not come back as it is must be kept as it is.
        let proven = entry.is_sealed() || entry.prove().is_ok();
        let commitment = if proven { Commitment::Answers } else { Commitment::Kept };
        open.push(entry.record(), commitment);
        done.leaves.push(TreeHash::of_leaf(entry.envelope_bytes()));
        if open.is_full() || n + 1 == entries.len() {
            let page = std::mem::take(&mut open);
            let (compressed, before) = page.compressed();
            done.pages.push((page.records(), before, compressed));
        }
    }
    done
}
