//! What the tree knows about tokens: where no blank may stand, and where a long line may be broken.

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{
    Argument, BinaryOp, ClauseKind, DomainValues, Expr, ExprKind, File, GivenEntry, GivenValue,
    GivenValueKind, ItemKind, On, Test, TypeExpr, UnaryOp,
};
use crate::span::Span;

/// A place at which a line may be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Break {
    /// How deep the construct is nested that the place belongs to: outer ones are broken first.
    pub(super) depth: usize,
    /// Whether what follows stands deeper than the line's beginning.
    pub(super) indented: bool,
    /// Whether the line is always broken here.
    pub(super) forced: bool,
}

/// What the tree knows, by the places at which tokens start.
#[derive(Debug, Default)]
pub(super) struct Hints {
    /// Stretches without blanks inside.
    pub(super) solid: Vec<Span>,
    /// Opening brackets that belong to what stands before them.
    pub(super) attached: BTreeSet<u32>,
    /// Signs that belong to what follows.
    pub(super) prefixes: BTreeSet<u32>,
    /// Where lines may be broken, before a token.
    pub(super) breaks: BTreeMap<u32, Break>,
    /// Expressions with brackets: lists, maps and calls, with their depth.
    pub(super) brackets: BTreeMap<u32, usize>,
    /// Maps and lists of a request, by the place of their bracket, with their depth.
    pub(super) given: BTreeMap<u32, usize>,
    /// First tokens of entries that need a comma when they share a line with the entry before.
    pub(super) commas: BTreeSet<u32>,
    /// Keywords whose first brace opens a map of a request.
    pub(super) blocks: BTreeSet<u32>,
    /// Operands with a keyword before them, which is where the line is broken.
    pub(super) after_keyword: BTreeSet<u32>,
}

impl Hints {
    /// Returns what the tree of a file knows.
    pub(super) fn of(file: &File) -> Self {
        let mut hints = Self::default();
        for item in &file.items {
            for annotation in &item.annotations {
                hints.solid.push(Span::new(
                    annotation.span.start as usize,
                    annotation.name.span.end as usize,
                ));
                if !annotation.values.is_empty() {
                    hints.attached.insert(annotation.name.span.end);
                }
            }
            hints.item(&item.kind);
        }
        hints
    }

    fn item(&mut self, item: &ItemKind) {
        match item {
            ItemKind::Use(_) | ItemKind::Verb(_) => {}
            ItemKind::Param(param) => {
                self.ty(&param.ty);
                self.exprs(param.default.iter());
            }
            ItemKind::Signal(signal) => {
                self.ty(&signal.ty);
                self.exprs(signal.fresh.iter());
            }
            ItemKind::Let(written) => {
                if let Some(params) = &written.params {
                    self.attached.insert(written.name.span.end);
                    params.iter().for_each(|param| self.ty(&param.ty));
                }
                // A last resort: the whole definition on the next line.
                self.may_break(written.body.span.start, usize::MAX);
                self.expr(&written.body, 1);
            }
            ItemKind::Kind(kind) => self.solid.push(kind.kind.span),
            ItemKind::Rule(rule) => {
                for clause in &rule.clauses {
                    match &clause.kind {
                        ClauseKind::On(on) => self.on(on),
                        // What stands inside a text is printed as it is.
                        ClauseKind::Because(_) | ClauseKind::SuggestText(_) => {}
                        kind => self.exprs(kind.exprs().into_iter()),
                    }
                }
            }
            ItemKind::Test(test) => self.test(test),
        }
    }

    /// A long `on` is broken before `of` and `in`, and its lists only where they are too long by themselves.
    fn on(&mut self, on: &On) {
        let mut begun = false;
        for kind in on.kinds.iter().flatten() {
            self.solid.push(kind.span);
        }
        let verbs = on.verbs.iter().flatten().map(|verb| verb.span.start);
        let kinds = on.kinds.iter().flatten().map(|kind| kind.span.start);
        let namespaces = on.namespaces.iter().flatten().map(|name| name.span.start);
        for part in [
            verbs.collect(),
            kinds.collect(),
            namespaces.collect::<Vec<u32>>(),
        ] {
            for (at, place) in part.iter().enumerate() {
                if at > 0 {
                    self.may_break(*place, 2);
                } else if begun {
                    self.may_break(*place, 1);
                    self.after_keyword.insert(*place);
                }
            }
            begun |= !part.is_empty();
        }
    }

    fn test(&mut self, test: &Test) {
        if let Some(any) = &test.any {
            self.blocks.insert(any.span.start);
            for (at, domain) in any.domains.iter().enumerate() {
                self.solid.push(domain.path_span);
                if at > 0 {
                    self.commas.insert(domain.span.start);
                }
                match &domain.values {
                    DomainValues::List(items) => {
                        items.iter().for_each(|item| self.given_value(item, 2));
                    }
                    DomainValues::Range { span, .. } => self.solid.push(*span),
                }
            }
        }
        self.exprs(test.conditions.iter().map(|condition| &condition.expr));
        self.top_entries(&test.given.entries, test.given.span.start);
        for case in &test.cases {
            self.top_entries(&case.entries, case.span.start);
        }
    }

    /// The braces of `given` and `case` are the first after their keyword.
    fn top_entries(&mut self, entries: &[GivenEntry], keyword: u32) {
        self.blocks.insert(keyword);
        self.entries(entries, 1);
    }

    fn entries(&mut self, entries: &[GivenEntry], depth: usize) {
        for (at, entry) in entries.iter().enumerate() {
            if at > 0 {
                self.commas.insert(entry.key.span.start);
            }
            self.given_value(&entry.value, depth);
        }
    }

