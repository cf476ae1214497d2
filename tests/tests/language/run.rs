//! Plays a chapter: compiles its policies, decides its requests, and puts what happens into its blocks.

use std::collections::BTreeMap;
use std::path::Path;

use taffrail::Sources;
use taffrail_actions::{Action, Defaults, read_documents};
use taffrail_compiler::Compiled;
use taffrail_runtime::Program;
use taffrail_syntax::{Diagnostic, SourceTable, Style, render};
use taffrail_tools::{Levels, LintInput, lint};

use crate::chapter::{self, Block, Fence};
use crate::{show, tables, values, views};

/// A chapter with what really happens in its blocks.
pub(crate) struct Played {
    /// The whole chapter.
    pub(crate) text: String,
    /// Examples that cannot run, each with its line.
    pub(crate) faults: Vec<String>,
}

/// Plays a chapter.
pub(crate) fn play(text: &str) -> Played {
    let mut player = Player::default();
    let mut blocks = chapter::blocks(text);
    for block in &mut blocks {
        match block {
            Block::Prose(_) => {}
            Block::Fence(fence) => player.play(fence),
        }
    }
    player.finish_set();
    Played {
        text: chapter::text(&blocks),
        faults: player.faults,
    }
}

/// The policies of an example: files that were written one after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Set {
    files: Vec<(String, String)>,
    /// The text of `taffrail.toml`.
    settings: Option<String>,
    /// Files with the schemas of custom kinds, by name.
    crds: BTreeMap<String, Result<String, String>>,
    /// The line of the first file.
    line: usize,
    /// Whether something was shown about it.
    used: bool,
}

impl Set {
    /// Returns the set with one more declaration in its last file.
    pub(crate) fn with(&self, declaration: &str) -> Self {
        let mut set = self.clone();
        match set.files.last_mut() {
            Some((_, text)) => text.push_str(declaration),
            None => set.files.push((
                "example.guard".into(),
                format!("policy example\n\n{declaration}"),
            )),
        }
        set
    }

    /// Compiles the set.
    pub(crate) fn compile(&self) -> Result<(SourceTable, Compiled), String> {
        let sources = self.sources()?;
        let compiled = sources.compile();
        Ok((sources.table, compiled))
    }

    /// Returns what the linter finds in the set.
    fn lints(&self) -> Result<String, String> {
        let sources = self.sources()?;
        let compiled = sources.compile();
        let found = lint(&LintInput {
            sources: &sources.table,
            compiled: &compiled,
            program: &self.program()?,
            read: &|_, path| Err(format!("there is no `{path}` here")),
            today: jiff::civil::date(2026, 11, 23),
            levels: &Levels::from_words(&sources.lints).map_err(|error| error.to_string())?,
        });
        Ok(rendered(found.iter(), &sources.table))
    }

    fn sources(&self) -> Result<Sources, String> {
        let mut sources =
            Sources::from_texts(self.files.clone()).map_err(|error| error.to_string())?;
        if let Some(settings) = &self.settings {
            let settings = read_settings(settings)?;
            sources.options = settings.options;
            sources.lints = settings.lints;
        }
        sources.options.crds.extend(self.crds.clone());
        Ok(sources)
    }

    /// Returns the program, or the errors that stand in its way.
    pub(crate) fn program(&self) -> Result<Program, String> {
        let (sources, compiled) = self.compile()?;
        let errors: Vec<&Diagnostic> = compiled
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error())
            .collect();
        match compiled.program {
            Some(data) => Program::new(data).map_err(|error| error.to_string()),
            None => Err(rendered(errors.into_iter(), &sources)),
        }
    }
}

/// Reads settings as they are read in a folder.
fn read_settings(settings: &str) -> Result<Sources, String> {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("settings-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    std::fs::write(folder.join("taffrail.toml"), settings).map_err(|error| error.to_string())?;
    let read = Sources::read(&folder).map_err(|error| error.to_string());
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    read
}

/// Returns diagnostics as text, a blank line between them.
fn rendered<'d>(
    diagnostics: impl Iterator<Item = &'d Diagnostic>,
    sources: &SourceTable,
) -> String {
    let texts: Vec<String> = diagnostics
        .map(|diagnostic| render(diagnostic, sources, Style::default()))
        .collect();
    texts.join("\n")
}

#[derive(Default)]
struct Player {
    set: Set,
    /// Whether the last block was a file with a name, so that a further one belongs to the same set.
    collecting: bool,
    request: String,
    faults: Vec<String>,
}

