//! Rules that lints speak of: few facts and few values, so that conditions often contradict or repeat each other.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::policy::RuleText;

/// Returns rules with names of their own.
pub(crate) fn suspects() -> impl Strategy<Value = Vec<RuleText>> {
    vec(rule(), 12..24).prop_map(|rules| {
        let named = rules.into_iter().enumerate().map(|(at, (keyword, body))| {
            let name = format!("suspect_{at}");
            RuleText {
                keyword,
                text: format!("{keyword} {name} {{\n{body}}}\n"),
                name,
            }
        });
        named.collect()
    })
}

fn rule() -> impl Strategy<Value = (&'static str, String)> {
    let restraint = (on(), clauses(), effect())
        .prop_map(|(on, clauses, effect)| ("guard", format!("{on}{clauses}    {effect}\n")));
    let relief = (on(), clauses()).prop_map(|(on, clauses)| ("grant", format!("{on}{clauses}")));
    let tolerance = (clauses(), thresholds())
        .prop_map(|(clauses, thresholds)| ("tolerance", format!("{clauses}{thresholds}")));
    prop_oneof![6 => restraint, 3 => relief, 1 => tolerance]
}

fn on() -> impl Strategy<Value = String> {
    let verbs = select(vec![
        "any",
        "any",
        "scale",
        "scale, restart",
        "scale, apply, patch",
    ]);
    let kinds = select(vec![
        "",
        "",
        " of Deployment",
        " of Deployment, StatefulSet",
    ]);
    let namespaces = select(vec![
        "",
        "",
        " in \"payments\"",
        " in \"payments\", \"kube-system\"",
        " in \"p*\"",
    ]);
    (verbs, kinds, namespaces)
        .prop_map(|(verbs, kinds, namespaces)| format!("    on {verbs}{kinds}{namespaces}\n"))
}

fn effect() -> impl Strategy<Value = &'static str> {
    select(vec![
        "propose",
        "propose to \"sre\"",
        "escalate",
        "escalate to 2 of \"sre\"",
        "forbid",
        "risk 4",
    ])
}

fn thresholds() -> impl Strategy<Value = String> {
    (10..100_u32, 0..40_u32, 0..3_u8).prop_map(|(propose, more, which)| {
        let escalate = (propose + more).min(100);
        match which {
            0 => format!("    propose at {propose}\n"),
            1 => format!("    escalate at {escalate}\n"),
            _ => format!("    propose at {propose}\n    escalate at {escalate}\n"),
        }
    })
}

fn clauses() -> impl Strategy<Value = String> {
    let keyword = select(vec!["when", "when", "unless"]);
    let free = vec((keyword.clone(), condition()), 0..3);
    // Two on the same subject contradict each other most often.
    let related = (
        vec(keyword, 2),
        prop_oneof![related_numbers(), related_words()],
    )
        .prop_map(|(keywords, conditions)| keywords.into_iter().zip(conditions).collect());
    let joined = prop_oneof![related_numbers(), related_words()].prop_flat_map(|conditions| {
        select(vec!["or", "and"]).prop_map(move |op| {
            let condition = conditions.join(&format!(" {op} "));
            vec![("when", condition)]
        })
    });
    prop_oneof![1 => free, 2 => related, 2 => joined].prop_map(|clauses| {
        let lines = clauses
            .into_iter()
            .map(|(keyword, condition): (&str, String)| format!("    {keyword} {condition}\n"));
        lines.collect()
    })
}

fn related_numbers() -> BoxedStrategy<Vec<String>> {
    let order = || select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let other = prop_oneof![
        4 => (-1..5_i32).prop_map(|number| number.to_string()),
        1 => Just("dynamic(proposed).spec.replicas".to_owned()),
        1 => Just("dynamic(current).status.unavailableReplicas".to_owned()),
    ];
    let one = (
        order(),
        other.clone(),
        order(),
        other,
        any::<bool>(),
        0..6_u8,
    );
    (term(), one)
        .prop_map(|(term, (first, a, second, b, same, shape))| {
            let b = if same { a.clone() } else { b };
            let (one, two) = (
                format!("{term} {first} {a}"),
                format!("{term} {second} {b}"),
            );
            match shape {
                0 => vec![one, format!("(not {two})")],
                1 => vec![format!("(not {one})"), two],
                2 => vec![one, format!("{term} is absent")],
                3 => vec![format!("{term} is present"), format!("(not {two})")],
                _ => vec![one, two],
            }
        })
        .boxed()
}

