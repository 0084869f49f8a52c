//! A backup says what the ledger says, and every change to the file is found.

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::backup::{BackupFault, BackupLog, WriteBackupError, write_backup};
use crate::chain::{Head, Sequence};
use crate::checkpoint::{Checkpoint, KeyName, Origin, SignedCheckpoint, SignerKey};
use crate::event_log::{Append, EventLog, LogError, MemoryLog, ReadLog};
use crate::identifier::EventId;
use crate::samples::{LEDGER, append, draft, founding, id, import, nth, sealed_onto, verified};
use crate::tree::{TreeHash, TreeHead, tiles_of};
use crate::verify::{Anchor, FindingCode, Report, verify};

/// A ledger with an amended event that was redacted, and a backup in a file.
struct Kept {
    dir: TempDir,
    log: MemoryLog,
}

impl Kept {
    fn with(events: u64) -> Self {
        let mut log = MemoryLog::create(founding());
        import(&mut log, (1..=events).map(nth));
        Self { dir: TempDir::new().unwrap(), log }
    }

    fn redact(&mut self, event: &str) {
        let next = self.log.head().unwrap().sequence.next();
        append(&mut self.log, draft(&format!("r{next}"), "redaction", None, &[event])).unwrap();
    }

    fn head_at(&self, at: u64) -> Head {
        self.log.head_at(Sequence::new(at)).unwrap().unwrap()
    }

    fn bytes(&self, after: Option<&Head>) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_backup(&self.log, after, &[self.checkpoint()], &mut bytes, &mut |_| ()).unwrap();
        bytes
    }

    fn checkpoint(&self) -> SignedCheckpoint {
        let seed = [7; 32];
        let key = SignerKey::from_seed(KeyName::parse("keeper").unwrap(), &seed).unwrap();
        let head = TreeHead { size: 3, root: TreeHash::of_leaf(b"x") };
        let checkpoint = Checkpoint::new(Origin::parse(&LEDGER.to_string()).unwrap(), head);
        SignedCheckpoint::sign(checkpoint, &key).unwrap()
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join("a.backup");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn backup(&self, after: Option<&Head>) -> BackupLog {
        BackupLog::open(&self.file(&self.bytes(after))).unwrap()
    }
}

/// The exit code of verification, and the place of its first finding.
fn looked_at(opened: Result<BackupLog, LogError>) -> (u8, Option<Report>) {
    match opened {
        Ok(log) => {
            let report = verified(&log);
            (report.exit_code(), Some(report))
        }
        Err(LogError::Backup { .. }) => (5, None),
        Err(error) => panic!("{error:?}"),
    }
}

