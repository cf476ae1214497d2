//! Cuts a file into its top-level declarations, so that a broken one does not hide the others.

use crate::diagnostic::Diagnostic;
use crate::span::{Location, SourceId, Span};

use super::findings::Findings;
use super::nesting;
use super::scan::{Token, TokenKind, without_space};
use super::words;

/// The tokens of a text, with the questions that splitting asks of them.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'scan> {
    pub(super) text: &'scan str,
    pub(super) tokens: &'scan [Token],
}

impl<'scan> Tokens<'scan> {
    pub(super) fn get(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).copied()
    }

    pub(super) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.get(at).map(|token| token.kind)
    }

    /// Returns the text of a token, empty past the end.
    pub(super) fn str(&self, at: usize) -> &'scan str {
        let span = self.get(at).map_or(Span::default(), |token| token.span);
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Returns the token before, empty at the start.
    pub(super) fn before(&self, at: usize) -> &'scan str {
        at.checked_sub(1).map_or("", |before| self.str(before))
    }

    /// Returns how many columns precede a token that is the first on its line, `None` for one that is not.
    pub(super) fn indent(&self, at: usize) -> Option<u32> {
        self.get(at)
            .filter(|token| token.leads)
            .map(|token| token.indent)
    }

    /// Tells whether a brace opens what a test draws, and not the body of the declaration that begins at `head`.
    pub(super) fn opens_domains(&self, head: usize, brace: usize) -> bool {
        let mut above = (head..brace).map(|at| self.str(at));
        self.str(head) == "test"
            && self.str(brace) == "{"
            && !above.clone().any(|word| word == "{")
            && above.any(|word| matches!(word, "for" | "forall" | "forany"))
    }

    /// Returns the indent of the line on which a token stands.
    fn line_indent(&self, at: usize) -> u32 {
        self.get(at).map_or(0, |token| token.indent)
    }
}

/// One declaration: its documentation and its tokens `first..end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) docs: Vec<String>,
    /// The first token, be it an annotation's `@` or the keyword.
    pub(super) first: usize,
    /// The keyword.
    pub(super) head: usize,
    /// One past the last token.
    pub(super) end: usize,
    /// A bracket in it has no partner, which is reported already.
    pub(super) unbalanced: bool,
}

/// Splits a file; reports brackets without a partner and documentation that documents nothing.
pub(super) fn split(source: SourceId, tokens: Tokens<'_>, findings: &mut Findings) -> Vec<Region> {
    let mut splitter = Splitter {
        source,
        tokens,
        careful: !is_balanced(tokens),
        open: Vec::new(),
        docs: Vec::new(),
        current: None,
        annotated: false,
        regions: Vec::new(),
        findings,
    };
    for at in 0..tokens.tokens.len() {
        splitter.take(at);
    }
    splitter.finish(tokens.tokens.len());
    if let Some(at) = splitter.docs.first().map(|(at, _)| *at) {
        splitter.misplaced_doc(at);
    }
    splitter.regions
}

