//! A folder of policies, read and compiled once for all of its tests.

use std::path::Path;

use taffrail::{Sources, Value};
use taffrail_compiler::Compiled;
use taffrail_runtime::Program;
use taffrail_syntax::SourceTable;
use taffrail_tools::Levels;

/// Policies with what their tests need.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) sources: Sources,
    /// The texts under names that lead to the files.
    pub(crate) shown: SourceTable,
    pub(crate) levels: Levels,
    pub(crate) compiled: Compiled,
    /// `None` when the policies do not compile.
    pub(crate) program: Option<Program>,
}

impl Folder {
    /// Reads and compiles; the error says why nothing can be said about the folder at all.
    pub(crate) fn read(path: &Path, params: &[(String, Value)]) -> Result<Self, String> {
        let mut sources = Sources::read(path).map_err(|error| error.to_string())?;
        let levels = Levels::from_words(&sources.lints).map_err(|error| error.to_string())?;
        for (name, value) in params {
            sources.set_param(name, value.clone());
        }
        let compiled = sources.compile();
        let program = match &compiled.program {
            None => None,
            Some(data) => Some(Program::new(data.clone()).map_err(|error| error.to_string())?),
        };
        Ok(Self {
            shown: sources.table_for_messages(),
            sources,
            levels,
            compiled,
            program,
        })
    }
}
