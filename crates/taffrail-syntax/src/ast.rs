//! The syntax tree: a file as written, with spans everywhere and no meaning yet.

mod walk;

use crate::span::Span;

/// A word with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    /// The word.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// A string literal, escapes resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The characters meant.
    pub text: String,
    /// The literal with its quotes.
    pub span: Span,
}

/// A dotted name such as `payments.self_healing`; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The words between the dots.
    pub segments: Vec<Ident>,
    /// From the first word to the last.
    pub span: Span,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct File {
    /// The `//!` lines, without the marker.
    pub docs: Vec<String>,
    /// The `policy` line; `None` when it is missing (already reported).
    pub policy: Option<Path>,
    /// The declarations that parsed, in order.
    pub items: Vec<Item>,
    /// Every comment that is not documentation, for the formatter.
    pub comments: Vec<Comment>,
}

/// A `//` comment, with the slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The text from `//` to the end of the line.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// One top-level declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The `///` lines, without the marker and one leading space.
    pub docs: Vec<String>,
    /// `@name("value")` lines.
    pub annotations: Vec<Annotation>,
    /// What is declared.
    pub kind: ItemKind,
    /// From the first annotation or keyword to the end.
    pub span: Span,
}

/// `@name` or `@name("value", …)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The name after `@`.
    pub name: Ident,
    /// The arguments.
    pub values: Vec<Text>,
    /// The whole annotation.
    pub span: Span,
}

/// The kinds of declarations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// `use a.b`.
    Use(Path),
    /// `param n: T = e`; the default may be missing.
    Param(Param),
    /// `signal n: T from "s" fresh D`.
    Signal(Signal),
    /// `let n = e` and `let n(x: T) = e`.
    Let(Let),
    /// `verb n`.
    Verb(Ident),
    /// `kind group/Kind from "file"`.
    Kind(KindDecl),
    /// `tolerance`, `grant`, `guard`, `budget`, `breaker`, `waive`, `prove`.
    Rule(Rule),
    /// `test "…" { … }`.
    Test(Test),
}

/// `param n: T = e`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
    /// The default; without one the embedding program must set it.
    pub default: Option<Expr>,
}

/// `signal n: T from "s" fresh D`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
    /// The source after `from`.
    pub source: Option<Text>,
    /// The age after which it is unknown (an expression over literals and parameters).
    pub fresh: Option<Expr>,
}

/// `let n = e` or `let n(x: T) = e`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Let {
    /// Its name.
    pub name: Ident,
    /// `None` for a fact, the (maybe empty) list for a function.
    pub params: Option<Vec<LetParam>>,
    /// The defining expression.
    pub body: Expr,
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetParam {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
}

/// `kind group/Kind from "crd.yaml"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindDecl {
    /// The kind with its group.
    pub kind: KindRef,
    /// The CRD file.
    pub from: Option<Text>,
}

/// A type as written: `number`, `list<string>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeExpr {
    /// The type's name.
    pub name: Ident,
    /// The argument between `<` and `>`.
    pub argument: Option<Box<TypeExpr>>,
    /// The whole type.
    pub span: Span,
}

/// Which rule keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleKind {
    /// `tolerance`.
    Tolerance,
    /// `grant`.
    Grant,
    /// `guard`.
    Guard,
    /// `budget`.
    Budget,
    /// `breaker`.
    Breaker,
    /// `waive`.
    Waive,
    /// `prove`.
    Prove,
}

impl RuleKind {
    /// Returns the keyword.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Tolerance => "tolerance",
            Self::Grant => "grant",
            Self::Guard => "guard",
            Self::Budget => "budget",
            Self::Breaker => "breaker",
            Self::Waive => "waive",
            Self::Prove => "prove",
        }
    }
}

/// A rule of any kind. All share one shape; which clauses a kind takes is checked when names are resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The keyword.
    pub kind: RuleKind,
    /// The rule's name; for `waive` the (maybe dotted) name of the rule it excepts.
    pub name: Path,
    /// The clauses in the order written.
    pub clauses: Vec<Clause>,
}

/// One clause of a rule, with the span of the whole clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What it says.
    pub kind: ClauseKind,
    /// From its keyword to its end.
    pub span: Span,
}

