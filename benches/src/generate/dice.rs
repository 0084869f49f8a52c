//! Chance that is the same everywhere.

/// Splitmix64.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.next() % most.max(1)
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// Some words, as long as what people write.
    pub(crate) fn words(&mut self, least: u64, more: u64) -> String {
        let count = least + self.below(more);
        let words: Vec<&str> = (0..count).map(|_| self.pick(&WORDS)).collect();
        words.join(" ")
    }
}

const WORDS: [&str; 32] = [
    "the",
    "company",
    "union",
    "offered",
    "committee",
    "members",
    "terms",
    "of",
    "contract",
    "over",
    "years",
    "increase",
    "percent",
    "staff",
    "table",
    "session",
    "proposal",
    "agreed",
    "rejected",
    "language",
    "draft",
    "article",
    "mediator",
    "date",
    "nurses",
    "pension",
    "until",
    "ratio",
    "shift",
    "overtime",
    "grievance",
    "and",
];
