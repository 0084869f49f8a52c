//! Policies: which logs are known, and whose cosignatures are enough.

mod text;

use super::cosignature::CosignatureTime;
use super::key::KeyKind;
use super::signed_checkpoint::SignedCheckpoint;
use super::verified::{SignatureError, VerifiedSignature};
use super::verifier_key::VerifierKey;

pub use text::{PolicyError, PolicyProblem};

/// Which keys are trusted to sign for a log, and which cosigners must have seen a checkpoint
/// (c2sp.org/tlog-policy). No key is in it twice: nobody counts for two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    /// Cosigners and groups in the order of their definition: a group has earlier ones alone.
    named: Vec<Named>,
    /// Whose cosignatures are needed, as a place in `named`; `None` where none are.
    quorum: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Log {
    key: VerifierKey,
    url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    name: String,
    rule: Rule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Cosigner { key: Box<VerifierKey>, url: Option<String> },
    Group { needed: Needed, members: Vec<usize> },
}

/// How many members of a group are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needed {
    All,
    Any,
    AtLeast(usize),
}

/// What a policy says of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyOutcome<'p> {
    log: Option<&'p VerifierKey>,
    cosigners: Vec<Cosigner<'p>>,
    quorum_met: bool,
}

/// A cosigner that cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosigner<'p> {
    name: &'p str,
    key: &'p VerifierKey,
    time: CosignatureTime,
}

impl Policy {
    /// The policy of somebody who trusts one key of a log and asks for no cosignatures.
    pub fn of_log(key: VerifierKey) -> Self {
        Self { logs: vec![Log { key, url: None }], named: Vec::new(), quorum: None }
    }

    /// The keys of the logs that are known.
    pub fn log_keys(&self) -> impl Iterator<Item = &VerifierKey> {
        self.logs.iter().map(|log| &log.key)
    }

    /// The cosigners that are known, each with its name in the policy.
    pub fn cosigner_keys(&self) -> impl Iterator<Item = (&str, &VerifierKey)> {
        self.named.iter().filter_map(|named| match &named.rule {
            Rule::Cosigner { key, .. } => Some((named.name.as_str(), key.as_ref())),
            Rule::Group { .. } => None,
        })
    }

    /// Checks all signatures of a checkpoint by keys of the policy, and whether they are enough.
    ///
    /// A key of a log may have any name. Where the policy has one with the name of the origin, only
    /// such a one signs for that log (c2sp.org/tlog-policy, "Defining a log"); else each of them
    /// does, and whoever asks compares the origin with the log that is meant.
    ///
    /// # Errors
    /// [`SignatureError`] where a signature by one of its keys does not hold, or none of them
    /// signed. That too few signed is an outcome.
    pub fn evaluate(
        &self,
        checkpoint: &SignedCheckpoint,
    ) -> Result<PolicyOutcome<'_>, SignatureError> {
        let cosigner_keys = self.cosigner_keys().map(|(_, key)| key);
        let verified = checkpoint.verify(self.log_keys().chain(cosigner_keys))?;
        let origin = checkpoint.origin().as_str();
        let is_named = |key: &&VerifierKey| key.name().as_str() == origin;
        // A log that has a key of its own name does not let others sign for it.
        let own_name = self.log_keys().any(|key| is_named(&key));
        let is_log =
            |key: &&VerifierKey| key.kind() == KeyKind::Note && (!own_name || is_named(key));
        let log = verified.iter().map(VerifiedSignature::key).find(is_log);
        let cosigners: Vec<Cosigner<'_>> = self
            .cosigner_keys()
            .filter_map(|(name, key)| {
                let signature = verified.iter().find(|signature| signature.key() == key)?;
                Some(Cosigner { name, key, time: signature.time()? })
            })
            .collect();
        let quorum_met = self.is_quorum(&cosigners);
        Ok(PolicyOutcome { log, cosigners, quorum_met })
    }

    fn is_quorum(&self, cosigners: &[Cosigner<'_>]) -> bool {
        let mut seen: Vec<bool> = Vec::with_capacity(self.named.len());
        for named in &self.named {
            seen.push(match &named.rule {
                Rule::Cosigner { key, .. } => cosigners.iter().any(|one| *one.key == **key),
                Rule::Group { needed, members } => {
                    let count = members.iter().filter(|at| seen.get(**at) == Some(&true)).count();
                    count >= needed.of(members.len())
                }
            });
        }
        self.quorum.is_none_or(|quorum| seen.get(quorum) == Some(&true))
    }
}

impl Needed {
    fn of(self, members: usize) -> usize {
        match self {
            Self::All => members,
            Self::Any => 1,
            Self::AtLeast(count) => count,
        }
    }
}

impl<'p> PolicyOutcome<'p> {
    /// Whether a known log signed and the quorum cosigned: whether the checkpoint is to be
    /// believed.
    pub fn is_met(&self) -> bool {
        self.log.is_some() && self.quorum_met
    }

    /// The key of the policy with which the log signed.
    pub fn log(&self) -> Option<&'p VerifierKey> {
        self.log
    }

    /// The cosigners that cosigned, in the order of the policy.
    pub fn cosigners(&self) -> &[Cosigner<'p>] {
        &self.cosigners
    }

    /// Whether the cosigners that the policy asks for are among them.
    pub fn is_quorum_met(&self) -> bool {
        self.quorum_met
    }
}

impl<'p> Cosigner<'p> {
    /// Its name in the policy.
    pub fn name(&self) -> &'p str {
        self.name
    }

    /// Its key.
    pub fn key(&self) -> &'p VerifierKey {
        self.key
    }

    /// When it says that it cosigned.
    pub fn time(&self) -> CosignatureTime {
        self.time
    }
}
