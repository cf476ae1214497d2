//! The rules as Rego for regorus: a partial set that names every rule that applies, run by its virtual machine.
//!
//! One program holds at most 65,535 instructions, so many rules become several packages, each with a machine of its own.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::hint::black_box;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::program::Program;
use regorus::rvm::vm::RegoVM;
use regorus::{PolicyLengthConfig, Rc};

use crate::engines::{Contestant, Engine, Failure, request, rule_number};
use crate::model::{self, Condition, KINDS, Rule, Scope, TextField, VERBS};

const ENTRY: &str = "data.bench.applied";
const PACKAGE: &str = "package bench\n\nimport rego.v1\n";

/// A rule takes about 23 instructions.
const RULES_OF_A_PACKAGE: usize = 2_000;

/// The regorus engine.
pub(crate) struct Regorus;

impl Engine for Regorus {
    const NAME: &'static str = "regorus (RVM)";

    type Loaded = Vec<Arc<Program>>;

    fn source(rules: &[Rule]) -> String {
        let mut text = String::new();
        for (at, rule) in rules.iter().enumerate() {
            if at % RULES_OF_A_PACKAGE == 0 {
                text.push_str(PACKAGE);
            }
            let _ = write!(
                text,
                "\napplied contains \"r{at}\" if {{\n{}",
                scope(rule.scope)
            );
            for condition in &rule.conditions {
                let _ = writeln!(text, "    {}", print(*condition));
            }
            text.push_str("}\n");
        }
        text
    }

    fn load(source: &str) -> Result<Vec<Arc<Program>>, Failure> {
        source.split(PACKAGE).skip(1).map(load_package).collect()
    }

    fn prepare(
        programs: Vec<Arc<Program>>,
        requests: &[serde_json::Value],
    ) -> Result<Box<dyn Contestant>, Failure> {
        let machines = programs.into_iter().map(|program| {
            let mut machine = RegoVM::new();
            machine.set_max_instructions(usize::MAX);
            machine.load_program(program);
            machine
        });
        Ok(Box::new(Prepared {
            machines: machines.collect(),
            requests: requests
                .iter()
                .map(|document| regorus::Value::from_json_str(&document.to_string()))
                .collect::<Result<_, _>>()?,
        }))
    }
}

fn load_package(rules: &str) -> Result<Arc<Program>, Failure> {
    let mut engine = regorus::Engine::new();
    // The defaults end at one MiB and 20,000 lines.
    engine.set_policy_length_config(PolicyLengthConfig {
        max_col: NonZeroU32::MAX,
        max_file_bytes: NonZeroUsize::MAX,
        max_lines: NonZeroUsize::MAX,
    });
    engine.add_policy("bench.rego".into(), format!("{PACKAGE}{rules}"))?;
    let policy = engine.compile_with_entrypoint(&Rc::from(ENTRY))?;
    Ok(Compiler::compile_from_policy(&policy, &[ENTRY])?)
}

struct Prepared {
    machines: Vec<RegoVM>,
    requests: Vec<regorus::Value>,
}

impl Contestant for Prepared {
    fn decide(&mut self, at: usize) -> Result<(), Failure> {
        for machine in &mut self.machines {
            // Cloning a value shares it.
            machine.set_input(request(&self.requests, at)?.clone());
            black_box(machine.execute()?);
        }
        Ok(())
    }

    fn applied(&mut self, at: usize) -> Result<BTreeSet<usize>, Failure> {
        let mut applied = BTreeSet::new();
        for machine in &mut self.machines {
            machine.set_input(request(&self.requests, at)?.clone());
            let names = machine.execute()?;
            for name in names.as_set()?.iter() {
                applied.insert(rule_number(name.as_string()?)?);
            }
        }
        Ok(applied)
    }
}

fn scope(scope: Scope) -> String {
    let verb = |verb: usize| format!("    input.verb == \"{}\"\n", VERBS.get(verb).unwrap_or(&""));
    match scope {
        Scope::Keyed {
            verb: on,
            kind,
            namespace,
        } => format!(
            "{}    input.target.kind == \"{}\"\n    input.target.namespace == \"{}\"\n",
            verb(on),
            KINDS.get(kind).unwrap_or(&""),
            model::namespace(namespace)
        ),
        Scope::Verb(on) => verb(on),
        Scope::Global => String::new(),
    }
}

fn print(condition: Condition) -> String {
    match condition {
        Condition::Equals(field, value) => {
            format!("input.{} == \"{}\"", field.path(), field.value(value))
        }
        Condition::AtLeast(field, bound) => format!("input.{} >= {bound}", field.path()),
        Condition::AtMost(field, bound) => format!("input.{} <= {bound}", field.path()),
        Condition::Named(app) => format!(
            "startswith(input.target.name, \"{}-\")",
            TextField::App.value(app)
        ),
        Condition::HostNetwork => "input.proposed.spec.template.spec.hostNetwork".into(),
    }
}
