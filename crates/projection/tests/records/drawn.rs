//! Records drawn at random from a small world: a few parties, two disputes whose zones change
//! their clocks, units, issues, vague dates, late entries, versions, corrections and corrections of
//! these. Some are recorded on one day, some over weeks, some while things happen, and some are much
//! corrected. Every candidate goes through the rules, and what they refuse is dropped.

use dispute_core::event::schema::{KeySpec, Named, Shape};
use dispute_core::event::{COMMON_KEYS, Event, Fact, Kind};
use dispute_core::{EventId, Instant, Json, Record, Recorded, Sequence, Slug};
use proptest::prelude::{Strategy, any};

use Kind::{
    Acceptance, ActionAnnounced, ActionChanged, ActionEnded, ActionStarted, Agreement,
    AgreementFailed, Amendment, Charge, ChargeDisposed, Contract, DisputeClosed, DisputeLinked,
    DisputeOpened, Finding, Gap, Impact, Impasse, Implementation, Mediation, MediationOffer,
    Notice, Order, OrderAnswered, Party, Proposal, Rejection, Report, Retraction, ReturnToWork,
    Session, Standard, Statement, Unit, VoteCalled, VoteResult, Withdrawal,
};

/// When every question is asked.
pub(crate) const NOW: &str = "2025-07-01T00:00:00Z";
/// The disputes, with zones that change their clocks; the second is half an hour off.
pub(crate) const DISPUTES: [(&str, &str); 2] =
    [("a", "America/Los_Angeles"), ("b", "America/St_Johns")];
const PARTIES: [&str; 4] = ["union", "employer", "mediator", "local"];
const DESCRIBED: [&str; 7] = ["union", "employer", "mediator", "local", "court", "press", "clerk"];
const ISSUES: [&str; 3] = ["wages", "health", "leave"];
/// Days are counted from 1 October 2024; the clocks change twice in them.
const DAYS: u64 = 190;

/// How often a kind is tried.
const KINDS: &[(Kind, u64)] = &[
    (Proposal, 10),
    (Rejection, 11),
    (Acceptance, 13),
    (Withdrawal, 4),
    (Agreement, 9),
    (AgreementFailed, 6),
    (Implementation, 3),
    (Impasse, 3),
    (Session, 7),
    (MediationOffer, 5),
    (Mediation, 8),
    (Report, 4),
    (VoteCalled, 3),
    (VoteResult, 8),
    (Notice, 3),
    (ActionAnnounced, 4),
    (ActionStarted, 6),
    (ActionChanged, 7),
    (ActionEnded, 5),
    (ReturnToWork, 1),
    (Unit, 3),
    (Contract, 2),
    (DisputeLinked, 1),
    (DisputeClosed, 3),
    (DisputeOpened, 2),
    (Party, 1),
    (Standard, 1),
    (Charge, 2),
    (ChargeDisposed, 2),
    (Order, 3),
    (OrderAnswered, 3),
    (Finding, 2),
    (Statement, 2),
    (Impact, 3),
    (Gap, 2),
    (Amendment, 7),
    (Retraction, 7),
];

/// When things are recorded.
#[derive(Clone, Copy)]
enum Pace {
    /// On one day, when all is over.
    AtOnce,
    /// Over some weeks, when all is over.
    Afterwards,
    /// As they happen, or late.
    Alongside,
}

impl Pace {
    fn start(self) -> &'static str {
        match self {
            Self::AtOnce | Self::Afterwards => "2025-04-20T12:00:00Z",
            Self::Alongside => "2024-10-10T12:00:00Z",
        }
    }

    /// The bound of the minutes between two recordings.
    fn minutes(self) -> u64 {
        match self {
            Self::AtOnce => 10,
            Self::Afterwards => 2_000,
            Self::Alongside => 14_000,
        }
    }
}

/// A record with what it was made of.
pub(crate) struct Drawn {
    pub(crate) record: Record,
    /// How many candidates there were.
    pub(crate) tried: usize,
    /// How many of them were taken.
    pub(crate) taken: usize,
}

impl std::fmt::Debug for Drawn {
    /// The documents, to be put into a test of their own.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for recorded in self.record.recorded() {
            let event = recorded.event.as_ref().map(Event::to_json);
            let event = event.map_or("erased".to_owned(), |json| json.to_string());
            writeln!(f, "\n{} {event}", recorded.recorded_at)?;
        }
        Ok(())
    }
}

