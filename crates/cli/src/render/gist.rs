//! What an event says, in a few words.

use dispute_core::EventId;
use dispute_core::event::Fact;
use dispute_core::event::value::{Item, PartySlug};
use dispute_core::{Edtf, Slug};

use crate::render::names::Names;
use crate::render::text::flat;
use crate::render::{dates, words};

/// An event in a few words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Gist {
    /// What it is about: `of kp-19`.
    pub(crate) of: String,
    /// Who did or said it.
    pub(crate) who: String,
    /// The heart of it.
    pub(crate) what: String,
}

impl Gist {
    /// What a fact says, with the names of parties.
    pub(crate) fn of(fact: &Fact, names: &Names) -> Self {
        let by = |party: &PartySlug| names.short(party.as_str());
        let all = |parties: &[PartySlug]| {
            words::listed(&names.all(parties.iter().map(|party| party.as_str())))
        };
        match fact {
            Fact::Party(it) => {
                Self::new(None, flat(&it.name), [Some(format!("{}, {}", it.party, it.role))])
            }
            Fact::Standard(it) => {
                let (op, limit) = (words::comparison(it.limit.op), &it.limit);
                let limit = words::amount(&limit.value, &limit.unit);
                let metric = words::plain(it.metric.as_str());
                let limit = format!("{metric} {op} {limit}");
                Self::new(None, it.standard.to_string(), [Some(limit), Some(flat(&it.citation))])
            }
            Fact::DisputeOpened(it) => Self::new(None, String::new(), [Some(flat(&it.title))]),
            Fact::Unit(it) => {
                let size = it.size.map(|size| format!("{} people", words::number(size.0)));
                Self::new(None, it.unit.to_string(), [size, Some(flat(&it.description))])
            }
            Fact::Contract(it) => {
                let expires = it.expires.as_ref().map(|date| dated("expires", date));
                let status = words::plain(it.status.as_str());
                Self::new(None, it.contract.to_string(), [Some(status), expires])
            }
            Fact::DisputeLinked(it) => {
                let other = it.other.as_ref().map(|other| other.as_str().to_owned());
                let other = other.or(it.other_title.as_ref().map(|title| flat(title)));
                Self::new(None, words::plain(it.relation.as_str()), [other])
            }
            Fact::DisputeClosed(it) => {
                let summary = it.summary.as_ref().map(|text| words::quoted(text));
                Self::new(None, String::new(), [Some(it.outcome.to_string()), summary])
            }
            Fact::Notice(it) => {
                let effective = it.effective.as_ref().map(|date| dated("takes effect", date));
                Self::new(None, by(&it.by), [Some(words::plain(it.notice.as_str())), effective])
            }
            Fact::Session(it) => {
                let who = it.by.as_ref().map_or(String::new(), by);
                let number = it.number.map(|number| format!(" ({number})")).unwrap_or_default();
                let status = format!("{}{number}", words::plain(it.status.as_str()));
                let set_for = it.scheduled_for.as_ref().map(|date| dated("for", date));
                let outcome = it.outcome.as_ref().map(|text| flat(text));
                Self::new(it.of.as_ref(), who, [Some(status), set_for, outcome])
            }
            Fact::Proposal(it) => {
                let form = Some(words::plain(it.form.as_str())).filter(|form| form != "proposal");
                let of = it.replies_to.as_ref().or(it.supersedes.as_ref());
                let mut gist = Self::new(of, by(&it.by), [form, terms(&it.items)]);
                gist.of = match (&it.replies_to, &it.supersedes) {
                    (Some(id), _) => format!("to {id}"),
                    (None, Some(id)) => format!("in place of {id}"),
                    (None, None) => String::new(),
                };
                gist
            }
            Fact::Rejection(it) => {
                let reason = it.reason.as_ref().map(|text| words::quoted(text));
                Self::new(Some(&it.of), by(&it.by), [only(it.issues.as_deref()), reason])
            }
            Fact::Acceptance(it) => {
                let condition = it.condition.as_ref().map(|text| format!("if {}", flat(text)));
                Self::new(Some(&it.of), by(&it.by), [only(it.issues.as_deref()), condition])
            }
            Fact::Withdrawal(it) => {
                let reason = it.reason.as_ref().map(|text| words::quoted(text));
                Self::new(Some(&it.of), by(&it.by), [reason])
            }
            Fact::Agreement(it) => {
                let subject = it.subject_to.map(|word| format!("subject to {word}"));
                let terms = it.items.as_deref().and_then(terms);
                let level = words::plain(it.level.as_str());
                let who = Some(all(&it.parties));
                Self::new(it.of.as_ref(), String::new(), [Some(level), subject, terms, who])
            }
            Fact::AgreementFailed(it) => {
                let cause = words::plain(it.cause.as_str());
                let issues = only(it.issues.as_deref());
                Self::new(Some(&it.of), String::new(), [Some(cause), issues])
            }
            Fact::Impasse(it) => Self::new(None, by(&it.by), [only(it.issues.as_deref())]),
            Fact::Implementation(it) => {
                Self::new(Some(&it.of), by(&it.by), [only(it.issues.as_deref())])
            }
            Fact::MediationOffer(it) => {
                let procedure = words::plain(it.procedure.as_str());
                let compelled = it.compelled.filter(|compelled| *compelled);
                let compelled = compelled.map(|_| "needs no consent".to_owned());
                let to = format!("{procedure} to {}", all(&it.to));
                Self::new(None, by(&it.by), [Some(to), compelled])
            }
            Fact::Mediation(it) => {
                let set_for = it.scheduled_for.as_ref().map(|date| dated("for", date));
                let status = words::plain(it.status.as_str());
                let result = it.result.map(|result| result.to_string());
                let who = it.by.as_ref().map_or(String::new(), by);
                Self::new(it.of.as_ref(), who, [Some(status), set_for, result])
            }
            Fact::Report(it) => {
                let binding = it.binding.then(|| "binding".to_owned());
                Self::new(it.of.as_ref(), by(&it.body), [binding, Some(words::quoted(&it.text))])
            }
            other => Self::of_the_rest(other, names),
        }
    }

