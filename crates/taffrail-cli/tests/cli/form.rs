//! `taffrail fmt`, and what `taffrail check` says of several Kubernetes versions.

use std::fs;

use crate::support::Workspace;

const UGLY: &str = "policy a\nguard g{on delete escalate because \"no\"}\n";
const PLAIN: &str = "policy a\n\nguard g {\n    on delete\n    escalate\n    because \"no\"\n}\n";

fn files() -> Workspace {
    Workspace::new(&[("ugly.guard", UGLY), ("more/plain.guard", PLAIN)])
}

#[test]
fn files_get_their_form_once() {
    let files = files();
    let ran = files.run(&["fmt", "."]);
    assert_eq!(ran.shown(), "exit 0\nformatted 1 file, 1 unchanged\n");
    let text = fs::read_to_string(files.folder.join("ugly.guard")).unwrap();
    assert_eq!(text, PLAIN);
    let ran = files.run(&["fmt", "."]);
    assert_eq!(ran.shown(), "exit 0\nformatted 0 files, 2 unchanged\n");
}

#[test]
fn asking_changes_nothing() {
    let files = files();
    assert_eq!(
        files.run(&["fmt", "--check", "."]).shown(),
        "exit 1\n./ugly.guard\n"
    );
    insta::assert_snapshot!(files.run(&["fmt", "--diff", "ugly.guard"]).shown());
    let text = fs::read_to_string(files.folder.join("ugly.guard")).unwrap();
    assert_eq!(text, UGLY);
    assert_eq!(files.run(&["fmt", "--check", "more"]).shown(), "exit 0\n");
}

#[test]
fn standard_input_is_answered() {
    let files = files();
    let ran = files.run_with_input(&["fmt", "-"], UGLY.as_bytes());
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), PLAIN));
}

#[test]
fn a_file_with_a_mistake_is_left_alone() {
    let files = Workspace::new(&[("a.guard", "policy a\nguard g{on delete  escalat}\n")]);
    let ran = files.run(&["fmt", "."]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("expected `in` or `of`"), "{}", ran.err);
    let text = fs::read_to_string(files.folder.join("a.guard")).unwrap();
    assert!(text.contains("delete  escalat"));
}

#[test]
fn versions_are_compared_in_a_table() {
    let policies = Workspace::new(&[
        (
            "taffrail.toml",
            "kubernetes = [\"1.31\", \"1.33\", \"1.37\"]\n",
        ),
        (
            "a.guard",
            "policy a\n\nguard restarted {\n    on create of Pod\n    when some c in proposed.containers: c.restartPolicyRules is present\n    propose\n}\n\n\
             guard flows {\n    on delete of flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema\n    propose\n}\n\n\
             guard endpoints {\n    on patch of Endpoints\n    propose\n}\n",
        ),
    ]);
    let shown = policies.run(&["check", "."]).shown();
    let table = shown.split("Kubernetes  ").nth(1).unwrap_or_default();
    insta::assert_snapshot!(table);
}

#[test]
fn custom_kinds_come_from_files() {
    let policies = Workspace::new(&[
        (
            "a.guard",
            "policy a\n\nkind example.com/Lamp from \"crds/lamp.yaml\"\n\nguard g {\n    on delete of Lamp\n    when current.spec.wats > 3\n    propose\n}\n",
        ),
        (
            "crds/lamp.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: lamps.example.com }\nspec:\n  group: example.com\n  names: { kind: Lamp, plural: lamps }\n  \
             scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: { type: object, properties: { watts: { type: integer } } }\n",
        ),
    ]);
    insta::assert_snapshot!(policies.run(&["check", "."]).shown());
    policies.write("crds/lamp.yaml", b"spec: [");
    insta::assert_snapshot!(policies.run(&["check", "."]).shown());
    fs::remove_file(policies.folder.join("crds/lamp.yaml")).unwrap();
    insta::assert_snapshot!(policies.run(&["check", "."]).shown());
}
