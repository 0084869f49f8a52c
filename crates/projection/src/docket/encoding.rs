//! A docket as bytes.
//!
//! The magic, which release of the program and of the time zones made it, the ledger, the head, the
//! names that entries speak of, the entries, and last the digest of all before. Slugs leave out
//! what they share with the one before, and moments are counted from one to the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use dispute_core::{Digest, HeadMark, Instant, LedgerId, Sequence, Slug, Zone};

use crate::dispute::phase::Phase;
use crate::docket::bytes::{Reader, Writer};
use crate::docket::entry::{DocketEntry, Rows, Since, Steps, Turn};
use crate::docket::{Docket, NoDocket};

/// What a docket begins with. Another layout gets another number.
const MAGIC: &[u8] = b"dispute docket 1\n";
/// What the magic begins with in every layout.
const NAME: &[u8] = b"dispute docket ";
/// The release of the program: another one may fold in another way.
const RELEASE: &str = env!("CARGO_PKG_VERSION");
/// The number of the rules by which rows are folded: another one as soon as a row changes, also
/// between two releases. A test pins what rows there are by these.
const RULES: u64 = 1;

/// For how many things of a list room is set aside before they are read.
const SET_ASIDE: usize = 64;

/// The units in which moments are counted, in microseconds, the first that fits all of an entry.
const UNITS: [i64; 3] = [60_000_000, 1_000_000, 1];

mod tag {
    pub(super) const NO_DISPUTE: u8 = 0;
    pub(super) const UNTOLD: u8 = 1;
    pub(super) const TOLD: u8 = 2;

    pub(super) const NEVER: u64 = 0;
    pub(super) const HERE: u64 = 1;
    pub(super) const ELSEWHERE: u64 = 2;
}

pub(super) fn write(docket: &Docket) -> Vec<u8> {
    let mut entries = Writer::default();
    entries.count(docket.entries.len());
    let mut before = "";
    for (slug, entry) in &docket.entries {
        write_slug(&mut entries, before, slug.as_str());
        write_entry(&mut entries, entry);
        before = slug.as_str();
    }
    let (entries, names) = entries.into_parts();
    let mut whole = Writer::default();
    write_basis(&mut whole, docket);
    whole.count(names.len());
    names.iter().for_each(|name| whole.text(name));
    whole.put(&entries);
    let (mut bytes, _) = whole.into_parts();
    let digest = Digest::of_bytes(&bytes);
    bytes.extend_from_slice(digest.as_bytes());
    bytes
}

pub(super) fn read(bytes: &[u8]) -> Result<Docket, NoDocket> {
    let (bytes, digest) = bytes.split_last_chunk().ok_or(NoDocket::Damaged)?;
    if Digest::of_bytes(bytes).as_bytes() != digest {
        return Err(NoDocket::Damaged);
    }
    let mut reader = Reader::new(bytes);
    if !is_of_this_release(&mut reader).ok_or(NoDocket::Damaged)? {
        return Err(NoDocket::OtherRelease);
    }
    read_rest(reader).ok_or(NoDocket::Damaged)
}

/// Reads what wrote a docket, which begins alike in all releases.
fn is_of_this_release(reader: &mut Reader<'_>) -> Option<bool> {
    let magic = reader.take(MAGIC.len())?;
    let is_docket = magic.get(..NAME.len())? == NAME;
    let is_ours = magic == MAGIC
        && reader.text()? == RELEASE
        && reader.text()? == Zone::RELEASE
        && reader.number()? == RULES;
    is_docket.then_some(is_ours)
}

fn read_rest(mut reader: Reader<'_>) -> Option<Docket> {
    let ledger = LedgerId::from_bytes(reader.array()?);
    let sequence = Sequence::new(reader.number()?);
    let head = HeadMark { sequence, digest: Digest::from_bytes(reader.array()?) };
    let names: Vec<Arc<str>> = read_many(&mut reader, |reader| reader.text().map(Arc::from))?;
    let zones: Vec<Option<Zone>> = names.iter().map(|name| Zone::parse(name)).collect();
    let count = reader.count()?;
    let mut entries: Vec<(Slug, DocketEntry)> = Vec::with_capacity(count.min(SET_ASIDE));
    for _ in 0..count {
        let slug = read_slug(&mut reader, entries.last().map(|(slug, _)| slug))?;
        entries.push((slug, read_entry(&mut reader, &names, &zones)?));
    }
    let entries = BTreeMap::from_iter(entries);
    reader.is_at_end().then_some(Docket { ledger, head, entries })
}

