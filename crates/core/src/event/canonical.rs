//! Sees at a glance that a content is right: one walk over its bytes along the schema. It answers
//! only for what is usual, and is never wrong about it; the typed reader decides the rest.

use crate::event::Kind;
use crate::event::schema::{KeySpec, Shape};
use crate::event::sorted::SortedKey;
use crate::event::text::{LONGEST_TEXT, is_numeric};
use crate::identifier::{EventId, Slug};
use crate::json::plain::plain_run;
use crate::occurred::Edtf;
use crate::zone::Zone;

/// Whether a content surely is the canonical form of an event of a kind: where it says so,
/// [`Event::from_record`](crate::event::Event::from_record) takes the content, and
/// [`Event::content`](crate::event::Event::content) gives it back byte by byte.
pub(crate) fn is_surely_canonical(
    kind: Kind,
    dispute: Option<&Slug>,
    occurred: &str,
    content: &str,
) -> bool {
    let is_placed = kind.has_dispute() == dispute.is_some();
    let is_dated = if occurred.is_empty() { !kind.has_dispute() } else { Edtf::is_one(occurred) };
    is_placed && is_dated && Walk { text: content, at: 0 }.content(kind).is_some()
}

/// A place in a content. Its methods take what they are called after, and give `None` where it is
/// not sure that this is what stands there.
struct Walk<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Walk<'a> {
    fn content(&mut self, kind: Kind) -> Option<()> {
        let seen = self.members_of_kind(kind.sorted_keys())?;
        (self.at == self.text.len() && seen.keep_the_form_of(kind)).then_some(())
    }

    /// The keys of a content come in the order of the sorted keys of its kind.
    fn members_of_kind(&mut self, known: &'static [SortedKey]) -> Option<Seen> {
        let mut seen = Seen { known, places: 0 };
        let mut coming = known.iter().enumerate();
        self.members(|walk, key| {
            let (place, found) = coming.find(|(_, k)| k.spec.required || k.spec.name == key)?;
            seen.places |= 1_u64.checked_shl(u32::try_from(place).ok()?)?;
            match (found.spec.name == key, key, found.spec.shape) {
                (false, ..) => None,
                (true, "sources", Shape::List(Shape::Object(keys))) => {
                    walk.list(|walk| walk.source(keys))
                }
                (true, _, shape) => walk.value(shape),
            }
        })?;
        coming.all(|(_, key)| !key.spec.required).then_some(seen)
    }

    /// An object, each key read and its value taken by `member`, which sees to the order.
    fn members(&mut self, mut member: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.byte(b'{')?;
        if self.byte(b'}').is_some() {
            return Some(());
        }
        loop {
            let key = self.plain_string()?;
            self.byte(b':')?;
            member(self, key)?;
            if self.byte(b',').is_none() {
                return self.byte(b'}');
            }
        }
    }

    /// An object with keys of its own; which of them are there, a bit each.
    fn object(&mut self, keys: &[KeySpec]) -> Option<u32> {
        let (mut last, mut seen) = ("", 0_u32);
        self.members(|walk, key| {
            let place = keys.iter().position(|spec| spec.name == key)?;
            let is_in_order = last < key;
            last = key;
            seen |= 1_u32.checked_shl(u32::try_from(place).ok()?)?;
            if is_in_order { walk.value(keys.get(place)?.shape) } else { None }
        })?;
        let is_there = |n: usize| seen >> n & 1 == 1;
        keys.iter().enumerate().all(|(n, key)| !key.required || is_there(n)).then_some(seen)
    }

    /// A source has a name.
    fn source(&mut self, keys: &[KeySpec]) -> Option<()> {
        let seen = self.object(keys)?;
        let mut named = keys.iter().enumerate().filter(|(_, k)| matches!(k.name, "url" | "title"));
        named.any(|(n, _)| seen >> n & 1 == 1).then_some(())
    }

    fn list(&mut self, mut part: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.byte(b'[')?;
        if self.byte(b']').is_some() {
            return Some(());
        }
        loop {
            part(self)?;
            if self.byte(b',').is_none() {
                return self.byte(b']');
            }
        }
    }

    fn value(&mut self, shape: Shape) -> Option<()> {
        match shape {
            Shape::Text => self.string().map(|_| ()),
            Shape::Slug | Shape::Named(_) => sure(Slug::is_one(self.plain_string()?)),
            Shape::Event | Shape::PartyOrEvent => sure(EventId::is_one(self.plain_string()?)),
            Shape::Date => sure(Edtf::is_one(self.plain_string()?)),
            Shape::TimeZone => {
                let name = self.plain_string()?;
                sure(Zone::parse(name)?.name() == name)
            }
            Shape::Number => self.number().map(|_| ()),
            Shape::Count => sure(self.number()?.is_count()),
            Shape::Percentage => sure(self.number()?.is_percentage()),
            Shape::NumberOrText => self.number_or_text(),
            Shape::Bool => self.word("true").or_else(|| self.word("false")),
            Shape::Word(words) => sure(words.contains(&self.plain_string()?)),
            Shape::List(of) => self.list(|walk| walk.value(*of)),
            Shape::Object(keys) => self.object(keys).map(|_| ()),
            Shape::TextMap => self.text_map(),
            Shape::Changes => None,
        }
    }

    fn text_map(&mut self) -> Option<()> {
        let mut last = None;
        self.members(|walk, key| {
            let is_in_order = last < Some(key);
            last = Some(key);
            if is_in_order { walk.value(Shape::Text) } else { None }
        })
    }

    fn number_or_text(&mut self) -> Option<()> {
        if self.peek() != Some(b'"') {
            return self.number().map(|_| ());
        }
        let text = self.string()?;
        let has_digits_alone =
            text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        sure(!has_digits_alone || !is_numeric(text))
    }

    /// A number in its shortest form.
    fn number(&mut self) -> Option<Shortest<'a>> {
        let is_negative = self.byte(b'-').is_some();
        let whole = self.digits()?;
        let has_point = self.byte(b'.').is_some();
        let fraction = if has_point { self.digits()? } else { "" };
        let number = Shortest { is_negative, whole, fraction };
        (number.is_one() && has_point != fraction.is_empty()).then_some(number)
    }

    fn digits(&mut self) -> Option<&'a str> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.text.get(start..self.at)
    }

    /// A string that is as it stands: ASCII, and nothing escaped.
    fn plain_string(&mut self) -> Option<&'a str> {
        self.byte(b'"')?;
        let start = self.at;
        self.at += plain_run(self.rest()?);
        let text = self.text.get(start..self.at)?;
        self.byte(b'"')?;
        sure(text.len() <= LONGEST_TEXT)?;
        Some(text)
    }

    /// A string that may stand in a text, escaped as canonical JSON has it. Gives what stands
    /// between the quotes.
    fn string(&mut self) -> Option<&'a str> {
        self.byte(b'"')?;
        let start = self.at;
        loop {
            self.at += plain_run(self.rest()?);
            match *self.rest()? {
                [b'"', ..] => break,
                [b'\\', b'"' | b'\\' | b'n' | b'r' | b't', ..] => self.at += 2,
                // Control characters beyond ASCII, and what may turn the writing around.
                [0xc2, ..0xa0, ..]
                | [0xe2, 0x80, 0xaa..=0xae, ..]
                | [0xe2, 0x81, 0xa6..=0xa9, ..] => return None,
                [0x80..=0xff, ..] => self.at += 1,
                _ => return None,
            }
        }
        let text = self.text.get(start..self.at)?;
        self.at += 1;
        // Unescaped, it is not longer.
        sure(text.len() <= LONGEST_TEXT)?;
        Some(text)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        sure(self.rest()?.starts_with(word.as_bytes()))?;
        self.at += word.len();
        Some(())
    }

    fn rest(&self) -> Option<&'a [u8]> {
        self.text.as_bytes().get(self.at..)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn byte(&mut self, byte: u8) -> Option<()> {
        sure(self.peek()? == byte)?;
        self.at += 1;
        Some(())
    }
}

