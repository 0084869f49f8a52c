//! Whose signatures a checkpoint must have to be believed.

use crate::checkpoint::{
    Policy, PolicyOutcome, SignatureError, SignedCheckpoint, VerifiedSignature, VerifierKey,
};
use crate::verify::finding::{Finding, FindingCode};

/// The keys and the policies that a verifier named. Nothing that came with what is verified adds
/// to it.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Keys, of which at least one must have signed.
    pub keys: Vec<VerifierKey>,
    /// Policies, each with what to call it; all of them must be met.
    pub policies: Vec<(String, Policy)>,
}

/// What the trusted keys say of a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// The names of the trusted keys that signed, each once.
    pub by: Vec<String>,
    /// What is missing or does not hold.
    pub findings: Vec<Finding>,
}

impl Trust {
    /// Whether nobody is trusted, so that nothing can be said of signatures.
    pub fn is_nobody(&self) -> bool {
        self.keys.is_empty() && self.policies.is_empty()
    }

    /// Checks the signatures of a checkpoint, which is called `name` in what is found: one by
    /// a trusted key must be there and none by a trusted key may fail to hold; and enough must be
    /// there for every policy.
    pub fn check(&self, name: &str, checkpoint: &SignedCheckpoint) -> Signed {
        let mut signed = Signed::default();
        if !self.keys.is_empty() {
            match checkpoint.verify(&self.keys) {
                Ok(verified) => signed.add(verified.iter().map(VerifiedSignature::key)),
                Err(error) => signed.findings.push(invalid(name, &error)),
            }
        }
        for (policy_name, policy) in &self.policies {
            match policy.evaluate(checkpoint) {
                Ok(outcome) => {
                    signed.add(outcome.log().into_iter());
                    signed.add(outcome.cosigners().iter().map(|one| one.key()));
                    signed.findings.extend(unmet(name, policy_name, &outcome));
                }
                Err(SignatureError::NoneKnown) => {
                    let text = format!("nobody whom {policy_name} names signed {name}");
                    signed.findings.push(Finding::new(FindingCode::PolicyUnmet, text));
                }
                Err(error) => signed.findings.push(invalid(name, &error)),
            }
        }
        signed
    }
}

impl Signed {
    fn add<'k>(&mut self, keys: impl Iterator<Item = &'k VerifierKey>) {
        for name in keys.map(|key| key.name().to_string()) {
            if !self.by.contains(&name) {
                self.by.push(name);
            }
        }
    }
}

/// A signature that does not hold names the key; that nobody known signed names none.
fn invalid(checkpoint: &str, error: &SignatureError) -> Finding {
    let finding = Finding::new(FindingCode::SignatureInvalid, format!("{checkpoint}: {error}"));
    match error {
        SignatureError::Bad { name, id } => {
            finding.contrast(format!("a signature by {name} ({id})"), "one that does not hold")
        }
        SignatureError::Ambiguous { .. } | SignatureError::NoneKnown => finding,
    }
}

fn unmet(name: &str, policy: &str, outcome: &PolicyOutcome<'_>) -> Option<Finding> {
    let text = if outcome.log().is_none() {
        format!("no key that {policy} names for the log signed {name}")
    } else if !outcome.is_quorum_met() {
        format!("too few of those whom {policy} names cosigned {name}")
    } else {
        return None;
    };
    let names: Vec<&str> = outcome.cosigners().iter().map(|one| one.name()).collect();
    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    let finding = Finding::new(FindingCode::PolicyUnmet, text);
    Some(finding.contrast("the policy's quorum", names))
}
