//! What follows from an action, when the action becomes another one.

use taffrail_runtime::Value;
use taffrail_runtime::request::Request;

use crate::fields::Field;
use crate::{impact, rollback};

/// Brings `rollback` and `impact` of a changed action in line with the change: what followed from the action as it was follows from it as it
/// is now. What its document said of itself and does not follow is not known of another action.
///
/// ```
/// use taffrail_actions::{Action, Defaults, follow, read_documents};
/// use taffrail_runtime::{Value, request::Proposed};
///
/// let text = br#"{"verb": "scale", "target": {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "api"},
///     "current": {"spec": {"replicas": 2}}, "proposed": {"spec": {"replicas": 9}}}"#;
/// let actions = read_documents("scale.json", text, &Defaults::default())?;
/// let before = actions[0].requests()[0].clone();
/// let mut after = before.clone();
/// after.proposed = Proposed::Given(before.current.clone());
/// follow(&before, &mut after);
/// assert_eq!(after.impact.field("pods", &String::new), Value::Number(0_i64.into()));
/// # Ok::<(), taffrail_actions::ActionError>(())
/// ```
pub fn follow(before: &Request, after: &mut Request) {
    after.rollback = followed(
        "rollback",
        &before.rollback,
        &rollback::derived(before),
        rollback::derived(after),
    );
    after.impact = followed(
        "impact",
        &before.impact,
        &impact::derived(before),
        impact::derived(after),
    );
}

fn followed(fact: &str, given: &Value, derived: &Value, now: Value) -> Value {
    if given == derived {
        return now;
    }
    let (Value::Map(given), Value::Map(derived), Value::Map(mut map)) = (given, derived, now)
    else {
        return Field::not_given(fact);
    };
    for (key, value) in given.iter() {
        if derived.get(key) != Some(value) {
            map.insert(key, Field::not_given(&format!("{fact}.{key}")));
        }
    }
    Value::Map(map)
}
