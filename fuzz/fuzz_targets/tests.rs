//! Any text as a policy: its tests run to their end, drawn requests included.
#![no_main]

use libfuzzer_sys::fuzz_target;
use taffrail_compiler::{Options, compile};
use taffrail_runtime::Program;
use taffrail_syntax::{SourceTable, Style};
use taffrail_tools::{Draws, Suite, test_cases, wrong_names};

fuzz_target!(|text: &str| {
    let mut sources = SourceTable::default();
    sources.add("fuzz.guard", text);
    let compiled = compile(&sources, &Options::default());
    drop(wrong_names(&compiled.module));
    let Some(data) = compiled.program else {
        return;
    };
    let program = Program::new(data).expect("what the compiler emits can be loaded");
    let suite = Suite {
        sources: &sources,
        module: &compiled.module,
        program: &program,
        read: &|_, _| Err("there is no file here".into()),
    };
    for case in test_cases(&sources, &compiled.module) {
        let case = case.with_draws(Draws { cases: 8, seed: 0 });
        let result = case.run(&suite);
        drop(result.explanation(&sources, Style::default()));
    }
});
