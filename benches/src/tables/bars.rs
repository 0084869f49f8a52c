//! What is asked beside what was reached.

use crate::runs::{Runs, duration, per_second, rate};

/// One thing that is asked.
pub(crate) struct Bar {
    pub(crate) job: &'static str,
    pub(crate) what: &'static str,
    pub(crate) must: Option<Limit>,
    pub(crate) aim: Option<Limit>,
    pub(crate) reached: Option<f64>,
    pub(crate) unit: Unit,
}

#[derive(Clone, Copy)]
pub(crate) enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

#[derive(Clone, Copy)]
pub(crate) enum Unit {
    Times,
    Millis,
    PerSecond,
    MiB,
}

use Limit::{AtLeast, AtMost};
use Unit::{Millis, PerSecond, Times};

pub(crate) fn table(runs: &Runs, size: u64) -> String {
    let mut bars = times(runs, size);
    bars.extend(memory(runs, size));
    let mut text = "### What is asked, and what was reached\n\n".to_owned();
    text.push_str(&rows(&bars));
    text
}

pub(crate) fn rows(bars: &[Bar]) -> String {
    let mut text =
        "| job | measured | must | aim | reached | |\n|---|---|---|---|---|---|\n".to_owned();
    for bar in bars {
        let said = |limit: Option<Limit>| limit.map_or("".to_owned(), |limit| limit.said(bar.unit));
        let reached = bar.reached.map_or("not measured".to_owned(), |value| bar.unit.said(value));
        text.push_str(&format!(
            "| {} | {} | {} | {} | **{reached}** | {} |\n",
            bar.job,
            bar.what,
            said(bar.must),
            said(bar.aim),
            bar.verdict()
        ));
    }
    text.push('\n');
    text
}

fn times(runs: &Runs, size: u64) -> Vec<Bar> {
    let ours = |job: &str| runs.median(job, "dispute", size);
    let against = |job: &str, who: &str| Some(runs.median(job, who, size)? / ours(job)?);
    let small = |job: &str| Some(ours(job)? / runs.median(job, "dispute", 10_000)?);
    let inverse = |ratio: Option<f64>| ratio.map(|ratio| 1.0 / ratio);
    let speed = |job: &str| ours(job).map(|ms| rate(size, ms));
    let disk = || Some(runs.bytes("dispute", size)? / runs.bytes("raw", size)?);
    let bar = |job, what, must, aim, reached, unit| Bar { job, what, must, aim, reached, unit };
    vec![
        bar(
            "`add`",
            "time ÷ SQLite's",
            Some(AtMost(5.0)),
            Some(AtMost(3.0)),
            inverse(against("add", "sqlite")),
            Times,
        ),
        bar(
            "`add`",
            "time ÷ its own at 10k",
            Some(AtMost(1.5)),
            Some(AtMost(1.5)),
            small("add"),
            Times,
        ),
        bar(
            "`import`",
            "speed ÷ SQLite's",
            Some(AtLeast(2.5)),
            None,
            against("import", "sqlite"),
            Times,
        ),
        bar(
            "`import`",
            "speed ÷ git fast-import's",
            Some(AtLeast(2.5)),
            None,
            against("import", "git"),
            Times,
        ),
        bar(
            "`import`",
            "events a second",
            None,
            Some(AtLeast(400_000.0)),
            speed("import"),
            PerSecond,
        ),
        bar(
            "`verify`",
            "speed ÷ SQLite's with two threads",
            Some(AtLeast(2.5)),
            None,
            against("verify", "sqlite"),
            Times,
        ),
        bar(
            "`verify`",
            "speed ÷ SQLite's with one thread",
            Some(AtLeast(2.5)),
            None,
            against("verify", "sqlite-one-thread"),
            Times,
        ),
        bar(
            "`verify`",
            "speed ÷ git fsck's",
            Some(AtLeast(4.0)),
            None,
            against("verify", "git"),
            Times,
        ),
        bar(
            "`verify`",
            "events a second",
            None,
            Some(AtLeast(1_500_000.0)),
            speed("verify"),
            PerSecond,
        ),
        bar("`show --on`", "time ÷ its own at 10k", Some(AtMost(2.0)), None, small("show"), Times),
        bar(
            "`show --on`",
            "speed ÷ ledger's",
            Some(AtLeast(100.0)),
            None,
            against("show", "ledger"),
            Times,
        ),
        bar(
            "`show --on`",
            "time ÷ SQLite's",
            None,
            Some(AtMost(6.0)),
            inverse(against("show", "sqlite")),
            Times,
        ),
        bar("`show --on`", "time", None, Some(AtMost(15.0)), ours("show"), Millis),
        bar("`list --on`", "time", Some(AtMost(200.0)), Some(AtMost(60.0)), ours("list"), Millis),
        bar(
            "disk",
            "bytes ÷ those of the JSONL",
            Some(AtMost(0.75)),
            Some(AtMost(0.6)),
            disk(),
            Times,
        ),
    ]
}

/// The jobs whose memory is bounded, each with its bound in MiB.
pub(crate) const MEMORY: [(&str, &str, f64); 8] = [
    ("add", "`add`", 32.0),
    ("show", "`show --on`", 32.0),
    ("verify", "`verify`", 256.0),
    ("log", "`log --recorded --json`", 256.0),
    ("export-tiles", "`export --format tiles`", 256.0),
    ("backup", "`backup`", 256.0),
    ("compact", "`compact`", 256.0),
    ("import", "`import`", 256.0),
];

fn memory(runs: &Runs, size: u64) -> impl Iterator<Item = Bar> {
    MEMORY.iter().map(move |(job, verb, most)| Bar {
        job: verb,
        what: "peak memory",
        must: Some(AtMost(*most)),
        aim: Some(AtMost(most / 2.0)),
        reached: runs.peak(job, "dispute", size),
        unit: Unit::MiB,
    })
}

impl Bar {
    fn verdict(&self) -> &'static str {
        let Some(reached) = self.reached else { return "" };
        let holds = |limit: Option<Limit>| limit.map(|limit| limit.holds(reached));
        match (holds(self.must), holds(self.aim)) {
            (Some(false), _) => "missed",
            (_, Some(true)) => "aim met",
            (Some(true), Some(false)) => "met, aim missed",
            (None, Some(false)) => "aim missed",
            (Some(true), None) => "met",
            (None, None) => "",
        }
    }
}

impl Limit {
    fn holds(self, value: f64) -> bool {
        match self {
            AtMost(most) => value <= most,
            AtLeast(least) => value >= least,
        }
    }

    fn said(self, unit: Unit) -> String {
        match self {
            AtMost(most) => format!("≤ {}", unit.said(most)),
            AtLeast(least) => format!("≥ {}", unit.said(least)),
        }
    }
}

impl Unit {
    fn said(self, value: f64) -> String {
        match self {
            Times if value >= 100.0 => format!("{value:.0}"),
            Times => format!("{value:.2}"),
            Millis => duration(value),
            PerSecond => per_second(value),
            Unit::MiB => format!("{value:.0} MiB"),
        }
    }
}
