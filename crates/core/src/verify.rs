//! Verification: the argument that nothing changed, and all that speaks against it.

mod end;
mod event_proof;
mod finding;
mod references;
mod report;
mod sealed;
mod since;
mod tree;
mod trust;
mod walk;

use crate::chain::ExpectedHead;
use crate::envelope::Envelope;
use crate::event_log::{EventLog, LogError};
use crate::tree::TreeHead;

pub use event_proof::{EventReport, verify_event};
pub use finding::{ExitClass, Finding, FindingCode};
pub use report::{AnchorCheck, Report};
pub use since::verify_since;
pub use trust::{Signed, Trust};

use walk::Walk;

/// Something that was kept outside the ledger and that the ledger must agree with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// A head that was written down.
    Head(ExpectedHead),
    /// The size and root of the tree that a checkpoint signs, and what to call it.
    Checkpoint {
        /// What it is called: a file's name, or its size and root.
        name: String,
        /// The size and the root.
        head: TreeHead,
    },
}

/// What reads a content and says why it is not one, in words. The log itself does not know what
/// contents mean.
pub type ContentCheck<'a> = &'a (dyn Fn(&Envelope, &[u8]) -> Result<(), String> + Sync);

/// Checks a whole log, and that it agrees with what was kept elsewhere.
///
/// The argument: every envelope is the one encoding of what it says; its digest is what was stored
/// and what the next one names; sequences have no gap, the clock never went back, the ledger's id
/// and the format stay; every content is what its envelope commits to, and is absent exactly where
/// it was redacted; ids are unique and references point backwards; the indexes say what the log
/// says, entry for entry, and so do the stored tree and all copies; the end of the log is where it is said to be.
///
/// Sealed runs of the log are checked side by side on all cores, as long as they are sound; what is
/// wrong with one is told by going through the whole log from its beginning.
///
/// It never stops at the first finding, and changes nothing. A finding is made where the damage is;
/// what follows from it alone is not reported again. Memory does not grow with the log, but for
/// redactions, amendments and findings.
///
/// # Errors
/// [`LogError::Io`] and the like where it could not look. That a store cannot be read because it
/// is damaged is a finding.
pub fn verify(
    log: &dyn EventLog,
    anchors: &[Anchor],
    content_check: ContentCheck<'_>,
) -> Result<Report, LogError> {
    let mut walk = Walk::new(log, anchors, content_check);
    walk.past_sealed_runs()?;
    walk.through_the_log()?;
    walk.at_the_end()
}
