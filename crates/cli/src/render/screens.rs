//! The Kaiser strike as people see it.

use dispute_core::event::value::NumberOrText;
use dispute_core::event::{Event, Fact};
use dispute_core::{Admitted, Edtf, EventId, Instant, Record, Recorded, Sequence, Slug};
use dispute_projection::{AsOf, Known, OrderSensitivity, Row, State, timeline};

use crate::render::text::width;
use crate::render::{
    Names, Occurrence, Options, Paint, list_rows, log_row, state, state_in_brief, timeline_entry,
    warnings,
};

/// When all of the fixture is recorded.
const RECORDED: &str = "2025-08-01T12:00:00Z";

const DAYS: [&str; 4] = ["2024-10-21", "2025-02-20", "2025-03-10", "2025-05-09"];

/// A record of documents, one a line.
pub(super) fn record(lines: &str) -> Record {
    let at = Instant::parse(RECORDED).unwrap();
    let mut record = Record::default();
    for (n, line) in lines.lines().enumerate() {
        let event = Event::parse(line).unwrap();
        let id = event.id.clone().unwrap_or_else(|| EventId::parse(&format!("e{n}")).unwrap());
        let recorded = Recorded::new(Sequence::new(n as u64 + 1), at, id, event);
        assert!(matches!(record.admit(recorded, &|_| false), Ok(Admitted::New(_))), "{line}");
    }
    record
}

fn kaiser() -> Record {
    record(include_str!("../../../../fixtures/kaiser-socal-2024.jsonl"))
}

/// The cut at the end of a date.
pub(super) fn at_end_of(record: &Record, dispute: &Slug, date: &str) -> AsOf {
    let span = Edtf::parse(date).unwrap().span(record.zone_of(Some(dispute))).unwrap();
    AsOf { on: span.latest, ..AsOf::now(Instant::parse(RECORDED).unwrap()) }
}

pub(super) fn known() -> Known {
    let recorded_at = Instant::parse(RECORDED).unwrap();
    Known { sequence: 174, digest: "9c41e0f7".repeat(8), recorded_at }
}

fn dispute() -> Slug {
    Slug::parse("kaiser-socal-2024").unwrap()
}

fn screen(record: &Record, day: &str, options: &Options) -> String {
    let shown = State::of(record, &dispute(), at_end_of(record, &dispute(), day)).unwrap();
    state(&shown, &OrderSensitivity::default(), &known(), record, options)
}

fn wide() -> Options {
    Options::new(80, Paint::Off)
}

fn narrow() -> Options {
    Options::new(60, Paint::Off)
}

