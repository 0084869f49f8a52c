//! Industrial action: what is announced, what is in progress, and for how long.

use dispute_core::event::action::{ActionAnnounced, ActionStarted};
use dispute_core::event::action::{ActionChange, ActionChanged, ActionEnded, ActionForm};
use dispute_core::{EventId, Instant, Json, Number, Zone};

use crate::as_of::Step;
use crate::dispute::rows::Rows;
use crate::dispute::stamp::statuses;

statuses! {
    /// Where an action stands.
    ActionStatus {
        Announced = "announced",
        InProgress = "in-progress",
        Suspended = "suspended",
        Ended = "ended",
        Withdrawn = "withdrawn",
    }
}

/// An action, or the announcement of one that has not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The event that started or announced it.
    pub id: EventId,
    /// Its form, as converted.
    pub action: ActionForm,
    /// Whose action it is.
    pub by: String,
    /// Where it stands.
    pub status: ActionStatus,
    /// Since when; for an announcement, the first day that it names.
    pub since: Option<String>,
    /// Until when; for an announcement, the last day that it names.
    pub until: Option<String>,
    /// The event that gave it its status.
    pub set_by: EventId,
    /// Its day at the cut, or at its end.
    pub day: Option<i64>,
    /// How many take part.
    pub workers: Option<i128>,
    /// Its position in the record.
    pub(crate) n: usize,
    /// The last moment at which it can have begun is just before this one.
    pub(crate) begun: Option<Instant>,
    /// The same of its end.
    ended: Option<Instant>,
    /// Whether its end only follows from its own date, so that an event can still move it.
    end_is_own: bool,
    /// From which moments on it was a stoppage action in progress, or was none.
    turns: Vec<(Instant, bool)>,
}

/// All actions of a dispute, in effective order.
pub(crate) type Actions = Rows<Action>;

/// An action in progress has an end, so that its day is not counted to the cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EndedInProgress;

/// What an event did to an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It changed it.
    Made,
    /// It was out of place and changed nothing.
    OutOfPlace,
    /// There is no such action at the cut.
    Nothing,
}

impl Rows<Action> {
    pub(crate) fn announce(&mut self, step: &Step<'_>, announced: &ActionAnnounced) {
        self.put(
            step.n,
            Action {
                id: step.id.clone(),
                action: announced.action,
                by: announced.by.to_string(),
                status: ActionStatus::Announced,
                since: announced.from.as_ref().map(ToString::to_string),
                until: announced.to.as_ref().map(ToString::to_string),
                set_by: step.id.clone(),
                day: None,
                workers: None,
                n: step.n,
                begun: None,
                ended: None,
                end_is_own: false,
                turns: Vec::new(),
            },
        );
    }

    pub(crate) fn start(&mut self, step: &Step<'_>, started: &ActionStarted) {
        let mut action = Action {
            id: step.id.clone(),
            action: started.action,
            by: started.by.to_string(),
            status: ActionStatus::InProgress,
            since: step.event.occurred.as_ref().map(ToString::to_string),
            until: None,
            set_by: step.id.clone(),
            day: None,
            workers: started.workers.map(|count| i128::from(count.0)),
            n: step.n,
            begun: step.span.latest,
            ended: None,
            end_is_own: false,
            turns: Vec::new(),
        };
        action.turn(step.span.latest);
        self.put(step.n, action);
    }

    /// An announcement that a start or a change names gives way to it.
    pub(crate) fn forget_announcement(&mut self, n: usize) {
        if self.get(n).is_some_and(|action| action.begun.is_none()) {
            self.remove(n);
        }
    }

    pub(crate) fn withdraw(&mut self, step: &Step<'_>, n: usize) {
        if let Some(action) = self.get_mut(n) {
            action.status = ActionStatus::Withdrawn;
            action.set_by = step.id.clone();
        }
    }

    pub(crate) fn change(&mut self, step: &Step<'_>, n: usize, changed: &ActionChanged) -> Change {
        let Some(action) = self.get_mut(n) else { return Change::Nothing };
        let resumes = changed.change == ActionChange::Resumed;
        if action.status == ActionStatus::Ended
            || (resumes && action.status != ActionStatus::Suspended)
        {
            return Change::OutOfPlace;
        }
        match changed.change {
            ActionChange::Suspended => action.status = ActionStatus::Suspended,
            ActionChange::Resumed => action.status = ActionStatus::InProgress,
            ActionChange::Converted => {
                action.action = changed.action.unwrap_or(action.action);
            }
            ActionChange::Expanded | ActionChange::Narrowed => {}
        }
        if matches!(changed.change, ActionChange::Suspended | ActionChange::Resumed) {
            action.set_by = step.id.clone();
        }
        let count = |count: Option<dispute_core::event::value::Count>| {
            count.map_or(0, |count| i128::from(count.0))
        };
        action.workers = match (changed.workers, action.workers) {
            // A new total has those who joined or left with it in it.
            (Some(total), _) => Some(i128::from(total.0)),
            (None, total) => {
                total.map(|t| (t + count(changed.joined) - count(changed.left)).max(0))
            }
        };
        action.turn(step.span.latest);
        Change::Made
    }

