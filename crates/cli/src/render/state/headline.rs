//! The phase and industrial action.

use dispute_core::event::Fact;
use dispute_core::event::action::ActionForm;
use dispute_projection::dispute::action::{Action, ActionStatus};
use dispute_projection::dispute::phase::Phase;

use super::{View, ids};
use crate::render::sheet::Sheet;
use crate::render::text::flat;
use crate::render::{Tone, dates, words};

/// How many actions that are over are shown.
const PAST: usize = 2;

impl View<'_> {
    /// The phase, unless the strike or lockout beneath says it.
    pub(super) fn phase(&self, sheet: &mut Sheet) {
        let phase = &self.state.phase;
        let word = match phase.status {
            Phase::Stoppage => return,
            Phase::None => {
                sheet.row("PHASE", "not opened yet", &[]);
                return;
            }
            Phase::Opened => "opened, nothing at the table yet".to_owned(),
            Phase::Impasse => "impasse".to_owned(),
            Phase::Closed => self.closing(),
            other => words::plain(other.as_str()),
        };
        let body = match dates::since(&phase.stamp.since) {
            since if since.is_empty() => word,
            since => format!("{word}, {since}"),
        };
        let set_by = ids([&phase.stamp.set_by]);
        sheet.tall_row((Tone::Strong, "PHASE"), (Tone::Strong, &body), &set_by, 2);
    }

    fn closing(&self) -> String {
        match self.fact(&self.state.phase.stamp.set_by) {
            Some(Fact::DisputeClosed(closed)) => format!("closed ({})", closed.outcome),
            _ => "closed".to_owned(),
        }
    }

    /// What is going on, what is suspended and what is announced.
    pub(super) fn live_actions(&self, sheet: &mut Sheet) {
        let actions = &self.state.actions;
        let mut in_progress: Vec<&Action> =
            actions.iter().filter(|a| a.status == ActionStatus::InProgress).collect();
        in_progress.sort_by_key(|action| !action.is_stoppage_in_progress());
        for action in in_progress {
            self.action_in_progress(sheet, action);
        }
        for action in actions.iter().filter(|a| a.status == ActionStatus::Suspended) {
            let body = format!(
                "{} of {}, suspended {} · day {} of it",
                form(action.action),
                self.names.short(&action.by),
                dates::in_words(self.date(&action.set_by)),
                words::number(action.day.unwrap_or(1)),
            );
            let rows = ids([&action.id, &action.set_by]);
            sheet.tall_row((Tone::Strong, "SUSPENDED"), (Tone::Plain, &body), &rows, 2);
        }
        for action in actions.iter().filter(|a| a.status == ActionStatus::Announced) {
            let mut body = format!("{} by {}", form(action.action), self.names.short(&action.by));
            if let Some(from) = &action.since {
                body.push_str(&format!(" from {}", dates::in_words(from)));
            }
            if let Some(to) = &action.until {
                body.push_str(&format!(" to {}", dates::in_words(to)));
            }
            sheet.tall_row(
                (Tone::Strong, "ANNOUNCED"),
                (Tone::Plain, &body),
                &ids([&action.id]),
                2,
            );
        }
    }

    fn action_in_progress(&self, sheet: &mut Sheet, action: &Action) {
        let (label, tone) = match action.action {
            _ if !action.is_stoppage_in_progress() => ("ACTION", Tone::Plain),
            ActionForm::Lockout => ("LOCKED OUT", Tone::Strong),
            _ => ("ON STRIKE", Tone::Strong),
        };
        let mut facts = Vec::new();
        // The label says the plain forms.
        if !matches!(action.action, ActionForm::Strike | ActionForm::Lockout) {
            facts.push(form(action.action));
        }
        let since = action.since.as_deref().unwrap_or_default();
        let day = words::number(action.day.unwrap_or(1));
        facts.push(format!("day {day}, {}", dates::since(since)));
        let sides = self.state.opened.unions.len() + self.state.opened.employers.len();
        if sides > 2 || action.action == ActionForm::Lockout {
            facts.push(format!("by {}", self.names.short(&action.by)));
        }
        if let Some(workers) = action.workers {
            let noun = if workers == 1 { "worker" } else { "workers" };
            facts.push(format!("{} {noun}", words::number(workers)));
        }
        if let Some(Fact::ActionStarted(started)) = self.fact(&action.id) {
            match (&started.to, started.open_ended) {
                (Some(to), _) => facts.push(format!("until {}", dates::in_words(to.as_str()))),
                (None, Some(true)) => facts.push("open-ended".to_owned()),
                (None, _) => {}
            }
        }
        let rows = ids([&action.id, &action.set_by]);
        sheet.tall_row((Tone::Strong, label), (tone, &facts.join(" · ")), &rows, 3);
    }

    /// What is over, the last first, strikes and lockouts before the rest.
    pub(super) fn past_actions(&self, sheet: &mut Sheet) {
        let over = |a: &&Action| matches!(a.status, ActionStatus::Ended | ActionStatus::Withdrawn);
        let mut past: Vec<&Action> = self.state.actions.iter().filter(over).collect();
        past.reverse();
        past.sort_by_key(|action| !is_stoppage(action));
        for (n, action) in past.iter().take(PAST).enumerate() {
            let label = if n == 0 { "OVER" } else { "" };
            let rows = ids([&action.id, &action.set_by]);
            sheet.tall_row((Tone::Strong, label), (Tone::Plain, &self.past(action)), &rows, 2);
        }
        sheet.leave_out(past.len().saturating_sub(PAST), "action");
    }

    fn past(&self, action: &Action) -> String {
        let what = form(action.action);
        if action.status == ActionStatus::Withdrawn {
            let date = dates::in_words(self.date(&action.set_by));
            return format!("{what} announced and withdrawn {date}");
        }
        let since = action.since.as_deref().unwrap_or_default();
        let until = action.until.as_deref().unwrap_or_default();
        let mut body = if since == until {
            format!("{what}, {}", dates::in_words(since))
        } else {
            format!("{what}, {} to {}", dates::in_words(since), dates::in_words(until))
        };
        if let Some(day) = action.day.filter(|day| *day > 1) {
            body.push_str(&format!(" · {} days", words::number(day)));
        }
        if let Some(Fact::ActionEnded(ended)) = self.fact(&action.set_by) {
            body.push_str(&format!(" · ended by {}", ended_by(ended.how.as_str())));
        }
        flat(&body)
    }
}

fn is_stoppage(action: &Action) -> bool {
    action.action.is_strike() || action.action == ActionForm::Lockout
}

fn form(form: ActionForm) -> String {
    words::plain(form.as_str())
}

fn ended_by(how: &str) -> &str {
    match how {
        "unilateral" => "one side",
        other => other,
    }
}
