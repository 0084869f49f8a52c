//! Signed notes: a text and who signed it.

use std::fmt;

use thiserror::Error;

use super::cosignature::COSIGNATURE_HEADER;
use super::key::{KeyId, KeyName};
use super::signer_key::SignerKey;
use crate::spelling::{read_base64, write_base64};

/// The most signatures that a note can have; the specification asks for 16.
pub const MOST_SIGNATURES: usize = 100;
/// The most bytes that a note can have.
pub const LONGEST_NOTE: usize = 1_000_000;

/// What a line with a signature begins with: an em dash and a space.
const DASH: &str = "— ";

/// A text with signatures, of which none has been checked (c2sp.org/signed-note, "Format"). The
/// text ends with a line break, and neither it nor anything else has other control characters. It
/// is printed as it was read, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A line `— NAME BASE64` of a note: which key is said to have signed, and its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

/// Why something is no signed note.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoteError {
    /// It is longer than [`LONGEST_NOTE`].
    #[error("the note has {bytes} bytes, more than {LONGEST_NOTE}")]
    TooLong {
        /// How many it has.
        bytes: usize,
    },
    /// It is not UTF-8.
    #[error("the note is not UTF-8")]
    NotUtf8,
    /// It has a control character that is no line break.
    #[error("the note has the control character {found:#04x}")]
    ControlCharacter {
        /// Which one.
        found: u32,
    },
    /// The text does not end with a line break.
    #[error("the text of the note does not end with a line break")]
    Unterminated,
    /// It has no empty line with signatures after it.
    #[error("the note is not signed")]
    Unsigned,
    /// A line after the last empty one is no signature.
    #[error("line {line} after the text of the note is no signature")]
    SignatureLine {
        /// Which one, from 1.
        line: usize,
    },
    /// It has more signatures than [`MOST_SIGNATURES`].
    #[error("the note has {found} signatures, more than {MOST_SIGNATURES}")]
    TooManySignatures {
        /// How many it has.
        found: usize,
    },
    /// The text could be taken for what cosigners sign.
    #[error("a text that begins with cosignature/v1 is not signed")]
    Reserved,
}

impl Note {
    /// A text with signatures that were made elsewhere.
    ///
    /// # Errors
    /// [`NoteError`] where the text cannot be that of a note, or there are no signatures, or too
    /// many.
    pub fn new(text: &str, signatures: Vec<NoteSignature>) -> Result<Self, NoteError> {
        check_text(text)?;
        let note = Self { text: text.to_owned(), signatures };
        note.check_size().map(|()| note)
    }

    /// Signs a text.
    ///
    /// # Errors
    /// [`NoteError`] where the text cannot be that of a note, or is one that cosigners sign.
    pub fn sign(text: &str, key: &SignerKey) -> Result<Self, NoteError> {
        if text.starts_with(COSIGNATURE_HEADER) {
            return Err(NoteError::Reserved);
        }
        Self::new(text, vec![key.sign(text)])
    }

    /// Reads a note. The text ends at the last empty line.
    ///
    /// # Errors
    /// The first [`NoteError`] that is found.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > LONGEST_NOTE {
            return Err(NoteError::TooLong { bytes: bytes.len() });
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
        check_characters(note)?;
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Unsigned)?;
        if lines.is_empty() {
            return Err(NoteError::Unsigned);
        }
        let last = lines.split('\n').count();
        let lines = lines.strip_suffix('\n').ok_or(NoteError::SignatureLine { line: last })?;
        let signatures = (1..)
            .zip(lines.split('\n'))
            .map(|(line, text)| NoteSignature::parse(text).ok_or(NoteError::SignatureLine { line }))
            .collect::<Result<_, _>>()?;
        let note = Self { text: format!("{text}\n"), signatures };
        note.check_size().map(|()| note)
    }

    /// The text, with the line break at its end: what is signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, in order; none has been checked.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature that was made elsewhere, unless it is already there. It is not checked.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`] and [`NoteError::TooLong`] where no more fit.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        self.signatures.push(signature);
        let fits = self.check_size();
        if fits.is_err() {
            self.signatures.pop();
        }
        fits
    }

    fn check_size(&self) -> Result<(), NoteError> {
        let (found, bytes) = (self.signatures.len(), self.to_string().len());
        match found {
            0 => Err(NoteError::Unsigned),
            _ if found > MOST_SIGNATURES => Err(NoteError::TooManySignatures { found }),
            _ if bytes > LONGEST_NOTE => Err(NoteError::TooLong { bytes }),
            _ => Ok(()),
        }
    }
}

impl NoteSignature {
    /// A signature by the key of a name and an id. `None` where it has no bytes.
    pub fn new(name: KeyName, id: KeyId, signature: Vec<u8>) -> Option<Self> {
        (!signature.is_empty()).then_some(Self { name, id, signature })
    }

    /// A signature that was just made.
    pub(super) fn of(name: KeyName, id: KeyId, signature: Vec<u8>) -> Self {
        Self { name, id, signature }
    }

    /// Reads a line as it is printed, without the line break. `None` for anything else.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix(DASH)?.split_once(' ')?;
        let bytes = read_base64(base64)?;
        let (id, signature) = bytes.split_first_chunk::<4>()?;
        Self::new(KeyName::parse(name)?, KeyId::from_bytes(*id), signature.to_vec())
    }

    /// The name of the key that is said to have signed.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id of the key that is said to have signed.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The bytes of the signature, as its kind of key makes them.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

fn check_text(text: &str) -> Result<(), NoteError> {
    check_characters(text)?;
    if text.ends_with('\n') { Ok(()) } else { Err(NoteError::Unterminated) }
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    let control = text.chars().find(|letter| *letter < ' ' && *letter != '\n');
    control.map_or(Ok(()), |found| Err(NoteError::ControlCharacter { found: found.into() }))
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

/// The line, without the line break.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.as_bytes().as_slice(), &self.signature].concat();
        write!(f, "{DASH}{} {}", self.name, write_base64(&bytes))
    }
}
