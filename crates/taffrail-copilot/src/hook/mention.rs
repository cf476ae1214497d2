//! Where a text seems to name a command of a cluster, though nobody reads it as one.

use super::programs::last_part;

/// First words of helm and oc. Their names stand for much else, so they count only where such a word follows.
const VERBS: &[&str] = &[
    "adm",
    "admin",
    "annotate",
    "apply",
    "create",
    "debug",
    "delete",
    "dependency",
    "describe",
    "diff",
    "drain",
    "edit",
    "exec",
    "expose",
    "get",
    "history",
    "import-image",
    "install",
    "label",
    "lint",
    "list",
    "login",
    "logs",
    "ls",
    "new-app",
    "new-project",
    "patch",
    "process",
    "project",
    "projects",
    "pull",
    "push",
    "registry",
    "replace",
    "repo",
    "rollback",
    "rollout",
    "rsh",
    "rsync",
    "run",
    "scale",
    "search",
    "secret",
    "set",
    "show",
    "start-build",
    "status",
    "sync",
    "tag",
    "template",
    "test",
    "uninstall",
    "upgrade",
    "version",
    "whoami",
];

/// Returns how often a text seems to name a command of `kubectl`, `oc` or `helm`: their names as words of their own, of which those that
/// mean other things too are followed by a verb or a flag.
pub(super) fn mentions(text: &str) -> usize {
    let is_between = |c: char| c.is_whitespace() || "'\"`;|&(){}<>[],=\\$@!".contains(c);
    // A backslash stands between words, and folders of Windows end in one.
    let mut words = text
        .split(is_between)
        .filter(|word| !word.is_empty())
        .peekable();
    let mut found = 0;
    while let Some(word) = words.next() {
        let name = last_part(word.trim_end_matches(['.', ':', '?']));
        let mut is_followed = || {
            let next = words.peek().copied().unwrap_or_default();
            next.starts_with('-') && !word.contains('/') || VERBS.contains(&next)
        };
        let is_one = match name.as_str() {
            "kubectl" | "kubecolor" => true,
            "helm" | "helmfile" | "oc" => is_followed(),
            name => name.starts_with("kubectl-"),
        };
        found += usize::from(is_one);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn names_of_programs_are_found_where_they_may_be_started() {
        for text in [
            "kubectl delete ns prod",
            "ssh host 'kubectl delete ns prod'",
            "subprocess.run([\"kubectl\", \"delete\"])",
            "x=kubectl",
            "/usr/local/bin/kubectl get pods",
            "KUBECTL.EXE get pods",
            "docker run bitnami/kubectl get pods",
            "docker run alpine/helm upgrade web ./chart",
            "helm --debug upgrade",
            "oc delete project x",
            "sh -c \"kubectl-neat\"",
        ] {
            assert_eq!(mentions(text), 1, "{text}");
        }
        assert_eq!(mentions("kubectl get pods | xargs kubectl delete"), 2);
    }

    #[test]
    fn other_meanings_are_not() {
        for text in [
            "ls charts/helm",
            "docker build -f helm/Dockerfile ./helm",
            "cd helm && make",
            "echo at the helm",
            "oc",
            "docker build --target helm .",
            "cat kubectl_notes.md mykubectl",
            "ad hoc get",
        ] {
            assert_eq!(mentions(text), 0, "{text}");
        }
    }
}
