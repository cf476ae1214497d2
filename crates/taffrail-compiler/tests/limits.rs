//! Sources made to exhaust the compiler: refused or compiled, in time, without overflowing the stack.

mod support;

use std::fmt::Write;

use support::{compile_texts, messages, program};

/// Returns a set in which each line follows from the one before, with a guard that reads the last.
fn chain(first: &str, length: usize, line: impl Fn(usize) -> String, read: &str) -> String {
    let mut text = format!("policy p\n{first}\n");
    for at in 1..length {
        text.push_str(&line(at));
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "guard g {{ on apply when {read} risk 1 because \"g\" }}"
    );
    text
}

fn codes(text: &str) -> Vec<&'static str> {
    let compiled = compile_texts(&[("p.guard", text)]);
    let mut codes: Vec<&str> = compiled
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .map(|diagnostic| diagnostic.code)
        .collect();
    codes.dedup();
    assert_eq!(codes.is_empty(), compiled.program.is_some());
    codes
}

#[test]
fn a_long_chain_of_lets_is_too_deep() {
    let line = |at: usize| format!("let l{at} = l{} + dynamic(proposed).a", at - 1);
    let text = chain("let l0 = dynamic(proposed).a", 5_000, line, "l4999 > 1");
    assert_eq!(codes(&text), ["program-too-large"]);
    let text = chain("let l0 = dynamic(proposed).a", 200, line, "l199 > 1");
    assert_eq!(codes(&text), [""; 0]);
}

#[test]
fn a_long_chain_of_functions_is_too_deep() {
    let line = |at: usize| format!("let f{at}(x: number) = f{}(x) + 1", at - 1);
    let text = chain(
        "let f0(x: number) = x",
        5_000,
        line,
        "f4999(dynamic(proposed).a ?? 0) > 1",
    );
    assert_eq!(codes(&text), ["program-too-large"]);
    let text = chain(
        "let f0(x: number) = x",
        150,
        line,
        "f149(dynamic(proposed).a ?? 0) > 1",
    );
    assert_eq!(codes(&text), [""; 0]);
}

#[test]
fn a_long_chain_of_parameters_compiles() {
    let line = |at: usize| format!("param p{at}: number = p{}", at - 1);
    let text = chain(
        "param p0: number = 1",
        3_000,
        line,
        "p2999 < dynamic(proposed).a",
    );
    assert_eq!(codes(&text), [""; 0]);
}

#[test]
fn a_long_circle_is_reported_once() {
    let line = |at: usize| format!("let l{at} = l{} + 1", at - 1);
    let text = chain("let l0 = l2999", 3_000, line, "l1 > 1");
    assert_eq!(codes(&text), ["recursive-definition"]);
}

#[test]
fn a_wide_connective_stays_flat() {
    let many: Vec<String> = (0..20_000)
        .map(|at| format!("target.name == \"n{at}\""))
        .collect();
    for word in ["or", "and"] {
        let condition = many.join(&format!(" {word} "));
        let text =
            format!("policy p\nguard g {{ on apply when {condition} risk 1 because \"g\" }}");
        let compiled = compile_texts(&[("p.guard", &text)]);
        // The parser may refuse such a chain, but nothing may stall or overflow.
        let shown = messages(&compiled, &[]);
        assert!(
            compiled.program.is_some() || shown.contains("nest"),
            "{shown}"
        );
    }
}

#[test]
fn a_text_that_doubles_is_not_computed_while_compiling() {
    let line = |at: usize| format!("let l{at} = l{} + l{}", at - 1, at - 1);
    let text = chain("let l0 = \"abcdefgh\"", 100, line, "l99 == target.name");
    assert!(program(&text).exprs.len() < 200);
}

#[test]
fn a_list_that_doubles_is_not_computed_while_compiling() {
    let line = |at: usize| format!("let l{at} = [l{}, l{}]", at - 1, at - 1);
    let text = chain("let l0 = [1]", 100, line, "l99 == dynamic(proposed).a");
    let compiled = compile_texts(&[("p.guard", &text)]);
    if let Some(program) = compiled.program {
        assert!(program.exprs.len() < 200);
        let size = serde_json::to_vec(&program).expect("it saves").len();
        assert!(size < 10_000_000, "{size} bytes");
    }
}

#[test]
fn a_module_that_uses_itself_is_a_circle() {
    let text = "policy p\nuse p\nguard g { on apply risk 1 because \"g\" }";
    let compiled = compile_texts(&[("p.guard", text)]);
    assert!(compiled.program.is_none());
}
