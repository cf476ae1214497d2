//! What `rollout undo` makes of a workload: the template of an earlier revision.

use serde_json::{Map, Value as Json, json};

use super::{get, kind, set};
use crate::stored::Write;

const REVISION: &str = "deployment.kubernetes.io/revision";

/// Annotations that a Deployment keeps when it goes back; all others come from the revision.
const KEPT: [&str; 6] = [
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    REVISION,
    "deployment.kubernetes.io/revision-history",
    "deprecated.deployment.rollback.to",
    "kubectl.kubernetes.io/last-applied-configuration",
];

/// Why a workload cannot be taken back, or it cannot be told to what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UndoError {
    /// The kind has no revisions.
    #[error("a {kind} has no revisions")]
    Kind {
        /// The kind.
        kind: String,
    },
    /// A Deployment that is paused is not taken back.
    #[error("it is paused")]
    Paused,
    /// There can be no such revision.
    #[error("there is no revision {revision}")]
    Revision {
        /// The number that is asked for.
        revision: i64,
    },
    /// The revision is not among the objects that are known.
    #[error("{what} is not known")]
    Unknown {
        /// What is not known.
        what: String,
    },
}

/// Returns the write that takes a workload back to a revision; 0 is the one before the latest. The revisions are looked for in
/// the other live objects: ReplicaSets of a Deployment, ControllerRevisions of a DaemonSet or StatefulSet.
///
/// # Errors
///
/// Where kubectl refuses, or where the revision cannot be told: without a number, it is known only for a Deployment of which the
/// revision right before its own is there.
pub fn undo(live: &Json, others: &[Json], revision: i64) -> Result<Write, UndoError> {
    if revision < 0 {
        return Err(UndoError::Revision { revision });
    }
    match kind(live) {
        "Deployment" => deployment(live, others, revision).map(Write::Replace),
        "DaemonSet" | "StatefulSet" => {
            let found = others.iter().find(|other| {
                revision > 0
                    && kind(other) == "ControllerRevision"
                    && is_owned(other, live)
                    && other.get("revision").and_then(Json::as_i64) == Some(revision)
            });
            let data = found.and_then(|found| found.get("data"));
            data.map(|data| Write::StrategicMergePatch(data.clone()))
                .ok_or_else(|| missing(revision))
        }
        other => Err(UndoError::Kind {
            kind: other.to_owned(),
        }),
    }
}

fn deployment(live: &Json, others: &[Json], revision: i64) -> Result<Json, UndoError> {
    if get(live, &["spec", "paused"]) == Some(&json!(true)) {
        return Err(UndoError::Paused);
    }
    let wanted = match revision {
        // Revisions are counted up: none lies between two numbers that follow each other.
        0 => number(live)
            .and_then(|latest| latest.checked_sub(1))
            .filter(|wanted| *wanted > 0)
            .ok_or_else(|| missing(0))?,
        revision => revision,
    };
    let found = others.iter().find(|other| {
        kind(other) == "ReplicaSet" && is_owned(other, live) && number(other) == Some(wanted)
    });
    let found = found.ok_or_else(|| missing(revision))?;
    let template = get(found, &["spec", "template"]).ok_or_else(|| missing(revision))?;
    let mut template = template.clone();
    set(
        &mut template,
        &["metadata", "labels", "pod-template-hash"],
        None,
    );
    let mut after = live.clone();
    if get(live, &["spec", "template"]) == Some(&template) {
        return Ok(after);
    }
    set(&mut after, &["spec", "template"], Some(template));
    let mut annotations = Map::new();
    for (from, keeps) in [(live, true), (found, false)] {
        let given = get(from, &["metadata", "annotations"]).and_then(Json::as_object);
        for (key, value) in given.into_iter().flatten() {
            if KEPT.contains(&key.as_str()) == keeps {
                annotations.insert(key.clone(), value.clone());
            }
        }
    }
    let annotations = (!annotations.is_empty()).then_some(Json::Object(annotations));
    set(&mut after, &["metadata", "annotations"], annotations);
    Ok(after)
}

