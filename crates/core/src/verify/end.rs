//! What can only be said once the whole log was seen.

use std::collections::{HashMap, HashSet};

use crate::backup::BackupFault;
use crate::chain::Sequence;
use crate::entry::Entry;
use crate::event_log::LogError;
use crate::identifier::EventId;
use crate::tree::TreeHead;
use crate::verify::finding::{Finding, FindingCode};
use crate::verify::report::{AnchorCheck, Report};
use crate::verify::walk::{Stored, Walk};

/// How many references are looked up in the log itself where the index does not bear them out.
/// More than that are reported as they are.
const LOOKED_UP: usize = 100_000;

impl Walk<'_> {
    pub(super) fn at_the_end(mut self) -> Result<Report, LogError> {
        if !self.findings.iter().any(|it| it.code == FindingCode::StoreUnreadable) {
            self.references_point_backwards()?;
            self.contents_are_absent_where_redacted()?;
            self.log_ends_where_it_should()?;
            self.last_answer_is_in_the_log();
            self.indexes_hold_nothing_else()?;
            self.the_tree_and_copies_say_the_same()?;
            self.the_file_is_whole();
            self.sealed_runs_are_what_they_were();
        }
        let anchors = self.anchors_are_met();
        let before = self.base.map_or(0, |base| base.sequence.get());
        let mut findings = self.findings;
        findings.sort_by_key(|finding| finding.sequence.unwrap_or(Sequence::new(u64::MAX)));
        Ok(Report {
            events: self.last.at.map_or(0, Sequence::get).saturating_sub(before),
            head: self.last.head,
            anchors,
            findings,
            redacted: u64::try_from(self.absent.len()).unwrap_or(u64::MAX),
            skipped: self.skipped,
        })
    }

    fn references_point_backwards(&mut self) -> Result<(), LogError> {
        let doubtful = std::mem::take(&mut self.doubtful);
        let targets: HashSet<&EventId> =
            doubtful.iter().map(|reference| &reference.target).take(LOOKED_UP).collect();
        let mut first: HashMap<EventId, Sequence> = HashMap::new();
        if !targets.is_empty() {
            for entry in self.log.entries(Sequence::LEDGER) {
                let Ok(entry) = entry else { continue };
                let id = entry.envelope().id();
                if targets.contains(id) {
                    first.entry(id.clone()).or_insert(entry.envelope().sequence());
                }
            }
        }
        for reference in &doubtful {
            if first.get(&reference.target).is_some_and(|at| *at < reference.from) {
                continue;
            }
            let text = format!("the event refers to {}, which is not before it", reference.target);
            let finding = Finding::new(FindingCode::DanglingReference, text);
            self.report(finding.at(reference.from).of(&reference.id));
        }
        Ok(())
    }

    fn contents_are_absent_where_redacted(&mut self) -> Result<(), LogError> {
        let redactions = std::mem::take(&mut self.redactions);
        let ordered: HashMap<&EventId, Sequence> =
            redactions.iter().map(|it| (&it.target, it.from)).collect();
        let mut findings = Vec::new();
        for absent in &self.absent {
            let by = [Some(&absent.id), absent.amends.as_ref()].into_iter().flatten();
            let mut by = by.filter_map(|id| ordered.get(id));
            if !by.any(|redaction| *redaction > absent.at) {
                let text = "the content is absent and no redaction names the event";
                let finding = Finding::new(FindingCode::ContentMissing, text);
                findings.push(finding.at(absent.at).of(&absent.id));
            }
        }
        let not_erased = |id: &EventId, at| {
            let text = "the content is there although the event was redacted";
            Finding::new(FindingCode::ContentNotErased, text).at(at).of(id)
        };
        for id in ordered.keys() {
            let Stored::Value(listed) = self.stored_listed(id)? else { continue };
            let entry = match self.log.entry(listed.sequence) {
                Err(LogError::Damaged { .. }) => None,
                other => other?,
            };
            let present = |it: Entry| it.envelope().id() == *id && it.content().is_some();
            if entry.is_some_and(present) {
                findings.push(not_erased(id, listed.sequence));
            }
        }
        for amendment in &self.amendments {
            let redaction = ordered.get(&amendment.target);
            let redacted_itself = ordered.contains_key(&amendment.id);
            if redaction.is_some_and(|it| *it > amendment.from) && !redacted_itself {
                findings.push(not_erased(&amendment.id, amendment.from));
            }
        }
        self.findings.append(&mut findings);
        Ok(())
    }

    fn log_ends_where_it_should(&mut self) -> Result<(), LogError> {
        let mark = match self.log.head_mark() {
            Ok(mark) => mark,
            Err(LogError::Damaged { why, .. }) => {
                let text = format!("the value that says where the log ends: {why}");
                self.report(Finding::new(FindingCode::Undecodable, text));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let last = self.last.at;
        if last != Some(mark.sequence) {
            let found = last.map_or_else(|| "nothing".to_owned(), |last| last.to_string());
            let next = last.map_or(Sequence::LEDGER, Sequence::next);
            let finding = Finding::new(FindingCode::SequenceGap, "the log ends too early").at(next);
            self.report(finding.contrast(mark.sequence, found));
            let missing = mark.sequence.next().get().saturating_sub(next.get());
            self.tally.unknown = self.tally.unknown.saturating_add(missing);
        } else if let Some([stored, computed]) = self.last.digests
            && mark.digest != stored
            && mark.digest != computed
        {
            let text = "the end of the log names another last envelope";
            let finding = Finding::new(FindingCode::LinkBroken, text).at(mark.sequence);
            self.report(finding.contrast(mark.digest, computed));
        }
        Ok(())
    }

    /// Damage near its end makes the store forget what came after without a word.
    fn last_answer_is_in_the_log(&mut self) {
        let Some(answer) = self.last_answer.take().filter(|answer| !answer.is_met()) else {
            return;
        };
        let at = answer.expected.sequence();
        let next = self.last.at.map_or(Sequence::LEDGER, Sequence::next);
        let reported = |finding: &Finding| finding.sequence == Some(at.min(next));
        if self.findings.iter().any(reported) {
            return;
        }
        let finding = if at >= next {
            let text = "the log ends before the event that was recorded last";
            Finding::new(FindingCode::SequenceGap, text).at(next)
        } else {
            let text = "the log has another envelope than was recorded here";
            Finding::new(FindingCode::LinkBroken, text).at(at)
        };
        let found = self.last.head.map_or("nothing".to_owned(), |head| head.to_string());
        self.report(finding.contrast(&answer.expected, found));
    }

    fn indexes_hold_nothing_else(&mut self) -> Result<(), LogError> {
        let end = self.log.head_mark().ok().map(|mark| mark.sequence);
        // Where the log does not end where it should, that has been reported.
        if end.is_some() && self.indexed_through != end && self.indexed_through != self.last.at {
            let text = "the indexes do not say that they reach the end of the log";
            let words = |it: Option<Sequence>| it.map_or("nothing".to_owned(), |it| it.to_string());
            let finding = Finding::new(FindingCode::DerivedStale, text);
            self.report(finding.contrast(words(end), words(self.indexed_through)));
            return Ok(());
        }
        let sizes = self.log.stored_index_sizes(self.counted_from)?;
        let (ids, listed, unknown) = (self.tally.ids, self.tally.listed, self.tally.unknown);
        for (name, held, expected) in
            [("index of ids", sizes.ids, ids), ("lists of disputes", sizes.listed, listed)]
        {
            if !(expected..=expected.saturating_add(unknown)).contains(&held) {
                let text = format!("entries of the {name} are about no event of the log");
                let finding = Finding::new(FindingCode::DerivedStale, text);
                self.report(finding.contrast(expected, held));
            }
        }
        Ok(())
    }

    fn the_tree_and_copies_say_the_same(&mut self) -> Result<(), LogError> {
        let stale = self.tree.end(self.log, &self.findings)?;
        self.findings.extend(stale);
        for text in self.log.stale_copies()? {
            self.report(Finding::new(FindingCode::DerivedStale, text));
        }
        Ok(())
    }

    fn the_file_is_whole(&mut self) {
        for fault in self.log.file_faults() {
            let text = format!("the file: {fault}");
            let finding = match fault {
                BackupFault::CutOff { record, .. } => {
                    let sequence = *record;
                    Finding { sequence, ..Finding::new(FindingCode::SequenceGap, text) }
                }
                BackupFault::Length { record, .. } => {
                    let sequence = *record;
                    Finding { sequence, ..Finding::new(FindingCode::StoreUnreadable, text) }
                }
                BackupFault::Checkpoint { .. } => Finding::new(FindingCode::Undecodable, text),
                // It follows from what else is wrong.
                BackupFault::Altered { .. } if !self.findings.is_empty() => continue,
                BackupFault::Altered { expected, found } => {
                    let text = "the file's bytes do not have the digest that stands at its end";
                    Finding::new(FindingCode::StoreUnreadable, text).contrast(expected, found)
                }
                BackupFault::OtherLedger { .. } => Finding::new(FindingCode::EnvelopeAltered, text),
                _ => Finding::new(FindingCode::StoreUnreadable, text),
            };
            self.findings.push(finding);
        }
    }

    /// What was found in a run tells what is wrong with its file; else the file alone is.
    fn sealed_runs_are_what_they_were(&mut self) {
        for (first, end) in std::mem::take(&mut self.altered) {
            let inside =
                |finding: &Finding| finding.sequence.is_some_and(|at| (first..=end).contains(&at));
            if !self.findings.iter().any(inside) {
                let text = "the segment that begins here is not byte for byte what was sealed";
                self.report(Finding::new(FindingCode::StoreUnreadable, text).at(first));
            }
        }
    }

    fn anchors_are_met(&mut self) -> Vec<AnchorCheck> {
        let end = self.last.at;
        let mut checks = Vec::new();
        for anchor in std::mem::take(&mut self.anchors) {
            let (expected, ok) = (&anchor.expected, anchor.is_met());
            checks.push(AnchorCheck { kind: "head", name: expected.to_string(), ok });
            if ok {
                continue;
            }
            let beyond = end.is_none_or(|end| expected.sequence() > end);
            let before = self.base.is_some_and(|base| expected.sequence() < base.sequence);
            let (code, text) = if before {
                (FindingCode::HeadContradicted, "the log begins after the head that was given")
            } else if beyond {
                (FindingCode::HeadBeyondEnd, "the log ends before the head that was given")
            } else {
                (FindingCode::HeadContradicted, "the log has another envelope than was given here")
            };
            let found = match anchor.found {
                Some(found) => found.to_string(),
                None if beyond => end.map_or("nothing".to_owned(), |end| format!("end at {end}")),
                None => "nothing".to_owned(),
            };
            let finding = Finding::new(code, text).at(expected.sequence());
            self.report(finding.contrast(expected.digits(), found));
        }
        for anchor in std::mem::take(&mut self.tree.anchors) {
            let TreeHead { size, root } = anchor.expected;
            let ok = anchor.found == Some(root);
            checks.push(AnchorCheck { kind: "checkpoint", name: anchor.name.clone(), ok });
            let after_end = end.map_or(0, |end| end.get().saturating_add(1)) < size;
            let (code, text, found) = match anchor.found {
                Some(_) if ok => continue,
                Some(found) => {
                    let text = "the log has another tree than the checkpoint that was given";
                    (FindingCode::CheckpointContradicted, text, found.to_string())
                }
                None if after_end => {
                    let text = "the log ends before the checkpoint that was given";
                    let end = end.map_or("nothing".to_owned(), |end| format!("end at {end}"));
                    (FindingCode::CheckpointBeyondEnd, text, end)
                }
                None if self.base.is_some() => {
                    let text = "what was recorded before is not here, so that no tree is known";
                    (FindingCode::CheckpointContradicted, text, "nothing".to_owned())
                }
                // What is missing before it has been reported.
                None => continue,
            };
            let finding = Finding::new(code, text).at(Sequence::new(size.saturating_sub(1)));
            self.report(finding.contrast(root, found));
        }
        checks
    }
}
