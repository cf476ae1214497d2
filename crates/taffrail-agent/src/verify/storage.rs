//! Claims of storage.

use serde_json::Value as Json;
use taffrail_runtime::quantity;

use super::{Progress, condition};

pub(super) fn claim(now: &Json) -> Progress {
    let text = |path: &str| now.pointer(path).and_then(Json::as_str).unwrap_or_default();
    match text("/status/phase") {
        "Bound" => {}
        "Lost" => return Progress::Failed("the volume of the claim is lost".to_owned()),
        _ => return Progress::Waiting("the claim is not bound yet".to_owned()),
    }
    for error in ["ControllerResizeError", "NodeResizeError"] {
        if let Some(("True", _, said)) = condition(now, error) {
            return Progress::Failed(format!("the volume cannot be resized: {said}"));
        }
    }
    let wanted = text("/spec/resources/requests/storage");
    let has = text("/status/capacity/storage");
    match (quantity::parse(wanted), quantity::parse(has)) {
        (Some(wanted), Some(has)) if has >= wanted => Progress::Done,
        (Some(_), Some(_)) => {
            Progress::Waiting(format!("the volume has {has}, and {wanted} is wanted"))
        }
        _ => Progress::Unknown("nobody reports the size of the volume".to_owned()),
    }
}
