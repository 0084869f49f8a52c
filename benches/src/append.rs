//! The least that an append can cost: a line at the end of a file, on the disk when it answers.
//!
//! ```text
//! append LOG FILE
//! ```

use std::fs::{self, OpenOptions};
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let [log, file] = files.as_slice() else {
        return Err(io::Error::other("append LOG FILE"));
    };
    let line = fs::read(file)?;
    let mut log = OpenOptions::new().create(true).append(true).open(log)?;
    log.write_all(&line)?;
    log.sync_data()
}
