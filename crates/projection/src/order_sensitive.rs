//! Where an answer hangs on an order that the dates leave open: events whose spans overlap are
//! folded by the rule of one order, and here in the other one.

use std::collections::{BTreeSet, HashMap, HashSet};

use dispute_core::event::Kind;
use dispute_core::event::schema::Named;
use dispute_core::{EventId, Json, Record, Slug};

use crate::as_of::{AsOf, Course, Step, course};
use crate::dispute::issue::issues;
use crate::dispute::{Fold, fold_of};
use crate::parts::row_name;

/// How many events are folded for this question at the most: 80 pairs in a dispute of 300
/// events. What is left untried is counted.
const MOST_STEPS: usize = 50_000;

/// For how many events it is looked up what they refer to through all links.
const MOST_LOOKED_INTO: usize = 500;

/// Two events of which the dates do not tell which came first, and a part of the state that would
/// stand otherwise in the other order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSensitive {
    /// The events, in the order in which they are taken.
    pub ids: [EventId; 2],
    /// The part, by its name: `proposals.kp-19`.
    pub key: String,
}

/// What was found, and what was not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderSensitivity {
    /// What would stand otherwise.
    pub found: Vec<OrderSensitive>,
    /// How many pairs were not tried: there were too many.
    pub untried: usize,
}

impl OrderSensitive {
    /// `{ids, key}`
    pub fn to_json(&self) -> Json {
        Json::object([("ids", Json::texts(&self.ids)), ("key", Json::text(&self.key))])
    }
}

impl OrderSensitivity {
    /// The member `order_sensitive` of a state, and where there were too many pairs
    /// `order_untried`, how many.
    pub fn members(&self) -> Vec<(String, Json)> {
        let found = self.found.iter().map(OrderSensitive::to_json).collect();
        let mut members = vec![("order_sensitive".to_owned(), Json::List(found))];
        if self.untried > 0 {
            let untried = u64::try_from(self.untried).unwrap_or(u64::MAX);
            members.push(("order_untried".to_owned(), Json::count(untried)));
        }
        members
    }
}

/// Folds both orders of each pair of events that touch one thing and whose spans overlap, one pair
/// at a time and all else alike, and tells what stands otherwise. That a status came about by the
/// one or the other, and the day of an action, is no difference. `None` where there is no such
/// dispute.
pub fn order_sensitive(record: &Record, dispute: &Slug, as_of: AsOf) -> Option<OrderSensitivity> {
    let record = &*as_of.known_part(record);
    let course = course(record, dispute, as_of);
    fold_of(record, dispute, as_of)?;
    let most = MOST_STEPS / (2 * course.certain.len()).max(1);
    let (pairs, untried) = ambiguous_pairs(record, &course, most);
    let stands = |course: &Course<'_>| {
        let mut fold = fold_of(record, dispute, as_of)?;
        fold.run(&course.certain);
        Some(how_it_stands(&fold))
    };
    let mut found = Vec::new();
    for pair in &pairs {
        let [one, other] = course.both_orders(pair.earlier, pair.later, &pair.ancestors);
        let differing = differing(&stands(&one)?, &stands(&other)?);
        let ids = [pair.earlier, pair.later].map(|n| course.certain.get(n).map(|step| step.id));
        let [Some(one), Some(other)] = ids else { continue };
        for key in differing {
            found.push(OrderSensitive { ids: [one.clone(), other.clone()], key });
        }
    }
    Some(OrderSensitivity { found, untried })
}

/// The parts of the state that may hang on an order, without what says when and by what they came
/// about. What is said of events by themselves stands alike in any order.
fn how_it_stands(fold: &Fold<'_>) -> Vec<(String, Json)> {
    let mut parts = vec![("phase".to_owned(), Json::text(fold.phase.status))];
    let mut put = |key: &str, row: Json| {
        parts.push((format!("{key}.{}", row_name(key, &row)), without_stamps(row)));
    };
    fold.actions.iter().for_each(|row| put("actions", row.to_json()));
    fold.proposals.iter().for_each(|row| put("proposals", row.to_json()));
    fold.mediations.iter().for_each(|row| put("mediation", row.to_json()));
    fold.agreements.iter().for_each(|row| put("agreements", row.to_json()));
    fold.votes.rows().into_iter().for_each(|(_, row)| put("votes", row));
    fold.law.charges.iter().for_each(|row| put("charges", row.to_json()));
    fold.law.orders.iter().for_each(|row| put("orders", row.to_json()));
    fold.law.findings.iter().for_each(|row| put("findings", row.to_json()));
    fold.described.rows().into_iter().for_each(|(key, row)| put(key, row));
    let issues = issues(&fold.proposals, &fold.agreements, &fold.awards);
    issues.iter().for_each(|row| put("issues", row.to_json()));
    fold.warnings.iter().for_each(|warning| put("warnings", warning.to_json()));
    let sessions = fold.sessions_now().to_json();
    for member in ["last", "next"] {
        let value = sessions.get(member).cloned().unwrap_or(Json::Null);
        parts.push((format!("sessions.{member}"), value));
    }
    parts
}

fn without_stamps(value: Json) -> Json {
    match value {
        Json::Object(members) => {
            let told = |(key, _): &(String, Json)| !matches!(&**key, "since" | "set_by" | "day");
            let members = members.into_iter().filter(told);
            Json::Object(members.map(|(key, value)| (key, without_stamps(value))).collect())
        }
        Json::List(parts) => Json::List(parts.into_iter().map(without_stamps).collect()),
        other => other,
    }
}

