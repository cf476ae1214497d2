//! The commands of kubectl: their flags, their words, and what they do to the cluster.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::command::flags::Flag;

/// What a command does, before its flags and targets are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Reads what is no secret, whatever it names.
    Read,
    /// Prints objects: a secret read where they may be Secrets.
    Print,
    /// Changes the cluster, unless it is a dry run.
    Write,
    /// Changes the cluster; has no dry run.
    WriteAlways,
    /// Runs something in a container, or opens a way into the cluster.
    Exec,
    /// Changes the kubeconfig.
    Local,
    /// A group of commands that does nothing by itself.
    Group,
}

/// What the words of a command are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Nothing of the cluster.
    Other,
    /// `TYPE NAME…`, `TYPE/NAME…`, or files.
    Objects,
    /// Objects, then words with `=` or a `-` at their end.
    Changes,
    /// Objects, then one word of its own.
    ObjectsAndWord,
    /// Names of objects of a kind.
    Named(&'static str),
    /// One object, a pod where no type is given, then words of its own.
    Pod,
    /// The name of a new object of a kind.
    New(&'static str),
    /// Files alone.
    Files,
    /// `TYPE NAME` or `TYPE/NAME`, of which only the type is looked at.
    Verbs,
}

/// A command of kubectl.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verb {
    /// The command: `rollout restart`.
    pub(super) path: &'static str,
    pub(super) class: Class,
    pub(super) form: Form,
    /// The verb of the language that a change is decided as; empty for reads.
    pub(super) language: &'static str,
}

const fn verb(path: &'static str, class: Class, form: Form, language: &'static str) -> Verb {
    Verb {
        path,
        class,
        form,
        language,
    }
}

use Class::{Exec, Group, Local, Print, Read, Write, WriteAlways};
use Form::{Changes, Files, Named, New, Objects, ObjectsAndWord, Other, Pod, Verbs};

const VERBS: &[Verb] = &[
    verb("alpha", Group, Other, ""),
    verb("annotate", Write, Changes, "annotate"),
    verb("api-resources", Read, Other, ""),
    verb("api-versions", Read, Other, ""),
    verb("apply", Write, Files, "apply"),
    verb("apply edit-last-applied", WriteAlways, Objects, "annotate"),
    verb("apply set-last-applied", Write, Files, "annotate"),
    verb("apply view-last-applied", Print, Objects, "get"),
    verb("attach", Exec, Pod, "exec"),
    verb("auth", Group, Other, ""),
    verb("auth can-i", Read, Verbs, ""),
    verb("auth reconcile", Write, Files, "apply"),
    verb("auth whoami", Read, Other, ""),
    verb("autoscale", Write, Objects, "create"),
    verb("certificate", Group, Other, ""),
    verb(
        "certificate approve",
        WriteAlways,
        Named("certificatesigningrequests"),
        "approve",
    ),
    verb(
        "certificate deny",
        WriteAlways,
        Named("certificatesigningrequests"),
        "approve",
    ),
    verb("cluster-info", Read, Other, ""),
    verb("cluster-info dump", Read, Other, ""),
    verb("completion", Read, Other, ""),
    verb("config", Group, Other, ""),
    verb("config current-context", Read, Other, ""),
    verb("config delete-cluster", Local, Other, ""),
    verb("config delete-context", Local, Other, ""),
    verb("config delete-user", Local, Other, ""),
    verb("config get-clusters", Read, Other, ""),
    verb("config get-contexts", Read, Other, ""),
    verb("config get-users", Read, Other, ""),
    verb("config rename-context", Local, Other, ""),
    verb("config set", Local, Other, ""),
    verb("config set-cluster", Local, Other, ""),
    verb("config set-context", Local, Other, ""),
    verb("config set-credentials", Local, Other, ""),
    verb("config unset", Local, Other, ""),
    verb("config use-context", Local, Other, ""),
    verb("config view", Read, Other, ""),
    verb("cordon", Write, Named("nodes"), "cordon"),
    verb("cp", Exec, Other, "exec"),
    verb("create", Write, Files, "create"),
    verb("create clusterrole", Write, New("clusterroles"), "create"),
    verb(
        "create clusterrolebinding",
        Write,
        New("clusterrolebindings"),
        "create",
    ),
    verb("create configmap", Write, New("configmaps"), "create"),
    verb("create cronjob", Write, New("cronjobs"), "create"),
    verb("create deployment", Write, New("deployments"), "create"),
    verb("create ingress", Write, New("ingresses"), "create"),
    verb("create job", Write, New("jobs"), "create"),
    verb("create namespace", Write, New("namespaces"), "create"),
    verb(
        "create poddisruptionbudget",
        Write,
        New("poddisruptionbudgets"),
        "create",
    ),
    verb(
        "create priorityclass",
        Write,
        New("priorityclasses"),
        "create",
    ),
    verb("create quota", Write, New("resourcequotas"), "create"),
    verb("create role", Write, New("roles"), "create"),
    verb("create rolebinding", Write, New("rolebindings"), "create"),
    verb("create secret", Group, Other, ""),
    verb(
        "create secret docker-registry",
        Write,
        New("secrets"),
        "create",
    ),
    verb("create secret generic", Write, New("secrets"), "create"),
    verb("create secret tls", Write, New("secrets"), "create"),
    verb("create service", Group, Other, ""),
    verb("create service clusterip", Write, New("services"), "create"),
    verb(
        "create service externalname",
        Write,
        New("services"),
        "create",
    ),
    verb(
        "create service loadbalancer",
        Write,
        New("services"),
        "create",
    ),
    verb("create service nodeport", Write, New("services"), "create"),
    verb(
        "create serviceaccount",
        Write,
        New("serviceaccounts"),
        "create",
    ),
    verb(
        "create token",
        WriteAlways,
        Named("serviceaccounts"),
        "create",
    ),
    verb("debug", Exec, Pod, "exec"),
    verb("delete", Write, Objects, "delete"),
    verb("describe", Print, Objects, "get"),
    verb("diff", Class::Write, Files, "apply"),
    verb("drain", Write, Named("nodes"), "drain"),
    verb("edit", WriteAlways, Objects, "patch"),
    verb("events", Read, Other, ""),
    verb("exec", Exec, Pod, "exec"),
    verb("explain", Read, Other, ""),
    verb("expose", Write, Objects, "create"),
    verb("get", Print, Objects, "get"),
    verb("help", Read, Other, ""),
    verb("kuberc", Group, Other, ""),
    verb("kuberc set", Local, Other, ""),
    verb("kuberc view", Read, Other, ""),
    verb("kustomize", Read, Other, ""),
    verb("label", Write, Changes, "label"),
    verb("logs", Read, Pod, "logs"),
    verb("options", Read, Other, ""),
    verb("patch", Write, Objects, "patch"),
    verb("plugin", Group, Other, ""),
    verb("plugin list", Read, Other, ""),
    verb("port-forward", Exec, Pod, "portforward"),
    verb("proxy", Exec, Other, "portforward"),
    verb("replace", Write, Files, "replace"),
    verb("rollout", Group, Other, ""),
    verb("rollout history", Read, Objects, "get"),
    verb("rollout pause", WriteAlways, Objects, "pause"),
    verb("rollout restart", WriteAlways, Objects, "restart"),
    verb("rollout resume", WriteAlways, Objects, "resume"),
    verb("rollout status", Read, Objects, "get"),
    verb("rollout undo", Write, Objects, "rollback"),
    verb("run", Write, New("pods"), "create"),
    verb("scale", Write, Objects, "scale"),
    verb("set", Group, Other, ""),
    verb("set env", Write, Changes, "patch"),
    verb("set image", Write, Changes, "patch"),
    verb("set resources", Write, Objects, "patch"),
    verb("set selector", Write, Changes, "patch"),
    verb("set serviceaccount", Write, ObjectsAndWord, "patch"),
    verb("set subject", Write, Objects, "patch"),
    verb("taint", Write, Changes, "taint"),
    verb("top", Group, Other, ""),
    verb("top node", Read, Named("nodes"), "get"),
    verb("top pod", Read, Named("pods"), "get"),
    verb("uncordon", Write, Named("nodes"), "uncordon"),
    verb("version", Read, Other, ""),
    verb("wait", Read, Objects, "get"),
];

