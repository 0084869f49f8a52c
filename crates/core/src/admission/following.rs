//! Keeping what is remembered in step with what is appended.

use super::around::Around;
use super::dispute_state::{Correction, Does, declares};
use super::known_event::{KnownEvent, Reading};
use super::{Admission, Corrected};
use crate::event::{Event, Fact, Kind};
use crate::event_log::{ReadLog, existing};
use crate::identifier::EventId;
use crate::instant::Instant;
use crate::record::Recorded;
use crate::recording::ReadError;

impl Admission {
    pub(super) fn add(
        &mut self,
        new: &Recorded,
        event: &Event,
        around: Around,
        earliest: Option<Instant>,
    ) {
        let state = event.dispute.as_ref().and_then(|dispute| around.dispute(dispute));
        if self.proving.contains(&new.kind)
            && let Some(state) = state
        {
            let reading = Reading { recorded: new, document: Some(event), stands: true };
            let known = KnownEvent::new(&reading, state.slug.clone(), earliest);
            let proved = around.events.iter().map(|event| event.earliest).max().flatten();
            if known.version_of.is_none() {
                known.raise(state.epoch, known.own_earliest.max(proved));
            }
            known.may_be_proof.set(false);
            self.memory.remember(&new.id, &known);
        }
        drop(around);
        if let (Fact::DisputeOpened(_), Some(dispute)) = (&event.fact, &event.dispute) {
            self.memory.open(dispute);
        }
        let is_version = event.common.version_of.is_some();
        if (is_version || declares(new.kind))
            && let Some(state) = self.memory.remembered(event.dispute.as_ref())
        {
            if let Some(of) = &event.common.version_of {
                state.add_version(&new.id, of);
            }
            match (&event.fact, event.declares()) {
                (Fact::DisputeOpened(opened), _) => {
                    state.open(new.id.clone());
                    state.zone = opened.time_zone;
                }
                // A version declares something only in the place of its original.
                (_, Some((named, slug))) if !is_version => state.declare(named, slug.clone()),
                _ => {}
            }
        }
    }

    pub(super) fn correct(&mut self, new: &Recorded, corrected: &Corrected) {
        let Corrected { id, listed, does, may_be_proof } = corrected;
        let epoch = self.memory.next_epoch();
        if let Some(state) = self.memory.remembered(listed.belongs_to.as_ref()) {
            state.correct(listed.sequence, Correction { at: new.sequence, does: *does });
            if *does == Does::Retract {
                state.withdraw(id);
            }
            if *may_be_proof {
                state.epoch = epoch;
            }
        }
        if *does == Does::Retract {
            self.memory.forget_event(id);
        }
    }

    /// Forgets what reads otherwise once an event is appended.
    pub(super) fn forget(&mut self, log: &dyn ReadLog, event: &Event) -> Result<(), ReadError> {
        if event.kind() == Kind::DisputeOpened {
            self.memory.forget_all();
        }
        // A correction names no dispute; it belongs where what it corrects does.
        if !event.kind().is_about_the_record() {
            self.memory.forget_dispute(event.dispute.as_ref());
        }
        let mut next = corrected(event).cloned();
        while let Some(id) = next {
            self.memory.forget_event(&id);
            let Some(listed) = log.listed(&id)? else { break };
            let entry = existing(log, listed.sequence)?;
            if Kind::parse(entry.envelope().kind()).is_none_or(declares) {
                self.memory.forget_all();
            }
            self.memory.forget_dispute(listed.belongs_to.as_ref());
            next = entry.envelope().corrects().cloned();
        }
        Ok(())
    }
}

/// The event that an event corrects.
fn corrected(event: &Event) -> Option<&EventId> {
    match &event.fact {
        Fact::Amendment(amendment) => Some(&amendment.of),
        Fact::Retraction(retraction) => Some(&retraction.of),
        Fact::Redaction(redaction) => Some(&redaction.of),
        _ => None,
    }
}
