//! The docket as a file: read where it is there and sound, brought up to the head of the log, and
//! written again where that took a while.
//!
//! It is derived. Where it cannot be read, is of another ledger or another release, or stands on
//! an envelope that the log does not have, it is passed over and made anew; that it cannot be
//! written is no error.

use std::collections::{BTreeMap, BTreeSet};

use dispute_core::{Head, HeadMark, Instant, LogError, ReadLog, Record, Sequence, SledLog, Slug};
use dispute_projection::{AsOf, Docket, DocketEntry, NoDocket};

use crate::error::Result;
use crate::ledger::folding::fold_each;
use crate::output::Output;

/// What it is kept under among what is derived.
const FILE: &str = "docket";
/// From so many events on that a docket does not know, or where one in so many disputes is folded
/// anew, it is written again. Below, reading them again is cheaper.
const WORTH_WRITING: u64 = 64;

/// The docket of a ledger up to its head.
pub(crate) fn current(log: &SledLog, output: Output) -> Result<Docket> {
    let made_anew = || Ok(Docket::new(log.ledger()?.id, founding(log)?, BTreeMap::new()));
    let mut docket = kept(log)?.map_or_else(made_anew, Ok::<_, LogError>)?;
    let news = News::since(log, docket.head())?;
    if news.events == 0 {
        return Ok(docket);
    }
    let is_worth_writing = news.is_worth_writing(docket.entries().len());
    docket.go_on(mark(&log.head()?), entries(log, &news.disputes, output)?);
    if is_worth_writing {
        log.write_derived(FILE, &docket.write());
    }
    Ok(docket)
}

/// The docket that is kept, where it is one of this log's.
pub(crate) fn kept(log: &SledLog) -> std::result::Result<Option<Docket>, LogError> {
    let kept = log.read_derived(FILE).and_then(|bytes| Docket::read(&bytes).ok());
    let ledger = log.ledger()?.id;
    let Some(docket) = kept.filter(|docket| *docket.ledger() == ledger) else { return Ok(None) };
    Ok(stands_on(log, docket.head())?.then_some(docket))
}

/// Writes a docket that was kept before something was erased, once what was recorded since is in it:
/// the log deletes it when it erases. Where that is much, or
/// cannot be read, nothing is written: who asks for it makes it anew.
pub(crate) fn renew(log: &SledLog, mut docket: Docket, output: Output) {
    let mut go_on = || -> Result<bool> {
        let news = News::since(log, docket.head())?;
        if news.is_long() {
            return Ok(false);
        }
        docket.go_on(mark(&log.head()?), entries(log, &news.disputes, output)?);
        Ok(true)
    };
    if go_on().is_ok_and(|is_current| is_current) {
        log.write_derived(FILE, &docket.write());
    }
}

/// What is wrong with the docket that is kept, as far as it tells by itself. One of another
/// release is not read and says nothing.
pub(crate) fn unfit(log: &SledLog) -> Result<Option<String>> {
    let docket = match log.read_derived(FILE).map(|bytes| Docket::read(&bytes)) {
        None | Some(Err(NoDocket::OtherRelease)) => return Ok(None),
        Some(Err(NoDocket::Damaged)) => return Ok(Some(stale("is damaged"))),
        Some(Ok(docket)) => docket,
    };
    Ok(if *docket.ledger() != log.ledger()?.id {
        Some(stale("is of another ledger"))
    } else if !stands_on(log, docket.head())? {
        Some(stale("was made from an event that the log does not have"))
    } else {
        None
    })
}

/// What the docket that is kept says and the log does not, with every dispute folded anew.
pub(crate) fn contradicted(log: &SledLog, output: Output) -> Result<Option<String>> {
    let Some(docket) = kept(log)? else { return Ok(None) };
    let fold = |dispute: &Slug, record: &Record| {
        let known = AsOf { known: Some(docket.head().sequence), ..AsOf::now(Instant::LAST) };
        let entry = DocketEntry::of(&known.known_part(record), dispute);
        entry.as_ref() == docket.entries().get(dispute)
    };
    let folded = fold_each(log, &log.disputes()?, &fold, output)?;
    let differs = folded.iter().find(|(_, is_same)| !**is_same).map(|(dispute, _)| dispute);
    let more = docket.entries().keys().find(|dispute| !folded.contains_key(dispute));
    Ok(differs.or(more).map(|dispute| stale(&format!("says something else of {dispute}"))))
}

fn stale(what: &str) -> String {
    format!("the docket {what}; it can be deleted")
}

/// The entries of disputes, folded by all that belongs to them. Which were never opened have none.
pub(crate) fn entries(
    log: &dyn ReadLog,
    disputes: &[Slug],
    output: Output,
) -> Result<BTreeMap<Slug, DocketEntry>> {
    let fold = |dispute: &Slug, record: &_| DocketEntry::of(record, dispute);
    let entries = fold_each(log, disputes, &fold, output)?.into_iter();
    Ok(entries.filter_map(|(dispute, entry)| Some((dispute, entry?))).collect())
}

/// What was recorded after a docket was made.
struct News {
    events: u64,
    /// The disputes to which it belongs.
    disputes: Vec<Slug>,
}

impl News {
    fn since(log: &SledLog, known: HeadMark) -> std::result::Result<Self, LogError> {
        let events = log.head()?.sequence.get().saturating_sub(known.sequence.get());
        if known.sequence == Sequence::LEDGER {
            return Ok(Self { events, disputes: log.disputes()? });
        }
        let mut disputes = BTreeSet::new();
        for entry in log.entries(known.sequence.next()) {
            let entry = entry?;
            let envelope = entry.envelope();
            if envelope.corrects().is_none() {
                disputes.extend(envelope.dispute().cloned());
                continue;
            }
            // A correction belongs where its target does; where nobody knows, it may be anywhere.
            match log.listed(envelope.id())? {
                Some(listed) => disputes.extend(listed.belongs_to),
                None => disputes.extend(log.disputes()?),
            }
        }
        Ok(Self { events, disputes: disputes.into_iter().collect() })
    }

    /// Whether reading it takes longer than writing a docket.
    fn is_long(&self) -> bool {
        self.events >= WORTH_WRITING
    }

    fn is_worth_writing(&self, known: usize) -> bool {
        self.is_long() || count(self.disputes.len()).saturating_mul(WORTH_WRITING) >= count(known)
    }
}

/// Whether the log has the envelope up to which a docket was made.
fn stands_on(log: &SledLog, known: HeadMark) -> std::result::Result<bool, LogError> {
    let there = log.head_at(known.sequence)?;
    Ok(there.is_some_and(|there| there.digest == known.digest))
}

fn founding(log: &SledLog) -> std::result::Result<HeadMark, LogError> {
    let head = log.head_at(Sequence::LEDGER)?;
    Ok(mark(&head.map_or_else(|| log.head(), Ok)?))
}

fn mark(head: &Head) -> HeadMark {
    HeadMark { sequence: head.sequence, digest: head.digest }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
