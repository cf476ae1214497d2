//! Applies the certain remedies.

use taffrail_syntax::diagnostic::Fix;
use taffrail_syntax::{Diagnostic, SourceId, SourceTable};

/// Sources after the remedies of findings.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// All texts, changed or not, in the order of the old table.
    pub sources: SourceTable,
    /// The sources that changed.
    pub changed: Vec<SourceId>,
    /// How many findings were remedied.
    pub applied: usize,
}

/// Applies the remedies of the findings, in one pass. Of two that overlap, the one that starts first is applied; the other
/// is left for the next time.
#[must_use]
pub fn fix(sources: &SourceTable, findings: &[Diagnostic]) -> Fixed {
    let mut fixes: Vec<&Fix> = findings.iter().filter_map(|f| f.fix.as_ref()).collect();
    fixes.sort_by_key(|fix| (fix.location, fix.replacement.as_str()));
    fixes.dedup();
    let mut fixed = Fixed {
        sources: SourceTable::default(),
        changed: Vec::new(),
        applied: 0,
    };
    for (id, source) in sources.iter() {
        let own = fixes.iter().filter(|fix| fix.location.source == id);
        let (text, applied) = patched(&source.text, own.copied());
        if applied > 0 {
            fixed.changed.push(id);
            fixed.applied = fixed.applied.saturating_add(applied);
        }
        fixed.sources.add(source.name.as_str(), text);
    }
    fixed
}

/// Returns a text with replacements, which come in the order of their places, and how many fitted.
fn patched<'f>(text: &str, fixes: impl Iterator<Item = &'f Fix>) -> (String, usize) {
    let mut patched = String::with_capacity(text.len());
    let mut done = 0;
    let mut applied = 0_usize;
    for fix in fixes {
        let (start, end) = (
            fix.location.span.start as usize,
            fix.location.span.end as usize,
        );
        let (Some(before), true) = (text.get(done..start), text.get(start..end).is_some()) else {
            continue;
        };
        patched.push_str(before);
        patched.push_str(&fix.replacement);
        done = end;
        applied = applied.saturating_add(1);
    }
    patched.push_str(text.get(done..).unwrap_or(""));
    (patched, applied)
}

#[cfg(test)]
mod tests {
    use taffrail_syntax::{Location, Span};

    use super::*;

    fn finding(start: usize, end: usize, replacement: &str) -> Diagnostic {
        let location = Location {
            source: SourceId(0),
            span: Span::new(start, end),
        };
        Diagnostic::warning("unused-name", location, "x").fix(location, replacement)
    }

    #[test]
    fn of_two_remedies_that_overlap_the_first_is_applied() {
        let mut sources = SourceTable::default();
        sources.add("a.guard", "abcdef");
        let findings = [finding(4, 6, "X"), finding(1, 3, ""), finding(2, 5, "Y")];
        let fixed = fix(&sources, &findings);
        let text = &fixed.sources.get(SourceId(0)).unwrap().text;
        assert_eq!((text.as_str(), fixed.applied), ("adX", 2));
    }

    #[test]
    fn the_same_remedy_twice_is_applied_once() {
        let mut sources = SourceTable::default();
        sources.add("a.guard", "abcdef");
        let fixed = fix(&sources, &[finding(1, 3, ""), finding(1, 3, "")]);
        assert_eq!(fixed.sources.get(SourceId(0)).unwrap().text, "adef");
    }
}
