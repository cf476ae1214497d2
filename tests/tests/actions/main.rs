//! What command lines do: lines written to deceive, and lines that agents and people really proposed.
//!
//! A wrong effect that is too careful costs time; one that is too mild lets a change through. The second never happens.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "labels that are not as they should be fail the test, and a test that is skipped says so"
)]

mod corpus;
mod disguise;
mod labels;

use std::collections::BTreeSet;

use labels::Labelled;
use taffrail_actions::Effect;
use taffrail_actions::command::read_line;

/// Of the plain reads, so many in a thousand may be taken for something else.
const READS_MISTAKEN_PER_MILLE: usize = 10;

#[test]
fn no_line_is_labelled_twice() {
    let lines = labels::hostile();
    let once: BTreeSet<&str> = lines
        .iter()
        .map(|labelled| labelled.line.as_str())
        .collect();
    assert_eq!(once.len(), lines.len());
    for labelled in &lines {
        assert!(!labelled.why.is_empty(), "{} has no reason", labelled.place);
    }
}

#[test]
fn every_line_written_to_deceive_has_its_effect() {
    let lines = labels::hostile();
    let wrong: Vec<String> = lines
        .iter()
        .filter_map(|labelled| mistake(labelled, |effect| labelled.effects.contains(&effect)))
        .collect();
    assert!(wrong.is_empty(), "{}", listed(&wrong, lines.len()));
}

#[test]
fn no_published_line_passes_for_something_milder() {
    let Some(lines) = corpus::lines() else {
        return skipped();
    };
    let wrong: Vec<String> = lines
        .iter()
        .filter_map(|labelled| mistake(labelled, |effect| !labelled.is_let_through_by(effect)))
        .collect();
    assert!(wrong.is_empty(), "{}", listed(&wrong, lines.len()));
}

#[test]
fn published_reads_are_taken_for_reads() {
    let Some(lines) = corpus::lines() else {
        return skipped();
    };
    let reads: Vec<&Labelled> = lines.iter().filter(|line| line.is_plain_read()).collect();
    let wrong: Vec<String> = reads
        .iter()
        .filter_map(|labelled| mistake(labelled, |effect| effect == Effect::Read))
        .collect();
    let understood = lines
        .iter()
        .filter(|labelled| read_line(&labelled.line).is_understood())
        .count();
    println!(
        "{} lines, {understood} fully understood; {} plain reads, {} taken for something else",
        lines.len(),
        reads.len(),
        wrong.len(),
    );
    assert!(
        wrong.len() * 1000 < reads.len() * READS_MISTAKEN_PER_MILLE,
        "{}",
        listed(&wrong, reads.len())
    );
}

#[test]
fn no_disguise_makes_a_line_milder() {
    let lines = labels::hostile();
    let more_than_reads = lines
        .iter()
        .filter(|labelled| labelled.is_certainly_dangerous());
    let wrong: Vec<String> = more_than_reads
        .flat_map(|labelled| disguise::all(&labelled.line))
        .filter(|disguised| read_line(&disguised.line).effect < Effect::SecretRead)
        .map(|disguised| format!("{}: {:?}", disguised.name, disguised.line))
        .collect();
    assert!(wrong.is_empty(), "{}", listed(&wrong, lines.len()));
}

/// Returns what is wrong with the effect that is read from a line, if anything is.
fn mistake(labelled: &Labelled, is_right: impl Fn(Effect) -> bool) -> Option<String> {
    let effect = read_line(&labelled.line).effect;
    let Labelled {
        place,
        line,
        effects,
        why,
    } = labelled;
    let expected: Vec<&str> = effects.iter().map(|effect| effect.as_str()).collect();
    (!is_right(effect)).then(|| {
        format!(
            "{place}\t{effect}\tnot {}\t{line:?}\t{why}",
            expected.join(" or ")
        )
    })
}

fn listed(wrong: &[String], of: usize) -> String {
    format!("{} of {of}:\n{}", wrong.len(), wrong.join("\n"))
}

fn skipped() {
    eprintln!("skipped: the published lines are not on this machine");
}
