//! Quantities as the API server writes them: `0.5` is stored as `500m`, `1024Mi` as `1Gi`.

use serde_json::Value as Json;

/// Powers of 1000 from nano to exa, as the suffixes of thousandths.
const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

const BINARY: [(&str, u32); 6] = [
    ("Ki", 10),
    ("Mi", 20),
    ("Gi", 30),
    ("Ti", 40),
    ("Pi", 50),
    ("Ei", 60),
];

/// Returns a quantity as it is stored; `None` for what is no quantity, or one beyond what can be computed exactly here.
pub(super) fn canonical(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => written(text.trim()),
        Json::Number(number) => written(&number.to_string()),
        _ => None,
    }
}

/// Returns the amount of a quantity in thousand-millionths, the finest that is stored.
pub(super) fn nano(text: &str) -> Option<i128> {
    parse(text).map(|(nano, _)| nano)
}

/// How a quantity is written.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Decimal,
    Binary,
    Exponent,
}

fn written(text: &str) -> Option<String> {
    let (nano, format) = parse(text)?;
    Some(match format {
        Format::Binary => binary(nano),
        Format::Decimal => decimal(nano, |suffix, _| suffix.to_owned()),
        Format::Exponent => decimal(nano, |_, power| match power {
            0 => String::new(),
            power => format!("e{power}"),
        }),
    })
}

fn parse(text: &str) -> Option<(i128, Format)> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-')))
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let mantissa = mantissa(number)?;
    if let Some((_, bits)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        return Some((
            rounded(mantissa.checked_shl(*bits)?, number)?,
            Format::Binary,
        ));
    }
    if let Some((_, power)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some((scaled(mantissa, number, *power)?, Format::Decimal));
    }
    let power = suffix.strip_prefix(['e', 'E'])?.parse::<i32>().ok()?;
    let format = Format::Exponent;
    Some((scaled(mantissa, number, power)?, format))
}

/// Returns the digits of a decimal number, without its point.
fn mantissa(number: &str) -> Option<i128> {
    let digits: String = number.chars().filter(|c| *c != '.').collect();
    if number.matches('.').count() > 1 || !digits.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    digits.parse::<i128>().ok()
}

/// Returns how many digits stand behind the point.
fn decimals(number: &str) -> i32 {
    let behind = number.split_once('.').map_or(0, |(_, behind)| behind.len());
    i32::try_from(behind).unwrap_or(i32::MAX)
}

fn rounded(mantissa: i128, number: &str) -> Option<i128> {
    scaled(mantissa, number, 0)
}

/// Returns a number times a power of ten in thousand-millionths, rounded away from zero.
fn scaled(mantissa: i128, number: &str, power: i32) -> Option<i128> {
    let shift = power.checked_sub(decimals(number))?.checked_add(9)?;
    let factor = 10_i128.checked_pow(shift.unsigned_abs())?;
    if shift >= 0 {
        return mantissa.checked_mul(factor);
    }
    let whole = mantissa.checked_div(factor)?;
    let rest = mantissa.checked_rem(factor)?;
    whole.checked_add(rest.signum())
}

const NANO: i128 = 1_000_000_000;

fn decimal(nano: i128, suffix: impl Fn(&str, i32) -> String) -> String {
    if nano == 0 {
        return "0".into();
    }
    let (mut amount, mut power) = (nano, -9_i32);
    while amount.checked_rem(1000) == Some(0) && power < 18 {
        amount = amount.checked_div(1000).unwrap_or(amount);
        power = power.saturating_add(3);
    }
    let name = DECIMAL.iter().find(|(_, found)| *found == power);
    format!(
        "{amount}{}",
        suffix(name.map_or("", |(name, _)| name), power)
    )
}

fn binary(nano: i128) -> String {
    // What is below 1024, or no whole number, is written with decimal suffixes.
    if nano.checked_rem(NANO) != Some(0) || nano.unsigned_abs() < 1024 * NANO.unsigned_abs() {
        return decimal(nano, |suffix, _| suffix.to_owned());
    }
    let mut amount = nano.checked_div(NANO).unwrap_or(nano);
    let mut suffix = "";
    for (name, _) in BINARY {
        if amount.checked_rem(1024) != Some(0) {
            break;
        }
        amount = amount.checked_div(1024).unwrap_or(amount);
        suffix = name;
    }
    format!("{amount}{suffix}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::canonical;

    #[test]
    fn quantities_are_written_as_the_server_writes_them() {
        for (given, stored) in [
            (json!("0.5"), "500m"),
            (json!("100m"), "100m"),
            (json!("1000m"), "1"),
            (json!(1), "1"),
            (json!("1024Mi"), "1Gi"),
            (json!("1536Mi"), "1536Mi"),
            (json!("1.5Gi"), "1536Mi"),
            (json!("1000Ki"), "1000Ki"),
            (json!("0.5Gi"), "512Mi"),
            (json!("1e3"), "1e3"),
            (json!("1000"), "1k"),
            (json!("110"), "110"),
            (json!("0"), "0"),
            (json!("0Mi"), "0"),
            (json!("512Ki"), "512Ki"),
            (json!("1Ki"), "1Ki"),
            (json!("500"), "500"),
            (json!("1.5"), "1500m"),
            (json!("-1"), "-1"),
        ] {
            assert_eq!(canonical(&given).as_deref(), Some(stored), "{given}");
        }
        for refused in [
            json!("lots"),
            json!("1.2.3"),
            json!(""),
            json!("1KiB"),
            json!(true),
        ] {
            assert_eq!(canonical(&refused), None, "{refused}");
        }
    }
}
