//! Days since 2005-01-01.

/// The day as EDTF.
pub(crate) fn on(day: u64) -> String {
    let (mut year, mut left) = (2005, day);
    while left >= days_of(year) {
        left -= days_of(year);
        year += 1;
    }
    let mut month = 0;
    while left >= month_of(year, month) {
        left -= month_of(year, month);
        month += 1;
    }
    format!("{year}-{:02}-{:02}", month + 1, left + 1)
}

fn days_of(year: u64) -> u64 {
    (0..12).map(|month| month_of(year, month)).sum()
}

fn month_of(year: u64, month: usize) -> u64 {
    const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    // None of 1901 to 2099 is an exception.
    MONTHS[month] + u64::from(month == 1 && year % 4 == 0)
}
