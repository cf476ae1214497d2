//! The language reference runs: every example in `tests/cases/language` shows what really happens.
//!
//! `UPDATE_CASES=1 cargo test -p taffrail-tests --test language` writes what happens into the chapters; read the
//! difference before it is committed. How a chapter is written says `tests/cases/README.md`.

mod chapter;
mod run;
mod show;
mod tables;
mod values;
mod views;

use std::path::{Path, PathBuf};

#[test]
fn every_example_of_the_language_reference_runs_as_shown() -> Result<(), String> {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut wrong = Vec::new();
    for path in chapters()? {
        let text = std::fs::read_to_string(&path).map_err(|error| describe(&path, &error))?;
        let played = run::play(&text);
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        wrong.extend(played.faults.iter().map(|fault| format!("{name}:{fault}")));
        if played.text == text {
            continue;
        }
        if update {
            std::fs::write(&path, &played.text).map_err(|error| describe(&path, &error))?;
        } else {
            wrong.push(format!("{name}:{}", first_difference(&text, &played.text)));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\n\nUPDATE_CASES=1 writes what happens into the chapters",
        wrong.join("\n\n")
    ))
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let text = "```values\n1 + 1 => 3\n```\n";
    assert_eq!(run::play(text).text, "```values\n1 + 1 => 2\n```\n");
}

#[test]
fn a_policy_that_nothing_expects_to_fail_must_compile() {
    let text = "```guard\nguard x { on scal risk 1 }\n```\n";
    assert!(!run::play(text).faults.is_empty());
}

fn chapters() -> Result<Vec<PathBuf>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/language");
    let entries = std::fs::read_dir(&folder).map_err(|error| describe(&folder, &error))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    if paths.is_empty() {
        return Err(format!("{} holds no chapters", folder.display()));
    }
    Ok(paths)
}

fn describe(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// Returns the first line that differs, with what surrounds it on both sides.
fn first_difference(shown: &str, real: &str) -> String {
    let same = shown
        .lines()
        .zip(real.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let excerpt = |text: &str| {
        let lines: Vec<&str> = text.lines().skip(same).take(6).collect();
        lines.join("\n    ")
    };
    format!(
        "{}: the chapter shows\n    {}\n  but what happens is\n    {}",
        same + 1,
        excerpt(shown),
        excerpt(real)
    )
}
