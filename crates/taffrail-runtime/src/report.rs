//! The full explanation of a decision, rendered on demand.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cause::Causes;
use crate::decide::{self, Applied, Decision, RuleState};
use crate::decision::{
    ActionSummary, Contribution, FailedClause, FailedTruth, GrantReport, Outcome, Report,
    SuggestionReport, TruthReport, Verdict, WaiverReport,
};
use crate::engine::{Loaded, roots};
use crate::eval::Evaluator;
use crate::facts;
use crate::matching;
use crate::program::{ExprId, LocalId, Root, Rule, RuleBody, Suggestion, TemplatePart};
use crate::reads::Reads;
use crate::truth::Truth;
use crate::value::Value;

mod digest;
mod validity;
pub(crate) mod withheld;

/// The name and version of a decision's JSON form.
pub(crate) const DECISION_SCHEMA: &str = "taffrail.decision/v1";
/// The name and version of a plan decision's JSON form.
pub(crate) const PLAN_SCHEMA: &str = "taffrail.plan/v1";
/// The engine's version, as decisions carry it.
pub(crate) const ENGINE: &str = concat!("taffrail/", env!("CARGO_PKG_VERSION"));

/// A value whose JSON is longer than this is shown by its size.
const VALUE_LIMIT: usize = 400;

impl Decision<'_> {
    /// Returns the full explanation, in the published JSON form.
    #[must_use]
    pub fn report(&self) -> Report {
        Reporter {
            decision: self,
            evaluator: Evaluator::new(&self.program, &self.facts),
            unknowns: Vec::new(),
        }
        .report()
    }
}

impl Decision<'_> {
    /// Returns the facts and lets that a rule's `on` and conditions have read, rendered; empty when no rule has this full name.
    #[must_use]
    pub fn values_read(&self, rule: &str) -> BTreeMap<String, serde_json::Value> {
        let mut reporter = Reporter {
            decision: self,
            evaluator: Evaluator::new(&self.program, &self.facts),
            unknowns: Vec::new(),
        };
        let mut rules = self.program.data.rules.iter();
        rules
            .find(|own| own.name == rule)
            .map_or_else(BTreeMap::new, |rule| {
                reporter.values(module(rule), &roots(rule), &[])
            })
    }

    /// Returns the first instant after `now` at which time alone may change the decision, if readings are taken anew as often as they must be:
    /// a window opens or closes, a hold, a waiver or the intent ends, an age passes what it is compared with. `now` itself where a rule
    /// uses it in a way whose next change cannot be told; none where time alone changes nothing.
    #[must_use]
    pub fn next_change(&self) -> Option<jiff::Timestamp> {
        let reads = Reads::of_action(&self.program, &self.facts);
        let mut evaluator = Evaluator::new(&self.program, &self.facts);
        validity::next_change(self, &reads, &mut evaluator)
    }

    /// Returns the first clause that keeps a rule from applying, with what it has read; `None` when its `on` and conditions all hold,
    /// or no rule has this full name. Where `on` is about other actions, the values are those of the action.
    #[must_use]
    pub fn failed_clause(&self, rule: &str) -> Option<FailedClause> {
        let rules = self.program.data.rules.iter();
        let rule = rules.into_iter().find(|own| own.name == rule)?;
        let mut reporter = Reporter {
            decision: self,
            evaluator: Evaluator::new(&self.program, &self.facts),
            unknowns: Vec::new(),
        };
        let on = matching::matches(&rule.on, &self.facts, decide::verb_match(rule));
        if on != Truth::False {
            return reporter.failed(rule);
        }
        let asked = action(self);
        let values = [("verb", asked.verb), ("target", asked.target)];
        Some(FailedClause {
            clause: "on".into(),
            line: rule.origin.line,
            truth: FailedTruth::False,
            values: values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
        })
    }
}

struct Reporter<'d> {
    decision: &'d Decision<'d>,
    evaluator: Evaluator<'d>,
    unknowns: Vec<String>,
}

impl<'d> Reporter<'d> {
    fn report(mut self) -> Report {
        let decision = self.decision;
        let mut contributions: Vec<Contribution> = decision
            .applied
            .iter()
            .filter_map(|applied| self.contribution(applied))
            .collect();
        contributions.extend(self.built_in());
        contributions.sort_by(|a, b| a.rule.cmp(&b.rule));
        let grants = self.grants();
        let suggestions = decision
            .applied
            .iter()
            .flat_map(|applied| self.suggestions(applied))
            .collect();
        self.unknowns.sort();
        self.unknowns.dedup();
        let reads = Reads::of_action(&decision.program, &decision.facts);
        Report {
            schema: DECISION_SCHEMA.into(),
            verdict: decision.verdict,
            risk: decision.risk,
            gate: decision.gate(),
            action: action(decision),
            contributions,
            grants,
            unknowns: self.unknowns,
            suggestions,
            valid_until: validity::valid_until(decision, &reads, &mut self.evaluator)
                .map(crate::text::time),
            policy_digest: decision.program.data.digest.clone(),
            action_digest: digest::action(&decision.facts),
            facts_digest: digest::facts(&decision.program, &decision.facts, &reads),
            engine: ENGINE.into(),
            tzdb: crate::value::tzdb_version().into(),
        }
    }

