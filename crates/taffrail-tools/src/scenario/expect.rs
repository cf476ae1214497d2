//! Holds a decision against what a test expects of it.

use taffrail_actions::Action;
use taffrail_compiler::typed;
use taffrail_runtime::decision::{Gate, PlanReport, Report, Risk, Verdict};
use taffrail_syntax::ast::{Expect, ExpectKind, Path, RuleKind};
use taffrail_syntax::{Diagnostic, Location};

use crate::codes;
use crate::scenario::Suite;
use crate::scenario::names::Names;

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

/// Returns why the decision is what it is, one sentence a reason.
pub(crate) fn reasons(answer: &Answer) -> Vec<String> {
    let mut reasons = vec![format!(
        "the verdict is `{}` with risk {}",
        answer.verdict(),
        answer.risk().points()
    )];
    for report in answer.reports() {
        for contribution in &report.contributions {
            let effect = match contribution.effect.as_str() {
                "risk" => format!("adds {}", contribution.points),
                "none" => "is waived".to_owned(),
                effect => format!("says {effect}"),
            };
            let because = match contribution.because.as_str() {
                "" => String::new(),
                because => format!(": {because}"),
            };
            reasons.push(format!("`{}` {effect}{because}", contribution.rule));
        }
        for grant in report.grants.iter().filter(|grant| !grant.held) {
            if let Some(failed) = &grant.failed {
                reasons.push(format!(
                    "grant `{}` does not hold for `{}`",
                    grant.rule, failed.clause
                ));
            }
        }
        for cause in &report.unknowns {
            reasons.push(format!("not known: {cause}"));
        }
    }
    reasons
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
