//! What one command says.

use std::fmt;

use crate::effect::Effect;

use super::flags::Arguments;
use super::resources::Resource;
use super::shell::Input;
use super::word::{Unclear, Word};

/// The program that is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// `kubectl`.
    Kubectl,
    /// `oc`, the command line of OpenShift.
    Openshift,
    /// `helm`.
    Helm,
    /// Any other, by the name it is started by.
    Other(String),
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kubectl => "kubectl",
            Self::Openshift => "oc",
            Self::Helm => "helm",
            Self::Other(name) => name,
        })
    }
}

/// A command of a line: a program, what it is asked to do, and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The program.
    pub program: Program,
    /// The command of the program, groups first: `rollout restart`. Empty when it cannot be told.
    pub verb: String,
    /// What it does.
    pub effect: Effect,
    /// Why it is taken to do that, where the command alone does not say: "prints Secrets".
    pub reason: Option<&'static str>,
    /// What it acts on, as far as it says.
    pub targets: Vec<Target>,
    /// Flags that change where it goes or as whom: another cluster, another user.
    pub settings: Vec<Setting>,
    /// What cannot be told.
    pub unknowns: Vec<Uncertain>,
    /// The verb of the language that a change is decided as; empty where there is none.
    pub(in crate::command) language: &'static str,
    pub(in crate::command) arguments: Arguments,
    pub(in crate::command) input: Input,
}

impl Invocation {
    /// Returns a command of which nothing is known yet.
    pub(super) fn new(program: Program, input: &Input) -> Self {
        Self {
            program,
            verb: String::new(),
            effect: Effect::Unknown,
            reason: None,
            targets: Vec::new(),
            settings: Vec::new(),
            unknowns: Vec::new(),
            language: "",
            arguments: Arguments::default(),
            input: input.clone(),
        }
    }

    /// Raises the effect; the reason is that of the greatest.
    pub(super) fn at_least(&mut self, effect: Effect, reason: &'static str) {
        if effect > self.effect {
            self.effect = effect;
            self.reason = Some(reason);
        }
    }

    pub(super) fn uncertain(&mut self, part: Part, unclear: Unclear) {
        self.unknowns.push(Uncertain { part, unclear });
    }

    /// Tells whether every word was given a meaning. Values that the line leaves open do not count.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        !self.verb.is_empty()
            && self
                .unknowns
                .iter()
                .all(|unknown| !matches!(unknown.part, Part::Program | Part::Verb | Part::Flag))
    }
}

/// A flag that changes where a command goes or as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The flag or variable: `context`, `as`, `KUBECONFIG`.
    pub name: String,
    /// Its value.
    pub value: Word,
}

/// Something that a command acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The kind as it is written: `deploy`, `rollouts.argoproj.io`. Empty when the command does not name one.
    pub resource: String,
    /// The built-in kind of that name.
    pub kind: Option<&'static Resource>,
    /// Which of its objects.
    pub selection: Selection,
    /// The namespace, where the command names one.
    pub namespace: Option<Word>,
    /// Whether every namespace is meant.
    pub all_namespaces: bool,
}

impl Target {
    /// Returns the name, where one object is named and its name is known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.selection {
            Selection::Named(name) => name.known(),
            Selection::Labels(_) | Selection::Fields(_) | Selection::All | Selection::File(_) => {
                None
            }
        }
    }
}

/// Which objects a command acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// The one of a name.
    Named(Word),
    /// Those that a label selector finds.
    Labels(Word),
    /// Those that a field selector finds.
    Fields(Word),
    /// All of the kind.
    All,
    /// Those that a file, a folder or an address describes; `-` is the input.
    File(Word),
}

/// A part of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The program itself.
    Program,
    /// The command.
    Verb,
    /// A flag, or its value.
    Flag,
    /// The kind of a target.
    Kind,
    /// The name of a target.
    Name,
    /// The namespace.
    Namespace,
    /// The cluster, or the user.
    Access,
    /// The content of a file or of the input.
    Content,
    /// What is to be changed.
    Change,
}

impl Part {
    /// Returns its name: `verb`, `name`, `namespace`, …
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Verb => "verb",
            Self::Flag => "flag",
            Self::Kind => "kind",
            Self::Name => "name",
            Self::Namespace => "namespace",
            Self::Access => "access",
            Self::Content => "content",
            Self::Change => "change",
        }
    }
}

/// Something about a command that cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncertain {
    /// What it is about.
    pub part: Part,
    /// The text at fault, and why.
    pub unclear: Unclear,
}

impl fmt::Display for Uncertain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.part.as_str(), self.unclear)
    }
}
