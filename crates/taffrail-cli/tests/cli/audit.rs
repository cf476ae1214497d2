//! The audit log, verified and told.

use std::fs;
use std::process::Command;

use jiff::SignedDuration;
use serde_json::json;
use taffrail_ledger::{Stage, Step};

use crate::approvals::ledger;
use crate::support::{Ran, Workspace};

/// A ledger that knows of one action, from its beginning to its end.
fn shop() -> Workspace {
    let workspace = Workspace::new(&[]);
    let ledger = ledger(&workspace);
    let lease = SignedDuration::from_mins(1);
    let asked = json!({
        "asked": { "verb": "scale", "request": { "reason": "p99 above target" } },
        "principal": { "id": "healer" },
        "target": { "kind": "Deployment", "namespace": "shop", "name": "cart" },
    });
    ledger
        .accept("scale-cart", &asked, "agent-1", lease)
        .unwrap();
    let decision = json!({
        "verdict": "execute", "risk": 10, "unknowns": [],
        "contributions": [{ "rule": "shop.scaling.halved", "effect": "risk 10", "because": "cart\u{1b}[2J would drop" }],
    });
    let steps = [
        (
            Stage::Received,
            Stage::Collected,
            json!({ "version": "12", "missing": [] }),
        ),
        (
            Stage::Collected,
            Stage::Decided,
            json!({ "decision": decision, "round": 1 }),
        ),
        (
            Stage::Decided,
            Stage::Executing,
            json!({ "request": { "method": "PATCH", "path": "/apis/apps/v1/namespaces/shop/deployments/cart", "body": { "spec": { "replicas": 2 } } }, "way_back": { "replicas": 4 } }),
        ),
        (
            Stage::Executing,
            Stage::Executed,
            json!({ "how": "answered", "version": "13" }),
        ),
        (
            Stage::Executed,
            Stage::Failed,
            json!({ "reason": "not there in time" }),
        ),
    ];
    for (from, to, body) in steps {
        let step = Step {
            id: "scale-cart",
            holder: "agent-1",
            from,
            to,
            document: None,
            body,
        };
        ledger.advance(&step, lease).unwrap();
    }
    ledger.pause("dana", "enough").unwrap();
    workspace
}

fn run(workspace: &Workspace, line: &[&str]) -> Ran {
    Ran::of(workspace.command(line).env("TAFFRAIL_LEDGER", "ledger.db"))
}

#[test]
fn an_action_has_its_story() {
    let workspace = shop();
    insta::assert_snapshot!(run(&workspace, &["audit", "show", "scale-cart"]).shown());
    let all = run(&workspace, &["audit", "show"]);
    assert!(all.out.contains("paused  by dana"), "{}", all.out);
    insta::assert_snapshot!(run(&workspace, &["audit", "show", "scale-card"]).shown());
}

#[test]
fn what_was_done_to_an_exported_log_is_found() {
    let workspace = shop();
    let exported = run(&workspace, &["audit", "export"]).out;
    let lines: Vec<&str> = exported.lines().collect();
    assert_eq!(lines.len(), 7);
    let head = run(&workspace, &["audit", "verify", "--output", "json"]).out;
    let head: serde_json::Value = serde_json::from_str(&head).unwrap();
    let head = format!("7:{}", head["head"]["hash"].as_str().unwrap());
    let mut told = String::new();
    let mut verify = |what: &str, lines: Vec<String>, more: &[&str]| {
        workspace.write("log.jsonl", lines.join("\n").as_bytes());
        let mut line = vec!["audit", "verify", "log.jsonl"];
        line.extend(more);
        // Not on the ledger, whatever the environment says.
        let ran = Ran::of(workspace.command(&line).env_remove("TAFFRAIL_LEDGER"));
        told.push_str(&format!("{what}: {}\n", ran.shown()));
    };
    let texts = || {
        lines
            .iter()
            .map(|line| (*line).to_owned())
            .collect::<Vec<_>>()
    };
    verify("as it was", texts(), &["--head", &head]);
    let mut changed = texts();
    changed[2] = changed[2].replace("execute", "propose");
    verify("changed", changed, &[]);
    let mut removed = texts();
    removed.remove(3);
    verify("removed", removed, &[]);
    let mut reordered = texts();
    reordered.swap(1, 2);
    verify("reordered", reordered, &[]);
    verify("cut off", texts()[..5].to_vec(), &[]);
    verify(
        "cut off, and known from elsewhere",
        texts()[..5].to_vec(),
        &["--head", &head],
    );
    verify("cut off at the front", texts()[1..].to_vec(), &[]);
    verify(
        "another one",
        texts(),
        &["--head", &format!("3:sha256:{}", "0".repeat(64))],
    );
    verify("no head", texts(), &["--head", "3"]);
    verify("no log", vec!["hello".to_owned()], &[]);
    insta::assert_snapshot!(told);
}

