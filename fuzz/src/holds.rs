//! What must hold of every text, program and decision, besides that nothing panics.

use taffrail_actions::{Action, Defaults, read_documents};
use taffrail_compiler::{Options, compile};
use taffrail_runtime::decision::Report;
use taffrail_runtime::request::Request;
use taffrail_runtime::{Decision, Program};
use taffrail_syntax::{Diagnostic, SourceTable, Style, render};

/// Compiles a text, renders whatever is wrong with it, and returns the program of a sound one.
pub fn compiled(text: &str) -> Option<Program> {
    let mut sources = SourceTable::default();
    sources.add("fuzz.guard", text);
    let compiled = compile(&sources, &Options::default());
    rendered(&compiled.diagnostics, &sources);
    let has_error = compiled.diagnostics.iter().any(Diagnostic::is_error);
    assert_eq!(compiled.program.is_none(), has_error, "a program comes exactly without errors");
    compiled
        .program
        .map(|data| Program::new(data).expect("what the compiler emits can be loaded"))
}

/// Renders diagnostics in both styles.
pub fn rendered(diagnostics: &[Diagnostic], sources: &SourceTable) {
    for diagnostic in diagnostics {
        for color in [false, true] {
            assert!(!render(diagnostic, sources, Style { color }).is_empty());
        }
    }
}

/// Decides an action twice, from the program and from its saved form, and compares the reports.
pub fn decides(program: &Program, request: &Request) {
    let decision = program.decide(request);
    let report = decision.report();
    let json = checked(&decision, &report);
    let saved = program.to_json().expect("a program can be saved");
    let loaded = Program::from_json(&saved).expect("a saved program can be loaded");
    let again = serde_json::to_string(&loaded.decide(request).report()).expect("a report is JSON");
    assert_eq!(json, again, "a saved program decides as it did before");
    let _ = program.requirements(request);
}

/// Checks a report against its decision and returns it as JSON.
fn checked(decision: &Decision<'_>, report: &Report) -> String {
    assert_eq!(report.verdict, decision.verdict());
    assert_eq!(report.risk, decision.risk());
    let points: u32 = report
        .contributions
        .iter()
        .map(|contribution| u32::from(contribution.points))
        .sum();
    assert_eq!(u32::from(report.risk.points()), points.min(100), "contributions add up to the risk");
    let strictest = report
        .contributions
        .iter()
        .map(|contribution| contribution.verdict)
        .max();
    assert_eq!(
        strictest.unwrap_or(taffrail_runtime::decision::Verdict::Execute),
        report.verdict,
        "contributions join to the verdict"
    );
    let json = serde_json::to_string(report).expect("a report is JSON");
    let read: Report = serde_json::from_str(&json).expect("a report's JSON is a report");
    assert_eq!(&read, report);
    json
}

/// Reads an action document; what is wrong with it has to be sayable.
pub fn read(bytes: &[u8]) -> Vec<Action> {
    match read_documents("fuzz.yaml", bytes, &Defaults::default()) {
        Ok(actions) => actions,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            Vec::new()
        }
    }
}
