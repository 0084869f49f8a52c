//! Policies as text, a line for each log, cosigner and group.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use thiserror::Error;

use super::{Log, Named, Needed, Policy, Rule};
use crate::checkpoint::key::{KeyError, KeyKind};
use crate::checkpoint::verifier_key::VerifierKey;
use crate::spelling::read_decimal;

/// The name that stands for no cosignatures, and for nothing else.
const NONE: &str = "none";

/// Why a text is no policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// A line does not say what it may say there.
    #[error("line {line} of the policy: {problem}")]
    Line {
        /// Which one, from 1.
        line: usize,
        /// What is wrong with it.
        problem: PolicyProblem,
    },
    /// It does not say whose cosignatures are needed.
    #[error("the policy has no line quorum NAME or quorum none")]
    NoQuorum,
}

/// What is wrong with a line of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyProblem {
    /// It has a control character that is no tab.
    #[error("it has the control character {found:#04x}")]
    ControlCharacter {
        /// Which one.
        found: u32,
    },
    /// It begins with another word than those that there are.
    #[error("it begins with {found}, not with log, witness, group or quorum")]
    Keyword {
        /// The word.
        found: String,
    },
    /// It has more or fewer words than a line of its kind.
    #[error("it is not of the form {form}")]
    Form {
        /// What it should look like.
        form: &'static str,
    },
    /// The key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key is one of cosignatures for a log, or none of cosignatures for a cosigner.
    #[error("a log has a key of kind 0x01, and a witness one of kind 0x04")]
    KeyKind,
    /// The same public key is already in the policy.
    #[error("the policy already has this key")]
    DuplicateKey,
    /// The name is already that of another cosigner or group.
    #[error("the name {name} is already taken")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// No cosigner and no group has this name on an earlier line. So no group is part of itself.
    #[error("no earlier line names {name}")]
    UnknownName {
        /// The name.
        name: String,
    },
    /// The name is already a member of a group, of this one or of another. Nobody counts twice.
    #[error("{name} is already a member of a group")]
    MemberTwice {
        /// The name.
        name: String,
    },
    /// The number of members that are needed is none from 1 to all of them.
    #[error("{found} of {members} members cannot be needed")]
    Needed {
        /// What was written.
        found: String,
        /// How many members there are.
        members: usize,
    },
    /// Another line already says whose cosignatures are needed.
    #[error("the policy has two lines quorum")]
    SecondQuorum,
}

impl Policy {
    /// Reads a policy. Words are divided by spaces and tabs; empty lines and lines that begin with
    /// `#` say nothing. The last line need not end with a line break.
    ///
    /// Beyond c2sp.org/tlog-policy, no key may be that of a log and of a cosigner, since its owner
    /// would vouch for itself, and the text is UTF-8.
    ///
    /// # Errors
    /// The first [`PolicyError`] that is found.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let mut reading = Reading::default();
        for (line, text) in (1..).zip(text.split('\n')) {
            reading.line(text).map_err(|problem| PolicyError::Line { line, problem })?;
        }
        let quorum = reading.quorum.ok_or(PolicyError::NoQuorum)?;
        Ok(Self { logs: reading.logs, named: reading.named, quorum })
    }
}

/// A policy, as far as it has been read.
#[derive(Default)]
struct Reading {
    logs: Vec<Log>,
    named: Vec<Named>,
    quorum: Option<Option<usize>>,
    keys: BTreeSet<[u8; 32]>,
    names: BTreeMap<String, usize>,
    members: BTreeSet<usize>,
}

