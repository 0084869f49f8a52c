//! What reading verbs share: what is on record of a dispute, and finding what a word names.

use std::collections::{BTreeSet, HashMap};

use dispute_core::event::schema::Named;
use dispute_core::{
    Digest, Entry, EventId, ReadLog, Record, Scope, Sequence, Slug, Span, named_elsewhere,
    read_described, read_disputes, read_entries, read_with_named, scope_entries,
};

use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;

/// What a word on the command line names.
pub(crate) enum Name {
    /// A dispute.
    Dispute(Slug),
    /// An event, with the dispute that it belongs to.
    Event(EventId, Option<Slug>),
    /// A party or a standard.
    Described(Named, Slug),
}

/// Finds what a word names: an exact dispute, an exact id, a party, a standard, and last the only
/// id that begins so.
pub(crate) fn find(log: &dyn ReadLog, word: &str) -> Result<Name> {
    let slug = Slug::parse(word);
    if let Some(slug) = slug.clone()
        && !log.of_dispute(Some(&slug))?.is_empty()
    {
        return Ok(Name::Dispute(slug));
    }
    let id = EventId::parse(word).filter(|_| word != "ledger");
    if let Some(id) = id
        && let Some(listed) = log.listed(&id)?
    {
        return Ok(Name::Event(id, listed.belongs_to));
    }
    if let Some(slug) = slug {
        for named in [Named::Party, Named::Standard] {
            if read_described(log, named, &slug)?.is_declared(named, None, &slug) {
                return Ok(Name::Described(named, slug));
            }
        }
    }
    let ids = log.ids_with_prefix(word, 7)?;
    let ids: Vec<EventId> = ids.into_iter().filter(|id| id.as_str() != "ledger").collect();
    match ids.as_slice() {
        [id] => {
            let belongs_to = log.listed(id)?.and_then(|listed| listed.belongs_to);
            Ok(Name::Event(id.clone(), belongs_to))
        }
        [] => {
            let shown: String = word.chars().take(60).flat_map(char::escape_debug).collect();
            let mut error =
                CommandError::not_found(format!("nothing on record is called `{shown}`"));
            let disputes = log.disputes()?;
            let known: Vec<&str> = disputes.iter().map(Slug::as_str).collect();
            let near = known.iter().min_by_key(|known| strsim::damerau_levenshtein(known, word));
            if let Some(near) = near.filter(|near| strsim::damerau_levenshtein(near, word) <= 4) {
                error = error.fact(format!("there is a dispute {near}"));
            }
            Err(error.hint("dispute list shows the disputes, dispute log the events").into())
        }
        many => {
            let shown: Vec<&str> = many.iter().take(6).map(EventId::as_str).collect();
            let more = if many.len() > 6 { ", …" } else { "" };
            let message = format!("`{word}` is the beginning of several ids");
            Err(CommandError::new("ambiguous", message, ExitCode::NotFound)
                .fact(format!("{}{more}", shown.join(", ")))
                .hint("write more of it")
                .into())
        }
    }
}

/// Finds a dispute.
pub(crate) fn find_dispute(log: &dyn ReadLog, word: &str) -> Result<Slug> {
    match find(log, word)? {
        Name::Dispute(slug) => Ok(slug),
        Name::Event(id, Some(dispute)) => {
            let message = format!("{id} is an event, not a dispute");
            Err(CommandError::not_found(message).hint(format!("it belongs to {dispute}")).into())
        }
        Name::Event(..) | Name::Described(..) => {
            Err(CommandError::not_found(format!("`{word}` is not a dispute"))
                .hint("dispute list shows the disputes")
                .into())
        }
    }
}

/// What is on record of a dispute, and of those whose events its events speak about.
pub(crate) fn dispute_record(log: &dyn ReadLog, dispute: &Slug) -> Result<Record> {
    let own = BTreeSet::from([dispute.clone()]);
    let record = read_disputes(log, &own)?;
    let named = named_elsewhere(log, &record)?;
    let disputes: BTreeSet<Slug> = own.iter().cloned().chain(named.by_events).collect();
    if disputes == own {
        return Ok(record);
    }
    Ok(read_disputes(log, &disputes)?)
}

/// The span of every event, narrowed within its dispute, by its position.
pub(crate) fn spans(record: &Record) -> Vec<Span> {
    let mut spans: Vec<Span> = (0..record.len()).map(|n| record.span(n)).collect();
    for dispute in record.disputes() {
        let positions = record.of_dispute(&dispute);
        for (n, narrowed) in positions.iter().zip(record.narrowed(positions)) {
            if let Some(span) = spans.get_mut(*n) {
                *span = narrowed.span;
            }
        }
    }
    spans
}

/// What an envelope says of the recording.
pub(crate) struct Seal {
    pub(crate) digest: Digest,
    pub(crate) recorded_by: String,
}

impl Seal {
    /// The seal of an entry.
    pub(crate) fn of(entry: &Entry) -> Self {
        Self { digest: *entry.digest(), recorded_by: entry.envelope().recorded_by().to_owned() }
    }
}

/// What is on record of a dispute, or of all, with the seals of its events: in one reading, since a
/// log of thousands shows them all.
pub(crate) fn sealed_record(
    log: &dyn ReadLog,
    dispute: Option<&Slug>,
) -> Result<(Record, HashMap<Sequence, Seal>)> {
    let (entries, recorded) = match dispute {
        Some(dispute) => {
            let entries = log.entries_of(Some(dispute))?;
            let recorded = read_with_named(log, &entries)?;
            (entries, recorded)
        }
        None => {
            let entries = scope_entries(log, &Scope::Whole)?;
            let recorded = read_entries(&log.ledger()?.id, &entries)?;
            (entries, recorded)
        }
    };
    let seals = entries.iter().map(|entry| (entry.envelope().sequence(), Seal::of(entry)));
    Ok((Record::load(recorded, []), seals.collect()))
}

/// The entry of an event that was just read.
pub(crate) fn entry(log: &dyn ReadLog, sequence: Sequence) -> Result<Entry> {
    log.entry(sequence)?.ok_or_else(|| {
        CommandError::new("sequence-gap", format!("event {sequence} is missing"), ExitCode::Broken)
            .hint("run dispute verify")
            .into()
    })
}

/// The error where a dispute's opening is retracted, so that there is no such dispute.
pub(crate) fn no_such_dispute(dispute: &Slug) -> crate::error::Stop {
    CommandError::not_found(format!("there is no dispute {dispute}: its opening was retracted"))
        .hint(format!("dispute log {dispute} shows what is on record"))
        .into()
}
