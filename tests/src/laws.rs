//! What must hold for every policy set and every request, tried on generated ones.
//!
//! `TAFFRAIL_LAWS_CASES=1000000 TAFFRAIL_LAWS_SEED=7 cargo test -p taffrail-tests laws` tries harder.

mod additive;
mod careful;
mod compared;
mod crowd;
mod explained;
mod faithful;
mod linted;
mod mix;
mod needed;
mod orderless;
mod requested;
mod run;
mod saved;
mod splitting;
mod total;
mod traced;

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use taffrail_runtime::program::{Settings, UngrantedVerdict};

use crate::generate::request::Shown;
use crate::generate::{PolicySet, policy_set, request};

/// A policy set with its settings and requests to decide by it.
#[derive(Clone)]
pub(crate) struct Case {
    set: PolicySet,
    settings: Settings,
    requests: Vec<Shown>,
}

impl fmt::Debug for Case {
    /// Shows the policies; the message of a broken law shows the one request that breaks it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}\n{:?}", self.set, self.settings)
    }
}

fn case() -> impl Strategy<Value = Case> {
    let requests = vec(request().prop_map(Shown), 1..=run::REQUESTS);
    (policy_set(), settings(), requests).prop_map(|(set, settings, requests)| Case {
        set,
        settings,
        requests,
    })
}

fn settings() -> impl Strategy<Value = Settings> {
    let raised = Settings {
        propose_at: 20,
        escalate_at: 50,
        ungranted: UngrantedVerdict::Escalate,
        require_intent: true,
    };
    prop_oneof![6 => Just(Settings::default()), 1 => Just(raised)]
}
