//! The edit that a command of kubectl makes.

use crate::command::invocation::Invocation;
use crate::command::kubectl::split_changes;
use crate::edit::{Edit, EditError};

use super::known_text;

/// Reads the edit of a command, or says why it cannot be told.
pub(super) fn read(command: &Invocation) -> Result<Edit, String> {
    let arguments = &command.arguments;
    let told = |edit: Result<Edit, EditError>| edit.map_err(|error| error.to_string());
    let overwrites = arguments.is_on("overwrite");
    let words = || -> Result<Vec<&str>, String> {
        let (_, changes) = split_changes(arguments);
        changes.iter().map(known_text).collect()
    };
    let value = |flag: &str, default: &'static str| match arguments.value(flag) {
        Some(value) => known_text(value).map(str::to_owned),
        None => Ok(default.to_owned()),
    };
    match command.verb.as_str() {
        "label" => told(Edit::labels(&words()?, overwrites)),
        "annotate" => told(Edit::annotations(&words()?, overwrites)),
        "taint" => told(Edit::taints(&words()?, overwrites)),
        "drain" => Ok(Edit::Unschedulable(true)),
        "rollout pause" => Ok(Edit::Paused(true)),
        "rollout resume" => Ok(Edit::Paused(false)),
        "set image" => told(Edit::images(&words()?)),
        "set env" if arguments.has("from") => Err("what `--from` names is not read".into()),
        "set env" => {
            let mut words = words()?;
            for given in arguments.all("env").flatten() {
                words.push(known_text(given)?);
            }
            told(Edit::env(&value("containers", "*")?, &words))
        }
        "set resources" => told(Edit::resources(
            &value("containers", "*")?,
            &value("limits", "")?,
            &value("requests", "")?,
        )),
        "set serviceaccount" => {
            let name = arguments.positional.last().map(known_text).transpose()?;
            name.map(|name| Edit::ServiceAccount(name.to_owned()))
                .ok_or_else(|| "the command names no account".into())
        }
        "set selector" => {
            let (_, changes) = split_changes(arguments);
            match changes {
                [labels] => told(Edit::selector(known_text(labels)?)),
                _ => Err("a selector is one word".into()),
            }
        }
        verb => Err(format!("what `{verb}` makes of it is not computed")),
    }
}
