//! Renders the raw figures of a run into the tables of README.md, between two marks in it.
//!
//! ```text
//! tables RAW EVENTS README
//! ```

#[path = "tables/bars.rs"]
mod bars;
#[path = "tables/growth.rs"]
mod growth;
#[path = "tables/runs.rs"]
mod runs;
#[path = "tables/times.rs"]
mod times;

use std::error::Error;
use std::fs;

use crate::runs::Runs;

const BEGIN: &str = "<!-- measured: benches/run.sh writes from here -->";
const END: &str = "<!-- to here -->";

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [raw, events, readme] = words.as_slice() else {
        return Err("tables RAW EVENTS README".into());
    };
    let runs = Runs::read(&fs::read_to_string(raw)?)?;
    let size: u64 = events.parse()?;
    let text = fs::read_to_string(readme)?;
    let (before, rest) = text.split_once(BEGIN).ok_or("no mark where the tables begin")?;
    let (_, after) = rest.split_once(END).ok_or("no mark where they end")?;
    let measured = [
        notes(&runs, size),
        bars::table(&runs, size),
        growth::table(&runs, size),
        times::tables(&runs),
    ];
    let measured = measured.concat();
    fs::write(readme, format!("{before}{BEGIN}\n\n{measured}{END}{after}"))?;
    print!("{measured}");
    Ok(())
}

fn notes(runs: &Runs, size: u64) -> String {
    let mut text = format!("| run | |\n|---|---|\n| events | {} |\n", runs::grouped(size));
    for (what, said) in &runs.notes {
        text.push_str(&format!("| {what} | {said} |\n"));
    }
    text.push('\n');
    text
}
