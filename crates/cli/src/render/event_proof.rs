//! What the proof of an event shows.

use dispute_core::{EventReport, ExitClass, Json};

use crate::render::sheet::Sheet;
use crate::render::text::flat;
use crate::render::verify::show;
use crate::render::words::counted;
use crate::render::{Options, Tone};

/// The findings, or what is proved: where the event is, what it commits to and what it says.
pub(crate) fn event_proof(report: &EventReport, event: Option<&Json>, options: &Options) -> String {
    let mut sheet = Sheet::new(*options);
    for finding in &report.findings {
        show(&mut sheet, finding);
        sheet.space();
    }
    let mut row = |label: &str, body: &str| {
        sheet.tall_row((Tone::Strong, label), (Tone::Plain, &flat(body)), &[], usize::MAX);
    };
    if let Some(checkpoint) = &report.checkpoint {
        let signed = match report.signed_by.as_slice() {
            [] => "signed by nobody who is trusted".to_owned(),
            names => format!("signed by {}", names.join(", ")),
        };
        row("LEDGER", checkpoint.origin().as_str());
        row("CHECKPOINT", &format!("size {}, {signed}", checkpoint.head().size));
    }
    if let Some(entry) = &report.entry {
        let envelope = entry.envelope();
        row("EVENT", &format!("{} #{}", envelope.id(), envelope.sequence()));
        row("RECORDED", &format!("{} by {}", envelope.recorded_at(), envelope.recorded_by()));
        row("DIGEST", &entry.digest().to_string());
        row("COMMITMENT", &envelope.commitment().to_string());
    }
    sheet.space();
    if report.findings.is_empty()
        && let Some(Json::Object(members)) = event
    {
        for (key, value) in members {
            let value = value.as_text().map_or_else(|| value.to_string(), str::to_owned);
            let row = (Tone::Plain, flat(&value));
            sheet.tall_row((Tone::Plain, key), (row.0, &row.1), &[], usize::MAX);
        }
        sheet.space();
    }
    let (tone, text) = conclusion(report, event.is_some());
    sheet.paragraph(tone, &text);
    sheet.into_text()
}

/// What follows for whoever was handed the proof.
fn conclusion(report: &EventReport, is_shown: bool) -> (Tone, String) {
    let findings = counted(report.findings.len(), "finding");
    match report.class() {
        Some(ExitClass::Broken) => (Tone::Bad, format!("{findings}: the proof shows nothing")),
        Some(ExitClass::Contradicted) => {
            let text =
                "the event is in that tree, but too few of those signed it who are asked for";
            (Tone::Bad, format!("{findings}: {text}"))
        }
        None if is_shown => {
            (Tone::Good, "proved: the event is in the ledger, as it stands here".to_owned())
        }
        None => {
            let text = "proved: an event with this commitment is in the ledger; its content is not \
                        in the proof, and a full proof must show the same commitment";
            (Tone::Good, text.to_owned())
        }
    }
}
