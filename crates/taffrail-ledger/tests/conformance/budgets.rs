//! Budgets: nobody gets what is not there.

use std::sync::Barrier;

use jiff::SignedDuration;
use taffrail_ledger::{Claimed, Ledger, LedgerError, Outcome, Refusal};
use taffrail_runtime::Decimal;
use taffrail_runtime::request::LedgerKey;

use crate::stores::{each, key, minutes, one_of_five};

fn is_taken(claimed: &Claimed) -> bool {
    matches!(claimed, Claimed::Taken { .. })
}

fn used(ledger: &Ledger) -> Decimal {
    let usage = ledger
        .usage(&[("shop.restarts".to_owned(), minutes(60))])
        .unwrap();
    let own = usage.iter().find(|entry| entry.by != LedgerKey::Any);
    own.map_or(Decimal::ZERO, |entry| entry.used.unwrap())
}

#[test]
fn of_32_agents_that_race_for_5_units_exactly_5_win() {
    each(|place| {
        let ledgers: Vec<Ledger> = (0..32).map(|_| place.open()).collect();
        let start = Barrier::new(ledgers.len());
        let won: usize = std::thread::scope(|scope| {
            let racers: Vec<_> = ledgers
                .iter()
                .enumerate()
                .map(|(number, ledger)| {
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        let claim = one_of_five(&format!("action-{number}"));
                        is_taken(&ledger.claim(&claim).unwrap())
                    })
                })
                .collect();
            racers
                .into_iter()
                .map(|racer| usize::from(racer.join().unwrap()))
                .sum()
        });
        assert_eq!(won, 5);
        assert_eq!(used(&place.open()), Decimal::from(5));
        assert_eq!(
            place.open().verify().unwrap().map(|head| head.number),
            Ok(32)
        );
    });
}

#[test]
fn a_claim_that_is_made_again_counts_once() {
    each(|place| {
        let ledger = place.open();
        let first = ledger.claim(&one_of_five("a")).unwrap();
        place.pass(minutes(1));
        assert_eq!(ledger.claim(&one_of_five("a")).unwrap(), first);
        assert_eq!(used(&ledger), Decimal::from(1));
    });
}

#[test]
fn a_refusal_names_what_is_used_and_takes_nothing() {
    each(|place| {
        let ledger = place.open();
        for number in 0..5 {
            assert!(is_taken(
                &ledger.claim(&one_of_five(&number.to_string())).unwrap()
            ));
        }
        let refused = ledger.claim(&one_of_five("one too many")).unwrap();
        let Claimed::Refused(refusals) = &refused else {
            panic!("{refused:?}");
        };
        assert_eq!(
            refusals.as_slice(),
            [Refusal::Budget {
                budget: "shop.restarts".into(),
                key: key("cart"),
                used: Decimal::from(5),
                limit: Decimal::from(5),
            }]
        );
        assert_eq!(
            refusals[0].to_string(),
            "budget `shop.restarts` for cart: 5 of 5 are used"
        );
        assert_eq!(used(&ledger), Decimal::from(5));
        let mut elsewhere = one_of_five("elsewhere");
        elsewhere.takes[0].key = key("checkout");
        assert!(is_taken(&ledger.claim(&elsewhere).unwrap()));
    });
}

#[test]
fn a_claim_takes_everything_or_nothing() {
    each(|place| {
        let ledger = place.open();
        let mut both = one_of_five("both");
        let mut second = both.takes[0].clone();
        second.budget = "shop.exhausted".into();
        second.limit = Decimal::ZERO;
        both.takes.push(second);
        assert!(!is_taken(&ledger.claim(&both).unwrap()));
        assert_eq!(used(&ledger), Decimal::ZERO);
    });
}

#[test]
fn what_never_ran_is_handed_back() {
    each(|place| {
        let ledger = place.open();
        for number in 0..5 {
            ledger.claim(&one_of_five(&number.to_string())).unwrap();
        }
        ledger.settle("0", Outcome::NotRun).unwrap();
        assert_eq!(used(&ledger), Decimal::from(4));
        assert!(is_taken(&ledger.claim(&one_of_five("another")).unwrap()));
    });
}

