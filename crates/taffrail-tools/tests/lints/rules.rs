//! What each lint finds in rules and signals.

use crate::{check, grant, guard, linted};

#[test]
fn contradictions_are_found_whatever_their_shape() {
    for conditions in [
        "when dynamic(proposed).spec.replicas > 5 and dynamic(proposed).spec.replicas < 3",
        "when 5 < dynamic(proposed).spec.replicas and 3 > dynamic(proposed).spec.replicas",
        "when dynamic(proposed).spec.replicas > 5 and not (dynamic(proposed).spec.replicas > 5)",
        "when dynamic(proposed).spec.replicas == 5 and dynamic(proposed).spec.replicas != 5",
        "when dynamic(proposed).spec.replicas == 5 and dynamic(proposed).spec.replicas in [1, 2]",
        "when dynamic(proposed).spec.replicas is absent and dynamic(proposed).spec.replicas > 5",
        "when target.name == \"api\" and target.name like \"web-*\"",
        "when target.name in [\"a\", \"b\"] and target.name not in [\"a\", \"b\", \"c\"]",
        "when target.name == \"a\" or target.name == \"b\" unless target.name in [\"a\", \"b\"]",
        "when dynamic(proposed).spec.replicas < dynamic(current).spec.replicas and dynamic(current).spec.replicas <= dynamic(proposed).spec.replicas",
        "when len(target.name) < 0",
        "when now < 2026-11-22 and now >= 2026-12-01",
        "when target.kind == \"Pod\"",
        "when target.kind in [\"Pod\", \"Node\"] or target.kind like \"C*\"",
    ] {
        let found = linted(&guard("scale of Deployment", &format!("    {conditions}")));
        assert_eq!(found.places("never-true").len(), 1, "{conditions}");
        assert!(found.places("never-applies").is_empty(), "{conditions}");
        let found = linted(&grant("scale of Deployment", &format!("    {conditions}")));
        assert_eq!(found.places("never-applies").len(), 1, "{conditions}");
    }
}

#[test]
fn what_may_hold_is_left_alone() {
    for conditions in [
        "when dynamic(proposed).spec.replicas > 5 and dynamic(proposed).spec.replicas < 7",
        "when dynamic(proposed).spec.replicas >= 5 and dynamic(proposed).spec.replicas <= 5",
        "when dynamic(proposed).spec.replicas > 5 or dynamic(proposed).spec.replicas < 3",
        "when dynamic(proposed).spec.replicas > 5 and dynamic(current).spec.replicas < 3",
        "when dynamic(proposed).spec.replicas != 5 and dynamic(proposed).spec.replicas is absent",
        "when not (dynamic(proposed).spec.replicas == 5) and not (dynamic(proposed).spec.replicas is present)",
        "when target.name like \"web-*\" and target.name like \"*-1\"",
        "when dynamic(proposed).spec.a == \"5\" and dynamic(proposed).spec.b == 5",
        "when not (dynamic(proposed).spec.replicas < 5) and dynamic(proposed).spec.replicas <= 5",
        "when dynamic(proposed).spec.a != dynamic(current).spec.a and dynamic(proposed).spec.a is absent",
        // An absent value differs from itself.
        "when dynamic(proposed).spec.a != dynamic(proposed).spec.a",
        // A change may imply a verb that was not asked for.
        "when verb == patch",
    ] {
        let found = linted(&guard("scale of Deployment", &format!("    {conditions}")));
        assert!(found.places("never-true").is_empty(), "{conditions}");
        assert!(found.places("never-applies").is_empty(), "{conditions}");
        assert!(found.places("always-applies").is_empty(), "{conditions}");
    }
    // A grant must cover the verb that was asked for.
    check(
        "never-applies",
        &grant("scale", "    when verb == patch"),
        &["5: when verb == patch"],
    );
}

#[test]
fn the_namespaces_of_on_are_held_against_the_conditions() {
    let never_true = |on: &str| {
        let condition = "    when target.namespace in [\"web\", \"shop-b\"]";
        linted(&guard(on, condition)).places("never-true").len()
    };
    assert_eq!(never_true("scale of Deployment in \"shop\", \"shop-a\""), 1);
    assert_eq!(never_true("scale of Deployment in \"shop\", \"web\""), 0);
    assert_eq!(never_true("scale of Deployment in \"shop-*\""), 0);
    // A Namespace lies in the one of its own name.
    assert_eq!(never_true("delete of Namespace in \"shop\""), 0);
    assert_eq!(never_true("delete in \"shop\""), 0);
}

