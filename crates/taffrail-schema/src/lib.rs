//! What the objects of the Kubernetes API look like: kinds, fields and types of every supported version, and of custom kinds.
//!
//! The table of built-in types is made from the Kubernetes bindings by the package in `schemas/`, embedded as text and read when it
//! is first asked for.
//!
//! ```
//! use taffrail_schema::{Schemas, Type};
//!
//! let schemas = Schemas::default();
//! let deployment = schemas.find(Some("apps"), "Deployment")[0];
//! let spec = schemas.field(schemas.kind(deployment).root, "spec").unwrap();
//! let replicas = schemas.field(spec.ty, "replicas").unwrap();
//! assert_eq!(schemas.ty(replicas.ty), Type::Integer);
//! assert!(!replicas.required);
//! assert!(schemas.field(spec.ty, "replica").is_none());
//! ```

mod arena;
mod custom;
mod table;
mod version;

pub use arena::{KindId, TypeId};
pub use custom::{CrdError, CrdProblem, CustomKinds};
pub use version::{Version, VersionError};

use std::sync::Arc;

use arena::{Arena, FieldData, Keys, KindData, TypeData};
use table::Builtin;

/// The types that a policy set is checked against: those of one Kubernetes version, and custom kinds. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Schemas {
    version: Version,
    /// INVARIANT: holds at least one kind.
    custom: Option<Arc<Arena>>,
}

/// A kind in one API version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind<'s> {
    /// The group; the core group's name is empty.
    pub group: &'s str,
    /// The API version: `v1`.
    pub version: &'s str,
    /// The kind.
    pub kind: &'s str,
    /// The type of its objects.
    pub root: TypeId,
    /// Whether its objects lie in namespaces.
    pub namespaced: bool,
    /// What the API says of its deprecation; `None` when it is not deprecated.
    pub deprecated: Option<&'s str>,
    /// The keys from an object to the pod template in it; empty for a pod, `None` for a kind that makes no pods.
    pub pod_template: Option<&'s [Box<str>]>,
    /// Whether Kubernetes ships it.
    pub builtin: bool,
}

/// A type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type<'s> {
    /// An object with fields.
    Object {
        /// Its name, such as `DeploymentSpec`.
        name: &'s str,
        /// Whether it takes fields beyond those listed.
        open: bool,
    },
    /// A map from strings.
    Map(TypeId),
    /// A list.
    List {
        /// The type of its elements.
        of: TypeId,
        /// How its elements are told apart.
        keys: ListKeys<'s>,
    },
    /// A text.
    String {
        /// The only values it may have; empty when it may be any.
        values: &'s [Box<str>],
    },
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// A whole number or a text, such as `25%`.
    IntOrString,
    /// A quantity, such as `500m`.
    Quantity,
    /// An instant after RFC 3339.
    Time,
    /// A duration, such as `1h0m0s`.
    Duration,
    /// Anything.
    Any,
}

/// How the elements of a list are told apart when two lists are merged or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKeys<'s> {
    /// Not at all: the list is one value.
    Atomic,
    /// Each element stands for itself.
    Set,
    /// By the values of these fields.
    Fields(&'s [Box<str>]),
}

/// A field of an object type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'s> {
    /// Its name.
    pub name: &'s str,
    /// Its type.
    pub ty: TypeId,
    /// Whether every object has it.
    pub required: bool,
    /// What the API says of its deprecation; `None` when it is not deprecated.
    pub deprecated: Option<&'s str>,
}

impl Default for Schemas {
    /// Returns the newest version's types.
    fn default() -> Self {
        Self::new(Version::NEWEST)
    }
}

impl Schemas {
    /// Returns the types of a version.
    #[must_use]
    pub fn new(version: Version) -> Self {
        Self {
            version,
            custom: None,
        }
    }

    /// Adds custom kinds. Of a kind that is there already, the API versions stay and the new ones are added behind them.
    #[must_use]
    pub fn with_custom(mut self, kinds: &CustomKinds) -> Self {
        if kinds.is_empty() {
            return self;
        }
        self.custom = Some(match self.custom {
            None => Arc::clone(kinds.arena()),
            Some(mut custom) => {
                Arc::make_mut(&mut custom).append(kinds.arena());
                custom
            }
        });
        self
    }

