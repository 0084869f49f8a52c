//! Mediation and the like.

use crate::dispute::Step;
use crate::document::Document;

pub(crate) fn offer(step: &mut Step<'_>) -> Document {
    const PROCEDURES: [&str; 6] = [
        "mediation",
        "mediation",
        "conciliation",
        "fact-finding",
        "inquiry",
        "voluntary-arbitration",
    ];
    step.dispute.open.offer = Some((step.id, 0));
    let document = step
        .document("mediation-offer")
        .text("procedure", step.dice.pick(&PROCEDURES))
        .text("by", step.bodies.mediator)
        .texts("to", &step.both())
        .text("authority", step.dice.words(4, 10));
    if step.dice.once_in(8) { document.put("compelled", true) } else { document }
}

/// The next step of the procedure that is offered, or a first one without an offer.
pub(crate) fn mediation(step: &mut Step<'_>) -> Document {
    const STEPS: [&str; 5] = ["scheduled", "started", "suspended", "resumed", "concluded"];
    let (of, at) = match step.dispute.open.offer {
        Some((of, at)) => (Some(of), at),
        None => (None, 0),
    };
    let status = STEPS[at];
    step.dispute.open.offer = (at + 1 < STEPS.len()).then_some((of.unwrap_or(step.id), at + 1));
    let document = step.document("mediation");
    let document = match of {
        Some(of) => document.text("of", of),
        None => document.text("procedure", "mediation"),
    };
    let document =
        document.text("status", status).texts("neutrals", &[step.bodies.mediator.to_string()]);
    match status {
        "scheduled" => document.text("scheduled_for", step.in_days(2, 20)),
        "suspended" => {
            let (by, _) = step.side();
            document.text("by", step.party(by))
        }
        "concluded" => document.text("result", step.dice.pick(&["settled", "failed"])),
        _ => document,
    }
}

pub(crate) fn report(step: &mut Step<'_>) -> Document {
    let of = step.dispute.open.offer.map(|(id, _)| id);
    step.document("report")
        .text("body", step.bodies.mediator)
        .put("binding", false)
        .text("text", step.dice.words(20, 30))
        .text_if("of", of)
        .put("items", step.items())
}
