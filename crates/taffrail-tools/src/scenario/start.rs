//! From a `given`, what it starts from and what a case varies, to an action.

use taffrail_actions::{
    Action, ActionError, Defaults, Node, NodeKind, Scope, action_from_node, node_of_document, scope,
};
use taffrail_compiler::typed;
use taffrail_runtime::request::{BreakerFact, BreakerState, LedgerKey, Request, Usage};
use taffrail_runtime::{Cause, Decimal, Value};
use taffrail_syntax::ast::{GivenEntry, GivenFrom, GivenValueKind, RuleKind};
use taffrail_syntax::suggest::nearest;
use taffrail_syntax::{Diagnostic, Location};

use crate::codes;
use crate::scenario::given::Lowering;
use crate::scenario::names::Names;
use crate::scenario::{Suite, at};

type Made<T> = Result<T, Vec<Diagnostic>>;

/// Returns the action that a test gives, with the entries of a case and what is drawn over it.
pub(crate) fn action(
    suite: &Suite<'_>,
    test: &typed::Test,
    variations: [&[GivenEntry]; 2],
) -> Made<Action> {
    let mut trail = Vec::new();
    let Start { base, mut entries } = start(suite, test, &mut trail)?;
    for variation in variations {
        overlay(&mut entries, test.location, variation);
    }
    let names = Names {
        module: suite.module,
        path: &test.module,
    };
    let now = base
        .as_ref()
        .and_then(|base| base.get("facts")?.get("now"))
        .cloned();
    let mut lowering = Lowering::new(names, now);
    let own = lowering.document(&entries);
    let unknown_ledgers = [
        says_unknown(&entries, "usage"),
        says_unknown(&entries, "breakers"),
    ];
    let whole = match base {
        Some(base) => without_old_change(base, &own).overlaid(own),
        None => own,
    };
    let given = at(test, test.ast.given.span);
    if !lowering.diagnostics.is_empty() {
        return Err(lowering.diagnostics);
    }
    let mut action = action_from_node(&whole, &Defaults::default())
        .map_err(|error| vec![invalid(&error, &lowering.places, given)])?;
    let requests: &mut [Request] = match &mut action {
        Action::Single(request) => std::slice::from_mut(request),
        Action::Plan(plan) => &mut plan.steps,
    };
    for request in requests {
        complete(suite, request, unknown_ledgers);
        if lowering.guessed_version && is_custom(request) {
            let fact = "target.version".into();
            request.target.version = Value::unknown(Cause::NotGiven { fact });
        }
    }
    Ok(action)
}

/// The two ways of saying what an action would make of an object: a newer one stands in for the other.
const CHANGES: [(&str, &str); 2] = [("patch", "proposed"), ("proposed", "patch")];

/// An entry with the source that it stands in.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) location: Location,
    pub(crate) entry: GivenEntry,
}

struct Start {
    /// The document that everything else is laid over.
    base: Option<Node>,
    entries: Vec<Entry>,
}

/// Follows `given from`: a file ends the chain, a test leads on. `trail` holds the titles on the way here.
fn start(suite: &Suite<'_>, test: &typed::Test, trail: &mut Vec<String>) -> Made<Start> {
    let title = &test.ast.name.text;
    let place = at(test, test.ast.given.span);
    if trail.contains(title) {
        let message = format!("the `given` of \"{title}\" starts from itself");
        return Err(vec![
            Diagnostic::error(codes::CIRCULAR_GIVEN, place, message)
                .hint("write the request out in one of the tests"),
        ]);
    }
    trail.push(title.clone());
    let mut found = match &test.ast.given.from {
        None => Start {
            base: None,
            entries: Vec::new(),
        },
        Some(GivenFrom::File(file)) => Start {
            base: Some(document(suite, &file.text, at(test, file.span))?),
            entries: Vec::new(),
        },
        Some(GivenFrom::Test(other)) => {
            let place = at(test, other.span);
            let next = other_test(suite, test, &other.text, place)?;
            start(suite, next, trail)?
        }
    };
    overlay(&mut found.entries, test.location, &test.ast.given.entries);
    Ok(found)
}

fn other_test<'s>(
    suite: &Suite<'s>,
    test: &typed::Test,
    title: &str,
    place: Location,
) -> Made<&'s typed::Test> {
    let own = || {
        suite
            .module
            .tests
            .iter()
            .filter(|other| other.module == test.module)
    };
    if let Some(found) = own().find(|other| other.ast.name.text == title) {
        return Ok(found);
    }
    let message = format!("module `{}` has no test \"{title}\"", test.module);
    let error = Diagnostic::error(codes::UNKNOWN_GIVEN_TEST, place, message);
    Err(vec![
        match nearest(title, own().map(|other| other.ast.name.text.as_str())) {
            Some(near) => error.hint(format!("did you mean \"{near}\"?")),
            None => error,
        },
    ])
}

