//! Sealed runs, checked side by side on all cores.
//!
//! The argument is that of the walk through the log, for each run by itself; then the seams: each
//! run follows the one before it, no id is in two of them, and references that leave a run lead to
//! an earlier one. It answers only for what is sound: where anything at all is wrong, the walk goes
//! through the whole log, and tells what and where.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::chain::{Head, Sequence};
use crate::digest::Digest;
use crate::envelope::{Envelope, LedgerId};
use crate::event_log::{
    LogError, RunIndex, SealedRecord, SealedRuns, SeenEvent, Soundness, belongs_to,
};
use crate::tree::{Frontier, TILE_WIDTH, TreeHash};
use crate::verify::ContentCheck;
use crate::verify::references::References;
use crate::verify::walk::{Absent, Reference, Walk};

/// What the check of a run came to.
enum Checked {
    Sound(Box<Run>),
    Unsound,
    Altered,
}

/// What a sound run comes to.
struct Run {
    ledger: LedgerId,
    format: u8,
    /// What its first envelope names as the one before, and when that one was recorded at the
    /// latest.
    previous: Digest,
    first_recorded: crate::instant::Instant,
    last: Envelope,
    last_digest: Digest,
    leaves: Leaves,
    /// The digests of envelopes that were asked for.
    heads: Vec<(Sequence, Digest)>,
    absent: Vec<Absent>,
    redactions: Vec<Reference>,
    amendments: Vec<Reference>,
    /// References to what is not in the run.
    outward: References,
}

/// The tree of a run: the roots of the full tiles in it, and the leaves before and after those.
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
        let checker = Checker { runs, content_check: self.content_check, wanted: &wanted };
        let checked = checker.all()?;
        let altered = checked.iter().filter(|(_, checked)| matches!(checked, Checked::Altered));
        self.altered = altered.filter_map(|(run, _)| runs.range(*run)).collect();
        let sound = checked.into_values().filter_map(|checked| match checked {
            Checked::Sound(run) => Some(*run),
            _ => None,
        });
        let checked: Vec<Run> = sound.collect();
        if checked.len() < runs.count() {
            return Ok(());
        }
        if !follow_one_another(runs, &checked) || !are_told_apart(runs, &checked)? {
            return Ok(());
        }
        self.go_past(runs, checked)
    }

    /// Takes over what the runs came to.
    fn go_past(&mut self, runs: &dyn SealedRuns, checked: Vec<Run>) -> Result<(), LogError> {
        let mut tree = self.tree.begin_anew();
        for run in &checked {
            for leaf in &run.leaves.before {
                tree.take_leaf(*leaf, self.log)?;
            }
            for tile in &run.leaves.tiles {
                tree.take_full_tile(*tile, self.log)?;
            }
            for leaf in &run.leaves.after {
                tree.take_leaf(*leaf, self.log)?;
            }
        }
        let end = runs.range(runs.count() - 1).map_or(Sequence::LEDGER, |(_, end)| end);
        if tree.size() != Some(end.get()) {
            return Ok(());
        }
        self.tree.put_behind(tree, self.log)?;
        for run in checked {
            for anchor in self.anchors.iter_mut().chain(&mut self.last_answer) {
                let found = run.heads.iter().find(|(at, _)| *at == anchor.expected.sequence());
                anchor.found = found.map(|(_, digest)| *digest).or(anchor.found);
            }
            self.absent.extend(run.absent);
            self.redactions.extend(run.redactions);
            self.amendments.extend(run.amendments);
            let at = run.last.sequence();
            self.stand_behind(at, &run.last, run.last_digest);
        }
        Ok(())
    }
}

/// Checks runs, each by itself.
struct Checker<'a> {
    runs: &'a dyn SealedRuns,
    content_check: ContentCheck<'a>,
    /// The places of which the digests are asked for.
    wanted: &'a [Sequence],
}

