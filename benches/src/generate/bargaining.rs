//! What happens at the table.

use crate::dispute::{EMPLOYER, ISSUES, Step, UNION};
use crate::document::Document;
use crate::third_party;

pub(crate) fn notice(step: &mut Step<'_>) -> Document {
    let (mut by, mut to) = step.side();
    let notice = if step.dice.once_in(2) {
        (by, to) = (UNION, EMPLOYER);
        step.dispute.open.notice = Some(step.id);
        "strike"
    } else {
        step.dice.pick(&["bargain", "dispute", "termination", "agency", "other"])
    };
    step.document("notice")
        .text("notice", notice)
        .text("by", step.party(by))
        .texts("to", &[step.party(to).to_string()])
        .text("effective", step.in_days(5, 20))
}

pub(crate) fn session(step: &mut Step<'_>) -> Document {
    let roll = step.dice.below(10);
    let (by, _) = step.side();
    let status = match roll {
        0 => "requested",
        1 | 2 => "scheduled",
        3 => step.dice.pick(&["cancelled", "declined", "walked-out"]),
        _ => "held",
    };
    let of = if roll > 2 { step.dispute.open.session.take() } else { None };
    if roll <= 2 {
        step.dispute.open.session = Some(step.id);
    }
    let document = step
        .document("session")
        .text("status", status)
        .texts("parties", &step.both())
        .text_if("of", of)
        .put("number", 1 + step.dice.below(60))
        .text("mode", step.dice.pick(&["direct", "mediated"]));
    match status {
        "scheduled" => document.text("scheduled_for", step.in_days(2, 20)),
        "held" => document.text("outcome", step.dice.words(6, 16)),
        _ => document.text("by", step.party(by)).text("outcome", step.dice.words(3, 8)),
    }
}

pub(crate) fn proposal(step: &mut Step<'_>) -> Document {
    let (by, other) = step.side();
    let own = step.dispute.open.proposals[by];
    let theirs = step.dispute.open.proposals[other];
    step.dispute.open.proposals[by] = Some(step.id);
    let replies_to = theirs.filter(|_| step.dice.once_in(2));
    let supersedes = own.filter(|_| replies_to.is_none() && step.dice.once_in(2));
    let form = match replies_to {
        Some(_) => "counter",
        None => step.dice.pick(&["proposal", "package", "supposal", "framework", "final-offer"]),
    };
    let to = if step.dice.once_in(2) { vec![step.party(other).to_string()] } else { Vec::new() };
    let mut document = step
        .document("proposal")
        .text("by", step.party(by))
        .text("form", form)
        .put("items", step.items())
        .text_if("replies_to", replies_to)
        .text_if("supersedes", supersedes)
        .text_if("unit", step.unit());
    if !to.is_empty() {
        document = document.texts("to", &to);
    }
    if step.dice.once_in(6) { document.text("expires", step.in_days(5, 40)) } else { document }
}

/// An answer to the other side's proposal, to a mediation offer, or to an agreement.
pub(crate) fn answer(step: &mut Step<'_>, kind: &'static str) -> Document {
    let (by, other) = step.side();
    let open = &step.dispute.open;
    let offer = open.offer.filter(|(_, steps)| *steps == 0).map(|(id, _)| id);
    let of = match step.dice.below(8) {
        0 | 1 => offer.or(open.proposals[other]),
        2 => open.agreement.or(open.proposals[other]),
        _ => open.proposals[other].or(offer),
    };
    let Some(of) = of else { return proposal(step) };
    let mut document = step.document(kind).text("of", of).text("by", step.party(by));
    if step.dice.once_in(6) {
        document = document.texts("issues", &[step.dice.pick(&ISSUES).to_owned()]);
    }
    match kind {
        "rejection" => document.text("reason", step.dice.words(6, 18)),
        _ if step.dice.once_in(4) => document.text("condition", step.dice.words(4, 10)),
        _ => document,
    }
}

/// A party takes back what it made.
pub(crate) fn withdrawal(step: &mut Step<'_>) -> Document {
    let (by, _) = step.side();
    let open = &mut step.dispute.open;
    let taken = match step.dice.below(4) {
        0 => open.notice.take().map(|of| (of, step.dispute.sides[UNION])),
        1 => open.announced.take().map(|of| (of, step.dispute.sides[UNION])),
        _ => open.proposals[by].take().map(|of| (of, step.dispute.sides[by])),
    };
    let Some((of, by)) = taken else { return proposal(step) };
    step.document("withdrawal").text("of", of).text("by", by).text("reason", step.dice.words(5, 14))
}

pub(crate) fn agreement(step: &mut Step<'_>) -> Document {
    let (by, _) = step.side();
    let proposals: Vec<String> =
        step.dispute.open.proposals[by].take().iter().map(ToString::to_string).collect();
    let of = step.dispute.open.agreement.filter(|_| step.dice.once_in(2));
    step.dispute.open.agreement = Some(step.id);
    let level = match of {
        Some(_) => step.dice.pick(&["settlement", "ratified", "executed"]),
        None => step.dice.pick(&["item", "item", "in-principle", "tentative", "interim"]),
    };
    let mut document = step
        .document("agreement")
        .text("level", level)
        .texts("parties", &step.both())
        .text_if("of", of);
    if !proposals.is_empty() {
        document = document.texts("proposals", &proposals);
    }
    document = document.put("items", step.items()).text_if("unit", step.unit());
    if level == "tentative" {
        let term =
            format!(r#"{{"from":"{}","to":"{}"}}"#, step.in_days(10, 20), step.in_days(400, 900));
        document =
            document.text("subject_to", "ratification").put("term", term).put("recommended", true);
    }
    document
}

pub(crate) fn agreement_failed(step: &mut Step<'_>) -> Document {
    let Some(of) = step.dispute.open.agreement.take() else { return agreement(step) };
    let cause = step.dice.pick(&["voted-down", "repudiated", "court", "other"]);
    step.document("agreement-failed").text("of", of).text("cause", cause)
}

pub(crate) fn impasse(step: &mut Step<'_>) -> Document {
    let (by, _) = step.side();
    let issues = [step.dice.pick(&ISSUES).to_owned()];
    step.document("impasse").text("by", step.party(by)).texts("issues", &issues)
}

/// The employer imposes its proposal.
pub(crate) fn implementation(step: &mut Step<'_>) -> Document {
    let Some(of) = step.dispute.open.proposals[EMPLOYER].take() else {
        return third_party::offer(step);
    };
    step.document("implementation").text("by", step.party(EMPLOYER)).text("of", of)
}
