//! A file that is imported. It is read once in order, and again where a row was refused.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{CommandError, Result};

/// A file that can be read more than once. What is no file was copied to one.
pub(super) struct Source {
    path: PathBuf,
    /// The copy, which is deleted with this.
    _copy: Option<NamedTempFile>,
    /// How many bytes it has.
    pub(super) size: u64,
}

/// Where a row stands in a file, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) from: u64,
    pub(super) length: u64,
}

impl Source {
    /// Opens a file, `-` for stdin.
    pub(super) fn open(path: &Path) -> Result<Self> {
        Self::of(path).map_err(|error| {
            CommandError::io("read", path, &error)
                .hint("name a file of event documents, one JSON object a line; - for stdin")
                .into()
        })
    }

    fn of(path: &Path) -> io::Result<Self> {
        if path == Path::new("-") {
            return Self::copied(&mut io::stdin().lock());
        }
        let mut file = File::open(path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Self::copied(&mut file);
        }
        Ok(Self { path: path.to_owned(), _copy: None, size: about.len() })
    }

    fn copied(from: &mut dyn Read) -> io::Result<Self> {
        let mut copy = NamedTempFile::new()?;
        let size = io::copy(from, &mut copy)?;
        Ok(Self { path: copy.path().to_owned(), _copy: Some(copy), size })
    }

    /// The file from its beginning.
    pub(super) fn reader(&self) -> io::Result<File> {
        File::open(&self.path)
    }
}

/// Copies a part of a file to the end of another, without the white space at its end.
pub(super) fn copy_row(from: &mut File, extent: Extent, to: &mut dyn Write) -> io::Result<()> {
    from.seek(SeekFrom::Start(extent.from))?;
    // The row of an event is short; one that is not is copied as it stands.
    if extent.length > LONGEST_TRIMMED {
        io::copy(&mut from.take(extent.length), to)?;
    } else {
        let mut row = Vec::new();
        from.take(extent.length).read_to_end(&mut row)?;
        match std::str::from_utf8(&row) {
            Ok(text) => to.write_all(text.trim_end().as_bytes())?,
            Err(_) => to.write_all(&row)?,
        }
    }
    to.write_all(b"\n")
}

/// The longest row that is held in memory to be trimmed.
const LONGEST_TRIMMED: u64 = 1 << 20;
