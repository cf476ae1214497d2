//! What command lines do: lines written to deceive, and lines that agents and people really proposed.
//!
//! A wrong effect that is too careful costs time; one that is too mild lets a change through. The second never happens.

mod corpus;
mod labels;

use std::collections::BTreeSet;

use labels::Labelled;

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
fn the_published_lines_are_those_that_were_labelled() {
    let Some(lines) = corpus::lines() else {
        eprintln!("skipped: the published lines are not on this machine");
        return;
    };
    assert!(lines.iter().any(Labelled::is_plain_read));
    assert!(lines.iter().any(Labelled::is_more_than_a_read));
}
