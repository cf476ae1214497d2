//! The switch that stops all execution.

use taffrail_ledger::{Claimed, Refusal};

use crate::stores::{each, one_of_five};

#[test]
fn one_command_stops_every_replica_at_once() {
    each(|place| {
        let (one, two) = (place.open(), place.open());
        one.claim(&one_of_five("a")).unwrap();
        let pause = two.pause("dana", "something is burning").unwrap();
        assert_eq!(one.paused().unwrap().as_ref(), Some(&pause));
        let refused = one.claim(&one_of_five("b")).unwrap();
        assert_eq!(refused, Claimed::Refused(vec![Refusal::Paused(pause)]));
        let stopped = one.begin_run("a").unwrap_err();
        assert_eq!(
            stopped.to_string(),
            "all execution is paused by dana: something is burning"
        );
        // Who pauses later does not hide who paused first.
        assert_eq!(one.pause("ann", "me too").unwrap().by, "dana");
        two.resume("dana").unwrap();
        one.begin_run("a").unwrap();
        assert_eq!(two.resume("dana").unwrap(), None);
    });
}

#[test]
fn released_actions_stand_still_too() {
    each(|place| {
        let ledger = place.open();
        ledger.pause("dana", "stop").unwrap();
        let mut released = one_of_five("a");
        released.released = true;
        assert!(matches!(
            ledger.claim(&released).unwrap(),
            Claimed::Refused(_)
        ));
    });
}
