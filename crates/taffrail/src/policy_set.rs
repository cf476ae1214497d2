//! A policy set, ready to decide.

use std::path::Path;
use std::sync::Arc;

use taffrail_runtime::program::Settings;
use taffrail_runtime::request::{Plan, Request};
use taffrail_runtime::{Decision, PlanDecision, Program, Requirements, Value};
use taffrail_syntax::Diagnostic;

use crate::error::{InvalidPolicies, LoadError};
use crate::folder::Sources;

/// A compiled policy set. Cloning shares it; deciding takes no lock and changes nothing.
///
/// ```
/// use taffrail::{PolicySet, Request, Verdict};
///
/// let policies = PolicySet::from_sources([(
///     "deletes.guard",
///     "policy shop.deletes  guard no_deletes { on delete forbid because \"never\" }",
/// )])?;
/// let request = Request::default();
/// let decision = policies.decide(&request);
/// // What is to be done is not known, so it may be a delete.
/// assert_eq!(decision.verdict(), Verdict::Escalate);
/// # Ok::<(), taffrail::LoadError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PolicySet {
    program: Program,
    warnings: Arc<[Diagnostic]>,
}

impl PolicySet {
    /// Loads the policies of a folder, with the settings of its `taffrail.toml`.
    ///
    /// ```
    /// # let dir = std::env::temp_dir().join(format!("taffrail-load-{}", std::process::id()));
    /// # std::fs::create_dir_all(&dir)?;
    /// # std::fs::write(dir.join("a.guard"), "policy a  guard g { on delete escalate because \"no\" }")?;
    /// let policies = taffrail::PolicySet::load(&dir)?;
    /// assert!(policies.digest().starts_with("sha256:"));
    /// # std::fs::remove_dir_all(&dir)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What cannot be read, and policies that do not compile; the error's text shows the places.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::builder().load(path)
    }

    /// Compiles texts, each with the name that messages use for it.
    ///
    /// ```
    /// let error = taffrail::PolicySet::from_sources([("a.guard", "policy a")]).unwrap_err();
    /// assert!(error.to_string().contains("no rule to decide by"));
    /// ```
    ///
    /// # Errors
    ///
    /// Policies that do not compile, and a name that stands twice.
    pub fn from_sources<N, T>(texts: impl IntoIterator<Item = (N, T)>) -> Result<Self, LoadError>
    where
        N: Into<String>,
        T: Into<String>,
    {
        Self::builder().from_sources(texts)
    }

    /// Returns a builder that sets parameters before loading.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Decides an action. Never fails: what is not known makes the decision more careful and is named in it.
    #[must_use]
    pub fn decide<'r>(&self, request: &'r Request) -> Decision<'r> {
        self.program.decide(request)
    }

    /// Decides several actions as one.
    #[must_use]
    pub fn decide_plan(&self, plan: &Plan) -> PlanDecision {
        self.program.decide_plan(plan)
    }

    /// Returns what deciding an action will read: collect that, and nothing else.
    #[must_use]
    pub fn requirements(&self, request: &Request) -> Requirements {
        self.program.requirements(request)
    }

    /// Returns the digest over sources, parameters, settings and engine version: `sha256:` and hex digits.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.program.data().digest
    }

    /// Returns what is odd about the policies though they compile. Empty for a set that was saved.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Returns the compiled program, for what this type does not offer.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Returns the saved form, which [`PolicySet::from_bytes`] loads, or the runtime alone with
    /// `taffrail_runtime::Program::from_json`.
    ///
    /// ```
    /// use taffrail::{PolicySet, Request};
    ///
    /// let policies = PolicySet::from_sources([(
    ///     "a.guard",
    ///     "policy a  guard g { on delete escalate because \"no\" }",
    /// )])?;
    /// let again = PolicySet::from_bytes(&policies.to_bytes()?)?;
    /// let request = Request::default();
    /// assert_eq!(again.decide(&request).verdict(), policies.decide(&request).verdict());
    /// # Ok::<(), taffrail::LoadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// None in practice: a program holds nothing that cannot be saved.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LoadError> {
        Ok(self.program.to_json()?)
    }

    /// Loads a saved set.
    ///
    /// # Errors
    ///
    /// Bytes that are no saved set, or one of another format version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LoadError> {
        Ok(Self {
            program: Program::from_json(bytes)?,
            warnings: Arc::from([]),
        })
    }
}

/// Sets parameters and settings before policies are loaded.
///
/// ```
/// use taffrail::{Decimal, PolicySet, Value};
///
/// let policies = PolicySet::builder()
///     .param("points", Value::Number(Decimal::from(40)))
///     .from_sources([(
///         "a.guard",
///         "policy a  param points: number = 5  guard g { on delete risk points because \"costly\" }",
///     )])?;
/// assert_eq!(policies.decide(&Default::default()).risk().points(), 40);
/// # Ok::<(), taffrail::LoadError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Builder {
    params: Vec<(String, Value)>,
    settings: Option<Settings>,
}

impl Builder {
    /// Sets a parameter, by its full name or by the last word where only one module declares it. Wins over `taffrail.toml`.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: Value) -> Self {
        self.params.push((name.into(), value));
        self
    }

    /// Sets the settings of the whole set. Wins over `taffrail.toml`.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Loads the policies of a folder; see [`PolicySet::load`].
    ///
    /// # Errors
    ///
    /// As for [`PolicySet::load`].
    pub fn load(self, path: impl AsRef<Path>) -> Result<PolicySet, LoadError> {
        self.build(Sources::read(path)?)
    }

    /// Compiles texts; see [`PolicySet::from_sources`].
    ///
    /// # Errors
    ///
    /// As for [`PolicySet::from_sources`].
    pub fn from_sources<N, T>(
        self,
        texts: impl IntoIterator<Item = (N, T)>,
    ) -> Result<PolicySet, LoadError>
    where
        N: Into<String>,
        T: Into<String>,
    {
        self.build(Sources::from_texts(texts)?)
    }

    /// Compiles sources that were read before.
    ///
    /// # Errors
    ///
    /// Policies that do not compile.
    pub fn build(self, mut sources: Sources) -> Result<PolicySet, LoadError> {
        for (name, value) in self.params {
            let params = &mut sources.options.params;
            // The file may name the same parameter by more or fewer of its words.
            params.retain(|other, _| !is_same_name(other, &name));
            params.insert(name, value);
        }
        sources.options.settings = self.settings.unwrap_or(sources.options.settings);
        let compiled = sources.compile();
        match compiled.program {
            Some(program) => Ok(PolicySet {
                program: Program::new(program)?,
                warnings: compiled.diagnostics.into(),
            }),
            None => Err(LoadError::Invalid(Box::new(InvalidPolicies {
                diagnostics: compiled.diagnostics,
                sources: sources.table_for_messages(),
            }))),
        }
    }
}

fn is_same_name(a: &str, b: &str) -> bool {
    let ends_in = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    ends_in(a, b) || ends_in(b, a)
}
