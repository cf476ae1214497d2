//! From a line to the commands that the shell would run.

use std::panic::AssertUnwindSafe;

use brush_parser::ast::{
    AndOr, AssignmentValue, Command, CommandPrefixOrSuffixItem, CompoundCommand, CompoundList,
    ExtendedTestExpr, IoFileRedirectKind, IoFileRedirectTarget, IoRedirect, Pipeline,
    ProcessSubstitutionKind, Program, SimpleCommand, SubshellCommand,
};
use brush_parser::{ParseError, Parser, ParserOptions};

use super::blanks::{self, Blanks};
use super::expand::{Expanded, expand, expand_document};
use super::word::{Why, Word};

/// The longest line that is read, in bytes.
const LINE_LIMIT: usize = 1 << 20;

/// How deep commands may stand in commands.
const DEPTH_LIMIT: usize = 16;

/// How many opening brackets and quotes of substitutions a line may hold: the parser descends into each.
const NESTING_LIMIT: usize = 400;

/// The words that open a command with commands in it, or put off the end of a test.
const OPENING: [&str; 9] = [
    "if", "while", "until", "for", "case", "select", "[[", "!", "coproc",
];

/// How many of them a line may hold.
const OPENING_LIMIT: usize = 100;

/// How many words a command may hold.
const WORDS_LIMIT: usize = 2000;

/// How many commands a line may hold.
const COMMANDS_LIMIT: usize = 512;

/// Why a line cannot be read as a command of the shell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShellError {
    /// The shell would refuse it too.
    #[error("the shell cannot read this: {0}")]
    Syntax(String),
    /// It is longer, or nested deeper, than is looked at.
    #[error("this is too large to be looked through: {0}")]
    TooLarge(&'static str),
    /// It holds characters that no command has.
    #[error("this holds a character that no command has: {0:?}")]
    Character(char),
}

/// A program with its arguments, as the shell would start it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Simple {
    /// The program and its arguments; empty for mere assignments.
    pub(super) words: Vec<Word>,
    /// The variables that are set for it.
    pub(super) assigned: Vec<(String, Word)>,
    /// What it reads.
    pub(super) input: Input,
    /// The files that its output goes to.
    pub(super) outputs: Vec<Word>,
    /// Whether another program reads what it prints.
    pub(super) feeds: bool,
}

/// What a program reads from its input.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Input {
    /// Nothing that the line says.
    #[default]
    None,
    /// A text in the line.
    Text(Word),
    /// A file.
    File(Word),
    /// What the command at this place prints.
    Pipe(usize),
}

/// The commands of a line, in the order in which they stand.
#[derive(Debug, Default)]
pub(super) struct Commands {
    pub(super) found: Vec<Simple>,
    /// Parts that hold commands which are not looked into.
    pub(super) unclear: Vec<String>,
    /// The names that the line itself gives to functions.
    pub(super) functions: Vec<String>,
    /// In how many texts that are run as lines this one stands.
    pub(super) depth: usize,
    /// The values that its loops go through.
    pub(super) values: Vec<Word>,
}

impl Commands {
    /// Tells whether a text of the line becomes more than a word when the shell uses it: one with a subscript that holds a command, which is run
    /// when it is calculated with, and the value of a variable that stands outside quotes and has blanks.
    pub(super) fn evaluates_text(&self) -> bool {
        let is_run = |word: &Word| {
            let text = word.to_string();
            text.contains("[$(") || text.contains("[`")
        };
        let has_blanks = |value: &Word| {
            value.known().is_some_and(|text| {
                text.contains(|c: char| c.is_whitespace() || c == '$' || c == '`')
            })
        };
        let words = || self.found.iter().flat_map(|command| &command.words);
        let values = || {
            let assigned = self.found.iter().flat_map(|command| &command.assigned);
            assigned.map(|(_, value)| value).chain(&self.values)
        };
        words().chain(values()).any(is_run)
            || words().any(Word::may_split) && values().any(has_blanks)
    }

