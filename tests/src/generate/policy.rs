//! Policy sets: three modules, one of them in two files, with every kind of rule.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::condition::condition;
use super::number::{number, points};

/// The module that other modules use.
const SHARED: &str = r#"policy shared

param steps: number = 3

let is_production = namespace.labels.env == "prod" or cluster.environment == "production"
let above(n: number, most: number) = n > most
let distance(a: number, b: number) = abs(a - b)
"#;

/// What the first file of the main module declares.
const MAIN: &str = r#"policy payments.healing

use shared

verb drain_pool
kind argoproj.io/Rollout

param step_limit: number = 2
param weight: number = step_limit * 10 + 0.5

signal error_rate: number from "prometheus" fresh 2m
signal healthy: bool from "probe" fresh 10m

let freeze = window(2026-12-20, 2027-01-04, "Europe/Berlin")
let nights = daily("22:00", "06:00", "Europe/Berlin")
let weekend = weekly("Fri 16:00", "Mon 08:00", "America/New_York")
let frozen_now = now in freeze
let halved = dynamic(proposed).spec.replicas < dynamic(current).spec.replicas / 2
let dropped = (dynamic(current).spec.replicas ?? 0) - (dynamic(proposed).spec.replicas ?? 0)
let above_limit(n: number) = shared.above(n, step_limit)
"#;

/// What its second file declares.
const MORE: &str = r#"policy payments.healing

use shared

signal latency: duration from "prometheus"
signal tripped: bool from "alarm" fresh 1h
"#;

/// A module that repeats a signal's name.
const BASE: &str = r#"policy baseline

use shared

signal error_rate: number from "logs" fresh 5m
signal healthy: bool from "probe" fresh 10m
signal latency: duration from "prometheus"
signal tripped: bool from "alarm" fresh 1h

param step_limit: number = 4
param weight: number = 12

let freeze = window(2026-11-22T09:00Z, 2026-11-22T11:00Z, "UTC")
let nights = daily("09:00", "12:00", "UTC")
let weekend = weekly("Sat 00:00", "Mon 00:00", "Asia/Tokyo")
let frozen_now = now in freeze
let halved = dynamic(proposed).spec.replicas * 2 < dynamic(current).spec.replicas
let dropped = dynamic(current).spec.replicas - dynamic(proposed).spec.replicas
let above_limit(n: number) = n > step_limit
"#;

/// The modules that hold rules.
pub(crate) const MODULES: [&str; 2] = ["payments.healing", "baseline"];

/// A rule as text, with what is needed to leave it out or to waive it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RuleText {
    pub(crate) keyword: &'static str,
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A policy set as text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PolicySet {
    pub(crate) files: Vec<PolicyFile>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PolicyFile {
    pub(crate) name: &'static str,
    pub(crate) head: &'static str,
    pub(crate) rules: Vec<RuleText>,
}

impl PolicyFile {
    pub(crate) fn text(&self) -> String {
        let rules: Vec<&str> = self.rules.iter().map(|rule| rule.text.as_str()).collect();
        format!("{}\n{}", self.head, rules.join("\n"))
    }
}

impl fmt::Debug for PolicySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.files {
            write!(f, "\n── {} ──\n{}", file.name, file.text())?;
        }
        Ok(())
    }
}

/// Parts of rules that are the same for all kinds.
#[derive(Debug, Clone)]
struct Body {
    on: String,
    clauses: Vec<String>,
}

/// A rule without a name.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    keyword: &'static str,
    body: Body,
    effect: String,
    /// Which of the rules before it a waiver forgives.
    target: prop::sample::Index,
}

/// Returns policy sets that compile.
pub(crate) fn policy_set() -> impl Strategy<Value = PolicySet> {
    let main = (restraint(), vec(draft(), 0..8)).prop_map(|(first, mut rest)| {
        rest.insert(0, first);
        rest
    });
    (main, vec(draft(), 0..4), vec(draft(), 0..6)).prop_map(|(main, more, base)| {
        let (mut main_rules, mut more_rules, mut base_rules) = (Vec::new(), Vec::new(), Vec::new());
        name_all(main, 0, &mut main_rules);
        name_all(more, 100, &mut more_rules);
        name_all(base, 0, &mut base_rules);
        PolicySet {
            files: vec![
                PolicyFile {
                    name: "shared.guard",
                    head: SHARED,
                    rules: Vec::new(),
                },
                PolicyFile {
                    name: "healing.guard",
                    head: MAIN,
                    rules: main_rules,
                },
                PolicyFile {
                    name: "more.guard",
                    head: MORE,
                    rules: more_rules,
                },
                PolicyFile {
                    name: "baseline.guard",
                    head: BASE,
                    rules: base_rules,
                },
            ],
        }
    })
}

