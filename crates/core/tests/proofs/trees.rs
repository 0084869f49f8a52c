//! Trees, their tiles and their proofs, against the naive tree.

use dispute_core::{
    Frontier, ProofError, Tile, TreeError, TreeHash, TreeHead, prove_consistency, prove_inclusion,
    root_of_tiles, tiles_of, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;

use crate::cases;
use crate::naive::{Missing, NaiveTree, Tiles, leaves};

const SIZES: usize = 300;

#[test]
fn every_leaf_of_every_small_tree_is_proved_from_tiles() {
    let leaves = leaves(SIZES);
    let (naive, tiles) = (NaiveTree::new(leaves.clone()), Tiles::of(&leaves));
    for size in 1..=SIZES {
        let head = naive.head(size);
        assert_eq!(root_of_tiles(&tiles, head.size), Ok(head.root));
        for index in 0..size {
            let proof = prove_inclusion(&tiles, index as u64, head.size).unwrap();
            assert_eq!(proof, naive.path(index, 0, size), "{index} in {size}");
            verify_inclusion(index as u64, &leaves[index], &proof, &head).unwrap();
            let other = (index + 1) % size;
            if other != index {
                assert!(verify_inclusion(other as u64, &leaves[index], &proof, &head).is_err());
                assert!(verify_inclusion(index as u64, &leaves[other], &proof, &head).is_err());
            }
        }
    }
}

#[test]
fn every_pair_of_small_trees_is_proved_from_tiles() {
    let leaves = leaves(SIZES);
    let (naive, tiles) = (NaiveTree::new(leaves.clone()), Tiles::of(&leaves));
    let heads: Vec<TreeHead> = (0..=SIZES).map(|size| naive.head(size)).collect();
    for (later, later_head) in heads.iter().enumerate() {
        for (earlier, earlier_head) in heads[..=later].iter().enumerate() {
            let proof = prove_consistency(&tiles, earlier as u64, later as u64).unwrap();
            assert_eq!(proof, naive.proof(earlier, later), "{earlier} to {later}");
            verify_consistency(earlier_head, later_head, &proof).unwrap();
            if earlier > 0 && earlier < later {
                let forged = TreeHead { root: heads[earlier - 1].root, ..*earlier_head };
                assert!(verify_consistency(&forged, later_head, &proof).is_err());
                let forged = TreeHead { root: heads[later - 1].root, ..*later_head };
                assert!(verify_consistency(earlier_head, &forged, &proof).is_err());
            }
        }
    }
}

#[test]
fn what_is_outside_the_tree_is_not_proved() {
    let tiles = Tiles::of(&leaves(3));
    assert_eq!(prove_inclusion(&tiles, 3, 3), Err(TreeError::OutsideTree { index: 3, size: 3 }));
    assert_eq!(prove_inclusion(&tiles, 0, 0), Err(TreeError::OutsideTree { index: 0, size: 0 }));
    assert_eq!(prove_consistency(&tiles, 3, 2), Err(TreeError::Shrunk { earlier: 3, later: 2 }));
    let tile = Tile::new(0, 0, 4).unwrap();
    let missing = TreeError::Unreadable { tile, source: Missing };
    assert_eq!(prove_inclusion(&tiles, 3, 4), Err(missing.clone()));
    assert_eq!(root_of_tiles(&tiles, 4), Err(missing.clone()));
    assert_eq!(Frontier::read(&tiles, 4), Err(missing));
}

/// A reader that always gives one hash.
struct OneHash;

impl dispute_core::ReadTiles for OneHash {
    type Error = Missing;

    fn read_tile(&self, _: Tile) -> Result<Vec<TreeHash>, Missing> {
        Ok(vec![TreeHash::EMPTY])
    }
}

#[test]
fn a_tile_of_another_width_is_not_used() {
    let tile = Tile::new(0, 0, 3).unwrap();
    assert_eq!(root_of_tiles(&OneHash, 3), Err(TreeError::Width { tile, found: 1 }));
    assert_eq!(root_of_tiles(&OneHash, 1), Ok(TreeHash::EMPTY));
    assert_eq!(root_of_tiles(&OneHash, 0), Ok(TreeHash::EMPTY));
}

/// Everything that is one bit, one hash or one number away from a proof.
#[test]
fn no_proof_is_taken_but_the_one_that_there_is() {
    let leaves = leaves(SIZES);
    let (naive, tiles) = (NaiveTree::new(leaves.clone()), Tiles::of(&leaves));
    for (index, size) in [(0, 1), (0, 2), (6, 7), (255, 256), (255, 257), (256, 257), (130, 300)] {
        let head = naive.head(size);
        let proof = prove_inclusion(&tiles, index as u64, head.size).unwrap();
        let holds = |proof: &[TreeHash]| {
            verify_inclusion(index as u64, &leaves[index], proof, &head).is_ok()
        };
        assert!(holds(&proof));
        for wrong in mutations(&proof) {
            assert!(!holds(&wrong), "{index} in {size}");
        }
        for leaf in flips(&leaves[index]) {
            assert!(verify_inclusion(index as u64, &leaf, &proof, &head).is_err());
        }
        for root in flips(&head.root) {
            let head = TreeHead { root, ..head };
            assert!(verify_inclusion(index as u64, &leaves[index], &proof, &head).is_err());
        }
    }
    for (earlier, later) in [(1, 2), (2, 3), (4, 8), (6, 7), (128, 300), (255, 257), (256, 299)] {
        let (earlier, later) = (naive.head(earlier), naive.head(later));
        let proof = prove_consistency(&tiles, earlier.size, later.size).unwrap();
        verify_consistency(&earlier, &later, &proof).unwrap();
        for wrong in mutations(&proof) {
            assert!(verify_consistency(&earlier, &later, &wrong).is_err());
        }
        for root in flips(&earlier.root) {
            let earlier = TreeHead { root, ..earlier };
            assert!(verify_consistency(&earlier, &later, &proof).is_err());
        }
        for root in flips(&later.root) {
            let later = TreeHead { root, ..later };
            assert!(verify_consistency(&earlier, &later, &proof).is_err());
        }
    }
}

/// A hash with each of its bits turned.
fn flips(hash: &TreeHash) -> impl Iterator<Item = TreeHash> {
    let bytes = *hash.as_bytes();
    (0..256).map(move |bit| {
        let mut bytes = bytes;
        bytes[bit / 8] ^= 1 << (bit % 8);
        TreeHash::from_bytes(bytes)
    })
}

/// A proof with every bit turned, shortened and lengthened at every place, and with every two
/// neighbours exchanged.
fn mutations(proof: &[TreeHash]) -> Vec<Vec<TreeHash>> {
    let mut all = Vec::new();
    for place in 0..proof.len() {
        all.extend(flips(&proof[place]).map(|hash| {
            let mut wrong = proof.to_vec();
            wrong[place] = hash;
            wrong
        }));
        all.push(proof[..place].to_vec());
        all.push([&proof[..place], &proof[place + 1..]].concat());
    }
    for place in 1..proof.len() {
        let mut wrong = proof.to_vec();
        wrong.swap(place - 1, place);
        all.push(wrong);
    }
    for place in 0..=proof.len() {
        for extra in [TreeHash::EMPTY, TreeHash::from_bytes([0; 32])] {
            all.push([&proof[..place], &[extra], &proof[place..]].concat());
        }
        if let Some(hash) = proof.get(place) {
            all.push([&proof[..place], &[*hash], &proof[place..]].concat());
        }
    }
    all
}

#[test]
fn consistency_at_the_ends_needs_no_proof_and_takes_none() {
    let naive = NaiveTree::new(leaves(2));
    let (one, two, none) = (naive.head(1), naive.head(2), TreeHead::EMPTY);
    let extra = [TreeHash::EMPTY];
    let too_long = Err(ProofError::Length { found: 1 });
    for (earlier, later) in [(none, none), (none, two), (two, two)] {
        assert_eq!(verify_consistency(&earlier, &later, &[]), Ok(()));
        assert_eq!(verify_consistency(&earlier, &later, &extra), too_long);
    }
    let forged = TreeHead { root: one.root, ..none };
    let (expected, found) = (none.root, one.root);
    let not_empty = Err(ProofError::EarlierRoot { expected, found });
    assert_eq!(verify_consistency(&forged, &two, &[]), not_empty);
    assert_eq!(verify_consistency(&forged, &forged, &[]), not_empty);
    let not_empty = Err(ProofError::Root { expected, found });
    assert_eq!(verify_consistency(&none, &forged, &[]), not_empty);
    let other = TreeHead { root: one.root, ..two };
    let another = Err(ProofError::Root { expected: two.root, found: one.root });
    assert_eq!(verify_consistency(&two, &other, &[]), another);
    let shrunk = Err(ProofError::Shrunk { earlier: 2, later: 1 });
    assert_eq!(verify_consistency(&two, &one, &[]), shrunk);
}

/// The sizes around one and around two levels of full tiles.
#[test]
fn tiles_are_those_of_the_tree_around_full_tiles() {
    let leaves = leaves(65_537);
    let mut tiles = Tiles::default();
    for (place, leaf) in leaves.iter().enumerate() {
        tiles.push(*leaf);
        let size = place + 1;
        let expected: &[&str] = match size {
            255 => &["tile/0/000.p/255"],
            256 => &["tile/0/000", "tile/1/000.p/1"],
            257 => &["tile/0/001.p/1", "tile/1/000.p/1"],
            65_535 => &["tile/0/255.p/255", "tile/1/000.p/255"],
            65_536 => &["tile/0/255", "tile/1/000", "tile/2/000.p/1"],
            65_537 => &["tile/0/256.p/1", "tile/1/000", "tile/2/000.p/1"],
            _ => continue,
        };
        let size_in_tree = size as u64;
        let stored: usize = tiles.stored.len();
        let all: Vec<Tile> = tiles_of(size_in_tree).collect();
        assert_eq!(all.len(), stored, "{size}");
        for tile in &all {
            let hashes = &tiles.stored[&(tile.level(), tile.index())];
            assert_eq!(hashes.len(), usize::from(tile.width()), "{tile}");
            assert_eq!(tile.read(&Tile::write(hashes)).as_ref(), Some(hashes));
        }
        let last_of_level = |level| all.iter().rfind(|tile| tile.level() == level);
        let last: Vec<String> =
            (0..8).filter_map(last_of_level).map(|tile| tile.to_string()).collect();
        assert_eq!(last, expected, "{size}");
        let root = bottom_up(&leaves[..size]);
        assert_eq!(root_of_tiles(&tiles, size_in_tree), Ok(root));
        assert_eq!(tiles.frontier.head(), TreeHead { size: size_in_tree, root });
        assert_eq!(Frontier::read(&tiles, size_in_tree).as_ref(), Ok(&tiles.frontier));
        let head = TreeHead { size: size_in_tree, root };
        for index in [0, 254, 255, 256, size - 1].into_iter().filter(|index| *index < size) {
            let proof = prove_inclusion(&tiles, index as u64, head.size).unwrap();
            verify_inclusion(index as u64, &leaves[index], &proof, &head).unwrap();
        }
        for earlier in [1, 2, 100, 255, 256, 257, 65_535].into_iter().filter(|one| *one <= size) {
            let earlier = TreeHead { size: earlier as u64, root: bottom_up(&leaves[..earlier]) };
            let proof = prove_consistency(&tiles, earlier.size, head.size).unwrap();
            verify_consistency(&earlier, &head, &proof).unwrap();
        }
    }
}

/// The root row by row: an odd one out is carried up as it is.
fn bottom_up(leaves: &[TreeHash]) -> TreeHash {
    let mut row = leaves.to_vec();
    while row.len() > 1 {
        row = row
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => TreeHash::of_node(left, right),
                odd => odd[0],
            })
            .collect();
    }
    row[0]
}

