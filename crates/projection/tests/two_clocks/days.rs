//! The day of an action counts dates of the dispute's own calendar, whatever its clocks do meanwhile.
//! Beside it stands an oracle that knows nothing but dates, and for each zone when its clocks changed
//! (the IANA database tells these; here they are written down by hand).

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use dispute_core::{Edtf, Record};

use super::{part, record, state};
use crate::written::{NOW, slug};

/// A zone's distance from UTC in minutes, and how it changed: from which moment in UTC, to what.
struct Clocks {
    zone: &'static str,
    at_first: i64,
    changes: &'static [(&'static str, i64)],
}

const CLOCKS: &[Clocks] = &[
    Clocks { zone: "UTC", at_first: 0, changes: &[] },
    Clocks {
        zone: "America/Los_Angeles",
        at_first: -480,
        changes: &[
            ("2024-03-10T10:00", -420),
            ("2024-11-03T09:00", -480),
            ("2025-03-09T10:00", -420),
        ],
    },
    Clocks {
        zone: "America/St_Johns",
        at_first: -210,
        changes: &[
            ("2024-03-10T05:30", -150),
            ("2024-11-03T04:30", -210),
            ("2025-03-09T05:30", -150),
        ],
    },
    Clocks { zone: "Asia/Kolkata", at_first: 330, changes: &[] },
    Clocks { zone: "Asia/Kathmandu", at_first: 345, changes: &[] },
    Clocks {
        zone: "Australia/Adelaide",
        at_first: 630,
        changes: &[("2024-04-06T16:30", 570), ("2024-10-05T16:30", 630), ("2025-04-05T16:30", 570)],
    },
    Clocks {
        zone: "Australia/Lord_Howe",
        at_first: 660,
        changes: &[("2024-04-06T15:00", 630), ("2024-10-05T15:30", 660), ("2025-04-05T15:00", 630)],
    },
];

#[test]
fn a_day_is_a_date_across_both_changes_of_the_clocks() {
    check(
        "
        zone                 start                   end                on                day
        America/Los_Angeles  2024-03-09              -                  2024-03-09        1
        America/Los_Angeles  2024-03-09              -                  2024-03-10        2
        America/Los_Angeles  2024-03-09              -                  2024-03-11        3
        America/Los_Angeles  2024-03-09T23:59        -                  2024-03-10T00:00  2
        America/Los_Angeles  2024-03-10T01:59        -                  2024-03-10T03:00  1
        America/Los_Angeles  2024-03-10T01:59        2024-03-11T00:00   2024-03-31        2
        America/Los_Angeles  2024-03-10              2024-11-03         2024-12-31        239

        # An hour that came twice, in a day of 25 hours.
        America/Los_Angeles  2024-11-02              -                  2024-11-03        2
        America/Los_Angeles  2024-11-03T01:30-07:00  -                  2024-11-03        1
        America/Los_Angeles  2024-11-03T01:30-08:00  -                  2024-11-03        1
        America/Los_Angeles  2024-11-03T01:30-07:00  -                  2024-11-04T00:00  2
        America/Los_Angeles  2024-11-03T01:30-08:00  -                  2024-11-04        2
        America/Los_Angeles  2024-11-03T00:00        2024-11-03T23:59   2024-11-30        1
        America/Los_Angeles  2024-11-03T23:59        2024-11-04T00:00   2024-11-30        2
        America/Los_Angeles  2024-10-21T06:00        2025-05-04         2025-05-31        196
        America/Los_Angeles  2024-10-21T06:00        -                  2025-02-17        120
        America/Los_Angeles  2024-10-21T06:00        -                  2025-03-10        141
        ",
    );
}