fn sure(is_sure: impl Into<bool>) -> Option<()> {
    is_sure.into().then_some(())
}

/// A number as it is written in its shortest form.
struct Shortest<'a> {
    is_negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl Shortest<'_> {
    /// Whether it surely is in its shortest form, and of no more digits than are kept.
    fn is_one(&self) -> bool {
        let is_zero = self.whole == "0" && self.fraction.is_empty();
        let has_whole =
            self.whole == "0" || !(self.whole.is_empty() || self.whole.starts_with('0'));
        let is_kept = self.whole.len() + self.fraction.len() <= 18 && self.fraction.len() <= 9;
        has_whole && is_kept && !self.fraction.ends_with('0') && !(self.is_negative && is_zero)
    }

    fn is_count(&self) -> bool {
        !self.is_negative && self.fraction.is_empty()
    }

    fn is_percentage(&self) -> bool {
        let is_hundred = self.whole == "100" && self.fraction.is_empty();
        !self.is_negative && (self.whole.len() <= 2 || is_hundred)
    }
}

/// Which keys of its kind a content has: a bit each, in their sorted order.
struct Seen {
    known: &'static [SortedKey],
    places: u64,
}

impl Seen {
    /// Whether what [`check_form`](crate::rules::check_form) asks besides sources surely holds.
    fn keep_the_form_of(&self, kind: Kind) -> bool {
        match kind {
            Kind::DisputeLinked => self.has("other") != self.has("other_title"),
            Kind::Mediation => self.has("of") != self.has("procedure"),
            // Counts are compared where some are cast.
            Kind::VoteResult => !self.has("cast"),
            _ => true,
        }
    }

    fn has(&self, name: &str) -> bool {
        let mut keys = self.known.iter().enumerate();
        keys.any(|(n, key)| key.spec.name == name && self.places >> n & 1 == 1)
    }
}

#[cfg(test)]
mod tests;
