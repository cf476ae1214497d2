//! Versions, compared by precedence.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// A version after Semantic Versioning 2.0.0, in which minor and patch may be left out.
///
/// Comparison, equality included, is by precedence, so build metadata does not count.
///
/// ```
/// # use taffrail_runtime::value::Semver;
/// let old = Semver::parse("v1.36").unwrap();
/// assert_eq!(old, Semver::parse("1.36.0+build.7").unwrap());
/// assert!(Semver::parse("1.37.0-rc.1").unwrap() > old);
/// assert!(Semver::parse("1.37.0-rc.1").unwrap() < Semver::parse("1.37").unwrap());
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Semver {
    numbers: [u64; 3],
    pre_release: Vec<Identifier>,
    build: Option<String>,
}

/// One dot-separated part of a pre-release. Numbers come before words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Identifier {
    Number(u64),
    Word(String),
}

impl Semver {
    /// Reads a version: one to three numbers, then an optional pre-release and build. A leading `v`
    /// is accepted.
    ///
    /// # Errors
    ///
    /// Why it is no version.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::read(text).ok_or_else(|| format!("`{text}` is not a version"))
    }

    fn read(text: &str) -> Option<Self> {
        let version = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (version, build) = match version.split_once('+') {
            Some((version, build)) => (version, Some(build)),
            None => (version, None),
        };
        let (core, pre_release) = match version.split_once('-') {
            Some((core, pre_release)) => (core, Some(pre_release)),
            None => (version, None),
        };
        let mut parts = core.split('.');
        let mut next = || match parts.next() {
            Some(part) => read_number(part),
            None => Some(0),
        };
        let numbers = [next()?, next()?, next()?];
        let build_is_valid = build.is_none_or(|build| build.split('.').all(is_identifier));
        if parts.next().is_some() || !build_is_valid {
            return None;
        }
        let pre_release = match pre_release {
            Some(words) => words
                .split('.')
                .map(read_identifier)
                .collect::<Option<_>>()?,
            None => Vec::new(),
        };
        Some(Self {
            numbers,
            pre_release,
            build: build.map(Into::into),
        })
    }
}

fn read_number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = text == "0" || !text.starts_with('0');
    (plain && canonical).then(|| text.parse().ok()).flatten()
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn read_identifier(text: &str) -> Option<Identifier> {
    if !is_identifier(text) {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return read_number(text).map(Identifier::Number);
    }
    Some(Identifier::Word(text.into()))
}

impl Ord for Semver {
    fn cmp(&self, other: &Self) -> Ordering {
        // A version without a pre-release follows all of its pre-releases.
        let is_final = |version: &Self| version.pre_release.is_empty();
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| is_final(self).cmp(&is_final(other)))
            .then_with(|| self.pre_release.cmp(&other.pre_release))
    }
}

impl PartialOrd for Semver {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Semver {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Semver {}

impl Hash for Semver {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.numbers, &self.pre_release).hash(state);
    }
}

impl fmt::Display for Semver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        for (at, identifier) in self.pre_release.iter().enumerate() {
            f.write_str(if at == 0 { "-" } else { "." })?;
            match identifier {
                Identifier::Number(number) => write!(f, "{number}")?,
                Identifier::Word(word) => f.write_str(word)?,
            }
        }
        if let Some(build) = &self.build {
            write!(f, "+{build}")?;
        }
        Ok(())
    }
}

impl From<Semver> for String {
    fn from(version: Semver) -> Self {
        version.to_string()
    }
}

impl TryFrom<String> for Semver {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn version(text: &str) -> Semver {
        Semver::parse(text).unwrap()
    }

    #[test]
    fn precedence_is_that_of_the_specification() {
        let ascending = [
            "0.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1",
            "1.0.1",
            "1.2",
            "1.10",
            "2",
        ];
        for pair in ascending.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn zeros_are_padded_and_builds_do_not_count() {
        assert_eq!(version("1.36"), version("v1.36.0+k3s1"));
        assert_eq!(version("1.36-rc.1").to_string(), "1.36.0-rc.1");
        assert_eq!(
            version("v1.29.3-eks-1a2b+x.y").to_string(),
            "1.29.3-eks-1a2b+x.y"
        );
    }

    #[test]
    fn other_text_is_no_version() {
        for text in [
            "",
            "v",
            "vv1",
            "1.",
            ".1",
            "1.2.3.4",
            "1.02",
            "1.2.3-",
            "1.2.3-01",
            "1.2.3-a..b",
            "1.36+",
            "1 ",
            "+1",
            "-1",
            "1.2.3-é",
            "latest",
            "99999999999999999999",
        ] {
            assert!(Semver::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_version_reads_back(text in r"v?[0-9]{1,3}(\.[0-9]{1,3}){0,2}(-[a-z0-9.-]{1,6})?(\+[a-z0-9.]{1,4})?") {
            if let Ok(version) = Semver::parse(&text) {
                prop_assert_eq!(Semver::parse(&version.to_string()), Ok(version));
            }
        }
    }
}
