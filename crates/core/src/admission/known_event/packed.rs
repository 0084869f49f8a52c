//! What is known of an event in few bytes: of all that can be remembered, most is not asked for
//! soon.

use std::cell::Cell;
use std::num::NonZeroU64;
use std::rc::Rc;

use super::{KnownEvent, Said};
use crate::chain::Sequence;
use crate::event::Kind;
use crate::event::value::PartySlug;
use crate::identifier::{EventId, Slug};
use crate::instant::Instant;

/// What stands where what it says begins.
const NOTHING: u8 = 0;
const BY: u8 = 1;
const OFFER: u8 = 2;
const LATER_STEP: u8 = 3;
const LATER_STEP_OF: u8 = 4;

impl KnownEvent {
    /// Puts it behind what is there.
    pub(in crate::admission) fn pack(&self, into: &mut Vec<u8>) {
        let (epoch, raised) = (self.epoch.get(), self.raised.get());
        let is_raised = epoch.is_some() && raised != self.own_earliest;
        let flags = [
            self.stands,
            self.may_be_proof.get(),
            self.dispute.is_some(),
            self.version_of.is_some(),
            self.own_earliest.is_some(),
            epoch.is_some(),
            is_raised,
            is_raised && raised.is_some(),
        ];
        into.push((0_u8..).zip(flags).fold(0, |all, (n, flag)| all | u8::from(flag) << n));
        into.push(self.kind as u8);
        put_number(into, self.sequence.get());
        self.dispute.iter().for_each(|slug| put_text(into, slug.as_str()));
        self.version_of.iter().for_each(|id| put_text(into, id.as_str()));
        self.said.pack(into);
        put_number(into, self.proofs.len() as u64);
        self.proofs.iter().for_each(|id| put_text(into, id.as_str()));
        self.own_earliest.iter().for_each(|moment| put_moment(into, *moment));
        epoch.iter().for_each(|epoch| put_number(into, epoch.get()));
        raised.filter(|_| is_raised).iter().for_each(|moment| put_moment(into, *moment));
    }

    /// Reads it; `share` gives the dispute of a slug, of which there is to be one for all its
    /// events. `None` where the bytes are not what [`pack`](Self::pack) put.
    pub(in crate::admission) fn unpack(
        bytes: &[u8],
        share: impl FnOnce(Slug) -> Rc<Slug>,
    ) -> Option<Self> {
        let mut from = bytes;
        let flags = take_byte(&mut from)?;
        let has = |n: u8| flags >> n & 1 == 1;
        let kind = *Kind::ALL.get(usize::from(take_byte(&mut from)?))?;
        let sequence = Sequence::new(take_number(&mut from)?);
        let dispute = if has(2) { Some(share(Slug::parse(take_text(&mut from)?)?)) } else { None };
        let version_of = if has(3) { Some(Box::new(take_id(&mut from)?)) } else { None };
        let said = Said::unpack(&mut from)?;
        let proofs = (0..take_number(&mut from)?).map(|_| take_id(&mut from));
        let proofs = proofs.collect::<Option<_>>()?;
        let own_earliest = if has(4) { Some(take_moment(&mut from)?) } else { None };
        let epoch = if has(5) { Some(NonZeroU64::new(take_number(&mut from)?)?) } else { None };
        let raised = match (has(6), has(7)) {
            (true, true) => Some(take_moment(&mut from)?),
            (true, false) => None,
            (false, _) => own_earliest.filter(|_| epoch.is_some()),
        };
        from.is_empty().then(|| Self {
            sequence,
            kind,
            dispute,
            stands: has(0),
            version_of,
            said,
            proofs,
            own_earliest,
            raised: Cell::new(raised),
            epoch: Cell::new(epoch),
            may_be_proof: Cell::new(has(1)),
        })
    }
}

impl Said {
    fn pack(&self, into: &mut Vec<u8>) {
        match self {
            Self::Nothing => into.push(NOTHING),
            Self::By(by) => {
                into.push(BY);
                put_text(into, by.0.as_str());
            }
            Self::Offer(offer) => {
                let (by, invited) = &**offer;
                into.push(OFFER);
                put_text(into, by.0.as_str());
                put_number(into, invited.len() as u64);
                invited.iter().for_each(|slug| put_text(into, slug.0.as_str()));
            }
            Self::LaterStep(None) => into.push(LATER_STEP),
            Self::LaterStep(Some(of)) => {
                into.push(LATER_STEP_OF);
                put_text(into, of.as_str());
            }
        }
    }

    fn unpack(from: &mut &[u8]) -> Option<Self> {
        Some(match take_byte(from)? {
            NOTHING => Self::Nothing,
            BY => Self::By(take_party(from)?),
            OFFER => {
                let by = take_party(from)?;
                let invited = (0..take_number(from)?).map(|_| take_party(from));
                Self::Offer(Box::new((by, invited.collect::<Option<_>>()?)))
            }
            LATER_STEP => Self::LaterStep(None),
            LATER_STEP_OF => Self::LaterStep(Some(Box::new(take_id(from)?))),
            _ => return None,
        })
    }
}

