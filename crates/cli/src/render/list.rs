//! Disputes, one a line.

use dispute_projection::Row;
use dispute_projection::dispute::phase::Phase;

use crate::render::sheet::Sheet;
use crate::render::text::{fit, flat, pad, width};
use crate::render::{Options, Tone, dates, words};

/// Between columns.
const GAP: &str = "  ";

/// The disputes with a header, or a line that says that there are none.
pub(crate) fn list_rows(rows: &[Row], options: &Options) -> String {
    if rows.is_empty() {
        return "no disputes\n".to_owned();
    }
    let cells: Vec<[String; 5]> = rows.iter().map(cells).collect();
    let header = ["DISPUTE", "PHASE", "SINCE", "DAY", "EVENTS"].map(str::to_owned);
    let widest = |n: usize| {
        let all = cells.iter().chain([&header]);
        all.filter_map(|row| row.get(n)).map(|cell| width(cell)).max().unwrap_or(0)
    };
    // A slug that is cut cannot be used; but it may be longer than a line.
    let widths: [usize; 5] = std::array::from_fn(|n| widest(n).min(options.width / 2));
    let mut sheet = Sheet::new(*options);
    let titles = ["TITLE".to_owned()].into_iter().chain(rows.iter().map(|row| flat(&row.title)));
    for (n, (row, title)) in [&header].into_iter().chain(&cells).zip(titles).enumerate() {
        let tone = |column: usize| match (n, column) {
            (0, _) => Tone::Strong,
            (_, 0) => Tone::Strong,
            _ => Tone::Plain,
        };
        let mut room = options.width;
        let mut pieces: Vec<(Tone, String)> = Vec::new();
        for (column, cell) in row.iter().enumerate() {
            let size = widths.get(column).copied().unwrap_or_default();
            let cell = fit(cell, size.min(room));
            let is_number = column > 2;
            let cell = if is_number {
                format!("{}{cell}{GAP}", pad("", size.saturating_sub(width(&cell))))
            } else {
                format!("{}{GAP}", pad(&cell, size))
            };
            let cell = fit(&cell, room);
            room = room.saturating_sub(width(&cell));
            pieces.push((tone(column), cell));
        }
        pieces.push((tone(5), fit(&title, room)));
        let pieces: Vec<(Tone, &str)> =
            pieces.iter().map(|(tone, piece)| (*tone, piece.as_str())).collect();
        sheet.line(&pieces);
    }
    sheet.into_text()
}

fn cells(row: &Row) -> [String; 5] {
    let phase = match row.phase {
        Phase::None => "not opened".to_owned(),
        phase => words::plain(phase.as_str()),
    };
    let since = row.since.as_deref().map(dates::in_column).unwrap_or_default();
    // The time of day says little here.
    let since = since.split_once(", ").map_or(since.as_str(), |(day, _)| day).to_owned();
    let day = row.day.map(words::number).unwrap_or_default();
    [row.dispute.to_string(), phase, since, day, words::number(row.events)]
}

#[cfg(test)]
mod tests {
    use dispute_core::Slug;

    use super::*;
    use crate::render::{Paint, list_rows};

    fn row(dispute: &str, phase: Phase, since: &str, day: Option<i64>) -> Row {
        Row {
            dispute: Slug::parse(dispute).unwrap(),
            title: format!("The title\nof {dispute}"),
            phase,
            since: Some(since.to_owned()).filter(|since| !since.is_empty()),
            day,
            employers: Vec::new(),
            unions: Vec::new(),
            events: 1234,
        }
    }

    #[test]
    fn disputes_stand_in_columns() {
        let rows = [
            row("kaiser-socal-2024", Phase::Stoppage, "2024-10-21T06:00", Some(123)),
            row("port", Phase::TentativeAgreement, "../2025-01-08", None),
            row("later", Phase::None, "", None),
        ];
        assert_eq!(
            list_rows(&rows, &Options::new(90, Paint::Off)),
            "\
DISPUTE            PHASE                SINCE          DAY  EVENTS  TITLE
kaiser-socal-2024  stoppage             21 Oct 2024    123   1,234  The title of kaiser-s…
port               tentative agreement  by 8 Jan 2025        1,234  The title of port
later              not opened                                1,234  The title of later
"
        );
        assert_eq!(list_rows(&[], &Options::new(80, Paint::Off)), "no disputes\n");
        for line in list_rows(&rows, &Options::new(40, Paint::Off)).lines() {
            assert!(width(line) <= 40, "{line}");
        }
    }
}
