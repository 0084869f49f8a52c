//! Notes, keys, checkpoints and proofs of entries: one spelling each, and no signature too many.

use dispute_core::{
    Checkpoint, CheckpointError, KeyError, KeyId, KeyKind, KeyName, LONGEST_NOTE, LONGEST_PROOF,
    MOST_SIGNATURES, Note, NoteError, NoteSignature, Origin, SignatureError, SignedCheckpoint,
    SignerKey, TlogProof, TlogProofError, TreeHash, TreeHead, UnreadableCheckpoint, VerifierKey,
};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
use proptest::prelude::*;

use crate::signing::{LOG, cosignature, first, keeper, key, origin, seconds};
use crate::{cases, hex};

fn signature(name: &str, id: [u8; 4], bytes: Vec<u8>) -> NoteSignature {
    let name = KeyName::parse(name).unwrap();
    NoteSignature::new(name, KeyId::from_bytes(id), bytes).unwrap()
}

fn by(key: &SignerKey, text: &str) -> NoteSignature {
    Note::sign(text, key).unwrap().signatures()[0].clone()
}

#[test]
fn a_note_ends_its_text_at_the_last_empty_line() {
    let text = "one\n\n— not a signature\n\n\ntwo\n\n";
    let note = Note::sign(text, &keeper()).unwrap();
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!((read.text(), &read), (text, &note));
    assert_eq!(read.verify([keeper().verifier_key()]).unwrap().len(), 1);
}

#[test]
fn a_text_that_cannot_be_signed_is_refused() {
    for (text, expected) in [
        ("", NoteError::Unterminated),
        ("no end", NoteError::Unterminated),
        ("bell\u{7}\n", NoteError::ControlCharacter { found: 7 }),
        ("return\r\n", NoteError::ControlCharacter { found: 13 }),
        ("nul\0\n", NoteError::ControlCharacter { found: 0 }),
        ("cosignature/v1\ntime 1\nlog\n", NoteError::Reserved),
    ] {
        assert_eq!(Note::sign(text, &keeper()), Err(expected), "{text:?}");
    }
    assert_eq!(Note::new("text\n", Vec::new()), Err(NoteError::Unsigned));
    let long = format!("{}\n", "x".repeat(LONGEST_NOTE));
    assert!(matches!(Note::sign(&long, &keeper()), Err(NoteError::TooLong { .. })));
    let bytes = LONGEST_NOTE + 1;
    assert_eq!(Note::parse(&vec![b'x'; bytes]), Err(NoteError::TooLong { bytes }));
}

#[test]
fn what_is_no_line_of_a_signature_is_refused() {
    let good = by(&keeper(), "text\n").to_string();
    Note::parse(format!("text\n\n{good}\n").as_bytes()).unwrap();
    let (unpadded, id) = (good.trim_end_matches('='), "— n AQIDBA==");
    for bad in [
        &good.replace('—', "-"),
        &good.replace("— ", "—"),
        &good.replace("— ", "—  "),
        &format!("{good} "),
        &format!(" {good}"),
        &good.replace("log.example", "log+example"),
        &good.replace("log.example", "log\u{2003}example"),
        unpadded,
        id,
        "— n",
        "— n ",
        "—  AQIDBAU=",
    ] {
        let expected = Err(NoteError::SignatureLine { line: 2 });
        assert_eq!(Note::parse(format!("text\n\n{good}\n{bad}\n").as_bytes()), expected, "{bad}");
    }
}

#[test]
fn sixteen_signatures_and_a_hundred_are_taken_and_no_more() {
    let unknown = |number: u8| signature("other", [number, 0, 0, 0], vec![number]);
    let mut note = Note::sign("text\n", &keeper()).unwrap();
    for number in 1..MOST_SIGNATURES {
        note.add(unknown(u8::try_from(number).unwrap())).unwrap();
        assert_eq!(Note::parse(note.to_string().as_bytes()).as_ref(), Ok(&note));
        assert_eq!(note.verify([keeper().verifier_key()]).unwrap().len(), 1);
    }
    assert_eq!(note.signatures().len(), MOST_SIGNATURES);
    let found = MOST_SIGNATURES + 1;
    let too_many = Err(NoteError::TooManySignatures { found });
    assert_eq!(note.add(unknown(255)), too_many);
    assert_eq!(note.signatures().len(), MOST_SIGNATURES);
    assert_eq!(note.add(note.signatures()[0].clone()), Ok(()));
    let longer = format!("{note}{}\n", unknown(255));
    assert_eq!(Note::parse(longer.as_bytes()), too_many.map(|()| note));
}

