//! Requests, compiled programs and decisions: everything that is needed to decide, nothing that is
//! needed to compile.
//!
//! A [`Program`] is loaded once. It decides a [`Request`](request::Request): the
//! [`Decision`] holds the verdict and renders its full [`Report`](decision::Report) on demand. The way of a decision:
//! `facts` resolves what the program reads, `index` finds the rules that can apply, `matching` and `eval` tell in
//! three-valued logic whether they do, `decide` joins what they say.

#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(clippy::float_arithmetic, clippy::arithmetic_side_effects)
)]

pub mod builtins;
pub mod decision;
pub mod program;
pub mod render;
pub mod request;

pub mod arithmetic;
pub mod compare;
pub mod glob;
pub mod json;
mod limits;
pub mod membership;
pub mod quantity;
pub mod text;
pub mod value;

mod cause;
mod counts;
mod decide;
mod decimal;
mod diff;
mod effects;
mod engine;
mod eval;
mod facts;
mod index;
pub mod inspect;
mod intent;
pub mod layout;
mod ledger;
mod matching;
mod plan;
mod prune;
mod reads;
mod reasons;
mod report;
mod requirements;
mod saved;
pub mod search;
pub mod trace;
mod truth;
mod types;
mod workload;

pub use cause::{Cause, Causes};
pub use counts::{BreakerCount, BudgetCount, Counts};
pub use decide::Decision;
pub use decimal::Decimal;
pub use engine::ProgramError;
pub use facts::Facts;
pub use plan::PlanDecision;
pub use prune::NeededDocument;
pub use reasons::Reason;
pub use requirements::{ObjectRequirement, Requirements, SignalRequirement};
pub use saved::Program;
pub use truth::Truth;
pub use types::{EnumType, Type, Written};
pub use value::{Map, Value};
