//! From a row of the table and the arguments of a call to what the call does.

use serde_json::{Map, Value as Json};
use taffrail_runtime::Value;
use taffrail_runtime::request::Target;

use crate::effect::Effect;
use crate::fields::Field;

use super::arguments::Arguments;
use super::change;
use super::line;
use super::row::{Act, Acts, Name, Tool};
use super::target::{Subject, fixed, subjects};
use super::{Change, Doubt, ToolCall, ToolStep, Unclear};

/// Returns what a call of a known tool does.
pub(super) fn lower(
    tool: &Tool,
    given: &Map<String, Json>,
    default_namespace: Option<&str>,
) -> ToolCall {
    let arguments = Arguments::new(given);
    let access = arguments.access();
    let mut call = ToolCall {
        tool: tool.name.to_owned(),
        effect: Effect::Unknown,
        verb: "",
        steps: Vec::new(),
        line: None,
        access,
        unknowns: Vec::new(),
    };
    match act(tool, &arguments) {
        Some(act) => acts(&mut call, act, tool, &arguments, default_namespace),
        None => {
            call.line = line::read(tool, &arguments);
            call.effect = call
                .line
                .as_ref()
                .map_or(Effect::Unknown, |line| line.effect);
        }
    }
    call.unknowns = arguments.into_doubts();
    if !call.unknowns.is_empty() {
        call.effect = call.effect.max(Effect::Unknown);
    }
    for doubt in &call.unknowns {
        forget(&mut call.steps, doubt);
    }
    call
}

/// Forgets of the targets what a doubt puts in question: a rule must not be held against one object where the server may take
/// another.
fn forget(steps: &mut [ToolStep], doubt: &Doubt) {
    for step in steps {
        match doubt.why {
            Unclear::NoSuchArgument
            | Unclear::Flag
            | Unclear::Contradiction
            | Unclear::NotTheManifest => {
                step.target = nothing_known();
            }
            Unclear::Elsewhere if doubt.argument.to_ascii_lowercase().contains("selector") => {
                step.target.name = nothing_known().name;
            }
            Unclear::NoSuchTool
            | Unclear::NoArguments
            | Unclear::Missing
            | Unclear::WrongType
            | Unclear::NoName
            | Unclear::NoSuchWord
            | Unclear::Elsewhere
            | Unclear::NoManifest(_) => {}
        }
    }
}

/// Returns what the call does; `None` when a command line says it.
fn act(tool: &Tool, arguments: &Arguments<'_>) -> Option<Act> {
    match &tool.acts {
        Acts::Always(act) => Some(*act),
        Acts::If {
            argument,
            given,
            otherwise,
        } => Some(if arguments.has(argument) {
            *given
        } else {
            *otherwise
        }),
        Acts::By {
            argument,
            default,
            acts,
        } => {
            let unknown = Act {
                effect: Effect::Unknown,
                verb: "",
            };
            let word = match arguments.get(argument) {
                Some(_) => arguments.word(argument),
                None if default.is_empty() => {
                    arguments.doubt(Arguments::first(argument), Unclear::Missing);
                    None
                }
                None => Some(*default),
            };
            let Some(word) = word else {
                return Some(unknown);
            };
            let found = acts.iter().find(|(name, _)| *name == word);
            if found.is_none() {
                arguments.doubt(word, Unclear::NoSuchWord);
            }
            Some(found.map_or(unknown, |(_, act)| *act))
        }
        Acts::CommandLine { .. } => None,
    }
}

