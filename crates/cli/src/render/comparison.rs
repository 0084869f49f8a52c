//! How two checkpoints or ledgers stand to each other.

use dispute_core::TreeHead;

use crate::render::sheet::Sheet;
use crate::render::text::flat;
use crate::render::{Options, Tone};

/// How A stands to B.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Ahead,
    Behind,
    /// Two histories of one ledger.
    Forked,
    /// Two ledgers.
    Unrelated,
}

impl Relation {
    /// Its name, as scripts read it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Ahead => "ahead",
            Self::Behind => "behind",
            Self::Forked => "forked",
            Self::Unrelated => "unrelated",
        }
    }
}

/// One of the two.
pub(crate) struct Compared {
    /// The file or folder, as it was named.
    pub(crate) name: String,
    /// The id of the ledger.
    pub(crate) ledger: String,
    pub(crate) head: TreeHead,
    /// The signed note, where it is a checkpoint.
    pub(crate) note: Option<String>,
}

/// Both sides, and what follows. Of a forked history the signed notes too, whole: they are the
/// evidence. `parted` is what the larger one had at the size of the smaller.
pub(crate) fn comparison(
    relation: Relation,
    [a, b]: [&Compared; 2],
    parted: Option<TreeHead>,
    options: &Options,
) -> String {
    let mut sheet = Sheet::new(*options);
    for (label, side) in [("A", a), ("B", b)] {
        let body =
            format!("{} · size {} · root {}", flat(&side.name), side.head.size, side.head.root);
        sheet.tall_row((Tone::Strong, label), (Tone::Plain, &body), &[], usize::MAX);
        if relation == Relation::Unrelated {
            let ledger = format!("of ledger {}", flat(&side.ledger));
            sheet.tall_row((Tone::Plain, ""), (Tone::Plain, &ledger), &[], usize::MAX);
        }
    }
    sheet.space();
    let grown = |more: &str, by: u64| format!("{more} by {by}: one history, and the proof holds");
    let (tone, text) = match relation {
        Relation::Equal => (Tone::Good, "equal: the same history, as long".to_owned()),
        Relation::Ahead => {
            (Tone::Good, grown("A is ahead of B", a.head.size.saturating_sub(b.head.size)))
        }
        Relation::Behind => {
            (Tone::Good, grown("A is behind B", b.head.size.saturating_sub(a.head.size)))
        }
        Relation::Forked => {
            let text = "forked: two histories of one ledger; whoever signed both has shown \
                        different things to different people";
            (Tone::Bad, text.to_owned())
        }
        Relation::Unrelated => (
            Tone::Bad,
            "unrelated: these are two ledgers, so neither says anything of the other".to_owned(),
        ),
    };
    sheet.paragraph(tone, &text);
    if let Some(TreeHead { size, root }) = parted.filter(|_| a.head.size != b.head.size) {
        let larger = if a.head.size > b.head.size { "A" } else { "B" };
        sheet.paragraph(Tone::Bad, &format!("at size {size} {larger} had the root {root}"));
    }
    let mut text = sheet.into_text();
    if relation == Relation::Forked {
        for side in [a, b] {
            if let Some(note) = &side.note {
                text.push_str(&format!("\nevidence: {}\n\n", flat(&side.name)));
                // What others wrote reaches no terminal as a control character.
                note.lines().for_each(|line| text.push_str(&format!("{}\n", flat(line))));
            }
        }
    }
    text
}