    /// Returns a command with what it reads, where that is the text that `cat` or `echo` passes on.
    pub(super) fn with_text(&self, command: &Simple) -> Simple {
        let mut command = command.clone();
        if let Input::Pipe(from) = command.input
            && let Some(Simple { words, input, .. }) = self.found.get(from)
        {
            let known: Option<Vec<&str>> = words.iter().map(Word::known).collect();
            match (known.as_deref(), input) {
                (Some(["cat"] | ["cat", "-"]), Input::Text(text)) => {
                    command.input = Input::Text(text.clone());
                }
                (Some(["cat", file]), _) if !file.starts_with('-') => {
                    command.input = Input::File(Word::text(*file));
                }
                (Some(["echo", text]), _) if !text.starts_with('-') && !text.contains('\\') => {
                    command.input = Input::Text(Word::text(*text));
                }
                _ => {}
            }
        }
        command
    }
}

/// Reads a line.
pub(super) fn read(line: &str, blanks: &Blanks, depth: usize) -> Result<Commands, ShellError> {
    let options = ParserOptions::default();
    let mut walk = Walk {
        commands: Commands {
            depth,
            ..Commands::default()
        },
        blanks,
        options,
        depth: 0,
        feeds: false,
    };
    let program = walk.parse(line)?;
    walk.program(&program)?;
    Ok(walk.commands)
}

/// Checks what must hold before the parser may look at a line.
pub(super) fn check(line: &str) -> Result<(), ShellError> {
    if line.len() > LINE_LIMIT {
        return Err(ShellError::TooLarge("it is longer than a mebibyte"));
    }
    if let Some(c) = line.chars().find(|c| *c == '\0') {
        return Err(ShellError::Character(c));
    }
    if blanks::has_marks(line) {
        return Err(ShellError::Character('\u{e000}'));
    }
    let words = line.split(|c: char| c.is_whitespace() || c == ';');
    if words.filter(|word| OPENING.contains(word)).count() > OPENING_LIMIT {
        return Err(ShellError::TooLarge("its commands are nested too deep"));
    }
    if has_unreadable_number(line) || has_document_in_variable(line) || has_broken_document(line) {
        return Err(ShellError::Syntax("a form that is not looked at".into()));
    }
    let nested = line.bytes().filter(|b| b"({`".contains(b)).count();
    if nested > NESTING_LIMIT && deepest(line) > NESTING_LIMIT / 4 {
        return Err(ShellError::TooLarge("its brackets are nested too deep"));
    }
    Ok(())
}

/// Tells whether a number that stands for a file descriptor or a folder of the stack is larger than the parser can hold.
fn has_unreadable_number(line: &str) -> bool {
    let bytes = line.as_bytes();
    let mut start = None;
    for (at, byte) in bytes.iter().enumerate() {
        match (byte.is_ascii_digit(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                if at - from > 8 && matches!(byte, b'<' | b'>') {
                    return true;
                }
                start = None;
            }
            _ => {}
        }
    }
    line.split('~').skip(1).any(|rest| {
        let rest = rest.trim_start_matches(['+', '-']);
        rest.bytes().take_while(u8::is_ascii_digit).count() > 8
    })
}

/// Tells whether a here-document begins inside the default of a variable, which the parser does not get to the end of.
fn has_document_in_variable(line: &str) -> bool {
    let mut depth = 0_usize;
    let mut rest = line;
    while !rest.is_empty() {
        let step = match rest {
            _ if rest.starts_with("${") => {
                depth += 1;
                2
            }
            _ if rest.starts_with('}') => {
                depth = depth.saturating_sub(1);
                1
            }
            _ if rest.starts_with("<<") && depth > 0 => return true,
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        rest = rest.get(step..).unwrap_or_default();
    }
    false
}

/// Tells whether a here-document has no plain word for its end, or stands in a substitution that ends before it: the parser looks for ever.
fn has_broken_document(line: &str) -> bool {
    line.match_indices("<<").any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default();
        let rest = line.get(at + 2..).unwrap_or_default();
        if before.ends_with('<') {
            return false;
        }
        let run = 2 + rest.bytes().take_while(|byte| *byte == b'<').count();
        if run > 2 {
            return run > 3 || before.ends_with('\\');
        }
        let is_inside = ["$(", "`", "$[", "<(", ">("]
            .iter()
            .any(|opening| before.contains(opening));
        let tag = rest
            .strip_prefix('-')
            .unwrap_or(rest)
            .trim_start_matches([' ', '\t']);
        let tag = tag.strip_prefix(['\'', '"', '\\']).unwrap_or(tag);
        let after = tag.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let behind = after.strip_prefix(['\'', '"']).unwrap_or(after);
        let is_whole = behind.is_empty()
            || behind.starts_with([' ', '\t', '\n', ';', '&', '|', '<', '>', ')'])
            || behind.starts_with("\\n");
        let has_tag = after.len() < tag.len() && is_whole;
        let has_end = rest.contains('\n') || rest.contains("\\n");
        !(has_tag && (has_end || !is_inside))
    })
}

