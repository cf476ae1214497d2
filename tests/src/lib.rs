//! Whole-house tests: the laws of the decision, held against a second evaluator; the house rules.

/// The examples in the project's README, which run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

#[cfg(test)]
mod generate;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod reference;
