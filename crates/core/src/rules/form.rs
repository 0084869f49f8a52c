//! Rules that need nothing but the document.

use crate::event::vote::VoteResult;
use crate::event::{Event, Fact};
use crate::refusal::{Refusal, RefusalCode};

/// What can be said of a document without the record.
pub(crate) fn check_form(event: &Event) -> Result<(), Refusal> {
    check_sources(event)?;
    match &event.fact {
        Fact::DisputeLinked(linked) => {
            one_of(("other", linked.other.is_some()), ("other_title", linked.other_title.is_some()))
        }
        Fact::Mediation(mediation) => {
            one_of(("of", mediation.of.is_some()), ("procedure", mediation.procedure.is_some()))
        }
        Fact::VoteResult(result) => check_counts(result),
        _ => Ok(()),
    }
}

fn check_sources(event: &Event) -> Result<(), Refusal> {
    let sources = event.common.sources.as_deref().unwrap_or_default();
    match sources.iter().position(|source| source.url.is_none() && source.title.is_none()) {
        None => Ok(()),
        Some(n) => {
            let message = "a source needs a `url` or a `title`";
            let hint = "add where it was found, or what it is called";
            Err(Refusal::new(RefusalCode::SourceWithoutName, message, hint)
                .at(format!("sources[{n}]")))
        }
    }
}

/// Exactly one of two keys is there.
fn one_of(
    (first, has_first): (&str, bool),
    (second, has_second): (&str, bool),
) -> Result<(), Refusal> {
    match (has_first, has_second) {
        (true, true) => {
            let message = format!("`{second}` cannot stand beside `{first}`");
            let hint = format!("leave out `{first}` or `{second}`");
            Err(Refusal::new(RefusalCode::UnknownKey, message, hint).at(second))
        }
        (false, false) => {
            let message = format!("one of `{first}` and `{second}` is required");
            let hint = format!("add `{first}`, or `{second}`");
            Err(Refusal::new(RefusalCode::MissingKey, message, hint).at(first))
        }
        _ => Ok(()),
    }
}

fn check_counts(result: &VoteResult) -> Result<(), Refusal> {
    let count =
        |count: Option<crate::event::value::Count>| count.map_or(0, |count| u128::from(count.0));
    let counted = count(result.yes) + count(result.no) + count(result.spoiled);
    if let Some(cast) = result.cast
        && counted > u128::from(cast.0)
    {
        let message = format!("yes, no and spoiled are {counted}, more than the {} cast", cast.0);
        return Err(Refusal::new(RefusalCode::Counts, message, "check the counts").at("cast"));
    }
    if let (Some(cast), Some(eligible)) = (result.cast, result.eligible)
        && cast > eligible
    {
        let message = format!("{} cast, more than the {} eligible", cast.0, eligible.0);
        return Err(Refusal::new(RefusalCode::Counts, message, "check the counts").at("eligible"));
    }
    Ok(())
}
