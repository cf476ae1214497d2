//! Services that are made from their ports alone.

use serde_json::{Value as Json, json};

use super::text::{is_port_name, port};
use super::{Fields, GenerateError, Input, Made, fields, form, some_list};

pub(super) fn service(input: Input<'_>, of_type: &str) -> Made<Json> {
    let flags = input.flags;
    let name = flags.name()?;
    let is_external = of_type == "ExternalName";
    let address = flags.text("clusterip");
    let pairs = flags.list("tcp")?;
    if pairs.is_empty() && !is_external && address != Some("None") {
        return Err(GenerateError::Missing { what: "`--tcp`" });
    }
    let external = flags.text("external-name").filter(|_| is_external);
    if is_external && external.is_none() {
        return Err(GenerateError::Missing {
            what: "`--external-name`",
        });
    }
    let node_port: i32 = flags.number("node-port")?.unwrap_or(0);
    let ports = pairs.iter().map(|pair| service_port(pair, node_port));
    let ports = ports.collect::<Made<Vec<Json>>>()?;
    let labels = json!({ "app": name });
    let spec = fields([
        ("type", Some(json!(of_type))),
        ("selector", Some(labels.clone())),
        ("ports", some_list(ports)),
        ("externalName", external.map(Json::from)),
        ("clusterIP", address.map(Json::from)),
    ]);
    let metadata: Fields = fields([("labels", Some(labels))]);
    Ok(json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": input.metadata(name, metadata),
        "spec": spec,
    }))
}

/// Reads `PORT` or `PORT:TARGET`.
fn service_port(pair: &str, node_port: i32) -> Made<Json> {
    let mut parts = pair.split(':');
    let number = port("--tcp", parts.next().unwrap_or_default(), true)?;
    let target = match parts.next() {
        None => json!(number),
        Some(target) if target.bytes().all(|c| c.is_ascii_digit()) => {
            json!(port("--tcp", target, false)?)
        }
        Some(target) if is_port_name(target) => json!(target),
        Some(target) => return Err(form("--tcp", target, "a port or its name")),
    };
    Ok(Json::Object(fields([
        ("name", Some(json!(pair.replace(':', "-")))),
        ("port", Some(json!(number))),
        ("targetPort", Some(target)),
        ("protocol", Some(json!("TCP"))),
        ("nodePort", (node_port != 0).then(|| json!(node_port))),
    ])))
}
