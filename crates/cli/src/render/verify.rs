//! What verification found, and what follows from it.

use dispute_core::{ExitClass, Finding, Report};

use crate::render::sheet::Sheet;
use crate::render::text::flat;
use crate::render::words::counted;
use crate::render::{Options, Tone};

/// The findings, the anchors, and a last line that says what follows.
pub(crate) fn report(report: &Report, options: &Options) -> String {
    let mut sheet = Sheet::new(*options);
    for finding in &report.findings {
        show(&mut sheet, finding);
        sheet.space();
    }
    for anchor in &report.anchors {
        let (tone, answer) =
            if anchor.ok { (Tone::Good, "agrees") } else { (Tone::Bad, "does not agree") };
        let body = format!("{answer}: {}", flat(&anchor.name));
        let label = anchor.kind.to_uppercase();
        sheet.tall_row((Tone::Strong, &label), (tone, &body), &[], usize::MAX);
    }
    if !report.anchors.is_empty() {
        sheet.space();
    }
    let mut facts = vec![counted(usize::try_from(report.events).unwrap_or(usize::MAX), "event")];
    if report.redacted > 0 {
        facts.push(format!("{} redacted", report.redacted));
    }
    if let Some(head) = &report.head {
        facts.push(format!("head {head}"));
    }
    sheet.paragraph(Tone::Plain, &facts.join(" · "));
    let (tone, text) = conclusion(report);
    sheet.paragraph(tone, &text);
    sheet.into_text()
}

fn show(sheet: &mut Sheet, finding: &Finding) {
    let mut place = String::new();
    if let Some(sequence) = finding.sequence {
        place.push_str(&format!(" at #{sequence}"));
    }
    if let Some(id) = &finding.id {
        place.push_str(&format!(" ({id})"));
    }
    let text = format!("{}{place}: {}", finding.code, flat(&finding.text));
    sheet.paragraph(Tone::Bad, &text);
    for (label, value) in [("expected", &finding.expected), ("found", &finding.found)] {
        if let Some(value) = value {
            sheet.tall_row((Tone::Plain, label), (Tone::Plain, &flat(value)), &[], usize::MAX);
        }
    }
}

/// What follows for whoever relies on the ledger.
fn conclusion(report: &Report) -> (Tone, String) {
    let findings = counted(report.findings.len(), "finding");
    match report.class() {
        Some(ExitClass::Broken) => {
            let text = "integrity broken: the ledger is not what was sealed; what it says beyond \
                        that place proves nothing by itself";
            (Tone::Bad, format!("{findings}: {text}"))
        }
        Some(ExitClass::Contradicted) => {
            let text = "consistent in itself, but it contradicts or falls short of what was given: \
                        another history, or an older copy";
            (Tone::Bad, format!("{findings}: {text}"))
        }
        None if report.anchors.is_empty() => {
            let text = "consistent in itself; a ledger rewritten from the start would pass too, \
                        unless it is compared with a head that was written down elsewhere \
                        (--expect-head)";
            (Tone::Good, text.to_owned())
        }
        None => (Tone::Good, "consistent in itself, and equal to every anchor given".to_owned()),
    }
}
