//! A naive reading of EVENTS.md beside that of the library: everything is worked out anew for
//! every question, from all events and all pairs of them. Slow, and plain enough to be checked
//! against the text.

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::event::action::ActionForm;
use dispute_core::event::schema::Mentioned;
use dispute_core::event::{Event, Fact, Kind};
use dispute_core::{Edtf, EventId, Instant, Recorded, Slug, Span, Zone};
use dispute_projection::AsOf;

#[path = "naive/actions.rs"]
mod actions;
#[path = "naive/agreements.rs"]
mod agreements;
#[path = "naive/issues.rs"]
mod issues;
#[path = "naive/mediation.rs"]
mod mediation;
#[path = "naive/phase.rs"]
mod phase;
#[path = "naive/proposals.rs"]
mod proposals;
#[path = "naive/sessions.rs"]
mod sessions;

/// What is compared of a state: a line a row, as [`shown`](super::shown) writes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Shown {
    pub(crate) order: Vec<String>,
    pub(crate) possible: Vec<String>,
    pub(crate) phase: String,
    pub(crate) proposals: Vec<String>,
    pub(crate) mediation: Vec<String>,
    pub(crate) agreements: Vec<String>,
    pub(crate) votes: Vec<String>,
    pub(crate) actions: Vec<String>,
    pub(crate) sessions: Vec<String>,
    pub(crate) issues: Vec<String>,
}

/// The record as it reads now: a dispute's events.
pub(crate) struct Naive<'a> {
    recorded: &'a [Recorded],
    dispute: &'a Slug,
    zone: Zone,
    documents: Vec<Option<Event>>,
}

/// What happens at a moment: an event, or what was fixed in advance and comes due.
#[derive(Clone, Copy, PartialEq)]
enum Happening {
    Event(usize),
    Due(usize),
}

use Happening::{Due, Event as Happens};

impl<'a> Naive<'a> {
    /// `None` where the dispute has no standing opening.
    pub(crate) fn new(recorded: &'a [Recorded], dispute: &'a Slug) -> Option<Self> {
        let mut naive = Self { recorded, dispute, zone: Zone::UTC, documents: Vec::new() };
        naive.documents = (0..recorded.len()).map(|n| naive.amended(n)).collect();
        let opening = (0..recorded.len()).find(|n| {
            let this = recorded[*n].dispute.as_ref() == Some(dispute);
            this && recorded[*n].kind == Kind::DisputeOpened && naive.stands(*n)
        })?;
        if let Fact::DisputeOpened(opened) = &naive.document(opening)?.fact {
            naive.zone = opened.time_zone;
        }
        Some(naive)
    }

    // Corrections and versions

    fn position(&self, id: &EventId) -> Option<usize> {
        self.recorded.iter().position(|event| event.id == *id)
    }

    /// Not retracted, unless the retraction is.
    fn stands(&self, n: usize) -> bool {
        !(n + 1..self.recorded.len()).any(|m| match self.recorded[m].fact() {
            Some(Fact::Retraction(r)) => self.position(&r.of) == Some(n) && self.stands(m),
            _ => false,
        })
    }

    fn amended(&self, n: usize) -> Option<Event> {
        let mut document = self.recorded[n].event.clone()?;
        for m in n + 1..self.recorded.len() {
            if let Some(Fact::Amendment(amendment)) = self.recorded[m].fact()
                && self.position(&amendment.of) == Some(n)
                && self.stands(m)
            {
                document = document.amended(&amendment.set).unwrap_or(document);
            }
        }
        Some(document)
    }

    fn document(&self, n: usize) -> Option<&Event> {
        self.documents[n].as_ref()
    }

    fn fact(&self, n: usize) -> &Fact {
        &self.documents[n].as_ref().unwrap().fact
    }

    fn original(&self, n: usize) -> usize {
        let of = self.document(n).and_then(|event| event.common.version_of.as_ref());
        of.and_then(|of| self.position(of)).map_or(n, |of| self.original(of))
    }

