//! The cuts of a question.

use dispute_core::{Edtf, Instant, Sequence, Zone};
use dispute_projection::AsOf;

use crate::Result;
use crate::dice::Dice;

/// What had happened by a date, as was known at an event; each where it is asked for.
pub(crate) struct Cut {
    on: Option<String>,
    pub(crate) known_at: Option<u64>,
}

impl Cut {
    pub(crate) fn now() -> Self {
        Self { on: None, known_at: None }
    }

    /// So many by chance, over all dates and all events; one in twenty-five is neither.
    pub(crate) fn draw(count: u64, last: u64, seed: u64) -> Vec<Self> {
        let mut dice = Dice::new(seed);
        let mut draw = |n: u64| {
            let (on, known_at) = match n % 25 {
                0 => (false, false),
                1..=4 => (false, true),
                5..=12 => (true, true),
                _ => (true, false),
            };
            let known_at = known_at.then(|| 1 + dice.below(last));
            Self { on: on.then(|| date(&mut dice)), known_at }
        };
        (0..count).map(&mut draw).collect()
    }

    /// The arguments that ask for it.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let on = self.on.iter().flat_map(|on| ["--on".to_owned(), on.clone()]);
        let known = self.known_at.map(|known| ["--known-at".to_owned(), known.to_string()]);
        on.chain(known.into_iter().flatten()).collect()
    }

    /// What it means in a zone.
    pub(crate) fn as_of(&self, zone: Zone, now: Instant) -> Result<AsOf> {
        let end = |on: &String| Ok::<_, crate::Failure>(Edtf::parse(on)?.span(zone)?.latest);
        let on = self.on.as_ref().map(end).transpose()?.flatten();
        Ok(AsOf { on, known: self.known_at.map(Sequence::new), now })
    }
}

/// A year, a month, a day or a minute.
fn date(dice: &mut Dice) -> String {
    let (year, month, day) = (2014 + dice.below(13), 1 + dice.below(12), 1 + dice.below(28));
    match dice.below(8) {
        0 => format!("{year}"),
        1 => format!("{year}-{month:02}"),
        2 => format!("{year}-{month:02}-{day:02}T12:30"),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}
