//! What was erased is gone, and whenever a compaction stops, the ledger is there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::{CompactError, NEW_DIR, OLD_DIR, clear_away};
use crate::chain::{Head, Sequence};
use crate::event_log::sled_log::{STORE_DIR, SledLog};
use crate::event_log::{EventLog, LogError, ReadLog};
use crate::samples::{append, draft, founding, import, nth, salt, verified};

const SECRET: &str = "a name that nobody may read any more";

fn ledger() -> (TempDir, PathBuf, SledLog) {
    let place = TempDir::new().unwrap();
    let dir = place.path().join(".dispute");
    let log = SledLog::create(&dir, &founding()).unwrap();
    (place, dir, log)
}

/// A ledger of which an event was erased that was in something derived too.
fn erased() -> (TempDir, PathBuf, SledLog) {
    let (place, dir, mut log) = ledger();
    let mut secret = draft("secret", "proposal", Some("sutter"), &[]);
    secret.content = format!(r#"{{"note":"{}"}}"#, SECRET.repeat(200)).into_bytes();
    let mut amendment = draft("amended", "amendment", None, &["secret"]);
    amendment.content = format!(r#"{{"note":"{SECRET}"}}"#).into_bytes();
    import(&mut log, [secret, amendment].into_iter().chain((1..=200).map(nth)));
    log.write_derived("docket", SECRET.as_bytes());
    assert_eq!(log.read_derived("docket").as_deref(), Some(SECRET.as_bytes()));
    append(&mut log, draft("gone", "redaction", None, &["secret"])).unwrap();
    assert_eq!(log.read_derived("docket"), None);
    (place, dir, log)
}

fn open(dir: &Path) -> SledLog {
    SledLog::open(dir, Duration::from_secs(10)).unwrap()
}

/// The files under a folder that hold some bytes.
fn holding(dir: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, bytes));
        } else if fs::read(&path).unwrap().windows(bytes.len()).any(|it| it == bytes) {
            found.push(path);
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let path = file.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::write(&to, fs::read(&path).unwrap()).unwrap();
        }
    }
}

