//! Calls as clients and models write them down.

use serde_json::Value as Json;

use crate::json;

use super::{ToolCall, read_tool_call};

/// Reads a call that is written down as JSON: a tool and its arguments. `None` for any other text.
///
/// | form | from |
/// |---|---|
/// | `{"tool": "pods_get", "arguments": {…}}` | recordings |
/// | `{"name": "pods_get", "arguments": {…}}` | the parameters of a `tools/call` |
/// | `{"method": "tools/call", "params": {…}}` | the request itself |
/// | `{"name": "pods_get", "input": {…}}`, `{"function": {"name": "pods_get", "arguments": "{…}"}}` | the messages of models |
///
/// A key that stands twice makes it another text: readers of JSON disagree on which of the two counts.
///
/// ```
/// use taffrail_actions::Effect;
/// use taffrail_actions::tool_call::read_written;
///
/// let text = r#"{"method": "tools/call", "params": {"name": "pods_delete", "arguments": {"name": "web"}}}"#;
/// assert_eq!(read_written(text, None).map(|call| call.effect), Some(Effect::Write));
/// assert_eq!(read_written("kubectl get pods", None), None);
/// ```
#[must_use]
pub fn read_written(text: &str, default_namespace: Option<&str>) -> Option<ToolCall> {
    let (name, arguments) = written(&tree(text)?)?;
    Some(read_tool_call(&name, &arguments, default_namespace))
}

fn tree(text: &str) -> Option<Json> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    match json::read(text).ok()?.as_slice() {
        [node] => Some(node.to_json()),
        _ => None,
    }
}

fn written(call: &Json) -> Option<(String, Json)> {
    let inner = |key: &str| call.get(key).filter(|inner| inner.is_object());
    if call.get("method").and_then(Json::as_str) == Some("tools/call") {
        return written(inner("params")?);
    }
    if let Some(function) = inner("function") {
        return written(function);
    }
    let names = ["tool", "name"].map(|key| call.get(key).and_then(Json::as_str));
    let arguments = ["arguments", "input"].map(|key| call.get(key));
    let (name, arguments) = match (names, arguments) {
        ([Some(name), None] | [None, Some(name)], [Some(given), None] | [None, Some(given)]) => {
            (name, given)
        }
        _ => return None,
    };
    let arguments = match arguments {
        Json::String(text) => tree(text)?,
        given => given.clone(),
    };
    Some((name.to_owned(), arguments))
}
