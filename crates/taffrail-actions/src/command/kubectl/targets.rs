//! What a command of kubectl acts on.

use crate::command::flags::Arguments;
use crate::command::invocation::{Invocation, Part, Selection, Target};
use crate::command::resources::resource;
use crate::command::word::{Unclear, Why, Word};

use super::verbs::Form;

/// Finds the targets of a command in its words.
pub(super) fn find(invocation: &mut Invocation, form: Form) {
    let Finder {
        targets, unknowns, ..
    } = Finder::new(invocation).find(form);
    invocation.targets = targets;
    for (part, unclear) in unknowns {
        invocation.uncertain(part, unclear);
    }
}

struct Finder<'i> {
    invocation: &'i Invocation,
    namespace: Option<Word>,
    all_namespaces: bool,
    targets: Vec<Target>,
    unknowns: Vec<(Part, Unclear)>,
}

impl<'i> Finder<'i> {
    fn new(invocation: &'i Invocation) -> Self {
        let arguments = &invocation.arguments;
        Self {
            invocation,
            namespace: arguments.value("namespace").cloned(),
            all_namespaces: arguments.may_be_on("all-namespaces"),
            targets: Vec::new(),
            unknowns: Vec::new(),
        }
    }

    fn find(mut self, form: Form) -> Self {
        if let Some(unclear) = self.namespace.as_ref().and_then(Word::first_unclear) {
            self.unknowns.push((Part::Namespace, unclear));
        } else if let Some(namespace) = &self.namespace
            && let Some(unclear) = not_a_name(namespace, false)
        {
            self.unknowns.push((Part::Namespace, unclear));
        }
        let arguments = &self.invocation.arguments;
        let mut all = arguments.positional.clone();
        // Two dashes end the flags; what follows is a command of its own only where one is expected.
        if !matches!(form, Form::Pod | Form::New(_)) {
            all.extend(arguments.after_dashes.iter().flatten().cloned());
        }
        let words = all.as_slice();
        match form {
            Form::Other => {}
            Form::Objects => {
                self.files();
                self.objects(words);
            }
            Form::ObjectsAndWord => {
                self.files();
                if let Some((_, objects)) = words.split_last() {
                    self.objects(objects);
                }
            }
            Form::Changes => {
                self.files();
                let (objects, _) = split_changes(arguments);
                self.objects(objects);
            }
            Form::Named(kind) => {
                self.files();
                self.named(kind, words);
            }
            Form::Pod => {
                self.files();
                self.pod(words);
            }
            Form::New(kind) => self.named(kind, words.get(..1).unwrap_or_default()),
            Form::Files => {
                self.files();
                // `apply` and its kin take no words; `replace` and `create` neither.
                for word in words {
                    self.unknowns.push((Part::Name, unclear_form(word)));
                }
            }
            Form::Verbs => {
                if let Some(word) = words.get(1) {
                    self.typed(word, None);
                }
            }
        }
        self
    }

    fn files(&mut self) {
        for flag in ["filename", "kustomize"] {
            let files: Vec<Word> = self
                .invocation
                .arguments
                .all(flag)
                .flatten()
                .cloned()
                .collect();
            for file in files {
                self.unknowns.push((
                    Part::Content,
                    Unclear {
                        text: file.to_string(),
                        why: if file.known() == Some("-") {
                            Why::Input
                        } else {
                            Why::File
                        },
                        splits: false,
                    },
                ));
                self.push(String::new(), Selection::File(file));
            }
        }
    }

    /// Reads `TYPE[,TYPE…] [NAME…]` or `TYPE/NAME…`.
    fn objects(&mut self, words: &[Word]) {
        let Some((first, names)) = words.split_first() else {
            return;
        };
        if slash(first).is_some() {
            for word in words {
                self.slashed(word);
            }
            return;
        }
        if first.literal().is_none_or(str::is_empty) {
            // The type is not known, nor what the words after it are.
            let unclear = first.first_unclear().unwrap_or_else(|| unclear_form(first));
            self.unknowns.push((Part::Kind, unclear));
            if names.is_empty() {
                self.push(first.to_string(), Selection::All);
            }
            for name in names {
                self.name(first.to_string(), name);
            }
            return;
        }
        let text = first.literal().unwrap_or_default().to_owned();
        for kind in text.split(',').filter(|kind| !kind.is_empty()) {
            self.kind(kind, first);
            if names.is_empty() {
                let selection = self.selection();
                self.push(kind.to_owned(), selection);
            }
            for name in names {
                match slash(name) {
                    Some(_) => self.slashed(name),
                    None => self.name(kind.to_owned(), name),
                }
            }
        }
    }

