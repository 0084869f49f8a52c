//! Recording events one after the other, of which the ledger holds all or none: rules, seal, append.

use dispute_core::{
    Admission, Append, EventId, Head, LedgerId, NotAdmitted, Outcome, ReadLog, Refusal, Sealer,
    Sequence, Unplaced,
};

use crate::error::{Result, Stop};

/// Events that are being recorded. Dropped without [`commit`](Self::commit), nothing has happened.
pub(crate) struct Recording<'a> {
    append: Box<dyn Append + 'a>,
    sealer: Sealer<'static>,
    admission: Admission,
    recorder: &'a str,
}

/// What became of an event.
pub(crate) enum Taken {
    New(EventId),
    /// The same event is on record at this place.
    AlreadyRecorded(Sequence),
    Refused(Refusal),
}

impl<'a> Recording<'a> {
    pub(super) fn new(
        append: Box<dyn Append + 'a>,
        sealer: Sealer<'static>,
        ledger: LedgerId,
        recorder: &'a str,
    ) -> Self {
        Self { append, sealer, admission: Admission::new(ledger), recorder }
    }

    /// The log with what was recorded so far.
    pub(crate) fn log(&self) -> &dyn ReadLog {
        self.append.as_ref()
    }

    /// Records an event where it keeps the rules; `content` is its content, and `coming` tells
    /// which ids come later.
    pub(crate) fn take(
        &mut self,
        new: &mut Unplaced,
        content: &str,
        coming: &dyn Fn(&EventId) -> bool,
    ) -> Result<Taken> {
        let log: &dyn ReadLog = self.append.as_ref();
        let sequence = self.sealer.head().sequence.next();
        let recorded_at = self.sealer.next_time()?;
        let handed_in = new.is_named();
        let assigned = match handed_in {
            true => None,
            false => Some(self.admission.assign_id(log, sequence)?),
        };
        let new = new.place(sequence, recorded_at, assigned);
        let (placed, course) = match self.admission.admit(log, new, coming) {
            Ok(Outcome::New { placed, course }) => (placed, course),
            Ok(Outcome::AlreadyRecorded(at)) => return Ok(Taken::AlreadyRecorded(at)),
            Err(NotAdmitted::Refused(refusal)) => {
                // Nobody knows yet the id that it would have been assigned.
                let unnamed = !handed_in && refusal.event.as_ref() == Some(&new.id);
                let event = refusal.event.clone().filter(|_| !unnamed);
                return Ok(Taken::Refused(Refusal { event, ..refusal }));
            }
            Err(NotAdmitted::Read(error)) => return Err(error.into()),
        };
        let Some(event) = &new.event else { return Ok(Taken::AlreadyRecorded(sequence)) };
        let draft = placed.draft(event, content.to_owned(), new.id.clone(), self.recorder);
        let entry = self.sealer.seal_at(draft, recorded_at)?;
        self.append.push_looked_up(entry, course.looked_up())?;
        self.admission.appended(self.append.as_ref(), new, course)?;
        Ok(Taken::New(new.id.clone()))
    }

    /// Where the log ends with what was recorded so far.
    pub(crate) fn end(&self) -> Sequence {
        self.sealer.head().sequence
    }

    /// Moves the head over all that was recorded.
    pub(crate) fn commit(self) -> Result<Head> {
        self.append.commit().map_err(Stop::from)
    }
}