#[test]
fn what_was_erased_is_in_no_file_after_a_compaction() {
    let (place, dir, log) = erased();
    let head = log.head().unwrap();
    let all: Vec<_> = log.entries(Sequence::LEDGER).map(Result::unwrap).collect();
    let secrets = || {
        let salts = ["secret", "amended"].map(salt).into_iter().map(|salt| salt.to_vec());
        salts.chain([SECRET.as_bytes().to_vec()])
    };
    drop(log);
    assert!(secrets().any(|it| !holding(&dir, &it).is_empty()), "nothing was there to get rid of");
    let compaction = open(&dir).compact(&|_, _| Ok(()), &mut |_| ()).unwrap();
    assert!(compaction.after > 0);
    for secret in secrets() {
        assert_eq!(holding(place.path(), &secret), Vec::<PathBuf>::new());
    }
    let log = open(&dir);
    assert_eq!(log.head().unwrap(), head);
    assert_eq!(log.entries(Sequence::LEDGER).map(Result::unwrap).collect::<Vec<_>>(), all);
    assert_eq!(verified(&log).findings, []);
    assert_eq!(verified(&log).redacted, 2);
    let names: Vec<String> = fs::read_dir(&dir)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "open-in")
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[test]
fn what_a_redaction_that_was_cut_short_left_in_a_segment_is_gone_after_a_compaction() {
    let (place, dir, mut log) = ledger();
    log.make_small();
    let mut secret = draft("secret", "proposal", Some("sutter"), &[]);
    secret.content = format!(r#"{{"note":"{SECRET}"}}"#).into_bytes();
    import(&mut log, [secret].into_iter().chain((1..=20).map(nth)));
    let salt = salt("secret");
    let segments = holding(&dir, &salt);
    let old: Vec<(PathBuf, Vec<u8>)> =
        segments.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    assert!(old.iter().any(|(path, _)| path.starts_with(dir.join("segments"))), "{old:?}");
    append(&mut log, draft("gone", "redaction", None, &["secret"])).unwrap();
    drop(log);
    // As where it was killed before the old file was deleted.
    for (path, bytes) in old.iter().filter(|(path, _)| path.starts_with(dir.join("segments"))) {
        assert!(!path.exists());
        fs::write(path, bytes).unwrap();
    }
    open(&dir).compact(&|_, _| Ok(()), &mut |_| ()).unwrap();
    assert_eq!(holding(place.path(), &salt), Vec::<PathBuf>::new());
    assert_eq!(verified(&open(&dir)).findings, []);
}

/// The ledger before, the same compacted, and the folders of a compaction put together by hand.
struct Moment {
    place: TempDir,
    head: Head,
}

impl Moment {
    fn new() -> Self {
        let (place, dir, log) = erased();
        let head = log.head().unwrap();
        drop(log);
        // The stores let go of their files a moment after they are dropped.
        drop(open(&dir));
        copy(&dir, &place.path().join("old"));
        open(&dir).compact(&|_, _| Ok(()), &mut |_| ()).unwrap();
        drop(open(&dir));
        copy(&dir, &place.path().join("new"));
        Self { place, head }
    }

    /// Puts stores where they would be, opens the ledger, and asserts that it is the old or the new
    /// one, that nothing is lost, and nothing left over.
    fn with(&self, name: &str, stores: &[(&str, &str)], kept: &str) {
        let dir = self.place.path().join(name.replace(' ', "-"));
        fs::create_dir(&dir).unwrap();
        for file in ["FORMAT", "head"] {
            fs::copy(self.place.path().join("old").join(file), dir.join(file)).unwrap();
        }
        for (kind, to) in stores {
            let from = self.place.path().join(kind).join(STORE_DIR);
            if *kind == "part" {
                fs::create_dir_all(dir.join(to)).unwrap();
                fs::write(dir.join(to).join("db"), [0; 100]).unwrap();
            } else {
                copy(&from, &dir.join(to));
            }
        }
        let mut log = open(&dir);
        assert_eq!(log.head().unwrap(), self.head, "{name}");
        assert_eq!(verified(&log).findings, [], "{name}");
        append(&mut log, nth(500)).unwrap();
        drop(log);
        for left in [OLD_DIR, NEW_DIR] {
            assert!(!dir.join(left).exists(), "{name}: {left} is left");
        }
        let erased = holding(&dir, SECRET.as_bytes()).is_empty();
        assert_eq!(erased, kept == "new", "{name}");
    }
}

#[test]
fn stopped_at_any_moment_the_ledger_is_the_old_or_the_new_one() {
    let moment = Moment::new();
    let new = format!("{NEW_DIR}/{STORE_DIR}");
    let half = format!("{NEW_DIR}/{STORE_DIR}.new-0011");
    moment.with("begun", &[("old", STORE_DIR), ("part", &half)], "old");
    moment.with("written", &[("old", STORE_DIR), ("new", &new)], "old");
    moment.with("first rename", &[("old", OLD_DIR), ("new", &new)], "new");
    moment.with("second rename", &[("new", STORE_DIR), ("old", OLD_DIR), ("part", NEW_DIR)], "new");
    moment.with("half deleted", &[("new", STORE_DIR), ("part", OLD_DIR), ("part", NEW_DIR)], "new");
    moment.with("old deleted", &[("new", STORE_DIR), ("part", NEW_DIR)], "new");
    moment.with("new lost", &[("old", OLD_DIR)], "old");
}

#[test]
fn a_ledger_whose_stores_are_being_swapped_is_not_made_anew() {
    let (_place, dir, log) = ledger();
    drop(log);
    fs::rename(dir.join(STORE_DIR), dir.join(OLD_DIR)).unwrap();
    let made = SledLog::create(&dir, &founding()).err();
    assert!(matches!(made, Some(LogError::LedgerExists { .. })), "{made:?}");
    assert_eq!(open(&dir).head().unwrap(), founding().head());
}

#[test]
fn a_ledger_that_does_not_verify_is_left_as_it_is() {
    let (_place, dir, mut log) = ledger();
    import(&mut log, (1..=5).map(nth));
    let head = log.head().unwrap();
    let error = log.compact(&|_, _| Err("unreadable".to_owned()), &mut |_| ()).unwrap_err();
    let CompactError::Unsound(report) = error else { panic!("{error:?}") };
    assert_eq!(report.exit_code(), 5);
    let log = open(&dir);
    assert_eq!(log.head().unwrap(), head);
    assert!(!dir.join(NEW_DIR).exists());
    clear_away(&dir);
    assert_eq!(log.head().unwrap(), head);
}

#[test]
fn a_ledger_made_from_another_log_is_the_same_one() {
    let (place, _dir, log) = erased();
    let other = place.path().join("other");
    let mut told = 0;
    let made = SledLog::create_from(&other, &log, &mut |_| told += 1).unwrap();
    assert_eq!(told, log.head().unwrap().sequence.get());
    assert_eq!(made.head().unwrap(), log.head().unwrap());
    let entries =
        |log: &SledLog| -> Vec<_> { log.entries(Sequence::LEDGER).map(Result::unwrap).collect() };
    assert_eq!(entries(&made), entries(&log));
    assert_eq!(verified(&made), verified(&log));
    assert_eq!(made.stored_tree_size().unwrap(), log.stored_tree_size().unwrap());
    let again = SledLog::create_from(&other, &log, &mut |_| ()).err();
    assert!(matches!(again, Some(LogError::LedgerExists { .. })));
}

#[test]
fn a_log_that_cannot_be_copied_leaves_nothing_behind() {
    let (place, _dir, mut log) = ledger();
    import(&mut log, (1..=5).map(nth));
    let copy = place.path().join("some").join("where");
    let bytes = {
        let mut bytes = Vec::new();
        crate::backup::write_backup(&log, None, &[], &mut bytes, &mut |_| ()).unwrap();
        // One bit of a content in the middle.
        let at = bytes.windows(5).position(|it| it == b"of e3").unwrap();
        bytes[at] ^= 1;
        bytes
    };
    let file = place.path().join("a.backup");
    fs::write(&file, bytes).unwrap();
    let damaged = crate::backup::BackupLog::open(&file).unwrap();
    let error = SledLog::create_from(&copy, &damaged, &mut |_| ()).err();
    assert!(matches!(error, Some(LogError::Broken(_))), "{error:?}");
    assert!(!place.path().join("some").exists());
}
