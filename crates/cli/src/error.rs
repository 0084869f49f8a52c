//! One error for the person at the keyboard: what was attempted and what is wrong, facts, and a
//! way out that can be pasted.

use std::fmt;

use dispute_core::{BackupFault, Damage, Json, LogError, ReadError, Refusal, SealError};

use crate::exit_code::ExitCode;

/// An error of a command.
#[derive(Debug)]
pub(crate) struct CommandError {
    /// The word that scripts see.
    pub(crate) code: String,
    /// What was attempted and what is wrong: lower case, no full stop.
    pub(crate) message: String,
    /// Facts that help to find it, a line each.
    pub(crate) facts: Vec<String>,
    /// A way out.
    pub(crate) hint: Option<String>,
    /// What the shell is answered.
    pub(crate) exit: ExitCode,
}

/// What stops a command before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// An error.
    Error(Box<CommandError>),
    /// Whoever reads our output has had enough of it, which is no error.
    ClosedPipe,
}

pub(crate) type Result<T> = std::result::Result<T, Stop>;

impl CommandError {
    pub(crate) fn new(code: &str, message: impl Into<String>, exit: ExitCode) -> Self {
        let (code, message) = (code.to_owned(), message.into());
        Self { code, message, facts: Vec::new(), hint: None, exit }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new("usage", message, ExitCode::Usage)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new("not-found", message, ExitCode::NotFound)
    }

    pub(crate) fn fact(mut self, fact: impl Into<String>) -> Self {
        self.facts.push(fact.into());
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An error of the operating system on a file.
    pub(crate) fn io(attempt: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let full = matches!(
            error.kind(),
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
        );
        let code = if full { "disk-full" } else { "io" };
        let message = format!("cannot {attempt} {}: {}", path.display(), reason(error));
        Self::new(code, message, ExitCode::Failed)
    }

    /// `{schema, code, message, hint, exit}`
    pub(crate) fn to_json(&self) -> Json {
        let mut message = self.message.clone();
        for fact in &self.facts {
            message.push_str("; ");
            message.push_str(fact);
        }
        Json::object([
            ("schema", Json::text("dispute/error/v1")),
            ("code", Json::text(&self.code)),
            ("message", Json::text(message)),
            ("hint", Json::text_or_null(self.hint.as_ref())),
            ("exit", Json::count(self.exit as u64)),
        ])
    }
}

/// What the operating system says, in its words but in our way: lower case, no number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error[{}]: {}", self.code, self.message)?;
        for fact in &self.facts {
            writeln!(f, "  {fact}")?;
        }
        match &self.hint {
            Some(hint) => writeln!(f, "help: {hint}"),
            None => Ok(()),
        }
    }
}

impl From<CommandError> for Stop {
    fn from(error: CommandError) -> Self {
        Self::Error(Box::new(error))
    }
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code.as_str(), refusal.to_string(), ExitCode::Refused).hint(refusal.hint)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        CommandError::from(refusal).into()
    }
}

impl From<LogError> for CommandError {
    fn from(error: LogError) -> Self {
        let text = error.to_string();
        let restore = "run dispute verify to see how far it goes; restore the ledger from a backup";
        match error {
            LogError::HeadMoved { .. } => Self::new("head-moved", text, ExitCode::Locked)
                .hint("look at what was recorded since (dispute log --recorded), then try again"),
            LogError::NoLedger { .. } => Self::new("no-ledger", text, ExitCode::NoLedger)
                .hint("make one here: dispute init --name \"…\""),
            LogError::LedgerExists { .. } => Self::new("ledger-exists", text, ExitCode::Failed)
                .hint("a ledger is never made anew; name another folder: dispute -L DIR init"),
            LogError::NewerFormat { .. } => Self::new("newer-format", text, ExitCode::NoLedger)
                .hint("use the version of dispute that made it, or a newer one"),
            LogError::Locked { holder, .. } => {
                let error = Self::new("locked", text, ExitCode::Locked);
                let error = match holder {
                    Some(process) => error.fact(format!("process {process} has it open")),
                    None => error,
                };
                error.hint("wait for it to end, or longer: --wait SECONDS")
            }
            LogError::DiskFull => Self::new("disk-full", text, ExitCode::Failed)
                .fact("nothing was recorded, and nothing is lost")
                .hint("make room on the disk; opening a ledger needs some too"),
            LogError::TreeFull => Self::new("io", text, ExitCode::Failed),
            LogError::Io { source, .. } => {
                Self::new("io", format!("{text}: {}", reason(&source)), ExitCode::Failed)
            }
            LogError::Backup { ref path, ref fault } => {
                let path = path.display();
                let (code, exit, hint) = match fault {
                    BackupFault::ReadOnly => (
                        "usage",
                        ExitCode::Usage,
                        format!("make a ledger of it: dispute restore {path}"),
                    ),
                    BackupFault::Increment { .. } => (
                        "usage",
                        ExitCode::Usage,
                        format!(
                            "restore it onto the ledger that it continues: dispute restore {path} DIR"
                        ),
                    ),
                    BackupFault::NoFile | BackupFault::NoBackup => (
                        "store-unreadable",
                        ExitCode::Broken,
                        "name a file that dispute backup wrote".to_owned(),
                    ),
                    _ => (
                        "store-unreadable",
                        ExitCode::Broken,
                        format!("see what is wrong with it: dispute verify --backup {path}"),
                    ),
                };
                Self::new(code, text, exit).hint(hint)
            }
            LogError::Unreadable { .. } => {
                Self::new("store-unreadable", text, ExitCode::Broken).hint(restore)
            }
            LogError::Damaged { why: Damage::EndLost { .. }, .. } => {
                Self::new("head-beyond-end", text, ExitCode::Broken).hint(restore)
            }
            LogError::Damaged { .. } => {
                Self::new("undecodable", text, ExitCode::Broken).hint(restore)
            }
            LogError::Misfit(_)
            | LogError::Broken(_)
            | LogError::IdTaken { .. }
            | LogError::RefersToNothing { .. } => {
                Self::new("unexpected", text, ExitCode::Failed).fact("nothing was recorded")
            }
        }
    }
}

impl From<LogError> for Stop {
    fn from(error: LogError) -> Self {
        CommandError::from(error).into()
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        let text = error.to_string();
        let code = match error {
            ReadError::Log(error) => return error.into(),
            ReadError::Broken { broken, .. } => match broken {
                dispute_core::BrokenRecord::Envelope { .. } => "envelope-altered",
                dispute_core::BrokenRecord::Content { .. } => "content-altered",
            },
            ReadError::NoEvent { .. } => "undecodable",
        };
        CommandError::new(code, text, ExitCode::Broken)
            .hint("run dispute verify to see all that is wrong")
            .into()
    }
}

impl From<SealError> for Stop {
    fn from(error: SealError) -> Self {
        let text = error.to_string();
        match error {
            SealError::ClockBehind(_) => CommandError::new("clock-behind", text, ExitCode::Failed)
                .hint("set the computer's clock, or say --accept-clock: then the time of the last event is used again"),
            SealError::Recorder => CommandError::usage(text).hint("name who records: --as NAME"),
            SealError::ContentTooLong { .. } | SealError::Envelope(_) => {
                CommandError::new("event-too-big", text, ExitCode::Refused)
                    .hint("record it in parts, or name a source")
            }
            SealError::NoRandomness => CommandError::new("io", text, ExitCode::Failed),
        }
        .into()
    }
}
