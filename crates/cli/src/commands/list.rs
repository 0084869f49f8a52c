//! `dispute list`: every dispute with its phase.

use std::collections::HashMap;
use std::mem::ManuallyDrop;

use clap::{Arg, ArgMatches, Command};
use dispute_core::{ReadLog, Record, Sequence, SledLog, Slug, Zone};
use dispute_projection::{AsOf, Row, State, Told};

use super::{Context, Opened};
use crate::cuts::{self, Asked, Cuts};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ledger::docket;
use crate::ledger::folding::fold_each;
use crate::output::Output;
use crate::render;

const PHASES: [&str; 10] = [
    "none",
    "closed",
    "settled",
    "tentative-agreement",
    "stoppage",
    "arbitration",
    "mediation",
    "impasse",
    "bargaining",
    "opened",
];

pub(super) fn command() -> Command {
    Command::new("list")
        .about("List every dispute with its phase")
        .after_help("Example:\n  dispute list --on 2025-02-20 --phase stoppage")
        .args(cuts::arguments())
        .arg(
            Arg::new("phase")
                .long("phase")
                .value_name("PHASE")
                .value_parser(PHASES)
                .hide_possible_values(true)
                .help(format!("Only disputes in this phase: {}", PHASES.join(", "))),
        )
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let log = context.open()?;
    // What belongs to no dispute is dated in UTC.
    let cuts = Asked::read(arguments).knowledge(&*log, Zone::UTC, context)?;
    let question = Question::of(&*log, cuts, context)?;
    let rows = match &log {
        Opened::Ledger(log) if question.known.is_none() => on_the_docket(log, &question)?,
        _ => folded(&*log, &question)?,
    };
    let phase = arguments.get_one::<String>("phase");
    let is_wanted = |row: &Row| phase.is_none_or(|phase| phase == row.phase.as_str());
    let rows: Vec<Row> = rows.into_iter().filter(is_wanted).collect();
    if context.output.json {
        let mut out = context.output.rows();
        for row in &rows {
            out.write(&format!("{}\n", row.to_json()))?;
        }
        out.end()?;
    } else {
        context.output.answer(&render::list_rows(&rows, &context.output.options()))?;
    }
    Ok(ExitCode::Done)
}

/// The cuts that are asked about, of each dispute in its own zone.
struct Question<'a> {
    cuts: Cuts<'a>,
    /// The last event that counts as known, where that is not the last of all.
    known: Option<Sequence>,
    context: &'a Context,
}

impl<'a> Question<'a> {
    fn of(log: &dyn ReadLog, cuts: Cuts<'a>, context: &'a Context) -> Result<Self> {
        let known = cuts.as_of(Zone::UTC, context, context.output.quietly())?.known;
        let head = log.head()?.sequence;
        Ok(Self { cuts, known: known.filter(|known| *known < head), context })
    }

    fn as_of(&self, zone: Zone, output: Output) -> Result<AsOf> {
        let as_of = self.cuts.as_of(zone, self.context, output)?;
        Ok(AsOf { known: self.known, ..as_of })
    }
}

/// The cut in each zone, which is said where a zone comes first.
struct Said<'a> {
    question: &'a Question<'a>,
    zones: HashMap<&'static str, AsOf>,
}

impl<'a> Said<'a> {
    fn nothing(question: &'a Question<'a>) -> Self {
        Self { question, zones: HashMap::new() }
    }

    fn as_of(&mut self, zone: Zone) -> Result<AsOf> {
        if let Some(as_of) = self.zones.get(zone.name()) {
            return Ok(*as_of);
        }
        let as_of = self.question.as_of(zone, self.question.context.output)?;
        self.zones.insert(zone.name(), as_of);
        Ok(as_of)
    }
}

/// The rows of all disputes out of the docket, and of those of which it tells nothing by a fold.
fn on_the_docket(log: &SledLog, question: &Question<'_>) -> Result<Vec<Row>> {
    // Taking it apart would take as long as reading it, and the program ends soon.
    let docket = ManuallyDrop::new(docket::current(log, question.context.output)?);
    let mut said = Said::nothing(question);
    let (mut rows, mut untold) = (Vec::with_capacity(docket.entries().len()), Vec::new());
    for (dispute, entry) in docket.entries() {
        match entry.at(dispute, said.as_of(entry.zone())?) {
            Told::Row(row) => rows.push(row),
            Told::NoDispute => {}
            Told::Nothing => untold.push(dispute.clone()),
        }
    }
    if !untold.is_empty() {
        let folded = fold(log, &untold, question)?;
        rows.extend(folded.into_iter().filter_map(|at_cut| at_cut.row));
        rows.sort_by(|one, other| one.dispute.cmp(&other.dispute));
    }
    Ok(rows)
}

/// The rows of all disputes, each by a fold.
fn folded(log: &dyn ReadLog, question: &Question<'_>) -> Result<Vec<Row>> {
    let folded = fold(log, &log.disputes()?, question)?;
    let mut said = Said::nothing(question);
    let mut rows = Vec::with_capacity(folded.len());
    for AtCut { zone, row } in folded {
        said.as_of(zone)?;
        rows.extend(row);
    }
    Ok(rows)
}

/// A dispute that was ever opened, as it was known.
struct AtCut {
    zone: Zone,
    row: Option<Row>,
}

/// Folds disputes at the cuts, in their order. Those that were never opened are left out.
fn fold(log: &dyn ReadLog, disputes: &[Slug], question: &Question<'_>) -> Result<Vec<AtCut>> {
    let at_cut = |dispute: &Slug, record: &Record| {
        let known = AsOf { known: question.known, ..AsOf::now(question.context.today.now) };
        let record = &*known.known_part(record);
        let zone = record.zone_of(Some(dispute));
        // What is wrong with a date is said when the cut is.
        let as_of = question.as_of(zone, question.context.output.quietly()).ok();
        let state =
            as_of.and_then(|as_of| State::of(record, dispute, AsOf { known: None, ..as_of }));
        let row = state.map(|state| Row::of(&state));
        record.ever_opened(dispute).then_some(AtCut { zone, row })
    };
    let folded = fold_each(log, disputes, &at_cut, question.context.output)?;
    Ok(folded.into_values().flatten().collect())
}
