//! Reads what can be read of a broken declaration: its head, and each clause by itself.

use pest::Parser;
use taffrail_grammar::{GuardParser, Rule};

use crate::ast::{
    Annotation, Case, Clause, ClauseKind, Condition, Expr, ExprKind, Given, ItemKind, On, Path,
    Rule as PolicyRule, Template, Text,
};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::suggest;

use super::build::{Builder, Nodes};
use super::context::Context;
use super::declaration::{Declared, rule_kind};
use super::foreign;
use super::hint;
use super::item::ParsedItem;
use super::mistake::{self, Failure};
use super::scan::TokenKind;
use super::scenario::{TestClause, TestHead};
use super::split::Region;
use super::words;

/// Reports what is wrong with a declaration and returns the rest of it.
pub(super) fn recover(context: Context<'_>, region: &Region, failure: &Failure) -> ParsedItem {
    let mut recovery = Recovery {
        context,
        region,
        diagnostics: Vec::new(),
    };
    let parsed = recovery.declaration(failure);
    let span = context.span(region.first, region.end);
    let (annotations, declared) = parsed.unwrap_or_default();
    let silent =
        recovery.diagnostics.is_empty() && !region.unbalanced && !context.has_lexical_error(span);
    if silent {
        // Every part could be read but the whole could not, so what pest said of the whole must do.
        recovery.fail(region.first, region.end, failure);
    }
    ParsedItem {
        declared,
        annotations,
        span,
        diagnostics: recovery.diagnostics,
    }
}

type Recovered = Option<(Vec<Annotation>, Option<Declared>)>;

struct Recovery<'scan, 'region> {
    context: Context<'scan>,
    region: &'region Region,
    diagnostics: Vec<Diagnostic>,
}

impl Recovery<'_, '_> {
    fn declaration(&mut self, failure: &Failure) -> Recovered {
        let head = self.region.head;
        let keyword = self.context.tokens.str(head);
        let known = words::DECLARATIONS.contains(&keyword)
            || words::DECLARATIONS_BEFORE_A_NAME.contains(&keyword);
        if !known {
            self.unknown_declaration(head);
            return None;
        }
        let open = self.body_begin(head);
        match open {
            Some(open) if words::BRACED.contains(&keyword) => self.braced(keyword == "test", open),
            _ => {
                self.fail(self.region.first, self.region.end, failure);
                None
            }
        }
    }

    /// Returns the opening brace of the body: the first one, but for those of what a test draws.
    fn body_begin(&self, head: usize) -> Option<usize> {
        let tokens = self.context.tokens;
        let brace = |from: usize| (from..self.region.end).find(|at| tokens.str(*at) == "{");
        let first = brace(head)?;
        if !tokens.opens_domains(head, first) {
            return Some(first);
        }
        let mut depth = 0_usize;
        for at in first..self.region.end {
            match tokens.kind(at) {
                Some(TokenKind::Open) => depth += 1,
                Some(TokenKind::Close) => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return brace(at).or(Some(first));
            }
        }
        Some(first)
    }

    fn unknown_declaration(&mut self, head: usize) {
        if let Some(error) = foreign::recognize(self.context, head) {
            self.diagnostics.push(error);
            return;
        }
        let span = self.context.span(head, head + 1);
        if self.context.has_lexical_error(span) {
            return;
        }
        let place = self.context.location(span);
        let found = mistake::short(self.context.text(span));
        let error = Diagnostic::error(
            "unknown-declaration",
            place,
            format!("`{found}` does not begin a declaration"),
        );
        let known = words::DECLARATIONS
            .iter()
            .chain(words::DECLARATIONS_BEFORE_A_NAME);
        let error = if let Some(hint) = hint::for_declaration(&found) {
            error.hint(hint)
        } else if words::CLAUSES.contains(&found.as_str()) {
            error.hint(format!(
                "`{found}` is a clause; it stands between the braces of a rule"
            ))
        } else if let Some(near) = suggest::nearest(&found, known.copied()) {
            error
                .hint(format!("did you mean `{near}`"))
                .fix(place, near)
        } else {
            error.hint(DECLARATIONS_HINT)
        };
        self.diagnostics.push(error);
    }

    fn braced(&mut self, is_test: bool, open: usize) -> Recovered {
        let body_end = self.body_end(open);
        let head = self.head(is_test, open);
        let pieces = self.pieces(is_test, open + 1, body_end);
        if is_test {
            let clauses = pieces
                .into_iter()
                .filter_map(|(first, end)| self.test_clause(first, end))
                .collect();
            let (annotations, head) = head?;
            let Head::Test(head) = head else { return None };
            let test = self.built(Span::default(), |builder| builder.test(head, clauses));
            return Some((annotations, Some(Declared::Item(ItemKind::Test(test)))));
        }
        let clauses = pieces
            .into_iter()
            .filter_map(|(first, end)| self.clause(first, end))
            .collect();
        let (annotations, head) = head?;
        let Head::Rule(kind, name) = head else {
            return None;
        };
        let rule = PolicyRule {
            kind,
            name,
            clauses,
        };
        Some((annotations, Some(Declared::Item(ItemKind::Rule(rule)))))
    }

