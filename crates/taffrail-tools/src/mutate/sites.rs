//! Collects changes of one file.

use taffrail_syntax::{Location, SourceId, Span};

use super::{Family, Mutant};

/// The changes of one file, as they are found.
pub(super) struct Sites<'s> {
    source: SourceId,
    text: &'s str,
    /// The name's place of the rule that is being read.
    pub(super) rule: Option<Span>,
    /// The name of the declaration that is being read.
    pub(super) name: String,
    pub(super) found: Vec<Mutant>,
}

impl<'s> Sites<'s> {
    pub(super) fn new(source: SourceId, text: &'s str) -> Self {
        Self {
            source,
            text,
            rule: None,
            name: String::new(),
            found: Vec::new(),
        }
    }

    /// Returns what is written at a place.
    pub(super) fn slice(&self, span: Span) -> &'s str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Notes that a text becomes another one.
    pub(super) fn replace(&mut self, span: Span, with: &str, family: Family) {
        let phrase = format!("`{}` became `{with}`", short(self.slice(span)));
        self.note(span, with, family, phrase);
    }

    /// Notes that a text is left out.
    pub(super) fn drop(&mut self, span: Span, what: Span, family: Family) {
        let phrase = format!("`{}` was left out", short(self.slice(what)));
        self.note(span, "", family, phrase);
    }

    /// Notes a change.
    pub(super) fn note(&mut self, span: Span, with: &str, family: Family, phrase: String) {
        self.found.push(Mutant {
            location: Location {
                source: self.source,
                span,
            },
            replacement: with.to_owned(),
            family,
            phrase,
            name: self.name.clone(),
            rule: self.rule.map(|span| Location {
                source: self.source,
                span,
            }),
            widens: false,
        });
    }

    /// Says of the change noted last that the rule may be about more than before.
    pub(super) fn widens(&mut self) {
        if let Some(last) = self.found.last_mut() {
            last.widens = true;
        }
    }
}

/// Returns a text on one line, its middle left out when it is long.
fn short(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= 60 {
        return line;
    }
    let start: String = line.chars().take(40).collect();
    let mut end: Vec<char> = line.chars().rev().take(16).collect();
    end.reverse();
    format!("{start} … {}", end.into_iter().collect::<String>())
}

/// Returns what stands between two places.
pub(super) fn between(start: u32, end: u32) -> Span {
    Span { start, end }
}
