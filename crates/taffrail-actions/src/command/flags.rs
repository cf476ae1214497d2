//! Flags, as the programs of Kubernetes read them.
//!
//! The rules are those of the `pflag` library: a long flag is never abbreviated, `--name=value` and `--name value` mean the same where a
//! value is needed, a switch takes a value only behind `=`, and the last letter of a cluster (`-itn prod`) may have a value.

use super::word::{Unclear, Why, Word};

/// Whether a flag takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arity {
    /// True, unless `=false` follows.
    Switch,
    /// A value only behind `=`.
    Optional,
    /// A value, behind `=` or as the next word.
    Value,
}

/// A flag that a command knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) short: Option<char>,
    pub(super) arity: Arity,
}

impl Flag {
    /// Reads a row of the tables: `name,short` with `!` for a switch and `?` for an optional value.
    pub(super) fn read(row: &'static str) -> Self {
        let (row, arity) = match (row.strip_suffix('!'), row.strip_suffix('?')) {
            (Some(row), _) => (row, Arity::Switch),
            (_, Some(row)) => (row, Arity::Optional),
            (None, None) => (row, Arity::Value),
        };
        let (name, short) = match row.split_once(',') {
            Some((name, short)) => (name, short.chars().next()),
            None => (row, None),
        };
        Self { name, short, arity }
    }
}

/// The flags that a command knows, those of all commands last.
pub(super) type Flags<'t> = [&'t [Flag]];

fn find(flags: &Flags<'_>, is_it: impl Fn(&Flag) -> bool) -> Option<Flag> {
    let mut all = flags.iter().flat_map(|list| list.iter());
    all.find(|flag| is_it(flag)).copied()
}

/// A flag as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) name: &'static str,
    /// Its value; `None` for a switch or an optional value that is left out.
    pub(super) value: Option<Word>,
}

/// What the next word, or two, are to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A flag of its own.
    Flag(Given),
    /// Not a flag.
    Positional(Word),
    /// A flag that it does not know, or one without its value.
    Odd(Unclear),
    /// The end of its flags: `--`.
    Dashes,
}

/// Reads the words of a command one after the other.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'w> {
    words: std::slice::Iter<'w, Word>,
    /// What is left of a cluster of short flags.
    cluster: Option<Word>,
    /// Whether `_` in a long flag is `-`.
    joins: bool,
}

impl<'w> Scanner<'w> {
    pub(super) fn new(words: &'w [Word]) -> Self {
        Self {
            words: words.iter(),
            cluster: None,
            joins: false,
        }
    }

    /// Takes `--dry_run` for `--dry-run`, as kubectl does.
    pub(super) fn joining(mut self) -> Self {
        self.joins = true;
        self
    }

    /// Returns all words that are left, as they are.
    pub(super) fn rest(self) -> Vec<Word> {
        self.words.cloned().collect()
    }

    pub(super) fn next(&mut self, flags: &Flags<'_>) -> Option<Item> {
        if let Some(cluster) = self.cluster.take() {
            return Some(self.short(&cluster, flags));
        }
        let word = self.words.next()?;
        let text = word.beginning();
        Some(match word.literal() {
            Some("--") => Item::Dashes,
            Some("-") => Item::Positional(word.clone()),
            _ if text.starts_with("--") => self.long(word, flags),
            _ if text.starts_with('-') => self.short(&word.after(1), flags),
            _ => Item::Positional(word.clone()),
        })
    }

    fn long(&mut self, word: &Word, flags: &Flags<'_>) -> Item {
        let text = word.beginning();
        let after = text.strip_prefix("--").unwrap_or_default();
        let (name, value) = match after.split_once('=') {
            Some((name, _)) => (name, Some(word.after(name.len() + 3))),
            None if word.literal().is_none() && word.known().is_none() => {
                return Item::Odd(odd(word));
            }
            None => (after, None),
        };
        let joined = self.joins.then(|| name.replace('_', "-"));
        let joined = joined.as_deref().unwrap_or(name);
        let Some(flag) = find(flags, |flag| flag.name == joined) else {
            return Item::Odd(odd(word));
        };
        self.given(flag, value, word)
    }

