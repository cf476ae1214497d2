//! Actions and command lines, decided; options.

use rmcp::model::JsonObject;
use serde_json::{Value as Json, json};
use taffrail_actions::command::{Surroundings, read_line};
use taffrail_actions::{Action, Defaults, read_documents};
use taffrail_runtime::request::Request;
use taffrail_schema::Schemas;

use super::arguments::{OfAction, OfKubectl, document, read};
use super::{Answer, Answered, Inner, Refused};
use crate::explain;
use crate::goal::read_goal;
use crate::options::{Limits, propose};

/// A decision as programs and as people read it.
pub(super) struct Decided {
    pub(super) value: Json,
    pub(super) line: String,
    pub(super) card: String,
}

impl Inner {
    pub(super) fn defaults(&self) -> Defaults {
        Defaults {
            now: Some((self.clock)()),
        }
    }

    pub(super) fn evaluate_action(&self, arguments: JsonObject) -> Answered {
        let arguments: OfAction = read(arguments)?;
        let text = document("action", &arguments.action)?;
        let actions = read_documents("action", &text, &self.defaults())?;
        let decided = actions
            .iter()
            .map(|action| self.decide(action))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(answer(json!({}), decided))
    }

    pub(super) fn evaluate_kubectl(&self, arguments: JsonObject) -> Answered {
        let arguments: OfKubectl = read(arguments)?;
        let line = read_line(&arguments.command);
        if let Some(trouble) = &line.trouble {
            return Err(Refused(format!(
                "the shell would not read this line: {trouble}"
            )));
        }
        let action = line.action(&Surroundings {
            base: self.base(arguments.facts.as_ref())?,
            live: &arguments.current,
            namespace: arguments.namespace.as_deref(),
            schemas: &Schemas::default(),
            // Files of whoever calls are none of ours.
            file: &|_| None,
        });
        let decided = self.decide(&action)?;
        let about =
            json!({ "understood": line.is_understood(), "effect": line.effect.to_string() });
        Ok(answer(about, vec![decided]))
    }

    pub(super) fn propose_options(&self, arguments: JsonObject) -> Answered {
        let arguments: OfAction = read(arguments)?;
        let text = document("action", &arguments.action)?;
        let goal = read_goal("action", &text, &self.defaults())?;
        let policies = self.policies.current();
        let advice = propose(policies.program(), &goal, &Limits::default());
        for report in advice.options.iter().flat_map(|choice| &choice.decisions) {
            self.remember(&report.action_digest, serde_json::to_value(report)?);
        }
        Ok(Answer {
            text: explain::options(&advice),
            value: serde_json::to_value(&advice)?,
        })
    }

    /// Decides an action, and keeps the decision to be read again.
    pub(super) fn decide(&self, action: &Action) -> Result<Decided, Refused> {
        let policies = self.policies.current();
        let decided = match action {
            Action::Single(request) => {
                let report = policies.decide(request).report();
                let value = serde_json::to_value(&report)?;
                self.remember(&report.action_digest, value.clone());
                Decided {
                    value,
                    line: explain::line(&report),
                    card: explain::card(&report),
                }
            }
            Action::Plan(plan) => {
                let report = policies.decide_plan(plan).report();
                for step in report.steps.iter().chain(&report.net) {
                    self.remember(&step.action_digest, serde_json::to_value(step)?);
                }
                Decided {
                    line: explain::plan_line(&report),
                    card: explain::plan_card(&report),
                    value: serde_json::to_value(&report)?,
                }
            }
        };
        Ok(decided)
    }

    /// Returns who asks and what is known of a command line.
    fn base(&self, facts: Option<&Json>) -> Result<Request, Refused> {
        let text = match (facts, &self.facts) {
            (Some(facts), _) => document("facts", facts)?,
            (None, Some(text)) => text.clone(),
            (None, None) => b"{}".to_vec(),
        };
        match read_documents("facts", &text, &self.defaults())?.pop() {
            Some(Action::Single(request)) => Ok(*request),
            Some(Action::Plan(_)) | None => Err(Refused(
                "`facts` is expected to be one document with `principal`, `intent` and `facts`"
                    .into(),
            )),
        }
    }
}

fn answer(mut about: Json, decided: Vec<Decided>) -> Answer {
    let text = match decided.as_slice() {
        [one] => format!("{}\n\n{}", one.line, one.card),
        several => several
            .iter()
            .map(|one| one.card.as_str())
            .collect::<Vec<_>>()
            .join("\n"),
    };
    let decisions: Vec<Json> = decided.into_iter().map(|one| one.value).collect();
    if let Some(map) = about.as_object_mut() {
        map.insert("decisions".into(), Json::Array(decisions));
    }
    Answer { value: about, text }
}
