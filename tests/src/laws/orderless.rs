//! The order of files, rules and facts changes nothing.

use proptest::prelude::*;
use taffrail_runtime::decision::Report;

use super::run::{compiled, difference, law};
use super::{Case, case};

#[test]
fn permuting_files_rules_and_facts_gives_the_same_report() {
    law("orderless", permuted(), |(case, other)| {
        let (program, permuted) = (
            compiled(&case.set, &case.settings)?.program,
            compiled(&other.set, &other.settings)?.program,
        );
        for (request, other) in case.requests.iter().zip(&other.requests) {
            let one = comparable(program.decide(&request.0).report());
            let two = comparable(permuted.decide(&other.0).report());
            if one != two {
                return Err(format!(
                    "the reports differ in\n{}{request:?}\n{other:?}",
                    difference(&one, &two)
                ));
            }
        }
        Ok(())
    });
}

/// Returns a case beside the same one in another order.
fn permuted() -> impl Strategy<Value = (Case, Case)> {
    case().prop_flat_map(|case| {
        let mut rules: Vec<BoxedStrategy<_>> = Vec::new();
        for file in &case.set.files {
            rules.push(Just(file.rules.clone()).prop_shuffle().boxed());
        }
        let files = Just(case.set.files.clone());
        let mut requests = Vec::new();
        for request in &case.requests {
            let facts = (
                Just(request.0.usage.clone()).prop_shuffle(),
                Just(request.0.breakers.clone()).prop_shuffle(),
                Just(request.0.complete.clone()).prop_shuffle(),
            );
            requests.push(facts);
        }
        (files, rules, requests, any::<bool>()).prop_map(
            move |(files, rules, requests, reverse)| {
                let mut other = case.clone();
                other.set.files = files;
                for (file, rules) in other.set.files.iter_mut().zip(rules) {
                    file.rules = rules;
                }
                if reverse {
                    other.set.files.reverse();
                }
                for (request, (usage, breakers, complete)) in
                    other.requests.iter_mut().zip(requests)
                {
                    request.0.usage = usage;
                    request.0.breakers = breakers;
                    request.0.complete = complete;
                }
                (case.clone(), other)
            },
        )
    })
}

/// Returns a report without the lines of rules and the digest of the texts.
fn comparable(mut report: Report) -> Report {
    report.policy_digest.clear();
    for contribution in &mut report.contributions {
        contribution.line = 0;
        if let Some(waiver) = &mut contribution.waiver {
            waiver.line = 0;
        }
    }
    for grant in &mut report.grants {
        grant.line = 0;
        if let Some(failed) = &mut grant.failed {
            failed.line = 0;
        }
    }
    report
}
