//! One dispute as it goes on. What is kept of it does not grow with its events.

use std::fmt;

use crate::calendar::date;
use crate::dice::Dice;
use crate::document::Document;

/// The id of an event: `e` and its number.
#[derive(Clone, Copy)]
pub(crate) struct Id(pub(crate) u64);

/// The slug of a party: `p` and its number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Party(pub(crate) u64);

/// A statement or an impact that can be told otherwise, amended and retracted.
#[derive(Clone, Copy)]
pub(crate) struct Reported {
    pub(crate) id: Id,
    pub(crate) kind: &'static str,
}

/// What later events of the dispute may refer to: the latest of each.
#[derive(Default)]
pub(crate) struct Open {
    /// The employer's and the union's.
    pub(crate) proposals: [Option<Id>; 2],
    pub(crate) session: Option<Id>,
    pub(crate) agreement: Option<Id>,
    pub(crate) notice: Option<Id>,
    pub(crate) announced: Option<Id>,
    pub(crate) action: Option<Id>,
    pub(crate) ended: Option<Id>,
    /// With the next step of its mediation.
    pub(crate) offer: Option<(Id, usize)>,
    /// With its purpose.
    pub(crate) vote: Option<(Id, &'static str)>,
    pub(crate) charge: Option<Id>,
    pub(crate) order: Option<Id>,
    pub(crate) finding: Option<Id>,
    pub(crate) retraction: Option<Id>,
}

pub(crate) struct Dispute {
    pub(crate) sides: [Party; 2],
    pub(crate) day: u64,
    pub(crate) units: u64,
    pub(crate) contracts: u64,
    pub(crate) open: Open,
    /// The latest few.
    pub(crate) reported: [Option<Reported>; 4],
}

/// The bodies that every dispute shares.
#[derive(Clone, Copy)]
pub(crate) struct Bodies {
    pub(crate) mediator: Party,
    pub(crate) board: Party,
    pub(crate) court: Party,
}

/// One event of a dispute in the making.
pub(crate) struct Step<'a> {
    pub(crate) dice: &'a mut Dice,
    pub(crate) dispute: &'a mut Dispute,
    pub(crate) bodies: Bodies,
    pub(crate) id: Id,
    /// The number of the dispute.
    pub(crate) n: u64,
    /// How many disputes are open, this one among them.
    pub(crate) disputes: u64,
}

pub(crate) const EMPLOYER: usize = 0;
pub(crate) const UNION: usize = 1;

pub(crate) const ISSUES: [&str; 8] = [
    "wages",
    "health-insurance",
    "pension",
    "staffing",
    "hours",
    "leave",
    "grievances",
    "job-security",
];

impl Step<'_> {
    pub(crate) fn day(&self) -> u64 {
        self.dispute.day
    }

    /// A side by chance, and the other.
    pub(crate) fn side(&mut self) -> (usize, usize) {
        if self.dice.once_in(2) { (EMPLOYER, UNION) } else { (UNION, EMPLOYER) }
    }

    pub(crate) fn party(&self, side: usize) -> Party {
        self.dispute.sides[side]
    }

    pub(crate) fn both(&self) -> Vec<String> {
        self.dispute.sides.iter().map(Party::to_string).collect()
    }

    /// So many days from now.
    pub(crate) fn in_days(&mut self, least: u64, more: u64) -> String {
        let days = least + self.dice.below(more);
        date(self.day() + days)
    }

    /// Terms, one or two issues of them.
    pub(crate) fn items(&mut self) -> String {
        let (first, second) = (self.dice.pick(&ISSUES), self.dice.pick(&ISSUES));
        let (terms, value) = (self.dice.words(5, 12), self.dice.below(300));
        let mut items = format!(
            r#"[{{"issue":"{first}","terms":"{terms}","value":{}.{},"unit":"percent"}}"#,
            value / 10,
            value % 10
        );
        if first != second {
            items.push_str(&format!(
                r#",{{"issue":"{second}","terms":"{}"}}"#,
                self.dice.words(2, 6)
            ));
        }
        items.push(']');
        items
    }

    /// A unit that was declared, sometimes.
    pub(crate) fn unit(&mut self) -> Option<String> {
        let units = self.dispute.units;
        (units > 0 && self.dice.once_in(3)).then(|| format!("u{}", 1 + self.dice.below(units)))
    }

    /// Keeps a statement or impact in the place of one of the last four.
    pub(crate) fn keep(&mut self, kind: &'static str) {
        let place = self.dice.below(4) as usize;
        self.dispute.reported[place] = Some(Reported { id: self.id, kind });
    }

    /// A kind of event that belongs to the dispute, dated today.
    pub(crate) fn document(&self, kind: &str) -> Document {
        self.document_on(kind, &date(self.day()))
    }

    pub(crate) fn document_on(&self, kind: &str, on: &str) -> Document {
        let document = Document::new(kind).text("id", self.id);
        document.text("dispute", format_args!("dispute-{}", self.n)).text("occurred", on)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "e{}", self.0)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.0)
    }
}