    /// The account that counts of the fact of which an event is an account.
    fn counted(&self, n: usize) -> Option<usize> {
        let original = self.original(n);
        (0..self.recorded.len()).find(|m| self.original(*m) == original && self.stands(*m))
    }

    fn target(&self, id: &EventId) -> Option<usize> {
        self.position(id).and_then(|n| self.counted(n))
    }

    fn target_of(&self, id: Option<&EventId>) -> Option<usize> {
        id.and_then(|id| self.target(id))
    }

    // Dates

    fn own_span(&self, n: usize) -> Span {
        let date = self.document(n).and_then(|event| event.occurred.as_ref()).unwrap();
        let span = date.span(self.zone).unwrap();
        let end = self.zone.end_of_day_at(self.recorded[n].recorded_at);
        Span { latest: Some(span.latest.map_or(end, |latest| latest.min(end))), ..span }
    }

    /// The events of the dispute with their spans, narrowed by passing over all pairs until
    /// nothing changes.
    fn spans(&self) -> BTreeMap<usize, Span> {
        let here = |n: &usize| self.recorded[*n].dispute.as_ref() == Some(self.dispute);
        let all: Vec<usize> = (0..self.recorded.len()).filter(here).collect();
        let mut spans: BTreeMap<usize, Span> =
            all.iter().map(|n| (*n, self.own_span(*n))).collect();
        loop {
            let before = spans.clone();
            for &referrer in &all {
                for &target in &all {
                    if !self.proves(referrer, target) {
                        continue;
                    }
                    let earliest = spans[&referrer].earliest.max(spans[&target].earliest);
                    let latest = spans[&referrer].latest.min(spans[&target].latest);
                    spans.get_mut(&referrer).unwrap().earliest = earliest;
                    spans.get_mut(&target).unwrap().latest = latest;
                }
            }
            if before == spans {
                return spans;
            }
        }
    }

    /// Whether one event counts and refers to another that counts.
    fn proves(&self, referrer: usize, target: usize) -> bool {
        let mut proves = false;
        self.document(referrer).unwrap().mentions(&mut |mention| {
            if let Mentioned::Event(id, _) = mention.what
                && mention.key != "about"
                && mention.key != "version_of"
            {
                proves |= self.target(id) == Some(target);
            }
        });
        proves && referrer != target && self.counted(referrer) == Some(referrer)
    }

    /// Every end of a span, and every moment that a document names.
    pub(crate) fn moments(&self) -> BTreeSet<Instant> {
        let spans = self.spans();
        let own = spans.keys().map(|n| self.own_span(*n));
        let mut all: Vec<Span> = spans.values().copied().chain(own).collect();
        for n in spans.keys() {
            self.document(*n).unwrap().mentions(&mut |mention| {
                if let Mentioned::Date(date) = mention.what {
                    all.extend(date.span(self.zone));
                }
            });
        }
        all.iter().flat_map(|span| [span.earliest, span.latest]).flatten().collect()
    }

    // The state

    /// The state at a cut.
    pub(crate) fn state(&self, as_of: AsOf) -> Shown {
        let spans = self.spans();
        let moment = as_of.on.unwrap_or(as_of.now);
        let is_certain = |span: &Span| as_of.on.is_none_or(|on| span.latest.unwrap() <= on);
        let has_begun =
            |span: &Span| as_of.on.is_none_or(|on| span.earliest.is_none_or(|e| e < on));
        let mut order: Vec<usize> = spans
            .iter()
            .filter(|(n, span)| self.counted(**n) == Some(**n) && is_certain(span))
            .map(|(n, _)| *n)
            .collect();
        order.sort_by_key(|n| (spans[n].latest, self.original(*n)));
        let possible = spans
            .iter()
            .filter(|(n, span)| self.stands(**n) && !is_certain(span) && has_begun(span))
            .map(|(n, _)| self.id(*n))
            .collect();
        let story =
            Story { naive: self, happenings: self.happenings(&order, &spans, moment), spans };
        Shown {
            possible,
            phase: story.phase(),
            proposals: story.rows(|n| story.proposal(story.len(), n).map(|row| row.shown(n, self))),
            mediation: story.rows(|n| story.mediation(story.len(), n).map(|r| r.shown(n, self))),
            agreements: story.rows(|n| {
                story.agreement(story.len(), n).map(|status| {
                    format!("{} {} {}", self.id(n), status.word, self.stamp(status.by))
                })
            }),
            votes: story.votes(),
            actions: story.rows(|n| story.action(story.len(), n)?.shown(n, self, moment)),
            sessions: story.sessions(moment),
            issues: story.issues(),
            order: order.iter().map(|n| self.id(*n)).collect(),
        }
    }

