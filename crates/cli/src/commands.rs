//! The verbs: one file each, its arguments above, its doing below.

mod add;
mod amend;
mod backup;
mod checkpoint;
mod compact;
mod compare;
mod completions;
mod cosign;
mod demo;
mod diff;
mod export;
mod head;
mod help;
mod import;
mod init;
mod key;
mod list;
mod log;
mod man;
mod prove;
mod redact;
mod replay;
mod restore;
mod retract;
pub(crate) mod show;
mod verify;
mod why;

use std::io::IsTerminal;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::panic;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::styling::Styles;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use dispute_core::{BackupLog, Clock, Edtf, ReadLog, SledLog, SystemClock};

use crate::error::{CommandError, Result, Stop};
use crate::exit_code::ExitCode;
use crate::ledger;
use crate::output::Output;
use crate::when::Today;

/// What every verb can reach: where the ledger is, how to answer, what time it is.
pub(crate) struct Context {
    /// The ledger that was named.
    pub(crate) named: Option<PathBuf>,
    /// How to answer.
    pub(crate) output: Output,
    /// What `today` means.
    pub(crate) today: Today,
    /// How long to wait for another process to leave the ledger.
    pub(crate) wait: Duration,
}

impl Context {
    /// The folder of the ledger, or the file that was named in its place.
    pub(crate) fn folder(&self) -> Result<PathBuf> {
        ledger::find(self.named.as_deref())
    }

    /// Opens the ledger, or the backup that is named in its place, to read from it until the
    /// program ends.
    pub(crate) fn open(&self) -> Result<Opened> {
        let named = self.folder()?;
        if named.is_file() {
            return Ok(Opened::Backup(Box::new(ledger::backup::open(&named)?)));
        }
        Ok(Opened::Ledger(self.open_ledger()?))
    }

    /// Opens the ledger, which is no backup, to read from it until the program ends.
    pub(crate) fn open_ledger(&self) -> Result<OpenedLedger> {
        let log = ledger::open(&self.folder()?, self.wait, self.output)?;
        Ok(OpenedLedger(ManuallyDrop::new(Box::new(log))))
    }
}

/// A ledger that is read until the program ends, and is not taken apart before.
pub(crate) struct OpenedLedger(ManuallyDrop<Box<SledLog>>);

/// Such a ledger, or a backup.
pub(crate) enum Opened {
    Ledger(OpenedLedger),
    Backup(Box<BackupLog>),
}

impl Deref for OpenedLedger {
    type Target = SledLog;

    fn deref(&self) -> &SledLog {
        &self.0
    }
}

impl Deref for Opened {
    type Target = dyn ReadLog;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Ledger(log) => &**log,
            Self::Backup(log) => &**log,
        }
    }
}

impl Drop for OpenedLedger {
    fn drop(&mut self) {
        self.leave();
    }
}

/// A verb: its name, its arguments and its doing.
struct Verb {
    command: fn() -> Command,
    run: fn(&ArgMatches, &Context) -> Result<ExitCode>,
}

const VERBS: &[Verb] = &[
    Verb { command: init::command, run: init::run },
    Verb { command: add::command, run: add::run },
    Verb { command: import::command, run: import::run },
    Verb { command: amend::command, run: amend::run },
    Verb { command: retract::command, run: retract::run },
    Verb { command: redact::command, run: redact::run },
    Verb { command: list::command, run: list::run },
    Verb { command: log::command, run: log::run },
    Verb { command: show::command, run: show::run },
    Verb { command: replay::command, run: replay::run },
    Verb { command: diff::command, run: diff::run },
    Verb { command: why::command, run: why::run },
    Verb { command: verify::command, run: verify::run },
    Verb { command: head::command, run: head::run },
    Verb { command: key::command, run: key::run },
    Verb { command: checkpoint::command, run: checkpoint::run },
    Verb { command: cosign::command, run: cosign::run },
    Verb { command: prove::command, run: prove::run },
    Verb { command: compare::command, run: compare::run },
    Verb { command: export::command, run: export::run },
    Verb { command: backup::command, run: backup::run },
    Verb { command: restore::command, run: restore::run },
    Verb { command: compact::command, run: compact::run },
    Verb { command: demo::command, run: demo::run },
    Verb { command: completions::command, run: completions::run },
    Verb { command: man::command, run: man::run },
    Verb { command: help::command, run: help::run },
];

