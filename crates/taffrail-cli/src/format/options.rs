//! Options as text for people, with colours.

use std::fmt::Write as _;

use taffrail::Verdict;
use taffrail_copilot::{Advice, Choice, Sentence, Way};
use taffrail_runtime::render::one_line;

const BOLD: &str = "\x1b[1m";
const FAINT: &str = "\x1b[2m";
const GREEN: &str = "\x1b[1;32m";
const YELLOW: &str = "\x1b[1;33m";
const RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

/// Returns the options for one goal, the best one first.
pub(crate) fn text(advice: &Advice, title: Option<&str>, is_first: bool) -> String {
    let mut page = String::new();
    if !is_first {
        page.push('\n');
    }
    if let Some(title) = title {
        push(
            &mut page,
            format_args!("{FAINT}{}{RESET}\n", one_line(title)),
        );
    }
    if let Some(goal) = &advice.goal {
        push(
            &mut page,
            format_args!("{BOLD}{}{RESET}\n\n", one_line(goal)),
        );
    }
    for (at, choice) in advice.options.iter().enumerate() {
        if at > 0 {
            page.push('\n');
        }
        option(&mut page, at.saturating_add(1), choice);
    }
    if advice.options.is_empty() {
        page.push_str("no options\n");
    }
    for refused in &advice.refused {
        push(
            &mut page,
            format_args!("\nno option: {}\n", sentence(refused)),
        );
    }
    for given_up in &advice.unfinished {
        push(
            &mut page,
            format_args!(
                "\nnot looked for to the end: {}: {}\n",
                one_line(&given_up.what),
                one_line(&given_up.because)
            ),
        );
    }
    page
}

fn option(page: &mut String, number: usize, choice: &Choice) {
    let colour = match choice.verdict {
        Verdict::Execute => GREEN,
        Verdict::Propose => YELLOW,
        Verdict::Escalate => RED,
    };
    push(
        page,
        format_args!(
            "{number}. {colour}{}{RESET}, risk {}: {BOLD}{}{RESET}\n",
            choice.verdict,
            choice.risk.points(),
            one_line(&choice.title)
        ),
    );
    for trade_off in &choice.trade_offs {
        line(page, "trade-off", trade_off);
    }
    line(page, "touches", &choice.touches);
    line(page, "way back", &choice.rollback);
    match &choice.way {
        Way::Do(steps) => {
            for (at, step) in steps.iter().enumerate() {
                if let Some(due) = &step.not_before {
                    let text = format!("step {} not before {due}", at.saturating_add(1));
                    line(page, "when", &text);
                }
            }
        }
        Way::Ask(ask) => line(page, "ask", &ask.people),
    }
    for reason in &choice.rationale {
        line(page, "because", &sentence(reason));
    }
}

fn line(page: &mut String, name: &str, text: &str) {
    push(
        page,
        format_args!("   {FAINT}{name:9}{RESET}  {}\n", one_line(text)),
    );
}

fn sentence(sentence: &Sentence) -> String {
    let text = one_line(&sentence.text);
    if sentence.place.is_empty() {
        text
    } else {
        format!("{text} ({})", one_line(&sentence.place))
    }
}

fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = page.write_fmt(text);
}