fn related_words() -> BoxedStrategy<Vec<String>> {
    let family = select(vec![
        vec![
            "target.kind == \"Deployment\"",
            "target.kind in [\"StatefulSet\", \"Node\"]",
            "target.kind != \"Deployment\"",
            "target.kind like \"*Set\"",
        ],
        vec![
            "target.name like \"a*\"",
            "target.name == \"api\"",
            "target.name in [\"api\", \"web\"]",
            "target.name not in [\"api\"]",
            "target.name matches r\"^a\"",
            "target.name is absent",
        ],
        vec![
            "target.namespace == \"payments\"",
            "target.namespace in [\"payments\", \"team-a\"]",
            "target.namespace != \"payments\"",
            "target.namespace is absent",
            "target.namespace like \"*-system\"",
        ],
        vec![
            "verb == scale",
            "verb in [restart, apply]",
            "verb != scale",
            "verb == patch",
        ],
        vec![
            "dynamic(current).spec.paused",
            "dynamic(current).spec.paused == true",
            "dynamic(current).spec.paused == false",
            "dynamic(current).spec.paused is absent",
            "(not dynamic(current).spec.paused)",
            "(not (dynamic(current).spec.paused == true))",
        ],
        vec![
            "halved",
            "(not halved)",
            "dynamic(proposed).spec.replicas < dynamic(current).spec.replicas / 2",
            "healthy",
            "healthy == false",
        ],
        vec![
            "now < 2026-11-22T10:00Z",
            "now > 2026-11-22T12:00Z",
            "now >= 2026-11-22T10:00Z",
            "now == 2026-11-22T10:00Z",
        ],
    ]);
    (family, any::<[prop::sample::Index; 2]>())
        .prop_map(|(family, picks)| {
            let picked = picks.iter().map(|pick| (*pick.get(&family)).to_owned());
            picked.collect()
        })
        .boxed()
}

fn term() -> impl Strategy<Value = &'static str> + Clone {
    select(vec![
        "dynamic(current).spec.replicas",
        "dynamic(proposed).spec.replicas",
        "dynamic(proposed).spec.replicas",
        "dropped",
        "len(target.name)",
        "(dynamic(current).spec.replicas ?? 1)",
    ])
}

fn condition() -> impl Strategy<Value = String> {
    atom().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            (inner.clone(), select(vec!["and", "or"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            inner.prop_map(|inner| format!("(not {inner})")),
        ]
    })
}

fn atom() -> BoxedStrategy<String> {
    let term = term();
    let order = select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let number = (term.clone(), order.clone(), -1..5_i32)
        .prop_map(|(term, order, number)| format!("{term} {order} {number}"));
    let number_first = (-1..5_i32, order.clone(), term.clone())
        .prop_map(|(number, order, term)| format!("{number} {order} {term}"));
    let pair = (term.clone(), order, term).prop_map(|(a, order, b)| format!("{a} {order} {b}"));
    let word = select(vec![
        "target.kind == \"Deployment\"",
        "target.kind in [\"StatefulSet\", \"Node\"]",
        "target.kind != \"Deployment\"",
        "target.name like \"a*\"",
        "target.name == \"api\"",
        "target.name == \"web\"",
        "target.name in [\"api\", \"web\"]",
        "verb == scale",
        "verb in [restart, apply]",
        "principal.kind == agent",
        "principal.kind in [agent, human]",
        "principal.kind == controller",
        "current is absent",
        "dynamic(current).spec.replicas is absent",
        "dynamic(proposed).spec.replicas is present",
        "healthy",
        "healthy == false",
        "halved",
        "dynamic(current).spec.paused",
        "dynamic(current).spec.paused == true",
        "now < 2026-11-22T10:00Z",
        "now > 2026-11-22T12:00Z",
        "now >= 2026-11-22T10:00Z",
        "1 > 2",
        "\"a\" in [\"a\", \"b\"]",
        "(some c in proposed.containers: c.name == \"app\")",
        "(some d in proposed.containers: d.name == \"app\")",
    ])
    .prop_map(str::to_owned);
    prop_oneof![4 => number, 1 => number_first, 2 => pair, 6 => word].boxed()
}