    fn given_value(&mut self, value: &GivenValue, depth: usize) {
        match &value.kind {
            GivenValueKind::Literal(expr) => self.expr(expr, depth),
            GivenValueKind::Word(_) => {}
            GivenValueKind::Named { kind, .. } => self.solid.push(kind.span),
            GivenValueKind::List(items) => {
                self.given.insert(value.span.start, depth);
                for item in items {
                    self.given_value(item, depth + 1);
                }
            }
            GivenValueKind::Map(entries) => {
                self.given.insert(value.span.start, depth);
                self.entries(entries, depth + 1);
            }
            GivenValueKind::Observed { value, ago } => {
                self.given_value(value, depth);
                self.expr(ago, depth);
            }
        }
    }

    fn ty(&mut self, ty: &TypeExpr) {
        self.solid.push(ty.span);
    }

    fn exprs<'e>(&mut self, exprs: impl Iterator<Item = &'e Expr>) {
        for expr in exprs {
            self.expr(expr, 1);
        }
    }

    fn may_break(&mut self, at: u32, depth: usize) {
        self.breaks.insert(
            at,
            Break {
                depth,
                indented: true,
                forced: false,
            },
        );
    }

    fn expr(&mut self, expr: &Expr, depth: usize) {
        match &expr.kind {
            ExprKind::Bool(_)
            | ExprKind::Number { .. }
            | ExprKind::Duration(_)
            | ExprKind::Time(_)
            | ExprKind::String(_) => self.solid.push(expr.span),
            ExprKind::Name(_) | ExprKind::Error => {}
            ExprKind::Field(base, _) => self.expr(base, depth),
            ExprKind::Index(base, index) => {
                self.attached.insert(base.span.end);
                self.expr(base, depth);
                self.expr(index, depth + 1);
            }
            ExprKind::Call(callee, arguments) => self.call(callee, arguments, depth),
            ExprKind::List(items) => {
                self.brackets.insert(expr.span.start, depth);
                items.iter().for_each(|item| self.expr(item, depth + 1));
            }
            ExprKind::Map(entries) => {
                self.brackets.insert(expr.span.start, depth);
                entries
                    .iter()
                    .for_each(|(_, value)| self.expr(value, depth + 1));
            }
            ExprKind::Unary(op, operand) => {
                if *op == UnaryOp::Neg {
                    self.prefixes.insert(expr.span.start);
                }
                self.expr(operand, depth);
            }
            ExprKind::Binary(op, place, left, right) => {
                self.binary(*op, *place, left, right, depth);
            }
            ExprKind::Is(operand, _) => self.expr(operand, depth),
            ExprKind::If(condition, yes, no) if matches!(no.kind, ExprKind::If(..)) => {
                self.ladder([condition, yes, no], depth);
            }
            ExprKind::If(condition, yes, no) => {
                for (part, keyword) in [(condition, "if"), (yes, "then"), (no, "else")] {
                    if keyword != "if" {
                        self.keyword_before(part.span.start, depth);
                    }
                    self.expr(part, depth + 1);
                }
            }
            ExprKind::Quantifier(quantifier) => {
                self.expr(&quantifier.over, depth + 1);
                if let Some(filter) = &quantifier.filter {
                    self.keyword_before(filter.span.start, depth);
                    self.expr(filter, depth + 1);
                }
                if let Some(body) = &quantifier.body {
                    self.may_break(body.span.start, depth);
                    self.expr(body, depth + 1);
                }
            }
        }
    }

    /// A choice among many is broken before each `else`, so that its steps stand below each other.
    fn ladder(&mut self, [condition, yes, no]: [&Expr; 3], depth: usize) {
        self.expr(condition, depth + 2);
        self.keyword_before(yes.span.start, depth + 1);
        self.expr(yes, depth + 2);
        self.keyword_before(no.span.start, depth);
        match &no.kind {
            ExprKind::If(condition, yes, no) => self.ladder([condition, yes, no], depth),
            _ => self.expr(no, depth + 1),
        }
    }

    fn call(&mut self, callee: &Expr, arguments: &[Argument], depth: usize) {
        self.attached.insert(callee.span.end);
        self.brackets.insert(callee.span.end, depth);
        self.expr(callee, depth);
        let is_objects = matches!(&callee.kind, ExprKind::Name(name) if name == "objects");
        for (at, argument) in arguments.iter().enumerate() {
            if is_objects && at == 0 {
                // `cert-manager.io/Certificate` is read as a difference and a quotient.
                self.solid.push(argument.value.span);
            } else {
                self.expr(&argument.value, depth + 1);
            }
        }
    }

    /// Chains of one operator are broken at all its places together. They lean to the left, and are walked without recursion.
    fn binary(&mut self, op: BinaryOp, place: Span, left: &Expr, right: &Expr, depth: usize) {
        let breaks = matches!(op, BinaryOp::And | BinaryOp::Or);
        let (mut place, mut left, mut right) = (place, left, right);
        loop {
            if breaks {
                self.may_break(place.start, depth);
            }
            self.expr(right, depth + 1);
            match &left.kind {
                ExprKind::Binary(inner, at, below, beside) if *inner == op => {
                    (place, left, right) = (*at, below, beside);
                }
                _ => break,
            }
        }
        self.expr(left, depth + 1);
    }

    /// Notes a break before the keyword that stands before an operand, which is found among the tokens.
    fn keyword_before(&mut self, operand: u32, depth: usize) {
        self.may_break(operand, depth);
        self.after_keyword.insert(operand);
    }
}
