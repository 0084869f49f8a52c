//! The tables, and how the database is opened.

use std::path::Path;

use dispute_core::{Digest, Head, Instant, LedgerId, Sequence};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, params};

use crate::Result;
use crate::peaks::Peaks;

/// One row an event, with every column that a question asks for; its id and its dispute are found
/// by an index, and the party or standard that it declares by another.
const TABLES: &str = "
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    id TEXT NOT NULL,
    dispute TEXT,
    kind TEXT NOT NULL,
    occurred TEXT,
    earliest INTEGER,
    latest INTEGER,
    envelope BLOB NOT NULL,
    digest BLOB NOT NULL,
    leaf BLOB NOT NULL,
    salt BLOB,
    content TEXT
);
CREATE TABLE ids (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX of_dispute ON events (dispute, sequence) WHERE dispute IS NOT NULL;
CREATE TABLE declared (slug TEXT, sequence INTEGER, PRIMARY KEY (slug, sequence)) WITHOUT ROWID;
CREATE TABLE subtrees (height INTEGER, last INTEGER, hash BLOB, PRIMARY KEY (height, last)) WITHOUT ROWID;
CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    ledger BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    digest BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    peaks BLOB NOT NULL
);
";

/// Pages of the cache that an import has, in KiB.
pub(crate) const CACHE_OF_IMPORT: i64 = 64 * 1024;
/// The same of one question or one event.
pub(crate) const SMALL_CACHE: i64 = 8 * 1024;

/// Where the chain and the tree end.
pub(crate) struct End {
    pub(crate) ledger: LedgerId,
    pub(crate) head: Head,
    pub(crate) peaks: Peaks,
}

pub(crate) fn create(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.execute_batch(TABLES)?;
    Ok(connection)
}

/// Opens it so that what is committed is on the disk. What is in the write-ahead log is left there
/// when a short process ends: folding it into the database costs two more flushes.
pub(crate) fn open(path: &Path, cache: i64) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -cache)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

pub(crate) fn read_end(connection: &Connection) -> Result<End> {
    let row = connection.query_row(
        "SELECT ledger, sequence, digest, recorded_at, peaks FROM head",
        [],
        |row| {
            let peaks: Vec<u8> = row.get(4)?;
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, peaks))
        },
    )?;
    let (ledger, sequence, digest, recorded_at, peaks): ([u8; 16], i64, [u8; 32], i64, _) = row;
    let sequence = u64::try_from(sequence)?;
    let head = Head {
        sequence: Sequence::new(sequence),
        digest: Digest::from_bytes(digest),
        recorded_at: Instant::from_micros(recorded_at).ok_or("a time that is none")?,
    };
    Ok(End { ledger: LedgerId::from_bytes(ledger), head, peaks: Peaks::read(sequence + 1, &peaks) })
}

pub(crate) fn write_end(connection: &Connection, end: &End) -> Result<()> {
    connection.execute(
        "INSERT OR REPLACE INTO head VALUES (1, ?1, ?2, ?3, ?4, ?5)",
        params![
            end.ledger.as_bytes(),
            i64::try_from(end.head.sequence.get())?,
            end.head.digest.as_bytes(),
            end.head.recorded_at.as_micros(),
            end.peaks.to_bytes(),
        ],
    )?;
    Ok(())
}
