//! What can be wrong with an action document.

use std::fmt;

use crate::node::Place;

/// An action document that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", Prefix(self))]
pub struct ActionError {
    /// The document's name: a file, or `-`; empty when it has none.
    pub document: String,
    /// Where in it.
    pub place: Place,
    /// What is wrong.
    pub problem: Box<Problem>,
}

impl ActionError {
    /// Returns the problem at a place of a document not yet named.
    #[must_use]
    pub fn new(place: Place, problem: Problem) -> Self {
        Self {
            document: String::new(),
            place,
            problem: Box::new(problem),
        }
    }

    /// Returns the problem of a text with more documents than the one expected.
    pub(crate) fn several() -> Self {
        Self::new(
            Place::NOWHERE,
            Problem::Syntax {
                message: "one document is expected, there are several".into(),
            },
        )
    }

    /// Names the document.
    #[must_use]
    pub fn of_document(mut self, name: &str) -> Self {
        name.clone_into(&mut self.document);
        self
    }
}

struct Prefix<'e>(&'e ActionError);

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.document.as_str(), self.0.place) {
            ("", _) => Ok(()),
            (name, Place::NOWHERE) => write!(f, "{name}: "),
            (name, Place(line)) => write!(f, "{name}:{line}: "),
        }
    }
}

/// The kinds of trouble.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Bytes that are no text.
    #[error("byte {offset} is not UTF-8")]
    NotUtf8 {
        /// The first bad byte, from 0.
        offset: usize,
    },
    /// A NUL byte.
    #[error("a NUL byte stands in the text")]
    NulByte,
    /// More text than an action may have.
    #[error("the document has {bytes} bytes, at most {limit} are read")]
    TooLong {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// More values than an action may have, aliases expanded.
    #[error("the document has more than {limit} values, aliases expanded")]
    TooManyValues {
        /// The limit.
        limit: usize,
    },
    /// Deeper nesting than an action may have.
    #[error("the document is nested more than {limit} deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// Not YAML, not JSON.
    #[error("{message}")]
    Syntax {
        /// What the reader said.
        message: String,
    },
    /// Nothing to decide.
    #[error("there is no action in the document")]
    NoAction,
    /// A key twice in one map.
    #[error("the key `{path}` stands twice")]
    DuplicateKey {
        /// The path of the second.
        path: String,
    },
    /// A merged key on which readers of YAML disagree.
    #[error("the key `{path}` stands before a `<<` that brings it too")]
    AmbiguousMerge {
        /// The path of the key.
        path: String,
    },
    /// A key of a map that is not text.
    #[error("a key of {of} is {found}, keys are text")]
    KeyType {
        /// The map.
        of: String,
        /// What it is.
        found: &'static str,
    },
    /// A tag that has no meaning in Kubernetes objects.
    #[error("the tag `{tag}` has no meaning here")]
    UnknownTag {
        /// The tag.
        tag: String,
    },
    /// A scalar that does not fit its tag.
    #[error("`{text}` is not of type `{tag}`")]
    TagMismatch {
        /// The scalar.
        text: String,
        /// Its tag.
        tag: &'static str,
    },
    /// A number that cannot be held exactly.
    #[error("the number {text} of `{path}` is beyond the range of exact numbers")]
    NumberOutOfRange {
        /// Its path.
        path: String,
        /// As written.
        text: String,
    },
    /// A key that an action does not have.
    #[error("unknown key `{path}`")]
    UnknownKey {
        /// Its path.
        path: String,
        /// What to do instead, when that can be told.
        hint: Option<String>,
    },
    /// A key that must be there.
    #[error("`{path}` is missing")]
    Missing {
        /// Its path.
        path: String,
    },
    /// A value of a wrong type.
    #[error("`{path}` is {found}, it must be {expected}")]
    WrongType {
        /// Its path.
        path: String,
        /// The right type.
        expected: &'static str,
        /// The type found.
        found: &'static str,
    },
    /// A word that is not of a closed set.
    #[error("`{path}` is `{found}`, it must be one of {}", allowed.join(", "))]
    NotOneOf {
        /// Its path.
        path: String,
        /// The word found.
        found: String,
        /// The words allowed.
        allowed: &'static [&'static str],
        /// The nearest of them.
        nearest: Option<&'static str>,
    },
    /// A text that is no time.
    #[error("`{path}` is `{text}`, which is no time")]
    InvalidTime {
        /// Its path.
        path: String,
        /// As written.
        text: String,
    },
    /// A text that is no API version.
    #[error("`{path}` is `{text}`, which is no API version")]
    InvalidApiVersion {
        /// Its path.
        path: String,
        /// As written.
        text: String,
    },
    /// A text that is no kind.
    #[error("`{path}` is `{text}`, which is no kind")]
    InvalidKind {
        /// Its path.
        path: String,
        /// As written.
        text: String,
    },
    /// Items in an object that is no list.
    #[error("`{path}` stands in a `{kind}`, which is no list")]
    ItemsOfNoList {
        /// The path of the items.
        path: String,
        /// The kind of the object.
        kind: String,
    },
    /// Two keys of which only one may stand.
    #[error("`{first}` and `{second}` exclude each other")]
    Exclusive {
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// Two entries for one budget or breaker and key.
    #[error("`{second}` says again what `{first}` says")]
    DuplicateEntry {
        /// The path of the first.
        first: String,
        /// The path of the second.
        second: String,
    },
    /// An object that is not the target.
    #[error("`{path}` is `{found}`, but `{target}` is `{expected}`")]
    Contradiction {
        /// The path in the object.
        path: String,
        /// What stands there.
        found: String,
        /// The path in the target.
        target: String,
        /// What stands there.
        expected: String,
    },
}

impl Problem {
    /// Returns what to do about it, when that can be told: a sentence without a full stop.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { hint, .. } => hint.clone(),
            Self::NotOneOf { nearest, .. } => {
                nearest.map(|nearest| format!("did you mean `{nearest}`?"))
            }
            Self::InvalidTime { .. } => {
                Some("write `2026-11-22T10:00:00Z`, with the offset from UTC".into())
            }
            Self::InvalidApiVersion { .. } => {
                Some("write `v1` or `apps/v1`: a group, a slash, a version".into())
            }
            Self::InvalidKind { .. } => Some(
                "write the kind alone, as in `Deployment`; its group belongs into `apiVersion`"
                    .into(),
            ),
            Self::ItemsOfNoList { .. } => Some(
                "`kubectl` would send the items and not the object; write them as a `List`".into(),
            ),
            Self::WrongType {
                expected: "a string",
                found: "a number" | "a bool",
                ..
            } => Some("quote it to make it a string".into()),
            Self::Exclusive { .. } => Some("leave one of them out".into()),
            Self::AmbiguousMerge { .. } => {
                Some("write `<<` first, so that every reader takes the same value".into())
            }
            Self::Contradiction { .. } => {
                Some("an action has one target, and its objects are that target".into())
            }
            Self::NotUtf8 { .. }
            | Self::NulByte
            | Self::TooLong { .. }
            | Self::TooManyValues { .. }
            | Self::TooDeep { .. }
            | Self::Syntax { .. }
            | Self::NoAction
            | Self::DuplicateKey { .. }
            | Self::KeyType { .. }
            | Self::UnknownTag { .. }
            | Self::TagMismatch { .. }
            | Self::NumberOutOfRange { .. }
            | Self::Missing { .. }
            | Self::WrongType { .. }
            | Self::DuplicateEntry { .. } => None,
        }
    }
}