fn number(object: &Json) -> Option<i64> {
    let text = get(object, &["metadata", "annotations", REVISION])?.as_str()?;
    text.parse().ok()
}

/// Tells whether a workload is the owner of an object in its namespace.
fn is_owned(object: &Json, owner: &Json) -> bool {
    let owners = get(object, &["metadata", "ownerReferences"]).and_then(Json::as_array);
    let is_same = |left: Option<&Json>, right: Option<&Json>| left.is_some() && left == right;
    let uid = get(owner, &["metadata", "uid"]);
    get(object, &["metadata", "namespace"]) == get(owner, &["metadata", "namespace"])
        && owners.into_iter().flatten().any(|reference| {
            is_same(reference.get("kind"), owner.get("kind"))
                && is_same(reference.get("name"), get(owner, &["metadata", "name"]))
                && (uid.is_none() || reference.get("uid").is_none_or(|found| Some(found) == uid))
        })
}

fn missing(revision: i64) -> UndoError {
    UndoError::Unknown {
        what: match revision {
            0 => "the revision before the latest".to_owned(),
            revision => format!("revision {revision}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(number: i64, image: &str) -> Json {
        json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {
                "name": format!("web-{number}"), "namespace": "shop",
                "annotations": { REVISION: number.to_string(), "note": image },
                "ownerReferences": [{ "kind": "Deployment", "name": "web", "uid": "u" }],
            },
            "spec": { "template": {
                "metadata": { "labels": { "app": "web", "pod-template-hash": "x" } },
                "spec": { "containers": [{ "name": "web", "image": image }] },
            } },
        })
    }

    fn deployment() -> Json {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": { "name": "web", "namespace": "shop", "uid": "u", "annotations": { REVISION: "3", "own": "gone" } },
            "spec": { "replicas": 2, "template": { "metadata": { "labels": { "app": "web" } }, "spec": {} } },
        })
    }

    #[test]
    fn a_deployment_takes_the_template_of_the_revision_before() {
        let others = [
            revision(3, "web:3"),
            revision(1, "web:1"),
            revision(2, "web:2"),
        ];
        let Ok(Write::Replace(after)) = undo(&deployment(), &others, 0) else {
            panic!("it is replaced");
        };
        assert_eq!(
            after["spec"]["template"],
            json!({
                "metadata": { "labels": { "app": "web" } },
                "spec": { "containers": [{ "name": "web", "image": "web:2" }] },
            })
        );
        assert_eq!(after["spec"]["replicas"], 2);
        assert_eq!(
            after["metadata"]["annotations"],
            json!({ REVISION: "3", "note": "web:2" })
        );
    }

    #[test]
    fn a_revision_that_is_not_there_is_unknown() {
        let others = [revision(1, "web:1")];
        let error = undo(&deployment(), &others, 0).unwrap_err().to_string();
        assert_eq!(error, "the revision before the latest is not known");
        assert!(undo(&deployment(), &others, 1).is_ok());
        let mut paused = deployment();
        paused["spec"]["paused"] = json!(true);
        assert_eq!(undo(&paused, &others, 1), Err(UndoError::Paused));
        assert_eq!(
            undo(&paused, &others, -1),
            Err(UndoError::Revision { revision: -1 })
        );
        let mut other = deployment();
        other["metadata"]["uid"] = json!("another");
        assert!(undo(&other, &others, 1).is_err());
    }

    #[test]
    fn a_stateful_set_is_patched_with_its_revision() {
        let set = json!({ "kind": "StatefulSet", "metadata": { "name": "db" } });
        let data = json!({ "spec": { "template": { "$patch": "replace" } } });
        let others = [json!({
            "kind": "ControllerRevision", "revision": 4, "data": data,
            "metadata": { "ownerReferences": [{ "kind": "StatefulSet", "name": "db" }] },
        })];
        assert_eq!(undo(&set, &others, 4), Ok(Write::StrategicMergePatch(data)));
        assert!(undo(&set, &others, 0).is_err());
    }
}
