//! Any bytes as the question of a coding agent, in every dialect: there is always an answer that can be read, and what is not understood is
//! never allowed.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use serde_json::Value as Json;
use taffrail_actions::command::{Surroundings, read_line};
use taffrail_copilot::hook::{Answer, Dialect, Event, Finding, Servers, ToolUse, find, judge, read, reply};
use taffrail_runtime::Program;
use taffrail_runtime::request::Request;
use taffrail_schema::Schemas;

/// Everything may be executed: whatever is stopped all the same was not understood.
const POLICY: &str = "policy fuzz.hook  grant everything { on any }";

thread_local! {
    static PROGRAM: Program = taffrail_fuzz::compiled(POLICY).expect("the policy is sound");
}

fuzz_target!(|bytes: &[u8]| {
    for dialect in std::iter::once(None).chain(Dialect::ALL.map(Some)) {
        let event = read(bytes, dialect);
        assert_eq!(event, read(bytes, dialect), "a second time it reads otherwise");
        let answer = answer(&event);
        if let Answer::Allow(_) = answer {
            let ToolUse::Line(line) = &event.tool_use else { continue };
            assert!(read_line(line).is_understood(), "what is not understood is allowed");
        }
        for answer in [answer, Answer::Silent, Answer::Ask("why".into()), Answer::Deny("why".into())] {
            let said = reply(&event, &answer);
            assert!(said.out.is_empty() || serde_json::from_str::<Json>(&said.out).is_ok(), "the answer is no JSON");
        }
    }
});

fn answer(event: &Event) -> Answer {
    match find(&event.tool_use, &Servers::default()) {
        Finding::Nothing => Answer::Silent,
        Finding::Unclear(why) => Answer::Ask(why),
        Finding::Cluster(found) => PROGRAM.with(|program| {
            let known = Surroundings {
                base: Request::default(),
                live: &[],
                namespace: None,
                schemas: &Schemas::default(),
                file: &|_| None,
            };
            judge(&found, program, &known)
        }),
    }
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    taffrail_fuzz::mutate(data, size, max_size, seed).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
