//! The server answers as a real one did.
//!
//! `TAFFRAIL_RECORDINGS` names a folder with other recordings; `RECORDING` a part of the names of the exchanges to print in full;
//! `UPDATE_RECORDINGS=1` writes the list of differences anew.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "recordings that are not as expected fail the test, and it says what it compared"
)]

mod compare;
mod exchange;
mod replay;

use std::collections::BTreeMap;
use std::fmt::Write;

use replay::{Likeness, Replay};

const LIST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/recordings/differences.txt"
);

#[tokio::test(start_paused = true)]
async fn recorded_requests_are_answered_alike() {
    let Some(folder) = exchange::folder() else {
        eprintln!("no recordings on this machine, nothing is compared");
        return;
    };
    let mut replay = Replay::new().await;
    let mut table: BTreeMap<(String, &str), [usize; 6]> = BTreeMap::new();
    let mut totals = [0_usize; 6];
    let mut lines = BTreeMap::<&str, Vec<String>>::new();
    let exchanges = exchange::read(&folder);
    for (at, exchange) in exchanges.iter().enumerate() {
        if exchange.query.contains("limit=") && !exchange.query.contains("continue=") {
            let later = exchanges[at + 1..].iter();
            let pages = later.take_while(|page| page.query.contains("continue="));
            pages
                .filter(|page| page.path == exchange.path)
                .for_each(|page| replay.foresee(page));
            replay.foresee(exchange);
        }
        let (likeness, why) = replay.take(exchange).await;
        let column = likeness.column();
        table
            .entry((exchange.phase.clone(), exchange.category()))
            .or_default()[column] += 1;
        totals[column] += 1;
        if likeness != Likeness::Alike {
            let line = format!("{}: {why}", exchange.name);
            lines.entry(likeness.title()).or_default().push(line);
        }
    }
    let report = report(&table, &totals, &lines);
    println!("{report}");
    if std::env::var_os("UPDATE_RECORDINGS").is_some() {
        std::fs::write(LIST, &report).unwrap();
    }
    let expected = std::fs::read_to_string(LIST).unwrap_or_default();
    assert!(
        report == expected || std::env::var_os("TAFFRAIL_RECORDINGS").is_some(),
        "other answers than in {LIST}; if they are better, UPDATE_RECORDINGS=1 writes it anew\n{}",
        changes(&expected, &report)
    );
}

fn report(
    table: &BTreeMap<(String, &str), [usize; 6]>,
    totals: &[usize; 6],
    lines: &BTreeMap<&str, Vec<String>>,
) -> String {
    let mut report = String::new();
    let head = [
        "alike",
        "but owners",
        "but words",
        "taught",
        "unseen",
        "other",
    ];
    writeln!(report, "{:34}{}", "phase, request", row(&head)).unwrap();
    for ((phase, category), counts) in table {
        let counts = counts.map(|count| count.to_string());
        let name = format!("{phase:3} {category}");
        writeln!(report, "{name:34}{}", row(&counts)).unwrap();
    }
    let totals = totals.map(|count| count.to_string());
    writeln!(report, "{:34}{}", "all", row(&totals)).unwrap();
    for (title, lines) in lines {
        writeln!(report, "\n{title}").unwrap();
        for line in lines {
            writeln!(report, "  {line}").unwrap();
        }
    }
    report
}

fn row(cells: &[impl std::fmt::Display; 6]) -> String {
    cells.iter().map(|cell| format!("{cell:>12}")).collect()
}

fn changes(expected: &str, report: &str) -> String {
    let only = |a: &str, b: &str, sign: char| {
        let lines = a
            .lines()
            .filter(|line| !b.lines().any(|other| other == *line));
        lines
            .map(|line| format!("{sign} {line}\n"))
            .collect::<String>()
    };
    only(expected, report, '-') + &only(report, expected, '+')
}
