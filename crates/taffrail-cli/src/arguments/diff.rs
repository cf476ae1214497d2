//! What can be asked of `taffrail diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Form, Set};

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// Folder or file of the policies as they were
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// Folder or file of the policies as they are
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// When to fail: with 1 on any change in meaning, and with 5 where something may have become milder
    #[arg(long, value_enum, default_value_t)]
    pub(crate) fail_on: FailOn,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Form,
}

/// What a comparison fails on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum FailOn {
    /// Any change in meaning
    #[default]
    Changed,
    /// What certainly became milder, or of which nobody can say that it did not
    Milder,
    /// Nothing
    Never,
}
