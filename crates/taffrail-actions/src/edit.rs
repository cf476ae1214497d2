//! What the editing commands of kubectl make of a live object, before the server sees it.
//!
//! ```
//! use serde_json::json;
//! use taffrail_actions::edit::{Edit, apply};
//!
//! let live = json!({ "kind": "Pod", "apiVersion": "v1", "metadata": { "name": "a", "labels": { "tier": "web" } } });
//! let edit = Edit::labels(&["tier=db", "old-"], true)?;
//! assert_eq!(apply(&edit, &live)?["metadata"]["labels"], json!({ "tier": "db" }));
//!
//! // As kubectl does, an edit refuses to change what is there unless it is told to.
//! let edit = Edit::labels(&["tier=db"], false)?;
//! assert_eq!(apply(&edit, &live).unwrap_err().to_string(), "`tier` has the value `web` already; `--overwrite` changes it");
//! # Ok::<(), taffrail_actions::edit::EditError>(())
//! ```

mod pods;
mod taints;
mod undo;
mod words;

use serde_json::{Map, Value as Json, json};

pub use taints::{Taint, TaintRemoval};
pub use undo::{UndoError, undo};

/// A change that a command makes to an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// `label`.
    Labels(Entries),
    /// `annotate`.
    Annotations(Entries),
    /// `taint` of a node.
    Taints {
        /// The taints to set.
        set: Vec<Taint>,
        /// The taints to remove.
        remove: Vec<TaintRemoval>,
        /// Whether a taint that is there may get another value.
        overwrite: bool,
    },
    /// `cordon`, `drain` (true) and `uncordon` (false) of a node.
    Unschedulable(bool),
    /// `rollout pause` (true) and `rollout resume` (false) of a Deployment.
    Paused(bool),
    /// `set image`: container and image; the container `*` is every one.
    Images(Vec<(String, String)>),
    /// `set env`.
    Env {
        /// Which containers: a name, in which `*` stands for any text.
        containers: String,
        /// The variables to set.
        set: Vec<(String, String)>,
        /// The names of those to remove.
        remove: Vec<String>,
    },
    /// `set resources`.
    Resources {
        /// Which containers: a name, in which `*` stands for any text.
        containers: String,
        /// The limits to set, by resource.
        limits: Vec<(String, String)>,
        /// The requests to set, by resource.
        requests: Vec<(String, String)>,
    },
    /// `set serviceaccount`.
    ServiceAccount(String),
    /// `set selector` of a Service: the whole new selector.
    Selector(Vec<(String, String)>),
}

/// Changes to a map of texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entries {
    /// The keys to set, with their values.
    pub set: Vec<(String, String)>,
    /// The keys to remove.
    pub remove: Vec<String>,
    /// Whether a key that is there may get another value.
    pub overwrite: bool,
}

/// Why an edit cannot be read, or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// A word of the command has none of the forms that it may have.
    #[error("`{word}` is not {expected}")]
    Form {
        /// The word.
        word: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A key is set and removed, or a taint is set twice.
    #[error("`{key}` stands twice")]
    Twice {
        /// The key.
        key: String,
    },
    /// A key has another value, and may not be changed.
    #[error("`{key}` has the value `{value}` already; `--overwrite` changes it")]
    HasValue {
        /// The key.
        key: String,
        /// The value it has.
        value: String,
    },
    /// The kind has nothing that the edit could change.
    #[error("a {kind} has no {part}")]
    NoPart {
        /// The kind.
        kind: String,
        /// What it lacks.
        part: &'static str,
    },
    /// No container has the name.
    #[error("there is no container `{name}`")]
    NoContainer {
        /// The name.
        name: String,
    },
    /// The object is in that state already.
    #[error("it is {state} already")]
    Already {
        /// The state.
        state: &'static str,
    },
}

type Edited<T> = Result<T, EditError>;

