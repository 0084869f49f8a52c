//! What a ledger is compared with: heads and checkpoints that were named, and those kept beside it.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use dispute_core::{
    Anchor, AnchorCheck, ExpectedHead, Finding, FindingCode, LedgerId, Report, Sequence, Signed,
    SignedCheckpoint, TreeHead, Trust,
};

use crate::error::Result;
use crate::keys;
use crate::ledger::kept::{self, Kept};
use crate::ledger::writing;
use crate::render::Evidence;

/// What was given to compare a ledger with, and who must have signed it.
#[derive(Default)]
pub(crate) struct Given {
    heads: Vec<ExpectedHead>,
    checkpoints: Vec<Named>,
    /// The checkpoint up to which the ledger was verified before.
    since: Option<Named>,
    kept: Vec<Kept>,
    trust: Trust,
}

struct Named {
    name: String,
    checkpoint: SignedCheckpoint,
}

pub(super) fn arguments() -> Vec<Arg> {
    let path = |name: &'static str| {
        Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(PathBuf))
    };
    let mut arguments = vec![
        Arg::new("expect-head")
            .long("expect-head")
            .value_name("SEQ:DIGEST")
            .action(ArgAction::Append)
            .help("A head that was written down elsewhere"),
        path("checkpoint").action(ArgAction::Append).help("A checkpoint that was kept elsewhere"),
        path("since")
            .value_name("CHECKPOINT")
            .conflicts_with("proof")
            .help("Check only what came after a checkpoint that was verified before"),
    ];
    arguments.extend(keys::trust_arguments());
    arguments
}

impl Given {
    /// Reads what the command line names, beside what is kept with the ledger.
    pub(super) fn read(arguments: &ArgMatches, kept: Vec<Kept>) -> Result<Self> {
        let heads = arguments.get_many::<String>("expect-head").into_iter().flatten();
        let files = arguments.get_many::<PathBuf>("checkpoint").into_iter().flatten();
        let since = arguments.get_one::<PathBuf>("since");
        Ok(Self {
            heads: heads.map(|text| writing::read_head(text)).collect::<Result<_>>()?,
            checkpoints: files.map(|path| Named::read(path)).collect::<Result<_>>()?,
            since: since.map(|path| Named::read(path)).transpose()?,
            kept,
            trust: keys::trust(arguments)?,
        })
    }

    /// Whether it says who must have signed, and there is nothing that they could have.
    pub(super) fn asks_in_vain(&self) -> bool {
        !self.trust.is_nobody() && self.named().next().is_none() && self.kept.is_empty()
    }

    /// The checkpoints kept in the folder of a ledger, and nothing else.
    pub(crate) fn kept_in(dir: &Path) -> Result<Self> {
        Ok(Self { kept: kept::all(dir)?, ..Self::default() })
    }

    /// Checkpoints that are kept with a ledger, and nothing else.
    pub(super) fn of_kept(kept: Vec<Kept>) -> Self {
        Self { kept, ..Self::default() }
    }

    /// The same, and a checkpoint that must be met.
    pub(crate) fn with(mut self, name: String, checkpoint: SignedCheckpoint) -> Self {
        self.checkpoints.push(Named { name, checkpoint });
        self
    }

    fn named(&self) -> impl Iterator<Item = &Named> {
        self.checkpoints.iter().chain(&self.since)
    }

    fn readable(&self) -> impl Iterator<Item = (&str, &SignedCheckpoint)> {
        let kept =
            self.kept.iter().filter_map(|kept| Some((&*kept.name, kept.read.as_ref().ok()?)));
        self.checkpoints.iter().map(|named| (&*named.name, &named.checkpoint)).chain(kept)
    }

    /// What the log is held against. A checkpoint of another ledger is not: its size and root say
    /// nothing of this one.
    pub(super) fn anchors(&self, ledger: Option<LedgerId>) -> Vec<Anchor> {
        let heads = self.heads.iter().cloned().map(Anchor::Head);
        let trees = self.readable().filter(|(_, checkpoint)| is_of(checkpoint, ledger));
        let trees = trees.map(|(name, checkpoint)| Anchor::Checkpoint {
            name: name.to_owned(),
            head: checkpoint.head(),
        });
        heads.chain(trees).collect()
    }

    /// Up to where the ledger was verified before.
    pub(super) fn since(&self, ledger: Option<LedgerId>) -> Option<(&str, TreeHead)> {
        let since = self.since.as_ref().filter(|since| is_of(&since.checkpoint, ledger))?;
        Some((&since.name, since.checkpoint.head()))
    }

