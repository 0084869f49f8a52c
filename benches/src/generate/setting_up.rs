//! Units, contracts, links, closings.

use crate::calendar::date;
use crate::dispute::{EMPLOYER, Step, UNION};
use crate::document::Document;

pub(crate) fn unit(step: &mut Step<'_>) -> Document {
    // Two units at most; what comes after counts one of them again.
    let unit = if step.dispute.units < 2 { step.dispute.units + 1 } else { 1 + step.dice.below(2) };
    step.dispute.units = step.dispute.units.max(unit);
    let counted = step.day().saturating_sub(step.dice.below(90));
    step.document("unit")
        .text("unit", format_args!("u{unit}"))
        .text("description", step.dice.words(8, 14))
        .text("employer", step.party(EMPLOYER))
        .text("union", step.party(UNION))
        .put("size", 40 + step.dice.below(4000))
        .text("size_as_of", date(counted))
}

pub(crate) fn contract(step: &mut Step<'_>) -> Document {
    const LATER: [&str; 4] = ["in-force", "expired", "extended", "terminated"];
    let is_new = step.dispute.contracts == 0 || step.dice.once_in(4);
    step.dispute.contracts += u64::from(is_new);
    let contract = step.dispute.contracts;
    let replaces = (is_new && contract > 1).then(|| format!("c{}", contract - 1));
    let status = if is_new { "in-force" } else { step.dice.pick(&LATER) };
    step.document("contract")
        .text("contract", format_args!("c{contract}"))
        .text("status", status)
        .text_if("unit", step.unit())
        .text("effective", date(step.day()))
        .text("expires", step.in_days(300, 1000))
        .text_if("replaces", replaces)
}

pub(crate) fn linked(step: &mut Step<'_>) -> Document {
    const RELATIONS: [&str; 7] = [
        "same-parties",
        "sibling-unit",
        "same-campaign",
        "predecessor",
        "successor",
        "sympathy",
        "spillover",
    ];
    let other = step.dice.below(step.disputes);
    let relation = step.dice.pick(&RELATIONS);
    let document = step.document("dispute-linked").text("relation", relation);
    if other == step.n {
        document.text("other_title", step.dice.words(4, 8))
    } else {
        document.text("other", format_args!("dispute-{other}"))
    }
}

pub(crate) fn closed(step: &mut Step<'_>) -> Document {
    let outcome = step.dice.pick(&["settled", "withdrawn", "decided", "lapsed", "merged"]);
    step.document("dispute-closed").text("outcome", outcome).text("summary", step.dice.words(8, 20))
}
