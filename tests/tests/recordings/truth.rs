//! Events of an audit log become what their requests really were: whoever made the logs wrote that down.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value as Json;
use taffrail_actions::audit_event::{AuditEvent, Line, read_line};
use taffrail_runtime::Value;
use taffrail_runtime::request::{Proposed, Request};

use crate::exchange;

/// The logs with what their requests were.
const LOGS: [(&str, &str); 2] = [
    ("audit-prod-full.log.gz", "ground-truth-prod.jsonl"),
    ("audit-metadata.log.gz", "ground-truth-metadata.jsonl"),
];

#[test]
fn events_become_what_their_requests_were() {
    let Some(folder) = exchange::folder() else {
        eprintln!("no audit logs on this machine, nothing is compared");
        return;
    };
    let mut faults = Vec::new();
    let mut compared = 0;
    let mut labels = BTreeSet::new();
    for (log, truth) in LOGS {
        let (log, truth) = (
            folder.join("../audit").join(log),
            folder.join("../audit").join(truth),
        );
        if !log.is_file() || !truth.is_file() {
            eprintln!("there is no {} here", log.display());
            continue;
        }
        let truth = truths(&truth);
        for line in BufReader::new(GzDecoder::new(File::open(log).unwrap())).lines() {
            let line = line.unwrap();
            let Ok(Line::Event(event)) = read_line(&line) else {
                faults.push(format!("no event: {line}"));
                continue;
            };
            let Some(was) = truth.get(event.audit_id()) else {
                continue;
            };
            if !event.is_complete() {
                continue;
            }
            compared += 1;
            labels.insert(was["label"].as_str().unwrap().to_owned());
            let request = event.request(&Value::from_json_slice).unwrap();
            let found = differences(&event, &request, was, &line);
            faults.extend(found.into_iter().map(|what| format!("{was}: {what}")));
        }
    }
    println!("{compared} events of {} kinds of work", labels.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let is_ours = std::env::var_os("TAFFRAIL_RECORDINGS").is_none();
    assert!(!is_ours || (compared > 1_300 && labels.len() > 20));
}

fn truths(file: &Path) -> BTreeMap<String, Json> {
    let text = fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| {
        let truth: Json = serde_json::from_str(line).unwrap();
        (truth["auditID"].as_str().unwrap().to_owned(), truth)
    });
    lines.collect()
}

/// Returns what an event became that its request was not.
fn differences(event: &AuditEvent<'_>, request: &Request, was: &Json, line: &str) -> Vec<String> {
    let raw: Json = serde_json::from_str(line).unwrap();
    let mut faults = Vec::new();
    let mut held = |what: &str, holds: bool, found: String| {
        if !holds {
            faults.push(format!("{what} is {found}"));
        }
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.to_string(),
        other => format!("{other:?}"),
    };
    let verb = event.verb();
    held(
        "the verb",
        verbs(was, &raw).contains(&verb),
        format!("{verb:?}"),
    );
    let (kind, namespace, name) = address(was["path"].as_str().unwrap());
    let target = &request.target;
    // What kind a review has only its body says.
    let is_named = !kind.ends_with("Review") || raw["level"] != "Metadata";
    let found = text(&target.kind);
    held("the kind", !is_named || found == kind, found);
    if let Some(namespace) = namespace {
        let found = text(&target.namespace);
        held("the namespace", found == namespace, found);
    }
    if let Some(name) = name {
        held("the name", text(&target.name) == name, text(&target.name));
    }
    let actor = was["actor"].as_str().unwrap_or("system:anonymous");
    let is_actor = match actor.strip_prefix("sa:") {
        Some(account) => event.principal().ends_with(&format!(":{account}")),
        None => event.principal() == actor,
    };
    held("the principal", is_actor, event.principal().to_owned());
    // Of a connection that was cut off nobody noted the answer.
    let code = was["code"].as_u64();
    let failed = code.map_or(event.has_failed(), |code| code >= 400);
    held(
        "failure",
        event.has_failed() == failed,
        (!failed).to_string(),
    );
    let dry = was["label"] == "gate-dryrun";
    held("a dry run", event.is_dry_run() == dry, (!dry).to_string());
    held(
        "the time",
        matches!(request.now, Value::Time(_)),
        text(&request.now),
    );
    if !failed && raw["level"] == "RequestResponse" {
        let (what, holds) = objects(request, was, &raw);
        held(what, holds, "not as it was asked".into());
    }
    faults
}

