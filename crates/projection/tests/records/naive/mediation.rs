//! Mediation and other procedures.

use std::collections::BTreeMap;

use dispute_core::event::Fact;
use dispute_core::event::third_party::{MediationResult, MediationStep, Procedure};

use super::Happening::Event as Happens;
use super::{Naive, Status, Story};

impl Story<'_> {
    pub(super) fn mediation(&self, upto: usize, m: usize) -> Option<MediationRow> {
        let naive = self.naive;
        let mut row = MediationRow {
            status: Status { word: "offered", by: m },
            answers: BTreeMap::new(),
            scheduled_for: None,
            broken_off_by: None,
            result: None,
            awarded: None,
        };
        let mut answers_count = true;
        let (mut addressed, mut compelled) = (Vec::new(), false);
        let procedure = self.procedure(m)?;
        match naive.fact(m) {
            Fact::MediationOffer(offer) => {
                compelled = offer.compelled == Some(true);
                addressed = offer.to.iter().map(ToString::to_string).collect();
                row.answers = addressed.iter().map(|party| (party.clone(), None)).collect();
                if compelled {
                    row.status.word = "accepted";
                }
            }
            _ => {
                answers_count = false;
                self.step(&mut row, m);
            }
        }
        let mut is_withdrawn = false;
        for (_, happening) in self.after(upto, m) {
            let Happens(n) = happening else { continue };
            let (by, word) = match naive.fact(n) {
                Fact::Acceptance(answer) if naive.target(&answer.of) == Some(m) => {
                    let word = if answer.condition.is_some() { "conditional" } else { "accepted" };
                    (&answer.by, word)
                }
                Fact::Rejection(answer) if naive.target(&answer.of) == Some(m) => {
                    (&answer.by, "rejected")
                }
                Fact::Withdrawal(withdrawal) if naive.target(&withdrawal.of) == Some(m) => {
                    (is_withdrawn, answers_count) = (true, false);
                    if row.status.set("withdrawn", n) {
                        row.broken_off_by = None;
                    }
                    continue;
                }
                Fact::Report(report) if naive.target_of(report.of.as_ref()) == Some(m) => {
                    let finds = matches!(procedure, Procedure::FactFinding | Procedure::Inquiry);
                    if report.binding {
                        row.result = Some(MediationResult::Award);
                        row.awarded = Some(n);
                    }
                    if report.binding || finds {
                        answers_count = false;
                        if row.status.set("concluded", n) {
                            row.broken_off_by = None;
                        }
                    }
                    continue;
                }
                Fact::Mediation(taken)
                    if taken.procedure.is_none()
                        && naive.target_of(taken.of.as_ref()) == Some(m) =>
                {
                    let resumes = taken.status == MediationStep::Resumed;
                    let misplaced =
                        row.status.word == "concluded" || resumes && row.status.word != "suspended";
                    if !misplaced {
                        answers_count = false;
                        self.step(&mut row, n);
                    }
                    continue;
                }
                _ => continue,
            };
            if is_withdrawn {
                continue;
            }
            row.answers.insert(by.to_string(), Some(Status { word, by: n }));
            let answer = |party: &String| row.answers.get(party).and_then(|a| a.map(|a| a.word));
            let word = if compelled {
                "accepted"
            } else if addressed.iter().any(|party| answer(party) == Some("rejected")) {
                "declined"
            } else if addressed.iter().all(|party| answer(party) == Some("accepted")) {
                "accepted"
            } else {
                "offered"
            };
            if answers_count {
                row.status.set(word, n);
            }
        }
        Some(row)
    }

    /// The procedure of what is a row: an offer, or a first mediation.
    pub(super) fn procedure(&self, m: usize) -> Option<Procedure> {
        match self.naive.fact(m) {
            Fact::MediationOffer(offer) => Some(offer.procedure),
            Fact::Mediation(first) => first.procedure.filter(|_| first.of.is_none()),
            _ => None,
        }
    }

    pub(super) fn step(&self, row: &mut MediationRow, n: usize) {
        let Fact::Mediation(taken) = self.naive.fact(n) else { return };
        let word = match taken.status {
            MediationStep::Scheduled => "scheduled",
            MediationStep::Started | MediationStep::Resumed => "in-session",
            MediationStep::Suspended => "suspended",
            MediationStep::Concluded => "concluded",
        };
        if let Some(date) = &taken.scheduled_for {
            row.scheduled_for = Some(date.to_string());
        }
        row.result = taken.result.or(row.result);
        if taken.result == Some(MediationResult::Award) {
            row.awarded = Some(n);
        }
        let first = row.status.by == n;
        if row.status.set(word, n) || first {
            let breaks = matches!(word, "suspended" | "concluded");
            row.broken_off_by = taken.by.as_ref().filter(|_| breaks).map(|party| party.to_string());
        }
    }
}

pub(super) struct MediationRow {
    pub(super) status: Status,
    pub(super) answers: BTreeMap<String, Option<Status>>,
    pub(super) scheduled_for: Option<String>,
    pub(super) broken_off_by: Option<String>,
    pub(super) result: Option<MediationResult>,
    /// The event that gave an award last.
    pub(super) awarded: Option<usize>,
}

impl MediationRow {
    pub(super) fn shown(&self, n: usize, naive: &Naive<'_>) -> String {
        let answers: Vec<String> = self
            .answers
            .iter()
            .map(|(party, answer)| match answer {
                Some(answer) => format!("{party}:{}:{}", answer.word, naive.stamp(answer.by)),
                None => format!("{party}:none:null null"),
            })
            .collect();
        let or_null = |text: Option<String>| text.unwrap_or("null".to_owned());
        format!(
            "{} {} {} {} {} {} [{}]",
            naive.id(n),
            self.status.word,
            naive.stamp(self.status.by),
            or_null(self.scheduled_for.clone()),
            or_null(self.broken_off_by.clone()),
            or_null(self.result.map(|result| result.to_string())),
            answers.join(","),
        )
    }
}
