//! What is measured and what is said.

use dispute_core::event::Fact;
use dispute_core::event::people::Standard;
use dispute_core::event::public::Impact;
use dispute_core::{EventId, Instant};
use dispute_projection::Dated;

use super::{View, ids};
use crate::render::sheet::Sheet;
use crate::render::text::flat;
use crate::render::{Tone, dates, words};

/// How many impacts are shown.
const IMPACTS: usize = 2;
/// How many statements are shown.
const STATEMENTS: usize = 2;

type Measured = Dated<(Impact, Option<Standard>)>;

impl View<'_> {
    /// Impacts and statements.
    pub(super) fn public(&self, sheet: &mut Sheet) {
        self.impacts(sheet);
        self.statements(sheet);
    }

    /// The latest impact of each metric, those held against a standard first.
    fn impacts(&self, sheet: &mut Sheet) {
        let mut latest: Vec<&Measured> = Vec::new();
        for row in self.state.impacts.iter().rev() {
            let is_same = |other: &Measured| other.what.0.metric == row.what.0.metric;
            if !latest.iter().any(|other| is_same(other)) {
                latest.push(row);
            }
        }
        latest.sort_by_key(|row| row.what.1.is_none());
        for (n, row) in latest.iter().take(IMPACTS).enumerate() {
            let label = if n == 0 { "IMPACT" } else { "" };
            let body = self.impact(row);
            let most = if row.what.1.is_some() { 2 } else { 1 };
            sheet.tall_row((Tone::Strong, label), (Tone::Plain, &body), &ids([&row.id]), most);
        }
        let shown = latest.len().min(IMPACTS);
        sheet.leave_out(self.state.impacts.len().saturating_sub(shown), "impact");
    }

    fn impact(&self, row: &Measured) -> String {
        let (impact, standard) = &row.what;
        let metric = words::plain(impact.metric.as_str());
        let comparator = words::comparator(impact.comparator);
        let amount = words::amount(&impact.value, &impact.unit);
        let claimant = self.claimant(&row.id);
        let mut facts = vec![format!("{metric}: {comparator}{amount}")];
        if let Some(standard) = standard {
            let limit = &standard.limit;
            let comparison = words::comparison(limit.op);
            let amount = words::amount(&limit.value, &limit.unit);
            facts.push(format!("law: {comparison} {amount}"));
        }
        match (impact.breach, claimant) {
            (Some(breach), Some(who)) => facts.push(format!("breach {breach} by {who}")),
            (Some(breach), None) => facts.push(format!("breach {breach}")),
            (None, Some(who)) => facts.push(format!("says {who}")),
            (None, None) => {}
        }
        if let Some(scope) = &impact.scope {
            facts.push(flat(scope));
        }
        let period = impact.period.as_ref().map(|period| period.as_str());
        facts.push(dates::in_column(period.unwrap_or(&row.occurred)));
        facts.join(" · ")
    }

    /// The last words of each side, the latest first; of anybody where no side has spoken.
    fn statements(&self, sheet: &mut Sheet) {
        let opened = &self.state.opened;
        let sides = || opened.employers.iter().chain(&opened.unions);
        let is_side = |who: &str| sides().any(|party| party.as_str() == who);
        let last_by = &self.state.statements.last_by;
        let mut said: Vec<(&str, &EventId)> =
            last_by.iter().map(|(who, id)| (who.as_str(), id)).collect();
        said.sort_by_key(|(_, id)| std::cmp::Reverse(self.place(id)));
        let by_sides = said.iter().filter(|(who, _)| is_side(who)).count();
        let shown: Vec<_> = said
            .iter()
            .filter(|(who, _)| by_sides == 0 || is_side(who))
            .take(if by_sides == 0 { 1 } else { STATEMENTS })
            .collect();
        for (n, (who, id)) in shown.iter().enumerate() {
            let Some(Fact::Statement(statement)) = self.fact(id) else { continue };
            let label = if n == 0 { "SAID LAST" } else { "" };
            let who =
                if statement.on_behalf_of.is_some() { self.names.short(who) } else { flat(who) };
            let date = dates::in_brief(self.date(id));
            let body = format!("{who}, {date}: {}", words::quoted(&statement.text));
            sheet.tall_row((Tone::Strong, label), (Tone::Plain, &body), &ids([*id]), 2);
        }
        let count = usize::try_from(self.state.statements.count).unwrap_or(usize::MAX);
        sheet.leave_out(count.saturating_sub(shown.len()), "statement");
    }

    /// What orders statements of several speakers.
    fn place(&self, id: &EventId) -> (Option<Instant>, Option<usize>) {
        let n = self.record.position(id);
        (n.and_then(|n| self.record.span(n).latest), n)
    }
}
