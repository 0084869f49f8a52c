//! Policies: whose cosignatures are enough.

use std::collections::BTreeMap;

use dispute_core::{
    KeyError, Note, Policy, PolicyError, PolicyProblem, SignatureError, SignedCheckpoint,
    SignerKey, TlogProof, TreeHash, TreeHead, UnprovedEntry, UnreadableCheckpoint, prove_inclusion,
};
use proptest::prelude::*;

use crate::cases;
use crate::naive::{Tiles, leaves};
use crate::signing::{LOG, cosignature, first, keeper, key, signed};

/// The cosigner of a number, named by it.
fn cosigner(number: u8) -> SignerKey {
    key(&format!("cosigner.example/{number}"), 10 + number)
}

fn witness(number: u8) -> String {
    format!("witness W{number} {}\n", cosigner(number).cosigner_key())
}

fn log() -> String {
    format!("log {}\n", keeper().verifier_key())
}

/// A log, three cosigners, and these lines.
fn policy(lines: &str) -> Result<Policy, PolicyError> {
    let witnesses: String = (1..=3).map(witness).collect();
    Policy::parse(&format!("{}{witnesses}{lines}", log()))
}

/// Whether the cosigners of these numbers are enough.
fn is_met(policy: &Policy, cosigners: &[u8]) -> bool {
    let mut checkpoint = first();
    for number in cosigners {
        checkpoint.add(cosignature(&checkpoint, &cosigner(*number), 1)).unwrap();
    }
    let outcome = policy.evaluate(&checkpoint).unwrap();
    let names: Vec<&str> = outcome.cosigners().iter().map(|one| one.name()).collect();
    let mut expected: Vec<String> = cosigners.iter().map(|number| format!("W{number}")).collect();
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(outcome.log(), Some(keeper().verifier_key()));
    assert_eq!(outcome.is_met(), outcome.is_quorum_met());
    outcome.is_met()
}

#[test]
fn a_quorum_is_nobody_one_any_all_or_some() {
    let none = policy("quorum none\n").unwrap();
    assert!(is_met(&none, &[]) && is_met(&none, &[2]));
    let one = policy("quorum W2\n").unwrap();
    assert!(is_met(&one, &[2]) && !is_met(&one, &[1, 3]));
    let any = policy("group g any W1 W2\nquorum g\n").unwrap();
    assert!(is_met(&any, &[1]) && is_met(&any, &[2]) && !is_met(&any, &[3]));
    let all = policy("group g all W1 W3\nquorum g\n").unwrap();
    assert!(is_met(&all, &[3, 1]) && !is_met(&all, &[1, 2]));
    let two = policy("group g 2 W1 W2 W3\nquorum g\n").unwrap();
    assert!(is_met(&two, &[1, 3]) && is_met(&two, &[1, 2, 3]) && !is_met(&two, &[3]));
    let nested = policy("group g any W1 W2\ngroup h all g W3\nquorum h").unwrap();
    assert!(is_met(&nested, &[2, 3]) && !is_met(&nested, &[1, 2]) && !is_met(&nested, &[3]));
}

#[test]
fn a_log_with_a_key_of_its_name_lets_no_other_sign() {
    let checkpoint = first();
    let of_log = Policy::of_log(keeper().verifier_key().clone());
    assert!(of_log.evaluate(&checkpoint).unwrap().is_met());
    assert_eq!(Policy::parse(&of_log.to_string()).as_ref(), Ok(&of_log));
    let other = Policy::of_log(key(LOG, 2).verifier_key().clone());
    assert_eq!(other.evaluate(&checkpoint), Err(SignatureError::NoneKnown));
    // A known key of another log signs a checkpoint of this one.
    let stranger = key("other.example", 3);
    let text = checkpoint.checkpoint().to_string();
    let mut checkpoint = checkpoint;
    let line = Note::sign(&text, &stranger).unwrap().signatures()[0].clone();
    checkpoint.add(line).unwrap();
    let of_both = format!("{}log {}\nquorum none\n", log(), stranger.verifier_key());
    let of_both = Policy::parse(&of_both).unwrap();
    assert_eq!(of_both.evaluate(&checkpoint).unwrap().log(), Some(keeper().verifier_key()));
    let by_stranger = Note::sign(&text, &stranger).unwrap().to_string();
    let by_stranger = SignedCheckpoint::parse(by_stranger.as_bytes()).unwrap();
    let outcome = of_both.evaluate(&by_stranger).unwrap();
    assert!(outcome.log().is_none() && outcome.is_quorum_met() && !outcome.is_met());
    // Whoever trusts the stranger's key alone trusts it under whatever name.
    let of_stranger = Policy::of_log(stranger.verifier_key().clone());
    assert!(of_stranger.evaluate(&by_stranger).unwrap().is_met());
}