fn document(suite: &Suite<'_>, path: &str, place: Location) -> Made<Node> {
    let refused = |message: String| {
        let message = format!("`{path}` cannot be read: {message}");
        vec![Diagnostic::error(codes::UNREADABLE_GIVEN, place, message)]
    };
    let source = suite
        .sources
        .get(place.source)
        .map_or("", |source| source.name.as_str());
    let bytes = (suite.read)(source, path).map_err(refused)?;
    let node = node_of_document(path, &bytes).map_err(|error| refused(error.to_string()))?;
    // What is wrong with the file alone is said with its own line.
    action_from_node(&node, &Defaults::default())
        .map_err(|error| refused(error.of_document(path).to_string()))?;
    Ok(node.without_places())
}

/// Lays entries over others: maps are joined key by key, all else is replaced.
fn overlay(base: &mut Vec<Entry>, location: Location, over: &[GivenEntry]) {
    let has = |key: &str| over.iter().any(|entry| entry.key.text == key);
    for (one, other) in CHANGES {
        if has(one) && !has(other) {
            base.retain(|own| own.entry.key.text != other);
        }
    }
    for entry in over {
        let entry = entry.clone();
        match base
            .iter_mut()
            .find(|own| own.entry.key.text == entry.key.text)
        {
            // The parts of one value stand in one source; after a mix, the newer one names it.
            Some(own) => {
                own.entry = joined(own.entry.clone(), entry);
                own.location = location;
            }
            None => base.push(Entry { location, entry }),
        }
    }
}

fn joined(base: GivenEntry, over: GivenEntry) -> GivenEntry {
    match (base.value.kind, over.value.kind) {
        (GivenValueKind::Map(mut entries), GivenValueKind::Map(overs)) => {
            for over in overs {
                match entries.iter_mut().find(|own| own.key.text == over.key.text) {
                    Some(own) => *own = joined(own.clone(), over),
                    None => entries.push(over),
                }
            }
            GivenEntry {
                key: over.key,
                value: taffrail_syntax::ast::GivenValue {
                    kind: GivenValueKind::Map(entries),
                    span: over.value.span,
                },
            }
        }
        (_, kind) => GivenEntry {
            key: over.key,
            value: taffrail_syntax::ast::GivenValue {
                kind,
                span: over.value.span,
            },
        },
    }
}

fn without_old_change(mut base: Node, own: &Node) -> Node {
    for (one, other) in CHANGES {
        if own.get(one).is_some()
            && own.get(other).is_none()
            && let NodeKind::Map(members) = &mut base.kind
        {
            members.retain(|member| member.key != other);
        }
    }
    base
}

fn says_unknown(entries: &[Entry], key: &str) -> bool {
    entries.iter().any(|own| {
        own.entry.key.text == key
            && own.entry.value.kind == GivenValueKind::Word("unknown".to_owned())
    })
}

/// Counts budgets as unused and breakers as closed where the test does not say otherwise.
fn complete(suite: &Suite<'_>, request: &mut Request, [usage, breakers]: [bool; 2]) {
    let rules = |kind| {
        suite
            .module
            .rules
            .iter()
            .filter(move |rule| rule.kind == kind)
    };
    let any = LedgerKey::Any;
    if !usage {
        for rule in rules(RuleKind::Budget) {
            let has_any = |usage: &Usage| usage.budget == rule.name && usage.by == any;
            if !request.usage.iter().any(has_any) {
                request.usage.push(Usage {
                    budget: rule.name.clone(),
                    by: LedgerKey::Any,
                    used: Some(Decimal::ZERO),
                });
            }
        }
    }
    if !breakers {
        for rule in rules(RuleKind::Breaker) {
            let has_any = |fact: &BreakerFact| fact.breaker == rule.name && fact.by == any;
            if !request.breakers.iter().any(has_any) {
                request.breakers.push(BreakerFact {
                    breaker: rule.name.clone(),
                    by: LedgerKey::Any,
                    state: Some(BreakerState::Closed),
                    until: None,
                });
            }
        }
    }
}

/// Tells whether the target's kind is one that Kubernetes does not serve itself.
fn is_custom(request: &Request) -> bool {
    match (&request.target.group, &request.target.kind) {
        (Value::String(group), Value::String(kind)) => {
            !matches!(scope(group, kind), Some(Scope::Namespaced | Scope::Cluster))
        }
        _ => false,
    }
}

fn invalid(error: &ActionError, places: &[Location], given: Location) -> Diagnostic {
    let place = usize::try_from(error.place.0)
        .ok()
        .and_then(|place| place.checked_sub(1))
        .and_then(|place| places.get(place).copied())
        .unwrap_or(given);
    // In a test, facts stand beside what is asked.
    let message = error.problem.to_string().replace("`facts.", "`");
    let diagnostic = Diagnostic::error(codes::INVALID_GIVEN, place, message);
    match error.problem.hint() {
        Some(hint) => diagnostic.hint(hint.replace("`facts.", "`")),
        None => diagnostic,
    }
}
