//! What the linter claims of rules is so, for every request.

use std::cell::Cell;
use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::strategy::Strategy;
use taffrail_compiler::{Compiled, Options, compile, typed};
use taffrail_runtime::decision::{Report, TruthReport};
use taffrail_runtime::request::Request;
use taffrail_runtime::{Decision, Program};
use taffrail_syntax::{Diagnostic, Location, SourceTable, ast, parse};
use taffrail_tools::{Level, Levels, LintInput, fix, lint};

use super::additive::is_as_careful;
use super::run::{REQUESTS, slow_law};
use super::{Case, case, settings};
use crate::generate::policy::small_set;
use crate::generate::request;
use crate::generate::request::Shown;
use crate::generate::suspect::suspects;

/// How often each claim was met, so that the law is not kept by silence.
#[derive(Debug, Default)]
struct Met {
    never: Cell<u32>,
    never_true: Cell<u32>,
    removable: Cell<u32>,
    shadowed: Cell<u32>,
    thresholds: Cell<u32>,
}

#[test]
fn what_the_linter_claims_is_so() {
    let met = Met::default();
    slow_law("linted", suspicious(), |case: &Case| {
        claims_hold(case, &met)
    });
    println!("{met:?}");
    for count in [
        &met.never,
        &met.never_true,
        &met.removable,
        &met.shadowed,
        &met.thresholds,
    ] {
        assert!(count.get() > 0, "a claim was never made: {met:?}");
    }
}

/// Whatever the policies say, they can be linted; with the remedies they compile, and decide the same.
#[test]
fn remedies_change_no_decision() {
    slow_law("remedied", case(), |case: &Case| {
        let linted = linted(case)?;
        let fixed = fix(&linted.sources, &linted.found);
        let without = program(&compile(&fixed.sources, &options(case)))?;
        for Shown(request) in &case.requests {
            same(&linted.program, &without, request, true)?;
        }
        Ok(())
    });
}

/// Returns sets of rules that lints speak of, with requests.
fn suspicious() -> impl Strategy<Value = Case> {
    let requests = vec(request().prop_map(Shown), 1..=REQUESTS);
    (suspects(), settings(), requests).prop_map(|(rules, settings, requests)| Case {
        set: small_set(rules),
        settings,
        requests,
    })
}

/// A set with what the linter finds in it.
struct Linted {
    sources: SourceTable,
    compiled: Compiled,
    program: Program,
    found: Vec<Diagnostic>,
}

fn linted(case: &Case) -> Result<Linted, String> {
    let mut sources = SourceTable::default();
    for file in &case.set.files {
        sources.add(file.name, file.text());
    }
    let compiled = compile(&sources, &options(case));
    let program = program(&compiled)?;
    let found = lint(&LintInput {
        sources: &sources,
        compiled: &compiled,
        program: &program,
        read: &|_, _| Err("there is no file here".into()),
        today: jiff::civil::date(2026, 11, 22),
        levels: &Levels::all(Level::Warn),
    });
    Ok(Linted {
        sources,
        compiled,
        program,
        found,
    })
}

fn options(case: &Case) -> Options {
    Options {
        settings: case.settings,
        ..Options::default()
    }
}

fn program(compiled: &Compiled) -> Result<Program, String> {
    let data = compiled.program.clone();
    let data = data.ok_or_else(|| {
        let found = compiled.diagnostics.iter();
        let errors: Vec<&Diagnostic> = found.filter(|found| found.is_error()).collect();
        format!("it does not compile: {errors:?}")
    })?;
    Program::new(data).map_err(|error| error.to_string())
}