#[test]
fn a_day_is_a_date_where_clocks_are_off_by_half_an_hour_or_change_by_it() {
    check(
        "
        zone                 start                   end                on                day
        America/St_Johns     2024-03-10T00:00        -                  2024-03-10T23:59  1
        America/St_Johns     2024-03-09T23:59        -                  2024-03-10T00:00  2
        America/St_Johns     2024-11-02              2024-11-04         2024-11-30        3
        America/St_Johns     2024-11-03T02:29Z       -                  2024-11-03        2
        America/St_Johns     2024-11-03T02:30Z       -                  2024-11-03        1
        Asia/Kolkata         2024-10-21T18:29Z       -                  2024-10-22        2
        Asia/Kolkata         2024-10-21T18:30Z       -                  2024-10-22        1
        Asia/Kathmandu       2024-10-21T18:14Z       -                  2024-10-22        2
        Asia/Kathmandu       2024-10-21T18:15Z       -                  2024-10-22        1
        Australia/Adelaide   2024-04-06              -                  2024-04-07        2
        Australia/Adelaide   2024-04-06T13:29Z       -                  2024-04-07        2
        Australia/Adelaide   2024-04-06T13:30Z       -                  2024-04-07        1
        Australia/Adelaide   2024-04-07T14:29Z       -                  2024-04-08        2
        Australia/Adelaide   2024-04-07T14:30Z       -                  2024-04-08        1
        Australia/Adelaide   2024-10-05T23:59        2024-10-06T03:00   2024-10-31        2
        Australia/Lord_Howe  2024-04-06              2024-04-08         2024-04-30        3
        Australia/Lord_Howe  2024-04-07T01:45+11:00  -                  2024-04-07        1
        Australia/Lord_Howe  2024-04-07T01:45+10:30  -                  2024-04-08T00:00  2
        Australia/Lord_Howe  2024-10-06T02:30        -                  2024-10-06        1
        Australia/Lord_Howe  2024-10-05T23:59        -                  2024-10-06T02:30  2
        ",
    );
}

#[test]
fn the_29th_of_february_is_a_day_like_any_other() {
    check(
        "
        zone                 start                   end                on                day
        America/Los_Angeles  2024-02-28              -                  2024-02-29        2
        America/Los_Angeles  2024-02-28              -                  2024-03-01        3
        America/Los_Angeles  2024-02-29              -                  2024-02-29        1
        America/Los_Angeles  2024-02-29              -                  2024-03-01        2
        America/Los_Angeles  2024-02-29T23:59        2024-03-01T00:00   2024-03-31        2
        America/Los_Angeles  2024-02-28              2024-02-29         2024-03-31        2
        America/Los_Angeles  2023-02-28              -                  2023-03-01        2
        America/Los_Angeles  2024-02-29              -                  2025-02-28        366
        America/Los_Angeles  2024-01-01              2024-12-31         2025-01-31        366
        Asia/Kolkata         2024-02-28T18:30Z       -                  2024-02-29        1
        Asia/Kolkata         2024-02-28T18:29Z       -                  2024-02-29        2
        ",
    );
    assert!(Edtf::parse("2023-02-29").is_err());
}

#[test]
fn a_leap_second_makes_no_day() {
    check(
        "
        zone                 start                   end                on                day
        UTC                  2016-12-31              -                  2017-01-01        2
        UTC                  2016-12-31T23:59:59Z    -                  2016-12-31        1
        UTC                  2016-12-31T23:59:59Z    -                  2017-01-01        2
        UTC                  2016-12-31T23:59        2017-01-01T00:00   2017-01-31        2
        UTC                  2017-01-01T00:00:00Z    -                  2017-01-01        1
        Asia/Kolkata         2017-01-01T05:29:59     -                  2017-01-01        1
        Asia/Kolkata         2016-12-31              2017-01-01         2017-01-31        2
        America/Los_Angeles  2016-12-31T15:59:59     -                  2016-12-31        1
        ",
    );
    // No clock of a computer shows it; the second before says it.
    assert!(Edtf::parse("2016-12-31T23:59:60Z").is_err());
}

#[test]
fn without_a_date_days_run_to_the_date_that_it_is_now_where_the_dispute_is() {
    check(
        "
        zone                 start                   end                on                day
        America/Los_Angeles  2025-06-01              -                  now               2
        Australia/Adelaide   2025-06-01              -                  now               3
        Asia/Kolkata         2025-06-01              -                  now               3
        America/St_Johns     2025-06-01              2025-06-01         now               1
        ",
    );
}

