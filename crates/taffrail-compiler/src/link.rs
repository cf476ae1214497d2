//! From a typed module to the rule graph.

mod cycles;
mod reads;

use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;
use taffrail_runtime::program::{On, Root};
use taffrail_syntax::ast::RuleKind;
use taffrail_syntax::{Diagnostic, Location};

use crate::graph::{Node, NodeKind, RuleGraph};
use crate::paths::display_path;
use crate::typed::{Expr, LetId, Module, ParamId, RuleBody, RuleId, SignalId};
use reads::{Read, expressions, for_each_read};

/// Returns the rule graph of a module, and an error for each circle of imports or definitions.
#[must_use]
pub fn link(module: &Module) -> (RuleGraph, Vec<Diagnostic>) {
    let mut builder = Builder::new(module);
    builder.connect_definitions();
    builder.connect_rules();
    let mut diagnostics = cycles::import_cycles(module);
    let graph = builder.finish(&mut diagnostics);
    (graph, diagnostics)
}

/// The graph while it grows, with the node of each thing that can be read.
struct Builder<'m> {
    module: &'m Module,
    graph: DiGraph<Node, ()>,
    signals: Vec<NodeIndex>,
    params: Vec<NodeIndex>,
    lets: Vec<NodeIndex>,
    rules: Vec<NodeIndex>,
    decision: NodeIndex,
    facts: FxHashMap<(Root, Vec<&'m str>), NodeIndex>,
    objects: FxHashMap<&'m str, NodeIndex>,
    let_reads: Vec<Vec<LetId>>,
    /// Readers of the edge drawn last from each node: an edge is drawn once though a rule names a fact often.
    last_reader: Vec<Option<NodeIndex>>,
}

impl<'m> Builder<'m> {
    fn new(module: &'m Module) -> Self {
        let mut graph = DiGraph::with_capacity(
            module.rules.len().saturating_mul(2),
            module.rules.len().saturating_mul(6),
        );
        let mut declare = |kind, name: &str, location: Location| {
            graph.add_node(Node {
                kind,
                name: name.to_owned(),
                location: Some(location),
            })
        };
        let signals = (0..)
            .zip(&module.signals)
            .map(|(at, signal)| {
                declare(
                    NodeKind::Signal(SignalId(at)),
                    &signal.name,
                    signal.location,
                )
            })
            .collect();
        let params = (0..)
            .zip(&module.params)
            .map(|(at, param)| declare(NodeKind::Param(ParamId(at)), &param.name, param.location))
            .collect();
        let lets = (0..)
            .zip(&module.lets)
            .map(|(at, binding)| declare(NodeKind::Let(LetId(at)), &binding.name, binding.location))
            .collect();
        let rules = (0..)
            .zip(&module.rules)
            .map(|(at, rule)| {
                declare(
                    NodeKind::Rule(RuleId(at), rule.kind),
                    &rule.name,
                    rule.location,
                )
            })
            .collect();
        let decision = graph.add_node(Node {
            kind: NodeKind::Decision,
            name: "decision".into(),
            location: None,
        });
        Self {
            module,
            graph,
            signals,
            params,
            lets,
            rules,
            decision,
            facts: FxHashMap::default(),
            objects: FxHashMap::default(),
            let_reads: Vec::with_capacity(module.lets.len()),
            last_reader: Vec::new(),
        }
    }

    fn connect_definitions(&mut self) {
        for (param, reader) in self.module.params.iter().zip(self.params.clone()) {
            self.connect(&param.value, reader);
        }
        for (signal, reader) in self.module.signals.iter().zip(self.signals.clone()) {
            if let Some(fresh) = &signal.fresh {
                self.connect(fresh, reader);
            }
        }
        for (binding, reader) in self.module.lets.iter().zip(self.lets.clone()) {
            let named = self.connect(&binding.body, reader);
            self.let_reads.push(named);
        }
    }

    fn connect_rules(&mut self) {
        let rules = (0..).zip(self.module.rules.iter().zip(self.rules.clone()));
        for (id, (rule, reader)) in rules {
            self.connect_on(&rule.on, reader);
            for expr in expressions(rule) {
                self.connect(expr, reader);
            }
            let state = match &rule.body {
                RuleBody::Budget { .. } => Some(NodeKind::Usage(RuleId(id))),
                RuleBody::Breaker { .. } => Some(NodeKind::BreakerState(RuleId(id))),
                RuleBody::Grant
                | RuleBody::Guard { .. }
                | RuleBody::Tolerance { .. }
                | RuleBody::Waiver { .. } => None,
            };
            if let Some(kind) = state {
                let node = self.graph.add_node(Node {
                    kind,
                    name: rule.name.clone(),
                    location: Some(rule.location),
                });
                self.edge(node, reader);
            }
            let read_by = match &rule.body {
                RuleBody::Waiver { rule, .. } => self.rules.get(rule.0 as usize).copied(),
                RuleBody::Grant
                | RuleBody::Guard { .. }
                | RuleBody::Budget { .. }
                | RuleBody::Breaker { .. }
                | RuleBody::Tolerance { .. } => Some(self.decision),
            };
            if let Some(read_by) = read_by {
                self.edge(reader, read_by);
            }
        }
    }

