//! Actions on their way: one holder at a time, and nothing is forgotten.

use serde_json::json;
use taffrail_ledger::{Ledger, LedgerError, Stage, Step};

use crate::stores::{each, minutes};

fn step<'s>(id: &'s str, holder: &'s str, from: Stage, to: Stage) -> Step<'s> {
    Step {
        id,
        holder,
        from,
        to,
        document: None,
        body: json!({ "because": "it goes on" }),
    }
}

fn left(ledger: &Ledger) -> Vec<String> {
    ledger
        .left_behind()
        .unwrap()
        .into_iter()
        .map(|record| record.id)
        .collect()
}

#[test]
fn the_same_id_is_the_same_action() {
    each(|place| {
        let ledger = place.open();
        let (first, is_new) = ledger
            .accept("a", &json!({ "n": 1 }), "one", minutes(1))
            .unwrap();
        assert!(is_new);
        let (second, is_new) = place
            .open()
            .accept("a", &json!({ "n": 2 }), "two", minutes(1))
            .unwrap();
        assert!(!is_new);
        assert_eq!(first, second);
        assert_eq!(second.document, json!({ "n": 1 }));
        assert_eq!(ledger.under_way().unwrap(), std::slice::from_ref(&second));
        assert_eq!(second.holder.unwrap().0, "one");
    });
}

#[test]
fn a_step_is_taken_from_the_stage_before_by_the_holder() {
    each(|place| {
        let ledger = place.open();
        ledger.accept("a", &json!({}), "one", minutes(1)).unwrap();
        let wrong_stage = ledger.advance(
            &step("a", "one", Stage::Decided, Stage::Reserved),
            minutes(1),
        );
        assert!(
            matches!(wrong_stage, Err(LedgerError::Conflict { .. })),
            "{wrong_stage:?}"
        );
        let somebody_else = ledger.advance(
            &step("a", "two", Stage::Received, Stage::Collected),
            minutes(1),
        );
        assert_eq!(
            somebody_else.unwrap_err().to_string(),
            "action `a` is held by one, and not free"
        );
        ledger
            .advance(
                &step("a", "one", Stage::Received, Stage::Collected),
                minutes(1),
            )
            .unwrap();
        assert_eq!(ledger.action("a").unwrap().unwrap().stage, Stage::Collected);
        let nobody = ledger.advance(
            &step("b", "one", Stage::Received, Stage::Collected),
            minutes(1),
        );
        assert_eq!(nobody.unwrap_err().to_string(), "there is no action `b`");
    });
}

#[test]
fn what_a_crash_leaves_behind_is_found_when_the_lease_has_passed() {
    each(|place| {
        let ledger = place.open();
        for id in ["a", "b", "c"] {
            ledger.accept(id, &json!({}), "one", minutes(5)).unwrap();
        }
        ledger
            .advance(
                &step("b", "one", Stage::Received, Stage::Failed),
                minutes(5),
            )
            .unwrap();
        assert_eq!(left(&ledger), Vec::<String>::new());
        ledger.release("c", "one").unwrap();
        assert_eq!(left(&ledger), ["c"]);
        place.pass(minutes(5));
        assert_eq!(left(&ledger), ["a", "c"]);
        ledger.hold("a", "two", minutes(5)).unwrap();
        assert_eq!(left(&ledger), ["c"]);
        // The first one wakes up, and must see that it is too late.
        let late = ledger.advance(
            &step("a", "one", Stage::Received, Stage::Collected),
            minutes(5),
        );
        assert!(
            matches!(late, Err(LedgerError::Conflict { .. })),
            "{late:?}"
        );
    });
}

#[test]
fn every_step_is_on_record() {
    each(|place| {
        let ledger = place.open();
        ledger
            .accept("a", &json!({ "verb": "scale" }), "one", minutes(1))
            .unwrap();
        let mut last = Stage::Received;
        for stage in [
            Stage::Collected,
            Stage::Decided,
            Stage::Reserved,
            Stage::Closed,
        ] {
            ledger
                .advance(&step("a", "one", last, stage), minutes(1))
                .unwrap();
            last = stage;
        }
        let events: Vec<String> = ledger
            .records(0, 10)
            .unwrap()
            .into_iter()
            .map(|record| record.event)
            .collect();
        assert_eq!(
            events,
            ["received", "collected", "decided", "reserved", "closed"]
        );
        assert_eq!(ledger.verify().unwrap().map(|head| head.number), Ok(5));
    });
}

#[test]
fn what_is_finished_is_not_under_way() {
    each(|place| {
        let ledger = place.open();
        ledger.accept("a", &json!({}), "one", minutes(1)).unwrap();
        ledger.accept("b", &json!({}), "one", minutes(1)).unwrap();
        let end = step("a", "one", Stage::Received, Stage::Failed);
        ledger.advance(&end, minutes(1)).unwrap();
        let under_way = ledger.under_way().unwrap();
        let ids: Vec<&str> = under_way.iter().map(|action| action.id.as_str()).collect();
        assert_eq!(ids, ["b"]);
    });
}