/// Of who signed, only the known are asked, and all of them.
#[test]
fn a_known_key_with_a_bad_signature_rejects_beside_a_good_one() {
    let (good, other) = (keeper(), key("other", 2));
    let mut note = Note::sign("text\n", &good).unwrap();
    let forged = by(&other, "another text\n");
    note.add(forged.clone()).unwrap();
    let bad = Err(SignatureError::Bad { name: forged.name().clone(), id: forged.id() });
    assert_eq!(note.verify([good.verifier_key(), other.verifier_key()]), bad);
    assert_eq!(note.verify([other.verifier_key()]), bad);
    assert_eq!(note.verify([good.verifier_key()]).unwrap().len(), 1);
    assert_eq!(note.verify([]), Err(SignatureError::NoneKnown));
    // A second signature by the same key is checked as well, before and after the good one.
    let double = by(&good, "another text\n");
    note.add(double.clone()).unwrap();
    assert!(note.verify([good.verifier_key()]).is_err());
    let note = Note::new("text\n", vec![double, by(&good, "text\n")]).unwrap();
    assert!(note.verify([good.verifier_key()]).is_err());
}

#[test]
fn a_name_or_an_id_alone_makes_no_key_known() {
    let good = keeper();
    let line = by(&good, "text\n");
    let (id, bytes) = (*line.id().as_bytes(), line.signature().to_vec());
    for stranger in [signature("other", id, bytes.clone()), signature(LOG, [0; 4], bytes)] {
        let note = Note::new("text\n", vec![stranger]).unwrap();
        assert_eq!(note.verify([good.verifier_key()]), Err(SignatureError::NoneKnown));
    }
}

#[test]
fn a_key_that_is_named_twice_is_one_key() {
    let key = keeper();
    let note = Note::sign("text\n", &key).unwrap();
    let twice = note.verify([key.verifier_key(), key.verifier_key()]).unwrap();
    assert_eq!(twice, note.verify([key.verifier_key()]).unwrap());
}

#[test]
fn a_signature_of_one_kind_is_none_of_the_other() {
    let key = keeper();
    let checkpoint = first();
    let cosigned = cosignature(&checkpoint, &key, 7);
    let (text, note) = (checkpoint.note().text(), &checkpoint.note().signatures()[0]);
    let swap = |id: KeyId, signature: &[u8]| {
        let line = NoteSignature::new(key.name().clone(), id, signature.to_vec()).unwrap();
        Note::new(text, vec![line]).unwrap().verify([key.verifier_key(), key.cosigner_key()]).map(
            |verified| verified.iter().map(|one| one.time().map(|time| time.seconds())).collect(),
        )
    };
    let (signer, cosigner) = (key.verifier_key().id(), key.cosigner_key().id());
    assert_ne!(signer, cosigner);
    let none: Result<Vec<Option<u64>>, SignatureError> = swap(signer, note.signature());
    assert_eq!(none, Ok(vec![None]));
    assert_eq!(swap(cosigner, cosigned.signature()), Ok(vec![Some(7)]));
    for (id, bytes) in [
        (cosigner, note.signature()),
        (signer, cosigned.signature()),
        (signer, &cosigned.signature()[8..]),
        (cosigner, &cosigned.signature()[..71]),
        (cosigner, &[cosigned.signature(), &[0]].concat()),
        (cosigner, &[&[0x80; 8], &cosigned.signature()[8..]].concat()),
    ] {
        assert!(matches!(swap(id, bytes), Err(SignatureError::Bad { .. })), "{bytes:?}");
    }
}

