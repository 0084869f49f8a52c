//! Rows that were refused: the first of them are told, and with `--keep-going` all are kept beside
//! the file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use dispute_core::Refusal;
use tempfile::NamedTempFile;

use super::source::{Extent, Source, copy_row};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::files;

/// The rows that were refused so far.
pub(super) struct Rejected {
    most: usize,
    told: Vec<Refusal>,
    pub(super) count: u64,
    kept: Option<Kept>,
}

/// A copy of the rows, under a name that does not last.
struct Kept {
    path: PathBuf,
    from: File,
    to: BufWriter<NamedTempFile>,
}

impl Rejected {
    /// Tells of so many rows, and keeps none.
    pub(super) fn told(most: usize) -> Self {
        Self { most, told: Vec::new(), count: 0, kept: None }
    }

    /// Keeps the rows of a file beside it as well.
    pub(super) fn kept(most: usize, path: &Path, source: &Source) -> Result<Self> {
        let path = place(path);
        let kept = Kept::begin(&path, source).map_err(|error| failed(&path, &error))?;
        Ok(Self { kept: Some(kept), ..Self::told(most) })
    }

    pub(super) fn add(&mut self, refusal: Refusal, row: Extent) -> Result<()> {
        self.count += 1;
        if self.told.len() < self.most {
            self.told.push(refusal);
        }
        if let Some(kept) = &mut self.kept {
            copy_row(&mut kept.from, row, &mut kept.to)
                .map_err(|error| failed(&kept.path, &error))?;
        }
        Ok(())
    }

    /// Gives what is kept its name, where a row was refused.
    pub(super) fn finish(&mut self) -> Result<Option<PathBuf>> {
        let Some(kept) = self.kept.take().filter(|_| self.count > 0) else { return Ok(None) };
        let path = kept.path.clone();
        kept.finish()?;
        Ok(Some(path))
    }

    /// One error for all rows that were refused: the first as its code, so many of them in full.
    pub(super) fn error(&self) -> CommandError {
        let mut refusals = self.told.iter();
        let Some(first) = refusals.next() else {
            return CommandError::new("unexpected", "no row was refused", ExitCode::Failed);
        };
        let mut error = CommandError::from(first.clone());
        for refusal in refusals {
            error = error.fact(format!("{}: {refusal}", refusal.code));
        }
        let more = self.count.saturating_sub(u64::try_from(self.told.len()).unwrap_or(u64::MAX));
        if more > 0 { error.fact(format!("and {more} more rows")) } else { error }
    }
}

impl Kept {
    fn begin(path: &Path, source: &Source) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let to = BufWriter::new(builder.tempfile_in(files::folder_of(path))?);
        Ok(Self { path: path.to_owned(), from: source.reader()?, to })
    }

    fn finish(self) -> Result<()> {
        let Self { path, to, .. } = self;
        let failed = |error: io::Error| failed(&path, &error);
        let mut file = to.into_inner().map_err(|error| failed(error.into_error()))?;
        file.flush().and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        move_aside(&path)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        files::sync_folder(&path).map_err(failed)?;
        Ok(())
    }
}

/// Where the rejected rows of a file are kept.
fn place(path: &Path) -> PathBuf {
    let stem = match path.file_stem() {
        Some(stem) if path != Path::new("-") => stem.to_string_lossy().into_owned(),
        _ => "stdin".to_owned(),
    };
    path.with_file_name(format!("{stem}.rejected.jsonl"))
}

/// Keeps what an earlier import left under another name.
fn move_aside(kept: &Path) -> Result<()> {
    if !kept.exists() {
        return Ok(());
    }
    let name = |n: u32| kept.with_extension(format!("{n}.jsonl"));
    if let Some(free) = (1..10_000).map(name).find(|free| !free.exists()) {
        std::fs::rename(kept, &free).map_err(|error| CommandError::io("rename", kept, &error))?;
    }
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> CommandError {
    CommandError::io("write", path, error)
}
