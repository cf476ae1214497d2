//! Any goal or action document, and the options for it by a policy that uses the whole language: each says what its decisions say.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use taffrail_actions::Defaults;
use taffrail_copilot::{ChoiceKind, Limits, explain, propose, read_goal};
use taffrail_fuzz::compiled;
use taffrail_runtime::Program;

static PROGRAM: LazyLock<Program> = LazyLock::new(|| {
    compiled(include_str!("../seeds/compile/rich.guard")).expect("the fixed policy is sound")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(goal) = read_goal("goal", bytes, &Defaults::default()) else {
        return;
    };
    let limits = Limits { looks: 50, ..Limits::default() };
    let advice = propose(&PROGRAM, &goal, &limits);
    for option in &advice.options {
        let hardest = option.decisions.iter().map(|report| report.verdict).max();
        assert!(hardest.is_some_and(|hardest| hardest <= option.verdict), "{}", option.title);
        if option.kind == ChoiceKind::Nearest {
            let asked = advice.options.iter().filter(|other| other.kind == ChoiceKind::AsAsked);
            assert!(asked.map(|other| other.verdict).max() > Some(option.verdict), "{}", option.title);
        }
    }
    serde_json::to_string(&advice).expect("advice is JSON");
    assert!(!explain::options(&advice).is_empty());
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    taffrail_fuzz::mutate(data, size, max_size, seed).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
