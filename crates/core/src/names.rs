//! Which events of no dispute declare which party or standard, with what corrects them: so that who
//! reads a dispute need not read all the parties of a ledger.

mod groups;
mod table;

use crate::chain::{Head, Sequence};
use crate::digest::Digest;
use crate::envelope::{Envelope, LedgerId};
use crate::event::schema::Named;
use crate::event::{Event, Fact};
use crate::event_log::{HeadMark, LogError, ReadLog, existing};
use crate::identifier::{EventId, Slug};
use crate::json::Json;
use crate::record::Recorded;
use crate::recording::{ReadError, read_entries};
use groups::{Groups, Link};
use table::Table;

pub use table::NoNames;

/// From so many events on that are not in what is kept, it is kept anew. Below, reading them again
/// is cheaper.
const WORTH_KEEPING: usize = 64;
/// So many events are read at a time.
const AT_ONCE: usize = 1 << 10;

/// A party or a standard.
pub(crate) type Name = (Named, Slug);

/// The parties and standards of a ledger with the events that tell of them, up to a head. It is
/// derived: it may be deleted, and is worked out again from the log.
///
/// Events go together that declare the same slug, of which one corrects another or is another
/// account of it, and so on: what is asked of one of them may hang on each.
#[derive(Debug, Clone)]
pub struct Names {
    ledger: LedgerId,
    through: HeadMark,
    /// As read from a file; nothing of it is taken apart.
    read: Table,
    /// What is new, with what was read of the groups that it is in: those count here.
    new: Groups,
}

impl Names {
    /// Those of a ledger of which nothing was read yet.
    fn of_nothing(ledger: LedgerId) -> Self {
        let through = HeadMark { sequence: Sequence::LEDGER, digest: Digest::NONE };
        Self { ledger, through, read: Table::default(), new: Groups::default() }
    }

    /// Those of a log, up to its head.
    ///
    /// # Errors
    /// [`ReadError`] where an event that tells of a party or a standard cannot be read.
    pub(crate) fn of<L: ReadLog + ?Sized>(log: &L) -> Result<Self, ReadError> {
        let mut names = match log.kept_names()? {
            Some(kept) => kept,
            None => Self::of_nothing(log.ledger()?.id),
        };
        if names.catch_up(log)? >= WORTH_KEEPING {
            log.keep_names(&names);
        }
        Ok(names)
    }

    /// Brings what a log keeps of its parties and standards up to its head, where that is worth it:
    /// after much was recorded the next who asks would have to.
    ///
    /// # Errors
    /// [`ReadError`] where an event that tells of a party or a standard cannot be read.
    pub fn keep_up<L: ReadLog + ?Sized>(log: &L) -> Result<(), ReadError> {
        Self::of(log).map(drop)
    }

    /// Takes what the log has come to hold since. Gives how many events of no dispute that were.
    ///
    /// # Errors
    /// [`ReadError`].
    pub(crate) fn catch_up<L: ReadLog + ?Sized>(&mut self, log: &L) -> Result<usize, ReadError> {
        let Head { sequence, digest, .. } = log.head()?;
        let head = HeadMark { sequence, digest };
        if self.through == head {
            return Ok(0);
        }
        let news = log.of_none_after(self.through.sequence)?;
        self.go_on(log, &news)?;
        self.through = head;
        Ok(news.len())
    }

    /// What the log says instead of what is kept, up to the same head.
    ///
    /// # Errors
    /// As for reading a record.
    pub fn contradiction<L: ReadLog + ?Sized>(log: &L) -> Result<Option<Self>, ReadError> {
        let Some(kept) = log.kept_names()? else { return Ok(None) };
        let mut events = log.of_dispute(None)?;
        events.retain(|at| *at <= kept.through.sequence);
        let mut made = Self::of_nothing(kept.ledger);
        made.go_on(log, &events)?;
        made.through = kept.through;
        Ok(Some(made).filter(|made| made.write() != kept.write()))
    }

    fn go_on<L: ReadLog + ?Sized>(&mut self, log: &L, news: &[Sequence]) -> Result<(), ReadError> {
        for some in news.chunks(AT_ONCE) {
            let entries: Result<Vec<_>, LogError> =
                some.iter().map(|at| existing(log, *at)).collect();
            let entries = entries?;
            let recorded = read_entries(&self.ledger, &entries)?;
            for (entry, event) in entries.iter().zip(&recorded) {
                self.add(&link(log, event, entry.envelope())?);
            }
        }
        Ok(())
    }

