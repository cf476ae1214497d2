//! What a policy set means: every name resolved, every expression typed. An unresolved name cannot
//! be represented here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use taffrail_runtime::builtins::Builtin;
use taffrail_runtime::decision::Outcome;
use taffrail_runtime::program::ProgramData;
use taffrail_runtime::program::{ArithmeticOp, CompareOp, On, QuantifierKind, Root, View};
use taffrail_runtime::{Type, Value};
use taffrail_syntax::{Location, ast};

use crate::operands::push_operands;
use crate::paths::fact_path;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
    )*};
}

ids! {
    /// A let of [`Module::lets`].
    LetId,
    /// A parameter of [`Module::params`].
    ParamId,
    /// A signal of [`Module::signals`].
    SignalId,
    /// A rule of [`Module::rules`].
    RuleId,
    /// A local variable, unique in the whole set.
    LocalId
}

/// All files of a policy set, joined. (A set is one module graph; its parts keep their module paths
/// in their names.)
#[derive(Debug, Clone, Default)]
pub struct Module {
    /// Declared verbs, sorted.
    pub verbs: Vec<String>,
    /// Parameters with the value that holds for this compilation.
    pub params: Vec<Param>,
    /// Signals.
    pub signals: Vec<Signal>,
    /// Lets: facts and functions.
    pub lets: Vec<Let>,
    /// Rules of every kind, in source order.
    pub rules: Vec<Rule>,
    /// Tests, for the policy tester; as written, with their module.
    pub tests: Vec<Test>,
    /// A program of one guard for each test with conditions; `None` when there are none.
    pub conditions: Option<ProgramData>,
    /// `use` edges between modules, for the graph and for cycles.
    pub imports: Vec<Import>,
    /// The places of fields that an object of the API may lack.
    pub optional_reads: BTreeSet<Location>,
    /// Names that nothing uses are found with this: every declaration, used or not.
    pub names: Vec<Declared>,
}

/// A `use`.
#[derive(Debug, Clone)]
pub struct Import {
    /// The importing module.
    pub from: String,
    /// The imported module.
    pub to: String,
    /// The `use` line.
    pub location: Location,
}

/// A declaration, and whether anything refers to it.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Its full name.
    pub name: String,
    /// `let`, `param`, `signal`, `verb`, `use`, `kind`.
    pub keyword: &'static str,
    /// Its name's place.
    pub location: Location,
    /// Whether anything refers to it.
    pub used: bool,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its full name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The value set from outside, else its default.
    pub value: Expr,
    /// Its declaration.
    pub location: Location,
}

/// A signal.
#[derive(Debug, Clone)]
pub struct Signal {
    /// Its full name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its source; empty when none is written.
    pub source: String,
    /// The age after which it is unknown: an expression over literals and parameters.
    pub fresh: Option<Expr>,
    /// Its declaration.
    pub location: Location,
}

/// A let.
#[derive(Debug, Clone)]
pub struct Let {
    /// Its full name.
    pub name: String,
    /// Its parameters: empty for a fact.
    pub params: Vec<(LocalId, Type)>,
    /// Whether it is a function (maybe of no parameter).
    pub is_function: bool,
    /// Its definition.
    pub body: Expr,
    /// Its name's place.
    pub location: Location,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its full name. A waiver is named `MODULE.waive.RULE`, `MODULE.waive.RULE#2` and so on.
    pub name: String,
    /// Its module path.
    pub module: String,
    /// Its keyword.
    pub kind: ast::RuleKind,
    /// Its name's place.
    pub location: Location,
    /// What it is about.
    pub on: On,
    /// The place of the `on` clause.
    pub on_location: Option<Location>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
    /// What it does.
    pub body: RuleBody,
    /// Its reason.
    pub because: Vec<TemplatePart>,
    /// Better values it offers.
    pub suggestions: Vec<Suggestion>,
    /// Its annotations.
    pub annotations: BTreeMap<String, Vec<String>>,
    /// Its documentation.
    pub docs: Vec<String>,
}

/// A `when` or `unless`.
#[derive(Debug, Clone)]
pub struct Condition {
    /// What must hold; an `unless` is already negated.
    pub expr: Expr,
    /// The whole clause.
    pub location: Location,
}

/// What a rule does.
#[derive(Debug, Clone)]
pub enum RuleBody {
    /// `grant`.
    Grant,
    /// `guard`.
    Guard {
        /// `risk e`.
        risk: Option<Expr>,
        /// `propose`, `escalate`, `forbid`.
        outcome: Option<Outcome>,
    },
    /// `budget`.
    Budget {
        /// `limit e`.
        limit: Expr,
        /// `per D`, over literals and parameters.
        per: Expr,
        /// `by …`.
        by: Vec<Expr>,
        /// `spend e`; 1 when not written.
        spend: Expr,
        /// Its effect.
        outcome: Outcome,
        /// What `because` may use: `used`, `limit`, `spend`.
        locals: [LocalId; 3],
    },
    /// `breaker`.
    Breaker {
        /// `trip after n`, over literals and parameters.
        failures: Expr,
        /// `within D`.
        within: Expr,
        /// `hold D`.
        hold: Expr,
        /// `by …`.
        by: Vec<Expr>,
        /// Its effect.
        outcome: Outcome,
        /// What `because` may use: `state`, `until`.
        locals: [LocalId; 2],
    },
    /// `tolerance`.
    Tolerance {
        /// `propose at e`.
        propose_at: Option<Expr>,
        /// `escalate at e`.
        escalate_at: Option<Expr>,
    },
    /// `waive`.
    Waiver {
        /// The rule it forgives.
        rule: RuleId,
        /// The instant at which it ends (exclusive): midnight UTC after its day.
        until: Timestamp,
        /// Who granted it.
        by: String,
        /// `at most propose`.
        at_most_propose: bool,
    },
}

