//! Unsigned 256-bit integers: room for a product or an alignment of two mantissas.

/// An unsigned 256-bit integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wide {
    // INVARIANT: `high` stands first, so that the derived order is the numeric one.
    high: u128,
    low: u128,
}

const LOW_HALF: u128 = u64::MAX as u128;

impl Wide {
    pub(super) const ZERO: Self = Self { high: 0, low: 0 };

    pub(super) const fn from_u128(low: u128) -> Self {
        Self { high: 0, low }
    }

    pub(super) fn to_u128(self) -> Option<u128> {
        (self.high == 0).then_some(self.low)
    }

    /// Returns the exact product, which always fits.
    pub(super) fn product(a: u128, b: u128) -> Self {
        let (a1, a0) = (a >> 64, a & LOW_HALF);
        let (b1, b0) = (b >> 64, b & LOW_HALF);
        // Schoolbook on 64-bit halves: no partial product or sum below can leave 128 bits.
        let low = a0.wrapping_mul(b0);
        let cross = a1.wrapping_mul(b0).wrapping_add(low >> 64);
        let middle = a0.wrapping_mul(b1).wrapping_add(cross & LOW_HALF);
        let high = a1
            .wrapping_mul(b1)
            .wrapping_add(cross >> 64)
            .wrapping_add(middle >> 64);
        Self {
            high,
            low: (middle << 64) | (low & LOW_HALF),
        }
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let (low, carry) = self.low.overflowing_add(other.low);
        let high = self
            .high
            .checked_add(other.high)?
            .checked_add(u128::from(carry))?;
        Some(Self { high, low })
    }

    pub(super) fn minus(self, other: Self) -> Option<Self> {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        let high = self
            .high
            .checked_sub(other.high)?
            .checked_sub(u128::from(borrow))?;
        Some(Self { high, low })
    }

    /// Returns quotient and remainder, or `None` for a division by zero.
    pub(super) fn divided(self, by: Self) -> Option<(Self, Self)> {
        if by == Self::ZERO {
            return None;
        }
        if self.high == 0 && by.high == 0 {
            let quotient = self.low.checked_div(by.low)?;
            let remainder = self.low.checked_rem(by.low)?;
            return Some((Self::from_u128(quotient), Self::from_u128(remainder)));
        }
        let mut quotient = Self::ZERO;
        let mut remainder = Self::ZERO;
        for bit in (0..256).rev() {
            let overflowed = remainder.high >> 127 == 1;
            remainder = remainder.doubled(self.bit(bit));
            quotient = quotient.doubled(false);
            // A remainder that lost its top bit is certainly greater than the divisor; wrapping
            // subtraction then gives the right difference.
            if overflowed || remainder >= by {
                remainder = remainder.wrapping_minus(by);
                quotient.low |= 1;
            }
        }
        Some((quotient, remainder))
    }

    fn bit(self, at: u32) -> bool {
        let word = if at >= 128 { self.high } else { self.low };
        word.wrapping_shr(at) & 1 == 1
    }

    fn doubled(self, last: bool) -> Self {
        Self {
            high: (self.high << 1) | (self.low >> 127),
            low: (self.low << 1) | u128::from(last),
        }
    }

    fn wrapping_minus(self, other: Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Self {
            high: self
                .high
                .wrapping_sub(other.high)
                .wrapping_sub(u128::from(borrow)),
            low,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn division_undoes_multiplication(a: u128, b in 1..=u128::MAX, rest: u128) {
            let rest = rest % b;
            let whole = Wide::product(a, b).plus(Wide::from_u128(rest)).unwrap();
            prop_assert_eq!(
                whole.divided(Wide::from_u128(b)).unwrap(),
                (Wide::from_u128(a), Wide::from_u128(rest))
            );
        }

        #[test]
        fn division_by_a_wide_divisor_leaves_a_smaller_remainder(
            a: (u128, u128), b: (u128, u128),
        ) {
            let (a, b) = (Wide::product(a.0, a.1), Wide::product(b.0, b.1));
            if let Some((quotient, remainder)) = a.divided(b) {
                prop_assert!(remainder < b);
                let back = (0..quotient.low.min(64))
                    .try_fold(remainder, |sum, _| sum.plus(b));
                if quotient.high == 0 && quotient.low <= 64 {
                    prop_assert_eq!(back, Some(a));
                }
            } else {
                prop_assert_eq!(b, Wide::ZERO);
            }
        }

        #[test]
        fn subtraction_undoes_addition(a: (u64, u128), b: (u64, u128)) {
            let a = Wide { high: a.0.into(), low: a.1 };
            let b = Wide { high: b.0.into(), low: b.1 };
            prop_assert_eq!(a.plus(b).unwrap().minus(b), Some(a));
        }
    }
}
