//! Any bytes as a log: read to its end, and decided alike on one core and on two.
#![no_main]

use std::io::{Cursor, Read};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use taffrail_compiler::{Options, compile};
use taffrail_runtime::Program;
use taffrail_syntax::SourceTable;
use taffrail_tools::replay::{Replay, Verbs};

static PROGRAM: LazyLock<Program> = LazyLock::new(|| {
    let mut sources = SourceTable::default();
    sources.add("shop.guard", include_str!("../seeds/replay.guard"));
    let compiled = compile(&sources, &Options::default());
    Program::new(compiled.program.expect("the policy compiles")).expect("it loads")
});

fuzz_target!(|bytes: &[u8]| {
    let mut replay = Replay::new(&PROGRAM).against(&PROGRAM);
    replay.filter.verbs = Verbs::All;
    let run = |jobs| {
        let mut open = |_| Ok(Box::new(Cursor::new(bytes.to_vec())) as Box<dyn Read>);
        let report = replay.run(&["a.log".to_owned()], &mut open, jobs);
        format!("{report:?}")
    };
    assert_eq!(run(1), run(2), "the number of cores shows");
});
