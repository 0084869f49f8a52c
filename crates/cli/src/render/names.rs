//! What parties are called.

use std::collections::HashMap;

use dispute_core::event::Fact;
use dispute_core::event::people::Party;
use dispute_core::{Instant, Record, Sequence};
use dispute_projection::AsOf;

use crate::render::text::{flat, width};

/// The widest name that stands in a line beside other things.
const WIDEST: usize = 24;

/// The parties of a record by what they are called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(HashMap<String, Called>);

#[derive(Debug, Clone)]
struct Called {
    short: String,
    full: String,
}

impl Names {
    /// The names as they were at a cut, of the parties in a record: with a dispute those that it
    /// names, so that it reads the same whatever other parties there are.
    pub(crate) fn at(record: &Record, as_of: AsOf) -> Self {
        let mut names = NamesBuilder::new(as_of);
        for n in 0..record.len() {
            names.note(record, n);
        }
        names.finish()
    }

    /// The latest names.
    pub(crate) fn latest(record: &Record) -> Self {
        match record.recorded().last() {
            Some(last) => Self::at(record, AsOf::now(last.recorded_at)),
            None => Self::default(),
        }
    }

    /// What a party is called in a line, else its slug.
    pub(crate) fn short(&self, slug: &str) -> String {
        self.0.get(slug).map_or_else(|| flat(slug), |called| called.short.clone())
    }

    /// What a party is called in full, with its slug.
    pub(crate) fn full(&self, slug: &str) -> String {
        match self.0.get(slug) {
            Some(called) => format!("{} ({slug})", called.full),
            None => flat(slug),
        }
    }

    /// Several parties in a line.
    pub(crate) fn all(&self, slugs: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
        slugs.into_iter().map(|slug| self.short(slug.as_ref())).collect()
    }
}

/// Names in the making: it is told of events in the order of recording, and keeps of each party
/// what it is called.
#[derive(Debug)]
pub(crate) struct NamesBuilder {
    as_of: AsOf,
    described: HashMap<String, Described>,
}

/// The description of a party that holds at the cut among those that were noted.
#[derive(Debug)]
struct Described {
    /// When it came to hold, and the place of its first account; none where no description holds
    /// by the cut.
    holds: Option<(Option<Instant>, Sequence)>,
    called: Called,
}

impl NamesBuilder {
    /// Names as they were at a cut.
    pub(crate) fn new(as_of: AsOf) -> Self {
        Self { as_of, described: HashMap::new() }
    }

    /// Takes an event, by the rule of descriptions ([`dispute_projection::described_at`]).
    pub(crate) fn note(&mut self, record: &Record, n: usize) {
        if !record.counts(n) {
            return;
        }
        let Some(Fact::Party(party)) = record.document(n).map(|event| &event.fact) else { return };
        let Some(original) = record.get(record.original(n)) else { return };
        let span = record.span(n);
        let holds = self.as_of.includes(span).then_some((span.latest, original.sequence));
        let known = self.described.get(party.party.as_str());
        if known.is_none_or(|known| known.holds <= holds) {
            let called = Called { short: short(party), full: flat(&party.name) };
            self.described.insert(party.party.to_string(), Described { holds, called });
        }
    }

    /// The names, once all parties were noted.
    pub(crate) fn finish(self) -> Names {
        let described = self.described.into_iter();
        let mut names: HashMap<String, Called> =
            described.map(|(slug, described)| (slug, described.called)).collect();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for called in names.values() {
            *seen.entry(called.short.clone()).or_default() += 1;
        }
        // A name that several parties would go by tells none of them apart.
        for (slug, called) in &mut names {
            if seen.get(&called.short).is_some_and(|parties| *parties > 1) {
                called.short.clone_from(slug);
            }
        }
        Names(names)
    }
}

/// The name where it is short, else another name that is, else the part before a comma, else the
/// slug.
fn short(party: &Party) -> String {
    let name = flat(&party.name);
    let fits = |name: &String| !name.is_empty() && width(name) <= WIDEST;
    if fits(&name) {
        return name;
    }
    let aliases = party.aliases.iter().flatten().map(|alias| flat(alias));
    let alias = aliases.filter(fits).max_by_key(|alias| width(alias));
    let before_comma = || name.split_once(", ").map(|(start, _)| start.to_owned()).filter(fits);
    alias.or_else(before_comma).unwrap_or_else(|| party.party.to_string())
}

#[cfg(test)]
mod tests {
    use dispute_core::event::Event;
    use dispute_core::{EventId, Recorded};

    use super::*;

    fn names(parties: &[&str]) -> Names {
        let at = Instant::parse("2025-01-01T00:00:00Z").unwrap();
        let recorded = parties.iter().enumerate().map(|(n, keys)| {
            let document = format!("{{\"kind\":\"party\",\"role\":\"union\",{keys}}}");
            let event = Event::parse(&document).unwrap();
            let id = EventId::parse(&format!("e{n}")).unwrap();
            Recorded::new(Sequence::new(n as u64 + 1), at, id, event)
        });
        Names::latest(&Record::load(recorded, []))
    }

    #[test]
    fn a_party_goes_by_its_name_where_that_is_short() {
        let names = names(&[
            r#""party":"kaiser","name":"Kaiser Permanente","aliases":["KP"]"#,
            r#""party":"nuhw","name":"National Union of Healthcare Workers","aliases":["NUHW"]"#,
            r#""party":"rivas","name":"Robert Rivas, Speaker of the Assembly""#,
            r#""party":"cupw","name":"Canadian Union of Postal Workers""#,
        ]);
        assert_eq!(
            names.all(["kaiser", "nuhw", "rivas", "cupw", "stranger"]),
            ["Kaiser Permanente", "NUHW", "Robert Rivas", "cupw", "stranger"]
        );
        assert_eq!(names.full("nuhw"), "National Union of Healthcare Workers (nuhw)");
        assert_eq!(names.full("stranger"), "stranger");
    }

    #[test]
    fn parties_that_would_go_by_one_name_go_by_their_slugs() {
        let names = names(&[
            r#""party":"local-1","name":"Teamsters, the local union of the north""#,
            r#""party":"local-2","name":"Teamsters, the local union of the south""#,
        ]);
        assert_eq!(names.all(["local-1", "local-2"]), ["local-1", "local-2"]);
    }
}
