//! Services that serve what there is.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::run::overridden;
use super::source::{self, Source};
use super::text::{labels, number_or_text};
use super::{GenerateError, Input, Made, fields, form, some_list, unknown};

const KINDS: [&str; 5] = [
    "Deployment",
    "Pod",
    "ReplicaSet",
    "ReplicationController",
    "Service",
];

/// The longest name that a Service may have.
const LONGEST: usize = 63;

pub(super) fn services(input: Input<'_>) -> Made<Vec<Json>> {
    let sources = source::all(input)?;
    sources.iter().map(|found| exposed(input, found)).collect()
}

fn exposed(input: Input<'_>, found: &Source<'_>) -> Made<Json> {
    let flags = input.flags;
    if !KINDS.contains(&found.kind) {
        return Err(GenerateError::Kind {
            kind: found.kind.to_owned(),
            done: "exposed",
        });
    }
    let name: String = match flags.text("name") {
        Some(name) => name.to_owned(),
        None => found.name.chars().take(LONGEST).collect(),
    };
    let selector = match flags.text("selector") {
        Some(selector) => labels("--selector", selector)?,
        None => selector(found, found.live(input)?)?,
    };
    let labels = match flags.text("labels") {
        Some(given) => Some(labels("--labels", given)?),
        None => found.live(input)?.pointer("/metadata/labels").cloned(),
    };
    let is_headless = flags.text("cluster-ip") == Some("None");
    let numbers: Vec<String> = match flags.text("port") {
        Some(ports) => ports.split(',').map(str::to_owned).collect(),
        None => {
            let ports = ports(found, found.live(input)?);
            ports.iter().map(|(number, _)| number.clone()).collect()
        }
    };
    if numbers.is_empty() && !is_headless {
        return Err(GenerateError::Missing { what: "`--port`" });
    }
    let protocols = match flags.text("protocol") {
        Some(_) => Vec::new(),
        None => ports(found, found.live(input)?),
    };
    let ports = service_ports(input, &numbers, &protocols)?;
    let metadata = input.metadata(&name, fields([("labels", labels)]));
    let service = service(input, metadata, selector, ports)?;
    overridden(input, service)
}

/// Returns a Service with what the flags say of it.
pub(super) fn service(
    input: Input<'_>,
    metadata: Json,
    selector: Json,
    ports: Vec<Json>,
) -> Made<Json> {
    let text = |flag: &str| input.flags.text(flag);
    let affinity = text("session-affinity");
    if let Some(other) = affinity.filter(|word| !["None", "ClientIP"].contains(word)) {
        return Err(form("--session-affinity", other, "`None` or `ClientIP`"));
    }
    let of_type = text("type");
    let balancer = text("load-balancer-ip").filter(|_| of_type == Some("LoadBalancer"));
    let spec = fields([
        ("selector", Some(selector)),
        ("ports", some_list(ports)),
        ("externalIPs", text("external-ip").map(|ip| json!([ip]))),
        ("type", of_type.map(Json::from)),
        ("loadBalancerIP", balancer.map(Json::from)),
        ("sessionAffinity", affinity.map(Json::from)),
        ("clusterIP", text("cluster-ip").map(Json::from)),
    ]);
    Ok(json!({ "apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec }))
}

pub(super) fn service_ports(
    input: Input<'_>,
    numbers: &[String],
    protocols: &[(String, Vec<String>)],
) -> Made<Vec<Json>> {
    let flags = input.flags;
    let target = flags.text("target-port").or(flags.text("container-port"));
    let mut ports = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let port: i32 = number
            .parse()
            .map_err(|_| form("--port", number, "the number of a port"))?;
        let name = (numbers.len() > 1).then(|| json!(format!("port-{}", at.saturating_add(1))));
        let of_port = protocols.iter().find(|(known, _)| known == number);
        let protocol = match (flags.text("protocol"), of_port.map(|(_, of)| of.as_slice())) {
            (Some(protocol), _) => protocol,
            (None, Some([protocol])) => protocol.as_str(),
            (None, None | Some([])) => "TCP",
            (None, Some(_)) => return Err(unknown(format!("the protocol of port {number}"))),
        };
        ports.push(Json::Object(fields([
            ("name", name),
            ("port", Some(json!(port))),
            ("protocol", Some(json!(protocol))),
            (
                "targetPort",
                Some(target.map_or(json!(port), number_or_text)),
            ),
        ])));
    }
    Ok(ports)
}

fn selector(found: &Source<'_>, live: &Json) -> Made<Json> {
    let path = match found.kind {
        "Pod" => "/metadata/labels",
        "Deployment" | "ReplicaSet" => "/spec/selector/matchLabels",
        _ => "/spec/selector",
    };
    let expressions = live.pointer("/spec/selector/matchExpressions");
    if expressions
        .and_then(Json::as_array)
        .is_some_and(|list| !list.is_empty())
    {
        return Err(form(
            "the object",
            found.name,
            "one that is selected by plain labels",
        ));
    }
    let selector = live.pointer(path).and_then(Json::as_object);
    match selector.filter(|labels| !labels.is_empty()) {
        Some(labels) => Ok(Json::Object(labels.clone())),
        None => Err(form(
            "the object",
            found.name,
            "one with labels to select by",
        )),
    }
}

/// Returns the ports of an object in their order, each once, with their protocols.
fn ports(found: &Source<'_>, live: &Json) -> Vec<(String, Vec<String>)> {
    let (lists, key): (Vec<&Json>, _) = match found.kind {
        "Service" => (live.pointer("/spec/ports").into_iter().collect(), "port"),
        kind => {
            let path = if kind == "Pod" {
                "/spec/containers"
            } else {
                "/spec/template/spec/containers"
            };
            let containers = live.pointer(path).and_then(Json::as_array);
            let ports = containers.into_iter().flatten();
            (
                ports.filter_map(|one| one.get("ports")).collect(),
                "containerPort",
            )
        }
    };
    let mut order = Vec::new();
    let mut protocols: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for port in lists.into_iter().filter_map(Json::as_array).flatten() {
        let Some(number) = port.get(key).and_then(Json::as_i64) else {
            continue;
        };
        let number = number.to_string();
        let protocol = port.get("protocol").and_then(Json::as_str).unwrap_or("TCP");
        let known = protocols.entry(number.clone()).or_insert_with(|| {
            order.push(number);
            Vec::new()
        });
        if !known.iter().any(|one| one == protocol) {
            known.push(protocol.to_owned());
        }
    }
    order
        .into_iter()
        .map(|number| {
            let of = protocols.remove(&number).unwrap_or_default();
            (number, of)
        })
        .collect()
}
