//! What rules look up, by id and by slug.

use crate::event::schema::Named;
use crate::event::value::PartySlug;
use crate::event::{Event, Fact, Kind};
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;
use crate::zone::Zone;

/// The look-ups that rules need of what is on record.
pub(crate) trait OnRecord {
    /// The event of an id.
    fn named(&self, id: &EventId) -> Option<Known<'_>>;

    /// The account that counts of the fact that an id names; where none stands, the event named.
    fn meant(&self, id: &EventId) -> Option<Meant<'_>>;

    /// Whether an opening of a dispute stands.
    fn is_open(&self, dispute: &Slug) -> bool;

    /// An opening of a dispute that stands, other than the one of this id.
    fn other_opening(&self, dispute: &Slug, own: &EventId) -> Option<&EventId>;

    /// Whether a dispute was ever opened, though its opening may have been retracted.
    fn ever_opened(&self, dispute: &Slug) -> bool;

    /// Whether a slug is declared by an event that counts; a unit or a contract, in its dispute.
    fn is_declared(&self, named: Named, dispute: Option<&Slug>, slug: &Slug) -> bool;

    /// The zone in which the dates of a dispute are read; UTC for what belongs to none.
    fn zone_of(&self, dispute: Option<&Slug>) -> Zone;

    /// The slug that is declared and was probably meant, for a hint.
    fn nearest_declared(&self, named: Named, dispute: Option<&Slug>, slug: &Slug) -> Option<Slug>;

    /// The id on record, other than one that cannot be meant, that was probably meant, for a hint.
    fn nearest_id(&self, id: &EventId, except: Option<&EventId>) -> Option<EventId>;
}

/// What rules ask of an event that another one names, as it reads now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known<'a> {
    /// Where it stands in the record: what is recorded later has a higher place.
    pub(crate) place: u64,
    pub(crate) kind: Kind,
    /// The dispute that it names.
    pub(crate) dispute: Option<&'a Slug>,
    pub(crate) says: Says<'a>,
}

/// What a reference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meant<'a> {
    pub(crate) known: Known<'a>,
    /// The earliest moment of the account that counts, raised by what it refers to. `None` also
    /// where no account stands: what was retracted proves nothing.
    pub(crate) earliest: Option<Instant>,
}

/// The part of a document that rules about other events look at. Nothing of it is left where the
/// content was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Says<'a> {
    /// Who made what can be answered or withdrawn.
    pub(crate) by: Option<&'a PartySlug>,
    /// Those who were invited to mediation and may say no.
    pub(crate) invited: Option<&'a [PartySlug]>,
    /// For a later step of a mediation: the step or the offer that began it, where it names one.
    pub(crate) later_step_of: Option<Option<&'a EventId>>,
}

impl<'a> Says<'a> {
    pub(crate) fn of(event: &'a Event) -> Self {
        let nothing = Self::default();
        match &event.fact {
            Fact::Proposal(proposal) => Self { by: Some(&proposal.by), ..nothing },
            Fact::Notice(notice) => Self { by: Some(&notice.by), ..nothing },
            Fact::ActionAnnounced(announced) => Self { by: Some(&announced.by), ..nothing },
            Fact::MediationOffer(offer) => Self {
                by: Some(&offer.by),
                invited: (offer.compelled != Some(true)).then_some(&*offer.to),
                ..nothing
            },
            Fact::Mediation(mediation) if mediation.procedure.is_none() => {
                Self { later_step_of: Some(mediation.of.as_ref()), ..nothing }
            }
            _ => nothing,
        }
    }
}
