//! Exact decimal numbers: money, percentages, measurements and counts.

use std::fmt;

/// The digits that a number may have in all (EVENTS.md, "Keys of every event").
const MOST_DIGITS: u32 = 18;
/// The digits that it may have after the point.
const MOST_DECIMALS: u32 = 9;
/// One, counted in the smallest unit that a number can express.
const ONE: i128 = 1_000_000_000;

/// An exact decimal of at most 18 digits, at most 9 of them after the point. Equal by value, and
/// printed in its shortest form: `1.0` and `1e0` are `1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Number {
    /// The value in billionths; with 18 digits it stays far inside an `i128`.
    billionths: i128,
}

impl Number {
    /// Reads a number as JSON writes one. `None` where the text is no number, or has more digits
    /// than are kept.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_plain(text).or_else(|| Self::parse_any(text))
    }

    /// Reads what most numbers look like: few digits, no exponent.
    fn parse_plain(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text).as_bytes();
        let (mut value, mut digits, mut point) = (0_u64, 0_u32, None);
        for byte in unsigned {
            match byte {
                b'0'..=b'9' if digits < MOST_DIGITS => {
                    value = value * 10 + u64::from(byte - b'0');
                    digits += 1;
                }
                b'.' if point.is_none() => point = Some(digits),
                _ => return None,
            }
        }
        let whole = point.unwrap_or(digits);
        let decimals = digits - whole;
        let has_shape = whole > 0 && (point.is_none() || decimals > 0);
        let has_leading_zero = whole > 1 && unsigned.first() == Some(&b'0');
        if !has_shape || has_leading_zero || decimals > MOST_DECIMALS {
            return None;
        }
        let size = i128::from(value) * 10_i128.pow(MOST_DECIMALS - decimals);
        Some(Self { billionths: if text.starts_with('-') { -size } else { size } })
    }

    fn parse_any(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let digits_only = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || leading_zero || !digits_only(whole) || !digits_only(fraction) {
            return None;
        }
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_start_matches('0').trim_end_matches('0');
        if significant.is_empty() {
            return Some(Self::default());
        }
        if significant.len() > MOST_DIGITS as usize {
            return None;
        }
        let dropped = digits.len() - digits.trim_end_matches('0').len();
        // The value is `significant` times ten to this power.
        let power = i64::try_from(dropped).ok()? - i64::try_from(fraction.len()).ok()? + exponent;
        let length = i64::try_from(significant.len()).ok()?;
        if power < -i64::from(MOST_DECIMALS) || length + power.max(0) > i64::from(MOST_DIGITS) {
            return None;
        }
        let scale = u32::try_from(power + i64::from(MOST_DECIMALS)).ok()?;
        let value = significant.parse::<i128>().ok()?.checked_mul(10_i128.checked_pow(scale)?)?;
        Some(Self { billionths: if negative { -value } else { value } })
    }

    /// A whole number.
    pub fn whole(value: u32) -> Self {
        Self { billionths: i128::from(value) * ONE }
    }

    /// The number as a count, where it is whole and not negative.
    pub fn as_count(self) -> Option<u64> {
        (self.billionths % ONE == 0).then(|| u64::try_from(self.billionths / ONE).ok()).flatten()
    }

    /// The value in billionths, for exact arithmetic.
    pub fn billionths(self) -> i128 {
        self.billionths
    }

    /// Whether it lies in 0..100, both included.
    pub fn is_percentage(self) -> bool {
        (0..=100 * ONE).contains(&self.billionths)
    }
}

/// An exponent of JSON. One that no kept number can have is cut to a size that refuses it later.
fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<i64>().unwrap_or(i64::MAX).min(100_000);
    Some(if text.starts_with('-') { -size } else { size })
}

impl From<u64> for Number {
    fn from(count: u64) -> Self {
        Self { billionths: i128::from(count) * ONE }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.billionths.unsigned_abs();
        let one = ONE.unsigned_abs();
        let sign = if self.billionths < 0 { "-" } else { "" };
        if f.width().is_none()
            && size.is_multiple_of(one)
            && let Ok(whole) = u64::try_from(size / one)
        {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{:09}", size % one);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        f.pad(&format!("{sign}{}{point}{fraction}", size / one))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn printed(text: &str) -> String {
        Number::parse(text).map_or_else(|| "none".to_owned(), |number| number.to_string())
    }

    #[test]
    fn numbers_are_equal_by_value_and_print_in_the_shortest_form() {
        for (text, expected) in [
            ("1.0", "1"),
            ("-0", "0"),
            ("0.50", "0.5"),
            ("1e3", "1000"),
            ("1E-9", "0.000000001"),
            ("120e-1", "12"),
            ("123456789.123456789", "123456789.123456789"),
            ("999999999999999999", "999999999999999999"),
            ("1.00000000000000000000", "1"),
            ("0e999999999999999999999", "0"),
        ] {
            assert_eq!(printed(text), expected, "{text}");
        }
    }

    #[test]
    fn what_json_does_not_call_a_number_is_none() {
        for text in
            ["", "-", "01", "1.", ".5", "+1", "1e", "1e+", "0x1", " 1", "1 ", "1,000", "NaN"]
        {
            assert_eq!(printed(text), "none", "{text}");
        }
    }

    #[test]
    fn more_digits_than_are_kept_are_none() {
        for text in ["1234567890123456789", "0.1234567891", "1e18", "1e-10", "1e400", "1e-400"] {
            assert_eq!(printed(text), "none", "{text}");
        }
    }

    #[test]
    fn counts_are_whole_by_value() {
        assert_eq!(Number::parse("24e2").and_then(Number::as_count), Some(2400));
        assert_eq!(Number::parse("2.5").and_then(Number::as_count), None);
        assert_eq!(Number::parse("-1").and_then(Number::as_count), None);
    }

    proptest! {
        #[test]
        fn plain_numbers_are_read_as_any_number_is(text in "-?[0-9]{0,20}(\\.[0-9]{0,11})?") {
            if let Some(number) = Number::parse_plain(&text) {
                prop_assert_eq!(Some(number), Number::parse_any(&text));
            }
        }

        #[test]
        fn printing_and_reading_agree(mantissa in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, decimals in 0_usize..=9) {
            let text = format!("{mantissa}e-{decimals}");
            let number = Number::parse(&text).expect("18 digits, 9 decimals");
            prop_assert_eq!(Number::parse(&number.to_string()), Some(number));
            prop_assert_eq!(number.billionths(), i128::from(mantissa) * 10_i128.pow(9 - u32::try_from(decimals).unwrap()));
        }
    }
}
