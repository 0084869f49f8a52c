//! Writes event documents, one a line, for ledgers of any size: disputes that open, bargain, strike
//! and settle side by side, with vague dates, late entries, other accounts and corrections.
//!
//! ```text
//! generate EVENTS DISPUTES [SEED]
//! ```
//!
//! The same numbers give the same bytes.

use std::env;
use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let numbers: Vec<u64> = env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let (events, disputes, seed) = match numbers.as_slice() {
        [events, disputes] => (*events, *disputes, 1),
        [events, disputes, seed] => (*events, *disputes, *seed),
        _ => {
            eprintln!("generate EVENTS DISPUTES [SEED]");
            std::process::exit(2);
        }
    };
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    Ledger::new(disputes.max(1), seed).write(events, &mut out)?;
    out.flush()
}

/// Splitmix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most.max(1)
    }

    /// True once in so many times.
    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

const ZONES: [&str; 6] = [
    "America/Los_Angeles",
    "America/New_York",
    "America/St_Johns",
    "Europe/Rome",
    "Asia/Kolkata",
    "Australia/Adelaide",
];
const ISSUES: [&str; 8] = [
    "wages",
    "health-insurance",
    "pension",
    "staffing",
    "hours",
    "leave",
    "grievances",
    "job-security",
];
const WORDS: [&str; 24] = [
    "the", "company", "union", "offered", "committee", "members", "terms", "of", "contract",
    "over", "years", "increase", "percent", "staff", "table", "session", "proposal", "agreed",
    "rejected", "language", "draft", "article", "mediator", "date",
];

/// One dispute as it goes on.
struct Dispute {
    employer: u64,
    union: u64,
    /// Days since 2015-01-01.
    day: u64,
    events: u64,
    /// Proposals, with whom they were made to.
    proposals: Vec<(String, u64)>,
    offers: Vec<String>,
    sessions: Vec<String>,
    agreements: Vec<String>,
    action: Option<String>,
    charges: Vec<String>,
    orders: Vec<String>,
    votes: Vec<String>,
    facts: Vec<String>,
}

struct Ledger {
    dice: Dice,
    disputes: Vec<Dispute>,
    parties: u64,
    next: u64,
}

/// A date as EDTF.
fn date(day: u64) -> String {
    let (year, month, day) = civil(day);
    format!("{year}-{month:02}-{day:02}")
}

