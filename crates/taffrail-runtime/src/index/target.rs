//! The index over verb, kind and namespace.

use rustc_hash::FxHashMap;

use crate::facts::Facts;
use crate::program::{On, RuleId};
use crate::value::Value;

/// A number that stands for a word; 0 stands for any.
type Symbol = u32;
const ANY: Symbol = 0;

/// More combinations of one rule's lists than this are not worth a bucket each.
const COMBINATIONS: usize = 64;

/// Verb, kind and namespace; each may be any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    verb: Symbol,
    kind: Symbol,
    namespace: Symbol,
}

impl Key {
    /// The key of rules about every action.
    pub(crate) const ANY: Self = Self {
        verb: ANY,
        kind: ANY,
        namespace: ANY,
    };

    /// Which parts are given, as bits.
    fn mask(self) -> usize {
        usize::from(self.verb != ANY)
            | (usize::from(self.kind != ANY) << 1)
            | (usize::from(self.namespace != ANY) << 2)
    }
}

/// Rules by verb, kind and namespace.
#[derive(Debug, Default)]
pub(crate) struct TargetIndex {
    symbols: FxHashMap<Box<str>, Symbol>,
    buckets: FxHashMap<Key, Vec<RuleId>>,
    /// Which combinations of given parts occur, by [`Key::mask`].
    masks: [bool; 8],
}

impl TargetIndex {
    /// Returns the keys of an `on`: the product of its lists. A part with a glob, or too many
    /// combinations, widens to any.
    pub(crate) fn keys(&mut self, on: &On) -> Vec<Key> {
        let verbs = self.words(on.verbs.as_deref());
        let kinds = match &on.kinds {
            Some(kinds) => {
                let names: Vec<String> = kinds.iter().map(|kind| kind.kind.clone()).collect();
                self.words(Some(&names))
            }
            None => vec![ANY],
        };
        let exact = on
            .namespaces
            .as_deref()
            .filter(|globs| !globs.iter().any(|glob| glob.contains(['*', '?', '\\'])));
        let mut namespaces = self.words(exact);
        let size = verbs.len().saturating_mul(kinds.len());
        if size.saturating_mul(namespaces.len()) > COMBINATIONS {
            namespaces = vec![ANY];
        }
        if size > COMBINATIONS {
            return vec![Key::ANY];
        }
        let mut keys = Vec::with_capacity(size);
        for verb in &verbs {
            for kind in &kinds {
                keys.extend(namespaces.iter().map(|namespace| Key {
                    verb: *verb,
                    kind: *kind,
                    namespace: *namespace,
                }));
            }
        }
        keys
    }

    pub(crate) fn insert(&mut self, rule: RuleId, keys: &[Key]) {
        for key in keys {
            self.buckets.entry(*key).or_default().push(rule);
            if let Some(used) = self.masks.get_mut(key.mask()) {
                *used = true;
            }
        }
    }

    /// Appends the rules whose key fits; all rules when a part of the action is not known.
    pub(crate) fn candidates(&self, facts: &Facts<'_>, found: &mut Vec<RuleId>) {
        let Some((kind, namespace)) = self.target(facts) else {
            return found.extend(self.buckets.values().flatten());
        };
        let Ok(requested) = &facts.verbs.requested else {
            return found.extend(self.buckets.values().flatten());
        };
        self.lookup(ANY, kind, namespace, found);
        let implied = facts.verbs.implied.iter().map(|(verb, _)| verb.as_ref());
        for verb in std::iter::once(&**requested).chain(implied) {
            if let Some(verb) = self.symbols.get(verb) {
                self.lookup(*verb, kind, namespace, found);
            }
        }
    }

    /// Looks up one verb (or any) with each given and widened kind and namespace.
    fn lookup(&self, verb: Symbol, kind: Symbol, namespace: Symbol, found: &mut Vec<RuleId>) {
        for (kind, namespace) in [(ANY, ANY), (kind, ANY), (ANY, namespace), (kind, namespace)] {
            let key = Key {
                verb,
                kind,
                namespace,
            };
            if self.masks.get(key.mask()).is_some_and(|used| *used)
                && let Some(rules) = self.buckets.get(&key)
            {
                found.extend_from_slice(rules);
            }
        }
    }

    /// Returns the symbols of kind and namespace; `None` when one is not known. A word that no rule
    /// names, like an absent one, fits only rules that do not ask.
    fn target(&self, facts: &Facts<'_>) -> Option<(Symbol, Symbol)> {
        let target = &facts.request.target;
        let kind = self.symbol(&target.kind)?;
        let namespace = match &target.kind {
            // A Namespace object's own name is its namespace; another group's kind of that name is rare enough
            // to try every rule.
            Value::String(kind) if **kind == *"Namespace" => match &target.group {
                Value::String(group) if group.is_empty() => self.symbol(&target.name)?,
                _ => return None,
            },
            _ => self.symbol(&target.namespace)?,
        };
        Some((kind, namespace))
    }

    fn symbol(&self, value: &Value) -> Option<Symbol> {
        match value {
            Value::String(text) => Some(self.symbols.get(&**text).copied().unwrap_or(ANY)),
            Value::Absent => Some(ANY),
            _ => None,
        }
    }

    fn words(&mut self, words: Option<&[String]>) -> Vec<Symbol> {
        let Some(words) = words else { return vec![ANY] };
        let mut symbols: Vec<Symbol> = words
            .iter()
            .map(|word| {
                let next = Symbol::try_from(self.symbols.len())
                    .unwrap_or(Symbol::MAX - 1)
                    .saturating_add(1);
                *self.symbols.entry(word.as_str().into()).or_insert(next)
            })
            .collect();
        symbols.sort_unstable();
        symbols.dedup();
        symbols
    }
}
