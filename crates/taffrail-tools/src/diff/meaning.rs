//! What a rule means: its parts, each in its one form.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use taffrail_runtime::Value;
use taffrail_runtime::decision::{Outcome, Team};
use taffrail_runtime::program::{
    ExprId, LocalId, On, ProgramData, Rule, RuleBody, Suggestion, TemplatePart,
};

use super::canon::{AND, Canon, Form};
use super::forms::Forms;

/// What a rule means.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Meaning {
    pub(super) on: About,
    /// Everything that must hold, sorted.
    pub(super) conditions: Vec<Form>,
    /// For each clause of the rule, what it asks for.
    pub(super) clauses: Vec<Vec<Form>>,
    pub(super) body: Body,
    /// What is said and not done: reason, suggestions, annotations.
    pub(super) words: Words,
}

/// What a rule is about, each part in any order; `None` is anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    pub(super) verbs: Option<BTreeSet<String>>,
    pub(super) kinds: Option<BTreeSet<String>>,
    pub(super) namespaces: Option<BTreeSet<String>>,
}

/// What a rule does, part by part; rules of one keyword have the same parts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Body {
    pub(super) is_permissive: bool,
    pub(super) parts: Vec<(Part, Fact)>,
}

/// A part of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    On,
    Conditions,
    Risk,
    Outcome,
    Limit,
    Per,
    By,
    Spend,
    Failures,
    Within,
    Hold,
    ProposeAt,
    EscalateAt,
    Waived,
    Until,
    AtMost,
}

/// What a part says, by what makes it more careful.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fact {
    /// The greater the more careful, and none is the mildest.
    Points(Option<Number>),
    /// The lower the more careful, and none is the mildest.
    Threshold(Option<Number>),
    /// The longer the more careful.
    Duration(SignedDuration),
    /// The fewer the more careful.
    Failures(u32),
    /// What is counted apart.
    Keys(Vec<Form>),
    Outcome(Option<Outcome>),
    /// The rule that is forgiven.
    Forgives(String),
    /// The earlier the more careful.
    Until(Timestamp),
    /// More careful if so.
    Capped(bool),
}

/// A number that may depend on the action.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    pub(super) form: Form,
    /// What it is, where it does not.
    pub(super) value: Option<Value>,
    /// Of points the greatest that they can be.
    greatest: u8,
}

/// What a rule says and does not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    because: Vec<String>,
    suggestions: Vec<Vec<String>>,
    annotations: Vec<(String, Vec<String>)>,
    by: String,
}

/// Reads the rules of one set.
#[derive(Debug)]
pub(super) struct Meanings<'p> {
    data: &'p ProgramData,
    pub(super) forms: Forms<'p>,
}

impl<'p> Meanings<'p> {
    pub(super) fn new(data: &'p ProgramData) -> Self {
        Self {
            data,
            forms: Forms::new(data),
        }
    }

    pub(super) fn of(&mut self, canon: &mut Canon, rule: &Rule) -> Meaning {
        let clauses: Vec<Vec<Form>> = rule
            .conditions
            .iter()
            .map(|condition| {
                let form = self.forms.of(canon, condition.expr, &[]);
                canon.conjuncts(form)
            })
            .collect();
        let all = canon.joined(AND, clauses.concat());
        Meaning {
            on: about(&rule.on),
            conditions: canon.conjuncts(all),
            clauses,
            body: self.body(canon, rule),
            words: self.words(canon, rule),
        }
    }

    fn number(&mut self, canon: &mut Canon, id: ExprId, greatest: u8) -> Number {
        let form = self.forms.of(canon, id, &[]);
        Number {
            form,
            value: canon.value(form).cloned(),
            greatest,
        }
    }

    fn keys(&mut self, canon: &mut Canon, by: &[ExprId]) -> Vec<Form> {
        by.iter()
            .map(|key| self.forms.of(canon, *key, &[]))
            .collect()
    }

