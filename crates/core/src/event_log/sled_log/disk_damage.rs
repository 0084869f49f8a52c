//! Folders and files that are missing, locked, of another version, cut off or overwritten.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::chain::Sequence;
use crate::entry::Entry;
use crate::event_log::sled_log::{Notice, SledLog};
use crate::event_log::{EventLog, LogError, ReadLog, StoreFault};
use crate::samples::{append, founding, import, nth};
use crate::verify::{Report, verify};

const EVENTS: u64 = 40;

/// A ledger's folder, closed twice so that all files that sled writes are there, with its entries.
fn closed_ledger() -> (TempDir, PathBuf, Vec<Entry>) {
    let home = TempDir::new().unwrap();
    let dir = home.path().join(".dispute");
    let mut log = SledLog::create(&dir, &founding()).unwrap();
    import(&mut log, (1..=EVENTS).map(nth));
    drop(log);
    let log = open(&dir).unwrap();
    let entries = log.entries(Sequence::LEDGER).map(Result::unwrap).collect();
    (home, dir, entries)
}

fn open(dir: &Path) -> Result<SledLog, LogError> {
    SledLog::open(dir, Duration::from_secs(10))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let target = to.join(file.file_name());
        if file.path().is_dir() {
            copy(&file.path(), &target);
        } else {
            fs::copy(file.path(), target).unwrap();
        }
    }
}

fn snapshots(dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(dir.join("store")).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("snap.")).collect()
}

/// What looking at a ledger comes to, where nothing may panic.
enum Seen {
    Unreadable,
    Report(Report),
}

fn look(dir: &Path) -> Seen {
    let log = match open(dir) {
        Ok(log) => log,
        Err(LogError::Unreadable { .. } | LogError::Io { .. }) => return Seen::Unreadable,
        Err(error) => panic!("{error}"),
    };
    match verify(&log, &[], &|_, _| Ok(())) {
        Ok(report) => Seen::Report(report),
        Err(LogError::Io { .. }) => Seen::Unreadable,
        Err(error) => panic!("{error}"),
    }
}

/// Damages the data file in many ways, one at a time. Each must be said, or do no harm.
fn each_damage_is_said_or_harmless(damages: &[usize], damage: impl Fn(&mut Vec<u8>, usize)) {
    let (home, dir, entries) = closed_ledger();
    let intact = fs::read(dir.join("store/db")).unwrap();
    for at in damages.iter().filter(|at| **at < intact.len()) {
        let damaged = home.path().join(format!("damaged-{at}"));
        copy(&dir, &damaged);
        let mut bytes = intact.clone();
        damage(&mut bytes, *at);
        fs::write(damaged.join("store/db"), bytes).unwrap();
        if let Seen::Report(report) = look(&damaged)
            && report.ok()
        {
            let log = open(&damaged).unwrap();
            let read: Vec<Entry> = log.entries(Sequence::LEDGER).map(Result::unwrap).collect();
            assert_eq!(read, entries, "damage at {at} went unnoticed");
        }
        fs::remove_dir_all(&damaged).unwrap();
    }
}

#[test]
fn a_flipped_bit_is_said_or_harmless() {
    // Dense where the small ledger has its data, then some of the emptiness after it.
    let places: Vec<usize> =
        (0..30_000).step_by(409).chain((30_000..600_000).step_by(90_001)).collect();
    each_damage_is_said_or_harmless(&places, |bytes, at| *bytes.get_mut(at).unwrap() ^= 1);
}

#[test]
fn a_data_file_that_was_cut_off_is_said_or_harmless() {
    let places: Vec<usize> =
        (0..30_000).step_by(1_501).chain((30_000..600_000).step_by(90_001)).collect();
    each_damage_is_said_or_harmless(&places, |bytes, at| bytes.truncate(at));
}

#[test]
fn an_overwritten_data_file_is_said_or_harmless() {
    let places: Vec<usize> = (0..30_000).step_by(3_001).collect();
    each_damage_is_said_or_harmless(&places, |bytes, at| {
        bytes.iter_mut().skip(at).take(512).for_each(|byte| *byte = 0);
    });
}

/// What sled drops on its own: without a snapshot, damage looks to it like an interrupted write.
#[test]
fn an_end_that_the_store_forgot_is_noticed() {
    let (_home, dir, entries) = closed_ledger();
    let mut log = open(&dir).unwrap();
    let head = append(&mut log, nth(EVENTS + 1)).unwrap();
    drop(log);
    let older = open(&dir).unwrap();
    drop(older);
    for snapshot in snapshots(&dir) {
        fs::remove_file(snapshot).unwrap();
    }
    let mut bytes = fs::read(dir.join("store/db")).unwrap();
    // Every copy of the last event, wherever the store has moved it.
    let copies = bytes.windows(6).enumerate().filter(|(_, window)| window == b"of e41");
    for at in copies.map(|(at, _)| at).collect::<Vec<_>>() {
        *bytes.get_mut(at).unwrap() ^= 1;
    }
    fs::write(dir.join("store/db"), bytes).unwrap();
    let mut log = open(&dir).unwrap();
    let report = verify(&log, &[], &|_, _| Ok(())).unwrap();
    assert_eq!(report.exit_code(), 5);
    let lost = log.head().unwrap_err();
    assert!(matches!(lost, LogError::Damaged { .. }), "{lost}");
    assert!(log.begin(&entries.last().unwrap().head()).is_err());
    assert!(lost.to_string().contains(&head.to_string()), "{lost}");
}

