//! What the declarations of a policy set are called, and where each name means what.

use std::collections::BTreeMap;

use taffrail_runtime::Type;
use taffrail_schema::Schemas;
use taffrail_syntax::{Diagnostic, Location, SourceId, Span, ast};

use super::api::Api;
use super::polarity::Occurrences;
use super::reviewed::Reviewed;
use super::shape::Shape;
use super::{Options, SourceFile};
use crate::typed::{self, LetId, LocalId, ParamId, RuleId, SignalId};

/// What a name in an expression may stand for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Symbol {
    /// A let.
    Let(LetId),
    /// A parameter.
    Param(ParamId),
    /// A signal.
    Signal(SignalId),
}

/// A declared name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// What it is.
    pub(super) symbol: Symbol,
    /// Its name's place.
    pub(super) location: Location,
    /// Its entry in [`typed::Module::names`].
    pub(super) declared: usize,
}

/// A rule that waivers may name.
#[derive(Debug, Clone, Copy)]
pub(super) struct RuleEntry {
    /// The rule; `None` for waivers and proofs, which nothing refers to.
    pub(super) id: Option<RuleId>,
    /// Its keyword.
    pub(super) kind: ast::RuleKind,
    /// Its name's place.
    pub(super) location: Location,
    /// Whether its effect is `forbid`.
    pub(super) forbids: bool,
}

/// The names of one module, whichever of its files declares them.
#[derive(Debug, Default)]
pub(super) struct ModuleScope {
    /// What expressions may refer to.
    pub(super) names: BTreeMap<String, Entry>,
    /// The rules.
    pub(super) rules: BTreeMap<String, RuleEntry>,
    /// Verbs declared here, with the place.
    pub(super) verbs: BTreeMap<String, Location>,
}

/// A module brought in by `use`.
#[derive(Debug, Clone)]
pub(super) struct Use {
    /// Its path.
    pub(super) module: String,
    /// The path's place.
    pub(super) location: Location,
    /// Its entry in [`typed::Module::names`].
    pub(super) declared: usize,
}

/// What only one file knows.
#[derive(Debug, Default)]
pub(super) struct FileScope {
    /// The module the file belongs to.
    pub(super) module: String,
    /// Modules in scope by their last name.
    pub(super) uses: BTreeMap<String, Use>,
}

/// A let on its way to being typed.
#[derive(Debug)]
pub(super) struct LetState<'a> {
    /// As written.
    pub(super) ast: &'a ast::Let,
    /// The file it stands in.
    pub(super) file: usize,
    /// The parameters with their types; empty for a fact.
    pub(super) params: Vec<(LocalId, Type)>,
    /// What `current` and `proposed` are in the rules that use it.
    pub(super) reviewed: Reviewed,
    /// What came out; `None` before, which a reference then sees as a cycle.
    pub(super) done: Option<TypedLet>,
}

/// A let whose body has been typed.
#[derive(Debug, Clone)]
pub(super) struct TypedLet {
    /// Its definition.
    pub(super) body: typed::Expr,
    /// What its value is beyond its type.
    pub(super) shape: Shape,
    /// Where `known` stands in it.
    pub(super) occurrences: Occurrences,
}

/// A local variable.
#[derive(Debug, Clone)]
pub(super) struct Local {
    /// Its type.
    pub(super) ty: Type,
    /// What it is beyond its type.
    pub(super) shape: Shape,
}

