//! Decides cases and compares what comes out with what upstream says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use taffrail::{PolicySet, Verdict};
use taffrail_runtime::render::{Style, text};
use taffrail_runtime::request::Request;

use crate::case::{Case, Expected};
use crate::index::{Class, Concept, pattern_fits};
use crate::policy::Policy;
use crate::request;

/// How the cases of one concept came out.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Cases of the corpus.
    pub(crate) cases: usize,
    /// Cases without a fact that the policy needs, by upstream's own account.
    pub(crate) without_facts: usize,
    /// Cases of policies that are not written yet.
    pub(crate) not_written: usize,
    /// Cases that we decide as upstream does.
    pub(crate) agree: usize,
    /// Cases that lack a fact, as we found.
    pub(crate) lack_fact: usize,
    /// Cases in which our policy means something else.
    pub(crate) differ: usize,
    /// What is wrong, each on lines of its own.
    pub(crate) faults: Vec<String>,
}

/// What to print of the cases of one concept.
#[derive(Debug, Default)]
pub(crate) struct Show {
    /// The part that an id must have.
    pub(crate) wanted: Option<String>,
}

/// Decides the cases of a concept, out of all cases.
pub(crate) fn run(concept: &Concept, cases: &[Case], show: &Show) -> Outcome {
    let mut outcome = Outcome::default();
    let mut policies = BTreeMap::new();
    let mut used = BTreeSet::new();
    let own = cases
        .iter()
        .filter(|case| case.policy_concept == concept.name);
    let cases: Vec<&Case> = own.collect();
    outcome.cases = cases.len();
    for case in cases.iter().copied() {
        let at = match concept.guard_of(case) {
            Ok(Some(at)) => at,
            Ok(None) => {
                outcome.not_written += 1;
                continue;
            }
            Err(fault) => {
                outcome.faults.push(fault);
                continue;
            }
        };
        let Some(guard) = concept.index.guard.get(at) else {
            continue;
        };
        if case.lacks_facts() && !guard.without_facts {
            outcome.without_facts += 1;
            continue;
        }
        let policy = policies
            .entry(at)
            .or_insert_with(|| Policy::read(&concept.folder, guard));
        match policy {
            Err(fault) => outcome.faults.push(fault.clone()),
            Ok(policy) => {
                let judged = judge(policy, case);
                if let Some(difference) = count(&mut outcome, concept, case, judged, show) {
                    used.insert(difference);
                }
            }
        }
    }
    outcome.faults.extend(stale(concept, &cases, &used));
    outcome
}

/// What came of one case.
struct Judged {
    denied: bool,
    policies: PolicySet,
    document: Json,
    request: Request,
}

fn judge(policy: &mut Policy, case: &Case) -> Result<Judged, String> {
    let guard = case
        .only_rule()
        .map(|rule| rule.trim_start_matches("autogen-").replace('-', "_"))
        .filter(|guard| policy.guards.contains(guard));
    let policies = policy.for_case(case)?;
    let mut last = None;
    // Of a set each object is asked for while the others are there; one that is denied denies the set.
    for case in case.one_by_one() {
        let document = request::document(&case, &policy.looked_up);
        let request = request::request(&document)
            .map_err(|error| format!("{}: no request: {error}\n{document:#}", case.case_id))?;
        let judged = Judged {
            denied: denied(&policies, &request, guard.as_deref()),
            policies: policies.clone(),
            document,
            request,
        };
        if judged.denied {
            return Ok(judged);
        }
        last = Some(judged);
    }
    last.ok_or_else(|| format!("{}: asks for nothing", case.case_id))
}

/// Tells whether the action is held back: by anything, or by the one guard that stands for the rule of the case.
fn denied(policies: &PolicySet, request: &Request, guard: Option<&str>) -> bool {
    let decision = policies.decide(request);
    let Some(guard) = guard else {
        return decision.verdict() != Verdict::Execute;
    };
    let report = decision.report();
    report.contributions.iter().any(|contribution| {
        contribution.kind == "guard"
            && contribution.rule.rsplit('.').next() == Some(guard)
            && contribution.verdict != Verdict::Execute
    })
}

/// Counts a case, and returns the difference that explains it.
fn count(
    outcome: &mut Outcome,
    concept: &Concept,
    case: &Case,
    judged: Result<Judged, String>,
    show: &Show,
) -> Option<usize> {
    let difference = concept.difference_of(case);
    let class = difference.and_then(|at| concept.index.difference.get(at).map(|found| found.class));
    let judged = match (judged, class) {
        (Ok(judged), _) => judged,
        // What is no request is not decided at all.
        (Err(_), Some(Class::LacksFact)) => {
            outcome.lack_fact += 1;
            return difference;
        }
        (Err(_), Some(Class::DifferentMeaning)) => {
            outcome.differ += 1;
            return difference;
        }
        (Err(fault), None) => {
            // A policy that does not compile fails every case alike.
            if !outcome.faults.contains(&fault) {
                outcome.faults.push(fault);
            }
            return None;
        }
    };
    let agrees = judged.denied == (case.verdict == Expected::Deny);
    if show
        .wanted
        .as_ref()
        .is_some_and(|wanted| case.case_id.contains(wanted.as_str()))
    {
        outcome.faults.push(describe(case, &judged));
    }
    match (agrees, class) {
        (true, None) => outcome.agree += 1,
        (false, Some(Class::LacksFact)) => outcome.lack_fact += 1,
        (false, Some(Class::DifferentMeaning)) => outcome.differ += 1,
        (true, Some(_)) => outcome.faults.push(format!(
            "{}: is listed as a difference, but we agree",
            case.case_id
        )),
        (false, None) => outcome.faults.push(describe(case, &judged)),
    }
    difference
}

fn describe(case: &Case, judged: &Judged) -> String {
    let expected = match case.verdict {
        Expected::Allow => "allow",
        Expected::Deny => "deny",
    };
    let ours = if judged.denied { "deny" } else { "allow" };
    let report = judged.policies.decide(&judged.request).report();
    format!(
        "{}: upstream says {expected}, we say {ours}\nrule {:?}, params {}, context {}\nnotes {}\n{}\n{:#}",
        case.case_id,
        case.only_rule(),
        case.params,
        case.extra_context,
        case.notes,
        text(&report, Style::default()),
        judged.document
    )
}

/// Returns what an index says of cases that are not there.
fn stale(concept: &Concept, cases: &[&Case], used: &BTreeSet<usize>) -> Vec<String> {
    let mut faults = Vec::new();
    for pattern in concept.index.guard.iter().flat_map(|guard| &guard.policies) {
        if !cases.iter().any(|case| pattern_fits(pattern, case)) {
            faults.push(format!("{}: no policy fits `{pattern}`", concept.name));
        }
    }
    for (at, difference) in concept.index.difference.iter().enumerate() {
        if !used.contains(&at) {
            faults.push(format!(
                "{}: no case fits the difference {:?}",
                concept.name, difference.cases
            ));
        }
        if difference.because.trim().is_empty() {
            faults.push(format!("{}: a difference without a reason", concept.name));
        }
    }
    faults
}
