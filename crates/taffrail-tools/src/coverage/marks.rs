//! What tests exercise, line by line.

use std::collections::BTreeMap;

use taffrail_syntax::Source;

use super::{FileCoverage, Part, PartKind};

/// What came of the parts that begin on a line, joined: `None` where nothing is asked, `Some(false)` where something is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// Whether all were true, all effects took place.
    pub yes: Option<bool>,
    /// Whether all were false.
    pub no: Option<bool>,
    /// Whether all were unknown.
    pub unknown: Option<bool>,
}

impl Marks {
    fn add(&mut self, part: &Part) {
        let join = |mark: &mut Option<bool>, own: bool| {
            *mark = Some(mark.unwrap_or(true) && own);
        };
        if part.constant {
            return;
        }
        join(&mut self.yes, part.outcomes.yes);
        if part.kind != PartKind::Effect {
            join(&mut self.no, part.outcomes.no);
            join(&mut self.unknown, part.outcomes.unknown);
        }
    }
}

/// Returns the marks of the lines on which parts begin, by 1-based line.
#[must_use]
pub fn marks(file: &FileCoverage, source: &Source) -> BTreeMap<u32, Marks> {
    let mut lines: BTreeMap<u32, Marks> = BTreeMap::new();
    for part in &file.parts {
        let (line, _) = source.line_column(part.location.span.start);
        lines.entry(line).or_default().add(part);
    }
    lines
}
