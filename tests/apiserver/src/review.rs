//! Reviews: questions about users that are asked as if an object were made.

use serde_json::{Value as Json, json};

use crate::access::{Access, Attributes, User, allowed};
use crate::address::Place;
use crate::answer::Answer;
use crate::request::Incoming;
use crate::store::{Store, now};

/// Answers a review; `None` when the request is none.
pub(crate) fn review(incoming: &Incoming, access: &Access, store: &Store) -> Option<Answer> {
    let place = Place::read(&incoming.path)?;
    if incoming.method != "POST" {
        return None;
    }
    let user = access.user(incoming)?;
    let spec = &incoming.body["spec"];
    let (kind, status) = match place.plural.as_str() {
        "selfsubjectreviews" => {
            let status = json!({ "userInfo": user.shown() });
            let body = json!({
                "kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1",
                "metadata": { "creationTimestamp": now() }, "status": status,
            });
            return Some(Answer::of(201, body));
        }
        "selfsubjectaccessreviews" => (
            "SelfSubjectAccessReview",
            status(&user, spec, access, store),
        ),
        "subjectaccessreviews" => {
            let status = status(&subject(spec), spec, access, store);
            ("SubjectAccessReview", status)
        }
        "localsubjectaccessreviews" => {
            let status = status(&subject(spec), spec, access, store);
            ("LocalSubjectAccessReview", status)
        }
        _ => return None,
    };
    let Some(status) = status else {
        let problem = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified";
        let field = "spec.resourceAttributes";
        let cause = json!({ "reason": "FieldValueInvalid", "message": problem, "field": field });
        let details = json!({ "group": "authorization.k8s.io", "causes": [cause] });
        let message = format!(".authorization.k8s.io \"\" is invalid: {field}: {problem}");
        return Some(Answer::refusal(422, "Invalid", message, details));
    };
    let mut metadata = json!({});
    if let Some(namespace) = &place.namespace {
        metadata["namespace"] = namespace.as_str().into();
    }
    let mut spec = spec.clone();
    if let Some(spec) = spec.as_object_mut() {
        spec.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    }
    let body = json!({
        "kind": kind, "apiVersion": "authorization.k8s.io/v1", "metadata": metadata, "spec": spec, "status": status,
    });
    Some(Answer::of(201, body))
}

/// Returns who the spec of a review asks about.
fn subject(spec: &Json) -> User {
    let groups = spec["groups"].as_array().into_iter().flatten();
    User {
        groups: groups.filter_map(Json::as_str).map(str::to_owned).collect(),
        ..User::new(spec["user"].as_str().unwrap_or_default(), &[])
    }
}

fn status(user: &User, spec: &Json, access: &Access, store: &Store) -> Option<Json> {
    let wanted = Attributes::reviewed(spec)?;
    if !access.is_enforced {
        return Some(json!({ "allowed": true }));
    }
    Some(match allowed(user, &wanted, store) {
        Some(reason) if reason.is_empty() => json!({ "allowed": true }),
        Some(reason) => json!({ "allowed": true, "reason": reason }),
        None => json!({ "allowed": false }),
    })
}
