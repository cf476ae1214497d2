//! The tests, the form and the findings of the shipped policies, as anybody runs those of their own.

use std::process::ExitCode;

use taffrail_testing::{Date, Harness};

fn main() -> ExitCode {
    Harness::new()
        .folder("../policies/baseline")
        .folder("../policies/self-healing")
        .folder("../policies/canary")
        .folder("../policies/node-pool")
        .folder("../policies/security-posture")
        .folder("../policies/drift-repair")
        // Waivers are held against a fixed day, so that no run fails because of the date.
        .today(Date::constant(2026, 11, 23))
        .least_coverage(97)
        .run()
}
