//! A compiled program that can decide, and its saved form.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::decide::{self, Decision, HeldFacts};
use crate::engine::{Loaded, ProgramError};
use crate::facts::Facts;
use crate::plan::{self, PlanDecision};
use crate::program::ProgramData;
use crate::prune::NeededDocument;
use crate::request::{Plan, Request, Usage};
use crate::requirements::{self, Requirements};

/// Version of the saved form.
const FORMAT: u32 = 1;

/// A compiled policy set, ready to decide. Cloning shares it.
///
/// ```
/// use taffrail_runtime::program::ProgramData;
/// use taffrail_runtime::request::Request;
/// use taffrail_runtime::{Program, decision::Verdict};
///
/// // A set without any grant lets nothing run alone.
/// let program = Program::new(ProgramData::empty())?;
/// assert_eq!(program.decide(&Request::default()).verdict(), Verdict::Propose);
/// # Ok::<(), taffrail_runtime::ProgramError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Program {
    loaded: Arc<Loaded>,
}

#[derive(Serialize, Deserialize)]
struct Saved<P> {
    format: u32,
    program: P,
}

impl Program {
    /// Loads a program.
    ///
    /// # Errors
    ///
    /// Ids that point nowhere, patterns that do not compile, expressions that nest too deeply: data
    /// that no compiler of ours emits.
    pub fn new(data: ProgramData) -> Result<Self, ProgramError> {
        Ok(Self {
            loaded: Loaded::new(data)?,
        })
    }

    /// Returns what the program consists of.
    #[must_use]
    pub fn data(&self) -> &ProgramData {
        &self.loaded.data
    }

    pub(crate) fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    /// Resolves what the program reads of a request, once for several decisions.
    #[must_use]
    pub fn prepare<'r>(&self, request: &'r Request) -> Facts<'r> {
        let data = &self.loaded.data;
        Facts::new(Cow::Borrowed(request), &data.slots, &data.signals)
    }

    /// Decides an action. Never fails: trouble becomes an unknown with a cause, inside the decision.
    #[must_use]
    pub fn decide<'r>(&self, request: &'r Request) -> Decision<'r> {
        decide::decide(
            &self.loaded,
            HeldFacts::Owned(Box::new(self.prepare(request))),
        )
    }

    /// Decides prepared facts. They must have been prepared by this program.
    #[must_use]
    pub fn decide_prepared<'f>(&self, facts: &'f Facts<'f>) -> Decision<'f> {
        decide::decide(&self.loaded, HeldFacts::Prepared(facts))
    }

    /// Reads of a JSON request document what this program needs to decide it: much faster than reading
    /// all of it. The parts of `current`, `proposed` and `facts.objects` that no rule reads are left out, so the
    /// result is good for deciding and not for keeping.
    ///
    /// # Errors
    ///
    /// Text that is not JSON, and a key that stands twice among those that are read.
    pub fn read_needed(&self, document: &[u8]) -> Result<NeededDocument, serde_json::Error> {
        self.loaded.needed.read(document)
    }

    /// Reads of the JSON of an object what this program needs when it stands in `current` or `proposed`; see
    /// [`Program::read_needed`]. What is left out counts as absent, so the verbs that follow from a change may be told only where
    /// one side of it is unknown.
    ///
    /// # Errors
    ///
    /// As for [`Program::read_needed`].
    pub fn read_needed_object(&self, object: &[u8]) -> Result<crate::Value, serde_json::Error> {
        self.loaded.needed.read_object(object)
    }

    /// Decides several actions as one.
    #[must_use]
    pub fn decide_plan(&self, plan: &Plan) -> PlanDecision {
        plan::decide_plan(&self.loaded, plan)
    }

    /// Returns the use of budgets as it is after an action was executed: what it spends is added, waived or not.
    #[must_use]
    pub fn usage_after(&self, request: &Request) -> Vec<Usage> {
        plan::usage_after(&self.loaded, request)
    }

    /// Returns what deciding an action will read: what an adapter has to collect, and nothing else.
    #[must_use]
    pub fn requirements(&self, request: &Request) -> Requirements {
        requirements::requirements(&self.loaded, &self.prepare(request))
    }

    /// Returns the saved form, which [`Program::from_json`] reads without a compiler.
    ///
    /// # Errors
    ///
    /// None in practice: the data holds nothing that JSON cannot.
    pub fn to_json(&self) -> Result<Vec<u8>, ProgramError> {
        serde_json::to_vec(&Saved {
            format: FORMAT,
            program: &self.loaded.data,
        })
        .map_err(|source| ProgramError::Format { source })
    }

    /// Loads a saved program.
    ///
    /// # Errors
    ///
    /// Bytes that are no saved program, another format version, or damaged data.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ProgramError> {
        let format = |source| ProgramError::Format { source };
        let version: Saved<serde::de::IgnoredAny> =
            serde_json::from_slice(bytes).map_err(format)?;
        if version.format != FORMAT {
            return Err(ProgramError::Version {
                found: version.format,
                expected: FORMAT,
            });
        }
        let saved: Saved<ProgramData> = serde_json::from_slice(bytes).map_err(format)?;
        Self::new(saved.program)
    }
}