#[test]
fn one_bad_cosignature_of_a_known_cosigner_rejects() {
    let policy = policy("group g any W1 W2\nquorum g\n").unwrap();
    let mut checkpoint = first();
    checkpoint.add(cosignature(&checkpoint, &cosigner(1), 1)).unwrap();
    let other = signed(TreeHead { size: 1, root: TreeHash::of_leaf(b"other") });
    checkpoint.add(cosignature(&other, &cosigner(2), 1)).unwrap();
    assert!(matches!(policy.evaluate(&checkpoint), Err(SignatureError::Bad { .. })));
    let mut checkpoint = first();
    checkpoint.add(cosignature(&other, &cosigner(7), 1)).unwrap();
    assert!(!policy.evaluate(&checkpoint).unwrap().is_met());
}

#[test]
fn spaces_comments_and_urls_do_not_matter() {
    let text = format!(
        "\t# who is known\n\n  log\t{}   https://log.example/ \n{}#quorum W2\nquorum\tW1\t\n\n",
        keeper().verifier_key(),
        witness(1).replace('\n', " https://one.example\n")
    );
    let policy = Policy::parse(&text).unwrap();
    assert!(is_met(&policy, &[1]) && !is_met(&policy, &[]));
    assert!(policy.to_string().contains(" https://log.example/\n"));
    assert!(policy.to_string().contains(" https://one.example\nquorum W1\n"));
    assert_eq!(Policy::parse(&policy.to_string()).as_ref(), Ok(&policy));
    assert_eq!(policy.log_keys().count(), 1);
    assert_eq!(policy.cosigner_keys().map(|(name, _)| name).collect::<Vec<_>>(), ["W1"]);
}

