//! Circles of imports and definitions, reported with the whole path.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use taffrail_syntax::{Diagnostic, Location};

use super::declared;
use super::reads::{Read, for_each_read};
use crate::codes;
use crate::graph::{Node, NodeKind};
use crate::typed::{Expr, Module};

/// Returns an error for each set of modules that import each other.
pub(super) fn import_cycles(module: &Module) -> Vec<Diagnostic> {
    let mut imports: BTreeMap<(&str, &str), Location> = BTreeMap::new();
    for import in &module.imports {
        imports
            .entry((&import.from, &import.to))
            .or_insert(import.location);
    }
    let names: BTreeSet<&str> = imports.keys().flat_map(|(from, to)| [*from, *to]).collect();
    let mut graph: DiGraph<&str, Location> = DiGraph::new();
    let nodes: BTreeMap<&str, NodeIndex> = names
        .into_iter()
        .map(|name| (name, graph.add_node(name)))
        .collect();
    for ((from, to), location) in &imports {
        if let (Some(from), Some(to)) = (nodes.get(from), nodes.get(to)) {
            graph.add_edge(*from, *to, *location);
        }
    }
    let mut diagnostics: Vec<(Vec<&str>, Diagnostic)> = kosaraju_scc(&graph)
        .iter()
        .filter_map(|circle| {
            let path = shortest_circle(&graph, circle, Direction::Outgoing, |name| *name)?;
            Some((names_of(&graph, &path), import_cycle(&graph, &path)))
        })
        .collect();
    diagnostics.sort_by(|a, b| a.0.cmp(&b.0));
    diagnostics
        .into_iter()
        .map(|(_, diagnostic)| diagnostic)
        .collect()
}

fn names_of<'n>(graph: &DiGraph<&'n str, Location>, path: &[NodeIndex]) -> Vec<&'n str> {
    path.iter()
        .filter_map(|index| graph.node_weight(*index).copied())
        .collect()
}

fn import_cycle(graph: &DiGraph<&str, Location>, path: &[NodeIndex]) -> Diagnostic {
    let places: Vec<(Location, String)> = steps(path)
        .filter_map(|(from, to)| {
            let location = *graph.edge_weight(graph.find_edge(from, to)?)?;
            let (from, to) = (graph.node_weight(from)?, graph.node_weight(to)?);
            Some((location, format!("`{from}` uses `{to}`")))
        })
        .collect();
    circle_diagnostic(
        codes::IMPORT_CYCLE,
        format!(
            "modules use each other in a circle: `{}`",
            names_of(graph, path).join(" -> ")
        ),
        places,
    )
    .hint("move what both sides need into a module of its own")
}

/// Returns the error for definitions that need each other.
pub(super) fn recursive_definition(
    module: &Module,
    graph: &DiGraph<Node, ()>,
    circle: &[NodeIndex],
) -> Diagnostic {
    let path = shortest_circle(graph, circle, Direction::Incoming, |node| {
        node.name.as_str()
    })
    .unwrap_or_default();
    let names: Vec<&str> = path
        .iter()
        .filter_map(|index| graph.node_weight(*index))
        .map(|node| node.name.as_str())
        .collect();
    let places = steps(&path)
        .filter_map(|(from, to)| {
            let (from, to) = (graph.node_weight(from)?, graph.node_weight(to)?);
            let location = reference(module, from.kind, to.kind).or(from.location)?;
            Some((location, format!("{} reads `{}`", declared(from), to.name)))
        })
        .collect();
    circle_diagnostic(
        codes::RECURSIVE_DEFINITION,
        format!("a definition needs itself: `{}`", names.join(" -> ")),
        places,
    )
    .hint("policies always end: a definition may only use what is defined without it")
}

/// Returns an error whose first place is the first step of the circle.
fn circle_diagnostic(
    code: &'static str,
    message: String,
    places: Vec<(Location, String)>,
) -> Diagnostic {
    let mut places = places.into_iter();
    let mut diagnostic = match places.next() {
        Some((location, text)) => Diagnostic::error(code, location, message).at(text),
        None => codes::without_place(code, message),
    };
    for (location, text) in places {
        diagnostic = diagnostic.label(location, text);
    }
    diagnostic
}

/// Returns each step of a path.
fn steps(path: &[NodeIndex]) -> impl Iterator<Item = (NodeIndex, NodeIndex)> {
    path.iter().copied().zip(path.iter().copied().skip(1))
}

/// Returns the shortest way from the circle's first node by name back to it, both ends included, or `None` when the
/// node is alone and does not reach itself.
fn shortest_circle<'g, N, E>(
    graph: &'g DiGraph<N, E>,
    circle: &[NodeIndex],
    direction: Direction,
    name: impl Fn(&'g N) -> &'g str,
) -> Option<Vec<NodeIndex>> {
    let name = |index: &NodeIndex| graph.node_weight(*index).map(&name);
    let inside: BTreeSet<NodeIndex> = circle.iter().copied().collect();
    let start = circle.iter().copied().min_by_key(name)?;
    let mut came_from: BTreeMap<NodeIndex, NodeIndex> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        let mut next: Vec<NodeIndex> = graph
            .neighbors_directed(at, direction)
            .filter(|next| inside.contains(next))
            .collect();
        next.sort_by_key(name);
        for next in next {
            if next == start {
                return Some(trace(&came_from, start, at));
            }
            came_from.entry(next).or_insert_with(|| {
                open.push_back(next);
                at
            });
        }
    }
    None
}

fn trace(
    came_from: &BTreeMap<NodeIndex, NodeIndex>,
    start: NodeIndex,
    last: NodeIndex,
) -> Vec<NodeIndex> {
    let mut path = vec![start];
    let mut at = last;
    while at != start {
        path.push(at);
        match came_from.get(&at) {
            Some(before) => at = *before,
            None => break,
        }
    }
    path.push(start);
    path.reverse();
    path
}

/// Returns the place at which the definition of `from` names `to`.
fn reference(module: &Module, from: NodeKind, to: NodeKind) -> Option<Location> {
    let body: &Expr = match from {
        NodeKind::Let(id) => &module.lets.get(id.0 as usize)?.body,
        NodeKind::Param(id) => &module.params.get(id.0 as usize)?.value,
        NodeKind::Fact(_)
        | NodeKind::Objects
        | NodeKind::Signal(_)
        | NodeKind::Usage(_)
        | NodeKind::BreakerState(_)
        | NodeKind::Rule(_, _)
        | NodeKind::Decision => return None,
    };
    let mut place = None;
    for_each_read(body, |read, expr| {
        let same = match read {
            Read::Let(id) => NodeKind::Let(id) == to,
            Read::Param(id) => NodeKind::Param(id) == to,
            Read::Signal(id) => NodeKind::Signal(id) == to,
            Read::Fact(..) | Read::Objects(_) => false,
        };
        if same && place.is_none() {
            place = Some(expr.location);
        }
    });
    place
}