impl Player {
    fn play(&mut self, fence: &mut Fence) {
        if !matches!(fence.kind(), "guard" | "crd") {
            self.collecting = false;
        }
        match fence.kind() {
            "guard" => self.add_file(fence),
            "toml" => {
                self.finish_set();
                self.set = Set {
                    settings: Some(fence.body.clone()),
                    ..Set::default()
                };
                self.collecting = true;
            }
            "crd" => {
                if !(self.collecting && self.set.files.is_empty()) {
                    self.finish_set();
                    self.set = Set::default();
                }
                let name = fence.file().unwrap_or("crd.yaml").to_owned();
                self.set.crds.insert(name, Ok(fence.body.clone()));
                self.collecting = true;
            }
            "request" => self.request = fence.body.clone(),
            "expect" => {
                self.set.used = true;
                fence.body = match self.set.program() {
                    Ok(program) => decided(&program, &self.request),
                    Err(errors) => self.fault(fence.line, &errors),
                };
            }
            "json" | "requirements" | "digests" => {
                self.set.used = true;
                fence.body = match self.set.program() {
                    Ok(program) => answered(fence.kind(), &program, &self.request),
                    Err(errors) => self.fault(fence.line, &errors),
                };
            }
            "diagnostics" => {
                self.set.used = true;
                fence.body = match self.set.compile() {
                    Ok((sources, compiled)) => rendered(compiled.diagnostics.iter(), &sources),
                    Err(error) => error,
                };
                if fence.body.is_empty() {
                    fence.body = self.fault(fence.line, "nothing is wrong with this policy\n");
                }
                // Nothing can be decided by it.
                self.set = Set::default();
            }
            "values" => {
                self.set.used = true;
                fence.body = values::evaluated(&self.set, &fence.body);
            }
            "tests" => {
                self.set.used = true;
                fence.body = match (self.set.program(), self.set.compile()) {
                    (Ok(program), Ok((sources, compiled))) => {
                        show::tests(&program, &sources, &compiled)
                    }
                    (Err(error), _) | (_, Err(error)) => self.fault(fence.line, &error),
                };
            }
            "lints" => {
                self.set.used = true;
                fence.body = match self.set.lints() {
                    Ok(found) if found.is_empty() => "nothing is found\n".into(),
                    Ok(found) => found,
                    Err(error) => self.fault(fence.line, &error),
                };
            }
            "codes" => fence.body = tables::lints(),
            "builtins" => fence.body = tables::builtins(),
            "reserved" => fence.body = tables::reserved(),
            "console" | "text" => {}
            other => {
                let message = format!("`{other}` is no kind of example\n");
                self.fault(fence.line, &message);
            }
        }
    }

    fn add_file(&mut self, fence: &Fence) {
        let belongs = self.collecting && (fence.file().is_some() || self.set.files.is_empty());
        if !belongs {
            self.finish_set();
            self.set = Set {
                line: fence.line,
                ..Set::default()
            };
        }
        self.collecting = fence.file().is_some();
        let name = fence.file().unwrap_or("example.guard").to_owned();
        let whole = fence.says("raw") || fence.body.lines().any(|line| line.starts_with("policy "));
        let text = if whole {
            fence.body.clone()
        } else {
            format!("policy example\n\n{}", fence.body)
        };
        self.set.files.push((name, text));
    }

    /// A policy of which nothing was shown must at least compile.
    fn finish_set(&mut self) {
        if self.set.files.is_empty() || self.set.used {
            return;
        }
        self.set.used = true;
        if let Err(errors) = self.set.program() {
            let line = self.set.line;
            self.fault(line, &errors);
        }
    }

    fn fault(&mut self, line: usize, message: &str) -> String {
        self.faults.push(format!("{line}: {}", message.trim_end()));
        message.to_owned()
    }
}

/// Returns another view of what a program says about the actions of a request document.
fn answered(kind: &str, program: &Program, document: &str) -> String {
    match read_documents("request.yaml", document.as_bytes(), &Defaults::default()) {
        Err(error) => format!("error: {error}\n"),
        Ok(actions) => match kind {
            "requirements" => views::requirements(program, &actions),
            "digests" => views::digests(program, &actions),
            _ => views::json(program, &actions),
        },
    }
}

/// Returns what a program says about a request document.
pub(crate) fn decided(program: &Program, document: &str) -> String {
    match read_documents("request.yaml", document.as_bytes(), &Defaults::default()) {
        Err(error) => {
            let hint = error.problem.hint();
            let hint = hint.map_or_else(String::new, |hint| format!("hint: {hint}\n"));
            format!("error: {error}\n{hint}")
        }
        Ok(actions) => actions
            .iter()
            .map(|action| match action {
                Action::Single(request) => show::decision(&program.decide(request).report()),
                Action::Plan(plan) => show::plan(&program.decide_plan(plan).report()),
            })
            .collect(),
    }
}
