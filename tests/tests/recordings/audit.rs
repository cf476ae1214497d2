//! Audit logs of a real API server: who asked what, with the objects asked for and answered.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value as Json;

use crate::exchange::Exchange;

/// Reads the requests of a log that have an answer, in order.
pub(crate) fn read(file: &Path) -> Vec<Exchange> {
    BufReader::new(GzDecoder::new(File::open(file).unwrap()))
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .filter(|event: &Json| event["stage"] == "ResponseComplete")
        .filter_map(|event| exchange(&event))
        .collect()
}

fn exchange(event: &Json) -> Option<Exchange> {
    let text = |key: &str| event[key].as_str().unwrap_or_default();
    let uri = text("requestURI");
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let method = match text("verb") {
        "create" => "POST",
        "update" => "PUT",
        "patch" => "PATCH",
        "delete" => "DELETE",
        "get" | "list" => "GET",
        _ => return None,
    };
    let status = event["responseStatus"]["code"].as_u64().unwrap_or(0);
    let mut answer = event["responseObject"].clone();
    if answer.is_null() && status >= 300 {
        answer = event["responseStatus"].clone();
    }
    if answer.is_null() && method != "DELETE" {
        return None;
    }
    let request = event["requestObject"].clone();
    Some(Exchange {
        name: text("auditID").to_owned(),
        phase: String::new(),
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        content_type: content_type(&request, query, text("userAgent")).to_owned(),
        or_content_types: &["application/strategic-merge-patch+json"],
        request,
        status,
        answer,
    })
}

/// Returns what kind of patch it is: a log does not say, the patch and who sent it do.
fn content_type(patch: &Json, query: &str, agent: &str) -> &'static str {
    let is_object = patch.get("apiVersion").is_some() && patch.get("kind").is_some();
    if patch.is_array() {
        "application/json-patch+json"
    } else if is_object && query.contains("fieldManager=") {
        "application/apply-patch+yaml"
    } else if agent.starts_with("kube") {
        "application/strategic-merge-patch+json"
    } else {
        "application/merge-patch+json"
    }
}
