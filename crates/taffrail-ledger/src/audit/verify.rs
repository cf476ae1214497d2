//! Finds the first record of a log at which its chain breaks.

use crate::audit::{Head, Line, Record, hash};

/// Where and how a log was tampered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The number of the first record that is wrong, or that is missing.
    pub number: i64,
    /// What is wrong with it.
    pub what: String,
}

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "record {} {}", self.number, self.what)
    }
}

/// A log that is verified record by record.
#[derive(Debug, Clone)]
pub struct Chain {
    head: Head,
}

impl Chain {
    /// Begins after a record that is trusted: [`Ledger::base`](crate::Ledger::base), or the end of the file before.
    #[must_use]
    pub fn after(head: Head) -> Self {
        Self { head }
    }

    /// Returns the last record that was verified.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Verifies the next record: its text as it was hashed, and the hash that stands beside it.
    ///
    /// # Errors
    ///
    /// The record is not the one that follows, or not what it was.
    pub fn next(&mut self, text: &str, stated: &str) -> Result<(), Break> {
        let expected = self.head.number.saturating_add(1);
        let broken = |number, what: &str| Break {
            number,
            what: what.to_owned(),
        };
        let record: Record = serde_json::from_str(text)
            .map_err(|error| broken(expected, &format!("is no record: {error}")))?;
        if record.number > expected {
            return Err(broken(expected, "is missing"));
        }
        if record.number < expected {
            return Err(broken(
                expected,
                &format!("is out of order: record {} stands here", record.number),
            ));
        }
        if hash(text) != stated {
            return Err(broken(expected, "was changed: it has another hash"));
        }
        if record.previous != self.head.hash {
            return Err(broken(expected, "does not follow the record before it"));
        }
        self.head = Head {
            number: expected,
            hash: stated.to_owned(),
        };
        Ok(())
    }

    /// Verifies that nothing follows and nothing was cut off: the log ends at a head that is known from elsewhere.
    ///
    /// # Errors
    ///
    /// It ends before, or with another record.
    pub fn ends_at(self, end: &Head) -> Result<Head, Break> {
        if self.head.number < end.number {
            return Err(Break {
                number: self.head.number.saturating_add(1),
                what: format!("is missing: the log goes up to {}", end.number),
            });
        }
        if self.head != *end {
            return Err(Break {
                number: end.number,
                what: "is not the one with which the log ended".to_owned(),
            });
        }
        Ok(self.head)
    }
}

/// Verifies lines of an exported log after a head, and returns the last one.
///
/// # Errors
///
/// The first record that is wrong.
pub fn verify_lines<'l>(
    after: Head,
    lines: impl IntoIterator<Item = &'l str>,
) -> Result<Head, Break> {
    let mut chain = Chain::after(after);
    for text in lines.into_iter().filter(|line| !line.trim().is_empty()) {
        let line: Line = serde_json::from_str(text).map_err(|error| Break {
            number: chain.head.number.saturating_add(1),
            what: format!("is no line of a log: {error}"),
        })?;
        chain.next(line.record.get(), &line.hash)?;
    }
    Ok(chain.head)
}
