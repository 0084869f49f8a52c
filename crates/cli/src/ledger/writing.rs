//! The way of an event: rules against what is on record, the fold with it, seal, append.

use std::collections::{BTreeSet, HashSet};

use clap::ArgMatches;
use dispute_core::event::Event;
use dispute_core::{
    Admitted, BehindClock, Entry, EventId, EventLog, ExpectedHead, Head, Json, LedgerId, Names,
    ReadError, ReadLog, Record, Recorded, Refusal, Scope, SealedDate, Sealer, Sequence, SledLog,
    Slug, SystemClock, Unplaced, Zone, assign_id, draft, read_disputes, read_record, record_around,
    scope_of, sealed_date, with_all_named, with_named,
};
use dispute_projection::dispute::warning::Warning;
use dispute_projection::{AsOf, warnings_of};

use crate::commands::Context;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::ledger;
use crate::ledger::reading::dispute_record;
use crate::ledger::recording::{Recording, Taken};

/// A ledger that is open for writing, and who writes.
pub(crate) struct Writing {
    pub(crate) log: SledLog,
    pub(crate) head: Head,
    ledger: LedgerId,
    recorder: String,
    behind: BehindClock,
    dry_run: bool,
    /// What was read last, since a dispute is asked for its zone before its rules.
    known: Option<(Scope, Record)>,
}

/// What became of an event that was handed in.
pub(crate) struct Answer {
    pub(crate) id: EventId,
    pub(crate) event: Event,
    /// Where it is, or would be.
    pub(crate) sequence: Sequence,
    pub(crate) occurred: Option<SealedDate>,
    /// The sealed entry, or the one on record; none of a dry run.
    pub(crate) entry: Option<Entry>,
    pub(crate) already_recorded: bool,
}

impl Writing {
    /// Opens the ledger to write with the arguments of a verb.
    pub(crate) fn open(arguments: &ArgMatches, context: &Context) -> Result<Self> {
        let dir = context.folder()?;
        if dir.is_file() {
            return Err(ledger::backup::no_ledger(&dir).into());
        }
        let recorder = ledger::recorder(arguments.get_one::<String>("as"), &dir)?;
        let expected = arguments.get_one::<String>("expect-head").map(|text| read_head(text));
        let expected = expected.transpose()?;
        let log = ledger::open(&dir, context.wait, context.output)?;
        let head = log.head()?;
        if let Some(expected) = expected.filter(|expected| !expected.is(&head)) {
            let message = format!("the head is {}, not {expected}", short(&head));
            return Err(CommandError::new("head-moved", message, ExitCode::Locked)
                .fact("nothing was recorded")
                .hint("look at what was recorded since: dispute log --recorded")
                .into());
        }
        if let Some(events) = log.events_to_move() {
            context.output.remark(&format!(
                "note: this ledger is of an earlier layout; its {events} events move into segments \
                 now, which takes a moment and happens once"
            ));
        }
        let behind = if arguments.get_flag("accept-clock") {
            BehindClock::Accept
        } else {
            BehindClock::Refuse
        };
        let ledger = log.ledger()?.id;
        let dry_run = arguments.get_flag("dry-run");
        Ok(Self { log, head, ledger, recorder, behind, dry_run, known: None })
    }

    /// Opens the ledger once more after much was recorded: at opening the store notes how far it is
    /// written, so that the next opening is fast and damage is seen in its place; and the parties
    /// and standards are noted, which every command asks for. What was recorded is durable without
    /// it.
    pub(crate) fn settle(self, context: &Context) {
        let dir = self.log.dir().to_owned();
        drop(self.log);
        match SledLog::open(&dir, context.wait) {
            // What cannot be read is told by whoever asks for it.
            Ok(log) => Names::keep_up(&log).unwrap_or_default(),
            Err(error) => context
                .output
                .remark(&format!("note: the ledger could not be opened again: {error}")),
        }
    }

