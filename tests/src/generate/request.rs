//! Requests over the words that the policies speak of.

use std::fmt;

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value as Json, json};
use taffrail_runtime::request::{
    BreakerFact, BreakerState, Complete, LedgerKey, Proposed, Reading, Request, Target, Usage,
};
use taffrail_runtime::{Decimal, Value};

use super::fog;
use super::policy::MODULES;

/// A request that prints readably.
#[derive(Clone, PartialEq)]
pub(crate) struct Shown(pub(crate) Request);

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let request = &self.0;
        let known = |name: &str, value: &Value, f: &mut fmt::Formatter<'_>| {
            writeln!(f, "{name}: {}", value.render())
        };
        writeln!(f)?;
        known("verb", &request.verb, f)?;
        for (name, value) in [
            ("target.group", &request.target.group),
            ("target.kind", &request.target.kind),
            ("target.namespace", &request.target.namespace),
            ("target.name", &request.target.name),
            ("subresource", &request.subresource),
            ("principal", &request.principal),
            ("intent", &request.intent),
            ("current", &request.current),
            ("rollback", &request.rollback),
            ("impact", &request.impact),
            ("request", &request.request),
            ("cluster", &request.cluster),
            ("namespace", &request.namespace),
            ("now", &request.now),
        ] {
            known(name, value, f)?;
        }
        match &request.proposed {
            Proposed::Given(value) => known("proposed", value, f)?,
            Proposed::Patch(value) => known("patch", value, f)?,
            Proposed::FromVerb => writeln!(f, "proposed: from the verb")?,
        }
        for (name, reading) in &request.signals {
            writeln!(
                f,
                "signal {name}: {} at {:?}",
                reading.value.render(),
                reading.observed
            )?;
        }
        for object in &request.objects {
            known("object", object, f)?;
        }
        writeln!(f, "complete: {:?}", request.complete)?;
        writeln!(f, "usage: {:?}", request.usage)?;
        writeln!(f, "breakers: {:?}", request.breakers)
    }
}