    fn contribution(&mut self, applied: &Applied) -> Option<Contribution> {
        let program = &self.decision.program;
        let rule = program.rule(applied.rule)?;
        let locals = locals(rule, &applied.state);
        let because = self.render(&rule.because, &locals);
        let waiver = applied
            .waiver
            .and_then(|id| program.rule(id))
            .and_then(|rule| self.waiver(rule));
        let outcome = applied.outcome(program);
        let effect = match outcome {
            Some(Outcome::Propose(_)) => "propose",
            Some(Outcome::Escalate(_)) => "escalate",
            Some(Outcome::Forbid) => "forbid",
            None if waiver.is_some() => "none",
            None => "risk",
        };
        Some(Contribution {
            rule: rule.name.clone(),
            kind: kind(rule).into(),
            effect: effect.into(),
            verdict: outcome.map_or(Verdict::Execute, Outcome::verdict),
            gate: decide::gate(outcome.into_iter()),
            points: applied.points,
            truth: self.truth(applied.unknown.as_ref()),
            because,
            file: self.file(rule),
            line: rule.origin.line,
            values: self.values(module(rule), &roots(rule), &locals),
            annotations: rule.annotations.clone(),
            waiver,
        })
    }

    fn waiver(&mut self, rule: &Rule) -> Option<WaiverReport> {
        let RuleBody::Waiver { until, by, .. } = &rule.body else {
            return None;
        };
        Some(WaiverReport {
            name: rule.name.clone(),
            by: by.clone(),
            until: crate::text::time(*until),
            because: self.render(&rule.because, &[]),
            file: self.file(rule),
            line: rule.origin.line,
        })
    }

    /// The reasons that no rule of the set stands for.
    fn built_in(&mut self) -> Vec<Contribution> {
        let decision = self.decision;
        let mut all = Vec::new();
        if decision.grants.is_empty() {
            let verdict = decide::ungranted(&decision.program);
            let because = "no grant lets this principal do this alone";
            all.push(plain(
                "no_grant",
                verdict,
                TruthReport::True,
                because.into(),
            ));
        }
        if let Some(departure) = &decision.intent {
            let causes = match &departure.truth {
                Truth::Unknown(causes) => Some(causes),
                Truth::True | Truth::False => None,
            };
            let truth = self.truth(causes);
            all.push(plain(
                "intent",
                Verdict::Propose,
                truth,
                departure.because.clone(),
            ));
        }
        if let Some(tolerance) = &decision.tolerance {
            let truth = self.truth(tolerance.unknown.as_ref());
            let because = format!(
                "risk {} reaches the {} threshold of {}",
                decision.risk.points(),
                tolerance.verdict,
                tolerance.threshold
            );
            let mut contribution = plain("tolerance", tolerance.verdict, truth, because);
            if let Some(rule) = tolerance.rule.and_then(|id| decision.program.rule(id)) {
                contribution.rule.clone_from(&rule.name);
                contribution.file = self.file(rule);
                contribution.line = rule.origin.line;
                contribution.values = self.values(module(rule), &roots(rule), &[]);
                contribution.annotations.clone_from(&rule.annotations);
            }
            all.push(contribution);
        }
        all
    }

    /// Grants whose `on` is or may be about the action: those that held, and the clause that kept the
    /// others from it.
    fn grants(&mut self) -> Vec<GrantReport> {
        let program = &self.decision.program;
        let mut all = Vec::new();
        for id in program.index.about(&self.decision.facts) {
            let Some(rule) = program.rule(id) else {
                continue;
            };
            if !matches!(rule.body, RuleBody::Grant) {
                continue;
            }
            let held = self.decision.grants.contains(&id);
            let failed = if held { None } else { self.failed(rule) };
            if !held && failed.is_none() {
                continue;
            }
            let because = if held {
                self.render(&rule.because, &[])
            } else {
                String::new()
            };
            all.push(GrantReport {
                rule: rule.name.clone(),
                held,
                failed,
                because,
                file: self.file(rule),
                line: rule.origin.line,
            });
        }
        all
    }

