//! Other views of decisions that the chapters show: requirements, digests, JSON.

use std::fmt::Write;

use serde_json::{Value as Json, json};
use taffrail_actions::Action;
use taffrail_runtime::Program;

/// Returns what each action needs, a line for each part that needs something.
pub(crate) fn requirements(program: &Program, actions: &[Action]) -> String {
    let mut text = String::new();
    for request in actions.iter().flat_map(Action::requests) {
        let needed = json!(program.requirements(request));
        for (part, list) in needed.as_object().into_iter().flatten() {
            for item in list.as_array().into_iter().flatten() {
                let item = item
                    .as_str()
                    .map_or_else(|| item.to_string(), str::to_owned);
                let _ = writeln!(text, "{part}: {item}");
            }
        }
    }
    text
}

/// Returns a letter for each digest: the same letter, the same digest.
pub(crate) fn digests(program: &Program, actions: &[Action]) -> String {
    let (mut asked, mut known) = (Vec::new(), Vec::new());
    let mut text = String::new();
    for request in actions.iter().flat_map(Action::requests) {
        let report = program.decide(request).report();
        let action = letter(&mut asked, report.action_digest);
        let facts = letter(&mut known, report.facts_digest);
        let _ = writeln!(text, "action {action}, facts {facts}");
    }
    text
}

fn letter(seen: &mut Vec<String>, digest: String) -> char {
    let at = seen.iter().position(|other| *other == digest);
    let at = at.unwrap_or_else(|| {
        seen.push(digest);
        seen.len() - 1
    });
    u8::try_from(at).map_or('?', |at| char::from(b'A'.saturating_add(at)))
}

/// Returns decisions as JSON, without what is another one in each version.
pub(crate) fn json(program: &Program, actions: &[Action]) -> String {
    let mut text = String::new();
    for action in actions {
        let mut json = match action {
            Action::Single(request) => json!(program.decide(request).report()),
            Action::Plan(plan) => json!(program.decide_plan(plan).report()),
        };
        leave_out(&mut json);
        let _ = writeln!(text, "{json:#}");
    }
    text
}

fn leave_out(json: &mut Json) {
    match json {
        Json::Object(map) => {
            map.retain(|key, _| !key.ends_with("_digest") && key != "engine" && key != "tzdb");
            map.values_mut().for_each(leave_out);
        }
        Json::Array(items) => items.iter_mut().for_each(leave_out),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}
