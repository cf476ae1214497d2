//! The door to the Taffrail policy engine: load policies, decide actions.
//!
//! ```
//! use taffrail::{PolicySet, Request, Value, Verdict};
//!
//! let policies = PolicySet::from_sources([(
//!     "restarts.guard",
//!     r#"
//!     policy shop.restarts
//!
//!     grant restart_unhealthy {
//!         on restart of Deployment
//!         when dynamic(current).status.unavailableReplicas > 0
//!         because "{target.name} has unavailable replicas"
//!     }
//!     "#,
//! )])?;
//!
//! let request = Request {
//!     verb: Value::string("restart"),
//!     ..Request::default()
//! };
//! // Nobody said what is to be restarted, so a person looks at it first.
//! assert_eq!(policies.decide(&request).verdict(), Verdict::Propose);
//! # Ok::<(), taffrail::LoadError>(())
//! ```

mod crds;
mod error;
mod folder;
mod live;
mod policy_set;
mod settings;

pub use error::{InvalidPolicies, LoadError};
pub use folder::Sources;
pub use live::Live;
pub use policy_set::{Builder, PolicySet};

pub use taffrail_compiler::Options;
pub use taffrail_runtime::decision::{Gate, Report, Risk, Verdict};
pub use taffrail_runtime::program::{Settings, UngrantedVerdict};
pub use taffrail_runtime::request::{Plan, Request};
pub use taffrail_runtime::{Decimal, Decision, PlanDecision, Requirements, Value};
pub use taffrail_syntax::{Diagnostic, Severity};
