//! What differs between two objects.

use crate::compare;
use crate::truth::Truth;
use crate::value::Value;

/// Tells whether two values differ. Absent on both sides is no difference, on one side it is.
pub(crate) fn differs(before: &Value, after: &Value) -> Truth {
    match (before, after) {
        (Value::Unknown(a), Value::Unknown(b)) => Truth::Unknown(a.clone().union(b)),
        (Value::Unknown(causes), _) | (_, Value::Unknown(causes)) => Truth::Unknown(causes.clone()),
        (Value::Absent, Value::Absent) => Truth::False,
        (Value::Absent, _) | (_, Value::Absent) => Truth::True,
        (Value::Map(before), Value::Map(after)) => {
            let mut truth = Truth::False;
            for (key, value) in before.iter() {
                truth = truth.or(differs(value, after.get(key).unwrap_or(&Value::Absent)));
            }
            for (_, value) in after.iter().filter(|(key, _)| before.get(key).is_none()) {
                truth = truth.or(differs(&Value::Absent, value));
            }
            truth
        }
        (Value::List(before), Value::List(after)) => {
            if before.len() != after.len() {
                return Truth::True;
            }
            before
                .iter()
                .zip(after)
                .fold(Truth::False, |truth, (a, b)| truth.or(differs(a, b)))
        }
        _ if std::mem::discriminant(before) != std::mem::discriminant(after) => Truth::True,
        _ => compare::equal(before, after).not(),
    }
}

/// Returns the sorted dotted paths of the leaves at which two objects differ, or why nobody can say.
pub(crate) fn changed_paths(before: &Value, after: &Value) -> Value {
    let mut paths = Vec::new();
    match collect(before, after, &mut String::new(), &mut paths) {
        Truth::Unknown(causes) => Value::Unknown(causes),
        Truth::True | Truth::False => {
            paths.sort();
            Value::List(paths.into_iter().map(Value::string).collect())
        }
    }
}

/// Returns unknown as soon as one comparison is; true and false both mean that the list is complete.
fn collect(before: &Value, after: &Value, path: &mut String, paths: &mut Vec<String>) -> Truth {
    let empty = crate::value::Map::default();
    let (before_map, after_map) = match (before, after) {
        (Value::Map(a), Value::Map(b)) => (a, b),
        (Value::Absent, Value::Map(b)) if !b.is_empty() => (&empty, b),
        (Value::Map(a), Value::Absent) if !a.is_empty() => (a, &empty),
        _ => {
            return match differs(before, after) {
                Truth::True => {
                    paths.push(path.clone());
                    Truth::True
                }
                other => other,
            };
        }
    };
    let added = after_map
        .iter()
        .filter(|(key, _)| before_map.get(key).is_none());
    let mut truth = Truth::False;
    for (key, _) in before_map.iter().chain(added) {
        let length = path.len();
        if length > 0 {
            path.push('.');
        }
        path.push_str(key);
        let (a, b) = (before_map.get(key), after_map.get(key));
        let inner = collect(
            a.unwrap_or(&Value::Absent),
            b.unwrap_or(&Value::Absent),
            path,
            paths,
        );
        path.truncate(length);
        if matches!(inner, Truth::Unknown(_)) {
            truth = match truth {
                Truth::Unknown(_) => truth.or(inner),
                Truth::True | Truth::False => inner,
            };
        }
    }
    truth
}