/// Returns how deep brackets stand in brackets, whatever quotes there are.
fn deepest(line: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for byte in line.bytes() {
        match byte {
            b'(' | b'{' | b'`' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

struct Walk<'b> {
    commands: Commands,
    blanks: &'b Blanks,
    options: ParserOptions,
    depth: usize,
    /// Whether the output of what is walked is read by something.
    feeds: bool,
}

type Walked = Result<(), ShellError>;

impl Walk<'_> {
    fn parse(&self, line: &str) -> Result<Program, ShellError> {
        let parse = |text: &str| {
            Parser::new(std::io::Cursor::new(text.as_bytes()), &self.options).parse_program()
        };
        // What is known to stop the parser is refused before; should it stop elsewhere, the line is one that is not understood.
        let parse = |text: &str| std::panic::catch_unwind(AssertUnwindSafe(|| parse(text)));
        let stopped = |_| ShellError::Syntax("the parser stopped".into());
        let program = parse(line).map_err(stopped)?;
        let program = match program {
            Err(error) => match closed(line, &error) {
                Some(line) => parse(&line).map_err(stopped)?,
                None => Err(error),
            },
            program => program,
        };
        program.map_err(|error| ShellError::Syntax(self.blanks.restore(&error.to_string())))
    }

    fn program(&mut self, program: &Program) -> Walked {
        program
            .complete_commands
            .iter()
            .try_for_each(|list| self.list(list))
    }

    fn list(&mut self, list: &CompoundList) -> Walked {
        for item in &list.0 {
            self.pipeline(&item.0.first)?;
            for next in &item.0.additional {
                let (AndOr::And(pipeline) | AndOr::Or(pipeline)) = next;
                self.pipeline(pipeline)?;
            }
        }
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Walked {
        let outer = self.feeds;
        let mut before = None;
        let mut rest = pipeline.seq.as_slice();
        while let Some((command, after)) = rest.split_first() {
            self.feeds = outer || !after.is_empty();
            let from = self.commands.found.len();
            self.command(command)?;
            if let (Some(fed_by), Some(first)) = (before, self.commands.found.get_mut(from..)) {
                for command in first {
                    if command.input == Input::None {
                        command.input = Input::Pipe(fed_by);
                    }
                }
            }
            before = self.commands.found.len().checked_sub(1);
            rest = after;
        }
        self.feeds = outer;
        Ok(())
    }

    fn command(&mut self, command: &Command) -> Walked {
        match command {
            Command::Simple(simple) => self.simple(simple),
            Command::Compound(compound, redirects) => {
                let from = self.commands.found.len();
                self.compound(compound)?;
                let mut around = Simple::default();
                for redirect in redirects.iter().flat_map(|list| &list.0) {
                    self.redirect(&mut around, redirect)?;
                }
                for inner in self.commands.found.iter_mut().skip(from) {
                    if inner.input == Input::None {
                        inner.input = around.input.clone();
                    }
                    inner.outputs.extend(around.outputs.iter().cloned());
                }
                Ok(())
            }
            Command::Function(function) => {
                self.commands.functions.push(function.fname.value.clone());
                self.compound(&function.body.0)
            }
            Command::ExtendedTest(test, _) => {
                let mut words = vec![Word::text("[[")];
                self.test(&test.expr, &mut words)?;
                self.push(Simple {
                    words,
                    ..Simple::default()
                })
            }
        }
    }

    fn compound(&mut self, compound: &CompoundCommand) -> Walked {
        match compound {
            CompoundCommand::Arithmetic(arithmetic) => self.calculation(&arithmetic.expr.value),
            CompoundCommand::ArithmeticForClause(clause) => {
                let parts = [&clause.initializer, &clause.condition, &clause.updater];
                for part in parts.into_iter().flatten() {
                    self.calculation(&part.value)?;
                }
                self.list(&clause.body.list)
            }
            CompoundCommand::BraceGroup(group) => self.list(&group.list),
            CompoundCommand::Subshell(subshell) => self.list(&subshell.list),
            CompoundCommand::ForClause(clause) => {
                for word in clause.values.iter().flatten() {
                    let values = self.word(&word.value)?;
                    self.commands.values.extend(values);
                }
                self.list(&clause.body.list)
            }
            CompoundCommand::CaseClause(clause) => {
                self.word(&clause.value.value)?;
                for case in &clause.cases {
                    for pattern in &case.patterns {
                        self.word(&pattern.value)?;
                    }
                    if let Some(list) = &case.cmd {
                        self.list(list)?;
                    }
                }
                Ok(())
            }
            CompoundCommand::IfClause(clause) => {
                self.list(&clause.condition)?;
                self.list(&clause.then)?;
                for other in clause.elses.iter().flatten() {
                    if let Some(condition) = &other.condition {
                        self.list(condition)?;
                    }
                    self.list(&other.body)?;
                }
                Ok(())
            }
            CompoundCommand::WhileClause(clause) | CompoundCommand::UntilClause(clause) => {
                self.list(&clause.0)?;
                self.list(&clause.1.list)
            }
            CompoundCommand::Coprocess(coprocess) => self.command(&coprocess.body),
        }
    }

    fn simple(&mut self, simple: &SimpleCommand) -> Walked {
        let mut command = Simple {
            feeds: self.feeds,
            ..Simple::default()
        };
        let before = simple.prefix.iter().flat_map(|prefix| &prefix.0);
        for item in before {
            self.item(&mut command, item, true)?;
        }
        if let Some(name) = &simple.word_or_name {
            command.words.extend(self.word(&name.value)?);
        }
        for item in simple.suffix.iter().flat_map(|suffix| &suffix.0) {
            self.item(&mut command, item, false)?;
        }
        self.push(command)
    }

    fn item(
        &mut self,
        command: &mut Simple,
        item: &CommandPrefixOrSuffixItem,
        is_prefix: bool,
    ) -> Walked {
        match item {
            CommandPrefixOrSuffixItem::IoRedirect(redirect) => self.redirect(command, redirect),
            CommandPrefixOrSuffixItem::Word(word) => {
                command.words.extend(self.word(&word.value)?);
                Ok(())
            }
            CommandPrefixOrSuffixItem::AssignmentWord(assignment, word) if is_prefix => {
                let name = assignment.name.to_string();
                let value = match &assignment.value {
                    AssignmentValue::Scalar(value) => self.word(&value.value)?.pop(),
                    AssignmentValue::Array(_) => self.word(&word.value)?.pop(),
                };
                command.assigned.push((name, value.unwrap_or_default()));
                Ok(())
            }
            CommandPrefixOrSuffixItem::AssignmentWord(_, word) => {
                command.words.extend(self.word(&word.value)?);
                Ok(())
            }
            CommandPrefixOrSuffixItem::ProcessSubstitution(kind, subshell) => {
                let word = self.process(kind, subshell)?;
                command.words.push(word);
                Ok(())
            }
        }
    }

    fn redirect(&mut self, command: &mut Simple, redirect: &IoRedirect) -> Walked {
        match redirect {
            IoRedirect::File(fd, kind, target) => {
                let file = match target {
                    IoFileRedirectTarget::Filename(word)
                    | IoFileRedirectTarget::Duplicate(word) => {
                        self.word(&word.value)?.pop().unwrap_or_default()
                    }
                    IoFileRedirectTarget::Fd(_) => return Ok(()),
                    IoFileRedirectTarget::ProcessSubstitution(kind, subshell) => {
                        self.process(kind, subshell)?
                    }
                };
                match kind {
                    IoFileRedirectKind::Read | IoFileRedirectKind::DuplicateInput
                        if matches!(fd, None | Some(0)) =>
                    {
                        command.input = Input::File(file);
                    }
                    IoFileRedirectKind::Read | IoFileRedirectKind::DuplicateInput => {}
                    IoFileRedirectKind::Write
                    | IoFileRedirectKind::Append
                    | IoFileRedirectKind::ReadAndWrite
                    | IoFileRedirectKind::Clobber
                    | IoFileRedirectKind::DuplicateOutput => command.outputs.push(file),
                }
            }
            IoRedirect::HereDocument(_, document) => {
                let text = if document.requires_expansion {
                    let expanded = expand_document(&document.doc.value, self.blanks, &self.options);
                    self.substitutions(expanded)?.pop().unwrap_or_default()
                } else {
                    Word::text(self.blanks.restore(&document.doc.value))
                };
                command.input = Input::Text(text);
            }
            IoRedirect::HereString(_, word) => {
                let text = self.word(&word.value)?.pop().unwrap_or_default();
                command.input = Input::Text(text);
            }
            IoRedirect::OutputAndError(word, _) => {
                let file = self.word(&word.value)?.pop().unwrap_or_default();
                command.outputs.push(file);
            }
        }
        Ok(())
    }

    fn process(
        &mut self,
        kind: &ProcessSubstitutionKind,
        subshell: &SubshellCommand,
    ) -> Result<Word, ShellError> {
        let outer = std::mem::replace(&mut self.feeds, true);
        self.list(&subshell.list)?;
        self.feeds = outer;
        let text = match kind {
            ProcessSubstitutionKind::Read => "<(…)",
            ProcessSubstitutionKind::Write => ">(…)",
        };
        Ok(Word::unclear(text, Why::Substitution))
    }

    fn test(&mut self, expr: &ExtendedTestExpr, words: &mut Vec<Word>) -> Walked {
        match expr {
            ExtendedTestExpr::And(a, b) | ExtendedTestExpr::Or(a, b) => {
                self.test(a, words)?;
                self.test(b, words)
            }
            ExtendedTestExpr::Not(a) | ExtendedTestExpr::Parenthesized(a) => self.test(a, words),
            ExtendedTestExpr::UnaryTest(_, a) => {
                words.extend(self.word(&a.value)?);
                Ok(())
            }
            ExtendedTestExpr::BinaryTest(_, a, b) => {
                words.extend(self.word(&a.value)?);
                words.extend(self.word(&b.value)?);
                Ok(())
            }
        }
    }

    fn calculation(&mut self, text: &str) -> Walked {
        self.word(text)?;
        self.push(Simple {
            words: vec![Word::text("((")],
            ..Simple::default()
        })
    }

    /// Expands a word; the commands in it come before the one that it stands in.
    fn word(&mut self, text: &str) -> Result<Vec<Word>, ShellError> {
        let expanded = expand(text, self.blanks, &self.options);
        self.substitutions(expanded)
    }

    fn substitutions(&mut self, expanded: Expanded) -> Result<Vec<Word>, ShellError> {
        for command in &expanded.substitutions {
            if command == "\u{0}" {
                let words: Vec<String> = expanded.words.iter().map(Word::to_string).collect();
                self.commands.unclear.push(words.join(" "));
                continue;
            }
            if self.depth >= DEPTH_LIMIT {
                return Err(ShellError::TooLarge("commands stand too deep in commands"));
            }
            self.depth += 1;
            let outer = std::mem::replace(&mut self.feeds, true);
            let program = self.parse(command)?;
            self.program(&program)?;
            self.feeds = outer;
            self.depth -= 1;
        }
        Ok(expanded.words)
    }

    fn push(&mut self, command: Simple) -> Walked {
        if self.commands.found.len() >= COMMANDS_LIMIT {
            return Err(ShellError::TooLarge("it holds too many commands"));
        }
        if command.words.len() > WORDS_LIMIT {
            return Err(ShellError::TooLarge("a command holds too many words"));
        }
        self.commands.found.push(command);
        Ok(())
    }
}

/// Returns the line with the ends that its here-documents lack: a line that was cut off there is still understood.
fn closed(line: &str, error: &ParseError) -> Option<String> {
    if !error.to_string().contains("here document") {
        return None;
    }
    let mut closed = line.to_owned();
    for (at, _) in line.match_indices("<<") {
        let rest = line.get(at + 2..)?.trim_start_matches(['-', ' ']);
        let tag = rest.trim_start_matches(['\'', '"', '\\']);
        let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let tag = tag.get(..end.unwrap_or(tag.len()))?;
        if !tag.is_empty() {
            closed.push('\n');
            closed.push_str(tag);
        }
    }
    closed.push('\n');
    Some(closed)
}
