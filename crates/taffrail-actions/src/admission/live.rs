//! The live object, for reviews that do not hold it.

use taffrail_runtime::request::{Proposed, Request};
use taffrail_runtime::{Map, Value};

use super::Review;

impl Review {
    /// Takes in the live object, as the caller has read it from the cluster, where the review does not hold it: for a scale, an
    /// eviction and a connection. Any other object than the one that the review is about is left alone.
    #[must_use]
    pub fn with_live(mut self, live: &serde_json::Value) -> Self {
        let live = Value::from_json(live);
        if !is_target(&self.request, &live) {
            return self;
        }
        let request = &mut self.request;
        if request.subresource == Value::string("scale") {
            let after = match &request.proposed {
                Proposed::Given(after) => replicas(after),
                Proposed::Patch(_) | Proposed::FromVerb => None,
            };
            let before = replicas(&request.current);
            if let (Some(before), Some(after)) = (before, after) {
                request.current = with_replicas(&live, before);
                request.proposed = Proposed::Given(with_replicas(&live, after));
            }
        } else if matches!(request.current, Value::Unknown(_)) {
            request.current = live;
        }
        self
    }
}

fn is_target(request: &Request, live: &Value) -> bool {
    let text = |path: &[&str]| {
        let walk = |value: Value, key: &&str| value.field(key, &String::new);
        path.iter().fold(live.clone(), walk)
    };
    let target = &request.target;
    let api_version = match (&target.group, &target.version) {
        (Value::String(group), Value::String(version)) if group.is_empty() => version.to_string(),
        (Value::String(group), Value::String(version)) => format!("{group}/{version}"),
        _ => return false,
    };
    text(&["apiVersion"]) == Value::string(api_version)
        && text(&["kind"]) == target.kind
        && text(&["metadata", "name"]) == target.name
        && text(&["metadata", "namespace"]) == target.namespace
}

fn replicas(object: &Value) -> Option<Value> {
    match object
        .field("spec", &String::new)
        .field("replicas", &String::new)
    {
        number @ Value::Number(_) => Some(number),
        _ => None,
    }
}

fn with_replicas(object: &Value, replicas: Value) -> Value {
    let mut map = match object {
        Value::Map(map) => map.clone(),
        _ => Map::default(),
    };
    let mut spec = match map.get("spec") {
        Some(Value::Map(spec)) => spec.clone(),
        _ => Map::default(),
    };
    spec.insert("replicas", replicas);
    map.insert("spec", Value::Map(spec));
    Value::Map(map)
}