/// Returns a set of two modules that declares what rules of the main one speak of.
pub(crate) fn small_set(rules: Vec<RuleText>) -> PolicySet {
    PolicySet {
        files: vec![
            PolicyFile {
                name: "shared.guard",
                head: SHARED,
                rules: Vec::new(),
            },
            PolicyFile {
                name: "healing.guard",
                head: MAIN,
                rules,
            },
        ],
    }
}

fn name_all(drafts: Vec<Draft>, first: usize, rules: &mut Vec<RuleText>) {
    for draft in drafts {
        let number = first
            + rules
                .iter()
                .filter(|rule| rule.keyword == draft.keyword)
                .count();
        rules.extend(draft.named(&format!("{}_{number}", draft.keyword), rules));
    }
}

impl Draft {
    /// Returns the rule; `None` for a waiver with nothing to waive.
    pub(crate) fn named(&self, name: &str, others: &[RuleText]) -> Option<RuleText> {
        let waivable: Vec<&RuleText> = others
            .iter()
            .filter(|rule| ["guard", "budget", "breaker"].contains(&rule.keyword))
            .collect();
        let name = match (self.keyword, waivable.as_slice()) {
            ("waive", []) => return None,
            ("waive", some) => self.target.get(some).name.clone(),
            _ => name.to_owned(),
        };
        let mut text = format!("{} {name} {{\n", self.keyword);
        for line in [&self.body.on]
            .into_iter()
            .chain(&self.body.clauses)
            .chain([&self.effect])
        {
            if !line.is_empty() {
                text.push_str("    ");
                text.push_str(line);
                text.push('\n');
            }
        }
        text.push_str("}\n");
        Some(RuleText {
            keyword: self.keyword,
            name,
            text,
        })
    }
}

/// Returns rules of all kinds.
fn draft() -> BoxedStrategy<Draft> {
    prop_oneof![6 => restraint(), 5 => relief()].boxed()
}

/// Returns rules that can only make a decision more careful.
pub(crate) fn restraint() -> BoxedStrategy<Draft> {
    let guard_effect = prop_oneof![
        5 => points().prop_map(|points| format!("risk {points}")),
        2 => outcome(),
        1 => (points(), outcome()).prop_map(|(points, outcome)| format!("risk {points}\n    {outcome}")),
    ];
    let guard = rule("guard", body(false, 1..3), guard_effect);
    let thresholds = prop_oneof![
        (20..80_u32).prop_map(|at| format!("propose at {at}")),
        (20..100_u32).prop_map(|at| format!("escalate at {at}")),
        (10..40_u32, 0..50_u32)
            .prop_map(|(a, b)| format!("propose at {a}\n    escalate at {}", a + b)),
        number(1).prop_map(|at| format!(
            "escalate at 40 + 10 * {at} + 0 * (dynamic(proposed).spec.replicas ?? 0)"
        )),
    ];
    let tolerance = rule("tolerance", body(false, 1..2), thresholds);
    let key = || {
        select(vec![
            "",
            " by namespace.name",
            " by namespace.name, target.name",
            " by target.kind",
        ])
    };
    let limit = prop_oneof![4 => (1..6_u32).prop_map(|limit| limit.to_string()), 1 => number(1).prop_map(|limit| format!("{limit} + 0 * len(target.name)"))];
    let spend = prop_oneof![4 => Just(String::new()), 1 => number(1).prop_map(|spend| format!("\n    spend {spend} + 0 * len(target.name)"))];
    let budget = (limit, key(), spend, outcome()).prop_map(|(limit, key, spend, outcome)| {
        format!("limit {limit} per 1h{key}{spend}\n    {outcome}")
    });
    let budget = rule("budget", body(false, 0..2), budget);
    let breaker = (key(), outcome()).prop_map(|(key, outcome)| {
        format!("trip after 3 failures within 30m{key}\n    hold 1h\n    {outcome}")
    });
    let breaker = rule("breaker", body(false, 0..2), breaker);
    prop_oneof![7 => guard, 2 => tolerance, 2 => budget, 2 => breaker].boxed()
}

