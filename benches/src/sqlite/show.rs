//! `show` and `list`.

use std::collections::BTreeSet;
use std::path::Path;

use dispute_core::event::schema::{Mentioned, Named};
use dispute_core::{
    Clock, Content, Digest, Edtf, Entry, Json, Record, Recorded, Slug, StoredRecord, SystemClock,
    read_entries,
};
use dispute_projection::{AsOf, Known, State, order_sensitive};
use rusqlite::{Connection, Row};

use crate::Result;
use crate::database::{self, SMALL_CACHE};

const OF_DISPUTE: &str =
    "SELECT digest, envelope, salt, content FROM events WHERE dispute = ?1 ORDER BY sequence";
const DECLARED: &str = "SELECT e.digest, e.envelope, e.salt, e.content
    FROM declared d JOIN events e USING (sequence) WHERE d.slug = ?1";

pub(crate) fn show(path: &Path, dispute: &str, on: Option<&str>) -> Result<()> {
    let connection = database::open(path, SMALL_CACHE)?;
    let end = database::read_end(&connection)?;
    let slug = Slug::parse(dispute).ok_or("no slug")?;
    let own = read_entries(&end.ledger, &entries(&connection, OF_DISPUTE, dispute)?)?;
    let mut named = Vec::new();
    for key in declared_elsewhere(&own) {
        named.extend(read_entries(&end.ledger, &entries(&connection, DECLARED, &key)?)?);
    }
    named.extend(own);
    named.sort_unstable_by_key(|event| event.sequence);
    let record = Record::load(named, []);
    let zone = record.zone_of(Some(&slug));
    let on = on.map(|date| Edtf::parse(date)?.span(zone).map_err(Into::into));
    let on = on.transpose().map_err(|fault: Box<dyn std::error::Error + Send + Sync>| fault)?;
    let as_of = AsOf { on: on.and_then(|span| span.latest), known: None, now: SystemClock.now() };
    let state = State::of(&record, &slug, as_of).ok_or("there is no such dispute")?;
    let known = Known {
        sequence: end.head.sequence.get(),
        digest: end.head.digest.to_string(),
        recorded_at: end.head.recorded_at,
    };
    let mut json = state.to_json(&known);
    if let Json::Object(members) = &mut json {
        members.extend(order_sensitive(&record, &slug, as_of).unwrap_or_default().members());
    }
    println!("{json}");
    Ok(())
}

fn entries(connection: &Connection, sql: &str, key: &str) -> Result<Vec<Entry>> {
    let mut rows = connection.prepare_cached(sql)?;
    let mut rows = rows.query([key])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(row)?);
    }
    Ok(entries)
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    let content: Option<String> = row.get(3)?;
    let salt: Option<[u8; 32]> = row.get(2)?;
    Ok(Entry::read(StoredRecord {
        digest: Digest::from_bytes(row.get(0)?),
        envelope: row.get(1)?,
        content: salt.zip(content).map(|(salt, text)| Content { salt, bytes: text.into_bytes() }),
    })?)
}

/// The parties and standards that events name.
fn declared_elsewhere(own: &[Recorded]) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for event in own.iter().filter_map(|event| event.event.as_ref()) {
        event.mentions(&mut |mention| {
            keys.extend(match mention.what {
                Mentioned::Declared(Named::Party, slug) => Some(format!("party {slug}")),
                Mentioned::Declared(Named::Standard, slug) => Some(format!("standard {slug}")),
                Mentioned::PartyOrEvent(text) => Some(format!("party {text}")),
                _ => None,
            });
        });
    }
    keys
}

pub(crate) fn list(path: &Path) -> Result<()> {
    let connection = database::open(path, SMALL_CACHE)?;
    let mut rows = connection.prepare(
        "SELECT dispute, count(*) FROM events WHERE dispute IS NOT NULL GROUP BY dispute",
    )?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        println!("{} {}", row.get_ref(0)?.as_str()?, row.get::<_, i64>(1)?);
    }
    Ok(())
}