    fn named(&mut self, kind: &str, words: &[Word]) {
        if words.is_empty() && self.targets.is_empty() {
            let selection = self.selection();
            self.push(kind.to_owned(), selection);
        }
        for word in words {
            match slash(word) {
                Some(_) => self.slashed(word),
                None => self.name(kind.to_owned(), word),
            }
        }
    }

    fn pod(&mut self, words: &[Word]) {
        if let Some(word) = words.first() {
            match slash(word) {
                Some(_) => self.slashed(word),
                None => self.name("pods".to_owned(), word),
            }
        } else if self.targets.is_empty() {
            let selection = self.selection();
            self.push("pods".to_owned(), selection);
        }
    }

    /// Reads the type that `auth can-i` asks about: no object is touched.
    fn typed(&mut self, word: &Word, name: Option<Word>) {
        let text = word.to_string();
        let text = text.split('/').next().unwrap_or_default().to_owned();
        let selection = name.map_or(Selection::All, Selection::Named);
        self.push(text, selection);
    }

    fn slashed(&mut self, word: &Word) {
        match slash(word) {
            Some((kind, name)) => {
                self.kind(&kind, word);
                self.name(kind, &name);
            }
            None => match word.first_unclear() {
                Some(unclear) => {
                    self.unknowns.push((Part::Kind, unclear));
                    self.push(word.to_string(), Selection::All);
                }
                None => self.unknowns.push((Part::Name, unclear_form(word))),
            },
        }
    }

    fn kind(&mut self, kind: &str, word: &Word) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        if kind.is_empty()
            || !kind.chars().all(is_name)
            || !kind.starts_with(|c: char| c.is_ascii_alphabetic())
        {
            self.unknowns.push((Part::Kind, unclear_form(word)));
        }
    }

    fn name(&mut self, kind: String, name: &Word) {
        let takes_any =
            resource(&kind).is_some_and(|found| found.group == "rbac.authorization.k8s.io");
        let unclear = name.first_unclear().or_else(|| not_a_name(name, takes_any));
        if let Some(unclear) = unclear {
            self.unknowns.push((Part::Name, unclear));
        }
        self.push(kind, Selection::Named(name.clone()));
    }

    /// Returns which objects a command without names means.
    fn selection(&self) -> Selection {
        let arguments = &self.invocation.arguments;
        if let Some(labels) = arguments.value("selector") {
            return Selection::Labels(labels.clone());
        }
        match arguments.value("field-selector") {
            Some(fields) => Selection::Fields(fields.clone()),
            None => Selection::All,
        }
    }

    fn push(&mut self, written: String, selection: Selection) {
        let kind = resource(&written);
        let is_cluster_wide = kind.is_some_and(|kind| !kind.namespaced);
        self.targets.push(Target {
            kind,
            selection,
            namespace: self.namespace.clone().filter(|_| !is_cluster_wide),
            all_namespaces: self.all_namespaces && !is_cluster_wide,
            resource: written,
        });
    }
}

/// Splits `TYPE NAME… KEY=VALUE… KEY-…` where the changes begin. With files there are changes alone.
pub(in crate::command) fn split_changes(arguments: &Arguments) -> (&[Word], &[Word]) {
    let is_change = |word: &Word| {
        let text = word.to_string();
        text.contains('=') || text.len() > 1 && text.ends_with('-')
    };
    let words = arguments.positional.as_slice();
    if arguments.has("filename") || arguments.has("kustomize") {
        return (&[], words);
    }
    // The first word is always a type or an object.
    let at = words.iter().skip(1).position(is_change);
    at.and_then(|at| words.split_at_checked(at + 1))
        .unwrap_or((words, &[]))
}

/// Splits `TYPE/NAME`; `None` where the type is not known or there is no slash.
fn slash(word: &Word) -> Option<(String, Word)> {
    let (kind, _) = word.beginning().split_once('/')?;
    Some((kind.to_owned(), word.after(kind.len() + 1)))
}

/// Returns why a known word is no name of an object: blanks to be filled in are often written so.
fn not_a_name(word: &Word, takes_any: bool) -> Option<Unclear> {
    let text = word.known()?;
    let is_allowed = |c: char| {
        c.is_ascii_lowercase()
            || c.is_ascii_digit()
            || "-.:".contains(c)
            || takes_any && !"/%<>{}[]$".contains(c)
    };
    (text.is_empty() || !text.chars().all(is_allowed)).then(|| Unclear {
        text: text.to_owned(),
        why: Why::Form,
        splits: false,
    })
}

fn unclear_form(word: &Word) -> Unclear {
    word.first_unclear().unwrap_or_else(|| Unclear {
        text: word.to_string(),
        why: Why::Form,
        splits: false,
    })
}
