//! Why a write would not be stored, or why that cannot be told.

use std::fmt;

/// Why an API server would refuse a write, or why it cannot be told what it would store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// An object of this name exists already.
    #[error("`{object}` exists already")]
    Exists {
        /// Kind and name of the object.
        object: String,
    },
    /// There is no such object.
    #[error("there is no live object to change")]
    Missing,
    /// The object names another one than the live one.
    #[error("`{field}` is `{written}`, the live object has `{live}`")]
    OtherObject {
        /// The field that differs, such as `metadata.name`.
        field: &'static str,
        /// Its value in the write.
        written: String,
        /// Its value in the live object.
        live: String,
    },
    /// The write was made for an older state of the object.
    #[error("the write is for resource version `{written}`, the live object is at `{live}`")]
    Stale {
        /// The version in the write.
        written: String,
        /// The version of the live object.
        live: String,
    },
    /// Other field managers own fields that the apply would change.
    #[error("other field managers own what would change: {}", Conflicts(.0))]
    Conflict(
        /// Each of them with its fields, sorted by name.
        Vec<Conflict>,
    ),
    /// A `test` of a JSON patch does not hold.
    #[error("the patch tests `{path}` for another value")]
    TestFailed {
        /// The pointer that was tested.
        path: String,
    },
    /// A JSON patch names a place that is not there.
    #[error("the patch names `{path}`, which is not there")]
    NoSuchPath {
        /// The pointer.
        path: String,
    },
    /// The patch is no patch.
    #[error("the patch cannot be read: {problem}")]
    BadPatch {
        /// What is wrong with it.
        problem: String,
    },
    /// A field that may not change would change.
    #[error("`{field}` may not change")]
    Immutable {
        /// The field.
        field: String,
    },
    /// A value is not allowed where it stands.
    #[error("`{field}` {problem}")]
    Invalid {
        /// The field; empty for the whole object.
        field: String,
        /// What is wrong with its value, as the end of a sentence that starts with the field.
        problem: String,
    },
    /// Strategic merge patches are for built-in kinds only (status 415).
    #[error("strategic merge patches are not for `{kind}`, which is no built-in kind")]
    NoStrategicMerge {
        /// The kind.
        kind: String,
    },
    /// It cannot be told what would be stored.
    #[error("it cannot be told what would be stored: {why}")]
    Unknown {
        /// Why not.
        why: String,
    },
}

/// A field manager that owns fields which an apply would change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The manager's name.
    pub manager: String,
    /// Its fields, as paths such as `.spec.containers[name="api"].image`.
    pub fields: Vec<String>,
}

struct Conflicts<'c>(&'c [Conflict]);

impl fmt::Display for Conflicts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, conflict) in self.0.iter().enumerate() {
            let before = if at == 0 { "" } else { "; " };
            write!(
                f,
                "{before}`{}` owns `{}`",
                conflict.manager,
                conflict.fields.join("`, `")
            )?;
        }
        Ok(())
    }
}

impl Refused {
    pub(crate) fn invalid(problem: impl Into<String>) -> Self {
        Self::Invalid {
            field: String::new(),
            problem: problem.into(),
        }
    }

    pub(crate) fn invalid_at(field: &str, problem: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.to_owned(),
            problem: problem.into(),
        }
    }

    pub(crate) fn bad_patch(problem: impl Into<String>) -> Self {
        Self::BadPatch {
            problem: problem.into(),
        }
    }

    /// Puts a step before the field of an invalid value, on the way out of the value.
    pub(crate) fn under(mut self, step: &str) -> Self {
        if let Self::Invalid { field, .. } = &mut self {
            let dot = if field.is_empty() || field.starts_with('[') {
                ""
            } else {
                "."
            };
            *field = format!("{step}{dot}{field}");
        }
        self
    }
}
