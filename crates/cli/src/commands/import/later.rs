//! Which ids come later in a file: asked only where a row names an id that is not on record.

use std::cell::OnceCell;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufRead, BufReader, Read};

use dispute_core::{EventId, Json};

use super::source::Source;

/// A longer line holds no event.
const LONGEST_LINE: u64 = 1 << 17;

/// The ids of a file by the last line on which they stand. The file is read a second time when the
/// first question is asked. That takes as long as reading it, and 16 bytes of memory a row.
pub(super) struct Later<'a> {
    source: &'a Source,
    seed: RandomState,
    /// Sorted by the hash of the id.
    lines: OnceCell<Vec<(u64, u64)>>,
}

impl<'a> Later<'a> {
    pub(super) fn of(source: &'a Source) -> Self {
        Self { source, seed: RandomState::new(), lines: OnceCell::new() }
    }

    /// Whether the event of an id stands behind a line. Where the file cannot be read again, it
    /// does not: only the words of a refusal hang on it.
    pub(super) fn is_behind(&self, line: u64, id: &EventId) -> bool {
        let lines = self.lines.get_or_init(|| self.read().unwrap_or_default());
        let hash = self.seed.hash_one(id);
        let from = lines.partition_point(|(known, _)| *known < hash);
        let of_id = lines.get(from..).unwrap_or_default().iter();
        of_id.take_while(|(known, _)| *known == hash).any(|(_, known)| *known > line)
    }

    fn read(&self) -> io::Result<Vec<(u64, u64)>> {
        let mut reader = BufReader::new(self.source.reader()?);
        let (mut lines, mut text) = (Vec::new(), Vec::new());
        for line in 1.. {
            text.clear();
            if reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text)? == 0 {
                break;
            }
            if text.last() != Some(&b'\n') {
                reader.skip_until(b'\n')?;
            }
            lines.extend(id_of(&text).map(|id| (self.seed.hash_one(&id), line)));
        }
        lines.sort_unstable();
        Ok(lines)
    }
}

/// The id that a row hands in, whether or not the rest of it is an event.
fn id_of(row: &[u8]) -> Option<EventId> {
    let text = std::str::from_utf8(row).ok()?.trim_start_matches('\u{feff}').trim();
    EventId::parse(Json::parse(text).ok()?.get("id")?.as_text()?)
}
