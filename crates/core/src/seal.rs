//! Sealing: from a draft to an entry that can be appended.

use smol_str::SmolStr;
use thiserror::Error;

use crate::chain::{Head, Sequence};
use crate::clock::{BehindClock, Clock, ClockBehind, next_recorded_at};
use crate::digest::Digest;
use crate::encoding::Undecodable;
use crate::entry::{Content, Entry, LONGEST_CONTENT};
use crate::envelope::{
    Envelope, EnvelopeParts, FORMAT_VERSION, LEDGER_KIND, LONGEST_RECORDER, LedgerId, SealedDate,
};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;

/// An event as its recorder hands it in, with all that goes into an envelope but what the ledger
/// adds: its place, its time, what it follows and the commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The event's id.
    pub id: EventId,
    /// The dispute that it names.
    pub dispute: Option<Slug>,
    /// Its kind, in the alphabet of a slug.
    pub kind: SmolStr,
    /// The version of the words and keys of its content.
    pub schema: u16,
    /// When it happened.
    pub occurred: Option<SealedDate>,
    /// The ids that it refers to; first the event that it is about, for kinds about the record.
    pub refers_to: Vec<EventId>,
    /// All its other keys, as canonical JSON (FORMAT.md, "Content").
    pub content: Vec<u8>,
    /// Who records it: 1 to 256 bytes without control characters. It can never be erased.
    pub recorded_by: SmolStr,
}

/// What a new ledger begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
    /// The id of the new ledger.
    pub ledger: LedgerId,
    /// The ledger's name, for people.
    pub name: String,
    /// The software that makes it, with its version: `dispute 0.1.0`.
    pub software: String,
    /// Who makes it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Instant,
}

/// Why a draft cannot be sealed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// The content is longer than [`LONGEST_CONTENT`].
    #[error("the content has {bytes} bytes, more than {LONGEST_CONTENT}")]
    ContentTooLong {
        /// How many it has.
        bytes: usize,
    },
    /// `recorded_by` is empty, too long or has control characters.
    #[error("who records it must be named in 1 to {LONGEST_RECORDER} bytes, without line breaks")]
    Recorder,
    /// The envelope would be too long, or a field would hold what it must not hold.
    #[error("the envelope cannot be written: {0}")]
    Envelope(Undecodable),
    /// The clock is more than a minute behind the last envelope.
    #[error(transparent)]
    ClockBehind(#[from] ClockBehind),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandomness,
}

/// Where salts come from. Only golden vectors need another source than [`SystemSalt`].
pub trait SaltSource {
    /// 32 bytes that nobody can guess.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`] where there are none.
    fn salt(&mut self) -> Result<[u8; 32], SealError>;
}

/// How many salts are drawn from the system at once.
const SALTS_AHEAD: usize = 32;

/// Salts from the operating system's source of randomness.
#[derive(Debug, Default)]
pub struct SystemSalt {
    /// Random bytes that no salt was made of yet: the system is asked for some at a time.
    ahead: Vec<[u8; 32]>,
}

/// Seals drafts one after the other, each onto the one before.
pub struct Sealer<'a, S = SystemSalt> {
    ledger: LedgerId,
    head: Head,
    clock: &'a dyn Clock,
    behind: BehindClock,
    salts: S,
}

/// Seals a draft onto a head. Pure: the same arguments give the same bytes.
///
/// # Errors
/// [`SealError`] where the content or the envelope is too long or holds what it must not.
pub fn seal(
    draft: Draft,
    ledger: LedgerId,
    head: &Head,
    recorded_at: Instant,
    salt: [u8; 32],
) -> Result<Entry, SealError> {
    seal_at(draft, ledger, head.sequence.next(), head.digest, recorded_at, salt)
}

