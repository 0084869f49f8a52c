//! The two cuts of a question, and the one rule that orders events (EVENTS.md, "What on a date
//! means").

use std::borrow::Cow;

use dispute_core::event::Event;
use dispute_core::{EventId, Instant, Record, Sequence, Slug, Span};

/// The two cuts of a question: what had happened by a date, as it was known at a moment. They are
/// independent: any date may be asked about as known at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The end of the date asked for; `None` where every known event counts.
    pub on: Option<Instant>,
    /// The last event that was recorded by the moment asked for; `None` where all that is on record
    /// counts.
    pub known: Option<Sequence>,
    /// The time at which the question is asked: days run to it where no date is asked for.
    pub now: Instant,
}

impl AsOf {
    /// Neither cut: everything on record counts, and days run to `now`.
    pub const fn now(now: Instant) -> Self {
        Self { on: None, known: None, now }
    }

    /// The part of a record that was known: a prefix of the chain, in which nothing shows what was
    /// recorded later but redactions, which count at every cut.
    pub fn known_part(self, record: &Record) -> Cow<'_, Record> {
        let last = record.recorded().last().map(|event| event.sequence);
        match self.known {
            Some(known) if last.is_some_and(|last| last > known) => {
                Cow::Owned(record.as_known_at(known))
            }
            _ => Cow::Borrowed(record),
        }
    }

    /// The moment up to which days run and dates that were fixed in advance come true.
    pub fn moment(self) -> Instant {
        self.on.unwrap_or(self.now)
    }

    /// Whether something has certainly happened by then.
    pub fn includes(self, span: Span) -> bool {
        self.on.is_none_or(|on| span.latest.is_none_or(|latest| latest <= on))
    }

    /// Whether something may have begun to happen by then.
    pub fn has_begun(self, span: Span) -> bool {
        self.on.is_none_or(|on| span.earliest.is_none_or(|earliest| earliest < on))
    }
}

/// An event in its place in the order of folding.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The position in the record.
    pub n: usize,
    /// The id.
    pub id: &'a EventId,
    /// The document as it reads now.
    pub event: &'a Event,
    /// When it happened, narrowed by references.
    pub span: Span,
    /// Its place in the order of folding, from 0.
    pub order: usize,
}

/// The events of one dispute, divided by a cut.
#[derive(Debug, Clone)]
pub struct Course<'a> {
    /// What has certainly happened, in the order of folding: by `latest` as narrowed, then by
    /// recording.
    pub certain: Vec<Step<'a>>,
    /// Other accounts of facts, of what has certainly happened by what they say, in the order of
    /// recording.
    pub versions: Vec<Step<'a>>,
    /// What may have happened, but need not have, in the order of recording.
    pub possible: Vec<usize>,
    /// Every event that had begun to happen, counted or not, in the order of recording, with its
    /// span.
    pub begun: Vec<(usize, Span)>,
}

/// Orders and divides the events of a dispute that are on a record, whatever was known of them
/// when: to ask for that too, take [`AsOf::known_part`] of the record first.
pub fn course<'a>(record: &'a Record, dispute: &Slug, as_of: AsOf) -> Course<'a> {
    let positions = record.of_dispute(dispute);
    let narrowed = record.narrowed(positions);
    let mut course = Course {
        certain: Vec::new(),
        versions: Vec::new(),
        possible: Vec::new(),
        begun: Vec::new(),
    };
    for (&n, narrowed) in positions.iter().zip(narrowed) {
        let span = narrowed.span;
        if as_of.has_begun(span) {
            course.begun.push((n, span));
        }
        let (Some(recorded), Some(event)) = (record.get(n), record.document(n)) else { continue };
        if !record.stands(n) {
            continue;
        }
        let step = Step { n, id: &recorded.id, event, span, order: 0 };
        match (as_of.includes(span), record.counts(n)) {
            (true, true) => course.certain.push(step),
            (true, false) => course.versions.push(step),
            (false, _) if as_of.has_begun(span) => course.possible.push(n),
            (false, _) => {}
        }
    }
    course.put_in_order(record);
    course
}

impl<'a> Course<'a> {
    /// The one order of folding: by `latest` as narrowed; ties as recorded, where a version in the
    /// place of its original takes that place too.
    fn put_in_order(&mut self, record: &Record) {
        self.certain.sort_by_key(|step| (step.span.latest, record.original(step.n)));
        self.number();
    }

    fn number(&mut self) {
        for (order, step) in self.certain.iter_mut().enumerate() {
            step.order = order;
        }
    }

    /// The same with an event that may have happened by the cut taken as having happened by then,
    /// and with it what it refers to.
    pub(crate) fn assuming(&self, record: &'a Record, n: usize, on: Instant) -> Self {
        let mut assumed = vec![n];
        let mut next = 0;
        while let Some(n) = assumed.get(next).copied() {
            let targets = record.proofs(n).into_iter().filter(|t| self.possible.contains(t));
            let new: Vec<usize> = targets.filter(|target| !assumed.contains(target)).collect();
            assumed.extend(new);
            next += 1;
        }
        let steps =
            self.begun.iter().filter(|(n, _)| assumed.contains(n)).filter_map(|(n, span)| {
                let (recorded, event) = (record.get(*n)?, record.document(*n)?);
                let latest = span.latest.map_or(on, |latest| latest.min(on));
                let span = Span { latest: Some(latest), ..*span };
                Some(Step { n: *n, id: &recorded.id, event, span, order: 0 })
            });
        let mut course = self.clone();
        course.certain.extend(steps);
        course.possible.retain(|n| !assumed.contains(n));
        course.put_in_order(record);
        course
    }

    /// Two orders that the dates leave open and that differ in two events only: that at an earlier
    /// place just before that at a later one, and just after it. What the later one refers to comes
    /// with it.
    pub(crate) fn both_orders(
        &self,
        earlier: usize,
        later: usize,
        ancestors: &[usize],
    ) -> [Self; 2] {
        let mut orders = [self.clone(), self.clone()];
        for (order, comes_first) in orders.iter_mut().zip([true, false]) {
            let Some(between) = order.certain.get_mut(earlier..=later) else { continue };
            let [Some(one), Some(other)] =
                [between.first(), between.last()].map(|step| step.copied())
            else {
                continue;
            };
            let moves = |step: &Step<'_>| step.n == other.n || ancestors.contains(&step.n);
            // What moves had happened by then.
            let by_then = |step: &Step<'a>| Step {
                span: Span { latest: one.span.latest, ..step.span },
                ..*step
            };
            let moved = between.iter().filter(|step| moves(step)).map(by_then);
            let rest = between.iter().filter(|step| !moves(step) && step.n != one.n).copied();
            let pair: Vec<Step<'a>> = if comes_first {
                std::iter::once(one).chain(moved).collect()
            } else {
                moved.chain([one]).collect()
            };
            let all: Vec<Step<'a>> = pair.into_iter().chain(rest).collect();
            for (place, step) in between.iter_mut().zip(all) {
                *place = step;
            }
            order.number();
        }
        orders
    }
}
