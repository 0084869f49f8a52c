//! Ledgers to test with: always the same bytes.

use crate::chain::Head;
use crate::digest::Digest;
use crate::entry::Entry;
use crate::envelope::{LedgerId, SealedDate};
use crate::event_log::{EventLog, LogError};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::seal::{Draft, Founding, seal, seal_founding};
use crate::verify::{Report, verify};

pub(crate) const LEDGER: LedgerId = LedgerId::from_bytes(*b"sixteen bytes id");

pub(crate) fn id(text: &str) -> EventId {
    EventId::parse(text).unwrap()
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

/// The start of a second of 2025.
pub(crate) fn second(number: u64) -> Instant {
    let start = Instant::parse("2025-01-01T00:00:00Z").unwrap().as_micros();
    Instant::from_micros(start + i64::try_from(number).unwrap() * 1_000_000).unwrap()
}

pub(crate) fn salt(of: &str) -> [u8; 32] {
    *Digest::of_bytes(of.as_bytes()).as_bytes()
}

pub(crate) fn founding() -> Entry {
    let founding = Founding {
        ledger: LEDGER,
        name: "California health care".to_owned(),
        software: "dispute 0.1.0".to_owned(),
        recorded_by: "maria".into(),
        recorded_at: second(0),
    };
    seal_founding(founding, salt("ledger")).unwrap()
}

/// An event of a dispute, or of none.
pub(crate) fn draft(of: &str, kind: &str, dispute: Option<&str>, refers_to: &[&str]) -> Draft {
    let occurred = dispute.map(|_| SealedDate {
        text: "2024-10-21".into(),
        earliest: Instant::parse("2024-10-21T07:00:00Z"),
        latest: Instant::parse("2024-10-22T07:00:00Z"),
    });
    Draft {
        id: id(of),
        dispute: dispute.map(slug),
        kind: kind.into(),
        schema: 1,
        occurred,
        refers_to: refers_to.iter().copied().map(id).collect(),
        content: format!(r#"{{"note":"of {of}"}}"#).into_bytes(),
        recorded_by: "maria".into(),
    }
}

/// The `number`th event of a ledger that has a bit of everything, from 1. Every tenth belongs to
/// no dispute, and every tenth corrects the one before it.
pub(crate) fn nth(number: u64) -> Draft {
    let name = |number: u64| format!("e{number}");
    let dispute = if number.is_multiple_of(2) { "kaiser-socal-2024" } else { "sutter" };
    match number % 10 {
        1 => draft(&name(number), "party", None, &[]),
        5 => draft(&name(number), "amendment", None, &[&name(number - 1)]),
        6 => draft(&name(number), "retraction", None, &[&name(number - 1)]),
        7 => draft(&name(number), "rejection", Some("sutter"), &[&name(number - 4)]),
        _ => draft(&name(number), "proposal", Some(dispute), &[]),
    }
}

pub(crate) fn sealed_onto(head: &Head, draft: Draft) -> Entry {
    let salt = salt(draft.id.as_str());
    seal(draft, LEDGER, head, second(head.sequence.get() + 1), salt).unwrap()
}

pub(crate) fn append(log: &mut dyn EventLog, draft: Draft) -> Result<Head, LogError> {
    let head = log.head()?;
    log.append(&head, sealed_onto(&head, draft))
}

/// Appends events in one go, as an import does.
pub(crate) fn import(log: &mut dyn EventLog, drafts: impl IntoIterator<Item = Draft>) -> Head {
    let mut append = log.begin(&log.head().unwrap()).unwrap();
    for draft in drafts {
        let head = append.head().unwrap();
        append.push(sealed_onto(&head, draft)).unwrap();
    }
    append.commit().unwrap()
}

pub(crate) fn verified(log: &dyn EventLog) -> Report {
    verify(log, &[], &|_, _| Ok(())).unwrap()
}
