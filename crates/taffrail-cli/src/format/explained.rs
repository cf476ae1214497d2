//! Decisions for three readers: a line, a card, a page.

use taffrail_copilot::{WhyNot, explain};

use crate::command::Decided;

/// Returns a decision as a line, and why it is not milder as another.
pub(crate) fn line(decided: &Decided, why: Option<&WhyNot>) -> String {
    let mut text = match decided {
        Decided::Action(report) => explain::line(report),
        Decided::Plan(report) => explain::plan_line(report),
    };
    text.push('\n');
    if let Some(why) = why {
        text.push_str(&explain::why_line(why));
        text.push('\n');
    }
    text
}

/// Returns a decision as a card.
pub(crate) fn card(decided: &Decided, why: Option<&WhyNot>, is_first: bool) -> String {
    let card = match decided {
        Decided::Action(report) => explain::card(report),
        Decided::Plan(report) => explain::plan_card(report),
    };
    let why = why.map_or_else(String::new, |why| format!("\n{}", explain::why_card(why)));
    after_others(format!("{card}{why}"), is_first)
}

/// Returns a decision as a page.
pub(crate) fn page(decided: &Decided, why: Option<&WhyNot>, is_first: bool) -> String {
    let page = match decided {
        Decided::Action(report) => explain::page(report, why),
        Decided::Plan(report) => explain::plan_page(report),
    };
    after_others(page, is_first)
}

fn after_others(page: String, is_first: bool) -> String {
    if is_first { page } else { format!("\n{page}") }
}
