//! A cosigner that is stopped at any step of storing its memory, or whose disk forgets what it was
//! not made to keep, never signs two histories.

use dispute_core::{
    ConsistencyProof, ConsistencyProofError, CosignError, CosignRefusal, CosignerRecord,
    MemoryStore, NoteSignature, SignedCheckpoint, TreeHash, TreeHead, UnreadableMemory, cosign,
    prove_consistency,
};

use crate::naive::{NaiveTree, Tiles, leaves};
use crate::signing::{LOG, first, keeper, key, origin, seconds, signed};

/// The steps of a store, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Read,
    WriteBeside,
    SyncBeside,
    Replace,
    SyncFolder,
}

const STEPS: [Step; 5] =
    [Step::Read, Step::WriteBeside, Step::SyncBeside, Step::Replace, Step::SyncFolder];

/// Whether the step at which the power goes has done its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stopped {
    Before,
    After,
}

/// A disk that keeps for sure only what it was made to keep.
#[derive(Clone, Debug, Default)]
struct Disk {
    stored: Option<Vec<u8>>,
    beside: Option<Vec<u8>>,
    beside_is_synced: bool,
    /// What is stored has a lasting name, but its bytes may not last.
    stored_is_torn: bool,
    /// What a reader sees since the replacement, as long as the power is on.
    replaced: Option<Vec<u8>>,
    stop: Option<(Step, Stopped)>,
}

#[derive(Debug, PartialEq, Eq)]
struct PowerGone;

impl Disk {
    fn step(&mut self, step: Step, work: impl FnOnce(&mut Self)) -> Result<(), PowerGone> {
        let stop = self.stop.filter(|(at, _)| *at == step).map(|(_, when)| when);
        if stop != Some(Stopped::Before) {
            work(self);
        }
        if stop.is_some() { Err(PowerGone) } else { Ok(()) }
    }

    /// All that may be there once the power is back: the old memory or the new one, and where the
    /// new one was not synced, any beginning of it.
    fn after_the_crash(&self) -> Vec<Option<Vec<u8>>> {
        let mut may_be = vec![self.stored.clone()];
        if let Some(stored) = self.stored.as_ref().filter(|_| self.stored_is_torn) {
            may_be.extend((0..stored.len()).map(|cut| Some(stored[..cut].to_vec())));
        }
        if let Some(new) = &self.replaced {
            may_be.push(Some(new.clone()));
            if !self.beside_is_synced {
                may_be.extend((0..new.len()).map(|cut| Some(new[..cut].to_vec())));
            }
        }
        may_be
    }
}

impl MemoryStore for Disk {
    type Error = PowerGone;

    fn read(&mut self) -> Result<Option<Vec<u8>>, PowerGone> {
        self.step(Step::Read, |_| ())?;
        Ok(self.replaced.clone().or(self.stored.clone()))
    }

    fn write_beside(&mut self, bytes: &[u8]) -> Result<(), PowerGone> {
        self.step(Step::WriteBeside, |disk| disk.beside = Some(bytes.to_vec()))
    }

    fn sync_beside(&mut self) -> Result<(), PowerGone> {
        self.step(Step::SyncBeside, |disk| disk.beside_is_synced = true)
    }

    fn replace(&mut self) -> Result<(), PowerGone> {
        self.step(Step::Replace, |disk| disk.replaced = disk.beside.take())
    }

    fn sync_folder(&mut self) -> Result<(), PowerGone> {
        self.step(Step::SyncFolder, |disk| {
            disk.stored = disk.replaced.take();
            disk.stored_is_torn = !disk.beside_is_synced;
        })
    }
}

/// How a cosigner goes about it.
type Cosigning = fn(&mut Disk, &SignedCheckpoint, Vec<TreeHash>) -> Option<NoteSignature>;

