//! What a test expects beside what was decided, and the clauses and values that made the difference.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use taffrail_runtime::decision::{FailedClause, FailedTruth, Gate, Report, Verdict};
use taffrail_runtime::render;
use taffrail_syntax::ast::Expect;

use crate::scenario::expect::{self, Answer};

/// What was expected beside what was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// A row for each expectation, and for the verdict and the risk in any case.
    pub rows: Vec<Row>,
    /// Why the decision is what it is, as far as it is not as expected.
    pub reasons: Vec<Reason>,
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What is compared: `verdict`, `risk`, `guard halved`.
    pub what: String,
    /// What was expected; `None` where nothing was.
    pub expected: Option<String>,
    /// What was decided.
    pub actual: String,
    /// Whether it is as expected.
    pub met: bool,
}

/// A rule's part in the decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// One phrase: `guard a.halved adds 40: cart would drop to 3`.
    pub phrase: String,
    /// What the clause has read, by name.
    pub values: BTreeMap<String, serde_json::Value>,
}

impl Comparison {
    /// Returns the comparison as text of several lines: a table, then a paragraph a reason.
    #[must_use]
    pub fn text(&self) -> String {
        let expected = |row: &Row| row.expected.clone().unwrap_or_default();
        let width = |column: &dyn Fn(&Row) -> String, title: &str| {
            let cells = self.rows.iter().map(|row| column(row).chars().count());
            cells.max().unwrap_or(0).max(title.len())
        };
        let what = width(&|row| row.what.clone(), "");
        let wanted = width(&expected, "expected");
        let mut text = format!("    {:what$}  {:wanted$}  decided\n", "", "expected");
        for row in &self.rows {
            let mark = if row.met { ' ' } else { '≠' };
            // Writing to a string does not fail.
            let _ = writeln!(
                text,
                "  {mark} {:what$}  {:wanted$}  {}",
                row.what,
                expected(row),
                row.actual
            );
        }
        for reason in &self.reasons {
            let _ = writeln!(text, "\n    {}", reason.phrase);
            for (name, value) in &reason.values {
                let _ = writeln!(text, "      {name} = {}", render::value(value));
            }
        }
        text
    }
}

/// What became of one expectation.
pub(super) struct Checked<'e> {
    pub(super) expect: &'e Expect,
    pub(super) met: bool,
    /// Why the rule that it names does not apply, when it should.
    pub(super) missing: Option<FailedClause>,
}

/// How many of the rules that stay silent are named.
const SILENT: usize = 5;

/// What can be asked of rules beyond what the answer tells.
pub(super) trait Rules {
    /// Returns the guards that are about the action and do not apply, with what keeps them from it.
    fn silent_guards(&self) -> Vec<(String, FailedClause)>;

    /// Returns what a rule has read.
    fn values_read(&self, rule: &str) -> BTreeMap<String, serde_json::Value>;
}

/// Compares an answer with everything that was expected of it.
pub(super) fn compare(answer: &Answer, checked: &[Checked<'_>], rules: &dyn Rules) -> Comparison {
    let mut rows: Vec<Row> = Vec::new();
    let of = |row: &str| {
        checked
            .iter()
            .any(|check| expect::row(check.expect).is_some_and(|(what, _)| what == row))
    };
    if !of("verdict") {
        rows.push(plain("verdict", &answer.verdict().to_string()));
    }
    for check in checked {
        if let Some((what, expected)) = expect::row(check.expect) {
            rows.push(Row {
                actual: expect::actual(check.expect, check.met, answer),
                expected: Some(expected),
                what,
                met: check.met,
            });
        }
    }
    if !of("risk") {
        rows.push(plain("risk", &answer.risk().points().to_string()));
    }
    let mut reasons = reasons(answer, checked, rules);
    let too_mild = checked
        .iter()
        .any(|check| !check.met && expect::is_stricter(check.expect, answer.verdict()));
    if too_mild {
        let silent = rules.silent_guards();
        let named = silent.iter().take(SILENT);
        reasons
            .extend(named.map(|(rule, clause)| does_not_apply(&format!("guard `{rule}`"), clause)));
        if let more @ 1.. = silent.len().saturating_sub(SILENT) {
            reasons.push(Reason {
                phrase: format!("and {more} more guards that do not apply"),
                values: BTreeMap::new(),
            });
        }
    }
    Comparison { rows, reasons }
}

fn plain(what: &str, actual: &str) -> Row {
    Row {
        what: what.to_owned(),
        expected: None,
        actual: actual.to_owned(),
        met: true,
    }
}

/// Returns why the decision is what it is: of every expectation that is not met the rules that it speaks of, else all that took
/// part.
fn reasons(answer: &Answer, checked: &[Checked<'_>], rules: &dyn Rules) -> Vec<Reason> {
    let mut found: Vec<Reason> = Vec::new();
    for check in checked.iter().filter(|check| !check.met) {
        if let (Some(clause), Some((what, _))) = (&check.missing, expect::row(check.expect)) {
            found.push(does_not_apply(&what, clause));
        }
    }
    for report in answer.reports() {
        let decisive = |verdict: Verdict| verdict == report.verdict && verdict > Verdict::Execute;
        for contribution in &report.contributions {
            let because = match contribution.because.as_str() {
                "" => String::new(),
                because => format!(": {because}"),
            };
            let effect = match contribution.effect.as_str() {
                "risk" => format!("adds {}", contribution.points),
                "none" => "is waived".to_owned(),
                effect => format!("says {effect}"),
            };
            let sets_it = if decisive(contribution.verdict) {
                ", which is the verdict"
            } else {
                ""
            };
            // Those that no file has are no rule of any kind.
            let kind = if contribution.file.is_empty() {
                String::new()
            } else {
                format!("{} ", contribution.kind)
            };
            found.push(Reason {
                phrase: format!("{kind}`{}` {effect}{sets_it}{because}", contribution.rule),
                values: contribution.values.clone(),
            });
        }
        found.extend(of_grants(report, rules));
        found.extend(report.unknowns.iter().map(|cause| Reason {
            phrase: format!("not known: {cause}"),
            values: BTreeMap::new(),
        }));
    }
    found
}

fn of_grants(report: &Report, rules: &dyn Rules) -> Vec<Reason> {
    let grants = report.grants.iter();
    grants
        .filter_map(|grant| match &grant.failed {
            Some(clause) => Some(does_not_apply(&format!("grant `{}`", grant.rule), clause)),
            None if report.verdict == Verdict::Execute => Some(Reason {
                phrase: match grant.because.as_str() {
                    "" => format!("grant `{}` holds", grant.rule),
                    because => format!("grant `{}` holds: {because}", grant.rule),
                },
                values: rules.values_read(&grant.rule),
            }),
            None => None,
        })
        .collect()
}

fn does_not_apply(what: &str, clause: &FailedClause) -> Reason {
    let why = match &clause.truth {
        FailedTruth::False => "is false".to_owned(),
        FailedTruth::Unknown(causes) => format!("is not known: {}", causes.join("; ")),
    };
    Reason {
        phrase: format!("{what}: `{}` {why}", clause.clause),
        values: clause.values.clone(),
    }
}

/// Returns the teams of a gate as one phrase.
pub(super) fn teams(gate: &Gate) -> String {
    if !gate.releasable {
        return "nobody may release it".to_owned();
    }
    let needs: Vec<String> = gate
        .needs
        .iter()
        .map(|need| match need.count {
            1 => need.team.clone(),
            count => format!("{count} of {}", need.team),
        })
        .collect();
    if needs.is_empty() {
        "no team".to_owned()
    } else {
        needs.join(", ")
    }
}
