//! Sets of rules, a bit for each seat.

/// The seats of one word.
const WORD: u32 = u64::BITS;

/// The place of a rule in every set of an index. Rules about alike targets sit together, so that whole words of a set empty
/// at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seat(pub(super) u32);

impl Seat {
    /// Returns the word that it is in, and the bit there.
    fn split(self) -> (usize, u64) {
        ((self.0 / WORD) as usize, 1 << (self.0 % WORD))
    }
}

/// A set of rules.
#[derive(Debug, Clone)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Returns the empty set, for so many rules.
    pub(super) fn none(rules: usize) -> Self {
        Self(vec![0; rules.div_ceil(WORD as usize)])
    }

    /// Returns how many words it takes.
    pub(super) fn words(&self) -> usize {
        self.0.len()
    }

    pub(super) fn insert(&mut self, seat: Seat) {
        let (at, bit) = seat.split();
        if let Some(word) = self.0.get_mut(at) {
            *word |= bit;
        }
    }

    pub(super) fn remove(&mut self, seat: Seat) {
        let (at, bit) = seat.split();
        if let Some(word) = self.0.get_mut(at) {
            *word &= !bit;
        }
    }

    pub(super) fn contains(&self, seat: Seat) -> bool {
        let (at, bit) = seat.split();
        self.0.get(at).is_some_and(|word| word & bit != 0)
    }

    /// Adds what is in the other set.
    pub(super) fn unite(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }
}

/// A set of rules that gets smaller and smaller.
#[derive(Debug)]
pub(super) struct Survivors {
    bits: Bits,
    /// The words that are still looked at: all that are not empty.
    live: Vec<u32>,
    /// Room for what the step at hand keeps.
    kept: Vec<Seat>,
}

impl Survivors {
    /// Starts with a whole set.
    pub(super) fn new(bits: Bits) -> Self {
        let words = u32::try_from(bits.words()).unwrap_or(u32::MAX);
        Self {
            live: (0..words).collect(),
            bits,
            kept: Vec::new(),
        }
    }

    /// Keeps what is in the other set, or among some more.
    pub(super) fn keep(&mut self, base: &Bits, more: &[Seat]) {
        let kept = more.iter().copied();
        self.kept.clear();
        self.kept
            .extend(kept.filter(|seat| self.bits.contains(*seat)));
        let words = &mut self.bits.0;
        self.live.retain(|at| {
            let at = *at as usize;
            match (words.get_mut(at), base.0.get(at)) {
                (Some(word), Some(base)) => {
                    *word &= base;
                    *word != 0
                }
                (None, _) | (_, None) => false,
            }
        });
        for seat in &self.kept {
            let (at, bit) = seat.split();
            if let Some(word) = self.bits.0.get_mut(at) {
                if *word == 0 {
                    self.live.extend(u32::try_from(at));
                }
                *word |= bit;
            }
        }
    }

    /// Returns what is left.
    pub(super) fn iter(&self) -> impl Iterator<Item = Seat> {
        self.live.iter().flat_map(|at| {
            let word = self.bits.0.get(*at as usize).copied().unwrap_or(0);
            let first = at.saturating_mul(WORD);
            // Clearing the lowest bit gives the next word, until none is left.
            std::iter::successors(Some(word), |rest| Some(rest & rest.wrapping_sub(1)))
                .take_while(|rest| *rest != 0)
                .map(move |rest| Seat(first.saturating_add(rest.trailing_zeros())))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Bits, Seat, Survivors};

    fn set(seats: &[u32]) -> Bits {
        let mut bits = Bits::none(200);
        seats.iter().for_each(|seat| bits.insert(Seat(*seat)));
        bits
    }

    fn seats(survivors: &Survivors) -> Vec<u32> {
        let mut seats: Vec<u32> = survivors.iter().map(|seat| seat.0).collect();
        seats.sort_unstable();
        seats
    }

    #[test]
    fn a_set_holds_what_was_inserted() {
        let mut bits = set(&[199, 0, 63, 64, 65, 128]);
        bits.remove(Seat(64));
        assert!(bits.contains(Seat(65)) && !bits.contains(Seat(64)));
        assert_eq!(seats(&Survivors::new(bits)), [0, 63, 65, 128, 199]);
    }

    #[test]
    fn survivors_are_in_the_base_or_among_the_others() {
        let mut survivors = Survivors::new(set(&[0, 5, 70, 130, 199]));
        survivors.keep(&set(&[5, 6, 130]), &[Seat(199), Seat(1), Seat(71)]);
        assert_eq!(seats(&survivors), [5, 130, 199]);
        survivors.keep(&set(&[5]), &[Seat(70)]);
        assert_eq!(seats(&survivors), [5]);
    }
}