    /// Returns the closing brace of the body, or the end when there is none; reports what follows it.
    fn body_end(&mut self, open: usize) -> usize {
        let last = self.region.end.saturating_sub(1);
        let closed = last > open && self.context.tokens.str(last) == "}" && !self.region.unbalanced;
        if closed { last } else { self.region.end }
    }

    fn head(&mut self, is_test: bool, open: usize) -> Option<(Vec<Annotation>, Head)> {
        let rule = if is_test {
            Rule::test_head_alone
        } else {
            Rule::rule_head_alone
        };
        self.parse(rule, self.region.first, open, |builder, nodes| {
            let mut annotations = Vec::new();
            let mut kind = None;
            let mut head = None;
            for node in nodes {
                match node.as_rule() {
                    Rule::annotation => annotations.push(builder.annotation(node)),
                    Rule::rule_kind => kind = Some(rule_kind(node.as_str())),
                    Rule::module_path => {
                        head = kind.map(|kind| Head::Rule(kind, builder.path(node)))
                    }
                    Rule::EOI => {}
                    Rule::for_any => {
                        if let Some(Head::Test(test)) = &mut head {
                            test.any = Some(builder.for_any(node));
                        }
                    }
                    _ => {
                        head = Some(Head::Test(TestHead {
                            name: builder.text(&node),
                            any: None,
                        }))
                    }
                }
            }
            head.map(|head| (annotations, head))
        })?
    }

    /// Cuts the body into clauses, as token ranges.
    fn pieces(&self, is_test: bool, first: usize, end: usize) -> Vec<(usize, usize)> {
        let tokens = self.context.tokens;
        let mut starts = Vec::new();
        let mut depth = 0_usize;
        for at in first..end {
            match tokens.kind(at) {
                Some(TokenKind::Open) => depth += 1,
                Some(TokenKind::Close) => depth = depth.saturating_sub(1),
                Some(TokenKind::Word) => {
                    // A bracket that is never closed must not swallow the clauses below it.
                    let known = clause_words(is_test).contains(&tokens.str(at));
                    let escapes = self.region.unbalanced && known && tokens.indent(at).is_some();
                    let previous = starts.last().map_or("", |start| tokens.str(*start));
                    let reachable = depth == 0 || escapes;
                    if reachable && self.begins_a_clause(is_test, at, first, previous) {
                        depth = 0;
                        starts.push(at);
                        continue;
                    }
                }
                _ => {}
            }
            if starts.is_empty() && tokens.kind(at) != Some(TokenKind::Doc) {
                starts.push(at);
            }
        }
        let ends = starts.iter().skip(1).copied().chain(std::iter::once(end));
        starts.iter().copied().zip(ends).collect()
    }

    fn begins_a_clause(&self, is_test: bool, at: usize, first: usize, clause: &str) -> bool {
        let tokens = self.context.tokens;
        let word = tokens.str(at);
        let before = if at == first { "" } else { tokens.before(at) };
        let joined = before == "." && tokens.indent(at).is_none();
        if joined
            || matches!(before, "expect" | "least" | "most")
            || (before == "no" && clause == "expect")
        {
            return false;
        }
        if clause_words(is_test).contains(&word) {
            return match word {
                "by" => !matches!(clause, "limit" | "trip"),
                "at" => !matches!(before, "propose" | "escalate"),
                _ => true,
            };
        }
        // A misspelt keyword: first on its line, after something complete.
        let complete = !matches!(
            before,
            "," | ":" | "=" | "==" | "!=" | "<" | ">" | "<=" | ">=" | "??" | "+" | "-" | "*" | "/"
        ) && (!words::is_reserved(before) || words::ENDINGS.contains(&before));
        complete
            && tokens.indent(at).is_some()
            && (!words::is_reserved(word) || word == "if")
            && !words::CONNECTIVES.contains(&word)
    }

    fn clause(&mut self, first: usize, end: usize) -> Option<Clause> {
        let keyword = self.context.tokens.str(first);
        if !words::CLAUSES.contains(&keyword) {
            self.unknown_clause(first, words::CLAUSES);
            return None;
        }
        let parsed = self.parse(Rule::clause_alone, first, end, |builder, nodes| {
            nodes
                .into_iter()
                .next()
                .map(|clause| builder.clause(clause))
        });
        parsed.flatten().or_else(|| {
            let span = self.context.span(first, end);
            placeholder(keyword, span).map(|kind| Clause { kind, span })
        })
    }

    fn test_clause(&mut self, first: usize, end: usize) -> Option<TestClause> {
        if !words::TEST_CLAUSES.contains(&self.context.tokens.str(first)) {
            self.unknown_clause(first, words::TEST_CLAUSES);
            return None;
        }
        let keyword = self.context.tokens.str(first);
        let span = self.context.span(first, end);
        let parsed = self.parse(Rule::test_clause_alone, first, end, |builder, nodes| {
            nodes
                .into_iter()
                .next()
                .map(|clause| builder.test_clause(clause))
        });
        parsed.flatten().or_else(|| match keyword {
            "given" => Some(TestClause::Given(Given {
                from: None,
                entries: Vec::new(),
                span,
            })),
            "case" => Some(TestClause::Case(Case {
                label: None,
                entries: Vec::new(),
                expects: Vec::new(),
                span,
            })),
            "when" => Some(TestClause::When(Condition {
                expr: Expr {
                    kind: ExprKind::Error,
                    span,
                },
                span,
            })),
            _ => None,
        })
    }

