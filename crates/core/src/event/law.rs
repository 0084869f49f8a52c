//! Charges, orders and what regulators find.

use crate::event::Kind;
use crate::event::schema::{keys, words};
use crate::event::value::{PartySlug, Penalty, StandardSlug};
use crate::identifier::EventId;
use crate::occurred::Edtf;

keys! {
    /// A charge is filed with a labor board or a court
    Charge {
        required forum: String, "where it is filed";
        required by: PartySlug, "who files it";
        required against: PartySlug, "against whom";
        required allegations: Vec<String>, "what is alleged";
        optional case_number: String, "the case number";
    }
}

keys! {
    /// What became of a charge
    ChargeDisposed {
        required of: EventId => &[Kind::Charge], "the charge";
        required disposition: Disposition, "what became of it";
    }
}

words! {
    /// What became of a charge.
    Disposition {
        Withdrawn = "withdrawn",
        Dismissed = "dismissed",
        Settled = "settled",
        Complaint = "complaint",
        Upheld = "upheld",
        Appealed = "appealed",
    }
}

keys! {
    /// A court, a board or a minister orders something
    Order {
        required body: PartySlug, "who orders it";
        required order: OrderOf, "what is ordered";
        required to: Vec<PartySlug>, "to whom";
        optional effective: Edtf, "the day it acts from, where another; it moves nothing";
        optional deadline: Edtf, "until when it is to be obeyed";
        optional requested_by: PartySlug, "who asked for it";
    }
}

words! {
    /// What is ordered.
    OrderOf {
        BackToWork = "back-to-work",
        Injunction = "injunction",
        Arbitrate = "arbitrate",
        HoldVote = "hold-vote",
        Cease = "cease",
        DeclaredUnlawful = "declared-unlawful",
        Other = "other",
    }
}

keys! {
    /// What a party does about an order
    OrderAnswered {
        required of: EventId => &[Kind::Order], "the order";
        required by: PartySlug, "who answers";
        required answer: OrderAnswer, "what it does";
    }
}

words! {
    /// What a party does about an order, or what stops the order.
    OrderAnswer {
        Complied = "complied",
        Defied = "defied",
        Appealed = "appealed",
        Stayed = "stayed",
    }
}

keys! {
    /// A regulator looks into something and finds
    Finding {
        required body: PartySlug, "who finds";
        required against: PartySlug, "against whom";
        required stage: FindingStage, "how far it has come";
        optional of: EventId => &[Kind::Finding], "the finding that it carries further";
        optional standard: StandardSlug, "the standard that was broken";
        optional result: String, "what was found";
        optional penalty: Penalty, "the fine";
        optional corrective_actions: Vec<String>, "what is to be mended";
    }
}

words! {
    /// How far a finding has come.
    FindingStage {
        Opened = "opened",
        Issued = "issued",
        Settled = "settled",
        Plan = "plan",
        Monitoring = "monitoring",
        Closed = "closed",
    }
}
