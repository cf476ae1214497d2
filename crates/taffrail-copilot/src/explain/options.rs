//! Options in Markdown.

use std::fmt::Write as _;

use taffrail_runtime::render::{escaped, heading};

use crate::advice::{Advice, Choice, Sentence, Way};

/// Returns options in Markdown, the best one first: what each is, what it gives up, what it touches, and why its verdict is what it is.
#[must_use]
pub fn options(advice: &Advice) -> String {
    let mut page = String::new();
    if let Some(goal) = &advice.goal {
        push(&mut page, format_args!("## {}\n\n", escaped(goal)));
    }
    if advice.options.is_empty() {
        page.push_str("There are no options.\n");
    }
    for (at, choice) in advice.options.iter().enumerate() {
        option(&mut page, at.saturating_add(1), choice);
    }
    for refused in &advice.refused {
        push(
            &mut page,
            format_args!("No option: {}\n\n", sentence(refused)),
        );
    }
    for given_up in &advice.unfinished {
        push(
            &mut page,
            format_args!(
                "Not looked for to the end: {}: {}.\n\n",
                escaped(&given_up.what),
                escaped(&given_up.because)
            ),
        );
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn option(page: &mut String, number: usize, choice: &Choice) {
    let heading = heading(
        choice.verdict,
        choice.risk.points(),
        &escaped(&choice.title),
    );
    push(page, format_args!("### {number}. {heading}\n\n"));
    for trade_off in &choice.trade_offs {
        push(page, format_args!("- Trade-off: {}\n", escaped(trade_off)));
    }
    push(
        page,
        format_args!("- Touches: {}\n", escaped(&choice.touches)),
    );
    push(
        page,
        format_args!("- Way back: {}\n", escaped(&choice.rollback)),
    );
    match &choice.way {
        Way::Do(steps) => {
            for (at, step) in steps.iter().enumerate() {
                if let Some(due) = &step.not_before {
                    let step = at.saturating_add(1);
                    push(
                        page,
                        format_args!("- Step {step}: not before {}\n", escaped(due)),
                    );
                }
            }
        }
        Way::Ask(ask) => push(page, format_args!("- Ask: {}\n", escaped(&ask.people))),
    }
    for reason in &choice.rationale {
        push(page, format_args!("- {}\n", sentence(reason)));
    }
    page.push('\n');
}

fn sentence(sentence: &Sentence) -> String {
    if sentence.place.is_empty() {
        escaped(&sentence.text)
    } else {
        format!("{} ({})", escaped(&sentence.text), escaped(&sentence.place))
    }
}

fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = page.write_fmt(text);
}