#[test]
fn a_take_runs_out_unless_its_action_has_begun() {
    each(|place| {
        let ledger = place.open();
        ledger.claim(&one_of_five("crashed")).unwrap();
        ledger.claim(&one_of_five("running")).unwrap();
        ledger.begin_run("running").unwrap();
        assert_eq!(used(&ledger), Decimal::from(2));
        place.pass(minutes(6));
        assert_eq!(used(&ledger), Decimal::from(1));
        // Who was away for too long must claim anew.
        let late = ledger.begin_run("crashed");
        assert!(
            matches!(late, Err(LedgerError::Conflict { .. })),
            "{late:?}"
        );
        assert!(is_taken(&ledger.claim(&one_of_five("crashed")).unwrap()));
        ledger.begin_run("crashed").unwrap();
        // However long it runs, beyond the window too.
        place.pass(minutes(120));
        assert_eq!(used(&ledger), Decimal::from(2));
        // What ran is spent in the window in which it was taken.
        ledger.settle("running", Outcome::Succeeded).unwrap();
        assert_eq!(used(&ledger), Decimal::from(1));
    });
}

#[test]
fn windows_roll() {
    each(|place| {
        let ledger = place.open();
        for number in 0..5 {
            let action = number.to_string();
            ledger.claim(&one_of_five(&action)).unwrap();
            ledger.begin_run(&action).unwrap();
            ledger.settle(&action, Outcome::Succeeded).unwrap();
            place.pass(minutes(10));
        }
        // The first one is 50 minutes old.
        assert!(!is_taken(&ledger.claim(&one_of_five("early")).unwrap()));
        place.pass(minutes(10));
        assert!(is_taken(&ledger.claim(&one_of_five("in time")).unwrap()));
    });
}

#[test]
fn spends_add_up_exactly() {
    each(|place| {
        let ledger = place.open();
        for number in 0..10 {
            let mut claim = one_of_five(&number.to_string());
            claim.takes[0].spend = Decimal::parse("0.1").unwrap();
            claim.takes[0].limit = Decimal::from(1);
            assert!(is_taken(&ledger.claim(&claim).unwrap()), "{number}");
        }
        assert_eq!(used(&ledger), Decimal::from(1));
        let mut negative = one_of_five("negative");
        negative.takes[0].spend = Decimal::from(-3);
        ledger.claim(&negative).unwrap();
        assert_eq!(used(&ledger), Decimal::from(1));
    });
}

#[test]
fn released_by_people_it_goes_beyond_the_limit_and_counts() {
    each(|place| {
        let ledger = place.open();
        for number in 0..5 {
            ledger.claim(&one_of_five(&number.to_string())).unwrap();
        }
        let mut released = one_of_five("released");
        released.released = true;
        assert!(is_taken(&ledger.claim(&released).unwrap()));
        assert_eq!(used(&ledger), Decimal::from(6));
    });
}

#[test]
fn a_clock_that_is_wrong_wins_nothing() {
    each(|place| {
        let ledger = place.open();
        for number in 0..5 {
            ledger.claim(&one_of_five(&number.to_string())).unwrap();
            ledger.begin_run(&number.to_string()).unwrap();
        }
        // One that is behind does not come before what was written, one that is ahead does not undo what runs.
        for by in [-7200, -60, 60, 7200] {
            let askew = place.open_askew(SignedDuration::from_secs(by));
            assert!(
                !is_taken(&askew.claim(&one_of_five("askew")).unwrap()),
                "{by}"
            );
        }
        for number in 0..5 {
            ledger
                .settle(&number.to_string(), Outcome::Succeeded)
                .unwrap();
        }
        let behind = place.open_askew(SignedDuration::from_secs(-3600));
        behind.claim(&one_of_five("behind")).unwrap();
        let times: Vec<_> = behind
            .records(0, 100)
            .unwrap()
            .iter()
            .map(|record| record.at)
            .collect();
        assert!(times.is_sorted(), "{times:?}");
    });
}

#[test]
fn an_action_is_settled_once() {
    each(|place| {
        let ledger = place.open();
        ledger.claim(&one_of_five("a")).unwrap();
        ledger.settle("a", Outcome::Succeeded).unwrap();
        ledger.settle("a", Outcome::Succeeded).unwrap();
        let other = ledger.settle("a", Outcome::NotRun);
        assert!(
            matches!(other, Err(LedgerError::Conflict { .. })),
            "{other:?}"
        );
        let again = ledger.claim(&one_of_five("a"));
        assert!(
            matches!(again, Err(LedgerError::Conflict { .. })),
            "{again:?}"
        );
        assert_eq!(used(&ledger), Decimal::from(1));
    });
}