/// Compares line by line, so that a difference is found at once.
fn assert_reads(found: &str, expected: &str) {
    for (n, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {}", n + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
    assert!(found.ends_with('\n') && !found.ends_with("\n\n"));
}

#[test]
fn the_strike_reads_as_expected_on_four_days() {
    let record = kaiser();
    for (day, expected) in [
        ("2024-10-21", include_str!("expected/2024-10-21.txt")),
        ("2025-02-20", include_str!("expected/2025-02-20.txt")),
        ("2025-03-10", include_str!("expected/2025-03-10.txt")),
        ("2025-05-09", include_str!("expected/2025-05-09.txt")),
    ] {
        assert_reads(&screen(&record, day, &wide()), expected);
    }
    let narrow = screen(&record, "2025-02-20", &narrow());
    assert_reads(&narrow, include_str!("expected/2025-02-20-narrow.txt"));
}

#[test]
fn the_spring_of_2025_is_replayed_with_what_changed() {
    let record = kaiser();
    let names = Names::latest(&record);
    let as_of = at_end_of(&record, &dispute(), "2025-05-09");
    let entries = timeline(&record, &dispute(), as_of).unwrap();
    let begins =
        entries.iter().position(|entry| record.get(entry.n).unwrap().id.as_str() == "K47").unwrap();
    let text: String = entries[begins..]
        .iter()
        .map(|entry| timeline_entry(&record, entry, &names, &wide()))
        .collect();
    assert_reads(&text, include_str!("expected/replay.txt"));
}

#[test]
fn no_line_is_wider_than_asked_for() {
    let record = kaiser();
    let names = Names::latest(&record);
    for columns in [80, 60, 47, 20] {
        let options = Options::new(columns, Paint::Off);
        let mut text = String::new();
        for day in DAYS.into_iter().chain(["2010", "2024-10-15", "2024-12-31", "2025-06"]) {
            text.push_str(&screen(&record, day, &options));
        }
        for n in 0..record.len() {
            text.push_str(&log_row(&record, n, &names, Occurrence::Possible, &options));
        }
        let as_of = at_end_of(&record, &dispute(), "2025-06");
        for entry in timeline(&record, &dispute(), as_of).unwrap() {
            text.push_str(&timeline_entry(&record, &entry, &names, &options));
        }
        for line in text.lines() {
            assert!(width(line) <= columns, "{columns}: {line}");
            assert_eq!(line.trim_end(), line);
        }
    }
}

#[test]
fn a_state_fits_a_screen() {
    let record = kaiser();
    for day in DAYS {
        let lines = screen(&record, day, &wide()).lines().count();
        assert!(lines <= 48, "{day}: {lines} lines");
    }
}

#[test]
fn colour_changes_no_words() {
    let record = kaiser();
    for day in DAYS {
        let colored = screen(&record, day, &Options::new(80, Paint::On));
        let stripped = ["0", "1", "2", "31", "32", "33"]
            .iter()
            .fold(colored, |text, code| text.replace(&format!("\u{1b}[{code}m"), ""));
        assert_eq!(stripped, screen(&record, day, &wide()));
    }
}

#[test]
fn the_second_line_says_what_was_asked() {
    let record = kaiser();
    let as_of = AsOf::now(Instant::parse(RECORDED).unwrap());
    let shown = State::of(&record, &dispute(), as_of).unwrap();
    let line = |options: &Options| {
        state(&shown, &OrderSensitivity::default(), &known(), &record, options)
            .lines()
            .nth(1)
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        line(&wide()),
        "now, Fri 1 Aug 2025, 05:00, America/Los_Angeles · as known now · #174 9c41e0f7"
    );
    let minute = screen(&record, "2024-10-21T06:00", &wide());
    assert!(minute.contains("\nup to Mon 21 Oct 2024, 06:01, America/Los_Angeles · "), "{minute}");
}

#[test]
fn a_state_in_brief_is_the_top_of_the_screen() {
    let record = kaiser();
    let as_of = at_end_of(&record, &dispute(), "2025-02-20");
    let shown = State::of(&record, &dispute(), as_of).unwrap();
    let brief = state_in_brief(&shown, &record, &wide());
    let whole = screen(&record, "2025-02-20", &wide());
    assert!(brief.lines().count() < 12);
    for line in brief.lines().skip(2) {
        assert!(whole.contains(line), "{line}");
    }
}

/// Everything that the Kaiser strike has not.
const HARBOR: &str = r#"
{"kind":"party","party":"port","name":"Port Authority","role":"employer"}
{"kind":"party","party":"dockers","name":"Dockers' Union","role":"union"}
{"kind":"party","party":"board","name":"Labour Board","role":"regulator"}
{"kind":"dispute-opened","dispute":"harbor","occurred":"2025-01-01","title":"The harbor","time_zone":"UTC","employers":["port"],"unions":["dockers"]}
{"kind":"unit","dispute":"harbor","occurred":"2025-01-01","unit":"cranes","description":"Crane drivers","employer":"port","union":"dockers","size":90}
{"id":"offer","kind":"proposal","dispute":"harbor","occurred":"2025-01-02","by":"port","form":"final-offer","unit":"cranes","items":[{"issue":"hours","terms":"40 hours"},{"issue":"pay","terms":"a raise","value":3,"unit":"percent"}]}
{"id":"ask","kind":"proposal","dispute":"harbor","occurred":"2025-01-02","by":"dockers","form":"proposal","items":[{"issue":"pay","terms":"9%"}]}
{"id":"ta","kind":"agreement","dispute":"harbor","occurred":"2025-01-03","level":"tentative","parties":["port","dockers"],"recommended":true}
{"id":"call","kind":"vote-called","dispute":"harbor","occurred":"2025-01-04","purpose":"strike-authorization","by":"dockers","closes":"2025-02-01"}
{"id":"no","kind":"vote-result","dispute":"harbor","occurred":"2025-01-05","purpose":"ratification","by":"dockers","stage":"final","of":"ta","yes":10,"no":70,"cast":81,"eligible":90,"percent_no":87.5,"outcome":"failed","subgroup":"cranes\nonly"}
{"id":"dead","kind":"agreement-failed","dispute":"harbor","occurred":"2025-01-05","of":"ta","cause":"voted-down"}
{"id":"out","kind":"action-started","dispute":"harbor","occurred":"2025-01-06","action":"lockout","by":"port","workers":90,"to":"2025-03-01"}
{"id":"slow","kind":"action-started","dispute":"harbor","occurred":"2025-01-06","action":"work-to-rule","by":"dockers"}
{"id":"walk","kind":"action-started","dispute":"harbor","occurred":"2025-01-06","action":"rotating-strike","by":"dockers"}
{"id":"pause","kind":"action-changed","dispute":"harbor","occurred":"2025-01-08","of":"walk","change":"suspended"}
{"id":"notice","kind":"notice","dispute":"harbor","occurred":"2025-01-07","notice":"strike","by":"dockers","to":["port"],"effective":"2025-01-20"}
{"id":"plan","kind":"action-announced","dispute":"harbor","occurred":"2025-01-07","action":"strike","by":"dockers","from":"2025-01-20","to":"2025-01-22","notice":"notice"}
{"id":"order","kind":"order","dispute":"harbor","occurred":"2025-01-07","body":"board","order":"cease","to":["port"],"deadline":"2025-01-09"}
{"id":"defied","kind":"order-answered","dispute":"harbor","occurred":"2025-01-08","of":"order","by":"port","answer":"defied"}
{"id":"charge","kind":"charge","dispute":"harbor","occurred":"2025-01-08","forum":"Labour Board","by":"dockers","against":"port","allegations":["bad faith"],"case_number":"7/25"}
{"id":"arb","kind":"mediation-offer","dispute":"harbor","occurred":"2025-01-08","procedure":"interest-arbitration","by":"board","to":["port","dockers"],"compelled":true}
{"id":"med","kind":"mediation-offer","dispute":"harbor","occurred":"2025-01-02","procedure":"fact-finding","by":"board","to":["port","dockers"]}
{"id":"facts","kind":"report","dispute":"harbor","occurred":"2025-01-06","body":"board","binding":false,"text":"Both should move.","of":"med"}
{"id":"imposed","kind":"implementation","dispute":"harbor","occurred":"2025-01-09","by":"port","of":"offer","issues":["hours"]}
{"id":"talk","kind":"session","dispute":"harbor","occurred":"2025-01-09","status":"scheduled","parties":["port","dockers"],"scheduled_for":"2025-01-15"}
{"kind":"amendment","of":"slow","set":{"workers":20},"reason":"counted again"}
{"id":"wrong","kind":"statement","dispute":"harbor","occurred":"2025-01-09","speaker":"A bystander","text":"Never."}
{"kind":"retraction","of":"wrong","reason":"hearsay"}
{"id":"said","kind":"statement","dispute":"harbor","occurred":"2025-01-09","speaker":"A bystander","text":"It is quiet."}
"#;

#[test]
fn what_the_kaiser_strike_has_not_reads_as_expected() {
    let record = record(HARBOR.trim());
    let slug = Slug::parse("harbor").unwrap();
    let shown = State::of(&record, &slug, at_end_of(&record, &slug, "2025-01-10")).unwrap();
    let text = state(&shown, &OrderSensitivity::default(), &known(), &record, &wide());
    assert_reads(&text, include_str!("expected/harbor.txt"));
    let names = Names::latest(&record);
    let rows: String = (0..record.len())
        .map(|n| log_row(&record, n, &names, Occurrence::Certain, &wide()))
        .collect();
    assert_reads(&rows, include_str!("expected/harbor-log.txt"));
    let entries = timeline(&record, &slug, at_end_of(&record, &slug, "2025-01-10")).unwrap();
    let replay: String =
        entries.iter().map(|entry| timeline_entry(&record, entry, &names, &wide())).collect();
    assert_reads(&replay, include_str!("expected/harbor-replay.txt"));
}

/// The harbor with a text in every place that takes any text, as only a foreign ledger has it.
fn with_texts(text: &str) -> Record {
    let mut recorded: Vec<Recorded> = record(HARBOR.trim()).recorded().to_vec();
    for event in recorded.iter_mut().filter_map(|recorded| recorded.event.as_mut()) {
        let text = || text.to_owned();
        match &mut event.fact {
            Fact::Party(it) => it.name = text(),
            Fact::DisputeOpened(it) => it.title = text(),
            Fact::Unit(it) => it.description = text(),
            Fact::Proposal(it) => it.items.iter_mut().for_each(|item| {
                item.terms = text();
                item.unit = Some(text());
                item.value = Some(NumberOrText::Text(text()));
            }),
            Fact::VoteResult(it) => it.subgroup = Some(text()),
            Fact::Charge(it) => {
                it.forum = text();
                it.case_number = Some(text());
                it.allegations = vec![text(), text()];
            }
            Fact::Report(it) => it.text = text(),
            Fact::Statement(it) => (it.speaker, it.text) = (text(), text()),
            Fact::Amendment(it) => it.reason = text(),
            Fact::Retraction(it) => it.reason = text(),
            _ => {}
        }
    }
    Record::load(recorded, [])
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_breaks_a_line_or_reaches_the_terminal(text in "\\PC*|.*|[\\x00-\\x9f\\n世\u{202e}\" ]*") {
        let record = with_texts(&text);
        let slug = Slug::parse("harbor").unwrap();
        let as_of = at_end_of(&record, &slug, "2025-01-10");
        let shown = State::of(&record, &slug, as_of).unwrap();
        let names = Names::latest(&record);
        for columns in [80, 60, 20] {
            let options = Options::new(columns, Paint::Off);
            let mut text = state(&shown, &OrderSensitivity::default(), &known(), &record, &options);
            text.push_str(&list_rows(&[Row::of(&shown)], &options));
            text.push_str(&warnings(&shown.warnings, &options));
            for n in 0..record.len() {
                text.push_str(&log_row(&record, n, &names, Occurrence::Possible, &options));
            }
            for entry in timeline(&record, &slug, as_of).unwrap() {
                text.push_str(&timeline_entry(&record, &entry, &names, &options));
            }
            for line in text.lines() {
                proptest::prop_assert!(width(line) <= columns, "{columns}: {line}");
                proptest::prop_assert!(!line.chars().any(char::is_control), "{line:?}");
                proptest::prop_assert!(!line.contains('\u{202e}'), "{line:?}");
            }
        }
    }
}
