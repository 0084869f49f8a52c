//! Bytes of texts that mean themselves in JSON, eight at a time.

/// One in each of eight bytes.
const ONES: u64 = u64::from_le_bytes([1; 8]);
/// The highest bit of each of eight bytes.
const HIGHS: u64 = ONES << 7;

/// How many bytes there are before the first that is a quote, a backslash, a control character
/// or not ASCII.
pub(crate) fn plain_run(bytes: &[u8]) -> usize {
    let (eights, rest) = bytes.as_chunks::<8>();
    for (n, eight) in eights.iter().enumerate() {
        let special = special(u64::from_le_bytes(*eight));
        if special != 0 {
            return n * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |b: &u8| matches!(b, 0..0x20 | b'"' | b'\\' | 0x7f..);
    eights.len() * 8 + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// The highest bit of every byte that is special; above the first such byte, of others too, since
/// borrows and carries run upwards.
fn special(bytes: u64) -> u64 {
    let is = |byte: u8| {
        let zero_where_equal = bytes ^ (ONES * u64::from(byte));
        zero_where_equal.wrapping_sub(ONES) & !zero_where_equal
    };
    let is_control = bytes.wrapping_sub(ONES * 0x20) & !bytes;
    let is_delete_or_beyond = bytes.wrapping_add(ONES) | bytes;
    (is(b'"') | is(b'\\') | is_control | is_delete_or_beyond) & HIGHS
}

/// Whether a text stands in JSON as it is, between quotes.
pub(crate) fn needs_no_escape(text: &str) -> bool {
    // No early end: so the compiler looks at many bytes at once.
    text.bytes().fold(true, |plain, b| plain & (b >= 0x20) & (b != b'"') & (b != b'\\'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_run_ends_at_the_first_special_byte(
            plain in "[ -~]{0,40}", rest in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let bytes = [plain.replace(['"', '\\'], "x").as_bytes(), &rest].concat();
            let first = bytes.iter().position(|b| matches!(b, 0..0x20 | b'"' | b'\\' | 0x7f..));
            prop_assert_eq!(plain_run(&bytes), first.unwrap_or(bytes.len()));
        }

        #[test]
        fn what_needs_no_escape_is_printed_as_it_is(text in any::<String>()) {
            let printed = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(needs_no_escape(&text), printed == format!("\"{text}\""));
        }
    }
}
