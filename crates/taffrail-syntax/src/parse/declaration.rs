//! Top-level declarations other than tests.

use taffrail_grammar::Rule;

use crate::ast::{
    Annotation, Ident, ItemKind, KindDecl, Let, LetParam, Param, Path, Rule as PolicyRule,
    RuleKind, Signal, TypeExpr,
};
use crate::span::Span;

use super::build::{Builder, Node};
use super::scenario::TestHead;

/// What one declaration turned out to be.
pub(super) enum Declared {
    /// The `policy` line.
    Policy(Path),
    /// Anything else.
    Item(ItemKind),
}

impl Builder {
    /// Returns an `annotation` node.
    pub(super) fn annotation(&self, node: Node<'_>) -> Annotation {
        let span = self.span(&node);
        let mut parts = node.into_inner();
        let name = self.word_or_empty(parts.next());
        let values = parts.map(|value| self.text(&value)).collect();
        Annotation { name, values, span }
    }

    /// Returns the node of a declaration.
    pub(super) fn declaration(&self, node: Node<'_>) -> Declared {
        let kind = match node.as_rule() {
            Rule::policy_item => return Declared::Policy(self.path_inside(node)),
            Rule::use_item => ItemKind::Use(self.path_inside(node)),
            Rule::param_item => ItemKind::Param(self.param(node)),
            Rule::signal_item => ItemKind::Signal(self.signal(node)),
            Rule::let_item => ItemKind::Let(self.binding(node)),
            Rule::verb_item => ItemKind::Verb(self.word_or_empty(node.into_inner().next())),
            Rule::kind_item => ItemKind::Kind(self.kind_declaration(node)),
            Rule::test_item => {
                let mut parts = node.into_inner().filter(|part| !is_brace(part.as_rule()));
                let name = parts
                    .next()
                    .map_or_else(|| self.missing_text(), |name| self.text(&name));
                let mut any = None;
                let mut clauses = Vec::new();
                for part in parts {
                    match part.as_rule() {
                        Rule::for_any => any = Some(self.for_any(part)),
                        _ => clauses.push(self.test_clause(part)),
                    }
                }
                ItemKind::Test(self.test(TestHead { name, any }, clauses))
            }
            _ => ItemKind::Rule(self.rule(node)),
        };
        Declared::Item(kind)
    }

    fn rule(&self, node: Node<'_>) -> PolicyRule {
        let mut rule = PolicyRule {
            kind: RuleKind::Guard,
            name: self.missing_path(),
            clauses: Vec::new(),
        };
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::rule_kind => rule.kind = rule_kind(part.as_str()),
                Rule::module_path => rule.name = self.path(part),
                Rule::open_brace | Rule::close_brace => {}
                _ => rule.clauses.push(self.clause(part)),
            }
        }
        rule
    }

    fn param(&self, node: Node<'_>) -> Param {
        let mut parts = node.into_inner();
        let name = self.word_or_empty(parts.next());
        let ty = self.annotated_type(parts.next());
        let default = parts
            .find(|part| part.as_rule() == Rule::expr)
            .map(|value| self.expr(value));
        Param { name, ty, default }
    }

    fn signal(&self, node: Node<'_>) -> Signal {
        let mut parts = node.into_inner();
        let name = self.word_or_empty(parts.next());
        let ty = self.annotated_type(parts.next());
        let mut signal = Signal {
            name,
            ty,
            source: None,
            fresh: None,
        };
        for part in parts {
            match part.as_rule() {
                Rule::from => signal.source = Some(self.text_inside(part)),
                _ => signal.fresh = Some(self.expr_inside(part)),
            }
        }
        signal
    }

    fn binding(&self, node: Node<'_>) -> Let {
        let mut parts = node.into_inner();
        let name = self.word_or_empty(parts.next());
        let mut params = None;
        let mut body = self.missing();
        for part in parts {
            match part.as_rule() {
                Rule::let_params => {
                    params = Some(part.into_inner().map(|node| self.let_param(node)).collect())
                }
                Rule::expr => body = self.expr(part),
                _ => {}
            }
        }
        Let { name, params, body }
    }

    fn let_param(&self, node: Node<'_>) -> LetParam {
        let mut parts = node.into_inner();
        let name = self.word_or_empty(parts.next());
        let ty = self.annotated_type(parts.next());
        LetParam { name, ty }
    }

    fn kind_declaration(&self, node: Node<'_>) -> KindDecl {
        let span = self.span(&node);
        let mut parts = node.into_inner();
        let kind = match parts.next() {
            Some(kind) => self.kind_ref(kind),
            None => crate::ast::KindRef {
                group: None,
                version: None,
                kind: self.word_or_empty(None),
                span,
            },
        };
        let from = parts.next().map(|from| self.text_inside(from));
        KindDecl { kind, from }
    }

    /// Returns the type in a `type_annotation` node.
    fn annotated_type(&self, node: Option<Node<'_>>) -> TypeExpr {
        let ty = node.and_then(|node| node.into_inner().next());
        match ty {
            Some(ty) => self.type_expr(ty),
            None => TypeExpr {
                name: self.word_or_empty(None),
                argument: None,
                span: Span::default(),
            },
        }
    }

    fn type_expr(&self, node: Node<'_>) -> TypeExpr {
        let span = self.span(&node);
        let mut parts = node.into_inner();
        let name = self.word_or_empty(parts.next());
        let argument = parts
            .next()
            .map(|argument| Box::new(self.type_expr(argument)));
        TypeExpr {
            name,
            argument,
            span,
        }
    }

    fn word_or_empty(&self, node: Option<Node<'_>>) -> Ident {
        match node {
            Some(node) => self.ident(&node),
            None => {
                let text = self.missing_text();
                Ident {
                    text: text.text,
                    span: text.span,
                }
            }
        }
    }

    /// Stands in for a path that the grammar promises.
    pub(super) fn missing_path(&self) -> Path {
        let span = self.missing_text().span;
        Path {
            segments: vec![Ident {
                text: String::new(),
                span,
            }],
            span,
        }
    }
}

/// Returns the kind that a rule's keyword names.
pub(super) fn rule_kind(word: &str) -> RuleKind {
    match word {
        "tolerance" => RuleKind::Tolerance,
        "grant" => RuleKind::Grant,
        "budget" => RuleKind::Budget,
        "breaker" => RuleKind::Breaker,
        "waive" => RuleKind::Waive,
        "prove" => RuleKind::Prove,
        _ => RuleKind::Guard,
    }
}

fn is_brace(rule: Rule) -> bool {
    matches!(rule, Rule::open_brace | Rule::close_brace)
}
