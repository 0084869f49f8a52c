//! What every command took: medians with their spread, in the order in which they were run.

use crate::runs::{Runs, What, duration, grouped, per_second, rate};

const HEAD: &str = "| | events | median | min–max | runs | ÷ dispute's | CPU | peak memory |\n|---|---|---|---|---|---|---|---|\n";

pub(crate) fn tables(runs: &Runs) -> String {
    let mut jobs: Vec<&str> = Vec::new();
    for what in &runs.order {
        if !jobs.contains(&what.job.as_str()) {
            jobs.push(&what.job);
        }
    }
    let mut text = String::new();
    for job in jobs {
        text.push_str(&format!("### {}\n\n{HEAD}", title(job)));
        for what in runs.order.iter().filter(|what| what.job == job) {
            text.push_str(&row(runs, what));
        }
        text.push('\n');
    }
    text + &disk(runs)
}

fn title(job: &str) -> &str {
    match job {
        "import" => "`import`: JSONL to a durable ledger",
        "verify" => "`verify`: everything",
        "add" => "`add`: one event, a process of its own, on the disk when it ends",
        "show" => "`show --on`: a dispute of 50 events on a date, a process of its own",
        "list" => "`list --on`: every dispute on a date",
        "log" => "`log --recorded --json`: every event, as it was recorded",
        "export-tiles" => "`export --format tiles`",
        "backup" => "`backup`",
        "compact" => "`compact`",
        other => other,
    }
}

fn row(runs: &Runs, what: &What) -> String {
    let name = who(&what.job, &what.who);
    let size = grouped(what.size);
    let Some(times) = runs.times(&what.job, &what.who, what.size) else { return String::new() };
    let (Some(median), Some((least, most))) = (times.median(), times.spread()) else {
        return format!("| {name} | {size} | failed | | {} | | | |\n", times.failed);
    };
    let speed = match what.job.as_str() {
        "import" | "verify" => format!(" ({})", per_second(rate(what.size, median))),
        _ => String::new(),
    };
    let ratio = runs.median(&what.job, "dispute", what.size).map(|ours| median / ours);
    format!(
        "| {name} | {size} | {}{speed} | {}–{} | {} | {} | {} | {} |\n",
        duration(median),
        duration(least),
        duration(most),
        times.count(),
        ratio.map_or(String::new(), |ratio| format!("{ratio:.2}")),
        times.cpu().map_or(String::new(), duration),
        times.peak().map_or(String::new(), |peak| format!("{peak:.0} MiB")),
    )
}

/// The rivals by what was run.
fn who(job: &str, who: &str) -> String {
    match (job, who) {
        ("import", "git") => "git fast-import",
        ("verify", "git") => "git fsck --full",
        ("add", "git") => "git commit --allow-empty",
        ("add", "file") => "a line in a file, fdatasync",
        ("verify", "sqlite") => "SQLite, two threads",
        (_, "sqlite") => "SQLite",
        (_, "sqlite-one-thread") => "SQLite, one thread",
        (_, "sqlite-digests") => "SQLite, two threads, contents hashed but not read",
        ("show", "ledger" | "hledger") => return format!("{who} balance"),
        (_, other) => return other.to_owned(),
    }
    .to_owned()
}

fn disk(runs: &Runs) -> String {
    if runs.on_disk().next().is_none() {
        return String::new();
    }
    let mut text = "### Disk\n\n| | events | MB | ÷ raw |\n|---|---|---|---|\n".to_owned();
    for (who, size, bytes) in runs.on_disk() {
        let ratio = runs.bytes("raw", size).map_or(f64::NAN, |raw| bytes / raw);
        let name = match who {
            "raw" => "the JSONL itself",
            "sqlite" => "SQLite",
            other => other,
        };
        text.push_str(&format!(
            "| {name} | {} | {:.1} | {ratio:.2} |\n",
            grouped(size),
            bytes / 1e6
        ));
    }
    text.push('\n');
    text
}