fn any_hash() -> impl Strategy<Value = TreeHash> {
    any::<[u8; 32]>().prop_map(TreeHash::from_bytes)
}

fn any_size() -> impl Strategy<Value = u64> {
    prop_oneof![0..10_u64, any::<u64>(), Just(u64::MAX), Just(1 << 63), Just((1 << 63) - 1)]
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_frontier_read_from_tiles_goes_on_as_if_never_stopped(
        first in 0_usize..700, then in 1_usize..300
    ) {
        let leaves = leaves(first + then);
        let mut tiles = Tiles::of(&leaves[..first]);
        tiles.frontier = Frontier::read(&tiles, first as u64).unwrap();
        leaves[first..].iter().for_each(|leaf| tiles.push(*leaf));
        let whole = Tiles::of(&leaves);
        prop_assert_eq!(&tiles.frontier, &whole.frontier);
        prop_assert_eq!(tiles.stored, whole.stored);
        prop_assert_eq!(whole.frontier.root(), NaiveTree::new(leaves.clone()).hash(0, leaves.len()));
    }

    #[test]
    fn no_numbers_and_no_hashes_make_the_checks_panic(
        index in any_size(), earlier in any_size(), later in any_size(),
        roots in any::<[[u8; 32]; 2]>(), proof in prop::collection::vec(any_hash(), 0..70)
    ) {
        let [before, after] = roots.map(TreeHash::from_bytes);
        let earlier = TreeHead { size: earlier, root: before };
        let later = TreeHead { size: later, root: after };
        prop_assert!(verify_inclusion(index, &before, &proof, &later).is_err());
        let consistent = verify_consistency(&earlier, &later, &proof).is_ok();
        prop_assert!(!consistent);
    }

    #[test]
    fn no_size_makes_the_builders_panic(index in any_size(), size in any_size()) {
        let tiles = Tiles::of(&leaves(5));
        let _ = prove_inclusion(&tiles, index, size);
        let _ = prove_consistency(&tiles, index, size);
        let _ = root_of_tiles(&tiles, size);
        let _ = tiles_of(size).next();
    }

    #[test]
    fn a_path_of_a_tile_reads_back(level in 0_u8..9, index in any_size(), width in 0_u16..300) {
        if let Some(tile) = Tile::new(level, index, width) {
            prop_assert_eq!(Tile::parse(&tile.to_string()), Some(tile));
        }
    }

    #[test]
    fn no_path_makes_the_reader_panic(path in "tile/[0-9]{1,2}/([x0-9/.p]|é){0,30}") {
        if let Some(tile) = Tile::parse(&path) {
            prop_assert_eq!(tile.to_string(), path);
        }
    }
}