/// The civil date of a day since 2015-01-01.
fn civil(day: u64) -> (u64, u64, u64) {
    let z = day + 735_964;
    let era = z / 146_097;
    let of_era = z - era * 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

impl Ledger {
    fn new(disputes: u64, seed: u64) -> Self {
        // An employer has one to three disputes, a union many.
        let parties = disputes.div_ceil(2) + disputes.div_ceil(8);
        Self { dice: Dice(seed), disputes: Vec::new(), parties, next: 0 }.with(disputes)
    }

    fn with(mut self, disputes: u64) -> Self {
        let employers = disputes.div_ceil(2);
        for _ in 0..disputes {
            let employer = self.dice.below(employers);
            let union = employers + self.dice.below(self.parties - employers);
            let day = self.dice.below(2500);
            self.disputes.push(Dispute {
                employer,
                union,
                day,
                events: 0,
                proposals: Vec::new(),
                offers: Vec::new(),
                sessions: Vec::new(),
                agreements: Vec::new(),
                action: None,
                charges: Vec::new(),
                orders: Vec::new(),
                votes: Vec::new(),
                facts: Vec::new(),
            });
        }
        self
    }

    fn write(&mut self, events: u64, out: &mut impl Write) -> io::Result<()> {
        let mut written = 0;
        let employers = (self.disputes.len() as u64).div_ceil(2);
        for party in 0..self.parties.min(events) {
            let role = if party < employers { "employer" } else { "union" };
            writeln!(
                out,
                r#"{{"kind":"party","id":"party-{party}","party":"p{party}","name":"Party number {party} of the registry","role":"{role}"}}"#
            )?;
            written += 1;
        }
        if written < events {
            writeln!(
                out,
                r#"{{"kind":"standard","id":"standard-1","standard":"ten-days","citation":"Health code 1367.03","metric":"follow-up-wait","limit":{{"op":"<=","value":10,"unit":"business-days"}}}}"#
            )?;
            written += 1;
        }
        // All are opened before anything else, so that any of them can go on at any time.
        for n in 0..self.disputes.len() {
            if written == events {
                return Ok(());
            }
            let line = self.open(n);
            writeln!(out, "{line}")?;
            written += 1;
        }
        while written < events {
            let n = self.dice.below(self.disputes.len() as u64) as usize;
            let line = self.go_on(n);
            writeln!(out, "{line}")?;
            written += 1;
        }
        Ok(())
    }

    fn open(&mut self, n: usize) -> String {
        let zone = *self.dice.pick(&ZONES);
        let dispute = &self.disputes[n];
        format!(
            r#"{{"kind":"dispute-opened","id":"d{n}","dispute":"dispute-{n}","occurred":"{}","title":"Dispute number {n} at employer {}","time_zone":"{zone}","employers":["p{}"],"unions":["p{}"],"sector":"services"}}"#,
            date(dispute.day),
            dispute.employer,
            dispute.employer,
            dispute.union
        )
    }

    fn words(&mut self, least: u64, more: u64) -> String {
        let count = least + self.dice.below(more);
        let words: Vec<&str> = (0..count).map(|_| *self.dice.pick(&WORDS)).collect();
        words.join(" ")
    }

    /// The next event of a dispute, of a kind that fits where it stands.
    fn go_on(&mut self, n: usize) -> String {
        let id = format!("e{}", self.next);
        self.next += 1;
        self.disputes[n].events += 1;
        self.disputes[n].day += self.dice.below(4);
        let roll = self.dice.below(100);
        let (employer, union) = (self.disputes[n].employer, self.disputes[n].union);
        let (by, other) = if self.dice.once_in(2) { (employer, union) } else { (union, employer) };
        let day = self.disputes[n].day;
        let mut on = date(day);
        let text = self.words(6, 20);
        let body = match roll {
            0..=17 => {
                let issue = *self.dice.pick(&ISSUES);
                let also = *self.dice.pick(&ISSUES);
                let value = self.dice.below(30);
                let to = if self.dice.once_in(2) { format!(r#","to":["p{other}"]"#) } else { String::new() };
                let second = if also == issue { String::new() } else { format!(r#",{{"issue":"{also}","terms":"as before"}}"#) };
                self.disputes[n].proposals.push((id.clone(), other));
                format!(r#""kind":"proposal","by":"p{by}","form":"counter","items":[{{"issue":"{issue}","terms":"{text}","value":{value},"unit":"percent"}}{second}]{to}"#)
            }
            18..=29 if !self.disputes[n].proposals.is_empty() => {
                let (of, by) = self.disputes[n].proposals.last().cloned().unwrap_or_default();
                let kind = if self.dice.once_in(3) { "acceptance" } else { "rejection" };
                let key = if kind == "rejection" { format!(r#","reason":"{text}""#) } else { String::new() };
                format!(r#""kind":"{kind}","of":"{of}","by":"p{by}"{key}"#)
            }
            30..=44 => {
                self.disputes[n].sessions.push(id.clone());
                format!(r#""kind":"session","status":"held","parties":["p{employer}","p{union}"],"outcome":"{text}""#)
            }
            45..=64 => {
                // Statements may be entered late, and be vaguely dated.
                if self.dice.once_in(5) {
                    on = date(day.saturating_sub(self.dice.below(60)));
                } else if self.dice.once_in(6) {
                    on = on[..7].to_owned();
                }
                self.disputes[n].facts.push(id.clone());
                format!(r#""kind":"statement","speaker":"Speaker {}","on_behalf_of":"p{by}","text":"{text}","stance":"blames","channel":"press release","sources":[{{"url":"https://news.example/{id}","title":"{text}","publisher":"The Daily","interest":"press"}}]"#, self.dice.below(9))
            }
            65..=78 => {
                let value = self.dice.below(5000);
                let standard = if self.dice.once_in(4) { r#","standard":"ten-days","breach":"claimed""# } else { "" };
                let metric = if standard.is_empty() { "appointments-canceled" } else { "follow-up-wait" };
                self.disputes[n].facts.push(id.clone());
                format!(r#""kind":"impact","metric":"{metric}","value":{value},"unit":"appointments","comparator":"about","scope":"{text}","measured_by":"p{by}"{standard}"#)
            }
            79..=81 => {
                self.disputes[n].offers.push(id.clone());
                format!(r#""kind":"mediation-offer","procedure":"mediation","by":"p{}","to":["p{employer}","p{union}"],"authority":"{text}""#, self.parties - 1)
            }
            82..=84 if !self.disputes[n].offers.is_empty() => {
                let of = self.disputes[n].offers.last().cloned().unwrap_or_default();
                let kind = if self.dice.once_in(2) { "acceptance" } else { "rejection" };
                format!(r#""kind":"{kind}","of":"{of}","by":"p{by}""#)
            }
            85..=87 => match self.disputes[n].action.take() {
                None => {
                    self.disputes[n].action = Some(id.clone());
                    let workers = 20 + self.dice.below(3000);
                    format!(r#""kind":"action-started","action":"strike","by":"p{union}","workers":{workers},"open_ended":true,"cause":"economic","sites":["{text}"]"#)
                }
                Some(action) => {
                    format!(r#""kind":"action-ended","of":"{action}","how":"agreement""#)
                }
            },
            88..=89 => {
                self.disputes[n].votes.push(id.clone());
                let (yes, no) = (self.dice.below(2000), self.dice.below(900));
                format!(r#""kind":"vote-result","purpose":"strike-authorization","by":"p{union}","stage":"final","yes":{yes},"no":{no},"outcome":"{}""#, if yes > no { "passed" } else { "failed" })
            }
            90 => {
                let issue = *self.dice.pick(&ISSUES);
                self.disputes[n].agreements.push(id.clone());
                format!(r#""kind":"agreement","level":"item","parties":["p{employer}","p{union}"],"items":[{{"issue":"{issue}","terms":"{text}"}}]"#)
            }
            91 => {
                self.disputes[n].charges.push(id.clone());
                format!(r#""kind":"charge","forum":"NLRB","by":"p{by}","against":"p{other}","allegations":["{text}"],"case_number":"21-CA-{n}""#)
            }
            92 => {
                self.disputes[n].orders.push(id.clone());
                format!(r#""kind":"order","body":"p{}","order":"cease","to":["p{other}"]"#, self.parties - 1)
            }
            93 => format!(r#""kind":"gap","text":"{text}""#),
            94 => format!(r#""kind":"notice","notice":"strike","by":"p{union}","to":["p{employer}"]"#),
            95 if !self.disputes[n].facts.is_empty() => {
                let of = self.dice.pick(&self.disputes[n].facts).clone();
                return format!(r#"{{"id":"{id}","kind":"amendment","of":"{of}","set":{{"note":"{text}"}},"reason":"misread"}}"#);
            }
            96 if !self.disputes[n].facts.is_empty() => {
                let last = self.disputes[n].facts.len() - 1;
                let of = self.disputes[n].facts.swap_remove(last);
                return format!(r#"{{"id":"{id}","kind":"retraction","of":"{of}","reason":"the paper took it back"}}"#);
            }
            _ => {
                self.disputes[n].sessions.push(id.clone());
                format!(r#""kind":"session","status":"scheduled","parties":["p{employer}","p{union}"],"scheduled_for":"{}""#, date(day + 7))
            }
        };
        format!(r#"{{"id":"{id}","dispute":"dispute-{n}","occurred":"{on}",{body},"note":"{}"}}"#, self.words(2, 12))
    }
}