/// Makes an edit to a live object.
///
/// # Errors
///
/// Where kubectl refuses the edit: a key that has a value, a container or part that is not there.
pub fn apply(edit: &Edit, live: &Json) -> Edited<Json> {
    let mut object = live.clone();
    match edit {
        Edit::Labels(entries) => entries.apply(&mut object, "labels")?,
        Edit::Annotations(entries) => entries.apply(&mut object, "annotations")?,
        Edit::Taints {
            set,
            remove,
            overwrite,
        } => taints::apply(&mut object, set, remove, *overwrite)?,
        Edit::Unschedulable(true) => {
            set(&mut object, &["spec", "unschedulable"], Some(json!(true)))
        }
        Edit::Unschedulable(false) => set(&mut object, &["spec", "unschedulable"], None),
        Edit::Paused(paused) => pause(&mut object, *paused)?,
        Edit::Images(images) => pods::set_images(&mut object, images)?,
        Edit::Env {
            containers,
            set,
            remove,
        } => pods::set_env(&mut object, containers, set, remove)?,
        Edit::Resources {
            containers,
            limits,
            requests,
        } => pods::set_resources(&mut object, containers, limits, requests)?,
        Edit::ServiceAccount(name) => pods::set_service_account(&mut object, name)?,
        Edit::Selector(labels) => {
            let labels: Map<String, Json> = labels
                .iter()
                .map(|(key, value)| (key.clone(), json!(value)))
                .collect();
            if kind(&object) != "Service" {
                return Err(no_part(&object, "selector that can be changed"));
            }
            set(
                &mut object,
                &["spec", "selector"],
                Some(Json::Object(labels)),
            );
        }
    }
    Ok(object)
}

/// A Deployment alone can be paused.
fn pause(object: &mut Json, paused: bool) -> Edited<()> {
    if kind(object) != "Deployment" {
        return Err(no_part(object, "rollout that can be paused"));
    }
    let is_paused = get(object, &["spec", "paused"]) == Some(&json!(true));
    if is_paused == paused {
        let state = if paused { "paused" } else { "not paused" };
        return Err(EditError::Already { state });
    }
    set(object, &["spec", "paused"], paused.then_some(json!(true)));
    Ok(())
}

impl Entries {
    fn apply(&self, object: &mut Json, of: &str) -> Edited<()> {
        let before = get(object, &["metadata", of]).and_then(Json::as_object);
        let mut map = before.cloned().unwrap_or_default();
        for (key, value) in &self.set {
            if let Some(found) = map.get(key).and_then(Json::as_str)
                && found != value
                && !self.overwrite
            {
                return Err(EditError::HasValue {
                    key: key.clone(),
                    value: found.to_owned(),
                });
            }
            map.insert(key.clone(), json!(value));
        }
        for key in &self.remove {
            map.remove(key);
        }
        let map = (!map.is_empty()).then_some(Json::Object(map));
        set(object, &["metadata", of], map);
        Ok(())
    }
}

fn no_part(object: &Json, part: &'static str) -> EditError {
    EditError::NoPart {
        kind: kind(object).to_owned(),
        part,
    }
}

fn kind(object: &Json) -> &str {
    object
        .get("kind")
        .and_then(Json::as_str)
        .unwrap_or_default()
}

fn get<'o>(object: &'o Json, path: &[&str]) -> Option<&'o Json> {
    path.iter().try_fold(object, |at, key| at.get(key))
}

/// Sets a field, or removes it. Objects on the way are made where they are missing.
fn set(object: &mut Json, path: &[&str], value: Option<Json>) {
    let Some((key, rest)) = path.split_first() else {
        return;
    };
    if !object.is_object() {
        *object = json!({});
    }
    let Some(map) = object.as_object_mut() else {
        return;
    };
    if !rest.is_empty() {
        if value.is_none() && !map.contains_key(*key) {
            return;
        }
        let inner = map.entry(*key).or_insert_with(|| json!({}));
        return set(inner, rest, value);
    }
    match value {
        Some(value) => {
            map.insert((*key).to_owned(), value);
        }
        None => {
            map.remove(*key);
        }
    }
}
