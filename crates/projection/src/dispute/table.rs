//! What is set up and met around the table: units, contracts and sessions.

use std::collections::{HashMap, HashSet};

use dispute_core::event::bargaining::{Session, SessionStatus};
use dispute_core::event::setting_up::{Contract, ContractStatus, Unit};
use dispute_core::{Edtf, EventId, Instant, Json, Slug, Zone};

use crate::as_of::Step;
use crate::dispute::stamp::{Stamp, Standing};

/// Sessions held, the last one, and the next that is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sessions {
    /// How many were held, walked out of or not.
    pub held: u64,
    /// The last of them, with its date.
    pub last: Option<(EventId, String)>,
    /// The next that is set, with the date for which it is.
    pub next: Option<(EventId, String)>,
}

/// Sessions as they come.
#[derive(Debug, Default)]
pub(crate) struct SessionBook {
    held: u64,
    last: Option<(EventId, String)>,
    scheduled: Vec<(usize, EventId, Edtf)>,
    /// Positions of sessions that a later one names: held, called off, moved.
    settled: HashSet<usize>,
}

impl SessionBook {
    /// Notes a session; tells whether it was held.
    pub(crate) fn note(&mut self, step: &Step<'_>, session: &Session, of: Option<usize>) -> bool {
        if session.status != SessionStatus::Requested {
            self.settled.extend(of);
        }
        if session.status == SessionStatus::Scheduled
            && let Some(date) = &session.scheduled_for
        {
            self.scheduled.push((step.n, step.id.clone(), date.clone()));
        }
        let held = is_held(session.status);
        if held {
            self.held += 1;
            self.last = Some((step.id.clone(), Stamp::of(step).since));
        }
        held
    }

    /// What is to be said of sessions at a moment.
    pub(crate) fn at(&self, zone: Zone, moment: Instant) -> Sessions {
        let open = self.scheduled.iter().filter(|(n, ..)| !self.settled.contains(n));
        let open = open
            .filter_map(|(_, id, date)| Some((date.span(zone).ok()?, id, date)))
            .filter(|(span, ..)| span.latest.is_none_or(|latest| latest > moment));
        let next =
            open.min_by_key(|(span, ..)| (span.earliest, span.latest.is_none(), span.latest));
        let next = next.map(|(_, id, date)| (id.clone(), date.to_string()));
        Sessions { held: self.held, last: self.last.clone(), next }
    }
}

/// A session that took place, walked out of or not.
pub(crate) fn is_held(status: SessionStatus) -> bool {
    matches!(status, SessionStatus::Held | SessionStatus::WalkedOut)
}

impl Sessions {
    /// `{held, last: {id, date}, next: {id, date}}`
    pub fn to_json(&self) -> Json {
        let dated = |session: &Option<(EventId, String)>| match session {
            Some((id, date)) => Json::object([("id", Json::text(id)), ("date", Json::text(date))]),
            None => Json::Null,
        };
        Json::object([
            ("held", Json::count(self.held)),
            ("last", dated(&self.last)),
            ("next", dated(&self.next)),
        ])
    }
}

/// A bargaining unit as last described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRow {
    /// The event that described it last.
    pub id: EventId,
    /// The description.
    pub unit: Unit,
    order: usize,
}

/// A contract and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractRow {
    /// The event that said the last of it.
    pub id: EventId,
    /// What the events of its slug say, later ones over earlier.
    pub contract: Contract,
    /// Its status with the event that gave it.
    pub standing: Standing<ContractStatus>,
    order: usize,
}

/// Units and contracts by their slugs.
#[derive(Debug, Default)]
pub(crate) struct Described {
    units: HashMap<Slug, UnitRow>,
    contracts: HashMap<Slug, ContractRow>,
}

impl Described {
    pub(crate) fn unit(&mut self, step: &Step<'_>, unit: &Unit) {
        let row = UnitRow { id: step.id.clone(), unit: unit.clone(), order: step.order };
        self.units.insert(unit.unit.clone(), row);
    }

    pub(crate) fn contract(&mut self, step: &Step<'_>, contract: &Contract) {
        let stamp = Stamp::of(step);
        let Some(row) = self.contracts.get_mut(&contract.contract) else {
            let row = ContractRow {
                id: step.id.clone(),
                contract: contract.clone(),
                standing: Standing::new(contract.status, stamp),
                order: step.order,
            };
            self.contracts.insert(contract.contract.clone(), row);
            return;
        };
        row.id = step.id.clone();
        row.order = step.order;
        row.standing.set(contract.status, stamp);
        let known = row.contract.clone();
        row.contract = Contract {
            unit: contract.unit.clone().or(known.unit),
            effective: contract.effective.clone().or(known.effective),
            expires: contract.expires.clone().or(known.expires),
            replaces: contract.replaces.clone().or(known.replaces),
            ..contract.clone()
        };
    }

    /// The units and contracts as they stand now, each with the key of its list.
    pub(crate) fn rows(&self) -> Vec<(&'static str, Json)> {
        let units = self.units.values().map(|row| ("units", row.to_json()));
        let contracts = self.contracts.values().map(|row| ("contracts", row.to_json()));
        units.chain(contracts).collect()
    }

    /// A unit as it is described now.
    pub(crate) fn unit_json(&self, unit: &Slug) -> Json {
        self.units.get(unit).map_or(Json::Null, UnitRow::to_json)
    }

    /// A contract as it stands now.
    pub(crate) fn contract_json(&self, contract: &Slug) -> Json {
        self.contracts.get(contract).map_or(Json::Null, ContractRow::to_json)
    }

    /// The slugs of the units described by now.
    pub(crate) fn unit_slugs(&self) -> impl Iterator<Item = &Slug> {
        self.units.keys()
    }

    pub(crate) fn into_rows(self) -> (Vec<UnitRow>, Vec<ContractRow>) {
        let mut units: Vec<UnitRow> = self.units.into_values().collect();
        units.sort_by_key(|row| row.order);
        let mut contracts: Vec<ContractRow> = self.contracts.into_values().collect();
        contracts.sort_by_key(|row| row.order);
        (units, contracts)
    }
}

impl UnitRow {
    /// `{unit, id, description, employer, union, size}`
    pub fn to_json(&self) -> Json {
        Json::object([
            ("unit", Json::text(&self.unit.unit)),
            ("id", Json::text(&self.id)),
            ("description", Json::text(&self.unit.description)),
            ("employer", Json::text(&self.unit.employer)),
            ("union", Json::text(&self.unit.union)),
            ("size", self.unit.size.map_or(Json::Null, |size| Json::count(size.0))),
            ("size_as_of", Json::text_or_null(self.unit.size_as_of.as_ref())),
        ])
    }
}

impl ContractRow {
    /// `{contract, id, status, unit, effective, expires, since}`
    pub fn to_json(&self) -> Json {
        let contract = &self.contract;
        Json::object([
            ("contract", Json::text(&contract.contract)),
            ("id", Json::text(&self.id)),
            ("status", Json::text(self.standing.status)),
            ("unit", Json::text_or_null(contract.unit.as_ref())),
            ("effective", Json::text_or_null(contract.effective.as_ref())),
            ("expires", Json::text_or_null(contract.expires.as_ref())),
            ("since", Json::text(&self.standing.stamp.since)),
            ("set_by", Json::text(&self.standing.stamp.set_by)),
            ("replaces", Json::text_or_null(contract.replaces.as_ref())),
        ])
    }
}