    pub(crate) fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    fn sealer(&self) -> Sealer<'static> {
        Sealer::new(self.ledger, self.head, &SystemClock, self.behind)
    }

    /// The zone in which the dates of a dispute are read.
    pub(crate) fn zone_of(&mut self, dispute: Option<&Slug>) -> Result<Zone> {
        let Some(dispute) = dispute else { return Ok(Zone::UTC) };
        let scope = Scope::Disputes(BTreeSet::from([dispute.clone()]));
        let record = read_unless_known(&self.log, &mut self.known, &scope)?;
        let zone = record.zone_of(Some(dispute));
        self.known = Some((scope, record));
        Ok(zone)
    }

    /// What is on record of the scope of some events.
    fn record_for(&mut self, events: &[Event]) -> Result<Record> {
        let (log, known) = (&self.log, &mut self.known);
        let mut read = |scope: &Scope| read_unless_known(log, known, scope);
        let record = record_around(log, events, &mut read)?;
        Ok(with_named(log, record, events)?)
    }

    /// Records a few events together, or none of them; gives what became of each, and the warnings
    /// that they bring.
    pub(crate) fn record(
        &mut self,
        events: Vec<Event>,
        context: &Context,
    ) -> Result<(Vec<Answer>, Vec<Warning>)> {
        for event in &events {
            if scope_of(&self.log, event)? == Scope::Whole {
                return self.record_by_look_ups(events, context);
            }
        }
        let mut record = self.record_for(&events)?;
        let answers = match self.admit_all(&mut record, &events) {
            Ok(answers) => answers,
            // What was meant instead may be a party that nothing here names.
            Err(_) => {
                let around = self.record_for(&events)?;
                record = with_all_named(&self.log, around)?;
                self.admit_all(&mut record, &events)?
            }
        };
        let new: Vec<&Answer> = answers.iter().filter(|answer| !answer.already_recorded).collect();
        let ids: Vec<&EventId> = new.iter().map(|answer| &answer.id).collect();
        let warnings = warnings_brought(&record, self.head.sequence, &ids, context);
        if !self.dry_run && !new.is_empty() {
            let mut append = self.log.begin(&self.head)?;
            for answer in &new {
                if let Some(entry) = &answer.entry {
                    append.push(entry.clone())?;
                }
            }
            self.head = append.commit()?;
        }
        Ok((answers, warnings))
    }

    /// Takes events into the record, one after the other, and seals them.
    fn admit_all(&self, record: &mut Record, events: &[Event]) -> Result<Vec<Answer>> {
        let mut sealer = self.sealer();
        let coming: HashSet<EventId> = events.iter().filter_map(|event| event.id.clone()).collect();
        let admit = |event: &Event| {
            self.admit(record, &mut sealer, event.clone(), &|id| coming.contains(id))
        };
        events.iter().map(admit).collect()
    }

    /// The same where the whole ledger would have to be read for it, though most often little of it
    /// is asked for.
    fn record_by_look_ups(
        &mut self,
        events: Vec<Event>,
        context: &Context,
    ) -> Result<(Vec<Answer>, Vec<Warning>)> {
        let (head, dry_run) = (self.head, self.dry_run);
        let coming: HashSet<EventId> = events.iter().filter_map(|event| event.id.clone()).collect();
        let mut recording = self.begin()?;
        let (mut answers, mut new) = (Vec::new(), Vec::new());
        for event in events {
            let mut unplaced = Unplaced::new(event.clone());
            let is_coming = |id: &EventId| coming.contains(id);
            let taken = recording.take(&mut unplaced, &event.content(), &is_coming)?;
            let (sequence, already_recorded) = match taken {
                Taken::Refused(refusal) => return Err(refusal.into()),
                Taken::AlreadyRecorded(at) => (at, true),
                Taken::New(id) => {
                    new.push(id);
                    (recording.end(), false)
                }
            };
            let entry = ledger::reading::entry(recording.log(), sequence)?;
            let id = entry.envelope().id().clone();
            let occurred = entry.envelope().occurred().cloned();
            let entry = Some(entry).filter(|_| already_recorded || !dry_run);
            answers.push(Answer { id, event, sequence, occurred, entry, already_recorded });
        }
        let warnings = warnings_in(recording.log(), head.sequence, &new, context)?;
        if !dry_run && !new.is_empty() {
            let head = recording.commit()?;
            self.head = head;
        }
        Ok((answers, warnings))
    }

    /// Begins to record events, one after the other.
    pub(crate) fn begin(&mut self) -> Result<Recording<'_>> {
        let sealer = self.sealer();
        let append = self.log.begin(&self.head)?;
        Ok(Recording::new(append, sealer, self.ledger, &self.recorder))
    }

    /// Takes one event into the record where it keeps the rules, and seals it.
    fn admit(
        &self,
        record: &mut Record,
        sealer: &mut Sealer<'_>,
        event: Event,
        coming: &dyn Fn(&EventId) -> bool,
    ) -> Result<Answer> {
        let sequence = sealer.head().sequence.next();
        let recorded_at = sealer.next_time()?;
        let id = match &event.id {
            Some(id) => id.clone(),
            None => {
                let is_slug = |id: &EventId| {
                    Slug::parse(id.as_str()).is_some_and(|slug| record.ever_opened(&slug))
                };
                let in_log = |id: &EventId| matches!(self.log.listed(id), Ok(Some(_)));
                assign_id(&self.ledger, sequence, |id| {
                    is_slug(id) || record.position(id).is_some() || in_log(id)
                })
            }
        };
        let new = Recorded::new(sequence, recorded_at, id.clone(), event.clone());
        let admitted = record.admit(new, coming).map_err(|refusal| {
            // Nobody knows yet the id that it would have been assigned.
            let unnamed = event.id.is_none() && refusal.event.as_ref() == Some(&id);
            if unnamed { Refusal { event: None, ..refusal } } else { refusal }
        })?;
        if let Admitted::AlreadyRecorded(n) = admitted {
            let sequence = record.get(n).map_or(sequence, |known| known.sequence);
            let entry = self.log.entry(sequence)?;
            let occurred = entry.as_ref().and_then(|entry| entry.envelope().occurred().cloned());
            return Ok(Answer { id, event, sequence, occurred, entry, already_recorded: true });
        }
        let zone = record.zone_of(event.dispute.as_ref());
        let occurred = event.occurred.as_ref().map(|date| sealed_date(date, zone)).transpose()?;
        let draft = draft(record, &event, id.clone(), &self.recorder)?;
        let entry = sealer.seal_at(draft, recorded_at)?;
        let entry = (!self.dry_run).then_some(entry);
        Ok(Answer { id, event, sequence, occurred, entry, already_recorded: false })
    }
}

