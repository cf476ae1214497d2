//! What names stand for: found by looking through the syntax trees each time.

use taffrail_syntax::ast;

/// The files of a policy set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Files<'a>(pub(crate) &'a [ast::File]);

/// A declaration that an expression may refer to, and the file it stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Declared<'a> {
    Let(&'a ast::File, &'a ast::Let),
    Param(&'a ast::File, &'a ast::Param),
    /// With its full name.
    Signal(&'a ast::File, &'a ast::Signal),
}

/// The words of closed sets that may stand bare beside an operand of their type.
const WORDS: &[&str] = &[
    "abort",
    "annotate",
    "apply",
    "approve",
    "cordon",
    "create",
    "delete",
    "drain",
    "evict",
    "exec",
    "get",
    "label",
    "list",
    "logs",
    "patch",
    "pause",
    "portforward",
    "promote",
    "read_secret",
    "replace",
    "restart",
    "resume",
    "rollback",
    "rotate",
    "scale",
    "taint",
    "uncordon",
    "watch",
    "agent",
    "controller",
    "copilot",
    "human",
    "externally_reversible",
    "irreversible",
    "read_only",
    "reversible",
];

/// The groups of the built-in kinds that the tests speak of.
const KINDS: &[(&str, &str)] = &[
    ("ConfigMap", ""),
    ("CronJob", "batch"),
    ("DaemonSet", "apps"),
    ("Deployment", "apps"),
    ("Job", "batch"),
    ("Namespace", ""),
    ("Node", ""),
    ("Pod", ""),
    ("Secret", ""),
    ("Service", ""),
    ("StatefulSet", "apps"),
];

impl<'a> Files<'a> {
    /// Returns what a module declares under a name.
    pub(crate) fn find(self, module: &str, name: &str) -> Option<Declared<'a>> {
        self.0
            .iter()
            .filter(|file| module_of(file) == module)
            .flat_map(|file| file.items.iter().map(move |item| (file, item)))
            .find_map(|(file, item)| match &item.kind {
                ast::ItemKind::Let(found) if found.name.text == name => {
                    Some(Declared::Let(file, found))
                }
                ast::ItemKind::Param(found) if found.name.text == name => {
                    Some(Declared::Param(file, found))
                }
                ast::ItemKind::Signal(found) if found.name.text == name => {
                    Some(Declared::Signal(file, found))
                }
                _ => None,
            })
    }

    /// Returns the module that a file brings in under a short name.
    pub(crate) fn used_module(self, file: &ast::File, alias: &str) -> Option<String> {
        file.items.iter().find_map(|item| match &item.kind {
            ast::ItemKind::Use(path) if path.segments.last()?.text == alias => Some(dotted(path)),
            _ => None,
        })
    }

    /// Returns every signal's full name.
    pub(crate) fn signal_names(self) -> Vec<String> {
        self.items(|file, item| match &item.kind {
            ast::ItemKind::Signal(signal) => Some(full_name(file, &signal.name.text)),
            _ => None,
        })
    }

    /// Returns every rule with its file.
    pub(crate) fn rules(self) -> Vec<(&'a ast::File, &'a ast::Rule)> {
        self.items(|file, item| match &item.kind {
            ast::ItemKind::Rule(rule) => Some((file, rule)),
            _ => None,
        })
    }

    /// Tells whether a bare word is a member of a closed set: built in, or a declared verb.
    pub(crate) fn is_word(self, word: &str) -> bool {
        let declared = self.items(|_, item| match &item.kind {
            ast::ItemKind::Verb(verb) => Some(verb.text.as_str()),
            _ => None,
        });
        WORDS.contains(&word) || declared.contains(&word)
    }

    /// Returns the groups in which a bare kind of a grant or waiver counts.
    pub(crate) fn groups_of(self, kind: &str) -> Vec<String> {
        match KINDS.iter().find(|(name, _)| *name == kind) {
            Some((_, group)) => vec![(*group).to_owned()],
            None => self.items(|_, item| match &item.kind {
                ast::ItemKind::Kind(declared) if declared.kind.kind.text == kind => {
                    declared.kind.group.clone()
                }
                _ => None,
            }),
        }
    }

    fn items<T>(self, pick: impl Fn(&'a ast::File, &'a ast::Item) -> Option<T>) -> Vec<T> {
        self.0
            .iter()
            .flat_map(|file| file.items.iter().map(move |item| (file, item)))
            .filter_map(|(file, item)| pick(file, item))
            .collect()
    }
}

/// Returns a file's module path.
pub(crate) fn module_of(file: &ast::File) -> String {
    file.policy.as_ref().map(dotted).unwrap_or_default()
}

/// Returns the full name of something that a file declares.
pub(crate) fn full_name(file: &ast::File, name: &str) -> String {
    format!("{}.{name}", module_of(file))
}

/// Returns a path as written.
pub(crate) fn dotted(path: &ast::Path) -> String {
    let words: Vec<&str> = path
        .segments
        .iter()
        .map(|word| word.text.as_str())
        .collect();
    words.join(".")
}
