//! Rules about dates: which can be read, and which fit one another.

use crate::event::schema::Mentioned;
use crate::event::{Event, Fact};
use crate::instant::Instant;
use crate::narrowing::until;
use crate::occurred::{Edtf, Span};
use crate::record::Record;
use crate::refusal::{Refusal, RefusalCode};
use crate::rules::Place;
use crate::zone::{CivilTimeError, Zone};

/// An event's own date, worked out once for all rules about it.
pub(super) struct Dated {
    /// The zone in which the event's dates are read: for an opening, the one that it names.
    zone: Zone,
    occurred: Result<Option<Span>, CivilTimeError>,
}

impl Dated {
    pub(super) fn of(place: Place<'_>, event: &Event) -> Self {
        let zone = match &event.fact {
            Fact::DisputeOpened(opened) => opened.time_zone,
            _ => place.record.zone_of(event.dispute.as_ref()),
        };
        let occurred = event.occurred.as_ref().map(|date| date.span(zone)).transpose();
        Self { zone, occurred }
    }

    /// The span of the event's date, where it has one that can be read.
    pub(super) fn span(&self) -> Option<Span> {
        self.occurred.as_ref().ok().copied().flatten()
    }
}

/// Every date of the event names moments in its zone, and it has not happened in the future.
pub(super) fn check_dates(place: Place<'_>, event: &Event, dated: &Dated) -> Result<(), Refusal> {
    let zone = dated.zone;
    dated.occurred.as_ref().map_err(|error| unreadable(error).at("occurred"))?;
    let is_own = |date: &Edtf| event.occurred.as_ref().is_some_and(|own| std::ptr::eq(own, date));
    let mut result = Ok(());
    event.mentions(&mut |mention| {
        if let (Ok(()), Mentioned::Date(date)) = (&result, mention.what)
            && !is_own(date)
        {
            result = date.span(zone).map(|_| ()).map_err(|e| unreadable(&e).at(mention.key));
        }
    });
    result?;
    let (Some(occurred), Some(span)) = (&event.occurred, dated.span()) else { return Ok(()) };
    let recorded_at = place.recorded.recorded_at;
    match span.earliest {
        Some(earliest) if earliest > recorded_at => {
            let message =
                format!("{occurred} is in the future: it is {} now", shown(recorded_at, zone));
            let hint = "what is planned goes into `scheduled_for`, `effective`, `opens`, \
                        `expires` or `deadline` of the event that announced it";
            Err(Refusal::new(RefusalCode::Future, message, hint).at("occurred"))
        }
        _ => Ok(()),
    }
}

/// Begins come before ends.
pub(super) fn check_order(event: &Event, dated: &Dated) -> Result<(), Refusal> {
    let zone = dated.zone;
    let to_before_from = |from: Option<&Edtf>, to: Option<&Edtf>, key: &str| {
        check_begins_before(from, to, zone, RefusalCode::ToBeforeFrom, key)
    };
    match &event.fact {
        Fact::ActionAnnounced(announced) => {
            to_before_from(announced.from.as_ref(), announced.to.as_ref(), "to")
        }
        Fact::ActionStarted(started) => {
            to_before_from(event.occurred.as_ref(), started.to.as_ref(), "to")
        }
        Fact::Agreement(agreement) => match &agreement.term {
            Some(term) => to_before_from(term.from.as_ref(), term.to.as_ref(), "term.to"),
            None => Ok(()),
        },
        Fact::VoteCalled(called) => check_begins_before(
            called.opens.as_ref(),
            called.closes.as_ref(),
            zone,
            RefusalCode::ClosesBeforeOpens,
            "closes",
        ),
        _ => Ok(()),
    }
}