impl Answer {
    /// `{schema, id, sequence, digest, recorded_at, occurred, warnings, already_recorded}`
    pub(crate) fn to_json(&self, verb: &str, warnings: &[Warning]) -> Json {
        let digest = self.entry.as_ref().map(Entry::digest);
        let recorded_at = self.entry.as_ref().map(|entry| entry.envelope().recorded_at());
        let occurred = self.occurred.as_ref().map_or(Json::Null, |date| {
            Json::object([
                ("text", Json::text(&date.text)),
                ("earliest", Json::text_or_null(date.earliest)),
                ("latest", Json::text_or_null(date.latest)),
            ])
        });
        Json::object([
            ("schema", Json::Text(format!("dispute/{verb}/v1"))),
            ("id", Json::text(&self.id)),
            ("sequence", Json::count(self.sequence.get())),
            ("digest", Json::text_or_null(digest)),
            ("recorded_at", Json::text_or_null(recorded_at)),
            ("occurred", occurred),
            ("warnings", Json::List(warnings.iter().map(Warning::to_json).collect())),
            ("already_recorded", Json::Bool(self.already_recorded)),
        ])
    }

    /// The same in a line for people.
    pub(crate) fn in_words(&self, dry_run: bool) -> String {
        let what = match (self.already_recorded, dry_run) {
            (true, _) => "already recorded",
            (false, true) => "would record",
            (false, false) => "recorded",
        };
        let date = match &self.occurred {
            Some(date) => format!(" · {}", crate::render::dates::in_words(&date.text)),
            None => String::new(),
        };
        let written = self.occurred.as_ref().map_or("", |date| date.text.as_str());
        let written = if written.is_empty() { String::new() } else { format!(" ({written})") };
        let digest = match &self.entry {
            Some(entry) => {
                format!(" · {}", entry.digest().to_string().get(..8).unwrap_or_default())
            }
            None => String::new(),
        };
        let kind = self.event.kind();
        format!("{what} {} · {kind}{date}{written} · #{}{digest}\n", self.id, self.sequence)
    }
}