    /// What is wrong with what was given, whatever the log says: checkpoints of another ledger, or
    /// that cannot be read, or that the trusted did not sign. Gives who signed.
    pub(super) fn judge(&self, ledger: Option<LedgerId>, report: &mut Report) -> Evidence {
        let since = self.since.iter().map(|since| (&*since.name, &since.checkpoint));
        for (name, checkpoint) in self.readable().chain(since) {
            if let Some(ledger) = ledger.filter(|_| !is_of(checkpoint, ledger)) {
                let text = format!("{name} is a checkpoint of another ledger");
                let code = FindingCode::CheckpointContradicted;
                let found = Some(checkpoint.origin().to_string());
                unmet(
                    report,
                    name,
                    Finding { found, expected: Some(ledger.to_string()), ..finding(code, text) },
                );
            }
        }
        for kept in &self.kept {
            if let Err(why) = &kept.read {
                let name = &kept.name;
                let text =
                    format!("the checkpoint {name} kept beside the store cannot be read: {why}");
                unmet(report, name, finding(FindingCode::Undecodable, text));
            }
        }
        let signatures = self.signatures(report);
        let nothing_named = self.heads.is_empty() && self.named().next().is_none();
        let unsigned = self.trust.is_nobody();
        let kept_alone = nothing_named && unsigned && !self.kept.is_empty();
        Evidence { signatures, kept_alone }
    }

    /// Every checkpoint that was named must be signed by those who are trusted; where none was
    /// named, one of those kept beside the store must be.
    fn signatures(&self, report: &mut Report) -> Vec<(String, Vec<String>)> {
        if self.trust.is_nobody() {
            return Vec::new();
        }
        let check = |name: &str, checkpoint: &SignedCheckpoint| {
            (name.to_owned(), self.trust.check(name, checkpoint))
        };
        let mut checked: Vec<(String, Signed)> =
            self.named().map(|named| check(&named.name, &named.checkpoint)).collect();
        let kept =
            self.kept.iter().filter_map(|kept| Some((&*kept.name, kept.read.as_ref().ok()?)));
        if checked.is_empty() {
            let mut all: Vec<_> = kept.map(|(name, it)| check(name, it)).collect();
            let good = all.iter().any(|(_, signed)| signed.findings.is_empty());
            let newest = all.len().saturating_sub(1);
            for (at, (_, signed)) in all.iter_mut().enumerate() {
                // An older key, or fewer cosigners, are no fault of a copy that is kept.
                let is_forged = |it: &Finding| it.code == FindingCode::SignatureInvalid;
                if good || at != newest {
                    signed.findings.retain(|it| is_forged(it) && it.expected.is_some());
                }
            }
            checked = all;
        }
        let mut signatures = Vec::new();
        for (name, signed) in checked {
            report.findings.extend(signed.findings);
            if !signed.by.is_empty() {
                signatures.push((name, signed.by));
            }
        }
        signatures
    }

    /// The checks of all anchors where the log cannot be read, so that none is met.
    pub(super) fn unmet(&self, ledger: Option<LedgerId>) -> Vec<AnchorCheck> {
        let check = |anchor| match anchor {
            Anchor::Head(head) => AnchorCheck { kind: "head", name: head.to_string(), ok: false },
            Anchor::Checkpoint { name, .. } => AnchorCheck { kind: "checkpoint", name, ok: false },
        };
        self.anchors(ledger).into_iter().map(check).collect()
    }
}

impl Named {
    fn read(path: &Path) -> Result<Self> {
        Ok(Self { name: path.display().to_string(), checkpoint: kept::read(path)? })
    }
}

/// Whether a checkpoint is of a ledger; of one whose id cannot be read it may be.
fn is_of(checkpoint: &SignedCheckpoint, ledger: Option<LedgerId>) -> bool {
    ledger.is_none_or(|ledger| checkpoint.origin().as_str() == ledger.to_string())
}

fn finding(code: FindingCode, text: String) -> Finding {
    Finding { code, sequence: None::<Sequence>, id: None, expected: None, found: None, text }
}

fn unmet(report: &mut Report, name: &str, finding: Finding) {
    report.anchors.push(AnchorCheck { kind: "checkpoint", name: name.to_owned(), ok: false });
    report.findings.push(finding);
}
