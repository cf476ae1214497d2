//! What a decision says that the ledger must count.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use taffrail::{PolicySet, Request, Value, Verdict};
use taffrail_runtime::request::{LedgerKey, Usage};
use taffrail_runtime::{Counts, Decimal};

const POLICIES: &str = r#"
policy shop.pace

grant all {
    on any
}

budget restarts {
    on restart
    limit 5 per 1h by target.namespace, target.name
    spend 2
    propose
}

budget scalings {
    on scale
    limit 1 per 1d
    propose
}

breaker rollouts {
    on restart
    trip after 3 failures within 30m by target.namespace
    hold 1h
    escalate to "release"
}

waive restarts {
    when target.name == "batch"
    until 2027-01-01
    by "dana"
    because "it restarts by itself"
}
"#;

fn restart(name: Value) -> Request {
    let mut request = Request {
        verb: Value::string("restart"),
        usage: vec![Usage {
            budget: "shop.pace.restarts".into(),
            by: LedgerKey::Any,
            used: Some(Decimal::from(4)),
        }],
        now: Value::Time("2026-11-23T10:00:00Z".parse().unwrap()),
        ..Request::default()
    };
    request.target.group = Value::string("apps");
    request.target.version = Value::string("v1");
    request.target.kind = Value::string("Deployment");
    request.target.namespace = Value::string("shop");
    request.target.name = name;
    request
}

fn counts(request: &Request) -> (Verdict, Counts) {
    let policies = PolicySet::from_sources([("pace.guard", POLICIES)]).unwrap();
    let decision = policies.decide(request);
    (decision.verdict(), decision.counts())
}

#[test]
fn budgets_and_breakers_of_the_verb_count_with_their_keys() {
    let (_, counts) = counts(&restart(Value::string("cart")));
    assert_eq!(counts.budgets.len(), 1);
    let budget = &counts.budgets[0];
    assert_eq!(budget.budget, "shop.pace.restarts");
    assert_eq!(
        budget.key,
        Ok(vec![Value::string("shop"), Value::string("cart")])
    );
    assert_eq!(budget.spend, Value::Number(Decimal::from(2)));
    assert_eq!(budget.limit, Value::Number(Decimal::from(5)));
    assert_eq!(budget.per, jiff::SignedDuration::from_hours(1));
    assert_eq!(counts.breakers.len(), 1);
    let breaker = &counts.breakers[0];
    assert_eq!(breaker.breaker, "shop.pace.rollouts");
    assert_eq!(breaker.key, Ok(vec![Value::string("shop")]));
    assert_eq!(breaker.failures, 3);
}

#[test]
fn what_is_waived_spends_all_the_same() {
    let (_, counts) = counts(&restart(Value::string("batch")));
    assert_eq!(counts.budgets.len(), 1);
}

#[test]
fn an_unknown_key_says_why() {
    let unknown = Request::default().target.name;
    let (verdict, counts) = counts(&restart(unknown));
    assert!(counts.budgets[0].key.is_err());
    assert!(verdict >= Verdict::Propose);
}

#[test]
fn windows_name_every_budget() {
    let policies = PolicySet::from_sources([("pace.guard", POLICIES)]).unwrap();
    let windows = policies.program().windows();
    let names: Vec<&str> = windows.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["shop.pace.restarts", "shop.pace.scalings"]);
}
