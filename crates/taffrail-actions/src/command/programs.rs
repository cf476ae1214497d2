//! Which program a command starts, and what stands before it: `sudo`, `env`, `xargs`, `bash -c`.

use crate::effect::Effect;

use super::filters;
use super::flags::{Arguments, Flag, Item, Scanner};
use super::helm;
use super::invocation::{Invocation, Part, Program, Setting};
use super::kubectl;
use super::line;
use super::openshift;
use super::shell::{Commands, Input, Simple};
use super::word::{Unclear, Why, Word};

/// What a command of the shell is to us.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Changes nothing and asks no cluster: text filters, assignments, tests.
    Plain,
    /// Commands that concern a cluster, or are not understood.
    Commands(Vec<Invocation>),
}

impl Outcome {
    /// Returns the greatest effect of the commands; `None` when there is none.
    pub(super) fn effect(&self) -> Option<Effect> {
        match self {
            Self::Plain => None,
            Self::Commands(found) => found.iter().map(|command| command.effect).max(),
        }
    }
}

/// How many programs may start each other before it is given up.
const DEPTH_LIMIT: usize = 16;

/// How deep texts may stand in texts that are run.
const TEXTS_LIMIT: usize = 4;

/// Folders that programs are installed to. A `kubectl` elsewhere may be anything.
const FOLDERS: &[&str] = &[
    "/bin",
    "/opt/homebrew/bin",
    "/snap/bin",
    "/usr/bin",
    "/usr/local/bin",
    "/usr/sbin",
];

/// Beginnings of variables that change what the programs do, beyond where they go.
const DANGEROUS: &[&str] = &[
    "BASH_",
    "DYLD_",
    "EDITOR",
    "ENV",
    "HELM_BIN",
    "HELM_PLUGINS",
    "IFS",
    "KUBECTL_",
    "KUBERC",
    "KUBE_EDITOR",
    "LD_",
    "PAGER",
    "PATH",
    "PROMPT_COMMAND",
    "PS4",
    "SHELL",
    "VISUAL",
];

/// Says what a command does.
pub(super) fn understand(command: &Simple, line: &Commands) -> Outcome {
    let mut outcome = started(command, line, 0);
    for (name, value) in &command.assigned {
        if is_dangerous(name) {
            add(
                &mut outcome,
                unknown(name, "sets a variable that changes which program runs"),
            );
        } else if name == "KUBECONFIG"
            && let Outcome::Commands(found) = &mut outcome
        {
            for invocation in found {
                access(invocation, name, value);
            }
        }
    }
    outcome
}

pub(super) fn is_dangerous(name: &str) -> bool {
    DANGEROUS
        .iter()
        .any(|beginning| name.starts_with(beginning))
}

/// Returns the file that a command of the shell makes the configuration of all later commands: `export KUBECONFIG=other`.
pub(super) fn cluster_chosen(command: &Simple) -> Option<Word> {
    const SETTERS: [&str; 4] = ["declare", "export", "readonly", "typeset"];
    let Some((first, words)) = command.words.split_first() else {
        let assigned = command.assigned.iter();
        return assigned
            .filter(|(name, _)| name == "KUBECONFIG")
            .map(|(_, value)| value.clone())
            .next_back();
    };
    if !SETTERS.contains(&first.known()?) {
        return None;
    }
    let begins = |word: &&Word| word.beginning().starts_with("KUBECONFIG=");
    let word = words.iter().rfind(begins)?;
    Some(word.after("KUBECONFIG=".len()))
}

pub(super) fn access(invocation: &mut Invocation, name: &str, value: &Word) {
    if let Some(unclear) = value.first_unclear() {
        invocation.uncertain(Part::Access, unclear);
    }
    invocation.settings.push(Setting {
        name: name.to_owned(),
        value: value.clone(),
    });
}

