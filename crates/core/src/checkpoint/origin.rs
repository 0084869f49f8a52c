//! Which log a checkpoint is of.

use std::fmt;

use super::is_line;
use crate::envelope::LedgerId;

/// What names a log in its checkpoints, such as the id of a ledger: one line, not empty and without
/// control characters (c2sp.org/tlog-checkpoint, "Note text"). Two logs must never have the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin. `None` where it cannot be a line of a checkpoint.
    pub fn parse(text: &str) -> Option<Self> {
        is_line(text).then(|| Self(text.to_owned()))
    }

    /// The origin of a ledger's checkpoints: its id, in 32 lower-case hexadecimal digits.
    pub fn of_ledger(id: &LedgerId) -> Self {
        Self(id.to_string())
    }

    /// The origin as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
