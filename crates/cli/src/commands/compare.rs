//! `dispute compare`: how two checkpoints, ledgers or backups stand to each other.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use dispute_core::{
    BackupLog, ConsistencyProof, ExitClass, Json, LogTree, Origin, ReadLog, SignedCheckpoint,
    TreeHead, Trust,
};

use super::Context;
use crate::error::{CommandError, Result};
use crate::exit_code::ExitCode;
use crate::keys;
use crate::ledger::{self, kept};
use crate::render::{self, Compared, Relation};

pub(super) fn command() -> Command {
    let side = |name: &'static str| {
        Arg::new(name)
            .value_name(name)
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help("A checkpoint's file, a ledger's folder, or a backup")
    };
    Command::new("compare")
        .about("Tell whether two checkpoints, ledgers or backups are one history")
        .after_help(
            "Examples:\n  dispute compare july.txt .\n  \
             dispute compare june.txt july.txt --proof since-june.proof\n\n\
             Two checkpoints of different sizes need the proof that dispute prove --from writes. \
             A forked history exits with 6, and so do two different ledgers.",
        )
        .arg(side("A"))
        .arg(side("B"))
        .arg(
            Arg::new("proof")
                .long("proof")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("The proof that the larger grew out of the smaller"),
        )
        .args(keys::trust_arguments())
}

/// What is compared.
struct Side {
    /// The file or folder, as it was named.
    name: String,
    origin: Origin,
    head: TreeHead,
    source: Source,
}

enum Source {
    Checkpoint(SignedCheckpoint),
    /// A ledger or a backup, and which of them it is.
    Log(&'static str, Box<dyn ReadLog>),
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let path = |name| arguments.get_one::<PathBuf>(name).cloned().unwrap_or_default();
    let (a, b) = (path("A"), path("B"));
    if fs::canonicalize(&a).is_ok_and(|a| fs::canonicalize(&b).is_ok_and(|b| a == b)) {
        return Err(CommandError::usage("both are the same file or folder")
            .hint("name two: dispute compare A B")
            .into());
    }
    let (a, b) = (Side::read(&a, context)?, Side::read(&b, context)?);
    let trust = keys::trust(arguments)?;
    for side in [&a, &b] {
        side.is_signed(&trust)?;
    }
    if !trust.is_nobody() && a.note().is_none() && b.note().is_none() {
        let message = "neither is a checkpoint whose signatures could be checked";
        return Err(CommandError::usage(message).hint("leave out --key and --trust").into());
    }
    let proof = arguments.get_one::<PathBuf>("proof").map(|path| kept::read_growth(path));
    let proof = proof.transpose()?;
    let (relation, parted) = if a.origin != b.origin {
        (Relation::Unrelated, None)
    } else if a.head.size <= b.head.size {
        relate(&a, &b, proof.as_ref())?
    } else {
        match relate(&b, &a, proof.as_ref())? {
            (Relation::Behind, parted) => (Relation::Ahead, parted),
            same => same,
        }
    };
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/compare/v1")),
            ("relation", Json::text(relation.as_str())),
            ("a", a.to_json()),
            ("b", b.to_json()),
        ]))?;
    } else {
        let text = render::comparison(
            relation,
            [&a.shown(), &b.shown()],
            parted,
            &context.output.options(),
        );
        context.output.answer(&text)?;
        if trust.is_nobody() && (a.note().is_some() || b.note().is_some()) {
            context.output.remark("note: it was not asked who signed (--key VKEY)");
        }
    }
    Ok(match relation {
        Relation::Equal | Relation::Ahead | Relation::Behind => ExitCode::Done,
        Relation::Forked | Relation::Unrelated => ExitCode::Contradicted,
    })
}

