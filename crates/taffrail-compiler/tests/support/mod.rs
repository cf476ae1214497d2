//! What the tests of this crate share: compiling texts and showing what came of it.

#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail, and each test binary uses a part of this"
)]

use std::fmt::Write;

use taffrail_compiler::{Compiled, Options, compile};
use taffrail_runtime::program::{ExprId, ProgramData};
use taffrail_syntax::SourceTable;

pub(crate) fn table(texts: &[(&str, &str)]) -> SourceTable {
    let mut table = SourceTable::default();
    for (name, text) in texts {
        table.add(*name, *text);
    }
    table
}

pub(crate) fn compile_texts(texts: &[(&str, &str)]) -> Compiled {
    compile(&table(texts), &Options::default())
}

/// Compiles one text that must be free of errors.
pub(crate) fn program(text: &str) -> ProgramData {
    let compiled = compile_texts(&[("test.guard", text)]);
    let shown = messages(&compiled, &[]);
    compiled.program.unwrap_or_else(|| panic!("{shown}"))
}

/// Shows errors, of these codes or of all: the message, then each label with its place.
pub(crate) fn messages(compiled: &Compiled, codes: &[&str]) -> String {
    let mut text = String::new();
    for diagnostic in compiled.diagnostics.iter().filter(|d| d.is_error()) {
        if !codes.is_empty() && !codes.contains(&diagnostic.code) {
            continue;
        }
        writeln!(text, "{}: {}", diagnostic.code, diagnostic.message).expect("strings take text");
        for label in &diagnostic.labels {
            let span = label.location.span;
            writeln!(
                text,
                "  source {} {}..{}: {}",
                label.location.source.0, span.start, span.end, label.text
            )
            .expect("strings take text");
        }
    }
    text
}

/// Shows the expressions of a program, one a line, and what the rules read of them.
pub(crate) fn dump(program: &ProgramData) -> String {
    let mut text = String::new();
    for (at, slot) in program.slots.iter().enumerate() {
        writeln!(text, "slot {at}: {} {:?}", slot.root.name(), slot.keys).expect("text");
    }
    for (at, expr) in program.exprs.iter().enumerate() {
        writeln!(text, "{at}: {}", short(&format!("{expr:?}"))).expect("text");
    }
    for (name, ExprId(expr)) in &program.lets {
        writeln!(text, "let {name} = {expr}").expect("text");
    }
    for rule in &program.rules {
        writeln!(text, "{} line {}", rule.name, rule.origin.line).expect("text");
        for condition in &rule.conditions {
            writeln!(
                text,
                "  {} `{}` line {}",
                condition.expr.0, condition.text, condition.line
            )
            .expect("text");
        }
        writeln!(text, "  {}", short(&format!("{:?}", rule.body))).expect("text");
    }
    text
}

/// Drops the names of newtypes that every line would repeat.
fn short(debug: &str) -> String {
    let mut text = debug.to_owned();
    for name in ["ExprId", "SlotId", "LocalId", "RuleId"] {
        let mut shorter = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(&format!("{name}(")) {
            let (number, after) = after.split_once(')').expect("a newtype closes");
            shorter.push_str(before);
            shorter.push_str(number);
            rest = after;
        }
        shorter.push_str(rest);
        text = shorter;
    }
    text
}
