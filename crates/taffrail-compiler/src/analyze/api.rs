//! What the API's schemas say of objects: which fields a value has under each kind that it may be of.
//!
//! A rule may be about several kinds, so a value has one [`Part`] for each. The parts stand in a table;
//! a [`Type::Object`] is a place in it.

use std::collections::BTreeMap;

use taffrail_runtime::{Type, Written};
use taffrail_schema::{KindId, Schemas, Type as ApiType, TypeId};

/// What a value is under one of the kinds that it may be of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// An object of a kind, or something in one.
    Typed {
        /// The kind; `None` where the type is the same under every kind.
        kind: Option<KindId>,
        /// Its type.
        ty: TypeId,
    },
    /// What the view `pod` gives for objects of a kind.
    Pod {
        /// The kind; `None` for any.
        kind: Option<KindId>,
    },
    /// An object of whatever kind, since the rule names none.
    AnyKind,
    /// An object of a kind that has no schema.
    WithoutSchema {
        /// Its group; `None` where the rule leaves it open.
        group: Option<String>,
        /// Its kind.
        kind: String,
    },
    /// A place that the schema leaves open.
    Open {
        /// The kind.
        kind: Option<KindId>,
    },
}

/// Why a part has no such field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lack {
    /// The part.
    pub(super) part: Part,
    /// What it has instead.
    pub(super) reason: LackReason,
}

/// What a part is that lacks a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LackReason {
    /// An object without the field.
    NoSuchField,
    /// A value that has no fields at all.
    NoFields,
    /// An object that cannot be looked into without its type.
    Untyped,
}

/// A field that at least one part has.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// Its type under each kind.
    types: Vec<(Option<KindId>, TypeId)>,
    /// Under which kinds it is left open.
    open: Vec<Option<KindId>>,
    /// Whether its type is known without any schema, and it is a text.
    is_text: bool,
    /// Whether an object may lack it.
    pub(super) optional: bool,
    /// What is said of it where it is deprecated.
    pub(super) deprecated: Option<String>,
    /// The parts that lack it.
    pub(super) lacks: Vec<Lack>,
}

/// The table of parts and words that types refer to.
#[derive(Debug, Default)]
pub(super) struct Api {
    parts: Interned<Vec<Part>>,
    words: Interned<Vec<String>>,
}

#[derive(Debug)]
struct Interned<T> {
    all: Vec<T>,
    places: BTreeMap<T, u32>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            places: BTreeMap::new(),
        }
    }
}

impl<T: Clone + Ord> Interned<T> {
    fn add(&mut self, value: T) -> u32 {
        if let Some(place) = self.places.get(&value) {
            return *place;
        }
        let place = super::scope::index(self.all.len());
        self.all.push(value.clone());
        self.places.insert(value, place);
        place
    }
}

impl Api {
    /// Returns the type of a value that is one of these parts.
    pub(super) fn object(&mut self, mut parts: Vec<Part>) -> Type {
        parts.sort();
        parts.dedup();
        Type::Object(self.parts.add(parts))
    }

