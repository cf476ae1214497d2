//! Policies beside what the analysis says of them.

use std::fmt::Write as _;

use taffrail_compiler::typed::Module;
use taffrail_compiler::{Options, SourceFile, analyze};
use taffrail_syntax::{Diagnostic, SourceTable, parse};

struct Analysis {
    module: Module,
    sources: SourceTable,
    diagnostics: Vec<Diagnostic>,
}

fn analysis_with(texts: &[&str], options: &Options) -> Analysis {
    let mut sources = SourceTable::default();
    let mut files = Vec::new();
    let mut diagnostics = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let source = sources.add(format!("{}.guard", at + 1), *text);
        let parsed = parse(source, text);
        diagnostics.extend(parsed.diagnostics);
        files.push(SourceFile {
            source,
            ast: parsed.file,
        });
    }
    let (module, found) = analyze(&files, options);
    diagnostics.extend(found);
    Analysis {
        module,
        sources,
        diagnostics,
    }
}

fn analysis(texts: &[&str]) -> Analysis {
    analysis_with(texts, &Options::default())
}

impl Analysis {
    fn report(&self) -> String {
        let mut out = String::new();
        for diagnostic in &self.diagnostics {
            let level = if diagnostic.is_error() {
                "error"
            } else {
                "warning"
            };
            let _ = writeln!(out, "{level}[{}]: {}", diagnostic.code, diagnostic.message);
            for label in &diagnostic.labels {
                let Some(source) = self.sources.get(label.location.source) else {
                    continue;
                };
                let (line, column) = source.line_column(label.location.span.start);
                let text = source.slice(label.location.span);
                let _ = write!(out, "  {}:{line}:{column} `{text}`", source.name);
                let _ = writeln!(out, " {}", label.text);
            }
            for hint in &diagnostic.hints {
                let _ = writeln!(out, "  hint: {hint}");
            }
        }
        out
    }
}

#[test]
fn the_example_of_the_language_page_is_clean() {
    let found = analysis(&[
        include_str!("example/self_healing.guard"),
        include_str!("example/tenancy.guard"),
    ]);
    assert_eq!(found.report(), "");
    let names: Vec<&str> = found
        .module
        .rules
        .iter()
        .map(|rule| rule.name.as_str())
        .collect();
    insta::assert_debug_snapshot!(names);
}
