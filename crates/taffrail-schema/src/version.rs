//! Versions of Kubernetes, and the order of API versions.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes, such as 1.36.
///
/// ```
/// use taffrail_schema::Version;
///
/// let version: Version = "1.36".parse()?;
/// assert!(version < Version::NEWEST);
/// assert_eq!(version.to_string(), "1.36");
/// # Ok::<(), taffrail_schema::VersionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    minor: u8,
}

/// A text that is no version of Kubernetes that the schemas know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a Kubernetes version with known schemas; these are {}",
    Version::all_listed()
)]
pub struct VersionError {
    /// The text.
    pub text: String,
}

impl Version {
    /// Every version with known schemas, oldest first.
    pub const ALL: [Self; 8] = [
        Self::minor(30),
        Self::minor(31),
        Self::minor(32),
        Self::minor(33),
        Self::minor(34),
        Self::minor(35),
        Self::minor(36),
        Self::minor(37),
    ];

    /// The newest version with known schemas.
    pub const NEWEST: Self = Self::minor(37);

    const fn minor(minor: u8) -> Self {
        Self { minor }
    }

    /// Returns the version as a bit of a set of versions.
    pub(crate) fn bit(self) -> u64 {
        1_u64.checked_shl(u32::from(self.minor)).unwrap_or(0)
    }

    fn all_listed() -> String {
        let all: Vec<String> = Self::ALL.iter().map(ToString::to_string).collect();
        all.join(", ")
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

impl FromStr for Version {
    type Err = VersionError;

    /// Reads `1.36`; a leading `v` and a patch number are skipped, as in `v1.36.2`.
    fn from_str(text: &str) -> Result<Self, VersionError> {
        let unknown = || VersionError {
            text: text.to_owned(),
        };
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        let (Some("1"), Some(minor)) = (parts.next(), parts.next()) else {
            return Err(unknown());
        };
        let patch = parts.next().unwrap_or("0");
        if parts.next().is_some() || patch.is_empty() || !patch.bytes().all(|b| b.is_ascii_digit())
        {
            return Err(unknown());
        }
        Self::ALL
            .into_iter()
            .find(|version| version.minor.to_string() == minor)
            .ok_or_else(unknown)
    }
}

/// Returns what API versions are sorted by: stable before beta before alpha, newer before older.
///
/// Source: the priority of versions in the Kubernetes documentation of custom resource definitions.
pub(crate) fn preference(version: &str) -> (u8, Reverse<u32>, Reverse<u32>) {
    let digits = |text: &str| text.parse().unwrap_or(0);
    let number = version.strip_prefix('v').unwrap_or(version);
    for (rank, word) in [(1, "beta"), (2, "alpha")] {
        if let Some((major, minor)) = number.split_once(word) {
            return (rank, Reverse(digits(major)), Reverse(digits(minor)));
        }
    }
    (0, Reverse(digits(number)), Reverse(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_with_and_without_patch() {
        assert_eq!("v1.37.2".parse(), Ok(Version::NEWEST));
        assert_eq!("1.37".parse(), Ok(Version::NEWEST));
        for wrong in [
            "1.3", "1.38", "2.30", "1", "1.37.", "1.37.x", "1.37.1.2", "",
        ] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_unknown_version_lists_the_known_ones() {
        insta::assert_snapshot!(
            "1.99".parse::<Version>().unwrap_err(),
            @"`1.99` is not a Kubernetes version with known schemas; these are 1.30, 1.31, 1.32, 1.33, 1.34, 1.35, 1.36, 1.37"
        );
    }

    #[test]
    fn stable_versions_come_first_and_newer_before_older() {
        let mut versions = ["v1alpha1", "v1beta2", "v1", "v2", "v1beta1", "v2alpha1"];
        versions.sort_by_key(|version| preference(version));
        assert_eq!(
            versions,
            ["v2", "v1", "v1beta2", "v1beta1", "v2alpha1", "v1alpha1"]
        );
    }
}
