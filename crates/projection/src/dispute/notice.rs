//! Whether an action was announced: what each party has given notice of since it last acted.

use std::collections::{HashMap, HashSet};

use dispute_core::event::action::ActionForm;
use dispute_core::event::bargaining::NoticeOf;

/// What a party has given notice of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Warned {
    /// A notice of a strike, which covers every stoppage action but a lockout.
    OfStrikes,
    /// A notice of a lockout.
    OfLockout,
    /// An announcement of one action.
    Of(ActionForm),
}

/// Notices and announcements by party, in effective order.
#[derive(Debug, Default)]
pub(crate) struct Forewarnings {
    by_party: HashMap<String, Vec<(usize, Warned)>>,
    withdrawn: HashSet<usize>,
}

impl Warned {
    /// What a notice covers, where it is one of action.
    pub(crate) fn by_notice(notice: NoticeOf) -> Option<Self> {
        match notice {
            NoticeOf::Strike => Some(Self::OfStrikes),
            NoticeOf::Lockout => Some(Self::OfLockout),
            _ => None,
        }
    }

    /// Whether an action is what was announced.
    pub(crate) fn covers(self, action: ActionForm) -> bool {
        match self {
            Self::OfStrikes => action != ActionForm::Lockout,
            Self::OfLockout => action == ActionForm::Lockout,
            Self::Of(announced) => announced == action,
        }
    }
}

impl Forewarnings {
    pub(crate) fn give(&mut self, n: usize, party: &str, warned: Warned) {
        self.by_party.entry(party.to_owned()).or_default().push((n, warned));
    }

    pub(crate) fn withdraw(&mut self, n: usize) {
        self.withdrawn.insert(n);
    }

    pub(crate) fn is_withdrawn(&self, n: usize) -> bool {
        self.withdrawn.contains(&n)
    }

    /// The last that stands of a party since its last stoppage action began.
    pub(crate) fn last(&self, party: &str) -> Option<Warned> {
        let given = self.by_party.get(party)?;
        given.iter().rev().find(|(n, _)| !self.withdrawn.contains(n)).map(|(_, warned)| *warned)
    }

    /// A stoppage action of the party begins: what came before no longer announces the next.
    pub(crate) fn act(&mut self, party: &str) {
        self.by_party.remove(party);
    }
}
