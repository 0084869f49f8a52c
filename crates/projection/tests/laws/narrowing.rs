//! What references prove about dates.

use dispute_core::event::schema::Mentioned;
use dispute_core::{Edtf, Instant, Record, Span, Target};

use crate::compare::equal;
use crate::drawn::Dice;
use crate::subject::Subject;
use crate::trial::Verdict;
use crate::world::{disputes, redated};

/// Narrowing takes no moment away but what references prove, adds none, and leaves every event
/// that counts at least one.
pub(crate) fn narrowing_never_widens_and_leaves_every_event_a_moment(
    subject: &Subject,
    record: &Record,
    _: Dice,
) -> Verdict {
    for dispute in disputes() {
        let positions = record.of_dispute(&dispute);
        // Until it is opened again, the rules let what happened in it contradict itself.
        if record.openings(&dispute).is_empty() {
            continue;
        }
        let spans = (subject.narrow)(record, positions);
        for (n, span) in positions.iter().zip(&spans) {
            let own = record.span(*n);
            let said = format!("{} {own:?} {span:?}", record.get(*n).unwrap().id);
            if span.earliest < own.earliest || latest(*span) > latest(own) {
                return Err(format!("{said} is wider"));
            }
            if record.counts(*n) && span.is_empty() {
                return Err(format!("{said} has no moment left"));
            }
            if !record.counts(*n) && *span != own {
                return Err(format!("{said} does not count, and is narrowed"));
            }
        }
    }
    Ok(())
}

/// No event that counts begins before what it refers to, or ends after what refers to it; and what
/// is narrowed has an end of one of these.
pub(crate) fn what_is_narrowed_agrees_with_every_reference_and_takes_no_end_from_elsewhere(
    subject: &Subject,
    record: &Record,
    _: Dice,
) -> Verdict {
    for dispute in disputes() {
        let positions = record.of_dispute(&dispute);
        let spans = (subject.narrow)(record, positions);
        let links = links(record, positions);
        for (referrer, target) in &links {
            let pair = (spans[*referrer], spans[*target]);
            if pair.0.earliest < pair.1.earliest || latest(pair.0) < latest(pair.1) {
                let ids = [referrer, target].map(|at| &record.get(positions[*at]).unwrap().id);
                return Err(format!("{ids:?} are out of order: {pair:?}"));
            }
        }
        for (at, n) in positions.iter().enumerate() {
            let own = record.span(*n);
            let targets = links.iter().filter(|link| link.0 == at).map(|link| spans[link.1]);
            let referrers = links.iter().filter(|link| link.1 == at).map(|link| spans[link.0]);
            let earliest = targets.map(|span| span.earliest).chain([own.earliest]).max().unwrap();
            let end = referrers.map(latest).chain([latest(own)]).min().unwrap();
            let found = (spans[at].earliest, latest(spans[at]));
            equal(&found, &(earliest, end), &record.get(*n).unwrap().id)?;
        }
    }
    Ok(())
}

/// Events that are dated with what is left of their spans are narrowed no further.
pub(crate) fn narrowing_again_changes_nothing(
    subject: &Subject,
    record: &Record,
    _: Dice,
) -> Verdict {
    for dispute in disputes() {
        let positions = record.of_dispute(&dispute);
        // Until it is opened again, the rules let what happened in it contradict itself.
        if record.openings(&dispute).is_empty() {
            continue;
        }
        let once = (subject.narrow)(record, positions);
        let again = redated(record, |n| {
            let at = positions.iter().position(|m| *m == n)?;
            if record.counts(n) { date_of(once[at]) } else { None }
        });
        let twice = (subject.narrow)(&again, positions);
        for (n, spans) in positions.iter().zip(once.iter().zip(&twice)) {
            equal(spans.0, spans.1, &record.get(*n).unwrap().id)?;
        }
    }
    Ok(())
}

/// An open end is later than any.
pub(crate) fn latest(span: Span) -> (bool, Option<Instant>) {
    (span.latest.is_none(), span.latest)
}

/// A date that stands for a span.
pub(crate) fn date_of(span: Span) -> Option<Edtf> {
    let last = Instant::from_micros(span.latest?.as_micros() - 1_000_000)?;
    let first = span.earliest.map_or("..".to_owned(), |earliest| earliest.to_string());
    Edtf::parse(&format!("{first}/{last}")).ok()
}

/// Every reference that proves something, from one that counts to another, by their places among
/// these positions.
fn links(record: &Record, positions: &[usize]) -> Vec<(usize, usize)> {
    references(record, positions, &|n, key| {
        record.counts(n) && key != "about" && key != "version_of"
    })
}

/// References to what counts, of these events under these keys.
pub(crate) fn references(
    record: &Record,
    positions: &[usize],
    proves: &dyn Fn(usize, &str) -> bool,
) -> Vec<(usize, usize)> {
    let mut links = Vec::new();
    for (referrer, n) in positions.iter().enumerate() {
        let Some(document) = record.document(*n) else { continue };
        document.mentions(&mut |mention| {
            if let Mentioned::Event(id, _) = mention.what
                && proves(*n, mention.key)
                && let Some(Target::Counts(target)) = record.target(id)
                && target != *n
            {
                let target = positions.iter().position(|m| *m == target);
                links.extend(target.map(|target| (referrer, target)));
            }
        });
    }
    links
}
