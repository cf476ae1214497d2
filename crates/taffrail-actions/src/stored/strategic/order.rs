//! The order of lists that are merged.

use serde_json::Value as Json;

/// Puts a merged list in order: elements of the patch stand as in the patch, the others as they were, and where an element of each kind was
/// there before, they keep their sides. New elements come first.
pub(in super::super) fn arrange(
    list: &mut Vec<Json>,
    patch: &[Json],
    was: &[Json],
    key: Option<&str>,
) {
    let position =
        |element: &Json, among: &[Json]| among.iter().position(|other| same(element, other, key));
    let mut patched = Vec::new();
    let mut others = Vec::new();
    for element in list.drain(..) {
        let before = position(&element, was);
        match position(&element, patch) {
            Some(at) => patched.push((at, before, element)),
            None => others.push((before.unwrap_or(usize::MAX), before, element)),
        }
    }
    patched.sort_by_key(|(at, ..)| *at);
    others.sort_by_key(|(at, ..)| *at);
    let mut patched = patched.into_iter().peekable();
    let mut others = others.into_iter().peekable();
    loop {
        let other_first = match (others.peek(), patched.peek()) {
            (None, None) => return,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some((_, other, _)), Some((_, patched, _))) => match (other, patched) {
                (Some(other), Some(patched)) => other < patched,
                _ => false,
            },
        };
        let next = if other_first {
            others.next()
        } else {
            patched.next()
        };
        list.extend(next.map(|(.., element)| element));
    }
}

/// Returns whether two elements are one and the same.
pub(super) fn same(a: &Json, b: &Json, key: Option<&str>) -> bool {
    match key {
        Some(key) => a.get(key).is_some() && a.get(key) == b.get(key),
        None => a == b,
    }
}
