//! `taffrail lint`: levels, suppression, remedies and forms of output.

use serde_json::Value;

use crate::support::{Ran, Workspace};

const POLICY: &str = r#"policy shop.scaling

use shop.tenancy

let left_over = 3

signal error_rate: number from "prometheus"

guard burning {
    on any
    when error_rate > 1%
    when error_rate > 1%
    propose
    because "error rate is {error_rate}"
}

waive burning {
    when target.name == "batch"
    until 2026-11-25
    by "dana@example.com"
    because "100%: agreed, OPS-1412"
}

test "a quiet system" {
    given {
        verb: scale
        signals: { error_rate: 0.2% }
        now: 2026-11-22T10:00Z
    }
    expect no guard burning

    case "a burning one" { signals: { error_rate: 20% } }
    expect guard burning
}
"#;

const TENANCY: &str = "policy shop.tenancy\n\nlet is_production = true\n";

fn shop(settings: &str) -> Workspace {
    Workspace::new(&[
        ("policies/scaling.guard", POLICY),
        ("policies/tenancy.guard", TENANCY),
        ("policies/taffrail.toml", settings),
    ])
}

fn lint(workspace: &Workspace, more: &[&str]) -> Ran {
    let mut arguments = vec!["lint", "policies", "--today", "2026-11-23"];
    arguments.extend(more);
    workspace.run(&arguments)
}

#[test]
fn findings_are_shown_as_diagnostics_are() {
    insta::assert_snapshot!(lint(&shop(""), &[]).shown());
}

#[test]
fn a_denied_finding_fails_and_an_allowed_one_is_not_shown() {
    let ran = lint(
        &shop("[lints]\nwaiver-expires = \"deny\"\nunused-name = \"allow\"\n"),
        &[],
    );
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("error[waiver-expires]"), "{}", ran.out);
    assert!(!ran.out.contains("unused-name"), "{}", ran.out);
}

#[test]
fn warnings_fail_when_that_is_asked_for() {
    let shop = shop("");
    assert_eq!(lint(&shop, &[]).code, Some(0));
    let ran = lint(&shop, &["--deny-warnings"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("warning[waiver-expires]"), "{}", ran.out);
}

#[test]
fn levels_of_codes_that_do_not_exist_are_refused_by_every_command() {
    for (settings, says) in [
        ("waiver-expirs = \"deny\"", "did you mean `waiver-expires`?"),
        (
            "waiver-expires = \"forbid\"",
            "\"allow\", \"warn\" or \"deny\"",
        ),
        ("waiver-expires = 1", "\"allow\", \"warn\" or \"deny\""),
        ("unknown-field = \"allow\"", "is an error"),
    ] {
        let shop = shop(&format!("[lints]\n{settings}\n"));
        for command in ["lint", "check", "test"] {
            let ran = shop.run(&[command, "policies"]);
            assert_eq!(ran.code, Some(1), "{command}: {}", ran.out);
            assert!(ran.err.contains(says), "{command}: {}", ran.err);
        }
    }
}

#[test]
fn remedies_are_written_and_what_is_left_is_shown() {
    let shop = shop("");
    let ran = lint(&shop, &["--fix"]);
    assert!(ran.out.contains("3 findings mended"), "{}", ran.out);
    assert!(ran.out.contains("waiver-expires"), "{}", ran.out);
    let text = std::fs::read_to_string(shop.folder.join("policies/scaling.guard")).unwrap();
    let expected = POLICY
        .replace("use shop.tenancy\n", "")
        .replace("let left_over = 3\n", "")
        .replacen("    when error_rate > 1%\n", "", 1);
    assert_eq!(text, expected);
    let again = lint(&shop, &["--fix", "--output", "json"]);
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(again["mended"], 0);
}

#[test]
fn what_does_not_compile_is_shown_and_left_alone() {
    let broken = Workspace::new(&[(
        "policies/a.guard",
        "policy a\n\nlet x = 1\n\nguard g { on scael }\n",
    )]);
    let ran = lint(&broken, &["--fix"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("error[unknown-verb]"), "{}", ran.out);
    let text = std::fs::read_to_string(broken.folder.join("policies/a.guard")).unwrap();
    assert!(text.contains("let x"));
    let ran = broken.run_with_input(
        &["lint", "-", "--fix"],
        b"policy a  guard g { on any propose }",
    );
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("standard input"), "{}", ran.err);
}

#[test]
fn annotations_are_one_line_each_and_escaped() {
    insta::assert_snapshot!(lint(&shop(""), &["--output", "github"]).shown());
}

/// The members that the schema of SARIF 2.1.0 requires, and those that code scanning reads.
#[test]
fn sarif_has_what_its_schema_requires() {
    let ran = lint(
        &shop("[lints]\nwaiver-expires = \"deny\"\n"),
        &["--output", "sarif"],
    );
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .unwrap()
            .ends_with("sarif-2.1.0.json")
    );
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "taffrail");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        assert!(rule["shortDescription"]["text"].is_string());
        assert!(rule["help"]["text"].as_str().unwrap().starts_with("# "));
        let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
        assert!(["none", "note", "warning", "error"].contains(&level));
    }
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 5, "{}", ran.out);
    for result in results {
        assert!(result["message"]["text"].is_string());
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let level = result["level"].as_str().unwrap();
        let denied = result["ruleId"] == "waiver-expires";
        assert_eq!(level, if denied { "error" } else { "warning" });
        let place = &result["locations"][0]["physicalLocation"];
        assert!(result["message"]["text"].is_string());
        assert_eq!(place["artifactLocation"]["uri"], "policies/scaling.guard");
        check_region(&place["region"]);
    }
    let fixed = results
        .iter()
        .filter(|result| result.get("fixes").is_some());
    for result in fixed.clone() {
        let change = &result["fixes"][0]["artifactChanges"][0];
        assert_eq!(change["artifactLocation"]["uri"], "policies/scaling.guard");
        assert_eq!(change["replacements"][0]["insertedContent"]["text"], "");
        check_region(&change["replacements"][0]["deletedRegion"]);
    }
    assert_eq!(fixed.count(), 3);
}

/// Holds a region's lines and columns against its bytes.
fn check_region(region: &Value) {
    let number = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap();
    let (offset, length) = (number("byteOffset"), number("byteLength"));
    let place = |at: usize| {
        let before = POLICY.get(..at).unwrap();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        (line, column)
    };
    assert_eq!(place(offset), (number("startLine"), number("startColumn")));
    assert_eq!(
        place(offset + length),
        (number("endLine"), number("endColumn"))
    );
}
