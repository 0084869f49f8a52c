//! `verify`: every row in the order of the chain, then the tree and the indexes.

use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::thread;

use dispute_core::{
    Digest, Envelope, Head, Instant, LedgerId, Sequence, TreeHash, check_content, follows,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::Result;
use crate::database::{self, End, SMALL_CACHE};
use crate::peaks::Peaks;

/// Leaves of the subtrees whose hashes are stored.
const GROUP: u64 = 256;

/// What is done with contents.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Contents {
    /// Hashed, and read as the events that they are said to be.
    Read,
    /// Hashed alone.
    Hash,
}

/// What one thread found of the tree: the subtrees that it saw whole, and the leaves after them;
/// and of each row a hash of the dispute to which it belongs, 0 for none.
struct Walked {
    disputes: Vec<u64>,
    head: Option<Head>,
    groups: Vec<TreeHash>,
    rest: Vec<TreeHash>,
}

pub(crate) fn verify(path: &Path, threads: u64, contents: Contents) -> Result<()> {
    let connection = database::open(path, SMALL_CACHE)?;
    let end = database::read_end(&connection)?;
    let events = end.head.sequence.get() + 1;
    // Whole subtrees to each thread.
    let share = events.div_ceil(threads.max(1)).next_multiple_of(GROUP);
    let starts = (0..events).step_by(usize::try_from(share)?);
    let (ledger, hasher) = (&end.ledger, &RandomState::new());
    let walked: Vec<Walked> = thread::scope(|scope| {
        let walks: Vec<_> = starts
            .map(|first| (first, (first + share).min(events)))
            .map(|range| scope.spawn(move || walk(path, ledger, range, contents, hasher)))
            .collect();
        walks
            .into_iter()
            .map(|walk| walk.join().map_err(|_| "a thread fell")?)
            .collect::<Result<_>>()
    })?;
    if walked.last().and_then(|walked| walked.head) != Some(end.head) {
        return Err("the chain does not end at the head".into());
    }
    check_tree(&connection, &walked, &end)?;
    check_ids(&connection, i64::try_from(events)?)?;
    let disputes: Vec<u64> = walked.into_iter().flat_map(|walked| walked.disputes).collect();
    check_disputes(&connection, &disputes, hasher)?;
    println!("{} events, nothing wrong", events - 1);
    Ok(())
}

fn walk(
    path: &Path,
    ledger: &LedgerId,
    (first, to): (u64, u64),
    contents: Contents,
    hasher: &RandomState,
) -> Result<Walked> {
    let connection = database::open(path, SMALL_CACHE)?;
    let mut references = connection.prepare("SELECT sequence FROM ids WHERE id = ?1")?;
    let mut rows = connection.prepare(
        "SELECT sequence, recorded_at, id, kind, envelope, digest, leaf, salt, content, dispute,
             occurred, earliest, latest
         FROM events WHERE sequence >= ?1 AND sequence < ?2 ORDER BY sequence",
    )?;
    let mut rows = rows.query(params![i64::try_from(first)?, i64::try_from(to)?])?;
    let mut head = before(&connection, first)?;
    let mut dispute_of = connection
        .prepare("SELECT e.dispute FROM ids i JOIN events e USING (sequence) WHERE i.id = ?1")?;
    let (mut group, mut groups, mut rest) = (Peaks::default(), Vec::new(), Vec::new());
    let mut disputes = Vec::new();
    let mut sequence = first;
    while let Some(row) = rows.next()? {
        let (envelope, leaf) =
            check_row(row, contents).map_err(|fault| format!("{sequence}: {fault}"))?;
        match &head {
            Some(head) => follows(ledger, head, &envelope)?,
            None if sequence == 0 && *envelope.previous() == Digest::NONE => {}
            None => return Err("the chain does not begin".into()),
        }
        // A correction belongs where what it corrects does, of which another row tells.
        let belongs_to: Option<String> = match envelope.corrects() {
            Some(corrected) => dispute_of.query_row([corrected.as_str()], |row| row.get(0))?,
            None => envelope.dispute().map(|dispute| dispute.as_str().to_owned()),
        };
        if row.get_ref(9)?.as_str_or_null()? != belongs_to.as_deref() {
            return Err(format!("{sequence}: the dispute").into());
        }
        disputes.push(belongs_to.map_or(0, |dispute| hasher.hash_one(dispute.as_str())));
        let own = i64::try_from(sequence)?;
        for id in envelope.refers_to() {
            let at: Option<i64> =
                references.query_row([id.as_str()], |row| row.get(0)).optional()?;
            at.filter(|at| *at < own).ok_or_else(|| format!("{sequence}: {id} is not before"))?;
        }
        head = Some(Head {
            sequence: Sequence::new(sequence),
            digest: Digest::from_bytes(row.get(5)?),
            recorded_at: envelope.recorded_at(),
        });
        rest.push(leaf);
        if let Some((_, node)) = group.push(leaf).first() {
            groups.push(*node);
            rest.clear();
            group = Peaks::default();
        }
        sequence += 1;
    }
    Ok(Walked { disputes, head, groups, rest })
}

