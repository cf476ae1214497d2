//! `corpus.toml` of a concept: which guard file decides which published policies, and where we mean to differ.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use taffrail_runtime::glob::like;

use crate::case::Case;

/// A concept that has been written in our language: a folder below `tests/corpus`.
#[derive(Debug)]
pub(crate) struct Concept {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) index: Index,
}

/// The file itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Index {
    /// The guard files.
    #[serde(default)]
    pub(crate) guard: Vec<Guard>,
    /// Cases in which we disagree with upstream, and why.
    #[serde(default)]
    pub(crate) difference: Vec<Difference>,
}

/// A guard file and what it decides.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guard {
    /// The file, in the same folder.
    pub(crate) file: String,
    /// `SUITE:POLICY` or `SUITE:POLICY#RULE`; `*` stands for any letters.
    pub(crate) policies: Vec<String>,
    /// Whether cases that lack a fact are decided all the same.
    #[serde(default)]
    pub(crate) without_facts: bool,
    /// Parameters of other names: ours, and the published one, a dotted path where it stands deeper.
    #[serde(default)]
    pub(crate) params: BTreeMap<String, String>,
}

/// Cases that are known to be decided otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    /// Their ids; `*` stands for any letters.
    pub(crate) cases: Vec<String>,
    /// Of which kind the difference is.
    pub(crate) class: Class,
    /// Why.
    pub(crate) because: String,
}

/// Why we differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Class {
    /// The case does not carry what the policy needs to know.
    LacksFact,
    /// Our policy means something else, and means it.
    DifferentMeaning,
}

impl Concept {
    /// Returns which guard decides the case, by its place in the index.
    pub(crate) fn guard_of(&self, case: &Case) -> Result<Option<usize>, String> {
        let fitting = |with_rule: bool| -> Vec<usize> {
            let fits =
                |pattern: &str| pattern.contains('#') == with_rule && pattern_fits(pattern, case);
            self.index
                .guard
                .iter()
                .enumerate()
                .filter(|(_, guard)| guard.policies.iter().any(|pattern| fits(pattern)))
                .map(|(at, _)| at)
                .collect()
        };
        // A pattern that names the rule knows better than one that does not.
        let named = fitting(true);
        let all = if named.is_empty() {
            fitting(false)
        } else {
            named
        };
        match all.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            _ => Err(format!(
                "{}: several guards of `{}` decide {}",
                case.case_id,
                self.name,
                case.policy()
            )),
        }
    }

    /// Returns the difference that is declared for a case, by its place in the index.
    pub(crate) fn difference_of(&self, case: &Case) -> Option<usize> {
        self.index.difference.iter().position(|difference| {
            difference
                .cases
                .iter()
                .any(|pattern| like(pattern, &case.case_id))
        })
    }
}

/// Tells whether a pattern of an index means the policy of a case.
pub(crate) fn pattern_fits(pattern: &str, case: &Case) -> bool {
    match pattern.split_once('#') {
        None => like(pattern, &case.policy()),
        Some((policy, rule)) => {
            like(policy, &case.policy()) && case.only_rule().is_some_and(|own| like(rule, own))
        }
    }
}

/// Returns the folder of the concepts.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// Reads the index of every concept, sorted by name.
pub(crate) fn read() -> Result<Vec<Concept>, String> {
    let entries = std::fs::read_dir(folder()).map_err(|error| error.to_string())?;
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.into_iter().map(concept).collect()
}

fn concept(folder: PathBuf) -> Result<Concept, String> {
    let path = folder.join("corpus.toml");
    let fault = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(&path).map_err(|error| fault(&error))?;
    let index = toml::from_str(&text).map_err(|error| fault(&error))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    Ok(Concept {
        name: name.into_owned(),
        index,
        folder,
    })
}
