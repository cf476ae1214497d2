//! The keys by which budgets and breakers count.

use taffrail_runtime::Value;
use taffrail_runtime::request::LedgerKey;

use crate::error::LedgerError;

/// The values of a rule's `by`, in order: one count is kept for each.
#[derive(Debug, Clone, PartialEq)]
pub struct Key(pub Vec<Value>);

impl Key {
    /// Returns the text under which rows are kept: equal keys have equal texts.
    pub(crate) fn text(&self) -> Result<String, LedgerError> {
        Ok(serde_json::to_string(&self.0)?)
    }

    /// Reads a text that a row holds.
    pub(crate) fn read(text: &str) -> Result<Self, LedgerError> {
        Ok(Self(serde_json::from_str(text)?))
    }

    /// Returns the values as people write them.
    pub(crate) fn plain(&self) -> Vec<serde_json::Value> {
        self.0.iter().map(Value::to_json).collect()
    }

    /// Returns the key as a fact of a request names it.
    #[must_use]
    pub fn fact(self) -> LedgerKey {
        LedgerKey::Values(self.0)
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let values: Vec<String> = self.0.iter().map(Value::render).collect();
        f.write_str(&values.join(", "))
    }
}
