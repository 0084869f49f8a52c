//! Asks the program about a ledger at drawn cuts, and compares every answer with one that is made
//! naively: all entries in a `MemoryLog`, read whole, cut, folded dispute by dispute.
//!
//! ```text
//! same DISPUTE LEDGER OLDER FOREIGN [SEED [CUTS [SHOWN]]]
//! ```
//!
//! `OLDER` and `FOREIGN` are copies of `derived/` of the ledger before some events were added and
//! of another ledger. `SHOWN` disputes are shown at each cut. `derived/` of `LEDGER` is left
//! broken or mended as it comes. Exits 1 where an answer differs.

#[path = "same/ask.rs"]
mod ask;
#[path = "same/caches.rs"]
mod caches;
#[path = "same/cut.rs"]
mod cut;
#[path = "generate/dice.rs"]
#[expect(dead_code, reason = "the generator writes words with it")]
mod dice;
#[path = "same/naive.rs"]
mod naive;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::ask::{Asker, Tally};
use crate::caches::Derived;
use crate::cut::Cut;
use crate::naive::Naive;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Failure>;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [program, ledger, older, foreign, numbers @ ..] = words.as_slice() else {
        return Err("same DISPUTE LEDGER OLDER FOREIGN [SEED [CUTS [SHOWN]]]".into());
    };
    let number = |at: usize, default| numbers.get(at).map_or(Ok(default), |text| text.parse());
    let (seed, cuts, shown) = (number(0, 1)?, number(1, 50)?, number(2, u64::MAX)?);
    let ledger = Path::new(ledger);
    let naive = Naive::read(ledger)?;
    let cuts = Cut::draw(cuts, naive.last(), seed);
    println!("{} events, {} disputes, {} cuts", naive.last(), naive.disputes().len(), cuts.len());

    // Whoever reads a ledger holds it: each thread asks one of its own.
    let copies = [ledger.to_owned(), caches::copied(ledger, "second")?];
    let askers = copies.map(|copy| Asker::new(program, copy));
    let derived = [
        ("as it is", Derived::AsItIs),
        ("deleted", Derived::Deleted),
        ("cut in half", Derived::Halved),
        ("of an older head", Derived::Copied(Path::new(older))),
        ("of another ledger", Derived::Copied(Path::new(foreign))),
    ];
    let mut differences = 0;
    for (name, derived) in derived {
        let tally = at_each(&cuts, &askers, |asker, n, cut, tally| {
            let naive = naive.at(cut)?;
            derived.make(asker.ledger())?;
            ask::list(asker, cut, &naive, tally)?;
            if matches!(derived, Derived::AsItIs) {
                ask::show(asker, cut, &naive, &naive.drawn(seed, n, shown), tally)?;
                return ask::log(asker, cut, &naive, tally);
            }
            for dispute in naive.drawn(seed, n, 3) {
                derived.make(asker.ledger())?;
                ask::show(asker, cut, &naive, &[dispute], tally)?;
            }
            Ok(())
        })?;
        println!("derived {name}: {tally}");
        differences += tally.differences();
    }
    let now = Cut::now();
    let at_now = naive.at(&now)?;
    let mut tally = Tally::default();
    for dispute in naive.disputes() {
        ask::log_of(&askers[0], &now, &at_now, dispute, &mut tally)?;
    }
    println!("logs of disputes: {tally}");
    differences += tally.differences();
    println!("{differences} differences");
    std::process::exit(i32::from(differences > 0))
}

/// Does something at each cut, as many at once as there are askers.
fn at_each(
    cuts: &[Cut],
    askers: &[Asker],
    work: impl Fn(&Asker, usize, &Cut, &mut Tally) -> Result<()> + Sync,
) -> Result<Tally> {
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        let at_next = |asker| {
            let mut tally = Tally::default();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let Some(cut) = cuts.get(n) else { break };
                work(asker, n, cut, &mut tally)?;
                eprint!("\r{n} ");
            }
            total.lock().map_err(|_| "a thread failed")?.add(&tally);
            Ok(())
        };
        let threads: Vec<_> =
            askers.iter().map(|asker| scope.spawn(move || at_next(asker))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a thread failed")?)
    })
    .map(|()| total.into_inner().unwrap_or_default())
}
