//! Plans: several actions decided as one.

use std::borrow::Cow;
use std::sync::Arc;

use crate::arithmetic;
use crate::decide::{self, Decision, HeldFacts};
use crate::decision::{Gate, PlanReport, Risk, Verdict};
use crate::effects::{self, ActionVerbs};
use crate::engine::{self, Loaded};
use crate::eval::Evaluator;
use crate::facts::Facts;
use crate::ledger;
use crate::program::RuleBody;
use crate::request::{LedgerKey, Plan, Proposed, Request, Usage};
use crate::truth::Truth;
use crate::value::Value;

/// The verdict on a plan: the most careful of its steps and of the net change of every object that
/// several steps touch.
#[derive(Debug, Clone)]
pub struct PlanDecision {
    program: Arc<Loaded>,
    steps: Vec<Decision<'static>>,
    net: Vec<Decision<'static>>,
}

impl PlanDecision {
    /// Returns what may happen with the plan as a whole; an empty plan proposes, since there is nothing to execute.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.all()
            .map(Decision::verdict)
            .max()
            .unwrap_or(Verdict::Propose)
    }

    /// Returns the greatest risk of all steps and net changes.
    #[must_use]
    pub fn risk(&self) -> Risk {
        self.all().map(Decision::risk).max().unwrap_or_default()
    }

    /// Returns what releases the whole plan.
    #[must_use]
    pub fn gate(&self) -> Gate {
        let mut gate = Gate {
            releasable: true,
            needs: Vec::new(),
        };
        for decision in self.all() {
            let own = decision.gate();
            gate.releasable &= own.releasable;
            gate.needs.extend(own.needs);
        }
        decide::join_teams(&mut gate.needs);
        gate
    }

    /// Returns the decision on each step, in order.
    #[must_use]
    pub fn steps(&self) -> &[Decision<'static>] {
        &self.steps
    }

    /// Returns the decision on the net change of each object that several steps touch, in the order first touched.
    #[must_use]
    pub fn net(&self) -> &[Decision<'static>] {
        &self.net
    }

    /// Returns the full explanation.
    #[must_use]
    pub fn report(&self) -> PlanReport {
        PlanReport {
            schema: crate::report::PLAN_SCHEMA.into(),
            verdict: self.verdict(),
            risk: self.risk(),
            gate: self.gate(),
            steps: self.steps.iter().map(Decision::report).collect(),
            net: self.net.iter().map(Decision::report).collect(),
            policy_digest: self.program.data.digest.clone(),
            engine: crate::report::ENGINE.into(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Decision<'static>> {
        self.steps.iter().chain(&self.net)
    }
}

/// What the steps so far have made of one object.
struct Touched {
    first: Request,
    verbs: ActionVerbs,
    last: Value,
    steps: usize,
    deleted: bool,
    /// Whether it was deleted and then created: a replacement.
    replaced: bool,
}

/// Decides the steps in order, each on the state that the earlier ones would leave, and then the net changes.
pub(crate) fn decide_plan(program: &Arc<Loaded>, plan: &Plan) -> PlanDecision {
    let mut touched: Vec<Touched> = Vec::new();
    let mut steps = Vec::with_capacity(plan.steps.len());
    let mut usage = plan
        .steps
        .first()
        .map_or_else(Vec::new, |step| step.usage.clone());
    for step in &plan.steps {
        let mut request = step.clone();
        request.usage.clone_from(&usage);
        let known = touched
            .iter()
            .position(|object| same_object(&object.first, &request));
        if let Some(object) = known.and_then(|at| touched.get(at)) {
            request.current = object.last.clone();
        }
        let facts = prepare(program, request);
        remember(&mut touched, known, &facts, step);
        spend(&mut usage, program, &facts);
        steps.push(decide::decide(program, HeldFacts::Owned(Box::new(facts))));
    }
    let net = touched
        .iter()
        .filter(|object| object.steps > 1)
        .map(|object| net_change(program, object))
        .collect();
    PlanDecision {
        program: Arc::clone(program),
        steps,
        net,
    }
}

fn prepare(program: &Arc<Loaded>, request: Request) -> Facts<'static> {
    Facts::new(
        Cow::Owned(request),
        &program.data.slots,
        &program.data.signals,
    )
}

