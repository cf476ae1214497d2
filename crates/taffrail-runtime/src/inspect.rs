//! What a decision rests on, for who explains it: what stands against a milder verdict, and what expressions came to.
//!
//! Nothing here decides; it tells of a decision that stands.

use crate::decide::{self, Decision};
use crate::decision::{Outcome, Verdict};
use crate::eval::Evaluator;
use crate::facts;
use crate::ledger;
use crate::matching;
use crate::program::{ExprId, Root, Rule, RuleBody, RuleId, SlotId, SlotPath};
use crate::report::withheld;
use crate::request::BreakerState;
use crate::truth::Truth;
use crate::value::Value;

/// What keeps a verdict from being milder. As long as nothing that it reads changes, it stays.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blocker {
    /// A guard, budget or breaker demands more.
    Rule(RuleId),
    /// The risk reaches a threshold.
    Risk {
        /// The tolerance that decided; without a rule it is the built-in one.
        tolerance: Option<RuleId>,
        /// The threshold that is reached.
        threshold: u8,
        /// The guards that add points.
        guards: Vec<RuleId>,
    },
    /// The action leaves its intent.
    Intent,
    /// No grant holds.
    NoGrant,
}

impl Decision<'_> {
    /// Returns everything that keeps the verdict above another one; empty when it is not above.
    ///
    /// ```
    /// use taffrail_runtime::decision::Verdict;
    /// use taffrail_runtime::inspect::Blocker;
    /// use taffrail_runtime::{Program, program::ProgramData, request::Request};
    ///
    /// let program = Program::new(ProgramData::empty())?;
    /// let request = Request::default();
    /// let decision = program.decide(&request);
    /// assert_eq!(decision.blockers(Verdict::Execute), [Blocker::NoGrant]);
    /// assert_eq!(decision.blockers(Verdict::Propose), []);
    /// # Ok::<(), taffrail_runtime::ProgramError>(())
    /// ```
    #[must_use]
    pub fn blockers(&self, above: Verdict) -> Vec<Blocker> {
        let mut all: Vec<Blocker> = self
            .applied
            .iter()
            .filter(|applied| {
                applied
                    .outcome(&self.program)
                    .map(Outcome::verdict)
                    .is_some_and(|demanded| demanded > above)
            })
            .map(|applied| Blocker::Rule(applied.rule))
            .collect();
        if let Some(tolerance) = self
            .tolerance
            .as_ref()
            .filter(|tolerance| tolerance.verdict > above)
        {
            all.push(Blocker::Risk {
                tolerance: tolerance.rule,
                threshold: tolerance.threshold,
                guards: self
                    .applied
                    .iter()
                    .filter(|applied| applied.points > 0)
                    .map(|applied| applied.rule)
                    .collect(),
            });
        }
        if self.intent.is_some() && Verdict::Propose > above {
            all.push(Blocker::Intent);
        }
        if self.grants.is_empty() && decide::ungranted(&self.program) > above {
            all.push(Blocker::NoGrant);
        }
        all
    }

    /// Returns the rules but waivers whose `on` is or may be about the action (and perhaps others), sorted by name.
    #[must_use]
    pub fn rules_about(&self) -> Vec<RuleId> {
        self.program.index.about(&self.facts)
    }

    /// Returns the requested verb, where it is known, and those that the change implies or may imply.
    #[must_use]
    pub fn verbs(&self) -> Vec<String> {
        let verbs = &self.facts.verbs;
        let requested = verbs.requested.iter().map(ToString::to_string);
        let implied = verbs.implied.iter().map(|(verb, _)| verb.to_string());
        requested.chain(implied).collect()
    }

    /// Returns the grants that hold.
    #[must_use]
    pub fn grants_held(&self) -> &[RuleId] {
        &self.grants
    }

    /// Returns what looks into the decision. Equal expressions are evaluated once.
    #[must_use]
    pub fn inspect(&self) -> Inspector<'_> {
        Inspector {
            decision: self,
            evaluator: Evaluator::new(&self.program, &self.facts),
        }
    }
}

/// Looks into a decision.
pub struct Inspector<'d> {
    decision: &'d Decision<'d>,
    evaluator: Evaluator<'d>,
}

