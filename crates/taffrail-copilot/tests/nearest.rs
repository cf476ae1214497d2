//! The nearest number and the nearest set are the nearest: nothing nearer is granted, tried one by one.

#![expect(clippy::unwrap_used, reason = "a test may")]

use proptest::prelude::*;
use taffrail::{PolicySet, Verdict};
use taffrail_actions::{Action, Defaults, follow, read_documents};
use taffrail_copilot::{ChoiceKind, Goal, Limits, Way, propose};
use taffrail_runtime::Value;
use taffrail_runtime::request::{Proposed, Request};
use taffrail_runtime::search::{Grid, Nearest};

/// Numbers that depend on the replicas asked for, in every way that a policy can say it.
fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => Just("proposed.spec.replicas".to_owned()),
        2 => Just("current.spec.replicas".to_owned()),
        1 => Just("impact.pods".to_owned()),
        1 => Just("impact.share".to_owned()),
        1 => Just("(dynamic(proposed).spec.replicas ?? 1)".to_owned()),
        1 => Just("count(changes)".to_owned()),
        1 => Just("(sum c in dynamic(proposed).spec.parts: c.size)".to_owned()),
        1 => Just("(count c in dynamic(proposed).spec.parts where c.size > 3)".to_owned()),
        1 => Just("(max c in dynamic(proposed).spec.parts: c.size)".to_owned()),
        3 => (0..40_i32).prop_map(|number| number.to_string()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} - {b})")),
            (inner.clone(), 1..5_i32).prop_map(|(a, b)| format!("({a} * {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} / {b})")),
            (inner.clone(), 1..6_i32).prop_map(|(a, b)| format!("({a} % {b})")),
            inner.clone().prop_map(|a| format!("abs({a})")),
            inner.clone().prop_map(|a| format!("ceil({a} / 2)")),
            inner.clone().prop_map(|a| format!("floor({a} / 3)")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("min({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("max({a}, {b})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("(if {a} > {b} then {b} else {c})")),
        ]
    })
}

fn condition() -> impl Strategy<Value = String> {
    let comparison = (
        number(),
        prop_oneof![
            Just("<"),
            Just("<="),
            Just(">"),
            Just(">="),
            Just("=="),
            Just("!=")
        ],
        number(),
    )
        .prop_map(|(a, op, b)| format!("{a} {op} {b}"));
    let leaf = prop_oneof![
        6 => comparison,
        1 => proptest::collection::vec(0..40_i32, 1..4)
            .prop_map(|list| format!("proposed.spec.replicas in {list:?}")),
        1 => Just("changed(spec.replicas)".to_owned()),
        1 => Just("(some c in dynamic(proposed).spec.parts: c.size >= 7)".to_owned()),
        1 => Just("(every c in dynamic(proposed).spec.parts where c.size > 2: c.size < 30)".to_owned()),
        1 => Just("dynamic(proposed).spec.missing > 3".to_owned()),
        1 => Just("rollback.class == reversible".to_owned()),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|a| format!("not ({a})")),
        ]
    })
}

fn grant() -> impl Strategy<Value = String> {
    let on = prop_oneof![3 => Just("scale"), 1 => Just("scale, patch")];
    (on, condition()).prop_map(|(on, a)| {
        format!("grant NAME {{ on {on} of Deployment when {a} because \"b\" }}")
    })
}

fn rule() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => grant(),
        2 => (condition(), 1..60_u8).prop_map(|(a, points)| format!("guard NAME {{ on scale of Deployment when {a} risk {points} because \"b\" }}")),
        1 => (condition(), number()).prop_map(|(a, points)| format!("guard NAME {{ on scale of Deployment when {a} risk {points} because \"b\" }}")),
        2 => condition().prop_map(|a| format!("guard NAME {{ on scale of Deployment when {a} propose because \"b\" }}")),
        1 => condition().prop_map(|a| format!("guard NAME {{ on scale of Deployment when {a} escalate because \"b\" }}")),
        1 => (number(), 0..40_i32).prop_map(|(spend, limit)| format!("budget NAME {{ on scale of Deployment spend {spend} limit {limit} per 1h propose because \"b\" }}")),
        1 => (condition(), 0..60_u8).prop_map(|(a, at)| format!("tolerance NAME {{ on scale of Deployment when {a} propose at {at} }}")),
    ]
}

