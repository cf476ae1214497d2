//! From a draft of an option to the option: decided, and described.

use jiff::Timestamp;
use serde_json::Value as Json;
use taffrail::{Report, Verdict};
use taffrail_actions::{Action, document_of, without_secrets};
use taffrail_runtime::request::{Plan, Proposed, Request};
use taffrail_runtime::{Value, text};

use crate::advice::{Ask, Choice, ChoiceKind, Step, Way};
use crate::options::fields::Question;
use crate::options::{Desk, words};

/// An option that is not described yet.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    kind: ChoiceKind,
    title: String,
    distance: f64,
    trade_offs: Vec<String>,
    /// The actions in order, and when each is due.
    steps: Vec<(Option<Timestamp>, Request)>,
}

impl Draft {
    pub(super) fn new(kind: ChoiceKind, title: impl Into<String>, distance: f64) -> Self {
        Self {
            kind,
            title: title.into(),
            distance,
            trade_offs: Vec::new(),
            steps: Vec::new(),
        }
    }

    pub(super) fn giving_up(mut self, what: impl Into<String>) -> Self {
        self.trade_offs.push(what.into());
        self
    }

    pub(super) fn at_once(self, request: &Request) -> Self {
        self.step(None, request.clone())
    }

    pub(super) fn step(mut self, due: Option<Timestamp>, request: Request) -> Self {
        self.steps.push((due, request));
        self
    }
}

impl Desk<'_> {
    /// Decides what a draft says and describes it.
    pub(super) fn choice(&self, question: &Question<'_>, draft: Draft) -> Choice {
        let decisions: Vec<Report> = draft
            .steps
            .iter()
            .map(|(_, request)| match request == question.asked {
                true => question.report.clone(),
                false => self.program.decide(request).report(),
            })
            .collect();
        let hardest = decisions
            .iter()
            .max_by_key(|report| (report.verdict, report.risk));
        let gate = joined(&decisions);
        let verdict = hardest.map_or(Verdict::Propose, |report| report.verdict);
        let steps = draft.steps.iter().map(|(due, request)| Step {
            not_before: due.map(text::time),
            action: asked_of(request, question.asked),
        });
        let way = if draft.kind == ChoiceKind::Ask {
            Way::Ask(Box::new(Ask {
                action: asked_of(question.asked, question.asked),
                people: words::people(verdict, &gate),
            }))
        } else {
            Way::Do(steps.collect())
        };
        let touched: Vec<&Request> = draft.steps.iter().map(|(_, request)| request).collect();
        Choice {
            kind: draft.kind,
            title: draft.title,
            verdict,
            risk: decisions
                .iter()
                .map(|report| report.risk)
                .max()
                .unwrap_or_default(),
            gate,
            distance: draft.distance,
            trade_offs: draft.trade_offs,
            touches: words::touches(&touched),
            rollback: words::rollback(&touched),
            rationale: words::rationale(&decisions),
            way,
            decisions,
        }
    }

    /// Returns the option of a plan as it was asked for.
    pub(super) fn choice_of_plan(&self, plan: &Plan) -> Choice {
        let decision = self.program.decide_plan(plan);
        let report = decision.report();
        let decisions: Vec<Report> = report.steps.into_iter().chain(report.net).collect();
        let touched: Vec<&Request> = plan.steps.iter().collect();
        Choice {
            kind: ChoiceKind::AsAsked,
            title: format!("a plan of {} steps, as asked", plan.steps.len()),
            verdict: report.verdict,
            risk: report.risk,
            gate: report.gate,
            distance: 0.0,
            trade_offs: Vec::new(),
            touches: words::touches(&touched),
            rollback: words::rollback(&touched),
            rationale: words::rationale(&decisions),
            way: Way::Do(
                plan.steps
                    .iter()
                    .map(|request| Step {
                        not_before: None,
                        action: asked_of(request, request),
                    })
                    .collect(),
            ),
            decisions,
        }
    }
}

/// What all decisions together need.
fn joined(decisions: &[Report]) -> taffrail::Gate {
    let mut needs: Vec<taffrail_runtime::decision::Team> = decisions
        .iter()
        .flat_map(|report| report.gate.needs.iter().cloned())
        .collect();
    needs.sort_by(|a, b| a.team.cmp(&b.team).then(b.count.cmp(&a.count)));
    needs.dedup_by(|later, first| later.team == first.team);
    taffrail::Gate {
        releasable: decisions.iter().all(|report| report.gate.releasable),
        needs,
    }
}

/// Returns what is asked, without what is known and without who asks: whoever takes it finds that out anew. What was asked for as a patch
/// stays one. The contents of a Secret are not repeated, not even as digests: those must never be taken for the contents.
fn asked_of(request: &Request, asked: &Request) -> Json {
    let mut document = without_secrets(document_of(&Action::Single(Box::new(request.clone()))));
    let is_open = matches!(&request.target.kind, Value::String(kind) if &**kind != "Secret");
    if let Some(map) = document.as_object_mut() {
        if !is_open {
            map.remove("patch");
            map.remove("proposed");
        }
        let current = map.remove("current").unwrap_or_default();
        if matches!(asked.proposed, Proposed::Patch(_))
            && let Some(proposed) = map.remove("proposed")
        {
            map.insert("patch".into(), difference(&current, proposed));
        }
        for key in ["facts", "impact", "intent", "principal", "rollback"] {
            map.remove(key);
        }
    }
    document
}

/// Returns the merge patch (RFC 7386) that makes one value the other.
fn difference(before: &Json, after: Json) -> Json {
    let Json::Object(after) = after else {
        return after;
    };
    let nothing = serde_json::Map::new();
    let before = before.as_object().unwrap_or(&nothing);
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    let mut patch: serde_json::Map<String, Json> =
        gone.map(|key| (key.clone(), Json::Null)).collect();
    for (key, value) in after {
        match before.get(&key) {
            Some(old) if *old == value => {}
            old => {
                let change = difference(old.unwrap_or(&Json::Null), value);
                patch.insert(key, change);
            }
        }
    }
    Json::Object(patch)
}
