//! Holds a decision against what a test expects of it.

use taffrail_actions::Action;
use taffrail_compiler::typed;
use taffrail_runtime::decision::{Gate, PlanReport, Report, Risk, Verdict};
use taffrail_syntax::ast::{Expect, ExpectKind, Path, RuleKind};
use taffrail_syntax::{Diagnostic, Location};

use crate::codes;
use crate::scenario::names::Names;
use crate::scenario::{Suite, compare};

/// What was decided.
#[derive(Debug, Clone)]
pub enum Answer {
    /// One action.
    Decision(Box<Report>),
    /// A plan.
    Plan(Box<PlanReport>),
}

impl Answer {
    /// Returns the verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Decision(report) => report.verdict,
            Self::Plan(report) => report.verdict,
        }
    }

    /// Returns the risk.
    #[must_use]
    pub fn risk(&self) -> Risk {
        match self {
            Self::Decision(report) => report.risk,
            Self::Plan(report) => report.risk,
        }
    }

    /// Returns what releases it.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        match self {
            Self::Decision(report) => &report.gate,
            Self::Plan(report) => &report.gate,
        }
    }

    /// Iterates over the decision, or over those on every step and net change.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        let (single, plan) = match self {
            Self::Decision(report) => (Some(&**report), None),
            Self::Plan(report) => (None, Some(report)),
        };
        let parts = plan
            .into_iter()
            .flat_map(|plan| plan.steps.iter().chain(&plan.net));
        single.into_iter().chain(parts)
    }
}

/// Returns what is wrong with one expectation, if anything is.
pub(crate) fn failure(
    suite: &Suite<'_>,
    test: &typed::Test,
    expect: &Expect,
    place: Location,
    answer: &Answer,
    action: &Action,
) -> Option<Diagnostic> {
    let names = Names {
        module: suite.module,
        path: &test.module,
    };
    let unmet = |message: String| {
        Some(Diagnostic::error(
            codes::EXPECTATION_NOT_MET,
            place,
            message,
        ))
    };
    match &expect.kind {
        ExpectKind::Verdict { verdict, at_least } => {
            let expected = verdict_of(&verdict.text)?;
            let found = answer.verdict();
            let met = if *at_least {
                found >= expected
            } else {
                found == expected
            };
            if met {
                return None;
            }
            let least = if *at_least { "at least " } else { "" };
            unmet(format!(
                "expected {least}`{expected}`, the verdict is `{found}`"
            ))
        }
        ExpectKind::Risk { from, to } => {
            let found = u32::from(answer.risk().points());
            if (*from..=*to).contains(&found) {
                return None;
            }
            let expected = if from == to {
                from.to_string()
            } else {
                format!("{from}..{to}")
            };
            unmet(format!("expected risk {expected}, the risk is {found}"))
        }
        ExpectKind::Rule {
            kind,
            name,
            negated,
        } => {
            let full = match names.rule(*kind, &text(name), located(place, name)) {
                Ok(full) => full,
                Err(error) => return Some(*error),
            };
            let applies = answer.reports().any(|report| applies(report, *kind, full));
            match (applies, negated) {
                (true, false) | (false, true) => None,
                (true, true) => unmet(format!(
                    "expected no {} `{full}`, but it {}",
                    kind.keyword(),
                    does(*kind)
                )),
                (false, false) => unmet(format!(
                    "expected {} `{full}`, but it {}",
                    kind.keyword(),
                    does_not(*kind)
                )),
            }
        }
        ExpectKind::UnknownSignal(name) => {
            let signal = match names.signal(&text(name), located(place, name)) {
                Ok(signal) => signal,
                Err(error) => return Some(*error),
            };
            if is_unknown(&signal.name, answer, action) {
                return None;
            }
            unmet(format!(
                "expected signal `{}` to be unknown, but it is known or no rule read it",
                signal.name
            ))
        }
        ExpectKind::Gate(team) => {
            let needs = &answer.gate().needs;
            if needs.iter().any(|need| need.team == team.text) {
                return None;
            }
            let found = match needs.as_slice() {
                [] => "no team has to agree".to_owned(),
                needs => {
                    let teams: Vec<String> = needs
                        .iter()
                        .map(|need| format!("`{}`", need.team))
                        .collect();
                    format!("those to agree are {}", teams.join(", "))
                }
            };
            unmet(format!(
                "expected team `{}` at the gate, {found}",
                team.text
            ))
        }
        // Compared as a whole, elsewhere.
        ExpectKind::Snapshot => None,
    }
}

fn verdict_of(word: &str) -> Option<Verdict> {
    [Verdict::Execute, Verdict::Propose, Verdict::Escalate]
        .into_iter()
        .find(|verdict| verdict.word() == word)
}

fn applies(report: &Report, kind: RuleKind, rule: &str) -> bool {
    match kind {
        RuleKind::Grant => report
            .grants
            .iter()
            .any(|grant| grant.held && grant.rule == rule),
        RuleKind::Guard
        | RuleKind::Budget
        | RuleKind::Breaker
        | RuleKind::Tolerance
        | RuleKind::Waive
        | RuleKind::Prove => report
            .contributions
            .iter()
            .any(|contribution| contribution.rule == rule),
    }
}

