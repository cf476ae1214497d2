//! Evicting pods, as far as disruption budgets allow it.

use serde_json::{Value as Json, json};

use crate::answer::Answer;
use crate::request::Asked;
use crate::selector::matches;
use crate::store::{Store, now};

impl Asked<'_> {
    pub(crate) fn evict(&self, store: &mut Store, name: &str) -> Answer {
        let named = self.body.pointer("/metadata/name").and_then(Json::as_str);
        if named.is_some_and(|named| named != name) {
            let message = "name in URL does not match name in Eviction object";
            return Answer::status(400, "BadRequest", message);
        }
        let Some(pod) = store.get(&self.address.key(name)).cloned() else {
            return Answer::not_found(&self.address, name);
        };
        let mut budgets = self.budgets(store, &pod);
        if budgets.len() > 1 {
            let message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
            return Answer::status(500, "", message);
        }
        if let Some(budget) = budgets.pop()
            && !is_over(&pod)
        {
            if let Some(refusal) = refuses(&budget) {
                return refusal;
            }
            // The budget is spent before the pod is looked at again: an eviction that fails then has spent it.
            if !self.is_dry() {
                spend(store, &budget, name);
            }
        }
        let options = self.body.get("deleteOptions").cloned().unwrap_or_default();
        let answer = self.delete(store, name, &options);
        if answer.status != 200 {
            return answer;
        }
        let body = json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201 });
        Answer {
            status: 201,
            body,
            ..answer
        }
    }

    /// Returns the budgets that select a pod.
    fn budgets(&self, store: &Store, pod: &Json) -> Vec<Json> {
        let labels = pod.pointer("/metadata/labels").cloned().unwrap_or_default();
        let namespace = self.address.namespace.as_deref();
        let all = store.of("policy", "poddisruptionbudgets", namespace);
        let selecting = all.filter(|budget| {
            let selector = budget.pointer("/spec/selector");
            selector.is_some_and(|selector| matches(selector, &labels))
        });
        selecting.cloned().collect()
    }
}

/// Tells whether a pod has ended or has not begun, so that nobody misses it.
fn is_over(pod: &Json) -> bool {
    let phase = pod.pointer("/status/phase").and_then(Json::as_str);
    phase.is_some_and(|phase| ["Succeeded", "Failed", "Pending"].contains(&phase))
        || pod.pointer("/metadata/deletionTimestamp").is_some()
}

fn refuses(budget: &Json) -> Option<Answer> {
    let number = |path: &str| budget.pointer(path).and_then(Json::as_i64);
    let name = budget["metadata"]["name"].as_str().unwrap_or_default();
    let refusal = |message: String, seconds: Option<i64>| {
        let mut details =
            json!({ "causes": [{ "reason": "DisruptionBudget", "message": message }] });
        if let Some(seconds) = seconds {
            details["retryAfterSeconds"] = seconds.into();
        }
        let message = "Cannot evict pod as it would violate the pod's disruption budget.";
        let answer = Answer::refusal(429, "TooManyRequests", message.into(), details);
        match seconds {
            Some(seconds) => answer.header("Retry-After", seconds.to_string()),
            None => answer,
        }
    };
    let generation = number("/metadata/generation").unwrap_or(0);
    let observed = number("/status/observedGeneration");
    // A budget that a test put with a status that says nothing of it counts as observed.
    let is_unseen = match observed {
        Some(observed) => observed < generation,
        None => {
            ["disruptionsAllowed", "currentHealthy", "expectedPods"]
                .iter()
                .all(|name| number(&format!("/status/{name}")).unwrap_or(0) == 0)
                && (budget["status"].get("expectedPods").is_some()
                    || number("/status/disruptionsAllowed").is_none())
        }
    };
    if is_unseen {
        let message =
            format!("The disruption budget {name} is still being processed by the server.");
        return Some(refusal(message, Some(10)));
    }
    if number("/status/disruptionsAllowed").unwrap_or(0) > 0 {
        return None;
    }
    let healthy = number("/status/currentHealthy").unwrap_or(0);
    let desired = number("/status/desiredHealthy").unwrap_or(0);
    let message = format!(
        "The disruption budget {name} needs {desired} healthy pods and has {healthy} currently"
    );
    Some(refusal(message, None))
}

/// Takes one disruption from a budget, and notes for which pod.
fn spend(store: &mut Store, budget: &Json, pod: &str) {
    let mut spent = budget.clone();
    let left = budget
        .pointer("/status/disruptionsAllowed")
        .and_then(Json::as_i64);
    let left = left.unwrap_or(1) - 1;
    spent["status"]["disruptionsAllowed"] = left.into();
    spent["status"]["disruptedPods"][pod] = now().into();
    if left == 0
        && let Some(conditions) = spent["status"]["conditions"].as_array_mut()
    {
        for condition in conditions {
            if condition["type"] == "DisruptionAllowed" {
                condition["status"] = "False".into();
                condition["reason"] = "InsufficientPods".into();
            }
        }
    }
    let text = |name: &str| {
        let text = budget["metadata"][name].as_str();
        text.unwrap_or_default().to_owned()
    };
    let key = (
        "policy".to_owned(),
        "poddisruptionbudgets".to_owned(),
        text("namespace"),
        text("name"),
    );
    let spent = store.changed_object(spent, budget);
    store.put(key, spent);
}
