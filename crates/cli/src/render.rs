//! Stub until the rendering lands.
use crate::commands::show::Portrait;
use crate::output::Output;
use dispute_core::event::Event;
use dispute_core::{EventId, Record, Report, Slug, Zone};
use dispute_projection::dispute::warning::Warning;
use dispute_projection::{Entry, Known, Row, State};
pub(crate) mod dates {
    pub(crate) fn in_words(text: &str) -> String {
        text.to_owned()
    }
}
pub(crate) fn warnings(w: &[Warning], _: usize) -> String {
    w.iter().map(|w| format!("  ! {} {}: {}\n", w.code, w.event, w.text)).collect()
}
pub(crate) fn log_row(record: &Record, n: usize, _: Zone, _: Output) -> String {
    record.get(n).map(|e| format!("{} {}\n", e.id, e.kind)).unwrap_or_default()
}
pub(crate) fn list_rows(rows: &[Row], _: Output) -> String {
    rows.iter().map(|r| format!("{} {}\n", r.dispute, r.phase)).collect()
}
pub(crate) fn timeline_entry(_: &Record, e: &Entry<'_>, _: Zone, _: Output) -> String {
    format!("{} {:?}\n", e.step.id, e.changes.iter().map(|c| &c.part).collect::<Vec<_>>())
}
pub(crate) fn state(s: &State, _: &Known, _: &Record, _: Output) -> String {
    format!("{} {}\n", s.dispute, s.phase.status)
}
pub(crate) fn state_in_brief(s: &State, _: &Record, _: Output) -> String {
    format!("{} {}\n", s.dispute, s.phase.status)
}
pub(crate) fn event(_: &Record, p: &Portrait, _: &dispute_core::Entry, _: Output) -> String {
    format!("{}\n", p.n)
}
pub(crate) fn description(e: &Event, _: &[EventId], _: &[Slug], _: Output) -> String {
    format!("{}\n", e.to_json())
}
pub(crate) fn report(r: &Report, _: Output) -> String {
    r.findings
        .iter()
        .map(|f| format!("{} {:?} {}\n", f.code.as_str(), f.sequence, f.text))
        .collect::<String>()
        + &format!("{} events\n", r.events)
}
pub(crate) fn wrapped(start: &str, text: &str, _: usize) -> String {
    format!("{start}{text}\n")
}
