//! How far something is that takes a while: a line on stderr, for a person at a terminal only.

use std::io::{self, Write};

use dispute_core::{Clock, SystemClock};

use crate::output::Output;

/// How long something may take in silence, and between two lines, in microseconds.
const SILENCE: i64 = 500_000;
const BETWEEN: i64 = 100_000;

/// A line that is written over and over, and is gone when this goes out of scope.
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    is_watched: bool,
    began: i64,
    next: i64,
    is_shown: bool,
}

impl Progress {
    /// Begins something of so many steps.
    pub(crate) fn of(what: &'static str, total: usize, output: Output) -> Self {
        let began = now();
        let next = began + SILENCE;
        Self { what, total, is_watched: output.is_watched(), began, next, is_shown: false }
    }

    /// So many things are done, and with them so many of the steps; says how fast it goes and how
    /// long it will take.
    pub(crate) fn through(&mut self, things: u64, done: u64) {
        let at = if self.is_watched { now() } else { return };
        if at < self.next {
            return;
        }
        self.next = at + BETWEEN;
        self.is_shown = true;
        let passed = u128::try_from(at - self.began).unwrap_or_default().max(1);
        let rate = u128::from(things) * 1_000_000 / passed;
        let (done, total) = (u128::from(done), u128::try_from(self.total).unwrap_or_default());
        let percent = (done * 100).checked_div(total).unwrap_or(100);
        let left = passed * total.saturating_sub(done) / done.max(1) / 1_000_000;
        let what = self.what;
        let _ = write!(
            io::stderr(),
            "\r\u{1b}[K{what} {things} ({percent} %), {rate} a second, {left} s left"
        );
        let _ = io::stderr().flush();
    }

    /// So many steps are done.
    pub(crate) fn at(&mut self, done: usize) {
        // Asking the time at every step would cost more than a step.
        if !self.is_watched || !done.is_multiple_of(64) || now() < self.next {
            return;
        }
        self.next = now() + BETWEEN;
        self.is_shown = true;
        let percent = done.saturating_mul(100).checked_div(self.total).unwrap_or(100);
        let _ = write!(io::stderr(), "\r{} {done} of {} ({percent} %)", self.what, self.total);
        let _ = io::stderr().flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}

fn now() -> i64 {
    SystemClock.now().as_micros()
}