/// Records of up to so many events besides the opening ones.
pub(crate) fn records(most: usize) -> impl Strategy<Value = Drawn> {
    proptest::collection::vec(any::<u64>(), 4..=most).prop_map(|seeds| drawn(&seeds))
}

/// Documents of any kind that refer to anything, unchecked but for their form.
pub(crate) fn heaps(most: usize) -> impl Strategy<Value = Vec<Recorded>> {
    proptest::collection::vec(any::<u64>(), 1..=most).prop_map(|seeds| heap(&seeds))
}

/// Records in which parties and standards are described again and again, and much corrected.
pub(crate) fn described(most: usize) -> impl Strategy<Value = Drawn> {
    let seeds = proptest::collection::vec(any::<u64>(), 4..=most);
    seeds.prop_map(|seeds| drawn_with(&seeds, 50))
}

fn drawn(seeds: &[u64]) -> Drawn {
    drawn_with(seeds, 0)
}

fn drawn_with(seeds: &[u64], descriptions: u64) -> Drawn {
    let mut drawn = Drawn { record: Record::default(), tried: 0, taken: 0 };
    let paces = [Pace::AtOnce, Pace::Afterwards, Pace::Alongside];
    let mut dice = Dice(seeds.first().map_or(0, |seed| !seed));
    let pace = *dice.pick(&paces).unwrap();
    let corrections = *dice.pick(&[0, 0, 30]).unwrap();
    let mut at = Instant::parse(pace.start()).unwrap();
    for (n, line) in opening().into_iter().enumerate() {
        assert!(admit(&mut drawn.record, &format!("w{n}"), at, Event::parse(&line).unwrap()));
    }
    for (n, seed) in seeds.iter().enumerate() {
        let mut dice = Dice(*seed);
        at = after(at, dice.below(pace.minutes()));
        let candidate = Candidate::new(&drawn.record, &mut dice, false);
        let event = Candidate { today: day_of(at), corrections, descriptions, ..candidate }.event();
        drawn.tried += 1;
        if let Some(event) = event
            && admit(&mut drawn.record, &format!("e{n}"), at, event)
        {
            drawn.taken += 1;
        }
    }
    drawn
}

fn opening() -> Vec<String> {
    let parties = PARTIES.iter().map(|party| {
        format!(r#"{{"kind":"party","party":"{party}","name":"{party}","role":"other"}}"#)
    });
    let disputes = DISPUTES.iter().map(|(slug, zone)| {
        format!(
            r#"{{"kind":"dispute-opened","dispute":"{slug}","occurred":"2024-10-09","title":"{slug}",
            "time_zone":"{zone}","employers":["employer"],"unions":["union"]}}"#
        )
    });
    parties.chain(disputes).collect()
}

fn admit(record: &mut Record, id: &str, at: Instant, event: Event) -> bool {
    let recorded = recorded(record.len(), id, at, event);
    record.admit(recorded, &|_| false).is_ok()
}

fn recorded(n: usize, id: &str, at: Instant, mut event: Event) -> Recorded {
    let id = EventId::parse(id).unwrap();
    event.id = Some(id.clone());
    let place = Sequence::new(u64::try_from(n).unwrap() + 1);
    Recorded::new(place, at, id, event)
}

/// Some minutes after a moment.
fn after(moment: Instant, minutes: u64) -> Instant {
    let micros = i64::try_from(minutes).unwrap() * 60_000_000;
    Instant::from_micros(moment.as_micros() + micros).unwrap()
}

/// The day of a moment, counted from 0.
fn day_of(moment: Instant) -> u64 {
    let first = Instant::parse("2024-10-01T00:00:00Z").unwrap();
    let days = (moment.as_micros() - first.as_micros()) / 86_400_000_000;
    u64::try_from(days).unwrap()
}

fn heap(seeds: &[u64]) -> Vec<Recorded> {
    let mut record = Record::default();
    for (n, seed) in seeds.iter().enumerate() {
        let mut dice = Dice(*seed);
        // Ids come twice, in any order of time, and some contents are gone.
        let (id, minutes) = (format!("e{}", dice.below(12)), dice.below(9000));
        let event = Candidate::new(&record, &mut dice, true).event();
        let event = event.unwrap_or_else(|| Event::parse(&opening()[n % 6]).unwrap());
        let start = Instant::parse(Pace::Afterwards.start()).unwrap();
        let mut recorded = recorded(n, &id, after(start, minutes), event);
        if dice.chance(5) {
            recorded.event = None;
        }
        record.push(recorded);
    }
    record.recorded().to_vec()
}

