//! Two JSON values, a live object and a write: what would be stored, for every way to write.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use serde_json::Value as Json;
use taffrail_actions::stored::{Write, after};
use taffrail_schema::Schemas;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::default);

fuzz_target!(|text: &str| {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Json>();
    let (Some(Ok(live)), Some(Ok(change))) = (values.next(), values.next()) else {
        return;
    };
    let writes = [
        Write::Create(change.clone()),
        Write::Replace(change.clone()),
        Write::MergePatch(change.clone()),
        Write::JsonPatch(change.clone()),
        Write::StrategicMergePatch(change.clone()),
        Write::ServerSideApply {
            object: change.clone(),
            manager: "fuzz".to_owned(),
            force: true,
        },
        Write::ClientSideApply {
            object: change.clone(),
        },
        Write::Scale { replicas: 3 },
        Write::Delete,
    ];
    for write in &writes {
        for before in [None, Some(&live)] {
            let stored = after(before, write, &SCHEMAS);
            if let Err(refused) = &stored {
                assert!(!refused.to_string().is_empty());
            }
            assert_eq!(stored, after(before, write, &SCHEMAS), "a second time it stores otherwise");
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    taffrail_fuzz::mutate(data, size, max_size, seed).unwrap_or_else(|| fuzzer_mutate(data, size, max_size))
});
