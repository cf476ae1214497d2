//! Actions from files, folders and standard input, and what is odd about them.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use taffrail_actions::{Action, Defaults, read_documents};
use taffrail_compiler::analyze::VERBS;
use taffrail_runtime::program::{ProgramData, RuleBody};
use taffrail_runtime::{Program, Value};
use taffrail_syntax::suggest::nearest;

use crate::arguments::Actions;
use crate::command_line;
use crate::failure::Failure;
use crate::output::Output;
use crate::policies::last_word;

/// More than this is refused by the reader of documents anyway.
const READ_LIMIT: u64 = 64 * 1024 * 1024;

/// An action with the document it was read from.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) document: String,
    pub(crate) action: Action,
}

/// Reads all actions: those of documents, in the order given and of a folder by file name, or that of a command line or a call.
pub(crate) fn read(arguments: &Actions) -> Result<Vec<Asked>, Failure> {
    match (&arguments.kubectl, &arguments.tool_call) {
        (Some(line), _) => Ok(vec![command_line::read(line, &arguments.around)?]),
        (None, Some(call)) => Ok(vec![command_line::read_call(call, &arguments.around)?]),
        (None, None) => documents(&arguments.actions),
    }
}

fn documents(paths: &[PathBuf]) -> Result<Vec<Asked>, Failure> {
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::StandardInputTwice);
    }
    let defaults = defaults();
    let mut asked = Vec::new();
    for path in paths {
        for file in files(path)? {
            let name = file.display().to_string();
            let actions = read_documents(&name, &bytes(&file)?, &defaults)?;
            asked.extend(actions.into_iter().map(|action| Asked {
                document: name.clone(),
                action,
            }));
        }
    }
    Ok(asked)
}

/// Returns what holds where a document is silent: the clock.
pub(crate) fn defaults() -> Defaults {
    Defaults {
        now: Some(jiff::Timestamp::now()),
    }
}

/// Returns the files of a path: itself, or the documents of a folder.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |source| Failure::Unreadable {
        path: path.display().to_string(),
        source,
    };
    if path.as_os_str() == "-" || !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let is_document = file.extension().is_some_and(|extension| {
            ["yaml", "yml", "json"]
                .iter()
                .any(|known| extension == *known)
        });
        if is_document {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        let path = path.display().to_string();
        return Err(Failure::NoDocuments { path });
    }
    Ok(files)
}

/// Reads a file, or standard input for `-`.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(READ_LIMIT)
            .read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(READ_LIMIT).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(source) => Err(Failure::Unreadable {
            path: path.display().to_string(),
            source,
        }),
    }
}

/// Refuses verbs that nothing knows, and warns of facts that no policy declares.
pub(crate) fn check(asked: &Asked, program: &Program, output: &mut Output) -> Result<(), Failure> {
    let data = program.data();
    for request in asked.action.requests() {
        if let Value::String(verb) = &request.verb {
            check_verb(&asked.document, verb, data)?;
        }
    }
    // Signals, usage and breakers are the same in all steps.
    let Some(request) = asked.action.requests().first() else {
        return Ok(());
    };
    let signals: Vec<&str> = data
        .signals
        .iter()
        .map(|signal| signal.name.as_str())
        .collect();
    for (name, _) in &request.signals {
        undeclared(asked, output, "signal", name, &signals, true);
    }
    let rules = |wanted: fn(&RuleBody) -> bool| -> Vec<&str> {
        let rules = data.rules.iter().filter(|rule| wanted(&rule.body));
        rules.map(|rule| rule.name.as_str()).collect()
    };
    let budgets = rules(|body| matches!(body, RuleBody::Budget { .. }));
    for usage in &request.usage {
        undeclared(asked, output, "budget", &usage.budget, &budgets, false);
    }
    let breakers = rules(|body| matches!(body, RuleBody::Breaker { .. }));
    for fact in &request.breakers {
        undeclared(asked, output, "breaker", &fact.breaker, &breakers, false);
    }
    Ok(())
}

/// Refuses a verb that nothing knows.
pub(crate) fn check_verb(document: &str, verb: &str, data: &ProgramData) -> Result<(), Failure> {
    let declared = data.verbs.iter().map(String::as_str);
    let verbs: Vec<&str> = VERBS.iter().copied().chain(declared).collect();
    if verbs.contains(&verb) {
        return Ok(());
    }
    Err(Failure::UnknownVerb {
        document: document.to_owned(),
        verb: verb.to_owned(),
        nearest: nearest(verb, verbs).map(str::to_owned),
    })
}

fn undeclared(
    asked: &Asked,
    output: &mut Output,
    what: &str,
    name: &str,
    declared: &[&str],
    by_last_word: bool,
) {
    let of_that_word = declared
        .iter()
        .filter(|full| last_word(full) == name)
        .count();
    let is_found = declared.contains(&name) || (by_last_word && of_that_word == 1);
    if is_found {
        return;
    }
    let document = &asked.document;
    if by_last_word && of_that_word > 1 {
        let message =
            format!("{document}: several modules declare a {what} `{name}`, none reads this");
        output.warning(
            &message,
            Some("write the full name, with the module in front"),
        );
        return;
    }
    let full = declared
        .iter()
        .find(|full| last_word(full) == last_word(name))
        .copied();
    let near = full
        .or_else(|| nearest(name, declared.iter().copied()))
        .or_else(|| nearest(name, declared.iter().map(|full| last_word(full))));
    let hint = near.map(|near| format!("did you mean `{near}`?"));
    let message =
        format!("{document}: no policy declares the {what} `{name}`, so nothing reads it");
    output.warning(&message, hint.as_deref());
}
