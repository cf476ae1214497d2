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
    /// A value whose type only the request knows.
    Dynamic,
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
            | Self::Window => None,
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
            Self::Dynamic => f.write_str("dynamic"),
        }
    }
}