/// The whole command line.
pub(crate) fn command_line() -> Command {
    let mut command = Command::new("dispute")
        .version(env!("CARGO_PKG_VERSION"))
        .about("The record of a labor dispute that both sides, a mediator and a court can check")
        .after_help(
            "Example:\n  dispute init --name \"California health care\"\n  \
             dispute add party kaiser --name \"Kaiser Permanente\" --role employer\n\n\
             dispute demo shows all of it on a real strike; dispute help kinds lists what can be \
             recorded.",
        )
        .styles(Styles::plain())
        .term_width(terminal_width())
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .infer_subcommands(false)
        .args(global_arguments());
    for verb in VERBS {
        command = command.subcommand((verb.command)());
    }
    command
}

fn global_arguments() -> Vec<Arg> {
    let flag = |name: &'static str| Arg::new(name).long(name).global(true);
    vec![
        flag("ledger")
            .short('L')
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help("The ledger's folder, or a backup to read [default: $DISPUTE_LEDGER, or the nearest .dispute]"),
        flag("json").action(ArgAction::SetTrue).help("Answer in JSON"),
        flag("quiet").short('q').action(ArgAction::SetTrue).help("No remarks"),
        flag("verbose").short('v').action(ArgAction::Count).help("More remarks"),
        flag("color")
            .value_name("WHEN")
            .value_parser(["auto", "always", "never"])
            .default_value("auto")
            .hide_default_value(true)
            .hide_possible_values(true)
            .help("Colour: auto, always or never"),
        flag("no-pager").action(ArgAction::SetTrue).help("Never use a pager"),
        flag("no-input").action(ArgAction::SetTrue).help("Never ask anything"),
        flag("wait")
            .value_name("SECONDS")
            .value_parser(value_parser!(f64))
            .default_value("10")
            .help("How long to wait for another process that has the ledger open"),
        flag("today")
            .value_name("DATE")
            .help("What `today` means in dates [default: $DISPUTE_TODAY, or the clock's day]"),
    ]
}

/// Runs the verb that the command line names and answers the shell.
pub(crate) fn run() -> std::process::ExitCode {
    // A panic is said below, in our own words.
    panic::set_hook(Box::new(|_| {}));
    let json = std::env::args_os().any(|argument| argument == "--json");
    let output = Output { json, quiet: false, colour: false, width: terminal_width() };
    let result = panic::catch_unwind(|| dispatch(output)).unwrap_or_else(|_| {
        let message = "the program came to a state that it should not come to";
        Err(CommandError::new("unexpected", message, ExitCode::Failed)
            .fact("what was answered before is recorded; this command may not be")
            .hint("run dispute verify, and tell the developers what you did")
            .into())
    });
    match result {
        Ok(code) => code.into(),
        Err(Stop::ClosedPipe) => ExitCode::Done.into(),
        Err(Stop::Error(error)) => {
            output.error(&error);
            error.exit.into()
        }
    }
}

fn dispatch(output: Output) -> Result<ExitCode> {
    let matches = match command_line().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return explain(&error, output),
    };
    let context = context(&matches)?;
    let Some((name, arguments)) = matches.subcommand() else {
        return Err(CommandError::usage("no verb was given").hint("dispute --help").into());
    };
    match VERBS.iter().find(|verb| (verb.command)().get_name() == name) {
        Some(verb) => (verb.run)(arguments, &context),
        None => Err(CommandError::usage(format!("there is no verb {name}")).into()),
    }
}

