//! Decisions, explained.

use rmcp::model::JsonObject;
use serde_json::{Value as Json, json};
use taffrail::Report;
use taffrail_actions::{Action, read_documents};
use taffrail_runtime::decision::PlanReport;

use super::arguments::{OfExplanation, Reader, document, read};
use super::{Answer, Answered, Inner, Refused};
use crate::explain;
use crate::why_not::{WhyNot, why_not};

impl Inner {
    pub(super) fn explain_decision(&self, arguments: JsonObject) -> Answered {
        let arguments: OfExplanation = read(arguments)?;
        let reader = arguments.reader;
        match (&arguments.action, &arguments.decision) {
            (Some(given), None) => {
                let text = document("action", given)?;
                let mut actions = read_documents("action", &text, &self.defaults())?;
                match (actions.pop(), actions.pop()) {
                    (Some(action), None) => self.explained(&action, reader),
                    _ => Err(Refused(
                        "`action` holds several documents: explain them one by one".into(),
                    )),
                }
            }
            (None, Some(digest)) => self.explained_again(digest, reader),
            (Some(_), Some(_)) | (None, None) => Err(Refused(
                "either `action` or `decision` is expected: a document, or the action digest of an earlier decision"
                    .into(),
            )),
        }
    }

    fn explained(&self, action: &Action, reader: Reader) -> Answered {
        self.decide(action)?;
        let policies = self.policies.current();
        match action {
            Action::Single(request) => {
                let report = policies.decide(request).report();
                let why = (reader == Reader::Page).then(|| why_not(&policies, request));
                told(&report, reader, why.as_ref())
            }
            Action::Plan(plan) => {
                let report = policies.decide_plan(plan).report();
                Ok(told_of_plan(&report, reader))
            }
        }
    }

    fn explained_again(&self, digest: &str, reader: Reader) -> Answered {
        let Some(value) = self.recall(digest) else {
            return Err(Refused(format!(
                "no decision on `{digest}` is remembered: give the `action` document"
            )));
        };
        let report: Report = serde_json::from_value(value)?;
        told(&report, reader, None)
    }
}

fn told(report: &Report, reader: Reader, why: Option<&WhyNot>) -> Answered {
    let text = match reader {
        Reader::Line => explain::line(report),
        Reader::Card => explain::card(report),
        Reader::Page => explain::page(report, why),
    };
    let mut value = json!({ "reader": word(reader), "verdict": report.verdict, "text": text });
    if let (Some(why), Some(map)) = (why, value.as_object_mut()) {
        map.insert("why_not".into(), serde_json::to_value(why)?);
    }
    Ok(Answer { value, text })
}

fn told_of_plan(report: &PlanReport, reader: Reader) -> Answer {
    let text = match reader {
        Reader::Line => explain::plan_line(report),
        Reader::Card => explain::plan_card(report),
        Reader::Page => explain::plan_page(report),
    };
    let value: Json = json!({ "reader": word(reader), "verdict": report.verdict, "text": text });
    Answer { value, text }
}

fn word(reader: Reader) -> &'static str {
    match reader {
        Reader::Line => "line",
        Reader::Card => "card",
        Reader::Page => "page",
    }
}
