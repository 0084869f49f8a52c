//! What becomes of it as the ledger grows: only where larger ledgers were measured too.

use crate::bars::{self, Bar, Limit, MEMORY, Unit};
use crate::runs::{Runs, grouped};

pub(crate) fn table(runs: &Runs, size: u64) -> String {
    let mut larger: Vec<u64> =
        runs.order.iter().map(|what| what.size).filter(|of| *of > size).collect();
    larger.sort_unstable();
    larger.dedup();
    larger.into_iter().map(|of| of_size(runs, size, of)).collect()
}

fn of_size(runs: &Runs, size: u64, larger: u64) -> String {
    let grown =
        |job: &str| Some(runs.median(job, "dispute", larger)? / runs.median(job, "dispute", size)?);
    let bar = |job, what, most, reached| Bar {
        job,
        what,
        must: Some(Limit::AtMost(most)),
        aim: None,
        reached,
        unit: Unit::Times,
    };
    let each = size as f64 / larger as f64;
    let small = Some(10_000).and_then(|small| {
        Some(runs.median("add", "dispute", larger)? / runs.median("add", "dispute", small)?)
    });
    let mut rows = vec![
        bar("`add`", "time ÷ its own at 10k", 1.5, small),
        bar("`add`", "time ÷ that of the smaller", 1.5, grown("add")),
        bar("`show --on`", "time ÷ that of the smaller", 1.5, grown("show")),
        bar(
            "`import`",
            "time an event ÷ that of the smaller",
            1.2,
            grown("import").map(|x| x * each),
        ),
        bar(
            "`verify`",
            "time an event ÷ that of the smaller",
            1.2,
            grown("verify").map(|x| x * each),
        ),
    ];
    for (job, verb, _) in MEMORY {
        let grown = runs.peak(job, "dispute", larger).zip(runs.peak(job, "dispute", size));
        rows.push(bar(
            verb,
            "memory ÷ that of the smaller",
            1.2,
            grown.map(|(big, small)| big / small),
        ));
    }
    format!("### From {} to {} events\n\n{}", grouped(size), grouped(larger), bars::rows(&rows))
}
