//! Numbers that cannot be true together, and documents that say the same twice.

use std::collections::HashMap;

use dispute_core::event::public::{Comparator, Impact};
use dispute_core::event::value::NumberOrText;
use dispute_core::event::{Event, Fact};
use dispute_core::{EventId, Json};

/// Impacts that measure the same thing, in the order of recording.
#[derive(Debug, Default)]
pub(crate) struct Measurements<'a> {
    by_measure: HashMap<Measure, Bounds<'a>>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Measure {
    metric: String,
    unit: String,
    period: String,
    scope: Option<String>,
}

/// The tightest bounds that the impacts of one measure set so far, each with its event.
#[derive(Debug, Default)]
struct Bounds<'a> {
    least: Option<(i128, &'a EventId)>,
    most: Option<(i128, &'a EventId)>,
    text: Option<(&'a str, &'a EventId)>,
    /// The first text that differs from the first.
    other_text: Option<&'a EventId>,
}

impl<'a> Measurements<'a> {
    /// Takes the next impact in the order of recording; gives an earlier one that it contradicts.
    pub(crate) fn contradicted(
        &mut self,
        id: &'a EventId,
        event: &'a Event,
        impact: &'a Impact,
    ) -> Option<&'a EventId> {
        let period = impact.period.as_ref().or(event.occurred.as_ref());
        let measure = Measure {
            metric: impact.metric.to_string(),
            unit: impact.unit.clone(),
            period: period.map(ToString::to_string).unwrap_or_default(),
            scope: impact.scope.clone(),
        };
        let bounds = self.by_measure.entry(measure).or_default();
        match &impact.value {
            NumberOrText::Text(text) => match bounds.text {
                Some((first, _)) if first == text => bounds.other_text,
                Some((_, other)) => {
                    bounds.other_text.get_or_insert(id);
                    Some(other)
                }
                None => {
                    bounds.text = Some((text, id));
                    None
                }
            },
            NumberOrText::Number(number) => {
                let comparator = impact.comparator.unwrap_or(Comparator::Exact);
                bounds.number(id, range(number.billionths(), comparator))
            }
        }
    }
}

impl<'a> Bounds<'a> {
    /// Each range is compared with the tightest bounds of those before it: it misses one of them
    /// just where it lies wholly above the lowest top or below the highest bottom.
    fn number(
        &mut self,
        id: &'a EventId,
        (least, most): (Option<i128>, Option<i128>),
    ) -> Option<&'a EventId> {
        let above = least.zip(self.most).filter(|(least, (top, _))| least > top);
        let below = most.zip(self.least).filter(|(most, (bottom, _))| most < bottom);
        let other = above.map(|(_, (_, other))| other).or(below.map(|(_, (_, other))| other));
        if let Some(least) = least
            && self.least.is_none_or(|(bottom, _)| bottom < least)
        {
            self.least = Some((least, id));
        }
        if let Some(most) = most
            && self.most.is_none_or(|(top, _)| top > most)
        {
            self.most = Some((most, id));
        }
        other
    }
}

/// What may be true where a value is given with a comparator; `about` reaches a tenth either way.
/// In tenths of a billionth, so that a tenth of a value is whole.
fn range(value: i128, comparator: Comparator) -> (Option<i128>, Option<i128>) {
    let tenths = value * 10;
    match comparator {
        Comparator::Exact => (Some(tenths), Some(tenths)),
        Comparator::AtLeast => (Some(tenths), None),
        Comparator::AtMost => (None, Some(tenths)),
        Comparator::About => (Some(tenths - value.abs()), Some(tenths + value.abs())),
    }
}

/// The first number that two accounts of a fact both give and that differs, by its key; terms are
/// compared by issue.
pub(crate) fn differing_number(version: &Event, original: &Event) -> Option<String> {
    differing(&keyed(&version.to_json()), &keyed(&original.to_json()), "")
}

fn differing(version: &Json, original: &Json, key: &str) -> Option<String> {
    match (version, original) {
        (Json::Number(a), Json::Number(b)) => (a != b).then(|| key.to_owned()),
        (Json::Object(members), Json::Object(_)) => members.iter().find_map(|(name, a)| {
            let place = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            original.get(name).and_then(|b| differing(a, b, &place))
        }),
        _ => None,
    }
}

/// The document with each list of terms as an object by issue.
fn keyed(document: &Json) -> Json {
    let Json::Object(members) = document else { return document.clone() };
    let members = members.iter().map(|(key, value)| {
        let value = match (key.as_str(), value) {
            ("items", Json::List(items)) => {
                let by_issue = items.iter().map(|item| {
                    let issue = item.get("issue").and_then(Json::as_text).unwrap_or_default();
                    (issue.to_owned(), item.clone())
                });
                Json::Object(by_issue.collect())
            }
            (_, value) => value.clone(),
        };
        (key.clone(), value)
    });
    Json::Object(members.collect())
}

/// What an event says, but for how it was found and noted down: two events of one dispute that
/// agree in this are suspected to be one.
pub(crate) fn gist(event: &Event) -> String {
    let mut event = event.clone();
    event.common.certainty = Some(event.certainty());
    event.id = None;
    event.common.note = None;
    event.common.sources = None;
    event.common.tags = None;
    event.to_json().sorted().to_string()
}

/// Whether an event is an impact.
pub(crate) fn impact(event: &Event) -> Option<&Impact> {
    match &event.fact {
        Fact::Impact(impact) => Some(impact),
        _ => None,
    }
}
