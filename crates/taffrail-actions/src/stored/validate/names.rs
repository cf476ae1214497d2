//! Names, labels and annotations.

use std::net::IpAddr;

use serde_json::Value as Json;

use super::super::kind::{Kind, at, text};
use super::super::refused::Refused;

/// Checks the metadata of an object.
pub(super) fn check(object: &Json, kind: &Kind) -> Result<(), Refused> {
    let name = text(object, &["metadata", "name"]);
    match name {
        None if text(object, &["metadata", "generateName"]).is_none() => {
            return Err(Refused::invalid_at("metadata.name", "is missing"));
        }
        Some(name) if !may_name(name, kind) => {
            return Err(Refused::invalid_at(
                "metadata.name",
                format!("cannot be `{name}`"),
            ));
        }
        Some(_) | None => {}
    }
    for field in ["labels", "annotations"] {
        let entries = at(object, &["metadata", field]).and_then(Json::as_object);
        for (key, value) in entries.into_iter().flatten() {
            if !is_qualified(key) {
                let problem = format!("has a key `{key}` that is no qualified name");
                return Err(Refused::invalid_at(&format!("metadata.{field}"), problem));
            }
            if field == "labels" && !value.as_str().is_none_or(is_label_value) {
                let problem = format!("has {value}, which is no value of a label");
                return Err(Refused::invalid_at("metadata.labels", problem));
            }
        }
    }
    Ok(())
}

fn may_name(name: &str, kind: &Kind) -> bool {
    match (kind.group, kind.kind) {
        ("rbac.authorization.k8s.io" | "apiregistration.k8s.io", _) => {
            !matches!(name, "." | "..") && !name.contains(['/', '%'])
        }
        ("", "Namespace") => is_dns_label(name),
        ("", "Service") => is_dns_label(name),
        _ => name.len() <= 253 && name.split('.').all(is_dns_part),
    }
}

/// Returns whether a text is a single part of a name in the DNS.
pub(super) fn is_dns_label(name: &str) -> bool {
    name.len() <= 63 && is_dns_part(name)
}

fn is_dns_part(part: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    !part.is_empty()
        && part.bytes().all(|byte| inner(byte) || byte == b'-')
        && part.bytes().next().is_some_and(inner)
        && part.bytes().last().is_some_and(inner)
}

fn is_qualified(key: &str) -> bool {
    let (prefix, name) = key
        .split_once('/')
        .map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let prefix_fits = prefix.is_none_or(|prefix| {
        let prefix = prefix.to_lowercase();
        prefix.len() <= 253 && prefix.split('.').all(is_dns_part)
    });
    prefix_fits && !name.is_empty() && is_label_value(name)
}

/// Returns whether a text may be the value of a label.
pub(super) fn is_label_value(value: &str) -> bool {
    let end = |byte: Option<u8>| byte.is_none_or(|byte| byte.is_ascii_alphanumeric());
    value.len() <= 63
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && end(value.bytes().next())
        && end(value.bytes().last())
}

/// Returns whether a text may be a key of a ConfigMap's or Secret's data.
pub(super) fn is_config_key(key: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=253).contains(&key.len()) && key.bytes().all(fits) && !matches!(key, "." | "..")
}

/// Returns whether a text is a range of addresses.
pub(super) fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    bits.parse::<u8>().is_ok_and(|bits| bits <= most)
}