    /// The first end stands; the end that a protest has by itself can be moved once.
    pub(crate) fn end(&mut self, step: &Step<'_>, n: usize, ended: &ActionEnded) -> Change {
        let Some(action) = self.get_mut(n) else { return Change::Nothing };
        if action.status == ActionStatus::Ended && !action.end_is_own {
            return Change::OutOfPlace;
        }
        action.status = ActionStatus::Ended;
        action.until = step.event.occurred.as_ref().map(ToString::to_string);
        action.ended = step.span.latest;
        action.end_is_own = false;
        action.set_by = step.id.clone();
        if let Some(total) = ended.workers {
            action.workers = Some(i128::from(total.0));
        }
        action.turn(step.span.latest);
        Change::Made
    }

    /// The day that was fixed for its end is past.
    pub(crate) fn expire(&mut self, n: usize, until: &str, at: Instant) -> bool {
        self.finish(n, until, at, false)
    }

    /// A protest without a fixed end is over with its own date.
    pub(crate) fn end_with_own_date(&mut self, n: usize, at: Instant) -> bool {
        let protest = self.get(n).filter(|action| action.action == ActionForm::Protest);
        match protest.map(|action| action.since.clone().unwrap_or_default()) {
            Some(until) => self.finish(n, &until, at, true),
            None => false,
        }
    }

    fn finish(&mut self, n: usize, until: &str, at: Instant, end_is_own: bool) -> bool {
        let Some(action) = self.get_mut(n).filter(|a| a.status != ActionStatus::Ended) else {
            return false;
        };
        action.status = ActionStatus::Ended;
        action.until = Some(until.to_owned());
        action.ended = Some(at);
        action.end_is_own = end_is_own;
        action.set_by = action.id.clone();
        action.turn(Some(at));
        true
    }

    /// Strikes of any type and lockouts that are in progress.
    pub(crate) fn stoppages(&self) -> impl Iterator<Item = &Action> {
        self.iter().filter(|action| action.is_stoppage_in_progress())
    }

    /// The earliest moment by which an action that is in progress had begun: from there the day of
    /// the longest one is counted.
    pub(crate) fn running_since(&self) -> Result<Option<Instant>, EndedInProgress> {
        let mut since: Option<Instant> = None;
        for action in self.iter().filter(|row| row.status == ActionStatus::InProgress) {
            if action.ended.is_some() {
                return Err(EndedInProgress);
            }
            since = [since, action.begun].into_iter().flatten().min();
        }
        Ok(since)
    }

    /// The actions with their days at the cut.
    pub(crate) fn finished(self, zone: Zone, moment: Instant) -> Vec<Action> {
        let mut rows: Vec<Action> = self.into_vec();
        for action in &mut rows {
            let end = action.ended.unwrap_or(moment);
            action.day = action.begun.map(|begun| day_by(zone, begun, end));
        }
        rows
    }
}

impl Action {
    /// Notes from when on it is, or is not, a stoppage action in progress.
    fn turn(&mut self, at: Option<Instant>) {
        let is_on = self.status == ActionStatus::InProgress && self.action.is_stoppage_action();
        if let Some(at) = at {
            self.turns.push((at, is_on));
        }
    }

    /// Whether it was a stoppage action in progress at any time after a moment, up to another. What
    /// began and ended within one span of time was in progress in it.
    pub(crate) fn went_on_after(&self, moment: Instant, until: Instant) -> bool {
        let ends = self.turns.iter().skip(1).map(|(at, _)| *at).chain([until]);
        self.turns.iter().zip(ends).any(|((from, is_on), to)| *is_on && moment < to.max(*from))
    }

    /// The last moment at which it can have begun is just before this one.
    pub(crate) fn begun(&self) -> Option<Instant> {
        self.begun
    }

    /// A strike of any type or a lockout that is in progress.
    pub fn is_stoppage_in_progress(&self) -> bool {
        self.status == ActionStatus::InProgress && is_strike_or_lockout(self.action)
    }

    /// `{id, action, by, status, since, until, day, workers, set_by}`
    pub fn to_json(&self) -> Json {
        let count = |n: i128| u64::try_from(n.max(0)).map_or(Json::Null, Json::count);
        let day = |day: i64| Json::Number(Number::parse(&day.to_string()).unwrap_or_default());
        Json::object([
            ("id", Json::text(&self.id)),
            ("action", Json::text(self.action)),
            ("by", Json::text(&self.by)),
            ("status", Json::text(self.status)),
            ("since", Json::text_or_null(self.since.as_ref())),
            ("until", Json::text_or_null(self.until.as_ref())),
            ("day", self.day.map_or(Json::Null, day)),
            ("workers", self.workers.map_or(Json::Null, count)),
            ("set_by", Json::text(&self.set_by)),
        ])
    }
}

/// The day of an action that had begun by one moment, at another.
pub(crate) fn day_by(zone: Zone, begun: Instant, moment: Instant) -> i64 {
    // The end of a span is the first moment after it: a day earlier at midnight.
    let days = zone.date_of(moment.before()) - zone.date_of(begun.before());
    // An end that was fixed before the last possible beginning leaves one day.
    (days.num_days() + 1).max(1)
}

/// What makes a stoppage.
pub(crate) fn is_strike_or_lockout(form: ActionForm) -> bool {
    form.is_strike() || form == ActionForm::Lockout
}
