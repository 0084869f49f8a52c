//! Other people's vectors for trees and proofs (fixtures/vectors/SOURCES.md).

use std::fs;
use std::path::{Path, PathBuf};

use dispute_core::{
    Frontier, ProofError, TreeHash, TreeHead, root_of_tiles, verify_consistency, verify_inclusion,
};
use serde_json::Value;

use crate::naive::Tiles;
use crate::{base64, hex, vector, vectors};

/// All JSON files below a folder, sorted.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(below(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// A hash of a vector, and whether it is one at all. Some have other lengths than 32 bytes, which
/// no `TreeHash` can have: they are refused where a hash is read. Padded, they are refused once
/// more by the check.
fn padded(value: &Value) -> (TreeHash, bool) {
    let mut bytes = base64(value);
    let whole = bytes.len() == 32;
    bytes.resize(32, 0);
    (TreeHash::from_bytes(bytes.try_into().unwrap()), whole)
}

fn padded_proof(value: &Value) -> (Vec<TreeHash>, bool) {
    let hashes: Vec<_> = value.as_array().into_iter().flatten().map(padded).collect();
    let whole = hashes.iter().all(|(_, whole)| *whole);
    (hashes.into_iter().map(|(hash, _)| hash).collect(), whole)
}

#[test]
fn transparency_dev_agrees_about_inclusion() {
    let files = below(&vectors("transparency-dev-merkle/testdata/inclusion"));
    assert_eq!(files.len(), 98);
    for file in files {
        let vector: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let (root, _) = padded(&vector["root"]);
        let (leaf, _) = padded(&vector["leafHash"]);
        let (proof, _) = padded_proof(&vector["proof"]);
        let tree = TreeHead { size: vector["treeSize"].as_u64().unwrap(), root };
        let index = vector["leafIdx"].as_u64().unwrap();
        // Hashes that are none, padded alike, can be the root of a tree of one leaf.
        let none = vector["root"] == "" && vector["leafHash"] == "";
        let refused = none || verify_inclusion(index, &leaf, &proof, &tree).is_err();
        assert_eq!(refused, vector["wantErr"].as_bool().unwrap(), "{}", file.display());
    }
}

#[test]
fn transparency_dev_agrees_about_consistency() {
    let files = below(&vectors("transparency-dev-merkle/testdata/consistency"));
    assert_eq!(files.len(), 98);
    for file in files {
        let vector: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let (root, _) = padded(&vector["root1"]);
        let earlier = TreeHead { size: vector["size1"].as_u64().unwrap(), root };
        let (root, whole) = padded(&vector["root2"]);
        let later = TreeHead { size: vector["size2"].as_u64().unwrap(), root };
        let (proof, _) = padded_proof(&vector["proof"]);
        let refused = verify_consistency(&earlier, &later, &proof).is_err();
        // A tree is consistent with the one without leaves, whatever its root: here there is none.
        let refused = refused || (earlier == TreeHead::EMPTY && !whole);
        assert_eq!(refused, vector["wantErr"].as_bool().unwrap(), "{}", file.display());
    }
}

#[test]
fn the_constants_of_rfc_6962_are_ours() {
    let vector = vector("rfc6962-constants.json");
    let hash = |key: &str| TreeHash::from_bytes(hex(&vector[key]).try_into().unwrap());
    assert_eq!(hash("empty_root"), TreeHash::EMPTY);
    assert_eq!(hash("empty_leaf"), TreeHash::of_leaf(b""));
    assert_eq!(hash("leaf_L123456"), TreeHash::of_leaf(b"L123456"));
    let leaves = vector["leaves_hex"].as_array().unwrap();
    let roots = vector["root_by_size_hex"].as_array().unwrap();
    assert_eq!((leaves.len(), roots.len()), (8, 9));
    let mut tiles = Tiles::default();
    for (size, root) in roots.iter().enumerate() {
        let root = TreeHash::from_bytes(hex(root).try_into().unwrap());
        assert_eq!(tiles.frontier.root(), root, "{size}");
        assert_eq!(root_of_tiles(&tiles, size as u64), Ok(root));
        assert_eq!(Frontier::read(&tiles, size as u64).unwrap().root(), root);
        if let Some(leaf) = leaves.get(size) {
            tiles.push(TreeHash::of_leaf(&hex(leaf)));
        }
    }
}

/// A tree of 961,984,011 certificates: the answers of the log that had it.
#[test]
fn a_log_of_certificates_is_checked_from_its_answers() {
    let answer = |file: &str| vector(&format!("ct-argon2020/{file}.json"));
    let head = |value: Value| TreeHead {
        size: value["tree_size"].as_u64().unwrap(),
        root: padded(&value["sha256_root_hash"]).0,
    };
    let (later, earlier) = (head(answer("get-sth")), head(answer("earlier-tree")));
    let entries = answer("get-entries-start-10000-end-10000");
    let leaf = TreeHash::of_leaf(&base64(&entries["entries"][0]["leaf_input"]));
    let inclusion = answer(
        "get-proof-by-hash-tree-size-961984011-hash-nCs3mfIydh9x4CKyQ-2Bu2xtmpxmFggA5MLymHwNQSlLg-3D",
    );
    let (proof, whole) = padded_proof(&inclusion["audit_path"]);
    assert!(whole && proof.len() == 30);
    assert_eq!(inclusion["leaf_index"], 10_000);
    assert_eq!(verify_inclusion(10_000, &leaf, &proof, &later), Ok(()));
    assert!(verify_inclusion(10_001, &leaf, &proof, &later).is_err());

    let answer = answer("get-sth-consistency-first-3654490-second-961984011");
    let (proof, whole) = padded_proof(&answer["consistency"]);
    assert!(whole);
    assert_eq!(verify_consistency(&earlier, &later, &proof), Ok(()));
    let found = proof.len() - 1;
    let cut = verify_consistency(&earlier, &later, &proof[..found]);
    assert_eq!(cut, Err(ProofError::Length { found }));
}
