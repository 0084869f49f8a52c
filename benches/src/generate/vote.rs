//! Votes and their results.

use crate::dispute::{Step, UNION};
use crate::document::Document;

pub(crate) fn called(step: &mut Step<'_>) -> Document {
    let of = step.dispute.open.agreement;
    let purpose = if of.is_some() { "ratification" } else { "strike-authorization" };
    step.dispute.open.vote = Some((step.id, purpose));
    let opens = 3 + step.dice.below(10);
    let day = step.day();
    step.document("vote-called")
        .text("purpose", purpose)
        .text("by", step.party(UNION))
        .text_if("of", of)
        .text("opens", crate::calendar::date(day + opens))
        .text("closes", crate::calendar::date(day + opens + step.dice.below(4)))
        .text("rule", step.dice.words(4, 8))
}

pub(crate) fn result(step: &mut Step<'_>) -> Document {
    let Some((of, purpose)) = step.dispute.open.vote else { return called(step) };
    let (yes, no, spoiled) = (step.dice.below(2000), step.dice.below(900), step.dice.below(9));
    let cast = yes + no + spoiled;
    let stage = match step.dice.below(3) {
        0 => "running",
        1 => "official",
        _ => "final",
    };
    if stage == "official" {
        step.dispute.open.vote = None;
    }
    step.document("vote-result")
        .text("purpose", purpose)
        .text("by", step.party(UNION))
        .text("stage", stage)
        .text("of", of)
        .put("eligible", cast + step.dice.below(800))
        .put("cast", cast)
        .put("yes", yes)
        .put("no", no)
        .put("spoiled", spoiled)
        .text("outcome", if yes > no { "passed" } else { "failed" })
}
