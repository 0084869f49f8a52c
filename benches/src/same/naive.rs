//! The naive reading: everything in memory, everything read, everything folded.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use dispute_core::event::Event;
use dispute_core::{
    Entry, EventLog, Head, Instant, Json, MemoryLog, ReadLog, Record, Sequence, SledLog, Slug,
    Span, read_entries,
};
use dispute_projection::{AsOf, Known, Row, State, order_sensitive};

use crate::cut::Cut;
use crate::dice::Dice;
use crate::{Failure, Result};

/// A ledger as it was copied.
pub(crate) struct Naive {
    record: Record,
    entries: HashMap<u64, Entry>,
    disputes: Vec<Slug>,
    last: u64,
}

impl Naive {
    pub(crate) fn read(dir: &Path) -> Result<Self> {
        let stored = SledLog::open(dir, Duration::from_secs(10))?;
        let mut entries = stored.entries(Sequence::LEDGER);
        let mut memory = MemoryLog::create(entries.next().ok_or("no entries")??);
        let head = memory.head()?;
        let mut append = memory.begin(&head)?;
        entries.try_for_each(|entry| Ok::<_, Failure>(append.push(entry?)?))?;
        let last = append.commit()?.sequence.get();
        let entries =
            memory.entries(Sequence::new(1)).collect::<std::result::Result<Vec<_>, _>>()?;
        let record = Record::load(read_entries(&memory.ledger()?.id, &entries)?, []);
        let disputes = memory.disputes()?;
        let place = |entry: Entry| (entry.envelope().sequence().get(), entry);
        Ok(Self { record, entries: entries.into_iter().map(place).collect(), disputes, last })
    }

    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    pub(crate) fn disputes(&self) -> &[Slug] {
        &self.disputes
    }

    /// The record as it was known.
    pub(crate) fn at(&self, cut: &Cut) -> Result<AtCut<'_>> {
        let known = Sequence::new(cut.known_at.unwrap_or(self.last));
        let record = self.record.as_known_at(known);
        let spans = spans(&record);
        let head = self.entries.get(&known.get()).ok_or("no such event")?.head();
        Ok(AtCut { naive: self, record, spans, head })
    }
}

pub(crate) struct AtCut<'a> {
    naive: &'a Naive,
    record: Record,
    spans: Vec<Span>,
    head: Head,
}

