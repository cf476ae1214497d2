//! The clauses of rules.

use taffrail_grammar::Rule;

use crate::ast::{Clause, ClauseKind, Expr, KindRef, On, Team, Template, Text};
use crate::span::Span;

use super::build::{Builder, Node, Nodes};

impl Builder {
    /// Returns the node of a clause.
    pub(super) fn clause(&self, node: Node<'_>) -> Clause {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::on => ClauseKind::On(self.on(node)),
            Rule::when => ClauseKind::When(self.expr_inside(node)),
            Rule::unless => ClauseKind::Unless(self.expr_inside(node)),
            Rule::risk => ClauseKind::Risk(self.expr_inside(node)),
            Rule::propose => ClauseKind::Propose(self.teams(node)),
            Rule::escalate => ClauseKind::Escalate(self.teams(node)),
            Rule::propose_at => ClauseKind::ProposeAt(self.expr_inside(node)),
            Rule::escalate_at => ClauseKind::EscalateAt(self.expr_inside(node)),
            Rule::because => ClauseKind::Because(self.template_inside(node)),
            Rule::suggest => self.suggest(node.into_inner()),
            Rule::limit => self.limit(node.into_inner()),
            Rule::spend => ClauseKind::Spend(self.expr_inside(node)),
            Rule::trip => self.trip(node.into_inner()),
            Rule::hold => ClauseKind::Hold(self.expr_inside(node)),
            Rule::until => ClauseKind::Until(self.expr_inside(node)),
            Rule::by_person => ClauseKind::By(self.text_inside(node)),
            Rule::at_most_propose => ClauseKind::AtMostPropose,
            Rule::expect => ClauseKind::Expect(self.expect(node)),
            _ => ClauseKind::Forbid,
        };
        Clause { kind, span }
    }

    fn on(&self, node: Node<'_>) -> On {
        let mut on = On {
            verbs: None,
            kinds: None,
            namespaces: None,
        };
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::on_verbs => {
                    let verbs: Vec<_> =
                        part.into_inner().map(|word| self.new_name(&word)).collect();
                    on.verbs =
                        (!is_any(verbs.iter().map(|verb| verb.text.as_str()))).then_some(verbs);
                }
                Rule::on_kinds => {
                    let kinds: Vec<_> = part.into_inner().map(|kind| self.kind_ref(kind)).collect();
                    let any = is_any(kinds.iter().map(|kind| kind.kind.text.as_str()))
                        && kinds.iter().all(|kind| kind.group.is_none());
                    on.kinds = (!any).then_some(kinds);
                }
                _ => {
                    let texts: Vec<Text> = part
                        .into_inner()
                        .filter(|node| node.as_rule() != Rule::any)
                        .map(|node| self.text(&node))
                        .collect();
                    on.namespaces = (!texts.is_empty()).then_some(texts);
                }
            }
        }
        on
    }

    /// Returns a `kind_ref` node.
    pub(super) fn kind_ref(&self, node: Node<'_>) -> KindRef {
        let span = self.span(&node);
        let (mut group, mut version) = (None, None);
        let mut kind = crate::ast::Ident {
            text: String::new(),
            span,
        };
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::kind_group => group = Some(part.as_str().to_owned()),
                Rule::kind_version => version = Some(part.as_str().to_owned()),
                _ => kind = self.new_name(&part),
            }
        }
        KindRef {
            group,
            version,
            kind,
            span,
        }
    }

    fn teams(&self, node: Node<'_>) -> Vec<Team> {
        let Some(teams) = node.into_inner().next() else {
            return Vec::new();
        };
        teams.into_inner().map(|team| self.team(team)).collect()
    }

    fn team(&self, node: Node<'_>) -> Team {
        let mut count = 1;
        let mut name = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::integer => count = self.integer(&part),
                Rule::of => {}
                _ => name = Some(self.text(&part)),
            }
        }
        let name = name.unwrap_or_else(|| self.missing_text());
        Team { count, name }
    }

    fn template_inside(&self, node: Node<'_>) -> Template {
        let span = self.span(&node);
        let empty = Template {
            parts: Vec::new(),
            span,
        };
        node.into_inner()
            .next()
            .map_or(empty, |node| self.template(node))
    }

    /// Returns the string in the first node.
    pub(super) fn text_inside(&self, node: Node<'_>) -> Text {
        node.into_inner()
            .next()
            .map_or_else(|| self.missing_text(), |text| self.text(&text))
    }

    fn suggest(&self, mut nodes: Nodes<'_>) -> ClauseKind {
        let Some(first) = nodes.next() else {
            return ClauseKind::SuggestText(Template {
                parts: Vec::new(),
                span: Span::default(),
            });
        };
        if first.as_rule() != Rule::postfix_expr {
            return ClauseKind::SuggestText(self.template(first));
        }
        let path = self.expr(first);
        let value = nodes.find(|node| node.as_rule() == Rule::expr);
        let value = value.map_or_else(|| self.missing(), |value| self.expr(value));
        ClauseKind::Suggest { path, value }
    }

    fn limit(&self, nodes: Nodes<'_>) -> ClauseKind {
        let mut limit = self.missing();
        let mut per = self.missing();
        let mut by = Vec::new();
        for part in nodes {
            match part.as_rule() {
                Rule::per => per = self.expr_inside(part),
                Rule::by_keys => by = self.keys(part),
                _ => limit = self.expr(part),
            }
        }
        ClauseKind::Limit { limit, per, by }
    }

    fn trip(&self, nodes: Nodes<'_>) -> ClauseKind {
        let mut failures = self.missing();
        let mut within = self.missing();
        let mut by = Vec::new();
        for part in nodes {
            match part.as_rule() {
                Rule::after => failures = self.expr_inside(part),
                Rule::within => within = self.expr_inside(part),
                Rule::by_keys => by = self.keys(part),
                _ => {}
            }
        }
        ClauseKind::Trip {
            failures,
            within,
            by,
        }
    }

    fn keys(&self, node: Node<'_>) -> Vec<Expr> {
        node.into_inner().map(|key| self.expr(key)).collect()
    }
}

fn is_any<'word>(mut words: impl Iterator<Item = &'word str>) -> bool {
    words.next() == Some("any") && words.next().is_none()
}
