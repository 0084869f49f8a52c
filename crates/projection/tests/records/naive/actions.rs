//! Announcements and actions.

use dispute_core::event::Fact;
use dispute_core::event::action::{ActionChange, ActionForm};
use dispute_core::{Edtf, Instant};

use super::Happening::{Due, Event as Happens};
use super::{Naive, Story};

impl Story<'_> {
    pub(super) fn action(&self, upto: usize, s: usize) -> Option<ActionRow> {
        let naive = self.naive;
        if !self.has_happened(upto, s) {
            return None;
        }
        let date = |date: &Option<Edtf>| date.as_ref().map(ToString::to_string);
        let mut row = match naive.fact(s) {
            Fact::ActionAnnounced(announced) => ActionRow {
                status: "announced",
                form: announced.action,
                since: date(&announced.from),
                until: date(&announced.to),
                workers: None,
                begun: None,
                ended: None,
            },
            Fact::ActionStarted(started) => ActionRow {
                status: "in-progress",
                form: started.action,
                since: Some(naive.date(s)),
                until: None,
                workers: started.workers.map(|count| i128::from(count.0)),
                begun: self.spans[&s].latest,
                ended: None,
            },
            _ => return None,
        };
        let mut moves = false;
        for (at, happening) in self.after(upto, s) {
            let n = match happening {
                Happens(n) => n,
                Due(n) if n == s && row.status != "ended" => {
                    let Fact::ActionStarted(started) = naive.fact(s) else { continue };
                    // A protest that was converted is no longer over with its own span.
                    if started.to.is_none() && row.form != ActionForm::Protest {
                        continue;
                    }
                    moves = started.to.is_none();
                    row.status = "ended";
                    row.until = date(&started.to).or(row.since.clone());
                    let to = started.to.as_ref().and_then(|to| to.span(naive.zone).unwrap().latest);
                    row.ended = to.max(row.begun);
                    continue;
                }
                Due(_) => continue,
            };
            match naive.fact(n) {
                Fact::ActionStarted(started)
                    if naive.target_of(started.announced.as_ref()) == Some(s) =>
                {
                    return None;
                }
                Fact::ActionChanged(changed) => {
                    let of = naive.target(&changed.of);
                    if naive.target_of(changed.announced.as_ref()) == Some(s)
                        && of.is_some_and(|of| self.changes(at, of, changed.change))
                    {
                        return None;
                    }
                    if of != Some(s) || !fits(&row, changed.change) {
                        continue;
                    }
                    match changed.change {
                        ActionChange::Suspended => row.status = "suspended",
                        ActionChange::Resumed => row.status = "in-progress",
                        ActionChange::Converted => row.form = changed.action.unwrap_or(row.form),
                        ActionChange::Expanded | ActionChange::Narrowed => {}
                    }
                    let joined = changed.joined.map_or(0, |count| i128::from(count.0));
                    let left = changed.left.map_or(0, |count| i128::from(count.0));
                    row.workers = match changed.workers {
                        Some(total) => Some(i128::from(total.0)),
                        None => row.workers.map(|total| (total + joined - left).max(0)),
                    };
                }
                Fact::ActionEnded(ended)
                    if naive.target(&ended.of) == Some(s) && (row.status != "ended" || moves) =>
                {
                    moves = false;
                    row.status = "ended";
                    row.until = Some(naive.date(n));
                    row.ended = self.spans[&n].latest;
                    let total = ended.workers.map(|count| i128::from(count.0));
                    row.workers = total.or(row.workers);
                }
                Fact::Withdrawal(withdrawal) if naive.target(&withdrawal.of) == Some(s) => {
                    row.status = "withdrawn";
                }
                _ => {}
            }
        }
        Some(row)
    }

    /// Whether a change at a place is one of an action that can change so.
    pub(super) fn changes(&self, at: usize, of: usize, change: ActionChange) -> bool {
        self.action(at, of).is_some_and(|row| fits(&row, change))
    }
}

pub(super) struct ActionRow {
    pub(super) status: &'static str,
    pub(super) form: ActionForm,
    pub(super) since: Option<String>,
    pub(super) until: Option<String>,
    pub(super) workers: Option<i128>,
    pub(super) begun: Option<Instant>,
    pub(super) ended: Option<Instant>,
}

impl ActionRow {
    pub(super) fn shown(&self, n: usize, naive: &Naive<'_>, moment: Instant) -> Option<String> {
        let or_null = |text: Option<String>| text.unwrap_or("null".to_owned());
        let day = self.begun.map(|begun| {
            let end = naive.zone.date_of(self.ended.unwrap_or(moment).before());
            let days = (end - naive.zone.date_of(begun.before())).num_days() + 1;
            days.max(1).to_string()
        });
        Some(format!(
            "{} {} {} {} {} {} {}",
            naive.id(n),
            self.form,
            self.status,
            or_null(self.since.clone()),
            or_null(self.until.clone()),
            or_null(day),
            or_null(self.workers.map(|workers| workers.to_string())),
        ))
    }
}

/// Whether an action can change so: not once it has ended, and it resumes only when suspended.
pub(super) fn fits(row: &ActionRow, change: ActionChange) -> bool {
    row.status != "ended" && (change != ActionChange::Resumed || row.status == "suspended")
}
