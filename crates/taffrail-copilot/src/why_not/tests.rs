//! The answers are held against trying every set of changes.

use proptest::prelude::*;
use taffrail::{PolicySet, Request, Verdict};
use taffrail_actions::{Action, Defaults, read_documents};

use super::search::Changes;
use super::universe::{Universe, universe};
use super::{why_not, with_waivers};

/// The most facts that all sets are tried of.
const TRIED: usize = 3;

/// Conditions over facts of every kind.
const CONDITIONS: [&str; 22] = [
    "a > 1",
    "a >= 2 and a < 5",
    "a + b > 4",
    "b == 3",
    "b * 2 < 5",
    "on_fire",
    "not on_fire",
    "namespace.labels.env == \"prod\"",
    "namespace.labels.env in [\"dev\", \"test\"]",
    "namespace.labels.tier like \"gold*\"",
    "namespace.labels.tier is absent",
    "dynamic(current).status.ready < 3",
    "dynamic(current).status.ready < dynamic(current).status.wanted",
    "(dynamic(current).status.wanted ?? 1) > 4",
    "\"sre\" in principal.groups",
    "now in window(2026-11-20, 2026-11-24, \"UTC\")",
    "now >= 2026-11-25",
    "rollback.tested == true",
    "request.confidence > 0.8",
    "cluster.environment != \"production\"",
    "dynamic(current).spec.paused == true",
    "known(a) and a < 3",
];

/// `known` stands only un-negated in grants.
const FOR_GUARDS: usize = CONDITIONS.len() - 1;

fn condition(count: usize) -> impl Strategy<Value = String> {
    (0..count, 0..count, 0..4_u8).prop_map(|(one, other, how)| match how {
        0 if one < FOR_GUARDS && other < FOR_GUARDS => {
            format!("({}) or ({})", CONDITIONS[one], CONDITIONS[other])
        }
        1 => format!("({}) and ({})", CONDITIONS[one], CONDITIONS[other]),
        _ => CONDITIONS[one].to_owned(),
    })
}

fn guard() -> impl Strategy<Value = String> {
    let effects = prop_oneof![
        3 => Just("propose to \"sre\""),
        2 => Just("escalate to \"sre\""),
        1 => Just("forbid"),
        2 => Just("risk 20"),
        1 => Just("risk 45"),
    ];
    (condition(FOR_GUARDS), effects).prop_map(|(condition, effect)| {
        format!("on scale\n    when {condition}\n    {effect}\n    because \"it is so\"")
    })
}

fn grant() -> impl Strategy<Value = String> {
    prop::collection::vec(condition(CONDITIONS.len()), 0..3).prop_map(|conditions| {
        let clauses: Vec<String> = conditions
            .iter()
            .map(|condition| format!("    when {condition}\n"))
            .collect();
        format!("on scale\n{}    because \"it is so\"", clauses.concat())
    })
}

fn policies() -> impl Strategy<Value = String> {
    let guards = prop::collection::vec(guard(), 0..4);
    let grants = prop::collection::vec(grant(), 1..3);
    (guards, grants, any::<[bool; 3]>()).prop_map(|(guards, grants, [budget, breaker, waived])| {
        let mut text = "policy p\nsignal a: number from \"x\" fresh 2m\nsignal b: number from \"x\" fresh 2m\nsignal on_fire: bool from \"x\" fresh 2m\n".to_owned();
        for (at, guard) in guards.iter().enumerate() {
            text += &format!("guard g{at} {{\n    {guard}\n}}\n");
        }
        for (at, grant) in grants.iter().enumerate() {
            text += &format!("grant h{at} {{\n    {grant}\n}}\n");
        }
        if budget {
            text += "budget scalings {\n    on scale\n    limit 3 per 1h by target.name\n    propose\n    because \"often\"\n}\n";
        }
        if breaker {
            text += "breaker failing {\n    on scale\n    trip after 3 failures within 30m by target.name\n    hold 1h\n    escalate\n    because \"failing\"\n}\n";
        }
        if waived && !guards.is_empty() {
            text += "waive g0 {\n    when a < 2\n    until 2026-12-31\n    by \"dana@example.com\"\n    because \"agreed\"\n}\n";
        }
        text
    })
}

fn fact(name: &'static str, values: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![
        1 => Just(String::new()),
        4 => prop::sample::select(values).prop_map(move |value| format!("{name}: {value}")),
    ]
}

fn joined(parts: &[String]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(", ")
}

