//! Any source: compiled, and a sound program decides a few fixed actions.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use taffrail_actions::Action;
use taffrail_fuzz::{compiled, decides, read};
use taffrail_runtime::request::Request;

static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(|| {
    let bare = Request::default();
    let rich = read(include_bytes!("../seeds/decide/rich.yaml"));
    rich.into_iter()
        .filter_map(|action| match action {
            Action::Single(request) => Some(*request),
            Action::Plan(_) => None,
        })
        .chain([bare])
        .collect()
});

fuzz_target!(|text: &str| {
    if let Some(program) = compiled(text) {
        for request in REQUESTS.iter() {
            decides(&program, request);
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    taffrail_fuzz::mutate(data, size, max_size, seed).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
