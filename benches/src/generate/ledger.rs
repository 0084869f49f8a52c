//! The whole ledger: who and what is declared first, which dispute goes on when, and how.

use std::io::{self, Write};

use crate::calendar::{LAST_DAY, date};
use crate::dice::Dice;
use crate::dispute::{Bodies, Dispute, Id, Open, Party, Step};
use crate::document::Document;
use crate::{action, bargaining, law, public, record, setting_up, third_party, vote};

const ZONES: [&str; 6] = [
    "America/Los_Angeles",
    "America/New_York",
    "America/St_Johns",
    "Europe/Rome",
    "Asia/Kolkata",
    "Australia/Adelaide",
];
/// Disputes begin in the first of these days.
const FIRST_DAYS: u64 = 2500;
/// Bodies that every dispute shares; employers and unions come after them.
const BODIES: [(&str, &str); 3] = [
    ("State Mediation Service", "mediator"),
    ("Labor Board", "regulator"),
    ("High Court", "court"),
];

pub(crate) struct Ledger {
    dice: Dice,
    events: u64,
    /// How many disputes there are to be.
    wanted: u64,
    disputes: Vec<Dispute>,
    /// Which employers and unions are on record.
    declared: Vec<bool>,
    written: u64,
}

/// How many disputes the events of one more than this share of the ledger open: a tenth.
const OPENING: u64 = 10;

impl Ledger {
    pub(crate) fn new(events: u64, wanted: u64, seed: u64) -> Self {
        // An employer has one to three disputes, a union many.
        let parties = wanted.div_ceil(2) + wanted.div_ceil(8);
        let declared = vec![false; parties as usize];
        Self { dice: Dice::new(seed), events, wanted, disputes: Vec::new(), declared, written: 0 }
    }

