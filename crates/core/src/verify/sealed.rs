//! Sealed runs, checked a part at a time on all cores.
//!
//! The argument is that of the walk through the log, for each part by itself and against the tables
//! of its run; then the seams: each part follows the one before it, no id is in two runs, and
//! references that leave a run lead to an earlier one. It answers only for what is sound: where
//! anything at all is wrong, the walk goes through the whole log, and tells what and where.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::chain::{Head, Sequence};
use crate::digest::Digest;
use crate::envelope::{Envelope, LedgerId};
use crate::event_log::{
    LogError, SealedRecord, SealedRun, SealedRuns, SeenEvent, Unsound, belongs_to,
};
use crate::identifier::EventId;
use crate::instant::Instant;
use crate::tree::{Frontier, TILE_WIDTH, TreeHash};
use crate::verify::ContentCheck;
use crate::verify::references::{IdRange, Outward, Waiting, lead_back};
use crate::verify::walk::{Absent, Reference, Walk};

/// What a sound part of a run comes to.
struct Part {
    ledger: LedgerId,
    format: u8,
    /// The place of its first envelope, what that names as the one before, and when that one was
    /// recorded at the latest.
    first: Sequence,
    previous: Digest,
    first_recorded: Instant,
    last: Envelope,
    last_digest: Digest,
    leaves: Leaves,
    /// The digests of envelopes that were asked for.
    heads: Vec<(Sequence, Digest)>,
    absent: Vec<Absent>,
    redactions: Vec<Reference>,
    amendments: Vec<Reference>,
    /// References to what is not in the run.
    outward: Vec<EventId>,
}

/// The tree of a part: the roots of the full tiles in it, and the leaves before and after those.
#[derive(Default)]
struct Leaves {
    before: Vec<TreeHash>,
    tiles: Vec<TreeHash>,
    /// The tile that is not full yet.
    open: Frontier,
    after: Vec<TreeHash>,
}

impl Walk<'_> {
    /// Checks the sealed runs, where the log has any, and goes on behind them. Where something is
    /// wrong with them, nothing has happened, and the walk begins at the first envelope.
    pub(super) fn past_sealed_runs(&mut self) -> Result<(), LogError> {
        let Some(runs) = self.log.sealed_runs().filter(|runs| runs.count() > 0) else {
            return Ok(());
        };
        let wanted = self.anchors.iter().chain(&self.last_answer);
        let wanted: Vec<Sequence> = wanted.map(|anchor| anchor.expected.sequence()).collect();
        let checker = Checker::new(runs, self.content_check, &wanted);
        let Checked { parts, altered, is_sound } = checker.all()?;
        self.altered = altered.into_iter().filter_map(|run| runs.range(run)).collect();
        if is_sound && self.altered.is_empty() && follow_one_another(runs, &parts) {
            self.go_past(runs, parts)?;
        }
        Ok(())
    }

    /// Takes over what the parts came to.
    fn go_past(&mut self, runs: &dyn SealedRuns, parts: Vec<Part>) -> Result<(), LogError> {
        // They begin with the first leaf of all, so that none lie before the tiles.
        let mut leaves = Leaves::default();
        parts.iter().for_each(|part| leaves.go_on(part.first, &part.leaves));
        let mut tree = self.tree.begin_anew();
        for tile in leaves.tiles {
            tree.take_full_tile(tile, self.log)?;
        }
        for leaf in leaves.after {
            tree.take_leaf(leaf, self.log)?;
        }
        if tree.size() != Some(runs.end().get()) {
            return Ok(());
        }
        self.tree.put_behind(tree, self.log)?;
        for part in parts {
            for anchor in self.anchors.iter_mut().chain(&mut self.last_answer) {
                let found = part.heads.iter().find(|(at, _)| *at == anchor.expected.sequence());
                anchor.found = found.map(|(_, digest)| *digest).or(anchor.found);
            }
            self.absent.extend(part.absent);
            self.redactions.extend(part.redactions);
            self.amendments.extend(part.amendments);
            let at = part.last.sequence();
            self.stand_behind(at, &part.last, part.last_digest);
        }
        Ok(())
    }
}

