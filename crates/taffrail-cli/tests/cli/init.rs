//! `taffrail init` and `completions`.

use crate::support::Workspace;

#[test]
fn a_new_set_is_sound_tidy_and_tested() {
    let workspace = Workspace::new(&[]);
    insta::assert_snapshot!(workspace.run(&["init"]).shown());
    for command in [
        &["check", "policies"][..],
        &[
            "lint",
            "policies",
            "--deny-warnings",
            "--today",
            "2026-11-23",
        ],
        &["fmt", "--check", "policies"],
        &["test", "policies"],
        &["coverage", "policies", "--fail-under", "100"],
        &["mutate", "policies"],
    ] {
        let ran = workspace.run(command);
        assert_eq!(ran.code, Some(0), "{command:?}: {}{}", ran.out, ran.err);
    }
    let action = "policies/examples/scale-down.yaml";
    let decided = workspace.run(&["decide", "--policies", "policies", action]);
    insta::assert_snapshot!(decided.shown());
}

#[test]
fn nothing_is_written_over() {
    let workspace = Workspace::new(&[("policies/taffrail.toml", "# mine\n")]);
    insta::assert_snapshot!(workspace.run(&["init"]).shown());
    assert!(!workspace.folder.join("policies/agents.guard").exists());
    let ran = workspace.run(&["init", "others"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[test]
fn a_new_set_comes_with_a_package_if_wanted() {
    let workspace = Workspace::new(&[]);
    insta::assert_snapshot!(workspace.run(&["init", "my set", "--cargo"]).shown());
    let manifest = std::fs::read_to_string(workspace.folder.join("my set/Cargo.toml")).unwrap();
    insta::assert_snapshot!(manifest);
    let ran = workspace.run(&["test", "my set/policies"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let ran = workspace.run(&["init", "other", "--cargo", "--taffrail", "../taffrail"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let manifest = std::fs::read_to_string(workspace.folder.join("other/Cargo.toml")).unwrap();
    assert!(
        manifest.contains("/../taffrail/crates/taffrail-testing\" }"),
        "{manifest}"
    );
    let ran = workspace.run(&["init", "third", "--taffrail", "../taffrail"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
}

#[test]
fn shells_get_their_completions() {
    let workspace = Workspace::new(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = workspace.run(&["completions", shell]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        for word in ["requirements", "policies"] {
            assert!(ran.out.contains(word), "{shell} does not complete `{word}`");
        }
    }
}
