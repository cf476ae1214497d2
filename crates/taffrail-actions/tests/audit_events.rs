//! Events of an API server's audit log, and the requests that they are.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what cannot be read fails the test"
)]

use serde_json::{Value as Json, json};
use taffrail_actions::ActionError;
use taffrail_actions::audit_event::{AuditEvent, Line, read_line};
use taffrail_runtime::Value;
use taffrail_runtime::request::{Proposed, Request};

/// An event with some parts replaced; a dotted path leads to a part.
fn event(parts: &[(&str, Json)]) -> String {
    let mut event = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "auditID": "a-1",
        "stage": "ResponseComplete", "verb": "update",
        "requestURI": "/apis/apps/v1/namespaces/shop/deployments/web",
        "user": { "username": "healer", "groups": ["agents", "system:authenticated"] },
        "userAgent": "healer/1.0",
        "objectRef": {
            "resource": "deployments", "namespace": "shop", "name": "web", "apiGroup": "apps", "apiVersion": "v1",
        },
        "responseStatus": { "code": 200 },
        "requestReceivedTimestamp": "2026-11-22T10:00:00.000000Z",
        "stageTimestamp": "2026-11-22T10:00:00.250000Z",
    });
    for (path, value) in parts {
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        let parent = match parent {
            "" => &mut event,
            parent => &mut event[parent],
        };
        parent[key] = value.clone();
    }
    event.to_string()
}

fn with<T>(parts: &[(&str, Json)], look: impl Fn(&AuditEvent<'_>) -> T) -> T {
    let text = event(parts);
    match read_line(&text).unwrap() {
        Line::Event(event) => look(&event),
        other => panic!("no event: {other:?}"),
    }
}

fn request(parts: &[(&str, Json)]) -> Request {
    with(parts, |event| {
        event.request(&Value::from_json_slice).unwrap()
    })
}

fn error(parts: &[(&str, Json)]) -> ActionError {
    with(parts, |event| {
        event.request(&Value::from_json_slice).unwrap_err()
    })
}

fn field(value: &Value, path: &[&str]) -> Value {
    path.iter()
        .fold(value.clone(), |value, key| value.field(key, &String::new))
}

fn is_unknown(value: &Value) -> bool {
    matches!(value, Value::Unknown(_))
}

fn proposed(request: &Request) -> Value {
    match &request.proposed {
        Proposed::Given(value) => value.clone(),
        other => panic!("not given: {other:?}"),
    }
}

/// Returns the verb of a request on a subresource of a resource.
fn verb(asked: &str, group: &str, resource: &str, subresource: &str) -> Option<&'static str> {
    let parts = [
        ("verb", json!(asked)),
        ("objectRef.apiGroup", json!(group)),
        ("objectRef.resource", json!(resource)),
        ("objectRef.subresource", json!(subresource)),
    ];
    with(&parts, |event| event.verb())
}

#[test]
fn verbs_are_those_of_policies() {
    for (asked, group, resource, subresource, expected) in [
        ("create", "apps", "deployments", "", Some("create")),
        ("update", "apps", "deployments", "", Some("replace")),
        ("patch", "apps", "deployments", "", Some("patch")),
        ("delete", "apps", "deployments", "", Some("delete")),
        (
            "deletecollection",
            "apps",
            "deployments",
            "",
            Some("delete"),
        ),
        ("get", "apps", "deployments", "", Some("get")),
        ("list", "", "pods", "", Some("list")),
        ("watch", "", "pods", "", Some("watch")),
        ("get", "", "pods", "log", Some("logs")),
        ("list", "", "secrets", "", Some("read_secret")),
        ("update", "apps", "deployments", "scale", Some("scale")),
        ("patch", "example.com", "widgets", "scale", Some("scale")),
        ("get", "apps", "deployments", "scale", Some("get")),
        ("create", "", "pods", "eviction", Some("evict")),
        ("create", "", "pods", "exec", Some("exec")),
        ("get", "", "pods", "attach", Some("exec")),
        ("get", "", "pods", "portforward", Some("portforward")),
        ("delete", "", "services", "proxy", Some("portforward")),
        ("get", "", "nodes", "proxy", Some("exec")),
        ("patch", "", "pods", "ephemeralcontainers", Some("exec")),
        (
            "update",
            "certificates.k8s.io",
            "certificatesigningrequests",
            "approval",
            Some("approve"),
        ),
        ("patch", "apps", "deployments", "status", Some("patch")),
        ("update", "", "namespaces", "finalize", Some("replace")),
        ("create", "", "serviceaccounts", "token", None),
        ("create", "", "pods", "binding", None),
        ("create", "example.com", "widgets", "restart", None),
        ("post", "", "", "", None),
    ] {
        let found = verb(asked, group, resource, subresource);
        assert_eq!(found, expected, "{asked} {resource}/{subresource}");
    }
}