#[test]
fn constants_are_computed_and_parameters_are_not() {
    check(
        "never-applies",
        &guard("scale", "    when 2 * 3 > 7"),
        &["5: when 2 * 3 > 7"],
    );
    check(
        "always-applies",
        &guard("scale", "    when \"a\" in [\"a\", \"b\"]"),
        &["5: when \"a\" in [\"a\", \"b\"]"],
    );
    let text = format!(
        "param enabled: bool = false\nlet wanted = enabled == true\n\n{}",
        guard("scale", "    when wanted")
    );
    check("never-applies", &text, &[]);
    check("always-applies", &text, &[]);
}

#[test]
fn a_guard_without_a_false_condition_always_applies_and_a_grant_does_not() {
    let condition =
        "    when dynamic(current).spec.replicas > 5 or dynamic(current).spec.replicas <= 5";
    assert_eq!(
        linted(&guard("scale", condition))
            .places("always-applies")
            .len(),
        1
    );
    check("always-applies", &grant("scale", condition), &[]);
    check(
        "always-applies",
        &guard(
            "scale of Deployment",
            "    when target.kind in [\"Deployment\", \"Pod\"]",
        ),
        &["5: when target.kind in [\"Deployment\", \"Pod\"]"],
    );
}

#[test]
fn lets_are_followed() {
    let text = format!(
        "let many = dynamic(proposed).spec.replicas > 5\nlet few = dynamic(proposed).spec.replicas < 3\n\n{}",
        guard("scale", "    when many\n    when few")
    );
    check("never-true", &text, &["9: when few"]);
}

#[test]
fn of_two_rules_the_weaker_one_is_shadowed() {
    let strong = "guard strong {\n    on scale, restart\n    when verb == scale\n    escalate to \"sre\"\n    because \"x\"\n}\n";
    let weak = |on: &str, more: &str, effect: &str| {
        format!(
            "{strong}guard weak {{\n    on {on}\n    when verb == scale\n{more}    {effect}\n    because \"x\"\n}}\n"
        )
    };
    let found = ["9: weak"];
    check("shadowed-rule", &weak("scale", "", "propose"), &found);
    check(
        "shadowed-rule",
        &weak(
            "scale of Pod in \"a\"",
            "    when target.name == \"a\"\n",
            "escalate to \"sre\"",
        ),
        &found,
    );
    for (on, more, effect) in [
        ("scale, patch", "", "propose"),
        ("any", "", "propose"),
        ("scale", "", "forbid"),
        ("scale", "", "propose to \"another-team\""),
        ("scale", "", "escalate to 2 of \"sre\""),
        ("scale", "", "risk 1"),
        (
            "scale",
            "    suggest dynamic(proposed).spec.replicas = 1\n",
            "propose",
        ),
    ] {
        if more.contains("suggest") {
            let text = weak(on, "", effect).replace(
                "    because \"x\"\n}\n",
                "    because \"x\"\n    suggest \"y\"\n}\n",
            );
            check("shadowed-rule", &text, &[]);
        } else {
            check("shadowed-rule", &weak(on, more, effect), &[]);
        }
    }
    let milder = weak("scale", "", "escalate to \"sre\"").replacen("escalate to", "propose to", 1);
    check("shadowed-rule", &milder, &[]);
    let waived = format!(
        "{}waive strong {{\n    until 2027-03-31\n    by \"dana\"\n    because \"x\"\n}}\n",
        weak("scale", "", "propose")
    );
    check("shadowed-rule", &waived, &[]);
}

#[test]
fn of_two_equal_rules_the_later_one_is_shadowed() {
    let text = "grant a {\n    on scale\n}\ngrant b {\n    on scale\n}\n";
    check("shadowed-rule", text, &["6: b"]);
}

#[test]
fn thresholds_are_held_against_all_points_and_the_built_in_ones() {
    let set = |tolerance: &str, points: &str| {
        format!(
            "tolerance t {{\n    {tolerance}\n}}\nguard g {{\n    on scale\n    risk {points}\n    because \"x\"\n}}\n"
        )
    };
    check(
        "unreachable-threshold",
        &set("propose at 20", "10"),
        &["4: 20"],
    );
    check("unreachable-threshold", &set("propose at 20", "20"), &[]);
    check(
        "unreachable-threshold",
        &set("propose at 20", "dynamic(proposed).spec.replicas"),
        &[],
    );
    check(
        "unreachable-threshold",
        &set("propose at 20", "min(dynamic(proposed).spec.replicas, 15)"),
        &["4: 20"],
    );
    check(
        "threshold-without-effect",
        &set("propose at 30", "50"),
        &["4: 30"],
    );
    check("threshold-without-effect", &set("propose at 29", "50"), &[]);
    check(
        "threshold-without-effect",
        &set("propose at 20\n    escalate at 70", "80"),
        &["5: 70"],
    );
    check(
        "threshold-without-effect",
        &set("propose at dynamic(proposed).spec.replicas", "80"),
        &[],
    );
}