#[test]
fn a_cosigner_counts_once_with_its_latest_time() {
    let union = key("union", 2);
    let mut checkpoint = first();
    for time in [5, 9, 7] {
        checkpoint.add(cosignature(&checkpoint, &union, time)).unwrap();
    }
    let verified = checkpoint.verify([union.cosigner_key()]).unwrap();
    assert_eq!(verified.len(), 1);
    assert_eq!(verified[0].time(), Some(seconds(9)));
    assert_eq!(verified[0].key(), union.cosigner_key());
}

/// The order of the group, lowest byte first (RFC 8032, section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// s and s + L solve the same equation: without a strict check, anybody could write a second
/// signature.
#[test]
fn a_malleated_signature_is_refused() {
    let text = "text\n";
    for number in 0..20 {
        let key = key("n", number);
        let line = by(&key, text);
        let mut bytes = line.signature().to_vec();
        let mut carry = 0;
        for (byte, add) in bytes[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            *byte = u8::try_from(sum & 0xff).unwrap();
            carry = sum >> 8;
        }
        assert_eq!(carry, 0);
        let forged = NoteSignature::new(key.name().clone(), line.id(), bytes).unwrap();
        let note = Note::new(text, vec![forged]).unwrap();
        assert!(matches!(note.verify([key.verifier_key()]), Err(SignatureError::Bad { .. })));
    }
}

/// With the neutral element as R and s = k·a, whoever has the key makes a signature that a check
/// without strictness takes.
#[test]
fn a_signature_with_a_point_of_small_order_is_refused() {
    let r = "0100000000000000000000000000000000000000000000000000000000000000";
    let s = "3777571940ee7be9f8ff4e09e1fb6f0740d2ca4e806a6ab4c0d6f35bddf19c0f";
    let bytes: [u8; 64] = hex(&format!("{r}{s}").into()).try_into().unwrap();
    let key = keeper();
    let lenient = VerifyingKey::from_bytes(key.verifier_key().public_key()).unwrap();
    assert!(lenient.verify(b"text\n", &Signature::from_bytes(&bytes)).is_ok());
    let id = key.verifier_key().id();
    let line = NoteSignature::new(key.name().clone(), id, bytes.to_vec()).unwrap();
    let note = Note::new("text\n", vec![line]).unwrap();
    let bad = Err(SignatureError::Bad { name: key.name().clone(), id });
    assert_eq!(note.verify([key.verifier_key()]), bad);
}

#[test]
fn every_bit_of_a_signature_and_of_a_text_counts() {
    let key = keeper();
    let note = Note::sign("text\n", &key).unwrap();
    let line = &note.signatures()[0];
    for bit in 0..512 {
        let mut bytes = line.signature().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let forged = NoteSignature::new(key.name().clone(), line.id(), bytes).unwrap();
        let note = Note::new("text\n", vec![forged]).unwrap();
        assert!(note.verify([key.verifier_key()]).is_err(), "{bit}");
    }
    for text in ["texs\n", "text\n\n", "tex\n", "text \n", "Text\n"] {
        let note = Note::new(text, vec![line.clone()]).unwrap();
        assert!(note.verify([key.verifier_key()]).is_err(), "{text}");
    }
}

/// With the neutral element as the key, R = 0·B and s = 0 would sign anything.
#[test]
fn a_key_of_small_order_is_refused_as_it_is_read() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let name = KeyName::parse("n").unwrap();
    for kind in [KeyKind::Note, KeyKind::Cosignature] {
        assert_eq!(VerifierKey::new(name.clone(), kind, &neutral), Err(KeyError::Weak));
    }
    // Its text, with the right id, as others would write it.
    let text = "n+60086fba+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(VerifierKey::parse(text), Err(KeyError::Weak));
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    for (text, expected) in [
        ("", CheckpointError::Unterminated),
        ("\n", CheckpointError::TooShort),
        ("log\n1\n", CheckpointError::TooShort),
        ("log\n\n1\n", CheckpointError::Size),
        ("log\n1\n\n", CheckpointError::Root),
        ("log\n-1\n\n", CheckpointError::Size),
        ("log\n1 \n\n", CheckpointError::Size),
    ] {
        assert_eq!(Checkpoint::parse(text), Err(expected), "{text:?}");
    }
    let text = first().checkpoint().to_string();
    let long = Checkpoint::parse(&format!("{text}ext\n\u{1}\n"));
    assert_eq!(long, Err(CheckpointError::Extension { line: 5 }));
    assert_eq!(Origin::parse(""), None);
    assert_eq!(Origin::parse("two\nlines"), None);
    let note = Note::sign("no checkpoint\n", &keeper()).unwrap().to_string();
    let expected = Err(UnreadableCheckpoint::Checkpoint(CheckpointError::TooShort));
    assert_eq!(SignedCheckpoint::parse(note.as_bytes()), expected);
}

