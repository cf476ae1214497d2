//! The order of lists that are merged.

use std::collections::HashMap;

use serde_json::Value as Json;

/// Puts a merged list in order: elements of the patch stand as in the patch, the others as they were, and where an element of each kind was
/// there before, they keep their sides. New elements come first.
pub(in super::super) fn arrange(
    list: &mut Vec<Json>,
    patch: &[Json],
    was: &[Json],
    key: Option<&str>,
) {
    let (wanted, before) = (Positions::of(patch, key), Positions::of(was, key));
    let mut patched = Vec::new();
    let mut others = Vec::new();
    for element in list.drain(..) {
        let was_at = before.get(&element, key);
        match wanted.get(&element, key) {
            Some(at) => patched.push((at, was_at, element)),
            None => others.push((was_at.unwrap_or(usize::MAX), was_at, element)),
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

/// Where elements stand in a list: the first of those that are the same.
pub(in super::super) struct Positions(HashMap<String, usize>);

impl Positions {
    /// Notes the elements of a list, which are told apart by a key, or by their value.
    pub(in super::super) fn of(list: &[Json], key: Option<&str>) -> Self {
        let mut positions = Self(HashMap::with_capacity(list.len()));
        for (at, element) in list.iter().enumerate() {
            positions.note(element, at, key);
        }
        positions
    }

    /// Notes where an element stands, unless one like it stands before it.
    pub(in super::super) fn note(&mut self, element: &Json, at: usize, key: Option<&str>) {
        if let Some(identity) = identity(element, key) {
            self.0.entry(identity).or_insert(at);
        }
    }

    /// Returns where an element stands.
    pub(in super::super) fn get(&self, element: &Json, key: Option<&str>) -> Option<usize> {
        self.0.get(&identity(element, key)?).copied()
    }
}

/// Returns what tells an element from others; `None` when it lacks the key.
fn identity(element: &Json, key: Option<&str>) -> Option<String> {
    match key {
        Some(key) => element.get(key).map(Json::to_string),
        None => Some(element.to_string()),
    }
}

/// Returns whether two elements are one and the same.
pub(super) fn same(a: &Json, b: &Json, key: Option<&str>) -> bool {
    match key {
        Some(key) => a.get(key).is_some() && a.get(key) == b.get(key),
        None => a == b,
    }
}
