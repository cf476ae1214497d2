//! Reads the embedded table of Kubernetes types.
//!
//! A line of the table is one of:
//!
//! ```text
//! versions MINOR …
//! kind GROUP VERSION KIND SCOPE TYPE [deprecated] [MINORS]
//! type NAME [MINORS]
//!  FIELD[!] TYPE [deprecated] [MINORS]
//! ```
//!
//! The core group is written `-`, `!` marks a required field, and `MINORS` are ranges such as `31-33,36-37`, left out where all versions
//! have it (a field: all that have the type). A type is `string`, `string(A|B)`, `int`, `number`, `bool`, `%` (a number or a text), `quantity`, `time`, `any`,
//! `{T}` (a map), `[T]` (a list), `[T]name,…` (a list whose elements are told apart by these fields; `[T]` followed by
//! nothing is replaced as a whole), or the name of an object type.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::arena::{Arena, FieldData, Keys, KindData, TypeData, TypeId};

/// The table, made by the package in `schemas/`.
const TABLE: &str = include_str!("../data/kubernetes.txt");

/// The first sentence of each type's and field's documentation, in the order of the table.
const DOCS: &str = include_str!("../data/kubernetes-docs.txt");

/// The built-in types, with those that code asks for by name.
#[derive(Debug)]
pub(crate) struct Builtin {
    pub(crate) arena: Arena,
    /// Object types by their name in the table.
    names: HashMap<&'static str, TypeId>,
    /// The names of object types.
    full_names: HashMap<TypeId, &'static str>,
}

impl Builtin {
    /// Returns the table, which is read when it is first asked for.
    pub(crate) fn get() -> &'static Self {
        static BUILTIN: OnceLock<Builtin> = OnceLock::new();
        BUILTIN.get_or_init(|| Reader::default().read(TABLE))
    }

    /// Returns an object type that every version has, by its name in the table.
    pub(crate) fn named(&self, name: &str) -> TypeId {
        self.names
            .get(name)
            .copied()
            .unwrap_or_else(|| TypeId::new(0, false))
    }

    /// Returns the name of an object type in the table.
    pub(crate) fn name_of(&self, ty: TypeId) -> Option<&'static str> {
        self.full_names.get(&ty).copied()
    }
}

/// Returns what is said of a type, or of a field of it: empty when nothing is.
pub(crate) fn doc(ty: &str, field: &str) -> &'static str {
    type Sentences = HashMap<&'static str, &'static str>;
    static SAID: OnceLock<HashMap<&'static str, Sentences>> = OnceLock::new();
    let said = SAID.get_or_init(|| {
        let mut said: HashMap<&str, Sentences> = HashMap::new();
        let mut ty = "";
        for line in DOCS.lines() {
            let (word, text) = line.trim_start().split_once(' ').unwrap_or((line, ""));
            let field = if line.starts_with(' ') {
                word
            } else {
                ty = word;
                ""
            };
            said.entry(ty).or_default().insert(field, text);
        }
        said
    });
    said.get(ty)
        .and_then(|fields| fields.get(field))
        .copied()
        .unwrap_or_default()
}

#[derive(Default)]
struct Reader {
    arena: Arena,
    all: u64,
    /// Types by how they are written.
    written: HashMap<&'static str, TypeId>,
    names: HashMap<&'static str, TypeId>,
    object: Option<(TypeId, u64, &'static str)>,
}

impl Reader {
    fn read(mut self, text: &'static str) -> Builtin {
        // Fields may name types that stand below them.
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("type ") {
                let name = rest.split(' ').next().unwrap_or_default();
                let id = self.add(TypeData::Object {
                    name: name.rsplit('.').next().unwrap_or_default().into(),
                    open: false,
                    fields: Vec::new(),
                    versions: 0,
                });
                self.names.insert(name, id);
            }
        }
        for line in text.lines() {
            self.line(line);
        }
        self.arena.index_kinds();
        let mut builtin = Builtin {
            arena: self.arena,
            full_names: self.names.iter().map(|(name, id)| (*id, *name)).collect(),
            names: self.names,
        };
        let templates: Vec<_> = builtin
            .arena
            .kinds
            .iter()
            .map(|kind| pod_template(&builtin, kind))
            .collect();
        for (kind, template) in builtin.arena.kinds.iter_mut().zip(templates) {
            kind.pod_template = template;
        }
        builtin
    }

    fn line(&mut self, line: &'static str) {
        if let Some(field) = line.strip_prefix(' ') {
            self.field(field);
            return;
        }
        let mut words = line.split(' ');
        match words.next() {
            Some("versions") => {
                self.all = words.map(bit).fold(0, |all, bit| all | bit);
            }
            Some("kind") => self.kind(words),
            Some("type") => {
                let name = words.next().unwrap_or_default();
                let since = self.minors(words.next(), self.all);
                let id = self.names.get(name).copied();
                self.object = id.map(|id| (id, since, name));
                if let Some(TypeData::Object { versions, .. }) =
                    id.and_then(|id| self.arena.types.get_mut(id.position()))
                {
                    *versions = since;
                }
            }
            _ => {}
        }
    }

