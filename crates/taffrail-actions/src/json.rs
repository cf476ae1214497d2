//! Reads JSON into nodes: duplicate keys are refused, numbers stay exact.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use taffrail_runtime::Decimal;
use taffrail_runtime::Value;

use crate::error::{ActionError, Problem};
use crate::node::{Entry, Node, Place};
use crate::yaml::{DEPTH_LIMIT, NODE_LIMIT, Trail};

/// Reads JSON values that stand one after the other.
pub(crate) fn read(text: &str) -> Result<Vec<Node>, ActionError> {
    let context = RefCell::new(Context::default());
    let mut source = serde_json::Deserializer::from_str(text);
    let mut nodes = Vec::new();
    if text.trim().is_empty() {
        return Ok(nodes);
    }
    loop {
        match Seed(&context).deserialize(&mut source) {
            Ok(node) => nodes.push(node),
            Err(error) => return Err(located(&error, context.into_inner().problem)),
        }
        if source.end().is_ok() {
            return Ok(nodes);
        }
    }
}

/// Reads one JSON value as careful readers do: a key that stands twice, a value that is nested too deep and anything after the value are
/// errors.
///
/// ```
/// assert_eq!(taffrail_actions::read_json("[1, 2]").unwrap(), serde_json::json!([1, 2]));
/// assert!(taffrail_actions::read_json(r#"{"command": "ls", "command": "rm"}"#).is_err());
/// assert!(taffrail_actions::read_json("").is_err());
/// ```
///
/// # Errors
///
/// What is wrong with it, and where.
pub fn read_json(text: &str) -> Result<serde_json::Value, ActionError> {
    match read(text)?.as_slice() {
        [node] => Ok(node.to_json()),
        nodes => Err(ActionError::new(
            Place(1),
            Problem::Syntax {
                message: match nodes {
                    [] => "there is nothing to read".into(),
                    _ => "this is more than one JSON value".into(),
                },
            },
        )),
    }
}

/// What the reader keeps besides the tree.
#[derive(Default)]
struct Context {
    trail: Trail,
    count: usize,
    problem: Option<Problem>,
}

fn located(error: &serde_json::Error, problem: Option<Problem>) -> ActionError {
    let place = Place(u32::try_from(error.line()).unwrap_or(u32::MAX));
    let problem = problem.unwrap_or_else(|| {
        let message = error.to_string();
        // The line is said in the place; the column alone helps on long lines.
        let (message, _) = message.rsplit_once(" at line ").unwrap_or((&message, ""));
        if message == "recursion limit exceeded" {
            return Problem::TooDeep { limit: DEPTH_LIMIT };
        }
        Problem::Syntax {
            message: format!("this is not JSON: {message} in column {}", error.column()),
        }
    });
    ActionError::new(place, problem)
}

#[derive(Clone, Copy)]
struct Seed<'c>(&'c RefCell<Context>);

impl Seed<'_> {
    fn fail<E: serde::de::Error>(self, problem: Problem) -> E {
        self.0.borrow_mut().problem = Some(problem);
        E::custom("refused")
    }

    fn leaf<E: serde::de::Error>(self, value: Value) -> Result<Node, E> {
        self.count()?;
        Ok(Node::leaf(value, Place::NOWHERE))
    }

    fn count<E: serde::de::Error>(self) -> Result<(), E> {
        let count = {
            let mut context = self.0.borrow_mut();
            context.count = context.count.saturating_add(1);
            context.count
        };
        if count > NODE_LIMIT {
            return Err(self.fail(Problem::TooManyValues { limit: NODE_LIMIT }));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Node, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Node, E> {
        self.leaf(Value::Absent)
    }

    fn visit_bool<E: serde::de::Error>(self, truth: bool) -> Result<Node, E> {
        self.leaf(Value::Bool(truth))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Node, E> {
        self.leaf(Value::Number(number.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Node, E> {
        self.leaf(Value::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Node, E> {
        match Decimal::from_f64(number) {
            Some(number) => self.leaf(Value::Number(number)),
            None => {
                let path = self.0.borrow().trail.path();
                Err(self.fail(Problem::NumberOutOfRange {
                    path,
                    text: format!("{number:e}"),
                }))
            }
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Node, E> {
        self.leaf(Value::string(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Node, A::Error> {
        self.count()?;
        let mut items = Vec::new();
        loop {
            self.0.borrow_mut().trail.enter_item(items.len());
            let item = source.next_element_seed(self)?;
            self.0.borrow_mut().trail.leave();
            match item {
                Some(item) => items.push(item),
                None => return Ok(Node::list(items, Place::NOWHERE)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Node, A::Error> {
        self.count()?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut keys = std::collections::BTreeSet::new();
        while let Some(key) = source.next_key::<String>()? {
            self.0.borrow_mut().trail.enter_key(&key);
            if !keys.insert(key.clone()) {
                let path = self.0.borrow().trail.path();
                return Err(self.fail(Problem::DuplicateKey { path }));
            }
            let value = source.next_value_seed(self)?;
            self.0.borrow_mut().trail.leave();
            entries.push(Entry {
                key,
                place: Place::NOWHERE,
                value,
            });
        }
        Ok(Node::map(entries, Place::NOWHERE))
    }
}
