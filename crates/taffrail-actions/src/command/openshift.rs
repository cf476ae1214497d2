//! `oc`, the command line of OpenShift: kubectl's commands, and some of its own.

use crate::effect::Effect;

use super::invocation::{Invocation, Part, Program};
use super::kubectl;
use super::shell::Input;
use super::word::Word;

/// Its own commands, by their first words. What is not listed, and is no command of kubectl, is not understood.
const OWN: &[(&str, Effect)] = &[
    ("adm cordon", Effect::Write),
    ("adm drain", Effect::Write),
    ("adm inspect", Effect::SecretRead),
    ("adm must-gather", Effect::Write),
    ("adm node-logs", Effect::Read),
    ("adm policy", Effect::Write),
    ("adm policy who-can", Effect::Read),
    ("adm prune", Effect::Write),
    ("adm taint", Effect::Write),
    ("adm top", Effect::Read),
    ("adm uncordon", Effect::Write),
    ("adm upgrade", Effect::Write),
    ("cancel-build", Effect::Write),
    ("extract", Effect::SecretRead),
    ("idle", Effect::Write),
    ("image info", Effect::Read),
    ("import-image", Effect::Write),
    ("login", Effect::Local),
    ("logout", Effect::Write),
    ("new-app", Effect::Write),
    ("new-build", Effect::Write),
    ("new-project", Effect::Write),
    ("policy", Effect::Write),
    ("process", Effect::Read),
    ("project", Effect::Local),
    ("projects", Effect::Read),
    ("rollback", Effect::Write),
    ("rsh", Effect::Exec),
    ("rsync", Effect::Exec),
    ("secrets", Effect::Write),
    ("start-build", Effect::Write),
    ("status", Effect::Read),
    ("tag", Effect::Write),
    ("whoami", Effect::Read),
];

/// Says what a command line of `oc` does; `words` are those after the program.
pub(super) fn understand(words: &[Word], input: &Input) -> Invocation {
    let mut invocation = kubectl::understand(words, input);
    invocation.program = Program::Openshift;
    if !invocation.verb.is_empty()
        || invocation
            .unknowns
            .iter()
            .all(|unknown| unknown.part != Part::Verb)
    {
        return invocation;
    }
    let own_words = kubectl::words_without_flags(words);
    let known: Vec<&str> = own_words.iter().map_while(Word::known).take(3).collect();
    let own = OWN
        .iter()
        .filter(|(path, _)| {
            let mut words = known.iter();
            path.split(' ').all(|part| words.next() == Some(&part))
        })
        .max_by_key(|(path, _)| path.len());
    let Some((path, effect)) = own else {
        invocation.reason = Some("not a command of oc: a plugin, or an alias");
        return invocation;
    };
    (*path).clone_into(&mut invocation.verb);
    invocation.unknowns.clear();
    invocation.effect = *effect;
    invocation.reason = None;
    let is_harmless = |word: &Word| {
        let flags = [
            "whoami",
            "--show-context",
            "-c",
            "--show-server",
            "--show-console",
        ];
        word.known().is_some_and(|word| flags.contains(&word))
    };
    if *path == "whoami" && !words.iter().all(is_harmless) {
        invocation.at_least(Effect::SecretRead, "may print a token");
    }
    // `oc adm upgrade` alone shows what there is; with any word it starts one.
    if *path == "adm upgrade" && own_words.len() == 2 {
        invocation.effect = Effect::Read;
    }
    invocation
}