/// Refuses an end of which every moment lies before the beginning.
fn check_begins_before(
    begin: Option<&Edtf>,
    end: Option<&Edtf>,
    zone: Zone,
    code: RefusalCode,
    key: &str,
) -> Result<(), Refusal> {
    let (Some(begin), Some(end)) = (begin, end) else { return Ok(()) };
    match (span_of(begin, zone).earliest, span_of(end, zone).latest) {
        (Some(first), Some(after)) if after <= first => {
            let message = format!("{end} is before {begin}");
            Err(Refusal::new(code, message, "check the two dates").at(key))
        }
        _ => Ok(()),
    }
}

/// The event's span and those of what it refers to leave a moment at which it can have happened.
/// What a version refers to proves nothing.
pub(super) fn check_can_have_happened(
    place: Place<'_>,
    event: &Event,
    dated: &Dated,
) -> Result<(), Refusal> {
    let (Some(occurred), Some(span)) = (&event.occurred, dated.span()) else { return Ok(()) };
    if event.common.version_of.is_some() || event.kind().is_about_the_record() {
        return Ok(());
    }
    let zone = dated.zone;
    let latest = || until(span, zone.end_of_day_at(place.recorded.recorded_at)).latest;
    let mut result = Ok(());
    event.mentions(&mut |mention| {
        if mention.key == "about" || mention.key == "version_of" || result.is_err() {
            return;
        }
        let Mentioned::Event(id, _) = mention.what else { return };
        let earliest = place.record.meant(id).and_then(|meant| meant.earliest);
        if let Some(earliest) = earliest
            && latest().is_some_and(|latest| latest <= earliest)
        {
            let message = format!(
                "it is dated {occurred}, but {id}, which it refers to, happened no earlier than {}",
                shown(earliest, zone)
            );
            result = Err(cannot_have_happened(occurred, message).at(mention.key));
        }
    });
    result
}

/// The same for all events that stand, once corrections have moved their dates.
pub(super) fn check_all_can_have_happened(
    record: &Record,
    positions: &[usize],
) -> Result<(), Refusal> {
    for (narrowed, n) in record.narrowed(positions).iter().zip(positions) {
        let (Some(event), Some(document)) = (record.get(*n), record.document(*n)) else { continue };
        let Some(occurred) = document.occurred.as_ref().filter(|_| record.counts(*n)) else {
            continue;
        };
        if narrowed.span.is_empty() {
            let message = format!(
                "it is dated {occurred}, and what it refers to, or what refers to it, would leave \
                 no moment at which it can have happened"
            );
            return Err(cannot_have_happened(occurred, message).of(Some(&event.id)));
        }
    }
    Ok(())
}

fn cannot_have_happened(occurred: &Edtf, message: String) -> Refusal {
    let hint = match occurred.without_doubt() {
        // A mark of doubt widens nothing; an interval does.
        Some(plain) => format!(
            "a mark of doubt widens no date; say how far it may be off: {plain}/… or …/{plain}"
        ),
        None => "correct the date of one of the two, or the reference".to_owned(),
    };
    Refusal::new(RefusalCode::CannotHaveHappened, message, hint)
}

fn span_of(date: &Edtf, zone: Zone) -> Span {
    date.span(zone).unwrap_or(Span { earliest: None, latest: None })
}

fn shown(moment: Instant, zone: Zone) -> String {
    zone.civil_of(moment).format("%Y-%m-%dT%H:%M").to_string()
}

fn unreadable(error: &CivilTimeError) -> Refusal {
    match error {
        CivilTimeError::Nonexistent { .. } => Refusal::new(
            RefusalCode::NonexistentTime,
            error.to_string(),
            "give the time that the clock showed, or leave the time out",
        ),
        CivilTimeError::Ambiguous { time, offsets: [first, second], .. } => Refusal::new(
            RefusalCode::AmbiguousTime,
            error.to_string(),
            format!("write {time}{first} or {time}{second}"),
        ),
        CivilTimeError::Backwards { .. } => {
            Refusal::new(RefusalCode::BadDate, error.to_string(), "write the earlier date first")
        }
    }
}
