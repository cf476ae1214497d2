//! What can be read beside the tools: policies, and the decisions made here.

use std::collections::VecDeque;

use rmcp::model::{ErrorData, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde_json::Value as Json;

use super::Inner;

const POLICIES: &str = "taffrail://policies/";
const DECISIONS: &str = "taffrail://decisions/";

/// How many decisions are kept.
const KEPT: usize = 100;

/// The latest decisions, by the digest of their action; the oldest first.
#[derive(Debug, Default)]
pub(super) struct Decisions(VecDeque<(String, Json)>);

impl Inner {
    /// Keeps a decision to be read again.
    pub(super) fn remember(&self, digest: &str, report: Json) {
        // What another call broke is whole here: a list is changed in one step.
        let mut kept = match self.decisions.lock() {
            Ok(kept) => kept,
            Err(poisoned) => poisoned.into_inner(),
        };
        kept.0.retain(|(own, _)| own != digest);
        if kept.0.len() >= KEPT {
            kept.0.pop_front();
        }
        kept.0.push_back((digest.to_owned(), report));
    }

    /// Returns a decision that was made here.
    pub(super) fn recall(&self, digest: &str) -> Option<Json> {
        let kept = match self.decisions.lock() {
            Ok(kept) => kept,
            Err(poisoned) => poisoned.into_inner(),
        };
        let found = kept.0.iter().find(|(own, _)| own == digest);
        found.map(|(_, report)| report.clone())
    }

    pub(super) fn resources(&self) -> Vec<Resource> {
        let policies = self.texts.iter().map(|(name, _)| {
            Resource::new(format!("{POLICIES}{name}"), name.clone())
                .with_description("the text of a policy file")
                .with_mime_type("text/plain")
        });
        let kept = match self.decisions.lock() {
            Ok(kept) => kept,
            Err(poisoned) => poisoned.into_inner(),
        };
        let decisions = kept.0.iter().rev().map(|(digest, _)| {
            Resource::new(format!("{DECISIONS}{digest}"), digest.clone())
                .with_description("a decision that was made here")
                .with_mime_type("application/json")
        });
        policies.chain(decisions).collect()
    }

    pub(super) fn resource(&self, uri: &str) -> Result<ReadResourceResult, ErrorData> {
        let contents = if let Some(name) = uri.strip_prefix(POLICIES) {
            self.texts
                .iter()
                .find(|(own, _)| own == name)
                .map(|(_, text)| ResourceContents::text(text.clone(), uri))
        } else {
            uri.strip_prefix(DECISIONS)
                .and_then(|digest| self.recall(digest))
                .map(|report| {
                    ResourceContents::text(report.to_string(), uri)
                        .with_mime_type("application/json")
                })
        };
        match contents {
            Some(contents) => Ok(ReadResourceResult::new(vec![contents])),
            None => Err(ErrorData::resource_not_found(
                format!(
                    "there is no `{uri}`: `{POLICIES}FILE` and `{DECISIONS}DIGEST` can be read, and the list says which there are"
                ),
                None,
            )),
        }
    }
}

/// Returns the shapes of addresses.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(format!("{POLICIES}{{file}}"), "policy")
            .with_description("the text of a policy file")
            .with_mime_type("text/plain"),
        ResourceTemplate::new(format!("{DECISIONS}{{digest}}"), "decision")
            .with_description("a decision that was made here, by the digest of its action")
            .with_mime_type("application/json"),
    ]
}
