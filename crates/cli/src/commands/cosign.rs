//! `dispute cosign`: another party signs a checkpoint, after it has seen that nothing that it signed
//! before was changed.

mod memory;
mod refused;

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use dispute_core::{
    Clock, ConsistencyProof, CosignError, CosignatureTime, ExitClass, Json, LogTree, ReadLog,
    SignedCheckpoint, SignerKey, SystemClock, TreeHash, VerifierKey, cosign,
};

use super::checkpoint::{is_sound, key_argument, output_argument};
use super::verify::anchors::Given;
use super::verify::check_given;
use super::{Context, OpenedLedger};
use crate::error::{CommandError, Result, Stop};
use crate::exit_code::ExitCode;
use crate::keys;
use crate::ledger::{self, kept};
use memory::MemoryFile;

pub(super) fn command() -> Command {
    let path = |name: &'static str| {
        Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(PathBuf))
    };
    Command::new("cosign")
        .about("Sign somebody else's checkpoint, if it follows what you signed before")
        .after_help(
            "Examples:\n  dispute cosign july.txt --key union.key -o july.txt\n  \
             dispute cosign july.txt --key union.key --proof since-june.proof --log keeper+5f1d…\n\n\
             What was signed last is remembered in FILE.memory beside the key: keep it with the \
             key, and use the key nowhere else. A checkpoint of another history is refused and kept \
             as evidence in FILE.refused.",
        )
        .arg(
            Arg::new("checkpoint")
                .value_name("CHECKPOINT")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The file of the checkpoint"),
        )
        .arg(key_argument())
        .arg(path("proof").help(
            "The keeper's proof that it grew out of the one signed last (dispute prove --from)",
        ))
        .arg(
            Arg::new("log")
                .long("log")
                .value_name("VKEY")
                .help("The keeper's verifier key, which must have signed it"),
        )
        .arg(output_argument("Where to write it with your signature [default: standard output]"))
}

/// What a cosigner is asked to sign, and what it may rely on.
struct Request {
    name: String,
    offered: SignedCheckpoint,
    log: Option<VerifierKey>,
    proof: Option<ConsistencyProof>,
    /// The cosigner's own copy of the ledger.
    copy: Option<OpenedLedger>,
}

pub(super) fn run(arguments: &ArgMatches, context: &Context) -> Result<ExitCode> {
    let key_file = arguments.get_one::<PathBuf>("key").cloned().unwrap_or_default();
    let key = keys::read_signer(&key_file, context.output)?;
    let request = Request::read(arguments, context)?;
    let mut memory = MemoryFile::lock(&key_file)?;
    let time = CosignatureTime::at(SystemClock.now()).ok_or_else(|| {
        CommandError::new("io", "the clock is before 1970", ExitCode::Failed)
            .hint("set the computer's clock")
    })?;
    request.own_copy_agrees(&key_file)?;
    let mut first = false;
    let signature = cosign(
        &mut memory,
        &request.offered,
        request.log.as_ref(),
        |last| {
            first = last.is_none();
            request.proof_from(last, &key_file)
        },
        &key,
        time,
    );
    let signature = signature.map_err(|error| not_signed(error, &request, &key_file, &key))?;
    let mut answer = request.offered.clone();
    answer.add(signature).map_err(|why| {
        CommandError::new("io", format!("the signature was not added: {why}"), ExitCode::Failed)
    })?;
    if let Some(log) = &request.copy {
        kept::keep(log.dir(), &answer)?;
    }
    let file = arguments.get_one::<PathBuf>("output");
    if let Some(file) = file {
        kept::write(file, &answer)?;
    }
    tell(&request, &answer, &key, file, first, context)
}

fn tell(
    request: &Request,
    answer: &SignedCheckpoint,
    key: &SignerKey,
    file: Option<&PathBuf>,
    first: bool,
    context: &Context,
) -> Result<ExitCode> {
    let head = answer.head();
    if context.output.json {
        context.output.document(&Json::object([
            ("schema", Json::text("dispute/cosign/v1")),
            ("ledger", Json::text(answer.origin())),
            ("size", Json::count(head.size)),
            ("root", Json::text(head.root)),
            ("key", Json::text(key.cosigner_key())),
            ("first", Json::Bool(first)),
            ("own_copy", Json::Bool(request.copy.is_some())),
            ("file", Json::text_or_null(file.map(|file| file.display()))),
            ("note", Json::text(answer)),
        ]))?;
        return Ok(ExitCode::Done);
    }
    if file.is_none() {
        context.output.answer(&answer.to_string())?;
    }
    context.output.remark(&format!("cosigned {} as {}", kept::in_words(head), key.name()));
    if first && request.copy.is_none() {
        context.output.remark(
            "note: this is the first checkpoint of this ledger that this key signs, so what is \
             before it was taken on trust",
        );
    }
    if request.log.is_none() && request.copy.is_none() {
        context.output.remark("note: it was not asked who signed it (--log VKEY)");
    }
    Ok(ExitCode::Done)
}

impl Request {
    fn read(arguments: &ArgMatches, context: &Context) -> Result<Self> {
        let path = arguments.get_one::<PathBuf>("checkpoint").cloned().unwrap_or_default();
        let offered = kept::read(&path)?;
        let log = arguments.get_one::<String>("log").map(|text| keys::read_verifier(text));
        let proof = arguments.get_one::<PathBuf>("proof").map(|path| kept::read_growth(path));
        let copy = own_copy(&offered, proof.is_some(), context)?;
        let name = path.display().to_string();
        Ok(Self { name, offered, log: log.transpose()?, proof: proof.transpose()?, copy })
    }

