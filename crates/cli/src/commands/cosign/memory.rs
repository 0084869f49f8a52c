//! The file beside a cosigner's key in which it remembers what it signed last.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use dispute_core::MemoryStore;
use fs2::FileExt;

use crate::error::{CommandError, Result, Stop};
use crate::exit_code::ExitCode;
use crate::files;

/// The memory of a key, which no other process can use as long as this is there.
pub(super) struct MemoryFile {
    path: PathBuf,
    beside: PathBuf,
    written: Option<File>,
    /// Held for its lock. Its file stays, so that nobody locks another one of that name; it is
    /// empty until the key has signed.
    lock: File,
}

/// Where the memory of a key is.
pub(super) fn path(key_file: &Path) -> PathBuf {
    files::with_suffix(key_file, ".memory")
}

impl MemoryFile {
    /// Takes the memory of a key for this process alone.
    ///
    /// The key's file is followed where it is a link: one key has one memory.
    pub(super) fn lock(key_file: &Path) -> Result<Self> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error: io::Error| CommandError::io("open", &path, &error)
        };
        let key_file = fs::canonicalize(key_file).map_err(failed(key_file))?;
        let path = path(&key_file);
        let name = files::with_suffix(&path, ".lock");
        let mut options = OpenOptions::new();
        let lock = options.create(true).truncate(false).write(true).open(&name);
        let lock = lock.map_err(failed(&name))?;
        lock.try_lock_exclusive().map_err(|_| {
            let message = format!("another process is cosigning with {}", key_file.display());
            CommandError::new("locked", message, ExitCode::Locked).hint("wait for it to end")
        })?;
        let beside = files::with_suffix(&path, ".new");
        Ok(Self { path, beside, written: None, lock })
    }

    fn failed(&self, attempt: &str, error: &io::Error) -> Stop {
        CommandError::io(attempt, &self.path, error).into()
    }
}

impl MemoryStore for MemoryFile {
    type Error = Stop;

    fn read(&mut self) -> Result<Option<Vec<u8>>> {
        let memory = files::read_if_there(&self.path)?;
        let has_signed = self.lock.metadata().is_ok_and(|file| file.len() > 0);
        if memory.is_none() && has_signed {
            let file = self.path.display();
            let message = format!("{file} is missing, and this key has signed before");
            return Err(CommandError::new("undecodable", message, ExitCode::Broken)
                .fact("without it nobody knows what was signed, and another history could be")
                .hint("restore that file from a copy, or make a new key and tell the others")
                .into());
        }
        Ok(memory)
    }

    fn write_beside(&mut self, bytes: &[u8]) -> Result<()> {
        let write = || {
            let mut file = File::create(&self.beside)?;
            file.write_all(bytes)?;
            Ok(file)
        };
        self.written = Some(write().map_err(|error| self.failed("write", &error))?);
        Ok(())
    }

    fn sync_beside(&mut self) -> Result<()> {
        let sync = self.written.take().map_or(Ok(()), |file| file.sync_all());
        sync.map_err(|error| self.failed("write", &error))
    }

    fn replace(&mut self) -> Result<()> {
        fs::rename(&self.beside, &self.path).map_err(|error| self.failed("write", &error))
    }

    fn sync_folder(&mut self) -> Result<()> {
        let sync = || {
            files::sync_folder(&self.path)?;
            // From here on a memory that is missing was lost.
            (&self.lock).write_all(b"this key has signed\n")?;
            self.lock.sync_all()
        };
        sync().map_err(|error| self.failed("write", &error))
    }
}