fn line() -> impl Strategy<Value = String> {
    "[^\u{0}-\u{1f}]{1,12}"
}

fn name() -> impl Strategy<Value = KeyName> {
    "[^\u{0}-\u{1f}+]{1,12}".prop_filter_map("a name", |name| KeyName::parse(&name))
}

fn hash() -> impl Strategy<Value = TreeHash> {
    any::<[u8; 32]>().prop_map(TreeHash::from_bytes)
}

fn signatures() -> impl Strategy<Value = Vec<NoteSignature>> {
    let bytes = prop::collection::vec(any::<u8>(), 1..80);
    let one = (name(), any::<[u8; 4]>(), bytes).prop_map(|(name, id, bytes)| {
        NoteSignature::new(name, KeyId::from_bytes(id), bytes).unwrap()
    });
    prop::collection::vec(one, 1..5)
}

fn checkpoint_text() -> impl Strategy<Value = String> {
    let extensions = prop::collection::vec(line(), 0..3);
    (line(), any::<u64>(), hash(), extensions).prop_map(|(origin, size, root, extensions)| {
        let end: String = extensions.iter().map(|line| format!("{line}\n")).collect();
        format!("{origin}\n{size}\n{root}\n{end}")
    })
}

fn signed_checkpoint() -> impl Strategy<Value = SignedCheckpoint> {
    (checkpoint_text(), signatures()).prop_map(|(text, signatures)| {
        let note = Note::new(&text, signatures).unwrap();
        SignedCheckpoint::parse(note.to_string().as_bytes()).unwrap()
    })
}

fn tlog_proof() -> impl Strategy<Value = TlogProof> {
    let hashes = prop::collection::vec(hash(), 0..=LONGEST_PROOF);
    let extra = prop::collection::vec(any::<u8>(), 0..20);
    (any::<u64>(), hashes, signed_checkpoint(), extra).prop_map(|(index, hashes, signed, extra)| {
        TlogProof::new(index, hashes, &signed).unwrap().with_extra(extra)
    })
}

/// All readers of bytes; what one of them takes, it prints as it was.
fn read_as_everything(bytes: &[u8]) {
    let printed = |text: String| assert_eq!(text.as_bytes(), bytes);
    let _ = Note::parse(bytes).map(|note| printed(note.to_string()));
    let _ = SignedCheckpoint::parse(bytes).map(|signed| printed(signed.to_string()));
    let _ = TlogProof::parse(bytes).map(|proof| {
        let _ = proof.checkpoint();
        printed(proof.to_string());
    });
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = Checkpoint::parse(text).map(|checkpoint| printed(checkpoint.to_string()));
    let _ = VerifierKey::parse(text).map(|key| printed(key.to_string()));
    let _ = SignerKey::parse(text).map(|key| printed(key.secret_text().as_str().to_owned()));
    let _ = NoteSignature::parse(text).map(|line| printed(line.to_string()));
    let _ = dispute_core::Policy::parse(text);
}

