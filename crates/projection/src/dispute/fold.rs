//! The fold: each event in its order, and what it does to each part of the state. Total: what does
//! not fit becomes a warning and changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use dispute_core::event::Fact;
use dispute_core::event::action::{ActionEnded, ActionForm, ActionStarted};
use dispute_core::event::bargaining::Withdrawal;
use dispute_core::event::bargaining::{Acceptance, Agreement as MadeAgreement};
use dispute_core::event::bargaining::{Proposal as MadeProposal, ProposalForm, Rejection};
use dispute_core::event::schema::Family;
use dispute_core::event::value::PartySlug;
use dispute_core::event::vote::{VoteOutcome, VoteResult};
use dispute_core::{EventId, Instant, Record, Slug, Target, Zone};

use crate::as_of::Step;
use crate::dispute::action::{Actions, Change, is_strike_or_lockout};
use crate::dispute::agreement::{Agreements, Coverage};
use crate::dispute::issue::Award;
use crate::dispute::law::Docket;
use crate::dispute::mediation::{MediationAnswer, Mediations};
use crate::dispute::notice::{Forewarnings, Warned};
use crate::dispute::phase::{Phase, PhaseSigns, makes_a_phase};
use crate::dispute::proposal::{ProposalAnswer, ProposalStatus, Proposals};
use crate::dispute::stamp::{Stamp, Standing};
use crate::dispute::table::{Described, SessionBook, Sessions};
use crate::dispute::vote::{Counted, Lead, Votes, contradicts_itself, decision};
use crate::dispute::warning::{WarningCode, Warnings};

/// Everything that folding the events of one dispute builds up.
pub(crate) struct Fold<'a> {
    record: &'a Record,
    zone: Zone,
    /// The moment up to which dates that were fixed in advance come true.
    moment: Instant,
    pub(crate) actions: Actions,
    pub(crate) proposals: Proposals,
    pub(crate) mediations: Mediations,
    pub(crate) agreements: Agreements,
    pub(crate) votes: Votes,
    pub(crate) awards: Vec<Award>,
    pub(crate) sessions: SessionBook,
    pub(crate) described: Described,
    pub(crate) law: Docket,
    pub(crate) forewarnings: Forewarnings,
    pub(crate) statements: Statements,
    pub(crate) warnings: Warnings,
    pub(crate) phase: Standing<Phase>,
    signs: PhaseSigns,
    /// The latest answer of a party to a thing: whether it was a rejection.
    answers: HashMap<(usize, PartySlug), bool>,
    final_offers: HashSet<(PartySlug, Option<Slug>)>,
    /// What a vote called on leads to, by the position of the call.
    calls: HashMap<usize, Lead>,
    /// What is due at a moment that was fixed in advance, in the order in which it comes due.
    due: BTreeMap<(Instant, usize), Due>,
    order: usize,
}

/// Statements: how many, and the last of each speaker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statements {
    /// How many.
    pub count: u64,
    /// The last of each party, or speaker where no party is spoken for.
    pub last_by: BTreeMap<String, EventId>,
}

/// Why the fold is another than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// An event was folded.
    Event,
    /// Something came due by itself.
    Due,
}

#[derive(Debug, Clone)]
enum Due {
    /// The day that was fixed for the end of an action is past.
    ActionOver { n: usize, until: String },
    /// A protest without such a day is over.
    ProtestOver { n: usize },
    /// A proposal lapses.
    ProposalLapses { n: usize, since: String },
}

impl<'a> Fold<'a> {
    pub(crate) fn new(record: &'a Record, zone: Zone, moment: Instant, origin: Stamp) -> Self {
        Self {
            record,
            zone,
            moment,
            actions: Actions::default(),
            proposals: Proposals::default(),
            mediations: Mediations::default(),
            agreements: Agreements::default(),
            votes: Votes::default(),
            awards: Vec::new(),
            sessions: SessionBook::default(),
            described: Described::default(),
            law: Docket::default(),
            forewarnings: Forewarnings::default(),
            statements: Statements::default(),
            warnings: Warnings::default(),
            phase: Standing::new(Phase::None, origin),
            signs: PhaseSigns::default(),
            answers: HashMap::new(),
            final_offers: HashSet::new(),
            calls: HashMap::new(),
            due: BTreeMap::new(),
            order: 0,
        }
    }

