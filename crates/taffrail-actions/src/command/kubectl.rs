//! kubectl: from its words to what it does.

mod output;
mod raw;
mod targets;
mod verbs;

pub(super) use targets::split_changes;

use crate::effect::Effect;

use super::flags::{Arguments, Arity, Flag, Item, Scanner, is_true};
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
    let Some((verb, left)) = find_verb(words, &mut invocation) else {
        return invocation;
    };
    let arguments = Arguments::default().read(
        Scanner::new(&left).joining(),
        &[verbs::flags(verb.path), verbs::global_flags()],
    );
    invocation.verb = verb.path.to_owned();
    invocation.language = verb.language;
    invocation.arguments = arguments;
    settle(&mut invocation, verb);
    invocation
}

/// Finds the command, and returns it with the words that are left when its own are taken out.
///
/// kubectl looks for the first word that is no flag, before it knows whose flags there are: a flag of one letter, or a long one
/// without `=`, takes the next word with it unless it is a switch that is known at that level. So `kubectl -f logs delete` deletes.
fn find_verb(words: &[Word], invocation: &mut Invocation) -> Option<(&'static Verb, Vec<Word>)> {
    let mut left = words.to_vec();
    let mut found: Option<&'static Verb> = None;
    loop {
        let group = found.map_or("", |verb| verb.path);
        if let Some(verb) = found
            && !verbs::has_commands(group)
        {
            return Some((verb, left));
        }
        let at = match first_word(&left, group) {
            First::At(at) => at,
            First::None => return ended(found, left, invocation),
            First::Unclear(unclear) => {
                invocation.uncertain(Part::Verb, unclear);
                return None;
            }
        };
        let word = left.get(at)?;
        match (
            word.known().and_then(|word| verbs::find(group, word)),
            found,
        ) {
            (Some(verb), _) => {
                found = Some(verb);
                left.remove(at);
            }
            (None, Some(verb)) if verb.class != Class::Group => return Some((verb, left)),
            (None, _) => {
                not_a_verb(invocation, word);
                return None;
            }
        }
    }
}

/// Where the first word stands that is no flag.
enum First {
    At(usize),
    None,
    Unclear(Unclear),
}

fn first_word(words: &[Word], group: &str) -> First {
    let own = if group.is_empty() {
        &[]
    } else {
        verbs::flags(group)
    };
    let takes_none = |is_it: &dyn Fn(&Flag) -> bool| {
        let mut all = own.iter().chain(verbs::global_flags());
        all.any(|flag| is_it(flag) && flag.arity != Arity::Value)
    };
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let text = word.beginning();
        let is_whole = word.literal().is_some();
        if !text.starts_with('-') || text == "-" && is_whole {
            return match word.may_split() {
                true => First::Unclear(unclear(word)),
                // A single dash counts as a flag here, and so does nothing.
                false if text == "-" => {
                    at += 1;
                    continue;
                }
                false => First::At(at),
            };
        }
        if is_whole && text == "--" {
            return First::None;
        }
        if text.contains('=') {
            at += 1;
            continue;
        }
        if !is_whole {
            return First::Unclear(unclear(word));
        }
        let takes_next = match text.strip_prefix("--") {
            Some(name) => {
                let name = name.replace('_', "-");
                !takes_none(&|flag| flag.name == name)
            }
            None => text.len() == 2 && !takes_none(&|flag| text.chars().nth(1) == flag.short),
        };
        at += if takes_next { 2 } else { 1 };
    }
    First::None
}

fn unclear(word: &Word) -> Unclear {
    word.first_unclear().unwrap_or_else(|| Unclear {
        text: word.to_string(),
        why: Why::Form,
        splits: false,
    })
}

/// Says what a command without a command of its own does: it prints its help.
fn ended(
    found: Option<&'static Verb>,
    left: Vec<Word>,
    invocation: &mut Invocation,
) -> Option<(&'static Verb, Vec<Word>)> {
    match found {
        Some(verb) if verb.class != Class::Group => Some((verb, left)),
        _ => {
            let path = found.map_or("help", |verb| verb.path);
            path.clone_into(&mut invocation.verb);
            invocation.effect = Effect::Read;
            invocation.reason = Some("prints its help");
            None
        }
    }
}

fn not_a_verb(invocation: &mut Invocation, word: &Word) {
    let unclear = unclear(word);
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
    if invocation
        .arguments
        .value("profile")
        .is_some_and(|profile| profile.known() != Some("none"))
    {
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
    let mut scanner = Scanner::new(words).joining();
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
        "config view" if may_be_flag(&arguments.positional) => {
            (Effect::Unknown, Some("may be told to print credentials"))
        }
        "config view" if arguments.may_be_on("raw") => (
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
        Some((Effect::Unknown, _))
            if !kinds_may_split(invocation) && output::shows_no_values(&invocation.arguments) =>
        {
            (
                Effect::Read,
                Some("shows no field that holds values of Secrets"),
            )
        }
        Some(told) => told,
        None => (Effect::Read, None),
    }
}

/// Tells whether a variable outside quotes stands for a kind: it may bring flags with it.
fn kinds_may_split(invocation: &Invocation) -> bool {
    invocation
        .unknowns
        .iter()
        .any(|unknown| unknown.part == Part::Kind && unknown.unclear.splits)
}

/// Tells whether a word that is not known may be a flag: one that begins with what is not known, from some place on.
fn may_be_flag(words: &[Word]) -> bool {
    let is_open = |word: &Word| word.beginning().is_empty() && word.literal().is_none();
    words.iter().any(is_open)
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
    let is_list = arguments.is_on("list");
    let is_local = arguments.is_on("local");
    if verb.path == "set env"
        && (is_list || is_local || is_dry_run(arguments))
        && (has("resolve") || may_come_from_secrets(arguments))
    {
        let reason = "prints values that come from Secrets";
        return (Effect::SecretRead, Some(reason));
    }
    if verb.path == "set env"
        && is_list
        && may_be_flag(arguments.positional.get(1..).unwrap_or_default())
    {
        return (
            Effect::Unknown,
            Some("may be told to print values of Secrets"),
        );
    }
    // Beside `--list`, changes are made to what is printed alone.
    if is_list && matches!(verb.path, "label" | "annotate" | "set env") {
        return printed(invocation);
    }
    if is_local {
        return (
            Effect::DryRun,
            Some("changes what a file holds, and prints it"),
        );
    }
    // kubectl refuses to try a replacement by force.
    if !is_dry_run(arguments) || verb.path == "replace" && has("force") {
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
        Some(told) if prints && !makes => told,
        _ => (Effect::DryRun, None),
    }
}

fn may_come_from_secrets(arguments: &Arguments) -> bool {
    arguments.all("from").flatten().any(|from| {
        from.known()
            .is_none_or(|from| may_be_secrets(from.split('/').next().unwrap_or_default()))
    })
}

/// Tells whether `--dry-run` asks for a try; the last one counts. Left without a value it is one: an old form of `client` that
/// newer releases refuse.
fn is_dry_run(arguments: &Arguments) -> bool {
    arguments.all("dry-run").last().is_some_and(|value| {
        value.is_none_or(|value| {
            value
                .known()
                .is_some_and(|value| matches!(value, "client" | "server") || is_true(value))
        })
    })
}
