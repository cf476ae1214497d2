//! Equality and order of values, in three-valued logic.

use std::cmp::Ordering;

use crate::cause::{Cause, Causes};
use crate::text;
use crate::truth::Truth;
use crate::value::Semver;
use crate::value::{Map, Value};

/// Tells whether two values are equal.
///
/// An unknown side makes the answer unknown, then an absent side makes it false. Lists and maps are
/// compared part by part, where one definite difference decides; in maps an absent value is a missing
/// key. A text beside a time, duration or version is read as one. Otherwise different types are
/// unknown.
///
/// ```
/// # use taffrail_runtime::{Truth, Value, compare};
/// assert_eq!(compare::equal(&Value::string("a"), &Value::string("a")), Truth::True);
/// assert_eq!(compare::equal(&Value::Absent, &Value::Absent), Truth::False);
/// ```
#[must_use]
pub fn equal(a: &Value, b: &Value) -> Truth {
    match (a, b) {
        (Value::List(a), Value::List(b)) => lists_equal(a, b),
        (Value::Map(a), Value::Map(b)) => maps_equal(a, b),
        _ => scalars_equal(a, b),
    }
}

/// Returns which of two values comes first. Strings are ordered by their bytes. `operator` stands
/// in the causes: `<`.
///
/// # Errors
///
/// Why nobody can say: an unknown or absent side, different types, or types without an order.
///
/// ```
/// # use taffrail_runtime::{Decimal, Value, compare};
/// let (one, two) = (Value::Number(Decimal::ONE), Value::Number(Decimal::from(2)));
/// assert_eq!(compare::order(&one, &two, "<"), Ok(std::cmp::Ordering::Less));
/// ```
pub fn order(a: &Value, b: &Value, operator: &str) -> Result<Ordering, Causes> {
    if let Some(causes) = causes_of_operands(a, b, operator) {
        return Err(causes);
    }
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Ok(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Ok(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => Ok(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Ok(a.cmp(b)),
        (Value::Semver(a), Value::Semver(b)) => Ok(a.cmp(b)),
        _ => match (read_like(a, b), read_like(b, a)) {
            (Some(a), _) => order(&a, b, operator),
            (_, Some(b)) => order(a, &b, operator),
            (None, None) => Err(different_types(a, b, operator)),
        },
    }
}

/// Returns the causes of an unknown or absent operand of an operation that needs values.
pub(crate) fn causes_of_operands(a: &Value, b: &Value, operator: &str) -> Option<Causes> {
    match (cause_of_operand(a, operator), cause_of_operand(b, operator)) {
        (Some(a), Some(b)) => Some(a.union(&b)),
        (a, b) => a.or(b),
    }
}

pub(crate) fn cause_of_operand(operand: &Value, operator: &str) -> Option<Causes> {
    match operand {
        Value::Unknown(causes) => Some(causes.clone()),
        Value::Absent => Some(
            Cause::AbsentOperand {
                what: format!("one side of `{operator}`"),
            }
            .into(),
        ),
        Value::Bool(_)
        | Value::Number(_)
        | Value::Duration(_)
        | Value::Time(_)
        | Value::String(_)
        | Value::List(_)
        | Value::Map(_)
        | Value::Image(_)
        | Value::Cidr(_)
        | Value::Semver(_)
        | Value::Window(_) => None,
    }
}

/// Returns the cause of two operands that do not go together, the same for both ways round.
pub(crate) fn different_types(a: &Value, b: &Value, operator: &str) -> Causes {
    let (a, b) = (a.type_name(), b.type_name());
    let (expected, found) = match a.cmp(b) {
        Ordering::Less => (a, b),
        Ordering::Greater => (b, a),
        Ordering::Equal => ("another type", a),
    };
    Cause::WrongType {
        what: format!("one side of `{operator}`"),
        expected: expected.into(),
        found: found.into(),
    }
    .into()
}

fn scalars_equal(a: &Value, b: &Value) -> Truth {
    match (a, b) {
        (Value::Unknown(a), Value::Unknown(b)) => Truth::Unknown(a.clone().union(b)),
        (Value::Unknown(causes), _) | (_, Value::Unknown(causes)) => Truth::Unknown(causes.clone()),
        (Value::Absent, _) | (_, Value::Absent) => Truth::False,
        (Value::Bool(a), Value::Bool(b)) => (a == b).into(),
        (Value::Number(a), Value::Number(b)) => (a == b).into(),
        (Value::Duration(a), Value::Duration(b)) => (a == b).into(),
        (Value::Time(a), Value::Time(b)) => (a == b).into(),
        (Value::String(a), Value::String(b)) => (a == b).into(),
        (Value::Image(a), Value::Image(b)) => (a == b).into(),
        (Value::Cidr(a), Value::Cidr(b)) => (a == b).into(),
        (Value::Semver(a), Value::Semver(b)) => (a == b).into(),
        (Value::Window(a), Value::Window(b)) => (a == b).into(),
        _ => match (read_like(a, b), read_like(b, a)) {
            (Some(a), _) => scalars_equal(&a, b),
            (_, Some(b)) => scalars_equal(a, &b),
            (None, None) => Truth::Unknown(different_types(a, b, "==")),
        },
    }
}

/// Reads a text as the type of the value beside it, where that type has no JSON form of its own.
fn read_like(value: &Value, model: &Value) -> Option<Value> {
    match (value, model) {
        (Value::String(text), Value::Time(_)) => text::parse_time(text).map(Value::Time),
        (Value::String(text), Value::Duration(_)) => {
            text::parse_duration(text).map(Value::Duration)
        }
        (Value::String(text), Value::Semver(_)) => Semver::parse(text)
            .ok()
            .map(|version| Value::Semver(Box::new(version))),
        _ => None,
    }
}

fn lists_equal(a: &[Value], b: &[Value]) -> Truth {
    if a.len() != b.len() {
        return Truth::False;
    }
    all(a.iter().zip(b).map(|(a, b)| equal(a, b)))
}

fn maps_equal(a: &Map, b: &Map) -> Truth {
    let of_a = a
        .present()
        .map(|(key, value)| equal(value, b.get(key).unwrap_or(&Value::Absent)));
    // Keys of both maps were compared above.
    let only_in_b = b
        .present()
        .filter(|(key, _)| a.get(key).is_none_or(|value| *value == Value::Absent))
        .map(|(_, value)| equal(&Value::Absent, value));
    all(of_a.chain(only_in_b))
}

fn all(truths: impl Iterator<Item = Truth>) -> Truth {
    let mut all = Truth::True;
    for truth in truths {
        if truth == Truth::False {
            return truth;
        }
        all = all.and(truth);
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decimal::Decimal;

    fn json(text: &str) -> Value {
        Value::from_json_slice(text.as_bytes()).unwrap()
    }

    fn unknown(fact: &str) -> Value {
        Value::unknown(Cause::NotGiven { fact: fact.into() })
    }

    fn kind(truth: &Truth) -> &'static str {
        match truth {
            Truth::True => "true",
            Truth::False => "false",
            Truth::Unknown(_) => "unknown",
        }
    }

    #[test]
    fn equality_is_decided_part_by_part() {
        for (a, b, expected) in [
            ("1.0", "1", "true"),
            ("1", "\"1\"", "unknown"),
            ("null", "null", "false"),
            ("null", "1", "false"),
            ("[1,2]", "[1,2]", "true"),
            ("[1,2]", "[1]", "false"),
            ("[1,\"a\"]", "[2,1]", "false"),
            ("[1,\"a\"]", "[1,1]", "unknown"),
            (r#"{"a":1}"#, r#"{"a":1,"b":null}"#, "true"),
            (r#"{"a":1}"#, r#"{"a":1,"b":2}"#, "false"),
            (r#"{"a":"x","b":1}"#, r#"{"a":1,"b":2}"#, "false"),
            ("{}", "[]", "unknown"),
            ("\"2026-12-20\"", "\"2026-12-20T00:00Z\"", "false"),
        ] {
            assert_eq!(kind(&equal(&json(a), &json(b))), expected, "{a} == {b}");
        }
    }

    #[test]
    fn unknown_comes_before_absent() {
        assert_eq!(kind(&equal(&unknown("now"), &Value::Absent)), "unknown");
        let list = Value::List(vec![unknown("now"), Value::Bool(true)]);
        let other = Value::List(vec![Value::Bool(true), Value::Bool(false)]);
        assert_eq!(equal(&list, &other), Truth::False);
    }

    #[test]
    fn texts_are_read_like_the_time_duration_or_version_beside_them() {
        let time = Value::Time(text::parse_time("2026-12-20").unwrap());
        assert_eq!(
            equal(&time, &json("\"2026-12-20T01:00+01:00\"")),
            Truth::True
        );
        let duration = Value::Duration(text::parse_duration("90s").unwrap());
        assert_eq!(order(&json("\"1m\""), &duration, "<"), Ok(Ordering::Less));
        let version = Value::Semver(Box::new(Semver::parse("1.9").unwrap()));
        assert_eq!(order(&version, &json("\"1.10\""), "<"), Ok(Ordering::Less));
        assert_eq!(kind(&equal(&time, &json("\"soon\""))), "unknown");
    }

    #[test]
    fn what_has_no_order_says_why() {
        let reasons = [
            order(&Value::Absent, &json("1"), "<"),
            order(&json("\"a\""), &json("1"), "<"),
            order(&json("1"), &json("\"a\""), "<"),
            order(&json("true"), &json("false"), "<"),
            order(&unknown("b"), &unknown("a"), "<"),
        ]
        .map(|order| order.unwrap_err().to_string())
        .join("\n");
        insta::assert_snapshot!(reasons, @r#"
        one side of `<` is absent where a value is needed
        one side of `<` is a string where a number is needed
        one side of `<` is a string where a number is needed
        one side of `<` is a bool where another type is needed
        `a` was not given, `b` was not given
        "#);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Absent),
            "[ab]".prop_map(|fact| unknown(&fact)),
            any::<bool>().prop_map(Value::Bool),
            (0..3_i64).prop_map(|n| Value::Number(Decimal::from(n))),
            "1s|2s|1\\.0|2026-12-2[01]".prop_map(Value::string),
            (1..3_i64).prop_map(|n| Value::Duration(jiff::SignedDuration::from_secs(n))),
            Just(Value::Time(text::parse_time("2026-12-20").unwrap())),
            Just(Value::Semver(Box::new(Semver::parse("1").unwrap()))),
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
                prop::collection::btree_map("[ab]", inner, 0..3).prop_map(|map| {
                    let entries = map.into_iter().map(|(key, value)| (key.into(), value));
                    Value::Map(Map::from_entries(entries.collect()).unwrap())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn equality_is_symmetric(a in any_value(), b in any_value()) {
            let (there, back) = (equal(&a, &b), equal(&b, &a));
            prop_assert_eq!(kind(&there), kind(&back));
        }

        #[test]
        fn order_is_antisymmetric_and_agrees_with_equality(a in any_value(), b in any_value()) {
            let there = order(&a, &b, "<");
            prop_assert_eq!(&there, &order(&b, &a, "<").map(Ordering::reverse));
            if let Ok(order) = there {
                prop_assert_eq!(equal(&a, &b), Truth::from(order.is_eq()));
            }
        }

        #[test]
        fn losing_a_part_never_turns_an_answer_round(a in any_value(), b in any_value(), at: usize) {
            let Value::List(mut items) = a.clone() else { return Ok(()) };
            if items.is_empty() {
                return Ok(());
            }
            let at = at % items.len();
            items[at] = unknown("x");
            let (before, after) = (equal(&a, &b), equal(&Value::List(items), &b));
            prop_assert!(kind(&after) == "unknown" || kind(&after) == kind(&before));
        }
    }
}
