//! Keeps the values of Secrets out of what is recorded.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// The annotation in which `kubectl apply` keeps the whole object.
const LAST_APPLIED: &str =
    "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";

/// Replaces the values of every Secret in an action document by their digests, so that a record tells that one changed and not what it is.
#[must_use]
pub fn without_secrets(mut document: Json) -> Json {
    if let Some(steps) = document.get_mut("plan").and_then(Json::as_array_mut) {
        steps.iter_mut().for_each(step);
    }
    step(&mut document);
    let objects = document.pointer_mut("/facts/objects");
    for object in objects.and_then(Json::as_array_mut).into_iter().flatten() {
        if is_secret(object) {
            hide(object);
        }
    }
    document
}

fn step(step: &mut Json) {
    // A patch does not say what it is of.
    let is_of_secret = step.get("target").is_some_and(is_secret);
    for key in ["current", "proposed", "patch"] {
        if let Some(object) = step.get_mut(key)
            && (is_of_secret || is_secret(object))
        {
            hide(object);
        }
    }
}

fn is_secret(object: &Json) -> bool {
    object.get("kind").is_some_and(|kind| kind == "Secret")
}

fn hide(object: &mut Json) {
    for part in ["/data", "/stringData"] {
        let values = object.pointer_mut(part).and_then(Json::as_object_mut);
        for (_, value) in values.into_iter().flatten() {
            *value = digest(value);
        }
    }
    if let Some(kept) = object.pointer_mut(LAST_APPLIED) {
        *kept = digest(kept);
    }
}

fn digest(value: &Json) -> Json {
    match value {
        // That a key goes is no secret.
        Json::Null => Json::Null,
        Json::String(text) => of_bytes(text.as_bytes()),
        other => of_bytes(other.to_string().as_bytes()),
    }
}

fn of_bytes(bytes: &[u8]) -> Json {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}").into()
}
