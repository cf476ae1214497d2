//! `taffrail replay`.

use std::io::Write as _;

use crate::support::{Workspace, scale, shop};

/// An event of an API server's log: somebody scales `cart`.
fn event(user: &str, replicas: u32, code: u32) -> String {
    serde_json::json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse",
        "auditID": "a", "stage": "ResponseComplete", "verb": "patch",
        "requestURI": "/apis/apps/v1/namespaces/shop/deployments/cart/scale",
        "user": { "username": user, "groups": ["system:authenticated"] },
        "objectRef": {
            "resource": "deployments", "namespace": "shop", "name": "cart",
            "apiGroup": "apps", "apiVersion": "v1", "subresource": "scale",
        },
        "responseStatus": { "code": code },
        "requestObject": { "spec": { "replicas": replicas } },
        "responseObject": {
            "kind": "Scale", "apiVersion": "autoscaling/v1",
            "metadata": { "name": "cart", "namespace": "shop" }, "spec": { "replicas": replicas },
        },
        "stageTimestamp": "2026-11-22T10:00:00.000000Z",
    })
    .to_string()
}

/// A JSON line that asks for so many replicas.
fn line(replicas: u32) -> String {
    serde_json::json!({
        "verb": "scale",
        "principal": { "kind": "agent", "id": "healer" },
        "target": { "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "cart" },
        "current": { "spec": { "replicas": 10 } },
        "proposed": { "spec": { "replicas": replicas } },
        "facts": {
            "now": "2026-11-22T10:00:00Z",
            "signals": { "error_rate": { "value": 0.002, "observed": "2026-11-22T09:59:30Z" } },
        },
    })
    .to_string()
}

/// The shop with a second set in which halving costs less, and nobody may grow beyond 20.
fn two_sets() -> Workspace {
    let shop = shop();
    let milder = crate::support::POLICY
        .replace("risk 40", "risk 20")
        .replace(
            "    when principal.kind == agent\n",
            "    when principal.kind == agent\n    when dynamic(proposed).spec.replicas <= 20\n",
        );
    shop.write("new/scaling.guard", milder.as_bytes());
    let lines: Vec<String> = [11, 3, 2, 30, 12].map(line).into();
    shop.write("log.jsonl", lines.join("\n").as_bytes());
    shop
}

const NEW: [&str; 4] = ["replay", "--policies", "new", "--assume-unused-budgets"];

fn replay<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [NEW.as_slice(), more].concat()
}

#[test]
fn the_verdicts_of_two_sets_are_compared() {
    let shop = two_sets();
    let arguments = replay(&["--against", "policies", "log.jsonl"]);
    let forms: Vec<String> = ["text", "json", "markdown"]
        .map(|form| {
            shop.run(&[arguments.as_slice(), &["--output", form]].concat())
                .shown()
        })
        .into();
    insta::assert_snapshot!(forms.join("\n"));
}

#[test]
fn the_exit_code_says_whether_anything_became_milder() {
    let shop = two_sets();
    let code = |arguments: &[&str]| shop.run(arguments).code;
    assert_eq!(
        code(&replay(&["--against", "policies", "log.jsonl"])),
        Some(5)
    );
    let back = ["replay", "--policies", "policies", "--against", "new"];
    assert_eq!(
        code(&[&back[..], &["log.jsonl"]].concat()),
        Some(0),
        "a budget of which nothing is known proposes either way"
    );
    assert_eq!(code(&replay(&["--against", "new", "log.jsonl"])), Some(0));
    shop.write("broken.jsonl", format!("{}\n{{\n", line(3)).as_bytes());
    assert_eq!(code(&replay(&["broken.jsonl"])), Some(1));
    assert_eq!(
        code(&replay(&["--against", "policies", "broken.jsonl"])),
        Some(5),
        "that something became milder counts for more"
    );
}

#[test]
fn a_log_of_a_server_says_what_was_carried_out() {
    let shop = shop();
    let log = [
        event("healer", 11, 200),
        event("dana@example.com", 3, 200),
        event("healer", 11, 403),
        event("system:node:node-1", 11, 200),
        event("healer", 11, 200).replace("ResponseComplete", "ResponseStarted"),
        event("healer", 11, 200).replace("/scale\"", "/scale?dryRun=All\""),
        event("healer", 11, 200).replace("\"patch\"", "\"get\""),
    ]
    .join("\n");
    shop.write("audit.log", log.as_bytes());
    let arguments = [
        "replay",
        "--policies",
        "policies",
        "--principal-kind",
        "agent=heal*",
        "--assume-unused-budgets",
        "audit.log",
    ];
    insta::assert_snapshot!(shop.run(&arguments).shown());
    let all = [
        arguments.as_slice(),
        &["--include-failed", "--include-dry-runs", "--include-system"],
        &["--verbs", "all", "--output", "json"],
    ]
    .concat();
    let report: serde_json::Value = serde_json::from_str(&shop.run(&all).out).unwrap();
    assert_eq!(report["decided"]["events"], 6);
    let named = [
        arguments.as_slice(),
        &["--principal", "dana@*", "--output", "json"],
    ]
    .concat();
    let report: serde_json::Value = serde_json::from_str(&shop.run(&named).out).unwrap();
    assert_eq!(report["decided"]["events"], 1);
}

