//! Names: the tools that run command lines, the programs that act on clusters, and those that only handle text.

/// Tools of agents that hand a line to a shell.
const COMMAND_TOOLS: &[&str] = &[
    "Bash",
    "Monitor",
    "PowerShell",
    "Shell",
    "bash",
    "exec_command",
    "execute_bash",
    "execute_command",
    "local_shell",
    "powershell",
    "run_command",
    "run_commands",
    "run_in_terminal",
    "run_shell_command",
    "run_terminal_cmd",
    "run_terminal_command",
    "runTerminalCommand",
    "shell",
    "shell_command",
    "unified_exec",
];

/// The names under which tools take a command line, the likeliest first.
pub(super) const COMMAND_ARGUMENTS: &[&str] = &[
    "command",
    "cmd",
    "commands",
    "command_line",
    "commandLine",
    "CommandLine",
    "script",
];

/// Tells whether a tool hands a line to a shell.
pub(super) fn is_command_tool(name: &str) -> bool {
    COMMAND_TOOLS.contains(&name)
}

/// Programs that act on clusters and are not read.
const UNREAD_PROGRAMS: &[&str] = &[
    "argocd",
    "flux",
    "helmfile",
    "istioctl",
    "k",
    "k9s",
    "kubeadm",
    "kubecolor",
    "linkerd",
    "velero",
];

/// Tells whether a program that is not read acts on clusters.
pub(super) fn is_cluster_program(name: &str) -> bool {
    let name = last_part(name);
    UNREAD_PROGRAMS.contains(&name.as_str())
        || matches!(name.as_str(), "kubectl" | "oc" | "helm")
        || name.starts_with("kubectl-")
}

/// Returns a program's name without its folder and ending, in lower case.
pub(super) fn last_part(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name = name.to_ascii_lowercase();
    name.strip_suffix(".exe").unwrap_or(&name).to_owned()
}

/// A program that runs nothing of what it is told.
struct Teller {
    name: &'static str,
    /// Words with which it does run something.
    unless: &'static [&'static str],
    /// When there are any, it must be told one of these first.
    only: &'static [&'static str],
}

const fn teller(name: &'static str) -> Teller {
    Teller {
        name,
        unless: &[],
        only: &[],
    }
}

const fn unless(name: &'static str, unless: &'static [&'static str]) -> Teller {
    Teller {
        name,
        unless,
        only: &[],
    }
}

const fn only(name: &'static str, only: &'static [&'static str]) -> Teller {
    Teller {
        name,
        unless: &[],
        only,
    }
}

const EXEC: &[&str] = &[
    "-exec",
    "-execdir",
    "-ok",
    "-okdir",
    "-x",
    "-X",
    "--exec",
    "--exec-batch",
];
const INSTALL: &[&str] = &[
    "add",
    "i",
    "info",
    "install",
    "list",
    "ls",
    "outdated",
    "remove",
    "search",
    "show",
    "uninstall",
    "update",
    "upgrade",
    "view",
];

const TELLERS: &[Teller] = &[
    teller("ag"),
    only("apk", INSTALL),
    only("apt", INSTALL),
    only("apt-get", INSTALL),
    only("asdf", INSTALL),
    unless("awk", &["system", "getline", "|"]),
    teller("base64"),
    teller("basename"),
    only("brew", INSTALL),
    teller("bat"),
    only("cargo", INSTALL),
    teller("cat"),
    teller("cd"),
    teller("chmod"),
    only("choco", INSTALL),
    teller("cmp"),
    teller("code"),
    only("command", &["-v", "-V"]),
    teller("cp"),
    teller("curl"),
    teller("diff"),
    teller("dirname"),
    only("dnf", INSTALL),
    only(
        "docker",
        &[
            "build", "image", "images", "inspect", "pull", "push", "rmi", "search", "tag",
        ],
    ),
    teller("du"),
    teller("echo"),
    teller("egrep"),
    unless("fd", EXEC),
    teller("fgrep"),
    teller("file"),
    unless("find", EXEC),
    only("gem", INSTALL),
    unless("gh", &["alias", "extension"]),
    unless(
        "git",
        &[
            "foreach",
            "run",
            "-x",
            "--exec",
            "-c",
            "--config-env",
            "difftool",
            "mergetool",
        ],
    ),
    teller("glow"),
    teller("grep"),
    teller("head"),
    teller("jq"),
    teller("kill"),
    teller("killall"),
    teller("less"),
    teller("ln"),
    teller("ls"),
    teller("man"),
    teller("md5sum"),
    only("mise", INSTALL),
    teller("mkdir"),
    teller("more"),
    teller("mv"),
    only("npm", INSTALL),
    only("pacman", &["-Q", "-S", "-Ss", "-Sy", "-Syu"]),
    teller("pgrep"),
    only("pip", INSTALL),
    only("pip3", INSTALL),
    teller("pkill"),
    only("pnpm", INSTALL),
    only(
        "podman",
        &[
            "build", "image", "images", "inspect", "pull", "push", "rmi", "search", "tag",
        ],
    ),
    teller("printf"),
    teller("ps"),
    teller("readlink"),
    teller("realpath"),
    unless("rg", &["--pre"]),
    teller("rm"),
    teller("rmdir"),
    unless("sed", &["e"]),
    teller("sha256sum"),
    only("snap", INSTALL),
    teller("sort"),
    teller("stat"),
    teller("strings"),
    teller("tail"),
    unless(
        "tar",
        &[
            "-I",
            "-F",
            "--use-compress-program",
            "--to-command",
            "--checkpoint-action",
        ],
    ),
    teller("tee"),
    teller("test"),
    teller("tldr"),
    teller("touch"),
    teller("tree"),
    teller("type"),
    teller("uniq"),
    teller("unzip"),
    only("uv", &["add", "pip"]),
    teller("wc"),
    teller("wget"),
    teller("whatis"),
    teller("whereis"),
    teller("which"),
    only("winget", INSTALL),
    teller("xxd"),
    only("yarn", INSTALL),
    teller("yq"),
    only("yum", INSTALL),
    teller("zip"),
];

/// Tells whether a program, started with these words, runs nothing of what it is told.
pub(super) fn only_tells(program: &str, text: &str) -> bool {
    let name = last_part(program);
    let Some(teller) = TELLERS.iter().find(|teller| teller.name == name) else {
        return false;
    };
    let mut words = text.split_whitespace();
    // What comes before it belongs to `sudo` and its like.
    let _ = words.by_ref().find(|word| last_part(word) == name);
    let words: Vec<&str> = words.collect();
    let has_flag = |flag: &&str| {
        words
            .iter()
            .any(|word| word == flag || word.split('=').next() == Some(*flag))
    };
    let is_told = || {
        let first = words
            .iter()
            .find(|word| !word.starts_with('-') || teller.only.contains(*word));
        first.is_some_and(|first| teller.only.contains(first))
    };
    !teller.unless.iter().any(has_flag) && (teller.only.is_empty() || is_told())
}
