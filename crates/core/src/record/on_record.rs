//! What rules look up, from events that are held in memory.

use crate::event::document::nearest;
use crate::event::schema::Named;
use crate::identifier::{EventId, Slug};
use crate::record::{Record, Target};
use crate::rules::{Known, Meant, OnRecord, Says, place_at};
use crate::zone::Zone;

impl Record {
    fn known(&self, n: usize) -> Option<Known<'_>> {
        let recorded = self.get(n)?;
        let says = self.document(n).map(Says::of).unwrap_or_default();
        let dispute = recorded.dispute.as_ref();
        Some(Known { place: place_at(n), kind: recorded.kind, dispute, says })
    }
}

impl OnRecord for Record {
    fn named(&self, id: &EventId) -> Option<Known<'_>> {
        self.known(self.position(id)?)
    }

    fn meant(&self, id: &EventId) -> Option<Meant<'_>> {
        let (n, earliest) = match self.target(id)? {
            Target::Counts(n) => (n, self.earliest(n)),
            Target::Retracted(n) => (n, None),
        };
        Some(Meant { known: self.known(n)?, earliest })
    }

    fn is_open(&self, dispute: &Slug) -> bool {
        !self.openings(dispute).is_empty()
    }

    fn other_opening(&self, dispute: &Slug, own: &EventId) -> Option<&EventId> {
        let openings = self.openings(dispute).iter().filter_map(|n| self.get(*n));
        openings.map(|opening| &opening.id).find(|id| *id != own)
    }

    fn ever_opened(&self, dispute: &Slug) -> bool {
        Self::ever_opened(self, dispute)
    }

    fn is_declared(&self, named: Named, dispute: Option<&Slug>, slug: &Slug) -> bool {
        Self::is_declared(self, named, dispute, slug)
    }

    fn zone_of(&self, dispute: Option<&Slug>) -> Zone {
        Self::zone_of(self, dispute)
    }

    fn nearest_declared(&self, named: Named, dispute: Option<&Slug>, slug: &Slug) -> Option<Slug> {
        let known = self.declared(named, dispute);
        let words: Vec<&str> = known.iter().map(|known| known.as_str()).collect();
        nearest(slug.as_str(), &words).and_then(Slug::parse)
    }

    fn nearest_id(&self, id: &EventId, except: Option<&EventId>) -> Option<EventId> {
        let ids = self.recorded.iter().map(|event| &event.id);
        let known: Vec<&str> = ids.filter(|id| Some(*id) != except).map(|id| id.as_str()).collect();
        nearest(id.as_str(), &known).and_then(EventId::parse)
    }
}
