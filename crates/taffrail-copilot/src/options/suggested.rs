//! What rules suggest.

use taffrail::Report;
use taffrail_runtime::Value;
use taffrail_runtime::request::Request;

use crate::advice::ChoiceKind;
use crate::options::Desk;
use crate::options::choice::Draft;
use crate::options::fields::Question;
use crate::options::path::Path;

impl Desk<'_> {
    /// Returns the action with each suggested value, and with all of them, where that gets a milder verdict or less risk.
    pub(super) fn suggested(&self, question: &Question<'_>) -> Vec<Draft> {
        let values = values(&question.report);
        let mut found: Vec<Draft> = values
            .iter()
            .filter_map(|(rule, path, value)| {
                let request = question.with(&[(path.clone(), value.clone())])?;
                let title = format!("{path}: {}, as {rule} suggests", value.render());
                self.improves(question, &request)
                    .then(|| draft(question, title, path, value, 1.0).at_once(&request))
            })
            .collect();
        if let [_, (_, path, value), ..] = values.as_slice() {
            let all: Vec<(Path, Value)> = values
                .iter()
                .map(|(_, path, value)| (path.clone(), value.clone()))
                .collect();
            if let Some(request) = question.with(&all)
                && self.improves(question, &request)
            {
                let title = format!("all {} values that rules suggest", all.len());
                found.push(draft(question, title, path, value, 2.0).at_once(&request));
            }
        }
        found
    }

    fn improves(&self, question: &Question<'_>, request: &Request) -> bool {
        let decision = self.program.decide(request);
        self.goal.allows(request)
            && (decision.verdict(), decision.risk()) < (question.verdict, question.risk)
    }
}

fn draft(
    question: &Question<'_>,
    title: String,
    path: &Path,
    value: &Value,
    changes: f64,
) -> Draft {
    let before = path
        .of(&question.outcome)
        .map_or_else(|| "nothing".into(), Value::render);
    let gives_up = format!("{path} is {} instead of {before}", value.render());
    Draft::new(ChoiceKind::Suggested, title, changes).giving_up(gives_up)
}

/// The values that rules offer, each field once.
fn values(report: &Report) -> Vec<(String, Path, Value)> {
    let mut found: Vec<(String, Path, Value)> = Vec::new();
    for suggestion in &report.suggestions {
        let Some(path) = suggestion.path.strip_prefix("proposed.") else {
            continue;
        };
        let path = Path::parse(path);
        if found.iter().all(|(_, own, _)| *own != path) {
            let value = Value::from_json(&suggestion.value);
            found.push((suggestion.rule.clone(), path, value));
        }
    }
    found
}
