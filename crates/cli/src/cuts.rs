//! The two cuts of a question: `--on`, `--known-at`, and `--believed-on`, which is both at once.

use std::borrow::Cow;

use clap::{Arg, ArgMatches};
use dispute_core::{ExpectedHead, Head, ReadLog, Record, Slug, Zone};
use dispute_projection::{AsOf, Known};

use crate::commands::Context;
use crate::error::{CommandError, Result, Stop};
use crate::exit_code::ExitCode;
use crate::ledger::reading;
use crate::output::Output;
use crate::when::{DATES, to_the_point};

/// The fewest digits by which a digest is named without its place.
const FEWEST_DIGITS: usize = ExpectedHead::FEWEST_DIGITS;
/// How a state of knowledge is named, for who named none.
const WAYS: &str = "a date (2025-04-05, 2025-04, yesterday, 3 days ago), the number of an event \
                    (118), or a digest (9c41e0f7, 118:9c41e0f7) of at least 8 digits";

/// The arguments of every verb that reads.
pub(crate) fn arguments() -> [Arg; 3] {
    [
        on_argument(),
        known_at_argument(),
        Arg::new("believed-on")
            .long("believed-on")
            .value_name("DATE")
            .conflicts_with_all(["on", "known-at"])
            .help("What the record said at the end of a date about that date: both cuts at once"),
    ]
}

/// The argument that cuts at the end of a date.
pub(crate) fn on_argument() -> Arg {
    Arg::new("on")
        .long("on")
        .value_name("DATE")
        .help("As of the end of a date: 2025-02-20, 2025-02, today, 3 days ago")
}

/// The argument that cuts at what was recorded.
pub(crate) fn known_at_argument() -> Arg {
    Arg::new("known-at").long("known-at").value_name("WHEN").help(
        "As was recorded by then: a date or time, the number of an event (118), or a digest \
         (9c41e0f7…)",
    )
}

/// One question's cuts, in the words in which they were given.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    /// The date.
    pub(crate) on: Option<Word<'a>>,
    /// The state of knowledge.
    pub(crate) known_at: Option<KnownAt<'a>>,
}

/// How a state of knowledge was named.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KnownAt<'a> {
    /// By a number, a digest or a date.
    Named(Word<'a>),
    /// By a date and nothing else.
    EndOf(Word<'a>),
}

/// A value and the flag that gave it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'a> {
    /// The flag, without its dashes.
    pub(crate) flag: &'a str,
    /// The value.
    pub(crate) text: &'a str,
}

impl<'a> Asked<'a> {
    /// Reads the arguments of a verb.
    pub(crate) fn read(arguments: &'a ArgMatches) -> Self {
        let word = |flag: &'a str| {
            let text = arguments.try_get_one::<String>(flag).ok().flatten();
            text.map(|text| Word { flag, text })
        };
        match word("believed-on") {
            Some(believed) => Self::believed(believed),
            None => Self { on: word("on"), known_at: word("known-at").map(KnownAt::Named) },
        }
    }

    /// Both cuts at one date.
    pub(crate) fn believed(on: Word<'a>) -> Self {
        Self { on: Some(on), known_at: Some(KnownAt::EndOf(on)) }
    }

    /// Finds what was known.
    pub(crate) fn knowledge(
        self,
        log: &dyn ReadLog,
        zone: Zone,
        context: &Context,
    ) -> Result<Cuts<'a>> {
        let head = match self.known_at {
            None => log.head()?,
            Some(KnownAt::Named(word)) => match named(log, word.text.trim())? {
                Some(head) => {
                    say_named(word, &head, zone, context.output);
                    head
                }
                None => at_end(log, word, zone, WAYS, context)?,
            },
            Some(KnownAt::EndOf(word)) => at_end(log, word, zone, DATES, context)?,
        };
        Ok(Cuts { on: self.on, head, is_past: self.known_at.is_some() })
    }

    /// Finds what was known of a dispute, in whose zone dates are read; in UTC where there is none.
    /// `output` is told what the date was read as.
    pub(crate) fn of_dispute(
        self,
        log: &dyn ReadLog,
        record: &Record,
        dispute: Option<&Slug>,
        context: &Context,
        output: Output,
    ) -> Result<Cut<'a>> {
        let cuts = self.knowledge(log, record.zone_of(dispute), context)?;
        // The zone that was known may be another one, and then so is the end of a date.
        let zone = cuts.known_part(record, context).zone_of(dispute);
        let cuts = if zone == record.zone_of(dispute) {
            cuts
        } else {
            self.knowledge(log, zone, context)?
        };
        let as_of = cuts.as_of(zone, context, output)?;
        Ok(Cut { cuts, as_of, zone })
    }
}

