//! From a line to what is sealed: parsed, its references and slugs looked up.

use std::collections::{HashMap, HashSet};

use dispute_core::event::schema::{Mentioned, Named};
use dispute_core::event::{Event, Fact, Kind};
use dispute_core::{CONTENT_SCHEMA, Draft, EventId, Slug, Zone, sealed_date};
use rusqlite::{Connection, OptionalExtension};

use crate::Result;

/// An event that keeps the rules which this rival knows.
pub(crate) struct Ready {
    pub(crate) draft: Draft,
    /// The dispute that it is found under: of a correction that of what it corrects.
    pub(crate) belongs_to: Option<Slug>,
    /// What later events may name, as `party p1` or `unit kaiser nurses`.
    pub(crate) declares: Option<String>,
}

/// What events may refer to: what came earlier in this import, then what is in the database.
pub(crate) struct Known {
    database: Option<Connection>,
    events: HashMap<EventId, (Kind, Option<u32>)>,
    disputes: Vec<(Slug, Zone)>,
    numbers: HashMap<Slug, u32>,
    declared: HashSet<String>,
}

impl Known {
    /// With no database where nothing is recorded yet.
    pub(crate) fn new(database: Option<Connection>) -> Self {
        Self {
            database,
            events: HashMap::new(),
            disputes: Vec::new(),
            numbers: HashMap::new(),
            declared: HashSet::new(),
        }
    }

    /// Gives the database back.
    pub(crate) fn into_database(self) -> Option<Connection> {
        self.database
    }

    /// Reads a line, checks what it names, and keeps it for what comes after it.
    pub(crate) fn admit(&mut self, line: &str) -> Result<Ready> {
        let event = Event::parse(line).map_err(|refusal| refusal.to_string())?;
        let id = event.id.clone().ok_or("the event has no id")?;
        if let Fact::DisputeOpened(opened) = &event.fact {
            self.open(event.dispute.clone().ok_or("no dispute")?, opened.time_zone);
        }
        let own = event.dispute.as_ref().map(|slug| self.dispute(slug)).transpose()?;
        let zone = own.map_or(Zone::UTC, |n| self.disputes[n as usize].1);
        let (refers_to, target) = self.look_up(&event, own, zone)?;
        let belongs = own.or(target.filter(|_| event.kind().is_about_the_record()));
        let declares =
            event.declares().map(|(named, slug)| key(named, event.dispute.as_ref(), slug));
        self.declared.extend(declares.clone());
        self.events.insert(id.clone(), (event.kind(), belongs));
        Ok(Ready {
            belongs_to: belongs.map(|n| self.disputes[n as usize].0.clone()),
            declares,
            draft: Draft {
                id,
                dispute: event.dispute.clone(),
                kind: event.kind().as_str().into(),
                schema: CONTENT_SCHEMA,
                occurred: event
                    .occurred
                    .as_ref()
                    .map(|date| sealed_date(date, zone))
                    .transpose()
                    .map_err(|refusal| refusal.to_string())?,
                refers_to,
                content: event.content().into_bytes(),
                recorded_by: "bench".into(),
            },
        })
    }

    /// What an event refers to, and the dispute of the first of them.
    fn look_up(
        &mut self,
        event: &Event,
        own: Option<u32>,
        zone: Zone,
    ) -> Result<(Vec<EventId>, Option<u32>)> {
        let (mut refers_to, mut target, mut fault) = (Vec::new(), None, None);
        event.mentions(&mut |mention| {
            let checked = match mention.what {
                Mentioned::Event(id, kinds) => self.event(id).and_then(|(kind, dispute)| {
                    if !kinds.contains(&kind) {
                        return Err(format!("{id} is a {kind}").into());
                    }
                    if own.is_some() && dispute != own && mention.key != "about" {
                        return Err(format!("{id} is of another dispute").into());
                    }
                    target = target.or(dispute);
                    if !refers_to.contains(id) {
                        refers_to.push(id.clone());
                    }
                    Ok(())
                }),
                Mentioned::PartyOrEvent(text) => self.party_or_event(text, &mut refers_to),
                Mentioned::Declared(Named::Dispute, slug) => self.dispute(slug).map(drop),
                Mentioned::Declared(named, slug) => {
                    self.is_declared(key(named, event.dispute.as_ref(), slug))
                }
                Mentioned::Date(date) => date.span(zone).map(drop).map_err(Into::into),
            };
            fault = fault.take().or(checked.err());
        });
        fault.map_or(Ok((refers_to, target)), Err)
    }

