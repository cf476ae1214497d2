//! The answer to a review.

use serde_json::{Value as Json, json};
use taffrail_runtime::decision::{Contribution, Report, Verdict};

/// Returns the answer to a review from its decision: allowed only if the action may run unattended. The message gives the verdict and
/// the reasons for it; of what is allowed, rules that added points are warnings.
#[must_use]
pub fn response(uid: &str, report: &Report) -> Json {
    let annotations = json!({
        "verdict": report.verdict.word(),
        "risk": report.risk.points().to_string(),
        "policies": report.policy_digest,
        "action": report.action_digest,
    });
    let applied = report
        .contributions
        .iter()
        .filter(|contribution| contribution.waiver.is_none());
    if report.verdict == Verdict::Execute {
        let warnings: Vec<String> = applied
            .filter(|contribution| contribution.points > 0)
            .map(reason)
            .collect();
        return answer(&json!({
            "uid": uid, "allowed": true, "warnings": warnings, "auditAnnotations": annotations,
        }));
    }
    let reasons: Vec<String> = applied
        .filter(|contribution| contribution.verdict > Verdict::Execute || contribution.points > 0)
        .map(reason)
        .collect();
    let message = format!("{} (risk {})", report.verdict.word(), report.risk.points());
    let message = match reasons.as_slice() {
        [] => message,
        reasons => format!("{message}: {}", reasons.join("; ")),
    };
    answer(&json!({
        "uid": uid, "allowed": false, "status": forbidden(&message), "auditAnnotations": annotations,
    }))
}

/// Returns the answer to a review that cannot be decided: not allowed.
#[must_use]
pub fn refusal(uid: &str, message: &str) -> Json {
    answer(&json!({ "uid": uid, "allowed": false, "status": forbidden(message) }))
}

fn answer(response: &Json) -> Json {
    json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response })
}

fn forbidden(message: &str) -> Json {
    json!({ "code": 403, "reason": "Forbidden", "message": message })
}

fn reason(contribution: &Contribution) -> String {
    match contribution.because.as_str() {
        "" => contribution.rule.clone(),
        because => format!("{}: {because}", contribution.rule),
    }
}
