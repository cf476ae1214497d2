//! Where what we compute is not what the server does, and why. An entry that no longer differs is a fault.

/// So many of the recorded writes store what was computed, at least. The set may grow, not shrink.
pub(crate) const LEAST_EQUAL: usize = 151;

const ADDRESS: &str = "the address and the object disagree, which is for who sends the request";
const OPTION: &str = "the options of the request are wrong, not what it writes";
const OTHERS: &str = "it depends on other objects";
const EXPRESSION: &str = "the expressions of a definition are not evaluated";

/// Names of exchanges, with the reason.
pub(crate) const DIFFERENCES: &[(&str, &str)] = &[
    ("deployment-create-404-namespace-missing", OTHERS),
    ("deployment-create-400-namespace-mismatch", ADDRESS),
    ("deployment-create-400-wrong-kind", ADDRESS),
    ("dryrun-invalid-value-422", OPTION),
    (
        "fieldvalidation-strict-duplicate-400",
        "JSON that is read has no duplicate keys",
    ),
    ("fieldvalidation-invalid-422", OPTION),
    ("ssa-422-force-on-merge-patch", OPTION),
    ("cr-422-cel-rule", EXPRESSION),
    ("cr-422-cel-transition", EXPRESSION),
    ("vap-deny-422", OTHERS),
    ("vap-deny-scale-subresource", OTHERS),
    ("webhook-fail-500", OTHERS),
    ("limitrange-defaults-applied", OTHERS),
    (
        "event-422-namespace-mismatch",
        "the namespaces in an event are not compared",
    ),
];
