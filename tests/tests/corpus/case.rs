//! The published cases: a line each, in gzipped files outside the project.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// What one line says, as far as it matters for a decision.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Case {
    pub(crate) case_id: String,
    pub(crate) suite: String,
    pub(crate) policy_id: String,
    pub(crate) policy_concept: String,
    pub(crate) rule: Option<String>,
    pub(crate) granularity: String,
    pub(crate) operation: String,
    pub(crate) subresource: Option<String>,
    pub(crate) user: Option<User>,
    pub(crate) namespace: Option<String>,
    pub(crate) object: Json,
    pub(crate) old_object: Json,
    pub(crate) extra_context: Json,
    pub(crate) params: Json,
    pub(crate) verdict: Expected,
    pub(crate) notes: Json,
    pub(crate) facts_missing: Vec<String>,
}

/// Who asks.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    pub(crate) username: Option<String>,
    #[serde(default)]
    pub(crate) groups: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) roles: Option<Vec<String>>,
    #[serde(default, rename = "clusterRoles")]
    pub(crate) cluster_roles: Option<Vec<String>>,
}

/// What upstream does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Expected {
    Allow,
    Deny,
}

impl Case {
    /// Returns `SUITE:POLICY`, which an index lists.
    pub(crate) fn policy(&self) -> String {
        format!("{}:{}", self.suite, self.policy_id)
    }

    /// Returns the rule that the result is of, where it is not of the whole policy.
    pub(crate) fn only_rule(&self) -> Option<&str> {
        (self.granularity == "rule")
            .then_some(self.rule.as_deref())
            .flatten()
    }

    /// Tells whether facts are missing that a judge needs. A set of objects is not: see [`Case::one_by_one`].
    pub(crate) fn lacks_facts(&self) -> bool {
        let missing = self.facts_missing.iter();
        missing
            .filter(|fact| !fact.starts_with("set-scoped"))
            .count()
            > 0
    }

    /// Returns the case itself, or where it is about a set of objects, a case for each of them in which the others
    /// are there.
    pub(crate) fn one_by_one(&self) -> Vec<Self> {
        let Some(Json::Array(set)) = self.context("object_set") else {
            return vec![self.clone()];
        };
        let alone = |at: usize, object: &Json| {
            let others = set.iter().enumerate().filter(|(other, _)| *other != at);
            let others: Vec<&Json> = others.map(|(_, object)| object).collect();
            Self {
                object: object.clone(),
                extra_context: json!({ "cluster_objects": others }),
                ..self.clone()
            }
        };
        set.iter()
            .enumerate()
            .map(|(at, object)| alone(at, object))
            .collect()
    }

    /// Returns a member of the extra context that says something.
    pub(crate) fn context(&self, key: &str) -> Option<&Json> {
        self.extra_context.get(key).filter(|value| !value.is_null())
    }
}

/// Returns the folder of the cases, or nothing where this machine does not have them.
pub(crate) fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("TAFFRAIL_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|above| above.join("shared/corpus/policies/open"));
    named
        .into_iter()
        .chain(beside)
        .find(|folder| folder.is_dir())
}

/// Reads every case, in the order of files and lines.
pub(crate) fn read(folder: &Path) -> Result<Vec<Case>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().ends_with(".jsonl.gz"))
        .collect();
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        let file = File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for line in BufReader::new(GzDecoder::new(file)).lines() {
            let line = line.map_err(|error| format!("{}: {error}", path.display()))?;
            let case = serde_json::from_str(&line)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            cases.push(case);
        }
    }
    Ok(cases)
}
