//! What an agent is told beside policies: the cluster's name, how long to wait, and which signals must stay where.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::signal::{Bound, Source};

/// The settings of an agent; what is left out has a default.
///
/// ```
/// let settings: taffrail_agent::Settings = serde_json::from_value(serde_json::json!({
///     "cluster": { "name": "eu-1", "environment": "production" },
///     "verify": { "deadline": "5m", "soak": "1m" },
/// }))?;
/// assert_eq!(settings.verify.soak.as_secs(), 60);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What policies see as `cluster`: `name`, `environment`, `region`, `labels`.
    pub cluster: Json,
    /// Where signals come from, by their full name or its last word.
    pub signals: BTreeMap<String, Source>,
    /// Which signals must stay where. After an action no more of them may be outside than before, or it is taken back.
    pub bounds: Vec<Bound>,
    /// Verification.
    pub verify: Verify,
    /// How long people have to answer a proposal.
    #[serde(with = "span")]
    pub approvals_expire: Duration,
    /// How long budgets are kept for an action that does not come to run.
    #[serde(with = "span")]
    pub keep: Duration,
    /// How long an agent that says nothing holds an action before others may take it up.
    #[serde(with = "span")]
    pub lease: Duration,
    /// How long an answer of the API server is waited for; shorter than the lease.
    #[serde(with = "span")]
    pub answer: Duration,
    /// How often a read is tried, and a write that was surely not carried out.
    pub tries: u32,
    /// The pause after the first try; it doubles.
    #[serde(with = "span")]
    pub pause: Duration,
    /// How often an action is decided again because its object changed meanwhile.
    pub rounds: u32,
}

/// How it is found out whether an action did what it should.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Verify {
    /// How long the effect may take.
    #[serde(with = "span")]
    pub deadline: Duration,
    /// How long it is watched after it is there.
    #[serde(with = "span")]
    pub soak: Duration,
    /// How often it is looked at.
    #[serde(with = "span")]
    pub every: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cluster: Json::Null,
            signals: BTreeMap::new(),
            bounds: Vec::new(),
            verify: Verify::default(),
            approvals_expire: Duration::from_secs(3_600),
            keep: Duration::from_secs(600),
            lease: Duration::from_secs(60),
            answer: Duration::from_secs(30),
            tries: 5,
            pause: Duration::from_millis(250),
            rounds: 10,
        }
    }
}

impl Default for Verify {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(600),
            soak: Duration::ZERO,
            every: Duration::from_secs(2),
        }
    }
}

/// Durations as people write them: `30s`, `5m`.
pub(crate) mod span {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, de::Error};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: From<Duration>>(
        from: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(from)?;
        let span: jiff::SignedDuration = text.parse().map_err(|_| {
            D::Error::custom(format!(
                "`{text}` is no duration; write `30s`, `5m` or `1h`"
            ))
        })?;
        Duration::try_from(span)
            .map(T::from)
            .map_err(|_| D::Error::custom(format!("`{text}` lies in the past")))
    }
}
