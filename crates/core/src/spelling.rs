//! Numbers and bytes as the C2SP formats write them, each in exactly one spelling. The only file
//! that names base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Reads a number in decimal digits, without a sign and without leading zeros. `None` for anything
/// else, and for what is above 2⁶⁴ − 1.
pub(crate) fn read_decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = text == "0" || !text.starts_with('0');
    if digits && canonical { text.parse().ok() } else { None }
}

/// Reads base64 with the standard alphabet and its padding (RFC 4648, section 4). `None` for
/// anything else: blanks, missing padding, and bits that are set after the last byte, with which
/// the same bytes could be written in two ways.
pub(crate) fn read_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Writes base64 with the standard alphabet and its padding.
pub(crate) fn write_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(read_decimal("0"), Some(0));
        assert_eq!(read_decimal("18446744073709551615"), Some(u64::MAX));
        for bad in ["", "00", "07", "+7", "-7", " 7", "7 ", "0x7", "٧", "18446744073709551616"] {
            assert_eq!(read_decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn bytes_have_one_spelling() {
        assert_eq!(read_base64("AQID"), Some(vec![1, 2, 3]));
        assert_eq!(read_base64("AQ=="), Some(vec![1]));
        for bad in ["AQ", "AQ=", "AR==", "AQ==\n", "A Q==", "-_8=", "AQ===", "="] {
            assert_eq!(read_base64(bad), None, "{bad}");
        }
    }
}