/// A stream of numbers from a seed (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(usize::try_from(self.below(of.len() as u64)).unwrap())
    }
}

/// A document in the making.
struct Candidate<'a> {
    record: &'a Record,
    dice: &'a mut Dice,
    dispute: Slug,
    /// Whether references and names may be anything.
    wild: bool,
    /// The first day on which it can have happened, as far as its references tell.
    day: Option<u64>,
    /// The last day on which it can have happened, as far as the clock tells.
    today: u64,
    /// How many of a hundred are corrections besides those that are drawn like any kind.
    corrections: u64,
    /// How many of a hundred describe parties and standards, name them or correct.
    descriptions: u64,
}

impl<'a> Candidate<'a> {
    fn new(record: &'a Record, dice: &'a mut Dice, wild: bool) -> Self {
        let (dispute, _) = DISPUTES[usize::from(dice.chance(20))];
        let dispute = Slug::parse(dispute).unwrap();
        Self {
            record,
            dice,
            dispute,
            wild,
            day: None,
            today: u64::MAX,
            corrections: 0,
            descriptions: 0,
        }
    }

    fn event(mut self) -> Option<Event> {
        let total: u64 = KINDS.iter().map(|(_, weight)| weight).sum();
        let mut at = self.dice.below(total);
        let kind = KINDS.iter().find(|(_, weight)| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here
        });
        let mut kind = kind?.0;
        if self.dice.chance(self.corrections) {
            kind = *self.dice.pick(&[Amendment, Amendment, Retraction])?;
        }
        if self.descriptions > 0 && self.dice.chance(self.descriptions) {
            kind = *self.dice.pick(&[Party, Party, Standard, Statement, Amendment, Retraction])?;
        }
        let is_open = !self.record.openings(&self.dispute).is_empty();
        if !self.wild && kind.has_dispute() && (!is_open || kind == DisputeOpened) {
            kind = if is_open { Proposal } else { DisputeOpened };
        }
        // What answers nothing is a proposal.
        let members = self.members(kind).or_else(|| {
            kind = Proposal;
            self.members(kind)
        })?;
        let mut document = vec![("kind".to_owned(), Json::text(kind))];
        if kind.has_dispute() {
            document.push(("dispute".to_owned(), Json::text(&self.dispute)));
        }
        if kind.has_dispute() || self.dice.chance(40) {
            document.push(("occurred".to_owned(), Json::Text(self.occurred())));
        }
        document.extend(members);
        let event = Event::from_json(Json::Object(document));
        event.ok()
    }

    fn members(&mut self, kind: Kind) -> Option<Vec<(String, Json)>> {
        self.day = None;
        let mut members = Vec::new();
        let version_of = if kind.has_versions() && self.dice.chance(10) {
            self.target("version_of", &[kind], None)
        } else {
            None
        };
        if kind == Amendment {
            return self.amendment();
        }
        if kind == Retraction && self.dice.chance(40) {
            return self.retraction();
        }
        for spec in kind.spec().keys {
            let likely = match spec.name {
                "expires" | "condition" | "rule" | "subgroup" => 15,
                "of" => 80,
                _ => 40,
            };
            let wanted = spec.required || self.dice.chance(likely);
            if let Some(value) = wanted.then(|| self.value(spec, &members)).flatten() {
                members.push((spec.name.to_owned(), value));
            } else if spec.required {
                return None;
            }
        }
        if !self.wild {
            self.mend(kind, &mut members)?;
        }
        if let Some(original) = version_of {
            members.push(("version_of".to_owned(), original));
        }
        for spec in COMMON_KEYS.iter().filter(|spec| spec.name != "version_of") {
            if self.dice.chance(4)
                && let Some(value) = self.value(spec, &members)
            {
                members.push((spec.name.to_owned(), value));
            }
        }
        Some(members)
    }

    /// Makes a document keep the rules that its keys by themselves often break.
    fn mend(&mut self, kind: Kind, members: &mut Vec<(String, Json)>) -> Option<()> {
        match kind {
            Acceptance | Rejection => {
                let target = self.document_of(members, "of")?;
                let by: Vec<String> = match &target.fact {
                    Fact::MediationOffer(offer) => {
                        offer.to.iter().map(ToString::to_string).collect()
                    }
                    Fact::Proposal(proposal) => others(proposal.by.as_str()),
                    _ => others(""),
                };
                let by = self.dice.pick(&by)?;
                put(members, "by", Json::text(by));
            }
            Withdrawal => {
                let by = maker(&self.document_of(members, "of")?.fact)?;
                put(members, "by", Json::text(by));
            }
            Mediation => {
                let key = if has(members, "of") { "procedure" } else { "of" };
                members.retain(|(known, _)| known != key);
                if !has(members, "of") && !has(members, "procedure") {
                    put(members, "procedure", Json::text("mediation"));
                }
            }
            DisputeLinked => {
                members.retain(|(known, _)| known != "other");
                put(members, "other_title", Json::text("other"));
            }
            VoteResult => self.counts(members),
            ActionAnnounced | VoteCalled => {
                let (begin, end) =
                    if kind == VoteCalled { ("opens", "closes") } else { ("from", "to") };
                if has(members, begin) && has(members, end) {
                    let first = self.dice.below(DAYS);
                    let last = first + self.dice.below(9);
                    put(members, begin, Json::Text(day(first)));
                    put(members, end, Json::Text(day(last)));
                }
            }
            _ => {}
        }
        Some(())
    }

    fn counts(&mut self, members: &mut Vec<(String, Json)>) {
        let keys = ["yes", "no", "spoiled"];
        let mut sum = 0;
        for key in keys {
            if has(members, key) {
                let count = self.dice.below(6);
                sum += count;
                put(members, key, Json::count(count));
            }
        }
        let cast = sum + self.dice.below(3);
        for (key, count) in [("cast", cast), ("eligible", cast + self.dice.below(4))] {
            if has(members, key) {
                put(members, key, Json::count(count));
            }
        }
        if self.dice.chance(60) {
            put(members, "purpose", Json::text("ratification"));
        }
    }

    fn amendment(&mut self) -> Option<Vec<(String, Json)>> {
        let of = match self.dice.chance(35) {
            true => self.amended().or_else(|| self.target("of", Kind::FACTS, None))?,
            false => self.target("of", Kind::FACTS, None)?,
        };
        let id = EventId::parse(of.as_text()?)?;
        let target = self.record.document(self.record.position(&id)?)?;
        let kind = target.kind();
        if kind.has_dispute() {
            self.dispute = target.dispute.clone()?;
        }
        let keys: Vec<&KeySpec> = kind.keys().collect();
        let mut set = Vec::new();
        self.day = nominal_day(target);
        if self.dice.chance(40) {
            set.push(("occurred".to_owned(), Json::Text(self.occurred())));
        }
        let own = target.to_json();
        for _ in 0..=self.dice.below(2) {
            let spec = self.dice.pick(&keys)?;
            let Json::Object(members) = &own else { return None };
            let value = if !spec.required && self.dice.chance(30) {
                Some(Json::Null)
            } else {
                self.value(spec, members)
            };
            set.extend(value.filter(|_| !has(&set, spec.name)).map(|v| (spec.name.to_owned(), v)));
        }
        Some(vec![
            ("of".to_owned(), of),
            ("set".to_owned(), Json::Object(set)),
            ("reason".to_owned(), Json::text("r")),
        ])
    }

    /// The id of an event that was amended before.
    fn amended(&mut self) -> Option<Json> {
        let is_amended = |n: &usize| !self.record.amendments(*n).is_empty();
        let amended: Vec<usize> = (0..self.record.len()).filter(is_amended).collect();
        let n = *self.dice.pick(&amended)?;
        self.record.get(n).map(|event| Json::text(&event.id))
    }

    /// A retraction of what changes most: an opening, a correction, or a fact of which there are
    /// versions.
    fn retraction(&mut self) -> Option<Vec<(String, Json)>> {
        let which = self.dice.below(10);
        let changes_much = |n: &usize| {
            let kind = self.record.get(*n).map(|event| event.kind);
            match which {
                0..3 => kind == Some(DisputeOpened),
                3..6 => kind.is_some_and(Kind::is_about_the_record),
                _ => !self.record.versions(*n).is_empty(),
            }
        };
        let fitting: Vec<usize> = (0..self.record.len()).filter(changes_much).collect();
        let of = self.record.get(*self.dice.pick(&fitting)?)?;
        let text = |key: &str, text: &str| (key.to_owned(), Json::text(text));
        Some(vec![text("of", of.id.as_str()), text("reason", "r")])
    }

    fn value(&mut self, spec: &KeySpec, members: &[(String, Json)]) -> Option<Json> {
        if matches!(spec.shape, Shape::Event) {
            let by = members.iter().find(|(key, _)| key == "by").and_then(|(_, by)| by.as_text());
            let wanted = match spec.name {
                "version_of" => return None,
                "replies_to" => by.map(|by| (by, false)),
                "supersedes" => by.map(|by| (by, true)),
                _ => None,
            };
            return self.target(spec.name, spec.refers_to, wanted);
        }
        self.shaped(spec.name, spec.shape, spec.refers_to)
    }

    fn shaped(&mut self, key: &str, shape: Shape, kinds: &[Kind]) -> Option<Json> {
        Some(match shape {
            Shape::Text => Json::text(self.dice.pick(&["x", "y"])?),
            Shape::Slug => {
                let slugs: &[&str] = match key {
                    "party" if self.descriptions > 0 => &DESCRIBED,
                    "party" => &PARTIES,
                    "unit" => &["rn", "lv"],
                    "contract" => &["c"],
                    "standard" => &["wait"],
                    _ => &ISSUES,
                };
                Json::text(self.dice.pick(slugs)?)
            }
            Shape::Named(named) => self.named(named)?,
            Shape::Event => self.target(key, kinds, None)?,
            Shape::PartyOrEvent => match self.dice.chance(50) {
                true => self.named(Named::Party)?,
                false => self.target(key, Kind::ALL, None)?,
            },
            Shape::Date => {
                let first = self.day.unwrap_or_default();
                let at = first + self.dice.below(DAYS / 4);
                Json::Text(day(at))
            }
            Shape::TimeZone => Json::text(DISPUTES[usize::from(self.dice.chance(30))].1),
            Shape::Number | Shape::Count | Shape::NumberOrText => Json::count(self.dice.below(6)),
            Shape::Percentage => Json::count(self.dice.below(101)),
            Shape::Bool => Json::Bool(self.dice.chance(50)),
            Shape::Word(words) => Json::text(self.dice.pick(words)?),
            Shape::List(part) => {
                let length = if self.wild { 0 } else { 1 } + self.dice.below(3);
                let parts: Vec<Json> =
                    (0..length).filter_map(|_| self.shaped(key, *part, kinds)).collect();
                Json::List(distinct(parts))
            }
            Shape::Object(keys) => {
                let mut members: Vec<(String, Json)> = Vec::new();
                for spec in keys {
                    if spec.required || self.dice.chance(40) || spec.name == "title" {
                        let value = self.value(spec, &members);
                        members.extend(value.map(|value| (spec.name.to_owned(), value)));
                    }
                }
                Json::Object(members)
            }
            Shape::TextMap => Json::object([("nlrb", Json::text("1"))]),
            Shape::Changes => Json::object([("note", Json::text("amended"))]),
        })
    }

    fn named(&mut self, named: Named) -> Option<Json> {
        if self.wild {
            let slugs = ["union", "employer", "rn", "c", "wait", "a", "b", "nobody"];
            return self.dice.pick(&slugs).map(Json::text);
        }
        let declared: Vec<Slug> =
            self.record.declared(named, Some(&self.dispute)).into_iter().cloned().collect();
        self.dice.pick(&declared).map(Json::text)
    }

    /// The id of an event on record that the key may name; by a maker, or by another, where that
    /// matters.
    fn target(&mut self, key: &str, kinds: &[Kind], maker: Option<(&str, bool)>) -> Option<Json> {
        if self.wild {
            return Some(Json::Text(format!("e{}", self.dice.below(12))));
        }
        let fits = |n: &usize| {
            let (Some(recorded), Some(event)) = (self.record.get(*n), self.record.document(*n))
            else {
                return false;
            };
            let is_procedure = match &event.fact {
                Fact::Mediation(mediation) => mediation.procedure.is_some(),
                _ => true,
            };
            let here = recorded.dispute.as_ref() == Some(&self.dispute)
                || key == "about"
                || kinds.len() > 6 && recorded.dispute.is_none();
            kinds.contains(&recorded.kind)
                && here
                && is_procedure
                && maker.is_none_or(|(by, own)| (self::maker(&event.fact) == Some(by)) == own)
        };
        let fitting: Vec<usize> = (0..self.record.len()).filter(fits).collect();
        let n = *self.dice.pick(&fitting)?;
        if key != "about"
            && let Some(day) = self.record.document(n).and_then(nominal_day)
        {
            self.day = self.day.max(Some(day));
        }
        self.record.get(n).map(|event| Json::text(&event.id))
    }

    fn document_of(&self, members: &[(String, Json)], key: &str) -> Option<&'a Event> {
        let (_, id) = members.iter().find(|(known, _)| known == key)?;
        let n = self.record.position(&EventId::parse(id.as_text()?)?)?;
        self.record.document(n)
    }

    /// A date on or after the first day on which it can have happened, of any precision.
    fn occurred(&mut self) -> String {
        let dice = &mut self.dice;
        let at = match self.day {
            Some(first) => first + if dice.chance(40) { 0 } else { dice.below(16) },
            None => dice.below(DAYS),
        };
        let at = at.min(self.today);
        let time = |dice: &mut Dice| {
            let minute = dice.pick(&["00", "30", "59"]).unwrap();
            format!("{:02}:{minute}", dice.below(24))
        };
        let date = match dice.below(100) {
            0..50 => day(at),
            50..70 => format!("{}T{}", day(at), time(dice)),
            70..73 => format!("{}T{}Z", day(at), time(dice)),
            73..79 => day(at).chars().take(7).collect(),
            79..81 => "2025".to_owned(),
            81..90 => {
                let (before, after) = (dice.below(9), dice.below(9));
                format!("{}/{}", day(at.saturating_sub(before)), day(at + after))
            }
            90..95 => format!("../{}", day(at)),
            _ => format!("{}/..", day(at)),
        };
        let mark = dice.pick(&["~", "?", "%"]).unwrap();
        if dice.chance(5) && !date.ends_with('.') { format!("{date}{mark}") } else { date }
    }
}

