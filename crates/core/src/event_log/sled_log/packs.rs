//! Packs: copies of the records of one dispute side by side in a file, so that reading it does not
//! read the others. The store keeps records in the order of recording, where those of one dispute
//! lie far apart.
//!
//! A pack is derived. It may be deleted at any time, be behind the log, or be of another ledger:
//! what it lacks is read from the log, and what cannot be read is passed over. What comes out of it
//! is proved by its digests like everything that is read. It is written whole under another name
//! and then renamed; a redaction deletes all packs before it is recorded.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::chain::Sequence;
use crate::digest::Digest;
use crate::encoding::{read_record, write_record};
use crate::entry::StoredRecord;
use crate::envelope::LedgerId;
use crate::identifier::Slug;

/// The folder of packs within that of the ledger.
const FOLDER: &str = "packs";
/// What a pack begins with. Another layout gets another number.
const MAGIC: &[u8] = b"dispute pack 1\n";
/// What is not of any dispute is in the pack of this name, which no slug is.
const OF_NO_DISPUTE: &str = "_";
/// Below this many records to read one by one, a pack is not worth its writing.
pub(super) const WORTH_A_PACK: usize = 48;
/// No pack is larger: it is read into memory whole.
const LARGEST: u64 = 1 << 30;

/// Records by their places.
pub(super) type Records = BTreeMap<Sequence, StoredRecord>;

fn name(dispute: Option<&Slug>) -> &str {
    dispute.map_or(OF_NO_DISPUTE, Slug::as_str)
}

fn path(dir: &Path, dispute: Option<&Slug>) -> PathBuf {
    dir.join(FOLDER).join(name(dispute))
}

/// The records of a dispute's pack; none where there is no pack that can be read.
pub(super) fn read(dir: &Path, ledger: &LedgerId, dispute: Option<&Slug>) -> Records {
    let bytes = bytes_of(&path(dir, dispute));
    bytes.and_then(|bytes| decode(&bytes, ledger, name(dispute))).unwrap_or_default()
}

/// The bytes of a plain file that is not too large; none of a link, which may lead anywhere.
fn bytes_of(path: &Path) -> Option<Vec<u8>> {
    let file = fs::symlink_metadata(path).ok()?;
    if file.is_file() && file.len() <= LARGEST { fs::read(path).ok() } else { None }
}

/// Writes a dispute's pack. It is a convenience: it may fail.
pub(super) fn write(dir: &Path, ledger: &LedgerId, dispute: Option<&Slug>, records: &Records) {
    let path = path(dir, dispute);
    // Only one process has the ledger open: what another left under this name is overwritten.
    let new = path.with_file_name(".new");
    let _ = fs::create_dir_all(dir.join(FOLDER));
    let bytes = encode(records, ledger, name(dispute));
    if fs::write(&new, bytes).and_then(|()| fs::rename(&new, &path)).is_err() {
        let _ = fs::remove_file(&new);
    }
}

/// Deletes all packs.
pub(super) fn delete(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir.join(FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// The packs that are there: the name of each with its records, none where it cannot be read.
pub(super) fn all(dir: &Path, ledger: &LedgerId) -> Vec<(String, Option<Records>)> {
    let mut packs = Vec::new();
    for file in fs::read_dir(dir.join(FOLDER)).into_iter().flatten().flatten() {
        // What no pack can be called is not one, and never read as one.
        let name = file.file_name().into_string().ok();
        let Some(name) = name.filter(|name| dispute(name).is_some()) else { continue };
        let Some(bytes) = bytes_of(&file.path()) else { continue };
        let records = decode(&bytes, ledger, &name);
        packs.push((name, records));
    }
    packs.sort_by(|(one, _), (other, _)| one.cmp(other));
    packs
}

/// The dispute of a pack's name; `None` where no pack is called so.
pub(super) fn dispute(name: &str) -> Option<Option<Slug>> {
    if name == OF_NO_DISPUTE { Some(None) } else { Slug::parse(name).map(Some) }
}

/// The magic, the ledger's id, the length of the name and the name, then of each record its place,
/// its length and its bytes, and last the digest of all before.
fn encode(records: &Records, ledger: &LedgerId, name: &str) -> Vec<u8> {
    let mut bytes = header(ledger, name);
    for (at, record) in records {
        let record = write_record(record);
        bytes.extend(at.get().to_be_bytes());
        bytes.extend(u32::try_from(record.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(record);
    }
    let digest = Digest::of_bytes(&bytes);
    bytes.extend(digest.as_bytes());
    bytes
}

fn header(ledger: &LedgerId, name: &str) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(ledger.as_bytes());
    bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
    bytes.extend(name.as_bytes());
    bytes
}

fn decode(bytes: &[u8], ledger: &LedgerId, name: &str) -> Option<Records> {
    let (bytes, digest) = bytes.split_last_chunk::<32>()?;
    if Digest::of_bytes(bytes).as_bytes() != digest {
        return None;
    }
    let mut rest = bytes.strip_prefix(header(ledger, name).as_slice())?;
    let mut records = Records::new();
    while !rest.is_empty() {
        let (at, after) = rest.split_first_chunk::<8>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (record, after) = after.split_at_checked(length)?;
        records.insert(Sequence::new(u64::from_be_bytes(*at)), read_record(record).ok()?);
        rest = after;
    }
    Some(records)
}