/// Everything that is known about the set while it is analysed.
#[derive(Debug)]
pub(super) struct Context<'a> {
    /// The files.
    pub(super) files: &'a [SourceFile],
    /// What is set from outside.
    pub(super) options: &'a Options,
    /// Modules by path.
    pub(super) modules: BTreeMap<String, ModuleScope>,
    /// Beside each file, what only it knows.
    pub(super) file_scopes: Vec<FileScope>,
    /// Declared verbs and their entries in [`typed::Module::names`].
    pub(super) verbs: BTreeMap<String, Vec<usize>>,
    /// Declared kinds: by kind, the groups and their entries in [`typed::Module::names`].
    pub(super) kinds: BTreeMap<String, Vec<(String, usize)>>,
    /// The lets, by id.
    pub(super) lets: Vec<LetState<'a>>,
    /// The locals, by id.
    pub(super) locals: Vec<Local>,
    /// The schemas of the API, of one Kubernetes version.
    pub(super) schemas: Schemas,
    /// What they say of objects.
    pub(super) api: Api,
    /// What `current` and `proposed` are in the declaration at hand.
    pub(super) reviewed: Reviewed,
    /// What has come out so far.
    pub(super) module: typed::Module,
    /// What was found wrong.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    /// Returns a context in which nothing is declared yet.
    pub(super) fn new(files: &'a [SourceFile], options: &'a Options, schemas: Schemas) -> Self {
        Self {
            files,
            options,
            modules: BTreeMap::new(),
            file_scopes: Vec::new(),
            verbs: BTreeMap::new(),
            kinds: BTreeMap::new(),
            lets: Vec::new(),
            locals: Vec::new(),
            schemas,
            api: Api::default(),
            reviewed: Reviewed::unchecked(),
            module: typed::Module::default(),
            diagnostics: Vec::new(),
        }
    }

    /// Adds a finding.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Returns the place of a span of a file.
    pub(super) fn at(&self, file: usize, span: Span) -> Location {
        Location {
            source: self.files.get(file).map_or(SourceId(0), |file| file.source),
            span,
        }
    }

    /// Returns the module that a file belongs to.
    pub(super) fn module_of(&self, file: usize) -> &str {
        self.file_scopes
            .get(file)
            .map_or("", |scope| scope.module.as_str())
    }

    /// Returns what a name of a module stands for.
    pub(super) fn entry(&self, module: &str, name: &str) -> Option<Entry> {
        self.modules.get(module)?.names.get(name).copied()
    }

    /// Returns the module that a file knows under a short name.
    pub(super) fn used_module(&self, file: usize, alias: &str) -> Option<&Use> {
        self.file_scopes.get(file)?.uses.get(alias)
    }

    /// Notes that something refers to a declaration.
    pub(super) fn mark_used(&mut self, declared: usize) {
        if let Some(name) = self.module.names.get_mut(declared) {
            name.used = true;
        }
    }

    /// Adds a declaration to the table of names and returns its index.
    pub(super) fn declare(
        &mut self,
        keyword: &'static str,
        name: String,
        location: Location,
    ) -> usize {
        self.module.names.push(typed::Declared {
            name,
            keyword,
            location,
            used: false,
        });
        self.module.names.len() - 1
    }

    /// Returns a new local.
    pub(super) fn new_local(&mut self, ty: Type, shape: Shape) -> LocalId {
        self.locals.push(Local { ty, shape });
        LocalId(index(self.locals.len() - 1))
    }

    /// Returns a let by id.
    pub(super) fn let_state(&self, id: LetId) -> Option<&LetState<'a>> {
        self.lets.get(id.0 as usize)
    }

    /// Returns a let once it is typed.
    pub(super) fn typed_let(&self, id: LetId) -> Option<&TypedLet> {
        self.let_state(id)?.done.as_ref()
    }

    /// Returns a local by id.
    pub(super) fn local(&self, id: LocalId) -> Option<&Local> {
        self.locals.get(id.0 as usize)
    }
}

/// Returns a position as ids write it.
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Returns the full name of something that a module declares.
pub(super) fn full_name(module: &str, name: &str) -> String {
    if module.is_empty() {
        name.to_owned()
    } else {
        format!("{module}.{name}")
    }
}

/// Returns a path as written, without spaces.
pub(super) fn dotted(path: &ast::Path) -> String {
    join_words(&path.segments)
}

/// Returns words joined by dots.
pub(super) fn join_words(words: &[ast::Ident]) -> String {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    words.join(".")
}
