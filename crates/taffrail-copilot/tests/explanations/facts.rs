//! "Why not execute?" for each kind of fact.

use taffrail::{PolicySet, Request};
use taffrail_actions::{Action, Defaults, read_documents};
use taffrail_copilot::{WhyNot, explain, why_not};

const GRANT: &str = "grant all {\n    on scale\n    because \"fine\"\n}\n";

pub(crate) fn request(document: &str) -> Request {
    let actions = read_documents("a.yaml", document.as_bytes(), &Defaults::default()).unwrap();
    match actions.into_iter().next() {
        Some(Action::Single(request)) => *request,
        other => unreachable!("not one action: {other:?}"),
    }
}

fn ask(policy: &str, facts: &str) -> WhyNot {
    let policies = PolicySet::from_sources([("p.guard", format!("policy p\n{policy}"))]).unwrap();
    let document = format!(
        "verb: scale
target: {{ apiVersion: apps/v1, kind: Deployment, namespace: shop, name: cart }}
principal: {{ kind: agent, id: healer, groups: [apps] }}
{facts}"
    );
    why_not(&policies, &request(&document))
}

/// Returns the answer as its page tells it, without the list of conditions.
fn answer(policy: &str, facts: &str) -> String {
    let page = explain::why_page(&ask(policy, facts));
    let answer = page.split("\n## What would").next().unwrap_or(&page);
    answer.trim_start_matches("## ").to_owned()
}

