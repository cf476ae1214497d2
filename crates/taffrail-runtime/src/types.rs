//! The types of the language, as the checker and the table of functions name them.

use std::fmt;

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// `bool`.
    Bool,
    /// `string`.
    String,
    /// `number`.
    Number,
    /// `duration`.
    Duration,
    /// `time`.
    Time,
    /// `list<T>`.
    List(Box<Type>),
    /// `map<T>`.
    Map(Box<Type>),
    /// A word from a closed set.
    Enum(EnumType),
    /// What `image(s)` returns: fields `registry`, `repository`, `tag`, `digest`.
    Image,
    /// What `cidr(s)` returns: method `contains`.
    Cidr,
    /// What `semver(s)` returns: compared by precedence.
    Semver,
    /// What `window(…)` returns: `now in w`, `w.start`, `w.end`.
    Window,
    /// A part of a Kubernetes object, with the fields that the API's schemas give it. The number is the compiler's.
    Object(u32),
    /// A text for which the API's schemas allow only some words. The number is the compiler's.
    Words(u32),
    /// A text that Kubernetes writes for a number, an instant or a duration, not yet read as one.
    Written(Written),
    /// A value whose type only the request knows.
    Dynamic,
}

/// What a text of Kubernetes stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// A number: `500m`, `2Gi`.
    Quantity,
    /// An instant: `2026-12-20T08:00:00Z`.
    Time,
    /// A duration: `1h0m0s`.
    Duration,
}

/// The closed sets of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnumType {
    /// The verbs, built in and declared.
    Verb,
    /// `agent copilot human controller`.
    PrincipalKind,
    /// `read_only reversible externally_reversible irreversible`.
    RollbackClass,
    /// `closed open half_open`.
    BreakerState,
}

impl Type {
    /// Returns the types of keys and elements where a value of this type has elements: positions and items of a
    /// list, keys and values of a map.
    #[must_use]
    pub fn members(&self) -> Option<(Self, Self)> {
        match self {
            Self::List(of) => Some((Self::Number, (**of).clone())),
            Self::Map(of) => Some((Self::String, (**of).clone())),
            Self::Object(_) => Some((Self::String, Self::Dynamic)),
            Self::Dynamic => Some((Self::Dynamic, Self::Dynamic)),
            Self::Bool
            | Self::String
            | Self::Number
            | Self::Duration
            | Self::Time
            | Self::Enum(_)
            | Self::Image
            | Self::Cidr
            | Self::Semver
            | Self::Window
            | Self::Words(_)
            | Self::Written(_) => None,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::String => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Duration => f.write_str("duration"),
            Self::Time => f.write_str("time"),
            Self::List(of) => write!(f, "list<{of}>"),
            Self::Map(of) => write!(f, "map<{of}>"),
            Self::Enum(EnumType::Verb) => f.write_str("verb"),
            Self::Enum(EnumType::PrincipalKind) => f.write_str("principal kind"),
            Self::Enum(EnumType::RollbackClass) => f.write_str("rollback class"),
            Self::Enum(EnumType::BreakerState) => f.write_str("breaker state"),
            Self::Image => f.write_str("image"),
            Self::Cidr => f.write_str("cidr"),
            Self::Semver => f.write_str("semver"),
            Self::Window => f.write_str("window"),
            Self::Object(_) => f.write_str("object"),
            Self::Words(_) => f.write_str("string"),
            Self::Written(Written::Quantity) => f.write_str("quantity"),
            Self::Written(Written::Time) => f.write_str("written time"),
            Self::Written(Written::Duration) => f.write_str("written duration"),
            Self::Dynamic => f.write_str("dynamic"),
        }
    }
}
