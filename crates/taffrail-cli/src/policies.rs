//! Policies from a folder, a file or standard input.

use std::io::Read;
use std::path::Path;

use taffrail::Sources;
use taffrail_compiler::{Compiled, typed};
use taffrail_runtime::{Decimal, Program, Type, Value, quantity, text};
use taffrail_tools::{Levels, wrong_names};

use crate::arguments::Set;
use crate::failure::Failure;

/// Policies as read and compiled.
#[derive(Debug)]
pub(crate) struct Policies {
    pub(crate) sources: Sources,
    pub(crate) compiled: Compiled,
    /// How much each lint matters.
    pub(crate) levels: Levels,
}

impl Policies {
    /// Reads and compiles policies; whether they compile is for the caller to ask.
    pub(crate) fn read(path: &Path, set: &Set) -> Result<Self, Failure> {
        let mut sources = if path.as_os_str() == "-" {
            Sources::from_texts([("-", standard_input()?)])?
        } else {
            Sources::read(path)?
        };
        // Checked by every command, so that a slip in the file does not wait for the next lint.
        let levels = Levels::from_words(&sources.lints)?;
        let mut compiled = sources.compile();
        if !set.params.is_empty() {
            for (name, value) in &set.params {
                let value = parameter(name, value, &compiled.module)?;
                sources.set_param(name, value);
            }
            compiled = sources.compile();
        }
        let names = wrong_names(&compiled.module);
        compiled.diagnostics.extend(names);
        Ok(Self {
            sources,
            compiled,
            levels,
        })
    }

    /// Returns the program, or the diagnostics that stand in its way.
    pub(crate) fn program(&self) -> Result<Program, Failure> {
        match &self.compiled.program {
            Some(data) => Ok(Program::new(data.clone())?),
            None => Err(Failure::Policies {
                diagnostics: self.compiled.diagnostics.clone(),
                sources: Box::new(self.sources.table.clone()),
            }),
        }
    }
}

/// Returns the text on standard input.
pub(crate) fn standard_input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let unreadable = |source| Failure::Unreadable {
        path: "-".into(),
        source,
    };
    std::io::stdin()
        .lock()
        .take(taffrail_syntax::MAX_SOURCE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let message = format!("it is not UTF-8 from byte {offset} on");
        unreadable(std::io::Error::other(message))
    })
}

/// Reads a parameter's value as the type that its declaration says. One that nobody declares is a text: the compiler
/// says so.
fn parameter(name: &str, written: &str, module: &typed::Module) -> Result<Value, Failure> {
    let named = |param: &&typed::Param| param.name == name || last_word(&param.name) == name;
    let Some(param) = module.params.iter().find(named) else {
        return Ok(Value::string(written));
    };
    let value = match &param.ty {
        Type::Bool => match written {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        Type::Number => number(written).map(Value::Number),
        Type::Duration => text::parse_duration(written).map(Value::Duration),
        Type::Time => text::parse_time(written).map(Value::Time),
        Type::List(of) if **of == Type::String => {
            let items = written.split(',').filter(|item| !item.is_empty());
            Some(Value::List(
                items.map(|item| Value::string(item.trim())).collect(),
            ))
        }
        _ => Some(Value::string(written)),
    };
    value.ok_or_else(|| Failure::ParameterValue {
        name: param.name.clone(),
        value: written.to_owned(),
        expected: format!("a {}", param.ty),
    })
}

fn number(written: &str) -> Option<Decimal> {
    if let Some(percent) = written.strip_suffix('%') {
        return Decimal::parse(percent)?.checked_mul(Decimal::new(1, 2)?);
    }
    Decimal::parse(written).or_else(|| quantity::parse(written))
}

/// Returns the last word of a dotted name.
pub(crate) fn last_word(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
