//! `taffrail mutate`.

use crate::support::{Workspace, shop};

/// A guard whose tests are not at its boundary, and a comment that explains one of its changes.
const LOOSE: &str = r#"policy a

guard halved {
    on scale of Deployment
    when (proposed.spec.replicas ?? 1) < 5
    risk 40 // mutate: allow, nobody counts on the exact points
    because "fewer than five"
}

grant scaling {
    on scale
    // mutate: allow, this one is noticed
    when principal.kind == agent
}

// mutate: allow
test "a small workload" {
    given {
        verb: scale
        target: Deployment "shop/web"
        principal: agent "healer"
        current: { spec: { replicas: 6 } }
        proposed: { spec: { replicas: 3 } }
    }
    expect propose
    expect guard halved
    expect grant scaling

    case "a large one" {
        proposed: { spec: { replicas: 9 } }
    }
    expect execute

    case "for a person" {
        principal: human "dana"
    }
    expect no grant scaling

    case "something else" {
        target: StatefulSet "shop/db"
    }
    expect no guard halved
    expect grant scaling
}
"#;

fn loose() -> Workspace {
    Workspace::new(&[("policies/a.guard", LOOSE)])
}

#[test]
fn changes_that_no_test_notices_are_shown_as_diffs() {
    insta::assert_snapshot!(loose().run(&["mutate", "policies"]).shown());
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let workspace = loose();
    let run = |jobs| workspace.run(&["mutate", "policies", "--output", "json", "--jobs", jobs]);
    let one = run("1");
    assert_eq!(one.out, run("3").out);
    let found: serde_json::Value = serde_json::from_str(&one.out).unwrap();
    let first = &found["changes"][0];
    insta::assert_snapshot!(serde_json::to_string_pretty(first).unwrap());
    let all = found["changes"].as_array().unwrap().len() as u64;
    let of = |key: &str| found[key].as_u64().unwrap();
    let sum = of("noticed") + of("survived") + of("explained") + of("equivalent") + of("invalid");
    assert_eq!(sum, all);
}

#[test]
fn a_floor_takes_the_place_of_perfection() {
    let workspace = loose();
    let run = |percent| workspace.run(&["mutate", "policies", "--fail-under", percent]);
    assert_eq!(run("20").code, Some(0));
    let short = run("99.9");
    assert_eq!(short.code, Some(1));
    assert!(short.err.contains("99.9 % is asked for"), "{}", short.err);
}

#[test]
fn nothing_is_changed_while_tests_fail_or_are_missing() {
    let workspace = loose();
    let failing = LOOSE.replace("    expect execute\n", "    expect escalate\n");
    workspace.write("failing/a.guard", failing.as_bytes());
    insta::assert_snapshot!(workspace.run(&["mutate", "failing"]).shown());
    let untested = LOOSE.split("// mutate: allow\ntest").next().unwrap();
    workspace.write("untested/a.guard", untested.as_bytes());
    insta::assert_snapshot!(workspace.run(&["mutate", "untested"]).shown(), @r#"
    exit 1
    --- stderr
    error: there is no test that could notice a change
      help: `test "…" { given { … } expect propose }` is one
    "#);
    let none = shop().run(&["mutate", "policies", "--filter", "nothing"]);
    insta::assert_snapshot!(none.shown(), @r"
    exit 1
    --- stderr
    error: no rule, let, parameter or signal has `nothing` in its name
    ");
}
