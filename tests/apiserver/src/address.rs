//! What a request is about, read from its path and query.

use crate::kinds::Resource;

/// What a path names, whether it is served or not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) plural: String,
    pub(crate) namespace: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) subresource: Option<String>,
    /// Whether the path itself asks for a watch, as old clients do.
    pub(crate) is_watch: bool,
}

/// An object or a collection of a kind that is served.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) resource: Resource,
    pub(crate) namespace: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) subresource: Option<String>,
    /// Whether the path itself asks for a watch, as old clients do.
    pub(crate) is_watch: bool,
}

/// The parameters of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (plain(key), plain(&value.replace('+', " ")))
        });
        Self(pairs.collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }

    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value == "true")
    }
}

impl Place {
    /// Reads a path; `None` when it can name no objects.
    pub(crate) fn read(path: &str) -> Option<Self> {
        let parts: Vec<String> = path.trim_matches('/').split('/').map(plain).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (group, version, rest) = match parts.as_slice() {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return None,
        };
        let (is_watch, rest) = match rest {
            ["watch", rest @ ..] if !rest.is_empty() => (true, rest),
            _ => (false, rest),
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, plural, rest @ ..]
                if !["status", "finalize"].contains(plural) =>
            {
                (Some((*namespace).to_owned()), [&[*plural], rest].concat())
            }
            _ => (None, rest.to_vec()),
        };
        let (plural, name, subresource) = match rest.as_slice() {
            [plural] => (*plural, None, None),
            [plural, name] => (*plural, Some(*name), None),
            [plural, name, subresource] => (*plural, Some(*name), Some(*subresource)),
            _ => return None,
        };
        Some(Self {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: plural.to_owned(),
            namespace,
            name: name.map(str::to_owned),
            subresource: subresource.map(str::to_owned),
            is_watch,
        })
    }
}

impl Address {
    /// Reads a path; `None` when nothing is served there.
    pub(crate) fn read(path: &str, all: &[Resource]) -> Option<Self> {
        let place = Place::read(path)?;
        let resource = all.iter().find(|found| {
            found.group == place.group
                && found.version == place.version
                && found.plural == place.plural
        })?;
        Some(Self {
            resource: resource.clone(),
            namespace: place.namespace,
            name: place.name,
            subresource: place.subresource,
            is_watch: place.is_watch,
        })
    }

    /// Returns the key of the object: group, plural, namespace, name.
    pub(crate) fn key(&self, name: &str) -> crate::store::Key {
        (
            self.resource.group.clone(),
            self.resource.plural.clone(),
            self.namespace.clone().unwrap_or_default(),
            name.to_owned(),
        )
    }
}

/// Decodes what is percent-encoded.
fn plain(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits: Option<(u8, u8)> = rest.next().zip(rest.next());
        let digit = |byte: u8| char::from(byte).to_digit(16);
        if let Some((high, low)) = digits
            && let (Some(high), Some(low)) = (digit(high), digit(low))
            && let Ok(byte) = u8::try_from(high * 16 + low)
        {
            bytes.push(byte);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
