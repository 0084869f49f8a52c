//! What verification answers.

use crate::chain::Head;
use crate::verify::finding::{ExitClass, Finding};

/// All that was found, and what was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many events the log has, without the ledger's own envelope.
    pub events: u64,
    /// The head that the log's last envelope makes; `None` where it cannot be read.
    pub head: Option<Head>,
    /// What was given to compare with, and whether the log agrees.
    pub anchors: Vec<AnchorCheck>,
    /// All that is wrong, in the order of the log.
    pub findings: Vec<Finding>,
    /// How many contents are absent.
    pub redacted: u64,
    /// How many envelopes were not looked at, since a checkpoint says that they were verified.
    pub skipped: u64,
}

/// Something that was kept outside the ledger, and whether the ledger agrees with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorCheck {
    /// What it is: `head` or `checkpoint`.
    pub kind: &'static str,
    /// What it is called: a head as it was written down, a checkpoint's file.
    pub name: String,
    /// Whether the ledger agrees.
    pub ok: bool,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn ok(&self) -> bool {
        self.findings.is_empty()
    }

    /// The worst class of its findings; `None` where nothing is wrong.
    pub fn class(&self) -> Option<ExitClass> {
        worst(&self.findings)
    }

    /// The exit code: 0, 5 or 6.
    pub fn exit_code(&self) -> u8 {
        self.class().map_or(0, ExitClass::exit_code)
    }
}

/// The worst class of some findings.
pub(super) fn worst(findings: &[Finding]) -> Option<ExitClass> {
    findings.iter().map(|finding| finding.code.class()).max()
}
