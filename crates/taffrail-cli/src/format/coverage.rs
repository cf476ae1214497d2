//! The forms of coverage.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod lcov;
pub(crate) mod text;