    /// Returns the Kubernetes version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the kinds of a name, of one group or of all: groups sorted, in each the preferred API version first.
    #[must_use]
    pub fn find(&self, group: Option<&str>, kind: &str) -> Vec<KindId> {
        self.arenas()
            .flat_map(|(arena, custom)| {
                let places = arena.by_name.get(kind).into_iter().flatten();
                places.filter_map(move |at| Some((*at, arena.kinds.get(*at)?, custom)))
            })
            .filter(|(_, found, _)| self.serves(found))
            .filter(|(_, found, _)| group.is_none_or(|group| *found.group == *group))
            .map(|(at, _, custom)| KindId::new(at, custom))
            .collect()
    }

    /// Returns all kinds of the version, sorted by group and kind, the preferred API version of each first.
    pub fn kinds(&self) -> impl Iterator<Item = KindId> {
        self.arenas().flat_map(move |(arena, custom)| {
            let kinds = arena.kinds.iter().enumerate();
            kinds
                .filter(|(_, kind)| self.serves(kind))
                .map(move |(at, _)| KindId::new(at, custom))
        })
    }

    /// Returns a kind. An id of other schemas gives some other kind.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "ids are made where the entry is; those of other schemas fall back to the first"
    )]
    pub fn kind(&self, id: KindId) -> Kind<'_> {
        let arena = self.arena(id.is_custom());
        let kind = arena.kinds.get(id.position()).unwrap_or(&arena.kinds[0]);
        Kind {
            group: &kind.group,
            version: &kind.version,
            kind: &kind.kind,
            root: kind.root,
            namespaced: kind.namespaced,
            deprecated: kind.deprecated.as_deref(),
            pod_template: kind.pod_template.as_deref(),
            builtin: !id.is_custom(),
        }
    }

    /// Returns the versions of Kubernetes that serve a kind in any of its API versions, oldest first.
    #[must_use]
    pub fn served_in(&self, group: Option<&str>, kind: &str) -> Vec<Version> {
        let bits = self
            .arenas()
            .flat_map(|(arena, _)| {
                let places = arena.by_name.get(kind).into_iter().flatten();
                places.filter_map(|at| arena.kinds.get(*at))
            })
            .filter(|found| group.is_none_or(|group| *found.group == *group))
            .fold(0, |bits, found| bits | found.versions);
        versions(bits)
    }

    /// Returns a type.
    #[must_use]
    pub fn ty(&self, id: TypeId) -> Type<'_> {
        match self.data(id) {
            Some(TypeData::Object { name, open, .. }) => Type::Object { name, open: *open },
            Some(TypeData::Map(of)) => Type::Map(*of),
            Some(TypeData::List { of, keys }) => Type::List {
                of: *of,
                keys: match keys {
                    Keys::Atomic => ListKeys::Atomic,
                    Keys::Set => ListKeys::Set,
                    Keys::Fields(fields) => ListKeys::Fields(fields),
                },
            },
            Some(TypeData::String { values }) => Type::String { values },
            Some(TypeData::Integer) => Type::Integer,
            Some(TypeData::Number) => Type::Number,
            Some(TypeData::Boolean) => Type::Boolean,
            Some(TypeData::IntOrString) => Type::IntOrString,
            Some(TypeData::Quantity) => Type::Quantity,
            Some(TypeData::Time) => Type::Time,
            Some(TypeData::Duration) => Type::Duration,
            Some(TypeData::Any) | None => Type::Any,
        }
    }

    /// Returns a field of an object type; `None` when this version has no such field, or the type is no object.
    #[must_use]
    pub fn field(&self, id: TypeId, name: &str) -> Option<Field<'_>> {
        let fields = self.all_fields(id);
        let start = fields.partition_point(|field| *field.name < *name);
        fields
            .get(start..)?
            .iter()
            .take_while(|field| *field.name == *name)
            .find(|field| field.versions & self.version.bit() != 0)
            .map(field_of)
    }

    /// Returns what the definition of a custom kind says of a field's values beyond their type: `default`, `nullable`, `minimum`, `pattern`
    /// and the like, for lists those of the elements under `items`. `None` when it says nothing, or when it cannot be read as a `T`.
    #[must_use]
    pub fn value_rules<T: serde::de::DeserializeOwned>(&self, id: TypeId, name: &str) -> Option<T> {
        let fields = self.all_fields(id);
        let at = fields
            .binary_search_by(|field| (*field.name).cmp(name))
            .ok()?;
        let rules = fields.get(at)?.rules.as_deref()?;
        serde_yaml::from_value(serde_yaml::Value::Mapping(rules.clone())).ok()
    }

    /// Returns the fields of an object type, sorted by name.
    pub fn fields(&self, id: TypeId) -> impl Iterator<Item = Field<'_>> {
        self.all_fields(id)
            .iter()
            .filter(|field| field.versions & self.version.bit() != 0)
            .map(field_of)
    }

    /// Returns the versions of Kubernetes in which an object type has a field, oldest first.
    #[must_use]
    pub fn field_versions(&self, id: TypeId, name: &str) -> Vec<Version> {
        let fields = self.all_fields(id).iter();
        let bits = fields
            .filter(|field| *field.name == *name)
            .fold(0, |bits, field| bits | field.versions);
        versions(bits)
    }

    /// Returns what the API says of a type, or of a field of it, in one sentence: empty when it says nothing.
    #[must_use]
    pub fn doc(&self, id: TypeId, field: Option<&str>) -> &str {
        match Builtin::get().name_of(id) {
            Some(name) => table::doc(name, field.unwrap_or_default()),
            None => "",
        }
    }

    /// Returns the full name of a built-in object type, such as `core.v1.PodSpec`; `None` for any other type.
    #[must_use]
    pub fn full_name(&self, id: TypeId) -> Option<&'static str> {
        Builtin::get().name_of(id)
    }

    /// Returns the type of pod specs.
    #[must_use]
    pub fn pod_spec(&self) -> TypeId {
        Builtin::get().named("core.v1.PodSpec")
    }

    /// Returns the type of pod templates.
    #[must_use]
    pub fn pod_template(&self) -> TypeId {
        Builtin::get().named("core.v1.PodTemplateSpec")
    }

    /// Returns the type of containers.
    #[must_use]
    pub fn container(&self) -> TypeId {
        Builtin::get().named("core.v1.Container")
    }

    /// Returns the type of `metadata`.
    #[must_use]
    pub fn object_meta(&self) -> TypeId {
        Builtin::get().named("meta.v1.ObjectMeta")
    }

    fn serves(&self, kind: &KindData) -> bool {
        kind.versions & self.version.bit() != 0
    }

    fn arenas(&self) -> impl Iterator<Item = (&Arena, bool)> {
        let custom = self.custom.as_deref().map(|arena| (arena, true));
        [(self.arena(false), false)].into_iter().chain(custom)
    }

    fn arena(&self, custom: bool) -> &Arena {
        match &self.custom {
            Some(arena) if custom => arena,
            Some(_) | None => &Builtin::get().arena,
        }
    }

    fn data(&self, id: TypeId) -> Option<&TypeData> {
        self.arena(id.is_custom()).types.get(id.position())
    }

    fn all_fields(&self, id: TypeId) -> &[FieldData] {
        match self.data(id) {
            Some(TypeData::Object { fields, .. }) => fields,
            _ => &[],
        }
    }
}

fn field_of(field: &FieldData) -> Field<'_> {
    Field {
        name: &field.name,
        ty: field.ty,
        required: field.required,
        deprecated: field.deprecated.as_deref(),
    }
}

fn versions(bits: u64) -> Vec<Version> {
    Version::ALL
        .into_iter()
        .filter(|version| bits & version.bit() != 0)
        .collect()
}
