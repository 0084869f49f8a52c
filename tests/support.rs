//! A place of its own to run the binary in: an empty folder, and nothing of the surroundings that
//! could change an answer.

use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The events of the strike at Kaiser Permanente.
pub(crate) const STORY: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/kaiser-socal-2024.jsonl");

/// An empty folder, removed when it goes out of scope.
pub(crate) struct Place {
    folder: TempDir,
    within: PathBuf,
}

/// What a run of the binary came to.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), within: PathBuf::new() }
    }

    /// A place with an empty ledger.
    pub(crate) fn with_ledger() -> Self {
        let place = Self::new();
        place.answer(&["init", "--name", "a test", "--as", "maria"]);
        place
    }

    /// A place with the ledger of the story that the binary's demo tells, 174 events.
    pub(crate) fn with_story() -> Self {
        let place = Self::with_ledger();
        place.answer(&["import", STORY]);
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// From now on the binary runs in a folder of this one.
    pub(crate) fn enter(&mut self, folder: &str) {
        self.within.push(folder);
    }

    /// The binary, about to run here.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dispute"));
        command.args(arguments).current_dir(self.path().join(&self.within)).stdin(Stdio::null());
        for (name, _) in env::vars_os().filter(|(name, _)| changes_answers(name)) {
            command.env_remove(name);
        }
        command.env("TZ", "UTC").env("COLUMNS", "80").env("HOME", self.path());
        command
    }

    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// A run that is fed a text on stdin.
    pub(crate) fn fed<A: AsRef<OsStr>>(&self, arguments: &[A], text: &str) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // What ends before it has read everything says so by its exit code.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        Run::of(child.wait_with_output().unwrap())
    }

    /// The answer of a run that succeeds.
    #[track_caller]
    pub(crate) fn answer<A: AsRef<OsStr>>(&self, arguments: &[A]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.exit, 0, "{}", run.stderr);
        run.stdout
    }

    /// The one JSON document that a run answers.
    #[track_caller]
    pub(crate) fn json<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Value {
        serde_json::from_str(&self.answer(arguments)).unwrap()
    }

    /// The JSON lines that a run answers.
    #[track_caller]
    pub(crate) fn json_lines<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Vec<Value> {
        self.answer(arguments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            exit: output.status.code().expect("the binary was stopped by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn changes_answers(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let prefixes = ["DISPUTE_", "CLICOLOR", "LC_"];
    let names = ["NO_COLOR", "PAGER", "LANG", "LANGUAGE", "TERM", "RUST_BACKTRACE"];
    prefixes.iter().any(|prefix| name.starts_with(prefix)) || names.contains(&&*name)
}
