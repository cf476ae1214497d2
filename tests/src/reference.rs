//! A second reading of the language, written for clarity: it decides a request straight from the syntax trees.
//!
//! It shares no evaluation with the product, only data types. Every rule is tried, every name is looked up each
//! time, every let is read where it is used. Where both disagree, one of them is wrong.

mod action;
mod bound;
mod eval;
mod functions;
mod ledger;
mod matching;
mod names;
mod number;
mod operators;
mod quantifier;
mod text;
mod value;
mod window;
mod workload;

use std::collections::BTreeMap;

use taffrail_runtime::decision::Verdict;
use taffrail_runtime::program::{Settings, UngrantedVerdict};
use taffrail_runtime::request::Request;
use taffrail_syntax::ast::{self, ClauseKind, RuleKind};

use action::Action;
use eval::Scope;
use names::{Files, dotted, full_name, module_of};
use value::{Truth, Value};

/// What is decided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) verdict: Verdict,
    pub(crate) risk: u8,
    pub(crate) releasable: bool,
    pub(crate) needs: BTreeMap<String, u32>,
    /// Sorted by rule.
    pub(crate) contributions: Vec<Reason>,
    /// Grants that hold, sorted.
    pub(crate) grants: Vec<String>,
}

/// One reason for the verdict or the risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) rule: String,
    pub(crate) verdict: Verdict,
    pub(crate) points: u8,
    /// Whether it surely holds; otherwise it may.
    pub(crate) sure: bool,
    pub(crate) waived: bool,
}

/// What a rule demands.
#[derive(Debug, Clone)]
enum Demand {
    Nothing,
    Propose(Vec<ast::Team>),
    Escalate(Vec<ast::Team>),
    Forbid,
}

impl Demand {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Nothing => Verdict::Execute,
            Self::Propose(_) => Verdict::Propose,
            Self::Escalate(_) | Self::Forbid => Verdict::Escalate,
        }
    }
}

/// Decides a request by a policy set.
pub(crate) fn decide(files: &[ast::File], settings: &Settings, request: &Request) -> Decided {
    let action = Action::new(request);
    let mut rules: Vec<_> = Files(files).rules();
    rules.sort_by_key(|(file, rule)| full_name(file, &dotted(&rule.name)));
    let judge = Judge {
        files: Files(files),
        action: &action,
        rules: &rules,
    };
    let mut demands = Vec::new();
    let mut reasons = Vec::new();
    for (file, rule) in &rules {
        if let Some((reason, demand)) = judge.applied(file, rule) {
            reasons.push(reason);
            demands.push(demand);
        }
    }
    let risk = reasons
        .iter()
        .map(|reason| u32::from(reason.points))
        .sum::<u32>()
        .min(100);
    let risk = u8::try_from(risk).unwrap();
    let grants: Vec<String> = rules
        .iter()
        .filter(|(file, rule)| {
            rule.kind == RuleKind::Grant && judge.holds(file, rule) == Truth::True
        })
        .map(|(file, rule)| full_name(file, &dotted(&rule.name)))
        .collect();
    let built_in = |name: &str, verdict, sure| Reason {
        rule: format!("taffrail.{name}"),
        verdict,
        points: 0,
        sure,
        waived: false,
    };
    if grants.is_empty() {
        let verdict = match settings.ungranted {
            UngrantedVerdict::Propose => Verdict::Propose,
            UngrantedVerdict::Escalate => Verdict::Escalate,
        };
        reasons.push(built_in("no_grant", verdict, true));
    }
    match matching::leaves_intent(&action, settings.require_intent) {
        Truth::False => {}
        truth => reasons.push(built_in("intent", Verdict::Propose, truth == Truth::True)),
    }
    reasons.extend(judge.tolerance(settings, risk));
    reasons.sort_by(|a, b| a.rule.cmp(&b.rule));
    let mut needs = BTreeMap::new();
    for team in demands.iter().flat_map(|demand| match demand {
        Demand::Propose(teams) | Demand::Escalate(teams) => teams.as_slice(),
        Demand::Nothing | Demand::Forbid => &[],
    }) {
        let count = needs.entry(team.name.text.clone()).or_insert(0);
        *count = team.count.max(*count);
    }
    Decided {
        verdict: reasons
            .iter()
            .map(|reason| reason.verdict)
            .max()
            .unwrap_or(Verdict::Execute),
        risk,
        releasable: !demands
            .iter()
            .any(|demand| matches!(demand, Demand::Forbid)),
        needs,
        contributions: reasons,
        grants,
    }
}

