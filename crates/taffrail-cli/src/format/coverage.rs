//! The forms of coverage.

pub(crate) mod json;
pub(crate) mod text;
