//! Expressions: operators by precedence, quantifiers, calls.

use std::sync::LazyLock;

use pest::pratt_parser::{Assoc, Op, PrattParser};
use taffrail_grammar::Rule;

use crate::ast::{
    Argument, BinaryOp, Expr, ExprKind, Ident, Presence, Quantifier, QuantifierKind, Text, UnaryOp,
};
use crate::span::Span;

use super::build::{Builder, Node, Nodes};

/// The operators, loosest first. `if` and the quantifiers are looser still: they are whole expressions.
static PRECEDENCE: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    PrattParser::new()
        .op(Op::infix(Rule::logic_or, Assoc::Left))
        .op(Op::infix(Rule::logic_and, Assoc::Left))
        .op(Op::prefix(Rule::not) | Op::prefix(Rule::bang))
        // INVARIANT: `comparison` refuses chains, so the side does not matter.
        .op(Op::infix(Rule::compare, Assoc::Left) | Op::postfix(Rule::is))
        .op(Op::infix(Rule::add, Assoc::Left))
        .op(Op::infix(Rule::multiply, Assoc::Left))
        .op(Op::infix(Rule::coalesce, Assoc::Left))
        .op(Op::prefix(Rule::negative))
        .op(Op::postfix(Rule::field) | Op::postfix(Rule::index) | Op::postfix(Rule::arguments))
});

/// An expression, and whether it is a comparison without parentheses around it.
pub(super) struct Operand {
    pub(super) expr: Expr,
    pub(super) open_comparison: bool,
}

impl From<Expr> for Operand {
    fn from(expr: Expr) -> Self {
        Self {
            expr,
            open_comparison: false,
        }
    }
}

impl Builder {
    /// Returns an `expr` or `postfix_expr` node.
    pub(super) fn expr(&self, node: Node<'_>) -> Expr {
        let nodes = node.into_inner();
        match nodes.peek().map(|first| first.as_rule()) {
            None => self.missing(),
            Some(Rule::if_then_else) => self.conditional(nodes),
            Some(Rule::quantifier) => self.quantifier(nodes),
            Some(_) => self.operation(nodes),
        }
    }

    /// Returns the expression in the first node, for a clause that holds just one.
    pub(super) fn expr_inside(&self, node: Node<'_>) -> Expr {
        node.into_inner()
            .next()
            .map_or_else(|| self.missing(), |expr| self.expr(expr))
    }

    fn operation(&self, nodes: Nodes<'_>) -> Expr {
        PRECEDENCE
            .map_primary(|node| Operand::from(self.primary(node)))
            .map_prefix(|operator, operand| self.prefix(&operator, operand))
            .map_postfix(|operand, node| self.postfix(operand, node))
            .map_infix(|left, operator, right| self.infix(left, &operator, right))
            .parse(nodes)
            .expr
    }

