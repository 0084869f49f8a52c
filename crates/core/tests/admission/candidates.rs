//! Events drawn from a small world: four parties, three disputes, all kinds that answer one
//! another, versions, and very many corrections. Most keep the rules.

use dispute_core::event::{Event, Fact, Kind};
use dispute_core::{EventId, Record};

const PARTIES: [&str; 4] = ["p0", "p1", "p2", "p3"];
const DISPUTES: [(&str, &str); 3] =
    [("a", "America/Los_Angeles"), ("b", "Asia/Kolkata"), ("c", "Europe/London")];

/// A stream of numbers from a seed (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound.max(1)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(usize::try_from(self.below(of.len() as u64)).unwrap())
    }
}

/// Draws events, one after the other.
pub(crate) struct Candidates {
    drawn: u64,
}

impl Candidates {
    pub(crate) fn new() -> Self {
        Self { drawn: 0 }
    }

    /// The next events; the first ones set up the world.
    pub(crate) fn next(&mut self, record: &Record, dice: &mut Dice) -> Vec<Event> {
        let mut events = Vec::new();
        if self.drawn == 0 {
            events.extend(PARTIES.iter().map(|party| self.party(party)));
            events.extend((0..2).map(|n| self.opening(DISPUTES[n])));
        }
        events.extend(self.draw(record, dice));
        events
    }

    fn party(&mut self, party: &str) -> Event {
        let id = self.id();
        parse(&format!(
            r#"{{"kind":"party","id":"{id}","party":"{party}","name":"N","role":"other"}}"#
        ))
        .unwrap()
    }

    fn opening(&mut self, (slug, zone): (&str, &str)) -> Event {
        let id = self.id();
        parse(&format!(
            r#"{{"kind":"dispute-opened","id":"{id}","dispute":"{slug}","occurred":"2025-05-01","title":"T","time_zone":"{zone}","employers":["p0"],"unions":["p1"]}}"#
        ))
        .unwrap()
    }

    fn id(&mut self) -> String {
        self.drawn += 1;
        format!("e{}", self.drawn)
    }