/// Returns rules that can only make a decision milder.
pub(crate) fn relief() -> BoxedStrategy<Draft> {
    let grant = rule("grant", body(true, 0..2), Just(String::new()));
    let until = select(vec![
        "2026-11-21",
        "2026-11-22",
        "2027-03-31",
        "2026-11-22T10:00Z",
        "2026-11-22T10:30Z",
    ]);
    let waiver = (until, any::<bool>()).prop_map(|(until, partly)| {
        let partly = if partly { "\n    at most propose" } else { "" };
        format!("until {until}\n    by \"dana@example.com\"{partly}\n    because \"OPS-1\"")
    });
    let waiver = rule("waive", body(true, 0..2), waiver);
    prop_oneof![4 => grant, 1 => waiver].boxed()
}

fn rule(
    keyword: &'static str,
    body: impl Strategy<Value = Body>,
    effect: impl Strategy<Value = String>,
) -> impl Strategy<Value = Draft> {
    (body, effect, any::<prop::sample::Index>()).prop_map(move |(body, effect, target)| Draft {
        keyword,
        body,
        effect,
        target,
    })
}

/// Returns `on` and conditions; in a rule that gives relief `known` stands plain, in others negated.
fn body(relieves: bool, conditions: std::ops::Range<usize>) -> impl Strategy<Value = Body> {
    let when = condition(2, Some(relieves)).prop_map(|condition| format!("when {condition}"));
    let unless = condition(2, Some(!relieves)).prop_map(|condition| format!("unless {condition}"));
    let clause = prop_oneof![4 => when, 1 => unless];
    (on(relieves), vec(clause, conditions)).prop_map(|(on, clauses)| Body { on, clauses })
}

fn on(wide: bool) -> impl Strategy<Value = String> {
    let some = prop_oneof![
        Just("scale".to_owned()),
        Just("restart".to_owned()),
        vec(
            select(vec![
                "scale",
                "restart",
                "apply",
                "patch",
                "delete",
                "cordon",
                "rotate",
                "drain_pool",
                "get",
                "create"
            ]),
            2..5
        )
        .prop_map(|mut verbs| {
            verbs.sort_unstable();
            verbs.dedup();
            verbs.join(", ")
        }),
    ];
    let every = "scale, restart, apply, patch, delete, cordon, uncordon, rotate, drain_pool, get, create, label, rollback, evict";
    let verbs = if wide {
        prop_oneof![3 => Just("any".to_owned()), 3 => Just(every.to_owned()), 1 => some].boxed()
    } else {
        prop_oneof![2 => Just("any".to_owned()), 3 => some].boxed()
    };
    let kinds = prop_oneof![
        5 => Just(String::new()),
        2 => Just(" of Deployment, StatefulSet".to_owned()),
        1 => Just(" of apps/Deployment, core/Pod".to_owned()),
        1 => Just(" of Node, Secret, Namespace".to_owned()),
        1 => Just(" of argoproj.io/Rollout, Rollout".to_owned()),
    ];
    let namespaces = prop_oneof![
        6 => Just(String::new()),
        1 => Just(" in \"payments*\"".to_owned()),
        1 => Just(" in \"kube-system\", \"pay?ents\"".to_owned()),
    ];
    (verbs, kinds, namespaces)
        .prop_map(|(verbs, kinds, namespaces)| format!("on {verbs}{kinds}{namespaces}"))
}

fn outcome() -> impl Strategy<Value = String> {
    select(vec![
        "propose",
        "propose to \"sre\"",
        "propose to 2 of \"sre\", \"release-managers\"",
        "escalate",
        "escalate to \"payments-oncall\"",
        "escalate to 2 of \"sre\"",
        "forbid",
    ])
    .prop_map(str::to_owned)
}
