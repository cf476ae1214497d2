//! What runs: rules over an arena of expressions. No spans, no unresolved names.
//!
//! Everything here is plain data that serialises; [`crate::Program`] wraps it together with what is
//! derived when it is loaded (index, compiled patterns, digest).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::builtins::Builtin;
use crate::decision::Outcome;
use crate::layout::Layouts;
use crate::value::Value;

mod operands;

/// How deep expressions may nest; deeper ones could exhaust the stack.
pub const DEPTH_LIMIT: u32 = 256;

/// An expression of [`ProgramData::exprs`]. Operands have smaller ids than their users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExprId(pub u32);

/// A path of [`ProgramData::slots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SlotId(pub u32);

/// A local of an expression: a quantifier's variable, or what a `because` may read of its rule's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LocalId(pub u32);

/// A rule of [`ProgramData::rules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RuleId(pub u32);

/// Everything a compiled policy set consists of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProgramData {
    /// Digest over the sources, parameters and settings: `sha256:` and hex digits.
    pub digest: String,
    /// Settings of the set.
    pub settings: Settings,
    /// Verbs beyond the built-in ones, sorted.
    pub verbs: Vec<String>,
    /// Source file names that [`Origin::file`] points into.
    pub files: Vec<String>,
    /// The fact paths that expressions read.
    pub slots: Vec<SlotPath>,
    /// Declared signals, by id.
    pub signals: Vec<Signal>,
    /// The expression arena, operands first, equal expressions once.
    pub exprs: Vec<Expr>,
    /// Patterns of `matches`, by [`Expr::Matches`] index.
    pub patterns: Vec<String>,
    /// Expressions that are the whole body of a `let`: name, expression. For explanation.
    pub lets: Vec<(String, ExprId)>,
    /// All rules, sorted by name then kind. The sort makes the order of files irrelevant.
    pub rules: Vec<Rule>,
    /// What the schemas say of the shape of objects, as far as the rules ask.
    #[serde(default)]
    pub layouts: Layouts,
}

impl ProgramData {
    /// Returns a program without rules.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            digest: String::new(),
            settings: Settings::default(),
            verbs: Vec::new(),
            files: Vec::new(),
            slots: Vec::new(),
            signals: Vec::new(),
            exprs: Vec::new(),
            patterns: Vec::new(),
            lets: Vec::new(),
            rules: Vec::new(),
            layouts: Layouts::default(),
        }
    }
}

/// What `taffrail.toml` or the embedding program sets for the whole set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Risk from which the built-in tolerance proposes.
    pub propose_at: u8,
    /// Risk from which the built-in tolerance escalates; not below `propose_at`.
    pub escalate_at: u8,
    /// The verdict without a grant: `propose`, or `escalate` when raised.
    pub ungranted: UngrantedVerdict,
    /// Whether an action without an intent proposes.
    pub require_intent: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            propose_at: 30,
            escalate_at: 70,
            ungranted: UngrantedVerdict::Propose,
            require_intent: false,
        }
    }
}

/// The verdict of an action that no grant covers. There is no `execute` here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UngrantedVerdict {
    /// A person decides.
    Propose,
    /// Somebody with more authority decides.
    Escalate,
}

/// Where a rule was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// Index into [`ProgramData::files`].
    pub file: u32,
    /// 1-based line.
    pub line: u32,
}

/// A declared signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// The full name, `payments.self_healing.error_rate`. A request may use the last word alone
    /// when no other module declares it.
    pub name: String,
    /// The source it comes from.
    pub source: String,
    /// The declared type's name: `number`, `bool`, …
    pub ty: SignalType,
    /// The age after which a reading is unknown; `None` never ages.
    pub fresh: Option<SignedDuration>,
}

/// The types a signal may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalType {
    /// `bool`.
    Bool,
    /// `string`.
    String,
    /// `number`.
    Number,
    /// `duration`: readings are texts such as `90s`.
    Duration,
    /// `time`: readings are RFC 3339 texts.
    Time,
    /// A list or map or anything else; not checked.
    Any,
}

/// A fact that expressions read: a root and literal keys below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SlotPath {
    /// Where the path starts.
    pub root: Root,
    /// The keys below; empty for the whole root.
    pub keys: Vec<String>,
}

