//! Breakers open, half open and close.

use taffrail_ledger::{Claimed, Ledger, Outcome};
use taffrail_runtime::request::{BreakerState, LedgerKey};

use crate::stores::{Place, each, key, minutes, through_breaker};

fn state(ledger: &Ledger) -> BreakerState {
    let facts = ledger.breakers(&["shop.rollouts".to_owned()]).unwrap();
    let own = facts.iter().find(|fact| fact.by != LedgerKey::Any);
    own.map_or(BreakerState::Closed, |fact| fact.state.unwrap())
}

fn run(ledger: &Ledger, action: &str, outcome: Outcome) {
    let mut claim = through_breaker(action);
    claim.released = true;
    ledger.claim(&claim).unwrap();
    ledger.begin_run(action).unwrap();
    ledger.settle(action, outcome).unwrap();
}

fn tripped(place: &Place) -> Ledger {
    let ledger = place.open();
    for number in 0..3 {
        assert_eq!(state(&ledger), BreakerState::Closed);
        run(&ledger, &format!("failure-{number}"), Outcome::Failed);
    }
    assert_eq!(state(&ledger), BreakerState::Open);
    ledger
}

#[test]
fn it_opens_after_so_many_failures_and_stops_claims() {
    each(|place| {
        let ledger = tripped(place);
        let refused = ledger.claim(&through_breaker("next")).unwrap();
        let Claimed::Refused(refusals) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(
            refusals[0].to_string(),
            "breaker `shop.rollouts` for shop is open until 2027-01-15T09:00:00Z"
        );
        let mut elsewhere = through_breaker("elsewhere");
        elsewhere.passes[0].key = key("payments");
        let taken = ledger.claim(&elsewhere).unwrap();
        assert!(matches!(taken, Claimed::Taken { .. }), "{taken:?}");
    });
}

#[test]
fn failures_that_lie_far_apart_do_not_open_it() {
    each(|place| {
        let ledger = place.open();
        for number in 0..6 {
            run(&ledger, &number.to_string(), Outcome::Failed);
            assert_eq!(state(&ledger), BreakerState::Closed);
            place.pass(minutes(16));
        }
    });
}

#[test]
fn half_open_it_closes_with_a_success() {
    each(|place| {
        let ledger = tripped(place);
        place.pass(minutes(60));
        assert_eq!(state(&ledger), BreakerState::HalfOpen);
        // Half open, it lets nothing through unattended.
        let refused = ledger.claim(&through_breaker("alone")).unwrap();
        assert!(matches!(refused, Claimed::Refused(_)), "{refused:?}");
        run(&ledger, "released", Outcome::Succeeded);
        assert_eq!(state(&ledger), BreakerState::Closed);
        // The old failures are forgotten.
        run(&ledger, "failure", Outcome::Failed);
        assert_eq!(state(&ledger), BreakerState::Closed);
    });
}

#[test]
fn half_open_it_opens_again_with_a_failure() {
    each(|place| {
        let ledger = tripped(place);
        place.pass(minutes(61));
        run(&ledger, "released", Outcome::Failed);
        assert_eq!(state(&ledger), BreakerState::Open);
        place.pass(minutes(59));
        assert_eq!(state(&ledger), BreakerState::Open);
        place.pass(minutes(1));
        assert_eq!(state(&ledger), BreakerState::HalfOpen);
    });
}

#[test]
fn what_never_ran_counts_neither_way() {
    each(|place| {
        let ledger = tripped(place);
        place.pass(minutes(60));
        run(&ledger, "not run", Outcome::NotRun);
        assert_eq!(state(&ledger), BreakerState::HalfOpen);
    });
}

#[test]
fn people_open_and_close_it_by_hand() {
    each(|place| {
        let ledger = place.open();
        ledger
            .trip("shop.rollouts", &key("shop"), minutes(10), "dana")
            .unwrap();
        assert_eq!(state(&ledger), BreakerState::Open);
        let tripped = ledger.tripped().unwrap();
        assert_eq!(tripped.len(), 1);
        assert_eq!(tripped[0].breaker, "shop.rollouts");
        assert_eq!(tripped[0].state, Some(BreakerState::Open));
        ledger.reset("shop.rollouts", &key("shop"), "dana").unwrap();
        assert!(ledger.tripped().unwrap().is_empty());
        assert_eq!(state(&ledger), BreakerState::Closed);
        let events: Vec<String> = ledger
            .records(0, 10)
            .unwrap()
            .into_iter()
            .map(|record| record.event)
            .collect();
        assert_eq!(events, ["breaker_tripped", "breaker_reset"]);
    });
}