fn remember(touched: &mut Vec<Touched>, known: Option<usize>, facts: &Facts<'_>, step: &Request) {
    let is = |verb: &str| {
        facts
            .verbs
            .requested
            .as_ref()
            .is_ok_and(|requested| **requested == *verb)
    };
    match known.and_then(|at| touched.get_mut(at)) {
        Some(object) => {
            object.verbs.join(&facts.verbs);
            object.last = facts.proposed().clone();
            object.steps = object.steps.saturating_add(1);
            object.replaced |= object.deleted && is("create");
            object.deleted |= is("delete");
        }
        None => touched.push(Touched {
            first: step.clone(),
            verbs: facts.verbs.clone(),
            last: facts.proposed().clone(),
            steps: 1,
            deleted: is("delete"),
            replaced: false,
        }),
    }
}

/// Objects are the same when group, kind, namespace and name are; the version names the same object.
fn same_object(a: &Request, b: &Request) -> bool {
    let (a, b) = (&a.target, &b.target);
    a.group == b.group && a.kind == b.kind && a.namespace == b.namespace && a.name == b.name
}

/// Decides the change from the first `current` to the last `proposed` under every verb of the steps. It
/// reads usage as at the start and spends nothing.
fn net_change(program: &Arc<Loaded>, object: &Touched) -> Decision<'static> {
    let mut request = object.first.clone();
    request.proposed = Proposed::Given(object.last.clone());
    let mut facts = prepare(program, request);
    let mut verbs = object.verbs.clone();
    for (verb, truth) in effects::verbs_of_change(&facts.request, facts.proposed()) {
        verbs.add(Cow::Borrowed(verb), truth);
    }
    if object.replaced {
        verbs.add(Cow::Borrowed("replace"), Truth::True);
    }
    facts.verbs = verbs;
    decide::decide(program, HeldFacts::Owned(Box::new(facts)))
}

/// Returns the use of budgets after an action.
pub(crate) fn usage_after(program: &Arc<Loaded>, request: &Request) -> Vec<Usage> {
    let mut usage = request.usage.clone();
    spend(&mut usage, program, &prepare(program, request.clone()));
    usage
}

/// Adds what a step spends to the use that the next steps see, waived or not. A budget that may be about the
/// step counts as spent from: that is the careful reading.
fn spend(usage: &mut Vec<Usage>, program: &Loaded, facts: &Facts<'_>) {
    let mut evaluator = Evaluator::new(program, facts);
    for (_, rule) in engine::rules(&program.data) {
        let RuleBody::Budget {
            limit, by, spend, ..
        } = &rule.body
        else {
            continue;
        };
        evaluator.start_rule();
        if decide::holds(&mut evaluator, rule) == Truth::False {
            continue;
        }
        let state = ledger::budget(&mut evaluator, rule, *limit, *spend, by);
        let Ok(key) = ledger::key(&mut evaluator, by) else {
            // An unknown key may be any: nothing of this budget is known any more.
            for entry in usage.iter_mut().filter(|entry| entry.budget == rule.name) {
                entry.used = None;
            }
            continue;
        };
        let used = match arithmetic::add(&state.used, &state.spend) {
            Value::Number(sum) => Some(sum),
            _ => None,
        };
        let by = LedgerKey::Values(key.into_iter().map(Cow::into_owned).collect());
        match usage
            .iter_mut()
            .find(|entry| entry.budget == rule.name && entry.by == by)
        {
            Some(entry) => entry.used = used,
            None => usage.push(Usage {
                budget: rule.name.clone(),
                by,
                used,
            }),
        }
    }
}
