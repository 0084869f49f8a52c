//! Reads JSON in one pass, and answers only for what is right: what it does not take is read again
//! by [`Json::parse`](crate::json::Json::parse), which knows what to say about it.

use std::borrow::Cow;

use crate::json::DEEPEST;
use crate::json::borrowed::{Borrowed, Members};
use crate::json::plain::plain_run;
use crate::number::Number;

/// Reads one JSON value and nothing after it. `None` does not say that it is wrong.
pub(crate) fn scan(text: &str) -> Option<Borrowed<'_>> {
    let mut scanner = Scanner { text, at: 0 };
    let value = scanner.value(0)?;
    scanner.next_byte().is_none().then_some(value)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no space; it is not taken.
    fn next_byte(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        let found = self.next_byte()? == byte;
        self.at += usize::from(found);
        found.then_some(())
    }

    fn value(&mut self, depth: usize) -> Option<Borrowed<'a>> {
        match self.next_byte()? {
            b'"' => self.string().map(Borrowed::Text),
            b'{' => self.object(depth),
            b'[' => self.list(depth),
            b't' => self.word("true", Borrowed::Bool(true)),
            b'f' => self.word("false", Borrowed::Bool(false)),
            b'n' => self.word("null", Borrowed::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Borrowed<'a>) -> Option<Borrowed<'a>> {
        let end = self.at + word.len();
        let found = self.text.get(self.at..end)? == word;
        self.at = end;
        found.then_some(value)
    }

    fn number(&mut self) -> Option<Borrowed<'a>> {
        let start = self.at;
        while let Some(b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E') = self.peek() {
            self.at += 1;
        }
        Number::parse(self.text.get(start..self.at)?).map(Borrowed::Number)
    }

    /// Takes a whole string, the reader at its opening quote.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at;
        self.at += 1;
        let mut has_escapes = false;
        loop {
            self.at += plain_run(self.text.as_bytes().get(self.at..)?);
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    has_escapes = true;
                    self.at += 2;
                }
                0..0x20 => return None,
                _ => self.at += 1,
            }
        }
        let inner = start + 1..self.at;
        self.at += 1;
        if has_escapes {
            return serde_json::from_str(self.text.get(start..self.at)?).ok().map(Cow::Owned);
        }
        self.text.get(inner).map(Cow::Borrowed)
    }

    fn list(&mut self, depth: usize) -> Option<Borrowed<'a>> {
        self.begin(depth)?;
        let mut parts = Vec::new();
        if self.take(b']').is_some() {
            return Some(Borrowed::List(parts));
        }
        loop {
            parts.push(self.value(depth + 1)?);
            if self.take(b',').is_none() {
                self.take(b']')?;
                return Some(Borrowed::List(parts));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Borrowed<'a>> {
        self.begin(depth)?;
        if self.take(b'}').is_some() {
            return Some(Borrowed::Object(Vec::new()));
        }
        let mut members: Members<'a> = Vec::with_capacity(if depth == 0 { 16 } else { 8 });
        loop {
            if self.next_byte()? != b'"' {
                return None;
            }
            let key = self.string()?;
            if members.iter().any(|(known, _)| *known == key) {
                return None;
            }
            self.take(b':')?;
            members.push((key, self.value(depth + 1)?));
            if self.take(b',').is_none() {
                self.take(b'}')?;
                return Some(Borrowed::Object(members));
            }
        }
    }

    /// Takes an opening bracket, where it is not too deep.
    fn begin(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        (depth < DEEPEST).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::Json;

    fn is_oversized(json: &Json) -> bool {
        match json {
            Json::OversizedNumber(_) => true,
            Json::List(parts) => parts.iter().any(is_oversized),
            Json::Object(members) => members.iter().any(|(_, value)| is_oversized(value)),
            _ => false,
        }
    }

    /// What the scanner takes is what the level-by-level reader takes, and the same value; it takes
    /// all of it but numbers of too many digits.
    fn agrees(text: &str) -> Result<(), TestCaseError> {
        let read = Json::read_by_levels(text);
        match scan(text) {
            Some(value) => prop_assert_eq!(Ok(value.to_json()), read, "{}", text),
            None => prop_assert!(read.as_ref().map_or(true, is_oversized), "{}", text),
        }
        Ok(())
    }

    fn any_json() -> impl Strategy<Value = String> {
        let number = prop_oneof![
            any::<i32>().prop_map(|n| n.to_string()),
            (any::<i64>(), 0..12).prop_map(|(n, e)| format!("{n}e-{e}")),
            "-?[0-9]{1,20}(\\.[0-9]{0,10})?([eE][+-]?[0-9]{0,3})?",
        ];
        let text = prop_oneof![
            any::<String>().prop_map(|s| serde_json::to_string(&s).unwrap()),
            r#""([a-zé]|\\[nrtbf"/\\uxé]|\\u[0-9a-fA-F]{4}|[\x00-\x20]){0,8}""#,
        ];
        let words = ["null", "true", "false", "nul", "True", ""].map(str::to_owned).to_vec();
        let leaf = prop_oneof![number, text.clone(), proptest::sample::select(words)];
        leaf.prop_recursive(4, 32, 4, move |inner| {
            let member = ("[ \t\n]?", text.clone(), "[ ]?", inner.clone())
                .prop_map(|(s, key, t, value)| format!("{s}{key}{t}:{value}"));
            prop_oneof![
                (prop::collection::vec(inner, 0..4), "[ ]?,?")
                    .prop_map(|(parts, end)| format!("[{}{end}]", parts.join(","))),
                (prop::collection::vec(member, 0..4), "[ \r]?,?")
                    .prop_map(|(parts, end)| format!("{{{}{end}}}", parts.join(","))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn what_it_takes_is_what_the_strict_reader_takes(text in any_json()) {
            agrees(&text)?;
        }

        #[test]
        fn damaged_texts_are_taken_only_where_the_strict_reader_takes_them(
            text in any_json(), at in any::<prop::sample::Index>(), with in any::<char>(),
            common in prop::sample::select(r#""\{}[],:0.-e+ "#.chars().collect::<Vec<_>>()),
        ) {
            let mut chars: Vec<char> = text.chars().collect();
            let place = at.index(chars.len() + 1);
            for changed in [with, common] {
                chars.insert(place, changed);
                agrees(&chars.iter().collect::<String>())?;
                chars.remove(place);
            }
            if place < chars.len() {
                chars.remove(place);
                agrees(&chars.iter().collect::<String>())?;
            }
        }
    }

    #[test]
    fn what_it_does_not_take_is_wrong_or_rare() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":1,\"\\u0061\":2}",
            "1 2",
            "\"\u{1}\"",
            "\"\\ud800\"",
            "\"\\é\"",
            "\"\\",
            "01",
            "-",
            "1.",
            "12345678901234567890",
            "\u{feff}1",
            "tru",
            "\u{a0}1",
            "truex",
        ] {
            assert_eq!(scan(text), None, "{text}");
            agrees(text).unwrap();
        }
        for text in ["[]", "{}", " \r\n\t[ 1 , -0.50, \"é\\n\" ] ", "{ \"\" : {} }"] {
            assert!(scan(text).is_some(), "{text}");
            agrees(text).unwrap();
        }
        for deep in [16, 17, 30_000] {
            let text = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
            assert_eq!(scan(&text).is_some(), Json::read_by_levels(&text).is_ok(), "{deep}");
        }
    }
}
