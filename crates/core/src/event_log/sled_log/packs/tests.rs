//! Whatever becomes of packs, every answer stays the same.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::{FOLDER, Records, delete, read, write};
use crate::chain::Sequence;
use crate::entry::Entry;
use crate::event_log::sled_log::SledLog;
use crate::event_log::{EventLog, ReadLog, read_entry};
use crate::identifier::Slug;
use crate::samples::{LEDGER, append, draft, founding, id, import, nth, slug, verified};
use crate::verify::FindingCode;

const EVENTS: u64 = 240;

struct Home {
    dir: TempDir,
    log: SledLog,
}

impl Home {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let mut log = SledLog::create(&dir.path().join(".dispute"), &founding()).unwrap();
        import(&mut log, (1..=EVENTS).map(nth));
        Self { dir, log }
    }

    fn pack(&self, dispute: Option<&Slug>) -> PathBuf {
        self.log.dir().join(FOLDER).join(super::name(dispute))
    }

    /// The entries of a dispute, one by one.
    fn one_by_one(&self, dispute: Option<&Slug>) -> Vec<Entry> {
        let list = self.log.of_dispute(dispute).unwrap();
        list.into_iter().map(|at| self.log.entry(at).unwrap().unwrap()).collect()
    }

    #[track_caller]
    fn answers_alike(&self) {
        for dispute in [Some(slug("sutter")), Some(slug("kaiser-socal-2024")), None] {
            let dispute = dispute.as_ref();
            assert_eq!(self.log.entries_of(dispute).unwrap(), self.one_by_one(dispute));
        }
    }
}

#[test]
fn a_dispute_is_packed_when_it_is_read_and_read_from_its_pack() {
    let home = Home::new();
    let sutter = slug("sutter");
    assert!(!home.pack(Some(&sutter)).exists());
    home.answers_alike();
    let packed = read(home.log.dir(), &LEDGER, Some(&sutter));
    let listed = home.log.of_dispute(Some(&sutter)).unwrap();
    assert!(packed.keys().eq(&listed));
    // What lies in the pack is what is read: a copy without its last record is completed.
    home.answers_alike();
    assert_eq!(verified(&home.log).findings, []);
}

#[test]
fn what_was_recorded_since_is_read_behind_a_pack() {
    let mut home = Home::new();
    home.answers_alike();
    for number in EVENTS + 1..=EVENTS + 30 {
        append(&mut home.log, nth(number)).unwrap();
        home.answers_alike();
    }
}

#[test]
fn a_redaction_leaves_no_copy_of_what_it_erases() {
    let mut home = Home::new();
    home.answers_alike();
    let sutter = slug("sutter");
    let secret = home.one_by_one(Some(&sutter)).remove(0);
    let name = secret.envelope().id().as_str().to_owned();
    let copied = fs::read(home.pack(Some(&sutter))).unwrap();
    let before = copied.clone();
    append(&mut home.log, draft("r", "redaction", None, &[&name])).unwrap();
    assert!(!home.pack(Some(&sutter)).exists());
    // Somebody brings the old copy back.
    fs::create_dir_all(home.log.dir().join(FOLDER)).unwrap();
    fs::write(home.pack(Some(&sutter)), before).unwrap();
    home.answers_alike();
    let entries = home.log.entries_of(Some(&sutter)).unwrap();
    let erased = entries.iter().find(|entry| *entry.envelope().id() == id(&name)).unwrap();
    assert_eq!(erased.content(), None);
}

#[test]
fn a_pack_that_says_otherwise_than_the_log_is_reported_and_rebuilt() {
    let mut home = Home::new();
    home.answers_alike();
    let sutter = slug("sutter");
    let mut packed = read(home.log.dir(), &LEDGER, Some(&sutter));
    let others = read(home.log.dir(), &LEDGER, Some(&slug("kaiser-socal-2024")));
    let at = *packed.keys().nth(5).unwrap();
    let (_, other) = others.first_key_value().unwrap();
    packed.insert(at, other.clone());
    write(home.log.dir(), &LEDGER, Some(&sutter), &packed);
    let report = verified(&home.log);
    let [finding] = report.findings.as_slice() else { panic!("{report:?}") };
    assert_eq!(finding.code, FindingCode::DerivedStale);
    assert!(finding.text.contains("sutter") && finding.text.contains(&at.to_string()));
    home.log.rebuild_derived().unwrap();
    assert_eq!(verified(&home.log).findings, []);
    home.answers_alike();
}

#[test]
fn the_pack_of_another_ledger_or_dispute_is_passed_over() {
    let home = Home::new();
    home.answers_alike();
    let (sutter, kaiser) = (slug("sutter"), slug("kaiser-socal-2024"));
    fs::copy(home.pack(Some(&kaiser)), home.pack(Some(&sutter))).unwrap();
    home.answers_alike();
    let other = crate::envelope::LedgerId::from_bytes([9; 16]);
    write(home.log.dir(), &other, Some(&sutter), &read(home.log.dir(), &LEDGER, Some(&kaiser)));
    home.answers_alike();
}

