//! Tests: what is given, the cases that vary it, what is expected.

use taffrail_grammar::Rule;

use crate::ast::{
    Case, Condition, Expect, ExpectKind, Expr, ExprKind, ForAny, Given, GivenEntry, GivenFrom,
    GivenValue, GivenValueKind, Ident, Path, RuleKind, Test, Text, UnaryOp,
};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

use super::build::{Builder, Node};
use super::declaration::rule_kind;
use super::expectation;

/// The clauses of a test, in the order written.
pub(super) enum TestClause {
    Given(Given),
    Case(Case),
    Expect(Expect),
    When(Condition),
}

/// What stands above the braces of a test.
pub(super) struct TestHead {
    pub(super) name: Text,
    pub(super) any: Option<ForAny>,
}

impl Builder {
    /// Returns a `given`, `case`, `expect` or `when` node.
    pub(super) fn test_clause(&self, node: Node<'_>) -> TestClause {
        match node.as_rule() {
            Rule::given => TestClause::Given(self.given(node)),
            Rule::case => TestClause::Case(self.case(node)),
            Rule::when => TestClause::When(Condition {
                span: self.span(&node),
                expr: self.expr_inside(node),
            }),
            _ => TestClause::Expect(self.expect(node)),
        }
    }

    /// Puts the clauses of a test together; expectations after a case belong to it.
    pub(super) fn test(&self, head: TestHead, clauses: Vec<TestClause>) -> Test {
        let TestHead { name, any } = head;
        let mut conditions = Vec::new();
        let mut given: Option<Given> = None;
        let mut expects = Vec::new();
        let mut cases: Vec<Case> = Vec::new();
        for clause in clauses {
            match clause {
                TestClause::Given(again) => match &given {
                    Some(first) => self.second_given(first.span, again.span),
                    None => given = Some(again),
                },
                TestClause::Case(case) => cases.push(case),
                TestClause::When(condition) => conditions.push(condition),
                TestClause::Expect(expect) => match cases.last_mut() {
                    Some(case) => {
                        case.span = case.span.join(expect.span);
                        case.expects.push(expect);
                    }
                    None => expects.push(expect),
                },
            }
        }
        let given = given.unwrap_or_else(|| self.missing_given(name.span));
        if let (None, Some(condition)) = (&any, conditions.first()) {
            self.condition_without_any(condition.span);
        }
        Test {
            name,
            any,
            given,
            expects,
            cases,
            conditions,
        }
    }

    fn second_given(&self, first: Span, again: Span) {
        self.report(
            Diagnostic::error(
                "duplicate-given",
                self.location(again),
                "a test has one `given`",
            )
            .label(self.location(first), "the first one")
            .hint("vary it with `case \"label\" { … }`"),
        );
    }

    fn condition_without_any(&self, condition: Span) {
        self.report(
            Diagnostic::error(
                "condition-without-any",
                self.location(condition),
                "this test tries one request, and a condition picks among many",
            )
            .hint("draw them: `test \"…\" for any { current.spec.replicas in 1..100 } { … }`"),
        );
    }

    fn missing_given(&self, name: Span) -> Given {
        self.report(
            Diagnostic::error(
                "missing-given",
                self.location(name),
                "this test gives no request",
            )
            .hint("add `given { verb: … target: … }`"),
        );
        Given {
            from: None,
            entries: Vec::new(),
            span: name,
        }
    }

