//! The formatter: it changes how a file looks and nothing else, and not a second time.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests fail loudly, and read the files they try"
)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use proptest::prelude::*;
use taffrail_syntax::ast::{ClauseKind, File, ItemKind};
use taffrail_syntax::{SourceId, format, parse};

/// Returns the tree without places, with the clauses of each rule in the order that the formatter gives them.
fn tree(text: &str) -> String {
    let mut file: File = parse(SourceId(0), text).file;
    for item in &mut file.items {
        if let ItemKind::Rule(rule) = &mut item.kind {
            rule.clauses.sort_by_key(|clause| rank(&clause.kind));
        }
    }
    file.comments.clear();
    let text = format!("{file:?}");
    let mut pieces = text.split("Span { ");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        text + piece.split_once('}').map_or(piece, |(_, rest)| rest)
    })
}

/// Any fixed order will do here.
fn rank(clause: &ClauseKind) -> String {
    let name = format!("{clause:?}");
    name.split(['(', ' ']).next().unwrap_or_default().to_owned()
}

/// Returns the comments; those of one rule may change places with its clauses, so their order is left out.
fn comments(text: &str) -> Vec<String> {
    let mut comments: Vec<String> = parse(SourceId(0), text)
        .file
        .comments
        .into_iter()
        .map(|comment| comment.text.trim_end().to_owned())
        .collect();
    comments.sort();
    comments
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    let Ok(once) = format(text) else {
        return Ok(());
    };
    prop_assert_eq!(
        tree(text),
        tree(&once),
        "the tree differs:\n{}\n---\n{}",
        text,
        once
    );
    prop_assert_eq!(
        comments(text),
        comments(&once),
        "comments differ:\n{}\n---\n{}",
        text,
        once
    );
    let twice = format(&once).map_err(|errors| {
        TestCaseError::fail(format!(
            "what was printed does not parse: {errors:?}\n{once}"
        ))
    })?;
    prop_assert_eq!(&once, &twice, "a second time changes:\n{}", text);
    Ok(())
}

/// Returns every policy text of the project: files, and blocks in the language reference and the pages.
fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    fn collect(folder: &Path, texts: &mut Vec<String>) {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                collect(&path, texts);
                continue;
            }
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("guard") => texts.push(text),
                Some("md") => texts.extend(
                    text.split("```guard")
                        .skip(1)
                        .filter_map(|block| block.split_once('\n')?.1.split("```").next())
                        .map(|block| match block.contains("policy ") {
                            true => block.to_owned(),
                            false => format!("policy example\n{block}"),
                        }),
                ),
                _ => {}
            }
        }
    }
    TEXTS.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut texts = Vec::new();
        for folder in [
            "policies",
            "tests/cases",
            "tests/corpus",
            "crates/taffrail-tools/pages",
        ] {
            collect(&root.join(folder), &mut texts);
        }
        assert!(texts.len() > 200, "only {} texts", texts.len());
        texts
    })
}

#[test]
fn every_policy_keeps_its_meaning_and_its_comments() {
    for text in texts() {
        holds(text).unwrap();
    }
}

/// Puts blanks, line breaks and comments where blanks stand, outside of strings and comments.
fn disturbed(text: &str, changes: &[u8]) -> String {
    let mut out = String::new();
    let mut changes = changes.iter().cycle();
    let mut in_text = false;
    let mut in_comment = false;
    let mut escaped = false;
    for c in text.chars() {
        if c == '\n' {
            in_text = false;
            in_comment = false;
        }
        if !in_text && out.ends_with("//") {
            in_comment = true;
        }
        if c == '"' && !escaped && !in_comment {
            in_text = !in_text;
        }
        escaped = c == '\\' && !escaped;
        if in_text || in_comment || !(c == ' ' || c == '\n') {
            out.push(c);
            continue;
        }
        match changes.next().copied().unwrap_or(0) {
            0..=2 => out.push_str("  "),
            3 | 4 => out.push('\n'),
            5 => out.push_str(" // why\n"),
            6 => out.push_str("\n// alone\n"),
            7 => out.push_str("\n\n\n"),
            _ => out.push(c),
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn blanks_and_comments_anywhere_do_no_harm(
        at in any::<prop::sample::Index>(),
        changes in prop::collection::vec(0_u8..40, 1..60),
    ) {
        let text: &String = at.get(texts());
        let text = disturbed(text, &changes);
        holds(&text)?;
    }
}

#[test]
fn an_ugly_file_becomes_a_plain_one() {
    let ugly = "//! About it.\npolicy   shop\nuse shared.tenancy\nlet a=1+2 *-3\n\n\n\nlet f( x:number ,y : list<string> )=x in [ 1,2 ] // known\n\
        /// Doc.\n@owner( \"a\" )\nguard  g{ because \"no\" // why\n  // first\n  when a and (b  or not c)\n on scale ,restart of apps/Deployment\n risk 40 }\n\
        test \"t\"{given{verb:scale,target:Deployment \"a/b\" current:{spec:{replicas:10}}\n}expect propose case \"c\"{now:2026-01-01}expect no guard g // end\n// last\n}\n// tail\n";
    insta::assert_snapshot!(format(ugly).unwrap());
}

#[test]
fn a_text_with_mistakes_has_no_form() {
    assert!(format("policy a\nguard g { on delete riks 1 }").is_err());
}

#[test]
fn a_long_on_is_broken_at_its_parts_and_then_at_its_lists() {
    let text = "policy t\n\nguard g {\n    on create, apply, patch, replace of Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet in \"shop\", \"payments\"\n    forbid\n}\n";
    let expected = "policy t\n\nguard g {\n    on create, apply, patch, replace\n        of Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet\n        in \"shop\", \"payments\"\n    forbid\n}\n";
    assert_eq!(
        taffrail_syntax::format(text).ok().as_deref(),
        Some(expected)
    );
}

#[test]
fn a_long_choice_among_many_becomes_a_ladder() {
    let text = "policy t\n\nlet team(kind: string) = if kind == \"Deployment\" then \"applications\" else if kind == \"Node\" then \"infrastructure\" else \"everybody else\"\n";
    let expected = "policy t\n\nlet team(kind: string) = if kind == \"Deployment\" then \"applications\"\n    else if kind == \"Node\" then \"infrastructure\"\n    else \"everybody else\"\n";
    assert_eq!(format(text).ok().as_deref(), Some(expected));
}

#[test]
fn what_a_test_draws_stands_on_one_line_or_on_several() {
    let text = r#"policy t

test "short" for any {verb in [scale,patch] current.spec.replicas in - 1 .. 9} {
given { verb: scale }
when current.spec.replicas>3
expect propose
}

test "long" for any {
current.spec.replicas in 1..9, namespace . labels [ "env" ] in ["dev"]
// why
verb in [scale] } {
given { verb: scale }
expect snapshot }
"#;
    let formatted = taffrail_syntax::format(text).unwrap();
    insta::assert_snapshot!(formatted, @r#"
    policy t

    test "short" for any { verb in [scale, patch], current.spec.replicas in -1..9 } {
        given { verb: scale }
        when current.spec.replicas > 3
        expect propose
    }

    test "long" for any {
        current.spec.replicas in 1..9
        namespace.labels["env"] in ["dev"]
        // why
        verb in [scale]
    } {
        given { verb: scale }
        expect snapshot
    }
    "#);
    assert_eq!(taffrail_syntax::format(&formatted).unwrap(), formatted);
}