    /// Returns the parts of an object type.
    pub(super) fn parts(&self, object: u32) -> &[Part] {
        self.parts
            .all
            .get(object as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// Returns the words that a type allows.
    pub(super) fn words(&self, words: u32) -> &[String] {
        self.words
            .all
            .get(words as usize)
            .map_or(&[], Vec::as_slice)
    }

    /// Looks a field up in every part of an object type.
    pub(super) fn field(&self, schemas: &Schemas, object: u32, name: &str) -> Found {
        let mut found = Found::default();
        for part in self.parts(object) {
            found.add(schemas, part, name);
        }
        found
    }

    /// Returns the type that a field's value has.
    pub(super) fn type_of(&mut self, schemas: &Schemas, found: &Found) -> Type {
        if found.is_text {
            return Type::String;
        }
        if found.types.is_empty() {
            return Type::Dynamic;
        }
        self.lift(schemas, &found.types, &found.open)
    }

    /// Returns the type of a value that has one of these types of the schemas.
    fn lift(
        &mut self,
        schemas: &Schemas,
        types: &[(Option<KindId>, TypeId)],
        open: &[Option<KindId>],
    ) -> Type {
        let mut lifted: Option<Lifted> = None;
        for (kind, ty) in types {
            let next = Lifted::of(schemas, *kind, *ty);
            lifted = Some(match lifted {
                None => next,
                Some(lifted) => lifted.join(next),
            });
        }
        match lifted {
            Some(Lifted::Objects(mut parts)) => {
                parts.extend(open.iter().map(|kind| Part::Open { kind: *kind }));
                self.object(parts)
            }
            Some(_) if !open.is_empty() => Type::Dynamic,
            Some(Lifted::Maps(of)) => Type::Map(Box::new(self.lift(schemas, &of, &[]))),
            Some(Lifted::Lists(of)) => Type::List(Box::new(self.lift(schemas, &of, &[]))),
            Some(Lifted::Words(words)) => Type::Words(self.words.add(words)),
            Some(Lifted::Simple(ty)) => ty,
            Some(Lifted::Mixed) | None => Type::Dynamic,
        }
    }
}

/// Several types of the schemas, as far as they are alike.
enum Lifted {
    Simple(Type),
    Words(Vec<String>),
    Objects(Vec<Part>),
    Maps(Vec<(Option<KindId>, TypeId)>),
    Lists(Vec<(Option<KindId>, TypeId)>),
    Mixed,
}

impl Lifted {
    fn of(schemas: &Schemas, kind: Option<KindId>, ty: TypeId) -> Self {
        match schemas.ty(ty) {
            ApiType::Object { .. } => Self::Objects(vec![Part::Typed { kind, ty }]),
            ApiType::Map(of) => Self::Maps(vec![(kind, of)]),
            ApiType::List { of, .. } => Self::Lists(vec![(kind, of)]),
            ApiType::String { values: [] } => Self::Simple(Type::String),
            ApiType::String { values } => {
                let mut words: Vec<String> = values.iter().map(ToString::to_string).collect();
                words.sort();
                Self::Words(words)
            }
            ApiType::Integer | ApiType::Number => Self::Simple(Type::Number),
            ApiType::Boolean => Self::Simple(Type::Bool),
            ApiType::Quantity => Self::Simple(Type::Written(Written::Quantity)),
            ApiType::Time => Self::Simple(Type::Written(Written::Time)),
            ApiType::Duration => Self::Simple(Type::Written(Written::Duration)),
            ApiType::IntOrString | ApiType::Any => Self::Simple(Type::Dynamic),
        }
    }

    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Objects(mut a), Self::Objects(b)) => {
                a.extend(b);
                Self::Objects(a)
            }
            // A field of the one is a key of the other.
            (Self::Objects(mut a), Self::Maps(b)) | (Self::Maps(b), Self::Objects(mut a)) => {
                a.extend(b.into_iter().map(|(kind, _)| Part::Open { kind }));
                Self::Objects(a)
            }
            (Self::Maps(mut a), Self::Maps(b)) => {
                a.extend(b);
                Self::Maps(a)
            }
            (Self::Lists(mut a), Self::Lists(b)) => {
                a.extend(b);
                Self::Lists(a)
            }
            (Self::Words(mut a), Self::Words(b)) => {
                a.extend(b);
                a.sort();
                a.dedup();
                Self::Words(a)
            }
            (Self::Words(_), Self::Simple(Type::String))
            | (Self::Simple(Type::String), Self::Words(_)) => Self::Simple(Type::String),
            (Self::Simple(a), Self::Simple(b)) if a == b => Self::Simple(a),
            _ => Self::Mixed,
        }
    }
}

impl Found {
    fn add(&mut self, schemas: &Schemas, part: &Part, name: &str) {
        let lack = match part {
            Part::Typed { kind, ty } => match schemas.ty(*ty) {
                ApiType::Object { open, .. } => match schemas.field(*ty, name) {
                    Some(field) => {
                        self.types.push((*kind, field.ty));
                        self.optional |= !field.required;
                        if let Some(deprecated) = field.deprecated {
                            self.deprecated.get_or_insert_with(|| deprecated.to_owned());
                        }
                        return;
                    }
                    None if open => return self.open_at(*kind),
                    None => LackReason::NoSuchField,
                },
                ApiType::Map(of) => {
                    self.types.push((*kind, of));
                    self.optional = true;
                    return;
                }
                ApiType::Any => return self.open_at(*kind),
                ApiType::List { .. }
                | ApiType::String { .. }
                | ApiType::Integer
                | ApiType::Number
                | ApiType::Boolean
                | ApiType::IntOrString
                | ApiType::Quantity
                | ApiType::Time
                | ApiType::Duration => LackReason::NoFields,
            },
            Part::Pod { kind } => match name {
                "metadata" => return self.typed(*kind, schemas.object_meta()),
                "spec" => return self.typed(*kind, schemas.pod_spec()),
                _ => {
                    let spec = Part::Typed {
                        kind: *kind,
                        ty: schemas.pod_spec(),
                    };
                    return self.add(schemas, &spec, name);
                }
            },
            Part::Open { kind } => return self.open_at(*kind),
            Part::AnyKind | Part::WithoutSchema { .. } => match name {
                "metadata" => return self.typed(None, schemas.object_meta()),
                "apiVersion" | "kind" => {
                    self.is_text = true;
                    return;
                }
                _ => LackReason::Untyped,
            },
        };
        self.lacks.push(Lack {
            part: part.clone(),
            reason: lack,
        });
    }

    fn typed(&mut self, kind: Option<KindId>, ty: TypeId) {
        self.types.push((kind, ty));
    }

    fn open_at(&mut self, kind: Option<KindId>) {
        self.open.push(kind);
        self.optional = true;
    }
}
