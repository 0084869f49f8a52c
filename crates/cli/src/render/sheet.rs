//! A sheet of rows: what a row is about at the left, what it says, and the events behind it at
//! the right.

use crate::render::text::{fit, flat, pad, spaces, width, wrap, wrap_within};
use crate::render::words::{counted, listed};
use crate::render::{Options, Tone};

/// Where a row begins.
const MARGIN: usize = 2;
/// Where what it says begins.
const BODY: usize = 14;
/// Between what a row says and the ids.
const GAP: usize = 2;

/// Lines that are put together.
#[derive(Debug)]
pub(crate) struct Sheet {
    options: Options,
    text: String,
    is_spaced: bool,
    left_out: Vec<(usize, &'static str)>,
}

impl Sheet {
    pub(crate) fn new(options: Options) -> Self {
        Self { options, text: String::new(), is_spaced: true, left_out: Vec::new() }
    }

    /// The lines.
    pub(crate) fn into_text(self) -> String {
        let mut text = self.text;
        while text.ends_with("\n\n") {
            text.pop();
        }
        text
    }

    pub(crate) fn options(&self) -> Options {
        self.options
    }

    /// An empty line, unless there is one already.
    pub(crate) fn space(&mut self) {
        if !self.is_spaced {
            self.text.push('\n');
            self.is_spaced = true;
        }
    }

    /// A line of pieces, which are flat and fit together.
    pub(crate) fn line(&mut self, pieces: &[(Tone, &str)]) {
        let last = pieces.iter().rposition(|(_, piece)| !piece.trim_end().is_empty());
        for (n, (tone, piece)) in pieces.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let piece = if Some(n) == last { piece.trim_end() } else { piece };
            self.text.push_str(&self.options.paint.text(*tone, piece));
        }
        self.text.push('\n');
        self.is_spaced = false;
    }

    /// A text in as many lines as it takes.
    pub(crate) fn paragraph(&mut self, tone: Tone, text: &str) {
        for line in wrap(&flat(text), self.options.width) {
            self.line(&[(tone, &line)]);
        }
    }

    /// A title with a word at the right end, on lines of their own where there is no room.
    pub(crate) fn title(&mut self, title: &str, right: &str) {
        let (title, right) = (flat(title), flat(right));
        let columns = self.options.width;
        match columns.checked_sub(width(&title) + width(&right)).filter(|gap| *gap >= GAP) {
            Some(gap) => {
                self.line(&[
                    (Tone::Strong, &title),
                    (Tone::Plain, &spaces(gap)),
                    (Tone::Plain, &right),
                ]);
            }
            None => {
                self.paragraph(Tone::Strong, &title);
                let right = fit(&right, columns);
                let margin = spaces(columns.saturating_sub(width(&right)));
                self.line(&[(Tone::Plain, &margin), (Tone::Plain, &right)]);
            }
        }
    }

    /// A row of one line, cut where it is too long.
    pub(crate) fn row(&mut self, label: &str, body: &str, ids: &[String]) {
        self.tall_row((Tone::Strong, label), (Tone::Plain, body), ids, 1);
    }

    /// A row of at most `most` lines.
    pub(crate) fn tall_row(
        &mut self,
        label: (Tone, &str),
        body: (Tone, &str),
        ids: &[String],
        most: usize,
    ) {
        self.row_from(BODY, label, body, ids, most);
    }

    /// An item of a list below a line of its own, in at most `most` lines.
    pub(crate) fn item(&mut self, body: (Tone, &str), ids: &[String], most: usize) {
        self.row_from(2 * MARGIN, (Tone::Plain, ""), body, ids, most);
    }

    fn row_from(
        &mut self,
        body_start: usize,
        (label_tone, label): (Tone, &str),
        (tone, body): (Tone, &str),
        ids: &[String],
        most: usize,
    ) {
        let columns = self.options.width;
        let ids = ids_within(ids, ids_room(columns));
        let ids_width = if ids.is_empty() { 0 } else { GAP + width(&ids) };
        // A label that is too long for its column pushes the first line to the right.
        let label = fit(&flat(label), columns / 2);
        let label_end = MARGIN + width(&label) + usize::from(!label.is_empty());
        let body_start = body_start.min(columns / 4).max(MARGIN + 1);
        let first = body_start.max(label_end);
        let room = columns.saturating_sub(body_start + ids_width);
        let hang = first - body_start;
        let body = format!("{}{}", held("", hang), flat_but_held(body));
        for (n, line) in wrap_within(&body, room, most).iter().enumerate() {
            let line = if n == 0 { line.trim_start_matches(HELD) } else { line };
            let line = &line.replace(HELD, " ");
            if n > 0 {
                self.line(&[(Tone::Plain, &spaces(body_start)), (tone, line)]);
                continue;
            }
            let label = format!("{}{}", spaces(MARGIN), pad(&label, first - MARGIN));
            let filled = width(&label) + width(line) + width(&ids);
            let gap = spaces(columns.saturating_sub(filled));
            let gap = if ids.is_empty() { String::new() } else { gap };
            self.line(&[
                (label_tone, &label),
                (tone, line),
                (Tone::Plain, &gap),
                (Tone::Faint, &ids),
            ]);
        }
    }

