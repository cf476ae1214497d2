//! What can be wrong with files of custom resource definitions.

/// What is wrong with a file of custom resource definitions, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}{}: {problem}", crd.as_ref().map(|crd| format!(": `{crd}`")).unwrap_or_default(), at(path))]
pub struct CrdError {
    /// The file.
    pub file: String,
    /// The definition's name; `None` when the whole file is meant, or the definition has no name.
    pub crd: Option<String>,
    /// The path in the definition: `spec.versions[0].schema.openAPIV3Schema.properties.spec`; may be empty.
    pub path: String,
    /// What is wrong.
    pub problem: CrdProblem,
}

/// A mistake in a custom resource definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrdProblem {
    /// The text is no YAML or JSON.
    #[error("not readable as YAML: {message}")]
    Syntax {
        /// What the parser says.
        message: String,
    },
    /// The definition is written in a version of the API that Kubernetes 1.22 has removed.
    #[error("`{version}` is not read; write the definition as `apiextensions.k8s.io/v1`")]
    OldApi {
        /// The API version.
        version: String,
    },
    /// Something that has to be there is not, or has another shape.
    #[error("{expected} is missing here")]
    Missing {
        /// What has to be there.
        expected: &'static str,
    },
    /// A served version has no schema.
    #[error(
        "the version has no schema; one that takes anything is `type: object` with `x-kubernetes-preserve-unknown-fields: true`"
    )]
    NoSchema,
    /// The schema is not structural.
    #[error("the schema is not structural: {reason}")]
    NotStructural {
        /// Which of the conditions it does not meet.
        reason: &'static str,
    },
    /// The schema refers to another one.
    #[error(
        "`$ref` cannot stand in the schema of a custom kind; write what it refers to in its place"
    )]
    Reference,
    /// A type that schemas do not have.
    #[error(
        "`{found}` is not a type; types are array, boolean, integer, number, object and string"
    )]
    UnknownType {
        /// The text.
        found: String,
    },
    /// A list is told apart by a field that its elements do not have.
    #[error("the elements of the list have no field `{key}` to tell them apart by")]
    UnknownKey {
        /// The name of the field.
        key: String,
    },
    /// The kind is defined twice.
    #[error("`{group}/{version}` `{kind}` is defined twice")]
    Twice {
        /// The group.
        group: String,
        /// The API version.
        version: String,
        /// The kind.
        kind: String,
    },
    /// Kubernetes has the kind itself.
    #[error("`{group}` `{kind}` is a kind of Kubernetes itself, which no definition can change")]
    BuiltIn {
        /// The group.
        group: String,
        /// The kind.
        kind: String,
    },
}

fn at(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(": {path}")
    }
}
