//! helm: from its words to what it does.

use std::sync::OnceLock;

use crate::effect::Effect;

use super::flags::{Arguments, Flag, Item, Scanner, is_true};
use super::invocation::{Invocation, Part, Program, Selection, Setting, Target, Uncertain};
use super::shell::Input;
use super::word::{Unclear, Why, Word};

const GLOBAL: &str = "burst-limit color colour content-cache debug! help,h! kube-apiserver kube-as-group kube-as-user kube-ca-file \
    kube-context kube-insecure-skip-tls-verify! kube-tls-server-name kube-token kubeconfig namespace,n qps registry-config \
    repository-cache repository-config";

/// What renders a chart: where it comes from and its values.
const CHART: &str = "ca-file cert-file key-file insecure-skip-tls-verify! keyring pass-credentials! password plain-http! repo username \
    verify! version devel! values,f set set-file set-json set-literal set-string";

/// What brings a release about, beside the chart.
const RELEASE: &str = "atomic! rollback-on-failure! cleanup-on-fail! create-namespace! dependency-update! description disable-openapi-validation! \
    dry-run? enable-dns! force! force-replace! force-conflicts! generate-name,g! hide-notes! hide-secret! history-max install,i! labels,l name-template no-hooks! output,o \
    post-renderer post-renderer-args render-subchart-notes! replace! reset-then-reuse-values! reset-values! reuse-values! server-side? \
    skip-crds! skip-schema-validation! take-ownership! timeout wait? wait-for-jobs!";

const TEMPLATE: &str = "api-versions,a include-crds! is-upgrade! kube-version name-template output-dir release-name! show-only,s skip-tests! \
    validate!";

/// A command of helm.
struct Row {
    path: &'static str,
    aliases: &'static [&'static str],
    flags: &'static [&'static str],
    effect: Effect,
    /// Whether its first word is a release.
    names_release: bool,
    language: &'static str,
}

const fn row(path: &'static str, flags: &'static [&'static str], effect: Effect) -> Row {
    Row {
        path,
        aliases: &[],
        flags,
        effect,
        names_release: false,
        language: "",
    }
}

const fn release(
    path: &'static str,
    aliases: &'static [&'static str],
    flags: &'static [&'static str],
    effect: Effect,
    language: &'static str,
) -> Row {
    Row {
        path,
        aliases,
        flags,
        effect,
        names_release: true,
        language,
    }
}

use Effect::{Local, Read, SecretRead, Write};

const ROWS: &[Row] = &[
    row("completion", &["no-descriptions!"], Read),
    row("completion bash", &["no-descriptions!"], Read),
    row("completion fish", &["no-descriptions!"], Read),
    row("completion powershell", &["no-descriptions!"], Read),
    row("completion zsh", &["no-descriptions!"], Read),
    row("create", &["starter,p"], Local),
    row("dependency", &[], Read),
    row(
        "dependency build",
        &["keyring skip-refresh! verify! plain-http!", CHART],
        Local,
    ),
    row("dependency list", &["max-col-width"], Read),
    row(
        "dependency update",
        &["keyring skip-refresh! verify! plain-http!", CHART],
        Local,
    ),
    row("env", &[], SecretRead),
    row("get", &[], Read),
    release("get all", &[], &["revision template"], SecretRead, "get"),
    release("get hooks", &[], &["revision"], SecretRead, "get"),
    release("get manifest", &[], &["revision"], SecretRead, "get"),
    release("get metadata", &[], &["revision output,o"], Read, "get"),
    release("get notes", &[], &["revision"], Read, "get"),
    release(
        "get values",
        &[],
        &["all,a! revision output,o"],
        SecretRead,
        "get",
    ),
    row("help", &[], Read),
    release("history", &["hist"], &["max output,o"], Read, "get"),
    release("install", &[], &[CHART, RELEASE], Write, "apply"),
    row(
        "lint",
        &[
            "kube-version quiet! strict! with-subcharts! skip-schema-validation!",
            CHART,
        ],
        Read,
    ),
    row(
        "list",
        &[
            "all,a! all-namespaces,A! date,d! deployed! failed! filter,f max,m no-headers! offset output,o pending! reverse,r! selector,l \
           short,q! superseded! time-format uninstalled! uninstalling!",
        ],
        Read,
    ),
    row(
        "package",
        &[
            "app-version dependency-update,u! destination,d key keyring passphrase-file sign! version",
        ],
        Local,
    ),
    row("plugin", &[], Read),
    row(
        "plugin install",
        &["version verify! keyring"],
        Effect::Unknown,
    ),
    row("plugin list", &["type"], Read),
    row("plugin uninstall", &[], Local),
    row("plugin update", &[], Effect::Unknown),
    row(
        "pull",
        &["destination,d prov! untar! untardir,d", CHART],
        Local,
    ),
    row(
        "push",
        &["ca-file cert-file insecure-skip-tls-verify! key-file password plain-http! username"],
        Effect::Unknown,
    ),
    row("registry", &[], Read),
    row(
        "registry login",
        &["ca-file cert-file insecure! key-file password,p password-stdin! plain-http! username,u"],
        Local,
    ),
    row("registry logout", &[], Local),
    row("repo", &[], Read),
    row(
        "repo add",
        &[
            "allow-deprecated-repos! ca-file cert-file force-update! insecure-skip-tls-verify! key-file no-update! pass-credentials! \
           password password-stdin! timeout username",
        ],
        Local,
    ),
    row("repo index", &["json! merge url"], Local),
    row("repo list", &["output,o no-headers!"], Read),
    row("repo remove", &[], Local),
    row("repo update", &["fail-on-repo-update-fail! timeout"], Local),
    release(
        "rollback",
        &[],
        &[
            "cleanup-on-fail! dry-run? force! force-replace! force-conflicts! server-side? history-max no-hooks! recreate-pods! timeout wait? wait-for-jobs!",
        ],
        Write,
        "rollback",
    ),
    row("search", &[], Read),
    row(
        "search hub",
        &["endpoint fail-on-no-result! list-repo-url! max-col-width output,o"],
        Read,
    ),
    row(
        "search repo",
        &["devel! fail-on-no-result! max-col-width output,o regexp,r! version versions,l!"],
        Read,
    ),
    row("show", &[], Read),
    row("show all", &[CHART], Read),
    row("show chart", &[CHART], Read),
    row("show crds", &[CHART], Read),
    row("show readme", &[CHART], Read),
    row("show values", &["jsonpath", CHART], Read),
    release(
        "status",
        &[],
        &["output,o revision show-desc! show-resources!"],
        Read,
        "get",
    ),
    row("template", &[CHART, RELEASE, TEMPLATE], Read),
    release(
        "test",
        &[],
        &["filter hide-notes! logs! timeout"],
        Write,
        "create",
    ),
    release(
        "uninstall",
        &["del", "delete", "un"],
        &["cascade description dry-run? ignore-not-found! keep-history! no-hooks! timeout wait?"],
        Write,
        "delete",
    ),
    release("upgrade", &[], &[CHART, RELEASE], Write, "apply"),
    row("verify", &["keyring"], Read),
    row("version", &["client,c! short! template"], Read),
];