    pub(crate) fn write(mut self, out: &mut impl Write) -> io::Result<()> {
        for (n, (name, role)) in BODIES.iter().enumerate() {
            self.put(out, party(Party(n as u64), name, role))?;
        }
        self.put(out, standard())?;
        while self.written < self.events {
            if self.is_time_to_open() {
                self.open(out)?;
            } else {
                let document = self.go_on();
                self.put(out, document)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, out: &mut impl Write, document: Document) -> io::Result<()> {
        if self.written < self.events {
            self.written += 1;
            writeln!(out, "{}", document.close())?;
        }
        Ok(())
    }

    fn is_time_to_open(&self) -> bool {
        let opened = self.disputes.len() as u64;
        opened == 0
            || (opened < self.wanted
                && opened * self.events <= self.written * OPENING * self.wanted)
    }

    /// Opens a dispute, after its sides.
    fn open(&mut self, out: &mut impl Write) -> io::Result<()> {
        let employers = self.wanted.div_ceil(2);
        let others = self.declared.len() as u64 - employers;
        let employer = self.dice.below(employers);
        let union = employers + self.dice.below(others);
        for (n, role) in [(employer, "employer"), (union, "union")] {
            if !std::mem::replace(&mut self.declared[n as usize], true) {
                let name = format!("Party number {n} of the registry");
                self.put(out, party(of_registry(n), &name, role))?;
            }
        }
        let dispute = Dispute {
            sides: [of_registry(employer), of_registry(union)],
            day: self.dice.below(FIRST_DAYS),
            units: 0,
            contracts: 0,
            open: Open::default(),
            reported: [None; 4],
        };
        let zone = self.dice.pick(&ZONES);
        let document = opening(self.disputes.len(), &dispute, zone);
        self.disputes.push(dispute);
        self.put(out, document)
    }

    /// The next event of some dispute.
    fn go_on(&mut self) -> Document {
        let n = self.dice.below(self.disputes.len() as u64);
        let disputes = self.disputes.len() as u64;
        // All the events of a dispute have place between its first day and the last.
        let days = (LAST_DAY - FIRST_DAYS) * self.wanted;
        let passes = self.dice.below(self.events.max(days)) < days;
        let more = if passes { self.dice.below(3) } else { 0 };
        let dispute = &mut self.disputes[n as usize];
        dispute.day = (dispute.day + more).min(LAST_DAY);
        let id = Id(self.written);
        let bodies = Bodies { mediator: Party(0), board: Party(1), court: Party(2) };
        let mut step = Step { dice: &mut self.dice, dispute, bodies, id, n, disputes };
        let document = of_some_kind(&mut step);
        finish(&mut step, document)
    }
}

/// A kind by chance, as often as it is on record of real disputes.
fn of_some_kind(step: &mut Step<'_>) -> Document {
    match step.dice.below(1000) {
        0..=149 => public::statement(step),
        150..=279 => public::impact(step),
        280..=299 => public::version(step),
        300..=309 => public::gap(step),
        310..=469 => bargaining::session(step),
        470..=599 => bargaining::proposal(step),
        600..=659 => bargaining::answer(step, "rejection"),
        660..=699 => bargaining::answer(step, "acceptance"),
        700..=711 => bargaining::withdrawal(step),
        712..=736 => bargaining::agreement(step),
        737..=742 => bargaining::agreement_failed(step),
        743..=748 => bargaining::impasse(step),
        749..=754 => bargaining::implementation(step),
        755..=779 => bargaining::notice(step),
        780..=797 => third_party::offer(step),
        798..=824 => third_party::mediation(step),
        825..=830 => third_party::report(step),
        831..=844 => vote::called(step),
        845..=869 => vote::result(step),
        870..=881 => action::announced(step),
        882..=893 => action::started(step),
        894..=903 => action::changed(step),
        904..=913 => action::ended(step),
        914..=920 => action::return_to_work(step),
        921..=932 => law::charge(step),
        933..=939 => law::disposed(step),
        940..=945 => law::order(step),
        946..=950 => law::answered(step),
        951..=958 => law::finding(step),
        959..=964 => setting_up::unit(step),
        965..=972 => setting_up::contract(step),
        973..=976 => setting_up::linked(step),
        977..=978 => setting_up::closed(step),
        979..=988 => record::amendment(step),
        _ => record::retraction(step),
    }
}

/// The keys that every kind has.
fn finish(step: &mut Step<'_>, mut document: Document) -> Document {
    if step.dice.once_in(5) {
        document =
            document.text("certainty", step.dice.pick(&["alleged", "confirmed", "official"]));
    }
    if step.dice.once_in(8) {
        let tags = [step.dice.pick(&["national", "local"]), step.dice.pick(&["media", "table"])];
        document = document.texts("tags", &tags.map(str::to_owned));
    }
    document.text("note", step.dice.words(3, 14))
}

fn of_registry(n: u64) -> Party {
    Party(n + BODIES.len() as u64)
}

fn party(party: Party, name: &str, role: &str) -> Document {
    Document::new("party")
        .text("id", format_args!("party-{}", party.0))
        .text("party", party)
        .text("name", name)
        .text("role", role)
}

fn standard() -> Document {
    Document::new("standard")
        .text("id", "standard-1")
        .text("standard", "ten-days")
        .text("citation", "Health code 1367.03")
        .text("metric", "follow-up-wait")
        .put("limit", r#"{"op":"<=","value":10,"unit":"business-days"}"#)
}

fn opening(n: usize, dispute: &Dispute, zone: &str) -> Document {
    let [employer, union] = dispute.sides;
    Document::new("dispute-opened")
        .text("id", format_args!("d{n}"))
        .text("dispute", format_args!("dispute-{n}"))
        .text("occurred", date(dispute.day))
        .text("title", format_args!("Dispute number {n} at employer {}", employer.0))
        .text("time_zone", zone)
        .texts("employers", &[employer.to_string()])
        .texts("unions", &[union.to_string()])
        .text("sector", "services")
}