/// The day that a document names, or begins with.
fn nominal_day(event: &Event) -> Option<u64> {
    let text = event.occurred.as_ref()?.as_str().trim_start_matches("../");
    let text: String = text.chars().take(10).collect();
    (0..DAYS + 60).find(|at| day(*at) == text)
}

fn day(mut after: u64) -> String {
    let months = [
        ("2024-10", 31),
        ("2024-11", 30),
        ("2024-12", 31),
        ("2025-01", 31),
        ("2025-02", 28),
        ("2025-03", 31),
        ("2025-04", 30),
        ("2025-05", 31),
        ("2025-06", 30),
        ("2025-07", 31),
    ];
    for (month, days) in months {
        if after < days {
            return format!("{month}-{:02}", after + 1);
        }
        after -= days;
    }
    "2025-08-01".to_owned()
}

fn others(by: &str) -> Vec<String> {
    PARTIES.iter().filter(|party| **party != by).map(|party| (*party).to_owned()).collect()
}

fn maker(fact: &Fact) -> Option<&str> {
    Some(match fact {
        Fact::Proposal(proposal) => proposal.by.as_str(),
        Fact::Notice(notice) => notice.by.as_str(),
        Fact::MediationOffer(offer) => offer.by.as_str(),
        Fact::ActionAnnounced(announced) => announced.by.as_str(),
        _ => return None,
    })
}

fn has(members: &[(String, Json)], key: &str) -> bool {
    members.iter().any(|(known, _)| known == key)
}

fn put(members: &mut Vec<(String, Json)>, key: &str, value: Json) {
    members.retain(|(known, _)| known != key);
    members.push((key.to_owned(), value));
}

fn distinct(parts: Vec<Json>) -> Vec<Json> {
    let mut kept: Vec<Json> = Vec::new();
    for part in parts {
        let issue = |json: &Json| json.get("issue").cloned();
        let same =
            |other: &Json| *other == part || issue(other).is_some() && issue(other) == issue(&part);
        if !kept.iter().any(same) {
            kept.push(part);
        }
    }
    kept
}