struct Judge<'a> {
    files: Files<'a>,
    action: &'a Action<'a>,
    rules: &'a [(&'a ast::File, &'a ast::Rule)],
}

impl<'a> Judge<'a> {
    fn scope(&self, file: &'a ast::File) -> Scope<'a> {
        Scope {
            files: self.files,
            action: self.action,
            file,
            locals: Vec::new(),
        }
    }

    /// Tells whether a rule's `on`, every `when` and no `unless` hold.
    fn holds(&self, file: &'a ast::File, rule: &ast::Rule) -> Truth {
        let scope = self.scope(file);
        let on = clause(rule, |kind| match kind {
            ClauseKind::On(on) => Some(on),
            _ => None,
        });
        let about = matching::is_about(self.files, rule.kind, on, self.action);
        Truth::all(rule.clauses.iter().map(|clause| match &clause.kind {
            ClauseKind::When(condition) => scope.truth(condition),
            ClauseKind::Unless(condition) => scope.truth(condition).not(),
            _ => Truth::True,
        }))
        .and(about)
    }

    /// Returns what a guard, budget or breaker contributes.
    fn applied(&self, file: &'a ast::File, rule: &ast::Rule) -> Option<(Reason, Demand)> {
        let name = full_name(file, &dotted(&rule.name));
        let scope = self.scope(file);
        let written = demand(rule);
        let (triggered, demand) = match rule.kind {
            RuleKind::Guard => (Truth::True, written),
            RuleKind::Budget => (ledger::is_exceeded(&scope, &name, rule), written),
            RuleKind::Breaker => match ledger::state(&scope, &name, rule) {
                ledger::State::Closed => return None,
                ledger::State::HalfOpen => (Truth::True, Demand::Propose(Vec::new())),
                ledger::State::Open => (Truth::True, written),
                ledger::State::Unknown => (Truth::Unknown, written),
            },
            RuleKind::Grant | RuleKind::Tolerance | RuleKind::Waive | RuleKind::Prove => {
                return None;
            }
        };
        let truth = self.holds(file, rule).and(triggered);
        if truth == Truth::False {
            return None;
        }
        let points = clause(rule, |kind| match kind {
            ClauseKind::Risk(points) => Some(points),
            _ => None,
        });
        let points = points.map_or(0, |points| match scope.number_or_value(points) {
            Value::Number(points) => number::points(&points),
            _ => bound::greatest_points(&scope, points),
        });
        let sure = truth == Truth::True;
        let (points, demand, waived) = match self.waiver(&name) {
            None => (points, demand, false),
            Some(Waiver::AtMostPropose) if demand.verdict() == Verdict::Escalate => {
                (0, Demand::Propose(Vec::new()), true)
            }
            Some(Waiver::AtMostPropose | Waiver::Full) => (0, Demand::Nothing, true),
        };
        Some((
            Reason {
                rule: name,
                verdict: demand.verdict(),
                points,
                sure,
                waived,
            },
            demand,
        ))
    }

    /// Returns the most forgiving waiver of a rule that surely holds.
    fn waiver(&self, rule: &str) -> Option<Waiver> {
        let now = self.action.now()?;
        let holding = self.rules.iter().filter(|(file, waiver)| {
            waiver.kind == RuleKind::Waive
                && self.waived_rule(file, waiver) == rule
                && now < until(waiver)
                && self.holds(file, waiver) == Truth::True
        });
        holding
            .map(|(_, waiver)| {
                let partly = waiver
                    .clauses
                    .iter()
                    .any(|clause| clause.kind == ClauseKind::AtMostPropose);
                if partly {
                    Waiver::AtMostPropose
                } else {
                    Waiver::Full
                }
            })
            .max()
    }

    /// A waiver names a rule of its own module by its name, another one by the used module or the full path.
    fn waived_rule(&self, file: &ast::File, waiver: &ast::Rule) -> String {
        let (last, path) = waiver.name.segments.split_last().unwrap();
        let module = match path {
            [] => module_of(file),
            [alias] => self
                .files
                .used_module(file, &alias.text)
                .unwrap_or_else(|| alias.text.clone()),
            _ => path
                .iter()
                .map(|word| word.text.clone())
                .collect::<Vec<_>>()
                .join("."),
        };
        format!("{module}.{}", last.text)
    }

    /// Returns the tolerance that decides: the strictest of all that apply, each threshold by itself.
    fn tolerance(&self, settings: &Settings, risk: u8) -> Option<Reason> {
        let escalate = self.strictest(Verdict::Escalate, settings.escalate_at);
        let propose = self.strictest(Verdict::Propose, settings.propose_at);
        [escalate, propose]
            .into_iter()
            .find(|(threshold, _)| risk >= *threshold)
            .map(|(_, reason)| reason)
    }

    fn strictest(&self, verdict: Verdict, built_in: u8) -> (u8, Reason) {
        let reason = |rule: String, sure| Reason {
            rule,
            verdict,
            points: 0,
            sure,
            waived: false,
        };
        let declared = self
            .rules
            .iter()
            .filter(|(_, rule)| rule.kind == RuleKind::Tolerance);
        let declared = declared.filter_map(|(file, rule)| {
            let truth = self.holds(file, rule);
            if truth == Truth::False {
                return None;
            }
            let at = clause(rule, |kind| match (kind, verdict) {
                (ClauseKind::ProposeAt(at), Verdict::Propose) => Some(at),
                (ClauseKind::EscalateAt(at), Verdict::Escalate) => Some(at),
                _ => None,
            })?;
            let (threshold, known) = match self.scope(file).number_or_value(at) {
                Value::Number(at) => (number::points(&at), true),
                _ => (0, false),
            };
            let name = full_name(file, &dotted(&rule.name));
            Some((threshold, reason(name, known && truth == Truth::True)))
        });
        // Rules come by name, and `min_by_key` keeps the first of equals.
        declared
            .chain([(built_in, reason("taffrail.tolerance".into(), true))])
            .min_by_key(|(threshold, _)| *threshold)
            .unwrap()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Waiver {
    AtMostPropose,
    Full,
}

/// Returns the first clause of a kind.
fn clause<'r, T>(rule: &'r ast::Rule, pick: impl Fn(&'r ClauseKind) -> Option<T>) -> Option<T> {
    rule.clauses.iter().find_map(|clause| pick(&clause.kind))
}

fn demand(rule: &ast::Rule) -> Demand {
    clause(rule, |kind| match kind {
        ClauseKind::Propose(teams) => Some(Demand::Propose(teams.clone())),
        ClauseKind::Escalate(teams) => Some(Demand::Escalate(teams.clone())),
        ClauseKind::Forbid => Some(Demand::Forbid),
        _ => None,
    })
    .unwrap_or(Demand::Nothing)
}

/// A waiver ends with its day in UTC, or at the instant written.
fn until(waiver: &ast::Rule) -> jiff::Timestamp {
    let written = clause(waiver, |kind| match kind {
        ClauseKind::Until(ast::Expr {
            kind: ast::ExprKind::Time(written),
            ..
        }) => Some(written),
        _ => None,
    })
    .unwrap();
    let start = text::time(written).unwrap();
    if written.len() == "2027-03-31".len() {
        start + jiff::SignedDuration::from_hours(24)
    } else {
        start
    }
}