fn request() -> impl Strategy<Value = String> {
    let at = "observed: 2026-11-22T09:59:30Z";
    let signal = |name: &'static str, values: &'static [&'static str]| {
        prop_oneof![
            1 => Just(String::new()),
            1 => Just(format!("{name}: {{ value: {}, observed: 2026-11-22T08:00:00Z }}", values[0])),
            5 => prop::sample::select(values)
                .prop_map(move |value| format!("{name}: {{ value: {value}, {at} }}")),
        ]
    };
    let signals = (
        signal("a", &["0", "1", "2", "5"]),
        signal("b", &["0", "3", "4"]),
        signal("on_fire", &["true", "false"]),
    );
    let around = (
        fact("env", &["prod", "dev", "test"]),
        fact("tier", &["gold-1", "silver"]),
        fact("ready", &["2", "3"]),
        fact("wanted", &["3", "6"]),
        fact("tested", &["true", "false"]),
        fact("confidence", &["0.5", "0.9"]),
        prop::sample::select(&["sre", "other"][..]),
        prop::sample::select(&["0", "3", "null"][..]),
        prop::sample::select(&["closed", "open"][..]),
        any::<[bool; 3]>(),
    );
    (signals, around).prop_map(|((a, b, on_fire), around)| {
        let (env, tier, ready, wanted, tested, confidence, group, used, state, given) = around;
        let [has_current, has_namespace, has_intent] = given;
        let spec = "spec: { replicas: 4, paused: false }";
        let current = if has_current {
            format!("current: {{ {spec}, status: {{ {} }} }}\n", joined(&[ready, wanted]))
        } else {
            String::new()
        };
        let namespace = if has_namespace {
            format!("  namespace: {{ name: shop, labels: {{ {} }} }}\n", joined(&[env, tier]))
        } else {
            String::new()
        };
        let intent = if has_intent {
            "intent: { goal: x, scope: { verbs: [restart] }, expires: 2026-11-22T09:00:00Z }\n"
        } else {
            ""
        };
        let usage = if used == "null" {
            String::new()
        } else {
            format!("  usage: [ {{ budget: p.scalings, by: any, used: {used} }} ]\n")
        };
        format!(
            "verb: scale\ntarget: {{ apiVersion: apps/v1, kind: Deployment, namespace: shop, name: cart }}\n\
             principal: {{ kind: agent, id: healer, groups: [{group}] }}\n{intent}{current}\
             proposed: {{ spec: {{ replicas: 2, paused: false }} }}\nrollback: {{ class: reversible, {tested} }}\nrequest: {{ {confidence} }}\n\
             facts:\n  now: 2026-11-22T10:00:00Z\n  cluster: {{ name: eu, environment: production }}\n{namespace}  signals: {{ {} }}\n{usage}\
             \x20 breakers: [ {{ breaker: p.failing, by: any, state: {state} }} ]\n",
            joined(&[a, b, on_fire]),
        )
    })
}

fn read(document: &str) -> Request {
    let actions = read_documents("a.yaml", document.as_bytes(), &Defaults::default()).unwrap();
    match actions.into_iter().next().unwrap() {
        Action::Single(request) => *request,
        Action::Plan(_) => unreachable!("no plan was written"),
    }
}

/// Returns whether some set of so many changes leads to the target, by trying all.
fn is_enough(
    policies: &PolicySet,
    request: &Request,
    universe: &Universe<'_>,
    target: Verdict,
    size: usize,
    set: &mut Changes,
) -> bool {
    if size == 0 {
        let changed = universe.request(request, set);
        return policies.decide(&changed).verdict() <= target;
    }
    let from = set.last().map_or(0, |(entry, _)| entry + 1);
    for at in from..universe.entries.len() {
        let entry = &universe.entries[at];
        let overlaps = set
            .iter()
            .any(|(taken, _)| universe.entries[*taken].fact.overlaps(&entry.fact));
        if overlaps {
            continue;
        }
        for choice in 0..entry.choices.len() {
            set.push((at, choice));
            let enough = is_enough(policies, request, universe, target, size - 1, set);
            set.pop();
            if enough {
                return true;
            }
        }
    }
    false
}

fn check(policy: &str, document: &str) {
    let policies = PolicySet::from_sources([("p.guard", policy)]).unwrap();
    let request = read(document);
    let why = why_not(&policies, &request);
    let decision = policies.decide(&request);
    assert_eq!(why.verdict, decision.verdict());
    if why.verdict == Verdict::Execute {
        assert!(why.changes.is_empty());
        return;
    }
    let data = policies.program().data();
    let rules = with_waivers(data, decision.rules_about());
    let universe = universe(data, &request, &decision, &rules);
    let can_be = |target: Verdict, sizes: std::ops::RangeInclusive<usize>| {
        sizes.into_iter().find(|size| {
            is_enough(
                &policies,
                &request,
                &universe,
                target,
                *size,
                &mut Vec::new(),
            )
        })
    };
    let gave_up = |target: Verdict| {
        let what = format!("facts for {target}");
        why.unfinished
            .iter()
            .any(|one| one.what == what && one.because.contains("decisions"))
    };
    for target in [Verdict::Execute, Verdict::Propose] {
        if target >= why.verdict || gave_up(target) {
            continue;
        }
        let is_answer = !why.changes.is_empty() && why.target == target;
        let most = if is_answer {
            (why.changes.len() - 1).min(TRIED)
        } else {
            TRIED
        };
        assert_eq!(
            can_be(target, 1..=most),
            None,
            "a smaller set leads to {target}\n{policy}\n{document}\n{why:#?}"
        );
        if is_answer {
            let size = why.changes.len();
            let confirmed = size > TRIED || can_be(target, size..=size).is_some();
            assert!(confirmed, "it is not so\n{policy}\n{document}\n{why:#?}");
            break;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_smaller_set_of_facts_leads_there(policy in policies(), document in request()) {
        check(&policy, &document);
    }
}