#[test]
fn what_is_no_pack_is_never_read_as_one() {
    let home = Home::new();
    home.answers_alike();
    let folder = home.log.dir().join(FOLDER);
    fs::write(folder.join("notes.txt"), "nobody's").unwrap();
    fs::create_dir(folder.join("a-folder")).unwrap();
    fs::remove_file(home.pack(Some(&slug("sutter")))).unwrap();
    // Whoever read that would read for ever.
    #[cfg(unix)]
    std::os::unix::fs::symlink("/dev/zero", home.pack(Some(&slug("sutter")))).unwrap();
    assert_eq!(verified(&home.log).findings, []);
    home.answers_alike();
}

#[test]
fn where_no_pack_can_be_written_nothing_else_changes() {
    let home = Home::new();
    fs::write(home.log.dir().join(FOLDER), "a file in the way").unwrap();
    home.answers_alike();
    assert!(delete(&home.log.dir().join("nowhere")).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn damaged_cut_or_deleted_packs_change_no_answer(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..6),
    ) {
        let home = Home::new();
        for (place, mask, how) in damage {
            home.answers_alike();
            let path = home.pack(Some(&slug("sutter")));
            let mut bytes = fs::read(&path).unwrap();
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] ^= mask.max(1),
                1 => bytes.truncate(at),
                2 => bytes.insert(at, mask),
                _ => bytes.clear(),
            }
            if how == 3 { fs::remove_file(&path).unwrap() } else { fs::write(&path, &bytes).unwrap() }
        }
        let Home { dir, log } = home;
        drop(log);
        let log = SledLog::open(&dir.path().join(".dispute"), Duration::from_secs(10)).unwrap();
        Home { dir, log }.answers_alike();
    }
}

/// A way to read the entries of a dispute.
type Reading = fn(&SledLog, Option<&Slug>) -> Vec<Entry>;

/// With packs or without, the same entries: whatever was recorded since, erased, or brought back.
fn packs_on_or_off_read_alike(reading: Reading) -> bool {
    let mut home = Home::new();
    let sutter = slug("sutter");
    let alike = |home: &Home| {
        let disputes = [Some(&sutter), None];
        disputes.into_iter().all(|it| reading(&home.log, it) == home.one_by_one(it))
    };
    home.answers_alike();
    let copy = fs::read(home.pack(Some(&sutter))).unwrap();
    let mut all = alike(&home);
    append(&mut home.log, draft("late", "proposal", Some("sutter"), &[])).unwrap();
    all &= alike(&home);
    append(&mut home.log, draft("fix", "amendment", None, &["late"])).unwrap();
    all &= alike(&home);
    append(&mut home.log, draft("r", "redaction", None, &["e3"])).unwrap();
    fs::create_dir_all(home.log.dir().join(FOLDER)).unwrap();
    fs::write(home.pack(Some(&sutter)), copy).unwrap();
    all && alike(&home)
}

fn copied(log: &SledLog, dispute: Option<&Slug>) -> Vec<Entry> {
    let packed = read(log.dir(), &LEDGER, dispute).into_iter();
    packed.map(|(at, record)| read_entry(at, record).unwrap()).collect()
}

/// Takes a pack for all there is.
fn forgets_what_came_since(log: &SledLog, dispute: Option<&Slug>) -> Vec<Entry> {
    match copied(log, dispute) {
        packed if packed.is_empty() => log.entries_of(dispute).unwrap(),
        packed => packed,
    }
}

/// Reads what came since, but takes the copy at its word although something was erased.
fn brings_back_what_was_erased(log: &SledLog, dispute: Option<&Slug>) -> Vec<Entry> {
    let mut entries = copied(log, dispute);
    for at in log.of_dispute(dispute).unwrap() {
        if entries.iter().all(|entry| entry.envelope().sequence() != at) {
            entries.push(log.entry(at).unwrap().unwrap());
        }
    }
    entries
}

/// Takes whatever pack lies there for that of the dispute.
fn takes_any_pack(log: &SledLog, _: Option<&Slug>) -> Vec<Entry> {
    copied(log, Some(&slug("sutter")))
}

#[test]
fn packs_on_or_off_read_alike_and_no_double_does() {
    assert!(packs_on_or_off_read_alike(|log, dispute| log.entries_of(dispute).unwrap()));
    let doubles: [Reading; 3] =
        [forgets_what_came_since, brings_back_what_was_erased, takes_any_pack];
    for double in doubles {
        assert!(!packs_on_or_off_read_alike(double));
    }
}

#[test]
fn no_pack_is_made_of_few_records() {
    let dir = TempDir::new().unwrap();
    let mut log = SledLog::create(&dir.path().join(".dispute"), &founding()).unwrap();
    import(&mut log, (1..=20).map(nth));
    let home = Home { dir, log };
    home.answers_alike();
    assert!(!home.log.dir().join(FOLDER).exists());
    assert_eq!(read(home.log.dir(), &LEDGER, None), Records::new());
    assert_eq!(home.log.of_dispute(None).unwrap().first(), Some(&Sequence::new(1)));
}
