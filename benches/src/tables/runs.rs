//! The raw figures: every run of every command.

use std::collections::BTreeMap;
use std::error::Error;

use serde_json::Value;

/// What was run: which job, by whom, on how many events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct What {
    pub(crate) job: String,
    pub(crate) who: String,
    pub(crate) size: u64,
}

/// What several runs of one command took.
#[derive(Default)]
pub(crate) struct Times {
    /// In milliseconds, the shortest first.
    wall: Vec<f64>,
    /// Of all cores together, in milliseconds, the shortest first.
    cpu: Vec<f64>,
    /// The most of any run, in KiB.
    peak: f64,
    /// How many did not end well.
    pub(crate) failed: usize,
}

#[derive(Default)]
pub(crate) struct Runs {
    pub(crate) notes: Vec<(String, String)>,
    /// In the order in which they were first run.
    pub(crate) order: Vec<What>,
    times: BTreeMap<What, Times>,
    bytes: BTreeMap<(String, u64), f64>,
}

impl Runs {
    pub(crate) fn read(raw: &str) -> Result<Self, Box<dyn Error>> {
        let mut runs = Self::default();
        for line in raw.lines() {
            runs.take(&serde_json::from_str(line)?);
        }
        for times in runs.times.values_mut() {
            times.wall.sort_by(f64::total_cmp);
            times.cpu.sort_by(f64::total_cmp);
        }
        Ok(runs)
    }

    fn take(&mut self, line: &Value) {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| line[key].as_f64().unwrap_or_default();
        if line["note"].is_string() {
            return self.notes.push((text("note"), text("text")));
        }
        let size = line["size"].as_u64().unwrap_or_default();
        if line["bytes"].is_number() {
            self.bytes.insert((text("who"), size), number("bytes"));
            return;
        }
        let what = What { job: text("job"), who: text("who"), size };
        if !self.times.contains_key(&what) {
            self.order.push(what.clone());
        }
        let times = self.times.entry(what).or_default();
        if line["status"] == 0 {
            times.wall.push(number("wall_ms"));
            times.cpu.push(number("user_ms") + number("sys_ms"));
            times.peak = times.peak.max(number("rss_kib"));
        } else {
            times.failed += 1;
        }
    }

    pub(crate) fn times(&self, job: &str, who: &str, size: u64) -> Option<&Times> {
        self.times.get(&What { job: job.to_owned(), who: who.to_owned(), size })
    }

    /// The median, in milliseconds.
    pub(crate) fn median(&self, job: &str, who: &str, size: u64) -> Option<f64> {
        self.times(job, who, size)?.median()
    }

    /// The most memory of any run, in MiB.
    pub(crate) fn peak(&self, job: &str, who: &str, size: u64) -> Option<f64> {
        self.times(job, who, size)?.peak()
    }

    pub(crate) fn bytes(&self, who: &str, size: u64) -> Option<f64> {
        self.bytes.get(&(who.to_owned(), size)).copied()
    }

    pub(crate) fn on_disk(&self) -> impl Iterator<Item = (&str, u64, f64)> {
        self.bytes.iter().map(|((who, size), bytes)| (who.as_str(), *size, *bytes))
    }
}

impl Times {
    pub(crate) fn count(&self) -> usize {
        self.wall.len()
    }

    pub(crate) fn median(&self) -> Option<f64> {
        median(&self.wall)
    }

    /// The median of what all cores together spent.
    pub(crate) fn cpu(&self) -> Option<f64> {
        median(&self.cpu)
    }

    pub(crate) fn spread(&self) -> Option<(f64, f64)> {
        Some((*self.wall.first()?, *self.wall.last()?))
    }

    pub(crate) fn peak(&self) -> Option<f64> {
        (self.peak > 0.0).then_some(self.peak / 1024.0)
    }
}

fn median(sorted: &[f64]) -> Option<f64> {
    let (low, high) = (sorted.get((sorted.len().max(1) - 1) / 2)?, sorted.get(sorted.len() / 2)?);
    Some((low + high) / 2.0)
}

/// A whole number with commas.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(",")
}

/// Milliseconds, as exact as they are worth.
pub(crate) fn duration(ms: f64) -> String {
    match ms {
        ms if ms < 100.0 => format!("{ms:.1} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms if ms < 100_000.0 => format!("{:.2} s", ms / 1000.0),
        ms => format!("{:.0} s", ms / 1000.0),
    }
}

/// Events a second.
pub(crate) fn rate(size: u64, ms: f64) -> f64 {
    size as f64 / ms * 1000.0
}

pub(crate) fn per_second(rate: f64) -> String {
    match rate {
        rate if rate < 10_000.0 => format!("{rate:.0}/s"),
        rate if rate < 1_000_000.0 => format!("{:.0}k/s", rate / 1000.0),
        rate => format!("{:.2}M/s", rate / 1_000_000.0),
    }
}
