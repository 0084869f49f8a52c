//! Checkpoints as files: those that are kept beside the store, and those that are handed on.

use std::fs;
use std::path::{Path, PathBuf};

use dispute_core::{
    ConsistencyProof, LedgerId, LogTree, ReadLog, Sequence, SignedCheckpoint, SledLog, TreeHead,
};

use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::files;

/// The folder inside the ledger's in which a copy of every checkpoint made is kept.
const FOLDER: &str = "checkpoints";

/// A checkpoint that is kept beside the store.
pub(crate) struct Kept {
    /// What it is called: the name of its file.
    pub(crate) name: String,
    /// What it says, or why it cannot be read.
    pub(crate) read: std::result::Result<SignedCheckpoint, String>,
}

/// All checkpoints kept beside the store, in the order of their sizes.
pub(crate) fn all(dir: &Path) -> Result<Vec<Kept>> {
    let folder = dir.join(FOLDER);
    let failed = |error: std::io::Error| CommandError::io("read", &folder, &error);
    let files = match fs::read_dir(&folder) {
        Ok(files) => files,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error).into()),
    };
    let mut names = Vec::new();
    for file in files {
        let name = file.map_err(failed)?.file_name().to_string_lossy().into_owned();
        // What an interrupted writing left behind begins with a dot.
        if name.ends_with(".txt") && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    let read = |name: String| {
        let bytes = files::read(&folder.join(&name))?;
        let read = SignedCheckpoint::parse(&bytes).map_err(|why| why.to_string());
        Ok(Kept { name, read })
    };
    names.into_iter().map(read).collect()
}

/// The checkpoints of a ledger that are kept beside its store, by their sizes; and the names of the
/// files that are none.
pub(crate) fn of_ledger(
    dir: &Path,
    ledger: &LedgerId,
) -> Result<(Vec<SignedCheckpoint>, Vec<String>)> {
    let (mut checkpoints, mut strange) = (Vec::new(), Vec::new());
    for Kept { name, read } in all(dir)? {
        match read {
            Ok(it) if it.origin().as_str() == ledger.to_string() => checkpoints.push(it),
            _ => strange.push(name),
        }
    }
    // The same checkpoints give the same backup, whatever their files are called.
    checkpoints.sort_by_cached_key(|it| (it.head().size, it.to_string()));
    checkpoints.dedup();
    Ok((checkpoints, strange))
}

/// Keeps checkpoints of a ledger that are not kept beside its store yet. Gives how many.
pub(crate) fn keep_new(
    dir: &Path,
    ledger: &LedgerId,
    checkpoints: &[SignedCheckpoint],
) -> Result<usize> {
    let (there, _) = of_ledger(dir, ledger)?;
    let new = checkpoints.iter().filter(|checkpoint| !there.contains(checkpoint));
    let kept: Vec<PathBuf> = new.map(|checkpoint| keep(dir, checkpoint)).collect::<Result<_>>()?;
    Ok(kept.len())
}

/// The newest checkpoint kept beside the store that has the envelope of a place.
pub(crate) fn newest_with(dir: &Path, at: Sequence) -> Result<Option<SignedCheckpoint>> {
    let kept = all(dir)?.into_iter().rev().filter_map(|kept| kept.read.ok());
    Ok(kept.into_iter().find(|checkpoint| checkpoint.head().size > at.get()))
}

/// Keeps a copy of a checkpoint beside the store; with the signatures of one of the same tree that
/// is kept already. Gives where.
pub(crate) fn keep(dir: &Path, checkpoint: &SignedCheckpoint) -> Result<PathBuf> {
    let folder = dir.join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| CommandError::io("create", &folder, &error))?;
    let path = folder.join(name_of(checkpoint.head()));
    let mut whole = checkpoint.clone();
    if let Some(bytes) = files::read_if_there(&path)?
        && let Ok(earlier) = SignedCheckpoint::parse(&bytes)
    {
        join(&mut whole, &earlier);
    }
    files::replace(&path, whole.to_string().as_bytes())?;
    Ok(path)
}

/// `0000000150-9c41e0f7.txt`: the size, and the first bytes of the root.
pub(crate) fn name_of(head: TreeHead) -> String {
    let root: String =
        head.root.as_bytes().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{:010}-{root}.txt", head.size)
}

