//! The rules as CEL: one compiled expression per rule, all of them run.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::Arc;

use cel::{Context, Env, Program, Value};

use crate::engines::{Contestant, Engine, Failure, request};
use crate::model::{self, Condition, KINDS, Rule, Scope, TextField, VERBS};

/// The CEL engine.
pub(crate) struct Cel;

/// Compiled expressions and the environment they were compiled for.
pub(crate) struct Loaded {
    env: Arc<Env>,
    programs: Vec<Program>,
}

impl Engine for Cel {
    const NAME: &'static str = "cel";

    type Loaded = Loaded;

    /// Returns one expression per line.
    fn source(rules: &[Rule]) -> String {
        let lines: Vec<String> = rules
            .iter()
            .map(|rule| {
                let conditions = rule.conditions.iter().map(|condition| print(*condition));
                scope(rule.scope)
                    .into_iter()
                    .chain(conditions)
                    .collect::<Vec<_>>()
                    .join(" && ")
            })
            .collect();
        lines.join("\n")
    }

    fn load(source: &str) -> Result<Loaded, Failure> {
        let env = Arc::new(Env::stdlib());
        let programs = source
            .lines()
            .map(|line| env.compile(line).map_err(|error| error.to_string()))
            .collect::<Result<_, _>>()?;
        Ok(Loaded { env, programs })
    }

    fn prepare(
        loaded: Loaded,
        requests: &[serde_json::Value],
    ) -> Result<Box<dyn Contestant>, Failure> {
        let contexts = requests
            .iter()
            .map(|document| context(&loaded.env, document))
            .collect::<Result<_, _>>()?;
        Ok(Box::new(Prepared {
            programs: loaded.programs,
            contexts,
        }))
    }
}

struct Prepared {
    programs: Vec<Program>,
    contexts: Vec<Context<'static, 'static>>,
}

impl Contestant for Prepared {
    fn decide(&mut self, at: usize) -> Result<(), Failure> {
        let context = request(&self.contexts, at)?;
        let mut applied = 0_usize;
        for program in &self.programs {
            if program.execute(context)? == Value::Bool(true) {
                applied += 1;
            }
        }
        black_box(applied);
        Ok(())
    }

    fn applied(&mut self, at: usize) -> Result<BTreeSet<usize>, Failure> {
        let context = request(&self.contexts, at)?;
        let mut applied = BTreeSet::new();
        for (at, program) in self.programs.iter().enumerate() {
            if program.execute(context)? == Value::Bool(true) {
                applied.insert(at);
            }
        }
        Ok(applied)
    }
}

fn context(
    env: &Arc<Env>,
    document: &serde_json::Value,
) -> Result<Context<'static, 'static>, Failure> {
    let mut context = Context::with_env(Arc::clone(env));
    for (name, value) in document.as_object().into_iter().flatten() {
        let value = cel::to_value(value).map_err(|error| error.to_string())?;
        context.add_variable_from_value(name.clone(), value);
    }
    Ok(context)
}

fn scope(scope: Scope) -> Vec<String> {
    let verb = |verb: usize| format!("verb == '{}'", VERBS.get(verb).unwrap_or(&""));
    match scope {
        Scope::Keyed {
            verb: on,
            kind,
            namespace,
        } => vec![
            verb(on),
            format!("target.kind == '{}'", KINDS.get(kind).unwrap_or(&"")),
            format!("target['namespace'] == '{}'", model::namespace(namespace)),
        ],
        Scope::Verb(on) => vec![verb(on)],
        Scope::Global => Vec::new(),
    }
}

fn print(condition: Condition) -> String {
    match condition {
        // `namespace` is a reserved word of CEL.
        Condition::Equals(TextField::Tier, value) => {
            format!(
                "facts['namespace'].labels.tier == '{}'",
                TextField::Tier.value(value)
            )
        }
        Condition::Equals(field, value) => format!("{} == '{}'", field.path(), field.value(value)),
        Condition::AtLeast(field, bound) => format!("{} >= {bound}u", field.path()),
        Condition::AtMost(field, bound) => format!("{} <= {bound}u", field.path()),
        Condition::Named(app) => {
            format!("target.name.startsWith('{}-')", TextField::App.value(app))
        }
        Condition::HostNetwork => "proposed.spec.template.spec.hostNetwork".into(),
    }
}
