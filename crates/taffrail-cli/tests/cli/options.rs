//! `taffrail options`: what else could be done.

use crate::support::Workspace;

const POLICY: &str = r#"policy shop.scale

grant within_reason {
    on scale of Deployment
    when proposed.spec.replicas <= 10
    because "ten replicas are always affordable"
}

guard big_step {
    on scale of Deployment
    when abs(proposed.spec.replicas - current.spec.replicas) > 4
    risk 40
    because "{target.name} would change by more than four replicas at once"
    suggest proposed.spec.replicas = current.spec.replicas + 4
}

budget pods {
    on scale of Deployment
    spend abs(proposed.spec.replicas - current.spec.replicas)
    limit 6 per 1h by target.namespace
    propose to "sre"
    because "{used} pods were started in the last hour, {limit} are allowed"
}
"#;

const SCALE: &str = r#"verb: scale
principal: { kind: agent, id: healer }
target: { apiVersion: apps/v1, kind: Deployment, namespace: shop, name: api }
current: { metadata: { name: api, namespace: shop }, spec: { replicas: 2 } }
patch: { spec: { replicas: 9 } }
facts:
  now: 2026-11-22T10:00:00Z
  usage: [{ budget: shop.scale.pods, by: any, used: 0 }]
"#;

fn workspace(action: &str) -> Workspace {
    Workspace::new(&[("policies/scale.guard", POLICY), ("action.yaml", action)])
}

#[test]
fn options_for_an_action_are_ranked_and_say_why() {
    let ran = workspace(SCALE).run(&["options", "--policies", "policies", "action.yaml"]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn options_in_markdown() {
    let arguments = [
        "options",
        "--policies",
        "policies",
        "--output",
        "markdown",
        "action.yaml",
    ];
    insta::assert_snapshot!(workspace(SCALE).run(&arguments).shown());
}

#[test]
fn options_as_json_hold_the_actions_to_hand_over() {
    let arguments = [
        "options",
        "--policies",
        "policies",
        "--output",
        "json",
        "action.yaml",
    ];
    let ran = workspace(SCALE).run(&arguments);
    let advice: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let best = &advice["options"][0];
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&serde_json::json!({
            "schema": advice["schema"],
            "title": best["title"],
            "verdict": best["verdict"],
            "way": best["way"],
        }))
        .unwrap()
    );
}

#[test]
fn a_budget_sees_through_steps_that_only_look_smaller() {
    let policy = POLICY.replace("limit 6 per 1h", "limit 1 per 90d");
    let workspace = workspace(&SCALE.replace("replicas: 9", "replicas: 5"));
    workspace.write("policies/scale.guard", policy.as_bytes());
    let ran = workspace.run(&["options", "--policies", "policies", "action.yaml"]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn a_goal_chooses_among_candidates_and_keeps_to_bounds() {
    let goal = r#"goal: serve twice the load
keep: { spec.replicas: { at_least: 5 } }
principal: { kind: agent, id: healer }
candidates:
  - verb: scale
    target: { apiVersion: apps/v1, kind: Deployment, namespace: shop, name: api }
    current: { spec: { replicas: 2 } }
    patch: { spec: { replicas: 12 } }
  - verb: scale
    target: { apiVersion: apps/v1, kind: Deployment, namespace: shop, name: api }
    current: { spec: { replicas: 2 } }
    patch: { spec: { replicas: 4 } }
facts:
  now: 2026-11-22T10:00:00Z
  usage: [{ budget: shop.scale.pods, by: any, used: 0 }]
"#;
    let ran = workspace(goal).run(&["options", "--policies", "policies", "action.yaml"]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn bounds_that_contradict_each_other_are_a_mistake() {
    let goal = format!("{SCALE}keep:\n  spec.replicas: {{ at_least: 6, at_most: 4 }}\n");
    let ran = workspace(&goal).run(&["options", "--policies", "policies", "action.yaml"]);
    insta::assert_snapshot!(ran.shown(), @r#"
    exit 1
    --- stderr
    error: action.yaml:10: nothing keeps `spec.replicas` at least 6 and at most 4: the bounds contradict each other
    "#);
}

#[test]
fn a_search_that_is_given_up_says_so() {
    let policy = r#"policy shop.roles

grant two_or_less { on patch when count(dynamic(proposed).rules[0].verbs) <= 2 because "few" }
guard never { on patch when "w1" in dynamic(proposed).rules[0].verbs propose because "w1 is never right" }
"#;
    let words: Vec<String> = (0..24).map(|at| format!("w{at}")).collect();
    let action = format!(
        r#"{{"verb": "patch", "target": {{"apiVersion": "a.b/v1", "kind": "Words", "namespace": "a", "name": "b"}},
        "current": {{"rules": [{{"verbs": []}}]}}, "proposed": {{"rules": [{{"verbs": {words:?}}}]}}}}"#
    );
    let workspace = Workspace::new(&[("policies/p.guard", policy), ("action.json", &action)]);
    let ran = workspace.run(&[
        "options",
        "--policies",
        "policies",
        "--looks",
        "500",
        "action.json",
    ]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn the_contents_of_a_secret_are_not_told_and_their_digests_are_not_handed_over() {
    let policy = "policy shop.secrets\n\nguard look { on rotate propose because \"somebody looks at it\" }\n";
    for (kind, about) in [("Secret", "patch"), ("Secret", "proposed")] {
        let action = format!(
            r#"{{"verb": "rotate", "target": {{"apiVersion": "v1", "kind": "{kind}", "namespace": "shop", "name": "db"}},
            "current": {{"data": {{"password": "b2xkLXNlc2FtZQ=="}}}}, "{about}": {{"data": {{"password": "bmV3LXNlc2FtZQ=="}}}}}}"#
        );
        let workspace = Workspace::new(&[("policies/p.guard", policy), ("action.json", &action)]);
        for form in ["text", "json", "markdown"] {
            let arguments = [
                "options",
                "--policies",
                "policies",
                "--output",
                form,
                "action.json",
            ];
            let ran = workspace.run(&arguments);
            assert_eq!(ran.code, Some(3), "{}", ran.err);
            assert!(!ran.out.contains("c2FtZQ"), "{}", ran.out);
            if form == "json" {
                let advice: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
                let step = &advice["options"][0]["way"]["do"][0]["action"];
                let keys: Vec<&String> = step.as_object().unwrap().keys().collect();
                assert_eq!(keys, ["target", "verb"]);
            }
        }
    }
}

#[test]
fn a_workload_that_does_not_say_runs_one_replica() {
    let policy = "policy shop.pods\n\ngrant few { on scale when impact.pods <= 1 because \"one pod more or less\" }\n";
    let action = SCALE.replace("spec: { replicas: 2 } }", "spec: {} }");
    let workspace = Workspace::new(&[("policies/p.guard", policy), ("action.yaml", &action)]);
    let ran = workspace.run(&["options", "--policies", "policies", "action.yaml"]);
    let first: Vec<&str> = ran.out.lines().take(2).collect();
    assert_eq!(
        first,
        [
            "1. execute, risk 0: spec.replicas: 2 instead of 9",
            "   trade-off  goes from 1 to 2 instead of 9: 7 of the change is left undone"
        ]
    );
}