fn policies() -> impl Strategy<Value = String> {
    (grant(), proptest::collection::vec(rule(), 0..4)).prop_map(|(grant, rules)| {
        let mut text = "policy p\n".to_owned();
        for (at, rule) in std::iter::once(&grant).chain(&rules).enumerate() {
            text.push_str(&rule.replace("NAME", &format!("r{at}")));
            text.push('\n');
        }
        text
    })
}

fn scaling(current: Option<i64>, asked: i64, used: u8) -> Request {
    let current = match current {
        Some(replicas) => format!(
            r#""current": {{"spec": {{"replicas": {replicas}, "parts": [{{"size": 2}}, {{"size": {replicas}}}]}}, "status": {{"availableReplicas": {replicas}}}}},"#
        ),
        None => String::new(),
    };
    let text = format!(
        r#"{{"verb": "scale", "target": {{"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "a", "name": "b"}},
        {current} "proposed": {{"spec": {{"replicas": {asked}, "parts": [{{"size": 2}}, {{"size": {asked}}}]}}}},
        "facts": {{"now": "2026-11-22T10:00:00Z", "usage": [{{"budget": "p.r1", "by": "any", "used": {used}}}, {{"budget": "p.r2", "by": "any", "used": {used}}}]}}}}"#
    );
    let actions = read_documents("a.json", text.as_bytes(), &Defaults::default()).unwrap();
    actions.first().unwrap().requests().first().unwrap().clone()
}

/// The same request with another number in both places.
fn moved(asked: &Request, to: i64) -> Request {
    let mut changed = scaling(None, to, 0);
    let proposed = std::mem::replace(&mut changed.proposed, Proposed::FromVerb);
    let mut request = asked.clone();
    request.proposed = proposed;
    follow(asked, &mut request);
    request
}

