//! Reads `taffrail.toml`: parameter values and settings of a policy set.
//!
//! ```toml
//! kubernetes = ["1.33", "1.34"]   # the versions that the policies must compile against
//! crds = ["crds/rollout.yaml"]    # files or folders with the schemas of custom kinds
//!
//! ungranted = "escalate"      # the verdict without a grant; `propose` when left out
//! require_intent = true       # whether an action without an intent proposes
//!
//! [tolerance]                 # the built-in tolerance
//! propose = 30
//! escalate = 70
//!
//! [params]                    # by full name, or by the last word alone
//! restarts_per_hour = 5
//! payments.limits.window = "30m"
//!
//! [lints]                     # `allow`, `warn` or `deny`, by code
//! waiver-expires = "deny"
//! ```

use std::collections::BTreeMap;

use taffrail_compiler::Options;
use taffrail_runtime::program::{Settings, UngrantedVerdict};
use taffrail_runtime::{Decimal, Map, Value, text};
use taffrail_schema::Version;
use taffrail_syntax::suggest::nearest;

/// The keys of the file itself.
const KEYS: [&str; 7] = [
    "crds",
    "kubernetes",
    "lints",
    "params",
    "require_intent",
    "tolerance",
    "ungranted",
];

/// The keys of `[tolerance]`.
const TOLERANCE_KEYS: [&str; 2] = ["escalate", "propose"];

/// What the file sets.
#[derive(Debug, Clone, Default)]
pub(crate) struct FolderSettings {
    /// What compilation reads.
    pub(crate) options: Options,
    /// Files and folders with the schemas of custom kinds, relative to the policy folder.
    pub(crate) crds: Vec<String>,
    /// The words of `[lints]`, by code.
    pub(crate) lints: BTreeMap<String, String>,
}

/// Returns what the text sets, or what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<FolderSettings, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        format!("line {line}: {}", error.message())
    })?;
    let mut options = Options::default();
    let mut crds = Vec::new();
    let mut lint_levels = BTreeMap::new();
    for (key, value) in &table {
        match key.as_str() {
            "crds" => crds = texts("crds", value)?,
            "kubernetes" => options.versions = versions(value)?,
            "ungranted" => options.settings.ungranted = ungranted(value)?,
            "require_intent" => {
                options.settings.require_intent = value
                    .as_bool()
                    .ok_or("`require_intent` must be `true` or `false`")?;
            }
            "tolerance" => tolerance(value, &mut options.settings)?,
            "params" => {
                let params = value.as_table().ok_or("`params` must be a table")?;
                add_params("", params, &mut options)?;
            }
            "lints" => lint_levels = lints(value)?,
            unknown => return Err(unknown_key(unknown, &KEYS)),
        }
    }
    Ok(FolderSettings {
        options,
        crds,
        lints: lint_levels,
    })
}

fn versions(value: &toml::Value) -> Result<Vec<Version>, String> {
    texts("kubernetes", value)?
        .iter()
        .map(|text| {
            text.parse()
                .map_err(|error| format!("`kubernetes`: {error}"))
        })
        .collect()
}

/// Returns a list of texts; a text alone is a list of one.
fn texts(key: &str, value: &toml::Value) -> Result<Vec<String>, String> {
    let wrong = || {
        let example = if key == "kubernetes" { "1.36" } else { "crds" };
        format!("`{key}` must be a list of texts in quotes, such as `{key} = [\"{example}\"]`")
    };
    match value {
        toml::Value::String(text) => Ok(vec![text.clone()]),
        toml::Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect(),
        _ => Err(wrong()),
    }
}

/// Returns the words of `[lints]`; which codes and levels there are is for the linter to say.
fn lints(value: &toml::Value) -> Result<BTreeMap<String, String>, String> {
    let table = value.as_table().ok_or("`lints` must be a table")?;
    table
        .iter()
        .map(|(code, level)| match level.as_str() {
            Some(level) => Ok((code.clone(), level.to_owned())),
            None => Err(format!(
                "`lints.{code}` must be \"allow\", \"warn\" or \"deny\""
            )),
        })
        .collect()
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        .saturating_add(1)
}

fn unknown_key(key: &str, known: &[&str]) -> String {
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("unknown key `{key}`, did you mean `{near}`?"),
        None => format!("unknown key `{key}`, known are `{}`", known.join("`, `")),
    }
}

fn ungranted(value: &toml::Value) -> Result<UngrantedVerdict, String> {
    match value.as_str() {
        Some("propose") => Ok(UngrantedVerdict::Propose),
        Some("escalate") => Ok(UngrantedVerdict::Escalate),
        _ => Err("`ungranted` must be \"propose\" or \"escalate\"".into()),
    }
}

fn tolerance(value: &toml::Value, settings: &mut Settings) -> Result<(), String> {
    let table = value.as_table().ok_or("`tolerance` must be a table")?;
    for (key, value) in table {
        let risk = value
            .as_integer()
            .and_then(|risk| u8::try_from(risk).ok())
            .filter(|risk| *risk <= 100);
        let risk = || {
            risk.ok_or_else(|| format!("`tolerance.{key}` must be a whole number from 0 to 100"))
        };
        match key.as_str() {
            "propose" => settings.propose_at = risk()?,
            "escalate" => settings.escalate_at = risk()?,
            unknown => return Err(unknown_key(unknown, &TOLERANCE_KEYS)),
        }
    }
    if settings.propose_at > settings.escalate_at {
        return Err(format!(
            "`tolerance.propose` is {}, and must not be above `tolerance.escalate`, which is {}",
            settings.propose_at, settings.escalate_at
        ));
    }
    Ok(())
}

/// Adds parameters; tables are parts of a dotted name.
fn add_params(prefix: &str, table: &toml::Table, options: &mut Options) -> Result<(), String> {
    for (key, value) in table {
        let name = format!("{prefix}{key}");
        match value {
            toml::Value::Table(inner) => add_params(&format!("{name}."), inner, options)?,
            other => {
                let value = param_value(&name, other)?;
                if options.params.insert(name.clone(), value).is_some() {
                    return Err(format!("parameter `{name}` is set twice"));
                }
            }
        }
    }
    Ok(())
}

fn param_value(name: &str, value: &toml::Value) -> Result<Value, String> {
    Ok(match value {
        toml::Value::Boolean(value) => Value::Bool(*value),
        toml::Value::String(value) => Value::string(value.as_str()),
        toml::Value::Integer(value) => Value::Number(Decimal::from(*value)),
        toml::Value::Float(value) => {
            Decimal::from_f64(*value)
                .map(Value::Number)
                .ok_or_else(|| {
                    format!("parameter `{name}` must be a number that can be written exactly")
                })?
        }
        toml::Value::Datetime(value) => text::parse_time(&value.to_string())
            .map(Value::Time)
            .ok_or_else(|| {
                format!("parameter `{name}` must be a date, or a time with its offset")
            })?,
        toml::Value::Array(items) => Value::List(
            items
                .iter()
                .map(|item| param_value(name, item))
                .collect::<Result<_, _>>()?,
        ),
        toml::Value::Table(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| Ok((key.as_str().into(), param_value(name, value)?)))
                .collect::<Result<_, String>>()?;
            Map::from_entries(entries)
                .map(Value::Map)
                .map_err(|key| format!("parameter `{name}` has the key `{key}` twice"))?
        }
    })
}
