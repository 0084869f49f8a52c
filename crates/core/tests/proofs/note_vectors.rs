//! Other people's vectors for notes, checkpoints, cosignatures and proofs of entries
//! (fixtures/vectors/SOURCES.md).

use dispute_core::{
    Checkpoint, CheckpointError, KeyError, KeyKind, KeyName, Note, NoteError, NoteSignature,
    SignatureError, SignerKey, TlogProof, TlogProofError, TreeHash, VerifierKey,
};
use serde_json::Value;

use crate::{base64, hex, vector};

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn keys(value: &Value) -> Vec<VerifierKey> {
    list(value).iter().map(|key| VerifierKey::parse(text(key)).unwrap()).collect()
}

fn public(value: &Value) -> [u8; 32] {
    hex(value).try_into().unwrap()
}

#[test]
fn a_note_is_signed_as_others_sign_it() {
    let vectors = vector("signed-note.json");
    for vector in list(&vectors["signing"]) {
        let key = SignerKey::parse(text(&vector["skey"])).unwrap();
        assert_eq!(key.secret_text().as_str(), text(&vector["skey"]));
        let note = Note::sign(text(&vector["text"]), &key).unwrap();
        assert_eq!(note.to_string(), text(&vector["want"]));
    }
}

#[test]
fn notes_of_others_are_verified() {
    let vectors = vector("signed-note.json");
    assert_eq!(list(&vectors["valid"]).len(), 4);
    for vector in list(&vectors["valid"]) {
        let keys = keys(&vector["vkeys"]);
        let note = Note::parse(text(&vector["note"]).as_bytes()).unwrap();
        assert_eq!(note.to_string(), text(&vector["note"]));
        let verified = note.verify(&keys).unwrap();
        assert_eq!(verified.len() as u64, vector["verified"].as_u64().unwrap());
        for key in &keys {
            assert_eq!(VerifierKey::parse(&key.to_string()).as_ref(), Ok(key));
        }
    }
}

#[test]
fn notes_that_others_refuse_are_refused() {
    let vectors = vector("signed-note.json");
    for vector in list(&vectors["unverifiable"]) {
        let note = Note::parse(text(&vector["note"]).as_bytes()).unwrap();
        assert_eq!(note.verify(&keys(&vector["vkeys"])), Err(SignatureError::NoneKnown));
    }
    for vector in list(&vectors["invalid_signature"]) {
        let note = Note::parse(text(&vector["note"]).as_bytes()).unwrap();
        let verified = note.verify(&keys(&vector["vkeys"])).unwrap_err();
        assert!(matches!(verified, SignatureError::Bad { .. }));
    }
    assert_eq!(list(&vectors["malformed"]).len(), 6);
    for malformed in list(&vectors["malformed"]) {
        assert!(Note::parse(text(malformed).as_bytes()).is_err(), "{malformed}");
    }
    for malformed in list(&vectors["malformed_bytes_hex"]) {
        assert_eq!(Note::parse(&hex(malformed)), Err(NoteError::NotUtf8));
    }
}

#[test]
fn keys_that_others_refuse_are_refused() {
    let vectors = vector("signed-note.json");
    let [long, unknown] = list(&vectors["bad_vkeys"]) else { panic!("two keys") };
    // Its base64 has bits after the last byte; in its one spelling it is too long.
    assert_eq!(VerifierKey::parse(text(long)), Err(KeyError::Malformed));
    let long = text(long).replace("BADKEY==", "BADKEQ==");
    assert_eq!(VerifierKey::parse(&long), Err(KeyError::Length { found: 36 }));
    assert_eq!(VerifierKey::parse(text(unknown)), Err(KeyError::Kind { found: 0x65 }));
    let good = text(&vectors["valid"][1]["vkeys"][0]);
    VerifierKey::parse(good).unwrap();
    for from in 0..good.len() {
        for to in from..=good.len() {
            let part = good.get(from..to).unwrap();
            assert!(part == good || VerifierKey::parse(part).is_err(), "{part}");
        }
        let mut bytes = good.as_bytes().to_vec();
        bytes[from] += 1;
        let other = String::from_utf8(bytes).unwrap();
        assert!(VerifierKey::parse(&other).is_err(), "{other}");
    }
    let secret = text(&vectors["signing"][0]["skey"]);
    for from in 0..secret.len() {
        let mut bytes = secret.as_bytes().to_vec();
        bytes[from] += 1;
        assert!(SignerKey::parse(&String::from_utf8(bytes).unwrap()).is_err());
        assert!(SignerKey::parse(secret.get(..from).unwrap()).is_err());
    }
}