    /// Reads the first letter of a cluster.
    fn short(&mut self, cluster: &Word, flags: &Flags<'_>) -> Item {
        let text = cluster.beginning();
        let Some(letter) = text.chars().next() else {
            return Item::Odd(odd(&dashed(cluster)));
        };
        let Some(flag) = find(flags, |flag| flag.short == Some(letter)) else {
            return Item::Odd(odd(&dashed(cluster)));
        };
        let rest = cluster.after(letter.len_utf8());
        let is_empty = rest.literal() == Some("");
        if rest.beginning().starts_with('=') {
            return self.given(flag, Some(rest.after(1)), cluster);
        }
        if flag.arity == Arity::Value {
            return self.given(flag, (!is_empty).then_some(rest), cluster);
        }
        if !is_empty {
            self.cluster = Some(rest);
        }
        Item::Flag(Given {
            name: flag.name,
            value: None,
        })
    }

    fn given(&mut self, flag: Flag, value: Option<Word>, word: &Word) -> Item {
        let value = match (value, flag.arity) {
            (None, Arity::Value) => match self.words.next() {
                Some(next) => Some(next.clone()),
                None => {
                    return Item::Odd(Unclear {
                        why: Why::Missing,
                        ..odd(word)
                    });
                }
            },
            (value, _) => value,
        };
        Item::Flag(Given {
            name: flag.name,
            value,
        })
    }
}

fn dashed(cluster: &Word) -> Word {
    Word::text(format!("-{cluster}"))
}

fn odd(word: &Word) -> Unclear {
    Unclear {
        text: word.to_string(),
        why: Why::Form,
        splits: false,
    }
}

/// All that a command is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    pub(super) flags: Vec<Given>,
    pub(super) positional: Vec<Word>,
    /// What follows `--`; `None` without it.
    pub(super) after_dashes: Option<Vec<Word>>,
    pub(super) odd: Vec<Unclear>,
}

impl Arguments {
    /// Takes what is left of a command.
    pub(super) fn read(mut self, mut scanner: Scanner<'_>, flags: &Flags<'_>) -> Self {
        while let Some(item) = scanner.next(flags) {
            match item {
                Item::Flag(given) => self.flags.push(given),
                Item::Positional(word) => self.positional.push(word),
                Item::Odd(unclear) => self.odd.push(unclear),
                Item::Dashes => {
                    self.after_dashes = Some(scanner.rest());
                    return self;
                }
            }
        }
        self
    }

    /// Returns every value of a flag, in order; `None` where it is left out.
    pub(super) fn all<'a, 'n>(
        &'a self,
        name: &'n str,
    ) -> impl Iterator<Item = Option<&'a Word>> + use<'a, 'n> {
        self.flags
            .iter()
            .filter(move |given| given.name == name)
            .map(|given| given.value.as_ref())
    }

    /// Returns the value of a flag that counts, which is the last one.
    pub(super) fn value(&self, name: &str) -> Option<&Word> {
        let last = self.flags.iter().rev().find(|given| given.name == name);
        last.and_then(|given| given.value.as_ref())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// Tells whether a switch may be on: what cannot be told counts as on.
    pub(super) fn may_be_on(&self, name: &str) -> bool {
        self.all(name).last().is_some_and(|value| {
            value
                .and_then(Word::known)
                .is_none_or(|value| !matches!(value, "false" | "f" | "F" | "FALSE" | "False" | "0"))
        })
    }

    /// Tells whether a switch is on for certain.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.all(name).last().is_some_and(|value| match value {
            None => true,
            Some(value) => value.known().is_some_and(is_true),
        })
    }
}

/// Tells whether a value of a switch is one of those that mean true.
pub(super) fn is_true(value: &str) -> bool {
    ["true", "t", "T", "TRUE", "True", "1"].contains(&value)
}