#[test]
fn a_patch_is_an_apply_only_if_that_is_certain() {
    let whole = json!({ "apiVersion": "apps/v1", "kind": "Deployment", "spec": {} });
    let list = json!([{ "op": "add", "path": "/spec/paused" }, { "op": "test", "path": "/a" }]);
    for (query, body, expected) in [
        ("", None, Some("patch")),
        ("fieldManager=argo&force=true", None, Some("apply")),
        ("fieldManager=kubectl", None, Some("apply")),
        (
            "fieldManager=kubectl-client-side-apply",
            None,
            Some("apply"),
        ),
        ("fieldManager=kubectl-edit", None, Some("patch")),
        ("fieldManager=argo", None, None),
        ("fieldManager=argo", Some(&whole), Some("apply")),
        ("", Some(&whole), Some("patch")),
        ("fieldManager=argo", Some(&list), Some("patch")),
        (
            "fieldManager=argo",
            Some(&json!({ "spec": {} })),
            Some("patch"),
        ),
    ] {
        let mut parts = vec![
            ("verb", json!("patch")),
            (
                "requestURI",
                json!(format!(
                    "/apis/apps/v1/namespaces/shop/deployments/web?{query}"
                )),
            ),
        ];
        parts.extend(body.map(|body| ("requestObject", body.clone())));
        assert_eq!(
            with(&parts, |event| event.verb()),
            expected,
            "{query} {body:?}"
        );
    }
}

#[test]
fn an_update_is_the_object_that_was_stored() {
    let object = |replicas: u32| {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web", "namespace": "shop" },
            "spec": { "replicas": replicas },
        })
    };
    let found = request(&[("requestObject", object(3)), ("responseObject", object(4))]);
    assert_eq!(found.verb, Value::string("replace"));
    assert!(is_unknown(&found.current));
    assert_eq!(
        field(&proposed(&found), &["spec", "replicas"]),
        Value::Number(4.into())
    );
    assert_eq!(found.target.kind, Value::string("Deployment"));
    assert_eq!(field(&found.namespace, &["name"]), Value::string("shop"));
    assert_eq!(
        field(&found.rollback, &["class"]),
        field(&request(&[]).rollback, &["class"])
    );
    // Only asked for: at level `Request`, or refused.
    let asked = request(&[("requestObject", object(3))]);
    assert_eq!(
        field(&proposed(&asked), &["spec", "replicas"]),
        Value::Number(3.into())
    );
    let status = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure" });
    let refused = [
        ("requestObject", object(3)),
        ("responseObject", status.clone()),
        ("responseStatus.code", json!(409)),
    ];
    assert_eq!(
        field(&proposed(&request(&refused)), &["spec", "replicas"]),
        Value::Number(3.into())
    );
    assert!(with(&refused, |event| event.has_failed()));
    assert!(is_unknown(&proposed(&request(&[]))));
    assert!(with(&[], |event| event.lacks_object()));
    // The answer may be a view of the object.
    let table = json!({ "kind": "Table", "apiVersion": "meta.k8s.io/v1", "rows": [] });
    assert!(is_unknown(&proposed(&request(&[(
        "responseObject",
        table
    )]))));
}

#[test]
fn of_a_patch_only_the_answer_tells_what_is_stored() {
    let patch = json!({ "spec": { "replicas": 3 } });
    let asked = [("verb", json!("patch")), ("requestObject", patch)];
    assert!(is_unknown(&proposed(&request(&asked))));
    assert!(with(&asked, |event| event.lacks_object()));
    let scale = [
        asked.as_slice(),
        &[("objectRef.subresource", json!("scale"))],
    ]
    .concat();
    let found = request(&scale);
    assert_eq!(
        field(&proposed(&found), &["spec", "replicas"]),
        Value::Number(3.into())
    );
    assert!(is_unknown(&field(&proposed(&found), &["spec", "template"])));
    let list = json!([{ "op": "replace", "path": "/spec/replicas", "value": 3 }]);
    let scale = [scale.as_slice(), &[("requestObject", list)]].concat();
    assert!(is_unknown(&proposed(&request(&scale))));
}

