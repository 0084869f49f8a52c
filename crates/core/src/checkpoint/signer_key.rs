//! The secret half of a key: what signs.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use super::cosignature::{CosignatureTime, cosigned_message, join_cosignature};
use super::key::{KeyError, KeyId, KeyKind, KeyName};
use super::note::NoteSignature;
use super::verifier_key::{VerifierKey, split_key};
use crate::spelling::write_base64;

/// What a secret key's text begins with.
const PREFIX: &str = "PRIVATE+KEY+";

/// The secret half of a key. It is erased from memory when it is dropped, and never shown but by
/// [`SignerKey::secret_text`].
///
/// It signs notes, and cosigns checkpoints with an id of its own, so that no signature of one kind
/// passes for one of the other. Who does both should have two: a cosignature does not say in which
/// role it was given.
pub struct SignerKey {
    secret: SigningKey,
    verifier: VerifierKey,
    cosigner: VerifierKey,
}

/// The text of a secret key. It is erased from memory when it is dropped.
pub struct SecretText(Zeroizing<String>);

impl SignerKey {
    /// A new key from 32 bytes that nobody can guess (RFC 8032, section 5.1.5). Whoever calls
    /// erases them.
    ///
    /// # Errors
    /// [`KeyError`] where the public key is none; no seed is known that has such a one.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = SigningKey::from_bytes(seed);
        let public = secret.verifying_key().to_bytes();
        let verifier = VerifierKey::new(name.clone(), KeyKind::Note, &public)?;
        let cosigner = VerifierKey::new(name, KeyKind::Cosignature, &public)?;
        Ok(Self { secret, verifier, cosigner })
    }

    /// A new key from the operating system's source of randomness.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] where there is none.
    pub fn generate(name: KeyName) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(|_| KeyError::NoRandomness)?;
        Self::from_seed(name, &seed)
    }

    /// Reads a key as [`SignerKey::secret_text`] writes it.
    ///
    /// # Errors
    /// [`KeyError`] where it is no secret key, or its id is that of another. None of them says
    /// anything of the secret.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, bytes) = split_key(text.strip_prefix(PREFIX).ok_or(KeyError::NotSecret)?)?;
        let bytes = Zeroizing::new(bytes);
        let (kind, seed) = bytes.split_first().ok_or(KeyError::Malformed)?;
        if *kind != KeyKind::Note.byte() {
            return Err(KeyError::Kind { found: *kind });
        }
        let seed = seed.try_into().map_err(|_| KeyError::Length { found: seed.len() })?;
        let key = Self::from_seed(name, seed)?;
        let expected = key.verifier.id();
        if expected == id { Ok(key) } else { Err(KeyError::Id { expected, found: id }) }
    }

    /// The key as text: `PRIVATE+KEY+NAME+ID+KEY`, where the key is the base64 of 0x01 and the
    /// seed. Who has it can sign.
    pub fn secret_text(&self) -> SecretText {
        let mut bytes = Zeroizing::new([KeyKind::Note.byte(); 33]);
        if let Some(seed) = bytes.last_chunk_mut::<32>() {
            seed.copy_from_slice(self.secret.as_bytes());
        }
        let base64 = Zeroizing::new(write_base64(bytes.as_slice()));
        let public = format!("{PREFIX}{}+{}+", self.name(), self.verifier.id());
        let mut text = Zeroizing::new(String::with_capacity(public.len() + base64.len()));
        text.push_str(&public);
        text.push_str(&base64);
        SecretText(text)
    }

    /// The name of the key.
    pub fn name(&self) -> &KeyName {
        self.verifier.name()
    }

    /// What its signatures of notes are checked with.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.verifier
    }

    /// What its cosignatures are checked with.
    pub fn cosigner_key(&self) -> &VerifierKey {
        &self.cosigner
    }

    /// Signs the text of a note.
    pub(super) fn sign(&self, text: &str) -> NoteSignature {
        let signature = self.secret.sign(text.as_bytes()).to_bytes();
        self.signature(self.verifier.id(), signature.to_vec())
    }

    /// Cosigns the text of a checkpoint.
    pub(super) fn cosign(&self, text: &str, time: CosignatureTime) -> NoteSignature {
        let signature = self.secret.sign(cosigned_message(time, text).as_bytes()).to_bytes();
        self.signature(self.cosigner.id(), join_cosignature(time, &signature))
    }

    fn signature(&self, id: KeyId, signature: Vec<u8>) -> NoteSignature {
        NoteSignature::of(self.name().clone(), id, signature)
    }
}

impl SecretText {
    /// The text itself, to be written where only its owner reads it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The public half alone.
impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({})", self.verifier)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_in_its_text_and_nowhere_else() {
        let key = SignerKey::from_seed(KeyName::parse("n").unwrap(), &[0xab; 32]).unwrap();
        let text = key.secret_text();
        let secret = text.as_str().rsplit_once('+').unwrap().1;
        assert_eq!(secret, write_base64(&[&[1][..], &[0xab; 32]].concat()));
        for shown in [format!("{key:?}"), format!("{key:#?}"), format!("{text:?}")] {
            let shown = shown.to_lowercase();
            assert!(!shown.contains(&secret.to_lowercase()), "{shown}");
            assert!(!shown.contains("abab") && !shown.contains("171, 171"), "{shown}");
        }
    }

    #[test]
    fn no_two_keys_are_made_alike() {
        let new = || SignerKey::generate(KeyName::parse("n").unwrap()).unwrap();
        assert_ne!(new().verifier_key(), new().verifier_key());
    }

    #[test]
    fn a_key_reads_back_from_its_text() {
        let key = SignerKey::from_seed(KeyName::parse("n").unwrap(), &[7; 32]).unwrap();
        let text = key.secret_text();
        let read = SignerKey::parse(text.as_str()).unwrap();
        assert_eq!(read.verifier_key(), key.verifier_key());
        assert_eq!(read.secret_text().as_str(), text.as_str());
        let public = key.verifier_key().to_string();
        assert_eq!(SignerKey::parse(&public).unwrap_err(), KeyError::NotSecret);
        let cosigning = text.as_str().replace("+AQ", "+BA");
        assert_eq!(SignerKey::parse(&cosigning).unwrap_err(), KeyError::Kind { found: 4 });
        let other = text.as_str().replace("+n+", "+m+");
        assert!(matches!(SignerKey::parse(&other), Err(KeyError::Id { .. })));
    }
}
