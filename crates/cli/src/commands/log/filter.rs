//! Which events are asked for.

use clap::ArgMatches;
use dispute_core::event::{Event, Kind};
use dispute_core::{Instant, Json, Record, Span, Zone};

use crate::commands::Context;
use crate::error::{CommandError, Result};

/// What is asked of an event.
pub(super) struct Filter {
    since: Option<Instant>,
    until: Option<Instant>,
    by: Option<String>,
    kinds: Vec<Kind>,
}

impl Filter {
    /// Reads it from the arguments; dates are read in a zone.
    pub(super) fn read(arguments: &ArgMatches, zone: Zone, context: &Context) -> Result<Self> {
        let (today, output) = (context.today, context.output);
        let given = |key: &str| arguments.get_one::<String>(key);
        let since = given("since").map(|text| today.since("since", text, zone, output));
        let until = given("until").map(|text| today.until("until", text, zone, output));
        let words = arguments.get_many::<String>("kind").into_iter().flatten();
        Ok(Self {
            since: since.transpose()?.flatten(),
            until: until.transpose()?.flatten(),
            by: given("by").cloned(),
            kinds: words.map(|word| kind(word)).collect::<Result<_>>()?,
        })
    }

    /// Whether it asks when events happened.
    pub(super) fn asks_for_dates(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// Whether an event that happened then is asked for.
    pub(super) fn takes_date(&self, span: Span) -> bool {
        let since = self.since.is_none_or(|since| span.latest.is_none_or(|end| end > since));
        since && self.until.is_none_or(|until| span.earliest.is_none_or(|start| start < until))
    }

    /// Whether an event that says this is asked for.
    pub(super) fn takes_fact(&self, record: &Record, n: usize) -> bool {
        let Some(event) = record.get(n) else { return false };
        let by = self
            .by
            .as_ref()
            .is_none_or(|party| record.document(n).is_some_and(|document| is_by(document, party)));
        by && (self.kinds.is_empty() || self.kinds.contains(&event.kind))
    }
}

fn kind(word: &str) -> Result<Kind> {
    let error = || {
        let near =
            Kind::ALL.iter().min_by_key(|kind| strsim::damerau_levenshtein(kind.as_str(), word));
        let near = near.map(|kind| format!("did you mean {kind}? ")).unwrap_or_default();
        CommandError::usage(format!("there is no kind of event `{word}`"))
            .hint(format!("{near}dispute help kinds lists them"))
    };
    Ok(Kind::parse(word).ok_or_else(error)?)
}

/// Whether a party did or said what an event tells.
fn is_by(event: &Event, party: &str) -> bool {
    let json = event.to_json();
    let keys = ["by", "body", "on_behalf_of", "measured_by", "party"];
    keys.iter().any(|key| json.get(key).and_then(Json::as_text) == Some(party))
}
