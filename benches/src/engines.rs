//! What every engine has to offer, so that one harness measures them all.

use std::collections::BTreeSet;
use std::error::Error;

use crate::model::Rule;

pub(crate) mod cedar;
pub(crate) mod cel;
pub(crate) mod ours;
pub(crate) mod rego;

/// Anything that goes wrong ends the run.
pub(crate) type Failure = Box<dyn Error>;

/// An engine that can load a rule set.
pub(crate) trait Engine {
    const NAME: &'static str;

    /// A rule set, loaded and ready to decide.
    type Loaded;

    /// Returns the rules in the engine's language.
    fn source(rules: &[Rule]) -> String;

    /// Loads rules, from text to ready.
    fn load(source: &str) -> Result<Self::Loaded, Failure>;

    /// Prepares the requests, so that deciding them costs no reading.
    fn prepare(
        loaded: Self::Loaded,
        requests: &[serde_json::Value],
    ) -> Result<Box<dyn Contestant>, Failure>;
}

/// A loaded rule set with its prepared requests.
pub(crate) trait Contestant {
    /// Decides one request, as the engine's users would.
    fn decide(&mut self, request: usize) -> Result<(), Failure>;

    /// Decides one request and tells which rules applied.
    fn applied(&mut self, request: usize) -> Result<BTreeSet<usize>, Failure>;
}

/// Returns the number at the end of a rule's name: `r17` is 17.
pub(crate) fn rule_number(name: &str) -> Result<usize, Failure> {
    let digits = name.rsplit('r').next().unwrap_or(name);
    digits
        .parse()
        .map_err(|_| format!("`{name}` is not the name of a rule").into())
}

/// Returns an element, or says which request is missing.
pub(crate) fn request<T>(prepared: &[T], at: usize) -> Result<&T, Failure> {
    prepared
        .get(at)
        .ok_or_else(|| format!("there is no request {at}").into())
}