/// Cuts of one dispute, or of what belongs to none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut<'a> {
    pub(crate) cuts: Cuts<'a>,
    pub(crate) as_of: AsOf,
    /// The zone that was known, in which all dates of the question are read.
    pub(crate) zone: Zone,
}

/// Cuts of which it is settled what was known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cuts<'a> {
    on: Option<Word<'a>>,
    head: Head,
    is_past: bool,
}

impl Cuts<'_> {
    /// The last event that was known; none where all that is on record counts.
    fn known_sequence(&self) -> Option<dispute_core::Sequence> {
        self.is_past.then_some(self.head.sequence)
    }

    fn known_part<'r>(&self, record: &'r Record, context: &Context) -> Cow<'r, Record> {
        let known = self.known_sequence();
        AsOf { known, ..AsOf::now(context.today.now) }.known_part(record)
    }

    /// The end of what was known, as a state quotes it.
    pub(crate) fn known(&self) -> Known {
        Known {
            sequence: self.head.sequence.get(),
            digest: self.head.digest.to_string(),
            recorded_at: self.head.recorded_at,
        }
    }

    /// The cuts of a dispute, whose zone says when a date ends.
    pub(crate) fn as_of(&self, zone: Zone, context: &Context, output: Output) -> Result<AsOf> {
        let known = self.known_sequence();
        let Some(Word { flag, text }) = self.on else {
            return Ok(AsOf { known, ..AsOf::now(context.today.now) });
        };
        Ok(AsOf { known, ..context.today.cut(flag, Some(text), zone, output)? })
    }

    /// The error where a dispute is not in what was known.
    pub(crate) fn no_such_dispute(&self, record: &Record, dispute: &Slug) -> Stop {
        let first = record.recorded().iter().find(|event| {
            event.dispute.as_ref() == Some(dispute)
                && event.kind == dispute_core::event::Kind::DisputeOpened
        });
        match first.filter(|first| self.is_past && first.sequence > self.head.sequence) {
            Some(first) => CommandError::not_found(format!("{dispute} was not on record by then"))
                .fact(format!(
                    "its opening was recorded at {}, #{}",
                    first.recorded_at, first.sequence
                ))
                .hint(format!(
                    "ask for --known-at {} or later, or for --on alone: what is known now about \
                     that date",
                    first.sequence
                ))
                .into(),
            None => reading::no_such_dispute(dispute),
        }
    }
}

/// The event that a number or a digest names; none where the text is neither.
fn named(log: &dyn ReadLog, text: &str) -> Result<Option<Head>> {
    // As answers write it: #118.
    let text = text.strip_prefix('#').unwrap_or(text);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return by_sequence(log, text).map(Some);
    }
    if let Some(expected) = ExpectedHead::parse(text) {
        return by_place_and_digest(log, &expected, text).map(Some);
    }
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && (FEWEST_DIGITS..=64).contains(&text.len()) {
        return by_digest(log, &text.to_ascii_lowercase()).map(Some);
    }
    Ok(None)
}

/// The last event that was recorded by the end of a date.
fn at_end(
    log: &dyn ReadLog,
    Word { flag, text }: Word<'_>,
    zone: Zone,
    ways: &str,
    context: &Context,
) -> Result<Head> {
    let text = text.trim();
    let Some(end) = context.today.end(text, zone, ways)? else {
        let message = format!("`{text}` has no end, so nothing was last recorded by then");
        return Err(CommandError::usage(message).hint("name a day, a month or a year").into());
    };
    let Some(head) = log.head_before(end)? else {
        let began = log.head_at(dispute_core::Sequence::LEDGER)?.map(|head| head.recorded_at);
        let began = began.unwrap_or(end);
        return Err(CommandError::not_found("nothing was on record by then")
            .fact(format!("--{flag} {text}: up to {}, {zone}", to_the_point(end, zone)))
            .fact(format!("the ledger was begun at {began}, {}", to_the_point(began, zone)))
            .hint("ask for --on alone: what is known now about that date")
            .into());
    };
    context.output.remark(&format!(
        "--{flag} {text}: recorded before {}, {zone}: up to #{} {}",
        to_the_point(end, zone),
        head.sequence,
        short(&head),
    ));
    Ok(head)
}

