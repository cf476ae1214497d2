//! Values as people read them in a `because`.

use std::fmt::{self, Write};

use crate::text;
use crate::value::Value;

impl Value {
    /// Returns the value as a `because` prints it: strings plain, lists with commas, an unknown with
    /// its causes.
    ///
    /// ```
    /// # use taffrail_runtime::{Decimal, Value};
    /// let list = Value::List(vec![Value::string("a"), Value::Number(Decimal::from(2))]);
    /// assert_eq!(list.render(), "a, 2");
    /// assert_eq!(Value::Absent.render(), "absent");
    /// ```
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut text, Place::Top);
        text
    }

    fn write(&self, out: &mut String, place: Place) -> fmt::Result {
        match self {
            Self::Absent => out.write_str("absent"),
            Self::Unknown(causes) => write!(out, "unknown ({causes})"),
            Self::Bool(truth) => write!(out, "{truth}"),
            Self::Number(number) => write!(out, "{number}"),
            Self::Duration(duration) => out.write_str(&text::duration(*duration)),
            Self::Time(time) => out.write_str(&text::time(*time)),
            Self::String(string) => out.write_str(string),
            Self::Image(image) => write!(out, "{image}"),
            Self::Cidr(cidr) => write!(out, "{cidr}"),
            Self::Semver(version) => write!(out, "{version}"),
            Self::Window(window) => write!(out, "{window}"),
            Self::List(items) => {
                let (open, close) = match place {
                    Place::Top => ("", ""),
                    Place::Inner => ("[", "]"),
                };
                out.write_str(open)?;
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.write_str(", ")?;
                    }
                    item.write(out, Place::Inner)?;
                }
                out.write_str(close)
            }
            Self::Map(map) => {
                out.write_char('{')?;
                for (at, (key, value)) in map.iter().enumerate() {
                    if at > 0 {
                        out.write_str(", ")?;
                    }
                    write!(out, "{key}: ")?;
                    value.write(out, Place::Inner)?;
                }
                out.write_char('}')
            }
        }
    }
}

/// Whether a list needs brackets to be told apart from what is around it.
#[derive(Clone, Copy)]
enum Place {
    Top,
    Inner,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cause::Cause;
    use crate::value::Map;

    #[test]
    fn values_read_well_in_a_sentence() {
        let nested = Value::List(vec![
            Value::List(vec![Value::string("a"), Value::Bool(true)]),
            Value::Map(Map::from_entries(vec![("b".into(), Value::Absent)]).unwrap()),
        ]);
        assert_eq!(nested.render(), "[a, true], {b: absent}");
        let unknown = Value::unknown(Cause::NotGiven {
            fact: "current".into(),
        });
        assert_eq!(unknown.render(), "unknown (`current` was not given)");
    }
}
