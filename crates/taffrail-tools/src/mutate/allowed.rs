//! `// mutate: allow, REASON`: a comment that explains why no test notices a change of a declaration or clause.
//!
//! The comment stands on the line above, or at the end of the line. What is wrong with such comments is found here too.

use taffrail_syntax::{Diagnostic, Location, SourceTable, Span, ast, parse};

use super::Mutant;
use crate::directive;

/// What a comment begins with that speaks about changes.
const MARK: &str = "mutate:";

/// The comments of a policy set that explain changes.
#[derive(Debug, Clone, Default)]
pub struct Allowances {
    all: Vec<Allowance>,
    /// What is wrong with comments of this kind.
    pub wrong: Vec<Diagnostic>,
}

#[derive(Debug, Clone)]
struct Allowance {
    comment: Location,
    scope: Span,
    reason: String,
}

impl Allowances {
    /// Returns why a change needs no test, when a comment says so.
    #[must_use]
    pub fn reason(&self, mutant: &Mutant) -> Option<&str> {
        self.all
            .iter()
            .find(|allowance| allowance.covers(mutant))
            .map(|allowance| allowance.reason.as_str())
    }

    /// Returns a finding for each comment that explains none of these changes, which no test noticed.
    #[must_use]
    pub fn unused(&self, survivors: &[&Mutant]) -> Vec<Diagnostic> {
        self.all
            .iter()
            .filter(|allowance| !survivors.iter().any(|mutant| allowance.covers(mutant)))
            .map(|allowance| {
                Diagnostic::warning(
                    "unused-suppression",
                    allowance.comment,
                    "every change here is noticed by a test",
                )
                .hint("remove the comment")
            })
            .collect()
    }
}

impl Allowance {
    fn covers(&self, mutant: &Mutant) -> bool {
        let place = mutant.location;
        self.comment.source == place.source
            && self.scope.start <= place.span.start
            && place.span.start < self.scope.end
    }
}

/// Returns the comments that explain changes.
#[must_use]
pub fn allowances(sources: &SourceTable) -> Allowances {
    let mut found = Allowances::default();
    for (source, text) in sources.iter() {
        if !text.text.contains(MARK) {
            continue;
        }
        let file = parse(source, &text.text).file;
        for comment in &file.comments {
            let place = Location {
                source,
                span: comment.span,
            };
            match read(comment) {
                None => {}
                Some(Some(reason)) => found.all.push(Allowance {
                    comment: place,
                    scope: directive::scope(&text.text, &file, comment.span),
                    reason: reason.to_owned(),
                }),
                Some(None) => found.wrong.push(
                    Diagnostic::warning(
                        "suppression-without-reason",
                        place,
                        "this comment does not say why no test notices a change here, and explains nothing",
                    )
                    .hint("write the reason after a comma: `// mutate: allow, REASON`"),
                ),
            }
        }
    }
    found
}

/// Returns the reason that a comment gives, nothing when it gives none; `None` for a comment on something else.
fn read(comment: &ast::Comment) -> Option<Option<&str>> {
    let words = comment.text.trim_start_matches('/').trim_start();
    let rest = words.strip_prefix(MARK)?.trim();
    let reason = rest
        .strip_prefix("allow")
        .and_then(|rest| rest.trim_start().strip_prefix(','))
        .map(str::trim)
        .filter(|reason| !reason.is_empty());
    Some(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_gives_a_reason_or_explains_nothing() {
        let read_text = |text: &str| {
            let comment = ast::Comment {
                text: text.into(),
                span: Span::new(0, text.len()),
            };
            read(&comment).map(|reason| reason.map(str::to_owned))
        };
        assert_eq!(
            read_text("// mutate: allow, 4 and 5 mean the same here"),
            Some(Some("4 and 5 mean the same here".into()))
        );
        assert_eq!(read_text("//mutate:allow , x"), Some(Some("x".into())));
        for text in [
            "// mutate: allow",
            "// mutate: allow,",
            "// mutate: deny, x",
            "// mutate: allow x",
        ] {
            assert_eq!(read_text(text), Some(None), "{text}");
        }
        assert_eq!(read_text("// mutate this some day"), None);
    }
}
