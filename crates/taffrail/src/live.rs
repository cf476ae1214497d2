//! A policy set that can be replaced while it decides.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::LoadError;
use crate::policy_set::PolicySet;

/// Holds the policy set in force, for several threads. Cloning shares the holder.
///
/// A decision takes the set that is in force when it begins and keeps it to its end.
///
/// ```
/// use taffrail::{Live, PolicySet, Request, Verdict};
///
/// let set = |effect: &str| {
///     let text = format!("policy a  guard g {{ on delete {effect} because \"no\" }}");
///     PolicySet::from_sources([("a.guard", text)])
/// };
/// let live = Live::new(set("propose")?);
/// assert_eq!(live.current().decide(&Request::default()).verdict(), Verdict::Propose);
///
/// live.replace(set("escalate")?);
/// assert_eq!(live.current().decide(&Request::default()).verdict(), Verdict::Escalate);
/// # Ok::<(), taffrail::LoadError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Live {
    // A writer only swaps a pointer, so readers hardly ever wait.
    current: Arc<RwLock<PolicySet>>,
}

impl Live {
    /// Returns a holder of this set.
    #[must_use]
    pub fn new(policies: PolicySet) -> Self {
        Self {
            current: Arc::new(RwLock::new(policies)),
        }
    }

    /// Returns the set in force.
    #[must_use]
    pub fn current(&self) -> PolicySet {
        // Nothing can panic while the lock is held, and a set is never half replaced.
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts another set in force and returns the one that was.
    pub fn replace(&self, policies: PolicySet) -> PolicySet {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut current, policies)
    }

    /// Loads a folder and puts it in force, returning the set that was. When it does not load, the old set stays.
    ///
    /// # Errors
    ///
    /// As for [`PolicySet::load`].
    pub fn reload(&self, path: impl AsRef<Path>) -> Result<PolicySet, LoadError> {
        Ok(self.replace(PolicySet::load(path)?))
    }
}
