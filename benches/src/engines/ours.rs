//! The rules as guards, and a grant for every agent.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::hint::black_box;

use serde_json::Value;
use taffrail_actions::{Action, Defaults, read_documents, read_needed};
use taffrail_compiler::{Options, compile};
use taffrail_runtime::decision::{Report, Verdict};
use taffrail_runtime::request::Request;
use taffrail_runtime::{Facts, Program};
use taffrail_syntax::SourceTable;

use crate::engines::{Contestant, Engine, Failure, request, rule_number};
use crate::model::{self, Condition, Effect, KINDS, Outcome, Rule, Scope, TextField, VERBS};

/// Taffrail.
pub(crate) struct Taffrail;

impl Engine for Taffrail {
    const NAME: &'static str = "taffrail";

    type Loaded = Program;

    fn source(rules: &[Rule]) -> String {
        let mut text = String::from(
            "policy bench.rules\n\ngrant agents {\n    on any\n    when principal.kind == agent\n}\n",
        );
        for (at, rule) in rules.iter().enumerate() {
            let _ = write!(text, "\nguard r{at} {{\n    on {}\n", scope(rule.scope));
            for condition in &rule.conditions {
                let _ = writeln!(text, "    when {}", print(*condition));
            }
            let effect = match rule.effect {
                Effect::Risk(points) => format!("risk {points}"),
                Effect::Propose => "propose to \"operators\"".into(),
                Effect::Escalate => "escalate to \"on-call\"".into(),
                Effect::Forbid => "forbid".into(),
            };
            let _ = writeln!(
                text,
                "    {effect}\n    because \"{{target.name}} in {{target.namespace}} meets rule {at}\"\n}}"
            );
        }
        text
    }

    fn load(source: &str) -> Result<Program, Failure> {
        let mut sources = SourceTable::default();
        sources.add("bench.guard", source);
        let compiled = compile(&sources, &Options::default());
        match compiled.program {
            Some(data) => Ok(Program::new(data)?),
            None => Err(compiled
                .diagnostics
                .iter()
                .find(|diagnostic| diagnostic.is_error())
                .map_or_else(String::new, |diagnostic| diagnostic.message.clone())
                .into()),
        }
    }

    fn prepare(program: Program, requests: &[Value]) -> Result<Box<dyn Contestant>, Failure> {
        Ok(Box::new(Prepared::new(program, requests)?))
    }
}

/// A program with its prepared requests.
pub(crate) struct Prepared {
    program: Program,
    facts: Vec<Facts<'static>>,
}

impl Prepared {
    /// Prepares the requests. They are never freed, so once per run is enough.
    pub(crate) fn new(program: Program, documents: &[Value]) -> Result<Self, Failure> {
        let requests: Vec<Request> = documents.iter().map(read).collect::<Result<_, _>>()?;
        let requests: &'static [Request] = Vec::leak(requests);
        Ok(Self {
            facts: requests
                .iter()
                .map(|request| program.prepare(request))
                .collect(),
            program,
        })
    }

    /// Decides one request and explains it in full.
    pub(crate) fn report(&self, at: usize) -> Result<Report, Failure> {
        Ok(self
            .program
            .decide_prepared(request(&self.facts, at)?)
            .report())
    }

    /// Returns the verdict on one request.
    pub(crate) fn outcome(&self, at: usize) -> Result<Outcome, Failure> {
        let decision = self.program.decide_prepared(request(&self.facts, at)?);
        Ok(match decision.verdict() {
            Verdict::Execute => Outcome::Execute,
            Verdict::Propose => Outcome::Propose,
            Verdict::Escalate => Outcome::Escalate,
        })
    }
}

impl Contestant for Prepared {
    fn decide(&mut self, at: usize) -> Result<(), Failure> {
        let decision = self.program.decide_prepared(request(&self.facts, at)?);
        black_box(decision.verdict());
        Ok(())
    }

    fn applied(&mut self, at: usize) -> Result<BTreeSet<usize>, Failure> {
        self.report(at)?
            .contributions
            .iter()
            .filter(|contribution| contribution.kind == "guard")
            .map(|contribution| rule_number(&contribution.rule))
            .collect()
    }
}

/// Decides a request document from its bytes.
pub(crate) fn decide_bytes(program: &Program, bytes: &[u8]) -> Result<Verdict, Failure> {
    match read_needed(program, bytes, &Defaults::default())? {
        Action::Single(request) => Ok(program.decide(&request).verdict()),
        Action::Plan(_) => Err("the document holds no single action".into()),
    }
}

fn read(document: &Value) -> Result<Request, Failure> {
    let actions = read_documents(
        "action.json",
        document.to_string().as_bytes(),
        &Defaults::default(),
    )?;
    match actions.into_iter().next() {
        Some(Action::Single(request)) => Ok(*request),
        Some(Action::Plan(_)) | None => Err("the document holds no single action".into()),
    }
}

fn scope(scope: Scope) -> String {
    let verb = |verb: usize| VERBS.get(verb).copied().unwrap_or_default();
    match scope {
        Scope::Keyed {
            verb: on,
            kind,
            namespace,
        } => format!(
            "{} of {} in \"{}\"",
            verb(on),
            KINDS.get(kind).unwrap_or(&""),
            model::namespace(namespace)
        ),
        Scope::Verb(on) => verb(on).into(),
        Scope::Global => "any".into(),
    }
}

fn print(condition: Condition) -> String {
    match condition {
        Condition::Equals(field, value) => {
            format!("{} == \"{}\"", path(field.path()), field.value(value))
        }
        Condition::AtLeast(field, bound) => format!("{} >= {bound}", path(field.path())),
        Condition::AtMost(field, bound) => format!("{} <= {bound}", path(field.path())),
        Condition::Named(app) => format!("target.name like \"{}-*\"", TextField::App.value(app)),
        Condition::HostNetwork => path("proposed.spec.template.spec.hostNetwork"),
    }
}

/// Returns a path of the document as our policies write it: what stands under `facts` has a name of its own, and the objects are
/// read whatever their kind, as the other engines read them.
fn path(path: &str) -> String {
    let path = path.trim_start_matches("facts.");
    match path.split_once('.') {
        Some((root @ ("current" | "proposed"), rest)) => format!("dynamic({root}).{rest}"),
        Some(_) | None => path.to_owned(),
    }
}
