//! How an executed action is taken back: computed before it runs, and kept in the ledger.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use taffrail_actions::inverse::inverse;
use taffrail_actions::stored::Write;

use crate::call::{Call, FIELD_MANAGER, marked};
use crate::change::own;
use crate::merge;

/// The way back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Undo {
    /// Puts the fields back that the action changes, while they are as it left them.
    Restore {
        /// The fields as the action leaves them, a merge patch.
        done: Json,
        /// The fields as they were, a merge patch.
        back: Json,
    },
    /// Deletes what the action makes, while nobody has changed it.
    Delete {
        /// The object as the action makes it.
        made: Json,
    },
    /// Makes again what the action deletes.
    Make {
        /// The object.
        object: Json,
        /// What is not brought back.
        losses: Vec<String>,
    },
    /// There is none, and why.
    None(String),
}

/// What stands in the way of a rollback: fields that somebody else changed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Overtaken {
    pub(crate) paths: Vec<String>,
    pub(crate) by: Vec<String>,
}

impl std::fmt::Display for Overtaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} changed since", self.paths.join(", "))?;
        if !self.by.is_empty() {
            write!(f, ", by {}", self.by.join(" and "))?;
        }
        Ok(())
    }
}

impl Undo {
    /// Returns the way back from `after` to `before`.
    pub(crate) fn of(before: Option<&Json>, after: Option<&Json>) -> Self {
        let (before, after) = (before.map(own), after.map(own));
        match (&before, &after) {
            (Some(before), Some(after)) if before != after => Self::Restore {
                done: merge::between(before, after),
                back: merge::between(after, before),
            },
            (None, Some(made)) => Self::Delete { made: made.clone() },
            _ => match inverse(before.as_ref(), after.as_ref()) {
                Ok(inverse) => match inverse.write {
                    Write::Create(object) => Self::Make {
                        object,
                        losses: inverse.losses.iter().map(|&loss| loss.to_owned()).collect(),
                    },
                    other => Self::None(format!("{other:?} is no way back")),
                },
                Err(none) => Self::None(none.to_string()),
            },
        }
    }

    /// Returns the request that takes the action back, given the live object; `None` when that has been done already.
    pub(crate) fn call(
        &self,
        path: &str,
        live: Option<&Json>,
        action: &str,
    ) -> Result<Option<Call>, Overtaken> {
        let mark = mark_of(action);
        let version = |body: Json| {
            let version = live
                .and_then(|live| live.pointer("/metadata/resourceVersion"))
                .cloned();
            let mut body = marked(body, &mark);
            if let (Some(version), Some(metadata)) = (
                version,
                body.get_mut("metadata").and_then(Json::as_object_mut),
            ) {
                metadata.insert("resourceVersion".to_owned(), version);
            }
            body
        };
        let call = |method: &str, path: &str, content_type: &str, body: Json| Call {
            method: method.to_owned(),
            path: path.to_owned(),
            query: format!("fieldManager={FIELD_MANAGER}"),
            content_type: content_type.to_owned(),
            body: Some(body),
        };
        let own_live = live.map(own);
        match (self, own_live) {
            (Self::None(_), _) | (Self::Delete { .. }, None) => Ok(None),
            (Self::Restore { .. }, None) => Err(gone()),
            (Self::Restore { done, back }, Some(own_live)) => {
                if merge::unset(&own_live, back).is_empty() {
                    return Ok(None);
                }
                let paths = merge::unset(&own_live, done);
                if !paths.is_empty() {
                    return Err(overtaken(live, paths));
                }
                Ok(Some(call(
                    "PATCH",
                    path,
                    "application/merge-patch+json",
                    version(back.clone()),
                )))
            }
            (Self::Delete { made }, Some(own_live)) => {
                let paths = merge::unset(&own_live, made);
                if !paths.is_empty() {
                    return Err(overtaken(live, paths));
                }
                let part = |name: &str| {
                    live.and_then(|live| live.pointer(&format!("/metadata/{name}")).cloned())
                };
                let body = json!({
                    "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
                    "preconditions": { "uid": part("uid"), "resourceVersion": part("resourceVersion") },
                });
                let mut call = call("DELETE", path, "application/json", body);
                call.query.clear();
                Ok(Some(call))
            }
            (Self::Make { object, .. }, None) => {
                let collection = path
                    .rsplit_once('/')
                    .map_or(path, |(collection, _)| collection);
                Ok(Some(call(
                    "POST",
                    collection,
                    "application/json",
                    marked(object.clone(), &mark),
                )))
            }
            (Self::Make { .. }, Some(_)) => {
                if live.and_then(crate::call::mark) == Some(&mark) {
                    return Ok(None);
                }
                Err(overtaken(live, vec!["an object of that name".to_owned()]))
            }
        }
    }

