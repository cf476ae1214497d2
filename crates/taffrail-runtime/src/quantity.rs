//! Kubernetes quantities as numbers.
//!
//! The grammar and its rounding are those of `ParseQuantity` in `k8s.io/apimachinery`
//! (`pkg/api/resource/quantity.go`): a signed number with a binary suffix (`Ki` … `Ei`), a decimal
//! suffix (`n` … `E`) or a decimal exponent (`e3`, `E3`); digits below a nano round away from zero.
//! Where Kubernetes would change the number (it caps binary forms at 2^63-1) or guesses (`m` alone is
//! zero there), this is no number, so that what reads it is unknown.

use crate::decimal::Decimal;

/// Returns the number that a quantity stands for, or `None` for other text and beyond the range.
///
/// ```
/// # use taffrail_runtime::{Decimal, quantity};
/// assert_eq!(quantity::parse("500m"), Decimal::parse("0.5"));
/// assert_eq!(quantity::parse("2Gi"), Some(Decimal::from(2_147_483_648_u64)));
/// assert_eq!(quantity::parse("2gb"), None);
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<Decimal> {
    let suffix = text
        .trim_start_matches(['+', '-'])
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = text.strip_suffix(suffix)?;
    let quantity = match suffix.strip_prefix(['e', 'E']) {
        // `E` alone is exa, `Ei` is exbi; with a number behind it is an exponent.
        Some(exponent) if exponent.ends_with(|c: char| c.is_ascii_digit()) => Decimal::parse(text)?,
        Some(_) | None => Decimal::parse(number)?.checked_mul(factor(suffix)?)?,
    };
    let is_capped = suffix.ends_with('i') && quantity.abs() > Decimal::from(i64::MAX);
    if is_capped {
        return None;
    }
    away_from_zero_to_nanos(quantity)
}

fn factor(suffix: &str) -> Option<Decimal> {
    let power_of_1024 = |exponent: u32| 1024_i64.checked_pow(exponent).map(Decimal::from);
    let power_of_1000 = |exponent: u32| 1000_i64.checked_pow(exponent).map(Decimal::from);
    match suffix {
        "n" => Decimal::new(1, 9),
        "u" => Decimal::new(1, 6),
        "m" => Decimal::new(1, 3),
        "" => Some(Decimal::ONE),
        "k" => power_of_1000(1),
        "M" => power_of_1000(2),
        "G" => power_of_1000(3),
        "T" => power_of_1000(4),
        "P" => power_of_1000(5),
        "E" => power_of_1000(6),
        "Ki" => power_of_1024(1),
        "Mi" => power_of_1024(2),
        "Gi" => power_of_1024(3),
        "Ti" => power_of_1024(4),
        "Pi" => power_of_1024(5),
        "Ei" => power_of_1024(6),
        _ => None,
    }
}

fn away_from_zero_to_nanos(quantity: Decimal) -> Option<Decimal> {
    let nanos = quantity.checked_mul(power_of_nano()?)?;
    let whole = if nanos.is_negative() {
        nanos.floor()
    } else {
        nanos.ceil()
    };
    Decimal::new(whole.to_i128()?, 9)
}

fn power_of_nano() -> Option<Decimal> {
    10_i64.checked_pow(9).map(Decimal::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_suffix_has_its_factor() {
        for (text, number) in [
            ("1n", "0.000000001"),
            ("1u", "0.000001"),
            ("100m", "0.1"),
            ("0", "0"),
            ("1", "1"),
            ("3k", "3000"),
            ("3M", "3000000"),
            ("3G", "3000000000"),
            ("3T", "3000000000000"),
            ("3P", "3000000000000000"),
            ("3E", "3000000000000000000"),
            ("1Ki", "1024"),
            ("1Mi", "1048576"),
            ("1Gi", "1073741824"),
            ("1Ti", "1099511627776"),
            ("1Pi", "1125899906842624"),
            ("7Ei", "8070450532247928832"),
            ("1.5Gi", "1610612736"),
            ("-1.5Ki", "-1536"),
            ("+5.", "5"),
            (".5", "0.5"),
            ("12e6", "12000000"),
            ("12E6", "12000000"),
            ("1e-3", "0.001"),
            ("1E+2", "100"),
        ] {
            assert_eq!(parse(text), Decimal::parse(number), "{text}");
        }
    }

    #[test]
    fn what_is_below_a_nano_rounds_away_from_zero() {
        assert_eq!(parse("0.5n"), Decimal::new(1, 9));
        assert_eq!(parse("-0.1n"), Decimal::new(-1, 9));
        assert_eq!(parse("1.00000000001"), Decimal::parse("1.000000001"));
    }

    #[test]
    fn other_text_is_no_quantity() {
        for text in [
            "", "-", "m", ".", "1 Gi", " 1", "1gi", "1KI", "1K", "1GB", "1e", "1e3Ki", "1Ee3",
            "1.2.3", "--1", "1m5", "1e1.5", "0x10", "１", "100%",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn beyond_the_range_there_is_no_number() {
        assert_eq!(parse("8Ei"), None);
        assert_eq!(parse("-8Ei"), None);
        assert_eq!(parse("10E"), Some(Decimal::parse("1e19").unwrap()));
        assert_eq!(parse("1e99"), None);
        assert_eq!(parse("1e99999999999999999999"), None);
    }

    proptest! {
        #[test]
        fn suffixes_scale_the_plain_number(n in -8_000_000..8_000_000_i64, power in 0..4_usize) {
            let decimal = ["", "k", "M", "G"][power];
            let binary = ["", "Ki", "Mi", "Gi"][power];
            let exponent = u32::try_from(power).unwrap();
            prop_assert_eq!(parse(&format!("{n}{decimal}")), Some((n * 1000_i64.pow(exponent)).into()));
            prop_assert_eq!(parse(&format!("{n}{binary}")), Some((n * 1024_i64.pow(exponent)).into()));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.eEinumkKMGTP]{0,10}|.{0,6}") {
            let _ = parse(&text);
        }
    }
}