    fn add(&mut self, link: &Link) {
        let by_names = link.names.iter().filter_map(|name| self.read.group_of(name));
        let known = link.goes_with.iter().filter(|at| !self.new.has(**at));
        let by_events = known.filter_map(|at| self.read.group_at(*at));
        let near: Vec<usize> = by_names.chain(by_events).collect();
        for number in near {
            let group = self.read.group(number);
            if group.events.first().is_some_and(|at| !self.new.has(*at)) {
                self.new.push(group);
            }
        }
        self.new.add(link);
    }

    /// The ledger of which they are.
    pub fn ledger(&self) -> &LedgerId {
        &self.ledger
    }

    /// The last envelope that they take into account.
    pub fn through(&self) -> HeadMark {
        self.through
    }

    /// The same, as if they were made at another head.
    #[cfg(test)]
    pub(crate) fn made_through(mut self, head: &Head) -> Self {
        self.through = HeadMark { sequence: head.sequence, digest: head.digest };
        self
    }

    /// The events that a party or a standard hangs on, in the order of recording.
    pub(crate) fn declaring(&self, name: &Name) -> Vec<Sequence> {
        match self.new.declaring(name) {
            events if events.is_empty() => {
                let group = self.read.group_of(name);
                group.map(|group| self.read.events_of(group)).unwrap_or_default()
            }
            events => events,
        }
    }

    /// The events that go together with an event of no dispute, itself among them, in the order of
    /// recording; none for an event of a dispute.
    pub(crate) fn beside(&self, at: Sequence) -> Vec<Sequence> {
        match self.new.beside(at) {
            events if events.is_empty() => {
                let group = self.read.group_at(at);
                group.map(|group| self.read.events_of(group)).unwrap_or_default()
            }
            events => events,
        }
    }

    /// Their bytes, which [`Names::read`] reads again: the same for the same names.
    pub fn write(&self) -> Vec<u8> {
        let mut groups = self.new.clone();
        for group in self.read.groups() {
            if group.events.first().is_some_and(|at| !self.new.has(*at)) {
                groups.push(group);
            }
        }
        table::write(&self.ledger, self.through, &groups)
    }

    /// Reads names.
    ///
    /// # Errors
    /// [`NoNames`]: nothing is said of the log by either.
    pub fn read(bytes: Vec<u8>) -> Result<Self, NoNames> {
        let (ledger, through, read) = table::read(bytes)?;
        Ok(Self { ledger, through, read, new: Groups::default() })
    }
}

/// What an event of no dispute declares, and with which others it goes.
fn link<L: ReadLog + ?Sized>(
    log: &L,
    recorded: &Recorded,
    envelope: &Envelope,
) -> Result<Link, LogError> {
    let mut link = Link { at: recorded.sequence, names: Vec::new(), goes_with: Vec::new() };
    let declared = recorded.event.as_ref().and_then(Event::declares);
    link.names.extend(declared.map(|(named, slug)| (named, slug.clone())));
    let mut ids: Vec<EventId> = envelope.refers_to().to_vec();
    if let Some(Fact::Amendment(amendment)) = recorded.fact() {
        for (key, value) in &amendment.set.0 {
            let text = value.as_text().unwrap_or_default();
            match key.as_str() {
                "party" => link.names.extend(Slug::parse(text).map(|it| (Named::Party, it))),
                "standard" => link.names.extend(Slug::parse(text).map(|it| (Named::Standard, it))),
                "version_of" => ids.extend(EventId::parse(text)),
                _ => {}
            }
        }
    }
    for id in ids {
        link.goes_with.extend(log.find(&id)?);
    }
    Ok(link)
}

/// Every text in a value.
pub(crate) fn texts<'a>(value: &'a Json, see: &mut dyn FnMut(&'a str)) {
    match value {
        Json::Text(text) => see(text),
        Json::List(values) => values.iter().for_each(|value| texts(value, see)),
        Json::Object(members) => members.iter().for_each(|(_, value)| texts(value, see)),
        _ => {}
    }
}
