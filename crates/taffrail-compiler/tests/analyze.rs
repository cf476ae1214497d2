//! Policies beside what the analysis says of them.

use std::collections::BTreeMap;
use std::path::Path;

use taffrail_compiler::typed::Module;
use taffrail_compiler::{Options, SourceFile, analyze};
use taffrail_runtime::{Decimal, Value};
use taffrail_schema::Schemas;
use taffrail_syntax::{Diagnostic, SourceTable, parse};
use taffrail_syntax::{Style, render};

struct Analysis {
    module: Module,
    sources: SourceTable,
    diagnostics: Vec<Diagnostic>,
}

/// Analyses one text, in which a comment separates files.
fn analysis_with(text: &str, options: &Options) -> Analysis {
    let mut sources = SourceTable::default();
    let mut files = Vec::new();
    let mut diagnostics = Vec::new();
    for (at, text) in text.split("// another file\n").enumerate() {
        let source = sources.add(format!("{}.guard", at + 1), text);
        let parsed = parse(source, text);
        diagnostics.extend(parsed.diagnostics);
        files.push(SourceFile {
            source,
            ast: parsed.file,
        });
    }
    let (module, found) = analyze(&files, options, &Schemas::default());
    diagnostics.extend(found);
    Analysis {
        module,
        sources,
        diagnostics,
    }
}

fn analysis(text: &str) -> Analysis {
    analysis_with(text, &Options::default())
}

impl Analysis {
    fn report(&self) -> String {
        let texts: Vec<String> = self
            .diagnostics
            .iter()
            .map(|diagnostic| render(diagnostic, &self.sources, Style::default()))
            .collect();
        texts.join("\n")
    }

    fn codes(&self) -> Vec<&'static str> {
        self.diagnostics.iter().map(|found| found.code).collect()
    }
}

#[test]
fn the_example_of_the_language_is_clean() {
    let found = analysis(&format!(
        "{}// another file\n{}",
        include_str!("example/self_healing.guard"),
        include_str!("example/tenancy.guard"),
    ));
    assert_eq!(found.report(), "");
    let names: Vec<&str> = found
        .module
        .rules
        .iter()
        .map(|rule| rule.name.as_str())
        .collect();
    insta::assert_debug_snapshot!(names, @r#"
    [
        "payments.self_healing.production",
        "payments.self_healing.restart_unhealthy",
        "payments.self_healing.gradual_scale_down",
        "payments.self_healing.no_change_while_burning",
        "payments.self_healing.frozen",
        "payments.self_healing.restarts",
        "payments.self_healing.failing_rollouts",
        "payments.self_healing.waive.gradual_scale_down",
    ]
    "#);
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test reads the policies it checks"
)]
fn wrong(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong");
    std::fs::read_to_string(folder.join(format!("{name}.guard"))).unwrap_or_default()
}

macro_rules! wrong_policies {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let text = wrong(stringify!($name));
            insta::assert_snapshot!(stringify!($name), analysis(&text).report());
        }
    )*};
}

wrong_policies! { names words types calls known rules waivers modules parameters }

#[test]
fn parameters_are_set_by_full_name_or_by_an_unambiguous_word() {
    let text = "policy a\nparam n: number = 1\nparam d: duration = 1h\nguard g {\n    when dynamic(proposed).n > n and now - now > d\n    propose\n}\n\
        // another file\npolicy b\nparam n: number = 1\nguard g {\n    when dynamic(proposed).n > n\n    propose\n}\n";
    let set = |entries: &[(&str, Value)]| Options {
        params: entries
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect::<BTreeMap<_, _>>(),
        ..Options::default()
    };
    let five = || Value::Number(Decimal::from(5_i64));
    let clean = set(&[("a.n", five()), ("d", Value::string("90s"))]);
    let found = analysis_with(text, &clean);
    assert_eq!(found.report(), "");
    let values: Vec<String> = found
        .module
        .params
        .iter()
        .map(|param| format!("{} = {:?}", param.name, param.value.kind))
        .collect();
    insta::assert_debug_snapshot!(values);

    let broken = set(&[
        ("n", five()),
        ("a.m", five()),
        ("a.n", Value::string("5")),
        ("d", five()),
    ]);
    insta::assert_snapshot!("parameters_set", analysis_with(text, &broken).report());
}

#[test]
fn circles_of_lets_end_and_are_left_to_linking() {
    let found = analysis(
        "policy a\nlet x = y\nlet y = x\nlet f(n: number) = f(n)\nguard g {\n    when x or f(1)\n    propose\n}\n",
    );
    assert_eq!(found.codes(), Vec::<&str>::new());
    assert_eq!(found.module.lets.len(), 3);
}

#[test]
fn long_chains_do_not_exhaust_the_stack() {
    let mut text = "policy a\n".to_owned();
    for at in 0..20_000 {
        text.push_str(&format!("let n{at} = n{}\n", at + 1));
    }
    text.push_str("let n20000 = 1 == 1\nguard g {\n    when n0\n");
    let long = vec!["target.name == \"a\""; 100].join(" or ");
    text.push_str(&format!("    when {long}\n    propose\n}}\n"));
    assert_eq!(analysis(&text).report(), "");
}

#[test]
fn waivers_have_the_same_numbers_whatever_the_order_of_files() {
    let base = "policy a\nguard g {\n    propose\n}\n";
    let waiver = |name: &str| {
        format!(
            "policy a\nwaive g {{\n    when target.name == \"{name}\"\n    until 2027-01-01\n    by \"x\"\n    because \"{name}\"\n}}\n"
        )
    };
    let because = |texts: [&str; 3]| {
        let found = analysis(&texts.join("// another file\n"));
        found
            .module
            .rules
            .iter()
            .map(|rule| format!("{} {:?}", rule.name, rule.because))
            .collect::<std::collections::BTreeSet<_>>()
    };
    let (one, two) = (waiver("one"), waiver("two"));
    assert_eq!(because([base, &one, &two]), because([&two, &one, base]));
}

#[test]
fn the_deepest_nesting_that_parses_does_not_exhaust_the_stack() {
    let nested = |open: &str, inner: &str, close: &str| {
        let levels = (1..200).rev().find(|levels| {
            let condition = format!("{}{inner}{}", open.repeat(*levels), close.repeat(*levels));
            let text = format!("policy a\nguard g {{\n    when {condition}\n    propose\n}}\n");
            !analysis(&text).codes().contains(&"nesting-too-deep")
        });
        assert!(
            levels.is_some_and(|levels| levels > 10),
            "{open}: {levels:?}"
        );
    };
    nested("not (", "true", ")");
    nested("(1 + ", "1", ") == 1");
    nested("if true then (", "true", ") else false");
    nested("[", "1", "]");
    nested("(some c in [1]: ", "true", ")");
    nested("len(", "\"a\"", ")");
}

#[test]
fn a_name_that_only_a_tests_condition_uses_is_used() {
    let text = r#"policy a

let small = proposed.spec.replicas < 5

let unused = proposed.spec.replicas < 7

grant g {
    on scale of Deployment
}

test "t" for any { proposed.spec.replicas in 1..9 } {
    given { verb: scale, target: Deployment "a/b" }
    when small
    expect propose
}
"#;
    let mut sources = taffrail_syntax::SourceTable::default();
    sources.add("a.guard", text);
    let compiled = taffrail_compiler::compile(&sources, &taffrail_compiler::Options::default());
    let said: Vec<&str> = compiled
        .diagnostics
        .iter()
        .map(|found| found.message.as_str())
        .collect();
    assert_eq!(said, ["nothing uses let `unused`"]);
    assert!(compiled.module.conditions.is_some());
}
