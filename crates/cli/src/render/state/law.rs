//! Contracts, notices, what is put into effect, and the law.

use dispute_core::event::law::{Charge, Finding, Order};
use dispute_core::event::setting_up::ContractStatus;
use dispute_projection::dispute::law::Matter;
use dispute_projection::dispute::table::ContractRow;

use super::{View, ids};
use crate::render::sheet::Sheet;
use crate::render::text::flat;
use crate::render::{Tone, dates, words};

/// How many of each are shown, the latest first.
const SHOWN: usize = 2;

impl View<'_> {
    /// Contracts, notices, offers put into effect, orders, charges and findings.
    pub(super) fn law(&self, sheet: &mut Sheet) {
        self.contracts(sheet);
        self.notices(sheet);
        self.implementations(sheet);
        self.matters(sheet, "order", &self.state.orders, |matter| self.order(matter));
        self.matters(sheet, "charge", &self.state.charges, |matter| self.charge(matter));
        self.matters(sheet, "finding", &self.state.findings, |matter| self.finding(matter));
    }

    fn contracts(&self, sheet: &mut Sheet) {
        let replaced = |row: &ContractRow| {
            let mut others = self.state.contracts.iter();
            others.any(|other| {
                other.contract.replaces.as_ref().is_some_and(|slug| slug.0 == row.contract.contract)
            })
        };
        let mut rows: Vec<&ContractRow> =
            self.state.contracts.iter().rev().filter(|row| !replaced(row)).collect();
        rows.sort_by_key(|row| row.standing.status == ContractStatus::Superseded);
        for row in rows.iter().take(SHOWN) {
            let facts = contract_in_words(row);
            let rows = ids([&row.id, &row.standing.stamp.set_by]);
            sheet.tall_row((Tone::Strong, "CONTRACT"), (Tone::Plain, &facts.join(" · ")), &rows, 2);
        }
        sheet.leave_out(rows.len().saturating_sub(SHOWN), "contract");
    }

    /// Notices that take effect after the date that was asked for.
    fn notices(&self, sheet: &mut Sheet) {
        let (zone, moment) = (self.state.zone(), self.state.as_of.moment());
        let ahead = self.state.notices.iter().rev().filter(|row| {
            let effective = row.what.0.effective.as_ref().and_then(|date| date.span(zone).ok());
            let is_ahead =
                effective.is_some_and(|span| span.latest.is_none_or(|latest| latest > moment));
            is_ahead && !row.what.1
        });
        for row in ahead.take(SHOWN) {
            let notice = &row.what.0;
            let what = words::plain(notice.notice.as_str());
            let by = self.names.short(notice.by.as_str());
            let served = dates::in_brief(&row.occurred);
            let effective = notice.effective.as_ref().map_or("", |date| date.as_str());
            let effective = dates::in_words(effective);
            let body = format!("{what}, served by {by} {served} · takes effect {effective}");
            sheet.tall_row((Tone::Strong, "NOTICE"), (Tone::Plain, &body), &ids([&row.id]), 2);
        }
    }

    fn implementations(&self, sheet: &mut Sheet) {
        for row in self.state.implementations.iter().rev().take(SHOWN) {
            let by = self.names.short(row.what.by.as_str());
            let issues = row.what.issues.as_deref().unwrap_or_default();
            let issues: Vec<String> = issues.iter().map(|i| words::plain(i.as_str())).collect();
            let on = if issues.is_empty() {
                String::new()
            } else {
                format!(" on {}", words::listed(&issues))
            };
            let date = dates::in_words(&row.occurred);
            let body = format!("{by} put its proposal {} into effect{on}, {date}", row.what.of);
            let rows = ids([&row.id, &row.what.of]);
            sheet.tall_row((Tone::Strong, "IMPOSED"), (Tone::Plain, &body), &rows, 2);
        }
        let rest = self.state.implementations.len().saturating_sub(SHOWN);
        sheet.leave_out(rest, "implementation");
    }

    fn matters<T>(
        &self,
        sheet: &mut Sheet,
        noun: &'static str,
        matters: &[Matter<T>],
        body: impl Fn(&Matter<T>) -> String,
    ) {
        for (n, matter) in matters.iter().rev().take(SHOWN).enumerate() {
            let label = if n == 0 { noun.to_uppercase() } else { String::new() };
            let rows = ids([&matter.id, &matter.standing.stamp.set_by]);
            let most = if noun == "finding" { 1 } else { 3 };
            sheet.tall_row((Tone::Strong, &label), (Tone::Plain, &body(matter)), &rows, most);
        }
        sheet.leave_out(matters.len().saturating_sub(SHOWN), noun);
    }

    fn order(&self, matter: &Matter<Order>) -> String {
        let order = &matter.what;
        let to = self.names.all(order.to.iter().map(|party| party.as_str()));
        let mut facts = vec![format!(
            "{} to {} by {}, {}",
            words::plain(order.order.as_str()),
            words::listed(&to),
            self.names.short(order.body.as_str()),
            dates::in_words(&matter.occurred),
        )];
        facts.push(standing(matter, "not answered"));
        if let Some(effective) = &order.effective {
            facts.push(format!("from {}", dates::in_brief(effective.as_str())));
        }
        if let Some(deadline) = &order.deadline {
            facts.push(format!("to be obeyed until {}", dates::in_brief(deadline.as_str())));
        }
        facts.join(" · ")
    }

    fn charge(&self, matter: &Matter<Charge>) -> String {
        let charge = &matter.what;
        let number = charge.case_number.as_ref().map(|number| format!(" {}", flat(number)));
        let mut facts = vec![format!(
            "{}{}, {} against {}, {}",
            flat(&charge.forum),
            number.unwrap_or_default(),
            self.names.short(charge.by.as_str()),
            self.names.short(charge.against.as_str()),
            dates::in_words(&matter.occurred),
        )];
        facts.push(standing(matter, "pending"));
        let allegations: Vec<String> = charge.allegations.iter().map(|text| flat(text)).collect();
        facts.push(allegations.join("; "));
        facts.join(" · ")
    }

    fn finding(&self, matter: &Matter<Finding>) -> String {
        let finding = &matter.what;
        let employers = &self.state.opened.employers;
        let on = match employers.as_slice() {
            [only] if *only == finding.against => String::new(),
            _ => format!(" on {}", self.names.short(finding.against.as_str())),
        };
        let mut facts = vec![format!(
            "{}{on}: {}, {}",
            self.names.short(finding.body.as_str()),
            finding.stage,
            dates::in_brief(&matter.occurred),
        )];
        if let Some(penalty) = &finding.penalty {
            facts.push(format!("penalty {}", words::penalty(penalty)));
        }
        if let Some(result) = &finding.result {
            facts.push(flat(result));
        }
        facts.join(" · ")
    }
}

