//! Image references.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::cause::Cause;
use crate::value::Value;

/// A parsed image reference, with what container runtimes leave out filled in.
///
/// ```
/// # use taffrail_runtime::value::Image;
/// let image = Image::parse("nginx").unwrap();
/// assert_eq!(image.registry(), "docker.io");
/// assert_eq!(image.repository(), "library/nginx");
/// assert_eq!(image.tag(), Some("latest"));
/// assert_eq!(image.digest(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Image {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
}

const DEFAULT_REGISTRY: &str = "docker.io";

impl Image {
    /// Reads a reference `[registry/]repository[:tag][@digest]`.
    ///
    /// The part before the first slash is a registry only if it has a dot or a colon or is
    /// `localhost`. Registries are lower-cased, since host names know no case, and the old name
    /// `index.docker.io` becomes `docker.io`.
    ///
    /// # Errors
    ///
    /// Why it is no image reference.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name_and_tag, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let (host, path_and_tag) = match name_and_tag.split_once('/') {
            Some((host, rest)) if is_registry(host) => (Some(host), rest),
            Some(_) | None => (None, name_and_tag),
        };
        // Behind the registry a colon can only introduce the tag.
        let (path, tag) = match path_and_tag.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (path_and_tag, None),
        };
        let valid = host.is_none_or(is_host)
            && path.split('/').all(is_path_component)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest);
        if !valid {
            return Err(format!("`{text}` is not an image reference"));
        }
        let registry = match host.map(str::to_ascii_lowercase) {
            Some(host) if host != "index.docker.io" => host,
            Some(_) | None => DEFAULT_REGISTRY.into(),
        };
        let repository = if registry == DEFAULT_REGISTRY && !path.contains('/') {
            format!("library/{path}")
        } else {
            path.into()
        };
        let tag = match (tag, digest) {
            (None, None) => Some("latest"),
            (Some(_), _) | (None, Some(_)) => tag,
        };
        Ok(Self {
            registry,
            repository,
            tag: tag.map(Into::into),
            digest: digest.map(Into::into),
        })
    }

    /// Returns the registry: host and port.
    #[must_use]
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// Returns the repository within the registry.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// Returns the tag: the one written, `latest` where neither tag nor digest is written.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Returns the digest with its algorithm: `sha256:…`.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Returns a field as the language names it: `registry`, `repository`, `tag`, `digest`. A tag
    /// or digest that is not there is absent, and another field is unknown.
    #[must_use]
    pub fn field(&self, name: &str) -> Value {
        let text = match name {
            "registry" => Some(self.registry()),
            "repository" => Some(self.repository()),
            "tag" => self.tag(),
            "digest" => self.digest(),
            _ => {
                return Value::unknown(Cause::InvalidArgument {
                    function: "image".into(),
                    reason: format!("an image has no field `{name}`"),
                });
            }
        };
        text.map_or(Value::Absent, Value::string)
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

impl From<Image> for String {
    fn from(image: Image) -> Self {
        image.to_string()
    }
}

impl TryFrom<String> for Image {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

fn is_registry(host: &str) -> bool {
    host.contains(['.', ':']) || host.eq_ignore_ascii_case("localhost")
}

fn is_host(host: &str) -> bool {
    // An IPv6 address stands in brackets, so its colons are not the port's.
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        Some(_) | None => (host, None),
    };
    let is_name = match name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => name.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        }),
    };
    is_name && port.is_none_or(|port| port.parse::<u16>().is_ok() && !port.starts_with('+'))
}

/// Lower-case letters and digits, with single separators between: `.`, `_`, `__` or hyphens.
fn is_path_component(component: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut separators = component.split(is_alphanumeric);
    // The first and last pieces stand before the first and behind the last letter or digit.
    let bounded = component.starts_with(is_alphanumeric) && component.ends_with(is_alphanumeric);
    bounded
        && separators.all(|separator| {
            matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-')
        })
}

fn is_tag(tag: &str) -> bool {
    (1..=128).contains(&tag.len())
        && !tag.starts_with(['.', '-'])
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, hash)| {
        algorithm.starts_with(|c: char| c.is_ascii_alphabetic())
            && algorithm
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+._-".contains(&byte))
            && hash.len() >= 32
            && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn what_is_left_out_is_filled_in() {
        for (text, full) in [
            ("nginx", "docker.io/library/nginx:latest"),
            ("nginx:1.27", "docker.io/library/nginx:1.27"),
            ("bitnami/redis", "docker.io/bitnami/redis:latest"),
            ("docker.io/nginx", "docker.io/library/nginx:latest"),
            ("index.docker.io/nginx", "docker.io/library/nginx:latest"),
            ("localhost/api", "localhost/api:latest"),
            ("registry:5000/a/b:1", "registry:5000/a/b:1"),
            ("Registry.Corp/team/api", "registry.corp/team/api:latest"),
            ("gcr.io/a/b__c/d-e.f", "gcr.io/a/b__c/d-e.f:latest"),
            ("[::1]:5000/a", "[::1]:5000/a:latest"),
        ] {
            assert_eq!(Image::parse(text).unwrap().to_string(), full, "{text}");
        }
    }

    #[test]
    fn a_digest_stands_in_for_the_tag() {
        let image = Image::parse(&format!("ghcr.io/a/b@{DIGEST}")).unwrap();
        assert_eq!((image.tag(), image.digest()), (None, Some(DIGEST)));
        let image = Image::parse(&format!("ghcr.io/a/b:1@{DIGEST}")).unwrap();
        assert_eq!((image.tag(), image.digest()), (Some("1"), Some(DIGEST)));
        assert_eq!(image.field("tag"), Value::string("1"));
        assert!(matches!(image.field("name"), Value::Unknown(_)));
    }

    #[test]
    fn other_text_is_no_reference() {
        for text in [
            "",
            "/",
            "a/",
            "/a",
            "A",
            "a b",
            "a:",
            "a:b:c",
            "a@",
            "a@sha256:12",
            "a//b",
            "-a",
            "a_-b",
            "a___b",
            "registry.corp:port/a",
            "-x.io/a",
            "https://x.io/a",
            "a:.b",
            "a@b@c",
            "..",
            "x.io/",
            "é",
        ] {
            assert!(Image::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_full_form_reads_as_itself(text in "[a-z.:/@_-]{0,20}|([a-z]{1,4}[./:]){1,4}[a-z0-9]{1,5}") {
            if let Ok(image) = Image::parse(&text) {
                prop_assert_eq!(Image::parse(&image.to_string()), Ok(image));
            }
        }
    }
}