/// Fills in what is done to which objects.
fn acts(
    call: &mut ToolCall,
    act: Act,
    tool: &Tool,
    arguments: &Arguments<'_>,
    default_namespace: Option<&str>,
) {
    call.effect = act.effect;
    call.verb = act.verb;
    let reads = matches!(act.effect, Effect::Read | Effect::SecretRead);
    if reads {
        arguments.accept_narrowing();
    }
    arguments.accept(tool.takes);
    for name in tool.hides.split_whitespace() {
        let is_set = arguments
            .get(name)
            .is_some_and(|value| *value != Json::Bool(false));
        if is_set {
            arguments.doubt(name, Unclear::Elsewhere);
        }
    }
    dry_run(call, tool, arguments);
    let namespace = arguments.word("namespace|Namespace|ns");
    let everywhere = arguments.flag("allNamespaces|all_namespaces") != Some(false);
    let default_namespace = namespace.or(default_namespace).filter(|_| !everywhere);
    let of_manifest = if reads {
        None
    } else {
        change::of_manifest(act.verb, tool, arguments, namespace, default_namespace)
    };
    if let Some(steps) = of_manifest {
        call.steps = steps;
    } else {
        let subjects = subjects(tool, arguments, default_namespace);
        if act.effect == Effect::Read && subjects.iter().any(|subject| subject.may_be_secret) {
            call.effect = Effect::SecretRead;
            call.verb = "read_secret";
        }
        call.steps = steps(call, reads, tool, arguments, subjects);
        if let Some((argument, kind)) = tool.also
            && arguments.has(argument)
        {
            let name = call.steps.first().map(|step| step.target.name.clone());
            let another = fixed(kind, default_namespace).map(|subject| ToolStep {
                target: Target {
                    name: name.unwrap_or_else(|| nothing_known().name),
                    ..subject.target
                },
                change: Change::Unknown,
            });
            call.steps.extend(another);
        }
    }
    if call.steps.is_empty() && !reads && act.effect != Effect::Local {
        call.steps.push(ToolStep {
            target: nothing_known(),
            change: change::of(act.verb, tool, arguments),
        });
    }
}

fn dry_run(call: &mut ToolCall, tool: &Tool, arguments: &Arguments<'_>) {
    if tool.dry_run.is_empty() {
        return;
    }
    match arguments.flag(tool.dry_run) {
        Some(true) if call.effect == Effect::Write => call.effect = Effect::DryRun,
        Some(_) => {}
        None => arguments.doubt(Arguments::first(tool.dry_run), Unclear::NoSuchWord),
    }
}

fn steps(
    call: &mut ToolCall,
    reads: bool,
    tool: &Tool,
    arguments: &Arguments<'_>,
    subjects: Vec<Subject>,
) -> Vec<ToolStep> {
    let argument = match tool.named {
        Name::None => "",
        Name::May(argument) | Name::Must(argument) => argument,
    };
    let written = arguments.word(argument);
    let name = match written.filter(|name| !name.contains(['/', ','])) {
        Some(name) => Some(Value::string(name)),
        None => {
            if written.is_some() {
                arguments.doubt(Arguments::first(argument), Unclear::NoName);
            }
            None
        }
    };
    let is_named = |subject: &Subject| subject.name.is_some() || name.is_some();
    let must = matches!(tool.named, Name::Must(_));
    if must && !arguments.has(argument) && !subjects.iter().all(|subject| subject.name.is_some()) {
        arguments.doubt(Arguments::first(argument), Unclear::Missing);
    }
    if call.verb == "get" && !must && !subjects.is_empty() && !subjects.iter().any(is_named) {
        call.verb = "list";
    }
    let nameless = if reads && !arguments.has(argument) && !must {
        Value::Absent
    } else {
        Field::not_given("target.name")
    };
    let change = change::of(call.verb, tool, arguments);
    subjects
        .into_iter()
        .map(|subject| {
            let mut target = subject.target;
            target.name = match subject.name.map(Value::string).or_else(|| name.clone()) {
                Some(name) if !subject.is_release => name,
                Some(_) => Field::not_given("target.name"),
                None => nameless.clone(),
            };
            ToolStep {
                target,
                change: change.clone(),
            }
        })
        .collect()
}

/// Returns a target of which nothing is known.
pub(super) fn nothing_known() -> Target {
    taffrail_runtime::request::Request::default().target
}
