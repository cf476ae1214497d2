//! The flags and words of a command that makes objects.

use std::fmt;
use std::str::FromStr;

use super::text::comma_separated;
use super::{GenerateError, Made, form};

/// What a command is given, after its name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// The flags in order, by their long names without dashes; `None` for a switch without a value.
    pub values: Vec<(String, Option<String>)>,
    /// The words that are no flags.
    pub positional: Vec<String>,
    /// The words behind `--`.
    pub after_dashes: Vec<String>,
}

/// Values are left out: they may be secret.
impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Flags")
            .field("names", &names)
            .finish_non_exhaustive()
    }
}

impl Flags {
    /// Returns every value of a flag, in order.
    pub(super) fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        self.values
            .iter()
            .filter(move |(given, _)| given == name)
            .filter_map(|(_, value)| value.as_deref())
    }

    /// Returns the value of a flag that counts, which is the last one, unless it is empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).last().filter(|value| !value.is_empty())
    }

    /// Returns every element of a flag whose values are lists with commas.
    pub(super) fn list(&self, name: &str) -> Made<Vec<String>> {
        let mut list = Vec::new();
        for value in self.all(name) {
            let elements = comma_separated(value);
            list.extend(elements.ok_or_else(|| GenerateError::Hidden {
                place: format!("--{name}"),
                expected: "a list with commas",
            })?);
        }
        Ok(list)
    }

    pub(super) fn is_on(&self, name: &str) -> Made<bool> {
        let given = self.values.iter().rev().find(|(given, _)| given == name);
        match given.map(|(_, value)| value.as_deref()) {
            None => Ok(false),
            Some(None | Some("true" | "t" | "T" | "TRUE" | "True" | "1")) => Ok(true),
            Some(Some("false" | "f" | "F" | "FALSE" | "False" | "0")) => Ok(false),
            Some(Some(other)) => Err(form(format!("--{name}"), other, "true or false")),
        }
    }

    /// Returns the number of a flag; `None` where it is not given.
    pub(super) fn number<N: FromStr>(&self, name: &str) -> Made<Option<N>> {
        let Some(value) = self.all(name).last() else {
            return Ok(None);
        };
        let number = value.parse().ok();
        match number {
            Some(number) => Ok(Some(number)),
            None => Err(form(format!("--{name}"), value, "a whole number in range")),
        }
    }

    /// Returns the one name that most commands take.
    pub(super) fn name(&self) -> Made<&str> {
        match self.positional.as_slice() {
            [name] => Ok(name),
            names => Err(GenerateError::Names { given: names.len() }),
        }
    }
}