    fn draw(&mut self, record: &Record, dice: &mut Dice) -> Option<Event> {
        let mut world = World { record, dice, dispute: "a" };
        world.dispute = DISPUTES[usize::from(world.dice.chance(25))].0;
        if world.dice.chance(4) {
            world.dispute = "c";
        }
        let again = world.dice.chance(4);
        if again {
            return world.again();
        }
        let body = world.body()?;
        let id = match world.dice.below(60) {
            0 => String::new(),
            1 => r#""id":"a","#.to_owned(),
            2 => format!(r#""id":"{}","#, world.any()),
            _ => format!(r#""id":"{}","#, self.id()),
        };
        parse(&format!("{{{id}{body}}}"))
    }
}

struct World<'a, 'd> {
    record: &'a Record,
    dice: &'d mut Dice,
    dispute: &'static str,
}

impl World<'_, '_> {
    fn body(&mut self) -> Option<String> {
        Some(match self.dice.below(100) {
            0..34 => self.correction()?,
            34..37 => self.declaration(),
            37..40 => {
                let (slug, zone) = *self.dice.pick(&DISPUTES)?;
                let zone = if self.dice.chance(30) { "UTC" } else { zone };
                format!(
                    r#""kind":"dispute-opened","dispute":"{slug}","occurred":"2025-05-01","title":"T","time_zone":"{zone}","employers":["p0"],"unions":["p1"]"#
                )
            }
            _ => self.fact(),
        })
    }

    fn declaration(&mut self) -> String {
        let party = *self.dice.pick(&["p0", "p2", "p9", "d"]).unwrap();
        match self.dice.below(4) {
            0 => {
                let version = self.version(Kind::Party);
                format!(r#""kind":"party","party":"{party}","name":"N","role":"other"{version}"#)
            }
            1 => r#""kind":"standard","standard":"s","citation":"C","metric":"m","limit":{"op":"<=","value":1,"unit":"u"}"#.to_owned(),
            2 => {
                let (unit, version) = (*self.dice.pick(&["rn", "lv"]).unwrap(), self.version(Kind::Unit));
                let body = format!(r#""unit":"{unit}","description":"D","employer":"p0","union":"p1"{version}"#);
                self.of_dispute("unit", &body)
            }
            _ => self.of_dispute("contract", r#""contract":"k","status":"expired","unit":"rn""#),
        }
    }

    fn fact(&mut self) -> String {
        let by = self.party();
        let (kind, body) = match self.dice.below(20) {
            0..4 => {
                let unit = self.maybe(20, r#""unit":"rn""#);
                let replies = self.reference(40, "replies_to", &[Kind::Proposal]);
                let replaces = self.reference(20, "supersedes", &[Kind::Proposal]);
                let by = format!(r#""by":"{by}","form":"proposal","items":[]{unit}"#);
                (Kind::Proposal, format!("{by}{replies}{replaces}"))
            }
            4..6 => (Kind::Rejection, self.answer(&by)),
            6..8 => (Kind::Acceptance, self.answer(&by)),
            8 => {
                let of = self.reference(
                    100,
                    "of",
                    &[Kind::Proposal, Kind::Notice, Kind::MediationOffer],
                );
                (Kind::Withdrawal, format!(r#""by":"{by}"{of}"#))
            }
            9 => {
                let (to, compelled) = (self.party(), self.maybe(20, r#""compelled":true"#));
                let body =
                    format!(r#""procedure":"mediation","by":"{by}","to":["{to}"]{compelled}"#);
                (Kind::MediationOffer, body)
            }
            10..12 => {
                let procedure = self.maybe(30, r#""procedure":"mediation""#);
                let of = if procedure.is_empty() {
                    self.reference(100, "of", &[Kind::MediationOffer, Kind::Mediation])
                } else {
                    procedure
                };
                (Kind::Mediation, format!(r#""status":"started"{of}"#))
            }
            12 => {
                let of = self.reference(90, "of", &[Kind::MediationOffer, Kind::Mediation]);
                (Kind::Report, format!(r#""body":"{by}","binding":false,"text":"x"{of}"#))
            }
            13 => (Kind::Notice, format!(r#""notice":"strike","by":"{by}""#)),
            14 => {
                let notice = self.reference(80, "notice", &[Kind::Notice]);
                (Kind::ActionAnnounced, format!(r#""action":"strike","by":"{by}"{notice}"#))
            }
            15 => {
                let announced = self.reference(80, "announced", &[Kind::ActionAnnounced]);
                (Kind::ActionStarted, format!(r#""action":"strike","by":"{by}"{announced}"#))
            }
            16 => {
                let of = self.reference(100, "of", &[Kind::ActionStarted]);
                (Kind::ActionEnded, format!(r#""how":"agreement"{of}"#))
            }
            17 => {
                let about = self.about();
                (Kind::Statement, format!(r#""speaker":"x","text":"y","about":["{about}"]"#))
            }
            18 => (Kind::Gap, format!(r#""text":"x","about":["{}"]"#, self.any())),
            _ => {
                let other = *self.dice.pick(&["a", "b", "c", "q"]).unwrap();
                (Kind::DisputeLinked, format!(r#""relation":"same-parties","other":"{other}""#))
            }
        };
        let version = self.version(kind);
        self.of_dispute(kind.as_str(), &format!("{body}{version}"))
    }

    fn correction(&mut self) -> Option<String> {
        let of = self.corrected();
        Some(match self.dice.below(40) {
            0 => format!(r#""kind":"redaction","of":"{of}","reason":"r""#),
            1..16 => format!(r#""kind":"retraction","of":"{of}","reason":"r""#),
            _ => format!(
                r#""kind":"amendment","of":"{of}","reason":"r","set":{{{}}}"#,
                self.changes(&of)
            ),
        })
    }

    /// The event that a correction is about; often one of which much depends.
    fn corrected(&mut self) -> String {
        let which = self.dice.below(10);
        let depends = |n: &usize| {
            let kind = self.record.get(*n).map(|event| event.kind);
            match which {
                0 => kind == Some(Kind::DisputeOpened),
                1 | 2 => kind.is_some_and(Kind::is_about_the_record),
                3 => !self.record.versions(*n).is_empty(),
                4 => matches!(kind, Some(Kind::Party | Kind::Standard | Kind::Unit)),
                _ => kind.is_some_and(|kind| !kind.is_about_the_record()),
            }
        };
        let fitting: Vec<usize> = (0..self.record.len()).filter(depends).collect();
        match self.dice.pick(&fitting).and_then(|n| self.record.get(*n)) {
            Some(event) => event.id.to_string(),
            None => self.any(),
        }
    }

    fn changes(&mut self, of: &str) -> String {
        let waits = self.waits_for_an_opening(of);
        match self.dice.below(12) {
            0..4 => r#""note":"n""#.to_owned(),
            4 => r#""note":null"#.to_owned(),
            5 => format!(r#""by":"{}""#, self.party()),
            6 => format!(r#""to":["{}"]"#, self.party()),
            7 if !waits => format!(r#""version_of":"{}""#, self.any()),
            8 => r#""version_of":null"#.to_owned(),
            9 => format!(r#""replies_to":"{}""#, self.any()),
            10 => format!(r#""unit":"{}""#, self.dice.pick(&["rn", "lv", "zz"]).unwrap()),
            _ => format!(r#""occurred":"{}""#, self.date()),
        }
    }

    /// Whether the dispute of an event is not open. Its events need not keep the rules until it is:
    /// one could be made another account of an event of another dispute, which the whole record
    /// takes at its word, and a reading of the other dispute alone does not see.
    fn waits_for_an_opening(&self, id: &str) -> bool {
        let event = EventId::parse(id).and_then(|id| self.record.position(&id));
        let dispute = event.and_then(|n| self.record.dispute_of(n));
        dispute.is_some_and(|dispute| self.record.openings(dispute).is_empty())
    }

    fn answer(&mut self, by: &str) -> String {
        let of = self.reference(100, "of", &[Kind::Proposal, Kind::MediationOffer]);
        let suits = self.invited(&of);
        format!(r#""by":"{}"{of}"#, suits.as_deref().unwrap_or(by))
    }

    /// A party that may answer what a reference names.
    fn invited(&mut self, of: &str) -> Option<String> {
        let id = of.rsplit('"').nth(1).and_then(EventId::parse)?;
        let document = self.record.document(self.record.position(&id)?)?;
        match &document.fact {
            Fact::MediationOffer(offer) => offer.to.first().map(|party| party.as_str().to_owned()),
            Fact::Proposal(proposal) => {
                let others = PARTIES.iter().find(|party| **party != proposal.by.as_str());
                others.map(|party| (*party).to_owned())
            }
            _ => None,
        }
    }

    fn version(&mut self, kind: Kind) -> String {
        self.reference(12, "version_of", &[kind])
    }

    /// A key with the id of an event of the dispute that suits it, seldom of any other.
    fn reference(&mut self, percent: u64, key: &str, kinds: &[Kind]) -> String {
        if !self.dice.chance(percent) {
            return String::new();
        }
        let suits = |n: &usize| {
            self.record.get(*n).is_some_and(|event| {
                let here = event.dispute.as_ref().is_none_or(|slug| slug.as_str() == self.dispute);
                here && kinds.contains(&event.kind)
            })
        };
        let suiting: Vec<usize> = (0..self.record.len()).filter(suits).collect();
        let suiting = self.dice.pick(&suiting).and_then(|n| self.record.get(*n));
        let id = match suiting {
            Some(event) if !self.dice.chance(4) => event.id.to_string(),
            _ => self.any(),
        };
        format!(r#","{key}":"{id}""#)
    }

    fn about(&mut self) -> String {
        if self.dice.chance(50) { self.party() } else { self.any() }
    }

    /// Any id on record, or one that is not.
    fn any(&mut self) -> String {
        let n = self.dice.below(self.record.len() as u64 + 2);
        match self.record.get(usize::try_from(n).unwrap()) {
            Some(event) => event.id.to_string(),
            None => (*self.dice.pick(&["e9999", "later", "ledger"]).unwrap()).to_owned(),
        }
    }

    fn party(&mut self) -> String {
        let party = if self.dice.chance(3) { &"nobody" } else { self.dice.pick(&PARTIES).unwrap() };
        (*party).to_owned()
    }

    fn maybe(&mut self, percent: u64, member: &str) -> String {
        if self.dice.chance(percent) { format!(",{member}") } else { String::new() }
    }

    fn of_dispute(&mut self, kind: &str, body: &str) -> String {
        let (dispute, date) = (self.dispute, self.date());
        format!(r#""kind":"{kind}","dispute":"{dispute}","occurred":"{date}",{body}"#)
    }

    fn date(&mut self) -> String {
        let day = 1 + self.dice.below(30);
        match self.dice.below(20) {
            0 => "2025-06-02T05:00".to_owned(),
            1 => format!("2025-05-{day:02}/.."),
            2 => "2025-09-01".to_owned(),
            3..9 => format!("2025-05-{day:02}"),
            _ => "2025".to_owned(),
        }
    }

    /// A document that is on record, handed in again, sometimes with another word in it.
    fn again(&mut self) -> Option<Event> {
        let n = self.dice.below(self.record.len() as u64);
        let mut event = self.record.get(usize::try_from(n).unwrap())?.event.clone()?;
        if self.dice.chance(30) {
            event.common.note = Some("another".to_owned());
        }
        Some(event)
    }
}

fn parse(line: &str) -> Option<Event> {
    if line.contains(r#""kind":"redaction""#) {
        let content = line.split_once(r#""of":"#).map(|(_, rest)| format!(r#"{{"of":{rest}"#))?;
        let id = line.split_once(r#""id":""#).and_then(|(_, rest)| rest.split('"').next());
        let id = id.and_then(EventId::parse);
        return Event::from_record("redaction", id.as_ref(), None, "", &content).ok();
    }
    Event::parse(line).ok()
}