/// The envelope of the row before, taken at its word: another thread checks it.
fn before(connection: &Connection, first: u64) -> Result<Option<Head>> {
    let Some(last) = first.checked_sub(1) else { return Ok(None) };
    let sql = "SELECT recorded_at, digest FROM events WHERE sequence = ?1";
    let (recorded_at, digest) =
        connection.query_row(sql, [i64::try_from(last)?], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Some(Head {
        sequence: Sequence::new(last),
        digest: Digest::from_bytes(digest),
        recorded_at: Instant::from_micros(recorded_at).ok_or("a time that is none")?,
    }))
}

fn check_row(row: &Row<'_>, contents: Contents) -> Result<(Envelope, TreeHash)> {
    let bytes = row.get_ref(4)?.as_blob()?;
    let envelope = Envelope::read(bytes)?;
    if Digest::of_envelope(bytes).as_bytes() != row.get_ref(5)?.as_blob()? {
        return Err("the digest of the envelope".into());
    }
    let leaf = TreeHash::of_leaf(bytes);
    let same = row.get::<_, i64>(0)? == i64::try_from(envelope.sequence().get())?
        && row.get::<_, i64>(1)? == envelope.recorded_at().as_micros()
        && row.get_ref(2)?.as_str()? == envelope.id().as_str()
        && row.get_ref(3)?.as_str()? == envelope.kind()
        && row.get_ref(6)?.as_blob()? == leaf.as_bytes();
    let date = envelope.occurred();
    let micros = |moment: Option<Instant>| moment.map(Instant::as_micros);
    let same_date = row.get_ref(10)?.as_str_or_null()? == date.map(|date| date.text.as_str())
        && row.get::<_, Option<i64>>(11)? == micros(date.and_then(|date| date.earliest))
        && row.get::<_, Option<i64>>(12)? == micros(date.and_then(|date| date.latest));
    if !same || !same_date {
        return Err("a column says another thing than the envelope".into());
    }
    let content = row.get_ref(8)?.as_str()?.as_bytes();
    if Digest::of_content(&row.get(7)?, content) != *envelope.commitment() {
        return Err("the content is not what was sealed".into());
    }
    if contents == Contents::Read {
        let occurred = envelope.occurred().map_or("", |date| date.text.as_str());
        check_content(envelope.kind(), envelope.dispute(), occurred, content)?;
    }
    Ok((envelope, leaf))
}

/// The stored subtrees, and the edge that is stored with the head.
fn check_tree(connection: &Connection, walked: &[Walked], end: &End) -> Result<()> {
    let mut stored =
        connection.prepare("SELECT hash FROM subtrees WHERE height = ?1 AND last = ?2")?;
    let mut check = |height: u32, last: u64, hash: &TreeHash| -> Result<()> {
        let found: [u8; 32] =
            stored.query_row(params![height, i64::try_from(last)?], |row| row.get(0))?;
        if found == *hash.as_bytes() { Ok(()) } else { Err("a subtree".into()) }
    };
    let mut peaks = Peaks::default();
    for (n, group) in (1..).zip(walked.iter().flat_map(|walked| &walked.groups)) {
        let last = n * GROUP - 1;
        check(8, last, group)?;
        for (height, node) in peaks.push(*group) {
            check(height + 8, last, &node)?;
        }
    }
    let mut edge = Peaks::default();
    walked.iter().flat_map(|walked| &walked.rest).for_each(|leaf| drop(edge.push(*leaf)));
    let edge = [peaks.to_bytes(), edge.to_bytes()].concat();
    if edge == end.peaks.to_bytes() { Ok(()) } else { Err("the edge of the tree".into()) }
}

/// Every event is found by its id.
fn check_ids(connection: &Connection, events: i64) -> Result<()> {
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let by_id = count(
        "SELECT count(*) FROM events e JOIN ids i ON i.id = e.id WHERE i.sequence = e.sequence",
    )?;
    let ids = count("SELECT count(*) FROM ids")?;
    if (by_id, ids) == (events, events) { Ok(()) } else { Err("the index of ids".into()) }
}

/// Every event that belongs to a dispute is found among those of its dispute, and no other is.
fn check_disputes(connection: &Connection, disputes: &[u64], hasher: &RandomState) -> Result<()> {
    let mut index = connection.prepare(
        "SELECT dispute, sequence FROM events INDEXED BY of_dispute WHERE dispute IS NOT NULL",
    )?;
    let mut rows = index.query([])?;
    let mut found = 0;
    while let Some(row) = rows.next()? {
        let dispute = hasher.hash_one(row.get_ref(0)?.as_str()?);
        let sequence: usize = row.get::<_, i64>(1)?.try_into()?;
        if disputes.get(sequence) != Some(&dispute) {
            return Err(format!("{sequence}: the index of disputes").into());
        }
        found += 1;
    }
    let expected = disputes.iter().filter(|dispute| **dispute != 0).count();
    if found == expected { Ok(()) } else { Err("the index of disputes".into()) }
}