    /// Returns the first clause that did not hold: a condition, or an `on` of which nobody can say.
    fn failed(&mut self, rule: &Rule) -> Option<FailedClause> {
        self.evaluator.start_rule();
        let on = matching::matches(&rule.on, &self.decision.facts, decide::verb_match(rule));
        if on == Truth::False {
            return None;
        }
        for condition in &rule.conditions {
            let truth = match self.evaluator.truth(condition.expr) {
                Truth::True => continue,
                Truth::False => FailedTruth::False,
                Truth::Unknown(causes) => FailedTruth::Unknown(self.note(&causes)),
            };
            return Some(FailedClause {
                clause: condition.text.clone(),
                line: condition.line,
                truth,
                values: self.values(module(rule), &[condition.expr], &[]),
            });
        }
        match on {
            Truth::Unknown(causes) => Some(FailedClause {
                clause: "on".into(),
                line: rule.origin.line,
                truth: FailedTruth::Unknown(self.note(&causes)),
                values: BTreeMap::new(),
            }),
            Truth::True | Truth::False => None,
        }
    }

    fn suggestions(&mut self, applied: &Applied) -> Vec<SuggestionReport> {
        let Some(rule) = self.decision.program.rule(applied.rule) else {
            return Vec::new();
        };
        let locals = locals(rule, &applied.state);
        rule.suggestions
            .iter()
            .filter_map(|suggestion| match suggestion {
                Suggestion::Assign {
                    path,
                    value: value_expr,
                } => {
                    self.evaluator.start_rule();
                    let value = self.evaluator.with_locals(&locals, |evaluator| {
                        evaluator.eval(*value_expr).into_owned()
                    });
                    // What nobody can say is no suggestion.
                    let nobody_can_say = matches!(value, Value::Unknown(_) | Value::Absent);
                    let may_be_shown = !withheld::holds_secrets(self.decision, *value_expr);
                    (!nobody_can_say && may_be_shown).then(|| SuggestionReport {
                        rule: rule.name.clone(),
                        path: facts::display(Root::Proposed, path.iter())
                            .trim_matches('`')
                            .to_owned(),
                        value: value.to_json(),
                    })
                }
                Suggestion::Text(parts) => Some(SuggestionReport {
                    rule: rule.name.clone(),
                    path: String::new(),
                    value: self.render(parts, &locals).into(),
                }),
            })
            .collect()
    }

    fn render(&mut self, parts: &[TemplatePart], locals: &[(LocalId, Value)]) -> String {
        let decision = self.decision;
        self.evaluator.start_rule();
        self.evaluator.with_locals(locals, |evaluator| {
            let mut text = String::new();
            for part in parts {
                match part {
                    TemplatePart::Text(literal) => text.push_str(literal),
                    TemplatePart::Expr(expr) if withheld::holds_secrets(decision, *expr) => {
                        text.push_str(&withheld::veiled_text(&evaluator.eval(*expr)));
                    }
                    TemplatePart::Expr(expr) => text.push_str(&evaluator.eval(*expr).render()),
                }
            }
            text
        })
    }

    /// Renders the facts and lets that expressions read.
    fn values(
        &mut self,
        module: &str,
        exprs: &[ExprId],
        locals: &[(LocalId, Value)],
    ) -> BTreeMap<String, serde_json::Value> {
        let program = &self.decision.program;
        let facts = &self.decision.facts;
        let reads = Reads::of_exprs(program, exprs.iter().copied());
        let mut values = BTreeMap::new();
        for slot in &reads.slots {
            if let (Some(path), Some(value)) = (program.slot(*slot), facts.slot(*slot)) {
                // A whole object is read through views and `changes`; it is the action itself, not a reason.
                let whole_object =
                    matches!(path.root, Root::Current | Root::Proposed) && path.keys.is_empty();
                if whole_object && matches!(value, Value::Map(_)) {
                    continue;
                }
                let name = facts::display(path.root, path.keys.iter());
                let mut value = shown(value);
                if withheld::is_secret(self.decision, path) {
                    value = withheld::veiled(value);
                }
                values.insert(name.trim_matches('`').to_owned(), value);
            }
        }
        for signal in &reads.signals {
            let at = *signal as usize;
            if let (Some(signal), Some(value)) =
                (program.data.signals.get(at), facts.signals.get(at))
            {
                values.insert(signal.name.clone(), shown(value));
            }
        }
        for (name, expr) in named_lets(program, &reads, module) {
            self.evaluator.start_rule();
            let value = self
                .evaluator
                .with_locals(locals, |evaluator| evaluator.eval(expr).into_owned());
            if !matches!(value, Value::Window(_)) {
                let mut value = shown(&value);
                if withheld::holds_secrets(self.decision, expr) {
                    value = withheld::veiled(value);
                }
                values.insert(name.to_owned(), value);
            }
        }
        values
    }

