//! What we say that the API server stores is what a real one stored.
//!
//! `TAFFRAIL_RECORDINGS` names a folder with other recordings; `RECORDING` a part of the names of the exchanges to print.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "recordings that are not as expected fail the test, and it says what it compared"
)]

mod audit;
mod compare;
mod exchange;
mod expected;
mod request;
mod truth;
mod walk;

use walk::{Cluster, Outcome};

/// What came of the exchanges.
#[derive(Debug, Default)]
struct Tally {
    equal: usize,
    both_refuse: usize,
    never_seen: usize,
    expected: usize,
    /// Writes that were stored, but not as computed.
    wrong: usize,
    faults: Vec<String>,
    met: Vec<String>,
}

#[test]
fn recorded_writes_store_what_we_compute() {
    let Some(folder) = exchange::folder() else {
        eprintln!("no recordings on this machine, nothing is compared");
        return;
    };
    let mut cluster = Cluster::new();
    let mut tally = Tally::default();
    for exchange in exchange::read(&folder) {
        let outcome = cluster.take(&exchange);
        take(&mut tally, &exchange.name, outcome);
    }
    // Other recordings need not have what these have.
    if std::env::var_os("TAFFRAIL_RECORDINGS").is_none() {
        for (name, why) in expected::DIFFERENCES {
            if !tally.met.iter().any(|met| met == name) {
                tally
                    .faults
                    .push(format!("{name}: no longer differs ({why})"));
            }
        }
    }
    let summary = format!(
        "{} stored what was computed, {} were refused by both, {} differ as expected, {} change objects never seen",
        tally.equal, tally.both_refuse, tally.expected, tally.never_seen,
    );
    println!("{summary}");
    assert!(
        tally.faults.is_empty(),
        "{summary}\n{}",
        tally.faults.join("\n")
    );
    assert!(tally.equal >= expected::LEAST_EQUAL, "{summary}");
}

fn take(tally: &mut Tally, name: &str, outcome: Outcome) {
    let fault = match outcome {
        Outcome::NoWrite => return,
        Outcome::Equal => {
            tally.equal += 1;
            return;
        }
        Outcome::BothRefuse => {
            tally.both_refuse += 1;
            return;
        }
        Outcome::NeverSeen => {
            tally.never_seen += 1;
            return;
        }
        Outcome::Differs(pair) => {
            let lines = compare::differences(&pair.0, &pair.1);
            let lines = lines.iter().map(|(path, (computed, stored))| {
                format!("\n      {path}: computed {computed}, stored {stored}")
            });
            format!("differs{}", lines.collect::<String>())
        }
        Outcome::RefusedOnlyByUs(refused) => format!("refused only by us: {refused}"),
        Outcome::RefusedOnlyByServer(message) => format!("refused only by the server: {message}"),
    };
    if !fault.starts_with("refused only by the server") {
        tally.wrong += 1;
    }
    let is_expected = expected::DIFFERENCES
        .iter()
        .any(|(expected, _)| *expected == name);
    if is_expected {
        tally.expected += 1;
        tally.met.push(name.to_owned());
    } else {
        tally.faults.push(format!("{name}: {fault}"));
    }
}

/// What an audit log does not say is guessed: what kind of patch a patch is. Requests that overlap stand in an order of their own.
#[test]
fn audited_writes_store_what_we_compute() {
    let Some(folder) = exchange::folder() else {
        eprintln!("no audit logs on this machine, nothing is compared");
        return;
    };
    for log in ["audit-requestresponse.log.gz", "audit-prod-full.log.gz"] {
        let file = folder.join("../audit").join(log);
        if !file.is_file() {
            continue;
        }
        let mut cluster = Cluster::new();
        let mut tally = Tally::default();
        for exchange in audit::read(&file) {
            let outcome = cluster.take(&exchange);
            let name = format!("{} {} {}", exchange.name, exchange.method, exchange.path);
            take(&mut tally, &name, outcome);
        }
        let summary = format!(
            "{log}: {} stored what was computed, {} did not, {} were refused by both",
            tally.equal, tally.wrong, tally.both_refuse,
        );
        println!("{summary}");
        assert!(
            tally.equal > 1000 && tally.wrong * 100 < tally.equal,
            "{summary}\n{}",
            tally.faults.join("\n")
        );
    }
}
