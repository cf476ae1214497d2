//! The built-in functions.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;

use super::number;
use super::quantifier::extreme;
use super::text;
use super::value::{Truth, Value, equal, holds};
use super::window::Window;

/// Returns a window over what is written in the policy.
pub(crate) fn window(name: &str, from: &str, to: &str, zone: &str) -> Value {
    let made = match name {
        "window" => Window::dated(from, to, zone),
        "daily" => Window::daily(from, to, zone),
        _ => Window::weekly(from, to, zone),
    };
    Value::Window(made.unwrap())
}

/// Calls a function. One unknown argument makes the value unknown.
pub(crate) fn call(name: &str, arguments: &[Value]) -> Value {
    use Value::{Absent, List, Map, Number, Text};
    if arguments.iter().any(Value::is_unknown) {
        return Value::Unknown;
    }
    match (name, arguments) {
        ("len" | "count", [Absent]) => whole(0),
        ("len", [Text(text)]) => whole(text.chars().count()),
        ("len" | "count", [List(items)]) => whole(items.len()),
        ("len" | "count", [Map(map)]) if map.values().any(Value::is_unknown) => Value::Unknown,
        ("len" | "count", [Map(map)]) => {
            whole(map.values().filter(|value| **value != Absent).count())
        }
        ("abs", [Number(of)]) => Number(of.abs()),
        ("ceil", [Number(of)]) => Number(of.ceil()),
        ("floor", [Number(of)]) => Number(of.floor()),
        ("lower" | "upper" | "trim" | "image" | "cidr" | "semver", [Absent]) => Absent,
        ("lower", [Text(text)]) => Text(text.to_lowercase()),
        ("upper", [Text(text)]) => Text(text.to_uppercase()),
        ("trim", [Text(text)]) => Value::text(text.trim()),
        ("starts_with" | "ends_with" | "contains", [Absent, _]) => Value::Bool(false),
        ("starts_with", [Text(text), Text(part)]) => Value::Bool(text.starts_with(part.as_str())),
        ("ends_with", [Text(text), Text(part)]) => Value::Bool(text.ends_with(part.as_str())),
        ("contains", [Text(text), Text(part)]) => Value::Bool(text.contains(part.as_str())),
        ("contains", [haystack, needle]) => holds(haystack, needle).value(),
        ("min" | "max", several @ [_, _, ..]) if !several.contains(&Absent) => {
            extreme(several, name == "min")
        }
        ("image", [Text(text)]) => text::image(text).map_or(Value::Unknown, Value::Image),
        ("cidr", [Text(text)]) => text::range(text).map_or(Value::Unknown, Value::Cidr),
        ("semver", [Text(text)]) => text::version(text).map_or(Value::Unknown, Value::Semver),
        ("portion", [part, total]) => portion(part, total),
        _ => Value::Unknown,
    }
}

fn whole(count: usize) -> Value {
    Value::Number(BigRational::from(BigInt::from(count)))
}

/// A percentage of a total is rounded up; a number stands for itself.
fn portion(part: &Value, total: &Value) -> Value {
    match (part, total) {
        (Value::Number(part), Value::Number(_)) => Value::Number(part.clone()),
        (Value::Text(part), Value::Number(total)) => {
            let percent = part.strip_suffix('%').and_then(number::parse);
            percent.map_or(Value::Unknown, |percent| {
                Value::Number((percent * total / BigRational::from(BigInt::from(100))).ceil())
            })
        }
        _ => Value::Unknown,
    }
}

/// Tells whether labels have each of the pairs.
pub(crate) fn selects(wanted: &Value, labels: &Value) -> Truth {
    let Value::Map(wanted) = wanted else {
        return Truth::Unknown;
    };
    Truth::all(
        wanted
            .iter()
            .map(|(key, value)| equal(&labels.field(key), value)),
    )
}
