//! Charges, orders and findings, each with its latest standing.

use std::collections::HashMap;

use dispute_core::event::law::{
    Charge, ChargeDisposed, Finding, Order, OrderAnswer, OrderAnswered,
};
use dispute_core::{EventId, Instant, Json};

use crate::as_of::Step;
use crate::dispute::rows::Rows;
use crate::dispute::stamp::{Stamp, Standing};

/// A charge, an order or a finding with its latest standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter<T> {
    /// The event.
    pub id: EventId,
    /// What it says.
    pub what: T,
    /// The word for where it stands, with the event that brought it there.
    pub standing: Standing<&'static str>,
    /// Its date, as recorded.
    pub occurred: String,
}

/// All of them, in effective order.
#[derive(Debug, Default)]
pub(crate) struct Docket {
    pub(crate) charges: Rows<Matter<Charge>>,
    pub(crate) orders: Rows<Matter<Order>>,
    pub(crate) findings: Rows<Matter<Finding>>,
    /// When orders were first stayed.
    stayed: HashMap<usize, Instant>,
}

impl Docket {
    pub(crate) fn charge(&mut self, step: &Step<'_>, charge: &Charge) {
        self.charges.put(step.n, Matter::new(step, charge.clone(), "filed"));
    }

    pub(crate) fn dispose(&mut self, step: &Step<'_>, n: usize, disposed: &ChargeDisposed) {
        if let Some(charge) = self.charges.get_mut(n) {
            charge.standing.set(disposed.disposition.as_str(), Stamp::of(step));
        }
    }

    pub(crate) fn order(&mut self, step: &Step<'_>, order: &Order) {
        self.orders.put(step.n, Matter::new(step, order.clone(), "issued"));
    }

    pub(crate) fn answer(&mut self, step: &Step<'_>, n: usize, answered: &OrderAnswered) {
        if let (OrderAnswer::Stayed, Some(at)) = (answered.answer, step.span.latest) {
            self.stayed.entry(n).or_insert(at);
        }
        if let Some(order) = self.orders.get_mut(n) {
            order.standing.set(answered.answer.as_str(), Stamp::of(step));
        }
    }

    /// Whether an order was stayed by a moment.
    pub(crate) fn is_stayed_by(&self, n: usize, moment: Instant) -> bool {
        self.stayed.get(&n).is_some_and(|at| *at <= moment)
    }

    /// A finding that carries another further takes its place.
    pub(crate) fn find(&mut self, step: &Step<'_>, finding: &Finding, of: Option<usize>) {
        if let Some(of) = of {
            self.findings.remove(of);
        }
        self.findings.put(step.n, Matter::new(step, finding.clone(), finding.stage.as_str()));
    }
}

impl<T> Matter<T> {
    fn new(step: &Step<'_>, what: T, status: &'static str) -> Self {
        let stamp = Stamp::of(step);
        let occurred = stamp.since.clone();
        Self { id: step.id.clone(), what, standing: Standing::new(status, stamp), occurred }
    }

    fn members(&self) -> Vec<(String, Json)> {
        let mut members = vec![
            ("id".to_owned(), Json::text(&self.id)),
            ("status".to_owned(), Json::text(self.standing.status)),
        ];
        members.extend(self.standing.stamp.members());
        members.push(("occurred".to_owned(), Json::text(&self.occurred)));
        members
    }
}

impl Matter<Charge> {
    /// `{id, status, set_by, …}` and what the charge says.
    pub fn to_json(&self) -> Json {
        let mut members = self.members();
        members.extend([
            ("forum".to_owned(), Json::text(&self.what.forum)),
            ("by".to_owned(), Json::text(&self.what.by)),
            ("against".to_owned(), Json::text(&self.what.against)),
            ("allegations".to_owned(), Json::texts(&self.what.allegations)),
            ("case_number".to_owned(), Json::text_or_null(self.what.case_number.as_ref())),
        ]);
        Json::Object(members)
    }
}

impl Matter<Order> {
    /// `{id, status, set_by, …}` and what the order says.
    pub fn to_json(&self) -> Json {
        let mut members = self.members();
        members.extend([
            ("body".to_owned(), Json::text(&self.what.body)),
            ("order".to_owned(), Json::text(self.what.order)),
            ("to".to_owned(), Json::texts(&self.what.to)),
            ("effective".to_owned(), Json::text_or_null(self.what.effective.as_ref())),
            ("deadline".to_owned(), Json::text_or_null(self.what.deadline.as_ref())),
            ("requested_by".to_owned(), Json::text_or_null(self.what.requested_by.as_ref())),
        ]);
        Json::Object(members)
    }
}

impl Matter<Finding> {
    /// `{id, status, set_by, …}` and what the finding says.
    pub fn to_json(&self) -> Json {
        let penalty = self.what.penalty.as_ref();
        let actions = self.what.corrective_actions.as_deref().unwrap_or_default();
        let mut members = self.members();
        members.extend([
            ("body".to_owned(), Json::text(&self.what.body)),
            ("against".to_owned(), Json::text(&self.what.against)),
            ("standard".to_owned(), Json::text_or_null(self.what.standard.as_ref())),
            ("result".to_owned(), Json::text_or_null(self.what.result.as_ref())),
            ("penalty".to_owned(), penalty.map_or(Json::Null, |penalty| penalty.to_json())),
            ("corrective_actions".to_owned(), Json::texts(actions)),
        ]);
        Json::Object(members)
    }
}