/// Seals the ledger's own envelope, the one with sequence 0 that follows nothing. Its content is
/// `{"name":…,"software":…}`.
///
/// # Errors
/// [`SealError`] where the name is too long or `recorded_by` is none.
pub fn seal_founding(founding: Founding, salt: [u8; 32]) -> Result<Entry, SealError> {
    let json = |text: String| serde_json::Value::String(text).to_string();
    let (name, software) = (json(founding.name), json(founding.software));
    let draft = Draft {
        id: EventId::parse(LEDGER_KIND)
            .ok_or(SealError::Envelope(Undecodable::Field { field: "id" }))?,
        dispute: None,
        kind: LEDGER_KIND.into(),
        schema: 1,
        occurred: None,
        refers_to: Vec::new(),
        content: format!(r#"{{"name":{name},"software":{software}}}"#).into_bytes(),
        recorded_by: founding.recorded_by.into(),
    };
    seal_at(draft, founding.ledger, Sequence::LEDGER, Digest::NONE, founding.recorded_at, salt)
}

fn seal_at(
    draft: Draft,
    ledger: LedgerId,
    sequence: Sequence,
    previous: Digest,
    recorded_at: Instant,
    salt: [u8; 32],
) -> Result<Entry, SealError> {
    if draft.content.len() > LONGEST_CONTENT {
        return Err(SealError::ContentTooLong { bytes: draft.content.len() });
    }
    let parts = EnvelopeParts {
        format: FORMAT_VERSION,
        ledger,
        sequence,
        previous,
        recorded_at,
        recorded_by: draft.recorded_by,
        id: draft.id,
        dispute: draft.dispute,
        kind: draft.kind,
        schema: draft.schema,
        occurred: draft.occurred,
        refers_to: draft.refers_to,
        commitment: Digest::of_content(&salt, &draft.content),
    };
    let (envelope, bytes) = Envelope::write(parts).map_err(|fault| match fault {
        Undecodable::Field { field: "recorded_by" } => SealError::Recorder,
        other => SealError::Envelope(other),
    })?;
    Ok(Entry::sealed(envelope, bytes, Content { salt, bytes: draft.content }))
}

impl Founding {
    /// What a new ledger of this name begins with: a random id, the clock's time, this software.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn new(name: &str, recorded_by: &str, clock: &dyn Clock) -> Result<Self, SealError> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|_| SealError::NoRandomness)?;
        Ok(Self {
            ledger: LedgerId::from_bytes(id),
            name: name.to_owned(),
            software: format!("dispute {}", env!("CARGO_PKG_VERSION")),
            recorded_by: recorded_by.to_owned(),
            recorded_at: clock.now(),
        })
    }

    /// Seals it with a random salt.
    ///
    /// # Errors
    /// As [`seal_founding`], and [`SealError::NoRandomness`].
    pub fn seal(self) -> Result<Entry, SealError> {
        seal_founding(self, SystemSalt::default().salt()?)
    }
}

impl SaltSource for SystemSalt {
    fn salt(&mut self) -> Result<[u8; 32], SealError> {
        if let Some(salt) = self.ahead.pop() {
            return Ok(salt);
        }
        let mut bytes = [0; 32 * SALTS_AHEAD];
        getrandom::fill(&mut bytes).map_err(|_| SealError::NoRandomness)?;
        let (salts, _) = bytes.as_chunks::<32>();
        self.ahead.extend(salts);
        self.ahead.pop().ok_or(SealError::NoRandomness)
    }
}

impl<'a> Sealer<'a> {
    /// Begins at a head of a ledger.
    pub fn new(ledger: LedgerId, head: Head, clock: &'a dyn Clock, behind: BehindClock) -> Self {
        Self { ledger, head, clock, behind, salts: SystemSalt::default() }
    }
}

impl<'a, S: SaltSource> Sealer<'a, S> {
    /// The same with salts from elsewhere.
    pub fn with_salts<T: SaltSource>(self, salts: T) -> Sealer<'a, T> {
        let Self { ledger, head, clock, behind, .. } = self;
        Sealer { ledger, head, clock, behind, salts }
    }

    /// Seals the next event at the clock's time, or at the last envelope's if that is later.
    ///
    /// # Errors
    /// As [`seal`], and [`SealError::ClockBehind`]. The sealer then stays where it was.
    pub fn seal(&mut self, draft: Draft) -> Result<Entry, SealError> {
        let recorded_at = self.next_time()?;
        self.seal_at(draft, recorded_at)
    }

    /// The time at which the next event would be recorded now.
    ///
    /// # Errors
    /// [`SealError::ClockBehind`].
    pub fn next_time(&self) -> Result<Instant, SealError> {
        Ok(next_recorded_at(self.head.recorded_at, self.clock.now(), self.behind)?)
    }

    /// Seals the next event at a time that [`next_time`](Self::next_time) gave, so that rules can
    /// be asked about just that time.
    ///
    /// # Errors
    /// As [`seal`], and [`SealError::ClockBehind`] where the time is before the last envelope's.
    pub fn seal_at(&mut self, draft: Draft, recorded_at: Instant) -> Result<Entry, SealError> {
        if recorded_at < self.head.recorded_at {
            let (last, now) = (self.head.recorded_at, recorded_at);
            return Err(ClockBehind { last, now }.into());
        }
        let salt = self.salts.salt()?;
        let entry = seal(draft, self.ledger, &self.head, recorded_at, salt)?;
        self.head = entry.head();
        Ok(entry)
    }

    /// The head with what was sealed so far.
    pub fn head(&self) -> &Head {
        &self.head
    }
}

impl Entry {
    /// The head of a log that ends with this entry.
    pub fn head(&self) -> Head {
        Head {
            sequence: self.envelope().sequence(),
            digest: *self.digest(),
            recorded_at: self.envelope().recorded_at(),
        }
    }
}