fn does(kind: RuleKind) -> &'static str {
    if kind == RuleKind::Grant {
        "holds"
    } else {
        "applies"
    }
}

fn does_not(kind: RuleKind) -> &'static str {
    if kind == RuleKind::Grant {
        "does not hold"
    } else {
        "does not apply"
    }
}

/// Tells whether a signal has no reading, or the decision found its reading unknown.
fn is_unknown(signal: &str, answer: &Answer, action: &Action) -> bool {
    let last = signal.rsplit('.').next().unwrap_or(signal);
    let read = |name: &str| name == signal || name == last;
    let has_reading = action
        .requests()
        .iter()
        .any(|request| request.signals.iter().any(|(name, _)| read(name)));
    let itself = format!("signal `{signal}` ");
    let reading = format!("`signals.{signal}");
    !has_reading
        || answer.reports().any(|report| {
            let says = |cause: &String| cause.starts_with(&itself) || cause.starts_with(&reading);
            report.unknowns.iter().any(says)
        })
}

/// Returns what an expectation is about, and what it wants; nothing of a snapshot, which is compared as a whole.
pub(crate) fn row(expect: &Expect) -> Option<(String, String)> {
    Some(match &expect.kind {
        ExpectKind::Verdict { verdict, at_least } => {
            let least = if *at_least { "at least " } else { "" };
            ("verdict".to_owned(), format!("{least}{}", verdict.text))
        }
        ExpectKind::Risk { from, to } if from == to => ("risk".to_owned(), from.to_string()),
        ExpectKind::Risk { from, to } => ("risk".to_owned(), format!("{from}..{to}")),
        ExpectKind::Rule {
            kind,
            name,
            negated,
        } => (
            format!("{} `{}`", kind.keyword(), text(name)),
            outcome(*kind, !negated).to_owned(),
        ),
        ExpectKind::UnknownSignal(name) => {
            (format!("signal `{}`", text(name)), "unknown".to_owned())
        }
        ExpectKind::Gate(team) => ("gate".to_owned(), team.text.clone()),
        ExpectKind::Snapshot => return None,
    })
}

/// Returns what the answer has to say about an expectation.
pub(crate) fn actual(expect: &Expect, met: bool, answer: &Answer) -> String {
    match &expect.kind {
        ExpectKind::Verdict { .. } => answer.verdict().to_string(),
        ExpectKind::Risk { .. } => answer.risk().points().to_string(),
        ExpectKind::Rule { kind, negated, .. } => outcome(*kind, met != *negated).to_owned(),
        ExpectKind::UnknownSignal(_) if met => "unknown".to_owned(),
        ExpectKind::UnknownSignal(_) => "known, or not read".to_owned(),
        ExpectKind::Gate(_) => compare::teams(answer.gate()),
        ExpectKind::Snapshot => String::new(),
    }
}

/// Tells whether a verdict is expected that is stricter than the one given.
pub(crate) fn is_stricter(expect: &Expect, than: Verdict) -> bool {
    match &expect.kind {
        ExpectKind::Verdict { verdict, .. } => {
            verdict_of(&verdict.text).is_some_and(|expected| expected > than)
        }
        ExpectKind::Risk { .. }
        | ExpectKind::Rule { .. }
        | ExpectKind::UnknownSignal(_)
        | ExpectKind::Gate(_)
        | ExpectKind::Snapshot => false,
    }
}

fn outcome(kind: RuleKind, applies: bool) -> &'static str {
    if applies { does(kind) } else { does_not(kind) }
}

/// Returns the full name of the rule that should apply and does not.
pub(crate) fn missing_rule<'m>(
    suite: &Suite<'m>,
    test: &'m typed::Test,
    expect: &Expect,
) -> Option<&'m str> {
    let ExpectKind::Rule {
        kind,
        name,
        negated: false,
    } = &expect.kind
    else {
        return None;
    };
    let names = Names {
        module: suite.module,
        path: &test.module,
    };
    names.rule(*kind, &text(name), test.location).ok()
}

/// Returns what is wrong with the names in an expectation.
pub(crate) fn wrong_name(
    module: &typed::Module,
    test: &typed::Test,
    expect: &Expect,
) -> Option<Diagnostic> {
    let names = Names {
        module,
        path: &test.module,
    };
    let place = Location {
        source: test.location.source,
        span: expect.span,
    };
    let found = match &expect.kind {
        ExpectKind::Rule { kind, name, .. } => {
            names.rule(*kind, &text(name), located(place, name)).err()
        }
        ExpectKind::UnknownSignal(name) => names.signal(&text(name), located(place, name)).err(),
        ExpectKind::Verdict { .. }
        | ExpectKind::Risk { .. }
        | ExpectKind::Gate(_)
        | ExpectKind::Snapshot => None,
    };
    found.map(|error| *error)
}

fn text(path: &Path) -> String {
    let words: Vec<&str> = path
        .segments
        .iter()
        .map(|word| word.text.as_str())
        .collect();
    words.join(".")
}

fn located(place: Location, path: &Path) -> Location {
    Location {
        source: place.source,
        span: path.span,
    }
}
