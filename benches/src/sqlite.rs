//! The same ledger on SQLite, as a rival: parsing, sealing, hashing and folding are dispute's own,
//! storing and finding are SQLite's.
//!
//! ```text
//! sqlite DATABASE init
//! sqlite DATABASE add FILE          one event document
//! sqlite DATABASE import FILE       one a line
//! sqlite DATABASE verify THREADS [digests]   with `digests` no content is read as an event
//! sqlite DATABASE show DISPUTE [--on DATE]
//! sqlite DATABASE list              the disputes and how many events each has
//! ```

#[path = "sqlite/database.rs"]
mod database;
#[path = "sqlite/peaks.rs"]
mod peaks;
#[path = "sqlite/ready.rs"]
mod ready;
#[path = "sqlite/show.rs"]
mod show;
#[path = "sqlite/verify.rs"]
mod verify;
#[path = "sqlite/write.rs"]
mod write;

use std::env;
use std::error::Error;
use std::path::Path;

use crate::verify::Contents;

/// It stops at the first thing that is wrong, and says it.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [database, rest @ ..] = words.as_slice() else { return usage() };
    let database = Path::new(database);
    match rest {
        ["init"] => write::init(database),
        ["add", file] => write::add(database, Path::new(file)),
        ["import", file] => write::import(database, Path::new(file)),
        ["verify", threads] => verify::verify(database, threads.parse()?, Contents::Read),
        ["verify", threads, "digests"] => {
            verify::verify(database, threads.parse()?, Contents::Hash)
        }
        ["show", dispute] => show::show(database, dispute, None),
        ["show", dispute, "--on", date] => show::show(database, dispute, Some(date)),
        ["version"] => {
            println!("{}", rusqlite::version());
            Ok(())
        }
        ["list"] => show::list(database),
        _ => usage(),
    }
}

fn usage() -> Result<()> {
    Err("sqlite DATABASE init|add FILE|import FILE|verify THREADS [digests]|show DISPUTE [--on DATE]|list"
        .into())
}
