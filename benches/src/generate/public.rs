//! What is said and measured: half of a record, entered late at times, vaguely dated at times.

use crate::calendar::{date, month};
use crate::dispute::Step;
use crate::document::Document;

/// When it happened, as far as it is known. Nothing refers to these but loosely, so that they can
/// have any date.
fn when(step: &mut Step<'_>) -> String {
    let day = step.day();
    let earlier = day.saturating_sub(1 + step.dice.below(60));
    match step.dice.below(20) {
        // Entered late.
        0..=2 => date(earlier),
        3 => month(day),
        4 => format!("{}/{}", date(day.saturating_sub(step.dice.below(5))), date(day)),
        5 => format!("{}~", date(day)),
        6 => format!("{}?", date(earlier)),
        7 => format!("../{}", date(day)),
        8 => format!("{}T{:02}:30", date(earlier), 7 + step.dice.below(14)),
        9 => format!("{}T{:02}:15:00-07:00", date(earlier), 7 + step.dice.below(14)),
        _ => date(day),
    }
}

pub(crate) fn statement(step: &mut Step<'_>) -> Document {
    const STANCES: [&str; 8] =
        ["blames", "criticizes", "praises", "denies", "urges", "threatens", "informs", "contests"];
    let on = when(step);
    step.keep("statement");
    said(step, &on).text("stance", step.dice.pick(&STANCES))
}

fn said(step: &mut Step<'_>, on: &str) -> Document {
    let (by, other) = step.side();
    let about = match step.dispute.reported[0] {
        Some(told) if told.id.0 != step.id.0 && step.dice.once_in(6) => told.id.to_string(),
        _ => step.party(other).to_string(),
    };
    let title = step.dice.words(3, 6);
    let source = format!(
        r#"[{{"url":"https://news.example/{}","title":"{title}","publisher":"The Daily","interest":"press"}}]"#,
        step.id
    );
    step.document_on("statement", on)
        .text("speaker", format_args!("Speaker {}", step.dice.below(9)))
        .text("on_behalf_of", step.party(by))
        .text("text", step.dice.words(8, 22))
        .texts("about", &[about])
        .text("channel", step.dice.pick(&["press release", "interview", "leaflet"]))
        .put("sources", source)
}

pub(crate) fn impact(step: &mut Step<'_>) -> Document {
    let on = when(step);
    step.keep("impact");
    measured(step, &on)
}

fn measured(step: &mut Step<'_>, on: &str) -> Document {
    let (by, _) = step.side();
    let is_held_against_a_standard = step.dice.once_in(4);
    let metric =
        if is_held_against_a_standard { "follow-up-wait" } else { "appointments-canceled" };
    let document = step
        .document_on("impact", on)
        .text("metric", metric)
        .put("value", step.dice.below(5000))
        .text("unit", if is_held_against_a_standard { "business-days" } else { "appointments" })
        .text("comparator", step.dice.pick(&["exact", "at-least", "at-most", "about"]))
        .text("scope", step.dice.words(6, 14))
        .text("measured_by", step.party(by));
    if is_held_against_a_standard {
        document.text("standard", "ten-days").text("breach", "claimed")
    } else {
        document
    }
}

/// Another account of a statement or an impact.
pub(crate) fn version(step: &mut Step<'_>) -> Document {
    let place = step.dice.below(4) as usize;
    let Some(told) = step.dispute.reported[place] else { return statement(step) };
    let on = when(step);
    let (by, _) = step.side();
    let document = match told.kind {
        "statement" => said(step, &on),
        _ => measured(step, &on),
    };
    document.text("version_of", told.id).text("claimed_by", step.party(by))
}

pub(crate) fn gap(step: &mut Step<'_>) -> Document {
    let told = step.dispute.reported.iter().flatten().next().map(|told| told.id.to_string());
    let document = step.document("gap").text("text", step.dice.words(10, 20));
    match told {
        Some(id) => document.texts("about", &[id]),
        None => document,
    }
}