/// Help that was asked for is an answer; anything else is a usage error.
fn explain(error: &clap::Error, output: Output) -> Result<ExitCode> {
    let text = error.render().to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        output.answer(&text)?;
        return Ok(ExitCode::Done);
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return Err(CommandError::usage("something is missing: what is to be done?")
            .hint("dispute --help lists the verbs, dispute VERB --help says what each takes")
            .into());
    }
    let told = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word.clone()),
        Some(ContextValue::Strings(words)) => words.first().cloned(),
        _ => None,
    };
    let usage = text.lines().map(str::trim).find(|line| line.starts_with("Usage:"));
    let is_kind = usage.is_some_and(|usage| usage.starts_with("Usage: dispute add "));
    let word = told(ContextKind::InvalidSubcommand).or_else(|| told(ContextKind::InvalidArg));
    let (message, near, way) = match (error.kind(), word) {
        (ErrorKind::InvalidSubcommand, Some(word)) if is_kind => (
            format!("there is no kind of event `{word}` to add"),
            told(ContextKind::SuggestedSubcommand),
            "dispute help kinds lists the kinds",
        ),
        (ErrorKind::InvalidSubcommand, Some(word)) => (
            format!("there is no verb `{word}`"),
            told(ContextKind::SuggestedSubcommand),
            "dispute --help lists the verbs",
        ),
        (ErrorKind::UnknownArgument, Some(word)) => (
            format!("there is no place for `{word}` here"),
            told(ContextKind::SuggestedArg),
            "add --help to see what can be said",
        ),
        _ => {
            let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
            (first.to_owned(), None, "dispute VERB --help says what a verb takes")
        }
    };
    let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
    let mut error = CommandError::usage(message).hint(format!("{near}{way}"));
    if let Some(usage) = usage {
        error = error.fact(usage.replacen("Usage:", "usage:", 1));
    }
    Err(error.into())
}

fn context(matches: &ArgMatches) -> Result<Context> {
    let now = SystemClock.now();
    let today =
        matches.get_one::<String>("today").cloned().or_else(|| set_variable("DISPUTE_TODAY"));
    let given = match today {
        None => None,
        Some(text) => match Edtf::parse(&text).ok().and_then(|date| date.as_day()) {
            Some(day) => Some(day),
            None => {
                let message = format!("`{text}` is no day that today could be");
                return Err(CommandError::usage(message).hint("write --today 2025-04-05").into());
            }
        },
    };
    let seconds = matches.get_one::<f64>("wait").copied().unwrap_or(10.0);
    let wait = Duration::try_from_secs_f64(seconds).map_err(|_| {
        CommandError::usage(format!("{seconds} is no number of seconds to wait")).hint("--wait 10")
    })?;
    let colour = match matches.get_one::<String>("color").map(String::as_str) {
        Some("always") => true,
        Some("never") => false,
        _ => {
            std::io::stdout().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    };
    Ok(Context {
        named: matches
            .get_one::<PathBuf>("ledger")
            .cloned()
            .or_else(|| set_variable("DISPUTE_LEDGER").map(PathBuf::from)),
        output: Output {
            json: matches.get_flag("json"),
            quiet: matches.get_flag("quiet"),
            colour,
            width: terminal_width(),
        },
        today: Today { now, given },
        wait,
    })
}

/// What a variable of the environment is set to; one that is empty is not set.
pub(crate) fn set_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The width to write for: that of the terminal up to 100, 80 where there is none.
fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(80_usize).clamp(40, 100)
}

/// The argument that names who records.
fn recorder_argument() -> Arg {
    Arg::new("as")
        .long("as")
        .value_name("NAME")
        .help("Who records [default: $DISPUTE_AS, or the name set at init]")
}

/// The arguments of every verb that writes.
fn writing_arguments() -> [Arg; 4] {
    [
        recorder_argument(),
        Arg::new("dry-run")
            .long("dry-run")
            .action(ArgAction::SetTrue)
            .help("Check everything and write nothing"),
        Arg::new("expect-head")
            .long("expect-head")
            .value_name("SEQ:DIGEST")
            .help("Refuse if the ledger has moved on from this head"),
        Arg::new("accept-clock")
            .long("accept-clock")
            .action(ArgAction::SetTrue)
            .help("Record although the clock is behind the last event"),
    ]
}