fn value(json: &Json) -> Value {
    Value::from_json(json)
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Returns requests, one in three with unknown facts beyond those that were never collected.
pub(crate) fn request() -> impl Strategy<Value = Request> {
    let holes = prop_oneof![4 => Just(Vec::new()), 2 => vec(any::<Index>(), 1..4)];
    (action(), surroundings(), ledger(), holes).prop_map(
        |(action, mut request, (usage, breakers), holes)| {
            request.verb = action.verb;
            request.target = action.target;
            request.current = action.current;
            request.proposed = action.proposed;
            request.usage = usage;
            request.breakers = breakers;
            for hole in holes {
                let place = hole.index(fog::places(&request));
                fog::put(&mut request, place, &fog::unknown());
            }
            request
        },
    )
}

#[derive(Debug)]
struct Action {
    verb: Value,
    target: Target,
    current: Value,
    proposed: Proposed,
}

fn action() -> impl Strategy<Value = Action> {
    let verb = select(vec![
        "scale",
        "scale",
        "restart",
        "apply",
        "apply",
        "patch",
        "patch",
        "delete",
        "cordon",
        "uncordon",
        "rotate",
        "drain_pool",
        "get",
        "create",
        "evict",
        "label",
        "rollback",
    ]);
    let kind = select(vec![
        ("apps", "Deployment"),
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("", "Pod"),
        ("", "Node"),
        ("", "Secret"),
        ("", "Namespace"),
        ("argoproj.io", "Rollout"),
        ("batch", "CronJob"),
        ("example.com", "Deployment"),
    ]);
    let namespace = select(vec![
        Some("payments"),
        Some("payments-eu"),
        Some("kube-system"),
        None,
    ]);
    let name = select(vec!["api", "web", "nightly-batch"]);
    (verb, kind, namespace, name)
        .prop_flat_map(|(verb, (group, kind), namespace, name)| {
            // A Namespace is about itself, so its name has to be one that rules speak of.
            let name = match (kind, name) {
                ("Namespace", "api") => "payments",
                ("Namespace", "web") => "kube-system",
                (_, name) => name,
            };
            let current = object(kind).prop_map(|object| value(&object));
            let current =
                prop_oneof![8 => current, 1 => Just(Value::Absent), 1 => Just(fog::unknown())];
            let given = object(kind).prop_map(|object| Proposed::Given(value(&object)));
            let patch = patch().prop_map(|patch| Proposed::Patch(value(&patch)));
            let proposed = prop_oneof![
                5 => given,
                2 => patch,
                1 => Just(Proposed::FromVerb),
                1 => Just(Proposed::Given(Value::Absent)),
            ];
            (
                Just((verb, group, kind, namespace, name)),
                current,
                proposed,
            )
        })
        .prop_map(
            |((verb, group, kind, namespace, name), current, proposed)| Action {
                verb: Value::string(verb),
                target: Target {
                    group: Value::string(group),
                    version: Value::string("v1"),
                    kind: Value::string(kind),
                    namespace: namespace.map_or(Value::Absent, Value::string),
                    name: Value::string(name),
                },
                current,
                proposed,
            },
        )
}

/// Returns `null` now and then.
fn maybe(strategy: impl Strategy<Value = Json> + 'static) -> BoxedStrategy<Json> {
    prop_oneof![4 => strategy, 1 => Just(Json::Null)].boxed()
}

fn object(kind: &'static str) -> impl Strategy<Value = Json> {
    let replicas = select(vec![
        json!(0),
        json!(1),
        json!(3),
        json!(4),
        json!(10),
        json!("3"),
    ]);
    let labels = select(vec![
        json!({}),
        json!({ "tier": "gold" }),
        json!({ "tier": "silver", "phase": "p1" }),
    ]);
    let annotations = select(vec![
        json!({}),
        json!({ "address": "10.1.2.3" }),
        json!({ "address": "192.168.0.1" }),
    ]);
    let owners = select(vec![
        json!([]),
        json!([{ "controller": true }]),
        json!([{ "controller": false }]),
    ]);
    let paused = select(vec![json!(true), json!(false)]);
    let restarted = select(vec![
        json!({}),
        json!({ "kubectl.kubernetes.io/restartedAt": "2026-11-22T09:00:00Z" }),
    ]);
    let data = select(vec![json!({ "key": "YQ==" }), json!({ "key": "Yg==" })]);
    let numbers = (
        maybe(replicas),
        select(vec![json!(0), json!(2)]),
        select(vec![json!("25%"), json!(2)]),
    );
    let meta = (maybe(labels), maybe(annotations), maybe(owners));
    let spec = (
        maybe(paused),
        maybe(restarted),
        vec(container(), 0..3),
        vec(container(), 0..2),
    );
    (numbers, meta, spec, maybe(data)).prop_map(
        move |((replicas, unavailable, surge), (labels, annotations, owners), (paused, restarted, containers, init), data)| {
            let pod = json!({ "containers": containers, "initContainers": init });
            let template = json!({ "metadata": { "annotations": restarted }, "spec": pod });
            let mut spec = json!({
                "replicas": replicas,
                "paused": paused,
                "unschedulable": paused,
                "maxUnavailable": surge,
                "selector": { "app": "api" },
            });
            match kind {
                "Pod" => spec = pod,
                "CronJob" => spec["jobTemplate"] = json!({ "spec": { "template": template } }),
                _ => spec["template"] = template,
            }
            json!({
                "kind": kind,
                "metadata": { "labels": labels, "annotations": annotations, "ownerReferences": owners },
                "spec": spec,
                "status": { "unavailableReplicas": unavailable },
                "data": data,
            })
        },
    )
}

fn container() -> impl Strategy<Value = Json> {
    let image = select(vec![
        "registry.corp/team/api:1.2",
        "nginx",
        "docker.io/library/nginx:latest",
        "registry.corp/api@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "localhost:5000/api:dev",
    ])
    .prop_map(|image| json!(image));
    let cpu = select(vec![json!("250m"), json!("2"), json!(1), json!("plenty")]);
    let privileged = select(vec![json!(true), json!(false)]);
    let env = select(vec![
        json!([]),
        json!([{ "name": "MODE", "value": "test" }]),
        json!([{ "name": "MODE" }, { "name": "X", "value": "1" }]),
    ]);
    (
        select(vec!["app", "proxy", "api"]),
        maybe(image),
        maybe(cpu),
        maybe(privileged),
        maybe(env),
    )
        .prop_map(|(name, image, cpu, privileged, env)| {
            json!({
                "name": name,
                "image": image,
                "resources": { "limits": { "cpu": cpu } },
                "securityContext": { "privileged": privileged },
                "env": env,
            })
        })
}

fn patch() -> impl Strategy<Value = Json> {
    select(vec![
        json!({ "spec": { "replicas": 5 } }),
        json!({ "spec": { "replicas": null } }),
        json!({ "spec": { "paused": true, "template": { "spec": { "containers": [] } } } }),
        json!({ "metadata": { "labels": { "tier": "gold", "phase": null } } }),
        json!({ "data": { "key": "Yw==" } }),
        json!({}),
    ])
}

/// Everything but the action and the ledger.
fn surroundings() -> impl Strategy<Value = Request> {
    let principal = (
        select(vec!["agent", "agent", "human", "controller"]),
        select(vec!["healer", "dana"]),
        select(vec![json!(["platform"]), json!([]), json!(["sre", "platform"])]),
        maybe(select(vec![json!("payments")])),
    )
        .prop_map(|(kind, id, groups, tenant)| json!({ "kind": kind, "id": id, "groups": groups, "tenant": tenant }));
    let namespace = (
        maybe(select(vec![json!("payments"), json!("kube-system")])),
        select(vec!["prod", "stage", "Prod", "test"]),
    )
        .prop_map(
            |(name, env)| json!({ "name": name, "labels": { "env": env }, "annotations": {} }),
        );
    let cluster = (select(vec!["production", "staging"]), select(vec!["1.36", "1.8.2", "v1.30.0-rc.1", "one"]))
        .prop_map(|(environment, version)| json!({ "name": "eu-1", "environment": environment, "version": version }));
    let rollback = (select(vec!["reversible", "irreversible"]), any::<bool>())
        .prop_map(|(class, tested)| json!({ "class": class, "tested": tested }));
    let impact = (0..6_i64, select(vec![json!(0), json!(0.4), json!(1)]), any::<bool>())
        .prop_map(|(pods, share, data)| json!({ "pods": pods, "share": share, "nodes": 0, "namespaces": 1, "data": data }));
    let confidence = maybe(select(vec![json!(0.9), json!(0.2)]))
        .prop_map(|confidence| json!({ "confidence": confidence }));
    let now = prop_oneof![
        12 => select(vec!["2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z", "2026-11-22T23:30:00Z", "2026-12-25T05:00:00Z", "2026-11-21T22:00:00Z"])
            .prop_map(|now| Value::Time(time(now))),
        1 => Just(fog::unknown()),
    ];
    let subresource = prop_oneof![3 => Just(Value::Absent), 1 => Just(Value::string("scale"))];
    let parts = (
        principal,
        namespace,
        cluster,
        (rollback, impact),
        confidence,
    );
    (parts, now, subresource, intent(), signals(), snapshot()).prop_map(
        |(
            (principal, namespace, cluster, (rollback, impact), confidence),
            now,
            subresource,
            intent,
            signals,
            (objects, complete),
        )| Request {
            principal: value(&principal),
            namespace: value(&namespace),
            cluster: value(&cluster),
            rollback: value(&rollback),
            impact: value(&impact),
            request: value(&confidence),
            now,
            subresource,
            intent,
            signals,
            objects,
            complete,
            ..Request::default()
        },
    )
}

fn intent() -> impl Strategy<Value = Value> {
    let scope = select(vec![
        json!({}),
        json!({ "namespaces": ["payments*"] }),
        json!({ "verbs": ["scale", "restart", "apply", "patch"], "names": ["api", "web"] }),
        json!({ "kinds": ["Deployment", "Pod"] }),
    ]);
    let expires = select(vec![
        json!("2026-11-22T10:00:00Z"),
        json!("2026-11-22T12:00:00Z"),
        json!("2027-01-01"),
        Json::Null,
    ]);
    let given = (scope, expires).prop_map(|(scope, expires)| {
        value(&json!({ "goal": "heal", "scope": scope, "expires": expires }))
    });
    prop_oneof![5 => Just(Value::Absent), 2 => given, 1 => Just(fog::unknown())]
}

fn signals() -> impl Strategy<Value = Vec<(String, Reading)>> {
    let observed = select(vec![
        Some("2026-11-22T09:59:00Z"),
        Some("2026-11-22T09:59:00Z"),
        Some("2026-11-22T09:50:00Z"),
        Some("2026-11-22T10:00:03Z"),
        Some("2026-11-22T10:01:00Z"),
        None,
    ])
    .prop_map(|observed| observed.map(time));
    let reading = move |values: Vec<Json>| {
        let reading = (select(values), observed.clone()).prop_map(|(json, observed)| Reading {
            value: value(&json),
            observed,
        });
        proptest::option::weighted(0.7, reading)
    };
    let rate = || vec![json!(0.002), json!(0.2), json!(4), json!("high")];
    let health = || vec![json!(true), json!(false)];
    let latency = || vec![json!("150ms"), json!("2m"), json!("slow")];
    (
        reading(rate()),
        reading(rate()),
        reading(health()),
        reading(health()),
        reading(latency()),
        reading(health()),
    )
        .prop_map(
            |(rate, other_rate, healthy, other_healthy, latency, tripped)| {
                let mut all: Vec<(String, Reading)> = [
                    ("payments.healing.error_rate", rate),
                    ("baseline.error_rate", other_rate),
                    ("payments.healing.healthy", healthy),
                    ("healthy", other_healthy),
                    ("payments.healing.latency", latency),
                    ("baseline.tripped", tripped),
                ]
                .into_iter()
                .filter_map(|(name, reading)| Some((name.to_owned(), reading?)))
                .collect();
                all.sort_by(|a, b| a.0.cmp(&b.0));
                all
            },
        )
}

fn snapshot() -> impl Strategy<Value = (Vec<Value>, Vec<Complete>)> {
    let pod = (
        select(vec!["payments", "kube-system"]),
        select(vec!["api-1", "web-1"]),
        select(vec!["api", "web"]),
        container(),
    )
        .prop_map(|(namespace, name, app, container)| {
            value(&json!({
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": { "namespace": namespace, "name": name, "labels": { "app": app } },
                "spec": { "containers": [container] },
            }))
        });
    let complete = select(vec![
        Vec::new(),
        vec![Complete {
            kind: "Pod".into(),
            namespace: None,
        }],
        vec![Complete {
            kind: "Pod".into(),
            namespace: Some("payments".into()),
        }],
    ]);
    (vec(pod, 0..3), complete)
}

fn ledger() -> impl Strategy<Value = (Vec<Usage>, Vec<BreakerFact>)> {
    let key = || {
        select(vec![
            LedgerKey::Any,
            LedgerKey::Values(Vec::new()),
            LedgerKey::Values(vec![Value::string("payments")]),
            LedgerKey::Values(vec![Value::string("payments"), Value::string("api")]),
            LedgerKey::Values(vec![Value::string("Deployment")]),
        ])
    };
    let module = || select(MODULES.to_vec());
    let used =
        prop_oneof![8 => (0..6_i64).prop_map(|used| Some(Decimal::from(used))), 1 => Just(None)];
    let usage = (module(), 0..2_u32, key(), used).prop_map(|(module, number, by, used)| Usage {
        budget: format!("{module}.budget_{number}"),
        by,
        used,
    });
    let state = select(vec![
        Some(BreakerState::Closed),
        Some(BreakerState::Closed),
        Some(BreakerState::Closed),
        Some(BreakerState::Open),
        Some(BreakerState::HalfOpen),
        None,
    ]);
    let until = select(vec![
        None,
        Some("2026-11-22T10:00:00Z"),
        Some("2026-11-22T10:30:00Z"),
    ]);
    let breaker =
        (module(), 0..2_u32, key(), state, until).prop_map(|(module, number, by, state, until)| {
            BreakerFact {
                breaker: format!("{module}.breaker_{number}"),
                by,
                state,
                until: until.map(time),
            }
        });
    (vec(usage, 0..6), vec(breaker, 0..6)).prop_map(|(mut usage, mut breakers)| {
        // What was not drawn is unused and closed.
        for name in MODULES
            .iter()
            .flat_map(|module| [format!("{module}.budget_0"), format!("{module}.budget_1")])
        {
            usage.push(Usage {
                budget: name,
                by: LedgerKey::Any,
                used: Some(Decimal::ZERO),
            });
        }
        for name in MODULES
            .iter()
            .flat_map(|module| [format!("{module}.breaker_0"), format!("{module}.breaker_1")])
        {
            breakers.push(BreakerFact {
                breaker: name,
                by: LedgerKey::Any,
                state: Some(BreakerState::Closed),
                until: None,
            });
        }
        // Duplicate keys are errors of a request document.
        let usage = distinct(usage, |a, b| a.budget == b.budget && a.by == b.by);
        (
            usage,
            distinct(breakers, |a, b| a.breaker == b.breaker && a.by == b.by),
        )
    })
}

/// Keeps the first of those that are alike.
fn distinct<T>(all: Vec<T>, alike: impl Fn(&T, &T) -> bool) -> Vec<T> {
    all.into_iter().fold(Vec::new(), |mut kept, item| {
        if !kept.iter().any(|other| alike(other, &item)) {
            kept.push(item);
        }
        kept
    })
}