/// How many bytes a number has at most.
pub(in crate::admission) const LONGEST_NUMBER: usize = 10;

/// Seven bits a byte, the lowest first, the highest bit set in all but the last.
pub(in crate::admission) fn put_number(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    into.push(u8::try_from(number).unwrap_or_default());
}

pub(in crate::admission) fn take_number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(from)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

pub(in crate::admission) fn put_text(into: &mut Vec<u8>, text: &str) {
    put_number(into, text.len() as u64);
    into.extend_from_slice(text.as_bytes());
}

pub(in crate::admission) fn take_text<'a>(from: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(take_number(from)?).ok()?;
    let (text, rest) = from.split_at_checked(length)?;
    *from = rest;
    std::str::from_utf8(text).ok()
}

fn put_moment(into: &mut Vec<u8>, moment: Instant) {
    into.extend_from_slice(&moment.as_micros().to_le_bytes());
}

fn take_moment(from: &mut &[u8]) -> Option<Instant> {
    let (micros, rest) = from.split_first_chunk::<8>()?;
    *from = rest;
    Instant::from_micros(i64::from_le_bytes(*micros))
}

fn take_byte(from: &mut &[u8]) -> Option<u8> {
    let (byte, rest) = from.split_first()?;
    *from = rest;
    Some(*byte)
}

fn take_id(from: &mut &[u8]) -> Option<EventId> {
    EventId::parse(take_text(from)?)
}

fn take_party(from: &mut &[u8]) -> Option<PartySlug> {
    Slug::parse(take_text(from)?).map(PartySlug)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id() -> impl Strategy<Value = EventId> {
        "[A-Za-z0-9][A-Za-z0-9._-]{0,63}".prop_map(|text| EventId::parse(&text).unwrap())
    }

    fn slug() -> impl Strategy<Value = Slug> {
        "[a-z0-9][a-z0-9-]{0,63}".prop_map(|text| Slug::parse(&text).unwrap())
    }

    fn moment() -> impl Strategy<Value = Option<Instant>> {
        let far = (-9_999_999_999_i64..9_999_999_999).prop_map(|n| Instant::from_micros(n * 7));
        prop_oneof![Just(None), Just(Some(Instant::LAST)), far]
    }

    fn said() -> impl Strategy<Value = Said> {
        let party = || slug().prop_map(PartySlug);
        prop_oneof![
            Just(()).prop_map(|()| Said::Nothing),
            party().prop_map(Said::By),
            (party(), prop::collection::vec(party(), 0..4))
                .prop_map(|offer| Said::Offer(Box::new(offer))),
            Just(()).prop_map(|()| Said::LaterStep(None)),
            id().prop_map(|id| Said::LaterStep(Some(Box::new(id)))),
        ]
    }

    fn known() -> impl Strategy<Value = KnownEvent> {
        let names = (prop::option::of(slug()), prop::option::of(id()), said());
        let proofs = prop::collection::vec(id(), 0..4);
        let moments = (moment(), moment(), prop::option::of(1..u64::MAX), any::<bool>());
        let flags = (any::<bool>(), any::<bool>(), prop::sample::select(Kind::ALL));
        (any::<u64>(), names, proofs, moments, flags).prop_map(
            |(place, (dispute, version_of, said), proofs, (own, other, epoch, same), flags)| {
                let epoch = epoch.and_then(NonZeroU64::new);
                let raised = if same { own } else { other };
                KnownEvent {
                    sequence: Sequence::new(place),
                    kind: flags.2,
                    dispute: dispute.map(Rc::new),
                    stands: flags.0,
                    version_of: version_of.map(Box::new),
                    said,
                    proofs: proofs.into_boxed_slice(),
                    own_earliest: own,
                    // Outside an epoch nothing was raised.
                    raised: Cell::new(raised.filter(|_| epoch.is_some())),
                    epoch: Cell::new(epoch),
                    may_be_proof: Cell::new(flags.1),
                }
            },
        )
    }

    proptest! {
        #[test]
        fn what_was_packed_is_what_it_was(known in known()) {
            let mut bytes = Vec::new();
            known.pack(&mut bytes);
            let back = KnownEvent::unpack(&bytes, Rc::new).unwrap();
            prop_assert_eq!(format!("{back:?}"), format!("{known:?}"));
            for end in 0..bytes.len() {
                prop_assert!(KnownEvent::unpack(&bytes[..end], Rc::new).is_none());
            }
        }
    }

    #[test]
    fn a_kind_is_found_by_its_place_among_all() {
        for (n, kind) in Kind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, n);
        }
    }
}