/// Checks the parts of runs, each by itself.
struct Checker<'a> {
    runs: &'a dyn SealedRuns,
    content_check: ContentCheck<'a>,
    /// The places of which the digests are asked for.
    wanted: &'a [Sequence],
    /// The next run that nobody has begun with.
    next: AtomicUsize,
    /// The runs that somebody is at. A lock is held while one is read.
    open: Vec<Mutex<Option<Arc<Open<'a>>>>>,
    waiting: Waiting,
    parts: Mutex<BTreeMap<(usize, usize), Part>>,
    altered: Mutex<Vec<usize>>,
    is_unsound: AtomicBool,
}

/// A run that was read, and the next of its parts that nobody has begun with.
struct Open<'a> {
    run: Box<dyn SealedRun + 'a>,
    next: AtomicUsize,
}

/// What the checks came to.
struct Checked {
    /// The sound parts, in order.
    parts: Vec<Part>,
    /// The runs of which the files are not what the store names.
    altered: Vec<usize>,
    /// Whether nothing else is wrong.
    is_sound: bool,
}

impl<'a> Checker<'a> {
    fn new(
        runs: &'a dyn SealedRuns,
        content_check: ContentCheck<'a>,
        wanted: &'a [Sequence],
    ) -> Self {
        let open = (0..runs.count()).map(|_| Mutex::default()).collect();
        let (next, waiting, parts, altered, is_unsound) = Default::default();
        Self { runs, content_check, wanted, next, open, waiting, parts, altered, is_unsound }
    }

    /// All runs, on all cores.
    fn all(self) -> Result<Checked, LogError> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let all_came_back = on_all(&vec![(); cores], &|()| self.runs_in_turn())?;
        let (runs, count) = (self.runs, self.runs.count());
        let rest = self.waiting.into_rest();
        let dividing = sound(runs.dividing_ids(cores))?.unwrap_or_default();
        let froms = std::iter::once(&b""[..]).chain(dividing.iter().map(Vec::as_slice));
        let tos = dividing.iter().map(|id| Some(id.as_slice())).chain([None]);
        let ranges: Vec<IdRange<'_>> =
            froms.zip(tos).map(|(from, to)| IdRange { from, to }).collect();
        let all_followed = on_all(&ranges, &|range| {
            if sound(lead_back(runs, count, &rest, *range))? != Some(true) {
                self.is_unsound.store(true, Ordering::Relaxed);
            }
            Ok(())
        })?;
        Ok(Checked {
            parts: self.parts.into_inner().unwrap_or_default().into_values().collect(),
            altered: self.altered.into_inner().unwrap_or_default(),
            is_sound: all_came_back && all_followed && !self.is_unsound.into_inner(),
        })
    }

    /// Takes runs that nobody has begun with; then helps with those that others are at.
    fn runs_in_turn(&self) -> Result<(), LogError> {
        loop {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(Ok(mut slot)) = self.open.get(n).map(Mutex::lock) else { break };
            let opened = match sound(self.runs.open(n))?.unwrap_or(Err(Unsound::Inside)) {
                Ok(run) => Arc::new(Open { run, next: AtomicUsize::default() }),
                Err(why) => {
                    self.is_unsound.fetch_or(why == Unsound::Inside, Ordering::Relaxed);
                    if let (Unsound::Altered, Ok(mut altered)) = (why, self.altered.lock()) {
                        altered.push(n);
                    }
                    continue;
                }
            };
            *slot = Some(Arc::clone(&opened));
            drop(slot);
            self.parts_in_turn(n, &opened)?;
            if let Some(Ok(mut slot)) = self.open.get(n).map(Mutex::lock) {
                *slot = None;
            }
        }
        for (n, slot) in self.open.iter().enumerate() {
            let opened = slot.lock().ok().and_then(|slot| slot.clone());
            opened.map_or(Ok(()), |opened| self.parts_in_turn(n, &opened))?;
        }
        Ok(())
    }

    /// Takes parts of a run that nobody has begun with.
    fn parts_in_turn(&self, n: usize, open: &Open<'_>) -> Result<(), LogError> {
        loop {
            let part = open.next.fetch_add(1, Ordering::Relaxed);
            if part >= open.run.parts() {
                return Ok(());
            }
            let Some(mut checked) = self.part(&*open.run, part)? else {
                self.is_unsound.store(true, Ordering::Relaxed);
                continue;
            };
            let outward = Outward::of(n, std::mem::take(&mut checked.outward));
            if let Ok(mut parts) = self.parts.lock() {
                parts.insert((n, part), checked);
            }
            let outward = self.waiting.add(outward);
            // They must lead to runs before these.
            if let Some(last) = outward.iter().map(Outward::run).max() {
                let led_back = sound(lead_back(self.runs, last, &outward, IdRange::ALL))?;
                self.is_unsound.fetch_or(led_back != Some(true), Ordering::Relaxed);
            }
        }
    }

    /// `None` where something is wrong with it.
    fn part(&self, run: &dyn SealedRun, part: usize) -> Result<Option<Part>, LogError> {
        let mut so_far: Option<Part> = None;
        let mut failed = None;
        let is_sound =
            run.check(part, &mut |record| match self.record(&mut so_far, &record, run) {
                Ok(seen) => seen,
                Err(error) => {
                    failed = Some(error);
                    None
                }
            });
        match failed {
            None | Some(LogError::Damaged { .. }) => Ok(so_far.filter(|_| is_sound)),
            Some(error) => Err(error),
        }
    }

    /// Checks a record given those before it in the part. `None` where something is wrong.
    fn record(
        &self,
        so_far: &mut Option<Part>,
        record: &SealedRecord<'_>,
        run: &dyn SealedRun,
    ) -> Result<Option<SeenEvent>, LogError> {
        let stored = record.record;
        let Ok(envelope) = Envelope::read(&stored.envelope) else { return Ok(None) };
        let is_itself = Digest::of_envelope(&stored.envelope) == stored.digest
            && envelope.sequence() == record.at
            && self.content_is_right(record, &envelope);
        if !is_itself {
            return Ok(None);
        }
        let part = match so_far {
            Some(part) if part.is_followed_by(&envelope) => part,
            Some(_) => return Ok(None),
            None => so_far.insert(Part::beginning_with(&envelope)),
        };
        for target in envelope.refers_to() {
            match run.find(target) {
                Some(at) if at >= record.at => return Ok(None),
                Some(_) => {}
                None => part.outward.push(target.clone()),
            }
        }
        let belongs_to = belongs_to(&envelope, |id| match run.listed(id) {
            None => self.runs.listed(id),
            found => Ok(found),
        })?;
        let id = envelope.id().clone();
        if self.wanted.contains(&record.at) {
            part.heads.push((record.at, stored.digest));
        }
        part.take(record, envelope);
        Ok(Some(SeenEvent { id, belongs_to }))
    }

    fn content_is_right(&self, record: &SealedRecord<'_>, envelope: &Envelope) -> bool {
        record.record.content.as_ref().is_none_or(|content| {
            (record.is_worked_out || content.answers_to(envelope).is_ok())
                && (self.content_check)(envelope, &content.bytes).is_ok()
        })
    }
}

