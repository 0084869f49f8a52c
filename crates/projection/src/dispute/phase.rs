//! The phase of a dispute: one word for where it stands (EVENTS.md, "Phase").

use std::collections::BTreeSet;

use dispute_core::Slug;
use dispute_core::event::bargaining::AgreementLevel;
use dispute_core::event::third_party::{MediationResult, Procedure};

use crate::dispute::action::Actions;
use crate::dispute::agreement::{Agreement, Agreements};
use crate::dispute::mediation::{MediationStatus, Mediations};
use crate::dispute::stamp::statuses;

statuses! {
    /// Where a dispute stands.
    Phase {
        None = "none",
        Closed = "closed",
        Settled = "settled",
        TentativeAgreement = "tentative-agreement",
        Stoppage = "stoppage",
        Arbitration = "arbitration",
        Mediation = "mediation",
        Impasse = "impasse",
        Bargaining = "bargaining",
        Opened = "opened",
    }
}

/// What the phase hangs on besides the parts of the state. Places are in the order of folding.
#[derive(Debug, Default)]
pub(crate) struct PhaseSigns {
    /// Whether the dispute was opened.
    pub(crate) is_open: bool,
    /// Whether it was closed, and nothing reopened it since.
    pub(crate) is_closed: bool,
    /// The place before which agreements and awards count for nothing: of the opening, or of what
    /// reopened the dispute.
    pub(crate) begins: usize,
    /// The last beginning of a strike, a lockout or an agreement that gives the dispute a phase.
    pub(crate) last_turn: Option<usize>,
    /// The last impasse.
    pub(crate) last_impasse: Option<usize>,
    /// The last held session, proposal or agreement.
    pub(crate) last_move: Option<usize>,
    /// Whether anything happened at the table, by third parties, in votes or as action.
    pub(crate) has_bargaining: bool,
}

impl PhaseSigns {
    /// The first phase that holds.
    pub(crate) fn phase(
        &self,
        actions: &Actions,
        mediations: &Mediations,
        agreements: &Agreements,
        units: &BTreeSet<&Slug>,
    ) -> Phase {
        if !self.is_open {
            return Phase::None;
        }
        if self.is_closed {
            return Phase::Closed;
        }
        if self.is_settled(mediations, agreements, units) {
            return Phase::Settled;
        }
        if self.agreed(agreements, units, makes_a_phase)
            && self.standing(agreements).any(|agreement| is_tentative(agreement.level))
        {
            return Phase::TentativeAgreement;
        }
        if actions.stoppages().next().is_some() {
            return Phase::Stoppage;
        }
        let under_way = |arbitration: bool| {
            mediations.iter().any(|row| {
                is_arbitration(row.procedure) == arbitration
                    && is_under_way(row.standing.status)
                    && self.last_turn.is_none_or(|turn| turn <= row.standing.stamp.order)
            })
        };
        if under_way(true) {
            return Phase::Arbitration;
        }
        if under_way(false) {
            return Phase::Mediation;
        }
        if self.last_impasse.is_some() && self.last_impasse > self.last_move {
            return Phase::Impasse;
        }
        if self.has_bargaining { Phase::Bargaining } else { Phase::Opened }
    }

    fn is_settled(
        &self,
        mediations: &Mediations,
        agreements: &Agreements,
        units: &BTreeSet<&Slug>,
    ) -> bool {
        let awarded = mediations.iter().any(|row| {
            is_arbitration(row.procedure)
                && row.standing.status == MediationStatus::Concluded
                && row.result == Some(MediationResult::Award)
                && row.awarded.is_some_and(|awarded| awarded >= self.begins)
        });
        awarded || self.agreed(agreements, units, is_ratified)
    }

    /// Whether agreements of some level are there without a unit, or for each unit.
    fn agreed(
        &self,
        agreements: &Agreements,
        units: &BTreeSet<&Slug>,
        level: impl Fn(AgreementLevel) -> bool,
    ) -> bool {
        let mut covered = BTreeSet::new();
        for agreement in self.standing(agreements).filter(|agreement| level(agreement.level)) {
            match &agreement.unit {
                None => return true,
                Some(unit) => covered.insert(unit),
            };
        }
        !covered.is_empty() && units.is_subset(&covered)
    }

    fn standing<'a>(&'a self, agreements: &'a Agreements) -> impl Iterator<Item = &'a Agreement> {
        let counts = |agreement: &&Agreement| agreement.stands() && agreement.order >= self.begins;
        agreements.iter().filter(counts)
    }
}

/// Whether an agreement of a level gives a dispute its phase.
pub(crate) fn makes_a_phase(level: AgreementLevel) -> bool {
    is_tentative(level) || is_ratified(level)
}

fn is_ratified(level: AgreementLevel) -> bool {
    matches!(level, AgreementLevel::Ratified | AgreementLevel::Executed)
}

fn is_tentative(level: AgreementLevel) -> bool {
    use AgreementLevel::{InPrinciple, Settlement, Tentative};
    matches!(level, InPrinciple | Tentative | Settlement)
}

fn is_arbitration(procedure: Procedure) -> bool {
    matches!(procedure, Procedure::VoluntaryArbitration | Procedure::InterestArbitration)
}

fn is_under_way(status: MediationStatus) -> bool {
    use MediationStatus::{Accepted, InSession, Scheduled};
    matches!(status, Accepted | Scheduled | InSession)
}
