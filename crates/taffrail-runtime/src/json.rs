//! Values from JSON and to JSON.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::cause::Cause;
use crate::decimal::Decimal;
use crate::text;
use crate::value::{Map, Value};

/// Reads a [`Value`] from any self-describing format.
///
/// `null` is absent, numbers keep their exact value or are unknown, and a key that stands twice in
/// one object is an error.
///
/// ```
/// # use serde::de::DeserializeSeed;
/// # use taffrail_runtime::json::Json;
/// let mut source = serde_json::Deserializer::from_str(r#"{"a": 1, "a": 2}"#);
/// let error = Json.deserialize(&mut source).unwrap_err();
/// assert!(error.to_string().starts_with("the key `a` stands twice"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Value {
    /// Reads one JSON document.
    ///
    /// # Errors
    ///
    /// Text that is not JSON, a key that stands twice in one object, nesting beyond 128.
    ///
    /// ```
    /// # use taffrail_runtime::Value;
    /// let pod = Value::from_json_slice(br#"{"spec": {"replicas": 3}}"#).unwrap();
    /// assert_eq!(pod.to_json()["spec"]["replicas"], 3);
    /// ```
    pub fn from_json_slice(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let mut source = serde_json::Deserializer::from_slice(bytes);
        let value = Json.deserialize(&mut source)?;
        source.end()?;
        Ok(value)
    }

    /// Returns the value of a JSON tree.
    ///
    /// ```
    /// # use taffrail_runtime::Value;
    /// assert_eq!(Value::from_json(&serde_json::Value::Null), Value::Absent);
    /// ```
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Self {
        // A tree has no duplicate keys, and reading one fails on nothing else.
        Json.deserialize(json).unwrap_or_else(|error| {
            Self::unknown(Cause::InvalidArgument {
                function: "reading JSON".into(),
                reason: error.to_string(),
            })
        })
    }

    /// Returns the plain JSON of the value, for people and other programs. An absent value is
    /// `null`, an unknown one `{"unknown": [causes]}`, numbers that JSON readers may round are
    /// strings, and what JSON has no type for is its text.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        // Nothing of a value fails to serialise: all keys are texts.
        serde_json::to_value(Plain(self)).unwrap_or_default()
    }
}

/// A value that serialises as its plain JSON, keys sorted.
pub(crate) struct Plain<'v>(pub(crate) &'v Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Absent => to.serialize_unit(),
            Value::Unknown(causes) => {
                let causes: Vec<String> = causes.iter().map(ToString::to_string).collect();
                to.collect_map([("unknown", causes)])
            }
            Value::Bool(truth) => to.serialize_bool(*truth),
            Value::Number(number) => plain_number(*number, to),
            Value::Duration(duration) => to.serialize_str(&text::duration(*duration)),
            Value::Time(time) => to.serialize_str(&text::time(*time)),
            Value::String(string) => to.serialize_str(string),
            Value::List(items) => to.collect_seq(items.iter().map(Plain)),
            Value::Map(map) => to.collect_map(map.iter().map(|(key, value)| (key, Plain(value)))),
            Value::Image(image) => to.collect_str(image),
            Value::Cidr(cidr) => to.collect_str(cidr),
            Value::Semver(version) => to.collect_str(version),
            Value::Window(window) => to.collect_str(window),
        }
    }
}

fn plain_number<S: Serializer>(number: Decimal, to: S) -> Result<S::Ok, S::Error> {
    if let Some(integer) = number.to_i64() {
        return to.serialize_i64(integer);
    }
    let text = number.to_string();
    match text.parse::<f64>() {
        Ok(float) if Decimal::from_f64(float) == Some(number) => to.serialize_f64(float),
        Ok(_) | Err(_) => to.serialize_str(&text),
    }
}

impl<'de> DeserializeSeed<'de> for Json {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Json {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Decimal::from_f64(number).map_or_else(
            || {
                Value::unknown(Cause::Overflow {
                    what: format!("the number {number:e}"),
                })
            },
            Value::Number,
        ))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::string(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::string(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Absent)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Absent)
    }

    fn visit_some<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        self.deserialize(source)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = source.next_element_seed(Self)? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = source.next_key::<Box<str>>()? {
            entries.push((key, source.next_value_seed(Self)?));
        }
        Map::from_entries(entries)
            .map(Value::Map)
            .map_err(|key| A::Error::custom(format_args!("the key `{key}` stands twice")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Value {
        Value::from_json_slice(text.as_bytes()).unwrap()
    }

    #[test]
    fn numbers_keep_their_value_or_are_unknown() {
        let number = |text| Value::Number(Decimal::parse(text).unwrap());
        assert_eq!(read("0.1"), number("0.1"));
        assert_eq!(read("-1e3"), number("-1000"));
        assert_eq!(read("18446744073709551615"), number("18446744073709551615"));
        assert_eq!(read("-9223372036854775808"), number("-9223372036854775808"));
        for text in [
            "1e300",
            "18446744073709551616",
            "9007199254740993.0",
            "1e-300",
        ] {
            assert!(matches!(read(text), Value::Unknown(_)), "{text}");
        }
    }

    #[test]
    fn broken_documents_are_refused() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        let messages = [
            "",
            "{",
            r#"{"a":{"b":1,"c":2,"b":3}}"#,
            "1 2",
            &deep,
            "\u{0}",
            "NaN",
        ]
        .map(|text| {
            Value::from_json_slice(text.as_bytes())
                .unwrap_err()
                .to_string()
        })
        .join("\n");
        insta::assert_snapshot!(messages, @r#"
        EOF while parsing a value at line 1 column 0
        EOF while parsing an object at line 1 column 1
        the key `b` stands twice at line 1 column 24
        trailing characters at line 1 column 3
        recursion limit exceeded at line 1 column 128
        expected value at line 1 column 1
        expected value at line 1 column 1
        "#);
        assert!(Value::from_json_slice(b"\"\xff\"").is_err());
    }

    #[test]
    fn plain_json_loses_nothing() {
        let number = |text| Value::Number(Decimal::parse(text).unwrap()).to_json();
        assert_eq!(number("12"), json!(12));
        assert_eq!(number("0.25"), json!(0.25));
        assert_eq!(
            number("36893488147419103232"),
            json!("36893488147419103232")
        );
        assert_eq!(
            number("0.1234567890123456789"),
            json!("0.1234567890123456789")
        );
        assert_eq!(Value::Absent.to_json(), json!(null));
        assert_eq!(
            Value::unknown(Cause::DivisionByZero).to_json(),
            json!({"unknown": ["a division by zero"]})
        );
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (-1_000_000..1_000_000_i32).prop_map(|n| (f64::from(n) / 64.0).into()),
            ".{0,6}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map("[a-c]{0,2}", inner, 0..4)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_reads_back(json in any_json()) {
            let value = Value::from_json(&json);
            let again = Value::from_json_slice(value.to_json().to_string().as_bytes()).unwrap();
            prop_assert_eq!(value, again);
        }

        #[test]
        fn the_saved_form_reads_back(json in any_json()) {
            let value = Value::from_json(&json);
            let saved = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(serde_json::from_str::<Value>(&saved).unwrap(), value);
        }
    }
}
