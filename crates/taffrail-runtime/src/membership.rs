//! The operator `in`.

use crate::cause::Cause;
use crate::compare;
use crate::text;
use crate::truth::Truth;
use crate::value::Cidr;
use crate::value::Value;

/// Tells whether the haystack holds the needle: an element of a list, a key of a map, an instant of a
/// window, an address or range of an address range.
///
/// A list holds what equals one of its elements, so a sure match decides even beside unknown ones.
/// Nothing is in an absent haystack, and an absent needle is in nothing.
///
/// ```
/// # use taffrail_runtime::{Truth, Value, membership};
/// let list = Value::List(vec![Value::string("a"), Value::string("b")]);
/// assert_eq!(membership::contains(&list, &Value::string("b")), Truth::True);
/// assert_eq!(membership::contains(&Value::Absent, &Value::string("b")), Truth::False);
/// ```
#[must_use]
pub fn contains(haystack: &Value, needle: &Value) -> Truth {
    match (haystack, needle) {
        (Value::Unknown(a), Value::Unknown(b)) => Truth::Unknown(a.clone().union(b)),
        (Value::Unknown(causes), _) => Truth::Unknown(causes.clone()),
        (Value::Absent, _) => Truth::False,
        (Value::List(items), needle) => in_list(items, needle),
        (_, Value::Unknown(causes)) => Truth::Unknown(causes.clone()),
        (_, Value::Absent) => Truth::False,
        // A member that is unknown may be absent.
        (Value::Map(map), Value::String(key)) => match map.get(key) {
            Some(Value::Unknown(causes)) => Truth::Unknown(causes.clone()),
            Some(value) => (*value != Value::Absent).into(),
            None => Truth::False,
        },
        (Value::Window(window), Value::Time(instant)) => window.contains(*instant).into(),
        (Value::Window(window), Value::String(text)) => match text::parse_time(text) {
            Some(instant) => window.contains(instant).into(),
            None => invalid(format!("`{text}` is not a time")),
        },
        (Value::Cidr(range), Value::Cidr(other)) => range.contains(*other).into(),
        (Value::Cidr(range), Value::String(text)) => match Cidr::parse(text) {
            Ok(other) => range.contains(other).into(),
            Err(reason) => invalid(reason),
        },
        (Value::Map(_), needle) => wrong_type("the left side of `in`", "a string", needle),
        (Value::Window(_), needle) => wrong_type("the left side of `in`", "a time", needle),
        (Value::Cidr(_), needle) => wrong_type("the left side of `in`", "a string", needle),
        (
            Value::Bool(_)
            | Value::Number(_)
            | Value::Duration(_)
            | Value::Time(_)
            | Value::String(_)
            | Value::Image(_)
            | Value::Semver(_),
            _,
        ) => wrong_type("the right side of `in`", "a list", haystack),
    }
}

fn in_list(items: &[Value], needle: &Value) -> Truth {
    let mut found = Truth::False;
    for item in items {
        let equal = compare::equal(item, needle);
        if equal == Truth::True {
            return equal;
        }
        found = found.or(equal);
    }
    found
}

fn invalid(reason: String) -> Truth {
    Truth::Unknown(
        Cause::InvalidArgument {
            function: "in".into(),
            reason,
        }
        .into(),
    )
}

fn wrong_type(what: &str, expected: &str, found: &Value) -> Truth {
    Truth::Unknown(
        Cause::WrongType {
            what: what.into(),
            expected: expected.into(),
            found: found.type_name().into(),
        }
        .into(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;
    use crate::value::Window;

    fn json(text: &str) -> Value {
        Value::from_json_slice(text.as_bytes()).unwrap()
    }

    fn unknown() -> Value {
        Value::unknown(Cause::NotGiven { fact: "x".into() })
    }

    #[test]
    fn a_sure_match_decides_beside_unknown_elements() {
        let list = Value::List(vec![unknown(), Value::string("a")]);
        assert_eq!(contains(&list, &json("\"a\"")), Truth::True);
        assert!(matches!(contains(&list, &json("\"b\"")), Truth::Unknown(_)));
        assert!(matches!(
            contains(&json("[1]"), &json("\"1\"")),
            Truth::Unknown(_)
        ));
        assert_eq!(contains(&json("[1, \"1\"]"), &json("\"1\"")), Truth::True);
    }

    #[test]
    fn absent_is_in_nothing_and_holds_nothing() {
        assert_eq!(contains(&json("[null]"), &Value::Absent), Truth::False);
        assert_eq!(contains(&json("{}"), &Value::Absent), Truth::False);
        assert_eq!(contains(&Value::Absent, &unknown()), Truth::False);
        assert_eq!(contains(&json("[]"), &unknown()), Truth::False);
        assert_eq!(
            contains(&json(r#"{"a":null}"#), &json("\"a\"")),
            Truth::False
        );
    }

    #[test]
    fn a_member_that_is_unknown_may_be_absent() {
        let mut map = Map::default();
        map.insert("a", unknown());
        let map = Value::Map(map);
        assert!(matches!(contains(&map, &json("\"a\"")), Truth::Unknown(_)));
        assert_eq!(contains(&map, &json("\"b\"")), Truth::False);
    }

    #[test]
    fn ranges_and_windows_hold_what_their_texts_say() {
        let range = Value::Cidr(Cidr::parse("10.0.0.0/8").unwrap());
        assert_eq!(contains(&range, &json("\"10.2.0.0/16\"")), Truth::True);
        assert!(matches!(
            contains(&range, &json("\"ten\"")),
            Truth::Unknown(_)
        ));
        let window = Window::dated("2026-12-20", "2027-01-04", "UTC").unwrap();
        let window = Value::Window(Box::new(window));
        assert_eq!(contains(&window, &json("\"2026-12-20\"")), Truth::True);
        assert_eq!(contains(&window, &json("\"2027-01-04\"")), Truth::False);
        assert!(matches!(contains(&window, &json("5")), Truth::Unknown(_)));
        assert!(matches!(
            contains(&json("\"abc\""), &json("\"a\"")),
            Truth::Unknown(_)
        ));
    }
}