/// What a clause says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClauseKind {
    /// `on verbs of kinds in namespaces`.
    On(On),
    /// `when e`.
    When(Expr),
    /// `unless e`.
    Unless(Expr),
    /// `risk e`.
    Risk(Expr),
    /// `propose`, `propose to "team"`.
    Propose(Vec<Team>),
    /// `escalate`, `escalate to 2 of "a", "b"`.
    Escalate(Vec<Team>),
    /// `forbid`.
    Forbid,
    /// `propose at e` of a tolerance.
    ProposeAt(Expr),
    /// `escalate at e` of a tolerance.
    EscalateAt(Expr),
    /// `because "…"`.
    Because(Template),
    /// `suggest path = e`.
    Suggest {
        /// The path under `proposed` to change.
        path: Expr,
        /// The better value.
        value: Expr,
    },
    /// `suggest "…"`.
    SuggestText(Template),
    /// `limit e per D by k, …`.
    Limit {
        /// The greatest sum of spends.
        limit: Expr,
        /// The rolling window.
        per: Expr,
        /// What it is counted by; empty counts everything together.
        by: Vec<Expr>,
    },
    /// `spend e`.
    Spend(Expr),
    /// `trip after n failures within D by k, …`.
    Trip {
        /// How many failures open it.
        failures: Expr,
        /// In which rolling window.
        within: Expr,
        /// What they are counted by; empty counts everything together.
        by: Vec<Expr>,
    },
    /// `hold D`.
    Hold(Expr),
    /// `until 2027-03-31` of a waiver (a date or an instant, as written).
    Until(Expr),
    /// `by "person"` of a waiver.
    By(Text),
    /// `at most propose` of a waiver.
    AtMostPropose,
    /// `expect …` of a proof.
    Expect(Expect),
}

/// What a rule is about; `None` means any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct On {
    /// The verbs.
    pub verbs: Option<Vec<Ident>>,
    /// The kinds.
    pub kinds: Option<Vec<KindRef>>,
    /// The namespaces, globs allowed.
    pub namespaces: Option<Vec<Text>>,
}

/// `Deployment`, `apps/Deployment`, `argoproj.io/Rollout`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindRef {
    /// The API group before the slash; `core` (or an empty group) is written `core/Pod`.
    pub group: Option<String>,
    /// The version between group and kind: `autoscaling/v2/HorizontalPodAutoscaler`.
    pub version: Option<String>,
    /// The kind.
    pub kind: Ident,
    /// Group, version and kind.
    pub span: Span,
}

/// `"team"` or `2 of "team"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// How many people of it (1 when not written).
    pub count: u32,
    /// Its name.
    pub name: Text,
}

/// A string with `{expressions}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Text and expressions in order; `{{` and `}}` are already single braces.
    pub parts: Vec<TemplatePart>,
    /// The literal with its quotes.
    pub span: Span,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePart {
    /// Literal text.
    Text(String),
    /// `{e}`.
    Expr(Expr),
}

/// An expression with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its place; for a binary operation from the left operand to the right.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    /// `true`, `false`.
    Bool(bool),
    /// `12`, `0.5`, `20%`, `500m`, `2Gi`: digits and suffix apart. Suffixes: empty, `%`, `n u m k M G T P E Ki Mi Gi Ti Pi Ei`.
    /// A single number with `m` is either a duration or a quantity; the type checker decides.
    Number {
        /// Digits with an optional decimal point, as written.
        digits: String,
        /// The suffix as written.
        suffix: String,
    },
    /// `90s`, `1h30m`, `7d` as written (units `ms s m h d w`); never a lone `m`, which is a `Number`.
    Duration(String),
    /// `2026-12-20` or `2026-12-20T08:00Z` as written.
    Time(String),
    /// `"…"` or `r"…"`.
    String(String),
    /// A name.
    Name(String),
    /// `e.field`.
    Field(Box<Expr>, Ident),
    /// `e["key"]`, `e[0]`.
    Index(Box<Expr>, Box<Expr>),
    /// `f(…)`; a method call has a `Field` as callee.
    Call(Box<Expr>, Vec<Argument>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{ key: e }`.
    Map(Vec<(Text, Expr)>),
    /// `not e`, `-e`.
    Unary(UnaryOp, Box<Expr>),
    /// `a op b`, with the operator's place.
    Binary(BinaryOp, Span, Box<Expr>, Box<Expr>),
    /// `e is absent` (true) or `e is present` (false).
    Is(Box<Expr>, Presence),
    /// `if c then a else b`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `every c in xs where A: B` and its kin.
    Quantifier(Box<Quantifier>),
    /// What could not be parsed (already reported).
    Error,
}

/// The word after `is`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// `is absent`.
    Absent,
    /// `is present`.
    Present,
}

/// An argument of a call, maybe named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// `where` in `objects(Pod, where: l)`.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
}

/// Prefix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `not`.
    Not,
    /// `-`.
    Neg,
}

/// Infix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `or`.
    Or,
    /// `and`.
    And,
    /// `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
    /// `in`.
    In,
    /// `not in`.
    NotIn,
    /// `like`.
    Like,
    /// `matches`.
    Matches,
    /// `??`.
    Coalesce,
    /// `+`.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
    /// `%`.
    Rem,
}

