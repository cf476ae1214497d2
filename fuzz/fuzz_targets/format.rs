//! Any text: what has a form keeps its comments in it, and has no other form.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use taffrail_syntax::{SourceId, format, parse};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(once) = format(text) else { return };
    assert_eq!(format(&once).as_ref(), Ok(&once), "a second time changes it");
    let comments = |text: &str| {
        let mut comments: Vec<String> = parse(SourceId(0), text)
            .file
            .comments
            .into_iter()
            .map(|comment| comment.text.trim_end().to_owned())
            .collect();
        comments.sort();
        comments
    };
    assert_eq!(comments(text), comments(&once), "comments differ");
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    taffrail_fuzz::mutate(data, size, max_size, seed).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
