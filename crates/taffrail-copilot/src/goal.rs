//! What options are looked for: an action, or a goal with candidate actions.

use taffrail_actions::{
    Action, ActionError, Defaults, Entry, Node, NodeKind, action_from_node, node_of_document,
};
use taffrail_runtime::request::Request;
use taffrail_runtime::{Decimal, Value};

use crate::options::path::Path;

/// Actions that would do, one of which is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// What is to be reached, in words.
    pub text: Option<String>,
    /// The candidates, in the order of whoever asks.
    pub candidates: Vec<Action>,
    /// What every option must keep to.
    pub keep: Vec<Keep>,
}

/// A bound on a field of the object as it would be. Options outside of it are not offered.
#[derive(Debug, Clone, PartialEq)]
pub struct Keep {
    /// The field, `spec.replicas`.
    pub field: String,
    path: Path,
    /// The least number.
    pub at_least: Option<Decimal>,
    /// The greatest number.
    pub at_most: Option<Decimal>,
    /// The only values; empty for any.
    pub one_of: Vec<Value>,
}

/// Why a text is no goal.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GoalError {
    /// A candidate, or the action itself, cannot be read.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The goal itself cannot be read.
    #[error("{document}{}: {message}", line_of(*.line))]
    Goal {
        /// The document's name.
        document: String,
        /// The 1-based line; 0 where nobody can say.
        line: u32,
        /// What is wrong, and what was expected.
        message: String,
    },
}

/// A document in JSON tells no lines.
fn line_of(line: u32) -> String {
    match line {
        0 => String::new(),
        line => format!(":{line}"),
    }
}

impl Goal {
    /// Returns the goal of one action.
    #[must_use]
    pub fn of(action: Action) -> Self {
        Self {
            text: None,
            candidates: vec![action],
            keep: Vec::new(),
        }
    }

    /// Tells whether an action keeps to every bound. A bound on a field that cannot be told is not kept.
    pub(crate) fn allows(&self, request: &Request) -> bool {
        let outcome = request.outcome();
        self.keep.iter().all(|keep| keep.allows(&outcome))
    }

    /// Returns the bounds of a field's numbers.
    pub(crate) fn bounds(&self, path: &Path) -> (Option<Decimal>, Option<Decimal>) {
        let all = || self.keep.iter().filter(|keep| keep.path == *path);
        (
            all().filter_map(|keep| keep.at_least).max(),
            all().filter_map(|keep| keep.at_most).min(),
        )
    }
}

impl Keep {
    fn allows(&self, object: &Value) -> bool {
        if matches!(object, Value::Absent) {
            // What is deleted has no fields to bound.
            return true;
        }
        let value = self.path.of(object);
        let number = self.path.number(object);
        let within = |number: Decimal| {
            self.at_least.is_none_or(|least| number >= least)
                && self.at_most.is_none_or(|most| number <= most)
        };
        let has_bounds = self.at_least.is_some() || self.at_most.is_some();
        (!has_bounds || number.is_some_and(within))
            && (self.one_of.is_empty() || value.is_some_and(|value| self.one_of.contains(value)))
    }
}

/// The keys of a goal that are none of an action.
const OF_GOALS: [&str; 3] = ["goal", "candidates", "keep"];

/// Reads an action document, or a goal: `goal` says in words what is to be reached, `candidates` lists actions as the steps of a plan
/// are written, `keep` bounds fields of the object as it would be.
///
/// ```
/// use taffrail_actions::Defaults;
/// use taffrail_copilot::read_goal;
///
/// let text = br#"
/// goal: keep checkout within its SLO
/// keep: { spec.replicas: { at_least: 3, at_most: 10 } }
/// candidates:
///   - { verb: scale, target: { apiVersion: apps/v1, kind: Deployment, namespace: shop, name: checkout }, patch: { spec: { replicas: 9 } } }
///   - { verb: restart, target: { apiVersion: apps/v1, kind: Deployment, namespace: shop, name: checkout } }
/// "#;
/// let goal = read_goal("goal.yaml", text, &Defaults::default())?;
/// assert_eq!(goal.candidates.len(), 2);
/// # Ok::<(), taffrail_copilot::GoalError>(())
/// ```
///
/// # Errors
///
/// What an action document cannot say, keys that nobody knows, no candidates, and bounds that nothing can keep.
pub fn read_goal(name: &str, bytes: &[u8], defaults: &Defaults) -> Result<Goal, GoalError> {
    let node = node_of_document(name, bytes)?;
    let reader = Reader { name, defaults };
    let NodeKind::Map(entries) = &node.kind else {
        return Ok(Goal::of(reader.action(&node)?));
    };
    let (own, shared): (Vec<Entry>, Vec<Entry>) = entries
        .iter()
        .cloned()
        .partition(|entry| OF_GOALS.contains(&entry.key.as_str()));
    let mut goal = Goal {
        text: None,
        candidates: Vec::new(),
        keep: Vec::new(),
    };
    let mut has_candidates = false;
    for entry in own {
        match entry.key.as_str() {
            "goal" => goal.text = Some(reader.text(&entry)?),
            "keep" => goal.keep = reader.keep(&entry)?,
            _ => {
                has_candidates = true;
                goal.candidates = reader.candidates(&entry, &shared)?;
            }
        }
    }
    if !has_candidates {
        let action = Node::map(shared, node.place);
        goal.candidates = vec![reader.action(&action)?];
    }
    Ok(goal)
}

struct Reader<'r> {
    name: &'r str,
    defaults: &'r Defaults,
}