impl Checker<'_> {
    /// All runs, on all cores.
    fn all(&self) -> Result<BTreeMap<usize, Checked>, LogError> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let next = AtomicUsize::new(0);
        let checked: Mutex<BTreeMap<usize, Checked>> = Mutex::default();
        let work = || -> Result<(), LogError> {
            loop {
                let run = next.fetch_add(1, Ordering::Relaxed);
                if run >= self.runs.count() {
                    return Ok(());
                }
                let one = self.one(run)?;
                if let Ok(mut checked) = checked.lock() {
                    checked.insert(run, one);
                }
            }
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (1..cores).map(|_| scope.spawn(work)).collect();
            let mut result = work();
            for thread in threads {
                // A thread that did not come back has found nothing sound.
                result = result.and(thread.join().unwrap_or(Ok(())));
            }
            result
        })?;
        Ok(checked.into_inner().unwrap_or_default())
    }

    fn one(&self, run: usize) -> Result<Checked, LogError> {
        let mut so_far: Option<Run> = None;
        let mut failed = None;
        let soundness = self.runs.check(run, &mut |record, index| match self.record(
            &mut so_far,
            &record,
            index,
        ) {
            Ok(seen) => seen,
            Err(error) => {
                failed = Some(error);
                None
            }
        });
        match (failed, soundness?) {
            (Some(LogError::Damaged { .. }), _) => Ok(Checked::Unsound),
            (Some(error), _) => Err(error),
            (None, Soundness::Altered) => Ok(Checked::Altered),
            (None, Soundness::Unsound) => Ok(Checked::Unsound),
            (None, Soundness::Sound) => {
                Ok(so_far.map_or(Checked::Unsound, |run| Checked::Sound(Box::new(run))))
            }
        }
    }

    /// Checks a record given those before it in the run. `None` where something is wrong.
    fn record(
        &self,
        so_far: &mut Option<Run>,
        record: &SealedRecord<'_>,
        index: &RunIndex<'_>,
    ) -> Result<Option<SeenEvent>, LogError> {
        let stored = record.record;
        let Ok(envelope) = Envelope::read(&stored.envelope) else { return Ok(None) };
        let is_itself = Digest::of_envelope(&stored.envelope) == stored.digest
            && envelope.sequence() == record.at
            && self.content_is_right(record, &envelope);
        if !is_itself {
            return Ok(None);
        }
        let run = match so_far {
            Some(run) if run.is_followed_by(&envelope) => run,
            Some(_) => return Ok(None),
            None => so_far.insert(Run::beginning_with(&envelope)),
        };
        for target in envelope.refers_to() {
            match index(target) {
                Some(_) => {}
                // An event cannot refer to itself, and its own id is in no index yet.
                None if target == envelope.id() => return Ok(None),
                None => run.outward.add(target, record.at),
            }
        }
        let belongs_to = belongs_to(&envelope, |id| match index(id) {
            None => self.runs.listed(id),
            found => Ok(found),
        })?;
        let id = envelope.id().clone();
        if index(&id).is_some() {
            return Ok(None);
        }
        if self.wanted.contains(&record.at) {
            run.heads.push((record.at, stored.digest));
        }
        run.take(record, envelope);
        Ok(Some(SeenEvent { id, belongs_to }))
    }

    fn content_is_right(&self, record: &SealedRecord<'_>, envelope: &Envelope) -> bool {
        record.record.content.as_ref().is_none_or(|content| {
            (record.is_worked_out || content.answers_to(envelope).is_ok())
                && (self.content_check)(envelope, &content.bytes).is_ok()
        })
    }
}

impl Run {
    fn beginning_with(envelope: &Envelope) -> Self {
        let (leaves, heads, absent, redactions, amendments, outward) = Default::default();
        Self {
            ledger: *envelope.ledger(),
            format: envelope.format(),
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

    /// Whether an envelope follows the last one of the run.
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
        let reference = |target: &crate::identifier::EventId| Reference {
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

/// Whether every run follows the one before it, the first of them at the beginning.
fn follow_one_another(runs: &dyn SealedRuns, checked: &[Run]) -> bool {
    let ranges: Vec<_> = (0..runs.count()).filter_map(|run| runs.range(run)).collect();
    let begins = ranges.first().is_some_and(|(first, _)| *first == Sequence::LEDGER);
    let adjoin = ranges.windows(2).all(|pair| match pair {
        [(_, end), (first, _)] => end == first,
        _ => false,
    });
    let follow = checked.windows(2).all(|pair| match pair {
        [one, next] => {
            let head = one.last_head();
            next.ledger == one.ledger
                && next.format == one.format
                && next.previous == head.digest
                && next.first_recorded >= head.recorded_at
        }
        _ => false,
    });
    begins && adjoin && follow
}

/// Whether no id is in two runs, and every reference that leaves its run leads to an earlier one.
fn are_told_apart(runs: &dyn SealedRuns, checked: &[Run]) -> Result<bool, LogError> {
    let mut outward = References::default();
    checked.iter().for_each(|run| outward.append(&run.outward));
    match outward.lead_back(runs) {
        Err(LogError::Damaged { .. }) => Ok(false),
        other => other,
    }
}
