//! The greatest points of a guard bound what its expression gives, whatever the facts are.

#![expect(clippy::expect_used, reason = "a test may fail")]

mod support;

use proptest::prelude::*;
use support::compile_texts;
use taffrail_runtime::program::RuleBody;
use taffrail_runtime::request::{Reading, Request};
use taffrail_runtime::{Decimal, Program, Value};

/// Expressions over the signals `s` and `t`.
fn points() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("s".to_owned()),
        Just("t".to_owned()),
        (0..130_u32).prop_map(|number| number.to_string()),
        (0..200_u32).prop_map(|number| format!("{}.{}", number / 10, number % 10)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            two.clone().prop_map(|(a, b)| format!("({a} + {b})")),
            two.clone().prop_map(|(a, b)| format!("({a} - {b})")),
            two.clone().prop_map(|(a, b)| format!("({a} * {b})")),
            two.clone().prop_map(|(a, b)| format!("({a} / {b})")),
            two.clone().prop_map(|(a, b)| format!("({a} % {b})")),
            two.clone().prop_map(|(a, b)| format!("min({a}, {b})")),
            two.clone().prop_map(|(a, b)| format!("max([{a}, {b}])")),
            two.clone().prop_map(|(a, b)| format!("({a} ?? {b})")),
            two.prop_map(|(a, b)| format!("[{a}, {b}][floor(s)]")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("(if {a} > {b} then {b} else {c})")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("(max n in [{a}, {b}, 3] where n < {b}: n * 2)")),
            inner.clone().prop_map(|a| format!("abs({a})")),
            inner.clone().prop_map(|a| format!("ceil({a})")),
            inner.clone().prop_map(|a| format!("floor({a})")),
            inner.prop_map(|a| format!("(-{a})")),
        ]
    })
}

fn reading(hundredths: i64) -> Reading {
    Reading {
        value: Value::Number(Decimal::new(hundredths.into(), 2).expect("it is in range")),
        observed: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_facts_give_more_points_than_the_greatest(
        points in points(),
        s in -20_000..20_000_i64,
        t in prop_oneof![0..=300_i64, -20_000..20_000_i64],
    ) {
        let text = format!(
            "policy a\nsignal s: number from \"x\"\nsignal t: number from \"x\"\n\
             guard g {{ on any when s == s or t == t risk {points} because \"g\" }}"
        );
        let compiled = compile_texts(&[("a.guard", &text)]);
        // Points that are constant and out of range are refused.
        let refused = compiled.diagnostics.iter().filter(|d| d.is_error());
        for diagnostic in refused {
            // Loops within loops use one name twice here.
            prop_assert!(["points-out-of-range", "shadowed-name"].contains(&diagnostic.code));
        }
        prop_assume!(compiled.program.is_some());
        let Some(data) = compiled.program else {
            return Ok(());
        };
        let RuleBody::Guard { risk: Some(bound), .. } = data.rules[0].body.clone() else {
            panic!("the guard has points");
        };
        let program = Program::new(data).expect("it loads");
        let request = Request {
            signals: vec![("s".into(), reading(s)), ("t".into(), reading(t))],
            ..Request::default()
        };
        let given = program.decide(&request).risk().points();
        prop_assert!(given <= bound.greatest, "{given} above {}", bound.greatest);

        let unknown = Request::default();
        let without = program.decide(&unknown).risk().points();
        prop_assert!(without <= bound.greatest);
        prop_assert!(given <= without, "{given} with facts, {without} without");
    }
}