fn claims_hold(case: &Case, met: &Met) -> Result<(), String> {
    let linted = linted(case)?;
    let reports: Vec<Report> = case
        .requests
        .iter()
        .map(|shown| linted.program.decide(&shown.0).report())
        .collect();
    for finding in &linted.found {
        let Some(rule) = rule_at(&linted.compiled.module, finding) else {
            continue;
        };
        let broken = match finding.code {
            "never-applies" => {
                met.never.set(met.never.get() + 1);
                reports
                    .iter()
                    .position(|report| took_part(report, &rule.name))
            }
            "shadowed-rule" => {
                met.shadowed.set(met.shadowed.get() + 1);
                let strong = rule_named_at(&linted.compiled.module, finding.labels[1].location);
                reports
                    .iter()
                    .position(|report| !covers(report, &strong.name, &rule.name))
            }
            "never-true" => {
                met.never_true.set(met.never_true.get() + 1);
                reports
                    .iter()
                    .position(|report| applied(report, &rule.name))
            }
            "waiver-forgives-nothing" => reports.iter().position(|report| {
                let waivers = report
                    .contributions
                    .iter()
                    .filter_map(|c| c.waiver.as_ref());
                waivers.into_iter().any(|waiver| waiver.name == rule.name)
            }),
            _ => None,
        };
        if let Some(at) = broken {
            let request = &case.requests[at];
            return Err(format!("{finding:?}\nis refuted by\n{request:?}"));
        }
    }
    removals_change_nothing(case, &linted, met)
}

/// Tells whether a rule had a part in a decision, be it for what is unknown.
fn took_part(report: &Report, rule: &str) -> bool {
    let held = report
        .grants
        .iter()
        .any(|grant| grant.rule == rule && grant.held);
    let waived = |waiver: &taffrail_runtime::decision::WaiverReport| waiver.name == rule;
    held || report
        .contributions
        .iter()
        .any(|c| c.rule == rule || c.waiver.as_ref().is_some_and(waived))
}

/// Tells whether one rule did at least what the other did.
fn covers(report: &Report, strong: &str, weak: &str) -> bool {
    let of = |name: &str| report.contributions.iter().find(|c| c.rule == name);
    match (of(weak), of(strong)) {
        (None, _) => !took_part(report, weak) || took_part(report, strong),
        (Some(_), None) => false,
        (Some(weak), Some(strong)) => {
            let forbids = !strong.gate.releasable;
            strong.verdict >= weak.verdict && (forbids || is_as_careful(&strong.gate, &weak.gate))
        }
    }
}

/// Tells whether a rule applied for certain.
fn applied(report: &Report, rule: &str) -> bool {
    report
        .contributions
        .iter()
        .any(|c| c.rule == rule && c.truth == TruthReport::True)
}

fn rule_named_at(module: &typed::Module, place: Location) -> &typed::Rule {
    let named = |rule: &&typed::Rule| rule.location == place;
    module.rules.iter().find(named).unwrap()
}

/// Returns the rule that a finding is about.
fn rule_at<'m>(module: &'m typed::Module, finding: &Diagnostic) -> Option<&'m typed::Rule> {
    let place = finding.labels.first()?.location;
    module.rules.iter().find(|rule| {
        rule.location == place
            || rule.on_location == Some(place)
            || rule
                .conditions
                .iter()
                .any(|condition| condition.location == place)
    })
}

/// What is said to be superfluous can go, all of one kind at once, and nothing comes out otherwise.
fn removals_change_nothing(case: &Case, linted: &Linted, met: &Met) -> Result<(), String> {
    let found = || linted.found.iter();
    let clauses = found().filter(|f| ["always-applies", "duplicate-condition"].contains(&f.code));
    let clauses = clauses.map(|f| f.clone().fix(f.labels[0].location, ""));
    let codes = ["unreachable-threshold", "threshold-without-effect"];
    let thresholds = found().filter(|f| codes.contains(&f.code));
    let claimed: Vec<Location> = thresholds.clone().map(|f| f.labels[0].location).collect();
    let thresholds = thresholds.map(|f| {
        f.clone()
            .fix(threshold_around(linted, f.labels[0].location, &claimed), "")
    });
    let rules = found().filter(|f| f.code == "shadowed-rule");
    let rules = rules.map(|f| {
        f.clone()
            .fix(item_around(linted, f.labels[0].location).0, "")
    });
    let groups: [(&Cell<u32>, Vec<Diagnostic>); 3] = [
        (&met.removable, clauses.collect()),
        (&met.thresholds, thresholds.collect()),
        (&met.shadowed, rules.collect()),
    ];
    for (count, removals) in groups {
        if removals.is_empty() {
            continue;
        }
        count.set(count.get() + u32::try_from(removals.len()).unwrap());
        let sources = fix(&linted.sources, &removals).sources;
        let compiled = compile(&sources, &options(case));
        // What is left may be as empty as it is harmless.
        if compiled.module.rules.is_empty() {
            continue;
        }
        let without = program(&compiled)?;
        let rules_stay = removals[0].code != "shadowed-rule";
        for Shown(request) in &case.requests {
            same(&linted.program, &without, request, rules_stay).map_err(|difference| {
                let shown = Shown(request.clone());
                format!("{removals:#?}\nis refuted: {difference}\n{shown:?}")
            })?;
        }
    }
    Ok(())
}