    /// Notes that some of a kind of thing are not shown; [`Sheet::tell_left_out`] says so.
    pub(crate) fn leave_out(&mut self, count: usize, noun: &'static str) {
        if count > 0 {
            self.left_out.push((count, noun));
        }
    }

    /// Says what was left out, and where to find it.
    pub(crate) fn tell_left_out(&mut self, hint: &str) {
        let parts = std::mem::take(&mut self.left_out);
        let parts: Vec<String> = parts
            .iter()
            .enumerate()
            .map(|(n, (count, noun))| {
                let counted = counted(*count, noun);
                if n == 0 { counted.replacen(' ', " more ", 1) } else { counted }
            })
            .collect();
        if parts.is_empty() {
            return;
        }
        let text = format!("… and {} ({})", listed(&parts), flat(hint));
        let margin = spaces(MARGIN);
        for line in wrap(&text, self.options.width.saturating_sub(MARGIN)) {
            self.line(&[(Tone::Plain, &margin), (Tone::Faint, &line)]);
        }
    }
}

/// A space at which no line is broken and which stands as it is.
const HELD: char = '\u{a0}';

/// A text in a column of its own inside the body of a row.
pub(crate) fn held(text: &str, columns: usize) -> String {
    let gap = columns.saturating_sub(width(text));
    format!("{text}{}", String::from(HELD).repeat(gap))
}

/// A flat text that keeps its held spaces.
fn flat_but_held(text: &str) -> String {
    text.split(HELD).map(flat).collect::<Vec<_>>().join(&String::from(HELD))
}

/// How much of a line the ids may take.
pub(crate) fn ids_room(columns: usize) -> usize {
    columns / 4
}

/// As many ids as fit, and how many more there are. One that is too long is cut: its beginning
/// can be used in its place.
pub(crate) fn ids_within(ids: &[String], room: usize) -> String {
    let mut unique: Vec<&String> = Vec::new();
    for id in ids {
        if !unique.contains(&id) {
            unique.push(id);
        }
    }
    let all = unique.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" ");
    if width(&all) <= room {
        return all;
    }
    for kept in (1..unique.len()).rev() {
        let shown = unique.iter().take(kept).map(|id| id.as_str()).collect::<Vec<_>>().join(" ");
        let text = format!("{shown} +{}", unique.len() - kept);
        if width(&text) <= room {
            return text;
        }
    }
    let more = if unique.len() > 1 { format!(" +{}", unique.len() - 1) } else { String::new() };
    let first = unique.first().map(|id| id.as_str()).unwrap_or_default();
    format!("{}{more}", fit(first, room.saturating_sub(width(&more)).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Paint;

    fn sheet(columns: usize) -> Sheet {
        Sheet::new(Options::new(columns, Paint::Off))
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn ids_stand_at_the_right_end() {
        let mut sheet = sheet(50);
        sheet.row("TALKS", "last held Mon 17 Feb 2025", &ids(&["K52"]));
        sheet.row("FACT-FINDING", "declined", &ids(&["K47", "K51"]));
        assert_eq!(
            sheet.into_text(),
            "  TALKS     last held Mon 17 Feb 2025          K52\n  \
               FACT-FINDING declined                    K47 K51\n"
        );
    }

    #[test]
    fn ids_that_do_not_fit_are_counted() {
        assert_eq!(ids_within(&ids(&["K33", "K33", "K33b"]), 20), "K33 K33b");
        assert_eq!(ids_within(&ids(&["K33", "K33b", "K33c", "K34"]), 12), "K33 K33b +2");
        assert_eq!(ids_within(&ids(&["a-very-long-id-of-an-event", "K2"]), 12), "a-very-l… +1");
        assert_eq!(ids_within(&[], 12), "");
    }

    #[test]
    fn a_title_leaves_the_right_end_to_the_slug() {
        let mut wide = sheet(40);
        wide.title("Kaiser and NUHW", "kaiser-2024");
        assert_eq!(wide.into_text(), "Kaiser and NUHW              kaiser-2024\n");
        let mut narrow = sheet(20);
        narrow.title("Kaiser and NUHW", "kaiser-2024");
        assert_eq!(narrow.into_text(), "Kaiser and NUHW\n         kaiser-2024\n");
    }

    #[test]
    fn what_is_left_out_is_told_together() {
        let mut sheet = sheet(60);
        for (count, noun) in [(2, "finding"), (0, "vote"), (1, "gap")] {
            sheet.leave_out(count, noun);
        }
        sheet.tell_left_out("dispute log x");
        sheet.tell_left_out("dispute log x");
        assert_eq!(sheet.into_text(), "  … and 2 more findings and 1 gap (dispute log x)\n");
    }

    #[test]
    fn colour_changes_no_words() {
        let mut plain = Sheet::new(Options::new(60, Paint::Off));
        let mut colored = Sheet::new(Options::new(60, Paint::On));
        for sheet in [&mut plain, &mut colored] {
            sheet.row("TALKS", "last held", &ids(&["K52"]));
            sheet.leave_out(2, "vote");
            sheet.tell_left_out("dispute log x");
        }
        let colored = colored.into_text();
        let stripped = ["0", "1", "2"]
            .iter()
            .fold(colored.clone(), |text, code| text.replace(&format!("\u{1b}[{code}m"), ""));
        assert_ne!(colored, stripped);
        assert_eq!(plain.into_text(), stripped);
    }
}