    fn party_or_event(&mut self, text: &str, refers_to: &mut Vec<EventId>) -> Result<()> {
        let party = Slug::parse(text).map(|slug| key(Named::Party, None, &slug));
        if party.is_some_and(|party| self.is_declared(party).is_ok()) {
            return Ok(());
        }
        let id = EventId::parse(text).ok_or("neither a party nor an event")?;
        self.event(&id)?;
        if !refers_to.contains(&id) {
            refers_to.push(id);
        }
        Ok(())
    }

    fn open(&mut self, slug: Slug, zone: Zone) -> u32 {
        let number = u32::try_from(self.disputes.len()).unwrap_or(u32::MAX);
        self.disputes.push((slug.clone(), zone));
        self.numbers.insert(slug, number);
        number
    }

    fn dispute(&mut self, slug: &Slug) -> Result<u32> {
        if let Some(number) = self.numbers.get(slug) {
            return Ok(*number);
        }
        let sql =
            "SELECT e.content FROM declared d JOIN events e USING (sequence) WHERE d.slug = ?1";
        let content: Option<String> =
            self.ask(sql, &key(Named::Dispute, None, slug), |row| row.get(0))?;
        let content = content.ok_or_else(|| format!("there is no dispute {slug}"))?;
        let opening: serde_json::Value = serde_json::from_str(&content)?;
        let zone = opening["time_zone"].as_str().and_then(Zone::parse).ok_or("no time zone")?;
        Ok(self.open(slug.clone(), zone))
    }

    fn event(&mut self, id: &EventId) -> Result<(Kind, Option<u32>)> {
        if let Some(known) = self.events.get(id) {
            return Ok(*known);
        }
        let sql =
            "SELECT e.kind, e.dispute FROM ids i JOIN events e USING (sequence) WHERE i.id = ?1";
        let row: Option<(String, Option<String>)> =
            self.ask(sql, id.as_str(), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (kind, dispute) = row.ok_or_else(|| format!("there is no event {id}"))?;
        let dispute = dispute.as_deref().and_then(Slug::parse);
        let dispute = dispute.map(|slug| self.dispute(&slug)).transpose()?;
        Ok((Kind::parse(&kind).ok_or("no kind")?, dispute))
    }

    fn is_declared(&mut self, key: String) -> Result<()> {
        if self.declared.contains(&key) {
            return Ok(());
        }
        let sql = "SELECT sequence FROM declared WHERE slug = ?1";
        let found: Option<i64> = self.ask(sql, &key, |row| row.get(0))?;
        found.ok_or_else(|| format!("there is no {key}"))?;
        self.declared.insert(key);
        Ok(())
    }

    fn ask<T>(
        &self,
        sql: &str,
        key: &str,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        let Some(database) = &self.database else { return Ok(None) };
        Ok(database.prepare_cached(sql)?.query_row([key], read).optional()?)
    }
}

/// Units and contracts belong to their dispute; all else that is declared to the whole ledger.
fn key(named: Named, dispute: Option<&Slug>, slug: &Slug) -> String {
    match (named, dispute) {
        (Named::Party, _) => format!("party {slug}"),
        (Named::Standard, _) => format!("standard {slug}"),
        (Named::Dispute, _) => format!("dispute {slug}"),
        (Named::Unit, dispute) => format!("unit {} {slug}", dispute.map_or("", Slug::as_str)),
        (Named::Contract, dispute) => {
            format!("contract {} {slug}", dispute.map_or("", Slug::as_str))
        }
    }
}
