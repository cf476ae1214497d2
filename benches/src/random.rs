//! Repeatable random numbers: the same seed gives the same rules and requests on every machine.

/// The splitmix64 generator.
#[derive(Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `limit`, each as likely as the others; 0 when the limit is 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = limit as u64;
        (self.next() % limit.max(1)) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns a whole number beside `value`, on average `value`.
    pub(crate) fn round(&mut self, value: f64) -> usize {
        (value + self.share()) as usize
    }

    /// Returns a number below `limit` of which small ones are likelier, as with real names: the share of
    /// the first `k` is the square root of `k / limit`.
    pub(crate) fn skewed(&mut self, limit: usize) -> usize {
        let share = self.share();
        let at = (share * share * limit as f64) as usize;
        at.min(limit.saturating_sub(1))
    }

    /// Returns true in that many of a hundred calls.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}
