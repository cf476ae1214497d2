//! Programs that whole sources compile to.

#![expect(clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use support::{compile_texts, dump, messages, program};
use taffrail_compiler::{Options, compile};
use taffrail_runtime::program::{ProgramData, RuleBody};
use taffrail_runtime::{Decimal, Program, Value};

#[test]
fn one_guard_and_one_grant() {
    let program = program(
        r#"
policy shop

let halved = dynamic(proposed).spec.replicas < dynamic(current).spec.replicas / 2

grant small {
    on scale
    unless halved
}

guard big {
    on scale of Deployment
    when halved
        and // said once more
        dynamic(proposed).spec.replicas < 2
    risk 40
    because "{target.name} drops to {dynamic(proposed).spec.replicas}"
}
"#,
    );
    insta::assert_snapshot!(dump(&program), @r#"
    slot 0: proposed ["spec", "replicas"]
    slot 1: current ["spec", "replicas"]
    slot 2: target ["name"]
    0: Slot(0)
    1: Slot(1)
    2: Constant(Number(Decimal { mantissa: 2, scale: 0 }))
    3: Arithmetic(Divide, 1, 2)
    4: Compare(Less, 0, 3)
    5: Compare(Less, 0, 2)
    6: And([4, 5])
    7: Constant(Number(Decimal { mantissa: 40, scale: 0 }))
    8: Slot(2)
    9: Not(4)
    let shop.halved = 4
    shop.big line 11
      6 `when halved and dynamic(proposed).spec.replicas < 2` line 13
      Guard { risk: Some(Points { expr: 7, greatest: 40 }), outcome: None }
    shop.small line 6
      9 `unless halved` line 8
      Grant
    "#);
}

#[test]
fn equal_expressions_are_there_once_across_rules_and_modules() {
    let condition = "dynamic(current).spec.replicas > 3 and cluster.environment == \"prod\"";
    let one = format!("policy a\nguard g {{ on delete when {condition} risk 1 because \"g\" }}");
    let two = format!("policy b\nguard h {{ on scale when {condition} risk 2 because \"h\" }}");
    let compiled = compile_texts(&[("a.guard", &one), ("b.guard", &two)]);
    let program = compiled.program.expect("it compiles");
    let conditions: Vec<_> = program
        .rules
        .iter()
        .flat_map(|rule| &rule.conditions)
        .map(|condition| condition.expr)
        .collect();
    assert_eq!(conditions.len(), 2);
    assert_eq!(conditions[0], conditions[1]);
}

#[test]
fn equal_quantifiers_share_whatever_their_variables_are_called() {
    let program = program(
        r#"
policy a
guard g { on apply when some c in dynamic(proposed).spec.volumes: c.hostPath is present risk 1 because "g" }
guard h { on apply when some volume in dynamic(proposed).spec.volumes: volume.hostPath is present risk 2 because "h" }
"#,
    );
    let [g, h] = program.rules.as_slice() else {
        panic!("two rules");
    };
    assert_eq!(g.conditions[0].expr, h.conditions[0].expr);
}

#[test]
fn functions_are_replaced_and_fields_of_their_arguments_are_facts() {
    let program = program(
        r#"
policy a
let more_than(object: map<number>, least: number) = object["replicas"] > least
guard g { on apply when more_than(dynamic(proposed).spec, 2) risk 1 because "g" }
"#,
    );
    insta::assert_snapshot!(dump(&program), @r#"
    slot 0: proposed ["spec", "replicas"]
    0: Constant(Number(Decimal { mantissa: 2, scale: 0 }))
    1: Slot(0)
    2: Compare(Greater, 1, 0)
    3: Constant(Number(Decimal { mantissa: 1, scale: 0 }))
    a.g line 4
      2 `when more_than(dynamic(proposed).spec, 2)` line 4
      Guard { risk: Some(Points { expr: 3, greatest: 1 }), outcome: None }
    "#);
}

#[test]
fn nested_variables_never_share_a_number_with_what_surrounds_them() {
    let program = program(
        r#"
policy a
let holds(xs: list<string>, wanted: string) = some x in xs: x == wanted
guard g {
    on apply
    when some i, c in dynamic(proposed).spec.lists: holds(dynamic(proposed).spec.names, c) and i > 0
    risk 1
    because "g"
}
"#,
    );
    insta::assert_snapshot!(dump(&program), @r#"
    slot 0: proposed ["spec", "lists"]
    slot 1: proposed ["spec", "names"]
    0: Slot(0)
    1: Local(1)
    2: Local(2)
    3: Slot(1)
    4: Local(0)
    5: Compare(Equal, 4, 1)
    6: Quantifier(Quantifier { kind: Some, key: None, element: 0, over: 3, filter: None, body: Some(5) })
    7: Constant(Number(Decimal { mantissa: 0, scale: 0 }))
    8: Compare(Greater, 2, 7)
    9: And([6, 8])
    10: Quantifier(Quantifier { kind: Some, key: Some(2), element: 1, over: 0, filter: None, body: Some(9) })
    11: Constant(Number(Decimal { mantissa: 1, scale: 0 }))
    a.g line 4
      10 `when some i, c in dynamic(proposed).spec.lists: holds(dynamic(proposed).spec.names, c) and i > 0` line 6
      Guard { risk: Some(Points { expr: 11, greatest: 1 }), outcome: None }
    "#);
}

#[test]
fn constants_are_computed_while_compiling() {
    let program = program(
        r#"
policy a
param factor: number = 3
let bound = factor * 2 + 1
guard g { on apply when dynamic(proposed).spec.replicas > bound and 1 < 2 risk 10 * factor because "g" }
"#,
    );
    insta::assert_snapshot!(dump(&program), @r#"
    slot 0: proposed ["spec", "replicas"]
    0: Slot(0)
    1: Constant(Number(Decimal { mantissa: 7, scale: 0 }))
    2: Compare(Greater, 0, 1)
    3: Constant(Number(Decimal { mantissa: 30, scale: 0 }))
    let a.bound = 1
    a.g line 5
      2 `when dynamic(proposed).spec.replicas > bound and 1 < 2` line 5
      Guard { risk: Some(Points { expr: 3, greatest: 30 }), outcome: None }
    "#);
}

#[test]
fn what_would_be_unknown_stays_as_written() {
    let program = program("policy a\nguard g { on apply when 1 / 0 > 2 risk 1 because \"g\" }");
    insta::assert_snapshot!(dump(&program), @r"
    0: Constant(Number(Decimal { mantissa: 1, scale: 0 }))
    1: Constant(Number(Decimal { mantissa: 0, scale: 0 }))
    2: Arithmetic(Divide, 0, 1)
    3: Constant(Number(Decimal { mantissa: 2, scale: 0 }))
    4: Compare(Greater, 2, 3)
    a.g line 2
      4 `when 1 / 0 > 2` line 2
      Guard { risk: Some(Points { expr: 0, greatest: 1 }), outcome: None }
    ");
}

#[test]
fn waivers_point_to_their_rule_after_sorting() {
    let program = program(
        r#"
policy z
guard zz { on delete escalate because "no" }
guard aa { on delete escalate because "no" }
waive zz { until 2027-03-31 by "dana" because "legacy" }
waive aa { until 2027-03-31 by "dana" because "legacy" }
"#,
    );
    for waiver in &program.rules {
        if let RuleBody::Waiver { rule, .. } = waiver.body {
            let forgiven = &program.rules[rule.0 as usize].name;
            let last = forgiven.rsplit('.').next().expect("a name");
            assert!(
                waiver.name.ends_with(last),
                "{} forgives {forgiven}",
                waiver.name
            );
        }
    }
    assert_eq!(program.rules.len(), 4);
}

#[test]
fn greatest_points_bound_what_is_unknown() {
    let greatest = |risk: &str| {
        let program = program(&format!(
            "policy a\nsignal s: number from \"x\" fresh 1m\nguard g {{ on apply risk {risk} because \"g\" }}"
        ));
        match &program.rules[0].body {
            RuleBody::Guard {
                risk: Some(points), ..
            } => points.greatest,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(greatest("40"), 40);
    assert_eq!(greatest("s"), 100);
    assert_eq!(greatest("min(s, 30)"), 30);
    assert_eq!(greatest("min(max(s, 10), 60)"), 60);
    assert_eq!(greatest("if s > 1 then 20 else 35.5"), 36);
    assert_eq!(greatest("10 + (if s > 1 then 20 else 5)"), 30);
    assert_eq!(greatest("50 - min(max(s, 0), 40)"), 50);
    assert_eq!(greatest("(if s > 1 then 2 else 3) * 15 / 2"), 23);
    assert_eq!(greatest("150 + (if s > 1 then 2 else 3)"), 100);
    assert_eq!(greatest("0 - (if s > 1 then 2 else 3)"), 0);
    assert_eq!(greatest("max(s, 10)"), 100);
    assert_eq!(greatest("10 + s"), 100);
}

#[test]
fn windows_of_time_must_be_constant_and_positive() {
    let compiled = compile_texts(&[(
        "a.guard",
        r#"
policy a
signal s: number from "x" fresh 0s
budget b { on restart limit 5 per (if target.name == "x" then 1h else 2h) propose because "b" }
breaker c { on apply trip after 0 failures within 30m hold 1h propose because "c" }
guard g { on apply when s > 1 risk 1 because "g" }
"#,
    )]);
    insta::assert_snapshot!(messages(&compiled, &["not-a-constant", "not-positive"]), @r"
    not-positive: what follows `fresh` must be longer than nothing
      source 0 42..44: 
    not-a-constant: `target` is not known when the policies are compiled
      source 0 83..89: only literals and parameters here
    not-positive: the number of failures must be a whole number from 1 on, not 0
      source 0 173..174:
    ");
    assert!(compiled.program.is_none());
}

#[test]
fn functions_that_multiply_without_end_are_refused_in_time() {
    use std::fmt::Write;
    let mut text = String::from("policy p\nlet f0(x: number) = x > 3\n");
    for at in 1..60 {
        writeln!(
            text,
            "let f{at}(x: number) = f{}(x * 2 + dynamic(proposed).a) or f{}(x * 3 + dynamic(proposed).b)",
            at - 1,
            at - 1
        )
        .expect("strings take text");
    }
    text.push_str("guard g { on apply when f59(1) risk 1 because \"g\" }");
    let compiled = compile_texts(&[("p.guard", &text)]);
    assert!(messages(&compiled, &["program-too-large"]).starts_with("program-too-large"));
    assert!(compiled.program.is_none());
}

#[test]
fn functions_that_repeat_their_argument_stay_linear() {
    use std::fmt::Write;
    let mut text = String::from("policy p\nlet f0(x: number) = x + dynamic(proposed).a\n");
    for at in 1..60 {
        writeln!(
            text,
            "let f{at}(x: number) = f{}(x) + f{}(x)",
            at - 1,
            at - 1
        )
        .expect("strings take text");
    }
    text.push_str("guard g { on apply when f59(1) > 2 risk 1 because \"g\" }");
    assert!(program(&text).exprs.len() < 100);
}

#[test]
fn a_set_without_rules_is_refused() {
    let none = compile_texts(&[]);
    insta::assert_snapshot!(messages(&none, &[]), @"empty-policy-set: there is no `.guard` file to decide by");
    let no_rule = compile_texts(&[("a.guard", "policy a\nlet x = target.name")]);
    insta::assert_snapshot!(messages(&no_rule, &[]), @"empty-policy-set: the policy set has no rule to decide by");
}

#[test]
fn the_digest_changes_with_text_parameters_and_settings_only() {
    let text = "policy a\nparam n: number = 3\nguard g { on apply risk n because \"g\" }";
    let digest = |text: &str, options: &Options| {
        compile(&support::table(&[("a.guard", text)]), options)
            .program
            .expect("it compiles")
            .digest
    };
    let plain = Options::default();
    let mut other_param = Options::default();
    other_param
        .params
        .insert("n".into(), Value::Number(Decimal::from(4)));
    let mut other_setting = Options::default();
    other_setting.settings.require_intent = true;
    let base = digest(text, &plain);
    assert_eq!(base, digest(text, &plain));
    assert_ne!(base, digest(&format!("{text} "), &plain));
    assert_ne!(base, digest(text, &other_param));
    assert_ne!(base, digest(text, &other_setting));
    assert!(base.starts_with("sha256:") && base.len() == 71);
}

/// Several files that name each other's lets, so that numbering could depend on their order.
const FILES: [(&str, &str); 4] = [
    (
        "one.guard",
        "policy m.one\nuse m.two\nlet x = two.y and dynamic(proposed).a > 2\nguard g { on apply when x or two.y risk 3 because \"{dynamic(proposed).b}\" }",
    ),
    (
        "two.guard",
        "policy m.two\nlet y = some c in dynamic(proposed).list: c matches r\"^a+$\"\nguard a { on delete, apply when y escalate to \"b\", \"a\" because \"y\" }",
    ),
    (
        "three.guard",
        "policy m.one\nsignal late: number from \"s\" fresh 1m\nguard zz { on apply when late > 1 and dynamic(proposed).a > 2 risk 3 because \"late\" }",
    ),
    (
        "four.guard",
        "policy m.four\nverb polish\nsignal early: bool from \"s\"\ngrant all { on polish, apply when early }\nwaive m.two.a { until 2027-01-01 by \"x\" because \"y\" }",
    ),
];

fn permuted(order: &[usize]) -> ProgramData {
    let files: Vec<(&str, &str)> = order.iter().map(|at| FILES[*at]).collect();
    let compiled = compile_texts(&files);
    let shown = messages(&compiled, &[]);
    compiled.program.unwrap_or_else(|| panic!("{shown}"))
}

proptest::proptest! {
    #[test]
    fn the_order_of_files_changes_nothing(
        order in proptest::strategy::Strategy::prop_shuffle(proptest::strategy::Just(vec![0, 1, 2, 3])),
    ) {
        let sorted = permuted(&[0, 1, 2, 3]);
        let shuffled = permuted(&order);
        proptest::prop_assert_eq!(
            serde_json::to_string(&sorted).expect("it saves"),
            serde_json::to_string(&shuffled).expect("it saves")
        );
    }
}

#[test]
fn the_runtime_takes_every_program() {
    Program::new(permuted(&[3, 1, 0, 2])).expect("it loads");
}