#[test]
fn waivers_are_held_against_the_day() {
    let waiver = |until: &str| {
        format!(
            "{}waive g {{\n    until {until}\n    by \"dana\"\n    because \"x\"\n}}\n",
            guard("scale", "")
        )
    };
    for (until, code) in [
        ("2026-11-22", Some("waiver-expired")),
        ("2026-11-23", Some("waiver-expires")),
        ("2026-12-06", Some("waiver-expires")),
        ("2026-12-07", None),
    ] {
        let found = linted(&waiver(until));
        for own in ["waiver-expired", "waiver-expires"] {
            assert_eq!(
                found.places(own).len(),
                usize::from(code == Some(own)),
                "{own} {until}"
            );
        }
    }
}

#[test]
fn a_waiver_needs_a_verb_and_a_kind_of_its_rule() {
    let waiver = |on: &str| {
        format!(
            "{}waive g {{\n    on {on}\n    until 2027-03-31\n    by \"dana\"\n    because \"x\"\n}}\n",
            guard("scale, patch of Deployment", "")
        )
    };
    check(
        "waiver-forgives-nothing",
        &waiver("restart"),
        &["10: on restart"],
    );
    check(
        "waiver-forgives-nothing",
        &waiver("patch of Pod"),
        &["10: on patch of Pod"],
    );
    check(
        "waiver-forgives-nothing",
        &waiver("patch, restart of Pod, Deployment"),
        &[],
    );
    check("waiver-forgives-nothing", &waiver("any"), &[]);
}

#[test]
fn fields_are_possibly_absent_unless_asked_for() {
    let field = "dynamic(proposed).spec.replicas";
    for (condition, found) in [
        ("dynamic(proposed).spec.replicas > 5", 1),
        (
            "dynamic(proposed).spec.replicas * 2 > dynamic(current).spec.replicas",
            2,
        ),
        ("-dynamic(proposed).spec.replicas < 0", 1),
        ("(dynamic(proposed).spec.replicas ?? 1) > 5", 0),
        ("dynamic(proposed).spec.replicas == 5", 0),
        (
            "dynamic(proposed).spec.replicas is present and dynamic(proposed).spec.replicas > 5",
            0,
        ),
        (
            "dynamic(proposed).spec.replicas is absent or dynamic(proposed).spec.replicas > 5",
            0,
        ),
        (
            "dynamic(proposed).spec.replicas is absent and dynamic(proposed).spec.replicas > 5",
            1,
        ),
        ("proposed.kind == \"x\"", 0),
        ("len(target.name) > 5", 0),
    ] {
        let places =
            linted(&guard("scale", &format!("    when {condition}"))).places("possibly-absent");
        assert_eq!(places.len(), found, "{condition}");
    }
    let guarded = format!("    when {field} is present\n    when {field} > 5");
    check("possibly-absent", &guard("scale", &guarded), &[]);
}

#[test]
fn the_schema_says_which_fields_may_be_absent() {
    let scaler = "apply of autoscaling/HorizontalPodAutoscaler";
    for (on, condition, found) in [
        (scaler, "proposed.spec.maxReplicas > 5", 0),
        (scaler, "proposed.spec.minReplicas > 5", 1),
        (scaler, "proposed.status.currentReplicas > 5", 1),
        ("apply of Deployment", "proposed.spec.replicas > 5", 1),
        (
            "apply of Deployment",
            "some c in proposed.containers: c.resources.requests.cpu > 1",
            1,
        ),
        (
            "apply of Deployment",
            "some c in proposed.containers where c.resources.requests.cpu is present: c.resources.requests.cpu > 1",
            0,
        ),
        ("apply", "dynamic(proposed).spec.maxReplicas > 5", 1),
    ] {
        let found_here = linted(&guard(on, &format!("    when {condition}")));
        let places = found_here.places("possibly-absent");
        assert_eq!(places.len(), found, "{condition}");
    }
}

#[test]
fn current_is_absent_on_create_alone() {
    let condition = "    when dynamic(current).spec.replicas == 5";
    check(
        "current-on-create",
        &guard("create", condition),
        &["5: dynamic(current).spec.replicas"],
    );
    check("current-on-create", &guard("create, apply", condition), &[]);
    check(
        "current-on-create",
        &guard("create", "    when dynamic(proposed).spec.replicas == 5"),
        &[],
    );
    let through_let = format!(
        "let big = dynamic(current).spec.replicas == 5\n{}",
        guard("create", "    when big")
    );
    check("current-on-create", &through_let, &["6: big"]);
}