/// `every c in xs where A: B`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantifier {
    /// Which one.
    pub kind: QuantifierKind,
    /// One variable for the elements, or two for key (or index) and value.
    pub variables: Vec<Ident>,
    /// The list or map.
    pub over: Expr,
    /// The condition after `where`.
    pub filter: Option<Expr>,
    /// The expression after `:`; mandatory for all but `count` and `no`, which may have only a `where`.
    pub body: Option<Expr>,
}

/// The quantifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuantifierKind {
    /// `every`.
    Every,
    /// `some`.
    Some,
    /// `no`.
    No,
    /// `count`.
    Count,
    /// `sum`.
    Sum,
    /// `min`.
    Min,
    /// `max`.
    Max,
}

/// `test "…" { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Its title.
    pub name: Text,
    /// `for any { … }`: what is drawn.
    pub any: Option<ForAny>,
    /// The request.
    pub given: Given,
    /// Expectations that hold for the given, or for every case.
    pub expects: Vec<Expect>,
    /// `case "label" { … }` with the expectations that follow it; empty for a plain test.
    pub cases: Vec<Case>,
    /// `when …`: what drawn requests must satisfy to be tried.
    pub conditions: Vec<Condition>,
}

/// `when …` of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What must hold.
    pub expr: Expr,
    /// The whole clause.
    pub span: Span,
}

/// `for any { path in 1..100 }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForAny {
    /// What is drawn from what.
    pub domains: Vec<Domain>,
    /// The whole clause.
    pub span: Span,
}

/// `current.spec.replicas in 1..100`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// The keys on the way into the request, at least one.
    pub path: Vec<Text>,
    /// The path as a whole.
    pub path_span: Span,
    /// What may stand there.
    pub values: DomainValues,
    /// The whole entry.
    pub span: Span,
}

/// What is drawn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomainValues {
    /// `1..100`: the whole numbers between, both ends included.
    Range {
        /// The least.
        from: i64,
        /// The greatest, not below `from`.
        to: i64,
        /// The range.
        span: Span,
    },
    /// `[scale, patch]`.
    List(Vec<GivenValue>),
}

/// `given { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// What it starts from.
    pub from: Option<GivenFrom>,
    /// The entries that stand on top of it.
    pub entries: Vec<GivenEntry>,
    /// The whole clause.
    pub span: Span,
}

/// `from "file.yaml"` or `from test "title"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenFrom {
    /// A request document, relative to the test's file.
    File(Text),
    /// Another test of the same module.
    Test(Text),
}

/// `case "label" { … } expect …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its label; empty when not written.
    pub label: Option<Text>,
    /// Entries merged over the given (maps deeply, all else replaced).
    pub entries: Vec<GivenEntry>,
    /// Its own expectations.
    pub expects: Vec<Expect>,
    /// The whole case.
    pub span: Span,
}

/// `key: value` in a given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenEntry {
    /// The key, quoted or not.
    pub key: Text,
    /// The value.
    pub value: GivenValue,
}

/// A value in a given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenValue {
    /// What it is.
    pub kind: GivenValueKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of values in a given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenValueKind {
    /// A literal: bool, number (negative ones as `Unary`), duration, time or string.
    Literal(Expr),
    /// A bare word: `scale`, `unknown`, `absent`, `null`, `open`.
    Word(String),
    /// `Deployment "payments/api"`, `agent "healer"`.
    Named {
        /// The word before; a kind may have its group.
        kind: KindRef,
        /// The string.
        name: Text,
    },
    /// `[a, b]`.
    List(Vec<GivenValue>),
    /// `{ k: v }`.
    Map(Vec<GivenEntry>),
    /// `0.2% observed 10m ago`.
    Observed {
        /// The reading.
        value: Box<GivenValue>,
        /// How long before `now`.
        ago: Expr,
    },
}

/// `expect …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// What is expected.
    pub kind: ExpectKind,
    /// The whole clause.
    pub span: Span,
}

/// The kinds of expectations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectKind {
    /// `expect propose` (exactly), `expect at least propose`.
    Verdict {
        /// `execute`, `propose` or `escalate`.
        verdict: Ident,
        /// With `at least`.
        at_least: bool,
    },
    /// `expect risk 40`, `expect risk 30..50` (both ends included).
    Risk {
        /// The least.
        from: u32,
        /// The greatest.
        to: u32,
    },
    /// `expect guard n`, `expect no guard n`.
    Rule {
        /// `guard`, `grant`, `budget`, `breaker` (also `tolerance`).
        kind: RuleKind,
        /// The rule.
        name: Path,
        /// With `no`.
        negated: bool,
    },
    /// `expect unknown signal n`.
    UnknownSignal(Path),
    /// `expect gate "team"`.
    Gate(Text),
    /// `expect snapshot`.
    Snapshot,
}
