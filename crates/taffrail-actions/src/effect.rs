//! What a command or a call does, as far as it can be told.

use std::fmt;
use std::str::FromStr;

/// What a command line or a tool call does to the cluster.
///
/// Ordered by the care that it asks for: of several commands in a line, the greatest effect is the line's. What is not understood
/// ranks above everything but what is known to be a change, so that it is never taken for harmless.
///
/// ```
/// use taffrail_actions::Effect;
///
/// assert!(Effect::Read < Effect::SecretRead);
/// assert!(Effect::SecretRead < Effect::Unknown);
/// assert!(Effect::Unknown < Effect::Write);
/// assert_eq!("dry-run".parse(), Ok(Effect::DryRun));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Reads from the cluster, and no Secret.
    Read,
    /// Is tried out, by the client or the server, and stored nowhere.
    DryRun,
    /// Changes files of the machine that it runs on, such as the kubeconfig, and nothing in the cluster.
    Local,
    /// Reads Secrets or other credentials.
    SecretRead,
    /// Cannot be told.
    Unknown,
    /// Changes the cluster.
    Write,
    /// Runs something in a container, or opens a way into it.
    Exec,
}

impl Effect {
    /// Every effect, in order.
    pub const ALL: [Self; 7] = [
        Self::Read,
        Self::DryRun,
        Self::Local,
        Self::SecretRead,
        Self::Unknown,
        Self::Write,
        Self::Exec,
    ];

    /// Returns its name: `read`, `dry-run`, `local`, `secret-read`, `unknown`, `write` or `exec`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::DryRun => "dry-run",
            Self::Local => "local",
            Self::SecretRead => "secret-read",
            Self::Unknown => "unknown",
            Self::Write => "write",
            Self::Exec => "exec",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no effect: read, dry-run, local, secret-read, unknown, write and exec are")]
pub struct NoSuchEffect(String);

impl FromStr for Effect {
    type Err = NoSuchEffect;

    fn from_str(text: &str) -> Result<Self, NoSuchEffect> {
        let named = Self::ALL.into_iter().find(|effect| effect.as_str() == text);
        named.ok_or_else(|| NoSuchEffect(text.to_owned()))
    }
}
