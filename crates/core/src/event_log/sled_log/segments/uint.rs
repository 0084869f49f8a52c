//! Unsigned integers in as few bytes as they need: seven bits a byte, the lowest first, the highest
//! bit set in all but the last.

/// Puts an integer behind what is there.
pub(super) fn put(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    into.push(u8::try_from(number).unwrap_or_default());
}

/// Takes an integer from the front. `None` where the bytes end before it, or it has more than 63
/// bits.
pub(super) fn take(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Takes as many bytes as an integer before them says.
pub(super) fn take_bytes<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(take(from)?).ok()?;
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_taken_and_nothing_else_is_an_integer() {
        for number in [0, 1, 127, 128, 300, 1 << 32, (1 << 63) - 1] {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            assert_eq!(take(&mut bytes.as_slice()), Some(number));
            bytes.pop();
            assert_eq!(take(&mut bytes.as_slice()), None, "{number}");
        }
        assert_eq!(take(&mut [0xff; 12].as_slice()), None);
        assert_eq!(take_bytes(&mut [2, 7].as_slice()), None);
    }
}