/// The flags and other names of a command.
struct Row {
    path: &'static str,
    aliases: Vec<&'static str>,
    flags: Vec<Flag>,
}

fn rows() -> &'static BTreeMap<&'static str, Row> {
    static ROWS: OnceLock<BTreeMap<&'static str, Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let lines = include_str!("flags.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| line.split_once(':'))
            .map(|(names, flags)| {
                let mut names = names.split('|');
                let path = names.next().unwrap_or_default();
                let row = Row {
                    path,
                    aliases: names.collect(),
                    flags: flags.split_whitespace().map(Flag::read).collect(),
                };
                (path, row)
            })
            .collect()
    })
}

/// Returns the flags of all commands.
pub(super) fn global_flags() -> &'static [Flag] {
    flags("*")
}

/// Returns the flags that a command has beside those of all commands.
pub(super) fn flags(path: &str) -> &'static [Flag] {
    rows().get(path).map_or(&[], |row| row.flags.as_slice())
}

/// Returns the command of a word below a group; the top group is the empty text.
pub(super) fn find(group: &str, word: &str) -> Option<&'static Verb> {
    let path = if group.is_empty() {
        word.to_owned()
    } else {
        format!("{group} {word}")
    };
    if let Some(verb) = by_path(&path) {
        return Some(verb);
    }
    let alias = rows().values().find(|row| {
        let parent = row.path.rsplit_once(' ').map_or("", |(parent, _)| parent);
        parent == group && row.aliases.contains(&word)
    })?;
    by_path(alias.path)
}

fn by_path(path: &str) -> Option<&'static Verb> {
    VERBS
        .binary_search_by(|verb| verb.path.cmp(path))
        .ok()
        .and_then(|at| VERBS.get(at))
}

/// Tells whether a command has commands below it.
pub(super) fn has_commands(path: &str) -> bool {
    VERBS.iter().any(|verb| {
        verb.path
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with(' '))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_both_tables() {
        assert!(VERBS.is_sorted_by_key(|verb| verb.path));
        let named: Vec<&str> = VERBS.iter().map(|verb| verb.path).collect();
        let listed: Vec<&str> = rows().keys().copied().filter(|path| *path != "*").collect();
        assert_eq!(named, listed);
    }

    #[test]
    fn aliases_lead_to_their_command() {
        assert_eq!(
            find("create", "deploy").map(|v| v.path),
            Some("create deployment")
        );
        assert_eq!(find("top", "po").map(|v| v.path), Some("top pod"));
        assert!(find("", "ge").is_none());
    }
}
