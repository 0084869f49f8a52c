//! Corrections. They have no dispute and no date of their own.

use crate::dispute::Step;
use crate::document::Document;
use crate::public;

pub(crate) fn amendment(step: &mut Step<'_>) -> Document {
    let place = step.dice.below(4) as usize;
    let Some(told) = step.dispute.reported[place] else { return public::impact(step) };
    let set = match told.kind {
        "impact" if step.dice.once_in(2) => format!(r#"{{"value":{}}}"#, step.dice.below(5000)),
        _ if step.dice.once_in(4) => r#"{"certainty":"confirmed"}"#.to_owned(),
        _ => format!(r#"{{"note":"{}"}}"#, step.dice.words(4, 16)),
    };
    Document::new("amendment")
        .text("id", step.id)
        .text("of", told.id)
        .put("set", set)
        .text("reason", step.dice.words(4, 12))
}

/// Of a statement or an impact; at times of an earlier retraction, which reinstates.
pub(crate) fn retraction(step: &mut Step<'_>) -> Document {
    let of = match step.dispute.open.retraction.take() {
        Some(of) if step.dice.once_in(4) => of,
        _ => {
            let place = step.dice.below(4) as usize;
            let Some(told) = step.dispute.reported[place].take() else {
                return public::statement(step);
            };
            step.dispute.open.retraction = Some(step.id);
            told.id
        }
    };
    Document::new("retraction")
        .text("id", step.id)
        .text("of", of)
        .text("reason", step.dice.words(4, 12))
}
