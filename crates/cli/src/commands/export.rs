//! `dispute export --format tiles DIR`: the ledger's tree and envelopes as static files that a web
//! server can hand out and anybody's tools can audit (c2sp.org/tlog-tiles). Contents stay out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use dispute_core::{
    EntryBundle, Frontier, Json, ReadLog, Sequence, SignedCheckpoint, SledLog, TILE_WIDTH, Tile,
    TreeHash,
};

use super::Context;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::files;
use crate::ledger::kept;
use crate::output::progress::Progress;

pub(super) fn command() -> Command {
    Command::new("export")
        .about("Write the ledger as static files for other people's tools")
        .after_help(
            "Example:\n  dispute export --format tiles public/log\n\n\
             tiles: the newest kept checkpoint, and the tree and the envelopes that it signs, as \
             c2sp.org/tlog-tiles has them. Envelopes say who recorded what kind of event when; what \
             the events say is not among them. Exporting again into the folder adds what is new.",
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .required(true)
                .value_parser(["tiles"])
                .help("What to write: tiles"),
        )
        .arg(
            Arg::new("dir")
                .value_name("DIR")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The folder to write to"),
        )
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let to = arguments.get_one::<PathBuf>("dir").cloned().unwrap_or_default();
    let log = context.open_ledger()?;
    let checkpoint = kept::newest_with(log.dir(), Sequence::LEDGER)?.ok_or_else(|| {
        CommandError::not_found(
            "no checkpoint is kept, and a log that nobody signed proves nothing",
        )
        .hint("sign one: dispute checkpoint --key FILE")
    })?;
    let name = format!("the kept checkpoint {}", kept::name_of(checkpoint.head()));
    kept::check_is_of(&log, &name, &checkpoint)?;
    let is_new = is_free(&log, &to, &checkpoint)?;
    let files = write_log(&log, &to, &checkpoint, context)?;
    let head = checkpoint.head();
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/export/v1")),
            ("format", Json::text("tiles")),
            ("ledger", Json::text(checkpoint.origin())),
            ("size", Json::count(head.size)),
            ("root", Json::text(head.root)),
            ("dir", Json::text(to.display())),
            ("files", Json::count(files)),
        ]))?;
    } else {
        let verb = if is_new { "wrote" } else { "brought up to date" };
        let text = format!("{verb} {}: {} in {files} files\n", to.display(), kept::in_words(head));
        context.output.answer(&text)?;
    }
    Ok(ExitCode::Done)
}

/// Whether the folder is new or empty; else it must be an earlier export of the same ledger.
fn is_free(log: &SledLog, to: &Path, checkpoint: &SignedCheckpoint) -> Result<bool> {
    let failed = |error: std::io::Error| CommandError::io("create", to, &error);
    fs::create_dir_all(to).map_err(failed)?;
    if fs::read_dir(to).map_err(failed)?.next().is_none() {
        return Ok(true);
    }
    let there = files::read_if_there(&to.join("checkpoint"))?;
    let there = there.and_then(|bytes| SignedCheckpoint::parse(&bytes).ok());
    let continues = |there: &SignedCheckpoint| {
        let (old, new) = (there.head(), checkpoint.head());
        there.origin() == checkpoint.origin()
            && (old.size < new.size || old.size == new.size && old.root == new.root)
    };
    if let Some(there) = there.as_ref().filter(|there| continues(there)) {
        // What was handed out before must be the beginning of what is handed out now.
        kept::check_is_of(log, "the one that was exported there before", there)?;
        return Ok(false);
    }
    let message = format!("{} has something else in it", to.display());
    Err(CommandError::new("io", message, ExitCode::Failed)
        .hint("name a new or empty folder, or one with an earlier export of this ledger")
        .into())
}

/// Writes all tiles and bundles, and the checkpoint last: what it signs is there by then. Memory
/// does not grow with the ledger.
fn write_log(
    log: &SledLog,
    to: &Path,
    checkpoint: &SignedCheckpoint,
    context: &Context,
) -> Result<u64> {
    let head = checkpoint.head();
    let total = usize::try_from(head.size).unwrap_or(usize::MAX);
    let mut progress = Progress::of("exporting", total, context.output);
    let mut writer = Writer { to, files: 0 };
    let (mut frontier, mut bundle) = (Frontier::new(), Vec::new());
    let mut open: BTreeMap<u8, (Tile, Vec<TreeHash>)> = BTreeMap::new();
    for (at, record) in log.stored_from(Sequence::LEDGER) {
        if at.get() >= head.size {
            break;
        }
        let envelope = record?.envelope;
        EntryBundle::push(&mut bundle, &envelope).map_err(|why| unsound(&why))?;
        let added = frontier.push(TreeHash::of_leaf(&envelope)).map_err(|why| unsound(&why))?;
        for one in added {
            let (tile, hashes) = open.entry(one.tile.level()).or_insert((one.tile, Vec::new()));
            *tile = one.tile;
            hashes.push(one.hash);
            if tile.is_full() {
                writer.write(&tile.to_string(), &Tile::write(hashes))?;
                hashes.clear();
            }
        }
        if frontier.size().is_multiple_of(u64::from(TILE_WIDTH)) {
            writer.bundle(&frontier, &bundle)?;
            bundle.clear();
        }
        progress.at(usize::try_from(at.get()).unwrap_or(usize::MAX));
    }
    if !bundle.is_empty() {
        writer.bundle(&frontier, &bundle)?;
    }
    for (tile, hashes) in open.values().filter(|(_, hashes)| !hashes.is_empty()) {
        writer.write(&tile.to_string(), &Tile::write(hashes))?;
    }
    if frontier.head() != head {
        return Err(unsound(&"the envelopes do not give the tree that was signed").into());
    }
    writer.write("checkpoint", checkpoint.to_string().as_bytes())?;
    Ok(writer.files)
}

struct Writer<'a> {
    to: &'a Path,
    files: u64,
}

impl Writer<'_> {
    /// The last bundle of a tree.
    fn bundle(&mut self, frontier: &Frontier, bytes: &[u8]) -> Result<()> {
        let last = frontier.size().saturating_sub(1) / u64::from(TILE_WIDTH);
        let bundle = EntryBundle::of_tree(frontier.size(), last);
        bundle.map_or(Ok(()), |bundle| self.write(&bundle.to_string(), bytes))
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.to.join(name);
        let folder = files::folder_of(&path);
        fs::create_dir_all(&folder).map_err(|error| CommandError::io("create", &folder, &error))?;
        files::replace(&path, bytes)?;
        self.files += 1;
        Ok(())
    }
}

fn unsound(why: &dyn std::fmt::Display) -> CommandError {
    CommandError::new("envelope-altered", format!("nothing was exported: {why}"), ExitCode::Broken)
        .hint("run dispute verify to see all that is wrong")
}
