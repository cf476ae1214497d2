//! Any action document, YAML or JSON, decided by a policy that uses the whole language.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use taffrail_actions::Action;
use taffrail_fuzz::{compiled, decides, read};
use taffrail_runtime::Program;

static PROGRAM: LazyLock<Program> = LazyLock::new(|| {
    compiled(include_str!("../seeds/compile/rich.guard")).expect("the fixed policy is sound")
});

fuzz_target!(|bytes: &[u8]| {
    for action in read(bytes) {
        match action {
            Action::Single(request) => decides(&PROGRAM, &request),
            Action::Plan(plan) => {
                let report = PROGRAM.decide_plan(&plan).report();
                serde_json::to_string(&report).expect("a report is JSON");
            }
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    taffrail_fuzz::mutate(data, size, max_size, seed).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
