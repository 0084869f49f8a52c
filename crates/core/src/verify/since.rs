//! Verification of what came after a checkpoint up to which all was verified before.

use crate::chain::Sequence;
use crate::digest::Digest;
use crate::envelope::Envelope;
use crate::event_log::{EventLog, LogError, LogTree};
use crate::tree::{Frontier, TreeError, TreeHash, TreeHead, verify_consistency, verify_inclusion};
use crate::verify::report::Report;
use crate::verify::walk::Walk;
use crate::verify::{Anchor, ContentCheck, verify};

/// Checks the part of a log after a checkpoint up to which it was verified before, and that the
/// log agrees with what was kept elsewhere.
///
/// The argument: the tree, as it is stored, has at that size the root of the checkpoint; the last
/// envelope before it is under that root; from there on it is that of [`verify`]. Anchors from
/// before are held against that tree. What was damaged before the checkpoint, since it was verified,
/// is not found. Where the stored tree does not lead to the checkpoint, the whole log is verified.
///
/// # Errors
/// As [`verify`].
pub fn verify_since(
    log: &dyn EventLog,
    name: &str,
    since: TreeHead,
    anchors: &[Anchor],
    content_check: ContentCheck<'_>,
) -> Result<Report, LogError> {
    let given = Anchor::Checkpoint { name: name.to_owned(), head: since };
    let anchors: Vec<Anchor> = std::iter::once(given).chain(anchors.iter().cloned()).collect();
    let mut walk = Walk::new(log, &anchors, content_check);
    if !skip_to(&mut walk, since)? {
        return verify(log, &anchors, content_check);
    }
    walk.through_the_log()?;
    walk.at_the_end()
}

/// Puts a walk behind a checkpoint. Gives whether the log leads there.
fn skip_to(walk: &mut Walk<'_>, since: TreeHead) -> Result<bool, LogError> {
    let tree = LogTree(walk.log);
    let Some(frontier) = known(Frontier::read(&tree, since.size).map_err(unreadable))? else {
        return Ok(false);
    };
    let Some(last) = since.size.checked_sub(1).map(Sequence::new) else { return Ok(false) };
    if frontier.root() != since.root {
        return Ok(false);
    }
    let Some(digest) = proved(walk.log, last, since)? else { return Ok(false) };
    let Some(record) = known(walk.log.stored(last))?.flatten() else { return Ok(false) };
    let Ok(envelope) = Envelope::read(&record.envelope) else { return Ok(false) };
    if envelope.sequence() != last || record.digest != digest {
        return Ok(false);
    }
    for anchor in walk.anchors.iter_mut().chain(&mut walk.last_answer) {
        let at = anchor.expected.sequence();
        if at <= last {
            let Some(found) = proved(walk.log, at, since)? else { return Ok(false) };
            anchor.found = Some(found);
        }
    }
    for anchor in walk.tree.anchors.iter_mut().filter(|it| it.expected.size <= since.size) {
        let Some(found) = earlier_root(&tree, anchor.expected.size, since)? else {
            return Ok(false);
        };
        anchor.found = Some(found);
    }
    let Some(open) = known(walk.tree.begin(frontier, &tree))? else { return Ok(false) };
    walk.tree.open = open;
    walk.begin_after(last, &envelope, digest);
    Ok(true)
}

/// The digest of an envelope that is proved to be in the tree of a checkpoint.
fn proved(log: &dyn EventLog, at: Sequence, since: TreeHead) -> Result<Option<Digest>, LogError> {
    let Some(record) = known(log.stored(at))?.flatten() else { return Ok(None) };
    let Some(proof) = known(LogTree(log).inclusion(at, since.size))? else { return Ok(None) };
    let leaf = TreeHash::of_leaf(&record.envelope);
    let holds = verify_inclusion(at.get(), &leaf, &proof, &since).is_ok();
    Ok(holds.then(|| Digest::of_envelope(&record.envelope)))
}

/// The root of an earlier tree that is proved to be the beginning of that of a checkpoint.
fn earlier_root(
    tree: &LogTree<'_, dyn EventLog + '_>,
    size: u64,
    since: TreeHead,
) -> Result<Option<TreeHash>, LogError> {
    let Some(earlier) = known(tree.head(size))? else { return Ok(None) };
    let Some(proof) = known(tree.consistency(size, since.size))? else { return Ok(None) };
    Ok(verify_consistency(&earlier, &since, &proof).is_ok().then_some(earlier.root))
}

/// What damage leaves unknown is for the whole verification to tell.
fn known<T>(read: Result<T, LogError>) -> Result<Option<T>, LogError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(LogError::Damaged { .. } | LogError::Unreadable { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn unreadable(error: TreeError<LogError>) -> LogError {
    crate::event_log::log_error(error)
}
