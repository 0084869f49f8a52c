//! The phase.

use dispute_core::Slug;
use dispute_core::event::Fact;
use dispute_core::event::action::{ActionChange, ActionForm};
use dispute_core::event::bargaining::{AgreementLevel, SessionStatus};
use dispute_core::event::schema::Family;
use dispute_core::event::third_party::{MediationResult, Procedure};

use super::Happening::{Due, Event as Happens};
use super::Story;
use super::mediation::MediationRow;

impl Story<'_> {
    pub(super) fn phase(&self) -> String {
        let naive = self.naive;
        let all = self.len();
        let last = |wanted: &dyn Fn(usize, &Fact) -> bool| {
            (0..all).rev().find(|at| match self.happenings[*at] {
                Happens(n) => wanted(*at, naive.fact(n)),
                Due(_) => false,
            })
        };
        let reopens = |fact: &Fact| match fact {
            Fact::Proposal(_) | Fact::ActionStarted(_) => true,
            Fact::Session(s) => matches!(s.status, SessionStatus::Held | SessionStatus::WalkedOut),
            _ => false,
        };
        let Some(opened) = last(&|_, fact| matches!(fact, Fact::DisputeOpened(_))) else {
            return "none".to_owned();
        };
        // Closed and reopened, as often as it was.
        let (mut is_closed, mut begins) = (false, opened);
        for at in 0..all {
            let Happens(n) = self.happenings[at] else { continue };
            match naive.fact(n) {
                Fact::DisputeClosed(_) => is_closed = true,
                fact if is_closed && reopens(fact) => {
                    is_closed = false;
                    begins = begins.max(at);
                }
                _ => {}
            }
        }
        let procedures: Vec<(usize, MediationRow)> =
            self.events(all).filter_map(|m| Some((m, self.mediation(all, m)?))).collect();
        let arbitrates = |m: usize| {
            let procedure = self.procedure(m);
            matches!(
                procedure,
                Some(Procedure::VoluntaryArbitration | Procedure::InterestArbitration)
            )
        };
        let awarded = procedures.iter().any(|(m, row)| {
            arbitrates(*m)
                && row.status.word == "concluded"
                && row.result == Some(MediationResult::Award)
                && row.awarded.and_then(|n| self.place(n)) >= Some(begins)
        });
        let stops = |upto: usize, s: usize| {
            self.action(upto, s).is_some_and(|row| {
                row.status == "in-progress"
                    && (row.form.is_strike() || row.form == ActionForm::Lockout)
            })
        };
        // The last place at which a stoppage or an agreement began.
        let turn = last(&|at, fact| match fact {
            Fact::Agreement(made) => gives_phase(made.level),
            Fact::ActionStarted(_) => {
                let Happens(n) = self.happenings[at] else { return false };
                stops(at + 1, n)
            }
            Fact::ActionChanged(changed) => naive.target(&changed.of).is_some_and(|of| {
                changed.change != ActionChange::Resumed && !stops(at, of) && stops(at + 1, of)
            }),
            _ => false,
        });
        let under_way = |arbitration: bool| {
            procedures.iter().any(|(m, row)| {
                arbitrates(*m) == arbitration
                    && matches!(row.status.word, "accepted" | "scheduled" | "in-session")
                    && self.place(row.status.by) >= turn
            })
        };
        let impasse = last(&|_, fact| matches!(fact, Fact::Impasse(_)));
        let moved = last(&|_, fact| match fact {
            Fact::Proposal(_) | Fact::Agreement(_) => true,
            Fact::Session(s) => matches!(s.status, SessionStatus::Held | SessionStatus::WalkedOut),
            _ => false,
        });
        let bargains = last(&|_, fact| {
            let family = fact.kind().spec().family;
            let families =
                [Family::Bargaining, Family::ThirdParties, Family::Votes, Family::Action];
            families.contains(&family)
        });
        let phase = if is_closed {
            "closed"
        } else if awarded || self.agreed(begins, is_ratified) {
            "settled"
        } else if self.agreed(begins, gives_phase)
            && self.standing(begins).any(|(_, level)| gives_phase(level) && !is_ratified(level))
        {
            "tentative-agreement"
        } else if self.events(all).any(|s| stops(all, s)) {
            "stoppage"
        } else if under_way(true) {
            "arbitration"
        } else if under_way(false) {
            "mediation"
        } else if impasse.is_some() && impasse > moved {
            "impasse"
        } else if bargains.is_some() {
            "bargaining"
        } else {
            "opened"
        };
        phase.to_owned()
    }

    /// The agreements that stand and were made since a place.
    pub(super) fn standing(&self, begins: usize) -> impl Iterator<Item = (usize, AgreementLevel)> {
        let all = self.len();
        self.events(all).filter_map(move |g| {
            let Fact::Agreement(made) = self.naive.fact(g) else { return None };
            let stands = self.agreement(all, g).is_some_and(|status| status.word == "standing");
            (stands && self.place(g) >= Some(begins)).then_some((g, made.level))
        })
    }

    /// One without a unit, or one for each unit declared by then.
    pub(super) fn agreed(&self, begins: usize, level: impl Fn(AgreementLevel) -> bool) -> bool {
        let unit = |g: usize| match self.naive.fact(g) {
            Fact::Agreement(made) => made.unit.as_ref().map(|unit| unit.0.clone()),
            _ => None,
        };
        let agreed: Vec<Option<Slug>> =
            self.standing(begins).filter(|(_, l)| level(*l)).map(|(g, _)| unit(g)).collect();
        let mut units = self.events(self.len()).filter_map(|n| match self.naive.fact(n) {
            Fact::Unit(unit) => Some(unit.unit.clone()),
            _ => None,
        });
        let covered = units.all(|unit| agreed.contains(&Some(unit)));
        agreed.contains(&None) || !agreed.is_empty() && covered
    }
}

pub(super) fn is_ratified(level: AgreementLevel) -> bool {
    matches!(level, AgreementLevel::Ratified | AgreementLevel::Executed)
}

pub(super) fn gives_phase(level: AgreementLevel) -> bool {
    !matches!(level, AgreementLevel::Item | AgreementLevel::Interim)
}