    fn body(&mut self, canon: &mut Canon, rule: &Rule) -> Body {
        let mut number = |id: ExprId| Some(self.number(canon, id, 0));
        let parts = match &rule.body {
            RuleBody::Grant => Vec::new(),
            RuleBody::Guard { risk, outcome } => {
                let risk = risk.map(|points| self.number(canon, points.expr, points.greatest));
                let outcome = outcome.clone().map(sorted);
                vec![
                    (Part::Risk, Fact::Points(risk)),
                    (Part::Outcome, Fact::Outcome(outcome)),
                ]
            }
            RuleBody::Budget {
                limit,
                per,
                by,
                spend,
                outcome,
                ..
            } => vec![
                (Part::Limit, Fact::Threshold(number(*limit))),
                (Part::Per, Fact::Duration(*per)),
                (Part::Spend, Fact::Points(number(*spend))),
                (Part::By, Fact::Keys(self.keys(canon, by))),
                (Part::Outcome, Fact::Outcome(Some(sorted(outcome.clone())))),
            ],
            RuleBody::Breaker {
                failures,
                within,
                hold,
                by,
                outcome,
                ..
            } => vec![
                (Part::Failures, Fact::Failures(*failures)),
                (Part::Within, Fact::Duration(*within)),
                (Part::Hold, Fact::Duration(*hold)),
                (Part::By, Fact::Keys(self.keys(canon, by))),
                (Part::Outcome, Fact::Outcome(Some(sorted(outcome.clone())))),
            ],
            RuleBody::Tolerance {
                propose_at,
                escalate_at,
            } => vec![
                (
                    Part::ProposeAt,
                    Fact::Threshold(propose_at.and_then(&mut number)),
                ),
                (
                    Part::EscalateAt,
                    Fact::Threshold(escalate_at.and_then(number)),
                ),
            ],
            RuleBody::Waiver {
                rule,
                until,
                at_most_propose,
                ..
            } => {
                let forgiven = self.data.rules.get(rule.0 as usize);
                let forgiven = forgiven.map_or_else(String::new, |rule| rule.name.clone());
                vec![
                    (Part::Waived, Fact::Forgives(forgiven)),
                    (Part::Until, Fact::Until(*until)),
                    (Part::AtMost, Fact::Capped(*at_most_propose)),
                ]
            }
        };
        Body {
            is_permissive: matches!(rule.body, RuleBody::Grant | RuleBody::Waiver { .. }),
            parts,
        }
    }

    fn words(&mut self, canon: &mut Canon, rule: &Rule) -> Words {
        let locals: Vec<LocalId> = match &rule.body {
            RuleBody::Budget { locals, .. } => locals.to_vec(),
            RuleBody::Breaker { locals, .. } => locals.to_vec(),
            RuleBody::Grant
            | RuleBody::Guard { .. }
            | RuleBody::Tolerance { .. }
            | RuleBody::Waiver { .. } => Vec::new(),
        };
        let suggestions = rule
            .suggestions
            .iter()
            .map(|suggestion| match suggestion {
                Suggestion::Assign { path, value } => {
                    let value = self.forms.of(canon, *value, &locals);
                    vec![format!("{path:?} {value:?}")]
                }
                Suggestion::Text(parts) => self.template(canon, parts, &locals),
            })
            .collect();
        Words {
            because: self.template(canon, &rule.because, &locals),
            suggestions,
            annotations: rule.annotations.clone().into_iter().collect(),
            by: match &rule.body {
                RuleBody::Waiver { by, .. } => by.clone(),
                RuleBody::Grant
                | RuleBody::Guard { .. }
                | RuleBody::Budget { .. }
                | RuleBody::Breaker { .. }
                | RuleBody::Tolerance { .. } => String::new(),
            },
        }
    }

    fn template(
        &mut self,
        canon: &mut Canon,
        parts: &[TemplatePart],
        locals: &[LocalId],
    ) -> Vec<String> {
        let parts = parts.iter().map(|part| match part {
            TemplatePart::Text(text) => text.clone(),
            TemplatePart::Expr(expr) => {
                let form = self.forms.of(canon, *expr, locals);
                format!("{{{form:?}}}")
            }
        });
        parts.collect()
    }
}

impl Meaning {
    /// Returns whether another rule does the same.
    pub(super) fn does_as(&self, other: &Self) -> bool {
        self.on == other.on && self.conditions == other.conditions && self.body == other.body
    }
}

fn about(on: &On) -> About {
    let set = |words: &Option<Vec<String>>| {
        let words = words.as_ref()?;
        Some(words.iter().cloned().collect())
    };
    let kinds = on.kinds.as_ref().map(|kinds| {
        let kinds = kinds.iter().map(|kind| {
            let mut groups = kind.groups.clone();
            if let Some(groups) = &mut groups {
                groups.sort();
            }
            format!("{} {groups:?} {:?}", kind.kind, kind.version)
        });
        kinds.collect()
    });
    About {
        verbs: set(&on.verbs),
        kinds,
        namespaces: set(&on.namespaces),
    }
}

/// Who must agree, whatever the order in which they are named.
fn sorted(outcome: Outcome) -> Outcome {
    let by_name = |mut teams: Vec<Team>| {
        teams.sort();
        teams.dedup();
        teams
    };
    match outcome {
        Outcome::Propose(teams) => Outcome::Propose(by_name(teams)),
        Outcome::Escalate(teams) => Outcome::Escalate(by_name(teams)),
        Outcome::Forbid => Outcome::Forbid,
    }
}
