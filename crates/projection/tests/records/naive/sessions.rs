//! Sessions.

use dispute_core::event::Fact;
use dispute_core::event::bargaining::SessionStatus;
use dispute_core::{Instant, Span};

use super::Story;

impl Story<'_> {
    pub(super) fn sessions(&self, moment: Instant) -> Vec<String> {
        let naive = self.naive;
        let sessions = || {
            self.events(self.len()).filter_map(|n| match naive.fact(n) {
                Fact::Session(session) => Some((n, session)),
                _ => None,
            })
        };
        let held: Vec<usize> = sessions()
            .filter(|(_, s)| matches!(s.status, SessionStatus::Held | SessionStatus::WalkedOut))
            .map(|(n, _)| n)
            .collect();
        let is_settled = |n: usize| {
            sessions().any(|(m, later)| {
                m != n
                    && later.status != SessionStatus::Requested
                    && naive.target_of(later.of.as_ref()) == Some(n)
            })
        };
        let mut next: Vec<(Span, String)> = Vec::new();
        for (n, session) in sessions() {
            if session.status == SessionStatus::Scheduled
                && let Some(date) = &session.scheduled_for
                && !is_settled(n)
            {
                let span = date.span(naive.zone).unwrap();
                if span.latest.is_none_or(|latest| latest > moment) {
                    next.push((span, format!("{} {date}", naive.id(n))));
                }
            }
        }
        let never = Instant::parse("9999-01-01T00:00:00Z").unwrap();
        next.sort_by_key(|(span, _)| (span.earliest, span.latest.unwrap_or(never)));
        let none = || "null".to_owned();
        vec![
            format!("held {}", held.len()),
            format!("last {}", held.last().map_or_else(none, |n| naive.id(*n))),
            format!("next {}", next.first().map_or_else(none, |(_, text)| text.clone())),
        ]
    }
}
