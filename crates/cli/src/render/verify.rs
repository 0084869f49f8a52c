//! What verification found, and what follows from it.

use dispute_core::{ExitClass, Finding, FindingCode, Report};

use crate::render::sheet::Sheet;
use crate::render::text::flat;
use crate::render::words::counted;
use crate::render::{Options, Tone};

/// What stands behind the anchors of a report.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Checkpoints with the names of the trusted keys that signed them.
    pub(crate) signatures: Vec<(String, Vec<String>)>,
    /// Whether all anchors are checkpoints that are kept beside the store, and nobody is trusted
    /// to have signed them.
    pub(crate) kept_alone: bool,
}

/// The findings, the anchors, and a last line that says what follows.
pub(crate) fn report(report: &Report, options: &Options) -> String {
    report_with(report, &Evidence::default(), options)
}

/// The same, with who signed.
pub(crate) fn report_with(report: &Report, evidence: &Evidence, options: &Options) -> String {
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
    for (name, by) in &evidence.signatures {
        let body = format!("by {}: {}", flat(&by.join(", ")), flat(name));
        sheet.tall_row((Tone::Strong, "SIGNED"), (Tone::Good, &body), &[], usize::MAX);
    }
    if !report.anchors.is_empty() || !evidence.signatures.is_empty() {
        sheet.space();
    }
    let mut facts = vec![counted(usize::try_from(report.events).unwrap_or(usize::MAX), "event")];
    if report.redacted > 0 {
        facts.push(format!("{} redacted", report.redacted));
    }
    if report.skipped > 0 {
        facts.push(format!("{} envelopes verified before and not looked at again", report.skipped));
    }
    sheet.paragraph(Tone::Plain, &facts.join(" · "));
    if let Some(head) = &report.head {
        sheet.paragraph(Tone::Plain, &format!("head {head}"));
    }
    let (tone, text) = conclusion(report, evidence);
    sheet.paragraph(tone, &text);
    sheet.into_text()
}

pub(super) fn show(sheet: &mut Sheet, finding: &Finding) {
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
fn conclusion(report: &Report, evidence: &Evidence) -> (Tone, String) {
    let findings = counted(report.findings.len(), "finding");
    match report.class() {
        Some(ExitClass::Broken)
            if report.findings.iter().all(|it| it.code == FindingCode::DerivedStale) =>
        {
            let text = "the log itself is as it was sealed; what was worked out from it is not, and \
                        may have shown something else: the next verb that writes works it out anew";
            (Tone::Bad, format!("{findings}: {text}"))
        }
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
        None if evidence.kept_alone => {
            let text = "consistent in itself, and equal to the checkpoints kept beside it; who can \
                        rewrite the ledger can rewrite those too, so compare it with one that was \
                        kept elsewhere (--checkpoint, --expect-head) and with a key (--key)";
            (Tone::Good, text.to_owned())
        }
        None => (Tone::Good, "consistent in itself, and equal to every anchor given".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use dispute_core::{AnchorCheck, Digest, EventId, FindingCode, Head, Instant, Sequence};

    use super::*;
    use crate::render::Paint;

    fn sound() -> Report {
        let recorded_at = Instant::parse("2025-08-01T12:00:00Z").unwrap();
        let digest = Digest::of_bytes(b"head");
        let head = Head { sequence: Sequence::new(57), digest, recorded_at };
        Report {
            events: 57,
            head: Some(head),
            anchors: vec![],
            findings: vec![],
            redacted: 0,
            skipped: 0,
        }
    }

    fn finding(code: FindingCode) -> Finding {
        Finding {
            code,
            sequence: Some(Sequence::new(12)),
            id: EventId::parse("K33"),
            expected: Some("aa".repeat(32)),
            found: Some("bb".repeat(32)),
            text: "the content is not the one that was sealed".to_owned(),
        }
    }

    fn shown(report: &Report) -> String {
        crate::render::report(report, &Options::new(80, Paint::Off))
    }

    #[test]
    fn without_an_anchor_the_last_line_says_what_was_not_shown() {
        let digest = Digest::of_bytes(b"head").to_string();
        assert_eq!(
            shown(&sound()),
            format!(
                "57 events\nhead 57:{digest}\n\
                 consistent in itself; a ledger rewritten from the start would pass too, unless\n\
                 it is compared with a head that was written down elsewhere (--expect-head)\n"
            )
        );
    }

    #[test]
    fn a_finding_says_where_and_what() {
        let anchors = vec![AnchorCheck { kind: "head", name: "57:9c41e0f7".to_owned(), ok: true }];
        let findings = vec![finding(FindingCode::ContentAltered)];
        let text = shown(&Report { anchors, findings, redacted: 2, ..sound() });
        let start = format!(
            "content-altered at #12 (K33): the content is not the one that was sealed\n  \
             expected    {}\n  \
             found       {}\n\n  \
             HEAD        agrees: 57:9c41e0f7\n\n\
             57 events · 2 redacted\nhead 57:",
            "aa".repeat(32),
            "bb".repeat(32)
        );
        assert!(text.starts_with(&start), "{text}");
        assert!(text.contains("\n1 finding: integrity broken"), "{text}");
    }

    #[test]
    fn what_contradicts_an_anchor_is_not_called_broken() {
        let anchors = vec![AnchorCheck { kind: "head", name: "57:9c41e0f7".to_owned(), ok: false }];
        let findings = vec![finding(FindingCode::HeadContradicted)];
        let text = shown(&Report { anchors: anchors.clone(), findings, ..sound() });
        assert!(text.contains("  HEAD        does not agree: 57:9c41e0f7\n"), "{text}");
        assert!(text.contains("\n1 finding: consistent in itself, but"), "{text}");
        let met = vec![AnchorCheck { ok: true, ..anchors[0].clone() }];
        let text = shown(&Report { anchors: met, ..sound() });
        assert!(text.ends_with("\nconsistent in itself, and equal to every anchor given\n"));
    }
}
