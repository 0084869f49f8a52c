//! Looking up what rules may ask about an event, before they are asked.

use std::rc::Rc;

use super::Admission;
use super::around::{Around, NamedEvent};
use super::known_event::proves;
use crate::event::schema::{Mentioned, Named};
use crate::event::{Event, Kind};
use crate::event_log::ReadLog;
use crate::identifier::{EventId, Slug};
use crate::recording::ReadError;

impl Admission {
    /// Looks up all that rules may ask about an event.
    pub(super) fn gather(
        &mut self,
        log: &dyn ReadLog,
        event: &Event,
        id: &EventId,
    ) -> Result<Around, ReadError> {
        let whole = self.memory.state(log, None)?;
        let (mut disputes, mut named) = (Vec::new(), Vec::new());
        disputes.extend(&event.dispute);
        let slug_as_id = event.dispute.as_ref().filter(|_| event.kind() == Kind::DisputeOpened);
        let slug_as_id = slug_as_id.and_then(|slug| EventId::parse(slug.as_str()));
        named.extend(slug_as_id.map(|id| ("about", id)));
        event.mentions(&mut |mention| match mention.what {
            Mentioned::Event(id, _) => named.push((mention.key, id.clone())),
            Mentioned::PartyOrEvent(text) => {
                let party = Slug::parse(text).filter(|slug| whole.declares(Named::Party, slug));
                named.extend(
                    EventId::parse(text).filter(|_| party.is_none()).map(|id| ("about", id)),
                );
            }
            Mentioned::Declared(Named::Dispute, slug) => disputes.push(slug),
            Mentioned::Declared(..) | Mentioned::Date(_) => {}
        });
        let disputes: Result<Vec<_>, ReadError> =
            disputes.into_iter().map(|slug| self.memory.state(log, Some(slug))).collect();
        let (disputes, events, alike) = (disputes?, Vec::new(), None);
        let mut around = Around { whole, disputes, events, alike };
        for (key, id) in named {
            let gathered = self.gather_event(log, event, &around, key, id)?;
            around.events.extend(gathered);
        }
        if let Some(slug) = Slug::parse(id.as_str())
            && self.memory.ever_opened(log, &slug)?
        {
            around.alike = Some(slug);
        }
        Ok(around)
    }

    fn gather_event(
        &mut self,
        log: &dyn ReadLog,
        event: &Event,
        around: &Around,
        key: &str,
        id: EventId,
    ) -> Result<Option<NamedEvent>, ReadError> {
        let Some(named) = self.memory.event(log, &id)? else { return Ok(None) };
        let here = event.dispute.as_ref().and_then(|dispute| around.dispute(dispute));
        let (mut meant, mut earliest) = (Rc::clone(&named), None);
        if let Some(here) = here
            && proves(key)
            && named.known().dispute == event.dispute.as_ref()
            && let Some(counted) = self.memory.counted(log, here, &id, &named)?
        {
            earliest = self.memory.earliest(log, here, &counted)?;
            counted.may_be_proof.set(true);
            meant = counted;
        }
        Ok(Some(NamedEvent { id, named, meant, earliest }))
    }
}
