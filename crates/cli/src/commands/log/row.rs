//! A row.

use dispute_core::event::Event;
use dispute_core::{Beside, Json, Record, Span};
use dispute_projection::AsOf;

use super::Order;
use crate::commands::Context;
use crate::error::Result;
use crate::ledger::reading::Seal;
use crate::render;

/// How rows look.
pub(super) struct Rows {
    as_of: AsOf,
    shape: Shape,
}

enum Shape {
    Json,
    Words { names: render::Names, options: render::Options, order: Order },
}

impl Rows {
    /// Rows at a cut; names are those of parties, which only words need.
    pub(super) fn new(
        as_of: AsOf,
        order: Order,
        context: &Context,
        names: impl FnOnce() -> Result<render::Names>,
    ) -> Result<Self> {
        let shape = if context.output.json {
            Shape::Json
        } else {
            Shape::Words { names: names()?, options: context.output.options(), order }
        };
        Ok(Self { as_of, shape })
    }

    /// What a row of a ledger tells of, beside the event.
    pub(super) fn beside(&self) -> Beside {
        match self.shape {
            Shape::Json => Beside::Corrections,
            Shape::Words { .. } => Beside::Targets,
        }
    }

    /// The row of an event, with its seal, where it may have begun to happen by the date asked for.
    pub(super) fn row(
        &self,
        record: &Record,
        n: usize,
        span: Span,
        seal: Option<&Seal>,
    ) -> Option<String> {
        let occurrence = occurrence(record, n, span, self.as_of)?;
        Some(match &self.shape {
            Shape::Json => format!("{}\n", row_to_json(record, seal, n, occurrence)),
            Shape::Words { names, options, order: Order::Recorded } => {
                render::log_row_in_order_of_recording(record, n, names, occurrence, options)
            }
            Shape::Words { names, options, order: Order::Effective } => {
                render::log_row(record, n, names, occurrence, options)
            }
        })
    }
}

/// Whether an event has happened by the date asked for, or may have. A correction counts from its
/// recording, whatever date that is.
pub(super) fn occurrence(
    record: &Record,
    n: usize,
    span: Span,
    as_of: AsOf,
) -> Option<render::Occurrence> {
    let is_correction = record.get(n)?.kind.is_about_the_record();
    if is_correction || as_of.includes(span) && as_of.has_begun(span) {
        return Some(render::Occurrence::Certain);
    }
    as_of.has_begun(span).then_some(render::Occurrence::Possible)
}

/// `{sequence, id, dispute, kind, recorded_at, recorded_by, digest, event}`, and `amended` with the
/// keys that read otherwise now, and `possible` where it may not have happened by the date asked for.
fn row_to_json(
    record: &Record,
    seal: Option<&Seal>,
    n: usize,
    occurrence: render::Occurrence,
) -> Json {
    let Some(event) = record.get(n) else { return Json::Null };
    let mut members = vec![
        ("sequence".to_owned(), Json::count(event.sequence.get())),
        ("id".to_owned(), Json::text(&event.id)),
        ("dispute".to_owned(), Json::text_or_null(event.dispute.as_ref())),
        ("kind".to_owned(), Json::text(event.kind)),
        ("recorded_at".to_owned(), Json::text(event.recorded_at)),
        ("recorded_by".to_owned(), Json::text_or_null(seal.map(|seal| &seal.recorded_by))),
        ("digest".to_owned(), Json::text_or_null(seal.map(|seal| seal.digest))),
        ("event".to_owned(), event.event.as_ref().map_or(Json::Null, Event::to_json)),
    ];
    if let Some(amended) = amended_keys(record, n) {
        members.push(("amended".to_owned(), amended));
    }
    if occurrence == render::Occurrence::Possible {
        members.push(("possible".to_owned(), Json::Bool(true)));
    }
    Json::Object(members)
}

/// The keys that read otherwise now, null where one was taken away; none where nothing does.
fn amended_keys(record: &Record, n: usize) -> Option<Json> {
    let (was, is) = (record.get(n)?.event.as_ref()?, record.document(n)?);
    if std::ptr::eq(was, is) {
        return None;
    }
    let (Json::Object(was), Json::Object(is)) = (was.to_json(), is.to_json()) else {
        return None;
    };
    let value = |members: &[(String, Json)], key: &str| {
        members.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
    };
    let changed = is.iter().filter(|(key, now)| value(&was, key).as_ref() != Some(now)).cloned();
    let gone = was.iter().filter(|(key, _)| value(&is, key).is_none());
    let gone = gone.map(|(key, _)| (key.clone(), Json::Null));
    let keys: Vec<(String, Json)> = changed.chain(gone).collect();
    (!keys.is_empty()).then_some(Json::Object(keys))
}
