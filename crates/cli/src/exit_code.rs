//! What the process answers to the shell (`dispute help exit-codes`). Scripts rely on the numbers.

use std::process;

/// The outcome of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Done; for `verify`: nothing wrong, and equal to every anchor given.
    Done = 0,
    /// Input or output, a full disk, a ledger that exists already, anything unexpected.
    Failed = 1,
    /// An unknown verb or flag, a reading date that cannot be read.
    Usage = 2,
    /// Something in an event breaks a rule. Nothing was written, but the good rows where asked.
    Refused = 3,
    /// No such dispute or event; an ambiguous prefix.
    NotFound = 4,
    /// Integrity is broken.
    Broken = 5,
    /// Consistent in itself, but contradicts an anchor that was given.
    Contradicted = 6,
    /// No ledger here, or one of a newer format.
    NoLedger = 10,
    /// Another process has the ledger, or its head has moved on.
    Locked = 11,
    /// Only with `--exit-code`: `log` found nothing.
    Differs = 20,
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code as u8)
    }
}