impl Reading {
    fn line(&mut self, text: &str) -> Result<(), PolicyProblem> {
        let control = |letter: char| (letter < ' ' && letter != '\t') || letter == '\u{7f}';
        if let Some(found) = text.chars().find(|letter| control(*letter)) {
            return Err(PolicyProblem::ControlCharacter { found: found.into() });
        }
        let words: Vec<&str> = text.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", key] => self.log(key, None),
            ["log", key, url] => self.log(key, Some(url)),
            ["log", ..] => form("log KEY [URL]"),
            ["witness", name, key] => self.cosigner(name, key, None),
            ["witness", name, key, url] => self.cosigner(name, key, Some(url)),
            ["witness", ..] => form("witness NAME KEY [URL]"),
            ["group", name, needed, members @ ..] if !members.is_empty() => {
                self.group(name, needed, members)
            }
            ["group", ..] => form("group NAME all|any|NUMBER NAME…"),
            ["quorum", name] => self.quorum(name),
            ["quorum", ..] => form("quorum NAME|none"),
            [found, ..] => Err(PolicyProblem::Keyword { found: (*found).to_owned() }),
        }
    }

    fn log(&mut self, key: &str, url: Option<&str>) -> Result<(), PolicyProblem> {
        let key = self.key(key, KeyKind::Note)?;
        self.logs.push(Log { key, url: url.map(str::to_owned) });
        Ok(())
    }

    fn cosigner(&mut self, name: &str, key: &str, url: Option<&str>) -> Result<(), PolicyProblem> {
        let key = Box::new(self.key(key, KeyKind::Cosignature)?);
        self.name(name, Rule::Cosigner { key, url: url.map(str::to_owned) })
    }

    fn group(&mut self, name: &str, needed: &str, words: &[&str]) -> Result<(), PolicyProblem> {
        let mut members = Vec::with_capacity(words.len());
        for word in words {
            let member = self.find(word)?;
            if !self.members.insert(member) {
                return Err(PolicyProblem::MemberTwice { name: (*word).to_owned() });
            }
            members.push(member);
        }
        let needed = read_needed(needed, members.len()).ok_or_else(|| PolicyProblem::Needed {
            found: needed.to_owned(),
            members: members.len(),
        })?;
        self.name(name, Rule::Group { needed, members })
    }

    fn quorum(&mut self, name: &str) -> Result<(), PolicyProblem> {
        if self.quorum.is_some() {
            return Err(PolicyProblem::SecondQuorum);
        }
        self.quorum = Some(if name == NONE { None } else { Some(self.find(name)?) });
        Ok(())
    }

    /// Reads a key that is not in the policy yet.
    fn key(&mut self, text: &str, kind: KeyKind) -> Result<VerifierKey, PolicyProblem> {
        let key = VerifierKey::parse(text)?;
        if key.kind() != kind {
            return Err(PolicyProblem::KeyKind);
        }
        let new = self.keys.insert(*key.public_key());
        if new { Ok(key) } else { Err(PolicyProblem::DuplicateKey) }
    }

    /// Gives a name to a cosigner or a group.
    fn name(&mut self, name: &str, rule: Rule) -> Result<(), PolicyProblem> {
        let taken = self.names.insert(name.to_owned(), self.named.len());
        if name == NONE || taken.is_some() {
            return Err(PolicyProblem::NameTaken { name: name.to_owned() });
        }
        self.named.push(Named { name: name.to_owned(), rule });
        Ok(())
    }

    fn find(&self, name: &str) -> Result<usize, PolicyProblem> {
        let found = self.names.get(name).copied();
        found.ok_or_else(|| PolicyProblem::UnknownName { name: name.to_owned() })
    }
}

fn form(form: &'static str) -> Result<(), PolicyProblem> {
    Err(PolicyProblem::Form { form })
}

fn read_needed(text: &str, members: usize) -> Option<Needed> {
    match text {
        "all" => Some(Needed::All),
        "any" => Some(Needed::Any),
        _ => {
            let count = usize::try_from(read_decimal(text)?).ok()?;
            (1..=members).contains(&count).then_some(Needed::AtLeast(count))
        }
    }
}

/// The logs, then cosigners and groups in the order of their definition, then the quorum. Comments
/// and spaces are gone.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |at: usize| self.named.get(at).map_or(NONE, |named| named.name.as_str());
        for Log { key, url } in &self.logs {
            writeln!(f, "log {key}{}", Url(url.as_deref()))?;
        }
        for named in &self.named {
            match &named.rule {
                Rule::Cosigner { key, url } => {
                    writeln!(f, "witness {} {key}{}", named.name, Url(url.as_deref()))?;
                }
                Rule::Group { needed, members } => {
                    write!(f, "group {} {needed}", named.name)?;
                    members.iter().try_for_each(|member| write!(f, " {}", name(*member)))?;
                    writeln!(f)?;
                }
            }
        }
        writeln!(f, "quorum {}", self.quorum.map_or(NONE, name))
    }
}

/// A URL after a space, or nothing.
struct Url<'a>(Option<&'a str>);

impl fmt::Display for Url<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |url| write!(f, " {url}"))
    }
}

impl fmt::Display for Needed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Any => f.write_str("any"),
            Self::AtLeast(count) => write!(f, "{count}"),
        }
    }
}
