//! What a review does: its verb and its effect.

use crate::effect::Effect;

/// What tells what a review does.
pub(super) struct Asked<'n> {
    pub(super) operation: &'n str,
    pub(super) resource: &'n str,
    pub(super) group: &'n str,
    pub(super) subresource: &'n str,
    /// The kind of the options: `PatchOptions` and others; empty when there are none.
    pub(super) options: &'n str,
    /// The field manager; empty when there is none.
    pub(super) manager: &'n str,
    /// Whether the options say of conflicts whether to force them, which only an apply does.
    pub(super) forces: bool,
}

/// The field managers by which `kubectl apply` is known.
pub(crate) const APPLIES: [&str; 2] = ["kubectl", "kubectl-client-side-apply"];

/// Returns the verb of a review, `None` when there is none that says what it does, and its effect.
pub(super) fn does(asked: &Asked<'_>) -> (Option<&'static str>, Effect) {
    let verb = match (asked.operation, asked.resource, asked.subresource) {
        ("CREATE", _, "") => "create",
        ("CREATE", "pods", "eviction") => "evict",
        ("UPDATE", _, "scale") => "scale",
        ("UPDATE", "certificatesigningrequests", "approval") => "approve",
        ("UPDATE", "pods", "ephemeralcontainers") => return (Some("exec"), Effect::Exec),
        ("UPDATE", _, "" | "status" | "resize" | "finalize") => update(asked),
        ("DELETE", _, "") => "delete",
        ("CONNECT", _, subresource) => {
            let verb = match (asked.resource, subresource) {
                ("pods", "exec" | "attach") | ("nodes", "proxy") => Some("exec"),
                ("pods", "portforward") | ("pods" | "services", "proxy") => Some("portforward"),
                _ => None,
            };
            return (verb, Effect::Exec);
        }
        // A token, a binding, the subresource of a custom kind: more than its parent's verb says.
        _ => return (None, Effect::Write),
    };
    (Some(verb), Effect::Write)
}

fn update(asked: &Asked<'_>) -> &'static str {
    match asked.options {
        "PatchOptions" if asked.forces || APPLIES.contains(&asked.manager) => "apply",
        "UpdateOptions" => "replace",
        _ => "patch",
    }
}
