//! Verification of one event without its ledger: from a proof file and trusted keys.

use crate::chain::Sequence;
use crate::checkpoint::{SignedCheckpoint, TlogProof};
use crate::entry::{BrokenRecord, Entry, StoredRecord};
use crate::tree::{TreeHash, verify_inclusion};
use crate::verify::ContentCheck;
use crate::verify::ExitClass;
use crate::verify::finding::{Finding, FindingCode};
use crate::verify::report::worst;
use crate::verify::trust::Trust;

/// What a proof file shows, and all that speaks against it.
#[derive(Clone, Debug)]
pub struct EventReport {
    /// The checkpoint in it; `None` where it cannot be read.
    pub checkpoint: Option<SignedCheckpoint>,
    /// The record in it; `None` where it cannot be read. It is the event that was recorded only
    /// where nothing was found.
    pub entry: Option<Entry>,
    /// The names of the trusted keys that signed the checkpoint.
    pub signed_by: Vec<String>,
    /// All that is wrong.
    pub findings: Vec<Finding>,
}

impl EventReport {
    /// The worst class of its findings; `None` where nothing is wrong.
    pub fn class(&self) -> Option<ExitClass> {
        worst(&self.findings)
    }
}

/// Checks that a proof shows an event to be in a ledger.
///
/// The argument: those who are trusted signed the checkpoint; the envelope's exact bytes are the
/// leaf at the proof's index of the tree with that root; the envelope says that it has this place in
/// the ledger that the checkpoint names; and the content, unless it was withheld, is what the
/// envelope commits to. It never stops at the first finding.
pub fn verify_event(
    proof: &TlogProof,
    trust: &Trust,
    content_check: ContentCheck<'_>,
) -> EventReport {
    let mut findings = Vec::new();
    let checkpoint = proof.checkpoint().map_err(|why| {
        let text = format!("the checkpoint in the proof cannot be read: {why}");
        findings.push(Finding::new(FindingCode::Undecodable, text));
    });
    let entry = proof.extra().ok_or("it holds none".to_owned()).and_then(|bytes| {
        let record = StoredRecord::read(bytes).map_err(|why| why.to_string())?;
        Entry::read(record).map_err(|why| why.to_string())
    });
    let entry = entry.map_err(|why| {
        let text = format!("the record in the proof cannot be read: {why}");
        findings
            .push(Finding::new(FindingCode::Undecodable, text).at(Sequence::new(proof.index())));
    });
    let (checkpoint, entry) = (checkpoint.ok(), entry.ok());
    let mut signed_by = Vec::new();
    if let Some(checkpoint) = &checkpoint {
        let signed = trust.check("the checkpoint in the proof", checkpoint);
        signed_by = signed.by;
        findings.extend(signed.findings);
    }
    if let (Some(checkpoint), Some(entry)) = (&checkpoint, &entry) {
        is_in_the_tree(proof, checkpoint, entry, &mut findings);
    }
    if let Some(entry) = &entry {
        is_what_was_sealed(entry, content_check, &mut findings);
    }
    EventReport { checkpoint, entry, signed_by, findings }
}

fn is_in_the_tree(
    proof: &TlogProof,
    checkpoint: &SignedCheckpoint,
    entry: &Entry,
    findings: &mut Vec<Finding>,
) {
    let (envelope, index) = (entry.envelope(), Sequence::new(proof.index()));
    let finding = |code, text: String| Finding::new(code, text).at(index).of(envelope.id());
    let leaf = TreeHash::of_leaf(entry.envelope_bytes());
    let head = checkpoint.head();
    if let Err(why) = verify_inclusion(proof.index(), &leaf, proof.hashes(), &head) {
        let text = format!("the envelope is not in the tree that was signed: {why}");
        findings.push(finding(FindingCode::EnvelopeAltered, text));
    }
    if envelope.sequence() != index {
        let text = "the envelope says that it has another place".to_owned();
        let found = finding(FindingCode::SequenceGap, text);
        findings.push(found.contrast(index, envelope.sequence()));
    }
    let ledger = envelope.ledger().to_string();
    if ledger != checkpoint.origin().as_str() {
        let text = "the envelope was sealed for another ledger".to_owned();
        let found = finding(FindingCode::EnvelopeAltered, text);
        findings.push(found.contrast(checkpoint.origin(), ledger));
    }
}

fn is_what_was_sealed(entry: &Entry, content_check: ContentCheck<'_>, findings: &mut Vec<Finding>) {
    let envelope = entry.envelope();
    let finding =
        |code, text: String| Finding::new(code, text).at(envelope.sequence()).of(envelope.id());
    if let Err(BrokenRecord::Envelope { expected, found }) = entry.prove_envelope() {
        let text = "the envelope's bytes do not have the digest that stands beside them";
        let altered = finding(FindingCode::EnvelopeAltered, text.to_owned());
        findings.push(altered.contrast(expected, found));
    }
    let Some(content) = entry.content() else { return };
    if let Err(BrokenRecord::Content { expected, found }) = content.answers_to(envelope) {
        let text = "the content is not the one that the envelope commits to";
        let altered = finding(FindingCode::ContentAltered, text.to_owned());
        findings.push(altered.contrast(expected, found));
    } else if let Err(why) = content_check(envelope, &content.bytes) {
        let text = format!("the content cannot be read: {why}");
        findings.push(finding(FindingCode::Undecodable, text));
    }
}
