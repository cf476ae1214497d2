//! Types and kinds in one table, as the built-in and the custom ones keep them.

use std::collections::HashMap;

/// A type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(u32);

/// A kind in one API version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindId(u32);

/// The bit that tells custom types and kinds from built-in ones.
const CUSTOM: u32 = 1 << 31;

macro_rules! id {
    ($name:ident) => {
        impl $name {
            /// Returns the id of the entry at a position.
            pub(crate) fn new(at: usize, custom: bool) -> Self {
                let at = u32::try_from(at).unwrap_or(CUSTOM - 1).min(CUSTOM - 1);
                Self(if custom { at | CUSTOM } else { at })
            }

            pub(crate) fn is_custom(self) -> bool {
                self.0 & CUSTOM != 0
            }

            pub(crate) fn position(self) -> usize {
                (self.0 & !CUSTOM) as usize
            }
        }
    };
}

id!(TypeId);
id!(KindId);

/// A type as the table keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TypeData {
    Object {
        /// Its name without the package: `DeploymentSpec`.
        name: Box<str>,
        /// Whether it takes fields that are not listed.
        open: bool,
        /// Sorted by name; one name may stand several times, for different versions.
        fields: Vec<FieldData>,
        /// The versions that have the type.
        versions: u64,
    },
    Map(TypeId),
    List {
        of: TypeId,
        keys: Keys,
    },
    String {
        values: Vec<Box<str>>,
    },
    Integer,
    Number,
    Boolean,
    IntOrString,
    Quantity,
    Time,
    Duration,
    Any,
}

/// How the elements of a list are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keys {
    Atomic,
    Set,
    Fields(Vec<Box<str>>),
}

/// A field as the table keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldData {
    pub(crate) name: Box<str>,
    pub(crate) ty: TypeId,
    pub(crate) required: bool,
    pub(crate) deprecated: Option<Box<str>>,
    /// The versions that have it, as bits.
    pub(crate) versions: u64,
    /// What the definition of a custom kind says of its values.
    pub(crate) rules: Option<Box<serde_yaml::Mapping>>,
}

/// A kind in one API version, as the table keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KindData {
    pub(crate) group: Box<str>,
    pub(crate) version: Box<str>,
    pub(crate) kind: Box<str>,
    pub(crate) namespaced: bool,
    pub(crate) root: TypeId,
    pub(crate) deprecated: Option<Box<str>>,
    pub(crate) pod_template: Option<Vec<Box<str>>>,
    /// The Kubernetes versions that serve it, as bits.
    pub(crate) versions: u64,
}

/// Types and kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Arena {
    pub(crate) types: Vec<TypeData>,
    /// Sorted by group and kind, preferred API versions first.
    pub(crate) kinds: Vec<KindData>,
    /// Positions in `kinds` by the name of the kind.
    pub(crate) by_name: HashMap<Box<str>, Vec<usize>>,
}

impl Arena {
    /// Sorts the kinds and notes where each name stands.
    pub(crate) fn index_kinds(&mut self) {
        self.kinds.sort_by(|a, b| {
            (&a.group, &a.kind, crate::version::preference(&a.version)).cmp(&(
                &b.group,
                &b.kind,
                crate::version::preference(&b.version),
            ))
        });
        self.index_names();
    }

    /// Notes where each name stands.
    pub(crate) fn index_names(&mut self) {
        self.by_name.clear();
        for (at, kind) in self.kinds.iter().enumerate() {
            self.by_name.entry(kind.kind.clone()).or_default().push(at);
        }
    }

    /// Adds the types and kinds of another table of custom kinds, whose ids move up.
    pub(crate) fn append(&mut self, other: &Self) {
        let by = self.types.len();
        let moved = |id: TypeId| {
            if id.is_custom() {
                TypeId::new(id.position().saturating_add(by), true)
            } else {
                id
            }
        };
        self.types
            .extend(other.types.iter().map(|ty| ty.with_ids(moved)));
        self.kinds.extend(other.kinds.iter().map(|kind| KindData {
            root: moved(kind.root),
            ..kind.clone()
        }));
        // The sort is stable: within a kind the order of API versions stays.
        self.kinds
            .sort_by(|a, b| (&a.group, &a.kind).cmp(&(&b.group, &b.kind)));
        self.index_names();
    }
}

impl TypeData {
    /// Returns the type with every id in it replaced.
    fn with_ids(&self, moved: impl Fn(TypeId) -> TypeId) -> Self {
        let mut ty = self.clone();
        match &mut ty {
            Self::Object { fields, .. } => {
                for field in fields {
                    field.ty = moved(field.ty);
                }
            }
            Self::Map(of) | Self::List { of, .. } => *of = moved(*of),
            Self::String { .. }
            | Self::Integer
            | Self::Number
            | Self::Boolean
            | Self::IntOrString
            | Self::Quantity
            | Self::Time
            | Self::Duration
            | Self::Any => {}
        }
        ty
    }
}
