//! The table in `tests/corpus/README.md`.

use std::fmt::Write as _;

use crate::run::Outcome;

const BEGIN: &str = "<!-- the table is written by the test -->\n";

/// Returns the text with its table as the outcomes say.
pub(crate) fn refreshed(readme: &str, outcomes: &[(String, Outcome)]) -> String {
    let before = readme.split(BEGIN).next().unwrap_or_default();
    format!("{before}{BEGIN}\n{}", table(outcomes))
}

/// Returns the table: a line a concept, and one for all.
fn table(outcomes: &[(String, Outcome)]) -> String {
    let mut table = String::from(
        "| concept | cases | decided | agree | lack a fact | mean something else | not written |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let mut all = [0; 6];
    for (name, outcome) in outcomes {
        let numbers = numbers(outcome);
        for (sum, number) in all.iter_mut().zip(numbers) {
            *sum += number;
        }
        line(&mut table, name, numbers);
    }
    line(&mut table, "**all**", all);
    table
}

fn numbers(outcome: &Outcome) -> [usize; 6] {
    [
        outcome.cases,
        outcome.agree + outcome.lack_fact + outcome.differ,
        outcome.agree,
        outcome.lack_fact + outcome.without_facts,
        outcome.differ,
        outcome.not_written,
    ]
}

fn line(table: &mut String, name: &str, numbers: [usize; 6]) {
    let _ = write!(table, "| {name} |");
    for number in numbers {
        let _ = write!(table, " {number} |");
    }
    table.push('\n');
}