#[test]
fn a_proof_of_an_entry_has_at_most_64_hashes() {
    let hashes = vec![TreeHash::EMPTY; LONGEST_PROOF + 1];
    let too_many = TlogProofError::TooManyHashes { found: LONGEST_PROOF + 1 };
    assert_eq!(TlogProof::new(0, hashes.clone(), &first()), Err(too_many.clone()));
    let lines: String = hashes.iter().map(|hash| format!("{hash}\n")).collect();
    let text = format!("c2sp.org/tlog-proof@v1\nindex 0\n{lines}\n{}", first());
    assert_eq!(TlogProof::parse(text.as_bytes()), Err(too_many));
    for (text, expected) in [
        ("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nc\n", TlogProofError::Extra),
        ("c2sp.org/tlog-proof@v1\nindex 00\n\nc\n", TlogProofError::Index),
        ("c2sp.org/tlog-proof@v1\nindex 0\nextra AQ==\n\nc\n", TlogProofError::Hash { hash: 1 }),
        ("c2sp.org/tlog-proof@v1\nindex 0\n", TlogProofError::NoCheckpoint),
        ("c2sp.org/tlog-proof@v1\r\nindex 0\n\nc\n", TlogProofError::Header),
    ] {
        assert_eq!(TlogProof::parse(text.as_bytes()), Err(expected), "{text}");
    }
    assert_eq!(TlogProof::parse(b"\xff"), Err(TlogProofError::NotUtf8));
}

#[test]
fn a_signed_checkpoint_is_of_its_log() {
    let checkpoint = first();
    assert_eq!(checkpoint.origin(), &origin(LOG));
    assert_eq!(checkpoint.head().size, 1);
    assert!(checkpoint.checkpoint().extensions().is_empty());
    assert_eq!(checkpoint.head(), TreeHead { size: 1, root: TreeHash::of_leaf(b"first") });
    assert_eq!(checkpoint.verify([keeper().verifier_key()]).unwrap().len(), 1);
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn keys_read_back(name in name(), seed in any::<[u8; 32]>()) {
        let key = SignerKey::from_seed(name, &seed).unwrap();
        let read = SignerKey::parse(key.secret_text().as_str()).unwrap();
        prop_assert_eq!(read.verifier_key(), key.verifier_key());
        for key in [key.verifier_key(), key.cosigner_key()] {
            prop_assert_eq!(&VerifierKey::parse(&key.to_string()).unwrap(), key);
        }
        let note = Note::sign("text\n", &read).unwrap();
        prop_assert!(note.verify([key.verifier_key()]).is_ok());
        let shown = format!("{key:?}");
        prop_assert!(!shown.contains(key.secret_text().as_str()));
    }

    #[test]
    fn notes_read_back(lines in prop::collection::vec("[^\u{0}-\u{1f}]{0,8}", 1..6),
                       signatures in signatures()) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let note = Note::new(&text, signatures).unwrap();
        prop_assert_eq!(Note::parse(note.to_string().as_bytes()), Ok(note));
    }

    #[test]
    fn checkpoints_read_back(signed in signed_checkpoint()) {
        let text = signed.checkpoint().to_string();
        prop_assert_eq!(&Checkpoint::parse(&text).unwrap(), signed.checkpoint());
        prop_assert_eq!(SignedCheckpoint::parse(signed.to_string().as_bytes()), Ok(signed));
    }

    #[test]
    fn proofs_of_entries_read_back(proof in tlog_proof()) {
        prop_assert_eq!(TlogProof::parse(proof.to_string().as_bytes()), Ok(proof));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn no_text_makes_a_reader_panic(
        text in "(c2sp.org/tlog-proof@v1\n|index 0|extra |— |n |AQIDBAU=|\n|\n\n|log |quorum |none|\
                 group |witness |[+ 0-9é\t])*"
    ) {
        read_as_everything(text.as_bytes());
    }

    /// What is nearly right is read as what it says or not at all.
    #[test]
    fn no_damage_makes_a_reader_panic(
        proof in tlog_proof(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
        cut in any::<prop::sample::Index>()
    ) {
        for whole in [proof.to_string(), proof.checkpoint_text().to_owned()] {
            let mut bytes = whole.into_bytes();
            let place = at.index(bytes.len());
            bytes[place] = byte;
            read_as_everything(&bytes);
            bytes.remove(place);
            read_as_everything(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            read_as_everything(&bytes);
        }
    }
}
