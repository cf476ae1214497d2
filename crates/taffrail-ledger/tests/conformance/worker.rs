//! Processes that share a ledger, and die at any moment.

use std::process::{Command, Stdio};
use std::time::Duration;

use taffrail_ledger::{Claimed, Outcome};
use taffrail_runtime::Decimal;
use taffrail_runtime::request::LedgerKey;

use crate::stores::{each, minutes, one_of_five, open};

/// Where a worker finds its ledger; unset in the tests themselves.
const ADDRESS: &str = "TAFFRAIL_LEDGER_ADDRESS";
const NAME: &str = "TAFFRAIL_LEDGER_NAME";

/// Not a test of its own: the others run it in processes, which claim and settle until they are killed or all is taken.
#[test]
fn works_until_it_is_killed() {
    let Ok(address) = std::env::var(ADDRESS) else {
        return;
    };
    let name = std::env::var(NAME).unwrap();
    let ledger = open(&address);
    for number in 0..1_000 {
        let action = format!("{name}-{number}");
        let mut claim = one_of_five(&action);
        claim.takes[0].limit = Decimal::from(40);
        match ledger.claim(&claim).unwrap() {
            Claimed::Refused(_) => return,
            Claimed::Taken { .. } => {}
        }
        ledger.begin_run(&action).unwrap();
        ledger.settle(&action, Outcome::Succeeded).unwrap();
    }
}

fn worker(address: &str, name: &str) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "worker::works_until_it_is_killed"])
        .env(ADDRESS, address)
        .env(NAME, name)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn used(address: &str) -> Decimal {
    let usage = open(address)
        .usage(&[("shop.restarts".to_owned(), minutes(60))])
        .unwrap();
    let own = usage.into_iter().find(|entry| entry.by != LedgerKey::Any);
    own.map_or(Decimal::ZERO, |entry| entry.used.unwrap())
}

#[test]
fn several_processes_never_take_more_than_there_is() {
    each(|place| {
        let workers: Vec<_> = (0..4)
            .map(|number| worker(&place.address, &format!("w{number}")))
            .collect();
        for mut worker in workers {
            assert!(worker.wait().unwrap().success());
        }
        assert_eq!(used(&place.address), Decimal::from(40));
        let ledger = open(&place.address);
        let head = ledger.verify().unwrap().unwrap();
        // Each of 40 is claimed and settled, and each worker is refused once.
        assert_eq!(head.number, 84);
    });
}

#[test]
fn killed_at_any_moment_they_leave_a_whole_ledger() {
    each(|place| {
        for round in 0..8 {
            let mut victim = worker(&place.address, &format!("victim-{round}"));
            std::thread::sleep(Duration::from_millis(20 + 7 * round));
            victim.kill().unwrap();
            victim.wait().unwrap();
            let ledger = open(&place.address);
            let records = ledger.records(0, 10_000).unwrap();
            let count = |event: &str| {
                records
                    .iter()
                    .filter(|record| record.event == event)
                    .count()
            };
            // What the log says and what the budget says are one.
            let claimed = i64::try_from(count("claimed")).unwrap();
            assert_eq!(
                used(&place.address),
                Decimal::from(claimed),
                "round {round}"
            );
            assert!(count("claimed") - count("settled") <= 1 + usize::try_from(round).unwrap());
            assert!(ledger.verify().unwrap().is_ok(), "round {round}");
        }
    });
}
