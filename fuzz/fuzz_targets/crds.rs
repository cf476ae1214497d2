//! Any text as a file of custom resource definitions.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use taffrail_schema::{CustomKinds, Schemas};

fuzz_target!(|text: &str| {
    match CustomKinds::parse("fuzz.yaml", text) {
        Ok(kinds) => {
            let schemas = Schemas::default().with_custom(&kinds);
            for id in schemas.kinds() {
                let kind = schemas.kind(id);
                assert!(schemas.find(Some(kind.group), kind.kind).contains(&id), "a kind is found by its name");
                assert!(schemas.field(kind.root, "metadata").is_some() || kind.builtin, "every custom object has metadata");
            }
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "whatever is refused has a reason");
            for error in errors {
                assert!(!error.to_string().is_empty());
            }
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    taffrail_fuzz::mutate(data, size, max_size, seed).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