    /// Events in their order, and after all events of its moment what is due then.
    fn happenings(
        &self,
        order: &[usize],
        spans: &BTreeMap<usize, Span>,
        moment: Instant,
    ) -> Vec<Happening> {
        let mut happenings: Vec<(Instant, bool, Happening)> = Vec::new();
        for &n in order {
            let latest = spans[&n].latest.unwrap();
            happenings.push((latest, false, Happens(n)));
            let end = |date: &Edtf| date.span(self.zone).unwrap().latest;
            let due = match self.fact(n) {
                Fact::Proposal(made) => made.expires.as_ref().and_then(end),
                Fact::ActionStarted(started) => match &started.to {
                    Some(to) => end(to),
                    None if started.action == ActionForm::Protest => Some(latest),
                    None => None,
                },
                _ => None,
            };
            let due = due.map(|due| due.max(latest)).filter(|due| *due <= moment);
            happenings.extend(due.map(|due| (due, true, Due(n))));
        }
        happenings.sort_by_key(|(at, is_due, _)| (*at, *is_due));
        happenings.into_iter().map(|(_, _, happening)| happening).collect()
    }

    fn id(&self, n: usize) -> String {
        self.recorded[n].id.to_string()
    }

    fn date(&self, n: usize) -> String {
        self.document(n).and_then(|event| event.occurred.as_ref()).unwrap().to_string()
    }

    fn stamp(&self, n: usize) -> String {
        format!("{} {}", self.date(n), self.id(n))
    }
}

/// Happenings up to a cut, in their order. Most questions are about the first so many of them.
struct Story<'a> {
    naive: &'a Naive<'a>,
    happenings: Vec<Happening>,
    spans: BTreeMap<usize, Span>,
}

/// A status with the event that set it.
#[derive(Clone, Copy, PartialEq)]
struct Status {
    word: &'static str,
    by: usize,
}

impl Status {
    /// Giving the status already held changes nothing.
    fn set(&mut self, word: &'static str, by: usize) -> bool {
        let changed = self.word != word;
        if changed {
            *self = Self { word, by };
        }
        changed
    }
}

impl<'a> Story<'a> {
    fn len(&self) -> usize {
        self.happenings.len()
    }

    fn events(&self, upto: usize) -> impl Iterator<Item = usize> {
        self.happenings[..upto].iter().filter_map(|happening| match happening {
            Happens(n) => Some(*n),
            Due(_) => None,
        })
    }

    /// The place of an event.
    fn place(&self, n: usize) -> Option<usize> {
        self.happenings.iter().position(|happening| *happening == Happens(n))
    }

    /// What follows an event, among the first so many happenings: each with how many come before.
    fn after(&self, upto: usize, n: usize) -> Vec<(usize, Happening)> {
        let Some(place) = self.place(n).filter(|place| *place < upto) else { return Vec::new() };
        (place + 1..upto).map(|at| (at, self.happenings[at])).collect()
    }

    fn has_happened(&self, upto: usize, n: usize) -> bool {
        self.place(n).is_some_and(|place| place < upto)
    }

    fn rows(&self, row: impl Fn(usize) -> Option<String>) -> Vec<String> {
        self.events(self.len()).filter_map(row).collect()
    }
}
