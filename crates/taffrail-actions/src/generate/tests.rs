//! What each command makes, beside the command.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Splits a command as the shell would if no word had blanks. Every flag here has a value behind `=`, or is a switch.
fn made_from(command: &str, line: &str, live: &[Json]) -> Made<Vec<Json>> {
    let mut flags = Flags::default();
    let mut words = line.split_whitespace();
    for word in words.by_ref() {
        if word == "--" {
            break;
        }
        match word.strip_prefix("--").map(|flag| flag.split_once('=')) {
            Some(Some((name, value))) => flags.values.push((name.into(), Some(value.into()))),
            Some(None) => {
                let name = word.trim_start_matches('-');
                flags.values.push((name.into(), None));
            }
            None => flags.positional.push(word.into()),
        }
    }
    flags.after_dashes = words.map(str::to_owned).collect();
    let files = |name: &str| match name {
        "app.env" => Some("# colours\nA=1\n  B=x=y\n".to_owned()),
        "conf/app.ini" | "tls.crt" | "tls.key" => Some("[app]\n".to_owned()),
        "names.env" => Some("HOME\n".to_owned()),
        _ => None,
    };
    let known = Known {
        namespace: Some("shop"),
        live,
        files: &files,
    };
    generate(Generator::of(command).unwrap(), &flags, &known)
}

fn one(command: &str, line: &str) -> Json {
    let mut made = made_from(command, line, &[]).unwrap();
    assert_eq!(made.len(), 1);
    made.remove(0)
}

fn refused(command: &str, line: &str) -> String {
    made_from(command, line, &[]).unwrap_err().to_string()
}

#[test]
fn every_command_finds_its_generator() {
    for (name, generator) in COMMANDS {
        assert_eq!(Generator::of(name), Some(generator));
        assert_eq!(generator.as_str(), name);
    }
    assert_eq!(Generator::of("create"), None);
}

#[test]
fn a_deployment_names_its_containers_by_their_images() {
    let made = one(
        "create deployment",
        "web --image=registry:5000/team/nginx:1.29 --image=busybox@sha256:00 --replicas=3 --port=80",
    );
    assert_eq!(
        made,
        json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": { "name": "web", "namespace": "shop", "labels": { "app": "web" } },
            "spec": {
                "replicas": 3,
                "selector": { "matchLabels": { "app": "web" } },
                "template": {
                    "metadata": { "labels": { "app": "web" } },
                    "spec": { "containers": [
                        { "name": "nginx", "image": "registry:5000/team/nginx:1.29", "ports": [{ "containerPort": 80 }] },
                        { "name": "busybox", "image": "busybox@sha256:00" },
                    ] },
                },
            },
        })
    );
}

#[test]
fn what_is_drawn_at_random_is_unknown() {
    let error = made_from("create deployment", "web --image=my_app:1", &[]).unwrap_err();
    assert!(error.is_unknown());
    assert_eq!(
        error.to_string(),
        "the name of the container of `my_app:1` is not known"
    );
    assert!(
        made_from("create configmap", "a --append-hash", &[])
            .unwrap_err()
            .is_unknown()
    );
}

#[test]
fn a_job_is_made_from_an_image_or_a_cron_job() {
    let live = json!({
        "apiVersion": "batch/v1", "kind": "CronJob",
        "metadata": { "name": "backup", "namespace": "shop", "uid": "u1" },
        "spec": { "jobTemplate": {
            "metadata": { "labels": { "a": "b" }, "annotations": { "c": "d" } },
            "spec": { "backoffLimit": 2 },
        } },
    });
    let made = made_from("create job", "now --from=cj/backup", &[live]).unwrap();
    assert_eq!(
        made,
        [json!({
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": {
                "name": "now", "namespace": "shop", "labels": { "a": "b" },
                "annotations": { "c": "d", "cronjob.kubernetes.io/instantiate": "manual" },
                "ownerReferences": [{
                    "apiVersion": "batch/v1", "kind": "CronJob", "name": "backup", "uid": "u1", "controller": true,
                }],
            },
            "spec": { "backoffLimit": 2 },
        })]
    );
    assert_eq!(
        refused("create job", "now --from=cronjob/backup"),
        "the live CronJob `backup` is not known"
    );
    assert_eq!(
        refused("create job", "now --from=deploy/a"),
        "`deploy/a` of `--from` is not a cron job"
    );
    assert_eq!(
        refused("create job", "now"),
        "`--image` or `--from` is missing"
    );
    let made = one("create job", "now --image=busybox -- date -u");
    assert_eq!(
        made["spec"]["template"]["spec"],
        json!({
            "containers": [{ "name": "now", "image": "busybox", "command": ["date", "-u"] }],
            "restartPolicy": "Never",
        })
    );
}

