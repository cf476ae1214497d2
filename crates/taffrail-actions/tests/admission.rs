//! Reviews of the API server: what they ask, what is refused, and what is answered.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use taffrail_actions::admission::{Review, read_reviews, refusal, response};
use taffrail_actions::{Action, Defaults, Effect, read_documents};
use taffrail_runtime::Value;
use taffrail_runtime::decision::Report;
use taffrail_runtime::request::Proposed;

/// Returns a review of `group/version/resource[/subresource]` with these members over the usual ones.
fn text(operation: &str, resource: &str, kind: &str, members: &Json) -> String {
    let parts: Vec<&str> = resource.split('/').collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    let mut request = json!({
        "uid": "705ab4f5", "operation": operation, "name": "web", "namespace": "shop",
        "kind": { "group": part(0), "version": part(1), "kind": kind },
        "resource": { "group": part(0), "version": part(1), "resource": part(2) },
        "subResource": part(3),
        "userInfo": { "username": "healer", "uid": "1", "groups": ["agents", "system:authenticated"], "extra": {} },
        "object": null, "oldObject": null, "dryRun": false, "options": null,
    });
    for (key, value) in members.as_object().into_iter().flatten() {
        request
            .as_object_mut()
            .unwrap()
            .insert(key.clone(), value.clone());
    }
    json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request })
        .to_string()
}

fn review(operation: &str, resource: &str, kind: &str, members: &Json) -> Review {
    let text = text(operation, resource, kind, members);
    read_reviews("review.json", text.as_bytes())
        .unwrap()
        .pop()
        .unwrap()
}

fn word(value: &Value) -> &str {
    match value {
        Value::String(text) => text,
        Value::Absent => "-",
        Value::Unknown(_) => "?",
        _ => "…",
    }
}

fn shown(review: &Review) -> String {
    let request = &review.request;
    let target = &request.target;
    let mut text = format!(
        "{} {} {}/{} {}/{}",
        review.effect,
        word(&request.verb),
        word(&target.group),
        word(&target.kind),
        word(&target.namespace),
        word(&target.name)
    );
    let after = match &request.proposed {
        Proposed::Given(after) => word(after),
        Proposed::Patch(_) => "patch",
        Proposed::FromVerb => "by verb",
    };
    write!(
        text,
        " [{}] {} → {after}",
        word(&request.subresource),
        word(&request.current)
    )
    .unwrap();
    text
}

fn deployment(replicas: i64) -> Json {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web", "namespace": "shop" },
        "spec": { "replicas": replicas },
    })
}

fn scale(replicas: i64) -> Json {
    // As it is sent: a zero is left out.
    let spec = if replicas == 0 {
        json!({})
    } else {
        json!({ "replicas": replicas })
    };
    json!({
        "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": { "name": "web", "namespace": "shop", "uid": "u" },
        "spec": spec, "status": { "replicas": 1 },
    })
}

#[test]
fn operations_are_taken_for_what_they_do() {
    let rows = include_str!("admission/reviews.txt").lines();
    let table = rows.fold(String::new(), |mut table, row| {
        let mut words = row.splitn(4, ' ');
        let mut word = || words.next().unwrap();
        let (operation, resource, kind) = (word(), word(), word());
        let members = serde_json::from_str(word()).unwrap();
        let review = review(operation, resource, kind, &members);
        writeln!(table, "{operation} {resource}\n    {}", shown(&review)).unwrap();
        table
    });
    insta::assert_snapshot!(table);
}

#[test]
fn a_scale_says_the_replicas_of_its_workload_and_nothing_else() {
    let members = json!({ "oldObject": scale(3), "object": scale(0) });
    let review = review("UPDATE", "apps/v1/deployments/scale", "Scale", &members);
    let Proposed::Given(after) = &review.request.proposed else {
        unreachable!()
    };
    let at =
        |object: &Value, key: &str| object.field("spec", &String::new).field(key, &String::new);
    assert_eq!(
        at(&review.request.current, "replicas"),
        Value::Number(3.into())
    );
    assert_eq!(at(after, "replicas"), Value::Number(0.into()));
    assert!(matches!(at(after, "template"), Value::Unknown(_)));
    let labels = after
        .field("metadata", &String::new)
        .field("labels", &String::new);
    assert!(matches!(labels, Value::Unknown(_)));

    let other = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "api", "namespace": "shop" } });
    assert_eq!(review.clone().with_live(&other), review);
    let live = review.with_live(&deployment(3));
    assert_eq!(live.request.current, Value::from_json(&deployment(3)));
    assert_eq!(
        live.request.proposed,
        Proposed::Given(Value::from_json(&deployment(0)))
    );
}

#[test]
fn a_connection_and_an_eviction_take_the_live_pod() {
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "web", "namespace": "shop" } });
    for (operation, resource) in [
        ("CONNECT", "/v1/pods/exec"),
        ("CREATE", "/v1/pods/eviction"),
    ] {
        let review = review(operation, resource, "X", &json!({ "object": {} })).with_live(&pod);
        assert_eq!(review.request.current, Value::from_json(&pod));
    }
}

