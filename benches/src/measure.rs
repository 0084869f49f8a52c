//! Runs commands in turn, several rounds, and notes how long each took and the most memory it had.
//!
//! ```text
//! measure OUT JOB LEAST MOST SECONDS -- WHO@SIZE [first=SHELL] [stdin=FILE] COMMAND… [-- WHO@SIZE …]
//! ```
//!
//! There are as many rounds as fit into SECONDS, by what the first took, but LEAST to MOST.
//! `first=` is done before each run and not timed; `{fresh}` becomes another word in each round.
//! OUT gets one line of JSON a run. What the commands print is thrown away.

use std::env;
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::process::{Command, Output, Stdio, exit};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde_json::json;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    match words.as_slice() {
        [one, stdin, command @ ..] if one == "one" => run_one(stdin, command),
        [out, job, least, most, seconds, dashes, runs @ ..] if dashes == "--" => {
            let rounds = (least.parse()?, most.parse()?, seconds.parse()?);
            let runs: Vec<Run> =
                runs.split(|word| word == "--").map(Run::read).collect::<Result<_>>()?;
            take_turns(
                &mut OpenOptions::new().create(true).append(true).open(out)?,
                job,
                rounds,
                &runs,
            )
        }
        _ => {
            Err("measure OUT JOB LEAST MOST SECONDS -- WHO@SIZE [first=…] [stdin=…] COMMAND…"
                .into())
        }
    }
}

/// One of the commands that take turns.
struct Run {
    who: String,
    size: u64,
    first: Option<String>,
    stdin: String,
    command: Vec<String>,
}

impl Run {
    fn read(words: &[String]) -> Result<Self> {
        let [who, command @ ..] = words else { return Err("nothing to run".into()) };
        let (who, size) = who.split_once('@').ok_or("WHO@SIZE")?;
        let mut run = Self {
            who: who.to_owned(),
            size: size.parse()?,
            first: None,
            stdin: "/dev/null".to_owned(),
            command: Vec::new(),
        };
        for word in command {
            match word.split_once('=') {
                Some(("first", shell)) if run.command.is_empty() => {
                    run.first = Some(shell.to_owned())
                }
                Some(("stdin", file)) if run.command.is_empty() => run.stdin = file.to_owned(),
                _ => run.command.push(word.clone()),
            }
        }
        Ok(run)
    }

    /// Runs it in a process of its own, which knows of no other child.
    fn once(&self, fresh: &str) -> Result<Output> {
        if let Some(first) = &self.first {
            let done =
                Command::new("sh").arg("-c").arg(first.replace("{fresh}", fresh)).status()?;
            if !done.success() {
                return Err(format!("{first}: {done}").into());
            }
        }
        let words = self.command.iter().map(|word| word.replace("{fresh}", fresh));
        Ok(Command::new(env::current_exe()?).arg("one").arg(&self.stdin).args(words).output()?)
    }
}

fn take_turns(
    out: &mut File,
    job: &str,
    (least, most, seconds): (u32, u32, f64),
    runs: &[Run],
) -> Result<()> {
    let begun = Instant::now();
    let mut rounds = least.max(1);
    let mut round = 0;
    while round < rounds {
        let fresh = format!("{:x}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos());
        for run in runs {
            let output = run.once(&fresh)?;
            let mut line: serde_json::Value =
                serde_json::from_slice(&output.stdout).map_err(|_| {
                    format!("{job}, {}: {}", run.who, String::from_utf8_lossy(&output.stderr))
                })?;
            if line["status"] != 0 {
                eprintln!("{job}, {}: {}", run.who, String::from_utf8_lossy(&output.stderr));
            }
            line["job"] = json!(job);
            line["who"] = json!(run.who);
            line["size"] = json!(run.size);
            writeln!(out, "{line}")?;
        }
        round += 1;
        if round == 1 {
            let fit = seconds / begun.elapsed().as_secs_f64();
            rounds = (fit as u32).clamp(least, most).max(1);
        }
    }
    Ok(())
}

/// Runs one command, and prints what it took.
fn run_one(stdin: &str, command: &[String]) -> Result<()> {
    let [program, arguments @ ..] = command else { return Err("nothing to run".into()) };
    let mut command = Command::new(program);
    command.args(arguments).stdin(File::open(stdin)?).stdout(Stdio::null());
    let begun = Instant::now();
    let status = command.status()?;
    let wall = begun.elapsed().as_secs_f64() * 1000.0;
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    println!(
        "{}",
        json!({
            "wall_ms": wall,
            "user_ms": millis(used.user_time()),
            "sys_ms": millis(used.system_time()),
            "rss_kib": used.max_rss(),
            "status": status.code().unwrap_or(-1),
        })
    );
    exit(0)
}

fn millis(time: TimeVal) -> f64 {
    time.tv_sec() as f64 * 1000.0 + time.tv_usec() as f64 / 1000.0
}
