//! One proclamation and what became of it.

use crate::days::on;
use crate::dice::Dice;
use crate::document::Document;
use crate::parties::{AUTHORITY, employer, union};
use crate::words::{REASONS, REGIONS, SECTORS, UNIONS};

const ACTIONS: [&str; 6] =
    ["strike", "strike", "strike", "strike", "partial-strike", "overtime-ban"];

pub(crate) struct Proclamation {
    n: u64,
    sector: u64,
    /// None where it is national.
    region: Option<u64>,
    is_local: bool,
    unions: Vec<String>,
    action: &'static str,
    proclaimed: u64,
    from: u64,
    to: u64,
}

impl Proclamation {
    pub(crate) fn draw(dice: &mut Dice, n: u64, proclaimed: u64) -> Self {
        let is_national = dice.once_in(5);
        let region = (!is_national).then(|| dice.below(REGIONS.len() as u64));
        // At least ten days before.
        let from = proclaimed + 10 + dice.below(30);
        let lasts = if dice.once_in(4) { dice.below(4) } else { 0 };
        let first = dice.below(UNIONS.len() as u64);
        let more = if dice.once_in(3) { 1 + dice.below(3) } else { 0 };
        let unions = (0..=more).map(|k| union((first + k) % UNIONS.len() as u64)).collect();
        Self {
            n,
            sector: dice.below(SECTORS.len() as u64),
            region,
            is_local: !is_national && dice.once_in(2),
            unions,
            action: dice.pick(&ACTIONS),
            proclaimed,
            from,
            to: from + lasts,
        }
    }

    /// Its events, each with the day on which it is entered: one in ten is late.
    pub(crate) fn documents(self, dice: &mut Dice) -> Vec<(u64, Document)> {
        let opening = (self.proclaimed, self.opening(dice));
        let mut all = vec![opening, (self.proclaimed, self.announced(dice))];
        let mut entered = self.proclaimed;
        for (day, document) in self.consequences(dice) {
            let late = if dice.once_in(10) { 1 + dice.below(200) } else { 0 };
            entered = entered.max(day + late);
            all.push((entered, document));
        }
        all
    }

    /// What happened then, with the days.
    fn consequences(&self, dice: &mut Dice) -> Vec<(u64, Document)> {
        let mut all = Vec::new();
        if dice.once_in(7) {
            let day = self.proclaimed + 1 + dice.below(5);
            all.push((day, self.warned(dice, day)));
        }
        match dice.below(10) {
            0..=2 => {
                let day = self.proclaimed + 6 + dice.below(4);
                all.push((day, self.withdrawn(day)));
                all.extend(dice.once_in(8).then(|| (day, self.closed(day))));
            }
            // Nobody entered whether it took place.
            3 => {}
            _ => {
                all.push((self.from, self.started(dice)));
                all.push((self.to, self.ended()));
                all.extend(dice.once_in(4).then(|| (self.to, self.took_part(dice))));
            }
        }
        all.extend(dice.once_in(40).then(|| (self.to + 1, self.corrected(dice))));
        all
    }

    fn document(&self, kind: &str, id: &str, day: u64) -> Document {
        let document = Document::new(kind).text("id", format_args!("{id}{}", self.n));
        document.text("dispute", self.slug()).text("occurred", on(day))
    }

    fn slug(&self) -> String {
        format!("sciopero-{}", self.n)
    }

    fn scope(&self) -> &'static str {
        match self.region {
            None => "nazionale",
            Some(_) if self.is_local => "locale",
            Some(_) => "regionale",
        }
    }

    fn opening(&self, dice: &mut Dice) -> Document {
        let sector = SECTORS[self.sector as usize];
        let place = self.region.map_or("Italia", |region| REGIONS[region as usize]);
        self.document("dispute-opened", "a", self.proclaimed)
            .text("title", format_args!("Sciopero {sector}, {place}: {}", dice.pick(&REASONS)))
            .text("time_zone", "Europe/Rome")
            .texts("employers", &[employer(self.sector, self.region)])
            .texts("unions", &self.unions)
            .text("jurisdiction", place)
            .text("sector", sector)
            .texts("tags", &[self.scope().to_owned()])
    }

    fn announced(&self, dice: &mut Dice) -> Document {
        let document = self
            .document("action-announced", "b", self.proclaimed)
            .text("action", self.action)
            .text("by", &self.unions[0])
            .text("from", on(self.from))
            .text("to", on(self.to));
        let title =
            format!(r#"[{{"title":"Calendario scioperi n. {}","interest":"government"}}]"#, self.n);
        document.put("sources", title).text("note", dice.pick(&REASONS))
    }

    fn warned(&self, dice: &mut Dice, day: u64) -> Document {
        let document = if dice.once_in(3) {
            self.document("order", "c", day)
                .text("body", AUTHORITY)
                .text("order", "other")
                .texts("to", &self.unions)
                .text("deadline", on(self.from))
        } else {
            self.document("notice", "c", day)
                .text("notice", "agency")
                .text("by", AUTHORITY)
                .texts("to", &self.unions)
        };
        document.text("note", "indicazione immediata: mancato rispetto della rarefazione")
    }

    fn withdrawn(&self, day: u64) -> Document {
        self.document("withdrawal", "d", day)
            .text("of", format_args!("b{}", self.n))
            .text("by", &self.unions[0])
            .text("reason", "revocato")
    }

    fn closed(&self, day: u64) -> Document {
        self.document("dispute-closed", "e", day).text("outcome", "withdrawn")
    }

    fn started(&self, dice: &mut Dice) -> Document {
        let hours = if dice.once_in(5) { "T09:00" } else { "" };
        Document::new("action-started")
            .text("id", format_args!("f{}", self.n))
            .text("dispute", self.slug())
            .text("occurred", format_args!("{}{hours}", on(self.from)))
            .text("action", self.action)
            .text("by", &self.unions[0])
            .text("announced", format_args!("b{}", self.n))
            .text("to", on(self.to))
    }

    fn ended(&self) -> Document {
        self.document("action-ended", "g", self.to)
            .text("of", format_args!("f{}", self.n))
            .text("how", "expiry")
    }

    fn took_part(&self, dice: &mut Dice) -> Document {
        self.document("impact", "h", self.to)
            .text("metric", "adesione")
            .put("value", 1 + dice.below(95))
            .text("unit", "percent")
            .text("measured_by", employer(self.sector, self.region))
    }

    /// The announcement was entered with another note, or twice.
    fn corrected(&self, dice: &mut Dice) -> Document {
        let id = format!("k{}", self.n);
        let document =
            Document::new("amendment").text("id", id).text("of", format_args!("b{}", self.n));
        document
            .put("set", format_args!(r#"{{"note":"{}"}}"#, dice.pick(&REASONS)))
            .text("reason", "errore di trascrizione")
    }
}