#[test]
fn checkpoints_are_read_as_others_read_them() {
    let vectors = vector("checkpoint-text.json");
    let root = TreeHash::of_leaf(b"hello world");
    assert_eq!(list(&vectors["valid"]).len(), 3);
    for valid in list(&vectors["valid"]) {
        let checkpoint = Checkpoint::parse(text(valid)).unwrap();
        assert_eq!(checkpoint.to_string(), text(valid));
        assert_eq!((checkpoint.head().size, checkpoint.head().root), (123, root));
    }
    let expected = [
        CheckpointError::Origin,
        CheckpointError::Size,
        CheckpointError::Size,
        CheckpointError::Extension { line: 5 },
        CheckpointError::Unterminated,
        CheckpointError::Size,
        CheckpointError::Size,
        CheckpointError::Root,
        CheckpointError::Origin,
    ];
    let invalid = list(&vectors["invalid"]).iter().chain(list(&vectors["added_by_us"]));
    let found: Vec<_> =
        invalid.map(|pair| Checkpoint::parse(text(&pair[0])).unwrap_err()).collect();
    assert_eq!(found, expected);
}

/// A tree head that a real log signed and eight witnesses cosigned.
#[test]
fn cosignatures_of_real_witnesses_hold() {
    let vector = vector("cosignature-v1.json");
    let body = text(&vector["checkpoint_body"]);
    let checkpoint = Checkpoint::parse(body).unwrap();
    let log_name = KeyName::parse(checkpoint.origin().as_str()).unwrap();
    let log = VerifierKey::new(log_name, KeyKind::Note, &public(&vector["log_pubkey"])).unwrap();
    let signed = |key: &VerifierKey, signature: Vec<u8>| {
        NoteSignature::new(key.name().clone(), key.id(), signature).unwrap()
    };
    let mut keys = vec![log.clone()];
    let mut signatures = vec![signed(&log, hex(&vector["log_sig"]))];
    let cosignatures = list(&vector["cosignatures"]);
    assert_eq!(cosignatures.len(), 8);
    for cosignature in cosignatures {
        let name = KeyName::parse(text(&cosignature["name"])).unwrap();
        let public = public(&cosignature["pubkey"]);
        let key = VerifierKey::new(name, KeyKind::Cosignature, &public).unwrap();
        let time = cosignature["time"].as_u64().unwrap().to_be_bytes();
        signatures.push(signed(&key, [&time[..], &hex(&cosignature["sig"])].concat()));
        keys.push(key);
    }
    let note = Note::new(body, signatures).unwrap();
    let note = Note::parse(note.to_string().as_bytes()).unwrap();
    let verified = note.verify(&keys).unwrap();
    assert_eq!(verified.len(), 9);
    assert_eq!(verified[0].time(), None);
    assert!(verified[1..].iter().all(|one| one.time().unwrap().seconds() == 1_770_193_051));
    // A second later it is another statement.
    for at in 1..9 {
        let mut signatures = note.signatures().to_vec();
        let mut bytes = signatures[at].signature().to_vec();
        bytes[7] += 1;
        signatures[at] = signed(&keys[at], bytes);
        let note = Note::new(body, signatures).unwrap();
        assert!(matches!(note.verify(&keys), Err(SignatureError::Bad { .. })));
    }
}

#[test]
fn proofs_of_entries_are_written_as_others_write_them() {
    let vectors = vector("tlog-proof.json");
    assert_eq!(list(&vectors["marshal"]).len(), 3);
    for vector in list(&vectors["marshal"]) {
        let proof = TlogProof::parse(text(&vector["want"]).as_bytes()).unwrap();
        assert_eq!(proof.to_string(), text(&vector["want"]));
        assert_eq!(proof.index(), vector["index"].as_u64().unwrap());
        let hashes =
            list(&vector["hashes"]).iter().map(|hash| TreeHash::parse(text(hash)).unwrap());
        assert_eq!(proof.hashes(), hashes.collect::<Vec<_>>());
        assert_eq!(proof.extra(), vector.get("extra").map(base64).as_deref());
        assert_eq!(proof.checkpoint_text(), text(&vector["checkpoint"]));
        assert!(proof.checkpoint().is_err());
    }
    let expected = [
        TlogProofError::Header,
        TlogProofError::Extra,
        TlogProofError::Index,
        TlogProofError::Index,
        TlogProofError::Index,
        TlogProofError::Hash { hash: 1 },
        TlogProofError::Hash { hash: 1 },
    ];
    let invalid = list(&vectors["invalid"]);
    let found = invalid.iter().map(|pair| TlogProof::parse(text(&pair[0]).as_bytes()).unwrap_err());
    assert_eq!(found.collect::<Vec<_>>(), expected);
}
