//! Warnings: what reality does though one would not expect it.

use dispute_projection::dispute::warning::Warning;

use crate::render::sheet::{Sheet, ids_room, ids_within};
use crate::render::text::{flat, spaces, width, wrap_within};
use crate::render::{Options, Tone};

/// Warnings, one after the other.
pub(crate) fn warnings(warnings: &[Warning], options: &Options) -> String {
    let mut sheet = Sheet::new(*options);
    for warning in warnings {
        row(&mut sheet, warning);
    }
    sheet.into_text()
}

/// `! code   text   id`
pub(super) fn row(sheet: &mut Sheet, warning: &Warning) {
    const HANG: usize = 4;
    let columns = sheet.options().width;
    let ids = ids_within(&[warning.event.to_string()], ids_room(columns));
    let code = warning.code.as_str();
    let room = columns.saturating_sub(HANG + 2 + width(&ids));
    let text = format!("{code}: {}", flat(&warning.text));
    for (n, line) in wrap_within(&text, room, 3).iter().enumerate() {
        if n > 0 {
            sheet.line(&[(Tone::Plain, &spaces(HANG)), (Tone::Plain, line)]);
            continue;
        }
        let (code, text) = match line.strip_prefix(code) {
            Some(text) => (code, text),
            None => ("", line.as_str()),
        };
        let gap = spaces(columns.saturating_sub(HANG + width(line) + width(&ids)));
        sheet.line(&[
            (Tone::Warning, "  ! "),
            (Tone::Warning, code),
            (Tone::Plain, text),
            (Tone::Plain, &gap),
            (Tone::Faint, &ids),
        ]);
    }
}

#[cfg(test)]
mod tests {
    use dispute_core::EventId;
    use dispute_projection::dispute::warning::WarningCode;

    use super::*;
    use crate::render::Paint;

    #[test]
    fn a_warning_names_its_code_and_the_event() {
        let warning = Warning {
            code: WarningCode::ConflictingValues,
            event: EventId::parse("K33b").unwrap(),
            text: "`workers` differs from what K33 says, and that is\nall".to_owned(),
        };
        assert_eq!(
            warnings(&[warning], &Options::new(60, Paint::Off)),
            "  ! conflicting-values: `workers` differs from what     K33b\n    \
                 K33 says, and that is all\n"
        );
    }
}
