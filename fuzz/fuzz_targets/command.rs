//! Any bytes as a command line: read, reported, and turned into an action.
#![no_main]

use std::sync::{LazyLock, Once};

use libfuzzer_sys::fuzz_target;
use taffrail_actions::command::{Surroundings, read_line};
use taffrail_actions::Effect;
use taffrail_runtime::request::Request;
use taffrail_schema::Schemas;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::default);

/// libFuzzer aborts inside of the panic hook, before a panic can be caught. The reader of command lines catches those of
/// the shell's parser; all others still end the run, since the target itself is watched for them.
static CAUGHT_PANICS: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    CAUGHT_PANICS.call_once(|| std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))));
    let line = String::from_utf8_lossy(bytes);
    let read = read_line(&line);
    assert_eq!(read, read_line(&line), "a second time it reads otherwise");
    for command in &read.commands {
        assert!(command.effect <= read.effect, "a command does more than its line");
    }
    if read.commands.is_empty() {
        assert_eq!(read.effect, Effect::Unknown, "nothing was understood, and it is not harmless");
    }
    serde_json::to_string(&read.report()).expect("a report is JSON");
    let nothing = Surroundings {
        base: Request::default(),
        live: &[],
        namespace: None,
        schemas: &SCHEMAS,
        file: &|_| None,
    };
    drop(read.action(&nothing));
});
