//! `taffrail test`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{POLICY, Workspace, shop};

#[test]
fn tests_run_and_say_what_failed() {
    let shop = shop();
    insta::assert_snapshot!(shop.run(&["test", "policies"]).shown());
    let failing = POLICY.replace("expect guard halved", "expect no guard halved");
    shop.write("failing/a.guard", failing.as_bytes());
    insta::assert_snapshot!(shop.run(&["test", "failing"]).shown());
    insta::assert_snapshot!(
        shop.run(&["test", "failing", "--output", "markdown"])
            .shown()
    );
    let json = shop.run(&["test", "failing", "--output", "json"]);
    let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&found["passed"], &found["failed"]), (&1.into(), &1.into()));
    assert_eq!(json.code, Some(1));
}

#[test]
fn a_filter_picks_tests_and_may_not_pick_none() {
    let shop = shop();
    let one = shop.run(&["test", "policies", "--filter", "one more"]);
    assert!(one.out.contains("1 passed, 0 failed"), "{}", one.out);
    assert_eq!(
        shop.run(&["test", "policies", "--filter", "one mor"]).code,
        Some(0)
    );
    assert_eq!(
        shop.run(&["test", "policies", "--filter", "nothing"]).code,
        Some(1)
    );
}

#[test]
fn tests_start_from_files_among_the_policies() {
    let policy = r#"policy a

guard g {
    on scale
    risk 40
}

test "from a file" {
    given from "requests/scale.yaml" {}
    expect guard g
}

test "from outside" {
    given from "../secret.yaml" {}
    expect guard g
}
"#;
    let workspace = Workspace::new(&[
        ("policies/sub/a.guard", policy),
        ("policies/sub/requests/scale.yaml", "verb: scale\n"),
        ("secret.yaml", "verb: scale\n"),
    ]);
    let ran = workspace.run(&["test", "policies"]);
    assert!(ran.out.contains("ok      a: from a file"), "{}", ran.out);
    assert!(ran.out.contains("FAILED  a: from outside"), "{}", ran.out);
}

#[test]
fn policies_without_tests_are_warned_of() {
    let untested = "policy a\n\nguard g {\n    on scale\n    risk 40\n}\n";
    let workspace = Workspace::new(&[("policies/a.guard", untested)]);
    insta::assert_snapshot!(workspace.run(&["test", "policies"]).shown());
    let json = workspace.run(&["test", "policies", "--output", "json"]);
    assert!(json.err.contains("no tests"), "{}", json.err);
    assert!(json.out.contains("\"tests\": []"), "{}", json.out);
}

#[test]
fn ci_systems_get_their_report() {
    let shop = shop();
    let failing = POLICY.replace("expect guard halved", "expect no guard halved");
    shop.write("failing/a.guard", failing.as_bytes());
    let ran = shop.run(&["test", "failing", "--output", "junit"]);
    assert_eq!(ran.code, Some(1));
    insta::assert_snapshot!(without_times(&ran.out));
    let ran = shop.run(&["test", "failing", "--junit", "report.xml"]);
    assert!(ran.out.contains("1 passed, 1 failed"), "{}", ran.out);
    let report = std::fs::read_to_string(shop.folder.join("report.xml")).unwrap();
    assert!(report.contains("<testsuites name=\"taffrail\""), "{report}");
    let ran = shop.run(&["test", "failing", "--junit", "no/such/folder/report.xml"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("cannot write `no/such/folder/report.xml`"),
        "{}",
        ran.err
    );
}

#[test]
fn a_change_is_seen_while_watching() {
    let shop = shop();
    let mut child = shop
        .command(&["test", "policies", "--watch"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut wait_for = |text: &str| {
        let found = said
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.contains(text));
        assert!(found.is_some(), "it ended before it said `{text}`");
    };
    wait_for("waiting for a change");
    let failing = POLICY.replace("expect guard halved", "expect no guard halved");
    shop.write("policies/scaling.guard", failing.as_bytes());
    wait_for("waiting for a change");
    // What does not compile is said, and mended with the next change.
    shop.write(
        "policies/scaling.guard",
        b"policy shop.scaling\n\ngrand g {\n}\n",
    );
    wait_for("the policies do not compile");
    wait_for("waiting for a change");
    shop.write("policies/scaling.guard", POLICY.as_bytes());
    wait_for("waiting for a change");
    child.kill().unwrap();
    let out = std::io::read_to_string(child.stdout.take().unwrap()).unwrap();
    child.wait().unwrap();
    let counts: Vec<&str> = out
        .lines()
        .filter(|line| line.contains(" passed, "))
        .collect();
    assert_eq!(
        counts,
        [
            "2 passed, 0 failed",
            "1 passed, 1 failed",
            "2 passed, 0 failed"
        ]
    );
}

#[test]
fn standard_input_cannot_be_watched() {
    let ran = shop().run_with_input(&["test", "-", "--watch"], POLICY.as_bytes());
    insta::assert_snapshot!(ran.err, @"error: `--watch` waits for files to change, and standard input is none");
    assert_eq!(ran.code, Some(1));
}

#[test]
fn snapshots_are_reviewed_with_the_habits_of_insta() {
    let shop = shop();
    let pictured = POLICY.replace("expect guard halved", "expect snapshot");
    shop.write("pictured/a.guard", pictured.as_bytes());
    let test = |more: &[&str], update: &str| {
        let mut command = shop.command(&[&["test", "pictured"], more].concat());
        command.env_remove("CI").env("INSTA_UPDATE", update);
        crate::support::Ran::of(&mut command)
    };
    let file = shop
        .folder
        .join("pictured/snapshots/a__halving_is_proposed.snap");
    let pending = shop
        .folder
        .join("pictured/snapshots/a__halving_is_proposed.snap.new");
    // Nothing is reviewed yet, and in CI nothing is written.
    let ran = test(&[], "no");
    insta::assert_snapshot!(ran.shown());
    assert!(!pending.exists());
    test(&[], "new");
    insta::assert_snapshot!(std::fs::read_to_string(&pending).unwrap());
    assert!(!file.exists());
    assert_eq!(test(&["--accept"], "no").code, Some(0));
    assert!(file.exists() && !pending.exists());
    assert_eq!(test(&[], "no").code, Some(0));
    // Another decision differs, and shows how.
    let changed = pictured.replace("risk 40", "risk 60");
    shop.write("pictured/a.guard", changed.as_bytes());
    insta::assert_snapshot!(test(&[], "new").shown());
    assert!(pending.exists());
    shop.write("pictured/a.guard", pictured.as_bytes());
    assert_eq!(test(&[], "new").code, Some(0));
    assert!(!pending.exists());
    // A file that no test expects any more is named.
    shop.write("pictured/a.guard", POLICY.as_bytes());
    let ran = test(&[], "no");
    assert!(
        ran.err
            .contains("no test expects the snapshot `pictured/snapshots/a__"),
        "{}",
        ran.err
    );
}

fn without_times(report: &str) -> String {
    let mut parts = report.split(" time=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.split_once('"').map_or("", |(_, rest)| rest);
        format!("{text} time=\"…\"{rest}")
    })
}
