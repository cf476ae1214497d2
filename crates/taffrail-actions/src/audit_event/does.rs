//! What an event does: its verb.

use serde_json::value::RawValue;

use crate::admission::APPLIES;

use super::AuditEvent;
use super::line::written;

/// Returns the verb of an event; `None` where none says what it does.
pub(super) fn verb(event: &AuditEvent<'_>) -> Option<&'static str> {
    let asked = written(&event.wire.verb);
    let resource = event.part(|of| &of.resource);
    let is_core = event.part(|of| &of.api_group).is_empty();
    let subresource = event.part(|of| &of.subresource);
    // A connection is opened with whatever method the client likes.
    match (is_core, resource, subresource) {
        (true, "pods", "exec" | "attach") | (true, "nodes", "proxy") => return Some("exec"),
        (true, "pods", "portforward") | (true, "pods" | "services", "proxy") => {
            return Some("portforward");
        }
        _ => {}
    }
    Some(match (asked, subresource) {
        ("get" | "list" | "watch", _) => read(asked, is_core, resource, subresource),
        ("create", "") if event.wire.object_ref.is_some() => "create",
        ("create", "eviction") if is_core && resource == "pods" => "evict",
        ("update" | "patch", "scale") => "scale",
        ("update" | "patch", "approval") if resource == "certificatesigningrequests" => "approve",
        ("update" | "patch", "ephemeralcontainers") if is_core && resource == "pods" => "exec",
        ("update", "" | "status" | "resize" | "finalize") => "replace",
        ("patch", "" | "status" | "resize" | "finalize") => return patch(event),
        ("delete" | "deletecollection", "") => "delete",
        // A token, a binding, the subresource of a custom kind: more than its parent's verb says.
        _ => return None,
    })
}

/// Tells whether an event reads and changes nothing, whatever may be said of its verb.
pub(super) fn is_read(verb: Option<&str>) -> bool {
    matches!(
        verb,
        Some("get" | "list" | "watch" | "logs" | "read_secret")
    )
}

fn read(asked: &str, is_core: bool, resource: &str, subresource: &str) -> &'static str {
    match (asked, is_core, resource, subresource) {
        (_, true, "secrets", _) => "read_secret",
        (_, true, "pods", "log") => "logs",
        ("list", ..) => "list",
        ("watch", ..) => "watch",
        _ => "get",
    }
}

/// A log does not say of which kind a patch is. Only an apply says whether it takes fields over, and only an apply is a whole object of a
/// manager that names itself. Where the log does not hold the patch of such a manager, nobody can say; but the commands of kubectl that
/// are named after it never apply.
fn patch(event: &AuditEvent<'_>) -> Option<&'static str> {
    let mut may_apply = false;
    for (key, value) in event.parameters() {
        match &*key {
            "force" => return Some("apply"),
            "fieldManager" if APPLIES.contains(&&*value) => return Some("apply"),
            "fieldManager" => may_apply = !value.starts_with("kubectl-"),
            _ => {}
        }
    }
    let patch = event.wire.request_object.map(RawValue::get);
    match patch.map(super::objects::calls_itself_an_object) {
        _ if !may_apply => Some("patch"),
        Some(true) => Some("apply"),
        Some(false) => Some("patch"),
        None => None,
    }
}