impl std::fmt::Debug for Inspector<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inspector").finish_non_exhaustive()
    }
}

/// A budget as the action meets it.
#[derive(Debug, Clone, PartialEq)]
pub struct BudgetNow {
    /// What is used of it, a number or unknown.
    pub used: Value,
    /// Its limit, a number or unknown.
    pub limit: Value,
    /// What this action spends, a number or unknown.
    pub spend: Value,
    /// The values that it is counted by; none when one of them is unknown.
    pub key: Option<Vec<Value>>,
}

/// A breaker as the action meets it.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakerNow {
    /// Its state; none when nobody can say.
    pub state: Option<BreakerState>,
    /// The values that failures are counted by; none when one of them is unknown.
    pub key: Option<Vec<Value>>,
}

impl Inspector<'_> {
    /// Returns what an expression without free variables comes to.
    pub fn value(&mut self, expr: ExprId) -> Value {
        self.evaluator.start_rule();
        self.evaluator.eval(expr).into_owned()
    }

    /// Returns whether an expression without free variables holds.
    pub fn truth(&mut self, expr: ExprId) -> Truth {
        self.evaluator.start_rule();
        self.evaluator.truth(expr)
    }

    /// Returns whether the `on` of a rule is about the action.
    #[must_use]
    pub fn on(&self, rule: &Rule) -> Truth {
        matching::matches(&rule.on, &self.decision.facts, decide::verb_match(rule))
    }

    /// Returns a fact; absent when there is no such slot.
    #[must_use]
    pub fn fact(&self, slot: SlotId) -> Value {
        self.decision
            .facts
            .slot(slot)
            .cloned()
            .unwrap_or(Value::Absent)
    }

    /// Returns what the program believes of a signal; absent when there is no such signal.
    #[must_use]
    pub fn signal(&self, signal: u32) -> Value {
        let signals = &self.decision.facts.signals;
        signals
            .get(signal as usize)
            .cloned()
            .unwrap_or(Value::Absent)
    }

    /// Returns a budget as the action meets it; none when the rule is no budget.
    pub fn budget(&mut self, rule: &Rule) -> Option<BudgetNow> {
        let RuleBody::Budget {
            limit, spend, by, ..
        } = &rule.body
        else {
            return None;
        };
        self.evaluator.start_rule();
        let state = ledger::budget(&mut self.evaluator, rule, *limit, *spend, by);
        Some(BudgetNow {
            used: state.used,
            limit: state.limit,
            spend: state.spend,
            key: self.key(by),
        })
    }

    /// Returns a breaker as the action meets it; none when the rule is no breaker.
    pub fn breaker(&mut self, rule: &Rule) -> Option<BreakerNow> {
        let RuleBody::Breaker { by, .. } = &rule.body else {
            return None;
        };
        self.evaluator.start_rule();
        let now = ledger::breaker(&mut self.evaluator, rule, by);
        Some(BreakerNow {
            state: now.state.ok(),
            key: self.key(by),
        })
    }

    /// Returns whether the value of an expression may be shown: it holds nothing of a Secret.
    #[must_use]
    pub fn may_show(&self, expr: ExprId) -> bool {
        !withheld::holds_secrets(self.decision, expr)
    }

    /// Returns whether the value of a fact may be shown: it holds nothing of a Secret.
    #[must_use]
    pub fn may_show_fact(&self, path: &SlotPath) -> bool {
        !withheld::is_secret(self.decision, path)
    }

    fn key(&mut self, by: &[ExprId]) -> Option<Vec<Value>> {
        let key = ledger::key(&mut self.evaluator, by).ok()?;
        Some(key.into_iter().map(std::borrow::Cow::into_owned).collect())
    }
}

/// Returns a path of facts as policies write it: `namespace.labels["app.kubernetes.io/name"]`.
///
/// ```
/// use taffrail_runtime::{inspect::path_name, program::Root};
///
/// let keys = ["labels".to_owned(), "a/b".to_owned()];
/// assert_eq!(path_name(Root::Namespace, &keys), r#"namespace.labels["a/b"]"#);
/// ```
#[must_use]
pub fn path_name(root: Root, keys: &[String]) -> String {
    facts::display(root, keys.iter())
        .trim_matches('`')
        .to_owned()
}
