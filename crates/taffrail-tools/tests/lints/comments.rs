//! Comments that suppress a lint, and remedies.

use taffrail_tools::fix;

use crate::{check, guard, linted};

#[test]
fn a_comment_suppresses_one_lint_at_one_place() {
    let signals = |first: &str, second: &str| {
        format!(
            "{first}signal a: number from \"x\"{second}\nsignal b: number from \"x\"\n{}",
            guard("scale", "    when a > b")
        )
    };
    let allow = "// lint: allow signal-without-fresh, x drops old readings";
    let b = "4: b";
    check("signal-without-fresh", &signals("", ""), &["3: a", b]);
    check(
        "signal-without-fresh",
        &signals("", &format!("  {allow}")),
        &[b],
    );
    let above = linted(&signals(&format!("{allow}\n/// The first.\n"), ""));
    assert_eq!(above.places("signal-without-fresh"), ["6: b"]);
    assert!(above.places("unused-suppression").is_empty());
    let wrong = linted(&signals(
        &format!("{}\n", allow.replace("fresh", "source")),
        "",
    ));
    assert_eq!(wrong.places("signal-without-fresh").len(), 2);
    assert_eq!(wrong.places("unused-suppression").len(), 1);
}

#[test]
fn a_comment_at_a_clause_is_about_the_clause() {
    let allow = "// lint: allow duplicate-condition, to show it";
    let text = guard(
        "scale",
        &format!(
            "    when verb == scale\n    {allow}\n    when verb == scale\n    when verb == scale"
        ),
    );
    check("duplicate-condition", &text, &["8: when verb == scale"]);
    let whole = format!("{allow}\n@owner(\"sre\")\n{text}");
    check("duplicate-condition", &whole, &[]);
}

#[test]
fn remedies_leave_nothing_to_remedy() {
    let text = format!(
        "/// Left over.\nlet a = 1 let b = 2\n// lint: allow unused-name, not any more\n{}",
        guard(
            "scale",
            "    when verb == scale when verb == scale // lint: allow never-true, no"
        )
    );
    let found = linted(&text);
    let fixed = fix(&found.sources, &found.found);
    assert_eq!(fixed.applied, 5);
    let text = &fixed
        .sources
        .get(taffrail_syntax::SourceId(0))
        .unwrap()
        .text;
    let rest = text.strip_prefix("policy shop.a\n\n").unwrap();
    let again = linted(rest);
    assert!(
        again.found.iter().all(|finding| finding.fix.is_none()),
        "{rest}"
    );
    assert!(!rest.contains("lint:") && !rest.contains("let"), "{rest}");
}
