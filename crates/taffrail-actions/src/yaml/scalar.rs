//! What a YAML scalar means to Go's readers of manifests, which follow YAML 1.1.

use granit_parser::{ScalarStyle, Tag};
use taffrail_runtime::Decimal;
use taffrail_runtime::Value;

use crate::error::Problem;
use crate::yaml::Trail;

/// Returns the value of a scalar.
pub(crate) fn value(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    trail: &Trail,
) -> Result<Value, Problem> {
    let plain = || resolve(text).map_or_else(|number| out_of_range(number, trail), Ok);
    let Some(tag) = tag else {
        return match style {
            ScalarStyle::Plain => plain(),
            ScalarStyle::SingleQuoted
            | ScalarStyle::DoubleQuoted
            | ScalarStyle::Literal
            | ScalarStyle::Folded => Ok(Value::string(text)),
        };
    };
    if tag.original() == "!" {
        return Ok(Value::string(text));
    }
    let mismatch = |tag| {
        let text = text.to_owned();
        Err(Problem::TagMismatch { text, tag })
    };
    match tag.core_suffix() {
        Some("str") => Ok(Value::string(text)),
        Some("null") => match plain()? {
            Value::Absent => Ok(Value::Absent),
            _ => mismatch("null"),
        },
        Some("bool") => match plain()? {
            Value::Bool(truth) => Ok(Value::Bool(truth)),
            _ => mismatch("bool"),
        },
        Some("int") => match plain()? {
            Value::Number(number) if number.is_integer() => Ok(Value::Number(number)),
            _ => mismatch("int"),
        },
        Some("float") => match plain()? {
            Value::Number(number) => Ok(Value::Number(number)),
            _ => mismatch("float"),
        },
        Some(_) | None => Err(Problem::UnknownTag {
            tag: tag.original(),
        }),
    }
}

fn out_of_range(text: &str, trail: &Trail) -> Result<Value, Problem> {
    Err(Problem::NumberOutOfRange {
        path: trail.path(),
        text: text.to_owned(),
    })
}

/// Returns the value of a plain scalar, or the text of a number that is beyond the exact ones.
fn resolve(text: &str) -> Result<Value, &str> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Absent),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Ok(Value::Bool(true));
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Ok(Value::Bool(false));
        }
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF"
        | "-.inf" | "-.Inf" | "-.INF" => return Err(text),
        _ => {}
    }
    match text.bytes().next() {
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(text),
        _ => Ok(Value::string(text)),
    }
}

/// Reads what begins as a number does: integers in four bases, then floats, else it is text.
fn number(text: &str) -> Result<Value, &str> {
    let digits = text.replace('_', "");
    match integer(&digits) {
        Some(number) => Ok(Value::Number(number)),
        None if is_float(&digits) => exact(&digits, text),
        None => Ok(Value::string(text)),
    }
}

fn exact<'t>(digits: &str, text: &'t str) -> Result<Value, &'t str> {
    Decimal::parse(digits).map(Value::Number).ok_or(text)
}

/// Reads an integer whose base its prefix tells: `0x`, `0o`, `0b`, a leading 0 for octal. Returns `None` for
/// other text.
fn integer(digits: &str) -> Option<Decimal> {
    let (negative, unsigned) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let lower = unsigned.to_ascii_lowercase();
    let (radix, body) = if let Some(body) = lower.strip_prefix("0x") {
        (16, body)
    } else if let Some(body) = lower.strip_prefix("0o") {
        (8, body)
    } else if let Some(body) = lower.strip_prefix("0b") {
        (2, body)
    } else if let Some(body) = lower.strip_prefix('0').filter(|body| !body.is_empty()) {
        (8, body)
    } else {
        (10, lower.as_str())
    };
    if body.is_empty() || !body.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let number = i128::from_str_radix(body, radix).ok()?;
    let number = if negative { -number } else { number };
    // What 64 bits do not hold is no integer to those readers, and maybe a float.
    let fits = i64::try_from(number).is_ok() || u64::try_from(number).is_ok();
    if fits { Decimal::new(number, 0) } else { None }
}

/// Tells whether text is digits with at most one point, and maybe an exponent.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !(whole.is_empty() && fraction.is_empty());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    has_digits && all_digits(whole) && all_digits(fraction) && exponent_fits
}
