//! Recognises the policy languages and formats that end up in our files by accident.

use crate::diagnostic::Diagnostic;

use super::context::Context;
use super::scan::TokenKind;
use super::split::Tokens;

/// A language that is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Foreign {
    Rego,
    CloudFormationGuard,
    Cedar,
    Yaml,
}

/// How many lines at the left margin are looked at before a file counts as ours.
const LINES: usize = 40;

/// Returns the error for a file in another language, at the first thing that gives it away.
pub(super) fn recognize_file(context: Context<'_>) -> Option<Diagnostic> {
    let tokens = context.tokens;
    let at_margin = (0..tokens.tokens.len()).filter(|at| tokens.indent(*at) == Some(0));
    let found = at_margin
        .take(LINES)
        .find_map(|at| Some((at, foreign_at(tokens, at)?)));
    found.map(|(at, foreign)| error(context, at, foreign))
}

/// Returns the error for a declaration in another language.
pub(super) fn recognize(context: Context<'_>, at: usize) -> Option<Diagnostic> {
    let foreign = foreign_at(context.tokens, at)?;
    // In a file of ours `rule x` is more likely a slip than the other tool's keyword.
    (context.tokens.str(at) != "rule").then(|| error(context, at, foreign))
}

fn foreign_at(tokens: Tokens<'_>, at: usize) -> Option<Foreign> {
    let (word, next, third) = (tokens.str(at), tokens.str(at + 1), tokens.str(at + 2));
    let name_follows = tokens.kind(at + 1) == Some(TokenKind::Word);
    let text_follows = tokens.kind(at + 1) == Some(TokenKind::Text);
    match word {
        "package" if name_follows => Some(Foreign::Rego),
        "import" if matches!(next, "rego" | "data" | "input" | "future") => Some(Foreign::Rego),
        "default" if name_follows && matches!(third, "=" | ":=") => Some(Foreign::Rego),
        "allow" | "deny" | "violation" | "warn"
            if matches!(next, "{" | "[" | "if" | "contains" | "=" | ":=") =>
        {
            Some(Foreign::Rego)
        }
        "permit" | "forbid" if next == "(" => Some(Foreign::Cedar),
        "let"
            if name_follows
                && third == "="
                && matches!(tokens.str(at + 3), "Resources" | "resources" | "%") =>
        {
            Some(Foreign::CloudFormationGuard)
        }
        "rule" if name_follows => Some(Foreign::CloudFormationGuard),
        "AWS" if next == "::" => Some(Foreign::CloudFormationGuard),
        "Resources" if matches!(next, "." | "[" | "exists" | "!") => {
            Some(Foreign::CloudFormationGuard)
        }
        "when" if next == "%" => Some(Foreign::CloudFormationGuard),
        "-" if next == "-" && third == "-" => Some(Foreign::Yaml),
        "apiVersion" | "kind" | "metadata" | "spec" if next == ":" => Some(Foreign::Yaml),
        "{" if at == 0 && text_follows && third == ":" => Some(Foreign::Yaml),
        _ => None,
    }
}

fn error(context: Context<'_>, at: usize, foreign: Foreign) -> Diagnostic {
    let place = context.location(context.span(at, at + 1));
    match foreign {
        Foreign::Rego => Diagnostic::error("rego-file", place, "this is Rego, the language of Open Policy Agent")
            .hint("a policy of ours begins with `policy name`; conditions stand in `guard` and `grant` rules")
            .hint("what `deny` says becomes a `guard` with `escalate` or `forbid`, what `allow` says a `grant`"),
        Foreign::CloudFormationGuard => Diagnostic::error(
            "cloudformation-guard-file",
            place,
            "this is a rule for AWS CloudFormation Guard, which uses the extension `.guard` too",
        )
        .hint("a policy of ours begins with `policy name`; keep files for the other tool in a folder of their own"),
        Foreign::Cedar => Diagnostic::error("cedar-file", place, "this is Cedar")
            .hint("a policy of ours begins with `policy name`")
            .hint("what `permit` says becomes a `grant`, what `forbid` says a `guard` with `forbid`"),
        Foreign::Yaml => Diagnostic::error("yaml-file", place, "this is a YAML or JSON document, not a policy")
            .hint("a policy begins with `policy name`")
            .hint("to decide an action document, give it to `decide` as the action"),
    }
}
