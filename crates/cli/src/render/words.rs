//! Words for people in place of words for programs.

use dispute_core::Slug;
use dispute_core::event::value::{Item, NumberOrText, Penalty};
use dispute_core::event::vote::VoteResult;
use dispute_core::event::{public::Comparator, value::Comparison};

use crate::render::text::flat;

/// A slug or a word of a closed list, with spaces for dashes.
pub(crate) fn plain(word: &str) -> String {
    word.replace('-', " ")
}

/// A unit of measurement, which is a slug or any text.
pub(crate) fn unit(unit: &str) -> String {
    if Slug::parse(unit).is_some() { plain(unit) } else { flat(unit) }
}

/// A number with its thousands set off.
pub(crate) fn number(number: impl ToString) -> String {
    let text = number.to_string();
    let (sign, size) = match text.strip_prefix('-') {
        Some(size) => ("-", size),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = match size.split_once('.') {
        Some((whole, fraction)) => (whole, format!(".{fraction}")),
        None => (size, String::new()),
    };
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{fraction}")
}

/// A value and its unit.
pub(crate) fn amount(value: &NumberOrText, of: &str) -> String {
    let value = match value {
        NumberOrText::Number(value) => number(value),
        NumberOrText::Text(text) if of.is_empty() => flat(text),
        NumberOrText::Text(text) => return format!("{} ({})", flat(text), unit(of)),
    };
    match of {
        "" => value,
        "percent" => format!("{value}%"),
        _ => format!("{value} {}", unit(of)),
    }
}

/// How exact a value is, before the value.
pub(crate) fn comparator(comparator: Option<Comparator>) -> &'static str {
    match comparator {
        Some(Comparator::AtLeast) => "at least ",
        Some(Comparator::AtMost) => "up to ",
        Some(Comparator::About) => "about ",
        Some(Comparator::Exact) | None => "",
    }
}

/// Which side of a limit is lawful, before the limit.
pub(crate) fn comparison(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::AtMost => "at most",
        Comparison::AtLeast => "at least",
    }
}

/// A sum of money.
pub(crate) fn penalty(penalty: &Penalty) -> String {
    format!("{} {}", number(penalty.amount), flat(&penalty.currency))
}

/// Terms with their value, where the words do not name it.
pub(crate) fn terms(item: &Item) -> String {
    let words = flat(&item.terms);
    let Some(value) = &item.value else { return words };
    let figure = value.to_string();
    let mut figures = words.split(|c: char| !c.is_ascii_digit() && c != '.');
    if figures.any(|part| part.trim_matches('.') == figure) {
        return words;
    }
    format!("{words} ({})", amount(value, item.unit.as_deref().unwrap_or_default()))
}

/// A count and its noun, which takes an `s` in the plural.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", number(count))
}

/// `a`, `a and b`, `a, b and c`
pub(crate) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What was counted, as far as that is on record.
pub(crate) fn counts(result: &VoteResult) -> Vec<String> {
    let mut facts = Vec::new();
    let mut yes_and_no = Vec::new();
    for (count, percent, word) in
        [(result.yes, result.percent_yes, "yes"), (result.no, result.percent_no, "no")]
    {
        match (count, percent) {
            (Some(count), Some(percent)) => {
                yes_and_no.push(format!("{} {word} ({}%)", number(count.0), percent.0));
            }
            (Some(count), None) => yes_and_no.push(format!("{} {word}", number(count.0))),
            (None, Some(percent)) => yes_and_no.push(format!("{}% {word}", percent.0)),
            (None, None) => {}
        }
    }
    if !yes_and_no.is_empty() {
        facts.push(yes_and_no.join(", "));
    }
    match (result.cast, result.eligible) {
        (Some(cast), Some(eligible)) => {
            facts.push(format!("{} of {} voted", number(cast.0), number(eligible.0)));
        }
        (Some(cast), None) => facts.push(format!("{} voted", number(cast.0))),
        (None, Some(eligible)) => facts.push(format!("{} eligible", number(eligible.0))),
        (None, None) => {}
    }
    if let Some(turnout) = result.percent_turnout {
        facts.push(format!("turnout {}%", turnout.0));
    }
    facts
}

/// A quotation.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", flat(text))
}

#[cfg(test)]
mod tests {
    use dispute_core::Number;

    use super::*;

    #[test]
    fn thousands_are_set_off() {
        assert_eq!(number(7_u8), "7");
        assert_eq!(number(2400_u32), "2,400");
        assert_eq!(number(-50_000_000_i64), "-50,000,000");
        assert_eq!(number(Number::parse("1234.5678").unwrap()), "1,234.5678");
    }

    #[test]
    fn a_value_is_added_where_the_terms_do_not_name_it() {
        let item = |terms: &str, value: &str, unit: &str| Item {
            issue: Slug::parse("wages").unwrap(),
            terms: terms.to_owned(),
            value: Number::parse(value).map(NumberOrText::Number),
            unit: Some(unit.to_owned()),
            due: None,
        };
        assert_eq!(terms(&item("19% over 4 years", "19", "percent")), "19% over 4 years");
        assert_eq!(terms(&item("a raise", "6.5", "percent")), "a raise (6.5%)");
        assert_eq!(
            terms(&item("more time", "6", "hours-per-week")),
            "more time (6 hours per week)"
        );
    }

    #[test]
    fn lists_are_spoken() {
        assert_eq!(listed(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(listed(&["a".into()]), "a");
        assert_eq!(counted(1, "worker"), "1 worker");
        assert_eq!(counted(0, "worker"), "0 workers");
    }
}
