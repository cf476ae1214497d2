//! `kubectl get --raw`: a path of the API instead of a target.

use crate::command::flags::Arguments;
use crate::command::word::Word;
use crate::effect::Effect;

/// What a node's or a service's proxy serves without doing anything.
const HARMLESS: &[&str] = &[
    "configz", "healthz", "livez", "metrics", "pods", "readyz", "stats", "version",
];

/// Says what reading a path does.
pub(super) fn effect(arguments: &Arguments) -> (Effect, Option<&'static str>) {
    let Some(path) = arguments.value("raw").and_then(Word::known) else {
        return (Effect::Unknown, Some("does not say which path it reads"));
    };
    if !path.starts_with('/') || path.starts_with("//") || path.contains("://") {
        return (Effect::Unknown, Some("reads an address that is no path"));
    }
    if arguments
        .positional
        .iter()
        .any(|word| word.literal().is_none())
    {
        return (Effect::Unknown, Some("may be told another path"));
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if path.contains(['%', '\\']) || !path.is_ascii() {
        return (
            Effect::Unknown,
            Some("reads a path that is written in code"),
        );
    }
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if parts.contains(&"..") {
        return (Effect::Unknown, Some("reads a path that leads back up"));
    }
    let has = |names: &[&str]| parts.iter().any(|part| names.contains(part));
    if has(&["exec", "attach", "portforward"]) {
        return (Effect::Exec, Some("opens a way into a container"));
    }
    if let Some(at) = parts.iter().position(|part| *part == "proxy") {
        let is_node = parts.get(2) == Some(&"nodes");
        let served = parts.get(at + 1).copied().unwrap_or_default();
        let is_harmless =
            HARMLESS.contains(&served) && (is_node || matches!(served, "metrics" | "healthz"));
        return match is_harmless {
            true => (Effect::Read, None),
            false => (Effect::Exec, Some("asks a program behind the API server")),
        };
    }
    if resource(&parts).is_none_or(|resource| resource == "secrets") && has(&["secrets"]) {
        return (Effect::SecretRead, Some("reads Secrets"));
    }
    (Effect::Read, None)
}

/// Returns the resource of a path of the API, such as `pods`; `None` for a path of another form.
fn resource<'p>(parts: &[&'p str]) -> Option<&'p str> {
    let rest = match parts.first() {
        Some(&"api") => parts.get(2..)?,
        Some(&"apis") => parts.get(3..)?,
        _ => return None,
    };
    let rest = rest.strip_prefix(&["watch"]).unwrap_or(rest);
    match rest {
        ["namespaces", _, resource, ..] => Some(resource),
        [resource, ..] => Some(resource),
        [] => None,
    }
}
