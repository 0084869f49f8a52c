//! Issues: positions, and what is agreed.

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::Slug;
use dispute_core::event::Fact;
use dispute_core::event::value::Item;

use super::Happening::Event as Happens;
use super::Story;

impl Story<'_> {
    pub(super) fn issues(&self) -> Vec<String> {
        type Place = (Slug, Option<Slug>);
        let mut positions: BTreeMap<Place, BTreeMap<String, String>> = BTreeMap::new();
        let mut agreed: BTreeMap<Place, String> = BTreeMap::new();
        for n in self.events(self.len()) {
            let id = self.naive.id(n);
            if let (Fact::Proposal(made), Some(row)) =
                (self.naive.fact(n), self.proposal(self.len(), n))
            {
                let unit = made.unit.as_ref().map(|unit| unit.0.clone());
                for item in &made.items {
                    let position = format!("{id} {} {}", row.status.word, item.terms);
                    let place = (item.issue.clone(), unit.clone());
                    positions.entry(place).or_default().insert(made.by.to_string(), position);
                }
            }
            let terms = match (self.naive.fact(n), self.agreement(self.len(), n)) {
                (Fact::Agreement(_), Some(status))
                    if matches!(status.word, "standing" | "partly-failed") =>
                {
                    self.terms(n)
                }
                (Fact::Report(report), _) if report.binding => {
                    report.items.iter().flatten().map(|item| (None, item.clone())).collect()
                }
                _ => Vec::new(),
            };
            for (unit, item) in terms {
                agreed.insert((item.issue.clone(), unit), format!("{id} {}", item.terms));
            }
        }
        let mut places: BTreeSet<&Place> = positions.keys().collect();
        places.extend(agreed.keys());
        let shown = places.into_iter().map(|place| {
            let positions = positions.get(place).cloned().unwrap_or_default();
            let positions: Vec<String> = positions
                .into_iter()
                .map(|(party, position)| format!("{party}:{position}"))
                .collect();
            let unit = place.1.as_ref().map_or("null".to_owned(), ToString::to_string);
            let agreed = agreed.get(place).map_or("null", String::as_str);
            format!("{} {unit} [{}] {agreed}", place.0, positions.join(","))
        });
        shown.collect()
    }

    /// The terms of an agreement, each with its unit: its items, else those of its proposals, else
    /// those of the agreement that it carries further, but for what failed of any of them.
    pub(super) fn terms(&self, g: usize) -> Vec<(Option<Slug>, Item)> {
        let Fact::Agreement(made) = self.naive.fact(g) else { return Vec::new() };
        let mut proposals: Vec<usize> =
            made.proposals.iter().flatten().filter_map(|id| self.naive.target(id)).collect();
        proposals.sort_by_key(|p| self.place(*p));
        let unit_of = |p: usize| match self.naive.fact(p) {
            Fact::Proposal(proposal) => proposal.unit.as_ref().map(|unit| unit.0.clone()),
            _ => None,
        };
        let own = made.unit.as_ref().map(|unit| unit.0.clone());
        let items = made.items.as_deref().unwrap_or_default();
        let mut terms: Vec<(Option<Slug>, Item)> = Vec::new();
        if items.is_empty() {
            for p in &proposals {
                let Fact::Proposal(proposal) = self.naive.fact(*p) else { continue };
                let unit = own.clone().or(unit_of(*p));
                terms.extend(proposal.items.iter().map(|item| (unit.clone(), item.clone())));
            }
        } else {
            let units: BTreeSet<Option<Slug>> = match &own {
                None if !proposals.is_empty() => proposals.iter().map(|p| unit_of(*p)).collect(),
                own => BTreeSet::from([own.clone()]),
            };
            for unit in units {
                terms.extend(items.iter().map(|item| (unit.clone(), item.clone())));
            }
        }
        let further = self.naive.target_of(made.of.as_ref());
        if let Some(carried) =
            further.filter(|of| terms.is_empty() && self.place(*of) < self.place(g))
        {
            let under = |(unit, item): (Option<Slug>, Item)| (own.clone().or(unit), item);
            terms = self.terms(carried).into_iter().map(under).collect();
        }
        let failed = self.failed_issues(g);
        terms.retain(|(_, item)| !failed.contains(&item.issue));
        terms
    }

    /// The issues on which an agreement failed, while nothing had carried it further.
    pub(super) fn failed_issues(&self, g: usize) -> BTreeSet<Slug> {
        let mut failed = BTreeSet::new();
        for (at, happening) in self.after(self.len(), g) {
            let Happens(n) = happening else { continue };
            if let Fact::AgreementFailed(said) = self.naive.fact(n)
                && self.naive.target(&said.of) == Some(g)
                && self.agreement(at, g).is_some_and(|status| status.word != "superseded")
            {
                failed.extend(said.issues.iter().flatten().cloned());
            }
        }
        failed
    }
}