    fn truth(&mut self, causes: Option<&Causes>) -> TruthReport {
        match causes {
            None => TruthReport::True,
            Some(causes) => TruthReport::Unknown(self.note(causes)),
        }
    }

    fn note(&mut self, causes: &Causes) -> Vec<String> {
        let texts = causes.to_texts();
        self.unknowns.extend(texts.iter().cloned());
        texts
    }

    fn file(&self, rule: &Rule) -> String {
        let files = &self.decision.program.data.files;
        files
            .get(rule.origin.file as usize)
            .cloned()
            .unwrap_or_default()
    }
}

/// Returns the module path of a rule.
fn module(rule: &Rule) -> &str {
    let path = rule.name.split(".waive.").next().unwrap_or(&rule.name);
    path.rsplit_once('.').map_or("", |(module, _)| module)
}

/// Returns the lets that were read. Equal lets of several modules are one expression: it goes by the name that
/// the rule's own module gives it, else by the first.
fn named_lets<'p>(program: &'p Loaded, reads: &Reads, module: &str) -> Vec<(&'p str, ExprId)> {
    let mut named: BTreeMap<ExprId, &str> = BTreeMap::new();
    for (name, expr) in &program.data.lets {
        let own = name.rsplit_once('.').is_some_and(|(of, _)| of == module);
        if reads.lets.contains(expr) && (own || !named.contains_key(expr)) {
            named.insert(*expr, name);
        }
    }
    named.into_iter().map(|(expr, name)| (name, expr)).collect()
}

fn plain(kind: &str, verdict: Verdict, truth: TruthReport, because: String) -> Contribution {
    Contribution {
        rule: format!("taffrail.{kind}"),
        kind: kind.into(),
        effect: verdict.word().into(),
        verdict,
        gate: decide::gate(std::iter::empty()),
        points: 0,
        truth,
        because,
        file: String::new(),
        line: 0,
        values: BTreeMap::new(),
        annotations: BTreeMap::new(),
        waiver: None,
    }
}

pub(crate) fn locals(rule: &Rule, state: &RuleState) -> Vec<(LocalId, Value)> {
    match (&rule.body, state) {
        (RuleBody::Budget { locals, .. }, RuleState::Budget(state)) => {
            state.locals(*locals).to_vec()
        }
        (RuleBody::Breaker { locals, .. }, RuleState::Breaker(now)) => now.locals(*locals).to_vec(),
        _ => Vec::new(),
    }
}

/// Returns what a rule is, in the word of its keyword.
pub(crate) fn kind(rule: &Rule) -> &'static str {
    match rule.body {
        RuleBody::Grant => "grant",
        RuleBody::Guard { .. } => "guard",
        RuleBody::Budget { .. } => "budget",
        RuleBody::Breaker { .. } => "breaker",
        RuleBody::Tolerance { .. } => "tolerance",
        RuleBody::Waiver { .. } => "waive",
    }
}

fn shown(value: &Value) -> serde_json::Value {
    let json = value.to_json();
    match &json {
        serde_json::Value::Object(_) | serde_json::Value::Array(_) => {
            let size = json.to_string().len();
            if size > VALUE_LIMIT {
                return format!("({} of {size} bytes)", value.type_name()).into();
            }
            json
        }
        _ => json,
    }
}

fn action(decision: &Decision<'_>) -> ActionSummary {
    let facts = &decision.facts;
    let request = &facts.request;
    let word = |value: &Value| match value {
        Value::String(text) => text.to_string(),
        Value::Absent => String::new(),
        _ => "unknown".into(),
    };
    let target = &request.target;
    let (group, kind) = (word(&target.group), word(&target.kind));
    let (namespace, name) = (word(&target.namespace), word(&target.name));
    let of_kind = if group.is_empty() || group == "unknown" {
        kind
    } else {
        format!("{group}/{kind}")
    };
    let named = if namespace.is_empty() {
        name
    } else {
        format!("{namespace}/{name}")
    };
    let principal = |key| word(&request.principal.field(key, &String::new));
    let implied = |surely: bool| {
        let verbs = facts.verbs.implied.iter();
        verbs
            .filter(|(_, truth)| (*truth == Truth::True) == surely)
            .map(|(verb, _)| verb.to_string())
            .collect()
    };
    ActionSummary {
        verb: facts
            .verbs
            .requested
            .as_ref()
            .map_or_else(|_| "unknown".into(), ToString::to_string),
        implied: implied(true),
        may_imply: implied(false),
        target: format!("{of_kind} {named}").trim().to_owned(),
        principal: format!("{} {}", principal("kind"), principal("id"))
            .trim()
            .to_owned(),
    }
}

/// Returns the earlier of two instants, where there are two.
pub(crate) fn earliest(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