#[test]
fn a_data_file_that_is_gone_is_said() {
    let (_home, dir, _) = closed_ledger();
    fs::remove_file(dir.join("store/db")).unwrap();
    let refused = open(&dir).err();
    let fault = StoreFault::NoData;
    assert!(matches!(refused, Some(LogError::Unreadable { fault: found, .. }) if found == fault));
    assert!(!dir.join("store/db").exists(), "and no empty one is made");
}

#[test]
fn a_damaged_snapshot_is_moved_aside_and_said_once() {
    let (_home, dir, entries) = closed_ledger();
    let snapshot = snapshots(&dir).pop().unwrap();
    let mut bytes = fs::read(&snapshot).unwrap();
    let middle = bytes.len() / 2;
    *bytes.get_mut(middle).unwrap() ^= 1;
    fs::write(&snapshot, bytes).unwrap();
    let log = open(&dir).unwrap();
    let [Notice::SnapshotMovedAside { path }] = log.notices() else {
        panic!("{:?}", log.notices())
    };
    assert!(path.is_file());
    let read: Vec<Entry> = log.entries(Sequence::LEDGER).map(Result::unwrap).collect();
    assert_eq!(read, entries);
    drop(log);
    assert_eq!(open(&dir).unwrap().notices(), []);
}

#[test]
fn a_ledger_that_is_open_is_locked_and_names_its_holder() {
    let (_home, dir, _) = closed_ledger();
    let log = open(&dir).unwrap();
    let refused = SledLog::open(&dir, Duration::from_millis(20)).err();
    let Some(LogError::Locked { holder, .. }) = refused else { panic!("not locked") };
    assert_eq!(holder, Some(std::process::id()));
    drop(log);
    open(&dir).unwrap();
}

#[test]
fn a_locked_ledger_is_waited_for() {
    let (_home, dir, _) = closed_ledger();
    let log = open(&dir).unwrap();
    let waiting = std::thread::spawn({
        let dir = dir.clone();
        move || SledLog::open(&dir, Duration::from_secs(60)).map(|log| log.head().unwrap())
    });
    let head = log.head().unwrap();
    drop(log);
    assert_eq!(waiting.join().unwrap().unwrap(), head);
}

#[test]
fn a_folder_without_a_ledger_is_told_apart() {
    let home = TempDir::new().unwrap();
    assert!(matches!(open(home.path()), Err(LogError::NoLedger { .. })));
    assert!(matches!(open(&home.path().join("x")), Err(LogError::NoLedger { .. })));
    assert!(!home.path().join("x").exists());
}

#[test]
fn a_newer_format_is_told_apart() {
    let (_home, dir, _) = closed_ledger();
    fs::write(dir.join("FORMAT"), "dispute ledger format 2\n").unwrap();
    let refused = open(&dir).err();
    assert!(matches!(refused, Some(LogError::NewerFormat { found: 2, known: 1 })), "{refused:?}");
    fs::write(dir.join("FORMAT"), "something else").unwrap();
    let refused = open(&dir).err();
    assert!(matches!(refused, Some(LogError::Unreadable { .. })), "{refused:?}");
}

#[test]
fn a_ledger_is_never_made_twice() {
    let (_home, dir, entries) = closed_ledger();
    let refused = SledLog::create(&dir, &founding()).err();
    assert!(matches!(refused, Some(LogError::LedgerExists { .. })), "{refused:?}");
    let head = open(&dir).unwrap().head().unwrap();
    assert_eq!(head, entries.last().unwrap().head());
}

#[test]
fn a_ledger_that_could_not_be_made_leaves_nothing() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    SledLog::create(&file.join(".dispute"), &founding()).err().unwrap();
    // The format cannot be written where a folder has its name.
    let dir = home.path().join(".dispute");
    fs::create_dir_all(dir.join("FORMAT")).unwrap();
    SledLog::create(&dir, &founding()).err().unwrap();
    let left: Vec<_> = fs::read_dir(&dir).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["FORMAT"]);
}

#[test]
fn nothing_that_is_stored_goes_into_files_that_are_never_made_durable() {
    let home = TempDir::new().unwrap();
    let dir = home.path().join(".dispute");
    let mut log = SledLog::create(&dir, &founding()).unwrap();
    for number in 1..=40 {
        let mut draft = crate::samples::draft(&format!("e{number}"), "gap", Some("sutter"), &[]);
        draft.content = vec![b'x'; 9_000 * number % 200_000];
        append(&mut log, draft).unwrap();
    }
    drop(log);
    drop(open(&dir).unwrap());
    assert_eq!(fs::read_dir(dir.join("store/blobs")).unwrap().count(), 0);
}

#[test]
fn reading_changes_no_entry_and_no_index() {
    let (_home, dir, entries) = closed_ledger();
    for _ in 0..3 {
        let log = open(&dir).unwrap();
        log.disputes().unwrap();
        assert_eq!(log.entries(Sequence::LEDGER).count(), entries.len());
        assert_eq!(log.stored_index_sizes(Sequence::LEDGER).unwrap().ids, EVENTS + 1);
    }
}