fn same_answers(one: &dyn ReadLog, other: &dyn ReadLog) {
    assert_eq!(one.head().unwrap(), other.head().unwrap());
    assert_eq!(one.ledger().unwrap(), other.ledger().unwrap());
    let records = |log: &dyn ReadLog, from| -> Vec<_> {
        log.stored_from(from).map(|(at, record)| (at, record.unwrap())).collect()
    };
    let entries =
        |log: &dyn ReadLog, from| -> Vec<_> { log.entries(from).map(Result::unwrap).collect() };
    let end = one.head().unwrap().sequence;
    for at in (0..=end.get() + 2).map(Sequence::new) {
        assert_eq!(one.stored(at).unwrap(), other.stored(at).unwrap());
        assert_eq!(records(one, at), records(other, at));
        assert_eq!(entries(one, at), entries(other, at));
        assert_eq!(one.head_at(at).unwrap(), other.head_at(at).unwrap());
        if let Some(entry) = one.entry(at).unwrap() {
            let envelope = entry.envelope();
            assert_eq!(one.listed(envelope.id()).unwrap(), other.listed(envelope.id()).unwrap());
            assert_eq!(one.find(envelope.id()).unwrap(), Some(at));
            for moment in [envelope.recorded_at(), envelope.recorded_at().before()] {
                let before = |log: &dyn ReadLog| log.head_before(moment).unwrap();
                assert_eq!(before(one), before(other));
            }
        }
    }
    for prefix in ["", "e", "e1", "r", "led", "é", "zz"] {
        for limit in [1, 5, 1000] {
            let ids =
                |log: &dyn ReadLog| -> Vec<EventId> { log.ids_with_prefix(prefix, limit).unwrap() };
            assert_eq!(ids(one), ids(other));
        }
    }
    assert_eq!(one.listed(&id("nothing")).unwrap(), None);
    assert_eq!(other.listed(&id("nothing")).unwrap(), None);
    let disputes = one.disputes().unwrap();
    assert_eq!(disputes, other.disputes().unwrap());
    for dispute in disputes.iter().map(Some).chain([None]) {
        assert_eq!(one.of_dispute(dispute).unwrap(), other.of_dispute(dispute).unwrap());
        assert_eq!(one.entries_of(dispute).unwrap(), other.entries_of(dispute).unwrap());
    }
    for tile in tiles_of(end.get() + 1) {
        assert_eq!(one.tile(tile).unwrap(), other.tile(tile).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_backup_answers_what_the_ledger_answers(
        events in 0_u64..40,
        redacted in proptest::collection::btree_set(1_u64..40, 0..4),
        cut in 0_u64..40,
    ) {
        let mut kept = Kept::with(events);
        for event in redacted.iter().filter(|event| **event <= events && **event % 10 != 6) {
            kept.redact(&format!("e{event}"));
        }
        let backup = kept.backup(None);
        same_answers(&kept.log, &backup);
        let report = verified(&backup);
        prop_assert_eq!(&report.findings, &[]);
        prop_assert_eq!(report, verified(&kept.log));
        prop_assert_eq!(backup.checkpoints().unwrap(), [kept.checkpoint()]);

        let after = kept.head_at(cut.min(kept.log.head().unwrap().sequence.get()));
        let increment = kept.backup(Some(&after));
        prop_assert_eq!(verified(&increment).findings, []);
        prop_assert_eq!(increment.end().unwrap(), backup.end().unwrap());
    }
}

#[test]
fn the_same_ledger_gives_the_same_bytes() {
    let mut kept = Kept::with(12);
    kept.redact("e2");
    assert_eq!(kept.bytes(None), kept.bytes(None));
    let after = kept.head_at(5);
    assert_eq!(kept.bytes(Some(&after)), kept.bytes(Some(&after)));
}

#[test]
fn every_flipped_bit_is_found() {
    let mut kept = Kept::with(7);
    kept.redact("e4");
    let after = kept.head_at(3);
    for whole in [kept.bytes(None), kept.bytes(Some(&after))] {
        for at in 0..whole.len() {
            for bit in [0, at % 7 + 1] {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                let (exit, report) = looked_at(BackupLog::open(&kept.file(&bytes)));
                assert_eq!(exit, 5, "byte {at}: {report:?}");
            }
        }
    }
}

#[test]
fn a_backup_that_is_cut_anywhere_is_found() {
    let kept = Kept::with(7);
    let after = kept.head_at(3);
    for whole in [kept.bytes(None), kept.bytes(Some(&after))] {
        for length in 0..whole.len() {
            let (exit, report) = looked_at(BackupLog::open(&kept.file(&whole[..length])));
            assert_eq!(exit, 5, "{length}");
            let Some(report) = report else { continue };
            let codes: Vec<FindingCode> = report.findings.iter().map(|it| it.code).collect();
            assert_eq!(codes, [FindingCode::SequenceGap], "{length}: {report:?}");
        }
        let (exit, _) = looked_at(BackupLog::open(&kept.file(&[&whole[..], b"\n"].concat())));
        assert_eq!(exit, 5);
    }
}

#[test]
fn a_damaged_record_is_found_in_its_place_and_the_others_are_read() {
    let kept = Kept::with(9);
    let whole = kept.bytes(None);
    let content = b"of e4";
    let at = whole.windows(content.len()).position(|it| it == content).unwrap();
    let mut bytes = whole;
    bytes[at] ^= 1;
    let log = BackupLog::open(&kept.file(&bytes)).unwrap();
    let report = verified(&log);
    assert_eq!(report.events, 9);
    let [finding] = report.findings.as_slice() else { panic!("{report:?}") };
    assert_eq!(finding.code, FindingCode::ContentAltered);
    assert_eq!(finding.sequence, Some(Sequence::new(4)));
    assert!(matches!(log.head(), Err(LogError::Backup { fault: BackupFault::Altered { .. }, .. })));
}

#[test]
fn an_increment_is_no_whole_ledger_and_begins_after_its_head() {
    let kept = Kept::with(20);
    let after = kept.head_at(12);
    let mut log = kept.backup(Some(&after));
    assert_eq!((log.records(), log.start().after()), (8, Some(after.sequence)));
    assert!(matches!(
        log.ledger(),
        Err(LogError::Backup { fault: BackupFault::Increment { after: at }, .. })
            if at == after.sequence
    ));
    let met = |head: &Head| {
        let report = verify(&log, &[Anchor::Head(head.into())], &|_, _| Ok(())).unwrap();
        (report.exit_code(), report.anchors[0].ok)
    };
    assert_eq!(met(&after), (0, true));
    assert_eq!(met(&kept.head_at(15)), (0, true));
    assert_eq!(met(&kept.head_at(11)), (6, false));
    let report = verified(&log);
    assert_eq!((report.events, report.ok()), (8, true));
    assert!(matches!(
        log.begin(&after).err(),
        Some(LogError::Backup { fault: BackupFault::ReadOnly, .. })
    ));
    let other = Head { digest: kept.head_at(3).digest, ..after };
    let mut bytes = Vec::new();
    let written = write_backup(&kept.log, Some(&other), &[], &mut bytes, &mut |_| ());
    assert!(written.is_err(), "what does not follow is not written");
}

#[test]
fn an_increment_goes_onto_the_backup_before_it() {
    let mut kept = Kept::with(20);
    let mut copy = MemoryLog::create(founding());
    let (whole, day) = (kept.backup(None), kept.log.head().unwrap());
    replay(&mut copy, &whole, 1);
    assert_eq!(copy.head().unwrap(), day);
    kept.redact("e3");
    append(&mut kept.log, nth(30)).unwrap();
    replay(&mut copy, &kept.backup(Some(&day)), 21);
    same_answers(&kept.log, &copy);
    assert_eq!(verified(&copy), verified(&kept.log));
    let head = kept.log.head().unwrap();
    let nothing = kept.backup(Some(&head));
    assert_eq!((nothing.records(), nothing.end().unwrap().digest), (0, head.digest));
    assert!(verified(&nothing).ok());
}

fn replay(onto: &mut MemoryLog, backup: &BackupLog, from: u64) {
    let head = onto.head().unwrap();
    let mut append: Box<dyn Append + '_> = onto.begin(&head).unwrap();
    for entry in backup.entries(Sequence::new(from)) {
        append.push(entry.unwrap()).unwrap();
    }
    append.commit().unwrap();
}

/// A disk with room for so many bytes.
struct Disk(usize);

impl std::io::Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_disk_that_fills_up_at_any_byte_is_told() {
    let kept = Kept::with(3);
    let length = kept.bytes(None).len();
    for room in 0..=length {
        let written =
            write_backup(&kept.log, None, &[kept.checkpoint()], &mut Disk(room), &mut |_| ());
        match written {
            Ok(head) => assert_eq!((room, head), (length, kept.log.head().unwrap())),
            Err(WriteBackupError::Write(error)) => {
                assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
                assert!(room < length);
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[test]
fn a_damaged_ledger_is_not_backed_up() {
    let mut kept = Kept::with(3);
    let head = kept.log.head().unwrap();
    let mut record = sealed_onto(&head, nth(4)).record().clone();
    record.content.as_mut().unwrap().bytes.push(b' ');
    let mut bytes = Vec::new();
    let altered = Altered { log: &mut kept.log, at: Sequence::new(2), record };
    let error = write_backup(&altered, None, &[], &mut bytes, &mut |_| ());
    assert!(error.is_err());
}

/// A log of which one record is another.
struct Altered<'a> {
    log: &'a mut MemoryLog,
    at: Sequence,
    record: crate::entry::StoredRecord,
}

impl ReadLog for Altered<'_> {
    fn head(&self) -> Result<Head, LogError> {
        self.log.head()
    }

    fn stored(&self, at: Sequence) -> Result<Option<crate::entry::StoredRecord>, LogError> {
        if at == self.at { Ok(Some(self.record.clone())) } else { self.log.stored(at) }
    }

    fn stored_from(&self, from: Sequence) -> crate::event_log::StoredRecords<'_> {
        Box::new(self.log.stored_from(from).map(|(at, record)| match at == self.at {
            true => (at, Ok(self.record.clone())),
            false => (at, record),
        }))
    }

    fn listed(&self, id: &EventId) -> Result<Option<crate::event_log::Listed>, LogError> {
        self.log.listed(id)
    }

    fn ids_with_prefix(&self, prefix: &str, limit: usize) -> Result<Vec<EventId>, LogError> {
        self.log.ids_with_prefix(prefix, limit)
    }

    fn of_dispute(
        &self,
        dispute: Option<&crate::identifier::Slug>,
    ) -> Result<Vec<Sequence>, LogError> {
        self.log.of_dispute(dispute)
    }

    fn disputes(&self) -> Result<Vec<crate::identifier::Slug>, LogError> {
        self.log.disputes()
    }
}

#[test]
fn lengths_and_places_that_no_backup_has_ask_for_no_memory() {
    let kept = Kept::with(2);
    let start = kept.bytes(None)[..super::BEGINNING].to_vec();
    for part in
        [&b"r\xff\xff\xff\xff"[..], b"r\0\0\0\0", b"c\xff\xff\xff\xff", b"x", b"r\0\x05\x06"]
    {
        let bytes = [&start[..], part, &[0; 200]].concat();
        assert_eq!(looked_at(BackupLog::open(&kept.file(&bytes))).0, 5, "{part:?}");
    }
    let mut far = kept.bytes(None);
    far[super::MAGIC.len() + 16] = 0xff;
    assert_eq!(looked_at(BackupLog::open(&kept.file(&far))).0, 5);
    let folder = BackupLog::open(kept.dir.path()).err();
    assert!(matches!(folder, Some(LogError::Backup { fault: BackupFault::NoFile, .. })));
    assert!(!BackupLog::is_backup(kept.dir.path()));
}
