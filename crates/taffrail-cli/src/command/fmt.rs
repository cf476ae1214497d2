//! `taffrail fmt`: policy files in their one form.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use similar::TextDiff;
use taffrail::Sources;
use taffrail_syntax::{Diagnostic, SourceTable};

use crate::arguments::Fmt;
use crate::failure::Failure;
use crate::output::Output;
use crate::policies::standard_input;

/// A file whose text has another form than it should.
struct Change {
    /// Where it lies; `None` for standard input.
    path: Option<PathBuf>,
    name: String,
    before: String,
    after: String,
}

/// Writes the form into the files, or says which lack it. Files with mistakes are left as they are, and named.
pub(crate) fn run(arguments: &Fmt, output: &mut Output) -> Result<ExitCode, Failure> {
    let mut changes = Vec::new();
    let mut files = 0_usize;
    let mut broken = None;
    for path in &arguments.paths {
        let is_input = path.as_os_str() == "-";
        let sources = if is_input {
            Sources::from_texts([("-", standard_input()?)])?
        } else {
            Sources::read(path)?
        };
        for (_, source) in sources.table.iter() {
            files += 1;
            let file = sources
                .folder
                .as_deref()
                .map(|folder| folder.join(&source.name));
            match taffrail_syntax::format(&source.text) {
                Err(diagnostics) => {
                    broken.get_or_insert_with(|| failure(&source.name, &source.text, diagnostics));
                }
                // Standard input is answered with its form, changed or not.
                Ok(after) if is_input && !arguments.check && !arguments.diff => {
                    output.plain(&after)?
                }
                Ok(after) if after != source.text => changes.push(Change {
                    path: file,
                    name: source.name.clone(),
                    before: source.text.clone(),
                    after,
                }),
                Ok(_) => {}
            }
        }
    }
    let only_shows = arguments.check || arguments.diff;
    for change in &changes {
        if arguments.diff {
            output.plain(&diff(change))?;
        } else if arguments.check {
            output.plain(&format!("{}\n", shown(change)))?;
        } else if let Some(path) = &change.path {
            write(path, &change.after)?;
        }
    }
    if !only_shows && arguments.paths.iter().any(|path| path.as_os_str() != "-") {
        output.plain(&summary(changes.len(), files))?;
    }
    if let Some(failure) = broken {
        return Err(failure);
    }
    Ok(ExitCode::from(u8::from(only_shows && !changes.is_empty())))
}

fn failure(name: &str, text: &str, diagnostics: Vec<Diagnostic>) -> Failure {
    let mut sources = SourceTable::default();
    sources.add(name, text);
    Failure::Policies {
        diagnostics,
        sources: Box::new(sources),
    }
}

fn shown(change: &Change) -> String {
    match &change.path {
        Some(path) => path.to_string_lossy().into_owned(),
        None => change.name.clone(),
    }
}

fn diff(change: &Change) -> String {
    let name = shown(change);
    TextDiff::from_lines(&change.before, &change.after)
        .unified_diff()
        .header(&name, &format!("{name} (formatted)"))
        .to_string()
}

fn summary(changed: usize, files: usize) -> String {
    let mut text = String::new();
    let noun = |count: usize| if count == 1 { "file" } else { "files" };
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "formatted {changed} {}, {} unchanged",
        noun(changed),
        files.saturating_sub(changed)
    );
    text
}

/// Writes beside the file first, so that nobody ever reads half of it.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let unwritable = |source: io::Error| Failure::Unwritable {
        path: path.to_string_lossy().into_owned(),
        source,
    };
    // A link stays one: what it leads to is written.
    let path = fs::canonicalize(path).map_err(unwritable)?;
    let permissions = fs::metadata(&path).map_err(unwritable)?.permissions();
    let beside = path.with_extension("guard.formatted");
    fs::write(&beside, text).map_err(unwritable)?;
    fs::set_permissions(&beside, permissions).map_err(unwritable)?;
    fs::rename(&beside, &path).map_err(unwritable)
}
