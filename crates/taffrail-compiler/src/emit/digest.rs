//! The digest that tells one policy set from another.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use taffrail_runtime::Value;
use taffrail_runtime::program::{Settings, UngrantedVerdict};
use taffrail_schema::Schemas;
use taffrail_syntax::SourceTable;

use crate::analyze::Options;
use crate::typed::Module;

/// Returns the digest over sources, parameters, settings, schemas and engine version, as `sha256:` and hex digits. The order of
/// the sources does not matter.
pub(super) fn digest(
    sources: &SourceTable,
    module: &Module,
    params: &[Value],
    options: &Options,
    schemas: &Schemas,
) -> String {
    let mut state = Sha256::new();
    // Each part goes in with its length, so that no text can pass for two.
    let mut add = |part: &str| {
        state.update((part.len() as u64).to_le_bytes());
        state.update(part.as_bytes());
    };
    add("taffrail policy set");
    add(env!("CARGO_PKG_VERSION"));
    let mut files: Vec<(&str, &str)> = sources
        .iter()
        .map(|(_, source)| (source.name.as_str(), source.text.as_str()))
        .collect();
    files.sort_unstable();
    for (name, text) in files {
        add("file");
        add(name);
        add(text);
    }
    let mut values: Vec<(&str, String)> = module
        .params
        .iter()
        .zip(params)
        .map(|(param, value)| (param.name.as_str(), value.to_json().to_string()))
        .collect();
    values.sort_unstable();
    for (name, value) in values {
        add("param");
        add(name);
        add(&value);
    }
    add("settings");
    add(&settings_text(&options.settings));
    add("kubernetes");
    add(&schemas.version().to_string());
    for (name, text) in &options.crds {
        add("crd");
        add(name);
        add(text.as_deref().unwrap_or_default());
    }
    let mut text = String::from("sha256:");
    for byte in state.finalize() {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn settings_text(settings: &Settings) -> String {
    let Settings {
        propose_at,
        escalate_at,
        ungranted,
        require_intent,
    } = settings;
    let ungranted = match ungranted {
        UngrantedVerdict::Propose => "propose",
        UngrantedVerdict::Escalate => "escalate",
    };
    format!("{propose_at} {escalate_at} {ungranted} {require_intent}")
}