#[test]
fn a_policy_that_others_refuse_is_refused() {
    let named = |name: &str| name.to_owned();
    let unknown = |name: &str| PolicyProblem::UnknownName { name: named(name) };
    let taken = |name: &str| PolicyProblem::NameTaken { name: named(name) };
    let twice = |name: &str| PolicyProblem::MemberTwice { name: named(name) };
    let needed = |found: &str, members| PolicyProblem::Needed { found: named(found), members };
    let form = |form| PolicyProblem::Form { form };
    let (signer, union) = (keeper(), cosigner(1));
    for (lines, line, expected) in [
        ("group g any g\nquorum g", 5, unknown("g")),
        ("group g any h\ngroup h any g\nquorum g", 5, unknown("h")),
        ("group g any W1 W1\nquorum g", 5, twice("W1")),
        ("group g any W1\ngroup h any W1\nquorum h", 6, twice("W1")),
        ("group g any W1\ngroup g any W2\nquorum g", 6, taken("g")),
        ("group W1 any W2\nquorum W1", 5, taken("W1")),
        ("group none any W2\nquorum none", 5, taken("none")),
        ("group g any none\nquorum g", 5, unknown("none")),
        ("group g 0 W1 W2\nquorum g", 5, needed("0", 2)),
        ("group g 3 W1 W2\nquorum g", 5, needed("3", 2)),
        ("group g 01 W1 W2\nquorum g", 5, needed("01", 2)),
        ("group g -1 W1 W2\nquorum g", 5, needed("-1", 2)),
        ("group g ALL W1 W2\nquorum g", 5, needed("ALL", 2)),
        ("group g any\nquorum g", 5, form("group NAME all|any|NUMBER NAME…")),
        ("group g\nquorum g", 5, form("group NAME all|any|NUMBER NAME…")),
        ("quorum g\ngroup g any W1", 5, unknown("g")),
        ("quorum W1\nquorum W1", 6, PolicyProblem::SecondQuorum),
        ("quorum none\nquorum W1", 6, PolicyProblem::SecondQuorum),
        ("quorum", 5, form("quorum NAME|none")),
        ("quorum W1 W2", 5, form("quorum NAME|none")),
        ("Quorum W1", 5, PolicyProblem::Keyword { found: named("Quorum") }),
        ("quorum W1\r", 5, PolicyProblem::ControlCharacter { found: 13 }),
        ("quorum\u{7f}W1", 5, PolicyProblem::ControlCharacter { found: 127 }),
        ("quorum\u{a0}W1", 5, PolicyProblem::Keyword { found: named("quorum\u{a0}W1") }),
        ("log", 5, form("log KEY [URL]")),
        ("log a b c", 5, form("log KEY [URL]")),
        ("log a", 5, PolicyProblem::Key(KeyError::Malformed)),
        ("witness W4", 5, form("witness NAME KEY [URL]")),
        (&log(), 5, PolicyProblem::DuplicateKey),
        (&witness(1).replace("W1", "W4"), 5, PolicyProblem::DuplicateKey),
        (&witness(4).replace("W4", "W1"), 5, taken("W1")),
        (&witness(4).replace("W4", "none"), 5, taken("none")),
        (&format!("log {}", union.cosigner_key()), 5, PolicyProblem::KeyKind),
        (&format!("witness W4 {}", signer.verifier_key()), 5, PolicyProblem::KeyKind),
        // A keeper that is its own witness, under the same name or another.
        (&format!("witness W4 {}", signer.cosigner_key()), 5, PolicyProblem::DuplicateKey),
        (&format!("log {}", key("m", 11).verifier_key()), 5, PolicyProblem::DuplicateKey),
        (&format!("witness W4 {}", key("m", 11).cosigner_key()), 5, PolicyProblem::DuplicateKey),
    ] {
        let problem = policy(lines).unwrap_err();
        assert_eq!(problem, PolicyError::Line { line, problem: expected }, "{lines}");
    }
    assert_eq!(policy("group g any W1\n"), Err(PolicyError::NoQuorum));
    assert_eq!(Policy::parse(""), Err(PolicyError::NoQuorum));
}

/// Thirty-two of everything, each group in the next.
#[test]
fn a_policy_can_be_large_and_deep() {
    let mut text: String = (100..132_u8)
        .map(|number| format!("log {}\n", key(&format!("l{number}"), number).verifier_key()))
        .collect();
    text.extend((1..=32).map(witness));
    text.push_str("group g1 any W1\n");
    text.extend((2..=32).map(|number| format!("group g{number} all W{number} g{}\n", number - 1)));
    text.push_str("quorum g32\n");
    let policy = Policy::parse(&text).unwrap();
    assert_eq!(policy.to_string(), text);
    assert_eq!((policy.log_keys().count(), policy.cosigner_keys().count()), (32, 32));
}

#[test]
fn an_entry_is_proved_by_one_file_and_a_policy() {
    let (leaves, policy) = (leaves(300), policy("group g 2 W1 W2 W3\nquorum g\n").unwrap());
    let tiles = Tiles::of(&leaves);
    let mut checkpoint = signed(tiles.frontier.head());
    let hashes = prove_inclusion(&tiles, 256, 300).unwrap();
    let prove = |checkpoint: &_, index| {
        let proof = TlogProof::new(index, hashes.clone(), checkpoint).unwrap();
        TlogProof::parse(proof.with_extra(vec![1, 2, 3]).to_string().as_bytes()).unwrap()
    };
    checkpoint.add(cosignature(&checkpoint, &cosigner(1), 1)).unwrap();
    let too_few = Err(UnprovedEntry::Quorum { found: 1 });
    assert_eq!(prove(&checkpoint, 256).verify(&leaves[256], &policy), too_few);
    checkpoint.add(cosignature(&checkpoint, &cosigner(3), 1)).unwrap();
    let proof = prove(&checkpoint, 256);
    assert_eq!(proof.extra(), Some(&[1, 2, 3][..]));
    let (found, outcome) = proof.verify(&leaves[256], &policy).unwrap();
    assert_eq!((found, outcome.cosigners().len()), (checkpoint.clone(), 2));
    assert!(matches!(proof.verify(&leaves[255], &policy), Err(UnprovedEntry::Proof(_))));
    let moved = prove(&checkpoint, 255).verify(&leaves[256], &policy);
    assert!(matches!(moved, Err(UnprovedEntry::Proof(_))));
    let text =
        proof.to_string().replace("\nlog.example/ledger\n300\n", "\nlog.example/ledger\n3\n");
    let forged = TlogProof::parse(text.as_bytes()).unwrap();
    let forged = forged.verify(&leaves[256], &policy);
    assert!(matches!(forged, Err(UnprovedEntry::Signature(SignatureError::Bad { .. }))));
    let none = TlogProof::parse(b"c2sp.org/tlog-proof@v1\nindex 0\n\nnone\n").unwrap();
    let none = none.verify(&leaves[0], &policy);
    assert!(matches!(none, Err(UnprovedEntry::Checkpoint(UnreadableCheckpoint::Note(_)))));
    let without_log = Policy::parse(&policy.to_string().replace(&log(), "")).unwrap();
    let not_of_log = proof.verify(&leaves[256], &without_log);
    assert!(matches!(not_of_log, Err(UnprovedEntry::NotOfLog { .. })));
}

