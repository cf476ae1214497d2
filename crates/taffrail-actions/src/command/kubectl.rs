//! kubectl: from its words to what it does.

mod output;
mod raw;
mod targets;
mod verbs;

use crate::effect::Effect;

use super::flags::{Arguments, Flag, Item, Scanner};
use super::invocation::{Invocation, Part, Program, Setting};
use super::resources::may_be_secrets;
use super::shell::Input;
use super::word::{Unclear, Why, Word};
use verbs::{Class, Verb};

/// Flags of every command that change where it goes or as whom.
const ACCESS: &[&str] = &[
    "as",
    "as-group",
    "as-uid",
    "as-user-extra",
    "certificate-authority",
    "client-certificate",
    "client-key",
    "cluster",
    "context",
    "insecure-skip-tls-verify",
    "kubeconfig",
    "kuberc",
    "password",
    "server",
    "tls-server-name",
    "token",
    "user",
    "username",
];

/// Says what a command line of kubectl does; `words` are those after the program.
pub(super) fn understand(words: &[Word], input: &Input) -> Invocation {
    let mut invocation = Invocation::new(Program::Kubectl, input);
    let mut scanner = Scanner::new(words);
    let mut arguments = Arguments::default();
    let Some(verb) = find_verb(&mut scanner, &mut arguments, &mut invocation) else {
        invocation.arguments = arguments;
        return invocation;
    };
    let arguments = arguments.read(scanner, &[verbs::flags(verb.path), verbs::global_flags()]);
    invocation.verb = verb.path.to_owned();
    invocation.language = verb.language;
    invocation.arguments = arguments;
    settle(&mut invocation, verb);
    invocation
}

/// Finds the command: the words before it may be flags of all commands alone, or of the group that it belongs to.
fn find_verb(
    scanner: &mut Scanner<'_>,
    arguments: &mut Arguments,
    invocation: &mut Invocation,
) -> Option<&'static Verb> {
    let mut found: Option<&'static Verb> = None;
    loop {
        let group = found.map_or("", |verb| verb.path);
        if found.is_some() && !verbs::has_commands(group) {
            return found;
        }
        let before = scanner.clone();
        let own: &[Flag] = if group.is_empty() {
            &[]
        } else {
            verbs::flags(group)
        };
        match scanner.next(&[own, verbs::global_flags()]) {
            Some(Item::Flag(given)) => arguments.flags.push(given),
            Some(Item::Positional(word)) => {
                let next = word.known().and_then(|word| verbs::find(group, word));
                match (next, found) {
                    (Some(verb), _) => found = Some(verb),
                    (None, Some(verb)) if verb.class != Class::Group => {
                        *scanner = before;
                        return found;
                    }
                    (None, _) => {
                        not_a_verb(invocation, &word);
                        return None;
                    }
                }
            }
            Some(Item::Odd(_) | Item::Dashes)
                if found.is_some_and(|verb| verb.class != Class::Group) =>
            {
                *scanner = before;
                return found;
            }
            Some(Item::Odd(unclear)) => {
                invocation.uncertain(Part::Flag, unclear);
                return None;
            }
            Some(Item::Dashes) | None => {
                return ended(found, arguments, invocation);
            }
        }
    }
}

/// Says what a command without a command of its own does: it prints its help.
fn ended(
    found: Option<&'static Verb>,
    arguments: &Arguments,
    invocation: &mut Invocation,
) -> Option<&'static Verb> {
    match found {
        Some(verb) if verb.class != Class::Group => found,
        _ => {
            found
                .map_or("help", |verb| verb.path)
                .clone_into(&mut invocation.verb);
            invocation.arguments = arguments.clone();
            invocation.effect = Effect::Read;
            invocation.reason = Some("prints its help");
            None
        }
    }
}

fn not_a_verb(invocation: &mut Invocation, word: &Word) {
    let unclear = word.first_unclear().unwrap_or_else(|| Unclear {
        text: word.to_string(),
        why: Why::Form,
        splits: false,
    });
    invocation.uncertain(Part::Verb, unclear);
    invocation.reason = Some("not a command of kubectl: a plugin, or an alias");
}

/// Settles targets and effect.
fn settle(invocation: &mut Invocation, verb: &Verb) {
    let odd = invocation.arguments.odd.clone();
    // kubectl refuses to run without the value of a flag.
    let has_odd = odd.iter().any(|unclear| unclear.why != Why::Missing);
    for unclear in odd {
        invocation.uncertain(Part::Flag, unclear);
    }
    settings(invocation);
    if invocation.arguments.is_on("help") && !has_odd {
        invocation.effect = Effect::Read;
        invocation.reason = Some("prints its help");
        return;
    }
    targets::find(invocation, verb.form);
    (invocation.effect, invocation.reason) = effect(invocation, verb);
    if has_odd {
        invocation.at_least(Effect::Unknown, "has a flag that is not known");
    }
    if invocation.arguments.has("profile-output") && invocation.arguments.has("profile") {
        invocation.at_least(Effect::Local, "writes a file");
    }
}

fn settings(invocation: &mut Invocation) {
    for given in &invocation.arguments.flags {
        if !ACCESS.contains(&given.name) {
            continue;
        }
        let value = given.value.clone().unwrap_or_else(|| Word::text("true"));
        if let Some(unclear) = value.first_unclear() {
            invocation.unknowns.push(super::invocation::Uncertain {
                part: Part::Access,
                unclear,
            });
        }
        invocation.settings.push(Setting {
            name: given.name.to_owned(),
            value,
        });
    }
}