impl AtCut<'_> {
    /// So many disputes by chance, or all.
    pub(crate) fn drawn(&self, seed: u64, n: usize, count: u64) -> Vec<&Slug> {
        let all = self.naive.disputes();
        if count >= all.len() as u64 {
            return all.iter().collect();
        }
        let mut dice = Dice::new(seed ^ (n as u64) << 32);
        (0..count).map(|_| &all[dice.below(all.len() as u64) as usize]).collect()
    }

    fn as_of(&self, cut: &Cut, dispute: Option<&Slug>, now: Instant) -> Result<AsOf> {
        cut.as_of(self.record.zone_of(dispute), now)
    }

    /// The lines of `list`.
    pub(crate) fn list(&self, cut: &Cut, now: Instant) -> Result<Vec<String>> {
        let mut rows = Vec::new();
        for dispute in self.record.disputes() {
            let as_of = self.as_of(cut, Some(&dispute), now)?;
            let state = State::of(&self.record, &dispute, as_of);
            rows.extend(state.map(|state| Row::of(&state).to_json().to_string()));
        }
        Ok(rows)
    }

    /// The document of `show`; none where there is no such dispute.
    pub(crate) fn show(&self, cut: &Cut, dispute: &Slug, now: Instant) -> Result<Option<String>> {
        let as_of = self.as_of(cut, Some(dispute), now)?;
        let Some(state) = State::of(&self.record, dispute, as_of) else { return Ok(None) };
        let known = Known {
            sequence: self.head.sequence.get(),
            digest: self.head.digest.to_string(),
            recorded_at: self.head.recorded_at,
        };
        let Json::Object(mut members) = state.to_json(&known) else { return Ok(None) };
        let sensitivity = order_sensitive(&self.record, dispute, as_of).unwrap_or_default();
        members.extend(sensitivity.members());
        Ok(Some(Json::Object(members).to_string()))
    }

    /// The events of `log`, each with its span, in the order of recording or of what happened.
    pub(crate) fn events(
        &self,
        cut: &Cut,
        dispute: Option<&Slug>,
        is_recorded: IsRecorded,
        now: Instant,
    ) -> Result<Vec<LogRow>> {
        let as_of = self.as_of(cut, dispute, now)?;
        let of_dispute = |n: &usize| dispute.is_none() || self.record.dispute_of(*n) == dispute;
        let rows = (0..self.record.len()).filter(of_dispute);
        let mut rows: Vec<LogRow> = rows.filter_map(|n| self.log_row(n, as_of)).collect();
        if matches!(is_recorded, IsRecorded::No) {
            let latest = |row: &LogRow| self.spans[row.n].latest;
            rows.sort_by_key(|row| {
                (latest(row).is_some(), latest(row), self.record.original(row.n))
            });
        }
        Ok(rows)
    }

    fn log_row(&self, n: usize, as_of: AsOf) -> Option<LogRow> {
        let (span, event) = (self.spans[n], self.record.get(n)?);
        let is_correction = event.kind.is_about_the_record();
        let has_begun = is_correction || as_of.has_begun(span);
        let is_possible = !is_correction && !as_of.includes(span);
        has_begun.then_some(LogRow { n, is_possible })
    }

    /// The line of an event in `log`.
    pub(crate) fn line(&self, LogRow { n, is_possible }: LogRow) -> Option<String> {
        let event = self.record.get(n)?;
        let entry = self.naive.entries.get(&event.sequence.get())?;
        let handed_in = event.event.as_ref().map_or(Json::Null, Event::to_json);
        let mut members = vec![
            ("sequence".to_owned(), Json::count(event.sequence.get())),
            ("id".to_owned(), Json::text(&event.id)),
            ("dispute".to_owned(), Json::text_or_null(event.dispute.as_ref())),
            ("kind".to_owned(), Json::text(event.kind)),
            ("recorded_at".to_owned(), Json::text(event.recorded_at)),
            ("recorded_by".to_owned(), Json::text(entry.envelope().recorded_by())),
            ("digest".to_owned(), Json::text(entry.digest())),
            ("event".to_owned(), handed_in.clone()),
        ];
        let now = self.record.document(n).map_or(Json::Null, Event::to_json);
        let amended = amended(&handed_in, &now);
        members.extend(amended.map(|amended| ("amended".to_owned(), amended)));
        members.extend(is_possible.then(|| ("possible".to_owned(), Json::Bool(true))));
        Some(Json::Object(members).to_string())
    }
}

#[derive(Clone, Copy)]
pub(crate) enum IsRecorded {
    Yes,
    No,
}

#[derive(Clone, Copy)]
pub(crate) struct LogRow {
    n: usize,
    is_possible: bool,
}

/// The members that read otherwise now, then those that are gone.
fn amended(was: &Json, is: &Json) -> Option<Json> {
    let (Json::Object(before), Json::Object(after)) = (was, is) else { return None };
    let changed = after.iter().filter(|(key, value)| was.get(key) != Some(value)).cloned();
    let gone = before.iter().filter(|(key, _)| is.get(key).is_none());
    let gone = gone.map(|(key, _)| (key.clone(), Json::Null));
    let members: Vec<_> = changed.chain(gone).collect();
    (!members.is_empty()).then_some(Json::Object(members))
}

fn spans(record: &Record) -> Vec<Span> {
    let mut spans: Vec<Span> = (0..record.len()).map(|n| record.span(n)).collect();
    for dispute in record.disputes() {
        let positions = record.of_dispute(&dispute);
        for (n, narrowed) in positions.iter().zip(record.narrowed(positions)) {
            spans[*n] = narrowed.span;
        }
    }
    spans
}
