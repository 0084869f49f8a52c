//! Text that fits: one line, no control characters, a number of columns.

use unicode_width::UnicodeWidthChar;

/// A text on one line with nothing in it that a terminal obeys: spaces of all kinds become single
/// spaces, control characters and those that turn what is shown around are escaped.
pub(crate) fn flat(text: &str) -> String {
    let is_spaced = || text.contains("  ") || text.starts_with(' ') || text.ends_with(' ');
    if is_typed(text) && !is_spaced() {
        return text.to_owned();
    }
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if is_obeyed(c) { line.extend(c.escape_unicode()) } else { line.push(c) }
        }
    }
    line
}

/// Whether a text is made of the characters of a typewriter, as most are: each is shown as it is, in
/// one column.
fn is_typed(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// What a terminal obeys instead of showing it.
fn is_obeyed(c: char) -> bool {
    let turns = matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}');
    let overrides = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || overrides
}

/// How many columns a flat text takes at most: an emoji that is made of several characters may be
/// shown narrower.
pub(crate) fn width(text: &str) -> usize {
    if is_typed(text) { text.len() } else { text.chars().map(char_width).sum() }
}

fn char_width(c: char) -> usize {
    match c {
        // It asks for the wide form of the character before it.
        '\u{FE0F}' => 1,
        _ => c.width().unwrap_or(1),
    }
}

/// How far back a text is cut to end with a word.
const NEAR: usize = 9;

/// A flat text in at most `columns`: what is cut off leaves a `…`, at the end of a word where one
/// is near, and inside a quotation that ends the text.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let cut = |end: &str| {
        let room = columns.saturating_sub(width(end));
        let (start, _) = split(text, room);
        let word = start.rfind(' ').and_then(|at| start.get(..at));
        let is_near = |word: &&str| width(word) * 2 > room && width(word) + NEAR > room;
        let start = word.filter(is_near).unwrap_or(start);
        format!("{}{end}", start.trim_end_matches([' ', '·', ',', ';', ':', '.', '(']))
    };
    match columns {
        0 => String::new(),
        1..8 => cut("…"),
        _ => {
            let closed = cut("…\"");
            let is_open = text.ends_with('"') && closed.matches('"').count() % 2 == 0;
            if is_open { closed } else { cut("…") }
        }
    }
}

/// A text and spaces behind it, `columns` wide together. The text may be wider.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", spaces(columns.saturating_sub(width(text))))
}

/// That many spaces.
pub(crate) fn spaces(columns: usize) -> String {
    " ".repeat(columns)
}

/// The longest start of a text in that many columns, and the rest.
fn split(text: &str, columns: usize) -> (&str, &str) {
    let mut taken = 0;
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        taken += char_width(c);
        if taken > columns {
            end = at;
            break;
        }
    }
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// A flat text in lines of at most `columns`, broken between words where that is possible. A `·`
/// stays at the end of a line.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        let mut rest = word.as_str();
        let gap = usize::from(!line.is_empty());
        if width(&line) + gap + width(rest) > columns && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while width(rest) > columns {
            let (start, after) = split(rest, columns);
            lines.push(start.to_owned());
            rest = after;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(rest);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The words of a text, a `·` with the word before it.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(last) if word == "·" => last.push_str(" ·"),
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// At most so many lines of at most `columns`; what is cut off leaves a `…`.
pub(crate) fn wrap_within(text: &str, columns: usize, most: usize) -> Vec<String> {
    let mut lines = wrap(text, columns);
    if lines.len() > most {
        let rest: Vec<String> = lines.split_off(most.saturating_sub(1));
        lines.push(fit(&rest.join(" "), columns.max(2)));
    }
    lines
}

/// A paragraph: its first line begins with `start`, the others are indented as far as that is
/// wide. The start may hold spaces at its end.
pub(crate) fn wrapped(start: &str, text: &str, columns: usize) -> String {
    let indent = width(start);
    let room = columns.saturating_sub(indent);
    if room < columns / 3 {
        // The start leaves no room beside it.
        let mut lines = wrap(&flat(start), columns);
        let beneath = wrap(&flat(text), columns.saturating_sub(4));
        lines.extend(beneath.into_iter().map(|line| format!("    {line}")));
        return lines.into_iter().map(|line| format!("{line}\n")).collect();
    }
    let mut paragraph = String::new();
    for (n, line) in wrap(&flat(text), room).iter().enumerate() {
        let margin = if n == 0 { start.to_owned() } else { spaces(indent) };
        paragraph.push_str(format!("{margin}{line}").trim_end());
        paragraph.push('\n');
    }
    paragraph
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::render::wrapped;

    #[test]
    fn a_flat_text_has_one_line_and_nothing_that_a_terminal_obeys() {
        assert_eq!(flat(" two\r\n\tlines \u{2028}"), "two lines");
        assert_eq!(flat("red\u{1b}[31m"), "red\\u{1b}[31m");
        assert_eq!(flat("\u{202e}txt.exe \u{9b}2J"), "\\u{202e}txt.exe \\u{9b}2J");
    }

    #[test]
    fn text_is_cut_at_the_end_of_a_word() {
        assert_eq!(fit("defined benefit pension", 23), "defined benefit pension");
        assert_eq!(fit("defined benefit pension", 19), "defined benefit…");
        assert_eq!(fit("counterproposal", 8), "counter…");
        assert_eq!(fit("a, b", 3), "a…");
        assert_eq!(fit("年金の提案", 5), "年金…");
        assert_eq!(fit("any", 0), "");
        assert_eq!(fit("Kaiser: \"no new offer\"", 18), "Kaiser: \"no new…\"");
    }

    #[test]
    fn a_dot_between_facts_ends_a_line() {
        let lines = wrap("day 123 · 2,400 workers · open-ended", 14);
        assert_eq!(lines, ["day 123 ·", "2,400", "workers ·", "open-ended"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("0123456789abc d", 10), ["0123456789", "abc d"]);
    }

    #[test]
    fn a_paragraph_is_indented_under_its_start() {
        assert_eq!(
            wrapped("  by  ", "the party that makes it", 20),
            "  by  the party that\n      makes it\n"
        );
        assert_eq!(
            wrapped("a start as wide as all  ", "of it", 24),
            "a start as wide as all\n    of it\n"
        );
    }

    proptest! {
        #[test]
        fn no_text_is_wider_than_asked_for(text in any::<String>(), columns in 0_usize..60) {
            let text = flat(&text);
            prop_assert!(!text.chars().any(is_obeyed));
            prop_assert!(UnicodeWidthStr::width(text.as_str()) <= width(&text));
            prop_assert!(width(&fit(&text, columns)) <= columns);
            for line in wrap(&text, columns) {
                prop_assert!(width(&line) <= columns.max(2), "{line}");
            }
            for line in wrap_within(&text, columns, 2) {
                prop_assert!(width(&line) <= columns.max(2), "{line}");
            }
        }
    }
}
