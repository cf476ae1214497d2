//! Sharing a policy set between threads, replacing it, saving it.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use taffrail::{Live, Plan, PolicySet, Request, Value, Verdict};

fn set(effect: &str) -> PolicySet {
    let text = format!(
        "policy a\n\
         grant small {{ on scale when (dynamic(proposed).spec.replicas ?? 0) > 1 }}\n\
         guard g {{ on delete, scale when target.name like \"db-*\" {effect} because \"`{{target.name}}` is kept\" }}"
    );
    PolicySet::from_sources([("a.guard", text)]).unwrap()
}

fn request(verb: &str, name: &str) -> Request {
    let mut request = Request {
        verb: Value::string(verb),
        ..Request::default()
    };
    request.target.kind = Value::string("Deployment");
    request.target.name = Value::string(name);
    request
}

#[test]
fn sets_and_holders_cross_threads() {
    fn crosses<T: Send + Sync + Clone + 'static>() {}
    crosses::<PolicySet>();
    crosses::<Live>();
}

#[test]
fn every_decision_sees_one_whole_set_while_sets_are_replaced() {
    let live = Live::new(set("propose"));
    let done = AtomicBool::new(false);
    let request = request("delete", "db-1");
    thread::scope(|scope| {
        let readers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut decided = 0_u32;
                    while !done.load(Ordering::Relaxed) || decided == 0 {
                        let policies = live.current();
                        let decision = policies.decide(&request);
                        let report = decision.report();
                        // The verdict and the digest come from one set, whichever it was.
                        assert_eq!(report.policy_digest, policies.digest());
                        assert!(decision.verdict() >= Verdict::Propose);
                        decided += 1;
                    }
                    decided
                })
            })
            .collect();
        for round in 0..50 {
            live.replace(set(if round % 2 == 0 {
                "escalate"
            } else {
                "propose"
            }));
        }
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            assert!(reader.join().unwrap() > 0);
        }
    });
    assert_eq!(live.current().decide(&request).verdict(), Verdict::Propose);
}

#[test]
fn a_folder_that_does_not_load_leaves_the_old_set_in_force() {
    let live = Live::new(set("escalate"));
    let before = live.current().digest().to_owned();
    assert!(live.reload("/nowhere/at/all").is_err());
    assert_eq!(live.current().digest(), before);
}

#[test]
fn a_set_that_was_replaced_still_decides_for_those_who_hold_it() {
    let live = Live::new(set("escalate"));
    let held = live.current();
    let returned = live.replace(set("propose"));
    assert_eq!(held.digest(), returned.digest());
    let request = request("delete", "db-1");
    assert_eq!(held.decide(&request).verdict(), Verdict::Escalate);
    assert_eq!(live.current().decide(&request).verdict(), Verdict::Propose);
}

#[test]
fn a_saved_set_decides_alike_with_the_runtime_alone() {
    let policies = set("escalate to 2 of \"dba\"");
    let bytes = policies.to_bytes().unwrap();
    let again = PolicySet::from_bytes(&bytes).unwrap();
    let alone = taffrail_runtime::Program::from_json(&bytes).unwrap();
    for verb in ["delete", "scale", "get"] {
        for name in ["db-1", "web"] {
            let request = request(verb, name);
            let report = policies.decide(&request).report();
            assert_eq!(report, again.decide(&request).report());
            assert_eq!(report, alone.decide(&request).report());
            assert_eq!(
                policies.requirements(&request),
                again.requirements(&request)
            );
        }
    }
    let plan = Plan {
        steps: vec![request("scale", "web"), request("delete", "db-1")],
    };
    assert_eq!(
        policies.decide_plan(&plan).report(),
        again.decide_plan(&plan).report()
    );
    assert_eq!(again.to_bytes().unwrap(), bytes);
}

#[test]
fn bytes_that_are_no_saved_set_are_refused() {
    for bytes in [
        &b"{}"[..],
        b"",
        b"null",
        b"{\"format\":99,\"program\":{}}",
        b"\xff",
    ] {
        assert!(PolicySet::from_bytes(bytes).is_err());
    }
}

#[test]
fn warnings_do_not_keep_a_set_from_loading() {
    let text = "policy a\nlet unused = target.name\nguard g { on delete escalate because \"no\" }";
    let policies = PolicySet::from_sources([("a.guard", text)]).unwrap();
    assert!(
        policies
            .warnings()
            .iter()
            .any(|warning| !warning.is_error())
    );
}