#[test]
fn what_is_created_was_not_there_and_what_is_deleted_was() {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "web-x7", "namespace": "shop", "generateName": "web-" },
    });
    let of_pods = [
        ("objectRef.resource", json!("pods")),
        ("objectRef.apiGroup", Json::Null),
        ("objectRef.name", Json::Null),
        ("responseObject", pod),
    ];
    let created = [of_pods.as_slice(), &[("verb", json!("create"))]].concat();
    let found = request(&created);
    assert_eq!(found.current, Value::Absent);
    assert_eq!(
        found.target.name,
        Value::string("web-x7"),
        "the server named it"
    );
    let refused = [created.as_slice(), &[("responseStatus.code", json!(409))]].concat();
    assert!(
        is_unknown(&request(&refused).current),
        "there may be one already"
    );
    let deleted = [
        of_pods.as_slice(),
        &[
            ("verb", json!("delete")),
            ("objectRef.name", json!("web-x7")),
        ],
    ]
    .concat();
    let found = request(&deleted);
    assert_eq!(field(&found.current, &["kind"]), Value::string("Pod"));
    assert_eq!(found.outcome().into_owned(), Value::Absent);
    let all = request(&[
        ("verb", json!("deletecollection")),
        ("objectRef.name", Json::Null),
    ]);
    assert!(is_unknown(&all.target.name) && is_unknown(&all.current));
}

#[test]
fn custom_kinds_are_known_by_their_objects_only() {
    let rollout = [
        ("objectRef.apiGroup", json!("argoproj.io")),
        ("objectRef.resource", json!("rollouts")),
        ("objectRef.apiVersion", json!("v1alpha1")),
    ];
    assert!(is_unknown(&request(&rollout).target.kind));
    let object = json!({ "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": { "name": "web" } });
    let found = request(&[rollout.as_slice(), &[("responseObject", object)]].concat());
    assert_eq!(found.target.kind, Value::string("Rollout"));
    assert_eq!(found.target.group, Value::string("argoproj.io"));
    // A group may use a plural that another one has too.
    let other = request(&[("objectRef.apiGroup", json!("example.com"))]);
    assert!(is_unknown(&other.target.kind));
}

#[test]
fn scope_follows_from_the_kind_and_the_address() {
    let node = request(&[
        ("objectRef.resource", json!("nodes")),
        ("objectRef.apiGroup", Json::Null),
        ("objectRef.namespace", Json::Null),
    ]);
    assert_eq!(node.target.namespace, Value::Absent);
    // The server says of a Namespace that it lies in itself.
    let namespace = request(&[
        ("objectRef.resource", json!("namespaces")),
        ("objectRef.apiGroup", Json::Null),
        ("objectRef.name", json!("shop")),
    ]);
    assert_eq!(namespace.target.namespace, Value::Absent);
    assert_eq!(
        field(&namespace.namespace, &["name"]),
        Value::string("shop")
    );
    let everywhere = request(&[
        ("verb", json!("list")),
        ("objectRef.namespace", Json::Null),
        ("objectRef.name", Json::Null),
    ]);
    assert!(is_unknown(&everywhere.target.namespace));
    let health = request(&[
        ("verb", json!("get")),
        ("objectRef", Json::Null),
        ("requestURI", json!("/healthz")),
    ]);
    assert_eq!(health.target.kind, Value::Absent);
}

#[test]
fn who_asks_is_whom_the_server_knows() {
    let found = request(&[]);
    assert_eq!(field(&found.principal, &["id"]), Value::string("healer"));
    assert!(
        is_unknown(&field(&found.principal, &["kind"])),
        "a name says nothing of it"
    );
    let groups = Value::List(vec![
        Value::string("agents"),
        Value::string("system:authenticated"),
    ]);
    assert_eq!(field(&found.principal, &["groups"]), groups);
    let node = request(&[("user", json!({ "username": "system:node:node-1" }))]);
    assert_eq!(
        field(&node.principal, &["kind"]),
        Value::string("controller")
    );
    let impersonated = [(
        "impersonatedUser",
        json!({ "username": "dana", "groups": ["ops"] }),
    )];
    assert_eq!(
        field(&request(&impersonated).principal, &["id"]),
        Value::string("dana")
    );
    with(&impersonated, |event| {
        assert_eq!(
            (event.principal(), event.impersonator()),
            ("dana", Some("healer"))
        );
    });
    for (name, is_of_cluster) in [
        ("system:apiserver", true),
        ("system:kube-scheduler", true),
        ("system:node:node-1", true),
        ("system:serviceaccount:kube-system:job-controller", true),
        ("system:serviceaccount:gitops:argocd", false),
        ("system:anonymous", false),
        ("healer", false),
    ] {
        let found = with(&[("user.username", json!(name))], |event| {
            event.is_of_cluster()
        });
        assert_eq!(found, is_of_cluster, "{name}");
    }
}

