//! Whole-house tests.

/// The examples in the project's README, which run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
