//! Calls of tools: what an agent asks of a server that speaks the Model Context Protocol.
//!
//! The tools of the common Kubernetes servers stand in one table; a row says what a tool does and which of its arguments names
//! what. Nothing that the table does not know is taken for harmless: an unknown tool, an argument without a meaning or a missing
//! name make the effect unknown, where they do not leave it a change.

use std::fmt;

use serde_json::{Map, Value as Json};
use taffrail_runtime::request::Target;

use crate::command::Line;
use crate::effect::Effect;

mod arguments;
mod change;
mod line;
mod lower;
mod report;
mod requests;
mod row;
mod target;
mod tools;
mod written;

pub use report::{ToolReport, ToolTarget, ToolUnknown};
pub use written::read_written;

/// What a call of a tool says.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// The tool, without the name of its server.
    pub tool: String,
    /// What it does.
    pub effect: Effect,
    /// The verb of the language that it is decided as; empty where there is none or it cannot be told.
    pub verb: &'static str,
    /// What it acts on, in order.
    pub steps: Vec<ToolStep>,
    /// The command line that it runs, where it runs one. Its commands say what it acts on.
    pub line: Option<Line>,
    /// The arguments that choose another cluster or user: name and value.
    pub access: Vec<(String, String)>,
    /// What cannot be told.
    pub unknowns: Vec<Doubt>,
}

impl ToolCall {
    /// Tells whether the tool and each of its arguments was given a meaning.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        self.unknowns.is_empty() && self.line.as_ref().is_none_or(Line::is_understood)
    }
}

/// An object that a call acts on.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolStep {
    /// The object; what the call does not say is unknown.
    pub target: Target,
    /// What is done to it.
    pub change: Change,
}

/// What a call does to an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Nothing but what the verb says.
    ByVerb,
    /// It becomes this object, which is made, applied or put in its place as the verb says.
    Manifest {
        /// The object.
        object: Json,
        /// How it is applied, if it is.
        applied: Applied,
    },
    /// A patch is applied.
    Patch {
        /// How the patch is meant.
        of: PatchType,
        /// The patch.
        patch: Json,
    },
    /// It gets this number of replicas.
    Replicas(i64),
    /// A command runs in it: its words.
    Command(Vec<String>),
    /// Something that cannot be told from the call: a chart, an image.
    Unknown,
}

/// How the server of a tool applies an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// As `kubectl apply` does.
    ByClient,
    /// In the API server, as this field manager.
    ByServer(&'static str),
    /// Nobody can say.
    Untold,
}

/// How a patch is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchType {
    /// Lists are merged by their keys.
    Strategic,
    /// RFC 7386.
    Merge,
    /// RFC 6902.
    Json,
}

/// Something about a call that cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The argument it is about, or the tool.
    pub argument: String,
    /// Why.
    pub why: Unclear,
}

/// Why something about a call cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclear {
    /// No tool of this name is known.
    NoSuchTool,
    /// The arguments are no map.
    NoArguments,
    /// The tool is not known to take this argument.
    NoSuchArgument,
    /// It must be given.
    Missing,
    /// It has a value of another type.
    WrongType,
    /// It cannot be a name.
    NoName,
    /// It would be taken for a flag.
    Flag,
    /// It is no word that the tool is known to take.
    NoSuchWord,
    /// It is given twice, and not the same.
    Contradiction,
    /// It is not what the manifest beside it says.
    NotTheManifest,
    /// What it stands for is not in the call.
    Elsewhere,
    /// It cannot be read as a manifest or patch, and why not.
    NoManifest(String),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.argument;
        match &self.why {
            Unclear::NoSuchTool => write!(f, "no tool `{name}` is known"),
            Unclear::NoArguments => write!(f, "the arguments of `{name}` are no map"),
            Unclear::NoSuchArgument => write!(f, "what `{name}` means is not known"),
            Unclear::Missing => write!(f, "`{name}` is missing"),
            Unclear::WrongType => write!(f, "`{name}` has a value of another type"),
            Unclear::NoName => write!(f, "`{name}` cannot be a name"),
            Unclear::Flag => write!(f, "`{name}` would be taken for a flag"),
            Unclear::NoSuchWord => write!(f, "`{name}` is no word that is known here"),
            Unclear::Contradiction => write!(f, "`{name}` says something else than its other name"),
            Unclear::NotTheManifest => write!(f, "`{name}` is not what the manifest says"),
            Unclear::Elsewhere => write!(f, "what `{name}` stands for is not in the call"),
            Unclear::NoManifest(why) => write!(f, "`{name}` cannot be read: {why}"),
        }
    }
}

/// Reads the call of a tool.
///
/// The name of the server may stand before that of the tool, as clients write it: `mcp__kubernetes__pods_exec`,
/// `kubernetes.pods_exec`, `mcp_kubernetes_pods_exec`. A namespace that the call does not name is the default one, and unknown
/// without a default.
///
/// ```
/// use serde_json::json;
/// use taffrail_actions::Effect;
/// use taffrail_actions::tool_call::read_tool_call;
///
/// let arguments = json!({ "apiVersion": "v1", "kind": "Secret", "namespace": "prod" });
/// assert_eq!(read_tool_call("resources_list", &arguments, None).effect, Effect::SecretRead);
///
/// let arguments = json!({ "command": "get pods; delete ns prod" });
/// assert_eq!(read_tool_call("mcp__k8s__execute_kubectl", &arguments, None).effect, Effect::Unknown);
///
/// assert_eq!(read_tool_call("pods_hug", &json!({}), None).effect, Effect::Unknown);
/// ```
#[must_use]
pub fn read_tool_call(name: &str, arguments: &Json, default_namespace: Option<&str>) -> ToolCall {
    let nothing = Map::new();
    let given = match arguments {
        Json::Object(given) => given,
        Json::Null => &nothing,
        Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            return unknown(name, Unclear::NoArguments);
        }
    };
    match tools::find(name) {
        Some(tool) => lower::lower(tool, given, default_namespace),
        None => unknown(name, Unclear::NoSuchTool),
    }
}

/// Tells whether there is a tool of this name among those that are known, whatever server it is of.
///
/// ```
/// use taffrail_actions::tool_call::is_known;
///
/// assert!(is_known("mcp__prod__pods_delete"));
/// assert!(!is_known("mcp__github__create_issue"));
/// ```
#[must_use]
pub fn is_known(name: &str) -> bool {
    tools::find(name).is_some()
}

fn unknown(name: &str, why: Unclear) -> ToolCall {
    ToolCall {
        tool: name.to_owned(),
        effect: Effect::Unknown,
        verb: "",
        steps: Vec::new(),
        line: None,
        access: Vec::new(),
        unknowns: vec![Doubt {
            argument: name.to_owned(),
            why,
        }],
    }
}
