//! Facts made unknown: every place in a request where a value stands, at any depth.

use taffrail_runtime::request::{Proposed, Request};
use taffrail_runtime::{Cause, Map, Value};

/// Returns an unknown value, as if the fact had not been given.
pub(crate) fn unknown() -> Value {
    Value::unknown(Cause::NotGiven { fact: "fog".into() })
}

/// Returns how many places a request has.
pub(crate) fn places(request: &Request) -> usize {
    let mut counter = Counter {
        seen: 0,
        target: None,
    };
    counter.visit(&mut request.clone());
    counter.seen
}

/// Puts a value in one place. A reading or a ledger entry is emptied instead: it has no place for a value.
pub(crate) fn put(request: &mut Request, place: usize, value: &Value) {
    let mut counter = Counter {
        seen: 0,
        target: Some((place, value)),
    };
    counter.visit(request);
}

struct Counter<'v> {
    seen: usize,
    target: Option<(usize, &'v Value)>,
}

impl Counter<'_> {
    /// Counts a place and tells whether it is the one.
    fn is_here(&mut self) -> bool {
        let here = self.target.is_some_and(|(place, _)| place == self.seen);
        self.seen += 1;
        here
    }

    fn value(&mut self, value: &mut Value) {
        if self.is_here() {
            if let Some((_, put)) = self.target {
                *value = put.clone();
            }
            return;
        }
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Map(map) => {
                let mut entries: Vec<(Box<str>, Value)> = map
                    .iter()
                    .map(|(key, value)| (key.into(), value.clone()))
                    .collect();
                for (_, value) in &mut entries {
                    self.value(value);
                }
                *map = Map::from_entries(entries).unwrap();
            }
            _ => {}
        }
    }

    fn visit(&mut self, request: &mut Request) {
        let target = &mut request.target;
        for value in [
            &mut request.verb,
            &mut target.group,
            &mut target.version,
            &mut target.kind,
            &mut target.namespace,
            &mut target.name,
            &mut request.subresource,
            &mut request.principal,
            &mut request.intent,
            &mut request.current,
            &mut request.rollback,
            &mut request.impact,
            &mut request.request,
            &mut request.cluster,
            &mut request.namespace,
            &mut request.now,
        ] {
            self.value(value);
        }
        match &mut request.proposed {
            Proposed::Given(value) => self.value(value),
            // Members of a patch that are made absent would take a member away, so a patch is one place.
            Proposed::Patch(patch) => {
                if self.is_here() {
                    *patch = unknown();
                }
            }
            Proposed::FromVerb => {}
        }
        for (_, reading) in &mut request.signals {
            self.value(&mut reading.value);
        }
        for object in &mut request.objects {
            self.value(object);
        }
        for usage in &mut request.usage {
            if self.is_here() {
                usage.used = None;
            }
        }
        for breaker in &mut request.breakers {
            if self.is_here() {
                breaker.state = None;
            }
        }
        if !request.complete.is_empty() && self.is_here() {
            request.complete.clear();
        }
        if !request.signals.is_empty() && self.is_here() {
            request.signals.clear();
        }
    }
}
