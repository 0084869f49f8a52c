//! `init`, `add`, `import`: everything in one transaction.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use dispute_core::{BehindClock, Entry, Founding, Sealer, SystemClock, TreeHash};
use rusqlite::{Connection, params};

use crate::Result;
use crate::database::{self, CACHE_OF_IMPORT, End, SMALL_CACHE};
use crate::peaks::Peaks;
use crate::ready::{Known, Ready};

/// Events that go from one thread to the other at once.
const BATCH: usize = 256;
/// Batches that may wait.
const WAITING: usize = 16;

pub(crate) fn init(path: &Path) -> Result<()> {
    let mut connection = database::create(path)?;
    let founding = Founding::new("bench", "bench", &SystemClock)?.seal()?;
    let transaction = connection.transaction()?;
    let mut peaks = Peaks::default();
    insert(&transaction, &mut peaks, &founding, None, None)?;
    let ledger = *founding.envelope().ledger();
    database::write_end(&transaction, &End { ledger, head: founding.head(), peaks })?;
    Ok(transaction.commit()?)
}

pub(crate) fn add(path: &Path, file: &Path) -> Result<()> {
    let line = std::fs::read_to_string(file)?;
    let connection = database::open(path, SMALL_CACHE)?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let mut known = Known::new(Some(connection));
    let ready = known.admit(line.trim())?;
    let connection = known.into_database().ok_or("no database")?;
    write(&connection, [Ok(vec![ready])])?;
    Ok(connection.execute_batch("COMMIT")?)
}

/// One thread reads and looks up, the other seals and inserts.
pub(crate) fn import(path: &Path, file: &Path) -> Result<()> {
    let mut connection = database::open(path, CACHE_OF_IMPORT)?;
    let is_empty = database::read_end(&connection)?.head.sequence.get() == 0;
    let look_up = if is_empty { None } else { Some(database::open(path, SMALL_CACHE)?) };
    let lines = BufReader::with_capacity(1 << 20, File::open(file)?);
    let (send, receive) = sync_channel(WAITING);
    let transaction = connection.transaction()?;
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut known = Known::new(look_up);
            if let Err(fault) = read(lines, &mut known, &send) {
                // The receiver is gone only where it failed itself.
                drop(send.send(Err(fault)));
            }
        });
        write(&transaction, Receiver::into_iter(receive))
    })?;
    transaction.commit()?;
    connection.pragma_update(None, "wal_checkpoint", "TRUNCATE")?;
    Ok(())
}

type Batch = Result<Vec<Ready>>;

fn read(mut lines: impl BufRead, known: &mut Known, send: &SyncSender<Batch>) -> Result<()> {
    let mut line = String::new();
    let mut batch = Vec::with_capacity(BATCH);
    while lines.read_line(&mut line)? > 0 {
        batch.push(known.admit(line.trim_end())?);
        line.clear();
        if batch.len() == BATCH {
            send.send(Ok(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))))?;
        }
    }
    Ok(send.send(Ok(batch))?)
}

fn write(connection: &Connection, batches: impl IntoIterator<Item = Batch>) -> Result<()> {
    let mut end = database::read_end(connection)?;
    let mut sealer = Sealer::new(end.ledger, end.head, &SystemClock, BehindClock::Refuse);
    for batch in batches {
        for Ready { draft, belongs_to, declares } in batch? {
            let entry = sealer.seal(draft)?;
            let dispute = belongs_to.as_ref().map(dispute_core::Slug::as_str);
            insert(connection, &mut end.peaks, &entry, dispute, declares)?;
        }
    }
    end.head = *sealer.head();
    database::write_end(connection, &end)
}

fn insert(
    connection: &Connection,
    peaks: &mut Peaks,
    entry: &Entry,
    dispute: Option<&str>,
    declares: Option<String>,
) -> Result<()> {
    let envelope = entry.envelope();
    let sequence = i64::try_from(envelope.sequence().get())?;
    let leaf = TreeHash::of_leaf(entry.envelope_bytes());
    let content = entry.content().ok_or("the content is gone")?;
    let occurred = envelope.occurred();
    let micros =
        |moment: Option<dispute_core::Instant>| moment.map(dispute_core::Instant::as_micros);
    connection
        .prepare_cached("INSERT INTO events VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)")?
        .execute(params![
            sequence,
            envelope.recorded_at().as_micros(),
            envelope.id().as_str(),
            dispute,
            envelope.kind(),
            occurred.map(|date| date.text.as_str()),
            micros(occurred.and_then(|date| date.earliest)),
            micros(occurred.and_then(|date| date.latest)),
            entry.envelope_bytes(),
            entry.digest().as_bytes(),
            leaf.as_bytes(),
            content.salt,
            std::str::from_utf8(&content.bytes)?,
        ])?;
    connection
        .prepare_cached("INSERT INTO ids VALUES (?1, ?2)")?
        .execute(params![envelope.id().as_str(), sequence])?;
    if let Some(slug) = declares {
        connection
            .prepare_cached("INSERT INTO declared VALUES (?1, ?2)")?
            .execute(params![slug, sequence])?;
    }
    for (height, hash) in peaks.push(leaf) {
        connection.prepare_cached("INSERT INTO subtrees VALUES (?1, ?2, ?3)")?.execute(params![
            height,
            sequence,
            hash.as_bytes()
        ])?;
    }
    Ok(())
}