    fn of_the_rest(fact: &Fact, names: &Names) -> Self {
        let by = |party: &PartySlug| names.short(party.as_str());
        let workers = |count: Option<dispute_core::event::value::Count>| {
            count.map(|count| format!("{} workers", words::number(count.0)))
        };
        match fact {
            Fact::VoteCalled(it) => {
                let closes = it.closes.as_ref().map(|date| dated("closes", date));
                let purpose = words::plain(it.purpose.as_str());
                Self::new(it.of.as_ref(), by(&it.by), [Some(purpose), closes])
            }
            Fact::VoteResult(it) => {
                let outcome = it.outcome.map(|outcome| outcome.to_string());
                let what = [Some(words::plain(it.purpose.as_str())), outcome];
                let stage = Some(format!("{} result", it.stage));
                let what = what.into_iter().chain(words::counts(it).into_iter().map(Some));
                Self::new(it.of.as_ref(), by(&it.by), what.chain([stage]))
            }
            Fact::ActionAnnounced(it) => {
                let from = it.from.as_ref().map(|date| dated("from", date));
                let to = it.to.as_ref().map(|date| dated("to", date));
                let form = words::plain(it.action.as_str());
                Self::new(it.notice.as_ref(), by(&it.by), [Some(form), from, to])
            }
            Fact::ActionStarted(it) => {
                let to = it.to.as_ref().map(|date| dated("to", date));
                let open = it.open_ended.filter(|open| *open).map(|_| "open-ended".to_owned());
                let form = words::plain(it.action.as_str());
                Self::new(None, by(&it.by), [Some(form), workers(it.workers), to, open])
            }
            Fact::ActionChanged(it) => {
                let form = it.action.map(|form| format!("now {}", words::plain(form.as_str())));
                let joined = it.joined.map(|count| format!("{} joined", words::number(count.0)));
                let left = it.left.map(|count| format!("{} left", words::number(count.0)));
                let what = [Some(it.change.to_string()), form, workers(it.workers), joined, left];
                Self::new(Some(&it.of), String::new(), what)
            }
            Fact::ActionEnded(it) => {
                let how = Some(format!("by {}", it.how));
                Self::new(Some(&it.of), String::new(), [how, workers(it.workers)])
            }
            Fact::ReturnToWork(it) => {
                let from = it.from.as_ref().map(|date| dated("from", date));
                let by_date = it.by_date.as_ref().map(|date| dated("all by", date));
                let terms = it.terms.as_ref().map(|text| words::quoted(text));
                Self::new(it.of.as_ref(), String::new(), [from, by_date, terms])
            }
            Fact::Charge(it) => {
                let against = format!("{} against {}", flat(&it.forum), by(&it.against));
                let alleged: Vec<String> = it.allegations.iter().map(|text| flat(text)).collect();
                Self::new(None, by(&it.by), [Some(against), Some(alleged.join("; "))])
            }
            Fact::ChargeDisposed(it) => {
                Self::new(Some(&it.of), String::new(), [Some(it.disposition.to_string())])
            }
            Fact::Order(it) => {
                let to = names.all(it.to.iter().map(|party| party.as_str()));
                let deadline = it.deadline.as_ref().map(|date| dated("until", date));
                let order = words::plain(it.order.as_str());
                let order = format!("{order} to {}", words::listed(&to));
                Self::new(None, by(&it.body), [Some(order), deadline])
            }
            Fact::OrderAnswered(it) => {
                Self::new(Some(&it.of), by(&it.by), [Some(it.answer.to_string())])
            }
            Fact::Finding(it) => {
                let stage = format!("{} on {}", it.stage, by(&it.against));
                let penalty = it.penalty.as_ref().map(words::penalty);
                let result = it.result.as_ref().map(|text| flat(text));
                Self::new(it.of.as_ref(), by(&it.body), [Some(stage), penalty, result])
            }
            Fact::Statement(it) => {
                let who = it.on_behalf_of.as_ref().map_or_else(|| flat(&it.speaker), by);
                Self::new(None, who, [Some(words::quoted(&it.text))])
            }
            Fact::Impact(it) => {
                let metric = words::plain(it.metric.as_str());
                let comparator = words::comparator(it.comparator);
                let value = words::amount(&it.value, &it.unit);
                let breach = it.breach.map(|breach| format!("breach {breach}"));
                let who = it.measured_by.as_ref().map_or(String::new(), by);
                let scope = it.scope.as_ref().map(|text| flat(text));
                Self::new(
                    None,
                    who,
                    [Some(format!("{metric}: {comparator}{value}")), breach, scope],
                )
            }
            Fact::Gap(it) => Self::new(None, String::new(), [Some(flat(&it.text))]),
            Fact::Amendment(it) => {
                let keys: Vec<String> = it.set.0.iter().map(|(key, _)| flat(key)).collect();
                let reason = Some(words::quoted(&it.reason));
                Self::new(Some(&it.of), String::new(), [Some(keys.join(", ")), reason])
            }
            Fact::Retraction(it) => {
                Self::new(Some(&it.of), String::new(), [Some(words::quoted(&it.reason))])
            }
            Fact::Redaction(it) => {
                Self::new(Some(&it.of), String::new(), [Some(words::quoted(&it.reason))])
            }
            _ => Self::default(),
        }
    }