#[test]
fn a_review_is_an_action_document() {
    let members = json!({ "oldObject": deployment(1) });
    let text = text("DELETE", "apps/v1/deployments", "Deployment", &members);
    let actions = read_documents("a.yaml", text.as_bytes(), &Defaults::default()).unwrap();
    let reviews = read_reviews("a.yaml", text.as_bytes()).unwrap();
    let asked: Vec<_> = actions.iter().flat_map(Action::requests).collect();
    assert_eq!(asked, [&reviews[0].request]);
}

#[test]
fn only_the_control_plane_is_known_by_its_name() {
    let kind = |name: &str| {
        let members = json!({ "userInfo": { "username": name }, "oldObject": deployment(1) });
        let review = review("DELETE", "apps/v1/deployments", "Deployment", &members);
        let principal = review.request.principal;
        assert_eq!(principal.field("id", &String::new), Value::string(name));
        word(&principal.field("kind", &String::new)).to_owned()
    };
    assert_eq!(kind("system:node:n1"), "controller");
    assert_eq!(kind("system:kube-controller-manager"), "controller");
    assert_eq!(
        kind("system:serviceaccount:kube-system:deployment-controller"),
        "?"
    );
    assert_eq!(kind("dana@example.com"), "?");
    assert_eq!(kind("agent"), "?");
}

#[test]
fn what_is_no_review_is_refused() {
    let good = |members: Json| text("DELETE", "apps/v1/deployments", "Deployment", &members);
    let texts = [
        String::new(),
        "{".into(),
        json!({ "apiVersion": "admission.k8s.io/v1beta1", "kind": "AdmissionReview" }).to_string(),
        json!({ "apiVersion": "admission.k8s.io/v1", "kind": "Pod" }).to_string(),
        json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": {} })
            .to_string(),
        good(json!({ "operation": "delete" })),
        good(json!({ "uid": null })),
        good(json!({ "userInfo": {} })),
        good(json!({ "userInfo": { "username": "a", "groups": "b" } })),
        good(json!({ "dryRun": "true" })),
        good(json!({ "resource": { "group": "apps", "resource": "deployments" } })),
        good(json!({ "oldObject": [] })),
        good(json!({ "name": "api", "oldObject": deployment(1) })),
        good(json!({ "namespace": "prod", "oldObject": deployment(1) })),
        text(
            "CREATE",
            "/v1/secrets",
            "Secret",
            &json!({ "object": { "apiVersion": "v1", "kind": "ConfigMap" } }),
        ),
        good(json!({})).replace("\"uid\"", "\"name\":\"x\",\"uid\""),
    ];
    let table: String = texts
        .iter()
        .map(|text| match read_reviews("review.json", text.as_bytes()) {
            Ok(reviews) => format!(
                "accepted: {}\n",
                reviews.iter().map(shown).collect::<String>()
            ),
            Err(error) => format!("{error}\n"),
        })
        .collect();
    insta::assert_snapshot!(table);
}

fn report(verdict: &str, points: u8) -> Report {
    let gate = json!({ "releasable": true, "needs": [] });
    let contribution = |rule: &str, verdict: &str, points: u8, because: &str| {
        json!({
            "rule": rule, "kind": "guard", "effect": "risk", "verdict": verdict, "gate": gate, "points": points, "truth": "true",
            "because": because, "file": "", "line": 0, "values": {}, "annotations": {},
        })
    };
    serde_json::from_value(json!({
        "schema": "taffrail.decision/v1", "verdict": verdict, "risk": points, "gate": gate,
        "action": { "verb": "scale", "implied": [], "may_imply": [], "target": "apps/Deployment shop/web", "principal": "healer" },
        "contributions": [
            contribution("shop.halved", "execute", points, "web would drop from 10 to 3 replicas"),
            contribution("taffrail.tolerance", verdict, 0, ""),
        ],
        "grants": [], "unknowns": [], "suggestions": [], "policy_digest": "p", "action_digest": "a", "facts_digest": "f",
        "engine": "e", "tzdb": "t",
    }))
    .unwrap()
}

#[test]
fn only_what_may_run_unattended_is_allowed() {
    let answers = [
        response("705ab4f5", &report("propose", 40)),
        response("705ab4f5", &report("execute", 10)),
        refusal("705ab4f5", "the review cannot be read"),
    ];
    let answers = answers.map(|answer| format!("{answer:#}")).join("\n");
    insta::assert_snapshot!(answers);
}

proptest! {
    #[test]
    fn a_change_is_never_taken_for_a_read(
        operation in prop::sample::select(vec!["CREATE", "UPDATE", "DELETE", "CONNECT"]),
        resource in "(|apps|x\\.io)/v1/(pods|nodes|services|deployments|secrets|things)(|/exec|/scale|/status|/proxy|/token)",
        dry_run in any::<bool>(),
    ) {
        let members = json!({ "dryRun": dry_run });
        let text = text(operation, &resource, "X", &members);
        for review in read_reviews("", text.as_bytes()).unwrap() {
            prop_assert!(review.effect >= Effect::Write || dry_run && review.effect == Effect::DryRun);
            prop_assert!(operation != "CONNECT" || review.effect == Effect::Exec);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(\\PC|[\\n:{}]|request: |kind: AdmissionReview\n){0,30}") {
        let _ = read_reviews("", text.as_bytes());
    }
}
