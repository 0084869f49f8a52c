//! Strikes, lockouts and the rest of industrial action.

use crate::event::Kind;
use crate::event::schema::{keys, words};
use crate::event::value::{Count, DisputeSlug, PartySlug};
use crate::identifier::EventId;
use crate::occurred::Edtf;

words! {
    /// A form of industrial action.
    ActionForm {
        Strike = "strike",
        Lockout = "lockout",
        OvertimeBan = "overtime-ban",
        RotatingStrike = "rotating-strike",
        PartialStrike = "partial-strike",
        SympathyStrike = "sympathy-strike",
        WorkToRule = "work-to-rule",
        Picket = "picket",
        Protest = "protest",
        HungerStrike = "hunger-strike",
        Boycott = "boycott",
    }
}

impl ActionForm {
    /// A strike of any type (EVENTS.md, "Warnings").
    pub fn is_strike(self) -> bool {
        matches!(
            self,
            Self::Strike | Self::RotatingStrike | Self::PartialStrike | Self::SympathyStrike
        )
    }

    /// A strike of any type, a lockout, an overtime ban or work to rule.
    pub fn is_stoppage_action(self) -> bool {
        self.is_strike() || matches!(self, Self::Lockout | Self::OvertimeBan | Self::WorkToRule)
    }
}

keys! {
    /// An action is announced
    ActionAnnounced {
        required action: ActionForm, "what is announced";
        required by: PartySlug, "who announces it";
        optional from: Edtf, "its first day";
        optional to: Edtf, "its last day";
        optional notice: EventId => &[Kind::Notice], "the notice that it rests on";
    }
}

keys! {
    /// An action begins
    ActionStarted {
        required action: ActionForm, "what begins";
        required by: PartySlug, "whose action it is";
        optional workers: Count, "how many people take part";
        optional open_ended: bool, "whether it has no fixed end";
        optional to: Edtf, "its last day, where it was fixed";
        optional cause: ActionCause, "what it is about";
        optional announced: EventId => &[Kind::ActionAnnounced], "the announcement of it";
        optional supports: DisputeSlug, "the dispute that it supports";
        optional sites: Vec<String>, "where";
    }
}

words! {
    /// What an action is about.
    ActionCause {
        Economic = "economic",
        UnfairLaborPractice = "unfair-labor-practice",
        Recognition = "recognition",
        Political = "political",
        Sympathy = "sympathy",
    }
}

keys! {
    /// An action grows, shrinks, pauses, goes on or becomes another
    ActionChanged {
        required of: EventId => &[Kind::ActionStarted], "the action";
        required change: ActionChange, "what changes";
        optional workers: Count, "how many people take part from then on";
        optional joined: Count, "how many joined";
        optional left: Count, "how many left";
        optional sites: Vec<String>, "the sites that joined or left";
        optional action: ActionForm, "what it was converted to";
        optional announced: EventId => &[Kind::ActionAnnounced], "the announcement of it";
    }
}

words! {
    /// How an action changes.
    ActionChange {
        Expanded = "expanded",
        Narrowed = "narrowed",
        Suspended = "suspended",
        Resumed = "resumed",
        Converted = "converted",
    }
}

keys! {
    /// An action ends
    ActionEnded {
        required of: EventId => &[Kind::ActionStarted], "the action";
        required how: EndingCause, "how it ended";
        optional workers: Count, "how many people took part to the end";
    }
}

words! {
    /// How an action ended.
    EndingCause {
        Agreement = "agreement",
        Ratification = "ratification",
        Order = "order",
        Unilateral = "unilateral",
        Expiry = "expiry",
    }
}

keys! {
    /// People go back to work
    ReturnToWork {
        optional of: EventId => &[Kind::ActionStarted], "the action that they return from";
        optional from: Edtf, "the first day back";
        optional by_date: Edtf, "the day by which all are back";
        optional terms: String, "on what terms";
    }
}
