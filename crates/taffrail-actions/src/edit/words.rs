//! The words of editing commands: `key=value`, `key-`, `container=image`, `cpu=200m,memory=512Mi`.

use std::collections::BTreeSet;

use super::taints;
use super::{Edit, EditError, Edited, Entries};

impl Edit {
    /// Reads the words of `label`: `key=value` sets, `key-` removes. Of a key that is set twice the last value counts.
    ///
    /// # Errors
    ///
    /// A word of another form, a key that is set and removed.
    pub fn labels(words: &[&str], overwrite: bool) -> Edited<Self> {
        Entries::read(words, overwrite).map(Self::Labels)
    }

    /// Reads the words of `annotate`.
    ///
    /// # Errors
    ///
    /// As [`Edit::labels`].
    pub fn annotations(words: &[&str], overwrite: bool) -> Edited<Self> {
        Entries::read(words, overwrite).map(Self::Annotations)
    }

    /// Reads the words of `taint`: `key=value:Effect` and `key:Effect` set, `key-` and `key:Effect-` remove.
    ///
    /// # Errors
    ///
    /// A word of another form, an effect that there is not, a taint that stands twice.
    pub fn taints(words: &[&str], overwrite: bool) -> Edited<Self> {
        let (set, remove) = taints::read(words)?;
        Ok(Self::Taints {
            set,
            remove,
            overwrite,
        })
    }

    /// Reads the words of `set image`: `container=image`.
    ///
    /// # Errors
    ///
    /// A word of another form.
    pub fn images(words: &[&str]) -> Edited<Self> {
        let pairs = words.iter().map(|word| pair(word, "`CONTAINER=IMAGE`"));
        Ok(Self::Images(pairs.collect::<Edited<_>>()?))
    }

    /// Reads the words of `set env`: `NAME=value` sets, `NAME-` removes. Of a name that is set twice the first value counts.
    ///
    /// # Errors
    ///
    /// A word of another form, a name that is set and removed.
    pub fn env(containers: &str, words: &[&str]) -> Edited<Self> {
        let Entries {
            mut set, remove, ..
        } = Entries::read(words, true)?;
        let mut seen = BTreeSet::new();
        set.retain(|(name, _)| seen.insert(name.clone()));
        Ok(Self::Env {
            containers: containers.to_owned(),
            set,
            remove,
        })
    }

    /// Reads the lists of `set resources`: `cpu=200m,memory=512Mi`.
    ///
    /// # Errors
    ///
    /// A list of another form.
    pub fn resources(containers: &str, limits: &str, requests: &str) -> Edited<Self> {
        Ok(Self::Resources {
            containers: containers.to_owned(),
            limits: list(limits)?,
            requests: list(requests)?,
        })
    }

    /// Reads the list of `set selector`: `app=web,tier=db`.
    ///
    /// # Errors
    ///
    /// A list of another form.
    pub fn selector(labels: &str) -> Edited<Self> {
        list(labels).map(Self::Selector)
    }
}

impl Entries {
    fn read(words: &[&str], overwrite: bool) -> Edited<Self> {
        let mut entries = Self {
            overwrite,
            ..Self::default()
        };
        for word in words {
            match word.strip_suffix('-').filter(|key| !key.contains('=')) {
                Some(key) if !key.is_empty() => entries.remove.push(key.to_owned()),
                _ => entries.set.push(pair(word, "`KEY=VALUE` or `KEY-`")?),
            }
        }
        let set = &entries.set;
        match entries
            .remove
            .iter()
            .find(|key| set.iter().any(|(other, _)| other == *key))
        {
            Some(key) => Err(EditError::Twice { key: key.clone() }),
            None => Ok(entries),
        }
    }
}

fn pair(word: &str, expected: &'static str) -> Edited<(String, String)> {
    match word.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(EditError::Form {
            word: word.to_owned(),
            expected,
        }),
    }
}

fn list(text: &str) -> Edited<Vec<(String, String)>> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    let pairs = parts.map(|part| pair(part, "`NAME=VALUE`"));
    pairs.collect()
}

/// Refuses a key that stands twice.
pub(super) fn once<'k>(keys: impl Iterator<Item = &'k str>) -> Edited<()> {
    let mut seen = BTreeSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(EditError::Twice {
                key: key.to_owned(),
            });
        }
    }
    Ok(())
}
