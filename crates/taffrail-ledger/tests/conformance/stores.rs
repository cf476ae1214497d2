//! The stores that each test runs over.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use jiff::{SignedDuration, Timestamp};
use taffrail_ledger::{Claim, Key, Ledger, Pass, Take};
use taffrail_runtime::{Decimal, Value};

use crate::server;

static FILES: AtomicU32 = AtomicU32::new(0);

/// An empty place for a ledger, and a clock for it.
pub(crate) struct Place {
    /// A file's path, or a database's URL.
    pub(crate) address: String,
    clock: Arc<AtomicI64>,
    folder: Option<PathBuf>,
}

impl Place {
    /// Opens the ledger once more, with the clock of the test.
    pub(crate) fn open(&self) -> Ledger {
        let clock = Arc::clone(&self.clock);
        open(&self.address).with_clock(Arc::new(move || {
            Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap()
        }))
    }

    /// Opens the ledger with a clock that is wrong by so much.
    pub(crate) fn open_askew(&self, by: SignedDuration) -> Ledger {
        let clock = Arc::clone(&self.clock);
        open(&self.address).with_clock(Arc::new(move || {
            Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap() + by
        }))
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: SignedDuration) {
        self.clock.fetch_add(time.as_secs(), Ordering::SeqCst);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Opens a ledger with its own clock.
pub(crate) fn open(address: &str) -> Ledger {
    if address.starts_with("host=") {
        Ledger::connect(address).unwrap()
    } else {
        Ledger::open(address).unwrap()
    }
}

/// Runs a test over a file and over a database; says so when there is no server to run one.
pub(crate) fn each(test: impl Fn(&Place)) {
    let clock = || Arc::new(AtomicI64::new(1_800_000_000));
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("taffrail-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    test(&Place {
        address: folder.join("ledger.db").display().to_string(),
        clock: clock(),
        folder: Some(folder),
    });
    match server::database() {
        Ok(address) => test(&Place {
            address,
            clock: clock(),
            folder: None,
        }),
        Err(reason) => eprintln!("skipped over PostgreSQL: {reason}"),
    }
}

pub(crate) fn minutes(number: i64) -> SignedDuration {
    SignedDuration::from_mins(number)
}

pub(crate) fn key(word: &str) -> Key {
    Key(vec![Value::string(word)])
}

/// A claim of one unit of a budget of five an hour.
pub(crate) fn one_of_five(action: &str) -> Claim {
    Claim {
        action: action.to_owned(),
        takes: vec![Take {
            budget: "shop.restarts".into(),
            key: key("cart"),
            spend: Decimal::from(1),
            limit: Decimal::from(5),
            per: minutes(60),
        }],
        passes: Vec::new(),
        keep: minutes(5),
        released: false,
    }
}

/// A claim that passes a breaker of three failures in half an hour.
pub(crate) fn through_breaker(action: &str) -> Claim {
    Claim {
        action: action.to_owned(),
        takes: Vec::new(),
        passes: vec![Pass {
            breaker: "shop.rollouts".into(),
            key: key("shop"),
            failures: 3,
            within: minutes(30),
            hold: minutes(60),
        }],
        keep: minutes(5),
        released: false,
    }
}
