//! Cosigners: what they sign and what they refuse.

use std::collections::HashMap;

use dispute_core::{
    Checkpoint, CosignRefusal, CosignerMemory, Note, ProofError, SignatureError, SignedCheckpoint,
    TreeHash, TreeHead, prove_consistency,
};
use proptest::prelude::*;

use crate::cases;
use crate::naive::{NaiveTree, Tiles, leaves};
use crate::signing::{LOG, cosignature, keeper, key, origin, seconds, signed};

/// Two histories of one log that part after some leaves.
fn histories(common: usize, size: usize) -> [Vec<TreeHash>; 2] {
    let straight = leaves(size);
    let mut forked = straight.clone();
    for leaf in &mut forked[common..] {
        *leaf = TreeHash::of_leaf(leaf.as_bytes());
    }
    [straight, forked]
}

#[test]
fn a_cosigner_follows_a_log_that_grows() {
    let tiles = Tiles::of(&leaves(300));
    let naive = NaiveTree::new(leaves(300));
    let (log, union) = (keeper(), key("union", 2));
    let mut memory = CosignerMemory::new();
    for size in [0, 1, 1, 7, 256, 300] {
        let earlier = memory.remembered(&origin(LOG)).map_or(0, |head| head.size);
        let proof = prove_consistency(&tiles, earlier, size as u64).unwrap();
        let mut checkpoint = signed(naive.head(size));
        let consent = memory.decide(&checkpoint, Some(log.verifier_key()), &proof).unwrap();
        assert_eq!(consent.memory().remembered(&origin(LOG)), Some(naive.head(size)));
        assert_eq!(consent.checkpoint(), checkpoint.checkpoint());
        memory = consent.memory().clone();
        checkpoint.add(consent.cosign(&union, seconds(7))).unwrap();
        let verified = checkpoint.verify([union.cosigner_key()]).unwrap();
        assert_eq!(verified[0].time(), Some(seconds(7)));
    }
    let stored = memory.iter().map(|(origin, head)| (origin.clone(), head));
    assert_eq!(stored.collect::<CosignerMemory>(), memory);
}

#[test]
fn a_refusal_has_the_two_heads_that_do_not_fit() {
    let [straight, forked] = histories(5, 20);
    let (tiles, fork) = (Tiles::of(&straight), Tiles::of(&forked));
    let (straight, forked) = (NaiveTree::new(straight), NaiveTree::new(forked));
    let remembered = straight.head(10);
    let memory = CosignerMemory::from_iter([(origin(LOG), remembered)]);
    let refusal = |head: TreeHead, proof: &[TreeHash]| {
        memory.decide(&signed(head), Some(keeper().verifier_key()), proof).unwrap_err()
    };
    let offered = straight.head(9);
    assert_eq!(refusal(offered, &[]), CosignRefusal::Shrunk { remembered, offered });
    let offered = TreeHead::EMPTY;
    assert_eq!(refusal(offered, &[]), CosignRefusal::Shrunk { remembered, offered });
    let offered = forked.head(10);
    assert_eq!(refusal(offered, &[]), CosignRefusal::AnotherRoot { remembered, offered });
    // Only a proof of its own history is there for the fork, and it begins elsewhere.
    let offered = forked.head(20);
    for proof in [&fork, &tiles].map(|tiles| prove_consistency(tiles, 10, 20).unwrap()) {
        let found = refusal(offered, &proof);
        assert!(matches!(found, CosignRefusal::Inconsistent { .. }), "{found}");
    }
    let offered = straight.head(20);
    let reason = Box::new(ProofError::Length { found: 0 });
    assert_eq!(refusal(offered, &[]), CosignRefusal::Inconsistent { remembered, offered, reason });
    let proof = prove_consistency(&tiles, 10, 20).unwrap();
    let log = keeper();
    let _ = memory.decide(&signed(offered), Some(log.verifier_key()), &proof).unwrap();
}

#[test]
fn a_tree_without_leaves_has_one_root() {
    let memory = CosignerMemory::new();
    let offered = TreeHead { size: 0, root: TreeHash::of_leaf(b"") };
    let refusal = memory.decide(&signed(offered), Some(keeper().verifier_key()), &[]).unwrap_err();
    assert_eq!(refusal, CosignRefusal::AnotherRoot { remembered: TreeHead::EMPTY, offered });
    let extra = [TreeHash::EMPTY];
    let refusal = memory.decide(&signed(TreeHead::EMPTY), Some(keeper().verifier_key()), &extra);
    assert!(matches!(refusal, Err(CosignRefusal::Inconsistent { .. })));
}