    /// Folds events that come in their order, and then what is due by the moment of the question.
    pub(crate) fn run(&mut self, steps: &[Step<'a>]) {
        self.run_with(steps, &mut |_, _, _| {});
    }

    /// The same, showing the fold after each event, and again after what came due before the
    /// next: with the place of the last event, and the event itself just after it was folded.
    pub(crate) fn run_with(
        &mut self,
        steps: &[Step<'a>],
        see: &mut dyn FnMut(&mut Self, usize, Option<&Step<'a>>),
    ) {
        for step in steps {
            // What is due at a moment acts after all events of that moment.
            if self.let_due(step.span.latest) {
                see(self, self.order, None);
            }
            self.take(step);
            see(self, self.order, Some(step));
        }
        if self.let_due(None) {
            see(self, self.order, None);
        }
    }

    /// The same, showing the fold after each event with its moment, and with the moment of each
    /// thing that comes due by itself after that. Moments only grow.
    pub(crate) fn run_through(
        &mut self,
        steps: &[Step<'a>],
        see: &mut dyn FnMut(&mut Self, Option<Instant>, Cause),
    ) {
        for step in steps {
            while let Some(at) = self.let_next_due(step.span.latest) {
                see(self, Some(at), Cause::Due);
            }
            self.take(step);
            see(self, step.span.latest, Cause::Event);
        }
        while let Some(at) = self.let_next_due(None) {
            see(self, Some(at), Cause::Due);
        }
    }

    fn take(&mut self, step: &Step<'a>) {
        self.order = step.order;
        self.apply(step);
        if touches_phase(step) {
            self.settle_phase(Stamp::of(step));
        }
    }

    /// What is to be said of sessions by the events folded so far.
    pub(crate) fn sessions_now(&self) -> Sessions {
        self.sessions.at(self.zone, self.moment)
    }

    /// Lets what is due before a moment act; tells whether anything was.
    fn let_due(&mut self, before: Option<Instant>) -> bool {
        let mut any = false;
        while self.let_next_due(before).is_some() {
            any = true;
        }
        any
    }

    /// Lets the first thing that is due before a moment act; tells when it was due.
    fn let_next_due(&mut self, before: Option<Instant>) -> Option<Instant> {
        let entry = self.due.first_entry()?;
        if before.is_some_and(|before| entry.key().0 >= before) {
            return None;
        }
        let ((at, _), due) = entry.remove_entry();
        self.fall_due(at, due);
        Some(at)
    }

    fn settle_phase(&mut self, stamp: Stamp) {
        let units: BTreeSet<&Slug> = self.described.unit_slugs().collect();
        let phase = self.signs.phase(&self.actions, &self.mediations, &self.agreements, &units);
        self.phase.set(phase, stamp);
    }

    /// Notes what comes due by the moment of the question. What was due before the event that fixed
    /// it acts after all events of that event's moment.
    fn schedule(&mut self, step: &Step<'_>, at: Option<Instant>, due: Due) {
        if let Some(at) = at.filter(|at| *at <= self.moment) {
            let at = step.span.latest.map_or(at, |latest| latest.max(at));
            self.due.insert((at, step.order), due);
        }
    }

    fn fall_due(&mut self, at: Instant, due: Due) {
        match due {
            Due::ActionOver { n, until } => {
                if self.actions.expire(n, &until, at) {
                    self.settle_phase_by(n, until);
                }
            }
            Due::ProtestOver { n } => {
                self.actions.end_with_own_date(n, at);
            }
            Due::ProposalLapses { n, since } => {
                self.proposals.expire(n, &since, self.order);
            }
        }
    }

    fn settle_phase_by(&mut self, n: usize, since: String) {
        if let Some(action) = self.actions.get(n) {
            let stamp = Stamp { since, set_by: action.id.clone(), order: self.order };
            self.settle_phase(stamp);
        }
    }

    /// The account that counts of what a reference names. A version that names its original, and
    /// takes its place, does nothing to itself.
    fn refer(&self, step: &Step<'_>, id: &EventId) -> Option<usize> {
        match self.record.target(id) {
            Some(Target::Counts(n)) if n != step.n => Some(n),
            _ => None,
        }
    }

    fn refer_to_some(&self, step: &Step<'_>, id: Option<&EventId>) -> Option<usize> {
        id.and_then(|id| self.refer(step, id))
    }

    fn warn(&mut self, step: &Step<'_>, code: WarningCode, text: impl Into<String>) {
        self.warnings.add(step.n, step.id, code, text);
    }

    fn apply(&mut self, step: &Step<'a>) {
        let family = step.event.kind().spec().family;
        self.signs.has_bargaining |= matches!(
            family,
            Family::Bargaining | Family::ThirdParties | Family::Votes | Family::Action
        );
        match &step.event.fact {
            Fact::DisputeOpened(_) => {
                self.signs.is_open = true;
                self.signs.begins = self.signs.begins.max(step.order);
            }
            Fact::DisputeClosed(_) => self.signs.is_closed = true,
            Fact::Unit(unit) => self.described.unit(step, unit),
            Fact::Contract(contract) => self.described.contract(step, contract),
            Fact::Notice(notice) => {
                if let Some(warned) = Warned::by_notice(notice.notice) {
                    self.forewarnings.give(step.n, notice.by.as_str(), warned);
                }
            }
            Fact::Session(session) => {
                let of = self.refer_to_some(step, session.of.as_ref());
                if self.sessions.note(step, session, of) {
                    self.signs.last_move = Some(step.order);
                    self.reopen(step);
                }
            }
            Fact::Proposal(proposal) => self.propose(step, proposal),
            Fact::Rejection(rejection) => self.reject(step, rejection),
            Fact::Acceptance(acceptance) => self.accept(step, acceptance),
            Fact::Withdrawal(withdrawal) => self.withdraw(step, withdrawal),
            Fact::Agreement(agreement) => self.agree(step, agreement),
            Fact::AgreementFailed(failed) => {
                if let Some(n) = self.refer(step, &failed.of) {
                    let issues = failed.issues.as_deref().unwrap_or_default();
                    if self.agreements.fail(n, issues, Stamp::of(step)) {
                        self.fail_proposals(step, n);
                    }
                }
            }
            Fact::Impasse(_) => self.signs.last_impasse = Some(step.order),
            Fact::Implementation(implementation) => {
                if let Some(n) = self.refer(step, &implementation.of)
                    && let Some(proposal) = self.proposals.get(n)
                    && proposal.is_covered_by(implementation.issues.as_deref().unwrap_or_default())
                {
                    self.proposals.close(n, ProposalStatus::Implemented, Stamp::of(step));
                }
            }
            Fact::MediationOffer(offer) => self.mediations.offer(step, offer),
            Fact::Mediation(taken) => match (&taken.of, taken.procedure) {
                (None, Some(procedure)) => self.mediations.begin(step, taken, procedure),
                (of, _) => {
                    if let Some(n) = self.refer_to_some(step, of.as_ref())
                        && !self.mediations.step(step, n, taken)
                    {
                        self.out_of_place(step, n);
                    }
                }
            },
            Fact::Report(report) => {
                if let Some(n) = self.refer_to_some(step, report.of.as_ref()) {
                    self.mediations.report(step, n, report);
                }
                if report.binding {
                    let items = report.items.clone().unwrap_or_default();
                    self.awards.push(Award { id: step.id.clone(), items, order: step.order });
                }
            }
            Fact::VoteCalled(called) => {
                let of = self.refer_to_some(step, called.of.as_ref());
                let lead = Lead { position: of.unwrap_or(step.n), has_rule: called.rule.is_some() };
                self.calls.insert(step.n, lead);
            }
            Fact::VoteResult(result) => self.count(step, result),
            Fact::ActionAnnounced(announced) => {
                self.actions.announce(step, announced);
                let by = announced.by.as_str();
                self.forewarnings.give(step.n, by, Warned::Of(announced.action));
            }
            Fact::ActionStarted(started) => self.start(step, started),
            Fact::ActionChanged(changed) => {
                let Some(n) = self.refer(step, &changed.of) else { return };
                let was = self.stops_work(n);
                match self.actions.change(step, n, changed) {
                    Change::Made => {
                        if let Some(announced) =
                            self.refer_to_some(step, changed.announced.as_ref())
                        {
                            self.actions.forget_announcement(announced);
                        }
                        self.goes_on(step, n, was);
                    }
                    Change::OutOfPlace => self.out_of_place(step, n),
                    Change::Nothing => {}
                }
            }
            Fact::ActionEnded(ended) => self.end(step, ended),
            Fact::Charge(charge) => self.law.charge(step, charge),
            Fact::ChargeDisposed(disposed) => {
                if let Some(n) = self.refer(step, &disposed.of) {
                    self.law.dispose(step, n, disposed);
                }
            }
            Fact::Order(order) => self.law.order(step, order),
            Fact::OrderAnswered(answered) => {
                if let Some(n) = self.refer(step, &answered.of) {
                    self.law.answer(step, n, answered);
                }
            }
            Fact::Finding(finding) => {
                let of = self.refer_to_some(step, finding.of.as_ref());
                self.law.find(step, finding, of);
            }
            Fact::Statement(statement) => {
                self.statements.count += 1;
                let speaker = match &statement.on_behalf_of {
                    Some(party) => party.to_string(),
                    None => statement.speaker.clone(),
                };
                self.statements.last_by.insert(speaker, step.id.clone());
            }
            Fact::DisputeLinked(_)
            | Fact::ReturnToWork(_)
            | Fact::Impact(_)
            | Fact::Gap(_)
            | Fact::Party(_)
            | Fact::Standard(_)
            | Fact::Amendment(_)
            | Fact::Retraction(_)
            | Fact::Redaction(_) => {}
        }
    }

    /// A closed dispute is reopened by what could not happen in one.
    fn reopen(&mut self, step: &Step<'_>) {
        if self.signs.is_closed {
            self.signs.is_closed = false;
            self.signs.begins = step.order;
            self.warn(step, WarningCode::AfterClosing, "the dispute was closed; this reopens it");
        }
    }

    fn out_of_place(&mut self, step: &Step<'_>, n: usize) {
        let of = self.record.get(n).map(|event| event.id.to_string()).unwrap_or_default();
        let text = format!("{of} does not stand where this could follow; it changes nothing");
        self.warn(step, WarningCode::OutOfPlace, text);
    }

    fn propose(&mut self, step: &Step<'_>, made: &MadeProposal) {
        self.signs.last_move = Some(step.order);
        self.reopen(step);
        let of = (made.by.clone(), made.unit.as_ref().map(|unit| unit.0.clone()));
        if self.final_offers.contains(&of) {
            let text = format!("{} made a final offer before", made.by);
            self.warn(step, WarningCode::FinalOfferReopened, text);
        }
        if made.form == ProposalForm::FinalOffer {
            self.final_offers.insert(of);
        }
        self.proposals.make(step, made);
        if let Some(n) = self.refer_to_some(step, made.replies_to.as_ref()) {
            self.proposals.set_while_open(n, ProposalStatus::Countered, Stamp::of(step));
        }
        if let Some(n) = self.refer_to_some(step, made.supersedes.as_ref()) {
            self.proposals.close(n, ProposalStatus::Superseded, Stamp::of(step));
        }
        if let Some(expires) = &made.expires {
            let at = expires.span(self.zone).ok().and_then(|span| span.latest);
            self.schedule(step, at, Due::ProposalLapses { n: step.n, since: expires.to_string() });
        }
    }

    fn reject(&mut self, step: &Step<'_>, rejection: &Rejection) {
        let Some(n) = self.refer(step, &rejection.of) else { return };
        self.warn_of_closed(step, n, &rejection.of);
        self.answers.insert((n, rejection.by.clone()), true);
        self.mediations.answer(n, &rejection.by, MediationAnswer::Rejected, Stamp::of(step));
        let issues = rejection.issues.as_deref().unwrap_or_default();
        let whole = self.proposals.get(n).is_none_or(|proposal| proposal.is_covered_by(issues));
        let answer = if whole { ProposalAnswer::Rejected } else { ProposalAnswer::PartlyRejected };
        self.proposals.answer(n, &rejection.by, answer, Stamp::of(step));
    }

    fn accept(&mut self, step: &Step<'_>, acceptance: &Acceptance) {
        let Some(n) = self.refer(step, &acceptance.of) else { return };
        self.warn_of_closed(step, n, &acceptance.of);
        if self.answers.insert((n, acceptance.by.clone()), false) == Some(true) {
            let text = format!("{} rejected {} before", acceptance.by, acceptance.of);
            self.warn(step, WarningCode::AcceptAfterRejection, text);
        }
        let conditional = acceptance.condition.is_some();
        let answer =
            if conditional { MediationAnswer::Conditional } else { MediationAnswer::Accepted };
        self.mediations.answer(n, &acceptance.by, answer, Stamp::of(step));
        let issues = acceptance.issues.as_deref().unwrap_or_default();
        let whole = self.proposals.get(n).is_none_or(|proposal| proposal.is_covered_by(issues));
        let answer = if whole && !conditional {
            ProposalAnswer::Accepted
        } else {
            ProposalAnswer::PartlyAccepted
        };
        self.proposals.answer(n, &acceptance.by, answer, Stamp::of(step));
    }

    fn warn_of_closed(&mut self, step: &Step<'_>, n: usize, of: &EventId) {
        let status = self.proposals.get(n).map(|proposal| proposal.standing.status);
        if let Some(status) = status.filter(|status| status.is_closed()) {
            let text = format!("{of} was {status} when it was answered");
            self.warn(step, WarningCode::AnswerToClosedProposal, text);
        }
    }

    fn withdraw(&mut self, step: &Step<'_>, withdrawal: &Withdrawal) {
        let Some(n) = self.refer(step, &withdrawal.of) else { return };
        self.proposals.close(n, ProposalStatus::Withdrawn, Stamp::of(step));
        self.mediations.withdraw(step, n);
        self.actions.withdraw(step, n);
        self.forewarnings.withdraw(n);
    }

    fn agree(&mut self, step: &Step<'_>, made: &MadeAgreement) {
        self.signs.last_move = Some(step.order);
        if makes_a_phase(made.level) {
            self.signs.last_turn = Some(step.order);
        }
        let named = made.proposals.as_deref().unwrap_or_default();
        let named: Vec<usize> = named.iter().filter_map(|id| self.refer(step, id)).collect();
        let carries = self.refer_to_some(step, made.of.as_ref());
        self.agreements.make(step, made, named.clone(), carries);
        let Some(agreement) = self.agreements.get(step.n) else { return };
        for n in named {
            let Some(proposal) = self.proposals.get(n) else { continue };
            let stamp = Stamp::of(step);
            match agreement.covers(&proposal.issues()) {
                Coverage::All => self.proposals.close(n, ProposalStatus::Agreed, stamp),
                Coverage::Some => {
                    self.proposals.set_while_open(n, ProposalStatus::PartlyAccepted, stamp);
                }
            }
        }
    }

    /// The proposals of an agreement that failed fail with it, unless another keeps them.
    fn fail_proposals(&mut self, step: &Step<'_>, n: usize) {
        let Some(agreement) = self.agreements.get(n) else { return };
        let mut failing = Vec::new();
        for &proposal in &agreement.proposals {
            let Some(row) = self.proposals.get(proposal) else { continue };
            let kept = self
                .agreements
                .iter()
                .any(|other| other.stands() && other.proposals.contains(&proposal));
            let covered = agreement.covers(&row.issues()) == Coverage::All;
            if row.standing.status == ProposalStatus::Agreed && covered && !kept {
                failing.push(proposal);
            }
        }
        for proposal in failing {
            self.proposals.close(proposal, ProposalStatus::Failed, Stamp::of(step));
        }
    }

    fn count(&mut self, step: &Step<'_>, result: &VoteResult) {
        let lead = self.lead(step, result);
        if self.votes.count(step, result, lead) == Counted::Again {
            let text = format!("this vote has a {} result already", result.stage);
            self.warn(step, WarningCode::FinalVoteTwice, text);
        }
        if contradicts_itself(result) {
            let text = "what it says was decided, or a percentage, does not fit its counts";
            self.warn(step, WarningCode::ResultContradictsCounts, text);
        }
        let Some(outcome) = decision(result, lead.has_rule) else { return };
        let unit = result.unit.as_ref().map(|unit| &unit.0);
        let decides = |own: Option<&Slug>| unit.is_none() || unit == own;
        let n = lead.position;
        if let Some(proposal) = self.proposals.get(n)
            && decides(proposal.unit.as_ref())
        {
            let status = match outcome {
                VoteOutcome::Passed => ProposalStatus::Accepted,
                VoteOutcome::Failed => ProposalStatus::Rejected,
            };
            self.proposals.set_while_open(n, status, Stamp::of(step));
        }
        if let Some(agreement) = self.agreements.get(n)
            && decides(agreement.unit.as_ref())
            && outcome == VoteOutcome::Failed
        {
            if agreement.recommended {
                let text = format!("{} was recommended, and voted down", agreement.id);
                self.warn(step, WarningCode::AgreementVotedDown, text);
            }
            if self.agreements.voted_down(n, Stamp::of(step)) {
                self.fail_proposals(step, n);
            }
        }
    }

    /// What a result leads to through `of`; a result without is a vote of its own.
    fn lead(&self, step: &Step<'_>, result: &VoteResult) -> Lead {
        let Some(of) = &result.of else { return Lead { position: step.n, has_rule: false } };
        match self.record.target(of) {
            Some(Target::Counts(n)) => self
                .calls
                .get(&n)
                .copied()
                .or(self.votes.lead(n))
                .unwrap_or(Lead { position: n, has_rule: false }),
            // What was retracted leads nowhere.
            _ => Lead { position: step.n, has_rule: false },
        }
    }

    fn start(&mut self, step: &Step<'_>, started: &ActionStarted) {
        self.reopen(step);
        let announced = self.refer_to_some(step, started.announced.as_ref());
        self.warn_of_notice(step, started, announced);
        if started.action.is_stoppage_action() {
            self.forewarnings.act(started.by.as_str());
        }
        if let Some(announced) = announced {
            self.actions.forget_announcement(announced);
        }
        self.actions.start(step, started);
        match &started.to {
            Some(to) => {
                let at = to.span(self.zone).ok().and_then(|span| span.latest);
                self.schedule(step, at, Due::ActionOver { n: step.n, until: to.to_string() });
            }
            None if started.action == ActionForm::Protest => {
                self.schedule(step, step.span.latest, Due::ProtestOver { n: step.n });
            }
            None => {}
        }
        self.goes_on(step, step.n, false);
    }

    fn warn_of_notice(
        &mut self,
        step: &Step<'_>,
        started: &ActionStarted,
        announced: Option<usize>,
    ) {
        let action = started.action;
        let last = self.forewarnings.last(started.by.as_str());
        if is_strike_or_lockout(action) && announced.is_none() && last.is_none() {
            let text = format!("{} gave no notice of it that stands", started.by);
            self.warn(step, WarningCode::ActionWithoutNotice, text);
        }
        let named = announced.and_then(|n| self.record.document(n)).map(|event| &event.fact);
        let announcement = match named {
            Some(Fact::ActionAnnounced(announced)) => Some(Warned::Of(announced.action)),
            _ => last,
        };
        if action.is_stoppage_action()
            && let Some(announcement) = announcement.filter(|warned| !warned.covers(action))
        {
            let of = match announcement {
                Warned::OfStrikes => "a strike",
                Warned::OfLockout => "a lockout",
                Warned::Of(form) => form.as_str(),
            };
            let text = format!("{} had given notice of {of}", started.by);
            self.warn(step, WarningCode::ActionDiffersFromNotice, text);
        }
    }

    /// Whether an action is a strike or a lockout in progress.
    fn stops_work(&self, n: usize) -> bool {
        self.actions.get(n).is_some_and(|action| action.is_stoppage_in_progress())
    }

    /// An action is in progress, or goes on in another form: what it meets with.
    fn goes_on(&mut self, step: &Step<'_>, n: usize, stopped_before: bool) {
        if self.stops_work(n) {
            let resumed = matches!(&step.event.fact, Fact::ActionChanged(changed)
                if changed.change == dispute_core::event::action::ActionChange::Resumed);
            if !stopped_before && !resumed {
                self.signs.last_turn = Some(step.order);
            }
            self.warn_of_overlap(n);
        }
    }

    fn warn_of_overlap(&mut self, n: usize) {
        let Some(action) = self.actions.get(n) else { return };
        let is_lockout = action.action == ActionForm::Lockout;
        let mut found = Vec::new();
        for other in self.actions.stoppages().filter(|other| other.n != n) {
            if (other.action == ActionForm::Lockout) != is_lockout {
                // Rows stand in effective order, and the later carries the warning.
                let mut pair = self.actions.iter().filter(|row| row.n == n || row.n == other.n);
                if let (Some(first), Some(later)) = (pair.next(), pair.next()) {
                    found.push((later.n, later.id.clone(), first.id.clone()));
                }
            }
        }
        for (n, id, other) in found {
            let text = format!("{other} was in progress at the same time");
            self.warnings.add(n, &id, WarningCode::ActionOverlap, text);
        }
    }

    fn end(&mut self, step: &Step<'_>, ended: &ActionEnded) {
        let Some(n) = self.refer(step, &ended.of) else { return };
        if self.actions.end(step, n, ended) == Change::OutOfPlace {
            self.out_of_place(step, n);
        }
    }
}

/// Whether an event can move the phase.
fn touches_phase(step: &Step<'_>) -> bool {
    !matches!(
        step.event.kind().spec().family,
        Family::Law | Family::Public | Family::People | Family::Record
    )
}