    /// `on` is part of the condition: what it names is read.
    fn connect_on(&mut self, on: &On, reader: NodeIndex) {
        if on.verbs.is_some() {
            let verb = self.fact(Root::Verb, Vec::new());
            self.edge(verb, reader);
        }
        if let Some(kinds) = &on.kinds {
            let kind = self.fact(Root::Target, vec!["kind"]);
            self.edge(kind, reader);
            if kinds.iter().any(|kind| kind.groups.is_some()) {
                let group = self.fact(Root::Target, vec!["group"]);
                self.edge(group, reader);
            }
        }
        if on.namespaces.is_some() {
            let namespace = self.fact(Root::Target, vec!["namespace"]);
            self.edge(namespace, reader);
        }
    }

    /// Draws an edge from everything that the expression reads; returns the lets among it.
    fn connect(&mut self, expr: &'m Expr, reader: NodeIndex) -> Vec<LetId> {
        let mut lets = Vec::new();
        for_each_read(expr, |read, _| {
            let node = match read {
                Read::Fact(root, keys) => Some(self.fact(root, keys)),
                Read::Objects(kind) => Some(self.objects_of(kind)),
                Read::Signal(id) => self.signals.get(id.0 as usize).copied(),
                Read::Param(id) => self.params.get(id.0 as usize).copied(),
                Read::Let(id) => {
                    lets.push(id);
                    self.lets.get(id.0 as usize).copied()
                }
            };
            if let Some(node) = node {
                self.edge(node, reader);
            }
        });
        lets
    }

    fn edge(&mut self, from: NodeIndex, reader: NodeIndex) {
        if self.last_reader.len() <= from.index() {
            self.last_reader
                .resize(from.index().saturating_add(1), None);
        }
        if let Some(last) = self.last_reader.get_mut(from.index()) {
            // Readers are connected one after the other, so the last one is the only one that can repeat.
            if last.replace(reader) != Some(reader) {
                self.graph.add_edge(from, reader, ());
            }
        }
    }

    fn fact(&mut self, root: Root, keys: Vec<&'m str>) -> NodeIndex {
        let graph = &mut self.graph;
        *self
            .facts
            .entry((root, keys))
            .or_insert_with_key(|(root, keys)| {
                graph.add_node(Node {
                    kind: NodeKind::Fact(*root),
                    name: display_path(*root, keys.iter().copied()),
                    location: None,
                })
            })
    }

    fn objects_of(&mut self, kind: &'m str) -> NodeIndex {
        let graph = &mut self.graph;
        *self.objects.entry(kind).or_insert_with(|| {
            graph.add_node(Node {
                kind: NodeKind::Objects,
                name: kind.to_owned(),
                location: None,
            })
        })
    }

    fn finish(self, diagnostics: &mut Vec<Diagnostic>) -> RuleGraph {
        let order =
            match toposort(&self.graph, None) {
                Ok(order) => order,
                Err(_) => {
                    let circles = circles(&self.graph);
                    diagnostics.extend(circles.iter().map(|circle| {
                        cycles::recursive_definition(self.module, &self.graph, circle)
                    }));
                    order_without(&self.graph, &circles)
                }
            };
        RuleGraph {
            graph: self.graph,
            order,
            rules: self.rules,
            lets: self.lets,
            let_reads: self.let_reads,
        }
    }
}

/// Returns the sets of nodes that read each other, or themselves.
fn circles(graph: &DiGraph<Node, ()>) -> Vec<Vec<NodeIndex>> {
    let mut circles: Vec<Vec<NodeIndex>> = kosaraju_scc(graph)
        .into_iter()
        .filter(|nodes| match nodes.as_slice() {
            [alone] => graph.contains_edge(*alone, *alone),
            _ => true,
        })
        .collect();
    circles.sort();
    circles
}

/// Returns an evaluation order of what no circle reaches.
fn order_without(graph: &DiGraph<Node, ()>, circles: &[Vec<NodeIndex>]) -> Vec<NodeIndex> {
    let mut dropped = vec![false; graph.node_count()];
    let mut open: Vec<NodeIndex> = circles.iter().flatten().copied().collect();
    while let Some(index) = open.pop() {
        if let Some(dropped) = dropped.get_mut(index.index())
            && !std::mem::replace(dropped, true)
        {
            open.extend(graph.neighbors(index));
        }
    }
    let kept = graph.filter_map(
        |index, _| (dropped.get(index.index()) == Some(&false)).then_some(index),
        |_, ()| Some(()),
    );
    toposort(&kept, None)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|index| kept.node_weight(index).copied())
        .collect()
}

/// Returns the keyword and name of what a node declares, for messages.
fn declared(node: &Node) -> String {
    match node.kind {
        NodeKind::Rule(_, RuleKind::Waive) => format!("waiver `{}`", node.name),
        kind => format!("{} `{}`", kind.word(), node.name),
    }
}
