//! Any text as a call of a tool, its name and its arguments in JSON: what is not known to be a tool is never harmless.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use serde_json::Value as Json;
use taffrail_actions::Effect;
use taffrail_actions::tool_call::read_tool_call;

fuzz_target!(|text: &str| {
    let Some((name, arguments)) = text.split_once('\n') else {
        return;
    };
    let Ok(arguments) = serde_json::from_str::<Json>(arguments) else {
        return;
    };
    let call = read_tool_call(name, &arguments, Some("prod"));
    assert_eq!(call, read_tool_call(name, &arguments, Some("prod")), "a second time it reads otherwise");
    if let Some(line) = &call.line {
        assert!(call.effect >= line.effect, "a call does less than the line that it runs");
    }
    if call.steps.is_empty() && call.line.is_none() && !call.unknowns.is_empty() {
        assert!(call.effect >= Effect::Unknown, "nothing was understood, and it is not harmless");
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    taffrail_fuzz::mutate(data, size, max_size, seed).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
