//! The facts of a request that have names, and the fields they have.

use taffrail_runtime::program::Root;
use taffrail_runtime::{EnumType, Type};

/// What stands behind a root or one of its fields.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fact {
    /// A value of a simple type.
    Plain(fn() -> Type),
    /// A closed set of fields, sorted.
    Record(&'static [(&'static str, Fact)]),
    /// An object as Kubernetes stores it.
    Object,
}

impl Fact {
    /// Returns the type of the whole value.
    pub(super) fn ty(self) -> Type {
        match self {
            Self::Plain(ty) => ty(),
            Self::Record(_) => Type::Map(Box::new(Type::Dynamic)),
            Self::Object => Type::Dynamic,
        }
    }
}

fn string() -> Type {
    Type::String
}

fn strings() -> Type {
    Type::List(Box::new(Type::String))
}

fn labels() -> Type {
    Type::Map(Box::new(Type::String))
}

fn verb() -> Type {
    Type::Enum(EnumType::Verb)
}

const STRING: Fact = Fact::Plain(string);
const STRINGS: Fact = Fact::Plain(strings);
const LABELS: Fact = Fact::Plain(labels);
const NUMBER: Fact = Fact::Plain(|| Type::Number);
const TIME: Fact = Fact::Plain(|| Type::Time);

const SCOPE: Fact = Fact::Record(&[
    ("kinds", STRINGS),
    ("names", STRINGS),
    ("namespaces", STRINGS),
    ("verbs", Fact::Plain(|| Type::List(Box::new(verb())))),
]);

/// Returns what a root is.
pub(super) fn fact(root: Root) -> Fact {
    match root {
        Root::Verb => Fact::Plain(verb),
        Root::Subresource => STRING,
        Root::Now => TIME,
        Root::Current | Root::Proposed => Fact::Object,
        Root::Target => Fact::Record(&[
            ("group", STRING),
            ("kind", STRING),
            ("name", STRING),
            ("namespace", STRING),
            ("version", STRING),
        ]),
        Root::Principal => Fact::Record(&[
            ("groups", STRINGS),
            ("id", STRING),
            ("kind", Fact::Plain(|| Type::Enum(EnumType::PrincipalKind))),
            ("tenant", STRING),
        ]),
        Root::Intent => Fact::Record(&[("expires", TIME), ("goal", STRING), ("scope", SCOPE)]),
        Root::Rollback => Fact::Record(&[
            ("class", Fact::Plain(|| Type::Enum(EnumType::RollbackClass))),
            ("losses", STRINGS),
            ("tested", Fact::Plain(|| Type::Bool)),
        ]),
        Root::Impact => Fact::Record(&[
            ("data", Fact::Plain(|| Type::Bool)),
            ("namespaces", NUMBER),
            ("nodes", NUMBER),
            ("pods", NUMBER),
            ("share", NUMBER),
        ]),
        Root::Request => Fact::Record(&[("confidence", NUMBER), ("reason", STRING)]),
        Root::Cluster => Fact::Record(&[
            ("environment", STRING),
            ("labels", LABELS),
            ("name", STRING),
            ("region", STRING),
            ("version", STRING),
        ]),
        Root::Namespace => Fact::Record(&[
            ("annotations", LABELS),
            ("labels", LABELS),
            ("name", STRING),
        ]),
    }
}

/// Returns the paths of all facts whose last word is this one.
pub(super) fn paths_to(field: &str) -> Vec<String> {
    Root::ALL
        .into_iter()
        .filter(|root| match fact(*root) {
            Fact::Record(fields) => fields.iter().any(|(name, _)| *name == field),
            Fact::Plain(_) | Fact::Object => false,
        })
        .map(|root| format!("{}.{field}", root.name()))
        .collect()
}

/// Returns the root of a name.
pub(super) fn root(name: &str) -> Option<Root> {
    Root::ALL.into_iter().find(|root| root.name() == name)
}

/// Returns the names of the roots.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    Root::ALL.into_iter().map(Root::name)
}
