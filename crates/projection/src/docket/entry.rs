//! One dispute of the docket: its row on every date, worked out once.
//!
//! Every cut by date is a prefix of one order (EVENTS.md, "What on a date means"), so one fold of
//! all events goes through the states of all dates: the row of a date is that of the last moment by
//! then at which an event was folded or something came due. Besides, the days of actions run to the
//! date, and an event counts once it may have begun.

use std::sync::Arc;

use dispute_core::{Instant, Record, Slug, Zone};

use crate::as_of::{AsOf, course};
use crate::dispute::action::day_by;
use crate::dispute::phase::Phase;
use crate::dispute::{Cause, Fold, fold_of, opening};
use crate::docket::row::Row;

/// The row of a dispute on every date, by all that is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocketEntry {
    pub(super) zone: Zone,
    pub(super) rows: Rows,
}

/// What an entry says of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The row.
    Row(Row),
    /// There is no such dispute: its opening is retracted.
    NoDispute,
    /// That only a fold at that cut tells.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rows {
    NoDispute,
    /// None of its rows can be told without a fold.
    Untold,
    Told(Box<Steps>),
}

/// A row that changes step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Steps {
    pub(super) title: String,
    pub(super) employers: Vec<Arc<str>>,
    pub(super) unions: Vec<Arc<str>>,
    /// How many events have no earliest moment: they had always begun.
    pub(super) always: u64,
    /// The earliest moments of the others, in their order.
    pub(super) earliest: Vec<Instant>,
    /// The moment by which the last event has certainly happened.
    pub(super) last: Option<Instant>,
    /// The last moment up to that one at which something came due by itself.
    pub(super) due: Option<Instant>,
    /// From when on the dispute has which phase.
    pub(super) phases: Vec<Turn>,
    /// From when on days are counted from where, if from anywhere.
    pub(super) running: Vec<(Instant, Option<Instant>)>,
}

/// A change of the phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    /// The moment from which on it is so.
    pub(super) at: Instant,
    pub(super) phase: Phase,
    pub(super) since: Since,
}

/// Since when a phase is said to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Since {
    /// Since the day that ends at the moment of the change.
    DayBefore,
    /// As it is written.
    Text(Box<str>),
}

impl DocketEntry {
    /// The entry of a dispute. A record of what belongs to the dispute is enough: no row depends on
    /// an event of another one, since references out of a dispute only speak about something.
    /// `None` where the dispute was never opened.
    pub fn of(record: &Record, dispute: &Slug) -> Option<Self> {
        let zone = record.zone_of(Some(dispute));
        record.ever_opened(dispute).then(|| Self { zone, rows: Rows::of(record, dispute, zone) })
    }

    /// The zone in which the dates of a question about the dispute are read.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The row at a cut by date. What was known must be all that was on record when the entry was
    /// made: of less it says nothing, whatever is asked.
    pub fn at(&self, dispute: &Slug, as_of: AsOf) -> Told {
        match &self.rows {
            Rows::NoDispute => Told::NoDispute,
            Rows::Told(steps) => {
                let row = steps.at(dispute, self.zone, as_of);
                row.map_or(Told::Nothing, Told::Row)
            }
            Rows::Untold => Told::Nothing,
        }
    }
}

impl Rows {
    fn of(record: &Record, dispute: &Slug, zone: Zone) -> Self {
        if opening(record, dispute).is_none() {
            return Self::NoDispute;
        }
        // The rules let there be one opening; of several, dates may be read in another's zone.
        let is_opened_once = record.openings(dispute).len() == 1;
        let steps = is_opened_once.then(|| Steps::of(record, dispute, zone)).flatten();
        steps.map_or(Self::Untold, |steps| Self::Told(Box::new(steps)))
    }
}

impl Steps {
    /// `None` where rows do not change step by step.
    fn of(record: &Record, dispute: &Slug, zone: Zone) -> Option<Self> {
        let (_, opened) = opening(record, dispute)?;
        let end = AsOf::now(Instant::LAST);
        let course = course(record, dispute, end);
        let last = course.certain.last().and_then(|step| step.span.latest);
        let mut watch = Watch::new(zone, last);
        let mut fold = fold_of(record, dispute, end)?;
        fold.run_through(&course.certain, &mut |fold, at, cause| watch.see(fold, at, cause));
        if watch.is_astray {
            return None;
        }
        let mut earliest: Vec<Instant> =
            course.begun.iter().filter_map(|(_, span)| span.earliest).collect();
        earliest.sort_unstable();
        let always = course.begun.len().saturating_sub(earliest.len());
        Some(Self {
            title: opened.title.clone(),
            employers: opened.employers.iter().map(|party| party.as_str().into()).collect(),
            unions: opened.unions.iter().map(|party| party.as_str().into()).collect(),
            always: count(always),
            earliest,
            last,
            due: watch.due,
            phases: watch.phases,
            running: watch.running,
        })
    }