/// The names in scope that stand for facts of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Root {
    /// `verb`.
    Verb,
    /// `target`: `group version kind namespace name`.
    Target,
    /// `subresource`.
    Subresource,
    /// `principal`: `id kind groups tenant`.
    Principal,
    /// `intent`: `goal scope expires`.
    Intent,
    /// `current`.
    Current,
    /// `proposed`.
    Proposed,
    /// `rollback`: `class losses tested`.
    Rollback,
    /// `request`: `reason confidence`.
    Request,
    /// `cluster`: `name environment region version labels`.
    Cluster,
    /// `namespace`: `name labels annotations`.
    Namespace,
    /// `now`.
    Now,
    /// `impact`: `pods share nodes namespaces data`.
    Impact,
}

impl Root {
    /// All roots, in the order of the variants.
    pub const ALL: [Self; 13] = [
        Self::Verb,
        Self::Target,
        Self::Subresource,
        Self::Principal,
        Self::Intent,
        Self::Current,
        Self::Proposed,
        Self::Rollback,
        Self::Request,
        Self::Cluster,
        Self::Namespace,
        Self::Now,
        Self::Impact,
    ];

    /// Returns the word policies use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Verb => "verb",
            Self::Target => "target",
            Self::Subresource => "subresource",
            Self::Principal => "principal",
            Self::Intent => "intent",
            Self::Current => "current",
            Self::Proposed => "proposed",
            Self::Rollback => "rollback",
            Self::Request => "request",
            Self::Cluster => "cluster",
            Self::Namespace => "namespace",
            Self::Now => "now",
            Self::Impact => "impact",
        }
    }
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Expr {
    /// A literal, or an expression folded to one.
    Constant(Value),
    /// A fact. Facts that the language types as time or duration (`now`, `intent.expires`) arrive typed.
    Slot(SlotId),
    /// A variable in scope.
    Local(LocalId),
    /// The reading of a signal, checked for freshness.
    Signal(u32),
    /// `e.field` where `e` is not a slot.
    Field(ExprId, Box<str>),
    /// `e[i]`: key of a map, or 0-based position in a list (outside the list is absent).
    Index(ExprId, ExprId),
    /// A workload view of an object. `kind` is the kind of the object: `target.kind` for `current` and
    /// `proposed`, the `kind` field for objects of the snapshot.
    View {
        /// Which view.
        view: View,
        /// The object.
        object: ExprId,
        /// Its kind.
        kind: ExprId,
    },
    /// Reads a Kubernetes quantity text as its number; numbers and absent pass through.
    Quantity(ExprId),
    /// `not e`.
    Not(ExprId),
    /// All hold.
    And(Vec<ExprId>),
    /// At least one holds.
    Or(Vec<ExprId>),
    /// `a == b` and its kin.
    Compare(CompareOp, ExprId, ExprId),
    /// `a in b`.
    In(ExprId, ExprId),
    /// `a like pattern`.
    Like(ExprId, ExprId),
    /// `a matches r"…"`: index into [`ProgramData::patterns`].
    Matches(ExprId, u32),
    /// `e is absent`; `is present` is its negation.
    IsAbsent(ExprId),
    /// `a ?? b`.
    Coalesce(ExprId, ExprId),
    /// `a + b` and its kin.
    Arithmetic(ArithmeticOp, ExprId, ExprId),
    /// `-e`.
    Negate(ExprId),
    /// `if c then a else b`.
    If(ExprId, ExprId, ExprId),
    /// `[a, b]`.
    List(Vec<ExprId>),
    /// `{ k: a }`, keys sorted and distinct.
    Map(Vec<(Box<str>, ExprId)>),
    /// `every c in xs where A: B` and its kin.
    Quantifier(Box<Quantifier>),
    /// A built-in function.
    Call(Builtin, Vec<ExprId>),
    /// `known(e)`.
    Known(ExprId),
    /// `changed(path)`: the keys below the object.
    Changed(Vec<String>),
    /// `changes`: the sorted list of changed paths, dotted.
    Changes,
    /// `objects(Kind, in: ns, where: labels)`.
    Objects {
        /// The API group; `None` matches any.
        group: Option<String>,
        /// The kind.
        kind: String,
        /// The namespace; `None` for all.
        namespace: Option<ExprId>,
        /// Labels, or a label selector, that the objects must match.
        labels: Option<ExprId>,
    },
}

/// The workload views.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The pod spec's fields together with the template's `metadata` (and `spec` for the pod spec itself).
    Pod,
    /// Init, main and ephemeral containers in one list.
    Containers,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareOp {
    /// `==`; `!=` is its negation.
    Equal,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
}

/// Arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArithmeticOp {
    /// `+`, also joins strings and lists.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
}

