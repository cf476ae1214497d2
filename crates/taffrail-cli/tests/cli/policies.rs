//! `taffrail check`, `graph`, `explain` and `schema`.

use std::time::{Duration, Instant};

use crate::support::{POLICY, Workspace, shop};

const BROKEN: &str = "policy a\n\nguard g {\n    on scael\n    risk 5\n}\n\nguard h {\n    on any\n    when target.nam == \"x\"\n    risk 5\n}\n";

#[test]
fn check_shows_what_is_wrong() {
    let broken = Workspace::new(&[("a.guard", BROKEN)]);
    insta::assert_snapshot!(broken.run(&["check", "."]).shown());
    insta::assert_snapshot!(broken.run(&["check", ".", "--output", "markdown"]).shown());
    let json = broken.run(&["check", ".", "--output", "json"]);
    let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(found["errors"], 2);
    assert_eq!(found["diagnostics"][0]["labels"][0]["place"]["line"], 4);
    assert_eq!(json.code, Some(1));
}

#[test]
fn check_is_content_with_sound_policies() {
    let shop = shop();
    insta::assert_snapshot!(shop.run(&["check", "policies"]).shown());
    assert_eq!(shop.run(&["check", "policies/scaling.guard"]).code, Some(0));
    assert_eq!(
        shop.run_with_input(&["check", "-"], POLICY.as_bytes()).code,
        Some(0)
    );
}

#[test]
fn input_that_is_not_utf8_is_refused_with_its_place() {
    let workspace = Workspace::new(&[]);
    let ran = workspace.run_with_input(&["check", "-"], b"policy a\n\xff\xfe");
    insta::assert_snapshot!(ran.err, @"error: cannot read `-`: it is not UTF-8 from byte 9 on");
    assert_eq!(ran.code, Some(1));
    let ran = workspace.run_with_input(&["check", "-"], b"\xef\xbb");
    insta::assert_snapshot!(ran.err, @"error: cannot read `-`: it is not UTF-8 from byte 0 on");
}

#[test]
fn hostile_policies_are_refused_soon() {
    let workspace = Workspace::new(&[]);
    let deep = format!(
        "policy a\nguard g {{ on any when {}true{} risk 5 }}\n",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    let long = format!(
        "policy a\n{}",
        "guard g { on any risk 5 }\n".repeat(400_000)
    );
    for (name, bytes) in [
        ("nul", b"policy a\0\nguard g { on any risk 5 }\n".to_vec()),
        (
            "latin",
            b"policy a\n// \xe9\nguard g { on any risk 5 }\n".to_vec(),
        ),
        ("deep", deep.into_bytes()),
        ("long", long.into_bytes()),
    ] {
        workspace.write(&format!("{name}/a.guard"), &bytes);
        let started = Instant::now();
        let ran = workspace.run(&["check", name]);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.err);
        assert!(started.elapsed() < Duration::from_secs(30), "{name}");
        assert!(!ran.err.contains("panicked"), "{name}: {}", ran.err);
    }
}

#[test]
fn the_graph_is_drawn_in_two_languages() {
    let shop = shop();
    let dot = shop.run(&["graph", "policies"]);
    assert!(dot.out.starts_with("digraph") && dot.out.contains("shop.scaling.halved"));
    let mermaid = shop.run(&["graph", "policies", "--format", "mermaid"]);
    assert!(mermaid.out.starts_with("flowchart"));
    assert_eq!(dot.code, Some(0));
}

#[test]
fn every_code_is_explained() {
    let workspace = Workspace::new(&[]);
    let list = workspace.run(&["explain"]);
    for line in list.out.lines() {
        let code = line.split_whitespace().next().unwrap();
        let page = workspace.run(&["explain", code]);
        assert!(page.out.starts_with(&format!("# {code}\n")), "{code}");
    }
    assert!(list.out.lines().count() > 50);
    insta::assert_snapshot!(workspace.run(&["explain", "single-equal"]).shown(), @r#"
    exit 1
    --- stderr
    error: there is no diagnostic code `single-equal`
      help: did you mean `single-equals`?
    "#);
}
