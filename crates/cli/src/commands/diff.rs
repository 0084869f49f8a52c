//! `dispute diff`: what differs between two dates, two states of knowledge, or both.

use clap::{Arg, ArgAction, ArgMatches, Command};
use dispute_core::{ReadLog, Record, Slug};
use dispute_projection::{AsOf, Change, State, diff};

use super::Context;
use crate::cuts::{self, Asked, Cut, Cuts, KnownAt, Word};
use crate::error::{CommandError, Result, Stop};
use crate::exit_code::ExitCode;
use crate::ledger::reading;
use crate::output::Output;
use crate::render;

pub(super) fn command() -> Command {
    Command::new("diff")
        .about("Tell what differs between two dates, two states of knowledge, or both")
        .after_help(
            "Examples:\n  dispute diff kaiser-socal-2024 2025-02-20 2025-03-11\n  \
             dispute diff kaiser-socal-2024 --known-at 118 --known-at 174\n  \
             dispute diff kaiser-socal-2024 --believed-on 2025-02-20     # against what is known now\n  \
             dispute diff kaiser-socal-2024 --believed-on 2025-02-20 --believed-on 2025-03-11",
        )
        .arg(Arg::new("dispute").value_name("DISPUTE").required(true).help("The dispute"))
        .arg(
            Arg::new("dates")
                .value_name("DATE")
                .num_args(0..=2)
                .help("From the end of one date to the end of another [default of the second: now]"),
        )
        .args(cuts::arguments().map(|argument| match argument.get_id().as_str() {
            "on" => argument.conflicts_with("dates").help("Both as of the end of this date"),
            "known-at" => argument.action(ArgAction::Append).help(
                "As was recorded by then: once for both dates, twice for the two states of \
                 knowledge [default of the second: now]",
            ),
            _ => argument.action(ArgAction::Append).conflicts_with("dates").help(
                "What the record said at the end of a date about that date: twice, or against what \
                 is known of that date now",
            ),
        }))
        .arg(
            Arg::new("exit-code")
                .long("exit-code")
                .action(ArgAction::SetTrue)
                .help("Exit with 20 if there are differences"),
        )
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open()?;
    let word = arguments.get_one::<String>("dispute").map_or("", String::as_str);
    let dispute = reading::find_dispute(&*log, word)?;
    let record = reading::dispute_record(&*log, &dispute)?;
    let [from, to] = ends(arguments)?;
    // What the one date of both was read as is said once.
    let same_date = from.on.map(|word| word.text) == to.on.map(|word| word.text);
    let again = if same_date { context.output.quietly() } else { context.output };
    let from = End::at(from, &*log, &record, &dispute, (context, context.output, "first"))?;
    let to = End::at(to, &*log, &record, &dispute, (context, again, "second"))?;
    let changes = diff(&record, &dispute, from.as_of, to.as_of)
        .ok_or_else(|| reading::no_such_dispute(&dispute))?;
    if context.output.json {
        let mut out = context.output.rows();
        for change in &changes {
            out.write(&format!("{}\n", Change::to_json(change)))?;
        }
        out.end()?;
    } else {
        let later = if from.as_of.known > to.as_of.known && to.as_of.known.is_some() {
            from.as_of
        } else {
            to.as_of
        };
        let text = render::diff(
            [(&from.state, &from.cuts.known()), (&to.state, &to.cuts.known())],
            &later.known_part(&record),
            &changes,
            &context.output.options(),
        );
        context.output.answer(&text)?;
    }
    let differs = !changes.is_empty() && arguments.get_flag("exit-code");
    Ok(if differs { ExitCode::Differs } else { ExitCode::Done })
}

/// One of the two answers that are compared.
struct End<'a> {
    cuts: Cuts<'a>,
    as_of: AsOf,
    state: State,
}

impl<'a> End<'a> {
    fn at(
        asked: Asked<'a>,
        log: &dyn ReadLog,
        record: &Record,
        dispute: &Slug,
        (context, output, which): (&Context, Output, &str),
    ) -> Result<Self> {
        let Cut { cuts, as_of, .. } =
            asked.of_dispute(log, record, Some(dispute), context, output)?;
        let state = State::of(record, dispute, as_of);
        let state = state.ok_or_else(|| match cuts.no_such_dispute(record, dispute) {
            Stop::Error(error) => {
                error.fact(format!("so there is no {which} answer to compare")).into()
            }
            other => other,
        })?;
        Ok(Self { cuts, as_of, state })
    }
}

/// The cuts of the two answers.
fn ends(arguments: &ArgMatches) -> Result<[Asked<'_>; 2]> {
    let words = |flag: &'static str, as_flag: &'static str| -> Vec<Word<'_>> {
        let texts = arguments.get_many::<String>(flag).into_iter().flatten();
        texts.map(|text| Word { flag: as_flag, text }).collect()
    };
    let believed = words("believed-on", "believed-on");
    match believed.as_slice() {
        [] => {}
        [one] => {
            // Against what is known now of that date.
            return Ok([Asked::believed(*one), Asked { on: Some(*one), known_at: None }]);
        }
        [one, other] => return Ok([Asked::believed(*one), Asked::believed(*other)]),
        _ => return Err(too_many("believed-on")),
    }
    let on = words("on", "on").first().copied();
    let dates = words("dates", "on");
    let (from_on, to_on) = match dates.as_slice() {
        [] => (on, on),
        [one, rest @ ..] => (Some(*one), rest.first().copied()),
    };
    let known = words("known-at", "known-at");
    let known: Vec<KnownAt<'_>> = known.into_iter().map(KnownAt::Named).collect();
    let (from_known, to_known) = match known.as_slice() {
        [] => (None, None),
        // One state of knowledge holds for two dates, else it is held against what is known now.
        [one] if dates.is_empty() => (Some(*one), None),
        [one] => (Some(*one), Some(*one)),
        [one, other] => (Some(*one), Some(*other)),
        _ => return Err(too_many("known-at")),
    };
    if dates.is_empty() && known.is_empty() {
        return Err(CommandError::usage(
            "nothing to compare: name two dates, or two states of knowledge",
        )
        .hint(if on.is_some() {
            "--on holds for both: name what was known too, as in --on D --known-at A"
        } else {
            "dispute diff DISPUTE 2025-02-20 2025-03-11, or --known-at A --known-at B"
        })
        .into());
    }
    Ok([Asked { on: from_on, known_at: from_known }, Asked { on: to_on, known_at: to_known }])
}

fn too_many(flag: &str) -> crate::error::Stop {
    CommandError::usage(format!("--{flag} stands more than twice"))
        .hint("two answers are compared: name at most two")
        .into()
}