#[test]
fn logs_come_in_many_forms() {
    let shop = two_sets();
    shop.write(
        "two.yaml",
        format!("---\n{}---\n{}", scale(11), scale(3)).as_bytes(),
    );
    let pretty = |text: &str| {
        let json: serde_json::Value = serde_json::from_str(text).unwrap();
        serde_json::to_string_pretty(&json).unwrap()
    };
    shop.write(
        "pretty.json",
        format!("{}\n{}\n", pretty(&line(3)), pretty(&line(4))).as_bytes(),
    );
    let list = format!(
        r#"{{"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": [{}, {}]}}"#,
        event("healer", 3, 200),
        event("healer", 3, 200)
            .replace(r#""kind":"Event","#, "")
            .replace(r#""apiVersion":"audit.k8s.io/v1","#, "")
    );
    shop.write("list.json", list.as_bytes());
    let record = format!(
        r#"{{"action": {}, "decision": {{"verdict": "escalate"}}, "stage": "decided"}}"#,
        line(11)
    );
    let chained = format!(
        r#"{{"hash": "sha256:0", "record": {{"number": 1, "event": "decided", "action": "a-1", "body": {record}, "previous": ""}}}}"#
    );
    let other =
        r#"{"hash": "sha256:0", "record": {"number": 2, "event": "paused", "body": "by dana"}}"#;
    shop.write(
        "ledger.jsonl",
        format!("{record}\n{{\"action\": {{}}}}\n{chained}\n{other}\n").as_bytes(),
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed
        .write_all(format!("{}\n", line(3)).as_bytes())
        .unwrap();
    let packed = packed.finish().unwrap();
    // As `cat a.gz b.gz` makes them.
    shop.write("twice.log.gz", &[packed.clone(), packed].concat());
    let of = |log: &str| {
        let ran = shop.run(&replay(&["--output", "json", log]));
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        format!(
            "{log}: {} skipped {} milder {} broken {}",
            report["decided"], report["skipped"], report["milder"], report["broken"]
        )
    };
    let shown: Vec<String> = [
        "log.jsonl",
        "two.yaml",
        "pretty.json",
        "list.json",
        "ledger.jsonl",
        "twice.log.gz",
        ".",
    ]
    .map(of)
    .into();
    insta::assert_snapshot!(shown.join("\n"));
    let input = shop.run_with_input(&replay(&["-"]), scale(11).as_bytes());
    assert!(input.out.contains("1 action:"), "{}", input.out);
}

#[test]
fn whatever_is_broken_is_named_and_passed_over() {
    let shop = two_sets();
    let mut log = Vec::new();
    log.extend("\u{feff}".as_bytes());
    log.extend(line(11).as_bytes());
    log.extend(b"\r\n\r\n   \n");
    log.extend(b"\x00\x01\x02\xff\xfe rubbish\n");
    log.extend(b"{\"verb\": \"scael\", \"targt\": {}}\n");
    log.extend(b"[1, 2]\n{}{}\nnull\n\"text\"\n");
    log.extend(
        event("healer", 3, 200)
            .replace("\"code\":200", "\"code\":\"ok\"")
            .as_bytes(),
    );
    log.extend(b"\n");
    log.extend(
        event("healer", 3, 200)
            .replace("2026-11-22T", "yesterday ")
            .as_bytes(),
    );
    log.extend(b"\n");
    let list = format!(
        r#"{{"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": [{{}}, {}]}}"#,
        event("healer", 3, 200)
    );
    log.extend(list.as_bytes());
    log.extend(b"\n");
    log.extend("[".repeat(100_000).as_bytes());
    log.extend(b"\n");
    log.extend(br#"{"action": {"verb": "scale"}, "decision": 5}"#);
    log.extend(b"\n");
    log.extend(line(3).as_bytes());
    log.extend(b"\n");
    log.extend(&line(3).as_bytes()[..50]);
    shop.write("broken.log", &log);
    let ran = shop.run(&replay(&["broken.log"]));
    insta::assert_snapshot!(ran.shown());
    let many = "rubbish\n".repeat(50);
    shop.write("many.log", many.as_bytes());
    let ran = shop.run(&replay(&["many.log"]));
    assert!(ran.out.contains("and 30 more"), "{}", ran.out);
    let missing = [
        shop.run(&replay(&["nowhere.log"])).shown(),
        shop.run(&replay(&["--verbs", "scale,restrat", "log.jsonl"]))
            .shown(),
        shop.run(&replay(&["new"])).shown(),
        shop.run(&replay(&["--principal-kind", "robot=*", "log.jsonl"]))
            .shown(),
    ];
    insta::assert_snapshot!(missing.join("\n"));
}

#[test]
fn a_line_of_many_megabytes_is_read() {
    let shop = two_sets();
    let long = line(3).replacen(
        '{',
        &format!("{{\"intent\": {{\"goal\": \"{}\"}},", "x".repeat(20 << 20)),
        1,
    );
    shop.write("long.jsonl", format!("{long}\n{}\n", line(11)).as_bytes());
    let ran = shop.run(&replay(&["--output", "json", "long.jsonl"]));
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["decided"]["documents"], 2, "{}", ran.out);
}

#[test]
fn the_report_does_not_depend_on_the_number_of_cores() {
    let shop = two_sets();
    let mut log = String::new();
    for at in 0..1_400_u32 {
        let filled = format!("{{\"intent\": {{\"goal\": \"{}\"}},", "x".repeat(2_500));
        log.push_str(&line(at % 40).replacen('{', &filled, 1));
        log.push('\n');
        if at % 97 == 0 {
            log.push_str("rubbish\n");
        }
    }
    assert!(log.len() > 3 * 1024 * 1024, "several pieces");
    shop.write("big.jsonl", log.as_bytes());
    let report = |jobs: &str| {
        shop.run(&replay(&[
            "--against",
            "policies",
            "--jobs",
            jobs,
            "big.jsonl",
        ]))
        .shown()
    };
    let one = report("1");
    assert_eq!(one, report("2"));
    assert_eq!(one, report("7"));
    assert!(one.contains("big.jsonl:1374: "), "{one}");
}

#[test]
fn what_decide_records_is_replayed() {
    let shop = two_sets();
    for action in ["up.yaml", "down.yaml", "burning.yaml"] {
        let arguments = [
            "decide",
            "--policies",
            "policies",
            "--record",
            "decisions.jsonl",
        ];
        shop.run(&[arguments.as_slice(), &[action]].concat());
    }
    let line = [
        "--record",
        "decisions.jsonl",
        "--kubectl",
        "kubectl scale deploy/cart --replicas=2 -n shop",
    ];
    shop.run(&[&["decide", "--policies", "policies"][..], &line].concat());
    let same = shop.run(&["replay", "--policies", "policies", "decisions.jsonl"]);
    assert_eq!(same.code, Some(0), "{}", same.out);
    assert!(
        same.out
            .contains("4 actions: 0 milder, 0 stricter, 4 unchanged"),
        "{}",
        same.out
    );
    let ran = shop.run(&replay(&["decisions.jsonl"]));
    insta::assert_snapshot!(ran.shown());
    let nowhere = ["--record", "nowhere/decisions.jsonl", "up.yaml"];
    let ran = shop.run(&[&["decide", "--policies", "policies"][..], &nowhere].concat());
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("cannot write"), "{}", ran.err);
}

#[test]
fn what_is_known_around_a_log_can_be_given() {
    let policy = r#"policy shop

grant anybody_in_test {
    on any
    when cluster.environment == "test"
    when namespace.labels.tier == "free"
    unless namespace.annotations.frozen is present
}
"#;
    let shop = Workspace::new(&[("policies/shop.guard", policy)]);
    shop.write("audit.log", event("dana", 3, 200).as_bytes());
    shop.write(
        "facts.yaml",
        b"facts:
  cluster: { name: eu-1, environment: test }
  objects:
    - { apiVersion: v1, kind: Namespace, metadata: { name: other, labels: { tier: paid } } }
    - { apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { tier: free } } }
",
    );
    let run = |more: &[&str]| {
        let arguments = ["replay", "--policies", "policies", "audit.log"];
        shop.run(&[&arguments[..], more].concat()).out
    };
    assert!(run(&[]).contains("1 action: 0 milder, 1 stricter"));
    let with = run(&["--facts", "facts.yaml"]);
    assert!(
        with.contains("1 action: 0 milder, 0 stricter, 1 unchanged"),
        "{with}"
    );
}