/// How the smaller of two of one ledger stands to the other; of two histories also what the larger
/// one had at the size of the smaller, where that is known.
fn relate(
    smaller: &Side,
    larger: &Side,
    proof: Option<&ConsistencyProof>,
) -> Result<(Relation, Option<TreeHead>)> {
    let (before, after) = (smaller.head, larger.head);
    if before.size == after.size {
        let equal = before.root == after.root;
        return Ok(if equal { (Relation::Equal, None) } else { (Relation::Forked, Some(after)) });
    }
    if let Source::Log(_, log) = &larger.source {
        let own = LogTree(&**log).of_envelopes(before.size)?;
        let grown = own.root == before.root;
        return Ok(if grown { (Relation::Behind, None) } else { (Relation::Forked, Some(own)) });
    }
    let (old, new) = (&smaller.name, &larger.name);
    let ask =
        format!("ask the keeper for it: dispute prove --from {old} --checkpoint {new} -o PROOF");
    let Some(proof) = proof else {
        let message = "two checkpoints of different sizes are compared by a proof";
        return Err(CommandError::usage(message)
            .fact(format!("{old}: size {}", before.size))
            .fact(format!("{new}: size {}", after.size))
            .hint(format!("{ask}; then add --proof PROOF"))
            .into());
    };
    let end = proof.later();
    let is_of_ledger = end.origin() == &larger.origin;
    if is_of_ledger && end.head().size == after.size && end.head().root != after.root {
        // Two checkpoints of one size with two roots.
        return Ok((Relation::Forked, Some(end.head())));
    }
    if proof.earlier() != before.size || proof.later().head() != after {
        let message = "the proof is about other checkpoints";
        return Err(CommandError::usage(message)
            .fact(format!("needed: from size {} to {}", before.size, after.size))
            .fact(format!("given:  from size {} to {}", proof.earlier(), proof.later().head().size))
            .hint(ask)
            .into());
    }
    // A proof that does not hold shows nothing; it is no evidence of a fork.
    proof.verify(&before).map_err(|why| {
        let message = format!("it is not proved that {new} grew out of {old}: {why}");
        CommandError::new("checkpoint-contradicted", message, ExitCode::Contradicted).hint(format!(
            "{ask}; if the keeper has none, cosign neither and show both to the others"
        ))
    })?;
    Ok((Relation::Behind, None))
}

impl Side {
    fn read(path: &Path, context: &Context) -> Result<Self> {
        let name = path.display().to_string();
        if !path.is_dir() {
            if BackupLog::is_backup(path) {
                return Self::of_log(name, "backup", Box::new(ledger::backup::open(path)?));
            }
            let checkpoint = kept::read(path)?;
            let (origin, head) = (checkpoint.origin().clone(), checkpoint.head());
            return Ok(Self { name, origin, head, source: Source::Checkpoint(checkpoint) });
        }
        let dir = ledger::find(Some(path))?;
        let log = ledger::open(&dir, context.wait, context.output)?;
        Self::of_log(name, "ledger", Box::new(log))
    }

    fn of_log(name: String, kind: &'static str, log: Box<dyn ReadLog>) -> Result<Self> {
        let origin = Origin::of_ledger(&log.ledger()?.id);
        // What is stored of its tree is derived, and is not what is compared.
        let head = LogTree(&*log).of_envelopes(log.head()?.sequence.next().get())?;
        Ok(Self { name, origin, head, source: Source::Log(kind, log) })
    }

    /// A checkpoint is signed by whom the command line trusts, where it says so.
    fn is_signed(&self, trust: &Trust) -> Result<()> {
        let Source::Checkpoint(checkpoint) = &self.source else { return Ok(()) };
        let signed = trust.check(&self.name, checkpoint);
        let Some(finding) = signed.findings.first() else { return Ok(()) };
        let exit = match finding.code.class() {
            ExitClass::Broken => ExitCode::Broken,
            ExitClass::Contradicted => ExitCode::Contradicted,
        };
        Err(CommandError::new(finding.code.as_str(), finding.text.clone(), exit)
            .fact("what somebody else wrote is no evidence against the keeper")
            .hint("ask whoever handed it to you for the checkpoint as it was signed")
            .into())
    }

    fn shown(&self) -> Compared {
        let (name, ledger) = (self.name.clone(), self.origin.to_string());
        Compared { name, ledger, head: self.head, note: self.note() }
    }

    /// The signed note, where it is a checkpoint.
    fn note(&self) -> Option<String> {
        match &self.source {
            Source::Checkpoint(checkpoint) => Some(checkpoint.to_string()),
            Source::Log(..) => None,
        }
    }

    /// `{name, kind, ledger, size, root, note}`
    fn to_json(&self) -> Json {
        let kind = match &self.source {
            Source::Checkpoint(_) => "checkpoint",
            Source::Log(kind, _) => kind,
        };
        Json::object([
            ("name", Json::text(&self.name)),
            ("kind", Json::text(kind)),
            ("ledger", Json::text(&self.origin)),
            ("size", Json::count(self.head.size)),
            ("root", Json::text(self.head.root)),
            ("note", Json::text_or_null(self.note())),
        ])
    }
}