/// Returns the words that are no flags of all commands; a flag that is not known stays.
pub(super) fn words_without_flags(words: &[Word]) -> Vec<Word> {
    let mut scanner = Scanner::new(words);
    let mut left = Vec::new();
    while let Some(item) = scanner.next(&[verbs::global_flags()]) {
        match item {
            Item::Positional(word) => left.push(word),
            Item::Odd(unclear) => left.push(Word::text(unclear.text)),
            Item::Flag(_) => {}
            Item::Dashes => break,
        }
    }
    left
}

type Told = (Effect, Option<&'static str>);

fn effect(invocation: &Invocation, verb: &Verb) -> Told {
    let arguments = &invocation.arguments;
    match verb.class {
        Class::Group | Class::Read => read(invocation, verb),
        Class::Print if arguments.has("raw") => raw::effect(arguments),
        Class::Print => printed(invocation),
        Class::Write => write(invocation, verb),
        Class::WriteAlways => (Effect::Write, None),
        Class::Exec => (Effect::Exec, None),
        Class::Local => (Effect::Local, None),
    }
}

/// Says what a command does that reads no objects, or prints none.
fn read(invocation: &Invocation, verb: &Verb) -> Told {
    let arguments = &invocation.arguments;
    match verb.path {
        "config view" if arguments.may_be_on("raw") || arguments.may_be_on("flatten") => (
            Effect::SecretRead,
            Some("prints the credentials of the kubeconfig"),
        ),
        "cluster-info dump"
            if arguments
                .value("output-directory")
                .is_some_and(|directory| directory.known() != Some("-")) =>
        {
            (Effect::Local, Some("writes files"))
        }
        "kustomize" if arguments.has("output") => (Effect::Local, Some("writes files")),
        "kustomize"
            if ["enable-alpha-plugins", "enable-helm", "enable-exec"]
                .iter()
                .any(|flag| arguments.may_be_on(flag)) =>
        {
            (Effect::Unknown, Some("runs other programs"))
        }
        "wait" if compares(arguments) => secrets(invocation).unwrap_or((Effect::Read, None)),
        _ => (Effect::Read, None),
    }
}

/// Tells whether `wait` compares fields of an object, which gives them away.
fn compares(arguments: &Arguments) -> bool {
    const PLAIN: [&str; 3] = ["create", "delete", "condition="];
    let mut conditions = arguments.all("for").flatten();
    conditions.any(|condition| {
        !PLAIN
            .iter()
            .any(|plain| condition.beginning().starts_with(plain))
    })
}

/// Says what a command does that prints objects.
fn printed(invocation: &Invocation) -> Told {
    match secrets(invocation) {
        Some((Effect::Unknown, _)) if output::shows_no_values(&invocation.arguments) => (
            Effect::Read,
            Some("shows no field that holds values of Secrets"),
        ),
        Some(told) => told,
        None => (Effect::Read, None),
    }
}

fn secrets(invocation: &Invocation) -> Option<Told> {
    let named = |target: &super::invocation::Target| may_be_secrets(&target.resource);
    if invocation.targets.iter().any(named) {
        return Some((Effect::SecretRead, Some("reads Secrets")));
    }
    let is_open = |part: Part| {
        invocation
            .unknowns
            .iter()
            .any(|unknown| unknown.part == part)
    };
    if is_open(Part::Kind) {
        return Some((Effect::Unknown, Some("does not say which kinds it reads")));
    }
    if is_open(Part::Content) {
        return Some((Effect::Unknown, Some("reads the kinds that a file names")));
    }
    None
}

/// Says what a command does that changes the cluster, unless it is told to try.
fn write(invocation: &Invocation, verb: &Verb) -> Told {
    let arguments = &invocation.arguments;
    let has = |flag: &str| arguments.may_be_on(flag);
    if verb.path == "diff" {
        return (
            Effect::DryRun,
            Some("compares with what the server would store"),
        );
    }
    if verb.path == "set env" && arguments.is_on("list") {
        return match has("resolve") {
            true => (
                Effect::SecretRead,
                Some("prints values that come from Secrets"),
            ),
            false => printed(invocation),
        };
    }
    if matches!(verb.path, "label" | "annotate") && lists_only(arguments) {
        return printed(invocation);
    }
    if arguments.is_on("local") {
        return (
            Effect::DryRun,
            Some("changes what a file holds, and prints it"),
        );
    }
    if !is_dry_run(arguments) {
        return (Effect::Write, None);
    }
    let prints = arguments
        .value("output")
        .is_some_and(|output| output.known() != Some("name"));
    let makes = verb.language == "create" || matches!(verb.path, "delete" | "apply");
    match secrets(invocation) {
        Some((Effect::SecretRead, _)) if prints && !makes => {
            (Effect::SecretRead, Some("prints what a Secret holds"))
        }
        _ => (Effect::DryRun, None),
    }
}

/// `--list` alone shows labels; with changes it changes and shows.
fn lists_only(arguments: &Arguments) -> bool {
    arguments.is_on("list")
        && arguments.positional.iter().skip(1).all(|word| {
            word.known()
                .is_some_and(|word| !word.contains('=') && !word.ends_with('-'))
        })
}

/// Tells whether every `--dry-run` asks for a try. Left without a value it is one: an old form of `client` that newer releases refuse.
pub(super) fn is_dry_run(arguments: &Arguments) -> bool {
    let mut values = arguments.all("dry-run").peekable();
    values.peek().is_some()
        && values.all(|value| match value {
            None => true,
            Some(value) => matches!(value.known(), Some("client" | "server" | "true")),
        })
}
