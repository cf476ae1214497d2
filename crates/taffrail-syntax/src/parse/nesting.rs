//! Bounds the depth of the tree before anything recurses.

use super::scan::{self, TokenKind};
use super::split::Tokens;
use crate::span::{SourceId, Span};

/// The greatest depth of a declaration's tree: brackets, operators and prefixes that stand inside one another.
pub(super) const MAX_DEPTH: usize = 128;

/// How deep the expression inside one pair of brackets may be, counted generously.
#[derive(Default)]
struct Level {
    /// `and`, `or`, `if` and quantifiers so far.
    logic: usize,
    /// Other operators since the last of them.
    operators: usize,
    /// Dots, calls and indexes since the last operator.
    run: usize,
}

impl Level {
    fn depth(&self) -> usize {
        1 + self.logic + self.operators + self.run
    }

    fn start_operand(&mut self) {
        self.operators = 0;
        self.run = 0;
    }
}

/// Returns the token at which the tree of the tokens `first..end` could grow deeper than [`MAX_DEPTH`].
///
/// INVARIANT: what this counts is never less than the depth of pest's recursion, of the operator parser's and of the
/// tree that comes out.
pub(super) fn too_deep(tokens: Tokens<'_>, first: usize, end: usize) -> Option<Span> {
    let mut outer = 0;
    let mut levels: Vec<Level> = Vec::new();
    let mut level = Level::default();
    for at in first..end {
        let token = tokens.get(at)?;
        match token.kind {
            TokenKind::Open => {
                outer += level.depth();
                levels.push(std::mem::take(&mut level));
            }
            TokenKind::Close => {
                level = levels.pop().unwrap_or_default();
                outer = outer.saturating_sub(level.depth());
                level.run += 1;
            }
            TokenKind::Word => word(&mut level, tokens, at),
            TokenKind::Punctuation => punctuation(&mut level, tokens, at),
            TokenKind::Text if template_too_deep(tokens, at) => return Some(token.span),
            TokenKind::Number | TokenKind::Text | TokenKind::Doc => {}
        }
        if outer + level.depth() > MAX_DEPTH {
            return Some(token.span);
        }
    }
    None
}

fn word(level: &mut Level, tokens: Tokens<'_>, at: usize) {
    if tokens.before(at) == "." || tokens.str(at + 1) == ":" {
        return;
    }
    match tokens.str(at) {
        "and" | "or" | "if" | "every" | "some" | "no" | "count" | "sum" | "min" | "max" => {
            level.logic += 1;
            level.start_operand();
        }
        "not" | "in" | "like" | "matches" | "is" => {
            level.operators += 1;
            level.run = 0;
        }
        "then" | "else" | "where" => level.start_operand(),
        // No expression reaches over these.
        "when" | "unless" | "risk" | "because" | "suggest" | "trip" | "hold" | "on" | "propose"
        | "escalate" | "forbid" | "expect" | "case" | "given" => *level = Level::default(),
        _ => {}
    }
}

fn punctuation(level: &mut Level, tokens: Tokens<'_>, at: usize) {
    match tokens.str(at) {
        "." => level.run += 1,
        ":" => level.start_operand(),
        // The comma between a quantifier's variables ends nothing.
        "," if at >= 2 && QUANTIFIERS.contains(&tokens.str(at - 2)) => {}
        "," | "@" => *level = Level::default(),
        _ => {
            level.operators += 1;
            level.run = 0;
        }
    }
}

const QUANTIFIERS: &[&str] = &["every", "some", "no", "count", "sum", "min", "max"];

/// Tells whether a string is a reason whose expressions nest too deep.
fn template_too_deep(tokens: Tokens<'_>, at: usize) -> bool {
    let text = tokens.str(at);
    // A level takes at least one character.
    if text.len() < MAX_DEPTH / 2 || !matches!(tokens.before(at), "because" | "suggest") {
        return false;
    }
    let inside = scan::scan(SourceId(0), text.get(1..).unwrap_or(""));
    let tokens = Tokens {
        text: text.get(1..).unwrap_or(""),
        tokens: &inside.tokens,
    };
    too_deep(tokens, 0, inside.tokens.len()).is_some()
}
