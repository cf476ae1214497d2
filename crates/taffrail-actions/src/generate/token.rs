//! The request that `create token` sends to a service account.

use serde_json::{Value as Json, json};

use super::{Fields, GenerateError, Input, Made, fields, form};

/// The kinds that a token can be bound to, with their versions.
const BOUND: [(&str, &str); 3] = [("Node", "v1"), ("Pod", "v1"), ("Secret", "v1")];

pub(super) fn request(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let metadata = input.metadata(flags.name()?, Fields::new());
    let audiences: Vec<&str> = flags.all("audience").collect();
    if audiences.iter().any(|audience| audience.is_empty()) {
        return Err(form("--audience", "", "an audience"));
    }
    let duration = flags.text("duration").map(seconds).transpose()?;
    let spec = fields([
        (
            "audiences",
            (!audiences.is_empty()).then(|| json!(audiences)),
        ),
        (
            "expirationSeconds",
            duration.filter(|seconds| *seconds > 0).map(Json::from),
        ),
        ("boundObjectRef", bound(input)?),
    ]);
    Ok(json!({
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "metadata": metadata,
        "spec": spec,
    }))
}

fn bound(input: Input<'_>) -> Made<Option<Json>> {
    let [kind, name, uid] = ["bound-object-kind", "bound-object-name", "bound-object-uid"]
        .map(|flag| input.flags.text(flag));
    let Some(kind) = kind else {
        return match name.or(uid) {
            None => Ok(None),
            Some(_) => Err(GenerateError::Missing {
                what: "`--bound-object-kind`",
            }),
        };
    };
    let Some((_, version)) = BOUND.iter().find(|(known, _)| *known == kind) else {
        return Err(form(
            "--bound-object-kind",
            kind,
            "`Node`, `Pod` or `Secret`",
        ));
    };
    let name = name.ok_or(GenerateError::Missing {
        what: "`--bound-object-name`",
    })?;
    Ok(Some(Json::Object(fields([
        ("apiVersion", Some(json!(version))),
        ("kind", Some(json!(kind))),
        ("name", Some(json!(name))),
        ("uid", uid.map(Json::from)),
    ]))))
}

/// Reads a duration such as `1h30m` into whole seconds.
fn seconds(text: &str) -> Made<u64> {
    let refused = || form("--duration", text, "a duration in whole seconds");
    if text == "0" {
        return Ok(0);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut total: u64 = 0;
    if rest.is_empty() {
        return Err(refused());
    }
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .ok_or_else(refused)?;
        let (digits, after) = rest.split_at_checked(end).ok_or_else(refused)?;
        let end = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end).ok_or_else(refused)?;
        let number: u64 = digits.parse().map_err(|_| refused())?;
        let unit = match unit {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            _ => return Err(refused()),
        };
        let part = number.checked_mul(unit);
        total = part
            .and_then(|part| total.checked_add(part))
            .ok_or_else(refused)?;
        rest = after;
    }
    Ok(total)
}
