//! Missing information never makes a decision milder.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;
use taffrail_runtime::Value;
use taffrail_runtime::request::{Proposed, Request};

use super::run::{compiled, law};
use super::{Case, case};
use crate::generate::fog;
use crate::generate::request::Shown;

/// Some places, and what to put there.
type Changes = Vec<(Index, Value)>;

#[test]
fn replacing_facts_by_unknown_never_lowers_verdict_or_risk() {
    let holes = vec((any::<Index>(), Just(fog::unknown())), 1..4);
    law(
        "careful",
        (case(), vec(holes, super::run::REQUESTS)),
        |(case, holes)| {
            never_milder(case, holes, |request, holes| {
                let mut obscured = request.clone();
                change(&mut obscured, holes);
                (request.clone(), obscured)
            })
        },
    );
}

#[test]
fn no_values_of_unknown_facts_give_a_more_careful_decision() {
    let values = vec((any::<Index>(), any_value()), 1..4);
    law(
        "worst case",
        (case(), vec(values, super::run::REQUESTS)),
        |(case, values)| {
            never_milder(case, values, |request, values| {
                // From the last place to the first, so that what is put in one does not move the others.
                let count = fog::places(request);
                let mut places: Vec<(usize, &Value)> = values
                    .iter()
                    .map(|(place, value)| (place.index(count), value))
                    .collect();
                places.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
                let mut filled = request.clone();
                let mut obscured = request.clone();
                for (place, value) in places {
                    fog::put(&mut filled, place, value);
                    fog::put(&mut obscured, place, &fog::unknown());
                }
                (filled, obscured)
            })
        },
    );
}

#[test]
fn an_unknown_proposal_is_at_least_as_careful_as_a_given_one() {
    let none = Just(Changes::new());
    law(
        "careful about proposals",
        (case(), vec(none, super::run::REQUESTS)),
        |(case, none)| {
            never_milder(case, none, |request, _| {
                let mut obscured = request.clone();
                if request.proposed != Proposed::FromVerb {
                    obscured.proposed = Proposed::Given(fog::unknown());
                }
                (request.clone(), obscured)
            })
        },
    );
}

fn change(request: &mut Request, changes: &Changes) {
    for (place, value) in changes {
        let place = place.index(fog::places(request));
        fog::put(request, place, value);
    }
}

fn never_milder(
    case: &Case,
    changes: &[Changes],
    pair: impl Fn(&Request, &Changes) -> (Request, Request),
) -> Result<(), String> {
    let program = compiled(&case.set, &case.settings)?.program;
    for (request, changes) in case.requests.iter().zip(changes) {
        let (clear, obscured) = pair(&request.0, changes);
        let (known, unknown) = (program.decide(&clear), program.decide(&obscured));
        if unknown.verdict() < known.verdict() || unknown.risk() < known.risk() {
            return Err(format!(
                "{} with risk {} becomes {} with risk {} when less is known; known is\n{:?}\nand unknown\n{:?}",
                known.verdict(),
                known.risk().points(),
                unknown.verdict(),
                unknown.risk().points(),
                Shown(clear.clone()),
                Shown(obscured.clone()),
            ));
        }
    }
    Ok(())
}

/// Values that a fact could have, whether it makes sense or not.
pub(super) fn any_value() -> impl Strategy<Value = Value> {
    let json = select(vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(3),
        json!(-2.5),
        json!(99_999_999_999_u64),
        json!("payments"),
        json!("api"),
        json!("scale"),
        json!("restart"),
        json!("drain_pool"),
        json!("Deployment"),
        json!("Node"),
        json!("agent"),
        json!("gold"),
        json!("2"),
        json!("250m"),
        json!("25%"),
        json!("1.36"),
        json!("10.0.0.1"),
        json!("2026-11-22T10:00:00Z"),
        json!(""),
        json!([]),
        json!(["platform"]),
        json!([null, 1]),
        json!({}),
        json!({ "tier": "gold" }),
        json!({ "replicas": 1 }),
        json!({ "name": "app", "image": "nginx" }),
        json!({ "kind": "agent", "groups": ["platform"] }),
    ])
    .prop_map(|json| Value::from_json(&json));
    let time = select(vec!["2026-11-22T10:00:00Z", "2027-05-01T00:00:00Z"])
        .prop_map(|time| Value::Time(time.parse().unwrap()));
    prop_oneof![12 => json, 1 => time]
}