    fn given(&self, node: Node<'_>) -> Given {
        let span = self.span(&node);
        let mut from = None;
        let mut entries = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::given_map => entries = self.entries(part),
                _ => {
                    from = part
                        .into_inner()
                        .next()
                        .map(|source| self.given_from(source))
                }
            }
        }
        Given {
            from,
            entries,
            span,
        }
    }

    fn given_from(&self, node: Node<'_>) -> GivenFrom {
        match node.as_rule() {
            Rule::given_test => GivenFrom::Test(self.text_inside(node)),
            _ => GivenFrom::File(self.text(&node)),
        }
    }

    fn case(&self, node: Node<'_>) -> Case {
        let span = self.span(&node);
        let mut label = None;
        let mut entries = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::given_map => entries = self.entries(part),
                _ => label = Some(self.text(&part)),
            }
        }
        Case {
            label,
            entries,
            expects: Vec::new(),
            span,
        }
    }

    fn entries(&self, node: Node<'_>) -> Vec<GivenEntry> {
        node.into_inner().map(|entry| self.entry(entry)).collect()
    }

    fn entry(&self, node: Node<'_>) -> GivenEntry {
        let span = self.span(&node);
        let mut parts = node
            .into_inner()
            .filter(|part| part.as_rule() != Rule::colon);
        let key = parts
            .next()
            .map_or_else(|| self.missing_text(), |key| self.key(&key));
        let value = match parts.next() {
            Some(value) => self.value(value),
            None => GivenValue {
                kind: GivenValueKind::Word(String::new()),
                span,
            },
        };
        GivenEntry { key, value }
    }

    pub(super) fn value(&self, node: Node<'_>) -> GivenValue {
        let span = self.span(&node);
        let mut parts = node.into_inner();
        let plain = match parts.next() {
            Some(plain) => self.plain_value(plain),
            None => GivenValue {
                kind: GivenValueKind::Word(String::new()),
                span,
            },
        };
        let Some(observed) = parts.next() else {
            return plain;
        };
        let ago = observed
            .into_inner()
            .next()
            .map_or_else(|| self.missing(), |ago| self.number_like(&ago));
        GivenValue {
            kind: GivenValueKind::Observed {
                value: Box::new(plain),
                ago,
            },
            span,
        }
    }

    fn plain_value(&self, node: Node<'_>) -> GivenValue {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::given_named => {
                let mut parts = node.into_inner();
                let kind = parts.next().map(|kind| self.kind_ref(kind));
                let name = parts.next().map(|name| self.text(&name));
                match (kind, name) {
                    (Some(kind), Some(name)) => GivenValueKind::Named { kind, name },
                    _ => GivenValueKind::Word(String::new()),
                }
            }
            Rule::given_literal => GivenValueKind::Literal(self.given_literal(node)),
            Rule::given_list => {
                GivenValueKind::List(node.into_inner().map(|item| self.value(item)).collect())
            }
            Rule::given_map => GivenValueKind::Map(self.entries(node)),
            _ => self.word(node.as_str(), span),
        };
        GivenValue { kind, span }
    }

    fn given_literal(&self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut negative = false;
        let mut literal = self.missing();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::negative => negative = true,
                Rule::number | Rule::duration | Rule::time => literal = self.number_like(&part),
                _ => {
                    let kind = ExprKind::String(self.text(&part).text);
                    literal = Expr { kind, span };
                }
            }
        }
        if negative {
            let kind = ExprKind::Unary(UnaryOp::Neg, Box::new(literal));
            literal = Expr { kind, span };
        }
        literal
    }

    fn word(&self, word: &str, span: Span) -> GivenValueKind {
        let value = match word {
            "true" => true,
            "false" => false,
            "True" | "TRUE" | "False" | "FALSE" => {
                self.capitalized_literal(word, span);
                word.eq_ignore_ascii_case("true")
            }
            _ => return GivenValueKind::Word(word.to_owned()),
        };
        GivenValueKind::Literal(Expr {
            kind: ExprKind::Bool(value),
            span,
        })
    }

    /// Returns an `expect` node.
    pub(super) fn expect(&self, node: Node<'_>) -> Expect {
        let span = self.span(&node);
        let kind = match node.into_inner().next() {
            Some(node) => self.expect_kind(node),
            None => ExpectKind::Gate(self.missing_text()),
        };
        Expect { kind, span }
    }

    fn expect_kind(&self, node: Node<'_>) -> ExpectKind {
        match node.as_rule() {
            Rule::expect_at_least => {
                let verdict = node.into_inner().next().map(|word| self.ident(&word));
                self.verdict(verdict, true)
            }
            Rule::expect_risk => self.expected_risk(node),
            Rule::expect_rule => self.expected_rule(node),
            Rule::expect_unknown => {
                let path = node
                    .into_inner()
                    .find(|part| part.as_rule() == Rule::module_path);
                let path = path.map_or_else(|| self.missing_path(), |path| self.path(path));
                ExpectKind::UnknownSignal(path)
            }
            Rule::expect_gate => ExpectKind::Gate(self.text_inside(node)),
            _ if node.as_str() == expectation::SNAPSHOT => ExpectKind::Snapshot,
            _ => self.verdict(Some(self.ident(&node)), false),
        }
    }

    fn verdict(&self, verdict: Option<Ident>, at_least: bool) -> ExpectKind {
        let verdict = verdict.unwrap_or_else(|| Ident {
            text: String::new(),
            span: Span::default(),
        });
        if !expectation::is_verdict(&verdict.text) {
            let place = self.location(verdict.span);
            self.report(expectation::unknown(place, &verdict.text, at_least));
        }
        ExpectKind::Verdict { verdict, at_least }
    }

    fn expected_risk(&self, node: Node<'_>) -> ExpectKind {
        let location = self.location(self.span(&node));
        let mut bounds = node.into_inner().map(|bound| self.integer(&bound));
        let from = bounds.next().unwrap_or(0);
        let to = bounds.next().unwrap_or(from);
        if from > to {
            self.report(
                Diagnostic::error(
                    "empty-range",
                    location,
                    format!("no risk lies in `{from}..{to}`"),
                )
                .hint("put the smaller number first"),
            );
        }
        ExpectKind::Risk { from, to }
    }

    fn expected_rule(&self, node: Node<'_>) -> ExpectKind {
        let mut negated = false;
        let mut kind = RuleKind::Guard;
        let mut name = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::expect_no => negated = true,
                Rule::rule_kind => kind = rule_kind(part.as_str()),
                _ => name = Some(self.path(part)),
            }
        }
        let name = name.unwrap_or_else(|| self.missing_path());
        ExpectKind::Rule {
            kind,
            name,
            negated,
        }
    }

    /// Returns the path in the first node.
    pub(super) fn path_inside(&self, node: Node<'_>) -> Path {
        let path = node.into_inner().next();
        path.map_or_else(|| self.missing_path(), |path| self.path(path))
    }
}
