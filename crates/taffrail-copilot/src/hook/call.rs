//! Whether the call of a tool concerns a cluster.

use serde_json::Value as Json;
use taffrail_actions::Effect;
use taffrail_actions::tool_call::{self, read_tool_call};

use super::event;
use super::finding::{Finding, Found};
use super::line;

/// The servers that act on a cluster though their names do not say so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Servers {
    /// Their names, as the agent's settings have them. Every call of theirs is decided, and those that are not understood are asked about.
    pub names: Vec<String>,
}

/// Parts of names that speak of a cluster.
const WORDS: &[&str] = &[
    "aks",
    "argocd",
    "eks",
    "gke",
    "helm",
    "istio",
    "k8s",
    "kiali",
    "kube",
    "openshift",
    "tekton",
];

/// Names of known tools that tools of other servers have as well. A call of one concerns a cluster only where something else says so.
const SHARED_NAMES: &[&str] = &[
    "backup_resource",
    "cleanup",
    "createResource",
    "create_cluster",
    "deleteResource",
    "delete_cluster",
    "delete_resource",
    "describeResource",
    "events_list",
    "explain_resource",
    "getEvents",
    "getResource",
    "get_cluster",
    "get_cost_analysis",
    "get_current_context",
    "get_endpoints",
    "get_events",
    "get_idle_resources",
    "get_jobs",
    "get_log_schema",
    "get_logs",
    "get_operation",
    "get_previous_logs",
    "get_resource_recommendations",
    "get_resource_usage",
    "get_secret",
    "get_secrets",
    "get_services",
    "health_check",
    "listResources",
    "list_clusters",
    "list_contexts",
    "list_detectors",
    "list_events",
    "list_operations",
    "list_recommendations",
    "list_secrets",
    "list_services",
    "ping",
    "port_forward",
    "projects_list",
    "query_logs",
    "resources_delete",
    "resources_get",
    "resources_list",
    "resources_scale",
    "run_detector",
    "run_detectors_by_category",
    "start_port_forward",
    "stop_port_forward",
    "switch_context",
    "update_cluster",
];

/// Arguments that only calls on a cluster have.
const ARGUMENTS: &[&str] = &[
    "apiVersion",
    "api_version",
    "kind",
    "kubeconfig",
    "labelSelector",
    "label_selector",
    "namespace",
    "resourceType",
    "resource_type",
];

/// Finds what a call does to a cluster.
pub(super) fn find(name: &str, server: &str, arguments: &Json, servers: &Servers) -> Finding {
    if is_copilot(name, server) {
        return Finding::Nothing;
    }
    let is_named = is_of(name, server, servers);
    let is_known = tool_call::is_known(name);
    if is_named || is_known && is_about_objects(name, server, arguments) {
        let call = read_tool_call(name, arguments, None);
        let doubt = call.unknowns.first().map(ToString::to_string);
        let doubt = doubt.unwrap_or_else(|| "nobody can say what it does".into());
        let doubt = format!("the call of `{name}` is not understood: {doubt}");
        return match call.effect {
            Effect::Unknown => Finding::Unclear(doubt),
            Effect::Read
            | Effect::DryRun
            | Effect::Local
            | Effect::SecretRead
            | Effect::Write
            | Effect::Exec => {
                let doubts = if call.is_understood() {
                    Vec::new()
                } else {
                    vec![doubt]
                };
                Finding::Cluster(Box::new(Found::call(call, doubts)))
            }
        };
    }
    // A tool of any name may run a command line.
    match arguments.as_object().and_then(event::line) {
        Some(text) => line::find(&text),
        None => Finding::Nothing,
    }
}

/// The tools of `taffrail mcp`. They are given commands, and run none.
const COPILOT: &[&str] = &[
    "answer_approval",
    "check_policy",
    "evaluate_action",
    "evaluate_kubectl",
    "explain_decision",
    "list_policies",
    "pending_approvals",
    "propose_options",
];

/// Tells whether a tool is one of the copilot's own, of a server that is called so.
fn is_copilot(name: &str, server: &str) -> bool {
    let is_ours = |text: &str| text.contains("taffrail");
    (is_ours(name) || is_ours(server)) && COPILOT.iter().any(|tool| name.ends_with(tool))
}

/// Tells whether the name of a tool, or that of its server, speaks of a cluster.
fn is_of(name: &str, server: &str, servers: &Servers) -> bool {
    let own = |text: &str| {
        let text = text.to_ascii_lowercase();
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| {
            WORDS
                .iter()
                .any(|known| word == *known || known.len() > 3 && word.contains(known))
        })
    };
    let is_given = |given: &String| server == given || parts(name).any(|part| part == given);
    own(name) || own(server) || servers.names.iter().any(is_given)
}

/// The parts of `mcp__kubernetes__pods_get` and its like.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split("__")
        .flat_map(|part| part.split([':', '/', '.']))
}

/// Tells whether a known tool, of a server that may be anything, is one of a cluster.
fn is_about_objects(name: &str, server: &str, arguments: &Json) -> bool {
    let is_prefixed = name.starts_with("mcp_");
    let has_server = !server.is_empty() || is_prefixed || parts(name).nth(1).is_some();
    let tool = parts(name).last().unwrap_or(name);
    let is_shared = |shared: &&str| tool == *shared || is_prefixed && tool.ends_with(shared);
    let has_argument = |key: &&str| arguments.get(*key).is_some();
    !has_server || !SHARED_NAMES.iter().any(is_shared) || ARGUMENTS.iter().any(has_argument)
}
