//! Writes event documents, one a line, for ledgers of any size: disputes that open, bargain, strike
//! and settle side by side, of every kind but `redaction`, with vague dates, late entries, other
//! accounts and corrections.
//!
//! ```text
//! generate EVENTS DISPUTES [SEED]
//! ```
//!
//! The same numbers give the same bytes. Every line keeps the rules, so that an import takes all.

#[path = "generate/action.rs"]
mod action;
#[path = "generate/bargaining.rs"]
mod bargaining;
#[path = "generate/calendar.rs"]
mod calendar;
#[path = "generate/dice.rs"]
mod dice;
#[path = "generate/dispute.rs"]
mod dispute;
#[path = "generate/document.rs"]
mod document;
#[path = "generate/law.rs"]
mod law;
#[path = "generate/ledger.rs"]
mod ledger;
#[path = "generate/public.rs"]
mod public;
#[path = "generate/record.rs"]
mod record;
#[path = "generate/setting_up.rs"]
mod setting_up;
#[path = "generate/third_party.rs"]
mod third_party;
#[path = "generate/vote.rs"]
mod vote;

use std::env;
use std::io::{self, BufWriter, Write};

use crate::ledger::Ledger;

fn main() -> io::Result<()> {
    let numbers: Option<Vec<u64>> = env::args().skip(1).map(|text| text.parse().ok()).collect();
    let (events, disputes, seed) = match numbers.as_deref() {
        Some([events, disputes]) => (*events, *disputes, 1),
        Some([events, disputes, seed]) => (*events, *disputes, *seed),
        _ => {
            eprintln!("generate EVENTS DISPUTES [SEED]");
            std::process::exit(2);
        }
    };
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    Ledger::new(events, disputes.max(1), seed).write(&mut out)?;
    out.flush()
}
