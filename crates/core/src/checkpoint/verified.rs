//! Which known keys signed a note.

use thiserror::Error;

use super::cosignature::CosignatureTime;
use super::key::{KeyId, KeyName};
use super::note::Note;
use super::verifier_key::VerifierKey;

/// A signature of a note that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifiedSignature<'k> {
    key: &'k VerifierKey,
    time: Option<CosignatureTime>,
}

/// Why the signatures of a note do not let it be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// A known key is said to have signed, and did not.
    #[error("the signature by {name} ({id}) does not hold")]
    Bad {
        /// The name of the key.
        name: KeyName,
        /// The id of the key.
        id: KeyId,
    },
    /// No known key signed.
    #[error("no known key signed")]
    NoneKnown,
    /// Two keys that are known have the same name and the same id.
    #[error("two keys are named {name} ({id})")]
    Ambiguous {
        /// The name of the keys.
        name: KeyName,
        /// The id of the keys.
        id: KeyId,
    },
}

impl<'k> VerifiedSignature<'k> {
    /// The key that signed.
    pub fn key(&self) -> &'k VerifierKey {
        self.key
    }

    /// When it says that it cosigned. `None` where the key is none of cosignatures.
    pub fn time(&self) -> Option<CosignatureTime> {
        self.time
    }
}

impl Note {
    /// Checks all signatures by known keys and ignores all others (c2sp.org/signed-note,
    /// "Signatures"). A key counts once, in the order of the signatures, with the latest time at
    /// which it cosigned.
    ///
    /// # Errors
    /// [`SignatureError::Bad`] where one by a known key does not hold, even beside others that do;
    /// [`SignatureError::NoneKnown`] where there is none by a known key;
    /// [`SignatureError::Ambiguous`] where it cannot be said which known key signed.
    pub fn verify<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Vec<VerifiedSignature<'k>>, SignatureError> {
        let mut known: Vec<&VerifierKey> = Vec::new();
        for key in keys {
            // The same key named twice is one key.
            if !known.contains(&key) {
                known.push(key);
            }
        }
        let mut verified: Vec<VerifiedSignature<'k>> = Vec::new();
        for signature in self.signatures() {
            let (name, id) = (signature.name(), signature.id());
            let mut named = known.iter().filter(|key| key.name() == name && key.id() == id);
            let Some(key) = named.next() else { continue };
            if named.next().is_some() {
                return Err(SignatureError::Ambiguous { name: name.clone(), id });
            }
            let time = key
                .verify(self.text(), signature.signature())
                .map_err(|_| SignatureError::Bad { name: name.clone(), id })?;
            match verified.iter_mut().find(|earlier| earlier.key == *key) {
                Some(earlier) => earlier.time = earlier.time.max(time),
                None => verified.push(VerifiedSignature { key, time }),
            }
        }
        if verified.is_empty() { Err(SignatureError::NoneKnown) } else { Ok(verified) }
    }
}