#[test]
fn nothing_is_cosigned_that_the_log_did_not_sign() {
    let memory = CosignerMemory::new();
    let head = NaiveTree::new(leaves(3)).head(3);
    let checkpoint = signed(head);
    let (keeper, other) = (keeper(), key(LOG, 9));
    let decide = |checkpoint: &SignedCheckpoint, key| memory.decide(checkpoint, Some(key), &[]);
    let unknown = decide(&checkpoint, other.verifier_key()).unwrap_err();
    assert_eq!(unknown, CosignRefusal::Signature(SignatureError::NoneKnown));
    let cosigner = decide(&checkpoint, keeper.cosigner_key()).unwrap_err();
    assert!(matches!(cosigner, CosignRefusal::Key { .. }));
    // The same key under another name did not sign either: the name is part of the key's id.
    let renamed = key("other.example", 1);
    let wrong_name = decide(&checkpoint, renamed.verifier_key()).unwrap_err();
    assert_eq!(wrong_name, CosignRefusal::Signature(SignatureError::NoneKnown));
    // A cosignature by somebody else does not stand for the log's own signature.
    let cosigned =
        Note::new(checkpoint.note().text(), vec![cosignature(&checkpoint, &key("union", 2), 1)]);
    let cosigned = SignedCheckpoint::parse(cosigned.unwrap().to_string().as_bytes()).unwrap();
    let unsigned = decide(&cosigned, keeper.verifier_key()).unwrap_err();
    assert_eq!(unsigned, CosignRefusal::Signature(SignatureError::NoneKnown));
    let forged = Note::new(
        &Checkpoint::new(origin(LOG), TreeHead { size: 2, ..head }).to_string(),
        checkpoint.note().signatures().to_vec(),
    );
    let forged = SignedCheckpoint::parse(forged.unwrap().to_string().as_bytes()).unwrap();
    let bad = decide(&forged, keeper.verifier_key()).unwrap_err();
    assert!(matches!(bad, CosignRefusal::Signature(SignatureError::Bad { .. })));
}

#[test]
fn a_keeper_may_be_called_as_it_likes_and_unasked_nobody_need_have_signed() {
    let head = NaiveTree::new(leaves(3)).head(3);
    let keeper = key("keeper", 5);
    let checkpoint = SignedCheckpoint::sign(Checkpoint::new(origin(LOG), head), &keeper).unwrap();
    let memory = CosignerMemory::new();
    let consent = memory.decide(&checkpoint, Some(keeper.verifier_key()), &[]).unwrap();
    let unasked = memory.decide(&checkpoint, None, &[]).unwrap();
    assert_eq!(consent.memory(), unasked.memory());
    // Whoever signed, a second history is refused.
    let fork = signed(TreeHead { root: TreeHash::of_leaf(b"fork"), ..head });
    let refusal = consent.memory().decide(&fork, None, &[]).unwrap_err();
    assert!(matches!(refusal, CosignRefusal::AnotherRoot { .. }));
}

/// What somebody asks a cosigner to sign.
#[derive(Clone, Copy, Debug)]
struct Request {
    log: usize,
    history: usize,
    size: usize,
    /// The size from which the proof leads; `None` for the one that the cosigner remembers.
    from: Option<usize>,
    /// The history from which the proof is taken.
    proof: usize,
    /// How many hashes are cut off the proof.
    cut: usize,
}

const LEAVES: usize = 24;
const LOGS: [(&str, u8); 2] = [(LOG, 1), ("other.example", 3)];

fn request() -> impl Strategy<Value = Request> {
    let from = prop_oneof![4 => Just(None), 1 => (0..=LEAVES).prop_map(Some)];
    let cut = prop_oneof![6 => Just(0_usize), 1 => 1..4_usize];
    (0..2_usize, 0..2_usize, 0..=LEAVES, from, 0..2_usize, cut).prop_map(
        |(log, history, size, from, proof, cut)| Request { log, history, size, from, proof, cut },
    )
}

proptest! {
    #![proptest_config(cases(128))]

    /// A keeper that signs whatever it likes, and takes its proofs from wherever it likes.
    #[test]
    fn a_cosigner_never_signs_two_histories(
        common in 0..LEAVES, requests in prop::collection::vec(request(), 1..60)
    ) {
        let histories = histories(common, LEAVES);
        let tiles = histories.clone().map(|leaves| Tiles::of(&leaves));
        let trees = histories.map(NaiveTree::new);
        let keys = LOGS.map(|(name, number)| key(name, number));
        let mut memory = CosignerMemory::new();
        let mut cosigned: HashMap<(usize, u64), TreeHash> = HashMap::new();
        let mut last = [TreeHead::EMPTY; 2];
        for Request { log, history, size, from, proof, cut } in requests {
            let origin = origin(LOGS[log].0);
            let head = trees[history].head(size);
            let earlier = from.map_or(last[log].size, |from| from as u64);
            let mut hashes = prove_consistency(&tiles[proof], earlier, head.size).unwrap_or_default();
            hashes.truncate(hashes.len() - cut.min(hashes.len()));
            let checkpoint = SignedCheckpoint::sign(
                Checkpoint::new(origin.clone(), head), &keys[log]
            ).unwrap();
            let decided = memory.decide(&checkpoint, Some(keys[log].verifier_key()), &hashes);
            // The oracle: does this history begin with what was signed last?
            let size_before = usize::try_from(last[log].size).unwrap();
            let grew = size_before <= size && trees[history].head(size_before) == last[log];
            let proved = hashes == trees[history].proof(size_before, size.max(size_before));
            prop_assert_eq!(decided.is_ok(), grew && proved);
            let Ok(consent) = decided else { continue };
            memory = consent.memory().clone();
            let root = cosigned.entry((log, head.size)).or_insert(head.root);
            prop_assert_eq!(*root, head.root);
            last[log] = head;
            prop_assert_eq!(memory.remembered(&origin), Some(head));
        }
    }
}
