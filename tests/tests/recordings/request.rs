//! What an exchange writes.

use serde_json::{Value as Json, json};
use taffrail_actions::stored::Write;

use crate::exchange::{Address, Exchange};

/// Returns what an exchange writes; `None` where it writes no object.
pub(crate) fn write(exchange: &Exchange, content_type: &str, address: &Address) -> Option<Write> {
    let body = exchange.request.clone();
    Some(match exchange.method.as_str() {
        "POST" if address.name.is_none() => Write::Create(in_place(body, address)),
        "PUT" => Write::Replace(in_place(body, address)),
        "PATCH" => match content_type.trim_start_matches("application/") {
            "merge-patch+json" => Write::MergePatch(body),
            "json-patch+json" => Write::JsonPatch(body),
            "strategic-merge-patch+json" => Write::StrategicMergePatch(body),
            "apply-patch+yaml" => Write::ServerSideApply {
                object: in_place(body, address),
                manager: exchange
                    .parameter("fieldManager")
                    .unwrap_or_default()
                    .to_owned(),
                force: exchange.parameter("force") == Some("true"),
            },
            _ => return None,
        },
        _ => return None,
    })
}

/// Returns an object with the namespace and the name of its address, where it leaves them out.
fn in_place(mut object: Json, address: &Address) -> Json {
    if object.get("metadata").is_some_and(Json::is_object) {
        for (key, value) in [("namespace", &address.namespace), ("name", &address.name)] {
            if object["metadata"].get(key).is_none()
                && let Some(value) = value
            {
                object["metadata"][key] = json!(value);
            }
        }
    }
    object
}
