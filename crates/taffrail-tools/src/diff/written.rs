//! The clauses of a rule as they are written, with their places.

use taffrail_compiler::typed;
use taffrail_runtime::decision::{Outcome, Team};
use taffrail_runtime::program;
use taffrail_syntax::Location;

use super::meaning::Part;
use super::{Set, Written};

/// A rule with where it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'s> {
    pub(super) set: &'s Set<'s>,
    pub(super) rule: &'s program::Rule,
    pub(super) typed: Option<&'s typed::Rule>,
}

impl<'s> Source<'s> {
    /// Returns where the rule starts.
    pub(super) fn place(&self) -> Written {
        match self.typed {
            Some(typed) => Written {
                text: String::new(),
                ..written(self.set, "", typed.location)
            },
            None => Written::default(),
        }
    }

    /// Returns what a part of the rule says; empty where nothing is written.
    pub(super) fn part(&self, part: Part) -> Vec<Written> {
        let body = self.typed.map(|rule| &rule.body);
        let text = |text: String| {
            vec![Written {
                text,
                ..self.place()
            }]
        };
        let expr = |keyword: &str, expr: &typed::Expr| vec![self.at(keyword, expr.location)];
        let maybe = |keyword: &str, found: Option<&typed::Expr>| {
            found.map_or_else(Vec::new, |found| expr(keyword, found))
        };
        use typed::RuleBody as Typed;
        match (part, body) {
            (Part::On, _) => match self.typed.and_then(|rule| rule.on_location) {
                Some(location) => vec![self.at("", location)],
                None => text("on any".into()),
            },
            // Which of them, the caller knows.
            (Part::Conditions, _) => Vec::new(),
            (Part::Risk, Some(Typed::Guard { risk, .. })) => maybe("risk", risk.as_ref()),
            (Part::Outcome, Some(Typed::Guard { outcome, .. })) => outcome
                .as_ref()
                .map_or_else(Vec::new, |found| text(outcome_text(found))),
            (
                Part::Outcome,
                Some(Typed::Budget { outcome, .. } | Typed::Breaker { outcome, .. }),
            ) => text(outcome_text(outcome)),
            (Part::Limit, Some(Typed::Budget { limit, .. })) => expr("limit", limit),
            (Part::Per, Some(Typed::Budget { per, .. })) => expr("per", per),
            (Part::Spend, Some(Typed::Budget { spend, .. })) => expr("spend", spend),
            (Part::By, Some(Typed::Budget { by, .. } | Typed::Breaker { by, .. })) => {
                by.iter().flat_map(|by| expr("by", by)).collect()
            }
            (Part::Failures, Some(Typed::Breaker { failures, .. })) => expr("trip after", failures),
            (Part::Within, Some(Typed::Breaker { within, .. })) => expr("within", within),
            (Part::Hold, Some(Typed::Breaker { hold, .. })) => expr("hold", hold),
            (Part::ProposeAt, Some(Typed::Tolerance { propose_at, .. })) => {
                maybe("propose at", propose_at.as_ref())
            }
            (Part::EscalateAt, Some(Typed::Tolerance { escalate_at, .. })) => {
                maybe("escalate at", escalate_at.as_ref())
            }
            (Part::Until, Some(Typed::Waiver { until, .. })) => {
                text(format!("until {}", taffrail_runtime::text::time(*until)))
            }
            (
                Part::AtMost,
                Some(Typed::Waiver {
                    at_most_propose: true,
                    ..
                }),
            ) => text("at most propose".into()),
            _ => Vec::new(),
        }
    }

    /// Returns a clause that must hold.
    pub(super) fn condition(&self, condition: &program::Condition) -> Written {
        Written {
            text: condition.text.clone(),
            line: condition.line,
            ..self.place()
        }
    }

    fn at(&self, keyword: &str, location: Location) -> Written {
        written(self.set, keyword, location)
    }
}

/// Returns a piece of text with its place.
pub(super) fn written(set: &Set<'_>, keyword: &str, location: Location) -> Written {
    let Some(source) = set.shown.get(location.source) else {
        return Written::default();
    };
    let words: Vec<&str> = source.slice(location.span).split_whitespace().collect();
    Written {
        text: format!("{keyword} {}", words.join(" ")).trim().to_owned(),
        file: source.name.clone(),
        line: source.line_column(location.span.start).0,
    }
}

fn outcome_text(outcome: &Outcome) -> String {
    let teams = |teams: &[Team]| {
        let names: Vec<String> = teams
            .iter()
            .map(|team| match team.count {
                1 => format!("\"{}\"", team.team),
                count => format!("{count} of \"{}\"", team.team),
            })
            .collect();
        match names.is_empty() {
            true => String::new(),
            false => format!(" to {}", names.join(", ")),
        }
    };
    match outcome {
        Outcome::Propose(to) => format!("propose{}", teams(to)),
        Outcome::Escalate(to) => format!("escalate{}", teams(to)),
        Outcome::Forbid => "forbid".into(),
    }
}