impl Reader<'_> {
    fn action(&self, node: &Node) -> Result<Action, GoalError> {
        let action = action_from_node(node, self.defaults);
        Ok(action.map_err(|error| error.of_document(self.name))?)
    }

    fn error(&self, node: &Node, message: impl Into<String>) -> GoalError {
        GoalError::Goal {
            document: self.name.to_owned(),
            line: node.place.0,
            message: message.into(),
        }
    }

    fn text(&self, entry: &Entry) -> Result<String, GoalError> {
        match &entry.value.kind {
            NodeKind::Leaf(Value::String(text)) => Ok(text.to_string()),
            _ => Err(self.error(
                &entry.value,
                format!(
                    "`{}` is {} where a text is expected",
                    entry.key,
                    entry.value.type_name()
                ),
            )),
        }
    }

    /// Each candidate is a document of its own together with what all of them share.
    fn candidates(&self, entry: &Entry, shared: &[Entry]) -> Result<Vec<Action>, GoalError> {
        let NodeKind::List(items) = &entry.value.kind else {
            return Err(self.error(
                &entry.value,
                format!(
                    "`candidates` is {} where a list of actions is expected",
                    entry.value.type_name()
                ),
            ));
        };
        if items.is_empty() {
            return Err(self.error(
                &entry.value,
                "`candidates` is empty: list the actions that would do, `- { verb: scale, target: …, patch: … }`",
            ));
        }
        items
            .iter()
            .map(|item| {
                let NodeKind::Map(own) = &item.kind else {
                    return Err(self.error(
                        item,
                        format!("a candidate is {} where an action is expected", item.type_name()),
                    ));
                };
                if let Some(twice) = own
                    .iter()
                    .find(|own| shared.iter().any(|shared| shared.key == own.key))
                {
                    let message = format!(
                        "`{}` is written beside `candidates`, for all of them, and in this candidate: leave one out",
                        twice.key
                    );
                    return Err(self.error(&twice.value, message));
                }
                let entries = own.iter().chain(shared).cloned().collect();
                self.action(&Node::map(entries, item.place))
            })
            .collect()
    }

    fn keep(&self, entry: &Entry) -> Result<Vec<Keep>, GoalError> {
        let NodeKind::Map(fields) = &entry.value.kind else {
            return Err(self.error(
                &entry.value,
                "`keep` is expected to be a map of fields, `keep: { spec.replicas: { at_least: 3 } }`",
            ));
        };
        fields.iter().map(|field| self.bound(field)).collect()
    }

    fn bound(&self, entry: &Entry) -> Result<Keep, GoalError> {
        let field = entry.key.trim_start_matches("proposed.").to_owned();
        let mut keep = Keep {
            path: Path::parse(&field),
            field,
            at_least: None,
            at_most: None,
            one_of: Vec::new(),
        };
        let NodeKind::Map(bounds) = &entry.value.kind else {
            return Err(self.error(
                &entry.value,
                format!(
                    "the bounds of `{}` are expected to be a map with `at_least`, `at_most` or `one_of`",
                    keep.field
                ),
            ));
        };
        for bound in bounds {
            match bound.key.as_str() {
                "at_least" => keep.at_least = Some(self.number(bound)?),
                "at_most" => keep.at_most = Some(self.number(bound)?),
                "one_of" => match bound.value.to_value() {
                    Value::List(items) if !items.is_empty() => keep.one_of = items,
                    _ => {
                        return Err(
                            self.error(&bound.value, "`one_of` is expected to be a list of values")
                        );
                    }
                },
                other => {
                    let message =
                        format!("`{other}` bounds nothing: `at_least`, `at_most` and `one_of` do");
                    return Err(self.error(&bound.value, message));
                }
            }
        }
        self.can_be_kept(&keep, &entry.value)?;
        Ok(keep)
    }

    fn number(&self, bound: &Entry) -> Result<Decimal, GoalError> {
        let value = bound.value.to_value();
        let number = match &value {
            Value::Number(number) => Some(*number),
            Value::String(text) => taffrail_runtime::quantity::parse(text),
            _ => None,
        };
        number.ok_or_else(|| {
            let message = format!(
                "`{}` is {} where a number or a quantity is expected",
                bound.key,
                bound.value.type_name()
            );
            self.error(&bound.value, message)
        })
    }

    /// Bounds that contradict each other leave nothing to offer: that is a mistake, not an answer.
    fn can_be_kept(&self, keep: &Keep, node: &Node) -> Result<(), GoalError> {
        if let (Some(least), Some(most)) = (keep.at_least, keep.at_most)
            && least > most
        {
            let message = format!(
                "nothing keeps `{}` at least {least} and at most {most}: the bounds contradict each other",
                keep.field
            );
            return Err(self.error(node, message));
        }
        let numbers = keep.one_of.iter().map(|value| match value {
            Value::Number(number) => Some(*number),
            Value::String(text) => taffrail_runtime::quantity::parse(text),
            _ => None,
        });
        let outside = |number: Option<Decimal>| {
            number.is_none_or(|number| {
                keep.at_least.is_some_and(|least| number < least)
                    || keep.at_most.is_some_and(|most| number > most)
            })
        };
        let is_bounded = keep.at_least.is_some() || keep.at_most.is_some();
        if is_bounded && !keep.one_of.is_empty() && numbers.into_iter().all(outside) {
            let message = format!(
                "no value in `one_of` of `{}` lies within its other bounds: the bounds contradict each other",
                keep.field
            );
            return Err(self.error(node, message));
        }
        Ok(())
    }
}
