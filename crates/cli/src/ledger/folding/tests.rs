use dispute_core::event::Event;
use dispute_core::{
    EventId, EventLog, Founding, Instant, Listed, MemoryLog, StoredRecords, draft, seal,
    seal_founding,
};

use super::*;

const LEDGER: LedgerId = LedgerId::from_bytes(*b"sixteen bytes id");

/// A log of three disputes whose events lie among each other, each with its own statements.
fn log() -> MemoryLog {
    let at = Instant::parse("2025-01-01T00:00:00Z").unwrap();
    let text = |text: &str| text.to_owned();
    let (name, software, recorded_by) = (text("l"), text("dispute"), text("n"));
    let founding = Founding { ledger: LEDGER, name, software, recorded_by, recorded_at: at };
    let mut log = MemoryLog::create(seal_founding(founding, [0; 32]).unwrap());
    let opened = |dispute: &str| {
        format!(
            r#"{{"kind":"dispute-opened","id":"{dispute}-0","dispute":"{dispute}","occurred":
            "2024","title":"t","time_zone":"UTC","employers":["e"],"unions":["u"]}}"#
        )
    };
    let said = |n: usize| {
        let dispute = ["a", "b", "c"][n % 3];
        format!(
            r#"{{"kind":"statement","id":"{dispute}-{n}","dispute":"{dispute}","occurred":
            "2024","speaker":"s","text":"t","stance":"denies"}}"#
        )
    };
    for line in ["a", "b", "c"].map(opened).into_iter().chain((1..40).map(said)) {
        let event = Event::parse(&line.replace('\n', "")).unwrap();
        let id = event.id.clone().unwrap();
        let head = log.head().unwrap();
        let draft = draft(&Record::default(), &event, id, "n").unwrap();
        log.append(&head, seal(draft, LEDGER, &head, at, [1; 32]).unwrap()).unwrap();
    }
    log
}

fn ids(log: &dyn ReadLog, at_once: usize) -> Result<BTreeMap<Slug, Vec<EventId>>> {
    let disputes = log.disputes()?;
    let ids = |_: &Slug, record: &Record| {
        record.recorded().iter().map(|event| event.id.clone()).collect()
    };
    let output = Output { json: true, quiet: true, colour: false, width: 80 };
    fold_some(log, &disputes, &ids, Progress::of("", 3, output), at_once)
}

#[test]
fn each_dispute_has_its_own_events_however_many_are_read_at_once() {
    let log = log();
    let all = ids(&log, 1_000).unwrap();
    assert_eq!(all.values().map(Vec::len).collect::<Vec<_>>(), [14, 14, 14]);
    for (dispute, ids) in &all {
        assert!(ids.iter().all(|id| id.as_str().starts_with(dispute.as_str())));
        assert!(ids.first().unwrap().as_str().ends_with("-0"));
    }
    for at_once in [1, 14, 15, 28] {
        assert_eq!(ids(&log, at_once).unwrap(), all, "{at_once}");
    }
}

/// A log that lacks a record in the middle.
struct Lacking(MemoryLog);

impl ReadLog for Lacking {
    fn head(&self) -> std::result::Result<dispute_core::Head, LogError> {
        self.0.head()
    }

    fn stored(&self, at: Sequence) -> std::result::Result<Option<StoredRecord>, LogError> {
        if at.get() == 20 { Ok(None) } else { self.0.stored(at) }
    }

    fn stored_from(&self, from: Sequence) -> StoredRecords<'_> {
        Box::new(self.0.stored_from(from).filter(|(at, _)| at.get() != 20))
    }

    fn listed(&self, id: &EventId) -> std::result::Result<Option<Listed>, LogError> {
        self.0.listed(id)
    }

    fn ids_with_prefix(
        &self,
        prefix: &str,
        limit: usize,
    ) -> std::result::Result<Vec<EventId>, LogError> {
        self.0.ids_with_prefix(prefix, limit)
    }

    fn of_dispute(&self, dispute: Option<&Slug>) -> std::result::Result<Vec<Sequence>, LogError> {
        self.0.of_dispute(dispute)
    }

    fn disputes(&self) -> std::result::Result<Vec<Slug>, LogError> {
        self.0.disputes()
    }
}

#[test]
fn a_record_that_is_missing_is_an_error_and_not_left_out() {
    for at_once in [1, 1_000] {
        let Err(Stop::Error(error)) = ids(&Lacking(log()), at_once) else {
            panic!("nothing is said of it");
        };
        assert!(error.message.contains("it is not there"), "{error}");
    }
}