    fn new(
        of: Option<&EventId>,
        who: String,
        what: impl IntoIterator<Item = Option<String>>,
    ) -> Self {
        let what: Vec<String> = what.into_iter().flatten().filter(|it| !it.is_empty()).collect();
        let of = of.map(|id| format!("of {id}")).unwrap_or_default();
        Self { of, who, what: what.join(" · ") }
    }

    /// In one text, behind the word for the kind.
    pub(crate) fn after(&self, kind: &str) -> String {
        let head = if self.of.is_empty() { kind.to_owned() } else { format!("{kind} {}", self.of) };
        let parts = [head.as_str(), &self.who, &self.what];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

fn dated(word: &str, date: &Edtf) -> String {
    format!("{word} {}", dates::in_brief(date.as_str()))
}

/// The issues that something is limited to.
fn only(issues: Option<&[Slug]>) -> Option<String> {
    let issues: Vec<String> =
        issues.unwrap_or_default().iter().map(|issue| words::plain(issue.as_str())).collect();
    (!issues.is_empty()).then(|| words::listed(&issues))
}

fn terms(items: &[Item]) -> Option<String> {
    let terms: Vec<String> = items
        .iter()
        .map(|item| format!("{}: {}", words::plain(item.issue.as_str()), words::terms(item)))
        .collect();
    (!terms.is_empty()).then(|| terms.join("; "))
}
