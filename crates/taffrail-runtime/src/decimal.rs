//! Exact decimal numbers: 38 digits, of which up to 28 behind the point.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use self::wide::Wide;

mod wide;

/// An exact decimal: `mantissa / 10^scale`, without trailing zeros.
///
/// Every operation is exact or returns `None`; only [`Decimal::checked_div`] rounds. Intermediate
/// results are computed in 256 bits, so `None` means that the result itself is out of range.
///
/// ```
/// # use taffrail_runtime::Decimal;
/// let a = Decimal::parse("0.1").unwrap();
/// let b = Decimal::parse("0.2").unwrap();
/// assert_eq!(a.checked_add(b), Decimal::parse("0.30"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    // INVARIANT: not `i128::MIN`; no multiple of ten unless `scale` is 0; so equal numbers have
    // equal fields.
    mantissa: i128,
    // INVARIANT: at most `MAX_SCALE`.
    scale: u8,
}

/// The greatest number of digits behind the point.
const MAX_SCALE: u8 = 28;

/// The digit behind the point at which a division rounds.
const DIVISION_SCALE: u8 = 9;

/// Integers of this magnitude and above have neighbours that a float cannot tell apart: 2^53.
const FIRST_AMBIGUOUS_FLOAT: f64 = 9_007_199_254_740_992.0;

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self {
        mantissa: 0,
        scale: 0,
    };

    /// One.
    pub const ONE: Self = Self {
        mantissa: 1,
        scale: 0,
    };

    /// Returns `mantissa / 10^scale`, or `None` beyond the range.
    #[must_use]
    pub fn new(mantissa: i128, scale: u8) -> Option<Self> {
        Self::from_magnitude(
            mantissa.is_negative(),
            Wide::from_u128(mantissa.unsigned_abs()),
            scale,
        )
    }

    /// Reads digits with an optional sign, point and exponent: `-1.50`, `.5`, `2.5E-7`. Returns
    /// `None` for anything else and for numbers beyond the range.
    ///
    /// ```
    /// # use taffrail_runtime::Decimal;
    /// assert_eq!(Decimal::parse("1e3"), Some(Decimal::from(1000)));
    /// assert_eq!(Decimal::parse("1,5"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let fraction_is_digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
        let fraction = fraction.trim_end_matches('0');
        let mut magnitude: u128 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = char::from(byte).to_digit(10)?;
            magnitude = magnitude.checked_mul(10)?.checked_add(digit.into())?;
        }
        if !fraction_is_digits {
            return None;
        }
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        Self::from_scaled(negative, magnitude, scale)
    }

    /// Returns the shortest decimal that reads back as this float, or `None` where the float may
    /// stand for several numbers (2^53 and above) or is no number.
    ///
    /// ```
    /// # use taffrail_runtime::Decimal;
    /// assert_eq!(Decimal::from_f64(0.1), Decimal::parse("0.1"));
    /// assert_eq!(Decimal::from_f64(1e300), None);
    /// ```
    #[must_use]
    pub fn from_f64(float: f64) -> Option<Self> {
        if !float.is_finite() || float.abs() >= FIRST_AMBIGUOUS_FLOAT {
            return None;
        }
        Self::parse(&format!("{float:e}"))
    }

    /// Returns the exact sum of any number of terms. Terms may leave the range on the way as long
    /// as the sum is within it, so their order does not matter.
    ///
    /// ```
    /// # use taffrail_runtime::Decimal;
    /// let half = Decimal::parse("0.5").unwrap();
    /// assert_eq!(Decimal::sum([half, half, Decimal::ONE]), Some(Decimal::from(2)));
    /// ```
    #[must_use]
    pub fn sum(terms: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut positive = Wide::ZERO;
        let mut negative = Wide::ZERO;
        for term in terms {
            let side = if term.is_negative() {
                &mut negative
            } else {
                &mut positive
            };
            *side = side.plus(term.magnitude_at(MAX_SCALE)?)?;
        }
        Self::from_difference(positive, negative, MAX_SCALE)
    }

    /// Returns the sum.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.scale == 0
            && other.scale == 0
            && let Some(mantissa) = self.mantissa.checked_add(other.mantissa)
            && mantissa != i128::MIN
        {
            return Some(Self { mantissa, scale: 0 });
        }
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.magnitude_at(scale)?, other.magnitude_at(scale)?);
        match (self.is_negative(), other.is_negative()) {
            (false, false) => Self::from_magnitude(false, a.plus(b)?, scale),
            (true, true) => Self::from_magnitude(true, a.plus(b)?, scale),
            (false, true) => Self::from_difference(a, b, scale),
            (true, false) => Self::from_difference(b, a, scale),
        }
    }

    /// Returns the difference.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(other.neg())
    }

    /// Returns the product.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        if self.scale == 0
            && other.scale == 0
            && let Some(mantissa) = self.mantissa.checked_mul(other.mantissa)
            && mantissa != i128::MIN
        {
            return Some(Self { mantissa, scale: 0 });
        }
        let magnitude = Wide::product(self.mantissa.unsigned_abs(), other.mantissa.unsigned_abs());
        let scale = self.scale.checked_add(other.scale)?;
        Self::from_magnitude(self.is_negative() != other.is_negative(), magnitude, scale)
    }

    /// Returns the quotient, rounded half to even at the ninth decimal; `None` for a division by
    /// zero.
    ///
    /// ```
    /// # use taffrail_runtime::Decimal;
    /// let third = Decimal::ONE.checked_div(Decimal::from(3));
    /// assert_eq!(third, Decimal::parse("0.333333333"));
    /// assert_eq!(Decimal::ONE.checked_div(Decimal::ZERO), None);
    /// ```
    #[must_use]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        // a/10^s ÷ b/10^t = a·10^t ÷ b·10^s, and nine digits more.
        let dividend = Wide::product(
            self.mantissa.unsigned_abs(),
            power_of_ten(other.scale.checked_add(DIVISION_SCALE)?)?,
        );
        let divisor = Wide::product(other.mantissa.unsigned_abs(), power_of_ten(self.scale)?);
        let quotient = half_to_even(dividend, divisor)?;
        Self::from_magnitude(
            self.is_negative() != other.is_negative(),
            quotient,
            DIVISION_SCALE,
        )
    }

    /// Returns the remainder of the division that rounds towards zero, so with the sign of `self`;
    /// `None` for a division by zero.
    ///
    /// ```
    /// # use taffrail_runtime::Decimal;
    /// assert_eq!(Decimal::from(-7).checked_rem(Decimal::from(3)), Some(Decimal::from(-1)));
    /// ```
    #[must_use]
    pub fn checked_rem(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let dividend = self.magnitude_at(scale)?;
        let divisor = other.magnitude_at(scale)?;
        let (_, remainder) = dividend.divided(divisor)?;
        Self::from_magnitude(self.is_negative(), remainder, scale)
    }

    /// Returns the number with the other sign.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "operators would hide that the other operations are checked"
    )]
    pub fn neg(self) -> Self {
        Self {
            mantissa: self.mantissa.saturating_neg(),
            scale: self.scale,
        }
    }

    /// Returns the number without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self {
            mantissa: self.mantissa.saturating_abs(),
            scale: self.scale,
        }
    }

    /// Returns the smallest whole number that is not below this one.
    #[must_use]
    pub fn ceil(self) -> Self {
        self.neg().floor().neg()
    }

    /// Returns the greatest whole number that is not above this one.
    #[must_use]
    pub fn floor(self) -> Self {
        match self.unit() {
            Some(unit) => Self {
                mantissa: self.mantissa.checked_div_euclid(unit).unwrap_or(0),
                scale: 0,
            },
            None => self,
        }
    }

    /// Returns the nearest whole number; of two equally near ones the even one.
    #[must_use]
    pub fn round_half_even(self) -> Self {
        let floor = self.floor();
        let Some(unit) = self.unit() else {
            return self;
        };
        let above = self.mantissa.checked_rem_euclid(unit).unwrap_or(0);
        let half = unit.checked_div(2).unwrap_or(0);
        let is_odd = floor.mantissa & 1 == 1;
        match above.cmp(&half) {
            Ordering::Less => floor,
            Ordering::Equal if !is_odd => floor,
            Ordering::Equal | Ordering::Greater => floor.checked_add(Self::ONE).unwrap_or(floor),
        }
    }

    /// Tells whether it is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.mantissa.is_negative()
    }

    /// Tells whether it is a whole number.
    #[must_use]
    pub fn is_integer(self) -> bool {
        self.scale == 0
    }

    /// Returns the number as an `i64`, or `None` if it is not whole or does not fit.
    #[must_use]
    pub fn to_i64(self) -> Option<i64> {
        self.to_i128().and_then(|number| number.try_into().ok())
    }

    /// Returns the number as an `i128`, or `None` if it is not whole.
    #[must_use]
    pub fn to_i128(self) -> Option<i128> {
        self.is_integer().then_some(self.mantissa)
    }

    /// Returns `10^scale` of a number with digits behind the point.
    fn unit(self) -> Option<i128> {
        (self.scale > 0)
            .then(|| 10_i128.checked_pow(self.scale.into()))
            .flatten()
    }

    /// Returns the magnitude as a mantissa at a scale that is not below its own.
    fn magnitude_at(self, scale: u8) -> Option<Wide> {
        let shift = scale.checked_sub(self.scale)?;
        Some(Wide::product(
            self.mantissa.unsigned_abs(),
            power_of_ten(shift)?,
        ))
    }

    fn from_difference(a: Wide, b: Wide, scale: u8) -> Option<Self> {
        match a.cmp(&b) {
            Ordering::Less => Self::from_magnitude(true, b.minus(a)?, scale),
            Ordering::Equal => Some(Self::ZERO),
            Ordering::Greater => Self::from_magnitude(false, a.minus(b)?, scale),
        }
    }

    fn from_magnitude(negative: bool, mut magnitude: Wide, mut scale: u8) -> Option<Self> {
        let ten = Wide::from_u128(10);
        while scale > 0 {
            let (tenth, last_digit) = magnitude.divided(ten)?;
            if last_digit != Wide::ZERO {
                break;
            }
            magnitude = tenth;
            scale = scale.checked_sub(1)?;
        }
        let magnitude = i128::try_from(magnitude.to_u128()?).ok()?;
        (scale <= MAX_SCALE).then_some(Self {
            mantissa: if negative {
                magnitude.saturating_neg()
            } else {
                magnitude
            },
            scale,
        })
    }

    /// Returns `magnitude / 10^scale` for a scale of any sign.
    fn from_scaled(negative: bool, mut magnitude: u128, mut scale: i64) -> Option<Self> {
        if magnitude == 0 {
            return Some(Self::ZERO);
        }
        while scale > 0 && magnitude.checked_rem(10) == Some(0) {
            magnitude = magnitude.checked_div(10)?;
            scale = scale.checked_sub(1)?;
        }
        match u8::try_from(scale) {
            Ok(scale) => Self::from_magnitude(negative, Wide::from_u128(magnitude), scale),
            Err(_) => {
                let shift = u8::try_from(scale.checked_neg()?).ok()?;
                let magnitude = magnitude.checked_mul(power_of_ten(shift)?)?;
                Self::from_magnitude(negative, Wide::from_u128(magnitude), 0)
            }
        }
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn power_of_ten(exponent: u8) -> Option<u128> {
    10_u128.checked_pow(exponent.into())
}

fn half_to_even(dividend: Wide, divisor: Wide) -> Option<Wide> {
    let (quotient, remainder) = dividend.divided(divisor)?;
    let to_the_next = divisor.minus(remainder)?;
    let (_, odd) = quotient.divided(Wide::from_u128(2))?;
    match remainder.cmp(&to_the_next) {
        Ordering::Less => Some(quotient),
        Ordering::Equal if odd == Wide::ZERO => Some(quotient),
        Ordering::Equal | Ordering::Greater => quotient.plus(Wide::from_u128(1)),
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self {
            mantissa: number.into(),
            scale: 0,
        }
    }
}

impl From<u64> for Decimal {
    fn from(number: u64) -> Self {
        Self {
            mantissa: number.into(),
            scale: 0,
        }
    }
}

impl From<i32> for Decimal {
    fn from(number: i32) -> Self {
        i64::from(number).into()
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.scale == other.scale || self.is_negative() != other.is_negative() {
            return self.mantissa.cmp(&other.mantissa);
        }
        let scale = self.scale.max(other.scale);
        let magnitudes = self.magnitude_at(scale).cmp(&other.magnitude_at(scale));
        if self.is_negative() {
            magnitudes.reverse()
        } else {
            magnitudes
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_negative() {
            f.write_str("-")?;
        }
        let magnitude = self.mantissa.unsigned_abs();
        let unit = power_of_ten(self.scale).unwrap_or(1);
        write!(f, "{}", magnitude.checked_div(unit).unwrap_or(0))?;
        if self.scale > 0 {
            let fraction = magnitude.checked_rem(unit).unwrap_or(0);
            write!(f, ".{fraction:0width$}", width = usize::from(self.scale))?;
        }
        Ok(())
    }
}

impl From<Decimal> for String {
    fn from(number: Decimal) -> Self {
        number.to_string()
    }
}

impl TryFrom<String> for Decimal {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not a number"))
    }
}

#[cfg(test)]
mod tests;
