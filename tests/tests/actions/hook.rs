//! What the hook of coding agents lets through, and what it stops.

use serde_json::{Value as Json, json};
use taffrail::{PolicySet, Request, Value};
use taffrail_actions::Effect;
use taffrail_actions::command::{Surroundings, read_line};
use taffrail_actions::tool_call::read_tool_call;
use taffrail_copilot::hook::{Answer, Finding, Servers, ToolUse, find, judge};
use taffrail_schema::Schemas;

use crate::labels::{self, Labelled};
use crate::random::Random;
use crate::{corpus, disguise, listed, skipped};

/// Everything may be executed: whatever is stopped all the same was not understood.
const EVERYTHING: &str = "policy hooks.everything  grant everything { on any }";

/// Only looking may be executed.
const LOOKING: &str = "policy hooks.looking  grant looking { on get, list, watch, logs }";

fn policies(text: &str) -> PolicySet {
    PolicySet::from_sources([("test.guard", text)]).unwrap()
}

fn answer(line: &str, policies: &PolicySet) -> Answer {
    answer_of(&ToolUse::Line(line.to_owned()), policies)
}

fn answer_of(tool_use: &ToolUse, policies: &PolicySet) -> Answer {
    match find(tool_use, &Servers::default()) {
        Finding::Nothing => Answer::Silent,
        Finding::Unclear(why) => Answer::Ask(why),
        Finding::Cluster(found) => judge(
            &found,
            policies.program(),
            &Surroundings {
                base: Request {
                    principal: Value::from_json(&json!({ "kind": "agent", "id": "claude" })),
                    ..Request::default()
                },
                live: &[],
                namespace: Some("default"),
                schemas: &Schemas::default(),
                file: &|_| None,
            },
        ),
    }
}

fn allows(line: &str, policies: &PolicySet) -> bool {
    matches!(answer(line, policies), Answer::Allow(_))
}

fn stops(line: &str, policies: &PolicySet) -> bool {
    matches!(answer(line, policies), Answer::Ask(_) | Answer::Deny(_))
}

/// The lines of this test and of others, as far as they are here.
fn lines() -> Vec<Labelled> {
    let mut lines = labels::hostile();
    match corpus::lines() {
        Some(published) => lines.extend(published),
        None => skipped(),
    }
    lines
}

#[test]
fn what_is_dangerous_is_stopped_where_only_looking_is_granted() {
    let policies = policies(LOOKING);
    let lines = lines();
    let wrong: Vec<String> = lines
        .iter()
        .filter(|labelled| labelled.is_certainly_dangerous())
        .filter(|labelled| !stops(&labelled.line, &policies))
        .map(|labelled| format!("{}\t{:?}\t{}", labelled.place, labelled.line, labelled.why))
        .collect();
    assert!(wrong.is_empty(), "{}", listed(&wrong, lines.len()));
}

#[test]
fn no_disguise_gets_what_is_dangerous_allowed() {
    let policies = policies(LOOKING);
    let lines = lines();
    let dangerous = lines
        .iter()
        .filter(|labelled| labelled.is_certainly_dangerous());
    let wrong: Vec<String> = dangerous
        .step_by(8)
        .flat_map(|labelled| disguise::all(&labelled.line))
        .filter(|disguised| allows(&disguised.line, &policies))
        .map(|disguised| format!("{}: {:?}", disguised.name, disguised.line))
        .collect();
    assert!(wrong.is_empty(), "{}", listed(&wrong, lines.len()));
}

#[test]
fn published_reads_are_not_stopped_where_looking_is_granted() {
    let Some(lines) = corpus::lines() else {
        return skipped();
    };
    let policies = policies(LOOKING);
    let reads: Vec<&Labelled> = lines.iter().filter(|line| line.is_plain_read()).collect();
    let wrong: Vec<String> = reads
        .iter()
        .filter(|labelled| stops(&labelled.line, &policies))
        .map(|labelled| {
            format!(
                "{}\t{:?}\t{:?}",
                labelled.place,
                labelled.line,
                answer(&labelled.line, &policies)
            )
        })
        .collect();
    println!("{} of {} plain reads are stopped", wrong.len(), reads.len());
    assert!(
        wrong.len() * 1000 < reads.len() * 25,
        "{}",
        listed(&wrong, reads.len())
    );
}

