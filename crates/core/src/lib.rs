//! Record events, prove that nothing changed.

mod admission;
mod backup;
mod chain;
mod checkpoint;
mod clock;
mod corrections;
mod digest;
mod encoding;
mod entry;
mod envelope;
pub mod event;
mod event_log;
#[cfg(test)]
mod golden;
mod identifier;
mod instant;
mod json;
mod names;
mod narrowing;
mod number;
mod occurred;
mod outline;
mod record;
mod recording;
mod refusal;
mod rules;
#[cfg(test)]
mod samples;
mod seal;
mod seeded;
mod spelling;
mod tree;
mod verify;
mod zone;

pub use admission::{Admission, Bounds, Course, NotAdmitted, Outcome};
pub use backup::{BackupFault, BackupLog, BackupStart, WriteBackupError, write_backup};
pub use chain::{ExpectedHead, Head, Misfit, Sequence, follows};
pub use checkpoint::{
    Checkpoint, CheckpointError, Consent, ConsistencyProof, ConsistencyProofError, CosignError,
    CosignRefusal, CosignatureTime, Cosigner, CosignerMemory, CosignerRecord, KeyError, KeyId,
    KeyKind, KeyName, LONGEST_NOTE, MOST_SIGNATURES, MemoryStore, Note, NoteError, NoteSignature,
    Origin, Policy, PolicyError, PolicyOutcome, PolicyProblem, SecretText, SignatureError,
    SignedCheckpoint, SignerKey, TlogProof, TlogProofError, UnprovedEntry, UnreadableCheckpoint,
    UnreadableMemory, VerifiedSignature, VerifierKey, cosign,
};
pub use clock::{BehindClock, Clock, ClockBehind, FixedClock, SystemClock, next_recorded_at};
pub use digest::Digest;
pub use encoding::Undecodable;
pub use entry::{BrokenRecord, Content, Entry, LONGEST_CONTENT, StoredRecord};
pub use envelope::{
    AMENDMENT_KIND, Envelope, FORMAT_VERSION, LEDGER_KIND, LONGEST_ENVELOPE, LONGEST_RECORDER,
    LedgerId, REDACTION_KIND, RETRACTION_KIND, SealedDate,
};
pub use event_log::{
    Append, CompactError, Compaction, Damage, Entries, EventLog, HeadMark, IndexSizes, Ledger,
    Listed, LogError, LogTree, LookedUp, MemoryLog, Notice, Part, ReadLog, SealedIds, SealedRecord,
    SealedRun, SealedRuns, SeenEvent, SledLog, StoreFault, StoredRecords, Unsound,
};
pub use identifier::{EventId, LONGEST_NAME, Slug};
pub use instant::Instant;
pub use json::{Json, JsonError};
pub use names::{Names, NoNames};
pub use narrowing::Narrowed;
pub use number::Number;
pub use occurred::{DateError, Edtf, Span};
pub use outline::{Beside, Dates, DatesBuilder, Each, Outline};
pub use record::{Admitted, Record, Recorded, Target, Unplaced};
pub use recording::{
    CONTENT_SCHEMA, NamedElsewhere, Placed, ReadError, Scope, assign_id, check_content, draft,
    is_assigned, named_elsewhere, read_described, read_disputes, read_entries, read_record,
    read_with_named, record_around, scope_entries, scope_of, sealed_date, with_all_named,
    with_named,
};
pub use refusal::{Refusal, RefusalCode};
pub use seal::{Draft, Founding, SaltSource, SealError, Sealer, SystemSalt, seal, seal_founding};
pub use tree::{
    BundleError, EntryBundle, Frontier, LONGEST_PROOF, ProofError, ReadTiles, TILE_WIDTH, Tile,
    TileHash, TreeError, TreeFull, TreeHash, TreeHead, prove_consistency, prove_inclusion,
    root_of_tiles, tiles_of, verify_consistency, verify_inclusion,
};
pub use verify::{
    Anchor, AnchorCheck, ContentCheck, EventReport, ExitClass, Finding, FindingCode, Report,
    Signed, Trust, verify, verify_event, verify_since,
};
pub use zone::{CivilTimeError, Zone};
