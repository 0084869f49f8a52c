//! `dispute list`: every dispute with its phase.

use std::collections::BTreeSet;

use clap::{Arg, ArgMatches, Command};
use dispute_core::{Scope, Zone, read_record};
use dispute_projection::{Row, State};

use super::{Context, on_argument};
use crate::error::Result;
use crate::exit_code::ExitCode;
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
        .arg(on_argument())
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
    let record = read_record(&log, &Scope::Whole)?;
    let on = arguments.get_one::<String>("on").map(String::as_str);
    let phase = arguments.get_one::<String>("phase");
    // A date that cannot be read is an error where there is no dispute too.
    on.map(|on| context.today.span(on, Zone::UTC)).transpose()?;
    let (mut rows, mut zones) = (Vec::new(), BTreeSet::new());
    for dispute in record.disputes() {
        // Each dispute is asked about in its own zone, which is said once each.
        let zone = record.zone_of(Some(&dispute));
        let output =
            Output { quiet: !zones.insert(zone.name()) || context.output.quiet, ..context.output };
        let as_of = context.today.cut("on", on, zone, output)?;
        let Some(state) = State::of(&record, &dispute, as_of) else { continue };
        let row = Row::of(&state);
        if phase.is_none_or(|phase| phase == row.phase.as_str()) {
            rows.push(row);
        }
    }
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
