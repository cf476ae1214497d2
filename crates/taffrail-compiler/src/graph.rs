//! The rule graph: which rule reads what, down to the facts of the request.

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, Reversed};
use taffrail_runtime::program::Root;
use taffrail_syntax::Location;
use taffrail_syntax::ast::RuleKind;

use crate::typed::{LetId, ParamId, RuleId, SignalId};

/// A graph from facts to the decision. An edge `a -> b` says that `a` is read by `b`.
///
/// Made by [`link`](crate::link()).
#[derive(Debug, Clone)]
pub struct RuleGraph {
    pub(crate) graph: DiGraph<Node, ()>,
    pub(crate) order: Vec<NodeIndex>,
    pub(crate) rules: Vec<NodeIndex>,
    pub(crate) lets: Vec<NodeIndex>,
    /// For each let, the lets that its body names, in the order of the text.
    pub(crate) let_reads: Vec<Vec<LetId>>,
}

/// A node of the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it stands for.
    pub kind: NodeKind,
    /// The fact's path, or the full name of what is declared.
    pub name: String,
    /// Where it is declared; `None` for facts and the decision.
    pub location: Option<Location>,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// A fact of the request, a path below this root.
    Fact(Root),
    /// Other objects of the snapshot, of one kind.
    Objects,
    /// A signal.
    Signal(SignalId),
    /// A parameter.
    Param(ParamId),
    /// A let.
    Let(LetId),
    /// What the ledger says of a budget: how much is used.
    Usage(RuleId),
    /// What the ledger says of a breaker: its state.
    BreakerState(RuleId),
    /// A rule.
    Rule(RuleId, RuleKind),
    /// The decision.
    Decision,
}

impl RuleGraph {
    /// Returns the nodes so that each stands after everything it reads. Nodes of a cycle, and what reads them, are missing.
    pub fn evaluation_order(&self) -> impl Iterator<Item = &Node> {
        self.order
            .iter()
            .filter_map(|index| self.graph.node_weight(*index))
    }

    /// Returns what a rule reads, through lets and parameters, sorted by kind and name. The rule itself is not in it.
    #[must_use]
    pub fn reads(&self, rule: RuleId) -> Vec<&Node> {
        self.rules
            .get(rule.0 as usize)
            .map_or_else(Vec::new, |index| self.read_below(*index))
    }

    /// Returns what a let reads, through other lets, sorted by kind and name. The let itself is not in it.
    #[must_use]
    pub fn let_reads(&self, id: LetId) -> Vec<&Node> {
        self.lets
            .get(id.0 as usize)
            .map_or_else(Vec::new, |index| self.read_below(*index))
    }

    /// Returns the nodes that read a let directly, sorted by kind and name.
    #[must_use]
    pub fn readers_of_let(&self, id: LetId) -> Vec<&Node> {
        let Some(index) = self.lets.get(id.0 as usize) else {
            return Vec::new();
        };
        let readers = self
            .graph
            .neighbors_directed(*index, Direction::Outgoing)
            .filter_map(|reader| self.graph.node_weight(reader));
        sorted(readers)
    }

    /// Returns all nodes, sorted by kind and name.
    #[must_use]
    pub fn nodes(&self) -> Vec<&Node> {
        sorted(self.graph.node_weights())
    }

    /// Returns the number of nodes.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.graph.node_count()
    }

    /// Returns the number of edges.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.graph.edge_count()
    }

    fn read_below(&self, start: NodeIndex) -> Vec<&Node> {
        let reversed = Reversed(&self.graph);
        let mut search = Dfs::new(reversed, start);
        let mut found = Vec::new();
        while let Some(index) = search.next(reversed) {
            if index != start {
                found.extend(self.graph.node_weight(index));
            }
        }
        sorted(found.into_iter())
    }
}

impl Node {
    /// Returns what drawings and lists sort by: facts first, the decision last, names within. Ids take no part, for they
    /// depend on the order of files.
    pub(crate) fn sort_key(&self) -> (u8, &str) {
        (self.kind.rank(), &self.name)
    }
}

impl NodeKind {
    fn rank(self) -> u8 {
        match self {
            Self::Fact(_) => 0,
            Self::Objects => 1,
            Self::Signal(_) => 2,
            Self::Param(_) => 3,
            Self::Let(_) => 4,
            Self::Usage(_) => 5,
            Self::BreakerState(_) => 6,
            Self::Rule(_, kind) => 7_u8.saturating_add(kind as u8),
            Self::Decision => u8::MAX,
        }
    }

    /// Returns the word for this kind of node: `fact`, `let`, `guard`, …
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fact(_) => "fact",
            Self::Objects => "objects",
            Self::Signal(_) => "signal",
            Self::Param(_) => "param",
            Self::Let(_) => "let",
            Self::Usage(_) => "usage",
            Self::BreakerState(_) => "state",
            Self::Rule(_, kind) => kind.keyword(),
            Self::Decision => "decision",
        }
    }
}

fn sorted<'n>(nodes: impl Iterator<Item = &'n Node>) -> Vec<&'n Node> {
    let mut nodes: Vec<&Node> = nodes.collect();
    nodes.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    nodes
}