/// The other names of groups of commands.
const GROUPS: &[(&str, &str)] = &[
    ("dep", "dependency"),
    ("dependencies", "dependency"),
    ("inspect", "show"),
    ("ls", "list"),
    ("fetch", "pull"),
];

/// Flags that change where it goes or as whom.
const ACCESS: &[&str] = &[
    "kube-apiserver",
    "kube-as-group",
    "kube-as-user",
    "kube-context",
    "kube-insecure-skip-tls-verify",
    "kube-token",
    "kubeconfig",
];

fn global() -> &'static [Flag] {
    static FLAGS: OnceLock<Vec<Flag>> = OnceLock::new();
    FLAGS.get_or_init(|| GLOBAL.split_whitespace().map(Flag::read).collect())
}

fn find(group: &str, word: &str) -> Option<&'static Row> {
    let word = match group {
        "" => GROUPS
            .iter()
            .find(|(alias, _)| *alias == word)
            .map_or(word, |(_, name)| name),
        "repo" | "dependency" | "plugin" if matches!(word, "ls") => "list",
        "repo" if word == "rm" => "remove",
        "repo" if word == "up" => "update",
        "dependency" if word == "up" => "update",
        "plugin" if matches!(word, "add") => "install",
        "plugin" if matches!(word, "rm" | "remove") => "uninstall",
        "plugin" if matches!(word, "up") => "update",
        _ => word,
    };
    ROWS.iter().find(|row| match row.path.split_once(' ') {
        Some((parent, own)) => parent == group && own == word,
        None => group.is_empty() && (row.path == word || row.aliases.contains(&word)),
    })
}

fn has_commands(row: &Row) -> bool {
    matches!(
        row.path,
        "completion" | "dependency" | "get" | "plugin" | "registry" | "repo" | "search" | "show"
    )
}

