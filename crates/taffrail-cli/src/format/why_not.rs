//! "Why not execute?" at a terminal.

use std::fmt::Write as _;

use taffrail_copilot::{Condition, Holds, WhyNot};
use taffrail_runtime::render::one_line;

const FAINT: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// Returns what would change a verdict, and what would have to be true for execution.
pub(crate) fn text(why: &WhyNot) -> String {
    let mut page = format!("\n  {FAINT}why not execute?{RESET}\n");
    line(&mut page, 2, &why.sentence(), "");
    for change in &why.changes {
        let place = named(&change.rule, &change.place);
        line(&mut page, 3, &change.sentence(), &place);
    }
    for obstacle in &why.standing_in_the_way {
        let place = named(&obstacle.rule, &obstacle.place);
        let text = format!("in the way: {}", obstacle.because);
        line(&mut page, 3, &text, &place);
        if !obstacle.not_varied.is_empty() {
            let facts = obstacle.not_varied.join(", ");
            let text = format!("no other value was found to try of {facts}");
            line(&mut page, 4, &text, "");
        }
    }
    for unfinished in &why.unfinished {
        line(&mut page, 3, &unfinished.because, "");
    }
    if !why.conditions.is_empty() {
        // Writing to a string does not fail.
        let _ = writeln!(page, "\n  {FAINT}what would have to be true?{RESET}");
    }
    for condition in &why.conditions {
        condition_line(&mut page, condition);
    }
    page
}

fn condition_line(page: &mut String, condition: &Condition) {
    let word = match condition.holds {
        Holds::Yes => "yes",
        Holds::No => "no ",
        Holds::Unknown => "?  ",
    };
    let text = format!("{word}  {}", condition.clause);
    let place = named(&condition.rule, &condition.place);
    line(page, 2, &text, &place);
}

fn named(rule: &str, place: &str) -> String {
    format!("{rule}  {place}").trim_end().to_owned()
}

fn line(page: &mut String, depth: usize, text: &str, place: &str) {
    page.push_str(&"  ".repeat(depth));
    page.push_str(&one_line(text));
    if !place.is_empty() {
        // Writing to a string does not fail.
        let _ = write!(page, "  {FAINT}{}{RESET}", one_line(place));
    }
    page.push('\n');
}
