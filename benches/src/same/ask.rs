//! Questions to the program, and whether it answers as it should.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dispute_core::{Clock, Instant, Slug, SystemClock};

use crate::Result;
use crate::cut::Cut;
use crate::naive::{AtCut, IsRecorded};

/// Where nothing is found.
const NOT_FOUND: i32 = 4;
/// How many differences of one thread are printed.
const PRINTED: u64 = 5;

pub(crate) struct Asker {
    program: String,
    ledger: PathBuf,
}

/// What was compared.
#[derive(Default)]
pub(crate) struct Tally {
    answers: u64,
    lines: u64,
    differences: u64,
}

impl Tally {
    pub(crate) fn differences(&self) -> u64 {
        self.differences
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.answers += other.answers;
        self.lines += other.lines;
        self.differences += other.differences;
    }

    fn line(&mut self, question: &[String], expected: Option<&str>, found: Option<&str>) {
        self.lines += 1;
        if expected == found {
            return;
        }
        self.differences += 1;
        if self.differences <= PRINTED {
            let question = question.join(" ");
            println!("{question}\n  expected {expected:?}\n  found    {found:?}");
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answers, lines, differences } = self;
        write!(f, "{answers} answers of {lines} lines, {differences} differences")
    }
}

impl Asker {
    pub(crate) fn new(program: &str, ledger: PathBuf) -> Self {
        Self { program: program.to_owned(), ledger }
    }

    pub(crate) fn ledger(&self) -> &Path {
        &self.ledger
    }

    /// Compares the lines of an answer; none are expected where nothing is to be found.
    fn compare(
        &self,
        question: &[String],
        expected: impl Iterator<Item = String>,
        tally: &mut Tally,
    ) -> Result<i32> {
        let mut command = Command::new(&self.program);
        command.arg("-L").arg(&self.ledger).args(question).arg("--json");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut found = BufReader::new(child.stdout.take().ok_or("no answer")?).lines();
        for expected in expected {
            let found = found.next().transpose()?;
            tally.line(question, Some(&expected), found.as_deref());
        }
        for more in found {
            tally.line(question, None, Some(&more?));
        }
        let mut error = String::new();
        child.stderr.take().ok_or("no errors")?.read_to_string(&mut error)?;
        tally.answers += 1;
        match child.wait()?.code() {
            Some(code @ (0 | NOT_FOUND)) => Ok(code),
            _ => Err(format!("{}: {error}", question.join(" ")).into()),
        }
    }
}

fn question(words: &[&str], cut: &Cut) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).chain(cut.arguments()).collect()
}

fn now() -> Instant {
    SystemClock.now()
}

pub(crate) fn list(asker: &Asker, cut: &Cut, naive: &AtCut<'_>, tally: &mut Tally) -> Result<()> {
    let expected = naive.list(cut, now())?;
    asker.compare(&question(&["list"], cut), expected.into_iter(), tally)?;
    Ok(())
}

pub(crate) fn show(
    asker: &Asker,
    cut: &Cut,
    naive: &AtCut<'_>,
    disputes: &[&Slug],
    tally: &mut Tally,
) -> Result<()> {
    for dispute in disputes {
        let expected = naive.show(cut, dispute, now())?;
        let is_there = expected.is_some();
        let question = question(&["show", dispute.as_str()], cut);
        let code = asker.compare(&question, expected.into_iter(), tally)?;
        let as_asked = |is_there| Some(if is_there { "there" } else { "not there" });
        tally.line(&question, as_asked(is_there), as_asked(code != NOT_FOUND));
    }
    Ok(())
}

/// The whole log in both orders.
pub(crate) fn log(asker: &Asker, cut: &Cut, naive: &AtCut<'_>, tally: &mut Tally) -> Result<()> {
    let orders = [(IsRecorded::No, &["log"][..]), (IsRecorded::Yes, &["log", "--recorded"])];
    for (order, words) in orders {
        let rows = naive.events(cut, None, order, now())?;
        let expected = rows.into_iter().filter_map(|row| naive.line(row));
        asker.compare(&question(words, cut), expected, tally)?;
    }
    Ok(())
}

/// The log of a dispute in both orders.
pub(crate) fn log_of(
    asker: &Asker,
    cut: &Cut,
    naive: &AtCut<'_>,
    dispute: &Slug,
    tally: &mut Tally,
) -> Result<()> {
    let name = dispute.as_str();
    let orders =
        [(IsRecorded::No, &["log", name][..]), (IsRecorded::Yes, &["log", name, "--recorded"])];
    for (order, words) in orders {
        let rows = naive.events(cut, Some(dispute), order, now())?;
        let expected = rows.into_iter().filter_map(|row| naive.line(row));
        asker.compare(&question(words, cut), expected, tally)?;
    }
    Ok(())
}