#[test]
fn a_connection_has_the_options_of_its_address() {
    let exec = [
        ("verb", json!("create")),
        ("objectRef.apiGroup", Json::Null),
        ("objectRef.resource", json!("pods")),
        ("objectRef.subresource", json!("exec")),
        (
            "requestURI",
            json!(
                "/api/v1/namespaces/shop/pods/web/exec?command=sh&command=-c&command=cat+%2Fetc%2Fpasswd&stdin=true&tty=0&container=app&dryRun=All&odd=%zz"
            ),
        ),
    ];
    let options = proposed(&request(&exec));
    let words = ["sh", "-c", "cat /etc/passwd"].map(Value::string);
    assert_eq!(field(&options, &["command"]), Value::List(words.into()));
    assert_eq!(field(&options, &["stdin"]), Value::Bool(true));
    assert_eq!(field(&options, &["tty"]), Value::Bool(false));
    assert_eq!(field(&options, &["container"]), Value::string("app"));
    assert_eq!(field(&options, &["odd"]), Value::string("%zz"));
    assert!(
        !with(&exec, |event| event.is_dry_run()),
        "a connection is one"
    );
    let tried = [(
        "requestURI",
        json!("/apis/apps/v1/namespaces/shop/deployments/web?dryRun=All"),
    )];
    assert!(with(&tried, |event| event.is_dry_run()));
}

#[test]
fn the_instant_is_that_of_the_stage() {
    let Value::Time(now) = request(&[]).now else {
        panic!("no time");
    };
    assert_eq!(now.to_string(), "2026-11-22T10:00:00.25Z");
}

#[test]
fn what_an_event_must_say_is_asked_for_by_name() {
    let message = |parts: &[(&str, Json)]| error(parts).problem.to_string();
    insta::assert_snapshot!(
        [
            message(&[("verb", Json::Null)]),
            message(&[("user", Json::Null)]),
            message(&[("stageTimestamp", Json::Null)]),
            message(&[("stageTimestamp", json!("yesterday"))]),
        ]
        .join("\n"),
        @r"
    `verb` is missing
    `user` is missing
    `stageTimestamp` is missing
    `stageTimestamp` is `yesterday`, which is no time
    "
    );
    let twice = event(&[]).replace(
        r#""code":200}"#,
        r#""code":200},"responseObject":{"a":1,"a":2}"#,
    );
    let Line::Event(event) = read_line(&twice).unwrap() else {
        panic!("no event");
    };
    let error = event.request(&Value::from_json_slice).unwrap_err();
    assert!(
        error
            .problem
            .to_string()
            .contains("the key `a` stands twice"),
        "{error}"
    );
}

#[test]
fn lines_are_told_apart() {
    let told = |text: &str| match read_line(text) {
        Ok(Line::Event(_)) => "event",
        Ok(Line::Events(_)) => "events",
        Ok(Line::Record {
            decision: Some(_), ..
        }) => "decision",
        Ok(Line::Record { decision: None, .. }) => "record",
        Ok(Line::Document) => "document",
        Err(_) => "broken",
    };
    for (text, expected) in [
        (event(&[]).as_str(), "event"),
        (
            event(&[("apiVersion", json!("audit.k8s.io/v1beta1"))]).as_str(),
            "event",
        ),
        (event(&[("apiVersion", json!("v1"))]).as_str(), "document"),
        (r#"{"auditID": "a", "stage": "ResponseComplete"}"#, "event"),
        (
            r#"{"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": []}"#,
            "events",
        ),
        (
            r#"{"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": {}}"#,
            "broken",
        ),
        (r#"{"action": {}, "decision": {}}"#, "decision"),
        (r#"{"action": {}, "decision": null}"#, "record"),
        (
            r#"{"hash": "x", "record": {"body": {"action": {}, "decision": {}}}}"#,
            "decision",
        ),
        (r#"{"hash": "x", "record": {"body": [1, 2]}}"#, "record"),
        (r#"{"hash": "x", "record": 7}"#, "record"),
        (r#"{"verb": "scale"}"#, "document"),
        (r#"["Event", "audit.k8s.io/v1"]"#, "document"),
        (r#"{"verb": 3}"#, "broken"),
        (r#"{"kind": "Event", "kind": "Event"}"#, "broken"),
        (r#"{"kind": "Ev"#, "broken"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}
