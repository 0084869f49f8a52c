//! Warnings that look at events side by side once all are folded: numbers that contradict, facts
//! recorded twice, references to what was retracted.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use dispute_core::event::action::EndingCause;
use dispute_core::event::bargaining::AgreementLevel;
use dispute_core::event::law::OrderOf;
use dispute_core::event::schema::{Mentioned, Named};
use dispute_core::event::{Fact, Kind};
use dispute_core::{Edtf, EventId, Instant, Record, Slug, Target, Zone};

use crate::as_of::{Course, Step};
use crate::dispute::fold::Fold;
use crate::dispute::values::{Measurements, differing_number, gist, impact};
use crate::dispute::warning::WarningCode;

/// Adds the warnings to those that the fold found.
pub(crate) fn review<'a>(
    record: &'a Record,
    zone: Zone,
    course: &Course<'a>,
    moment: Instant,
    fold: &mut Fold<'a>,
) {
    let mut recorded: Vec<&Step<'a>> = course.certain.iter().chain(&course.versions).collect();
    recorded.sort_by_key(|step| step.n);
    conflicting_values(record, course, &recorded, fold);
    suspected_duplicates(&recorded, fold);
    for step in &recorded {
        occurred_after_source(zone, step, fold);
        refers_to_retracted(record, step, fold);
    }
    resumed_before_ratification(zone, course, fold);
    went_on_after_order(zone, course, moment, fold);
}

fn conflicting_values<'a>(
    record: &'a Record,
    course: &Course<'a>,
    recorded: &[&Step<'a>],
    fold: &mut Fold<'a>,
) {
    let counted: HashMap<usize, &Step<'a>> =
        course.certain.iter().map(|step| (step.n, step)).collect();
    for version in &course.versions {
        let Some(original) = counted_account(record, version.n).and_then(|n| counted.get(&n))
        else {
            continue;
        };
        if let Some(key) = differing_number(version.event, original.event) {
            let later = if version.n > original.n { version } else { original };
            let other = if version.n > original.n { original } else { version };
            let text = format!("`{key}` differs from what {} says", other.id);
            fold.warnings.add(later.n, later.id, WarningCode::ConflictingValues, text);
        }
    }
    let mut measurements = Measurements::default();
    for step in recorded.iter().filter(|step| counted.contains_key(&step.n)) {
        let Some(impact) = impact(step.event) else { continue };
        if let Some(other) = measurements.contradicted(step.id, step.event, impact) {
            let text =
                format!("{} {} cannot be true together with {other}", impact.value, impact.unit);
            fold.warnings.add(step.n, step.id, WarningCode::ConflictingValues, text);
        }
    }
}

/// The account that counts of the fact of which an event is an account.
fn counted_account(record: &Record, n: usize) -> Option<usize> {
    match record.target(&record.get(n)?.id)? {
        Target::Counts(counted) => Some(counted),
        Target::Retracted(_) => None,
    }
}

fn suspected_duplicates(recorded: &[&Step<'_>], fold: &mut Fold<'_>) {
    // Only events of one kind and date can say the same, and comparing documents costs more.
    let mut alike: HashMap<(Kind, &str), Vec<&Step<'_>>> = HashMap::new();
    for step in recorded {
        let date = step.event.occurred.as_ref().map_or("", Edtf::as_str);
        alike.entry((step.event.kind(), date)).or_default().push(step);
    }
    for steps in alike.into_values().filter(|steps| steps.len() > 1) {
        let mut seen: HashMap<String, &EventId> = HashMap::new();
        for step in steps {
            match seen.entry(gist(step.event)) {
                Entry::Occupied(first) => {
                    let text = format!("it says what {} says", first.get());
                    fold.warnings.add(step.n, step.id, WarningCode::SuspectedDuplicate, text);
                }
                Entry::Vacant(place) => {
                    place.insert(step.id);
                }
            }
        }
    }
}

fn occurred_after_source(zone: Zone, step: &Step<'_>, fold: &mut Fold<'_>) {
    let Some(earliest) = step.span.earliest else { return };
    for source in step.event.common.sources.as_deref().unwrap_or_default() {
        let published = source.published.as_ref();
        let span = published.and_then(|date| date.span(zone).ok());
        if let (Some(date), Some(after)) = (published, span.and_then(|span| span.latest))
            && earliest >= after
        {
            let text = format!("a source of it was published before it happened, {date}");
            fold.warnings.add(step.n, step.id, WarningCode::OccurredAfterSource, text);
        }
    }
}

fn refers_to_retracted(record: &Record, step: &Step<'_>, fold: &mut Fold<'_>) {
    step.event.mentions(&mut |mention| {
        let id = match mention.what {
            Mentioned::Event(id, _) => Some(id.clone()),
            Mentioned::PartyOrEvent(text) => EventId::parse(text).filter(|_| {
                !Slug::parse(text).is_some_and(|s| record.is_declared(Named::Party, None, &s))
            }),
            Mentioned::Declared(..) | Mentioned::Date(_) => None,
        };
        if let Some(id) = id
            && let Some(Target::Retracted(_)) = record.target(&id)
        {
            let text = format!("`{}` names {id}, which was retracted", mention.key);
            fold.warnings.add(step.n, step.id, WarningCode::RefersToRetracted, text);
        }
    });
}

/// Work was resumed by an agreement that nobody had ratified by the end of that day.
fn resumed_before_ratification(zone: Zone, course: &Course<'_>, fold: &mut Fold<'_>) {
    let ratified = course.certain.iter().filter(|step| {
        matches!(&step.event.fact, Fact::Agreement(agreement)
            if matches!(agreement.level, AgreementLevel::Ratified | AgreementLevel::Executed))
    });
    let first: Option<Instant> = ratified.filter_map(|step| step.span.latest).min();
    for step in &course.certain {
        let Fact::ActionEnded(ended) = &step.event.fact else { continue };
        let Some(latest) = step.span.latest else { continue };
        let end_of_day = zone.end_of_day_at(latest.before());
        if ended.how == EndingCause::Agreement && first.is_none_or(|first| first > end_of_day) {
            let text = "no ratified agreement is dated on or before that day";
            let code = WarningCode::WorkResumedBeforeRatification;
            fold.warnings.add(step.n, step.id, code, text);
        }
    }
}

/// A stoppage action went on after the time in which an order was to be obeyed.
fn went_on_after_order(zone: Zone, course: &Course<'_>, moment: Instant, fold: &mut Fold<'_>) {
    for step in &course.certain {
        let Fact::Order(order) = &step.event.fact else { continue };
        let forbids =
            matches!(order.order, OrderOf::BackToWork | OrderOf::Cease | OrderOf::DeclaredUnlawful);
        let deadline = order.deadline.as_ref().map(|deadline| deadline.span(zone));
        let due = match deadline {
            Some(span) => span.ok().and_then(|span| span.latest),
            None => step.span.latest,
        };
        let (Some(due), Some(dated)) = (due, step.span.latest) else { continue };
        if !forbids || due >= moment || fold.law.is_stayed_by(step.n, due) {
            continue;
        }
        for action in fold.actions.iter() {
            let addressed = order.to.iter().any(|party| party.as_str() == action.by);
            let begun_by_then = action.begun().is_some_and(|begun| begun <= dated);
            if addressed && begun_by_then && action.went_on_after(due, moment) {
                let text = format!("it went on although {} was to be obeyed", step.id);
                let code = WarningCode::ActionAfterOrder;
                fold.warnings.add(action.n, &action.id, code, text);
            }
        }
    }
}
