//! Proofs that stand outside the ledger: trees, notes, checkpoints, cosignatures, policies.

#![cfg(test)]

#[path = "proofs/cosigners.rs"]
mod cosigners;
#[path = "proofs/events.rs"]
mod events;
#[path = "proofs/memory.rs"]
mod memory;
#[path = "proofs/naive.rs"]
mod naive;
#[path = "proofs/note_vectors.rs"]
mod note_vectors;
#[path = "proofs/notes.rs"]
mod notes;
#[path = "proofs/policies.rs"]
mod policies;
#[path = "proofs/signing.rs"]
mod signing;
#[path = "proofs/tree_vectors.rs"]
mod tree_vectors;
#[path = "proofs/trees.rs"]
mod trees;

use std::path::PathBuf;

use base64::Engine as _;
use proptest::prelude::ProptestConfig;
use serde_json::Value;

/// How many inputs each law is tried on. What fails is to become a test of its own.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Where vectors lie.
fn vectors(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors")).join(path)
}

/// A file of vectors.
fn vector(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(vectors(path)).unwrap()).unwrap()
}

fn base64(value: &Value) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap()).unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap();
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.as_bytes().chunks(2).map(byte).collect()
}