    /// Returns why there is no way back, if there is none.
    pub(crate) fn missing(&self) -> Option<&str> {
        match self {
            Self::None(reason) => Some(reason),
            Self::Restore { .. } | Self::Delete { .. } | Self::Make { .. } => None,
        }
    }
}

/// Returns the mark of the request that takes an action back.
pub(crate) fn mark_of(action: &str) -> String {
    format!("{action}/undo")
}

fn gone() -> Overtaken {
    Overtaken {
        paths: vec!["the object is gone; it".to_owned()],
        by: Vec::new(),
    }
}

/// Names who else has written to an object, newest first, as far as its managed fields tell.
fn overtaken(live: Option<&Json>, paths: Vec<String>) -> Overtaken {
    let managers = live
        .and_then(|live| live.pointer("/metadata/managedFields"))
        .and_then(Json::as_array);
    let mut found: Vec<(String, String)> = managers
        .into_iter()
        .flatten()
        .filter(|entry| entry.get("subresource").is_none())
        .filter_map(|entry| {
            let manager = entry.get("manager")?.as_str()?;
            let time = entry.get("time").and_then(Json::as_str).unwrap_or_default();
            (manager != FIELD_MANAGER).then(|| (time.to_owned(), manager.to_owned()))
        })
        .collect();
    // Times are whole seconds; of the same one, what stands later was written later.
    found.reverse();
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    let by = found.into_iter().take(1).map(|(time, manager)| {
        if time.is_empty() {
            format!("`{manager}`")
        } else {
            format!("`{manager}` at {time}")
        }
    });
    Overtaken {
        paths,
        by: by.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::Undo;
    use serde_json::json;

    #[test]
    fn a_field_that_somebody_else_changed_is_not_put_back() {
        let before = json!({ "kind": "Deployment", "metadata": { "name": "api" }, "spec": { "replicas": 2 } });
        let after = json!({ "kind": "Deployment", "metadata": { "name": "api" }, "spec": { "replicas": 3 } });
        let live = json!({ "kind": "Deployment", "metadata": { "name": "api", "managedFields": [
            { "manager": "taffrail", "time": "2026-11-22T10:00:00Z" }, { "manager": "kubectl-scale", "time": "2026-11-22T10:01:00Z" },
        ] }, "spec": { "replicas": 5 } });
        let undo = Undo::of(Some(&before), Some(&after));
        let overtaken = undo.call("/x", Some(&live), "a1").unwrap_err();
        assert_eq!(
            overtaken.to_string(),
            "spec.replicas changed since, by `kubectl-scale` at 2026-11-22T10:01:00Z"
        );
    }

    #[test]
    fn what_others_changed_elsewhere_stays() {
        let before = json!({ "kind": "Deployment", "metadata": { "name": "api" }, "spec": { "replicas": 2 } });
        let after = json!({ "kind": "Deployment", "metadata": { "name": "api" }, "spec": { "replicas": 3 } });
        let live = json!({ "kind": "Deployment", "metadata": { "name": "api", "resourceVersion": "9" }, "spec": { "replicas": 3, "paused": true } });
        let call = Undo::of(Some(&before), Some(&after))
            .call("/x", Some(&live), "a1")
            .unwrap()
            .unwrap();
        assert_eq!(
            call.body.unwrap(),
            json!({
                "metadata": { "resourceVersion": "9", "annotations": { "taffrail.dev/action": "a1/undo" } },
                "spec": { "replicas": 2 },
            })
        );
    }

    #[test]
    fn what_is_back_already_is_not_put_back_again() {
        let before = json!({ "kind": "Deployment", "metadata": { "name": "api" }, "spec": { "replicas": 2 } });
        let after = json!({ "kind": "Deployment", "metadata": { "name": "api" }, "spec": { "replicas": 3 } });
        assert_eq!(
            Undo::of(Some(&before), Some(&after))
                .call("/x", Some(&before), "a1")
                .unwrap(),
            None
        );
    }
}
