//! Reads custom kinds from files of custom resource definitions.
//!
//! ```
//! use taffrail_schema::{CustomKinds, Schemas, Type};
//!
//! let kinds = CustomKinds::parse("lamps.yaml", "
//! apiVersion: apiextensions.k8s.io/v1
//! kind: CustomResourceDefinition
//! metadata: { name: lamps.example.com }
//! spec:
//!   group: example.com
//!   names: { kind: Lamp, plural: lamps }
//!   scope: Namespaced
//!   versions:
//!   - name: v1
//!     served: true
//!     storage: true
//!     schema:
//!       openAPIV3Schema:
//!         type: object
//!         properties:
//!           spec: { type: object, properties: { watts: { type: integer } } }
//! ").unwrap();
//! let schemas = Schemas::default().with_custom(&kinds);
//! let lamp = schemas.kind(schemas.find(Some("example.com"), "Lamp")[0]);
//! let spec = schemas.field(lamp.root, "spec").unwrap();
//! assert_eq!(schemas.ty(schemas.field(spec.ty, "watts").unwrap().ty), Type::Integer);
//! ```

mod error;
mod structural;

use std::sync::Arc;

use serde::Deserialize;
use serde_yaml::{Mapping, Value};

use crate::arena::{Arena, FieldData, KindData, TypeData, TypeId};
use crate::table::Builtin;
use structural::{Builder, SCHEMA, is_true, text};

pub use error::{CrdError, CrdProblem};

/// Custom kinds: those that files of custom resource definitions declare. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct CustomKinds {
    arena: Arc<Arena>,
}

impl CustomKinds {
    /// Reads a file: YAML with any number of documents, or JSON. Objects of other kinds are skipped, lists are read element by element.
    /// Of each definition come the API versions that are served, the stored one first.
    ///
    /// # Errors
    ///
    /// Every mistake in the file, up to a limit; at least one.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<CrdError>> {
        let mut kinds = Self::default();
        kinds.add(file, text)?;
        Ok(kinds)
    }

    /// Adds the kinds of another file, as [`CustomKinds::parse`] reads it.
    ///
    /// # Errors
    ///
    /// Every mistake in the file, and kinds that are there already; nothing is added then.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), Vec<CrdError>> {
        let mut reader = Reader {
            known: &self.arena,
            file,
            read: Arena::default(),
            errors: Vec::new(),
        };
        reader.documents(text);
        let Reader { read, errors, .. } = reader;
        if !errors.is_empty() {
            return Err(errors);
        }
        Arc::make_mut(&mut self.arena).append(&read);
        Ok(())
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arena.kinds.is_empty()
    }

    pub(crate) fn arena(&self) -> &Arc<Arena> {
        &self.arena
    }
}

struct Reader<'r> {
    known: &'r Arena,
    file: &'r str,
    read: Arena,
    errors: Vec<CrdError>,
}

impl Reader<'_> {
    fn documents(&mut self, text: &str) {
        for document in serde_yaml::Deserializer::from_str(text) {
            match Value::deserialize(document) {
                Ok(value) => self.document(&value),
                Err(error) => {
                    let message = error.to_string().replace('\n', " ");
                    self.report(None, String::new(), CrdProblem::Syntax { message });
                    // What follows broken YAML may be anything.
                    return;
                }
            }
        }
    }

    fn document(&mut self, value: &Value) {
        let Some(object) = value.as_mapping() else {
            return;
        };
        match text(object, "kind") {
            Some("CustomResourceDefinition") => self.definition(object),
            // The elements of a list of definitions need not repeat what they are.
            Some(kind @ ("List" | "CustomResourceDefinitionList")) => {
                let items = object.get("items").and_then(Value::as_sequence);
                for item in items.into_iter().flatten().filter_map(Value::as_mapping) {
                    let named = text(item, "kind").unwrap_or(kind);
                    if named.starts_with("CustomResourceDefinition") {
                        self.definition(item);
                    }
                }
            }
            Some(_) | None => {}
        }
    }

    fn definition(&mut self, object: &Mapping) {
        let metadata = object.get("metadata").and_then(Value::as_mapping);
        let name = metadata.and_then(|metadata| text(metadata, "name"));
        let api = text(object, "apiVersion").unwrap_or("apiextensions.k8s.io/v1");
        if api != "apiextensions.k8s.io/v1" {
            let version = api.to_owned();
            self.report(
                name,
                "apiVersion".to_owned(),
                CrdProblem::OldApi { version },
            );
            return;
        }
        let mut builder = Builder::default();
        let versions = builder.definition(object);
        for (path, problem) in std::mem::take(&mut builder.problems) {
            self.report(name, path, problem);
        }
        let mut found: Vec<_> = versions;
        found.sort_by_key(|(stored, kind)| (!stored, crate::version::preference(&kind.version)));
        for (_, kind) in &mut found {
            kind.pod_template = pod_template(&builder.arena, kind.root);
        }
        builder.arena.kinds = found.into_iter().map(|(_, kind)| kind).collect();
        self.refuse_known(name, &builder.arena.kinds);
        self.read.append(&builder.arena);
    }

    /// Reports kinds that are there already.
    fn refuse_known(&mut self, name: Option<&str>, kinds: &[KindData]) {
        for (at, kind) in kinds.iter().enumerate() {
            let (group, own) = (kind.group.to_string(), kind.kind.to_string());
            let is_same = |other: &&KindData| other.group == kind.group && other.kind == kind.kind;
            if Builtin::get()
                .arena
                .kinds
                .iter()
                .any(|other| is_same(&other))
            {
                self.report(
                    name,
                    String::new(),
                    CrdProblem::BuiltIn { group, kind: own },
                );
                return;
            }
            let known = self.known.kinds.iter().chain(&self.read.kinds);
            let twice = known
                .chain(kinds.iter().take(at))
                .filter(is_same)
                .any(|other| other.version == kind.version);
            if twice {
                let version = kind.version.to_string();
                let problem = CrdProblem::Twice {
                    group,
                    version,
                    kind: own,
                };
                self.report(name, String::new(), problem);
            }
        }
    }

    fn report(&mut self, crd: Option<&str>, path: String, problem: CrdProblem) {
        self.errors.push(CrdError {
            file: self.file.to_owned(),
            crd: crd.map(str::to_owned),
            path,
            problem,
        });
    }
}

