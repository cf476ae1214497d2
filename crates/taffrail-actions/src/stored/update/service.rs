//! What was allocated to a service: it stays while the service needs it.

use serde_json::Value as Json;

use super::super::kind::{at, put, text};

/// Fields that only some types of services have. They go with the type, unless the write sets them anew.
const BY_TYPE: &[(&str, &[&str])] = &[
    ("allocateLoadBalancerNodePorts", &["LoadBalancer"]),
    ("clusterIP", &["ClusterIP", "LoadBalancer", "NodePort"]),
    ("clusterIPs", &["ClusterIP", "LoadBalancer", "NodePort"]),
    ("externalTrafficPolicy", &["LoadBalancer", "NodePort"]),
    ("healthCheckNodePort", &["LoadBalancer"]),
    (
        "internalTrafficPolicy",
        &["ClusterIP", "LoadBalancer", "NodePort"],
    ),
    ("ipFamilies", &["ClusterIP", "LoadBalancer", "NodePort"]),
    ("ipFamilyPolicy", &["ClusterIP", "LoadBalancer", "NodePort"]),
    ("loadBalancerClass", &["LoadBalancer"]),
];

/// Fields that are kept when a write leaves them out.
const ALLOCATED: &[&str] = &[
    "clusterIP",
    "clusterIPs",
    "healthCheckNodePort",
    "ipFamilies",
    "ipFamilyPolicy",
];

/// Keeps what was allocated to the live service, and drops what its new type does not have.
pub(super) fn allocated(object: &mut Json, live: &Json) {
    let ty = text(object, &["spec", "type"])
        .unwrap_or("ClusterIP")
        .to_owned();
    let has = |types: &[&str]| types.contains(&ty.as_str());
    for (key, types) in BY_TYPE {
        let (now, before) = (at(object, &["spec", key]), at(live, &["spec", key]));
        if !has(types) {
            // What the write sets anew is for validation to refuse.
            if now == before {
                put(object, &["spec", key], None);
            }
        } else if now.is_none() && ALLOCATED.contains(key) {
            let kept = before.cloned();
            put(object, &["spec", key], kept);
        }
    }
    node_ports(object, live, has(&["LoadBalancer", "NodePort"]));
}

fn node_ports(object: &mut Json, live: &Json, needed: bool) {
    let live_ports = at(live, &["spec", "ports"]).and_then(Json::as_array);
    let ports = object
        .get_mut("spec")
        .and_then(|spec| spec.get_mut("ports")?.as_array_mut());
    for port in ports.into_iter().flatten().filter_map(Json::as_object_mut) {
        let same = |other: &&Json| {
            ["port", "protocol"]
                .iter()
                .all(|key| other.get(*key) == port.get(*key))
        };
        let before = live_ports
            .and_then(|ports| ports.iter().find(same))
            .and_then(|port| port.get("nodePort"));
        match before {
            Some(before) if needed => {
                port.entry("nodePort").or_insert_with(|| before.clone());
            }
            Some(before) if port.get("nodePort") == Some(before) => {
                port.remove("nodePort");
            }
            Some(_) | None => {}
        }
    }
}
