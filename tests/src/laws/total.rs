//! Deciding always ends in a decision, whatever the facts are.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::careful::any_value;
use super::run::{REQUESTS, compiled, law};
use super::{Case, case};
use crate::generate::fog;

#[test]
fn any_facts_give_a_decision_with_a_report_and_requirements() {
    let values = vec(vec((any::<Index>(), any_value()), 0..8), REQUESTS);
    law(
        "total",
        (case(), values),
        |(case, values): &(Case, Vec<Vec<_>>)| {
            let program = compiled(&case.set, &case.settings)?.program;
            for (request, values) in case.requests.iter().zip(values) {
                let mut request = request.0.clone();
                for (place, value) in values {
                    let place = Index::index(place, fog::places(&request));
                    fog::put(&mut request, place, value);
                }
                let decision = program.decide(&request);
                let report = decision.report();
                let _ = program.requirements(&request);
                if report.verdict != decision.verdict() || report.risk.points() > 100 {
                    return Err(format!(
                        "the report says {} with risk {:?}",
                        report.verdict, report.risk
                    ));
                }
                let bytes = serde_json::to_vec(&report).map_err(|error| error.to_string())?;
                let again = serde_json::to_vec(&program.decide(&request).report())
                    .map_err(|error| error.to_string())?;
                if bytes != again {
                    return Err("deciding twice gives different bytes".into());
                }
            }
            Ok(())
        },
    );
}
