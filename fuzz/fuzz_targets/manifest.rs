//! Any bytes as a manifest: every object of it has a kind, and without a default namespace none is made up.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use taffrail_actions::read_manifests;

fuzz_target!(|bytes: &[u8]| {
    match read_manifests("fuzz.yaml", bytes, None) {
        Ok(manifests) => {
            for manifest in manifests {
                let kind = manifest.object.get("kind").and_then(|kind| kind.as_str());
                assert!(kind.is_some_and(|kind| !kind.is_empty()), "every object has a kind");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    taffrail_fuzz::mutate(data, size, max_size, seed).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
