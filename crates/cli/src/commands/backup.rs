//! `dispute backup`: the ledger, or what was recorded since a head, in one file.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use dispute_core::{
    ExpectedHead, Head, Json, ReadLog, SignedCheckpoint, WriteBackupError, write_backup,
};

use super::{Context, Opened};
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::files;
use crate::ledger::{kept, writing};
use crate::output::progress::Progress;
use crate::render::counted;

pub(super) fn command() -> Command {
    Command::new("backup")
        .about("Write the ledger into one file, byte for byte, with its checkpoints")
        .after_help(
            "Examples:\n  dispute backup ../2025-04-05.backup\n  \
             dispute backup ../2025-04-06.backup --since 57:9c41e0f7a2b3c4d5\n  \
             dispute verify --backup ../2025-04-05.backup\n  \
             dispute -L ../2025-04-05.backup list\n\n\
             With --since it holds only what was recorded after that head, to be restored onto the \
             backup, or the ledger, that ends with it.",
        )
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The file to make; one that exists is never written over"),
        )
        .arg(
            Arg::new("since")
                .long("since")
                .value_name("SEQ:DIGEST")
                .help("Only what was recorded after this head"),
        )
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let path = arguments.get_one::<PathBuf>("file").cloned().unwrap_or_default();
    let since = arguments.get_one::<String>("since").map(|text| writing::read_head(text));
    let since = since.transpose()?;
    if path.exists() {
        return Err(exists(&path).into());
    }
    let log = context.open()?;
    let since = since.map(|since| known_head(&*log, &since)).transpose()?;
    let checkpoints = checkpoints(&log, since.as_ref(), context)?;
    let (head, bytes) = write(&path, &*log, since.as_ref(), &checkpoints, context)?;
    let after = since.map(|since| since.sequence.get());
    let events = head.sequence.get() - after.unwrap_or(0);
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/backup/v1")),
            ("path", Json::text(path.display())),
            ("bytes", Json::count(bytes)),
            ("events", Json::count(events)),
            ("checkpoints", Json::count(u64::try_from(checkpoints.len()).unwrap_or(u64::MAX))),
            ("since", since.as_ref().map_or(Json::Null, head_to_json)),
            ("head", head_to_json(&head)),
        ]))?;
    } else {
        let count = |count: u64, word| counted(usize::try_from(count).unwrap_or(usize::MAX), word);
        let since = since.map(|since| format!(" since {}", writing::short(&since)));
        let mut what = format!("{}{}", count(events, "event"), since.unwrap_or_default());
        if !checkpoints.is_empty() {
            what.push_str(&format!(", {}", counted(checkpoints.len(), "checkpoint")));
        }
        context.output.answer(&format!("wrote {}: {what}\nhead {head}\n", path.display()))?;
        context.output.remark(&format!(
            "check it with: dispute verify --backup {}; the next one: dispute backup FILE --since {}",
            path.display(),
            writing::short(&head)
        ));
    }
    Ok(ExitCode::Done)
}

fn exists(path: &Path) -> CommandError {
    let message = format!("{} exists already, and a backup is never written over", path.display());
    CommandError::new("io", message, ExitCode::Failed).hint("name another file")
}

/// The head of the log that somebody wrote down.
fn known_head(log: &dyn ReadLog, since: &ExpectedHead) -> Result<Head> {
    let found = log.head_at(since.sequence())?;
    if let Some(head) = found.filter(|head| since.names(&head.digest)) {
        return Ok(head);
    }
    let (code, fact) = match found {
        Some(found) => ("head-contradicted", format!("the ledger has {found} there")),
        None => ("head-beyond-end", format!("the ledger ends with {}", log.head()?)),
    };
    Err(CommandError::new(code, format!("{since} is not in the ledger"), ExitCode::Contradicted)
        .fact(fact)
        .hint("the head that the last backup ended with: dispute -L THAT-BACKUP head")
        .into())
}

/// The checkpoints that go with it: those that are of more than the head has, or all.
fn checkpoints(
    log: &Opened,
    since: Option<&Head>,
    context: &Context,
) -> Result<Vec<SignedCheckpoint>> {
    let mut checkpoints = match log {
        Opened::Backup(log) => log.checkpoints()?,
        Opened::Ledger(log) => {
            let (kept, strange) = kept::of_ledger(log.dir(), &log.ledger()?.id)?;
            for name in strange {
                context.output.remark(&format!("note: {name} is no checkpoint of this ledger"));
            }
            kept
        }
    };
    let known = since.map_or(0, |since| since.sequence.next().get());
    checkpoints.retain(|checkpoint| checkpoint.head().size > known || since.is_none());
    Ok(checkpoints)
}

/// Writes the file whole, under another name first, and durably. Gives the head and the length.
fn write(
    path: &Path,
    log: &dyn ReadLog,
    since: Option<&Head>,
    checkpoints: &[SignedCheckpoint],
    context: &Context,
) -> Result<(Head, u64)> {
    let failed = |error: std::io::Error| CommandError::io("write", path, &error);
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    let dir = dir.unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(dir).map_err(|error| {
        failed(error).hint("name a file in a folder that is there and can be written")
    })?;
    let mut to = BufWriter::with_capacity(1 << 16, file.as_file());
    let total = usize::try_from(log.head()?.sequence.get()).unwrap_or(usize::MAX);
    let mut progress = Progress::of("writing", total, context.output);
    let told = &mut |at: dispute_core::Sequence| {
        progress.at(usize::try_from(at.get()).unwrap_or(usize::MAX));
    };
    let head =
        write_backup(log, since, checkpoints, &mut to, told).map_err(|error| match error {
            WriteBackupError::Log(error) => CommandError::from(error),
            WriteBackupError::Write(error) => failed(error),
        })?;
    to.flush().map_err(failed)?;
    drop(to);
    file.as_file().sync_all().map_err(failed)?;
    let bytes = file.as_file().metadata().map_err(failed)?.len();
    file.persist_noclobber(path).map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(path),
        _ => failed(error.error),
    })?;
    files::sync_folder(path).map_err(failed)?;
    Ok((head, bytes))
}

/// `{sequence, digest, recorded_at}`
pub(super) fn head_to_json(head: &Head) -> Json {
    Json::object([
        ("sequence", Json::count(head.sequence.get())),
        ("digest", Json::text(head.digest)),
        ("recorded_at", Json::text(head.recorded_at)),
    ])
}