/// A quantifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantifier {
    /// Which one.
    pub kind: QuantifierKind,
    /// With two variables, the first: key of a map, position in a list.
    pub key: Option<LocalId>,
    /// The element, or the value of a map.
    pub element: LocalId,
    /// The list or map; absent is empty.
    pub over: ExprId,
    /// The condition after `where`.
    pub filter: Option<ExprId>,
    /// The expression after `:`. `count` and `no` may lack it (then: true).
    pub body: Option<ExprId>,
}

/// The quantifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuantifierKind {
    /// A implies B for each.
    Every,
    /// A and B for one.
    Some,
    /// A and B for none.
    No,
    /// How many have A and B.
    Count,
    /// The sum of B over those with A.
    Sum,
    /// The least B over those with A; absent for none.
    Min,
    /// The greatest B over those with A; absent for none.
    Max,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Module path and name: `payments.self_healing.frozen`. A waiver is named
    /// `MODULE.waive.RULE` and numbered (`#2`) when its rule has several.
    pub name: String,
    /// Where it was written.
    pub origin: Origin,
    /// What it is about.
    pub on: On,
    /// The conditions, joined by *and*.
    pub conditions: Vec<Condition>,
    /// What it does.
    pub body: RuleBody,
    /// Its reason; empty when it has none.
    pub because: Vec<TemplatePart>,
    /// Better values it offers.
    pub suggestions: Vec<Suggestion>,
    /// `@owner("…")` and others.
    pub annotations: BTreeMap<String, Vec<String>>,
}

/// One `when` or `unless` of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What must hold (an `unless` is already negated).
    pub expr: ExprId,
    /// The clause as written, for explanations.
    pub text: String,
    /// Its line.
    pub line: u32,
}

/// What a rule is about; `None` means any.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct On {
    /// The verbs.
    pub verbs: Option<Vec<String>>,
    /// The kinds.
    pub kinds: Option<Vec<KindPattern>>,
    /// The namespaces, globs with `*` and `?`.
    pub namespaces: Option<Vec<String>>,
}

/// A kind, and the groups it may be of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct KindPattern {
    /// `None` matches every group; the core group is the empty string.
    pub groups: Option<Vec<String>>,
    /// The version that the rule is written for; `None` for whichever it is. With an object of another version nobody can
    /// say what the rule means, since its fields may lie elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The kind.
    pub kind: String,
}

/// What a rule does, by its keyword.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RuleBody {
    /// Lets a principal act alone.
    Grant,
    /// Raises risk, the verdict, or both.
    Guard {
        /// Its points.
        risk: Option<Points>,
        /// Its verdict.
        outcome: Option<Outcome>,
    },
    /// A rate limit.
    Budget {
        /// The greatest sum of spends in the window.
        limit: ExprId,
        /// The rolling window.
        per: SignedDuration,
        /// What it is counted by.
        by: Vec<ExprId>,
        /// What this action spends.
        spend: ExprId,
        /// What happens beyond the limit.
        outcome: Outcome,
        /// Locals of `because`: `used`, `limit`, `spend`.
        locals: [LocalId; 3],
    },
    /// Opens after repeated failures.
    Breaker {
        /// How many failures open it.
        failures: u32,
        /// In which rolling window.
        within: SignedDuration,
        /// How long it stays open before it is half open.
        hold: SignedDuration,
        /// What failures are counted by.
        by: Vec<ExprId>,
        /// What happens while it is open.
        outcome: Outcome,
        /// Locals of `because`: `state`, `until`.
        locals: [LocalId; 2],
    },
    /// Thresholds of risk.
    Tolerance {
        /// From which risk on it proposes.
        propose_at: Option<ExprId>,
        /// From which risk on it escalates.
        escalate_at: Option<ExprId>,
    },
    /// A dated exception.
    Waiver {
        /// The rule it forgives.
        rule: RuleId,
        /// The instant at which it ends (exclusive).
        until: Timestamp,
        /// Who granted it.
        by: String,
        /// Whether the rule still proposes.
        at_most_propose: bool,
    },
}

/// Risk points of a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// The points.
    pub expr: ExprId,
    /// The greatest value the expression can take, rounded up and clamped to 0–100: what unknown points count.
    pub greatest: u8,
}

/// A piece of a `because`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TemplatePart {
    /// Literal text.
    Text(String),
    /// The value of an expression.
    Expr(ExprId),
}

/// A better value that a rule offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suggestion {
    /// `suggest proposed.spec.replicas = e`.
    Assign {
        /// The keys below `proposed`.
        path: Vec<String>,
        /// The better value.
        value: ExprId,
    },
    /// `suggest "…"`.
    Text(Vec<TemplatePart>),
}