fn closer(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

fn is_balanced(tokens: Tokens<'_>) -> bool {
    let mut open = Vec::new();
    for at in 0..tokens.tokens.len() {
        match tokens.kind(at) {
            Some(TokenKind::Open) => open.push(at),
            Some(TokenKind::Close) => {
                let matches = open
                    .pop()
                    .is_some_and(|opening| closer(tokens.str(opening)) == tokens.str(at));
                if !matches {
                    return false;
                }
            }
            _ => {}
        }
    }
    open.is_empty()
}

struct Splitter<'scan, 'found> {
    source: SourceId,
    tokens: Tokens<'scan>,
    /// Some bracket of the file has no partner, so the layout is asked too.
    careful: bool,
    open: Vec<usize>,
    docs: Vec<(usize, String)>,
    current: Option<Region>,
    /// Only annotations of the current declaration were seen so far.
    annotated: bool,
    regions: Vec<Region>,
    findings: &'found mut Findings,
}

impl Splitter<'_, '_> {
    fn take(&mut self, at: usize) {
        if self.careful && !self.open.is_empty() && self.begins_a_line_like_a_declaration(at) {
            self.give_up_open(0);
            self.finish(at);
        }
        let top_level = self.open.is_empty();
        match self.tokens.kind(at) {
            Some(TokenKind::Doc) if top_level => self.doc(at),
            Some(TokenKind::Doc) => self.misplaced_doc(at),
            Some(TokenKind::Open) => {
                self.belongs(at);
                self.open.push(at);
            }
            Some(TokenKind::Close) => self.close(at),
            _ if !top_level => {}
            Some(TokenKind::Word) if self.begins_a_declaration(at) => self.begin(at),
            _ if self.tokens.str(at) == "@" => self.annotation(at),
            _ => self.belongs(at),
        }
    }

    /// Starts a region here unless one is open.
    fn belongs(&mut self, at: usize) {
        if !self.open.is_empty() {
            return;
        }
        let name_or_values = self.tokens.before(at) == "@" || self.tokens.str(at) == "(";
        match &mut self.current {
            None => self.begin(at),
            Some(region) if self.annotated && !name_or_values => {
                region.head = at;
                self.annotated = false;
            }
            Some(_) => {}
        }
    }

    fn begin(&mut self, at: usize) {
        if let (Some(region), true) = (&mut self.current, self.annotated) {
            region.head = at;
            self.annotated = false;
            return;
        }
        self.finish(at);
        self.current = Some(Region {
            docs: std::mem::take(&mut self.docs)
                .into_iter()
                .map(|(_, doc)| doc)
                .collect(),
            first: at,
            head: at,
            end: at + 1,
            unbalanced: false,
        });
    }

    fn annotation(&mut self, at: usize) {
        if !self.annotated {
            self.begin(at);
            self.annotated = true;
        }
    }

    fn doc(&mut self, at: usize) {
        let line = self.tokens.str(at).trim_start_matches('/');
        let line = without_space(line).to_owned();
        match &mut self.current {
            Some(region) if self.annotated => region.docs.push(line),
            _ => {
                self.finish(at);
                self.docs.push((at, line));
            }
        }
    }

    fn misplaced_doc(&mut self, at: usize) {
        let Some(token) = self.tokens.get(at) else {
            return;
        };
        let location = self.location(token.span);
        self.findings.push(
            Diagnostic::warning(
                "misplaced-doc-comment",
                location,
                "this documents no declaration",
            )
            .hint("`///` stands above a declaration; write `//` for a remark"),
        );
    }

    fn finish(&mut self, end: usize) {
        if !self.open.is_empty() {
            self.give_up_open(0);
        }
        self.annotated = false;
        if let Some(mut region) = self.current.take() {
            region.end = end;
            self.regions.push(region);
        }
    }

    fn close(&mut self, at: usize) {
        if self.careful {
            self.give_up_inner(at);
        }
        let Some(opening) = self.open.pop() else {
            self.unopened(at);
            self.finish(at);
            return;
        };
        if closer(self.tokens.str(opening)) != self.tokens.str(at) {
            self.open.push(opening);
            self.unopened(at);
            return;
        }
        let body = |region: &Region| !self.tokens.opens_domains(region.head, opening);
        let is_last = self.open.is_empty() && self.current.as_ref().is_none_or(body);
        if is_last && self.tokens.str(at) == "}" && self.ends_with_brace() {
            self.finish(at + 1);
        }
    }

    /// Tells whether the current declaration ends with its brace; a `let` does not, since its map may be a part.
    fn ends_with_brace(&self) -> bool {
        let Some(region) = &self.current else {
            return false;
        };
        let word = self.tokens.str(region.head);
        words::BRACED.contains(&word) || !words::DECLARATIONS.contains(&word)
    }

    /// Gives up the brackets that a closing one leaves without a partner.
    fn give_up_inner(&mut self, at: usize) {
        let close = self.tokens.str(at);
        let indent = self.tokens.indent(at);
        let fits = |opening: &usize| {
            closer(self.tokens.str(*opening)) == close
                && indent.is_none_or(|indent| self.tokens.line_indent(*opening) == indent)
        };
        // Only the nearest brackets are asked: deeper nesting is refused anyway.
        let skipped = self.open.len().saturating_sub(nesting::MAX_DEPTH);
        let near = self.open.get(skipped..).unwrap_or_default();
        let partner = near.iter().rposition(fits).or_else(|| {
            // The layout does not help: take the nearest of its kind.
            near.iter()
                .rposition(|opening| closer(self.tokens.str(*opening)) == close)
        });
        if let Some(partner) = partner {
            self.give_up_open(skipped + partner + 1);
        }
    }

    /// Reports the open brackets from the given depth on and forgets them.
    fn give_up_open(&mut self, depth: usize) {
        for opening in self.open.split_off(depth.min(self.open.len())) {
            let open = self.tokens.str(opening);
            let close = closer(open);
            let Some(token) = self.tokens.get(opening) else {
                continue;
            };
            let location = self.location(token.span);
            self.findings.push(
                Diagnostic::error(
                    "unclosed-bracket",
                    location,
                    format!("this `{open}` is never closed"),
                )
                .hint(format!("add the missing `{close}`")),
            );
            if let Some(region) = &mut self.current {
                region.unbalanced = true;
            }
        }
    }

    fn unopened(&mut self, at: usize) {
        let Some(token) = self.tokens.get(at).filter(|_| !self.findings.is_full()) else {
            return;
        };
        let close = self.tokens.str(at);
        let location = self.location(token.span);
        self.findings.push(
            Diagnostic::error(
                "unopened-bracket",
                location,
                format!("nothing is open that `{close}` could close"),
            )
            .hint("delete it, or add the opening one"),
        );
        if let Some(region) = &mut self.current {
            region.unbalanced = true;
        }
    }

    /// Tells whether a word at the top level begins a declaration.
    fn begins_a_declaration(&self, at: usize) -> bool {
        let word = self.tokens.str(at);
        let before = self.tokens.before(at);
        // `a.guard` is a field; `@test` an annotation; `let guard` a mistake that is reported as one.
        let field = before == "." && self.tokens.indent(at).is_none();
        // `kind policy/Eviction` speaks of a group that is called like a keyword.
        let group = self.tokens.str(at + 1) == "/";
        let part_of_something = field || group || before == "@" || self.follows_its_keyword(at);
        if part_of_something && self.current.is_some() {
            return false;
        }
        if words::DECLARATIONS.contains(&word) {
            return true;
        }
        let at_margin = self.tokens.indent(at) == Some(0);
        if at_margin && words::is_reserved(word) && words::CLAUSES.contains(&word) {
            return true;
        }
        let named = match self.tokens.kind(at + 1) {
            Some(TokenKind::Word) => {
                !words::is_reserved(self.tokens.str(at + 1)) || self.tokens.str(at + 2) == "/"
            }
            Some(TokenKind::Text) => true,
            _ => false,
        };
        if words::DECLARATIONS_BEFORE_A_NAME.contains(&word) {
            return named;
        }
        // A misspelt keyword stands at the start of its line and is followed by a name.
        named && at_margin && !words::is_reserved(word) && !words::CONNECTIVES.contains(&word)
    }

    fn follows_its_keyword(&self, at: usize) -> bool {
        self.current.as_ref().is_some_and(|region| {
            !self.annotated && region.head + 1 == at && self.tokens.indent(at).is_none()
        })
    }

    /// Tells whether a token inside brackets looks like the next declaration: at the left margin, a keyword before a
    /// name, an annotation or documentation.
    fn begins_a_line_like_a_declaration(&self, at: usize) -> bool {
        let margin = self
            .current
            .as_ref()
            .map_or(0, |region| self.tokens.line_indent(region.head));
        if self.tokens.indent(at).is_none_or(|indent| indent > margin) {
            return false;
        }
        match self.tokens.kind(at) {
            Some(TokenKind::Doc) => true,
            Some(TokenKind::Word) => {
                let word = self.tokens.str(at);
                let named = matches!(
                    self.tokens.kind(at + 1),
                    Some(TokenKind::Word | TokenKind::Text)
                );
                named
                    && (words::DECLARATIONS.contains(&word)
                        || words::DECLARATIONS_BEFORE_A_NAME.contains(&word))
            }
            _ => self.tokens.str(at) == "@",
        }
    }

    fn location(&self, span: Span) -> Location {
        Location {
            source: self.source,
            span,
        }
    }
}
