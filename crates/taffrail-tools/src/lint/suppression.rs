//! `// lint: allow CODE, REASON`: a comment that suppresses one lint at one declaration or clause.
//!
//! The comment stands on the line above, or at the end of the line. What is wrong with such comments is found here too.

use taffrail_syntax::{Diagnostic, Location, Span, ast};

use super::level::{self, LevelError};
use super::subject::Subject;
use crate::directive;

/// What a comment begins with that speaks to the linter.
const MARK: &str = "lint:";

/// A comment that suppresses a lint.
struct Directive {
    comment: Location,
    code: &'static str,
    /// Where the lint's findings are suppressed.
    scope: Span,
    used: bool,
}

/// Takes out the findings that comments suppress, and adds what is wrong with the comments.
pub(super) fn apply(subject: &Subject<'_>, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    let mut directives = Vec::new();
    for (source, file) in &subject.files {
        let text = subject
            .input
            .sources
            .get(*source)
            .map_or("", |source| source.text.as_str());
        for comment in &file.comments {
            let place = Location {
                source: *source,
                span: comment.span,
            };
            match read(comment, place) {
                None => {}
                Some(Err(diagnostic)) => wrong.push(diagnostic),
                Some(Ok(code)) => directives.push(Directive {
                    comment: place,
                    code,
                    scope: directive::scope(text, file, place.span),
                    used: false,
                }),
            }
        }
    }
    let mut kept: Vec<Diagnostic> = Vec::new();
    for diagnostic in found {
        if diagnostic.is_error() || !suppress(&mut directives, &diagnostic) {
            kept.push(diagnostic);
        }
    }
    kept.append(&mut wrong);
    let unused = directives.iter().filter(|directive| !directive.used);
    kept.extend(unused.map(|directive| unused_suppression(subject, directive)));
    kept
}

/// Marks the directives that suppress a finding; tells whether there is one.
fn suppress(directives: &mut [Directive], diagnostic: &Diagnostic) -> bool {
    let Some(place) = diagnostic.labels.first().map(|label| label.location) else {
        return false;
    };
    let mut suppressed = false;
    for directive in directives {
        let here = directive.comment.source == place.source
            && directive.scope.start <= place.span.start
            && place.span.start < directive.scope.end;
        if here && directive.code == diagnostic.code {
            directive.used = true;
            suppressed = true;
        }
    }
    suppressed
}

/// Returns the lint that a comment suppresses, or what is wrong with it; `None` for a comment on something else.
fn read(comment: &ast::Comment, place: Location) -> Option<Result<&'static str, Diagnostic>> {
    let words = comment.text.trim_start_matches('/').trim_start();
    let rest = words.strip_prefix(MARK)?.trim();
    let Some(rest) = rest.strip_prefix("allow ").map(str::trim_start) else {
        return Some(Err(malformed(place)));
    };
    let (code, reason) = match rest.split_once(',') {
        Some((code, reason)) => (code.trim(), reason.trim()),
        None => match rest.split_once(char::is_whitespace) {
            // Without the comma it is not clear where the reason begins; the code still is.
            Some((code, _)) => (code, ""),
            None => (rest, ""),
        },
    };
    let code = match level::lint_named(code) {
        Ok(code) => code,
        Err(error) => return Some(Err(unknown(code, &error, place))),
    };
    if reason.is_empty() {
        return Some(Err(without_reason(code, place)));
    }
    Some(Ok(code))
}

fn malformed(place: Location) -> Diagnostic {
    Diagnostic::warning(
        "malformed-suppression",
        place,
        "this comment speaks to the linter, and cannot be understood",
    )
    .hint("write `// lint: allow CODE, REASON`; levels are set in `taffrail.toml`")
}

fn unknown(code: &str, error: &LevelError, place: Location) -> Diagnostic {
    let (message, hint) = match error {
        LevelError::NotALint { .. } => (
            format!("`{code}` is an error, which nothing suppresses"),
            None,
        ),
        LevelError::UnknownLint { nearest, .. } => (
            format!("there is no lint `{code}`"),
            nearest.map(|near| format!("did you mean `{near}`?")),
        ),
        LevelError::UnknownLevel { .. } => (format!("there is no lint `{code}`"), None),
    };
    let diagnostic = Diagnostic::warning("unknown-suppression", place, message);
    match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic.hint("`taffrail explain` lists all codes"),
    }
}

fn without_reason(code: &str, place: Location) -> Diagnostic {
    Diagnostic::warning(
        "suppression-without-reason",
        place,
        format!("this does not say why `{code}` is allowed here, and allows nothing"),
    )
    .hint(format!(
        "write the reason after a comma: `// lint: allow {code}, REASON`"
    ))
}

fn unused_suppression(subject: &Subject<'_>, directive: &Directive) -> Diagnostic {
    let comment = directive.comment;
    let mut removed = subject.whole_lines(comment);
    if removed == comment {
        removed.span = with_blanks_before(subject, comment);
    }
    Diagnostic::warning(
        "unused-suppression",
        comment,
        format!(
            "`{}` finds nothing here that could be allowed",
            directive.code
        ),
    )
    .hint("remove the comment")
    .fix(removed, "")
}

/// Returns the span of a comment at the end of a line together with the blanks before it.
fn with_blanks_before(subject: &Subject<'_>, comment: Location) -> Span {
    let text = subject
        .input
        .sources
        .get(comment.source)
        .and_then(|source| source.text.get(..comment.span.start as usize))
        .unwrap_or("");
    let start = text.trim_end_matches([' ', '\t']).len();
    Span::new(start, comment.span.end as usize)
}

#[cfg(test)]
mod tests {
    use taffrail_syntax::SourceId;

    use super::*;

    fn read_text(text: &str) -> Option<Result<&'static str, &'static str>> {
        let span = Span::new(0, text.len());
        let comment = ast::Comment {
            text: text.into(),
            span,
        };
        let place = Location {
            source: SourceId(0),
            span,
        };
        read(&comment, place).map(|read| read.map_err(|diagnostic| diagnostic.code))
    }

    #[test]
    fn a_directive_names_a_lint_and_gives_a_reason() {
        assert_eq!(
            read_text("// lint: allow unused-name, the sister set uses it"),
            Some(Ok("unused-name"))
        );
        assert_eq!(
            read_text("//lint:allow unused-name , x"),
            Some(Ok("unused-name"))
        );
        assert_eq!(read_text("// lint this some day"), None);
        for (text, code) in [
            ("// lint: allow unused-name", "suppression-without-reason"),
            (
                "// lint: allow unused-name,  ",
                "suppression-without-reason",
            ),
            (
                "// lint: allow unused-name it is used",
                "suppression-without-reason",
            ),
            ("// lint: allow unused-nam, x", "unknown-suppression"),
            ("// lint: allow unknown-field, x", "unknown-suppression"),
            ("// lint: deny unused-name, x", "malformed-suppression"),
            ("// lint: allow", "malformed-suppression"),
            ("// lint:", "malformed-suppression"),
        ] {
            assert_eq!(read_text(text), Some(Err(code)), "{text}");
        }
    }
}
