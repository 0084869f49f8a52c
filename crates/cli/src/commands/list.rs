//! `dispute list`: every dispute with its phase.

use std::collections::BTreeSet;

use clap::{Arg, ArgMatches, Command};
use dispute_core::{Scope, Zone, read_record};
use dispute_projection::{AsOf, Row, State};

use super::Context;
use crate::cuts::{self, Asked};
use crate::error::Result;
use crate::exit_code::ExitCode;
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
    let record = read_record(&*log, &Scope::Whole)?;
    let asked = Asked::read(arguments);
    // What belongs to no dispute is dated in UTC.
    let cuts = asked.knowledge(&*log, Zone::UTC, context)?;
    let known = cuts.as_of(Zone::UTC, context, context.output.quietly())?;
    let record = &*known.known_part(&record);
    let phase = arguments.get_one::<String>("phase");
    let (mut rows, mut zones) = (Vec::new(), BTreeSet::new());
    for dispute in record.disputes() {
        // Each dispute is asked about in its own zone, which is said once each.
        let zone = record.zone_of(Some(&dispute));
        let output =
            if zones.insert(zone.name()) { context.output } else { context.output.quietly() };
        let as_of = AsOf { known: None, ..cuts.as_of(zone, context, output)? };
        let Some(state) = State::of(record, &dispute, as_of) else { continue };
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