    fn unknown_clause(&mut self, at: usize, known: &[&'static str]) {
        let span = self.context.span(at, at + 1);
        if self.context.has_lexical_error(span) {
            return;
        }
        let place = self.context.location(span);
        let found = mistake::short(self.context.text(span));
        if found == ";" {
            let failure = Failure {
                at: span.start as usize,
                expected: Vec::new(),
            };
            self.fail(at, at + 1, &failure);
            return;
        }
        let error = Diagnostic::error(
            "unknown-clause",
            place,
            format!("`{found}` does not begin a clause"),
        );
        if let Some(hint) = hint::for_clause(&found) {
            self.diagnostics.push(error.hint(hint));
            return;
        }
        let error = match suggest::nearest(&found, known.iter().copied()) {
            Some(near) => error
                .hint(format!("did you mean `{near}`"))
                .fix(place, near),
            None => {
                let all: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
                error.hint(format!("the clauses are {}", all.join(", ")))
            }
        };
        self.diagnostics.push(error);
    }

    /// Parses a piece with a rule of its own; reports what stops it.
    fn parse<T>(
        &mut self,
        rule: Rule,
        first: usize,
        end: usize,
        build: impl FnOnce(&Builder, Nodes<'_>) -> T,
    ) -> Option<T> {
        let span = self.context.span(first, end);
        let slice = self.context.plain(span);
        match GuardParser::parse(rule, slice) {
            Ok(nodes) => Some(self.built(span, |builder| build(builder, nodes))),
            Err(error) => {
                let failure = Failure::new(&error, span).of(rule);
                if !self.is_explained(first, end, span) {
                    self.fail(first, end, &failure);
                }
                None
            }
        }
    }

    fn built<T>(&mut self, span: Span, build: impl FnOnce(&Builder) -> T) -> T {
        let builder = Builder::new(self.context.source, span.start as usize);
        let value = build(&builder);
        self.diagnostics.extend(builder.into_diagnostics());
        value
    }

    /// Tells whether an error in these tokens follows from one that is reported already.
    fn is_explained(&self, first: usize, end: usize, span: Span) -> bool {
        let count = |kind| {
            (first..end)
                .filter(|at| self.context.tokens.kind(*at) == Some(kind))
                .count()
        };
        let lopsided = count(TokenKind::Open) != count(TokenKind::Close);
        self.context.has_lexical_error(span) || (self.region.unbalanced && lopsided)
    }

    fn fail(&mut self, first: usize, end: usize, failure: &Failure) {
        let span = self.context.span(first, end);
        if !self.is_explained(first, end, span) {
            self.diagnostics
                .push(mistake::explain(self.context, first, end, failure));
        }
    }
}

/// What may begin a declaration, for a word that is near none of them.
const DECLARATIONS_HINT: &str = "a declaration begins with `use`, `param`, `signal`, `let`, `verb`, `kind`, \
    `tolerance`, `grant`, `guard`, `budget`, `breaker`, `waive`, `test` or `prove`";

fn clause_words(is_test: bool) -> &'static [&'static str] {
    if is_test {
        words::TEST_CLAUSES
    } else {
        words::CLAUSES
    }
}

enum Head {
    Rule(crate::ast::RuleKind, Path),
    Test(TestHead),
}

/// Returns a clause with a hole, so that nobody complains that it is missing; `None` where no hole fits.
fn placeholder(keyword: &str, span: Span) -> Option<ClauseKind> {
    let hole = || Expr {
        kind: ExprKind::Error,
        span,
    };
    let template = Template {
        parts: Vec::new(),
        span,
    };
    let kind = match keyword {
        "on" => ClauseKind::On(On {
            verbs: None,
            kinds: None,
            namespaces: None,
        }),
        "when" => ClauseKind::When(hole()),
        "unless" => ClauseKind::Unless(hole()),
        "risk" => ClauseKind::Risk(hole()),
        "propose" => ClauseKind::Propose(Vec::new()),
        "escalate" => ClauseKind::Escalate(Vec::new()),
        "forbid" => ClauseKind::Forbid,
        "because" => ClauseKind::Because(template),
        "limit" => ClauseKind::Limit {
            limit: hole(),
            per: hole(),
            by: Vec::new(),
        },
        "spend" => ClauseKind::Spend(hole()),
        "trip" => ClauseKind::Trip {
            failures: hole(),
            within: hole(),
            by: Vec::new(),
        },
        "hold" => ClauseKind::Hold(hole()),
        "until" => ClauseKind::Until(hole()),
        "by" => ClauseKind::By(Text {
            text: String::new(),
            span,
        }),
        "at" => ClauseKind::AtMostPropose,
        _ => return None,
    };
    Some(kind)
}
