//! The conditions of tests: what a drawn request must satisfy to be tried.
//!
//! A condition is checked and compiled as the `when` of a guard that nobody wrote, in the module of its test, among that
//! module's definitions and without its rules.

use std::collections::BTreeSet;

use taffrail_schema::Schemas;
use taffrail_syntax::{Diagnostic, Location, SourceTable, ast};

use crate::analyze::{Options, SourceFile, analyze};
use crate::{emit, link, typed};

/// What the analysis says of a name that nothing refers to.
const UNUSED_NAME: &str = "unused-name";

/// Returns the full name of the guard that stands for the conditions of a test, the number-th of its file. It has a blank, so
/// that no rule of a policy is called so.
fn condition_name(module: &str, number: usize) -> String {
    format!("{module}.{}", own_name(number))
}

fn own_name(number: usize) -> String {
    format!("conditions of test {number}")
}

/// Compiles the conditions of all tests into one program, and names in each test the guard that stands for its own. Nothing is
/// compiled when no test has any, or one is wrong. Takes back what was said of names that only conditions use.
pub(crate) fn compile_conditions(
    files: &[SourceFile],
    module: &mut typed::Module,
    sources: &SourceTable,
    options: &Options,
    schemas: &Schemas,
    said: &mut Vec<Diagnostic>,
) {
    let mut places: BTreeSet<Location> = BTreeSet::new();
    let stripped: Vec<SourceFile> = files
        .iter()
        .map(|file| with_conditions(file, module, &mut places))
        .collect();
    if places.is_empty() {
        return;
    }
    let (typed, mut diagnostics) = analyze(&stripped, options, schemas);
    let used = |place: Location| {
        let mut names = typed.names.iter();
        names.any(|name| name.used && name.location == place)
    };
    said.retain(|diagnostic| {
        let place = diagnostic.labels.first().map(|label| label.location);
        diagnostic.code != UNUSED_NAME || !place.is_some_and(used)
    });
    let (graph, found) = link(&typed);
    diagnostics.extend(found);
    let mut program = None;
    if !diagnostics.iter().any(Diagnostic::is_error) {
        let (emitted, found) = emit(&typed, &graph, sources, options, schemas);
        diagnostics.extend(found);
        program = Some(emitted);
    }
    // What is wrong elsewhere is said of the whole; here only the conditions are new.
    diagnostics.retain(|diagnostic| {
        let place = diagnostic.labels.first().map(|label| label.location);
        let inside = |place: Location| {
            places.iter().any(|condition| {
                condition.source == place.source
                    && condition.span.start <= place.span.start
                    && place.span.end <= condition.span.end
            })
        };
        place.is_some_and(inside)
    });
    let is_wrong = diagnostics.iter().any(Diagnostic::is_error);
    module.conditions = program.filter(|_| !is_wrong);
    said.extend(diagnostics);
}

/// Returns a file with its definitions, and a guard for the conditions of each test.
fn with_conditions(
    file: &SourceFile,
    module: &mut typed::Module,
    places: &mut BTreeSet<Location>,
) -> SourceFile {
    let mut stripped = SourceFile {
        source: file.source,
        ast: ast::File {
            docs: Vec::new(),
            policy: file.ast.policy.clone(),
            items: Vec::new(),
            comments: Vec::new(),
        },
    };
    for (number, item) in file.ast.items.iter().enumerate() {
        match &item.kind {
            ast::ItemKind::Rule(_) => {}
            ast::ItemKind::Test(test) if test.conditions.is_empty() => {}
            ast::ItemKind::Test(test) => {
                let at = |span| Location {
                    source: file.source,
                    span,
                };
                places.extend(test.conditions.iter().map(|condition| at(condition.span)));
                let kinds = kinds(module, test);
                let own = module
                    .tests
                    .iter_mut()
                    .find(|own| own.location == at(item.span));
                if let Some(own) = own {
                    own.condition = Some(condition_name(&own.module, number));
                    stripped.ast.items.push(guard(item, test, number, kinds));
                }
            }
            ast::ItemKind::Use(_)
            | ast::ItemKind::Param(_)
            | ast::ItemKind::Signal(_)
            | ast::ItemKind::Let(_)
            | ast::ItemKind::Verb(_)
            | ast::ItemKind::Kind(_) => stripped.ast.items.push(item.clone()),
        }
    }
    stripped
}

fn guard(item: &ast::Item, test: &ast::Test, number: usize, kinds: Vec<ast::KindRef>) -> ast::Item {
    let clause = |kind| ast::Clause {
        kind,
        span: test.name.span,
    };
    let on = ast::On {
        verbs: None,
        kinds: (!kinds.is_empty()).then_some(kinds),
        namespaces: None,
    };
    let conditions = test.conditions.iter().map(|condition| ast::Clause {
        kind: ast::ClauseKind::When(condition.expr.clone()),
        span: condition.span,
    });
    let clauses = std::iter::once(clause(ast::ClauseKind::On(on)))
        .chain(conditions)
        .chain(std::iter::once(clause(ast::ClauseKind::Forbid)))
        .collect();
    let name = ast::Ident {
        text: own_name(number),
        span: test.name.span,
    };
    ast::Item {
        docs: Vec::new(),
        annotations: Vec::new(),
        kind: ast::ItemKind::Rule(ast::Rule {
            kind: ast::RuleKind::Guard,
            name: ast::Path {
                segments: vec![name],
                span: test.name.span,
            },
            clauses,
        }),
        span: item.span,
    }
}

/// Returns the kinds that a test may act on, as far as it says: they are what `current` and `proposed` are typed by.
fn kinds(module: &typed::Module, test: &ast::Test) -> Vec<ast::KindRef> {
    let drawn = test.any.iter().flat_map(|any| &any.domains);
    let drawn = drawn
        .filter(|domain| matches!(domain.path.as_slice(), [key] if key.text == "target"))
        .flat_map(|domain| match &domain.values {
            ast::DomainValues::List(values) => values.as_slice(),
            ast::DomainValues::Range { .. } => &[],
        });
    let mut found: Vec<ast::KindRef> = drawn.filter_map(kind).collect();
    let mut test = Some(test);
    let mut seen = BTreeSet::new();
    // A test may start from another, and that one from a third.
    while let Some(next) = test.filter(|next| found.is_empty() && seen.insert(&next.name.text)) {
        let own = next.given.entries.iter();
        let target = own.filter(|entry| entry.key.text == "target");
        found.extend(target.filter_map(|entry| kind(&entry.value)));
        test = match &next.given.from {
            Some(ast::GivenFrom::Test(title)) => module
                .tests
                .iter()
                .map(|other| &other.ast)
                .find(|other| other.name.text == title.text),
            Some(ast::GivenFrom::File(_)) | None => None,
        };
    }
    found
}

fn kind(value: &ast::GivenValue) -> Option<ast::KindRef> {
    match &value.kind {
        ast::GivenValueKind::Named { kind, .. } => Some(kind.clone()),
        ast::GivenValueKind::Literal(_)
        | ast::GivenValueKind::Word(_)
        | ast::GivenValueKind::List(_)
        | ast::GivenValueKind::Map(_)
        | ast::GivenValueKind::Observed { .. } => None,
    }
}