impl Builder {
    /// Reads one definition: its served versions, and whether each is the stored one.
    fn definition(&mut self, object: &Mapping) -> Vec<(bool, KindData)> {
        self.within("spec".to_owned(), |spec_of| {
            let Some(spec) = object.get("spec").and_then(Value::as_mapping) else {
                spec_of.report(CrdProblem::Missing {
                    expected: "an object",
                });
                return Vec::new();
            };
            let group = spec_of.word(spec, "group", "the group as a text");
            let names = spec.get("names").and_then(Value::as_mapping);
            let kind = spec_of.within(".names".to_owned(), |within| {
                within.word(
                    names.unwrap_or(&Mapping::new()),
                    "kind",
                    "the kind as a text",
                )
            });
            let namespaced = match text(spec, "scope") {
                Some("Cluster") => false,
                Some("Namespaced") => true,
                Some(_) | None => {
                    let expected = "`Namespaced` or `Cluster`";
                    spec_of.within(".scope".to_owned(), |within| {
                        within.report(CrdProblem::Missing { expected });
                    });
                    true
                }
            };
            let Some(versions) = spec.get("versions").and_then(Value::as_sequence) else {
                spec_of.within(".versions".to_owned(), |within| {
                    within.report(CrdProblem::Missing {
                        expected: "the list of versions",
                    });
                });
                return Vec::new();
            };
            let mut found = Vec::new();
            for (at, version) in versions.iter().enumerate() {
                let read = spec_of.within(format!(".versions[{at}]"), |within| {
                    within.version(version, &kind)
                });
                found.extend(read.map(|(stored, data)| {
                    let group = group.as_str().into();
                    (
                        stored,
                        KindData {
                            group,
                            namespaced,
                            ..data
                        },
                    )
                }));
            }
            found
        })
    }

    /// Reads one version; `None` when it is not served.
    fn version(&mut self, version: &Value, kind: &str) -> Option<(bool, KindData)> {
        let Some(version) = version.as_mapping() else {
            self.report(CrdProblem::Missing {
                expected: "a version",
            });
            return None;
        };
        let name = self.word(version, "name", "the name of the version as a text");
        if !is_true(version, "served") {
            return None;
        }
        let schema = version.get("schema").and_then(|s| s.get("openAPIV3Schema"));
        let root = self.within(SCHEMA.to_owned(), |within| {
            within.root(schema.unwrap_or(&Value::Null), kind)
        });
        let said = text(version, "deprecationWarning").unwrap_or_default();
        let data = KindData {
            group: "".into(),
            version: name.into(),
            kind: kind.into(),
            namespaced: true,
            root,
            deprecated: is_true(version, "deprecated").then(|| said.into()),
            pod_template: None,
            versions: u64::MAX,
        };
        Some((is_true(version, "storage"), data))
    }

    fn word(&mut self, of: &Mapping, key: &str, expected: &'static str) -> String {
        let word = text(of, key).unwrap_or_default();
        if word.is_empty() {
            self.within(format!(".{key}"), |within| {
                within.report(CrdProblem::Missing { expected });
            });
        }
        word.to_owned()
    }
}

/// Returns the keys from an object to the pod template in it. A template is told by its shape: `metadata`, and a `spec` with a list of
/// containers. The nearest one counts.
fn pod_template(arena: &Arena, root: TypeId) -> Option<Vec<Box<str>>> {
    /// One step more than the deepest template of Kubernetes itself.
    const DEPTH: usize = 5;
    let mut level = vec![(root, Vec::new())];
    for _ in 0..=DEPTH {
        let mut below = Vec::new();
        for (ty, path) in level {
            if is_template(arena, ty) {
                return Some(path);
            }
            for field in fields(arena, ty) {
                let mut path = path.clone();
                path.push(field.name.clone());
                below.push((field.ty, path));
            }
        }
        level = below;
    }
    None
}

fn is_template(arena: &Arena, ty: TypeId) -> bool {
    let containers = field(arena, ty, "spec").and_then(|spec| field(arena, spec, "containers"));
    field(arena, ty, "metadata").is_some()
        && containers
            .is_some_and(|ty| matches!(arena.types.get(ty.position()), Some(TypeData::List { .. })))
}

fn field(arena: &Arena, ty: TypeId, name: &str) -> Option<TypeId> {
    let found = fields(arena, ty).iter().find(|field| *field.name == *name);
    found.map(|field| field.ty)
}

/// Returns the fields of a custom type; of a built-in one none, since templates are not looked for in there.
fn fields(arena: &Arena, ty: TypeId) -> &[FieldData] {
    match arena.types.get(ty.position()) {
        Some(TypeData::Object { fields, .. }) if ty.is_custom() => fields,
        _ => &[],
    }
}
