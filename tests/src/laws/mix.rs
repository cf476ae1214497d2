//! The generated cases are worth trying: every verdict is common, and so are rules that apply, waive and hold.

use std::collections::BTreeMap;

use super::run::{compiled, sample};
use super::{Case, case};

#[test]
fn each_verdict_is_at_least_a_tenth_of_the_cases() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = 0;
    for Case {
        set,
        settings,
        requests,
    } in sample(case(), 150)
    {
        let compiled = compiled(&set, &settings).unwrap();
        for request in requests {
            let report = compiled.program.decide(&request.0).report();
            all += 1;
            *counts.entry(report.verdict.word().to_owned()).or_default() += 1;
            for contribution in report.contributions {
                *counts.entry(contribution.kind).or_default() += 1;
                if contribution.waiver.is_some() {
                    *counts.entry("waived".to_owned()).or_default() += 1;
                }
            }
            if report.grants.iter().any(|grant| grant.held) {
                *counts.entry("granted".to_owned()).or_default() += 1;
            }
        }
    }
    println!("of {all} decisions: {counts:?}");
    for (what, least) in [
        ("execute", 10),
        ("propose", 10),
        ("escalate", 10),
        ("guard", 30),
        ("granted", 30),
        ("tolerance", 5),
        ("budget", 3),
        ("breaker", 3),
        ("waived", 0),
        ("intent", 3),
    ] {
        let count = counts.get(what).copied().unwrap_or(0);
        assert!(
            count * 100 >= all * least,
            "{what} is {count} of {all}, less than {least} %: {counts:?}"
        );
    }
}