/// Where a contract stands and over what time it runs.
fn contract_in_words(row: &ContractRow) -> Vec<String> {
    let contract = &row.contract;
    let since = &row.standing.stamp.since;
    let from = contract.effective.as_ref().map(|date| date.as_str());
    let to = contract.expires.as_ref().map(|date| date.as_str());
    let status = words::plain(row.standing.status.as_str());
    let date = match row.standing.status {
        ContractStatus::InForce if from.is_some() => String::new(),
        ContractStatus::InForce => format!(", {}", dates::since(since)),
        _ => format!(" {}", dates::in_words(since)),
    };
    let runs = match (from, to.filter(|to| to != since)) {
        (Some(from), Some(to)) => {
            Some(format!("{} to {}", dates::in_brief(from), dates::in_brief(to)))
        }
        (Some(from), None) => Some(format!("from {}", dates::in_brief(from))),
        (None, Some(to)) => Some(format!("to {}", dates::in_brief(to))),
        (None, None) => None,
    };
    [format!("{}: {status}{date}", contract.contract)].into_iter().chain(runs).collect()
}

/// Where a matter stands; `at_first` before anything became of it.
fn standing<T>(matter: &Matter<T>, at_first: &str) -> String {
    let stamp = &matter.standing.stamp;
    if stamp.set_by == matter.id {
        return at_first.to_owned();
    }
    format!("{} {}", words::plain(matter.standing.status), dates::in_brief(&stamp.since))
}