const LAST: i64 = 50;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_nearer_number_is_granted(text in policies(), asked in 0..=LAST, current in proptest::option::of(0..=LAST), used in 0..20_u8, seek in any::<bool>()) {
        let Ok(policies) = PolicySet::from_sources([("p.guard", &text)]) else {
            return Ok(());
        };
        let program = policies.program();
        let request = scaling(current, asked, used);
        let sought = if seek { Verdict::Execute } else { Verdict::Propose };
        let grid = Grid { first: 0, last: LAST, asked, current };
        let found = program.nearest(&grid, sought, 10_000, |at| moved(&request, at));
        let granted = (0..=LAST)
            .filter(|at| *at != asked && Some(*at) != current)
            .filter(|at| program.decide(&moved(&request, *at)).verdict() <= sought)
            .min_by_key(|at| {
                let away = current.is_some_and(|current| (current > asked) != (*at > asked));
                (at.abs_diff(asked), away)
            });
        match found {
            Nearest::Found { at, .. } => prop_assert_eq!(Some(at), granted, "{}", text),
            Nearest::None { .. } => prop_assert_eq!(None, granted, "{}", text),
            Nearest::GivenUp { .. } => prop_assert!(false, "51 positions were too many\n{}", text),
        }
    }

    #[test]
    fn no_smaller_change_of_a_set_is_granted(
        wanted in proptest::collection::btree_set(0..6_u8, 1..5),
        now in proptest::collection::btree_set(0..6_u8, 0..4),
        kinds in proptest::collection::vec((0..6_u8, 0..4_u8, any::<bool>()), 1..5),
        most in 0..6_usize,
    ) {
        let word = |at: &u8| format!("w{at}");
        let mut text = format!("policy p\ngrant g {{ on patch when count(dynamic(proposed).spec.words) <= {most} because \"b\" }}\n");
        for (at, (word, kind, is_in)) in kinds.iter().enumerate() {
            let not = if *is_in { "" } else { "not " };
            let condition = match kind {
                0 => format!("{not}(\"w{word}\" in dynamic(proposed).spec.words)"),
                1 => format!("{not}contains(dynamic(proposed).spec.words, \"w{word}\")"),
                2 => format!("{not}(some w in dynamic(proposed).spec.words: w == \"w{word}\")"),
                _ => format!("{not}(every w in dynamic(proposed).spec.words: w != \"w{word}\")"),
            };
            text.push_str(&format!("guard r{at} {{ on patch when {condition} propose because \"b\" }}\n"));
        }
        let policies = PolicySet::from_sources([("p.guard", &text)]).unwrap();
        let list = |words: &std::collections::BTreeSet<u8>| {
            let words: Vec<String> = words.iter().map(word).collect();
            format!("{words:?}")
        };
        let document = format!(
            r#"{{"verb": "patch", "target": {{"apiVersion": "a.b/v1", "kind": "Words", "namespace": "a", "name": "b"}},
            "current": {{"spec": {{"words": {}}}}}, "proposed": {{"spec": {{"words": {}}}}}}}"#,
            list(&now), list(&wanted)
        );
        let actions = read_documents("a.json", document.as_bytes(), &Defaults::default()).unwrap();
        let Some(Action::Single(request)) = actions.first() else {
            return Ok(());
        };
        if policies.decide(request).verdict() == Verdict::Execute || now == wanted {
            return Ok(());
        }
        let universe: std::collections::BTreeSet<u8> = wanted.iter().chain(&now).copied()
            .chain(kinds.iter().map(|(word, _, _)| *word)).collect();
        let universe: Vec<u8> = universe.into_iter().collect();
        let nearest = (1_u32..1 << universe.len())
            .filter_map(|turned| {
                let set = universe.iter().enumerate()
                    .filter(|(at, word)| wanted.contains(word) != (turned & (1 << at) != 0))
                    .map(|(_, word)| Value::string(word_of(*word)))
                    .collect::<Vec<_>>();
                let same = set.len() == now.len() && now.iter().all(|word| set.contains(&Value::string(word_of(*word))));
                let object = Value::from_json(&serde_json::json!({"spec": {"words": Value::List(set).to_json()}}));
                let mut changed = (**request).clone();
                changed.proposed = Proposed::Given(object);
                follow(request, &mut changed);
                (!same && policies.decide(&changed).verdict() == Verdict::Execute).then_some(turned.count_ones())
            })
            .min();
        let advice = propose(policies.program(), &Goal::of(Action::Single(request.clone())), &Limits::default());
        let offered = advice.options.iter().find(|choice| {
            choice.kind == ChoiceKind::Nearest && choice.verdict == Verdict::Execute
        });
        let offered = offered.map(|choice| {
            let Way::Do(steps) = &choice.way else { return 0 };
            let words = steps.first().unwrap().action.pointer("/proposed/spec/words").unwrap();
            let words: Vec<&str> = words.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
            let differs = universe.iter().filter(|word| {
                wanted.contains(word) != words.contains(&word_of(**word).as_str())
            });
            u32::try_from(differs.count()).unwrap()
        });
        prop_assert_eq!(offered, nearest, "{}", text);
    }
}

#[test]
fn most_of_the_policies_tried_are_some_and_get_all_verdicts() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut compiled, mut found, mut given_up) = (0, [0; 3], 0);
    for _ in 0..200 {
        let text = policies().new_tree(&mut runner).unwrap().current();
        let Ok(policies) = PolicySet::from_sources([("p.guard", &text)]) else {
            continue;
        };
        compiled += 1;
        let program = policies.program();
        let request = scaling(Some(4), 40, 0);
        let grid = Grid {
            first: 0,
            last: LAST,
            asked: 40,
            current: Some(4),
        };
        match program.nearest(&grid, Verdict::Execute, 10_000, |at| moved(&request, at)) {
            Nearest::Found { at, .. } if at.abs_diff(40) > 1 => found[2] += 1,
            Nearest::Found { .. } => found[1] += 1,
            _ => found[0] += 1,
        }
        // Where replicas may be as many as there are numbers, most searches still come to an end.
        let grid = Grid {
            last: i64::from(i32::MAX),
            ..grid
        };
        let looks = Limits::default().looks;
        if let Nearest::GivenUp { .. } =
            program.nearest(&grid, Verdict::Execute, looks, |at| moved(&request, at))
        {
            given_up += 1;
        }
    }
    assert_eq!(compiled, 200, "every text is a policy");
    assert!(found.iter().all(|count| *count > 15), "{found:?}");
    assert!(given_up < 40, "{given_up} of 200 were given up");
}

fn word_of(at: u8) -> String {
    format!("w{at}")
}