    fn kind(&mut self, mut words: impl Iterator<Item = &'static str>) {
        let mut next = || words.next().unwrap_or_default();
        let (group, version, kind, scope, name) = (next(), next(), next(), next(), next());
        let (deprecated, minors) = marks(words);
        let root = self.ty(name);
        let versions = self.minors(minors, self.all);
        self.arena.kinds.push(KindData {
            group: if group == "-" { "" } else { group }.into(),
            version: version.into(),
            kind: kind.into(),
            namespaced: scope == "namespaced",
            root,
            deprecated: deprecated.then(|| doc(name, "").into()),
            pod_template: None,
            versions,
        });
    }

    fn field(&mut self, line: &'static str) {
        let Some((object, since, owner)) = self.object else {
            return;
        };
        let mut words = line.split(' ');
        let written = words.next().unwrap_or_default();
        let name = written.trim_end_matches('!');
        let ty = self.ty(words.next().unwrap_or_default());
        let (deprecated, minors) = marks(words);
        let field = FieldData {
            name: name.into(),
            ty,
            required: name.len() < written.len(),
            deprecated: deprecated.then(|| doc(owner, name).into()),
            versions: self.minors(minors, since),
            rules: None,
        };
        if let Some(TypeData::Object { fields, .. }) = self.arena.types.get_mut(object.position()) {
            fields.push(field);
        }
    }

    fn minors(&self, written: Option<&str>, otherwise: u64) -> u64 {
        let Some(written) = written else {
            return otherwise;
        };
        let mut versions = 0;
        for run in written.split(',') {
            let (first, last) = run.split_once('-').unwrap_or((run, run));
            let number = |text: &str| text.parse::<u32>().unwrap_or(0);
            for minor in number(first)..=number(last) {
                versions |= 1_u64.checked_shl(minor).unwrap_or(0);
            }
        }
        versions
    }

    fn add(&mut self, ty: TypeData) -> TypeId {
        self.arena.types.push(ty);
        TypeId::new(self.arena.types.len().saturating_sub(1), false)
    }

    fn ty(&mut self, written: &'static str) -> TypeId {
        if let Some(id) = self
            .names
            .get(written)
            .or_else(|| self.written.get(written))
        {
            return *id;
        }
        let data = match written {
            "string" => TypeData::String { values: Vec::new() },
            "int" => TypeData::Integer,
            "number" => TypeData::Number,
            "bool" => TypeData::Boolean,
            "%" => TypeData::IntOrString,
            "quantity" => TypeData::Quantity,
            "time" => TypeData::Time,
            _ => self.composite(written),
        };
        let id = self.add(data);
        self.written.insert(written, id);
        id
    }

    fn composite(&mut self, written: &'static str) -> TypeData {
        let inside = |open: &str, close: &str| {
            written
                .strip_prefix(open)
                .and_then(|rest| rest.rsplit_once(close))
        };
        if let Some((words, _)) = inside("string(", ")") {
            return TypeData::String {
                values: words.split('|').map(Into::into).collect(),
            };
        }
        if let Some((of, _)) = inside("{", "}") {
            return TypeData::Map(self.ty(of));
        }
        if let Some((of, keys)) = inside("[", "]") {
            let keys = match keys {
                "" => Keys::Atomic,
                keys => Keys::Fields(keys.split(',').map(Into::into).collect()),
            };
            return TypeData::List {
                of: self.ty(of),
                keys,
            };
        }
        TypeData::Any
    }
}

fn bit(minor: &str) -> u64 {
    let minor = minor.parse::<u32>().unwrap_or(0);
    1_u64.checked_shl(minor).unwrap_or(0)
}

/// Returns whether a line is marked as deprecated, and its versions.
fn marks(words: impl Iterator<Item = &'static str>) -> (bool, Option<&'static str>) {
    let (mut deprecated, mut minors) = (false, None);
    for word in words {
        if word == "deprecated" {
            deprecated = true;
        } else {
            minors = Some(word);
        }
    }
    (deprecated, minors)
}

/// Returns the keys from an object to the pod template in it: none for a pod, which is one itself.
fn pod_template(builtin: &Builtin, kind: &KindData) -> Option<Vec<Box<str>>> {
    /// CronJobs hold theirs deepest.
    const DEPTH: usize = 4;
    let template = builtin.named("core.v1.PodTemplateSpec");
    if kind.root == builtin.named("core.v1.Pod") {
        return Some(Vec::new());
    }
    let mut level = vec![(kind.root, Vec::new())];
    for _ in 0..DEPTH {
        let mut below = Vec::new();
        for (ty, path) in level {
            let Some(TypeData::Object { fields, .. }) = builtin.arena.types.get(ty.position())
            else {
                continue;
            };
            for field in fields {
                let mut path = path.clone();
                path.push(field.name.clone());
                if field.ty == template {
                    return Some(path);
                }
                below.push((field.ty, path));
            }
        }
        level = below;
    }
    None
}
