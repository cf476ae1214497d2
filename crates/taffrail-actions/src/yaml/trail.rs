//! Where in a tree a reader is.

use std::fmt::Write as _;

/// The keys and items that lead to the value being read.
#[derive(Debug, Default)]
pub(crate) struct Trail(Vec<Step>);

#[derive(Debug)]
enum Step {
    Key(String),
    Item(usize),
}

impl Trail {
    /// Goes to the value of a key.
    pub(crate) fn enter_key(&mut self, key: &str) {
        self.0.push(Step::Key(key.to_owned()));
    }

    /// Goes to an item of a list.
    pub(crate) fn enter_item(&mut self, at: usize) {
        self.0.push(Step::Item(at));
    }

    /// Goes back up.
    pub(crate) fn leave(&mut self) {
        self.0.pop();
    }

    /// Returns the path from the top: `spec.containers[0].image`.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.0 {
            match step {
                Step::Key(key) if path.is_empty() => path.push_str(key),
                Step::Key(key) => {
                    path.push('.');
                    path.push_str(key);
                }
                Step::Item(at) => {
                    // Writing to a string does not fail.
                    let _ = write!(path, "[{at}]");
                }
            }
        }
        path
    }

    /// Returns the path of a key of the map being read.
    pub(crate) fn path_to(&self, key: &str) -> String {
        match self.path() {
            path if path.is_empty() => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }

    /// Returns what a message calls the map being read.
    pub(crate) fn map_name(&self) -> String {
        match self.path() {
            path if path.is_empty() => "the document".into(),
            path => format!("`{path}`"),
        }
    }
}
