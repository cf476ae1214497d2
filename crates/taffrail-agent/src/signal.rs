//! Signals: what a source says, when it was observed, or why nothing is known.

mod endpoint;
mod http;
mod prometheus;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::error::AgentError;
use crate::settings::span;
use crate::target::Target;

/// Where a signal comes from: one of `prometheus`, `file` and `url`.
///
/// ```
/// let source: taffrail_agent::Source = serde_json::from_value(serde_json::json!({
///     "prometheus": "http://prometheus.monitoring:9090",
///     "query": "job:error_ratio{namespace=\"$namespace\"}",
/// }))?;
/// assert!(source.check("error_rate").is_ok());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// The address of a Prometheus server.
    pub prometheus: Option<String>,
    /// What Prometheus is asked. `$namespace`, `$name` and `$kind` stand for those of the action's target, inside of quoted strings.
    pub query: Option<String>,
    /// For a query that computes: a second one, which gives the time (in seconds of the epoch) of the oldest sample that it rests on, such as
    /// `min(timestamp(http_requests_total))`. Prometheus gives computed values the time at which it was asked, and a fresh answer to old
    /// samples is not fresh.
    pub observed: Option<String>,
    /// A file of JSON: `{ "error_rate": { "value": 0.002, "observed": "2026-11-22T10:00:00Z" } }`.
    pub file: Option<PathBuf>,
    /// An address that answers with the same JSON.
    pub url: Option<String>,
    /// A file that holds a bearer token for the address.
    pub token_file: Option<PathBuf>,
    /// How long an answer is waited for.
    #[serde(with = "span")]
    pub timeout: Patience,
}

/// How long a source is waited for: two seconds unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience(pub Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(Duration::from_secs(2))
    }
}

impl From<Duration> for Patience {
    fn from(span: Duration) -> Self {
        Self(span)
    }
}

/// What a source says of a signal.
pub(crate) type Reading = Result<Sample, String>;

/// A value and when it was observed, as an action document writes them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    pub(crate) value: Json,
    /// An instant; `None` when the source does not say.
    pub(crate) observed: Option<String>,
}

impl Sample {
    /// Returns the fact of an action document.
    pub(crate) fn fact(&self) -> Json {
        match &self.observed {
            Some(observed) => json!({ "value": self.value, "observed": observed }),
            None => json!({ "value": self.value }),
        }
    }
}

impl Source {
    /// Tells whether the source is whole.
    ///
    /// # Errors
    ///
    /// What is missing or contradicts itself, and what to write.
    pub fn check(&self, name: &str) -> Result<(), AgentError> {
        let wrong = |reason: String| {
            Err(AgentError::Settings {
                reason: format!("signal `{name}`: {reason}"),
            })
        };
        let kinds = [
            self.prometheus.is_some(),
            self.file.is_some(),
            self.url.is_some(),
        ];
        match kinds.iter().filter(|is_given| **is_given).count() {
            1 => {}
            0 => return wrong("give `prometheus` with `query`, `file`, or `url`".to_owned()),
            _ => return wrong("`prometheus`, `file` and `url` exclude each other".to_owned()),
        }
        match (&self.prometheus, &self.query, &self.observed) {
            (None, None, None) => Ok(()),
            (None, ..) => wrong("`query` and `observed` are for `prometheus`".to_owned()),
            (Some(_), None, _) => wrong("`prometheus` needs a `query`".to_owned()),
            (Some(_), Some(query), None) if !prometheus::is_selector(query) => wrong(format!(
                "`{query}` computes, so its samples have no time of their own: give `observed`, a query such as \
                 `min(timestamp(http_requests_total))`, or record it by a rule and ask for that"
            )),
            (Some(_), Some(_), _) => Ok(()),
        }
    }

    /// Asks the source.
    pub(crate) async fn read(&self, name: &str, target: &Target) -> Reading {
        let answer = async {
            if let (Some(server), Some(query)) = (&self.prometheus, &self.query) {
                return prometheus::read(self, server, query, target).await;
            }
            endpoint::read(self, name).await
        };
        match tokio::time::timeout(self.timeout.0, answer).await {
            Ok(reading) => reading,
            Err(_) => Err(format!(
                "its source did not answer within {:?}",
                self.timeout.0
            )),
        }
    }
}

/// Returns the source of a signal that policies name in full: by that name, or by its last word.
pub(crate) fn source_of<'s>(
    sources: &'s BTreeMap<String, Source>,
    name: &str,
) -> Option<&'s Source> {
    let last = name.rsplit('.').next().unwrap_or(name);
    sources.get(name).or_else(|| sources.get(last))
}

/// A bound that a signal keeps while all is well.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// The signal.
    pub signal: String,
    /// The greatest value that is well.
    #[serde(default)]
    pub at_most: Option<f64>,
    /// The least value that is well.
    #[serde(default)]
    pub at_least: Option<f64>,
    /// How old a sample may be.
    #[serde(default, with = "span")]
    pub fresh: Fresh,
}

/// How old a sample may be: two minutes unless a bound says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fresh(pub Duration);

impl Default for Fresh {
    fn default() -> Self {
        Self(Duration::from_secs(120))
    }
}

impl From<Duration> for Fresh {
    fn from(span: Duration) -> Self {
        Self(span)
    }
}

/// Whether a signal is inside of its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    Inside,
    Outside,
    Unknown,
}

impl Bound {
    /// Tells whether a reading is inside of the bound at an instant.
    pub(crate) fn held(&self, reading: &Reading, now: jiff::Timestamp) -> Held {
        let Ok(sample) = reading else {
            return Held::Unknown;
        };
        let Some(value) = sample.value.as_f64() else {
            return Held::Unknown;
        };
        let observed: Option<jiff::Timestamp> =
            sample.observed.as_ref().and_then(|text| text.parse().ok());
        let age = observed.map(|observed| now.duration_since(observed));
        if age.is_none_or(|age| {
            age > crate::agent::signed(self.fresh.0) || age < jiff::SignedDuration::from_secs(-5)
        }) {
            return Held::Unknown;
        }
        let is_inside = self.at_most.is_none_or(|most| value <= most)
            && self.at_least.is_none_or(|least| value >= least);
        if is_inside {
            Held::Inside
        } else {
            Held::Outside
        }
    }
}

#[cfg(test)]
mod tests;
