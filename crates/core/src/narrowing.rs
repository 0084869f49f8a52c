//! What references prove about dates: what an event refers to happened no later than the event,
//! and the event no earlier than what it refers to (EVENTS.md, "What on a date means"). Pure.

use crate::instant::Instant;
use crate::occurred::Span;

/// The span of an event before and after narrowing, and the spans that narrowed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrowed {
    /// What is left of the span.
    pub span: Span,
    /// The event whose span gave the earliest moment, where another's did.
    pub earliest_from: Option<usize>,
    /// The event whose span gave the latest moment, where another's did.
    pub latest_from: Option<usize>,
}

/// Narrows spans through links, each from an event to one that it refers to, to a fixed point:
/// through all links and both ways. A span may come out empty.
///
/// Links may run in a ring where a version took its original's place, so the work goes on until
/// nothing changes; each round settles at least one more of the finitely many ends.
pub(crate) fn narrow(spans: &[Span], links: &[(usize, usize)]) -> Vec<Narrowed> {
    let mut narrowed: Vec<Narrowed> = spans
        .iter()
        .map(|span| Narrowed { span: *span, earliest_from: None, latest_from: None })
        .collect();
    let mut forwards: Vec<(usize, usize)> = links.to_vec();
    forwards.sort_unstable();
    let mut changed = true;
    while changed {
        changed = false;
        for &(referrer, target) in &forwards {
            changed |= raise(&mut narrowed, referrer, target);
        }
        for &(referrer, target) in forwards.iter().rev() {
            changed |= cut(&mut narrowed, referrer, target);
        }
    }
    narrowed
}

/// The referrer happened no earlier than its target.
fn raise(narrowed: &mut [Narrowed], referrer: usize, target: usize) -> bool {
    let source = narrowed.get(target).map(|n| (n.span.earliest, n.earliest_from));
    let (Some((Some(earliest), from)), Some(mine)) = (source, narrowed.get_mut(referrer)) else {
        return false;
    };
    if mine.span.earliest.is_some_and(|own| own >= earliest) {
        return false;
    }
    mine.span.earliest = Some(earliest);
    mine.earliest_from = Some(from.unwrap_or(target));
    true
}

/// The target happened no later than its referrer.
fn cut(narrowed: &mut [Narrowed], referrer: usize, target: usize) -> bool {
    let source = narrowed.get(referrer).map(|n| (n.span.latest, n.latest_from));
    let (Some((Some(latest), from)), Some(mine)) = (source, narrowed.get_mut(target)) else {
        return false;
    };
    if mine.span.latest.is_some_and(|own| own <= latest) {
        return false;
    }
    mine.span.latest = Some(latest);
    mine.latest_from = Some(from.unwrap_or(referrer));
    true
}

/// A span cut down to the end of the day on which it was recorded.
pub(crate) fn until(span: Span, end: Instant) -> Span {
    let latest = Some(span.latest.map_or(end, |latest| latest.min(end)));
    Span { latest, ..span }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(earliest: i64, latest: i64) -> Span {
        Span { earliest: Instant::from_micros(earliest), latest: Instant::from_micros(latest) }
    }

    #[test]
    fn an_end_is_narrowed_through_all_links_both_ways() {
        // 2 refers to 1, which refers to 0; only 0 and 2 are sharp.
        let spans = [span(10, 20), span(0, 100), span(30, 40)];
        let narrowed = narrow(&spans, &[(1, 0), (2, 1)]);
        assert_eq!(narrowed[1].span, span(10, 40));
        assert_eq!((narrowed[1].earliest_from, narrowed[1].latest_from), (Some(0), Some(2)));
        assert_eq!((narrowed[0].span, narrowed[2].span), (spans[0], spans[2]));
    }

    #[test]
    fn what_narrows_is_the_event_whose_own_date_does_however_far_away() {
        // 3 refers to 2, which refers to 1, which refers to 0; only 0 and 3 are sharp.
        let spans = [span(10, 20), span(0, 100), span(0, 100), span(30, 40)];
        let narrowed = narrow(&spans, &[(1, 0), (2, 1), (3, 2)]);
        for one in [&narrowed[1], &narrowed[2]] {
            assert_eq!((one.earliest_from, one.latest_from), (Some(0), Some(3)));
        }
    }

    #[test]
    fn a_ring_of_links_comes_to_rest() {
        let spans = [span(0, 50), span(20, 90)];
        let narrowed = narrow(&spans, &[(0, 1), (1, 0)]);
        assert_eq!((narrowed[0].span, narrowed[1].span), (span(20, 50), span(20, 50)));
    }

    prop_compose! {
        fn graphs()(ends in prop::collection::vec((0_i64..50, 1_i64..50), 1..12))
            (spans in Just(ends.iter().map(|(a, l)| span(*a, a + l)).collect::<Vec<_>>()),
             links in prop::collection::vec((0..ends.len(), 0..ends.len()), 0..20))
            -> (Vec<Span>, Vec<(usize, usize)>) {
            (spans, links)
        }
    }

    /// Who reaches whom, by walking every path.
    fn reaches(links: &[(usize, usize)], from: usize, to: usize, seen: &mut Vec<usize>) -> bool {
        if from == to {
            return true;
        }
        if seen.contains(&from) {
            return false;
        }
        seen.push(from);
        links.iter().filter(|(a, _)| *a == from).any(|(_, b)| reaches(links, *b, to, seen))
    }

    proptest! {
        #[test]
        fn narrowing_is_the_extreme_over_all_that_is_reached((spans, links) in graphs()) {
            let narrowed = narrow(&spans, &links);
            for (n, one) in narrowed.iter().enumerate() {
                let earliest = (0..spans.len())
                    .filter(|t| reaches(&links, n, *t, &mut Vec::new()))
                    .filter_map(|t| spans[t].earliest).max();
                let latest = (0..spans.len())
                    .filter(|r| reaches(&links, *r, n, &mut Vec::new()))
                    .filter_map(|r| spans[r].latest).min();
                prop_assert_eq!(one.span, Span { earliest, latest });
            }
            let again: Vec<Span> = narrowed.iter().map(|n| n.span).collect();
            let twice: Vec<Span> = narrow(&again, &links).iter().map(|n| n.span).collect();
            prop_assert_eq!(again, twice);
        }
    }
}
