//! Draws a rule graph as text that Graphviz or Mermaid turns into a picture.
//!
//! Nodes are numbered in their sorted order, so that neither the order of files nor that of rules shows.

use std::fmt::Write;

use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use taffrail_syntax::ast::RuleKind;

use crate::graph::{Node, NodeKind, RuleGraph};

/// Returns the graph in the DOT language.
#[must_use]
pub fn dot(graph: &RuleGraph) -> String {
    let drawing = Drawing::new(graph);
    let mut text = String::from(
        "digraph policies {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", style=filled, fillcolor=white];\n",
    );
    for (number, node) in drawing.nodes.iter().enumerate() {
        let look = look(node.kind);
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "  n{number} [label=\"{}\", shape={}, fillcolor=\"{}\"];",
            dot_text(&label(node)),
            look.dot_shape,
            look.fill
        );
    }
    for (from, to) in &drawing.edges {
        let _ = writeln!(text, "  n{from} -> n{to};");
    }
    text.push_str("}\n");
    text
}

/// Returns the graph as a Mermaid flowchart.
#[must_use]
pub fn mermaid(graph: &RuleGraph) -> String {
    let drawing = Drawing::new(graph);
    let mut text = String::from("flowchart LR\n");
    for (number, node) in drawing.nodes.iter().enumerate() {
        let look = look(node.kind);
        let _ = writeln!(
            text,
            "  n{number}{}\"{}\"{}:::{}",
            look.mermaid_open,
            mermaid_text(&label(node)),
            look.mermaid_close,
            node.kind.word()
        );
    }
    for (from, to) in &drawing.edges {
        let _ = writeln!(text, "  n{from} --> n{to}");
    }
    let mut classes: Vec<(&str, &str)> = drawing
        .nodes
        .iter()
        .map(|node| (node.kind.word(), look(node.kind).fill))
        .collect();
    classes.sort_unstable();
    classes.dedup();
    for (class, fill) in classes {
        let _ = writeln!(
            text,
            "  classDef {class} fill:{fill},stroke:#444,color:#111"
        );
    }
    text
}

/// Nodes in sorted order, edges as pairs of their positions.
struct Drawing<'g> {
    nodes: Vec<&'g Node>,
    edges: Vec<(usize, usize)>,
}

impl<'g> Drawing<'g> {
    fn new(graph: &'g RuleGraph) -> Self {
        let graph = &graph.graph;
        let mut nodes: Vec<(NodeIndex, &Node)> = graph
            .node_indices()
            .filter_map(|index| Some((index, graph.node_weight(index)?)))
            .collect();
        nodes.sort_by(|a, b| a.1.sort_key().cmp(&b.1.sort_key()));
        let mut positions = vec![0; nodes.len()];
        for (position, (index, _)) in nodes.iter().enumerate() {
            if let Some(slot) = positions.get_mut(index.index()) {
                *slot = position;
            }
        }
        let position = |index: NodeIndex| positions.get(index.index()).copied().unwrap_or(0);
        let mut edges: Vec<(usize, usize)> = graph
            .edge_references()
            .map(|edge| (position(edge.source()), position(edge.target())))
            .collect();
        edges.sort_unstable();
        Self {
            nodes: nodes.into_iter().map(|(_, node)| node).collect(),
            edges,
        }
    }
}

/// How a kind of node looks.
struct Look {
    dot_shape: &'static str,
    fill: &'static str,
    mermaid_open: &'static str,
    mermaid_close: &'static str,
}

fn look(kind: NodeKind) -> Look {
    let (dot_shape, fill, mermaid_open, mermaid_close) = match kind {
        NodeKind::Fact(_) => ("box", "#f2f2f2", "[", "]"),
        NodeKind::Objects => ("box3d", "#f2f2f2", "[[", "]]"),
        NodeKind::Signal(_) => ("cds", "#fff3c4", ">", "]"),
        NodeKind::Param(_) => ("note", "#fff3c4", "[/", "/]"),
        NodeKind::Let(_) => ("ellipse", "#ffffff", "(", ")"),
        NodeKind::Usage(_) | NodeKind::BreakerState(_) => ("cylinder", "#e2e2f5", "[(", ")]"),
        NodeKind::Rule(_, RuleKind::Grant) => ("hexagon", "#cdeccd", "{{", "}}"),
        NodeKind::Rule(_, RuleKind::Guard) => ("hexagon", "#f9cfc7", "{{", "}}"),
        NodeKind::Rule(_, RuleKind::Budget) => ("hexagon", "#cfe0f9", "{{", "}}"),
        NodeKind::Rule(_, RuleKind::Breaker) => ("hexagon", "#dccff9", "{{", "}}"),
        NodeKind::Rule(_, RuleKind::Tolerance) => ("hexagon", "#fbe3b8", "{{", "}}"),
        NodeKind::Rule(_, RuleKind::Waive) => ("hexagon", "#d5f0ee", "{{", "}}"),
        NodeKind::Rule(_, RuleKind::Prove) => ("hexagon", "#e6e6e6", "{{", "}}"),
        NodeKind::Decision => ("doublecircle", "#dddddd", "(((", ")))"),
    };
    Look {
        dot_shape,
        fill,
        mermaid_open,
        mermaid_close,
    }
}

fn label(node: &Node) -> String {
    match node.kind {
        NodeKind::Fact(_) | NodeKind::Decision => node.name.clone(),
        NodeKind::Objects
        | NodeKind::Signal(_)
        | NodeKind::Param(_)
        | NodeKind::Let(_)
        | NodeKind::Usage(_)
        | NodeKind::BreakerState(_)
        | NodeKind::Rule(_, _) => format!("{} {}", node.kind.word(), node.name),
    }
}

fn dot_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\\' => escaped.extend(['\\', letter]),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

fn mermaid_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => escaped.push_str("#quot;"),
            '#' => escaped.push_str("#35;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            '`' => escaped.push_str("#96;"),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}