    fn at(&self, dispute: &Slug, zone: Zone, as_of: AsOf) -> Option<Row> {
        let moment = self.moment(as_of)?;
        let turn = last_by(&self.phases, moment, |turn| turn.at);
        let turn = turn.filter(|turn| turn.phase != Phase::None);
        let running = last_by(&self.running, moment, |(at, _)| *at);
        let begun = running.and_then(|(_, begun)| *begun);
        Some(Row {
            dispute: dispute.clone(),
            title: self.title.clone(),
            phase: turn.map_or(Phase::None, |turn| turn.phase),
            since: turn.map(|turn| turn.since.text(zone, turn.at)),
            day: begun.map(|begun| day_by(zone, begun, as_of.moment())),
            employers: self.employers.iter().map(ToString::to_string).collect(),
            unions: self.unions.iter().map(ToString::to_string).collect(),
            events: self.events(as_of),
        })
    }

    /// The moment whose state is that of a cut. Without a date every event counts, also one that is
    /// certain only by the end of today; but what comes due by itself acts up to now. So where
    /// something comes due between the two, no moment has that state.
    fn moment(&self, as_of: AsOf) -> Option<Instant> {
        match as_of.on {
            Some(on) => Some(on),
            None if self.due.is_none_or(|due| due <= as_of.now) => {
                Some(self.last.map_or(as_of.now, |last| last.max(as_of.now)))
            }
            None => None,
        }
    }

    fn events(&self, as_of: AsOf) -> u64 {
        let begun = match as_of.on {
            Some(on) => self.earliest.partition_point(|earliest| *earliest < on),
            None => self.earliest.len(),
        };
        self.always.saturating_add(count(begun))
    }
}

impl Since {
    fn of(text: &str, zone: Zone, at: Instant) -> Self {
        if text == Self::DayBefore.text(zone, at) {
            Self::DayBefore
        } else {
            Self::Text(text.into())
        }
    }

    fn text(&self, zone: Zone, at: Instant) -> String {
        match self {
            Self::DayBefore => zone.date_of(at.before()).to_string(),
            Self::Text(text) => text.to_string(),
        }
    }
}

/// Notes what changes of a row while events are folded.
struct Watch {
    zone: Zone,
    last: Option<Instant>,
    due: Option<Instant>,
    phases: Vec<Turn>,
    running: Vec<(Instant, Option<Instant>)>,
    /// Whether rows do not change step by step.
    is_astray: bool,
}

impl Watch {
    fn new(zone: Zone, last: Option<Instant>) -> Self {
        let (phases, running) = (Vec::new(), Vec::new());
        Self { zone, last, due: None, phases, running, is_astray: false }
    }

    fn see(&mut self, fold: &mut Fold<'_>, at: Option<Instant>, cause: Cause) {
        // What always was so is folded first, and then nothing is left that is due.
        let Some(at) = at else {
            self.is_astray = true;
            return;
        };
        if cause == Cause::Due && Some(at) <= self.last {
            self.due = Some(at);
        }
        self.see_phase(fold, at);
        if !fold.actions.take_touched().is_empty() {
            self.see_actions(fold, at);
        }
    }

    fn see_phase(&mut self, fold: &Fold<'_>, at: Instant) {
        let (phase, stamp) = (fold.phase.status, &fold.phase.stamp);
        let is_same =
            |turn: &Turn| turn.phase == phase && turn.since.text(self.zone, turn.at) == stamp.since;
        match self.phases.last() {
            Some(turn) if is_same(turn) => {}
            None if phase == Phase::None => {}
            _ => {
                let since = Since::of(&stamp.since, self.zone, at);
                self.phases.push(Turn { at, phase, since });
            }
        }
    }

    fn see_actions(&mut self, fold: &Fold<'_>, at: Instant) {
        match fold.actions.running_since() {
            Ok(begun) => {
                if self.running.last().and_then(|(_, begun)| *begun) != begun {
                    self.running.push((at, begun));
                }
            }
            Err(_) => self.is_astray = true,
        }
    }
}

/// The last of some things in their order that is there by a moment.
fn last_by<T>(all: &[T], moment: Instant, at: impl Fn(&T) -> Instant) -> Option<&T> {
    let by_then = all.partition_point(|one| at(one) <= moment);
    all.get(by_then.checked_sub(1)?)
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