fn careful(
    disk: &mut Disk,
    offered: &SignedCheckpoint,
    proof: Vec<TreeHash>,
) -> Option<NoteSignature> {
    let (log, union) = (keeper(), key("union", 2));
    let key = Some(log.verifier_key());
    cosign(disk, offered, key, |_| Ok(proof), &union, seconds(7)).ok()
}

/// Signs, and stores the memory afterwards.
fn hasty(
    disk: &mut Disk,
    offered: &SignedCheckpoint,
    proof: Vec<TreeHash>,
) -> Option<NoteSignature> {
    let stored = disk.read().ok()?.map(|bytes| CosignerRecord::parse(&bytes));
    let memory = stored.transpose().ok()?.unwrap_or_default().memory();
    let consent = memory.decide(offered, None, &proof).ok()?;
    let signature = consent.cosign(&key("union", 2), seconds(7));
    let _ = careful(disk, offered, proof);
    Some(signature)
}

/// Replaces the memory without making it durable first.
fn trusting(
    disk: &mut Disk,
    offered: &SignedCheckpoint,
    proof: Vec<TreeHash>,
) -> Option<NoteSignature> {
    let (stop, old) = (disk.stop.take(), disk.stored.clone());
    let signature = careful(disk, offered, proof)?;
    if stop.is_some() {
        let new = disk.stored.take();
        *disk = Disk { stored: old, replaced: new, ..Disk::default() };
    }
    Some(signature)
}

/// After how many crashes, of all that there are, a cosigner has signed two histories, and after
/// how many it does not remember what it signed.
fn signed_twice(cosigning: Cosigning, before: Option<&SignedCheckpoint>) -> [usize; 2] {
    let common = 5;
    let straight = leaves(20);
    let mut forked = straight.clone();
    for leaf in &mut forked[common..] {
        *leaf = TreeHash::of_leaf(leaf.as_bytes());
    }
    let tiles = [&straight, &forked].map(|leaves| Tiles::of(leaves));
    let [straight, forked] = [straight, forked].map(NaiveTree::new);
    let from = before.map_or(0, |last| last.head().size);
    let proof = |history: usize| prove_consistency(&tiles[history], from, 12).unwrap();
    let (mut twice, mut forgotten) = (0, 0);
    let stops = STEPS
        .iter()
        .flat_map(|step| [Stopped::Before, Stopped::After].map(|stopped| Some((*step, stopped))));
    for stop in stops.chain([None]) {
        let mut disk = Disk::default();
        if let Some(last) = before {
            assert!(careful(&mut disk, last, Vec::new()).is_some());
        }
        disk.stop = stop;
        let first = cosigning(&mut disk, &signed(straight.head(12)), proof(0));
        for stored in disk.after_the_crash() {
            let read = stored.as_ref().map(|bytes| CosignerRecord::parse(bytes));
            let kept = read.and_then(|read| read.ok()?.last(&origin(LOG)).map(|last| last.head()));
            forgotten += usize::from(first.is_some() && kept != Some(straight.head(12)));
            let again = Disk { stored, ..Disk::default() };
            let fork = cosigning(&mut again.clone(), &signed(forked.head(12)), proof(1));
            // Whatever was stored, what was signed may be signed again, with an empty proof where
            // it is remembered.
            let mut proofs = [Vec::new(), proof(0)].into_iter();
            let same = proofs.any(|proof| {
                cosigning(&mut again.clone(), &signed(straight.head(12)), proof).is_some()
            });
            assert!(
                same || again.stored.is_some_and(|bytes| CosignerRecord::parse(&bytes).is_err())
            );
            twice += usize::from(first.is_some() && fork.is_some());
        }
    }
    [twice, forgotten]
}

#[test]
fn a_cosigner_stopped_at_any_step_never_signs_two_histories() {
    let earlier = signed(NaiveTree::new(leaves(20)).head(3));
    for before in [None, Some(&earlier)] {
        assert_eq!(signed_twice(careful, before), [0, 0]);
        // The test sees what it is there for.
        assert!(signed_twice(hasty, before).iter().all(|count| *count > 0));
        assert!(signed_twice(trusting, before).iter().all(|count| *count > 0));
    }
}