/// Reads a checkpoint from a file that was named.
pub(crate) fn read(path: &Path) -> Result<SignedCheckpoint> {
    SignedCheckpoint::parse(&files::read(path)?).map_err(|why| {
        let message = format!("{} is no checkpoint: {why}", path.display());
        CommandError::new("io", message, ExitCode::Failed)
            .hint("a checkpoint is a file that dispute checkpoint or dispute cosign wrote")
            .into()
    })
}

/// Reads the proof that one checkpoint grew out of another.
pub(crate) fn read_growth(path: &Path) -> Result<ConsistencyProof> {
    ConsistencyProof::parse(&files::read(path)?).map_err(|why| {
        let message = format!("{} is no proof of consistency: {why}", path.display());
        CommandError::new("io", message, ExitCode::Failed)
            .hint("dispute prove --from CHECKPOINT -o FILE writes one")
            .into()
    })
}

/// Writes a checkpoint to a file that was named. Over another file it is written only where that is
/// a checkpoint of the same ledger and not of a larger tree; of the same tree, its signatures stay.
pub(crate) fn write(path: &Path, checkpoint: &SignedCheckpoint) -> Result<()> {
    let mut whole = checkpoint.clone();
    if let Some(bytes) = files::read_if_there(path)? {
        let Ok(there) = SignedCheckpoint::parse(&bytes) else {
            return Err(files::exists(path, "is another file, and is not overwritten").into());
        };
        let (old, new) = (there.head(), checkpoint.head());
        if there.origin() != checkpoint.origin() {
            let why = "is a checkpoint of another ledger, and is not overwritten";
            return Err(files::exists(path, why).into());
        }
        if old.size > new.size || old.size == new.size && old.root != new.root {
            let why = "is a checkpoint that the new one does not follow, and is not overwritten";
            let error = files::exists(path, why);
            return Err(error
                .fact(format!("there: {}", in_words(old)))
                .fact(format!("new: {}", in_words(new)))
                .into());
        }
        join(&mut whole, &there);
    }
    files::replace(path, whole.to_string().as_bytes())
}

/// Adds to a checkpoint the signatures of another one with the same text.
fn join(checkpoint: &mut SignedCheckpoint, other: &SignedCheckpoint) {
    if checkpoint.checkpoint() != other.checkpoint() {
        return;
    }
    for signature in other.note().signatures() {
        // Where no more fit, those that are there stay.
        if checkpoint.add(signature.clone()).is_err() {
            break;
        }
    }
}

/// A head of the tree, for people.
pub(crate) fn in_words(head: TreeHead) -> String {
    format!("size {} root {}", head.size, head.root)
}

/// That a checkpoint is of the ledger that is open, and of a tree that it has.
pub(crate) fn check_is_of(log: &SledLog, name: &str, checkpoint: &SignedCheckpoint) -> Result<()> {
    let ledger = log.ledger()?.id;
    if checkpoint.origin().as_str() != ledger.to_string() {
        return Err(contradicted(format!("{name} is a checkpoint of another ledger"))
            .fact(format!("it is of {}", checkpoint.origin().as_str().escape_debug()))
            .fact(format!("this one is {ledger}"))
            .into());
    }
    let (given, size) = (checkpoint.head(), log.head()?.sequence.next().get());
    if given.size > size {
        let message = format!("the ledger ends before {name}");
        return Err(CommandError::new("checkpoint-beyond-end", message, ExitCode::Contradicted)
            .fact(format!("the checkpoint: {}", in_words(given)))
            .fact(format!("the ledger: size {size}"))
            .hint("dispute verify --checkpoint FILE says more")
            .into());
    }
    let own = LogTree(log).head(given.size)?;
    if own.root != given.root {
        return Err(contradicted(format!("the ledger has another tree than {name}"))
            .fact(format!("the checkpoint: {}", in_words(given)))
            .fact(format!("the ledger:     {}", in_words(own)))
            .into());
    }
    Ok(())
}

fn contradicted(message: String) -> CommandError {
    CommandError::new("checkpoint-contradicted", message, ExitCode::Contradicted)
        .hint("keep both as evidence; dispute compare A B says how they stand to each other")
}