fn add(outcome: &mut Outcome, invocation: Invocation) {
    match outcome {
        Outcome::Plain => *outcome = Outcome::Commands(vec![invocation]),
        Outcome::Commands(found) => found.push(invocation),
    }
}

/// Returns the command of a program that is not understood.
fn unknown(program: &str, reason: &'static str) -> Invocation {
    let mut invocation = Invocation::new(Program::Other(program.to_owned()), &Input::None);
    invocation.uncertain(
        Part::Program,
        Unclear {
            text: program.to_owned(),
            why: Why::Form,
            splits: false,
        },
    );
    invocation.reason = Some(reason);
    invocation
}

fn one(invocation: Invocation) -> Outcome {
    Outcome::Commands(vec![invocation])
}

fn started(command: &Simple, line: &Commands, depth: usize) -> Outcome {
    let Some((program, words)) = command.words.split_first() else {
        return match command.outputs.iter().any(line::is_file) {
            true => one(unknown(">", "empties a file")),
            false => Outcome::Plain,
        };
    };
    let written = match program.literal() {
        Some("[") => Some("["),
        _ => program.known(),
    };
    let Some(written) = written else {
        let mut invocation = unknown(&program.to_string(), "does not say which program it runs");
        if let Some(unclear) = program.first_unclear() {
            invocation.unknowns.clear();
            invocation.uncertain(Part::Program, unclear);
        }
        return one(invocation);
    };
    if depth > DEPTH_LIMIT {
        return one(unknown(
            written,
            "starts programs that start programs, too deep to look through",
        ));
    }
    if line.functions.iter().any(|function| function == written) {
        return one(unknown(written, "is a function of this line"));
    }
    let (name, is_installed) = named(written);
    let found = match name.as_str() {
        "kubectl" => kubectl::understand(words, &command.input),
        "oc" => openshift::understand(words, &command.input),
        "helm" => helm::understand(words, &command.input),
        _ if !is_installed => return one(unknown(written, "is a program of a folder of its own")),
        name => return other(name, words, command, line, depth),
    };
    let mut found = found;
    if !is_installed {
        found.at_least(Effect::Unknown, "is a program of a folder of its own");
        found.uncertain(
            Part::Program,
            Unclear {
                text: written.to_owned(),
                why: Why::Form,
                splits: false,
            },
        );
    }
    one(found)
}

/// Returns the name of a program without its folder and ending, and whether it stands where programs are installed.
fn named(written: &str) -> (String, bool) {
    let normal = written.replace('\\', "/");
    let (folder, name) = match normal.rsplit_once('/') {
        Some((folder, name)) => (Some(folder), name),
        None => (None, normal.as_str()),
    };
    let lower = name.to_ascii_lowercase();
    let stem = lower.strip_suffix(".exe").unwrap_or(&lower);
    let is_installed = folder.is_none_or(|folder| FOLDERS.contains(&folder));
    let is_ours = matches!(stem, "kubectl" | "oc" | "helm");
    // On some systems `KUBECTL` starts the same program, on others none or another.
    let is_same = name == stem || lower.ends_with(".exe") && name == lower;
    match is_ours {
        true => (stem.to_owned(), is_installed && is_same),
        false => (name.to_owned(), is_installed),
    }
}

/// A program that starts the one that its words name.
struct Starter {
    name: &'static str,
    flags: &'static str,
    /// How many words of its own come before the program.
    own: usize,
}

