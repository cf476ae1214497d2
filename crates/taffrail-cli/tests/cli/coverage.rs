//! `taffrail coverage`.

use crate::support::{Workspace, shop};

/// Rules of which the tests exercise a part.
const HALF_TESTED: &str = r#"policy a

let is_prod = namespace.labels.env == "prod"

guard halved {
    on scale of Deployment
    when is_prod and (proposed.spec.replicas ?? 1) < 5
    unless principal.kind == human
    risk 40
    because "fewer than five"
    suggest proposed.spec.replicas = 5
}

guard untested {
    on delete
    when some c in current.containers: c.image like "registry.corp/*"
    escalate
    because "ours"
}

budget changes {
    on any
    limit 3 per 1h by target.name
    propose
    because "enough"
}

test "a small production workload" {
    given {
        verb: scale
        target: Deployment "shop/web"
        principal: agent "healer"
        namespace: { labels: { env: "prod" } }
        current: { spec: { replicas: 6 } }
        proposed: { spec: { replicas: 3 } }
    }
    expect guard halved

    case "nobody knows where it is" {
        namespace: unknown
    }
    expect guard halved
}
"#;

fn half_tested() -> Workspace {
    Workspace::new(&[("policies/a.guard", HALF_TESTED)])
}

#[test]
fn what_no_test_exercises_is_shown_on_the_source() {
    let workspace = half_tested();
    insta::assert_snapshot!(workspace.run(&["coverage", "policies"]).shown());
}

#[test]
fn programs_get_every_part_with_its_place() {
    let json = half_tested().run(&["coverage", "policies", "--output", "json"]);
    insta::assert_snapshot!(json.shown());
}

#[test]
fn less_than_asked_for_fails_with_a_sentence() {
    let workspace = half_tested();
    let run = |percent| workspace.run(&["coverage", "policies", "--fail-under", percent]);
    assert_eq!(run("10").code, Some(0));
    let short = run("90.5%");
    assert_eq!(short.code, Some(1));
    insta::assert_snapshot!(short.err, @"error: 38.4 % is covered, and at least 90.5 % is asked for");
    assert_eq!(run("101").code, Some(2));
    assert_eq!(run("9.55").code, Some(2));
}

#[test]
fn a_set_without_tests_covers_nothing_and_says_so() {
    let workspace = Workspace::new(&[(
        "policies/a.guard",
        "policy a\n\nguard keep {\n    on delete\n    forbid\n    because \"kept\"\n}\n",
    )]);
    let ran = workspace.run(&["coverage", "policies", "--fail-under", "1"]);
    insta::assert_snapshot!(ran.shown());
    let none = shop().run(&["coverage", "policies", "--filter", "nothing"]);
    insta::assert_snapshot!(none.shown(), @r"
    exit 1
    --- stderr
    error: no test has `nothing` in its name
    ");
}

/// What a reader of lcov takes for granted: records that end, counts that agree with their lines.
#[test]
fn lcov_has_the_truths_as_branches() {
    let workspace = half_tested();
    let ran = workspace.run(&["coverage", "policies", "--lcov", "coverage.info"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let report = std::fs::read_to_string(workspace.folder.join("coverage.info")).unwrap();
    let count = |start: &str| {
        let lines = report.lines();
        lines.filter(|line| line.starts_with(start)).count()
    };
    let said = |key: &str| -> usize {
        let line = report.lines().find_map(|line| line.strip_prefix(key));
        line.unwrap().parse().unwrap()
    };
    assert_eq!(count("SF:policies/a.guard"), count("end_of_record"));
    assert_eq!(count("FN:"), said("FNF:"));
    assert_eq!(count("BRDA:"), said("BRF:"));
    assert_eq!(count("DA:"), said("LF:"));
    let taken = |line: &&str| line.starts_with("BRDA:") && line.ends_with(",1");
    assert_eq!(report.lines().filter(taken).count(), said("BRH:"));
    insta::assert_snapshot!(report);
}

#[test]
fn pages_stand_on_their_own() {
    let workspace = half_tested();
    workspace.write(
        "policies/sub-sets/b.guard",
        b"policy b\n\nguard odd {\n    on delete\n    when target.name == \"<b>&\"\n    forbid\n    because \"odd\"\n}\n",
    );
    let ran = workspace.run(&["coverage", "policies", "--html", "site/pages"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let folder = workspace.folder.join("site/pages");
    let page = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let index = page("index.html");
    for (name, link) in [
        ("a.guard", "a.guard.html"),
        ("sub-sets/b.guard", "sub--sets-b.guard.html"),
    ] {
        assert!(
            index.contains(&format!("<a href=\"{link}\">{name}</a>")),
            "{index}"
        );
        let page = page(link);
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
        // Nothing is fetched, nothing runs, and what a policy says is text.
        for absent in ["<script", "http:", "https:", "<link", "<b>"] {
            assert!(!page.contains(absent), "`{absent}` in {link}");
        }
    }
    let body = page("a.guard.html");
    let body = body.split("<body>").nth(1).unwrap();
    insta::assert_snapshot!(body);
}