/// Does something with each on a core of its own. Gives whether all threads came back: what one
/// that fell over was at is not known to be sound.
fn on_all<T: Sync>(
    each: &[T],
    work: &(dyn Fn(&T) -> Result<(), LogError> + Sync),
) -> Result<bool, LogError> {
    thread::scope(|scope| {
        let (first, others) =
            each.split_first().map_or((None, each), |(one, rest)| (Some(one), rest));
        let threads: Vec<_> = others.iter().map(|one| scope.spawn(|| work(one))).collect();
        let mut result = first.map_or(Ok(()), work).map(|()| true);
        for thread in threads {
            let came_back = thread.join().map_or(Ok(false), |done| done.map(|()| true));
            result = result.and_then(|all| Ok(all && came_back?));
        }
        result
    })
}

/// `None` for what is damaged.
fn sound<T>(result: Result<T, LogError>) -> Result<Option<T>, LogError> {
    match result {
        Err(LogError::Damaged { .. }) => Ok(None),
        other => other.map(Some),
    }
}

impl Part {
    fn beginning_with(envelope: &Envelope) -> Self {
        let (leaves, heads, absent, redactions, amendments, outward) = Default::default();
        Self {
            ledger: *envelope.ledger(),
            format: envelope.format(),
            first: envelope.sequence(),
            previous: *envelope.previous(),
            first_recorded: envelope.recorded_at(),
            last: envelope.clone(),
            last_digest: Digest::NONE,
            leaves,
            heads,
            absent,
            redactions,
            amendments,
            outward,
        }
    }

    /// Whether an envelope follows the last one of the part.
    fn is_followed_by(&self, next: &Envelope) -> bool {
        *next.ledger() == self.ledger
            && next.format() == self.format
            && next.sequence() == self.last.sequence().next()
            && *next.previous() == self.last_digest
            && next.recorded_at() >= self.last.recorded_at()
    }