const STARTERS: &[Starter] = &[
    Starter {
        name: "builtin",
        flags: "",
        own: 0,
    },
    Starter {
        name: "command",
        flags: "p,p!",
        own: 0,
    },
    Starter {
        name: "doas",
        flags: "n,n! user,u",
        own: 0,
    },
    Starter {
        name: "env",
        flags: "ignore-environment,i! unset,u chdir,C null,0!",
        own: 0,
    },
    Starter {
        name: "exec",
        flags: "a,a c,c! l,l!",
        own: 0,
    },
    Starter {
        name: "ionice",
        flags: "class,c classdata,n ignore,t!",
        own: 0,
    },
    Starter {
        name: "nice",
        flags: "adjustment,n",
        own: 0,
    },
    Starter {
        name: "nohup",
        flags: "",
        own: 0,
    },
    Starter {
        name: "setsid",
        flags: "ctty,c! fork,f! wait,w!",
        own: 0,
    },
    Starter {
        name: "stdbuf",
        flags: "input,i output,o error,e",
        own: 0,
    },
    Starter {
        name: "sudo",
        flags: "askpass,A! background,b! preserve-env,E? group,g set-home,H! non-interactive,n! preserve-groups,P! prompt,p stdin,S! user,u reset-timestamp,k!",
        own: 0,
    },
    Starter {
        name: "time",
        flags: "portability,p! verbose,v! append,a!",
        own: 0,
    },
    Starter {
        name: "timeout",
        flags: "foreground! kill-after,k preserve-status! signal,s verbose,v!",
        own: 1,
    },
    Starter {
        name: "watch",
        flags: "beep,b! color,c! differences,d? errexit,e! chgexit,g! interval,n precise,p! no-rerun,r! no-title,t! no-wrap,w! exec,x!",
        own: 0,
    },
    Starter {
        name: "xargs",
        flags: "null,0! arg-file,a delimiter,d E,E I,I replace,i? max-lines,L L,l? max-args,n interactive,p! max-procs,P no-run-if-empty,r! max-chars,s verbose,t! exit,x!",
        own: 0,
    },
];

fn other(name: &str, words: &[Word], command: &Simple, line: &Commands, depth: usize) -> Outcome {
    if let Some(starter) = STARTERS.iter().find(|starter| starter.name == name) {
        return start(starter, words, command, line, depth);
    }
    match name {
        "bash" | "dash" | "ksh" | "sh" | "zsh" => shell_of(name, words, command, line.depth),
        "eval" => text_of(name, words, line.depth),
        "k3s" | "microk8s" | "minikube" => cluster_of(name, words, command, line, depth),
        _ => match filters::is_plain(name, words, command) {
            true => Outcome::Plain,
            false => one(unknown(name, "is not a program of the cluster")),
        },
    }
}

/// Reads what a starter starts.
fn start(
    starter: &Starter,
    words: &[Word],
    command: &Simple,
    line: &Commands,
    depth: usize,
) -> Outcome {
    let flags: Vec<Flag> = starter.flags.split_whitespace().map(Flag::read).collect();
    let mut scanner = Scanner::new(words);
    let mut arguments = Arguments::default();
    let mut own = starter.own;
    let mut inner = Simple {
        words: Vec::new(),
        ..command.clone()
    };
    let not_understood = || one(unknown(starter.name, "has a flag that is not known"));
    loop {
        match scanner.next(&[&flags]) {
            Some(Item::Flag(given)) => arguments.flags.push(given),
            Some(Item::Odd(_)) => return not_understood(),
            Some(Item::Dashes) => {
                inner.words.extend(scanner.rest());
                break;
            }
            Some(Item::Positional(word)) => {
                if own > 0 {
                    own -= 1;
                    continue;
                }
                // `sudo` and `env` take assignments before the program.
                if let Some((name, _)) = word.beginning().split_once('=')
                    && matches!(starter.name, "env" | "sudo")
                {
                    inner
                        .assigned
                        .push((name.to_owned(), word.after(name.len() + 1)));
                    continue;
                }
                inner.words.push(word);
                inner.words.extend(scanner.rest());
                break;
            }
            None => break,
        }
    }
    if inner.words.is_empty() {
        return one(unknown(starter.name, "is told nothing to run"));
    }
    if starter.name == "xargs" {
        fed(&mut inner, &arguments);
    }
    if starter.name == "watch" && !arguments.has("exec") {
        return text_of("watch", &inner.words, line.depth);
    }
    let mut outcome = started(&inner, line, depth + 1);
    for (name, value) in inner.assigned.iter().skip(command.assigned.len()) {
        if is_dangerous(name) {
            add(
                &mut outcome,
                unknown(name, "sets a variable that changes which program runs"),
            );
        } else if name == "KUBECONFIG"
            && let Outcome::Commands(found) = &mut outcome
        {
            for invocation in found {
                access(invocation, name, value);
            }
        }
    }
    outcome
}

