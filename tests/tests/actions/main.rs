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
mod hook;
mod labels;
mod random;

use std::collections::BTreeSet;
use std::time::Instant;

use labels::Labelled;
use random::Random;
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
    let mut lines = labels::hostile();
    // A part of the published ones: they are many, and much alike.
    lines.extend(corpus::lines().unwrap_or_default().into_iter().step_by(8));
    let dangerous = lines
        .iter()
        .filter(|labelled| labelled.is_certainly_dangerous());
    let wrong: Vec<String> = dangerous
        .flat_map(|labelled| disguise::all(&labelled.line))
        .filter(|disguised| read_line(&disguised.line).effect < Effect::SecretRead)
        .map(|disguised| format!("{}: {:?}", disguised.name, disguised.line))
        .collect();
    assert!(wrong.is_empty(), "{}", listed(&wrong, lines.len()));
}

#[test]
fn no_random_line_stops_the_reader() {
    let named = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let count = named("TAFFRAIL_RANDOM_LINES").unwrap_or(20_000);
    let mut random = Random::new(named("TAFFRAIL_RANDOM_SEED").unwrap_or(1));
    // What the shell's parser says when it stops is not of interest here, and slow to say.
    std::panic::set_hook(Box::new(|_| {}));
    let begun = Instant::now();
    for _ in 0..count {
        let line = random.line();
        let read = std::panic::catch_unwind(|| {
            let read = read_line(&line);
            serde_json::to_string(&read.report()).unwrap()
        });
        assert!(read.is_ok(), "stopped by {line:?}");
    }
    println!("{count} lines in {:?}", begun.elapsed());
}

#[test]
fn long_lines_are_read_in_time() {
    let nested = |open: &str, close: &str| {
        format!(
            "{}kubectl delete ns x{}",
            open.repeat(2000),
            close.repeat(2000)
        )
    };
    let lines = [
        format!("kubectl get pods {}", "a ".repeat(100_000)),
        format!("kubectl delete pods {}", "a,".repeat(100_000)),
        format!("kubectl get pods {}", "; kubectl delete ns x".repeat(5_000)),
        format!("kubectl get pods{}", " | grep x".repeat(10_000)),
        format!("kubectl get {}", "'x'".repeat(50_000)),
        format!("kubectl get {}", "<x> ".repeat(20_000)),
        format!("kubectl get {}", "{a,b}".repeat(40)),
        format!("kubectl get {{1..{}}}", "9".repeat(18)),
        nested("(", ")"),
        nested("$(", ")"),
        nested("{ ", "; }"),
        nested("if true; then ", "; fi"),
        nested("while true; do ", "; done"),
        nested("for x in a; do ", "; done"),
        nested("case x in x) ", ";; esac"),
        nested("! ", ""),
        nested("watch ", ""),
        format!("[[ {} a ]]", "! ".repeat(20_000)),
        format!(
            "kubectl get $K -o jsonpath={}",
            "{range .items[*]}".repeat(1_000)
        ),
        nested("sudo ", ""),
        nested("eval ", ""),
        nested("bash -c ", ""),
        nested("\"$(", ")\""),
        nested("${X:-", "}"),
        nested("$((", "))"),
        nested("f() { ", "; }"),
    ];
    for line in lines {
        let begun = Instant::now();
        let effect = read_line(&line).effect;
        let start: String = line.chars().take(60).collect();
        assert!(
            begun.elapsed().as_secs() < 5,
            "{:?} for {start}",
            begun.elapsed()
        );
        let is_read = !line.contains("delete");
        assert!(is_read || effect >= Effect::Unknown, "{effect} for {start}");
    }
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