#[test]
fn nothing_is_signed_where_the_memory_is_damaged() {
    let mut disk = Disk::default();
    assert!(careful(&mut disk, &first(), Vec::new()).is_some());
    let whole = disk.stored.clone().unwrap();
    assert_eq!(CosignerRecord::parse(&whole).unwrap().to_string().as_bytes(), whole);
    let record = CosignerRecord::parse(&whole).unwrap();
    assert_eq!(record.last(&origin(LOG)), Some(&first()));
    for cut in 0..whole.len() {
        let mut cut = Disk { stored: Some(whole[..cut].to_vec()), ..Disk::default() };
        assert_eq!(careful(&mut cut, &first(), Vec::new()), None);
    }
    let text = String::from_utf8(whole).unwrap();
    let note = text.split_once('\n').unwrap().1.strip_suffix("end 1\n").unwrap();
    let twice = text.replace("end 1\n", &format!("{note}end 2\n"));
    let twice = CosignerRecord::parse(twice.as_bytes());
    assert_eq!(twice, Err(UnreadableMemory::Twice { origin: origin(LOG) }));
    for bad in
        [format!("{text}\n"), text.replace("end 1", "end 0"), text.replace("memory 1", "memory 2")]
    {
        assert_eq!(CosignerRecord::parse(bad.as_bytes()), Err(UnreadableMemory::Malformed));
    }
}

#[test]
fn a_refusal_comes_with_what_was_signed_before() {
    let mut disk = Disk::default();
    assert!(careful(&mut disk, &first(), Vec::new()).is_some());
    let fork = signed(TreeHead { size: 1, root: TreeHash::of_leaf(b"fork") });
    let key = key("union", 2);
    let refused = cosign(&mut disk, &fork, None, |_| Ok(Vec::new()), &key, seconds(8));
    let Err(CosignError::Refused { refusal, remembered }) = refused else { panic!("{refused:?}") };
    assert!(matches!(refusal, CosignRefusal::AnotherRoot { .. }));
    assert_eq!(*remembered.unwrap(), first());
}

#[test]
fn a_proof_of_consistency_reads_back_and_leads_from_one_tree_to_another() {
    let (tiles, naive) = (Tiles::of(&leaves(300)), NaiveTree::new(leaves(300)));
    for (earlier, later) in [(0, 300), (1, 300), (150, 299), (256, 257), (300, 300)] {
        let hashes = prove_consistency(&tiles, earlier, later).unwrap();
        let signed = signed(naive.head(later as usize));
        let proof = ConsistencyProof::new(earlier, hashes, signed).unwrap();
        let text = proof.to_string();
        assert_eq!(ConsistencyProof::parse(text.as_bytes()).unwrap(), proof);
        assert!(text.starts_with(&format!("old {earlier}\n")), "{text}");
        assert_eq!(proof.verify(&naive.head(earlier as usize)), Ok(()));
        let other = TreeHead { root: TreeHash::of_leaf(b"other"), ..naive.head(earlier as usize) };
        assert!(proof.verify(&other).is_err());
    }
    let text = ConsistencyProof::new(0, Vec::new(), first()).unwrap().to_string();
    for (bad, why) in [
        (text.replace("old 0", "old 00"), ConsistencyProofError::Earlier),
        (text.replace("old 0", "index 0"), ConsistencyProofError::Earlier),
        (text.replace("old 0", "old 0\nAQID"), ConsistencyProofError::Hash { hash: 1 }),
        ("old 0\n".to_owned(), ConsistencyProofError::NoCheckpoint),
        (
            format!("old 0\n{}{}", format!("{}\n", TreeHash::EMPTY).repeat(65), "\nx"),
            ConsistencyProofError::TooManyHashes { found: 65 },
        ),
    ] {
        assert_eq!(ConsistencyProof::parse(bad.as_bytes()), Err(why), "{bad}");
    }
}
