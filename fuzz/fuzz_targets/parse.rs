//! Any bytes: decoded, parsed, and whatever is wrong rendered.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use taffrail_fuzz::rendered;
use taffrail_syntax::{SourceTable, decode, parse};

fuzz_target!(|bytes: &[u8]| {
    let mut sources = SourceTable::default();
    let text = match decode(bytes.to_vec()) {
        Ok(text) => text,
        Err(error) => {
            let source = sources.add("fuzz.guard", error.lossy.clone());
            rendered(&[error.diagnostic(source)], &sources);
            error.lossy
        }
    };
    let source = sources.add("fuzz.guard", text.clone());
    let parsed = parse(source, &text);
    rendered(&parsed.diagnostics, &sources);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    taffrail_fuzz::mutate(data, size, max_size, seed).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
