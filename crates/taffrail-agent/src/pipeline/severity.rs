//! How bad things are: what is watched, and how much of it is outside of its bounds.

use futures::future::join_all;
use serde_json::{Value as Json, json};

use super::Run;
use crate::signal::{Held, Reading, source_of};

impl Run<'_> {
    /// Asks the source of a signal.
    pub(super) async fn signal(&self, name: &str) -> Reading {
        match source_of(&self.agent.settings.signals, name) {
            Some(source) => source.read(name, &self.work.target).await,
            None => Err("the agent's settings name no source for it".to_owned()),
        }
    }

    /// Returns the number of signals outside of their bounds, and what was seen. What is not known counts as outside when `strictly`.
    pub(super) async fn severity(&self, strictly: bool) -> (u32, Json) {
        let bounds = &self.agent.settings.bounds;
        let readings = join_all(bounds.iter().map(|bound| self.signal(&bound.signal))).await;
        let now = (self.agent.clock)();
        let mut severity = 0_u32;
        let mut seen = serde_json::Map::new();
        for (bound, reading) in bounds.iter().zip(&readings) {
            let held = bound.held(reading, now);
            if held == Held::Outside || (strictly && held == Held::Unknown) {
                severity = severity.saturating_add(1);
            }
            let told = match reading {
                Ok(sample) => sample.fact(),
                Err(reason) => json!({ "unknown": reason }),
            };
            seen.insert(bound.signal.clone(), told);
        }
        (severity, Json::Object(seen))
    }
}
