//! Options: what else could be done, each decided by the same core that decides the action.

mod ask;
mod choice;
mod edit;
mod fields;
mod number;
pub(crate) mod path;
mod sets;
mod split;
mod suggested;
mod wait;
mod words;

use jiff::SignedDuration;
use taffrail::Verdict;
use taffrail_actions::Action;
use taffrail_runtime::Program;
use taffrail_runtime::request::{Plan, Request};

use crate::advice::{Advice, Choice, ChoiceKind, SCHEMA, Sentence, Unfinished};
use crate::goal::Goal;
use choice::Draft;
use fields::Question;

/// How far options are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many positions, combinations or instants one search looks at.
    pub looks: u32,
    /// How far ahead waiting is looked for.
    pub horizon: SignedDuration,
    /// How many options there are at most for one candidate.
    pub options: usize,
}

impl Default for Limits {
    /// 1,000 looks, 31 days, 12 options.
    fn default() -> Self {
        Self {
            looks: 1_000,
            horizon: SignedDuration::from_hours(31 * 24),
            options: 12,
        }
    }
}

/// Returns the options for a goal, the best one first: every candidate as asked and, where it would not be executed, what rules suggest, the
/// nearest changes with a milder verdict, the same in steps, later, or with people's agreement. Each is decided.
///
/// ```
/// use taffrail::{PolicySet, Verdict};
/// use taffrail_actions::Defaults;
/// use taffrail_copilot::{ChoiceKind, Limits, propose, read_goal};
///
/// let policies = PolicySet::from_sources([("scale.guard", r#"
///     policy shop.scale
///
///     grant small { on scale of Deployment when proposed.spec.replicas <= 10 because "ten replicas are always affordable" }
/// "#)])?;
/// let text = br#"
/// verb: scale
/// target: { apiVersion: apps/v1, kind: Deployment, namespace: shop, name: api }
/// current: { spec: { replicas: 4 } }
/// patch: { spec: { replicas: 50 } }
/// "#;
/// let advice = propose(policies.program(), &read_goal("scale.yaml", text, &Defaults::default())?, &Limits::default());
/// let best = &advice.options[0];
/// assert_eq!((best.kind, best.verdict), (ChoiceKind::Nearest, Verdict::Execute));
/// assert_eq!(best.title, "spec.replicas: 10 instead of 50");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn propose(program: &Program, goal: &Goal, limits: &Limits) -> Advice {
    let mut desk = Desk {
        program,
        goal,
        limits,
        unfinished: Vec::new(),
        refused: Vec::new(),
        options: Vec::new(),
    };
    for candidate in &goal.candidates {
        match candidate {
            Action::Single(request) => desk.single(request),
            Action::Plan(plan) => desk.plan(plan),
        }
    }
    let mut options = desk.options;
    options.sort_by(rank);
    options.dedup_by(|later, first| later.way == first.way && later.kind != ChoiceKind::Ask);
    Advice {
        schema: SCHEMA.into(),
        goal: goal.text.clone(),
        options,
        refused: desk.refused,
        unfinished: desk.unfinished,
        policy_digest: program.data().digest.clone(),
    }
}

fn rank(a: &Choice, b: &Choice) -> std::cmp::Ordering {
    a.verdict
        .cmp(&b.verdict)
        .then(a.risk.cmp(&b.risk))
        .then(a.distance.total_cmp(&b.distance))
        .then(a.kind.cmp(&b.kind))
        .then_with(|| a.title.cmp(&b.title))
}

/// What the searches share.
struct Desk<'d> {
    program: &'d Program,
    goal: &'d Goal,
    limits: &'d Limits,
    unfinished: Vec<Unfinished>,
    refused: Vec<Sentence>,
    options: Vec<Choice>,
}

impl Desk<'_> {
    fn single(&mut self, asked: &Request) {
        if !self.goal.allows(asked) {
            self.refused.push(Sentence {
                text: format!("{}: it does not keep to the bounds", words::asked(asked)),
                rule: "keep".into(),
                place: String::new(),
            });
            return;
        }
        let question = Question::new(self.program, asked);
        let as_asked = Draft::new(ChoiceKind::AsAsked, words::asked(asked), 0.0);
        let mut found = vec![as_asked.at_once(asked)];
        if question.verdict != Verdict::Execute {
            found.extend(self.suggested(&question));
            found.extend(self.nearest(&question));
            found.extend(self.split(&question));
            found.extend(self.wait(asked, question.verdict));
            found.extend(self.ask(&question));
        }
        let mut options: Vec<Choice> = found
            .into_iter()
            .map(|draft| self.choice(&question, draft))
            .collect();
        options.sort_by(rank);
        options.truncate(self.limits.options.max(1));
        self.options.extend(options);
    }

    /// A plan is decided as a whole; what else could be done is asked of its steps.
    fn plan(&mut self, plan: &Plan) {
        let choice = self.choice_of_plan(plan);
        if choice.verdict != Verdict::Execute {
            self.give_up(
                choice.title.clone(),
                1,
                "other options are looked for action by action: ask for the steps",
            );
        }
        self.options.push(choice);
    }

    /// Returns the nearest changes of one field with a milder verdict: execution where there is any, else a proposal where people with more
    /// authority would be asked.
    fn nearest(&mut self, question: &Question<'_>) -> Vec<Draft> {
        for sought in [Verdict::Execute, Verdict::Propose] {
            if sought >= question.verdict {
                break;
            }
            let mut found = self.numbers(question, sought);
            found.extend(self.edits(question, sought));
            found.extend(self.sets(question, sought));
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    fn give_up(&mut self, what: impl Into<String>, decisions: u32, because: &str) {
        let unfinished = Unfinished {
            what: what.into(),
            decisions,
            because: because.to_owned(),
        };
        if !self.unfinished.contains(&unfinished) {
            self.unfinished.push(unfinished);
        }
    }

    /// Tells whether an action keeps to the goal and gets a verdict not more careful than another.
    fn is_granted(&self, request: &Request, sought: Verdict) -> bool {
        self.goal.allows(request) && self.program.decide(request).verdict() <= sought
    }
}
