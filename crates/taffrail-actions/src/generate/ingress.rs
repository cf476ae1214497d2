//! Ingresses from their rules: `host/path*=service:port,tls=secret`.

use serde_json::{Map, Value as Json, json};

use super::text::number_or_text;
use super::{GenerateError, Input, Made, fields, form, some_list};

/// A rule, read.
struct Rule<'a> {
    host: &'a str,
    path: String,
    of_type: &'static str,
    backend: Json,
    /// The secret of its certificate, empty for the one of the controller.
    secret: Option<&'a str>,
}

pub(super) fn ingress(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let name = flags.name()?;
    let default = flags.text("default-backend").map(|text| {
        let read = backend(text);
        read.ok_or_else(|| form("--default-backend", text, "`SERVICE:PORT`"))
    });
    let default = default.transpose()?;
    let rules = flags.all("rule").map(|text| {
        let rule = read(text);
        rule.ok_or_else(|| form("--rule", text, "`HOST/PATH=SERVICE:PORT[,tls[=SECRET]]`"))
    });
    let rules = rules.collect::<Made<Vec<Rule<'_>>>>()?;
    if rules.is_empty() && default.is_none() {
        return Err(GenerateError::Missing {
            what: "`--rule` or `--default-backend`",
        });
    }
    let mut annotations = Map::new();
    for text in flags.all("annotation") {
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| form("--annotation", text, "`KEY=VALUE`"))?;
        annotations.insert(key.to_owned(), json!(value));
    }
    let annotations = (!annotations.is_empty()).then_some(Json::Object(annotations));
    let spec = fields([
        ("ingressClassName", flags.text("class").map(Json::from)),
        ("defaultBackend", default),
        ("tls", some_list(certificates(&rules))),
        ("rules", some_list(by_host(&rules))),
    ]);
    Ok(json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": input.metadata(name, fields([("annotations", annotations)])),
        "spec": spec,
    }))
}

fn read(text: &str) -> Option<Rule<'_>> {
    let (route, tls) = match text.split_once(',') {
        Some((route, tls)) => (route, Some(tls)),
        None => (text, None),
    };
    let secret = match tls {
        None => None,
        Some("tls") => Some(""),
        Some(tls) => Some(tls.strip_prefix("tls=").filter(|name| !name.is_empty())?),
    };
    let (host, rest) = route.split_once('/')?;
    let (path, service) = rest.split_once('=')?;
    if host.contains('=') || secret.is_some_and(|name| name.contains([',', '='])) {
        return None;
    }
    let (path, of_type) = match path.strip_suffix('*') {
        Some(path) => (path, "Prefix"),
        None => (path, "Exact"),
    };
    Some(Rule {
        host,
        path: format!("/{path}"),
        of_type,
        backend: backend(service)?,
        secret,
    })
}

/// Reads `SERVICE:PORT`.
fn backend(text: &str) -> Option<Json> {
    let (service, port) = text.split_once(':')?;
    if service.is_empty() || port.is_empty() || port.contains([':', '=']) {
        return None;
    }
    let port = match number_or_text(port) {
        Json::Number(number) => json!({ "number": number }),
        other => json!({ "name": other }),
    };
    Some(json!({ "service": { "name": service, "port": port } }))
}

/// Returns the paths of every host, hosts in the order in which they are named first.
fn by_host(rules: &[Rule<'_>]) -> Vec<Json> {
    let mut hosts: Vec<(&str, Vec<Json>)> = Vec::new();
    for rule in rules {
        let path = json!({ "path": rule.path, "pathType": rule.of_type, "backend": rule.backend });
        match hosts.iter_mut().find(|(host, _)| *host == rule.host) {
            Some((_, paths)) => paths.push(path),
            None => hosts.push((rule.host, vec![path])),
        }
    }
    let rule = |(host, paths): (&str, Vec<Json>)| {
        let host = (!host.is_empty()).then(|| json!(host));
        let http = Some(json!({ "paths": paths }));
        Json::Object(fields([("host", host), ("http", http)]))
    };
    hosts.into_iter().map(rule).collect()
}

/// Returns the hosts of every secret. A host counts with the first secret that it is named with.
fn certificates(rules: &[Rule<'_>]) -> Vec<Json> {
    let mut seen: Vec<&str> = Vec::new();
    let mut secrets: Vec<(&str, Vec<&str>)> = Vec::new();
    for rule in rules {
        let Some(secret) = rule.secret.filter(|_| !seen.contains(&rule.host)) else {
            continue;
        };
        seen.push(rule.host);
        match secrets.iter_mut().find(|(known, _)| *known == secret) {
            Some((_, hosts)) => hosts.push(rule.host),
            None if rule.host.is_empty() && secret.is_empty() => {}
            None if rule.host.is_empty() => secrets.push((secret, Vec::new())),
            None => secrets.push((secret, vec![rule.host])),
        }
    }
    let entry = |(secret, hosts): (&str, Vec<&str>)| {
        let secret = (!secret.is_empty()).then(|| json!(secret));
        let hosts = (!hosts.is_empty()).then(|| json!(hosts));
        Json::Object(fields([("secretName", secret), ("hosts", hosts)]))
    };
    secrets.into_iter().map(entry).collect()
}
