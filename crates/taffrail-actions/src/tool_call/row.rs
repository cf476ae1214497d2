//! What a row of the table of tools says.
//!
//! A row is `NAMES: ACT; CLAUSE; …`. An act is an effect and the verb of the language: `write scale`. Where an argument has several
//! names, a bar stands between them.
//!
//! | clause | says |
//! |---|---|
//! | `of pods`, `of kubevirt.io/v1 VirtualMachine`, `of release` | the kind |
//! | `word a|b`, `word a else pods` | the argument that takes a kind as `kubectl` does, and what counts without it |
//! | `typed version kind`, `split group version kind` | the arguments that hold API version (or group and version) and kind |
//! | `name a|b`, `name? a` | the argument that names the object; with `?` it may be left out |
//! | `manifest a`, `patch a TYPE`, `replicas a`, `command a` | the argument that says what the object becomes |
//! | `applies client`, `applies server MANAGER` | how a manifest is applied |
//! | `if a else ACT` | without this argument the act is another |
//! | `also a services` | with this argument, an object of this kind and the same name is made too |
//! | `dry a` | the argument that makes it a dry run |
//! | `takes a b c` | arguments that change nothing that is told apart |
//! | `hides a b` | arguments that stand for something that the call does not hold: a file, a selector |
//!
//! Instead of an act, `by a: word = ACT, word word = ACT` (or `by a else word: …`) says that the word of an argument tells, and
//! `runs program: a b --flag=c` that the arguments make up a command line.

use crate::effect::Effect;

use super::Applied;

/// What a call does: its effect, and the verb of the language that it is decided as (empty where there is none).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) effect: Effect,
    pub(super) verb: &'static str,
}

