//! What is kept to make reading fast changes no byte of any answer.

use std::fs;

use crate::support::Place;

const QUESTIONS: &[&[&str]] = &[
    &["show", "kaiser-socal-2024", "--on", "2025-02-20"],
    &["show", "kaiser-socal-2024", "--on", "2025-02-20", "--known-at", "118", "--json"],
    &["show", "K47", "--json"],
    &["log", "kaiser-socal-2024", "--recorded"],
    &["log", "kaiser-socal-2024", "--json"],
    &["replay", "kaiser-socal-2024", "--json"],
    &["why", "kaiser-socal-2024", "mediation", "--on", "2025-02-20"],
    &["diff", "kaiser-socal-2024", "2025-02-20", "2025-03-11", "--json"],
    &["list", "--on", "2025-02-20"],
];

fn answers(place: &Place) -> Vec<String> {
    QUESTIONS.iter().map(|question| place.answer(question)).collect()
}

#[test]
fn answers_are_the_same_bytes_with_packs_without_and_with_damaged_ones() {
    let place = Place::with_story();
    let packs = place.path().join(".dispute/packs");
    assert!(!packs.exists());
    let first = answers(&place);
    assert!(packs.join("kaiser-socal-2024").exists());
    assert_eq!(answers(&place), first, "from packs");
    for file in fs::read_dir(&packs).unwrap() {
        let path = file.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    // A damaged pack is told by verify, passed over, and written anew by who reads.
    assert_eq!(place.run(&["verify"]).exit, 5);
    assert_eq!(answers(&place), first, "beside damaged packs");
    assert_eq!(place.run(&["verify"]).exit, 0);
    fs::remove_dir_all(&packs).unwrap();
    assert_eq!(answers(&place), first, "without packs");
    assert_eq!(place.run(&["verify"]).exit, 0);
}
