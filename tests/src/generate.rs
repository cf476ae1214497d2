//! Random policy sets as source text, and random requests over the words that they speak of.

mod condition;
pub(crate) mod fog;
mod number;
pub(crate) mod policy;
pub(crate) mod request;
pub(crate) mod suspect;

pub(crate) use policy::{PolicySet, policy_set};
pub(crate) use request::request;