#[test]
fn a_log_is_rotated_without_a_break() {
    let workspace = shop();
    let mut told = String::new();
    let mut run = |line: &[&str]| {
        let ran = run(&workspace, line);
        told.push_str(&format!("$ taffrail {}\n{}\n", line.join(" "), ran.shown()));
    };
    run(&["audit", "rotate", "--to", "old.jsonl"]);
    run(&["audit", "rotate", "--to", "older.jsonl"]);
    run(&["audit", "verify"]);
    run(&["resume", "--as", "dana"]);
    run(&["audit", "verify"]);
    run(&["audit", "rotate", "--to", "old.jsonl"]);
    run(&["audit", "rotate", "--to", "new.jsonl"]);
    insta::assert_snapshot!(told);
    let files = ["audit", "verify", "old.jsonl", "new.jsonl"];
    let both = Ran::of(workspace.command(&files).env_remove("TAFFRAIL_LEDGER"));
    assert!(
        both.out
            .starts_with("the log is sound: 8 records, 1 to 8\n"),
        "{}",
        both.shown()
    );
}

#[test]
fn a_signed_checkpoint_notices_that_records_are_gone() {
    let workspace = shop();
    let openssl = |arguments: &[&str]| {
        Command::new("openssl")
            .args(arguments)
            .current_dir(&workspace.folder)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !openssl(&["genpkey", "-algorithm", "ed25519", "-out", "key.pem"])
        || !openssl(&["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"])
        || !openssl(&["genpkey", "-algorithm", "ed25519", "-out", "other.pem"])
    {
        return;
    }
    let signed = run(&workspace, &["audit", "checkpoint", "--key", "key.pem"]);
    assert_eq!(signed.code, Some(0), "{}", signed.shown());
    workspace.write("checkpoints.jsonl", signed.out.as_bytes());
    let exported = run(&workspace, &["audit", "export"]).out;
    let cut: Vec<&str> = exported.lines().take(6).collect();
    workspace.write("cut.jsonl", cut.join("\n").as_bytes());
    let forged = signed.out.replace("\"number\":7", "\"number\":6");
    workspace.write("forged.jsonl", forged.as_bytes());
    let mut told = String::new();
    for (log, checkpoint, key) in [
        (None, "checkpoints.jsonl", "public.pem"),
        (None, "checkpoints.jsonl", "key.pem"),
        (Some("cut.jsonl"), "checkpoints.jsonl", "public.pem"),
        (None, "checkpoints.jsonl", "other.pem"),
        (None, "forged.jsonl", "public.pem"),
        (None, "cut.jsonl", "public.pem"),
        (None, "checkpoints.jsonl", "cut.jsonl"),
    ] {
        let mut line = vec!["audit", "verify", "--checkpoint", checkpoint, "--key", key];
        line.extend(log);
        let mut command = workspace.command(&line);
        if log.is_none() {
            command.env("TAFFRAIL_LEDGER", "ledger.db");
        }
        told.push_str(&format!(
            "$ taffrail {}\n{}\n",
            line.join(" "),
            Ran::of(&mut command).shown()
        ));
    }
    insta::assert_snapshot!(told);
    assert!(fs::exists(workspace.folder.join("ledger.db")).unwrap());
}
