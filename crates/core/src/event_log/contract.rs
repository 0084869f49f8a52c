//! The promises of a log, kept by every implementation.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use crate::chain::{Head, Misfit, Sequence};
use crate::entry::Entry;
use crate::event_log::{EventLog, LogError, MemoryLog, SledLog};
use crate::identifier::EventId;
use crate::instant::Instant;
use crate::samples::{append, draft, founding, id, import, nth, sealed_onto, slug, verified};
use crate::tree::{TreeHash, tiles_of};

/// A place where a log is kept.
trait Home: Sized {
    fn create() -> Self;
    fn log(&mut self) -> &mut dyn EventLog;
    /// As after the end of the process, where that means anything.
    fn reopen(self) -> Self;
}

struct InMemory(MemoryLog);

struct OnDisk {
    dir: TempDir,
    log: SledLog,
}

impl Home for InMemory {
    fn create() -> Self {
        Self(MemoryLog::create(founding()))
    }

    fn log(&mut self) -> &mut dyn EventLog {
        &mut self.0
    }

    fn reopen(self) -> Self {
        self
    }
}

/// On disk with a store so small that nearly everything lies in segments.
struct InSegments(OnDisk);

impl Home for InSegments {
    fn create() -> Self {
        let mut home = OnDisk::create();
        home.log.make_small();
        Self(home)
    }

    fn log(&mut self) -> &mut dyn EventLog {
        &mut self.0.log
    }

    fn reopen(self) -> Self {
        let mut home = self.0.reopen();
        home.log.make_small();
        Self(home)
    }
}

impl Home for OnDisk {
    fn create() -> Self {
        let dir = TempDir::new().unwrap();
        let log = SledLog::create(&dir.path().join(".dispute"), &founding()).unwrap();
        Self { dir, log }
    }

    fn log(&mut self) -> &mut dyn EventLog {
        &mut self.log
    }

    fn reopen(self) -> Self {
        let Self { dir, log } = self;
        drop(log);
        let log = SledLog::open(&dir.path().join(".dispute"), Duration::from_secs(10)).unwrap();
        Self { dir, log }
    }
}

