//! Where a dispute stands, on one screen: the important first, in plain words, with the events
//! behind every line at its right end.

mod headline;
mod issues;
mod law;
mod public;
mod record;
mod table;

use dispute_core::event::{Event, Fact};
use dispute_core::{EventId, Record};
use dispute_projection::dispute::phase::Phase;
use dispute_projection::{Known, OrderSensitivity, State};

use crate::render::names::Names;
use crate::render::sheet::Sheet;
use crate::render::{Options, Tone, dates};

/// A state with what its words are looked up in.
struct View<'a> {
    state: &'a State,
    record: &'a Record,
    names: Names,
}

/// The state of a dispute on one screen.
pub(crate) fn state(
    state: &State,
    sensitivity: &OrderSensitivity,
    known: &Known,
    record: &Record,
    options: &Options,
) -> String {
    let view = View::new(state, record);
    let mut sheet = Sheet::new(*options);
    sheet.title(&state.opened.title, state.dispute.as_str());
    sheet.paragraph(Tone::Plain, &cuts_in_words(state, known));
    sheet.space();
    view.headlines(&mut sheet);
    sheet.space();
    view.issues(&mut sheet);
    sheet.space();
    view.law(&mut sheet);
    view.public(&mut sheet);
    view.about_the_record(&mut sheet);
    record::order(&mut sheet, sensitivity);
    sheet.tell_left_out(&format!("dispute log {}", state.dispute));
    sheet.space();
    view.warnings(&mut sheet);
    sheet.into_text()
}

/// The first lines of a state: what it is about and where it stands.
pub(crate) fn state_in_brief(state: &State, record: &Record, options: &Options) -> String {
    let view = View::new(state, record);
    let mut sheet = Sheet::new(*options);
    sheet.title(&state.opened.title, state.dispute.as_str());
    sheet.paragraph(Tone::Plain, &moment_in_words(state));
    view.headlines(&mut sheet);
    sheet.into_text()
}

impl<'a> View<'a> {
    fn new(state: &'a State, record: &'a Record) -> Self {
        Self { state, record, names: Names::at(record, state.as_of) }
    }

    /// Where the dispute stands, what presses first.
    fn headlines(&self, sheet: &mut Sheet) {
        self.phase(sheet);
        if self.is_agreed() {
            self.agreements(sheet);
            self.votes(sheet);
            self.live_actions(sheet);
            self.procedures(sheet);
        } else {
            self.live_actions(sheet);
            self.procedures(sheet);
            self.agreements(sheet);
            self.votes(sheet);
        }
        self.talks(sheet);
        self.past_actions(sheet);
    }

    /// Whether an agreement comes before what it came out of.
    fn is_agreed(&self) -> bool {
        use Phase::{Closed, Settled, TentativeAgreement};
        matches!(self.state.phase.status, Settled | TentativeAgreement | Closed)
    }

    /// What an event says now.
    fn document(&self, id: &EventId) -> Option<&'a Event> {
        self.record.position(id).and_then(|n| self.record.document(n))
    }

    fn fact(&self, id: &EventId) -> Option<&'a Fact> {
        self.document(id).map(|event| &event.fact)
    }

    /// The date of an event, as recorded.
    fn date(&self, id: &EventId) -> &'a str {
        let date = self.document(id).and_then(|event| event.occurred.as_ref());
        date.map_or("", |date| date.as_str())
    }

    /// Who asserts an event, where the recorder does not vouch for it.
    fn claimant(&self, id: &EventId) -> Option<String> {
        let party = self.document(id)?.common.claimed_by.as_ref()?;
        Some(self.names.short(party.as_str()))
    }
}

/// The date that was asked for.
fn moment_in_words(state: &State) -> String {
    let zone = state.zone();
    let Some(on) = state.as_of.on else {
        return format!("now, {}, {zone}", dates::moment(state.as_of.now, zone));
    };
    let day = zone.date_of(on.before());
    if zone.end_of(day) == on {
        format!("end of {}, {zone}", dates::day_in_words(day))
    } else {
        format!("up to {}, {zone}", dates::moment(on, zone))
    }
}

/// The date that was asked for, and what was known.
pub(super) fn cuts_in_words(state: &State, known: &Known) -> String {
    let digest = known.digest.get(..8).unwrap_or(&known.digest);
    let head = format!("#{} {digest}", known.sequence);
    let moment = moment_in_words(state);
    if state.as_of.known.is_none() {
        return format!("{moment} · as known now · {head}");
    }
    let recorded = dates::moment(known.recorded_at, state.zone());
    format!("{moment} · as known at {head}, recorded {recorded}")
}

/// The ids of a row, none twice.
fn ids<'a>(ids: impl IntoIterator<Item = &'a EventId>) -> Vec<String> {
    let mut unique: Vec<String> = Vec::new();
    for id in ids {
        if !unique.iter().any(|known| known == id.as_str()) {
            unique.push(id.to_string());
        }
    }
    unique
}
