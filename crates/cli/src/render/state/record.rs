//! What there is to say about the record itself: what may have happened, what is not known, what
//! was corrected, what is unusual.

use dispute_core::EventId;
use dispute_core::event::Fact;
use dispute_projection::OrderSensitivity;

use super::{View, ids};
use crate::render::sheet::Sheet;
use crate::render::{Tone, warnings, words};

/// How many warnings are shown.
const WARNINGS: usize = 5;

impl View<'_> {
    /// Possible events, gaps, links, other accounts, corrections.
    pub(super) fn about_the_record(&self, sheet: &mut Sheet) {
        let possible = &self.state.possible;
        if !possible.is_empty() {
            let ids: Vec<&str> = possible.iter().map(EventId::as_str).collect();
            let events = words::counted(possible.len(), "more event");
            let body = format!("{events} may have happened by then: {}", ids.join(" "));
            sheet.tall_row((Tone::Strong, "PERHAPS"), (Tone::Plain, &body), &[], 2);
        }
        self.gaps(sheet);
        self.versions(sheet);
        self.corrections(sheet);
        self.links(sheet);
    }

    fn links(&self, sheet: &mut Sheet) {
        for row in self.state.links.iter().rev().take(1) {
            let other = match (&row.what.other, &row.what.other_title) {
                (Some(other), _) => other.as_str().to_owned(),
                (None, title) => title.clone().unwrap_or_default(),
            };
            let body = format!("{}: {other}", words::plain(row.what.relation.as_str()));
            sheet.row("LINKED", &body, &ids([&row.id]));
        }
        sheet.leave_out(self.state.links.len().saturating_sub(1), "link");
    }

    fn gaps(&self, sheet: &mut Sheet) {
        let Some(last) = self.state.gaps.last() else { return };
        let Some(Fact::Gap(gap)) = self.fact(last) else { return };
        sheet.row("NOT KNOWN", &gap.text, &ids([last]));
        sheet.leave_out(self.state.gaps.len().saturating_sub(1), "gap");
    }

    fn versions(&self, sheet: &mut Sheet) {
        let versions = &self.state.versions;
        if versions.is_empty() {
            return;
        }
        let others: usize = versions.iter().map(|(_, others)| others.len()).sum();
        let body = format!(
            "{} of {} on record",
            words::counted(others, "other account"),
            words::counted(versions.len(), "fact"),
        );
        sheet.row("VERSIONS", &body, &ids(versions.iter().map(|(id, _)| id)));
    }

    fn corrections(&self, sheet: &mut Sheet) {
        let parts: [(&str, &[EventId]); 3] = [
            ("amended", &self.state.amended),
            ("retracted", &self.state.retracted),
            ("redacted", &self.state.redacted),
        ];
        let corrected = parts.iter().filter(|(_, ids)| !ids.is_empty());
        let body: Vec<String> =
            corrected.clone().map(|(word, ids)| format!("{} {word}", ids.len())).collect();
        if !body.is_empty() {
            let rows = ids(corrected.flat_map(|(_, ids)| *ids));
            sheet.row("CORRECTED", &body.join(" · "), &rows);
        }
    }

    /// What is unusual, the latest first.
    pub(super) fn warnings(&self, sheet: &mut Sheet) {
        for warning in self.state.warnings.iter().rev().take(WARNINGS) {
            warnings::row(sheet, warning);
        }
        let rest = self.state.warnings.len().saturating_sub(WARNINGS);
        sheet.leave_out(rest, "warning");
        sheet.tell_left_out(&format!("dispute show {} --json", self.state.dispute));
    }
}

/// What hangs on an order that the dates leave open.
pub(super) fn order(sheet: &mut Sheet, sensitivity: &OrderSensitivity) {
    open_order(sheet, sensitivity);
    if sensitivity.untried > 0 {
        let pairs = words::counted(sensitivity.untried, "pair");
        let body =
            format!("the dates leave open {pairs} of events of which not both orders were tried");
        sheet.tall_row((Tone::Strong, "ORDER"), (Tone::Plain, &body), &[], 2);
    }
}

fn open_order(sheet: &mut Sheet, sensitivity: &OrderSensitivity) {
    let Some(first) = sensitivity.found.first() else { return };
    let pairs: Vec<&[EventId; 2]> = sensitivity.found.iter().map(|one| &one.ids).collect();
    let others = sensitivity.found.iter().filter(|one| one.ids == first.ids).map(|one| &one.key);
    let keys: Vec<&str> = others.map(String::as_str).collect();
    let [one, other] = &first.ids;
    let body = format!(
        "the dates leave open whether {other} came before {one}; then otherwise: {}",
        keys.join(", ")
    );
    sheet.tall_row((Tone::Strong, "ORDER"), (Tone::Plain, &body), &ids([one, other]), 2);
    let rest: std::collections::BTreeSet<_> =
        pairs.into_iter().filter(|pair| **pair != first.ids).collect();
    sheet.leave_out(rest.len(), "open order");
}
