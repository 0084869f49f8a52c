//! Event documents as the rivals take them.
//!
//! ```text
//! convert git <EVENTS       a stream for git fast-import: one commit an event, its message the document
//! convert journal <EVENTS   a journal for ledger and hledger: one transaction an event
//! ```

use std::io::{self, BufRead, BufWriter, Write};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let form = std::env::args().nth(1).unwrap_or_default();
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    for line in io::stdin().lock().lines() {
        match form.as_str() {
            "git" => commit(&mut out, &line?)?,
            "journal" => transaction(&mut out, &line?)?,
            _ => return Err("convert git|journal <EVENTS".into()),
        }
    }
    Ok(out.flush()?)
}

fn commit(out: &mut impl Write, line: &str) -> io::Result<()> {
    let length = line.len() + 1;
    writeln!(out, "commit refs/heads/main\ncommitter bench <b@example.org> 1700000000 +0000")?;
    writeln!(out, "data {length}\n{line}\n")
}

fn transaction(out: &mut impl Write, line: &str) -> Result<()> {
    let event: serde_json::Value = serde_json::from_str(line)?;
    let text = |key: &str| event[key].as_str();
    let day = first_day(text("occurred").unwrap_or("2015"));
    let (id, kind) = (text("id").unwrap_or("-"), text("kind").unwrap_or("-"));
    let dispute = text("dispute").unwrap_or("none");
    Ok(writeln!(out, "{day} {id}\n    disputes:{dispute}  1 event\n    kinds:{kind}\n")?)
}

/// The first day that an EDTF date may mean; these two know no other dates.
fn first_day(date: &str) -> String {
    let date = date.trim_start_matches("../");
    let plain: String =
        date.chars().take_while(|c| c.is_ascii_digit() || *c == '-').take(10).collect();
    match plain.len() {
        4 => format!("{plain}-01-01"),
        7 => format!("{plain}-01"),
        _ => plain,
    }
}
