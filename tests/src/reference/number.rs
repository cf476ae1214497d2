//! Exact numbers as fractions, held to the documented range: 38 digits, 28 of them behind the point.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Pow, Signed, Zero};

/// Returns ten to that power.
fn power_of_ten(exponent: u32) -> BigInt {
    Pow::pow(BigInt::from(10), exponent)
}

/// Reads plain digits with an optional sign and point.
pub(crate) fn parse(text: &str) -> Option<BigRational> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !(whole.chars().chain(fraction.chars())).all(|c| c.is_ascii_digit()) || whole.is_empty() {
        return None;
    }
    let mantissa: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let scale = power_of_ten(u32::try_from(fraction.len()).ok()?);
    in_range(BigRational::new(mantissa * sign, scale))
}

/// Reads digits with the suffix of a percentage or a Kubernetes quantity.
pub(crate) fn with_suffix(digits: &str, suffix: &str) -> Option<BigRational> {
    let number = parse(digits)?;
    let decimal = |exponent: u32| BigRational::from(power_of_ten(exponent));
    let binary = |exponent: u32| BigRational::from(BigInt::from(2).pow(exponent));
    let factor = match suffix {
        "" => decimal(0),
        "%" => decimal(2).recip(),
        "n" => decimal(9).recip(),
        "u" => decimal(6).recip(),
        "m" => decimal(3).recip(),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        _ => return None,
    };
    in_range(number * factor)
}

/// Reads a Kubernetes quantity such as `500m`; what is below a nano is rounded away from zero.
pub(crate) fn quantity(text: &str) -> Option<BigRational> {
    let at = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .unwrap_or(text.len());
    let (digits, suffix) = text.split_at(at);
    let number = with_suffix(digits, suffix)?;
    let nanos = number * BigRational::from(power_of_ten(9));
    let whole = if nanos.is_negative() {
        nanos.floor()
    } else {
        nanos.ceil()
    };
    Some(whole / BigRational::from(power_of_ten(9)))
}

/// Returns the number if the language can hold it.
pub(crate) fn in_range(number: BigRational) -> Option<BigRational> {
    let greatest = BigInt::from(i128::MAX);
    (0..=28)
        .map(|scale| &number * BigRational::from(power_of_ten(scale)))
        .find(BigRational::is_integer)
        .filter(|scaled| scaled.numer().abs() <= greatest)
        .map(|_| number)
}

/// Returns the quotient, rounded half to even at the ninth decimal; `None` for a division by zero.
pub(crate) fn divide(a: &BigRational, b: &BigRational) -> Option<BigRational> {
    if b.is_zero() {
        return None;
    }
    let unit = BigRational::from(power_of_ten(9));
    in_range(half_to_even(&(a / b * &unit)) / unit)
}

/// Rounds to a whole number, half to even.
pub(crate) fn half_to_even(number: &BigRational) -> BigRational {
    let below = number.floor();
    let rest = number - &below;
    let half = BigRational::new(1.into(), 2.into());
    let is_even = |n: &BigRational| (n.numer() % BigInt::from(2)).is_zero();
    let up = rest > half || (rest == half && !is_even(&below));
    if up {
        below + BigRational::from(BigInt::from(1))
    } else {
        below
    }
}

/// Returns a whole number as `i128`.
pub(crate) fn whole(number: &BigRational) -> Option<i128> {
    number
        .is_integer()
        .then(|| i128::try_from(number.numer()).ok())
        .flatten()
}

/// Rounds up and clamps to 0–100.
pub(crate) fn points(number: &BigRational) -> u8 {
    let (zero, hundred) = (
        BigRational::from(BigInt::from(0)),
        BigRational::from(BigInt::from(100)),
    );
    u8::try_from(whole(&number.ceil().clamp(zero, hundred)).unwrap()).unwrap()
}
