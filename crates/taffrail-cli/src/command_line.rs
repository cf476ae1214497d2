//! The action that a command line or a call is, with what is known around it.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use taffrail_actions::command::{Line, Surroundings, read_line};
use taffrail_actions::tool_call::read_written;
use taffrail_actions::{Action, read_documents, read_manifests};
use taffrail_runtime::Value;
use taffrail_runtime::request::Request;
use taffrail_schema::Schemas;

use crate::actions::{Asked, bytes, defaults, files};
use crate::arguments::Around;
use crate::failure::Failure;

/// Reads a command line as an action.
pub(crate) fn read(line: &str, around: &Around) -> Result<Asked, Failure> {
    let base = base(around.facts.as_deref())?;
    let action = action(
        &read_line(line),
        base,
        &live(&around.current)?,
        None,
        &read_file,
    );
    Ok(Asked {
        document: "the command line".to_owned(),
        action,
    })
}

/// Reads the call of a tool as an action.
pub(crate) fn read_call(text: &str, around: &Around) -> Result<Asked, Failure> {
    let call = read_written(text, None).ok_or(Failure::NoCall)?;
    let action = call.action(&Surroundings {
        base: base(around.facts.as_deref())?,
        live: &live(&around.current)?,
        namespace: None,
        schemas: &Schemas::default(),
        file: &|_| None,
    });
    Ok(Asked {
        document: "the call".to_owned(),
        action,
    })
}

/// Reads live objects from files.
pub(crate) fn live(current: &[PathBuf]) -> Result<Vec<Json>, Failure> {
    let mut live = Vec::new();
    for path in current {
        for file in files(path)? {
            let name = file.display().to_string();
            let manifests = read_manifests(&name, &bytes(&file)?, None)?;
            live.extend(manifests.into_iter().map(|manifest| manifest.object));
        }
    }
    Ok(live)
}

/// Returns the action of a line.
pub(crate) fn action(
    line: &Line,
    base: Request,
    live: &[Json],
    namespace: Option<&str>,
    file: &dyn Fn(&str) -> Option<String>,
) -> Action {
    line.action(&Surroundings {
        base,
        live,
        namespace,
        schemas: &Schemas::default(),
        file,
    })
}

/// Reads who asks, and the facts, from an action document; without one only the time is known.
pub(crate) fn base(facts: Option<&Path>) -> Result<Request, Failure> {
    let Some(path) = facts else {
        let now = defaults().now;
        return Ok(Request {
            now: now.map_or(Request::default().now, Value::Time),
            ..Request::default()
        });
    };
    let name = path.display().to_string();
    let plan = || Failure::FactsOfPlan { path: name.clone() };
    match read_documents(&name, &bytes(path)?, &defaults())?.pop() {
        Some(Action::Single(request)) => Ok(*request),
        Some(Action::Plan(_)) | None => Err(plan()),
    }
}

/// Reads a file that a command names; every document of a folder, as kubectl does.
pub(crate) fn read_file(name: &str) -> Option<String> {
    if name.contains("://") {
        return None;
    }
    let path = Path::new(name);
    let mut text = String::new();
    for file in files(path).ok()? {
        let read = bytes(&file).ok()?;
        text.push_str(&String::from_utf8(read).ok()?);
        text.push_str("\n---\n");
    }
    (!text.is_empty()).then_some(text)
}

/// Standard input, read once and kept for the program that is run afterwards.
#[derive(Debug, Default)]
pub(crate) struct KeptInput(RefCell<Option<Vec<u8>>>);

impl KeptInput {
    /// Reads a file, or standard input for `-`.
    pub(crate) fn read(&self, name: &str) -> Option<String> {
        if name != "-" {
            return read_file(name);
        }
        let mut kept = self.0.borrow_mut();
        if kept.is_none() {
            *kept = Some(bytes(Path::new("-")).ok()?);
        }
        String::from_utf8(kept.clone()?).ok()
    }

    /// Returns what was read, if anything was.
    pub(crate) fn into_bytes(self) -> Option<Vec<u8>> {
        self.0.into_inner()
    }
}