/// A piece of a template.
#[derive(Debug, Clone)]
pub enum TemplatePart {
    /// Literal text.
    Text(String),
    /// `{e}`.
    Expr(Expr),
}

/// `suggest`.
#[derive(Debug, Clone)]
pub enum Suggestion {
    /// `suggest proposed.a.b = e`.
    Assign {
        /// The keys below `proposed`.
        path: Vec<String>,
        /// The better value.
        value: Expr,
    },
    /// `suggest "…"`.
    Text(Vec<TemplatePart>),
}

/// A test as written, with what is needed to resolve its names.
#[derive(Debug, Clone)]
pub struct Test {
    /// The module it stands in.
    pub module: String,
    /// The test.
    pub ast: ast::Test,
    /// Its place.
    pub location: Location,
    /// The guard of [`Module::conditions`] that holds for the requests that it tries; `None` when it tries all.
    pub condition: Option<String>,
}

/// An expression with its type.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Type,
    /// Its place.
    pub location: Location,
}

impl Expr {
    /// Returns the direct operands, from left to right.
    #[must_use]
    pub fn operands(&self) -> Vec<&Self> {
        let mut operands = Vec::new();
        push_operands(self, &mut operands);
        operands
    }

    /// Returns the root and the keys of a chain such as `current.metadata.labels["app"]`, `None` for anything else.
    #[must_use]
    pub fn fact_path(&self) -> Option<(Root, Vec<&str>)> {
        fact_path(self)
    }
}

/// The kinds of expressions; as in [`taffrail_runtime::program::Expr`], but a tree, with names.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// A literal, its unit resolved.
    Constant(Value),
    /// A fact of the request.
    Root(Root),
    /// A signal.
    Signal(SignalId),
    /// A parameter.
    Param(ParamId),
    /// A let that is a fact.
    Let(LetId),
    /// A let that is a function, with its arguments in order.
    CallLet(LetId, Vec<Expr>),
    /// A variable in scope.
    Local(LocalId),
    /// `e.field`.
    Field(Box<Expr>, String),
    /// `e[i]`.
    Index(Box<Expr>, Box<Expr>),
    /// `e.pod`, `e.containers`, where `e` is an object and `kind` says of which kind.
    View(View, Box<Expr>, Box<Expr>),
    /// A field that Kubernetes writes as a quantity, read as its number.
    Quantity(Box<Expr>),
    /// `not e`.
    Not(Box<Expr>),
    /// `a and b and …`, two or more.
    And(Vec<Expr>),
    /// `a or b or …`, two or more.
    Or(Vec<Expr>),
    /// A comparison; `!=` is `Not` of `Equal`.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// `a in b`; `not in` is `Not` of it.
    In(Box<Expr>, Box<Expr>),
    /// `a like b`.
    Like(Box<Expr>, Box<Expr>),
    /// `a matches r"…"`: the pattern, already known to be valid.
    Matches(Box<Expr>, String),
    /// `e is absent`; `is present` is `Not` of it.
    IsAbsent(Box<Expr>),
    /// `a ?? b`.
    Coalesce(Box<Expr>, Box<Expr>),
    /// Arithmetic.
    Arithmetic(ArithmeticOp, Box<Expr>, Box<Expr>),
    /// `-e`.
    Negate(Box<Expr>),
    /// `if c then a else b`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{ k: a }`, sorted by key, keys distinct.
    Map(Vec<(String, Expr)>),
    /// A quantifier.
    Quantifier(Box<Quantifier>),
    /// A built-in function, arguments in the order of its signature. `window`, `daily` and `weekly` over
    /// constants are already a `Constant(Value::Window)`.
    Call(Builtin, Vec<Expr>),
    /// `known(e)`.
    Known(Box<Expr>),
    /// `changed(path)`.
    Changed(Vec<String>),
    /// `changes`.
    Changes,
    /// `objects(Kind, in: ns, where: labels)`.
    Objects {
        /// The group; `None` matches any.
        group: Option<String>,
        /// The kind.
        kind: String,
        /// `in:`.
        namespace: Option<Box<Expr>>,
        /// `where:`.
        labels: Option<Box<Expr>>,
    },
}

/// A quantifier.
#[derive(Debug, Clone)]
pub struct Quantifier {
    /// Which one.
    pub kind: QuantifierKind,
    /// With two variables, the first.
    pub key: Option<LocalId>,
    /// The element or value.
    pub element: LocalId,
    /// The list or map.
    pub over: Expr,
    /// After `where`.
    pub filter: Option<Expr>,
    /// After `:`.
    pub body: Option<Expr>,
}
