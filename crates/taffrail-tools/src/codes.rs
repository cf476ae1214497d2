//! The codes of what is wrong with tests.

/// A `given` that stands on itself.
pub const CIRCULAR_GIVEN: &str = "circular-given";
/// A decision that is not as expected.
pub const EXPECTATION_NOT_MET: &str = "expectation-not-met";
/// A value that a request cannot have.
pub const INVALID_GIVEN: &str = "invalid-given";
/// A test, or case, that expects nothing.
pub const NOTHING_EXPECTED: &str = "nothing-expected";
/// A decision whose explanation is not what a snapshot says.
pub const SNAPSHOT_DIFFERS: &str = "snapshot-differs";
/// A property test whose conditions want none, or nearly none, of what it draws.
pub const TOO_FEW_CASES: &str = "too-few-cases";
/// A key that a `given` does not have.
pub const UNKNOWN_GIVEN_KEY: &str = "unknown-given-key";
/// A `given from test` of a test that is not there.
pub const UNKNOWN_GIVEN_TEST: &str = "unknown-given-test";
/// A rule, signal or verb in a test that nothing declares.
pub const UNKNOWN_NAME_IN_TEST: &str = "unknown-name-in-test";
/// A `given from` of a file that cannot be read as a request.
pub const UNREADABLE_GIVEN: &str = "unreadable-given";

/// Every code that this crate reports, with what it says in one line, in alphabetical order.
pub const CODES: &[(&str, &str)] = &[
    (CIRCULAR_GIVEN, "a `given` that starts from itself"),
    (
        EXPECTATION_NOT_MET,
        "a test whose decision is not as expected",
    ),
    (
        INVALID_GIVEN,
        "a value in a `given` that a request cannot have",
    ),
    (NOTHING_EXPECTED, "a test or case without an expectation"),
    (
        SNAPSHOT_DIFFERS,
        "a decision whose explanation is not what a snapshot says",
    ),
    (
        TOO_FEW_CASES,
        "a test whose conditions want nearly nothing of what it draws",
    ),
    (UNKNOWN_GIVEN_KEY, "a key that a `given` does not have"),
    (
        UNKNOWN_GIVEN_TEST,
        "a `given from test` of a test that is not there",
    ),
    (
        UNKNOWN_NAME_IN_TEST,
        "a rule, signal or verb in a test that nothing declares",
    ),
    (
        UNREADABLE_GIVEN,
        "a `given from` of a file that is no request",
    ),
];
