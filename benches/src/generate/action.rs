//! Strikes from their announcement to the return to work.

use crate::dispute::{Step, UNION};
use crate::document::Document;

const FORMS: [&str; 8] = [
    "strike",
    "strike",
    "strike",
    "rotating-strike",
    "partial-strike",
    "overtime-ban",
    "picket",
    "protest",
];

pub(crate) fn announced(step: &mut Step<'_>) -> Document {
    let notice = step.dispute.open.notice.take();
    step.dispute.open.announced = Some(step.id);
    let from = step.day() + 5 + step.dice.below(15);
    let document = step
        .document("action-announced")
        .text("action", step.dice.pick(&FORMS))
        .text("by", step.party(UNION))
        .text("from", crate::calendar::date(from))
        .text_if("notice", notice);
    if step.dice.once_in(2) {
        document.text("to", crate::calendar::date(from + step.dice.below(6)))
    } else {
        document
    }
}

/// One at a time.
pub(crate) fn started(step: &mut Step<'_>) -> Document {
    if step.dispute.open.action.is_some() {
        return changed(step);
    }
    let announced = step.dispute.open.announced.take();
    step.dispute.open.action = Some(step.id);
    let document = step
        .document("action-started")
        .text("action", step.dice.pick(&FORMS))
        .text("by", step.party(UNION))
        .put("workers", 20 + step.dice.below(3000))
        .text_if("announced", announced)
        .text("cause", step.dice.pick(&["economic", "unfair-labor-practice", "recognition"]))
        .texts("sites", &[step.dice.words(2, 4), step.dice.words(2, 4)]);
    if step.dice.once_in(4) {
        document.text("to", step.in_days(1, 10))
    } else {
        document.put("open_ended", true)
    }
}

pub(crate) fn changed(step: &mut Step<'_>) -> Document {
    let Some(of) = step.dispute.open.action else { return started(step) };
    let document = step.document("action-changed").text("of", of);
    match step.dice.below(3) {
        0 => document.text("change", "expanded").put("joined", 1 + step.dice.below(500)),
        1 => document.text("change", "narrowed").put("left", 1 + step.dice.below(20)),
        _ => document
            .text("change", step.dice.pick(&["suspended", "resumed"]))
            .put("workers", 10 + step.dice.below(2000)),
    }
    .texts("sites", &[step.dice.words(2, 5)])
}

pub(crate) fn ended(step: &mut Step<'_>) -> Document {
    let Some(of) = step.dispute.open.action.take() else { return started(step) };
    step.dispute.open.ended = Some(of);
    step.document("action-ended")
        .text("of", of)
        .text("how", step.dice.pick(&["agreement", "ratification", "order", "unilateral"]))
        .put("workers", 10 + step.dice.below(2000))
}

pub(crate) fn return_to_work(step: &mut Step<'_>) -> Document {
    let Some(of) = step.dispute.open.ended.take() else { return ended(step) };
    step.document("return-to-work")
        .text("of", of)
        .text("from", step.in_days(1, 5))
        .text("terms", step.dice.words(6, 14))
}