fn write_basis(writer: &mut Writer, docket: &Docket) {
    writer.put(MAGIC);
    writer.text(RELEASE);
    writer.text(Zone::RELEASE);
    writer.number(RULES);
    writer.put(docket.ledger.as_bytes());
    writer.number(docket.head.sequence.get());
    writer.put(docket.head.digest.as_bytes());
}

fn read_many<'a, T>(
    reader: &mut Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let count = reader.count()?;
    let mut many = Vec::with_capacity(count.min(SET_ASIDE));
    for _ in 0..count {
        many.push(read(reader)?);
    }
    Some(many)
}

fn write_slug(writer: &mut Writer, before: &str, slug: &str) {
    let shared = before.bytes().zip(slug.bytes()).take_while(|(one, other)| one == other).count();
    writer.count(shared);
    writer.text(slug.get(shared..).unwrap_or_default());
}

/// Slugs come in their order, each once.
fn read_slug(reader: &mut Reader<'_>, before: Option<&Slug>) -> Option<Slug> {
    let shared = usize::try_from(reader.number()?).ok()?;
    let shared = before.map_or("", Slug::as_str).get(..shared)?;
    let slug = Slug::parse(&[shared, reader.text()?].concat())?;
    before.is_none_or(|before| *before < slug).then_some(slug)
}

fn write_entry(writer: &mut Writer, entry: &DocketEntry) {
    writer.name(entry.zone.name());
    match &entry.rows {
        Rows::NoDispute => writer.put(&[tag::NO_DISPUTE]),
        Rows::Untold => writer.put(&[tag::UNTOLD]),
        Rows::Told(steps) => {
            writer.put(&[tag::TOLD]);
            write_steps(writer, steps);
        }
    }
}

fn read_entry(
    reader: &mut Reader<'_>,
    names: &[Arc<str>],
    zones: &[Option<Zone>],
) -> Option<DocketEntry> {
    let zone = (*reader.name(zones)?)?;
    let rows = match reader.array()? {
        [tag::NO_DISPUTE] => Rows::NoDispute,
        [tag::UNTOLD] => Rows::Untold,
        [tag::TOLD] => Rows::Told(Box::new(read_steps(reader, names)?)),
        _ => return None,
    };
    Some(DocketEntry { zone, rows })
}

fn write_steps(writer: &mut Writer, steps: &Steps) {
    writer.text(&steps.title);
    writer.names(&steps.employers);
    writer.names(&steps.unions);
    let scale = Scale::of(steps);
    scale.write(writer);
    writer.number(steps.always);
    writer.count(steps.earliest.len());
    let mut from = scale.origin;
    steps.earliest.iter().for_each(|at| scale.write_next(writer, &mut from, *at));
    scale.write_maybe(writer, steps.last);
    scale.write_maybe(writer, steps.due);
    writer.count(steps.phases.len());
    let mut from = scale.origin;
    steps.phases.iter().for_each(|turn| scale.write_turn(writer, &mut from, turn));
    writer.count(steps.running.len());
    let mut from = scale.origin;
    for (at, begun) in &steps.running {
        scale.write_next(writer, &mut from, *at);
        scale.write_begun(writer, *at, *begun);
    }
}

fn read_steps(reader: &mut Reader<'_>, names: &[Arc<str>]) -> Option<Steps> {
    let title = reader.text()?.to_owned();
    let employers = reader.names(names)?;
    let unions = reader.names(names)?;
    let scale = Scale::read(reader)?;
    let always = reader.number()?;
    let mut from = scale.origin;
    let earliest = read_many(reader, |reader| scale.read_next(reader, &mut from))?;
    let last = scale.read_maybe(reader)?;
    let due = scale.read_maybe(reader)?;
    let mut from = scale.origin;
    let phases = read_many(reader, |reader| scale.read_turn(reader, &mut from))?;
    let mut from = scale.origin;
    let running = read_many(reader, |reader| {
        let at = scale.read_next(reader, &mut from)?;
        Some((at, scale.read_begun(reader, at)?))
    })?;
    Some(Steps { title, employers, unions, always, earliest, last, due, phases, running })
}