#[test]
fn a_role_has_a_rule_for_each_group() {
    let made = one(
        "create clusterrole",
        "r --verb=get,list --verb=get --resource=deploy,pods,pods/log,rs.apps --resource-name=a",
    );
    assert_eq!(
        made["rules"],
        json!([
            { "verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods", "pods/log"], "resourceNames": ["a"] },
            { "verbs": ["get", "list"], "apiGroups": ["apps"], "resources": ["deployments", "replicasets"], "resourceNames": ["a"] },
        ])
    );
    let all = one("create role", "r --verb=get,* --resource=pods,*");
    assert_eq!(
        all["rules"],
        json!([{ "verbs": ["*"], "apiGroups": [""], "resources": ["*"] }])
    );
    assert_eq!(
        refused("create role", "r --verb=get --resource=widgets.example.com"),
        "what resource `widgets.example.com` is is not known"
    );
    let error = refused("create clusterrole", "r --verb=get --non-resource-url=logs");
    assert_eq!(
        error,
        "`logs` of `--non-resource-url` is not an address that begins with `/`"
    );
    let impersonates = one(
        "create clusterrole",
        "r --verb=impersonate --resource=users,groups",
    );
    assert_eq!(
        impersonates["rules"][0]["resources"],
        json!(["users", "groups"])
    );
}