macro_rules! promises {
    ($($promise:ident)*) => {
        mod in_memory {
            $(#[test] fn $promise() { super::$promise::<super::InMemory>(); })*
        }
        mod on_disk {
            $(#[test] fn $promise() { super::$promise::<super::OnDisk>(); })*
        }
        mod in_segments {
            $(#[test] fn $promise() { super::$promise::<super::InSegments>(); })*
        }
    };
}

promises! {
    a_new_ledger_holds_its_own_envelope
    what_was_appended_is_read_back
    an_append_onto_another_head_is_refused
    an_entry_that_does_not_follow_is_refused
    an_altered_entry_is_refused
    an_id_is_taken_once
    a_reference_to_nothing_is_refused
    an_append_shows_its_own_entries_and_nobody_elses_eyes_see_them
    an_append_that_is_not_committed_has_not_happened
    a_large_append_that_is_not_committed_has_not_happened
    a_refused_entry_does_not_end_an_append
    long_contents_are_read_back
    corrections_belong_where_their_target_belongs
    lookups_answer_what_a_scan_answers
    a_redaction_erases_its_target_and_the_amendments_of_it
    a_redaction_in_the_same_append_erases_too
    rebuilding_what_is_derived_changes_no_answer
    the_head_before_a_moment_is_the_last_that_was_recorded_earlier
    every_tile_is_that_of_the_envelopes_however_they_came
}

fn entries(log: &dyn EventLog) -> Vec<Entry> {
    log.entries(Sequence::LEDGER).map(Result::unwrap).collect()
}

fn holding<H: Home>(events: u64) -> H {
    let mut home = H::create();
    import(home.log(), (1..=events).map(nth));
    home
}

fn a_new_ledger_holds_its_own_envelope<H: Home>() {
    let mut home = H::create().reopen();
    let log = home.log();
    assert_eq!(log.head().unwrap(), founding().head());
    assert_eq!(log.ledger().unwrap().name, "California health care");
    assert_eq!(log.ledger().unwrap().software, "dispute 0.1.0");
    assert_eq!(log.find(&id("ledger")).unwrap(), Some(Sequence::LEDGER));
    assert!(log.of_dispute(None).unwrap().is_empty());
    assert!(verified(log).ok());
}

fn what_was_appended_is_read_back<H: Home>() {
    let mut home = H::create();
    let mut written = vec![founding()];
    for number in 1..=12 {
        let head = home.log().head().unwrap();
        let entry = sealed_onto(&head, nth(number));
        let head = home.log().append(&head, entry.clone()).unwrap();
        assert_eq!(head, entry.head());
        written.push(entry);
    }
    let mut home = home.reopen();
    assert_eq!(entries(home.log()), written);
    assert_eq!(home.log().entry(Sequence::new(7)).unwrap().as_ref(), written.get(7));
    assert_eq!(home.log().entry(Sequence::new(13)).unwrap(), None);
    assert_eq!(home.log().entries(Sequence::new(5)).count(), 8);
    assert_eq!(verified(home.log()).findings, []);
    assert_eq!(verified(home.log()).events, 12);
}

fn an_append_onto_another_head_is_refused<H: Home>() {
    let mut home = holding::<H>(3);
    let seen = home.log().head().unwrap();
    append(home.log(), nth(4)).unwrap();
    let late = home.log().append(&seen, sealed_onto(&seen, draft("x", "party", None, &[])));
    let Err(LogError::HeadMoved { expected, found }) = late else { panic!("{late:?}") };
    assert_eq!((expected, found), (seen, home.log().head().unwrap()));
}

fn an_entry_that_does_not_follow_is_refused<H: Home>() {
    let mut home = holding::<H>(3);
    let head = home.log().head().unwrap();
    let other = Head { digest: founding().head().digest, ..head };
    let refused = home.log().append(&head, sealed_onto(&other, nth(4)));
    assert!(matches!(refused, Err(LogError::Misfit(Misfit::Previous { .. }))), "{refused:?}");
    let early = Head { sequence: Sequence::new(2), ..head };
    let refused = home.log().append(&head, sealed_onto(&early, nth(4)));
    assert!(matches!(refused, Err(LogError::Misfit(Misfit::Sequence { .. }))), "{refused:?}");
    assert_eq!(home.log().head().unwrap(), head);
}

fn an_altered_entry_is_refused<H: Home>() {
    let mut home = holding::<H>(3);
    let head = home.log().head().unwrap();
    let mut record = sealed_onto(&head, nth(4)).record().clone();
    record.content.as_mut().unwrap().bytes.push(b' ');
    let refused = home.log().append(&head, Entry::read(record).unwrap());
    assert!(matches!(refused, Err(LogError::Broken(_))), "{refused:?}");
    assert_eq!(home.log().head().unwrap(), head);
}

fn an_id_is_taken_once<H: Home>() {
    let mut home = holding::<H>(3);
    let refused = append(home.log(), nth(2));
    let Err(LogError::IdTaken { sequence, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(sequence, Sequence::new(2));
    let refused = append(home.log(), draft("ledger", "party", None, &[]));
    assert!(matches!(refused, Err(LogError::IdTaken { .. })), "{refused:?}");
}

fn a_reference_to_nothing_is_refused<H: Home>() {
    let mut home = holding::<H>(3);
    let refused = append(home.log(), draft("x", "rejection", Some("sutter"), &["e2", "e9"]));
    let Err(LogError::RefersToNothing { refers_to, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(refers_to, id("e9"));
}

fn an_append_shows_its_own_entries_and_nobody_elses_eyes_see_them<H: Home>() {
    let mut home = holding::<H>(2);
    let head = home.log().head().unwrap();
    let mut append = home.log().begin(&head).unwrap();
    append.push(sealed_onto(&head, nth(3))).unwrap();
    assert_eq!(append.find(&id("e3")).unwrap(), Some(Sequence::new(3)));
    assert_eq!(append.head().unwrap().sequence, Sequence::new(3));
    assert_eq!(append.entries(Sequence::LEDGER).count(), 4);
    assert_eq!(append.ids_with_prefix("e", 9).unwrap(), [id("e1"), id("e2"), id("e3")]);
    assert_eq!(append.disputes().unwrap(), [slug("kaiser-socal-2024"), slug("sutter")]);
    assert_eq!(append.of_dispute(Some(&slug("sutter"))).unwrap(), [Sequence::new(3)]);
    drop(append);
    assert_eq!(home.log().find(&id("e3")).unwrap(), None);
    assert_eq!(home.log().disputes().unwrap(), [slug("kaiser-socal-2024")]);
}

fn an_append_that_is_not_committed_has_not_happened<H: Home>() {
    let mut home = holding::<H>(3);
    let before = entries(home.log());
    let head = home.log().head().unwrap();
    let mut begun = home.log().begin(&head).unwrap();
    begun.push(sealed_onto(&head, nth(4))).unwrap();
    drop(begun);
    let mut home = home.reopen();
    assert_eq!(entries(home.log()), before);
    append(home.log(), nth(4)).unwrap();
    assert_eq!(verified(home.log()).findings, []);
}

/// More than an append holds in memory, so that much of it lies beyond the head.
fn a_large_append_that_is_not_committed_has_not_happened<H: Home>() {
    let mut home = holding::<H>(30);
    let before = entries(home.log());
    let head = home.log().head().unwrap();
    let mut begun = home.log().begin(&head).unwrap();
    for number in 31..=60 {
        let mut draft = nth(number);
        draft.content = vec![b'x'; 100_000];
        let head = begun.head().unwrap();
        begun.push(sealed_onto(&head, draft)).unwrap();
    }
    assert_eq!(begun.entries(Sequence::LEDGER).count(), 61);
    assert_eq!(begun.find(&id("e31")).unwrap(), Some(Sequence::new(31)));
    drop(begun);
    let mut home = home.reopen();
    assert_eq!(entries(home.log()), before);
    assert_eq!(home.log().find(&id("e31")).unwrap(), None);
    assert_eq!(home.log().ids_with_prefix("e31", 9).unwrap(), []);
    assert_eq!(verified(home.log()).findings, [], "what lies beyond the head is no damage");
    append(home.log(), draft("e31", "party", None, &[])).unwrap();
    append(home.log(), nth(32)).unwrap();
    let mut home = home.reopen();
    assert_eq!(home.log().find(&id("e60")).unwrap(), None);
    assert_eq!(home.log().head().unwrap().sequence, Sequence::new(32));
    assert_eq!(verified(home.log()).findings, []);
}

fn a_refused_entry_does_not_end_an_append<H: Home>() {
    let mut home = holding::<H>(3);
    let head = home.log().head().unwrap();
    let mut begun = home.log().begin(&head).unwrap();
    begun.push(sealed_onto(&head, nth(2))).unwrap_err();
    begun.push(sealed_onto(&head, nth(4))).unwrap();
    begun.commit().unwrap();
    assert_eq!(verified(home.log()).findings, []);
    assert_eq!(entries(home.log()).len(), 5);
}

fn long_contents_are_read_back<H: Home>() {
    let mut home = H::create();
    let lengths = [0, 3_500, 3_996, 4_000, 8_000, crate::entry::LONGEST_CONTENT];
    for (number, length) in (1..).zip(lengths) {
        let mut draft = draft(&format!("e{number}"), "party", None, &[]);
        draft.content = vec![b'y'; length];
        append(home.log(), draft).unwrap();
    }
    let mut home = home.reopen();
    for (number, length) in (1..).zip(lengths) {
        let entry = home.log().entry(Sequence::new(number)).unwrap().unwrap();
        assert_eq!(entry.content().unwrap().bytes.len(), length);
    }
    assert_eq!(verified(home.log()).findings, []);
}

fn corrections_belong_where_their_target_belongs<H: Home>() {
    let mut home = H::create();
    let events = [
        draft("nuhw", "party", None, &[]),
        draft("p", "proposal", Some("sutter"), &[]),
        draft("a", "amendment", None, &["p"]),
        draft("r", "retraction", None, &["a"]),
        draft("b", "amendment", None, &["nuhw"]),
    ];
    import(home.log(), events);
    let log = home.log();
    let belongs = |event| log.listed(&id(event)).unwrap().unwrap().belongs_to;
    assert_eq!(belongs("r"), Some(slug("sutter")));
    assert_eq!(belongs("b"), None);
    let listed = |dispute: Option<&str>| log.of_dispute(dispute.map(slug).as_ref()).unwrap();
    assert_eq!(listed(Some("sutter")), [2, 3, 4].map(Sequence::new));
    assert_eq!(listed(None), [1, 5].map(Sequence::new));
    assert_eq!(listed(Some("sut")), []);
}

fn lookups_answer_what_a_scan_answers<H: Home>() {
    let mut home = holding::<H>(60).reopen();
    let log = home.log();
    let all = entries(log);
    let ids: BTreeSet<EventId> = all.iter().map(|entry| entry.envelope().id().clone()).collect();
    for entry in &all {
        let found = log.find(entry.envelope().id()).unwrap();
        assert_eq!(found, Some(entry.envelope().sequence()));
    }
    for prefix in ["", "e", "e1", "e10", "e100", "l", "zz", "E", "é"] {
        let run: Vec<EventId> =
            ids.iter().filter(|id| id.as_str().starts_with(prefix)).cloned().collect();
        assert_eq!(log.ids_with_prefix(prefix, 100).unwrap(), run, "{prefix}");
        assert_eq!(log.ids_with_prefix(prefix, 2).unwrap().len(), run.len().min(2), "{prefix}");
    }
    let mut listed: Vec<Sequence> = log.of_dispute(None).unwrap();
    for dispute in log.disputes().unwrap() {
        listed.extend(log.of_dispute(Some(&dispute)).unwrap());
    }
    listed.sort_unstable();
    assert_eq!(listed, (1..=60).map(Sequence::new).collect::<Vec<_>>());
}

fn a_redaction_erases_its_target_and_the_amendments_of_it<H: Home>() {
    let mut home = holding::<H>(9);
    append(home.log(), draft("a", "amendment", None, &["e2"])).unwrap();
    append(home.log(), draft("b", "amendment", None, &["e3"])).unwrap();
    append(home.log(), draft("r", "redaction", None, &["e2"])).unwrap();
    let mut home = home.reopen();
    let log = home.log();
    let has = |event| {
        let at = log.find(&id(event)).unwrap().unwrap();
        log.entry(at).unwrap().unwrap().content().is_some()
    };
    assert_eq!(["e2", "a", "b", "r", "e3"].map(has), [false, false, true, true, true]);
    let report = verified(log);
    assert_eq!(report.findings, []);
    assert_eq!(report.redacted, 2);
}

fn a_redaction_in_the_same_append_erases_too<H: Home>() {
    let mut home = H::create();
    let mut long = draft("p", "proposal", Some("sutter"), &[]);
    long.content = vec![b'x'; 9_000];
    import(home.log(), [long, draft("r", "redaction", None, &["p"])]);
    let mut home = home.reopen();
    assert_eq!(home.log().entry(Sequence::new(1)).unwrap().unwrap().content(), None);
    assert_eq!(verified(home.log()).findings, []);
}

fn rebuilding_what_is_derived_changes_no_answer<H: Home>() {
    let mut home = holding::<H>(40);
    let before = entries(home.log());
    home.log().rebuild_derived().unwrap();
    assert_eq!(verified(home.log()).findings, []);
    let mut home = home.reopen();
    assert_eq!(entries(home.log()), before);
    assert_eq!(verified(home.log()).findings, []);
}

/// What happens to a ledger.
#[derive(Clone, Debug)]
enum Step {
    Append(u64),
    Abandon(u64),
    Redact(u64),
    Rebuild,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_u64..9).prop_map(Step::Append),
        1 => (1_u64..9).prop_map(Step::Abandon),
        1 => (1_u64..40).prop_map(Step::Redact),
        1 => Just(Step::Rebuild),
        2 => Just(Step::Reopen),
    ]
}

fn take<H: Home>(mut home: H, step: &Step) -> H {
    let next = home.log().head().unwrap().sequence.get() + 1;
    match step {
        Step::Append(events) => {
            let drafts = (next..next + events).map(plain);
            import(home.log(), drafts);
        }
        Step::Abandon(events) => {
            let head = home.log().head().unwrap();
            let mut begun = home.log().begin(&head).unwrap();
            for number in next..next + events {
                let head = begun.head().unwrap();
                begun.push(sealed_onto(&head, plain(number))).unwrap();
            }
        }
        Step::Redact(number) => {
            let target = format!("p{number}");
            if home.log().find(&id(&target)).unwrap().is_some() {
                let redaction = draft(&format!("r{next}"), "redaction", None, &[&target]);
                append(home.log(), redaction).unwrap();
            }
        }
        Step::Rebuild => home.log().rebuild_derived().unwrap(),
        Step::Reopen => home = home.reopen(),
    }
    home
}

fn plain(number: u64) -> crate::seal::Draft {
    draft(&format!("p{number}"), "proposal", Some(&format!("d{}", number % 3)), &[])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn all_logs_come_to_the_same_whatever_happens(
        steps in proptest::collection::vec(step(), 1..12),
    ) {
        let mut memory = InMemory::create();
        let (mut disk, mut segments) = (OnDisk::create(), InSegments::create());
        for step in &steps {
            memory = take(memory, step);
            disk = take(disk, step);
            segments = take(segments, step);
            prop_assert_eq!(entries(memory.log()), entries(disk.log()));
            prop_assert_eq!(entries(memory.log()), entries(segments.log()));
        }
        for log in [disk.log(), segments.log()] {
            prop_assert_eq!(verified(log).findings, []);
            prop_assert_eq!(verified(memory.log()), verified(log));
            prop_assert_eq!(memory.log().disputes().unwrap(), log.disputes().unwrap());
            for dispute in memory.log().disputes().unwrap().iter().map(Some).chain([None]) {
                let expected = memory.log().of_dispute(dispute).unwrap();
                prop_assert_eq!(log.of_dispute(dispute).unwrap(), expected);
            }
        }
    }
}

fn the_head_before_a_moment_is_the_last_that_was_recorded_earlier<H: Home>() {
    for events in [0, 1, 2, 7] {
        let mut home = holding::<H>(events);
        let log = home.log();
        let heads: Vec<Head> = entries(log).iter().map(Entry::head).collect();
        let moments = heads.iter().flat_map(|head| {
            let at = head.recorded_at;
            [at.before(), at, Instant::from_micros(at.as_micros() + 1).unwrap()]
        });
        for moment in moments {
            let expected = heads.iter().rfind(|head| head.recorded_at < moment);
            assert_eq!(log.head_before(moment).unwrap().as_ref(), expected);
        }
        let last = Sequence::new(events);
        assert_eq!(log.head_at(last).unwrap(), Some(log.head().unwrap()));
        assert_eq!(log.head_at(last.next()).unwrap(), None);
    }
}

fn every_tile_is_that_of_the_envelopes_however_they_came<H: Home>() {
    for events in [1, 62, 63, 64, 254, 255, 256, 700] {
        // In one go, one by one, and behind an append that was given up.
        let mut home = holding::<H>(events / 2);
        let head = home.log().head().unwrap();
        let mut append = home.log().begin(&head).unwrap();
        append.push(sealed_onto(&head, nth(events / 2 + 1))).unwrap();
        drop(append);
        let mut home = home.reopen();
        for number in events / 2 + 1..=events {
            crate::samples::append(home.log(), nth(number)).unwrap();
        }
        let log = home.log();
        let leaves: Vec<TreeHash> =
            entries(log).iter().map(|it| TreeHash::of_leaf(&it.record().envelope)).collect();
        let mut levels = vec![leaves];
        while levels.last().unwrap().len() >= 256 {
            let whole = levels.last().unwrap().chunks_exact(256);
            levels.push(whole.map(naive_root).collect());
        }
        for tile in tiles_of(events + 1) {
            let level = &levels[usize::from(tile.level())];
            let first = usize::try_from(tile.index()).unwrap() * 256;
            let expected = &level[first..first + usize::from(tile.width())];
            assert_eq!(log.tile(tile).unwrap(), expected, "{tile} of {events}");
            if let Some(stored) = log.stored_tile(tile).unwrap() {
                assert_eq!(stored, expected, "{tile} of {events}");
            }
        }
        assert_eq!(verified(log).findings, []);
    }
}

fn naive_root(hashes: &[TreeHash]) -> TreeHash {
    match hashes {
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            TreeHash::of_node(&naive_root(left), &naive_root(right))
        }
    }
}
