//! What a text may hold, what reads as a number, and how an error shows one.

use crate::number::Number;
use crate::refusal::{Refusal, RefusalCode};

/// The longest text, in bytes.
pub(crate) const LONGEST_TEXT: usize = 32 * 1024;

/// Refuses what no text may hold: it would hide in a terminal, or turn what is shown around.
pub(crate) fn check_text(text: &str) -> Result<(), Refusal> {
    if text.len() > LONGEST_TEXT {
        let message = format!("the text has {} bytes, more than {LONGEST_TEXT}", text.len());
        let hint = "record the heart of it, and name the whole under `sources`";
        return Err(Refusal::new(RefusalCode::TextTooLong, message, hint));
    }
    if is_surely_shown(text) {
        return Ok(());
    }
    if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        let message = format!("the text holds the control character U+{:04X}", u32::from(c));
        return Err(Refusal::new(RefusalCode::ControlCharacter, message, "take it out"));
    }
    if let Some(c) =
        text.chars().find(|c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
    {
        let message =
            format!("the text holds U+{:04X}, which turns what is shown around", u32::from(c));
        return Err(Refusal::new(RefusalCode::BidiOverride, message, "take it out"));
    }
    Ok(())
}

/// Whether a text has no byte that what no text may hold begins with: controls of ASCII, those
/// beyond it (C2), and what turns the writing around (E2).
fn is_surely_shown(text: &str) -> bool {
    // No early end: so the compiler looks at many bytes at once.
    text.bytes()
        .fold(true, |shown, b| shown & (b >= 0x20) & (b != 0x7f) & (b != 0xc2) & (b != 0xe2))
}

/// Whether a text reads as a number, kept or not.
pub(crate) fn is_numeric(text: &str) -> bool {
    Number::parse(text).is_some() || looks_numeric(text)
}

/// Whether a text has the look of a number, kept or not.
pub(crate) fn looks_numeric(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        && serde_json::from_str::<serde_json::Number>(text).is_ok()
        && text.trim() == text
}

/// A text as an error shows it: what is handed in may be long, or hold what a terminal obeys.
pub(crate) fn shortened(text: &str) -> String {
    let start: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_shown(c: char) -> bool {
        let turns = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        let breaks = matches!(c, '\n' | '\r' | '\t');
        (breaks || !c.is_control()) && !turns
    }

    #[test]
    fn every_character_is_shown_or_refused() {
        for c in '\0'..=char::MAX {
            assert_eq!(check_text(&format!("a{c}b")).is_ok(), is_shown(c), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_taken_where_all_its_characters_are_shown(text in any::<String>()) {
            prop_assert_eq!(check_text(&text).is_ok(), text.chars().all(is_shown));
        }

        #[test]
        fn a_text_is_numeric_where_json_calls_it_a_number(text in "[ ]?[-+.0-9eE]{0,5}[ ]?") {
            let is_number = serde_json::from_str::<serde_json::Number>(&text).is_ok();
            prop_assert_eq!(looks_numeric(&text), is_number && text.trim() == text);
        }
    }
}