#[test]
fn a_signal_would_have_to_be_below_or_above_what_it_is_compared_with() {
    let policy = format!(
        "{GRANT}signal error_rate: number from \"x\" fresh 2m
signal latency: duration from \"x\" fresh 2m
guard burning {{ on scale when error_rate >= 1% propose because \"burning\" }}
guard odd {{ on scale when error_rate == 0 or latency > 500ms propose because \"odd\" }}\n"
    );
    let facts = |rate: &str| {
        format!(
            "facts:
  now: 2026-11-22T10:00:00Z
  signals:
    error_rate: {{ value: {rate}, observed: 2026-11-22T09:59:30Z }}
    latency: {{ value: 900ms, observed: 2026-11-22T09:59:30Z }}"
        )
    };
    insta::assert_snapshot!(answer(&policy, &facts("0.04")), @"
    Why not execute?

    2 facts together would turn propose into execute:

    - `signal p.error_rate` would have to be above 0 and below 0.01 (it is 0.04), for `p.burning` (p.guard:8)
    - `signal p.latency` would have to be at most 500ms (it is 900ms), for `p.odd` (p.guard:9)
    ");
}

#[test]
fn a_reading_that_is_too_old_would_have_to_be_fresh() {
    let policy = format!(
        "{GRANT}signal error_rate: number from \"x\" fresh 2m
guard burning {{ on scale when error_rate >= 1% propose because \"burning\" }}\n"
    );
    let facts = "facts:
  now: 2026-11-22T10:00:00Z
  signals: { error_rate: { value: 0, observed: 2026-11-22T09:00:00Z } }";
    insta::assert_snapshot!(answer(&policy, facts), @r#"
    Why not execute?

    One fact would turn propose into execute:

    - `signal p.error_rate` would have to be known, and below 0.01 (it is unknown (signal \`p.error\_rate\` is 1h old, at most 2m is fresh)), for `p.burning` (p.guard:7)
    "#);
}

#[test]
fn the_time_would_have_to_be_after_the_window() {
    let policy = format!(
        "{GRANT}signal calm: bool from \"x\" fresh 2m
guard frozen {{
    on scale
    when now in window(2026-11-20, 2026-11-24, \"Europe/Berlin\") or not calm
    propose
    because \"frozen\"
}}\n"
    );
    let facts = "facts:
  now: 2026-11-22T10:00:00Z
  signals: { calm: { value: true, observed: 2026-11-22T09:59:00Z } }";
    insta::assert_snapshot!(answer(&policy, facts), @"
    Why not execute?

    One fact would turn propose into execute:

    - `now` would have to be at or after 2026-11-23T23:00:00Z (it is 2026-11-22T10:00:00Z), for `p.frozen` (p.guard:9)
    ");
}

#[test]
fn budgets_refill_and_breakers_close() {
    let policy = format!(
        "{GRANT}budget scalings {{ on scale limit 3 per 1h by target.name propose because \"often\" }}
breaker failing {{ on scale trip after 3 failures within 30m by target.name hold 1h escalate because \"failing\" }}\n"
    );
    let facts = "facts:
  now: 2026-11-22T10:00:00Z
  usage: [ { budget: p.scalings, by: [cart], used: 5 } ]
  breakers: [ { breaker: p.failing, by: any, state: open } ]";
    insta::assert_snapshot!(answer(&policy, facts), @r#"
    Why not execute?

    2 facts together would turn escalate into execute:

    - `usage of p.scalings` would have to be at most 2 (it is 5), for `p.scalings` (p.guard:6)
    - `breaker p.failing` would have to be closed (it is \`open\`), for `p.failing` (p.guard:7)
    "#);
    insta::assert_snapshot!(answer(&policy, "facts: { now: 2026-11-22T10:00:00Z }"), @r#"
    Why not execute?

    2 facts together would turn escalate into execute:

    - `usage of p.scalings` would have to be known, and at most 2 (it is unknown (the use of budget \`p.scalings\` for cart was not given)), for `p.scalings` (p.guard:6)
    - `breaker p.failing` would have to be closed (it is unknown (the state of breaker \`p.failing\` was not given)), for `p.failing` (p.guard:7)
    "#);
}

#[test]
fn who_asks_would_have_to_belong_to_a_group_and_the_namespace_to_carry_a_label() {
    let policy = "grant sre {
    on scale
    when \"sre\" in principal.groups
    when namespace.labels.env in [\"dev\", \"test\"]
    because \"fine\"
}\n";
    let facts = "facts: { namespace: { name: shop, labels: { env: prod } } }";
    insta::assert_snapshot!(answer(policy, facts), @r#"
    Why not execute?

    2 facts together would turn propose into execute:

    - `principal.groups` would have to be \["apps", "sre"\] (it is \["apps"\]), for `p.sre` (p.guard:4)
    - `namespace.labels.env` would have to be \`dev\` (it is \`prod\`), for `p.sre` (p.guard:5)
    "#);
    insta::assert_snapshot!(answer(policy, ""), @r#"
    Why not execute?

    2 facts together would turn propose into execute:

    - `principal.groups` would have to be \["apps", "sre"\] (it is \["apps"\]), for `p.sre` (p.guard:4)
    - `namespace.labels.env` would have to be \`dev\` (it is unknown (\`namespace.labels\` was not given)), for `p.sre` (p.guard:5)
    "#);
}

#[test]
fn labels_are_found_behind_lets_and_defaults() {
    let policy = format!(
        "{GRANT}let labels = if target.kind == \"Namespace\" then proposed.metadata.labels else namespace.labels
let environment = lower(labels[\"env\"] ?? labels[\"environment\"])
guard production {{ on scale when environment in [\"prod\", \"production\"] propose because \"production\" }}\n"
    );
    let facts = "facts: { namespace: { name: shop, labels: { environment: Production } } }";
    insta::assert_snapshot!(answer(&policy, facts), @r#"
    Why not execute?

    One fact would turn propose into execute:

    - `namespace.labels.env` would have to be a text other than \`prod\`, \`production\` (it is absent), for `p.production` (p.guard:8)
    "#);
}

#[test]
fn an_intent_would_have_to_be_wider() {
    let facts = "intent: { goal: x, scope: { namespaces: [shop], verbs: [restart] }, expires: 2026-11-22T09:00:00Z }
facts: { now: 2026-11-22T10:00:00Z }";
    insta::assert_snapshot!(answer(GRANT, facts), @r#"
    Why not execute?

    2 facts together would turn propose into execute:

    - `intent.expires` would have to be after now (it is 2026-11-22T09:00:00Z), for `taffrail.intent`
    - `intent.scope.verbs` would have to be wide enough for \`scale\` (it is \["restart"\]), for `taffrail.intent`
    "#);
}

#[test]
fn points_add_up_until_a_threshold() {
    let policy = format!(
        "{GRANT}signal load: number from \"x\" fresh 2m
guard busy {{ on scale when load > 0.5 risk 20 because \"busy\" }}
guard full {{ on scale when load > 0.8 risk 15 because \"full\" }}
guard down {{ on scale when request.confidence < 0.9 risk 10 because \"not sure\" }}\n"
    );
    let facts = "request: { reason: x, confidence: 0.5 }
facts:
  now: 2026-11-22T10:00:00Z
  signals: { load: { value: 0.9, observed: 2026-11-22T09:59:00Z } }";
    insta::assert_snapshot!(answer(&policy, facts), @"
    Why not execute?

    One fact would turn propose into execute:

    - `signal p.load` would have to be at most 0.5 (it is 0.9), for `p.busy` (p.guard:7)
    ");
}

#[test]
fn what_the_action_is_stays_as_it_is() {
    let policy = "grant small {
    on scale of Deployment
    when principal.kind == human
    when proposed.spec.replicas < 5
    because \"fine\"
}
guard never { on scale forbid because \"never\" }\n";
    let facts = "current: { spec: { replicas: 2 } }\nproposed: { spec: { replicas: 9 } }";
    insta::assert_snapshot!(answer(policy, facts), @"
    Why not execute?

    No change of facts turns escalate into execute.

    Standing in the way of execution:

    - `p.never` (p.guard:8): never
    - `taffrail.no_grant`: no grant lets this principal do this alone
    ");
}

#[test]
fn other_objects_would_have_to_be_gone_or_known() {
    let policy = format!(
        "{GRANT}guard budgeted {{
    on scale
    when some p in dynamic(objects(PodDisruptionBudget, in: target.namespace)): p.spec.maxUnavailable == 0
    propose
    because \"a budget allows nothing\"
}}\n"
    );
    let facts = "facts:
  objects:
    - { apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { namespace: shop, name: loose }, spec: { maxUnavailable: 1 } }
    - { apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { namespace: shop, name: strict }, spec: { maxUnavailable: 0 } }
  complete: [ { kind: PodDisruptionBudget, namespace: shop } ]";
    insta::assert_snapshot!(answer(&policy, facts), @r#"
    Why not execute?

    One fact would turn propose into execute:

    - `objects of kind PodDisruptionBudget` would have to be the same without \`shop/strict\` (it is 2 of them), for `p.budgeted` (p.guard:8)
    "#);
    insta::assert_snapshot!(answer(&policy, ""), @"
    Why not execute?

    One fact would turn propose into execute:

    - `objects of kind PodDisruptionBudget` would have to be known, and no more than the 0 that are given (it is unknown (the snapshot does not hold every PodDisruptionBudget)), for `p.budgeted` (p.guard:8)
    ");
}

#[test]
fn the_live_object_is_changed_where_the_action_leaves_it_alone() {
    let policy = "grant labelled {
    on scale of Deployment
    when current.metadata.labels.managed == \"yes\"
    when (current.status.readyReplicas ?? 0) >= 3
    because \"fine\"
}\n";
    let facts = "current: { metadata: { labels: { managed: no-more } }, spec: { replicas: 2 }, status: { readyReplicas: 1 } }
proposed: { metadata: { labels: { managed: no-more } }, spec: { replicas: 9 } }";
    insta::assert_snapshot!(answer(policy, facts), @r#"
    Why not execute?

    2 facts together would turn propose into execute:

    - `current.metadata.labels.managed` would have to be \`yes\` (it is \`no-more\`), for `p.labelled` (p.guard:4)
    - `current.status.readyReplicas` would have to be at least 3 (it is 1), for `p.labelled` (p.guard:5)
    "#);
}

#[test]
fn a_search_that_is_too_large_says_so() {
    let mut policy = GRANT.to_owned();
    for at in 0..6 {
        policy += &format!(
            "signal s{at}: number from \"x\" fresh 2m\nguard g{at} {{ on scale when s{at} > 1 or s{at} == 0.5 propose because \"it is so\" }}\n"
        );
    }
    let readings: Vec<String> = (0..6)
        .map(|at| format!("s{at}: {{ value: 2, observed: 2026-11-22T10:00:00Z }}"))
        .collect();
    let facts = format!(
        "facts: {{ now: 2026-11-22T10:00:00Z, signals: {{ {} }} }}",
        readings.join(", ")
    );
    let why = ask(&policy, &facts);
    assert!(why.changes.is_empty());
    insta::assert_snapshot!(serde_json::to_string_pretty(&why.unfinished).unwrap(), @r#"
    [
      {
        "what": "facts for execute",
        "decisions": 214,
        "because": "no set of up to 4 facts that was tried leads to execute"
      }
    ]
    "#);
    assert_eq!(why.standing_in_the_way.len(), 6);
}

#[test]
fn nothing_is_asked_where_nothing_speaks_against_it() {
    let why = ask(GRANT, "");
    assert!(why.changes.is_empty() && why.conditions.is_empty() && why.unfinished.is_empty());
    assert_eq!(explain::why_line(&why), "Nothing speaks against it");
}
