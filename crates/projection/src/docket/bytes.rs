//! Numbers and texts as bytes. Reading is total: it ends with the bytes, and sets aside no more
//! memory than they can fill.

use std::collections::HashMap;
use std::sync::Arc;

/// Bytes in the making, with the names that they speak of by their numbers.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    names: Names,
}

/// Names, each once.
#[derive(Default)]
pub(super) struct Names {
    all: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u64>,
}

impl Writer {
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow (LEB128).
    pub(super) fn number(&mut self, mut number: u64) {
        while let low @ 0x80.. = number {
            self.bytes.push(low.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.bytes.push(number.to_le_bytes()[0]);
    }

    pub(super) fn count(&mut self, len: usize) {
        self.number(u64::try_from(len).unwrap_or(u64::MAX));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.put(text.as_bytes());
    }

    /// A name that is likely to come again.
    pub(super) fn name(&mut self, name: &str) {
        let number = self.names.number(name);
        self.number(number);
    }

    pub(super) fn names(&mut self, names: &[Arc<str>]) {
        self.count(names.len());
        names.iter().for_each(|name| self.name(name));
    }

    pub(super) fn into_parts(self) -> (Vec<u8>, Vec<Arc<str>>) {
        (self.bytes, self.names.all)
    }
}

impl Names {
    fn number(&mut self, name: &str) -> u64 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u64::try_from(self.all.len()).unwrap_or(u64::MAX);
        let name: Arc<str> = name.into();
        self.all.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        number
    }
}

/// Bytes that are still to be read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            let bits = u64::from(byte & 0x7F);
            // The tenth byte has room for one bit only.
            if shift == 63 && bits > 1 {
                return None;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// The number of things that follow, each of one byte or more.
    pub(super) fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.rest.len()).then_some(count)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let len = self.count()?;
        std::str::from_utf8(self.take(len)?).ok()
    }

    pub(super) fn name<'n, T>(&mut self, names: &'n [T]) -> Option<&'n T> {
        names.get(usize::try_from(self.number()?).ok()?)
    }

    pub(super) fn names(&mut self, names: &[Arc<str>]) -> Option<Vec<Arc<str>>> {
        let count = self.count()?;
        let mut found = Vec::with_capacity(count.min(4));
        for _ in 0..count {
            found.push(Arc::clone(self.name(names)?));
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_they_were_written() {
        for number in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX - 1, u64::MAX]
        {
            let mut writer = Writer::default();
            writer.number(number);
            let (bytes, _) = writer.into_parts();
            let mut reader = Reader::new(&bytes);
            assert_eq!((reader.number(), reader.is_at_end()), (Some(number), true), "{number}");
            assert_eq!(Reader::new(&bytes[..bytes.len() - 1]).number(), None, "{number}");
        }
    }

    #[test]
    fn what_is_no_number_or_promises_more_than_there_is_is_not_read() {
        assert_eq!(Reader::new(&[0xFF; 10]).number(), None);
        assert_eq!(Reader::new(&[0x80; 12]).number(), None);
        assert_eq!(Reader::new(&[3, 0, 0]).count(), None);
        assert_eq!(Reader::new(&[2, b'a']).text(), None);
        assert_eq!(Reader::new(&[2, 0xC3, 0x28]).text(), None);
        assert_eq!(Reader::new(&[1, 0]).names(&[]), None);
    }
}