/// What tells what a call does.
#[derive(Debug, Clone)]
pub(super) enum Acts {
    /// The tool alone.
    Always(Act),
    /// The word that an argument has.
    By {
        argument: &'static str,
        /// The word that counts where the argument is not given; empty where it must be.
        default: &'static str,
        acts: Vec<(&'static str, Act)>,
    },
    /// Whether an argument is given.
    If {
        argument: &'static str,
        given: Act,
        otherwise: Act,
    },
    /// A command line of a program; the arguments make it up, in this order.
    CommandLine {
        program: &'static str,
        arguments: &'static str,
    },
}

/// What tells the kind of the objects.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// The call is about no object, or about none that can be told.
    Untold,
    /// A built-in kind, by the name that `kubectl` knows.
    Fixed(&'static str),
    /// A custom kind: group, version, kind.
    Custom(&'static str, &'static str, &'static str),
    /// An argument that takes what `kubectl` takes for a kind: `deploy`, `pods,services`, `deploy/api`. Second, what it is where it
    /// is not given; empty where it must be.
    Word(&'static str, &'static str),
    /// Two arguments: API version and kind.
    Typed {
        api_version: &'static str,
        kind: &'static str,
    },
    /// Three arguments: group, version and kind.
    Split {
        group: &'static str,
        version: &'static str,
        kind: &'static str,
    },
    /// What a release of helm consists of.
    Release,
}

/// What tells the name of the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// The call takes none: it reads a list, or nobody can say which objects it changes.
    None,
    /// An argument that may be left out: then the call reads a list, or the server makes a name.
    May(&'static str),
    /// An argument that must be given.
    Must(&'static str),
}

/// What tells what the object becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Makes {
    /// An argument that holds whole objects.
    Manifest(&'static str),
    /// An argument that holds a patch, and one that says of which type: without it, a strategic one.
    Patch(&'static str, &'static str),
    /// An argument that holds a number of replicas.
    Replicas(&'static str),
    /// An argument that holds the command to run in a container.
    Command(&'static str),
}

/// One tool.
#[derive(Debug, Clone)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) acts: Acts,
    pub(super) kind: Kind,
    pub(super) named: Name,
    /// What the objects become; which of them counts follows from the verb.
    pub(super) makes: Vec<Makes>,
    /// How a manifest is applied.
    pub(super) applied: Applied,
    /// The argument with which an object of another kind is made too, and that kind.
    pub(super) also: Option<(&'static str, &'static str)>,
    /// The argument that makes it a dry run.
    pub(super) dry_run: &'static str,
    /// Arguments that neither choose an object nor change what is done to it in a way that is told apart here.
    pub(super) takes: &'static str,
    /// Arguments that hide what is done: a file on the machine of the server, a selector of objects.
    pub(super) hides: &'static str,
}

/// Reads a row: one tool for each of its names. `None` for a row that is no row.
pub(super) fn read(row: &'static str) -> Option<Vec<Tool>> {
    let (names, rest) = row.split_once(": ")?;
    let mut clauses = rest.split(';').map(str::trim);
    let mut tool = Tool {
        name: "",
        acts: acts(clauses.next()?)?,
        kind: Kind::Untold,
        named: Name::None,
        makes: Vec::new(),
        applied: Applied::Untold,
        also: None,
        dry_run: "",
        takes: "",
        hides: "",
    };
    for clause in clauses {
        tool.add(clause)?;
    }
    let named = |name: &'static str| Tool {
        name: name.trim(),
        ..tool.clone()
    };
    Some(names.split(',').map(named).collect())
}

impl Tool {
    fn add(&mut self, clause: &'static str) -> Option<()> {
        let (word, rest) = clause.split_once(' ')?;
        let rest = rest.trim();
        match word {
            "of" => self.kind = fixed(rest)?,
            "word" => {
                let (argument, default) = rest.split_once(" else ").unwrap_or((rest, ""));
                self.kind = Kind::Word(argument, default);
            }
            "typed" => {
                let (api_version, kind) = rest.split_once(' ')?;
                self.kind = Kind::Typed { api_version, kind };
            }
            "split" => {
                let (group, rest) = rest.split_once(' ')?;
                let (version, kind) = rest.split_once(' ')?;
                self.kind = Kind::Split {
                    group,
                    version,
                    kind,
                };
            }
            "name" => self.named = Name::Must(rest),
            "name?" => self.named = Name::May(rest),
            "manifest" => self.makes.push(Makes::Manifest(rest)),
            "patch" => {
                let (argument, patch_type) = rest.split_once(' ')?;
                self.makes.push(Makes::Patch(argument, patch_type));
            }
            "replicas" => self.makes.push(Makes::Replicas(rest)),
            "command" => self.makes.push(Makes::Command(rest)),
            "if" => {
                let (argument, otherwise) = rest.split_once(" else ")?;
                let Acts::Always(given) = self.acts else {
                    return None;
                };
                self.acts = Acts::If {
                    argument,
                    given,
                    otherwise: act(otherwise)?,
                };
            }
            "applies" => {
                self.applied = match rest.split_once(' ') {
                    Some(("server", manager)) => Applied::ByServer(manager),
                    None if rest == "client" => Applied::ByClient,
                    Some(_) | None => return None,
                };
            }
            "also" => self.also = Some(rest.split_once(' ')?),
            "dry" => self.dry_run = rest,
            "takes" => self.takes = rest,
            "hides" => self.hides = rest,
            _ => return None,
        }
        Some(())
    }
}

fn fixed(text: &'static str) -> Option<Kind> {
    Some(match text.split_once(' ') {
        Some((api_version, kind)) => {
            let (group, version) = api_version.split_once('/')?;
            Kind::Custom(group, version, kind)
        }
        None if text == "release" => Kind::Release,
        None => Kind::Fixed(crate::command::resource(text)?.plural),
    })
}

fn acts(text: &'static str) -> Option<Acts> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "by" => {
            let (argument, words) = rest.split_once(':')?;
            let (argument, default) = argument.split_once(" else ").unwrap_or((argument, ""));
            let mut acts = Vec::new();
            for group in words.split(',') {
                let (words, text) = group.split_once('=')?;
                let act = act(text.trim())?;
                acts.extend(words.split_whitespace().map(|word| (word, act)));
            }
            Some(Acts::By {
                argument,
                default,
                acts,
            })
        }
        "runs" => {
            let (program, arguments) = rest.split_once(':')?;
            let arguments = arguments.trim();
            Some(Acts::CommandLine { program, arguments })
        }
        _ => act(text).map(Acts::Always),
    }
}

fn act(text: &'static str) -> Option<Act> {
    let (effect, verb) = text.split_once(' ').unwrap_or((text, ""));
    let effect = effect.parse().ok()?;
    Some(Act { effect, verb })
}
