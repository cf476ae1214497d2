//! The arguments of a call, and which of them have been given a meaning.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::{Doubt, Unclear};

/// Arguments that choose the cluster or the user; they change where a call goes, not what it does.
const ACCESS: &str = "context kubeContext kube_context context_name cluster clusterName cluster_name meshCluster kubeconfig project_id \
    projectId project location region parent";

/// What any call that reads may take: it narrows what is read, or says how it is shown.
const NARROWS: &str = "labelSelector label_selector labelselector fieldSelector field_selector selector allNamespaces all_namespaces limit \
    continue output output_format outputFormat format sortBy sort_by timeout showLabels show_labels customColumns custom_columns verbose \
    includeManagedFields";

/// The arguments of a call.
pub(super) struct Arguments<'c> {
    given: &'c Map<String, Json>,
    used: RefCell<BTreeSet<&'c str>>,
    doubts: RefCell<Vec<Doubt>>,
}

impl<'c> Arguments<'c> {
    pub(super) fn new(given: &'c Map<String, Json>) -> Self {
        Self {
            given,
            used: RefCell::default(),
            doubts: RefCell::default(),
        }
    }

    /// Notes that something cannot be told.
    pub(super) fn doubt(&self, argument: &str, why: Unclear) {
        let doubt = Doubt {
            argument: argument.to_owned(),
            why,
        };
        let mut doubts = self.doubts.borrow_mut();
        if !doubts.contains(&doubt) {
            doubts.push(doubt);
        }
    }

    /// Returns the value of an argument under whichever of its names it is given. `null` and the empty text are not given;
    /// two names with different values cannot be told.
    pub(super) fn get(&self, names: &str) -> Option<&'c Json> {
        let mut found: Option<&Json> = None;
        for name in names.split('|') {
            let Some((key, value)) = self.given.get_key_value(name) else {
                continue;
            };
            self.used.borrow_mut().insert(key);
            if value.is_null() || value.as_str().is_some_and(str::is_empty) {
                continue;
            }
            if found.is_some_and(|other| other != value) {
                self.doubt(name, Unclear::Contradiction);
            }
            found = Some(value);
        }
        found
    }

    /// Tells whether an argument is given.
    pub(super) fn has(&self, names: &str) -> bool {
        self.get(names).is_some()
    }

    /// Returns the first name of an argument, for messages.
    pub(super) fn first(names: &str) -> &str {
        names.split('|').next().unwrap_or(names)
    }

    /// Returns a word that names something: no flag, no list, no blank in it.
    pub(super) fn word(&self, names: &str) -> Option<&'c str> {
        let value = self.get(names)?;
        let Some(text) = value.as_str() else {
            self.doubt(Self::first(names), Unclear::WrongType);
            return None;
        };
        if !is_plain(text) {
            self.doubt(Self::first(names), Unclear::NoName);
            return None;
        }
        Some(text)
    }

    /// Tells whether a flag is set; `None` when its value is no such flag.
    pub(super) fn flag(&self, names: &str) -> Option<bool> {
        match self.get(names) {
            None => Some(false),
            Some(Json::Bool(set)) => Some(*set),
            Some(Json::String(word)) => match word.as_str() {
                "true" | "client" | "server" | "All" => Some(true),
                "false" | "none" => Some(false),
                _ => None,
            },
            Some(_) => None,
        }
    }

    /// Marks arguments as having a meaning that does not matter here, unless a program could take them for a flag of its own.
    pub(super) fn accept(&self, names: &str) {
        for name in names.split([' ', '|']) {
            let Some((key, value)) = self.given.get_key_value(name) else {
                continue;
            };
            self.used.borrow_mut().insert(key);
            let holds_flag = match value {
                Json::String(text) => is_flag(text),
                Json::Array(items) => items.iter().filter_map(Json::as_str).any(is_flag),
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => false,
            };
            if holds_flag {
                self.doubt(key, Unclear::Flag);
            }
        }
    }

    /// Marks what any call that reads may take.
    pub(super) fn accept_narrowing(&self) {
        self.accept(NARROWS);
    }

    /// Returns the arguments that choose the cluster or the user, sorted.
    pub(super) fn access(&self) -> Vec<(String, String)> {
        self.accept(ACCESS);
        let chosen = self.given.iter().filter(|(key, value)| {
            ACCESS.split_whitespace().any(|name| name == key.as_str()) && !value.is_null()
        });
        chosen
            .map(|(key, value)| {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                (key.clone(), text)
            })
            .collect()
    }

    /// Returns everything that cannot be told, every argument without a meaning included.
    pub(super) fn into_doubts(self) -> Vec<Doubt> {
        let used = self.used.borrow();
        for key in self.given.keys() {
            if !used.contains(key.as_str()) {
                self.doubt(key, Unclear::NoSuchArgument);
            }
        }
        drop(used);
        self.doubts.into_inner()
    }
}

/// Tells whether a program that is handed a text would take it for a flag; a negative number is none.
fn is_flag(text: &str) -> bool {
    text.strip_prefix('-')
        .is_some_and(|rest| !rest.chars().all(|letter| letter.is_ascii_digit()))
}

/// Tells whether a text can be a name of the cluster: a program that is handed it cannot take it for a flag or for several words.
fn is_plain(text: &str) -> bool {
    let first_fits = text.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-._/:,".contains(letter);
    first_fits && text.chars().all(fits)
}
