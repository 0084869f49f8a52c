//! Charges, orders, findings.

use crate::dispute::{EMPLOYER, Step, UNION};
use crate::document::Document;

pub(crate) fn charge(step: &mut Step<'_>) -> Document {
    let (by, against) = step.side();
    step.dispute.open.charge = Some(step.id);
    let number = 100_000 + step.dice.below(900_000);
    step.document("charge")
        .text("forum", "NLRB")
        .text("by", step.party(by))
        .text("against", step.party(against))
        .texts("allegations", &[step.dice.words(6, 12), step.dice.words(4, 10)])
        .text("case_number", format_args!("21-CA-{number}"))
        .put("external_ids", format_args!(r#"{{"nlrb":"21-CA-{number}"}}"#))
}

pub(crate) fn disposed(step: &mut Step<'_>) -> Document {
    let Some(of) = step.dispute.open.charge.take() else { return charge(step) };
    let disposition =
        step.dice.pick(&["withdrawn", "dismissed", "settled", "complaint", "upheld", "appealed"]);
    step.document("charge-disposed").text("of", of).text("disposition", disposition)
}

pub(crate) fn order(step: &mut Step<'_>) -> Document {
    step.dispute.open.order = Some(step.id);
    step.document("order")
        .text("body", step.bodies.court)
        .text("order", step.dice.pick(&["injunction", "arbitrate", "hold-vote", "other"]))
        .texts("to", &[step.party(UNION).to_string()])
        .text("deadline", step.in_days(5, 40))
        .text("requested_by", step.party(EMPLOYER))
}

pub(crate) fn answered(step: &mut Step<'_>) -> Document {
    let Some(of) = step.dispute.open.order.take() else { return order(step) };
    step.document("order-answered")
        .text("of", of)
        .text("by", step.party(UNION))
        .text("answer", step.dice.pick(&["complied", "defied", "appealed", "stayed"]))
}

pub(crate) fn finding(step: &mut Step<'_>) -> Document {
    let of = step.dispute.open.finding.filter(|_| step.dice.once_in(2));
    step.dispute.open.finding = Some(step.id);
    let stage = match of {
        Some(_) => step.dice.pick(&["settled", "plan", "monitoring", "closed"]),
        None => step.dice.pick(&["opened", "issued"]),
    };
    let penalty = format!(r#"{{"amount":{},"currency":"USD"}}"#, 1000 * (1 + step.dice.below(900)));
    step.document("finding")
        .text("body", step.bodies.board)
        .text("against", step.party(EMPLOYER))
        .text("stage", stage)
        .text_if("of", of)
        .text("standard", "ten-days")
        .text("result", step.dice.words(6, 14))
        .put("penalty", penalty)
        .texts("corrective_actions", &[step.dice.words(4, 10)])
}
