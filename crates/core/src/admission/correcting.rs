//! What a correction may break, and what it cannot.

use super::around::Gathered;
use super::dispute_state::{Does, declares};
use super::known_event::{KnownEvent, are_alike};
use super::{Admission, Change, Corrected, NotAdmitted};
use crate::event::Event;
use crate::event::record::{Amendment, Retraction};
use crate::event_log::{Listed, ReadLog};
use crate::identifier::EventId;
use crate::record::Recorded;
use crate::rules;

impl Admission {
    /// Whether an amendment breaks a rule. Rules of other events ask of an event only what
    /// [`are_alike`] compares, and what its kind declares, which no amendment can touch. So where
    /// the two readings are alike, the amended document alone can break one.
    pub(super) fn amend(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        event: &Event,
        amendment: &Amendment,
    ) -> Result<Change, NotAdmitted> {
        let of = &amendment.of;
        let Some(listed) = log.listed(of)? else { return Ok(Change::Unsettles) };
        let Some((recorded, Some(before))) = self.memory.as_it_reads(log, &listed)? else {
            // What was erased reads as nothing, amended or not.
            return Ok(amended(of, listed));
        };
        let after = before.amended(&amendment.set).map_err(|refusal| refusal.of(Some(of)))?;
        let state = self.memory.state(log, listed.belongs_to.as_ref())?;
        if state.is_entangled() || !are_alike(&before, &after) {
            let part = self.check_all(log, new, event, listed.belongs_to.as_ref())?;
            self.part = Some(part);
            return Ok(Change::Unsettles);
        }
        let stands = self.memory.event(log, of)?.is_some_and(|of| of.stands);
        let waits_for_an_opening = state.slug.is_some() && state.openings.is_empty();
        if stands && !waits_for_an_opening {
            let around = self.gather(log, &after, of)?;
            let gathered = Gathered { around: &around, hints: self.hints(log) };
            rules::check_after(&gathered, recorded.sequence.get(), &recorded, &after, &new.id)?;
        }
        Ok(amended(of, listed))
    }

    /// Whether a retraction breaks a rule. One of an event that declares nothing, corrects nothing
    /// and has no other accounts breaks none:
    ///
    /// - what refers to it still finds it, of the same kind, in the same dispute, saying the same;
    /// - as long as it stood it raised the earliest moment of what refers to it and cut the latest
    ///   of what it refers to; now it does neither, so that every span is as wide as it was or
    ///   wider, and none that held a moment is empty;
    /// - it need not keep the rules itself any more.
    pub(super) fn retract(
        &mut self,
        log: &dyn ReadLog,
        new: &Recorded,
        event: &Event,
        retraction: &Retraction,
    ) -> Result<Change, NotAdmitted> {
        let id = &retraction.of;
        let (Some(listed), Some(of)) = (log.listed(id)?, self.memory.event(log, id)?) else {
            return Ok(Change::Unsettles);
        };
        let kind = of.known().kind;
        let state = self.memory.state(log, listed.belongs_to.as_ref())?;
        if declares(kind) || kind.is_about_the_record() || state.may_be_account(id) {
            let part = self.check_all(log, new, event, listed.belongs_to.as_ref())?;
            self.part = Some(part);
            return Ok(Change::Unsettles);
        }
        let may_be_proof = self.may_be_proof(&of);
        let (id, does) = (id.clone(), Does::Retract);
        Ok(Change::Corrects(Corrected { id, listed, does, may_be_proof }))
    }

    fn may_be_proof(&self, event: &KnownEvent) -> bool {
        event.may_be_proof.get() && self.proving.contains(&event.known().kind)
    }
}

fn amended(id: &EventId, listed: Listed) -> Change {
    let (id, does) = (id.clone(), Does::Amend);
    Change::Corrects(Corrected { id, listed, does, may_be_proof: false })
}