/// Returns the rules that have a part in a decision; a tolerance has one only where it decides.
fn taking_part(report: &Report) -> BTreeSet<String> {
    let contributions = report.contributions.iter();
    let rules = contributions
        .filter(|c| c.kind != "tolerance")
        .map(|c| c.rule.clone());
    let held = report.grants.iter().filter(|grant| grant.held);
    rules.chain(held.map(|grant| grant.rule.clone())).collect()
}

fn same(
    with: &Program,
    without: &Program,
    request: &Request,
    rules_stay: bool,
) -> Result<(), String> {
    let (before, after) = (with.decide(request), without.decide(request));
    let shown = |decision: &Decision<'_>| {
        let (verdict, risk) = (decision.verdict(), decision.risk().points());
        format!("{verdict} with risk {risk} and {:?}", decision.gate())
    };
    let (gate, other) = (before.gate(), after.gate());
    // Nobody can release a forbidden action, whatever the gate lists.
    let gates_agree = if gate.releasable || other.releasable {
        is_as_careful(&gate, &other) && is_as_careful(&other, &gate)
    } else {
        true
    };
    let parts = [&before, &after].map(|decision| taking_part(&decision.report()));
    if rules_stay && parts[0] != parts[1] {
        return Err(format!("{:?} becomes {:?}", parts[0], parts[1]));
    }
    if before.verdict() == after.verdict() && before.risk() == after.risk() && gates_agree {
        return Ok(());
    }
    Err(format!("{} becomes {}", shown(&before), shown(&after)))
}

/// Returns the place of the rule around a place, and the rule.
fn item_around(linted: &Linted, place: Location) -> (Location, ast::Item) {
    let text = &linted.sources.get(place.source).unwrap().text;
    let items = parse(place.source, text).file.items;
    let around =
        |item: &ast::Item| item.span.start <= place.span.start && place.span.end <= item.span.end;
    let item = items.into_iter().find(around).unwrap();
    let location = Location {
        source: place.source,
        span: item.span,
    };
    (location, item)
}

/// Returns the clause of a threshold, or the whole tolerance when the claims leave it no other.
fn threshold_around(linted: &Linted, place: Location, claimed: &[Location]) -> Location {
    let (whole, item) = item_around(linted, place);
    let ast::ItemKind::Rule(rule) = &item.kind else {
        panic!("a threshold outside of a tolerance");
    };
    let thresholds = rule.clauses.iter().filter(|clause| {
        matches!(
            clause.kind,
            ast::ClauseKind::ProposeAt(_) | ast::ClauseKind::EscalateAt(_)
        )
    });
    let holds = |clause: &ast::Clause, place: &Location| {
        place.source == whole.source
            && clause.span.start <= place.span.start
            && place.span.end <= clause.span.end
    };
    let is_claimed = |clause: &ast::Clause| claimed.iter().any(|place| holds(clause, place));
    if thresholds.clone().all(is_claimed) {
        return whole;
    }
    let clause = thresholds
        .clone()
        .find(|clause| holds(clause, &place))
        .unwrap();
    Location {
        source: place.source,
        span: clause.span,
    }
}
