//! Dates as EDTF, counted in days since 2015-01-01.

/// No event is later: 2025-12-14. What is vague about it still lies in the past.
pub(crate) const LAST_DAY: u64 = 4000;

pub(crate) fn date(day: u64) -> String {
    let (year, month, day) = civil(day);
    format!("{year}-{month:02}-{day:02}")
}

pub(crate) fn month(day: u64) -> String {
    let (year, month, _) = civil(day);
    format!("{year}-{month:02}")
}

/// The civil date of a day (Howard Hinnant's `civil_from_days`).
fn civil(day: u64) -> (u64, u64, u64) {
    let z = day + 735_964;
    let era = z / 146_097;
    let of_era = z - era * 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}