#[test]
fn what_is_not_understood_is_never_allowed_whatever_is_granted() {
    // What the shell's parser says when it stops is not of interest here, and slow to say.
    std::panic::set_hook(Box::new(|_| {}));
    let policies = policies(EVERYTHING);
    let mut random = Random::new(7);
    let generated = (0..5_000).map(|_| random.line());
    let texts: Vec<String> = lines()
        .into_iter()
        .map(|labelled| labelled.line)
        .chain(generated)
        .collect();
    let wrong: Vec<String> = texts
        .iter()
        .filter(|line| !read_line(line).is_understood() && allows(line, &policies))
        .map(|line| format!("{line:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", listed(&wrong, texts.len()));
}

#[test]
fn nothing_but_the_cluster_is_ever_stopped() {
    std::panic::set_hook(Box::new(|_| {}));
    let policies = policies(LOOKING);
    let mut random = Random::new(11);
    let generated = (0..5_000).map(|_| random.line());
    let real = lines().into_iter().map(|labelled| labelled.line);
    let texts: Vec<String> = real
        .chain(generated)
        .map(|line| without_programs(&line))
        .collect();
    let wrong: Vec<String> = texts
        .iter()
        .filter(|line| answer(line, &policies) != Answer::Silent)
        .map(|line| format!("{line:?}\t{:?}", answer(line, &policies)))
        .collect();
    assert!(wrong.is_empty(), "{}", listed(&wrong, texts.len()));
}

/// A call of a tool as it was recorded, and whether the cluster was only looked at.
fn recorded_calls() -> Option<Vec<(String, Json)>> {
    let file = corpus::file_beside("mcp-toolcalls.jsonl")?;
    let text = std::fs::read_to_string(file).unwrap();
    let calls = text.lines().map(|line| {
        let call: Json = serde_json::from_str(line).unwrap();
        (
            call["tool"].as_str().unwrap().to_owned(),
            call["arguments"].clone(),
        )
    });
    Some(calls.collect())
}

#[test]
fn recorded_calls_of_a_kubernetes_server_are_decided_under_any_name_of_it() {
    let Some(calls) = recorded_calls() else {
        return skipped();
    };
    let policies = policies(LOOKING);
    let mut wrong = Vec::new();
    for (tool, arguments) in &calls {
        for name in [
            format!("mcp__kubernetes__{tool}"),
            format!("mcp__prod__{tool}"),
            tool.clone(),
        ] {
            let tool_use = ToolUse::Call {
                name: name.clone(),
                server: String::new(),
                arguments: arguments.clone(),
            };
            let effect = read_tool_call(tool, arguments, None).effect;
            let answer = answer_of(&tool_use, &policies);
            let is_right = match effect {
                Effect::Read => matches!(answer, Answer::Allow(_)),
                _ => matches!(answer, Answer::Ask(_) | Answer::Deny(_)),
            };
            // A server of any name may have a tool `events_list`; only what says more than that is of a cluster.
            let is_bare = name.starts_with("mcp__prod__")
                && answer == Answer::Silent
                && effect == Effect::Read;
            if !is_right && !is_bare {
                wrong.push(format!("{name} {arguments}: {answer:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", listed(&wrong, calls.len()));
}

/// Returns a line in which no program of a cluster is named any more.
fn without_programs(line: &str) -> String {
    let names = regex::Regex::new(
        r"(?i)kubectl|kubecolor|helmfile|helm|argocd|istioctl|flux|velero|linkerd|kubeadm|k9s|\boc\b|\bk\b",
    );
    // Letters in quotes of their own would come together again.
    names
        .unwrap()
        .replace_all(&line.replace(['\'', '"', '\\'], ""), "cargo")
        .into_owned()
}