/// The last day on which it can have begun is its first.
#[test]
fn a_start_that_is_a_span_counts_from_its_end() {
    for (start, on, day) in [
        ("2024-02", "2024-02-29", "1"),
        ("2024-02", "2024-03-01", "2"),
        ("2024-11-02/2024-11-03", "2024-11-04", "2"),
        ("../2024-11-03", "2024-11-03", "1"),
        ("2024-03-09T23:00/2024-03-10T01:59", "2024-03-10", "1"),
        ("2024-11-03~", "2024-11-04", "2"),
    ] {
        let record = strike("America/Los_Angeles", start, "-");
        assert_eq!(shown(&record, on), day, "{start}, on {on}");
    }
}

#[test]
fn around_every_change_of_the_clocks_the_day_is_what_the_dates_say() {
    for clocks in CLOCKS {
        for (change, _) in clocks.changes.iter().filter(|(change, _)| change.starts_with("2024")) {
            let moments: Vec<String> = (-14..=14)
                .map(|n| civil(change) + TimeDelta::minutes(n * 199))
                .map(|moment| moment.format("%Y-%m-%dT%H:%MZ").to_string())
                .collect();
            for (n, start) in moments.iter().enumerate() {
                let record = strike(clocks.zone, start, "-");
                for on in &moments[n..] {
                    let expected = naive(clocks, start, "-", on).to_string();
                    assert_eq!(shown(&record, on), expected, "{} {start} {on}", clocks.zone);
                }
                let end = moments.get(n + 7).unwrap_or(start);
                let record = strike(clocks.zone, start, end);
                let expected = naive(clocks, start, end, "2024-12-31").to_string();
                assert_eq!(shown(&record, "2024-12-31"), expected, "{} {start} {end}", clocks.zone);
            }
        }
    }
}

/// Whether strikes have the day that a table says, and the oracle too.
fn check(table: &str) {
    let lines = table.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')).skip(1) {
        let [zone, start, end, on, day] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let clocks = CLOCKS.iter().find(|clocks| clocks.zone == zone).unwrap();
        assert_eq!(shown(&strike(zone, start, end), on), day, "{line}");
        assert_eq!(naive(clocks, start, end, on).to_string(), day, "the oracle: {line}");
    }
}

/// A strike with a start and, unless that is `-`, an end.
fn strike(zone: &str, start: &str, end: &str) -> Record {
    let end = match end {
        "-" => String::new(),
        end => format!("e1 {end} action-ended of=s1 how=unilateral"),
    };
    record(&format!(
        "
        open 2016-01-01 dispute-opened title=T time_zone={zone} employers=employer unions=union
        s1 {start} action-started action=strike by=union
        {end}
        "
    ))
}

fn shown(record: &Record, on: &str) -> String {
    part(state(record, &slug("d"), on, "now").as_ref(), "actions.s1.day")
}

/// The difference of two dates, and one.
fn naive(clocks: &Clocks, start: &str, end: &str, on: &str) -> i64 {
    let last = if end == "-" { on } else { end };
    (clocks.date(last) - clocks.date(start)).num_days() + 1
}

impl Clocks {
    /// The date of a text: as it is written, unless it says how far it is from UTC.
    fn date(&self, text: &str) -> NaiveDate {
        let text = if text == "now" { NOW } else { text };
        let sign = text.get(16..).and_then(|rest| rest.find(['+', '-', 'Z']));
        let Some((written, offset)) = sign.map(|sign| text.split_at(16 + sign)) else {
            let day = text.split_once('T').map_or(text, |(day, _)| day);
            return day.parse().unwrap();
        };
        let (hours, minutes) = offset.split_once(':').unwrap_or(("0", "0"));
        let (hours, minutes): (i64, i64) = (hours.parse().unwrap(), minutes.parse().unwrap());
        let minutes = hours * 60 + if hours < 0 { -minutes } else { minutes };
        let moment = civil(written) - TimeDelta::minutes(minutes);
        (moment + TimeDelta::minutes(self.offset(moment))).date()
    }

    /// How far it is from UTC at a moment.
    fn offset(&self, moment: NaiveDateTime) -> i64 {
        let by_then = self.changes.iter().rfind(|(change, _)| civil(change) <= moment);
        by_then.map_or(self.at_first, |(_, offset)| *offset)
    }
}

/// A time with or without its seconds.
fn civil(text: &str) -> NaiveDateTime {
    let seconds = if text.len() == 16 { ":00" } else { "" };
    format!("{text}{seconds}").parse().unwrap()
}