/// The names of the parts that only one has, or that they do not say alike.
fn differing(one: &[(String, Json)], other: &[(String, Json)]) -> BTreeSet<String> {
    let other: HashMap<&String, &Json> = other.iter().map(|(name, value)| (name, value)).collect();
    let mut names: BTreeSet<String> = other.keys().map(ToString::to_string).collect();
    for (name, value) in one {
        match other.get(name) {
            Some(found) if *found == value => names.remove(name),
            _ => names.insert(name.clone()),
        };
    }
    names
}

/// Two places in the order of folding that could be the other way round.
struct Pair {
    earlier: usize,
    later: usize,
    /// The positions of the events that the later one refers to.
    ancestors: Vec<usize>,
}

/// What two events may both touch.
#[derive(PartialEq, Eq, Hash)]
enum Touched {
    /// An event that one refers to, or is.
    Event(usize),
    /// What is described by its slug.
    Described(Named, Slug),
    /// The phase of the dispute.
    Phase,
}

/// The first pairs whose order is open, and how many more may be: what refers to what is only
/// looked into for those that are tried.
fn ambiguous_pairs(record: &Record, course: &Course<'_>, most: usize) -> (Vec<Pair>, usize) {
    let steps = &course.certain;
    let mut touching: HashMap<Touched, Vec<usize>> = HashMap::new();
    let folded: HashSet<usize> = steps.iter().map(|step| step.n).collect();
    let (mut pairs, mut untried, mut looked_into) = (Vec::new(), 0, 0);
    for b in steps {
        let mut before: BTreeSet<usize> = BTreeSet::new();
        for touched in touched(record, b) {
            let is_phase = touched == Touched::Phase;
            let group = touching.entry(touched).or_default();
            // Those before it stand by their ends: at the first that is over, all are.
            let is_over = |order: &usize| steps.get(*order).is_none_or(|a| !is_open_between(a, b));
            let over = group.partition_point(is_over);
            let open = group.get(over..).unwrap_or_default();
            if pairs.len() + before.len() >= most {
                untried += if is_phase { 0 } else { open.len() };
            } else {
                let may_turn = |order: &&usize| {
                    !is_phase || steps.get(**order).is_some_and(|a| may_turn_the_phase(a, b))
                };
                before.extend(open.iter().filter(may_turn));
            }
            // It may touch one thing twice.
            if group.last() != Some(&b.order) {
                group.push(b.order);
            }
        }
        let direct = record.proofs(b.n);
        before.retain(|a| *a != b.order && steps.get(*a).is_some_and(|a| !direct.contains(&a.n)));
        if before.is_empty() {
            continue;
        }
        let left =
            if looked_into < MOST_LOOKED_INTO { most.saturating_sub(pairs.len()) } else { 0 };
        untried += before.len().saturating_sub(left);
        if left > 0 {
            looked_into += 1;
            let ancestors = ancestors(record, b.n, &folded);
            let is_free =
                |order: &&usize| steps.get(**order).is_some_and(|a| !ancestors.contains(&a.n));
            pairs.extend(before.iter().filter(is_free).take(left).map(|earlier| Pair {
                earlier: *earlier,
                later: b.order,
                ancestors: ancestors.clone(),
            }));
        }
    }
    (pairs, untried)
}

/// Whether an event may have happened before one that ended no later.
fn is_open_between(earlier: &Step<'_>, later: &Step<'_>) -> bool {
    match (earlier.span.latest, later.span.earliest) {
        (Some(latest), Some(earliest)) => earliest < latest,
        _ => true,
    }
}

fn touched(record: &Record, step: &Step<'_>) -> Vec<Touched> {
    let mut touched: Vec<Touched> = vec![Touched::Event(step.n)];
    touched.extend(record.proofs(step.n).into_iter().map(Touched::Event));
    if let Some((named @ (Named::Unit | Named::Contract), slug)) = step.event.declares() {
        touched.push(Touched::Described(named, slug.clone()));
    }
    if moves_the_phase(step.event.kind()) {
        touched.push(Touched::Phase);
    }
    touched
}

/// Whether the phase may hang on which of two events that move it came first.
fn may_turn_the_phase(one: &Step<'_>, other: &Step<'_>) -> bool {
    let (one, other) = (one.event.kind(), other.event.kind());
    one != other && (turns_the_phase(one) || turns_the_phase(other))
}

/// What begins a phase that holds whatever came before it.
fn turns_the_phase(kind: Kind) -> bool {
    use Kind::{ActionStarted, Agreement, DisputeClosed, DisputeOpened, Impasse};
    matches!(kind, DisputeOpened | DisputeClosed | Impasse | ActionStarted | Agreement)
}

/// What that may be before or after, so that the phase is another.
fn moves_the_phase(kind: Kind) -> bool {
    use Kind::{Acceptance, Mediation, Proposal, Rejection, Report, Session, Withdrawal};
    let answers = matches!(kind, Acceptance | Rejection | Withdrawal);
    turns_the_phase(kind) || answers || matches!(kind, Mediation | Proposal | Report | Session)
}

/// The positions of all that an event refers to, through all links, as far as it was folded.
fn ancestors(record: &Record, n: usize, folded: &HashSet<usize>) -> Vec<usize> {
    let mut found = HashSet::new();
    let mut next = vec![n];
    while let Some(n) = next.pop() {
        for target in record.proofs(n) {
            if target != n && folded.contains(&target) && found.insert(target) {
                next.push(target);
            }
        }
    }
    found.into_iter().collect()
}
