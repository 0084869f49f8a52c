//! How a law is tried: on the library it must hold for every record drawn, and for every double
//! some record must show that it does not.

use dispute_core::Record;
use proptest::prelude::{ProptestConfig, Strategy, TestCaseError, any};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::drawn::{Dice, Drawn, records};
use crate::subject::{REAL, Subject};

/// Whether a law held, and where it did not, how.
pub(crate) type Verdict = Result<(), String>;

/// A law, given a record and dice for what it chooses by itself.
pub(crate) type Law = fn(&Subject, &Record, Dice) -> Verdict;

/// How many records a law is tried on.
const CASES: u32 = 64;
/// Among how many records one must show what is wrong with a double.
const SEARCHED: usize = 1000;

pub(crate) fn holds(law: Law) {
    let config =
        ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let tried = TestRunner::new(config).run(&tries(), |(drawn, seed)| {
        law(&REAL, &drawn.record, Dice(seed)).map_err(TestCaseError::fail)
    });
    if let Err(failure) = tried {
        panic!("{failure}");
    }
}

pub(crate) fn fails(law: Law, double: &Subject) {
    let found = drawn(SEARCHED).any(|(record, seed)| law(double, &record, Dice(seed)).is_err());
    assert!(found, "none of {SEARCHED} records shows what is wrong with it");
}

/// So many records with seeds for what a law chooses, always the same.
pub(crate) fn drawn(many: usize) -> impl Iterator<Item = (Record, u64)> {
    let mut runner = TestRunner::deterministic();
    std::iter::repeat_with(move || {
        let (drawn, seed) = tries().new_tree(&mut runner).unwrap().current();
        (drawn.record, seed)
    })
    .take(many)
}

fn tries() -> impl Strategy<Value = (Drawn, u64)> {
    (records(36), any::<u64>())
}