    /// The copy is sound, and has the tree of the checkpoint.
    fn own_copy_agrees(&self, key_file: &Path) -> Result<()> {
        let Some(log) = &self.copy else { return Ok(()) };
        let given = Given::kept_in(log.dir())?.with(self.name.clone(), self.offered.clone());
        let (report, _) = check_given(&**log, &given)?;
        let unsound = format!("{} is not cosigned: your own copy", self.name);
        if report.class() == Some(ExitClass::Broken) {
            return is_sound(&report, &unsound);
        }
        let own = LogTree(&**log).head(self.offered.head().size)?;
        if own.root != self.offered.head().root {
            let message =
                format!("{} is not cosigned: your own copy has another history", self.name);
            let error =
                CommandError::new("checkpoint-contradicted", message, ExitCode::Contradicted)
                    .fact(format!("offered:  {}", kept::in_words(self.offered.head())))
                    .fact(format!("your own: {}", kept::in_words(own)));
            return Err(refused::keep(error, key_file, &self.offered, None)?.into());
        }
        is_sound(&report, &unsound)
    }

    /// The proof that leads from what was signed last to what is offered.
    fn proof_from(
        &self,
        last: Option<&SignedCheckpoint>,
        key_file: &Path,
    ) -> Result<Vec<TreeHash>> {
        let Some(last) = last.map(SignedCheckpoint::head) else { return Ok(Vec::new()) };
        let offered = self.offered.head();
        if last.size >= offered.size || last.size == 0 {
            return Ok(Vec::new());
        }
        if let Some(log) = &self.copy {
            return Ok(LogTree(&**log).consistency(last.size, offered.size)?);
        }
        let ask = "ask the keeper for it: dispute prove --from CHECKPOINT -o PROOF, where CHECKPOINT \
                   is the one you signed last; or name your copy of the ledger: -L DIR";
        let Some(proof) = &self.proof else {
            let message = format!("{} is not cosigned: its proof is missing", self.name);
            return Err(CommandError::usage(message)
                .fact(format!(
                    "you signed size {} last, and it is of size {}",
                    last.size, offered.size
                ))
                .hint(ask)
                .into());
        };
        let later = proof.later();
        let is_of_ledger = later.origin() == self.offered.origin();
        if is_of_ledger && later.head().size == offered.size && later.head().root != offered.root {
            // Two checkpoints of one size with two roots: whoever signed both shows two histories.
            let message =
                format!("{} is not cosigned: the proof leads to another history", self.name);
            let error =
                CommandError::new("checkpoint-contradicted", message, ExitCode::Contradicted)
                    .fact(format!("offered:        {}", kept::in_words(offered)))
                    .fact(format!("the proof's end: {}", kept::in_words(later.head())))
                    .hint("show both to the others, and ask the keeper");
            return Err(refused::keep(error, key_file, &self.offered, Some(later))?.into());
        }
        if proof.earlier() != last.size || proof.later().head() != offered {
            let message = format!("{} is not cosigned: the proof is about other sizes", self.name);
            let later = proof.later().head().size;
            return Err(CommandError::usage(message)
                .fact(format!("needed: from size {} to {}", last.size, offered.size))
                .fact(format!("given:  from size {} to {later}", proof.earlier()))
                .hint(ask)
                .into());
        }
        Ok(proof.hashes().to_vec())
    }
}

/// The cosigner's own copy of the ledger, where there is one that reaches as far. One that was not
/// named and is another ledger's, or a shorter one beside a proof, is left alone.
fn own_copy(
    offered: &SignedCheckpoint,
    has_proof: bool,
    context: &Context,
) -> Result<Option<OpenedLedger>> {
    let dir = match context.folder() {
        Ok(dir) => dir,
        Err(_) if context.named.is_none() => return Ok(None),
        Err(error) => return Err(error),
    };
    if context.named.is_none() && !ledger::is_ledger(&dir) {
        return Ok(None);
    }
    let log = context.open_ledger()?;
    let (id, size) = (log.ledger()?.id, log.head()?.sequence.next().get());
    if offered.origin().as_str() != id.to_string() {
        if context.named.is_none() {
            return Ok(None);
        }
        kept::check_is_of(&log, "what is offered", offered)?;
    }
    if size < offered.head().size {
        if has_proof {
            return Ok(None);
        }
        let message = "your copy of the ledger ends before the checkpoint";
        return Err(CommandError::new("checkpoint-beyond-end", message, ExitCode::Contradicted)
            .fact(format!("your copy: size {size}"))
            .fact(format!("offered:   {}", kept::in_words(offered.head())))
            .hint("bring your copy up to date, or name the keeper's proof: --proof FILE")
            .into());
    }
    Ok(Some(log))
}

fn not_signed(
    error: CosignError<Stop>,
    request: &Request,
    key_file: &Path,
    key: &SignerKey,
) -> Stop {
    let name = &request.name;
    match error {
        CosignError::Failed(stop) => stop,
        CosignError::Memory(why) => {
            let file = memory::path(key_file);
            let message =
                format!("{name} is not cosigned: {} cannot be read: {why}", file.display());
            CommandError::new("undecodable", message, ExitCode::Broken)
                .fact(format!("without it nobody knows what {} signed before", key.name()))
                .hint("restore that file from a copy, or make a new key and tell the others")
                .into()
        }
        CosignError::MemoryFull => {
            let file = memory::path(key_file);
            let message = format!("{name} is not cosigned: {} would be too long", file.display());
            CommandError::new("io", message, ExitCode::Failed)
                .fact("it keeps the last checkpoint of each ledger, with all that stands in it")
                .hint("cosign other ledgers with other keys")
                .into()
        }
        CosignError::Refused { refusal, remembered } => {
            refused::refusal(refusal, remembered.as_deref(), name, key_file, &request.offered)
        }
    }
}