#[test]
fn a_binding_names_users_groups_and_accounts() {
    let made = one(
        "create clusterrolebinding",
        "b --clusterrole=cluster-admin --serviceaccount=kube-system:default --user=jane",
    );
    assert_eq!(made["metadata"], json!({ "name": "b" }));
    assert_eq!(
        made["subjects"],
        json!([
            { "apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "jane" },
            { "kind": "ServiceAccount", "namespace": "kube-system", "name": "default" },
        ])
    );
    assert_eq!(
        refused("create rolebinding", "b --role=r --serviceaccount=default"),
        "`default` of `--serviceaccount` is not `NAMESPACE:NAME`"
    );
}

#[test]
fn entries_come_from_literals_and_files() {
    let made = one(
        "create configmap",
        "c --from-literal=a=b=c --from-file=conf/app.ini --from-file=other=conf/app.ini",
    );
    assert_eq!(
        made["data"],
        json!({ "a": "b=c", "app.ini": "[app]\n", "other": "[app]\n" })
    );
    let made = one("create configmap", "c --from-env-file=app.env");
    assert_eq!(made["data"], json!({ "A": "1", "B": "x=y" }));
    assert_eq!(
        refused("create configmap", "c --from-file=dir/"),
        "what `dir/` holds is not known"
    );
    assert!(
        made_from("create configmap", "c --from-env-file=names.env", &[])
            .unwrap_err()
            .is_unknown()
    );
    assert_eq!(
        refused(
            "create configmap",
            "c --from-literal=a=1 --from-literal=a=2"
        ),
        "`a` stands twice"
    );
}

#[test]
fn values_of_secrets_are_never_shown() {
    let made = one(
        "create secret generic",
        "s --from-literal=password=hunter2 --type=Opaque",
    );
    assert_eq!(made["data"], json!({ "password": "aHVudGVyMg==" }));
    let error = refused("create secret generic", "s --from-literal=hunter2");
    assert_eq!(error, "a value of `--from-literal` is not `KEY=VALUE`");
    let flags = Flags {
        values: vec![("docker-password".into(), Some("hunter2".into()))],
        ..Flags::default()
    };
    assert!(!format!("{flags:?}").contains("hunter2"));
}

#[test]
fn a_registry_secret_is_written_as_kubectl_writes_it() {
    let made = one(
        "create secret docker-registry",
        "s --docker-username=jane --docker-password=a&b --docker-server=r.io",
    );
    let config =
        r#"{"auths":{"r.io":{"username":"jane","password":"a\u0026b","auth":"amFuZTphJmI="}}}"#;
    assert_eq!(
        made["data"][".dockerconfigjson"],
        json!(crate::stored::base64::encode(config.as_bytes()))
    );
    assert_eq!(
        one("create secret tls", "s --cert=tls.crt --key=tls.key")["type"],
        "kubernetes.io/tls"
    );
}

#[test]
fn a_service_is_made_from_its_ports() {
    let made = one(
        "create service nodeport",
        "s --tcp=5678:8080,80:http --node-port=30001",
    );
    assert_eq!(
        made["spec"]["ports"],
        json!([
            { "name": "5678-8080", "port": 5678, "targetPort": 8080, "protocol": "TCP", "nodePort": 30001 },
            { "name": "80-http", "port": 80, "targetPort": "http", "protocol": "TCP", "nodePort": 30001 },
        ])
    );
    assert_eq!(
        one("create service clusterip", "s --clusterip=None")["spec"]["clusterIP"],
        "None"
    );
    assert_eq!(
        refused("create service loadbalancer", "s"),
        "`--tcp` is missing"
    );
    assert_eq!(
        refused("create service clusterip", "s --tcp=99999"),
        "`99999` of `--tcp` is not the number of a port"
    );
}

#[test]
fn an_ingress_is_made_from_its_rules() {
    let made = one(
        "create ingress",
        "i --class=nginx --rule=a.io/=s:80,tls=one --rule=a.io/x*=t:http --rule=b.io/=s:80,tls=one --rule=/y=s:1",
    );
    let spec = &made["spec"];
    assert_eq!(
        spec["tls"],
        json!([{ "secretName": "one", "hosts": ["a.io", "b.io"] }])
    );
    assert_eq!(
        spec["rules"][0],
        json!({ "host": "a.io", "http": { "paths": [
            { "path": "/", "pathType": "Exact", "backend": { "service": { "name": "s", "port": { "number": 80 } } } },
            { "path": "/x", "pathType": "Prefix", "backend": { "service": { "name": "t", "port": { "name": "http" } } } },
        ] } })
    );
    assert!(spec["rules"][2].get("host").is_none());
    assert_eq!(
        refused("create ingress", "i"),
        "`--rule` or `--default-backend` is missing"
    );
}

#[test]
fn small_objects_have_their_fields() {
    assert_eq!(
        one("create namespace", "n")["metadata"],
        json!({ "name": "n" })
    );
    let quota = one("create quota", "q --hard=cpu=1,pods=2 --scopes=BestEffort");
    assert_eq!(
        quota["spec"],
        json!({ "hard": { "cpu": "1", "pods": "2" }, "scopes": ["BestEffort"] })
    );
    let budget = one(
        "create poddisruptionbudget",
        "b --selector=a=b,!c --min-available=50%",
    );
    assert_eq!(
        budget["spec"],
        json!({
            "minAvailable": "50%",
            "selector": {
                "matchLabels": { "a": "b" },
                "matchExpressions": [{ "key": "c", "operator": "DoesNotExist" }],
            },
        })
    );
    let class = one("create priorityclass", "p --value=1000 --global-default");
    assert_eq!(class["value"], 1000);
    assert_eq!(class["globalDefault"], true);
    assert_eq!(class["preemptionPolicy"], "PreemptLowerPriority");
    let token = one(
        "create token",
        "a --duration=1h30m --bound-object-kind=Pod --bound-object-name=p",
    );
    assert_eq!(
        token["spec"],
        json!({ "expirationSeconds": 5400, "boundObjectRef": { "apiVersion": "v1", "kind": "Pod", "name": "p" } })
    );
    assert_eq!(
        refused("create namespace", "a b"),
        "one name is needed, not 2"
    );
}

#[test]
fn a_run_pod_takes_its_words_and_overrides() {
    let made = made_from(
        "run",
        "p --image=busybox --labels=a=b --env=A=1 --port=80 --expose --privileged --restart=Never \
         --overrides={\"spec\":{\"hostNetwork\":true}} --command -- sh -c ls",
        &[],
    )
    .unwrap();
    let [pod, service] = made.as_slice() else {
        panic!("a pod and a service are made");
    };
    assert_eq!(
        pod["spec"],
        json!({
            "containers": [{
                "name": "p", "image": "busybox", "command": ["sh", "-c", "ls"],
                "env": [{ "name": "A", "value": "1" }], "ports": [{ "containerPort": 80 }],
                "securityContext": { "privileged": true },
            }],
            "dnsPolicy": "ClusterFirst", "restartPolicy": "Never", "hostNetwork": true,
        })
    );
    assert_eq!(service["spec"]["selector"], json!({ "a": "b" }));
    assert_eq!(refused("run", "p --image=a --tty"), "`--stdin` is missing");
    assert_eq!(
        refused("run", "p --image=a --env=hunter2"),
        "a value of `--env` is not `NAME=value`"
    );
    assert_eq!(refused("run", "--image=a"), "one name is needed, not 0");
}

#[test]
fn a_service_takes_its_ports_and_labels_from_what_it_exposes() {
    let live = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "web", "namespace": "shop", "labels": { "team": "a" } },
        "spec": {
            "selector": { "matchLabels": { "app": "web" } },
            "template": { "spec": { "containers": [
                { "name": "a", "ports": [{ "containerPort": 80 }, { "containerPort": 53, "protocol": "UDP" }] },
            ] } },
        },
    });
    let made = made_from(
        "expose",
        "deploy web --type=NodePort",
        std::slice::from_ref(&live),
    )
    .unwrap();
    assert_eq!(
        made,
        [json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": { "name": "web", "namespace": "shop", "labels": { "team": "a" } },
            "spec": {
                "type": "NodePort", "selector": { "app": "web" },
                "ports": [
                    { "name": "port-1", "port": 80, "protocol": "TCP", "targetPort": 80 },
                    { "name": "port-2", "port": 53, "protocol": "UDP", "targetPort": 53 },
                ],
            },
        })]
    );
    let error = made_from("expose", "deploy/web --port=80", &[]).unwrap_err();
    assert_eq!(error.to_string(), "the live Deployment `web` is not known");
    assert_eq!(
        refused("expose", "node a --port=80"),
        "a Node cannot be exposed"
    );
    let other = made_from("expose", "deploy web --namespace=other", &[live]).unwrap_err();
    assert!(other.is_unknown());
}

