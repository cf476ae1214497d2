//! A line as a whole: every command in it, and the greatest effect of them.

use crate::effect::Effect;

use super::blanks::Blanks;
use super::invocation::Invocation;
use super::programs::{self, Outcome};
use super::shell::{self, ShellError};
use super::unread::{self, Unread};
use super::word::Word;

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The commands, in the order in which they stand; those inside a substitution come before the one that uses their output.
    pub commands: Vec<Invocation>,
    /// The greatest effect of its commands; unknown when there is none that concerns a cluster.
    pub effect: Effect,
    /// Why the line is not a command of the shell; `None` when it is.
    pub trouble: Option<ShellError>,
    /// Files that the shell itself would write: the targets of `>`.
    pub writes: Vec<Word>,
    /// What in it is not looked into, and so may do anything.
    pub unread: Vec<Unread>,
    /// Whether the files that its commands name may be others by then, or stand elsewhere.
    pub(super) moves_files: bool,
}

impl Line {
    fn unreadable(trouble: ShellError) -> Self {
        Self {
            commands: Vec::new(),
            effect: Effect::Unknown,
            trouble: Some(trouble),
            writes: Vec::new(),
            unread: Vec::new(),
            moves_files: true,
        }
    }

    /// Tells whether every word of every command was given a meaning.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        self.trouble.is_none()
            && !self.commands.is_empty()
            && self.commands.iter().all(Invocation::is_understood)
    }

    /// Returns the line with only those of its commands that are wanted.
    #[must_use]
    pub fn only(&self, wanted: impl Fn(&Invocation) -> bool) -> Self {
        let commands = self.commands.iter().filter(|command| wanted(command));
        Self {
            commands: commands.cloned().collect(),
            ..self.clone()
        }
    }

    /// Tells whether the files that its commands name are read as they stand now, from the folder that the line is run in: nothing in it
    /// changes the folder, writes a file, or is not looked into.
    #[must_use]
    pub fn keeps_files(&self) -> bool {
        !self.moves_files && self.writes.is_empty() && self.unread.is_empty()
    }
}

/// Reads a line as a shell would.
///
/// A blank to be filled in, such as `<pod-name>`, is taken as a word that is not known. Where the shell would read the same line
/// in another way (`<` and `>` name files to it), the reading of greater effect counts.
#[must_use]
pub fn read_line(line: &str) -> Line {
    read_nested(line, 0)
}

/// Reads a line that stands in so many others.
pub(super) fn read_nested(line: &str, depth: usize) -> Line {
    if let Err(trouble) = shell::check(line) {
        return Line::unreadable(trouble);
    }
    let line = unescaped_document(line);
    let mut plain = read(&line, &Blanks::default(), depth);
    // In a makefile this is a substitution of the shell.
    if line.contains("$$(") {
        plain.effect = plain.effect.max(Effect::Unknown);
    }
    match Blanks::take(&line) {
        None => plain,
        Some((with_marks, blanks)) => {
            let filled = read(&with_marks, &blanks, depth);
            let is_worse = plain.effect > filled.effect && plain.effect != Effect::Unknown;
            if is_worse { plain } else { filled }
        }
    }
}

/// Reads a program and its arguments that no shell has touched: every word is itself.
#[must_use]
pub fn read_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Line {
    let words = words.into_iter().map(Word::text).collect();
    let command = shell::Simple {
        words,
        ..shell::Simple::default()
    };
    judged(&shell::Commands {
        found: vec![command],
        ..shell::Commands::default()
    })
}

fn read(line: &str, blanks: &Blanks, depth: usize) -> Line {
    match shell::read(line, blanks, depth) {
        Ok(commands) => judged(&commands),
        Err(trouble) => Line::unreadable(trouble),
    }
}

pub(super) fn judged(commands: &shell::Commands) -> Line {
    let mut line = Line {
        commands: Vec::new(),
        effect: Effect::Read,
        trouble: None,
        writes: Vec::new(),
        unread: unread::of_parts(commands).into_iter().collect(),
        moves_files: false,
    };
    for command in &commands.found {
        let command = &commands.with_text(command);
        line.moves_files |= unread::moves_files(command);
        match worst(command, commands) {
            Outcome::Plain => {}
            Outcome::Commands(found) => {
                line.unread.extend(Unread::of(command, &found, commands));
                line.commands.extend(found);
            }
        }
        let files = command.outputs.iter().filter(|file| is_file(file));
        line.writes.extend(files.cloned());
    }
    // It may stand in a loop, so that it holds for what comes before it too.
    for value in commands.found.iter().filter_map(programs::cluster_chosen) {
        for command in &mut line.commands {
            programs::access(command, "KUBECONFIG", &value);
        }
    }
    let is_connection = |file: &Word| {
        let name = file.beginning();
        name.starts_with("/dev/tcp/") || name.starts_with("/dev/udp/")
    };
    let greatest = line.commands.iter().map(|command| command.effect).max();
    line.effect = greatest.unwrap_or(Effect::Unknown);
    if !commands.unclear.is_empty()
        || commands.evaluates_text()
        || line.writes.iter().any(is_connection)
    {
        line.effect = line.effect.max(Effect::Unknown);
    }
    line
}

/// How many variables of a command are thought away one by one.
const VARIABLES_LIMIT: usize = 8;

/// Says what a command does. A variable outside quotes that is empty leaves no word behind, and a flag before it takes the word
/// after it: where that makes it worse, it counts.
fn worst(command: &shell::Simple, commands: &shell::Commands) -> Outcome {
    let mut outcome = programs::understand(command, commands);
    let splitting: Vec<usize> = (0..command.words.len())
        .filter(|at| command.words.get(*at).is_some_and(Word::may_split))
        .collect();
    if splitting.is_empty() {
        return outcome;
    }
    let one_by_one = splitting.iter().take(VARIABLES_LIMIT).map(|at| vec![*at]);
    for gone in std::iter::once(splitting.clone()).chain(one_by_one) {
        let words = command.words.iter().enumerate();
        let words = words
            .filter_map(|(at, word)| match gone.contains(&at) {
                true => word.without_variables(),
                false => Some(word.clone()),
            })
            .collect();
        let other = programs::understand(
            &shell::Simple {
                words,
                ..command.clone()
            },
            commands,
        );
        let effect = other.effect();
        if effect > outcome.effect() && effect != Some(Effect::Unknown) {
            outcome = other;
        }
    }
    outcome
}

/// Tells whether an output goes to a file that stays.
pub(super) fn is_file(output: &Word) -> bool {
    output.known().is_none_or(|name| {
        !matches!(name, "/dev/null" | "/dev/stdout" | "/dev/stderr" | "-")
            && !name.chars().all(|c| c.is_ascii_digit())
    })
}

/// A here-document that was put on one line, its line ends written as `\n`, gets them back.
fn unescaped_document(line: &str) -> std::borrow::Cow<'_, str> {
    let is_flat = !line.contains('\n')
        && line.match_indices("<<").any(|(at, _)| {
            let rest = line.get(at + 2..).unwrap_or_default();
            let rest = rest.trim_start_matches(['-', ' ', '\'', '"']);
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let after = rest.get(end.unwrap_or(rest.len())..).unwrap_or_default();
            after.contains("\\n") && !rest.starts_with('<')
        });
    if is_flat {
        line.replace("\\n", "\n").into()
    } else {
        line.into()
    }
}
