//! Keys for tests, and what they sign.

use dispute_core::{
    Checkpoint, CosignatureTime, CosignerMemory, KeyName, NoteSignature, Origin, SignedCheckpoint,
    SignerKey, TreeHash, TreeHead,
};

/// The log of the tests.
pub(crate) const LOG: &str = "log.example/ledger";

/// A key with a name; the number is its secret.
pub(crate) fn key(name: &str, number: u8) -> SignerKey {
    SignerKey::from_seed(KeyName::parse(name).unwrap(), &[number; 32]).unwrap()
}

pub(crate) fn keeper() -> SignerKey {
    key(LOG, 1)
}

pub(crate) fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

pub(crate) fn seconds(seconds: u64) -> CosignatureTime {
    CosignatureTime::from_seconds(seconds).unwrap()
}

/// A checkpoint that the keeper signed.
pub(crate) fn signed(head: TreeHead) -> SignedCheckpoint {
    SignedCheckpoint::sign(Checkpoint::new(origin(LOG), head), &keeper()).unwrap()
}

/// The checkpoint of a tree of one leaf.
pub(crate) fn first() -> SignedCheckpoint {
    signed(TreeHead { size: 1, root: TreeHash::of_leaf(b"first") })
}

/// The cosignature of somebody who never cosigned before.
pub(crate) fn cosignature(
    checkpoint: &SignedCheckpoint,
    cosigner: &SignerKey,
    time: u64,
) -> NoteSignature {
    let memory = CosignerMemory::new();
    let consent = memory.decide(checkpoint, None, &[]).unwrap();
    consent.cosign(cosigner, seconds(time))
}
