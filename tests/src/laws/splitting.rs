//! Splitting one change of an object into steps cannot make it milder.

use proptest::collection::vec;
use proptest::prelude::*;
use taffrail_runtime::Program;
use taffrail_runtime::request::{Plan, Proposed, Request};

use super::case;
use super::run::{REQUESTS, compiled, law};
use crate::generate::request;
use crate::generate::request::Shown;

#[test]
fn a_plan_is_at_least_as_careful_as_its_net_change() {
    // What lies between the steps is the object of some other request.
    let middles = vec(request().prop_map(Shown), REQUESTS);
    law("splitting", (case(), middles), |(case, middles)| {
        let program = compiled(&case.set, &case.settings)?.program;
        for (request, middle) in case.requests.iter().zip(middles) {
            splits(&program, &request.0, &middle.0)?;
        }
        Ok(())
    });
}

fn splits(program: &Program, whole: &Request, middle: &Request) -> Result<(), String> {
    let Proposed::Given(_) = whole.proposed else {
        return Ok(());
    };
    let mut first = whole.clone();
    first.proposed = Proposed::Given(middle.current.clone());
    let mut second = whole.clone();
    second.current = middle.current.clone();
    let plan = program.decide_plan(&Plan {
        steps: vec![first, second],
    });
    let single = program.decide(whole);
    if plan.verdict() < single.verdict() || plan.risk() < single.risk() {
        return Err(format!(
            "{} with risk {} becomes {} with risk {} in two steps\n{:#?}\nin between {}\n{:?}",
            single.verdict(),
            single.risk().points(),
            plan.verdict(),
            plan.risk().points(),
            plan.report(),
            middle.current.render(),
            Shown(whole.clone()),
        ));
    }
    Ok(())
}