/// What is on record of a scope, unless that was read last.
fn read_unless_known(
    log: &SledLog,
    known: &mut Option<(Scope, Record)>,
    scope: &Scope,
) -> std::result::Result<Record, ReadError> {
    match known.take() {
        Some((known, record)) if known == *scope => Ok(record),
        _ => match scope {
            Scope::Disputes(disputes) => read_disputes(log, disputes),
            Scope::Whole => read_record(log, scope),
        },
    }
}

/// The warnings that some events bring to the disputes that they belong to, theirs first.
fn warnings_brought(
    after: &Record,
    head_before: Sequence,
    new: &[&EventId],
    context: &Context,
) -> Vec<Warning> {
    let positions = new.iter().filter_map(|id| after.position(id));
    let disputes: BTreeSet<&Slug> = positions.filter_map(|n| after.dispute_of(n)).collect();
    let new: HashSet<&EventId> = new.iter().copied().collect();
    let mut brought = Vec::new();
    for dispute in disputes {
        brought.extend(brought_to(dispute, after, head_before, &new, context));
    }
    brought.sort_by_key(|warning| !new.contains(&warning.event));
    brought
}

/// The same, read from a log dispute by dispute.
pub(crate) fn warnings_in(
    log: &dyn ReadLog,
    head_before: Sequence,
    new: &[EventId],
    context: &Context,
) -> Result<Vec<Warning>> {
    let mut disputes = BTreeSet::new();
    for id in new {
        disputes.extend(log.listed(id)?.and_then(|listed| listed.belongs_to));
    }
    let new: HashSet<&EventId> = new.iter().collect();
    let mut brought = Vec::new();
    for dispute in &disputes {
        let record = dispute_record(log, dispute)?;
        brought.extend(brought_to(dispute, &record, head_before, &new, context));
    }
    brought.sort_by_key(|warning| !new.contains(&warning.event));
    Ok(brought)
}

/// The warnings that new events, recorded after a head, bring to a dispute.
fn brought_to(
    dispute: &Slug,
    after: &Record,
    head_before: Sequence,
    new: &HashSet<&EventId>,
    context: &Context,
) -> Vec<Warning> {
    let as_of = AsOf::now(context.today.now);
    let mut now = warnings_of(after, dispute, as_of);
    // Only where an older event carries a warning does it matter whether it did before.
    if now.iter().all(|warning| new.contains(&warning.event)) {
        return now;
    }
    let known = warnings_of(&after.as_known_at(head_before), dispute, as_of);
    now.retain(|warning| !known.iter().any(|w| w.code == warning.code && w.event == warning.event));
    now
}

/// A head that was written down elsewhere.
pub(crate) fn read_head(text: &str) -> Result<ExpectedHead> {
    ExpectedHead::parse(text).ok_or_else(|| {
        CommandError::usage(format!("`{text}` is no head"))
            .hint("write it as dispute head prints it: SEQUENCE:DIGEST, at least 8 digits of it")
            .into()
    })
}

/// A head as people write it down.
pub(crate) fn short(head: &Head) -> String {
    let digest = head.digest.to_string();
    format!("{}:{}", head.sequence, digest.get(..16).unwrap_or_default())
}