/// Returns the verbs that a request may be told by; `None` where the log cannot say.
fn verbs(was: &Json, raw: &Json) -> Vec<Option<&'static str>> {
    let label = was["label"].as_str().unwrap();
    let has_body = !raw["requestObject"].is_null();
    match label {
        "gitops-apply" => vec![Some("apply")],
        "gitops-apply-conflict-possible" if has_body => vec![Some("apply")],
        "gitops-apply-conflict-possible" => vec![None],
        // What `rotator` patches is no apply, but without its body nobody can say so.
        "secret-rotation" | "gate-restart" if !has_body => vec![None],
        "ci-cronjob-suspend"
        | "dev-staging-change"
        | "gate-restart"
        | "human-config-change"
        | "human-cordon"
        | "human-restart"
        | "human-uncordon"
        | "secret-rotation" => {
            vec![Some("patch")]
        }
        "ci-deploy" | "ci-invalid" => vec![Some("replace")],
        "ci-job" | "gate-lease" => vec![Some("create")],
        "gate-scale" | "gate-dryrun" | "human-scale" | "dev-scale-attempt" => vec![Some("scale")],
        "gate-evict" | "human-drain-evict" => vec![Some("evict")],
        "human-delete-pod" => vec![Some("delete")],
        "dev-secret-read-attempt" => vec![Some("read_secret")],
        "misuse" => misuses(was),
        // A label that nobody explains here fits nothing.
        _ => Vec::new(),
    }
}

fn misuses(was: &Json) -> Vec<Option<&'static str>> {
    let path = was["path"].as_str().unwrap();
    match was["method"].as_str().unwrap() {
        "GET" if path.contains("/secrets") => vec![Some("read_secret")],
        "GET" => vec![Some("get"), Some("list")],
        "POST" if path.ends_with("/exec") => vec![Some("exec")],
        "POST" if path.ends_with("/token") => vec![None],
        "POST" => vec![Some("create")],
        "DELETE" => vec![Some("delete")],
        "PATCH" => vec![Some("patch"), Some("apply"), None],
        "PUT" => vec![Some("replace")],
        _ => Vec::new(),
    }
}

/// Returns kind, namespace and name of a path.
fn address(path: &str) -> (&'static str, Option<&str>, Option<&str>) {
    let path = path.split('?').next().unwrap();
    let mut parts = path.trim_start_matches('/').split('/').skip(1);
    if path.starts_with("/apis/") {
        parts.next();
    }
    parts.next();
    let mut parts: Vec<&str> = parts.collect();
    let namespace = match parts.as_slice() {
        ["namespaces", namespace, _, ..] => Some(*namespace),
        _ => None,
    };
    if namespace.is_some() {
        parts.drain(..2);
    }
    let kind = match parts[0] {
        "configmaps" => "ConfigMap",
        "cronjobs" => "CronJob",
        "deployments" => "Deployment",
        "jobs" => "Job",
        "leases" => "Lease",
        "namespaces" => "Namespace",
        "nodes" => "Node",
        "pods" => "Pod",
        "secrets" => "Secret",
        "serviceaccounts" => "ServiceAccount",
        "clusterrolebindings" => "ClusterRoleBinding",
        "rolebindings" => "RoleBinding",
        "selfsubjectrulesreviews" => "SelfSubjectRulesReview",
        "selfsubjectaccessreviews" => "SelfSubjectAccessReview",
        _ => "an object of a kind that is not listed here",
    };
    (kind, namespace, parts.get(1).copied())
}

/// Tells whether the objects of a request that was carried out are those that were asked for.
fn objects(request: &Request, was: &Json, raw: &Json) -> (&'static str, bool) {
    let asked = |path: &str| raw["requestObject"].pointer(path).map(Value::from_json);
    let after = match &request.proposed {
        Proposed::Given(value) => value.clone(),
        Proposed::Patch(_) | Proposed::FromVerb => Value::Absent,
    };
    let field = |object: &Value, path: &[&str]| {
        path.iter()
            .fold(object.clone(), |value, key| value.field(key, &String::new))
    };
    match was["label"].as_str().unwrap() {
        "gate-scale" | "gate-dryrun" | "human-scale" | "dev-scale-attempt" => (
            "the number of replicas",
            Some(field(&after, &["spec", "replicas"])) == asked("/spec/replicas"),
        ),
        "ci-cronjob-suspend" => (
            "`spec.suspend`",
            Some(field(&after, &["spec", "suspend"])) == asked("/spec/suspend"),
        ),
        label @ ("human-cordon" | "human-uncordon") => (
            "`spec.unschedulable`",
            matches!(field(&after, &["spec", "unschedulable"]), Value::Bool(true))
                == (label == "human-cordon"),
        ),
        "human-restart" | "gate-restart" => (
            "the time of the restart",
            matches!(
                field(&after, &["spec", "template", "metadata", "annotations"]),
                Value::Map(annotations) if annotations.iter().any(|(key, _)| key.ends_with("restartedAt"))
            ),
        ),
        "ci-job" => (
            "the object before and after",
            request.current == Value::Absent && matches!(after, Value::Map(_)),
        ),
        "ci-deploy" | "gitops-apply" | "gitops-apply-conflict-possible" => {
            ("the object", matches!(after, Value::Map(_)))
        }
        "human-delete-pod" => (
            "the deleted pod",
            field(&request.current, &["kind"]) == Value::string("Pod"),
        ),
        _ => ("", true),
    }
}