/// How the moments of an entry are counted.
#[derive(Clone, Copy)]
struct Scale {
    /// The number of the unit.
    unit: u8,
    /// The first of them.
    origin: Instant,
}

impl Scale {
    fn of(steps: &Steps) -> Self {
        let begun = steps.running.iter().flat_map(|(at, begun)| [Some(*at), *begun]).flatten();
        let turns = steps.phases.iter().map(|turn| turn.at);
        let all = steps.earliest.iter().copied().chain(turns).chain(begun);
        let all: Vec<Instant> = all.chain(steps.last).chain(steps.due).collect();
        let fits = |unit: &&i64| all.iter().all(|at| at.as_micros() % **unit == 0);
        let unit = UNITS.iter().take_while(|unit| !fits(unit)).count();
        let origin = all.iter().min().copied().unwrap_or(Instant::LAST);
        Self { unit: u8::try_from(unit).unwrap_or(u8::MAX), origin }
    }

    fn write(self, writer: &mut Writer) {
        writer.put(&[self.unit]);
        writer.put(&self.origin.as_micros().to_le_bytes());
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [unit] = reader.array()?;
        UNITS.get(usize::from(unit))?;
        let origin = Instant::from_micros(i64::from_le_bytes(reader.array()?))?;
        Some(Self { unit, origin })
    }

    fn micros(self) -> i64 {
        UNITS.get(usize::from(self.unit)).copied().unwrap_or(1)
    }

    /// Writes how much later than another a moment is, and goes on from there.
    fn write_next(self, writer: &mut Writer, from: &mut Instant, at: Instant) {
        let micros = at.as_micros().saturating_sub(from.as_micros());
        writer.number(u64::try_from(micros / self.micros()).unwrap_or_default());
        *from = at;
    }

    fn read_next(self, reader: &mut Reader<'_>, from: &mut Instant) -> Option<Instant> {
        let units = i64::try_from(reader.number()?).ok()?;
        let micros = units.checked_mul(self.micros())?.checked_add(from.as_micros())?;
        *from = Instant::from_micros(micros)?;
        Some(*from)
    }

    fn write_maybe(self, writer: &mut Writer, at: Option<Instant>) {
        writer.count(at.iter().count());
        at.iter().for_each(|at| self.write_next(writer, &mut self.origin.clone(), *at));
    }

    fn read_maybe(self, reader: &mut Reader<'_>) -> Option<Option<Instant>> {
        match reader.number()? {
            0 => Some(None),
            1 => self.read_next(reader, &mut self.origin.clone()).map(Some),
            _ => None,
        }
    }

    /// The phase and how its beginning is written are one number.
    fn write_turn(self, writer: &mut Writer, from: &mut Instant, turn: &Turn) {
        self.write_next(writer, from, turn.at);
        let phase = Phase::ALL.iter().position(|phase| *phase == turn.phase).unwrap_or_default();
        match &turn.since {
            Since::DayBefore => writer.count(2 * phase),
            Since::Text(text) => {
                writer.count(2 * phase + 1);
                writer.text(text);
            }
        }
    }

    fn read_turn(self, reader: &mut Reader<'_>, from: &mut Instant) -> Option<Turn> {
        let at = self.read_next(reader, from)?;
        let number = usize::try_from(reader.number()?).ok()?;
        let phase = *Phase::ALL.get(number / 2)?;
        let since = match number % 2 {
            0 => Since::DayBefore,
            _ => Since::Text(reader.text()?.into()),
        };
        Some(Turn { at, phase, since })
    }

    fn write_begun(self, writer: &mut Writer, at: Instant, begun: Option<Instant>) {
        match begun {
            None => writer.number(tag::NEVER),
            Some(begun) if begun == at => writer.number(tag::HERE),
            Some(begun) => {
                writer.number(tag::ELSEWHERE);
                self.write_next(writer, &mut self.origin.clone(), begun);
            }
        }
    }

    fn read_begun(self, reader: &mut Reader<'_>, at: Instant) -> Option<Option<Instant>> {
        match reader.number()? {
            tag::NEVER => Some(None),
            tag::HERE => Some(Some(at)),
            tag::ELSEWHERE => self.read_next(reader, &mut self.origin.clone()).map(Some),
            _ => None,
        }
    }
}