    fn primary(&self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::raw_string | Rule::quoted | Rule::single_quoted => {
                ExprKind::String(self.text(&node).text)
            }
            Rule::number | Rule::duration | Rule::time => return self.number_like(&node),
            Rule::group => self.expr_inside(node).kind,
            Rule::list => ExprKind::List(node.into_inner().map(|item| self.expr(item)).collect()),
            Rule::map => ExprKind::Map(
                node.into_inner()
                    .map(|entry| self.map_entry(entry))
                    .collect(),
            ),
            _ => return self.name(&node),
        };
        Expr { kind, span }
    }

    fn map_entry(&self, node: Node<'_>) -> (Text, Expr) {
        let mut nodes = node
            .into_inner()
            .filter(|part| part.as_rule() != Rule::colon);
        let key = nodes
            .next()
            .map_or_else(|| self.missing_text(), |key| self.key(&key));
        let value = nodes
            .next()
            .map_or_else(|| self.missing(), |value| self.expr(value));
        (key, value)
    }

    /// Returns a key of a map, quoted or not.
    pub(super) fn key(&self, node: &Node<'_>) -> Text {
        if node.as_rule() == Rule::word {
            return Text {
                text: node.as_str().to_owned(),
                span: self.span(node),
            };
        }
        self.text(node)
    }

    fn prefix(&self, operator: &Node<'_>, operand: Operand) -> Operand {
        let place = self.span(operator);
        let op = match operator.as_rule() {
            Rule::negative => UnaryOp::Neg,
            Rule::bang => {
                self.c_style_operator(place, "!", "not");
                UnaryOp::Not
            }
            _ => UnaryOp::Not,
        };
        let span = place.join(operand.expr.span);
        Operand::from(Expr {
            kind: ExprKind::Unary(op, Box::new(operand.expr)),
            span,
        })
    }

    fn postfix(&self, operand: Operand, node: Node<'_>) -> Operand {
        let place = self.span(&node);
        let span = operand.expr.span.join(place);
        let kind = match node.as_rule() {
            Rule::is => return self.presence_test(operand, node),
            Rule::field => {
                let text = node.as_str().trim_start_matches('.').to_owned();
                let name = Span {
                    start: place.start.saturating_add(1),
                    end: place.end,
                };
                ExprKind::Field(Box::new(operand.expr), Ident { text, span: name })
            }
            Rule::index => {
                ExprKind::Index(Box::new(operand.expr), Box::new(self.expr_inside(node)))
            }
            _ => {
                let arguments = node.into_inner().map(|node| self.argument(node)).collect();
                ExprKind::Call(Box::new(operand.expr), arguments)
            }
        };
        Operand::from(Expr { kind, span })
    }

    fn argument(&self, node: Node<'_>) -> Argument {
        let mut nodes = node.into_inner();
        let first = nodes.next();
        let (name, value) = match first {
            Some(word) if word.as_rule() == Rule::argument_name => {
                (Some(self.ident(&word)), nodes.next())
            }
            other => (None, other),
        };
        let value = value.map_or_else(|| self.missing(), |value| self.expr(value));
        Argument { name, value }
    }

    fn presence_test(&self, operand: Operand, node: Node<'_>) -> Operand {
        let place = self.span(&node);
        let span = operand.expr.span.join(place);
        if operand.open_comparison {
            return self.chained_comparison(&operand.expr, &node, span);
        }
        let word = node.into_inner().next();
        let presence = match word.as_ref().map(|word| word.as_str()) {
            Some("absent") => Presence::Absent,
            Some("present") => Presence::Present,
            Some(other) => self.odd_presence(place, other),
            None => Presence::Present,
        };
        Operand {
            expr: Expr {
                kind: ExprKind::Is(Box::new(operand.expr), presence),
                span,
            },
            open_comparison: true,
        }
    }

    fn infix(&self, left: Operand, operator: &Node<'_>, right: Operand) -> Operand {
        let place = self.span(operator);
        let span = left.expr.span.join(right.expr.span);
        let mut negated = false;
        let op = match operator.as_str() {
            "or" => BinaryOp::Or,
            "||" => {
                self.c_style_operator(place, "||", "or");
                BinaryOp::Or
            }
            "and" => BinaryOp::And,
            "&&" => {
                self.c_style_operator(place, "&&", "and");
                BinaryOp::And
            }
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Sub,
            "*" => BinaryOp::Mul,
            "/" => BinaryOp::Div,
            "%" => BinaryOp::Rem,
            "??" => BinaryOp::Coalesce,
            comparison => {
                if left.open_comparison {
                    return self.chained_comparison(&left.expr, operator, span);
                }
                if comparison == "=" {
                    self.single_equals(place);
                }
                negated = comparison.starts_with("not") && !comparison.ends_with("in");
                comparison_op(comparison)
            }
        };
        if negated {
            let left = self.text_at(operator, left.expr.span);
            let right = self.text_at(operator, right.expr.span);
            self.misplaced_not(operator, span, op, left, right);
        }
        let open_comparison = operator.as_rule() == Rule::compare;
        let kind = ExprKind::Binary(op, place, Box::new(left.expr), Box::new(right.expr));
        let mut expr = Expr { kind, span };
        if negated {
            expr = Expr {
                kind: ExprKind::Unary(UnaryOp::Not, Box::new(expr)),
                span,
            };
        }
        Operand {
            expr,
            open_comparison,
        }
    }

    fn conditional(&self, mut nodes: Nodes<'_>) -> Expr {
        let Some(node) = nodes.next() else {
            return self.missing();
        };
        let span = self.span(&node);
        let mut parts = node.into_inner();
        let condition = parts
            .next()
            .map_or_else(|| self.missing(), |node| self.expr(node));
        let mut branch = || {
            let node = parts.next();
            Box::new(node.map_or_else(|| self.missing(), |node| self.expr_inside(node)))
        };
        let then = branch();
        let otherwise = branch();
        Expr {
            kind: ExprKind::If(Box::new(condition), then, otherwise),
            span,
        }
    }

    fn quantifier(&self, mut nodes: Nodes<'_>) -> Expr {
        let Some(node) = nodes.next() else {
            return self.missing();
        };
        let span = self.span(&node);
        let mut quantifier = Quantifier {
            kind: QuantifierKind::Every,
            variables: Vec::new(),
            over: self.missing(),
            filter: None,
            body: None,
        };
        let mut head = span;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::quantifier_kind => {
                    quantifier.kind = quantifier_kind(part.as_str().trim_end())
                }
                Rule::variables => {
                    quantifier.variables =
                        part.into_inner().map(|word| self.ident(&word)).collect();
                }
                Rule::over => {
                    head.end = self.span(&part).end;
                    quantifier.over = self.expr_inside(part);
                }
                Rule::filter => quantifier.filter = Some(self.expr_inside(part)),
                _ => quantifier.body = Some(self.expr_inside(part)),
            }
        }
        self.check_body(&quantifier, head);
        Expr {
            kind: ExprKind::Quantifier(Box::new(quantifier)),
            span,
        }
    }
}

fn comparison_op(text: &str) -> BinaryOp {
    match text {
        "!=" => BinaryOp::Ne,
        "<" => BinaryOp::Lt,
        "<=" => BinaryOp::Le,
        ">" => BinaryOp::Gt,
        ">=" => BinaryOp::Ge,
        "in" => BinaryOp::In,
        "like" => BinaryOp::Like,
        "matches" => BinaryOp::Matches,
        other if other.ends_with("in") => BinaryOp::NotIn,
        other if other.ends_with("like") => BinaryOp::Like,
        other if other.ends_with("matches") => BinaryOp::Matches,
        _ => BinaryOp::Eq,
    }
}

/// Returns the quantifier that a keyword names.
fn quantifier_kind(word: &str) -> QuantifierKind {
    match word {
        "some" => QuantifierKind::Some,
        "no" => QuantifierKind::No,
        "count" => QuantifierKind::Count,
        "sum" => QuantifierKind::Sum,
        "min" => QuantifierKind::Min,
        "max" => QuantifierKind::Max,
        _ => QuantifierKind::Every,
    }
}
