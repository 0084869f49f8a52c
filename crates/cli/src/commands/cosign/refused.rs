//! What a cosigner refused, kept as evidence beside its key.

use std::fs;
use std::path::Path;

use dispute_core::{CosignRefusal, ProofError, SignedCheckpoint};

use crate::error::{CommandError, Result, Stop};
use crate::exit_code::ExitCode;
use crate::files;
use crate::ledger::kept;

/// The error of a refusal, with both heads, once what was offered is kept.
pub(super) fn refusal(
    refusal: CosignRefusal,
    remembered: Option<&SignedCheckpoint>,
    name: &str,
    key_file: &Path,
    offered: &SignedCheckpoint,
) -> Stop {
    let (code, what) = match &refusal {
        CosignRefusal::Key { .. } => {
            let message = format!("{name} is not cosigned: {refusal}");
            let hint = "name the keeper's key as dispute key show prints it, without --cosigner";
            return CommandError::usage(message).hint(hint).into();
        }
        CosignRefusal::Signature(why) => {
            let message = format!("{name} is not cosigned: {why}");
            return CommandError::new("signature-invalid", message, ExitCode::Broken)
                .hint(
                    "ask the keeper for it again, and for the verifier key: dispute key show FILE",
                )
                .into();
        }
        CosignRefusal::Shrunk { .. } => {
            ("checkpoint-contradicted", "it is older than one you signed")
        }
        CosignRefusal::AnotherRoot { .. } => {
            ("checkpoint-contradicted", "you signed another history of the same size")
        }
        CosignRefusal::Inconsistent { reason, .. } => match **reason {
            ProofError::EarlierRoot { .. } => {
                ("checkpoint-contradicted", "it did not grow out of what you signed")
            }
            _ => {
                ("checkpoint-contradicted", "it is not proved that it grew out of what you signed")
            }
        },
    };
    let message = format!("{name} is not cosigned: {what}");
    let mut error = CommandError::new(code, message, ExitCode::Contradicted)
        .fact(format!("offered: {}", kept::in_words(offered.head())));
    if let Some(remembered) = remembered {
        error = error.fact(format!("signed:  {}", kept::in_words(remembered.head())));
    }
    match keep(error, key_file, offered, remembered) {
        Ok(error) => error.into(),
        Err(stop) => stop,
    }
}

/// Keeps what was offered, and what was signed before, beside the key; the error then says where.
pub(super) fn keep(
    error: CommandError,
    key_file: &Path,
    offered: &SignedCheckpoint,
    remembered: Option<&SignedCheckpoint>,
) -> Result<CommandError> {
    let folder = files::with_suffix(key_file, ".refused");
    fs::create_dir_all(&folder).map_err(|why| CommandError::io("create", &folder, &why))?;
    let mut kept_as = Vec::new();
    for checkpoint in std::iter::once(offered).chain(remembered) {
        let path = free_name(&folder, checkpoint)?;
        files::replace(&path, checkpoint.to_string().as_bytes())?;
        kept_as.push(path.display().to_string());
    }
    let compare = match kept_as.as_slice() {
        [offered, remembered] => format!("dispute compare {offered} {remembered}"),
        _ => "dispute compare CHECKPOINT LEDGER".to_owned(),
    };
    Ok(error
        .fact(format!("kept as evidence: {}", kept_as.join(" and ")))
        .hint(format!("ask the keeper about it, and show both to the others: {compare}")))
}

/// A name for a piece of evidence that no other one has.
fn free_name(folder: &Path, checkpoint: &SignedCheckpoint) -> Result<std::path::PathBuf> {
    let name = kept::name_of(checkpoint.head());
    let stem = name.trim_end_matches(".txt");
    for number in 1_u32.. {
        let name = if number == 1 { name.clone() } else { format!("{stem}-{number}.txt") };
        let path = folder.join(name);
        match files::read_if_there(&path)? {
            Some(there) if there != checkpoint.to_string().as_bytes() => {}
            _ => return Ok(path),
        }
    }
    Err(files::exists(folder, "is full").into())
}
