//! The bytes of format 1 are pinned: what these vectors say must never change.

use serde_json::Value;

use crate::chain::{Head, Sequence};
use crate::digest::Digest;
use crate::entry::{Entry, LONGEST_CONTENT};
use crate::envelope::{Envelope, LedgerId, SealedDate};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::seal::{Draft, Founding, seal, seal_founding};

const VECTORS: &str = include_str!("../../../fixtures/golden/format-1.json");

fn vectors() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    vectors["vectors"].as_array().unwrap().clone()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn hex<const N: usize>(value: &Value) -> [u8; N] {
    crate::digest::read_hex(value.as_str().unwrap()).unwrap()
}

fn moment(value: &Value) -> Option<Instant> {
    value.as_i64().map(|micros| Instant::from_micros(micros).unwrap())
}

fn content(vector: &Value) -> Vec<u8> {
    match &vector["content"] {
        Value::String(text) => text.clone().into_bytes(),
        cut => {
            let count = usize::try_from(cut["times"].as_u64().unwrap()).unwrap();
            [text(&cut["before"]), text(&cut["repeat"]).repeat(count), text(&cut["after"])]
                .concat()
                .into_bytes()
        }
    }
}

fn draft(vector: &Value) -> Draft {
    let occurred = &vector["occurred"];
    Draft {
        id: EventId::parse(vector["id"].as_str().unwrap()).unwrap(),
        dispute: Slug::parse(vector["dispute"].as_str().unwrap()),
        kind: text(&vector["kind"]).into(),
        schema: u16::try_from(vector["schema"].as_u64().unwrap()).unwrap(),
        occurred: occurred.is_object().then(|| SealedDate {
            text: text(&occurred["text"]).into(),
            earliest: moment(&occurred["earliest"]),
            latest: moment(&occurred["latest"]),
        }),
        refers_to: vector["refers_to"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| EventId::parse(id.as_str().unwrap()).unwrap())
            .collect(),
        content: content(vector),
        recorded_by: text(&vector["recorded_by"]).into(),
    }
}

/// Seals what a vector says.
fn sealed(vector: &Value) -> Entry {
    let ledger = LedgerId::from_bytes(hex(&vector["ledger"]));
    let recorded_at = moment(&vector["recorded_at"]).unwrap();
    let salt = hex(&vector["salt"]);
    match vector["sequence"].as_u64().unwrap() {
        0 => {
            let named: Value = serde_json::from_slice(&content(vector)).unwrap();
            let founding = Founding {
                ledger,
                name: text(&named["name"]),
                software: text(&named["software"]),
                recorded_by: text(&vector["recorded_by"]),
                recorded_at,
            };
            seal_founding(founding, salt).unwrap()
        }
        sequence => {
            let sequence = Sequence::new(sequence - 1);
            let digest = Digest::from_bytes(hex(&vector["previous"]));
            seal(draft(vector), ledger, &Head { sequence, digest, recorded_at }, recorded_at, salt)
                .unwrap()
        }
    }
}

fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn sealing_gives_the_pinned_bytes_and_digests() {
    for vector in vectors() {
        let name = &vector["name"];
        let entry = sealed(&vector);
        assert_eq!(in_hex(entry.envelope_bytes()), vector["envelope"], "{name}");
        assert_eq!(entry.digest().to_string(), vector["digest"], "{name}");
        assert_eq!(entry.envelope().commitment().to_string(), vector["commitment"], "{name}");
    }
}

#[test]
fn the_pinned_bytes_read_back_as_what_was_sealed() {
    for vector in vectors() {
        let bytes = vector["envelope"].as_str().unwrap().as_bytes();
        let bytes: Vec<u8> = bytes
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        assert_eq!(Envelope::read(&bytes).as_ref(), Ok(sealed(&vector).envelope()));
    }
}

#[test]
fn every_vector_follows_the_one_before_it() {
    for pair in vectors().windows(2) {
        assert_eq!(pair[1]["previous"], pair[0]["digest"], "{}", pair[1]["name"]);
    }
}

#[test]
fn the_vectors_reach_the_longest_content_and_the_empty_one() {
    let lengths: Vec<usize> = vectors().iter().map(|vector| content(vector).len()).collect();
    assert!(lengths.contains(&LONGEST_CONTENT) && lengths.contains(&2));
}
