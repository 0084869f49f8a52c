//! The clock: the only file that asks what time it is.

use std::cell::Cell;

use chrono::Utc;
use thiserror::Error;

use crate::instant::Instant;

/// Something that tells the time at which events are recorded.
pub trait Clock {
    /// The time now.
    fn now(&self) -> Instant;
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// A clock that stands where it was set and moves only when it is told to. For tests.
#[derive(Clone, Debug)]
pub struct FixedClock(Cell<Instant>);

/// What to do where the clock is more than a minute behind the last envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum BehindClock {
    /// Record nothing (the rule).
    #[default]
    Refuse,
    /// Use the time of the last envelope again (`--accept-clock`).
    Accept,
}

/// The clock is more than a minute behind the last envelope, so that either of them is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the clock says {now}, but the last event was recorded at {last}")]
pub struct ClockBehind {
    /// When the last envelope was recorded.
    pub last: Instant,
    /// What the clock says.
    pub now: Instant,
}

/// How far the clock may be behind the last envelope without a word, in microseconds.
const TOLERATED: i64 = 60_000_000;

/// The time to seal into the next envelope: never before the last one's.
///
/// # Errors
/// [`ClockBehind`] where the clock is more than a minute behind and that was not accepted.
pub fn next_recorded_at(
    last: Instant,
    now: Instant,
    behind: BehindClock,
) -> Result<Instant, ClockBehind> {
    let lag = last.as_micros().saturating_sub(now.as_micros());
    if lag > TOLERATED && behind == BehindClock::Refuse {
        return Err(ClockBehind { last, now });
    }
    Ok(now.max(last))
}

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::from_utc(Utc::now())
    }
}

impl FixedClock {
    /// A clock that stands at a moment.
    pub fn at(moment: Instant) -> Self {
        Self(Cell::new(moment))
    }

    /// Sets it, forwards or back.
    pub fn set(&self, moment: Instant) {
        self.0.set(moment);
    }

    /// Moves it by some microseconds, forwards or (negative) back. It stays where it is if that
    /// would leave the range of [`Instant`].
    pub fn step(&self, micros: i64) {
        let moved = self.0.get().as_micros().checked_add(micros).and_then(Instant::from_micros);
        self.0.set(moved.unwrap_or(self.0.get()));
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000).unwrap()
    }

    #[test]
    fn a_clock_up_to_a_minute_behind_repeats_the_last_time() {
        let sealed = |now| next_recorded_at(at(100), now, BehindClock::Refuse);
        assert_eq!(sealed(at(101)), Ok(at(101)));
        assert_eq!(sealed(at(99)), Ok(at(100)));
        assert_eq!(sealed(at(40)), Ok(at(100)));
    }

    #[test]
    fn a_clock_over_a_minute_behind_is_refused_unless_accepted() {
        let now = at(40).before();
        let refused = next_recorded_at(at(100), now, BehindClock::Refuse);
        assert_eq!(refused, Err(ClockBehind { last: at(100), now }));
        assert_eq!(next_recorded_at(at(100), now, BehindClock::Accept), Ok(at(100)));
    }

    #[test]
    fn a_fixed_clock_moves_when_told() {
        let clock = FixedClock::at(at(5));
        clock.step(-1_000_000);
        assert_eq!(clock.now(), at(4));
        clock.step(i64::MAX);
        assert_eq!(clock.now(), at(4));
        clock.set(at(9));
        assert_eq!(clock.now(), at(9));
    }
}