/// Says what a number or a digest named.
fn say_named(Word { flag, text }: Word<'_>, head: &Head, zone: Zone, output: Output) {
    let at = to_the_point(head.recorded_at, zone);
    output.remark(&format!(
        "--{flag} {text}: up to #{} {}, recorded {at}, {zone}",
        head.sequence,
        short(head)
    ));
}

/// The first digits of a digest.
fn short(head: &Head) -> String {
    head.digest.to_string().chars().take(FEWEST_DIGITS).collect()
}

fn log_end(log: &dyn ReadLog) -> String {
    log.head().map_or_else(|_| "?".to_owned(), |head| head.sequence.to_string())
}

fn by_sequence(log: &dyn ReadLog, digits: &str) -> Result<Head> {
    let sequence = digits.parse().ok().map(dispute_core::Sequence::new);
    let head = sequence.map(|at| log.head_at(at)).transpose()?.flatten();
    head.ok_or_else(|| {
        let hint = match digits.len() {
            4 => format!("write the end of a year as {digits}-12-31"),
            FEWEST_DIGITS.. => {
                format!("write a digest of digits only with its place: 118:{digits}")
            }
            _ => "dispute head names the last one, dispute log --recorded lists them".to_owned(),
        };
        let last = log_end(log);
        CommandError::not_found(format!("there is no event #{digits}"))
            .fact(format!("bare digits are the number of an event; the last one is #{last}"))
            .hint(hint)
            .into()
    })
}

fn by_place_and_digest(log: &dyn ReadLog, expected: &ExpectedHead, text: &str) -> Result<Head> {
    let head = log.head_at(expected.sequence())?;
    head.filter(|head| expected.names(&head.digest)).ok_or_else(|| {
        let found = head.map_or_else(
            || format!("the last one is #{}", log_end(log)),
            |head| format!("#{} has the digest {}", head.sequence, head.digest),
        );
        CommandError::not_found(format!("there is no event {text}"))
            .fact(found)
            .hint(
                "dispute log --recorded --json shows them; dispute verify --expect-head tests one",
            )
            .into()
    })
}

fn by_digest(log: &dyn ReadLog, digits: &str) -> Result<Head> {
    let mut found: Vec<Head> = Vec::new();
    for entry in log.entries(dispute_core::Sequence::LEDGER) {
        let entry = entry?;
        if entry.digest().to_string().starts_with(digits) {
            found.push(entry.head());
        }
    }
    Ok(only(&found, digits)?)
}

/// The one event whose digest begins so.
fn only(found: &[Head], digits: &str) -> std::result::Result<Head, CommandError> {
    match found {
        [head] => Ok(*head),
        [] => Err(CommandError::not_found(format!("no event has the digest {digits}"))
            .hint("dispute log --recorded --json shows them")),
        [one, other, ..] => {
            let message = format!(
                "the digests of #{} and #{} begin with {digits}",
                one.sequence, other.sequence
            );
            Err(CommandError::new("ambiguous", message, ExitCode::NotFound)
                .hint("write more of it"))
        }
    }
}

#[cfg(test)]
mod tests {
    use dispute_core::{Digest, Instant, Sequence};

    use super::*;

    #[test]
    fn a_digest_that_two_events_begin_with_is_ambiguous() {
        let head = |sequence| Head {
            sequence: Sequence::new(sequence),
            digest: Digest::parse(&"9c41e0f7".repeat(8)).unwrap(),
            recorded_at: Instant::from_micros(0).unwrap(),
        };
        assert_eq!(only(&[head(3)], "9c41e0f7").unwrap().sequence, Sequence::new(3));
        let error = only(&[head(3), head(9)], "9c41e0f7").unwrap_err();
        assert_eq!((&*error.code, error.exit as u8), ("ambiguous", 4));
        assert_eq!(error.message, "the digests of #3 and #9 begin with 9c41e0f7");
        assert_eq!(only(&[], "9c41e0f7").unwrap_err().code, "not-found");
    }
}