#[test]
fn an_autoscaler_has_its_bounds_and_metrics() {
    let made = one(
        "autoscale",
        "deployment/web --min=2 --max=5 --cpu=70% --memory=200",
    );
    assert_eq!(
        made["spec"],
        json!({
            "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "web" },
            "minReplicas": 2, "maxReplicas": 5,
            "metrics": [
                { "type": "Resource", "resource": { "name": "cpu", "target": { "type": "Utilization", "averageUtilization": 70 } } },
                { "type": "Resource", "resource": { "name": "memory", "target": { "type": "AverageValue", "averageValue": "200Mi" } } },
            ],
        })
    );
    assert_eq!(refused("autoscale", "deploy web"), "`--max` is missing");
    assert!(refused("autoscale", "deploy web --min=3 --max=2").starts_with("`2` of `--max`"));
    assert!(
        made_from("autoscale", "rollout web --max=2", &[])
            .unwrap_err()
            .is_unknown()
    );
}

#[test]
fn quoted_elements_of_lists_keep_their_commas() {
    let list = |text| text::comma_separated(text);
    assert_eq!(
        list(r#"a,"b,""c",d"#),
        Some(vec!["a".into(), "b,\"c".into(), "d".into()])
    );
    assert_eq!(list("a,"), Some(vec!["a".into(), String::new()]));
    assert_eq!(list(r#"a"b"#), None);
    assert_eq!(list(r#""a"b"#), None);
}

proptest! {
    #[test]
    fn no_command_panics(
        at in 0..COMMANDS.len(),
        values in prop::collection::vec(
            (
                prop::sample::select(vec![
                    "image", "from", "port", "tcp", "rule", "from-literal", "from-file", "selector", "verb",
                    "resource", "hard", "labels", "env", "duration", "max", "cpu", "memory", "overrides",
                    "min-available", "schedule", "name", "default-backend", "clusterrole", "role",
                    "serviceaccount", "bound-object-kind", "external-name", "override-type",
                ]),
                prop::option::of("[a-z0-9=:/,\"%*.(){}\\[\\]! é-]{0,12}"),
            ),
            0..6,
        ),
        positional in prop::collection::vec("[a-z/.=é-]{0,8}", 0..4),
    ) {
        let flags = Flags {
            values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            positional,
            after_dashes: Vec::new(),
        };
        let known = Known { namespace: None, live: &[], files: &|_| Some("A=1".into()) };
        let made = generate(COMMANDS[at].1, &flags, &known);
        // What is made can be told apart from everything else.
        for object in made.into_iter().flatten() {
            prop_assert!(object["kind"].is_string());
            prop_assert!(object["metadata"]["name"].is_string());
        }
    }
}