#[test]
fn every_in_a_grant_needs_an_element() {
    let every = "    when every c in proposed.containers: c.image like \"corp/*\"";
    let place = "5: every c in proposed.containers: c.image like \"corp/*\"";
    check(
        "every-in-grant",
        &grant("apply of Deployment", every),
        &[place],
    );
    check("every-in-grant", &guard("apply of Deployment", every), &[]);
    for more in [
        "when len(proposed.containers) > 0",
        "when (count c in proposed.containers where c.name == \"a\") >= 1",
        "when some c in proposed.containers: c.name == \"app\"",
    ] {
        let text = grant("apply of Deployment", &format!("{every}\n    {more}"));
        check("every-in-grant", &text, &[]);
    }
    check(
        "every-in-grant",
        &grant(
            "apply of Deployment",
            "    when every x in [1, 2]: x > len(target.name)",
        ),
        &[],
    );
    check(
        "every-in-grant",
        &grant(
            "apply of Deployment",
            "    when not (every c in proposed.containers: c.name == \"a\")",
        ),
        &[],
    );
}

#[test]
fn a_view_needs_a_kind_in_what_restrains() {
    let some = "    when some c in proposed.containers: c.image like \"*:latest\"";
    check(
        "view-without-kind",
        &guard("apply", some),
        &["5: proposed.containers"],
    );
    check(
        "view-without-kind",
        &guard("apply of Deployment", some),
        &[],
    );
    check("view-without-kind", &grant("apply", some), &[]);
    let asked = format!("    when target.kind in [\"Pod\", \"Deployment\"]\n{some}");
    check("view-without-kind", &guard("apply", &asked), &[]);
    let through_let = format!(
        "let pod = proposed.pod\n{}",
        guard("apply", "    when pod.hostNetwork == true")
    );
    check("view-without-kind", &through_let, &["6: pod"]);
    let of_objects = "    when some p in objects(Pod): some c in p.containers: c.name == \"a\"";
    check("view-without-kind", &guard("apply", of_objects), &[]);
}

#[test]
fn both_sides_of_a_comparison_differ() {
    check(
        "self-comparison",
        &guard(
            "apply",
            "    when dynamic(proposed).spec.a[\"b\"] != dynamic(proposed).spec.a[\"b\"]",
        ),
        &["5: dynamic(proposed).spec.a[\"b\"] != dynamic(proposed).spec.a[\"b\"]"],
    );
    check(
        "self-comparison",
        &guard(
            "apply",
            "    when dynamic(proposed).spec.a != dynamic(current).spec.a",
        ),
        &[],
    );
}

#[test]
fn tests_show_a_rule_from_both_sides() {
    let rule = guard("scale", "    when dynamic(proposed).spec.replicas > 5");
    let test = |replicas: &str, verb: &str| {
        format!(
            "test \"{replicas} {verb}\" {{\n    given {{\n        verb: {verb}\n        target: Deployment \"a/b\"\n        principal: agent \"x\"\n        current: {{ spec: {{ replicas: 4 }} }}\n        proposed: {{ spec: {{ replicas: {replicas} }} }}\n    }}\n    expect at least propose\n}}\n"
        )
    };
    let message = |tests: &str| {
        let linted = linted(&format!("{rule}{tests}"));
        let found = linted
            .found
            .iter()
            .find(|found| found.code == "untested-rule");
        found.map(|found| found.message.clone())
    };
    let (many, few, other) = (test("6", "scale"), test("5", "scale"), test("4", "restart"));
    let unknown = test("6", "scale")
        .replace("replicas: 6", "replicas: unknown")
        .replace("6 scale", "unknown");
    assert_eq!(
        message("").unwrap(),
        "guard `g` has no test in which it is asked at all"
    );
    assert_eq!(
        message(&other).unwrap(),
        "guard `g` has no test in which it is asked at all"
    );
    assert_eq!(
        message(&many).unwrap(),
        "guard `g` has no test in which it is asked and does not apply"
    );
    assert_eq!(
        message(&few).unwrap(),
        "guard `g` has no test in which it certainly applies"
    );
    assert_eq!(
        message(&format!("{few}{unknown}")).unwrap(),
        "guard `g` has no test in which it certainly applies"
    );
    assert_eq!(message(&format!("{few}{many}")), None);
}

/// Spelt out, the last of these lets would be longer than the world.
#[test]
fn lets_that_double_each_other_are_linted_soon() {
    let mut text =
        "let a0 = dynamic(current).spec.a == 1 or proposed.pod.hostNetwork == true\n".to_owned();
    for at in 1..60 {
        text.push_str(&format!("let a{at} = a{0} and a{0}\n", at - 1));
    }
    text.push_str(&guard("create", "    when a59\n    unless a58"));
    text.push_str("grant h {\n    on create\n    when a59\n    when not a58\n}\n");
    let found = linted(&text);
    assert_eq!(found.places("current-on-create").len(), 4);
    assert_eq!(found.places("view-without-kind").len(), 1);
}