/// Puts what `xargs` reads from its input into the words.
fn fed(inner: &mut Simple, arguments: &Arguments) {
    let mark = arguments
        .value("I")
        .and_then(Word::known)
        .or_else(|| arguments.has("replace").then_some("{}"));
    let read = Unclear {
        text: mark.unwrap_or("...").to_owned(),
        why: Why::Input,
        splits: mark.is_none(),
    };
    let Some(mark) = mark else {
        let mut word = Word::default();
        word.push_unclear(read);
        inner.words.push(word);
        inner.input = Input::None;
        return;
    };
    for word in &mut inner.words {
        let Some((before, after)) = word.literal().and_then(|text| text.split_once(mark)) else {
            continue;
        };
        let mut filled = Word::text(before);
        filled.push_unclear(read.clone());
        filled.push_text(after);
        *word = filled;
    }
}

/// Reads what a shell is told to run.
fn shell_of(name: &str, words: &[Word], command: &Simple, depth: usize) -> Outcome {
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.known() {
            Some("-c" | "-ec" | "-xc" | "-lc" | "-exc" | "-euc" | "-uc" | "-ic") => {
                return match rest.next() {
                    Some(text) => text_of(name, std::slice::from_ref(text), depth),
                    None => one(unknown(name, "is told nothing to run")),
                };
            }
            Some("-e" | "-x" | "-l" | "-u" | "--login" | "--norc" | "--noprofile") => {}
            Some("-s") => break,
            _ => return one(unknown(name, "runs what a file holds")),
        }
    }
    match &command.input {
        Input::Text(text) => text_of(name, std::slice::from_ref(text), depth),
        Input::None | Input::File(_) | Input::Pipe(_) => one(unknown(name, "runs what it reads")),
    }
}

/// Reads words that are joined and run as a line.
fn text_of(name: &str, words: &[Word], depth: usize) -> Outcome {
    if depth >= TEXTS_LIMIT {
        return one(unknown(
            name,
            "runs texts that run texts, too deep to look through",
        ));
    }
    let known: Option<Vec<&str>> = words.iter().map(Word::literal).collect();
    let Some(known) = known else {
        return one(unknown(name, "runs a text that is not known"));
    };
    let text = known.join(" ");
    if text.trim().is_empty() {
        return Outcome::Plain;
    }
    let line = line::read_nested(&text, depth + 1);
    if line.trouble.is_some() {
        return one(unknown(name, "runs a text that the shell cannot read"));
    }
    if line.commands.is_empty() {
        return Outcome::Plain;
    }
    Outcome::Commands(line.commands)
}

/// `minikube kubectl -- get pods` and its like.
fn cluster_of(
    name: &str,
    words: &[Word],
    command: &Simple,
    line: &Commands,
    depth: usize,
) -> Outcome {
    let mut rest = words;
    if rest.first().and_then(Word::known) != Some("kubectl") {
        return one(unknown(name, "is not a command that is understood"));
    }
    rest = rest.get(1..).unwrap_or_default();
    if rest.first().and_then(Word::known) == Some("--") {
        rest = rest.get(1..).unwrap_or_default();
    }
    let mut inner = Simple {
        words: vec![Word::text("kubectl")],
        ..command.clone()
    };
    inner.words.extend(rest.iter().cloned());
    let mut outcome = started(&inner, line, depth + 1);
    if let Outcome::Commands(found) = &mut outcome {
        for invocation in found {
            access(invocation, name, &Word::text("its own cluster"));
        }
    }
    outcome
}