/// Says what a command line of helm does; `words` are those after the program.
pub(super) fn understand(words: &[Word], input: &Input) -> Invocation {
    let mut invocation = Invocation::new(Program::Helm, input);
    let mut scanner = Scanner::new(words);
    let mut arguments = Arguments::default();
    let mut found: Option<&'static Row> = None;
    loop {
        if found.is_some_and(|row| !has_commands(row)) {
            break;
        }
        match scanner.next(&[global()]) {
            Some(Item::Flag(given)) => arguments.flags.push(given),
            Some(Item::Positional(word)) => {
                let group = found.map_or("", |row| row.path);
                match word.known().and_then(|word| find(group, word)) {
                    Some(row) => found = Some(row),
                    None => {
                        invocation.uncertain(Part::Verb, unclear(&word));
                        invocation.reason = Some("not a command of helm: a plugin, perhaps");
                        return invocation;
                    }
                }
            }
            Some(Item::Odd(unclear)) => {
                invocation.uncertain(Part::Flag, unclear);
                return invocation;
            }
            Some(Item::Dashes) | None => {
                found
                    .map_or("help", |row| row.path)
                    .clone_into(&mut invocation.verb);
                invocation.effect = Effect::Read;
                invocation.reason = Some("prints its help");
                return invocation;
            }
        }
    }
    let Some(row) = found else {
        return invocation;
    };
    let flags: Vec<Flag> = row
        .flags
        .iter()
        .flat_map(|flags| flags.split_whitespace())
        .map(Flag::read)
        .collect();
    invocation.arguments = arguments.read(scanner, &[&flags, global()]);
    row.path.clone_into(&mut invocation.verb);
    invocation.language = row.language;
    settle(&mut invocation, row);
    invocation
}

fn settle(invocation: &mut Invocation, row: &Row) {
    let arguments = invocation.arguments.clone();
    for unclear in &arguments.odd {
        invocation.uncertain(Part::Flag, unclear.clone());
    }
    access(invocation, &arguments);
    if arguments.is_on("help") && arguments.odd.is_empty() {
        invocation.effect = Effect::Read;
        invocation.reason = Some("prints its help");
        return;
    }
    if row.names_release {
        targets(invocation, &arguments);
    }
    invocation.effect = row.effect;
    if row.effect == Effect::Write && is_dry_run(&arguments) {
        invocation.effect = Effect::DryRun;
    }
    if row.effect == Effect::SecretRead {
        invocation.reason = Some(match row.path {
            "env" => "prints the token that it uses",
            _ => "prints what the release was given, secrets included",
        });
    }
    if row.path == "status"
        && arguments
            .value("output")
            .is_some_and(|output| output.known() != Some("table"))
    {
        invocation.at_least(
            Effect::SecretRead,
            "prints what the release was given, secrets included",
        );
    }
    if row.path == "status"
        && arguments
            .positional
            .iter()
            .skip(1)
            .any(|word| word.literal().is_none())
    {
        invocation.at_least(
            Effect::Unknown,
            "may be told to print what the release was given",
        );
    }
    if row.path == "template"
        && arguments
            .value("dry-run")
            .is_some_and(|value| value.known() != Some("client"))
    {
        invocation.at_least(Effect::DryRun, "asks the server what the chart looks up");
    }
    if row.path == "template"
        && (arguments.has("output-dir") || arguments.may_be_on("dependency-update"))
    {
        invocation.at_least(Effect::Local, "writes files");
    }
    if arguments.has("post-renderer") {
        invocation.at_least(Effect::Unknown, "runs another program");
    }
    if arguments
        .odd
        .iter()
        .any(|unclear| unclear.why != Why::Missing)
    {
        invocation.at_least(Effect::Unknown, "has a flag that is not known");
    }
}

fn access(invocation: &mut Invocation, arguments: &Arguments) {
    for given in &arguments.flags {
        if !ACCESS.contains(&given.name) {
            continue;
        }
        let value = given.value.clone().unwrap_or_else(|| Word::text("true"));
        if let Some(unclear) = value.first_unclear() {
            let part = Part::Access;
            invocation.unknowns.push(Uncertain { part, unclear });
        }
        invocation.settings.push(Setting {
            name: given.name.to_owned(),
            value,
        });
    }
}

fn targets(invocation: &mut Invocation, arguments: &Arguments) {
    let namespace = arguments.value("namespace").cloned();
    if let Some(unclear) = namespace.as_ref().and_then(Word::first_unclear) {
        invocation.uncertain(Part::Namespace, unclear);
    }
    let names: &[Word] = match invocation.verb.as_str() {
        "uninstall" => &arguments.positional,
        // `helm install CHART --generate-name` names no release.
        "install" if arguments.has("generate-name") || arguments.has("name-template") => &[],
        _ => arguments.positional.get(..1).unwrap_or_default(),
    };
    for name in names {
        if let Some(unclear) = name.first_unclear() {
            invocation.uncertain(Part::Name, unclear);
        }
        invocation.targets.push(Target {
            resource: "release".to_owned(),
            kind: None,
            selection: Selection::Named(name.clone()),
            namespace: namespace.clone(),
            all_namespaces: false,
        });
    }
}

/// Tells whether `--dry-run` asks for a try; the last one counts.
fn is_dry_run(arguments: &Arguments) -> bool {
    arguments.all("dry-run").last().is_some_and(|value| {
        value.is_none_or(|value| {
            value
                .known()
                .is_some_and(|value| matches!(value, "client" | "server") || is_true(value))
        })
    })
}

fn unclear(word: &Word) -> Unclear {
    word.first_unclear().unwrap_or_else(|| Unclear {
        text: word.to_string(),
        why: Why::Form,
        splits: false,
    })
}
