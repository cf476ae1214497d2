//! Which of the recorded actions are decided again.

use std::collections::BTreeSet;

use taffrail_actions::audit_event::AuditEvent;
use taffrail_runtime::Value;
use taffrail_runtime::glob::like;
use taffrail_runtime::request::Request;

use super::tally::Skip;

/// Which of the recorded actions are decided again. The default is what changed a cluster, and was asked by none of its own components.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The verbs.
    pub verbs: Verbs,
    /// Names of those who ask, globs; any when empty. Who is named here is wanted though it be a component of the cluster.
    pub principals: Vec<String>,
    /// Names of those of whom nothing is wanted, globs.
    pub not_principals: Vec<String>,
    /// Whether requests of the cluster's own components are wanted.
    pub of_cluster: bool,
    /// Whether requests that the server refused are wanted, or that it failed to carry out.
    pub failed: bool,
    /// Whether dry runs are wanted.
    pub dry_runs: bool,
}

/// The verbs that are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Verbs {
    /// Of a server's log what is no read, and everything of any other: nobody records a read there without meaning it.
    #[default]
    Writes,
    /// All.
    All,
    /// These.
    These(BTreeSet<String>),
}

/// The verbs that read.
const READS: [&str; 5] = ["get", "list", "watch", "logs", "read_secret"];

impl Filter {
    /// Returns why an event is left out; `None` for one that is wanted.
    pub(super) fn skip_event(&self, event: &AuditEvent<'_>) -> Option<Skip> {
        if !event.is_complete() {
            return Some(Skip::EarlierStage);
        }
        let principal = event.principal();
        let is_hidden = event.is_of_cluster() && !self.of_cluster && self.principals.is_empty();
        if is_hidden {
            return Some(Skip::OfCluster);
        }
        if !self.wants_principal(principal) {
            return Some(Skip::OtherPrincipal);
        }
        let verb = event.verb();
        let is_read = verb.is_some_and(|verb| READS.contains(&verb));
        match &self.verbs {
            Verbs::Writes if is_read => return Some(Skip::Read),
            Verbs::These(verbs) if !verb.is_some_and(|verb| verbs.contains(verb)) => {
                return Some(Skip::OtherVerb);
            }
            Verbs::Writes | Verbs::All | Verbs::These(_) => {}
        }
        if event.has_failed() && !self.failed {
            return Some(Skip::Failed);
        }
        (event.is_dry_run() && !self.dry_runs).then_some(Skip::DryRun)
    }

    /// Returns why an action is left out that was recorded as a document; of a plan the steps are asked together.
    pub(super) fn skip_action(&self, steps: &[Request]) -> Option<Skip> {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.to_string()),
            _ => None,
        };
        let principal = steps
            .first()
            .map(|step| step.principal.field("id", &String::new));
        let principal = principal.as_ref().and_then(text).unwrap_or_default();
        if !self.wants_principal(&principal) {
            return Some(Skip::OtherPrincipal);
        }
        let Verbs::These(verbs) = &self.verbs else {
            return None;
        };
        let is_wanted = steps
            .iter()
            .any(|step| text(&step.verb).is_some_and(|verb| verbs.contains(&verb)));
        (!is_wanted).then_some(Skip::OtherVerb)
    }

    fn wants_principal(&self, name: &str) -> bool {
        let is_named = |globs: &[String]| globs.iter().any(|glob| like(glob, name));
        (self.principals.is_empty() || is_named(&self.principals))
            && !is_named(&self.not_principals)
    }
}
