//! `taffrail diff`.

use crate::support::{POLICY, Workspace};

/// The shop as it was, and with some texts replaced.
fn changed(replacements: &[(&str, &str)]) -> Workspace {
    let mut text = POLICY.to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    Workspace::new(&[("old/scaling.guard", POLICY), ("new/scaling.guard", &text)])
}

fn shown(replacements: &[(&str, &str)]) -> String {
    changed(replacements).run(&["diff", "old", "new"]).shown()
}

#[test]
fn what_is_only_written_otherwise_is_no_change() {
    let shop = changed(&[
        (
            "/// Agents may scale alone.",
            "/// Agents scale, and nobody asks.",
        ),
        (
            "when proposed.spec.replicas * 2 <= current.spec.replicas",
            "unless not (current.spec.replicas >= 2 * proposed.spec.replicas)",
        ),
        ("when error_rate > 1%", "when not (error_rate <= 0.01)"),
        ("halving is proposed", "that halving is proposed"),
        ("most", "biggest"),
    ]);
    let moved = std::fs::read_to_string(shop.folder.join("new/scaling.guard")).unwrap();
    std::fs::remove_file(shop.folder.join("new/scaling.guard")).unwrap();
    shop.write(
        "new/deeper/renamed.guard",
        format!("\n\n{moved}").as_bytes(),
    );
    let ran = shop.run(&["diff", "old", "new"]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn a_change_is_shown_with_its_direction_and_what_tests_say_of_it() {
    let shop = changed(&[
        ("risk 40", "risk 20"),
        (
            "when principal.kind == agent\n",
            "when principal.kind == agent\n    when principal.id like \"heal*\"\n",
        ),
        ("error_rate > 1%", "error_rate > 2%"),
        ("fresh 2m", "fresh 1m"),
        ("limit 3 per 1h", "limit 2 per 2h"),
        ("2 of \"oncall\"", "\"oncall\", \"shop\""),
        ("most: number = 5", "most: number = 4"),
        ("because \"agreed\"", "because \"agreed upon\""),
        ("until 2027-03-31", "until 2027-02-28"),
    ]);
    let forms: Vec<String> = ["text", "json", "markdown"]
        .map(|form| shop.run(&["diff", "old", "new", "--output", form]).shown())
        .into();
    insta::assert_snapshot!(forms.join("\n"));
}

#[test]
fn rules_come_and_go_and_are_renamed() {
    let insta = shown(&[
        ("guard too_many", "guard far_too_many"),
        ("waive too_many", "waive far_too_many"),
        ("budget scalings", "budget scaling_budget"),
        (
            "@owner(\"shop-sre\")",
            "guard nobody_deletes {\n    on delete\n    forbid\n    because \"no\"\n}\n\n@owner(\"shop\")",
        ),
        (
            "guard burning",
            "tolerance burning_hot {\n    propose at 10\n}\n\nguard burns",
        ),
        ("escalate to 2 of", "escalate to 3 of"),
    ]);
    insta::assert_snapshot!(insta);
}

#[test]
fn the_exit_code_can_be_had_for_milder_changes_alone() {
    let stricter = changed(&[("risk 40", "risk 50")]);
    let milder = changed(&[("risk 40", "risk 30")]);
    let same = changed(&[("risk 40", "risk 40 // points")]);
    let codes = |shop: &Workspace| {
        ["changed", "milder", "never"].map(|on| {
            shop.run(&["diff", "old", "new", "--fail-on", on])
                .code
                .unwrap()
        })
    };
    assert_eq!(codes(&stricter), [1, 0, 0]);
    assert_eq!(codes(&milder), [5, 5, 0]);
    assert_eq!(codes(&same), [0, 0, 0]);
}

#[test]
fn a_parameter_of_the_command_line_holds_for_both_sides() {
    let shop = changed(&[("risk 10", "risk 11")]);
    let ran = shop.run(&[
        "diff", "old", "new", "--param", "most=9", "--output", "json",
    ]);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        found["names"].as_array().map(Vec::len),
        Some(0),
        "{}",
        ran.out
    );
    assert_eq!(found["rules"][0]["direction"], "stricter");
}

#[test]
fn settings_are_compared_too() {
    let shop = changed(&[]);
    shop.write(
        "old/taffrail.toml",
        b"ungranted = \"escalate\"\n[params]\nmost = 5\n",
    );
    shop.write(
        "new/taffrail.toml",
        b"require_intent = true\n[tolerance]\npropose = 20\nescalate = 80\n[params]\nmost = 7\n",
    );
    insta::assert_snapshot!(shop.run(&["diff", "old", "new"]).shown());
}

#[test]
fn sets_that_do_not_compile_are_not_compared() {
    let shop = changed(&[("on scale of Deployment", "on scael of Deployment")]);
    let ran = shop.run(&["diff", "old", "new"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("the policies do not compile"),
        "{}",
        ran.err
    );
    assert_eq!(shop.run(&["diff", "old", "nowhere"]).code, Some(1));
    assert_eq!(shop.run(&["diff", "old"]).code, Some(2));
}