/// A policy with the lines of its groups in words, as the oracle reads them.
#[derive(Clone, Debug)]
struct Drawn {
    text: String,
    groups: Vec<(String, usize, Vec<String>)>,
    quorum: String,
}

const COSIGNERS: u8 = 6;

/// Groups of what is in no group yet, each with some number of members that are needed.
fn drawn() -> impl Strategy<Value = Drawn> {
    let group = (1_usize..4, any::<prop::sample::Index>(), 0..3);
    let groups = prop::collection::vec(group, 0..5);
    (groups, any::<prop::sample::Index>()).prop_map(|(drawn, quorum)| {
        let mut free: Vec<String> = (1..=COSIGNERS).map(|number| format!("W{number}")).collect();
        let mut text: String = (1..=COSIGNERS).map(witness).collect();
        let mut groups = Vec::new();
        for (at, (size, count, word)) in drawn.into_iter().enumerate() {
            let members: Vec<String> = free.drain(..size.min(free.len())).collect();
            let (count, word) = match word {
                0 => (members.len(), "all".to_owned()),
                1 => (1, "any".to_owned()),
                _ => {
                    let count = 1 + count.index(members.len());
                    (count, count.to_string())
                }
            };
            let name = format!("g{at}");
            text.push_str(&format!("group {name} {word} {}\n", members.join(" ")));
            free.push(name.clone());
            groups.push((name, count, members));
        }
        let quorum = free[quorum.index(free.len())].clone();
        text = format!("{}{text}quorum {quorum}\n", log());
        Drawn { text, groups, quorum }
    })
}

impl Drawn {
    fn seen(&self, name: &str, cosigned: &BTreeMap<String, bool>) -> bool {
        match self.groups.iter().find(|(group, ..)| group == name) {
            None => cosigned[name],
            Some((_, count, members)) => {
                members.iter().filter(|member| self.seen(member, cosigned)).count() >= *count
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn a_quorum_is_what_its_words_say(
        drawn in drawn(), who in any::<[bool; COSIGNERS as usize]>()
    ) {
        let policy = Policy::parse(&drawn.text).unwrap();
        prop_assert_eq!(&policy.to_string(), &drawn.text);
        let named = (1..=COSIGNERS).zip(who);
        let cosigned = named.clone().map(|(number, did)| (format!("W{number}"), did)).collect();
        let numbers: Vec<u8> = named.filter(|(_, did)| *did).map(|(number, _)| number).collect();
        prop_assert_eq!(is_met(&policy, &numbers), drawn.seen(&drawn.quorum, &cosigned));
    }

    #[test]
    fn policies_read_back(drawn in drawn(), extra in "[ \t]*(#[^\u{0}-\u{1f}\u{7f}]{0,10})?") {
        let policy = Policy::parse(&drawn.text).unwrap();
        let noisy = drawn.text.replace('\n', &format!("{}\n\n", extra.split('#').next().unwrap()));
        prop_assert_eq!(&Policy::parse(&format!("{extra}\n{noisy}")).unwrap(), &policy);
        prop_assert_eq!(Policy::parse(&policy.to_string()), Ok(policy));
    }
}