    fn take(&mut self, record: &SealedRecord<'_>, envelope: Envelope) {
        self.leaves.push(record.at, TreeHash::of_leaf(&record.record.envelope));
        let id = envelope.id();
        let reference = |target: &EventId| Reference {
            from: record.at,
            id: id.clone(),
            target: target.clone(),
        };
        if record.record.content.is_some() {
            self.redactions.extend(envelope.redacts().map(reference));
            self.amendments.extend(envelope.amends().map(reference));
        } else {
            let amends = envelope.amends().cloned();
            self.absent.push(Absent { at: record.at, id: id.clone(), amends });
        }
        self.last_digest = record.record.digest;
        self.last = envelope;
    }

    fn last_head(&self) -> Head {
        Head {
            sequence: self.last.sequence(),
            digest: self.last_digest,
            recorded_at: self.last.recorded_at(),
        }
    }
}

impl Leaves {
    /// Adds those of the part that begins where these end.
    fn go_on(&mut self, first: Sequence, part: &Self) {
        let mut at = first;
        for leaf in &part.before {
            self.push(at, *leaf);
            at = at.next();
        }
        // What lay before them has filled the tile that was open.
        self.tiles.extend(&part.tiles);
        part.after.iter().for_each(|leaf| self.push(at, *leaf));
    }

    fn push(&mut self, at: Sequence, leaf: TreeHash) {
        let width = u64::from(TILE_WIDTH);
        let is_first_of_tile = at.get().is_multiple_of(width);
        if self.after.is_empty() && self.tiles.is_empty() && !is_first_of_tile {
            self.before.push(leaf);
            return;
        }
        self.after.push(leaf);
        // A tree has room for the 256 leaves of a tile.
        let _ = self.open.push(leaf);
        if self.open.size() == width {
            self.tiles.push(self.open.root());
            self.after.clear();
            self.open = Frontier::new();
        }
    }
}

/// Whether the runs adjoin, and every part follows the one before it, from the ledger's first envelope
/// to the end of the last run.
fn follow_one_another(runs: &dyn SealedRuns, parts: &[Part]) -> bool {
    let ranges: Vec<_> = (0..runs.count()).filter_map(|run| runs.range(run)).collect();
    let adjoin = ranges.windows(2).all(|pair| match pair {
        [(_, end), (first, _)] => end == first,
        _ => false,
    });
    let begins = parts.first().is_some_and(|part| part.first == Sequence::LEDGER);
    let ends = parts.last().is_some_and(|part| part.last.sequence().next() == runs.end());
    let follow = parts.windows(2).all(|pair| match pair {
        [one, next] => {
            let head = one.last_head();
            next.ledger == one.ledger
                && next.format == one.format
                && next.first == head.sequence.next()
                && next.previous == head.digest
                && next.first_recorded >= head.recorded_at
        }
        _ => false,
    });
    adjoin && begins && ends && follow
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn leaves_that_were_cut_anywhere_go_together_again(
            count in 1..1_500_usize,
            mut cuts in proptest::collection::vec(0..1_500_usize, 0..12),
        ) {
            let leaves: Vec<TreeHash> =
                (0..count).map(|n| TreeHash::of_leaf(&n.to_be_bytes())).collect();
            cuts.extend([0, count]);
            cuts.retain(|cut| *cut <= count);
            cuts.sort_unstable();
            let mut joined = Leaves::default();
            for (from, to) in cuts.iter().zip(cuts.iter().skip(1)) {
                let at = |n: usize| Sequence::new(u64::try_from(n).unwrap());
                let mut part = Leaves::default();
                (*from..*to).for_each(|n| part.push(at(n), leaves[n]));
                joined.go_on(at(*from), &part);
            }
            let root = |tile: &[TreeHash]| {
                let mut frontier = Frontier::new();
                tile.iter().for_each(|leaf| drop(frontier.push(*leaf).unwrap()));
                frontier.root()
            };
            let tiles: Vec<TreeHash> = leaves.chunks_exact(256).map(root).collect();
            prop_assert_eq!(joined.tiles, tiles);
            prop_assert_eq!(joined.after, leaves.chunks_exact(256).remainder());
            prop_assert!(joined.before.is_empty());
        }
    }
}
