//! What differs between two objects.

use crate::compare;
use crate::layout::Layout;
use crate::truth::Truth;
use crate::value::Value;

/// Tells whether two values differ. Absent on both sides is no difference, on one side it is.
pub(crate) fn differs(before: &Value, after: &Value, layout: Layout<'_>) -> Truth {
    match (before, after) {
        (Value::Unknown(a), Value::Unknown(b)) => Truth::Unknown(a.clone().union(b)),
        (Value::Unknown(causes), _) | (_, Value::Unknown(causes)) => Truth::Unknown(causes.clone()),
        (Value::Absent, Value::Absent) => Truth::False,
        (Value::Absent, _) | (_, Value::Absent) => Truth::True,
        (Value::Map(before), Value::Map(after)) => {
            let mut truth = Truth::False;
            for (key, value) in before.iter() {
                let other = after.get(key).unwrap_or(&Value::Absent);
                truth = truth.or(differs(value, other, layout.field(key)));
            }
            for (key, value) in after.iter().filter(|(key, _)| before.get(key).is_none()) {
                truth = truth.or(differs(&Value::Absent, value, layout.field(key)));
            }
            truth
        }
        (Value::List(before), Value::List(after)) => lists_differ(before, after, layout),
        _ if std::mem::discriminant(before) != std::mem::discriminant(after) => Truth::True,
        _ => compare::equal(before, after).not(),
    }
}

fn lists_differ(before: &[Value], after: &[Value], layout: Layout<'_>) -> Truth {
    if let Some((pairs, element)) = Pairs::of(before, after, layout) {
        return pairs
            .all
            .iter()
            .fold(Truth::from(pairs.reordered), |truth, (_, a, b)| {
                truth.or(differs(a, b, element))
            });
    }
    if before.len() != after.len() {
        return Truth::True;
    }
    before
        .iter()
        .zip(after)
        .fold(Truth::False, |truth, (a, b)| {
            truth.or(differs(a, b, Layout::NONE))
        })
}

/// The elements of two lists, each beside the one with the same key.
struct Pairs<'v> {
    /// Keys as paths write them, and the elements; absent where a list has none of the key.
    all: Vec<(String, &'v Value, &'v Value)>,
    /// Whether elements that both lists have stand in another order.
    reordered: bool,
}

impl<'v> Pairs<'v> {
    /// Returns the pairs and the layout of an element; `None` where the elements have no keys, or not each its own.
    fn of<'p>(
        before: &'v [Value],
        after: &'v [Value],
        layout: Layout<'p>,
    ) -> Option<(Self, Layout<'p>)> {
        let (keys, element) = layout.keyed()?;
        let (before, after) = (by_key(before, keys)?, by_key(after, keys)?);
        let place = |list: &[(String, &Value)], key: &str| list.iter().position(|(k, _)| k == key);
        let mut all = Vec::with_capacity(before.len().max(after.len()));
        let mut last = None;
        let mut reordered = false;
        for (key, value) in &before {
            let at = place(&after, key);
            let other = at
                .and_then(|at| after.get(at))
                .map_or(&Value::Absent, |(_, value)| value);
            if at.is_some() {
                reordered |= at < last;
                last = at;
            }
            all.push((key.clone(), *value, other));
        }
        for (key, value) in after {
            if place(&before, &key).is_none() {
                all.push((key, &Value::Absent, value));
            }
        }
        Some((Self { all, reordered }, element))
    }
}

/// Returns the elements with their keys, when each has one of its own.
fn by_key<'v>(list: &'v [Value], keys: &[String]) -> Option<Vec<(String, &'v Value)>> {
    let mut all: Vec<(String, &Value)> = Vec::with_capacity(list.len());
    for value in list {
        let key = key_of(value, keys)?;
        if all.iter().any(|(other, _)| *other == key) {
            return None;
        }
        all.push((key, value));
    }
    Some(all)
}

/// Returns `name=app`, or `containerPort=80,protocol=TCP`; a key field that is absent is left out.
fn key_of(value: &Value, keys: &[String]) -> Option<String> {
    let Value::Map(map) = value else { return None };
    let mut parts = Vec::with_capacity(keys.len());
    for key in keys {
        match map.get(key).unwrap_or(&Value::Absent) {
            Value::Absent => {}
            Value::String(text) => parts.push(format!("{key}={text}")),
            Value::Number(number) => parts.push(format!("{key}={number}")),
            _ => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join(","))
}

/// Returns the sorted paths of the leaves at which two objects differ, or why nobody can say. An element of a list
/// with keys is written `containers[name=app]`; such a list counts as changed itself when its elements stand in another order.
pub(crate) fn changed_paths(before: &Value, after: &Value, layout: Layout<'_>) -> Value {
    let mut paths = Vec::new();
    match collect(before, after, layout, &mut String::new(), &mut paths) {
        Truth::Unknown(causes) => Value::Unknown(causes),
        Truth::True | Truth::False => {
            paths.sort();
            Value::List(paths.into_iter().map(Value::string).collect())
        }
    }
}

/// Returns unknown as soon as one comparison is; true and false both mean that the list is complete.
fn collect(
    before: &Value,
    after: &Value,
    layout: Layout<'_>,
    path: &mut String,
    paths: &mut Vec<String>,
) -> Truth {
    let empty = crate::value::Map::default();
    let (before_map, after_map) = match (before, after) {
        (Value::Map(a), Value::Map(b)) => (a, b),
        (Value::Absent, Value::Map(b)) if !b.is_empty() => (&empty, b),
        (Value::Map(a), Value::Absent) if !a.is_empty() => (a, &empty),
        _ => {
            if let Some((pairs, element)) = pairs_of(before, after, layout) {
                return collect_pairs(&pairs, element, path, paths);
            }
            return match differs(before, after, layout) {
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
            layout.field(key),
            path,
            paths,
        );
        path.truncate(length);
        truth = noted(truth, inner);
    }
    truth
}

/// Returns the pairs of two lists with keys; an absent list is empty.
fn pairs_of<'v, 'p>(
    before: &'v Value,
    after: &'v Value,
    layout: Layout<'p>,
) -> Option<(Pairs<'v>, Layout<'p>)> {
    match (before, after) {
        (Value::List(a), Value::List(b)) => Pairs::of(a, b, layout),
        (Value::List(a), Value::Absent) if !a.is_empty() => Pairs::of(a, &[], layout),
        (Value::Absent, Value::List(b)) if !b.is_empty() => Pairs::of(&[], b, layout),
        _ => None,
    }
}

fn collect_pairs(
    pairs: &Pairs<'_>,
    element: Layout<'_>,
    path: &mut String,
    paths: &mut Vec<String>,
) -> Truth {
    let mut truth = Truth::from(pairs.reordered);
    if pairs.reordered {
        paths.push(path.clone());
    }
    for (key, before, after) in &pairs.all {
        let length = path.len();
        path.push('[');
        path.push_str(key);
        path.push(']');
        let inner = collect(before, after, element, path, paths);
        path.truncate(length);
        truth = noted(truth, inner);
    }
    truth
}

/// Returns the truth so far with what another comparison came to: the causes of all that are unknown.
fn noted(truth: Truth, inner: Truth) -> Truth {
    match (truth, inner) {
        (Truth::Unknown(a), Truth::Unknown(b)) => Truth::Unknown(a.union(&b)),
        (_, Truth::Unknown(causes)) => Truth::Unknown(causes),
        (truth, Truth::True | Truth::False) => truth,
    }
}
