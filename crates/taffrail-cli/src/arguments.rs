//! What can be asked on the command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::civil::Date;
use taffrail_copilot::Limits;
use taffrail_tools::Draws;

mod agent;
mod diff;
mod hook;
mod ledger;
mod mcp;
mod replay;

pub(crate) use agent::{Agent, AgentCommand, Lines, ResumeActions, RollBack, Run, Serve, Work};
pub(crate) use diff::{Diff, FailOn};
pub(crate) use hook::Hook;
pub(crate) use ledger::{
    Approvals, Audit, Checkpoint, Export, Pause, Resume, Rotate, ShowAction, Status, Verify,
};
pub(crate) use mcp::Mcp;
pub(crate) use replay::{Replay, ReplayFilter};

/// Decides what automation may do to a cluster, by policies.
#[derive(Debug, Parser)]
#[command(
    name = "taffrail",
    version,
    after_help = "Exit codes: 0 execute or success, 1 invalid policy or input, a failed test, a denied finding or one that --deny-warnings meets, a broken audit log, 2 usage, 3 propose, 4 escalate, 5 something became milder."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check that policies compile
    Check(Check),
    /// Find what compiles and is likely a mistake, and mend what can be mended for certain
    Lint(Lint),
    /// Give policy files their one form
    Fmt(Fmt),
    /// Decide actions, and say why
    Decide(Decide),
    /// Show what is understood of a command line: its effect, its targets, what it leaves open
    Parse(Parse),
    /// Decide a command line of kubectl, and run it only if it may be executed
    Kubectl(Kubectl),
    /// Answer a coding agent, or a shell, that asks before it uses a tool
    Hook(Box<Hook>),
    /// Serve the tools of the copilot to assistants, by the Model Context Protocol
    Mcp(Mcp),
    /// Find what else could be done: options for an action or a goal, each already decided
    Options(Options),
    /// Run the tests that stand in policies
    Test(Test),
    /// Show which rules, clauses, conditions and effects the tests exercise
    Coverage(Coverage),
    /// Show which rules of two sets differ in meaning, and what their tests say of it
    Diff(Diff),
    /// Decide again what logs hold, and show which verdicts change
    Replay(Box<Replay>),
    /// Change the policies a little, one change at a time, and report what no test notices
    Mutate(Mutate),
    /// Draw which rule reads what
    Graph(Graph),
    /// Explain a diagnostic code, or list all of them
    Explain(Explain),
    /// Take actions through decision, execution and verification, on record
    Agent(Agent),
    /// List what deciding an action will read
    Requirements(Requirements),
    /// Show what waits for people, and agree to it or refuse it
    #[command(subcommand)]
    Approvals(Approvals),
    /// Verify the audit log, tell an action's story, and take the log elsewhere
    #[command(subcommand)]
    Audit(Audit),
    /// Stop all execution at once, in every replica that shares the ledger
    Pause(Pause),
    /// Let execution go on
    Resume(Resume),
    /// Show whether execution is paused, what waits for people, what is under way, and which breakers are open
    Status(Status),
    /// Print the JSON Schema of decisions
    Schema,
    /// Write a small policy set with tests, to begin from
    Init(Init),
    /// Print what a shell needs to complete the command line
    Completions(Completions),
}

/// Where policies come from.
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// Value of a parameter, by its full name or the last word of it
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    pub(crate) params: Vec<(String, String)>,
}

/// Where actions come from.
#[derive(Debug, Args)]
pub(crate) struct Actions {
    /// Folder or file of policies
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// Action documents, YAML or JSON: files, folders of them, or `-` for standard input
    #[arg(required_unless_present_any = ["kubectl", "tool_call"], value_name = "ACTION")]
    pub(crate) actions: Vec<PathBuf>,
    /// A command line instead of documents, as it would be given to a shell: `kubectl scale deploy/api --replicas=0 -n prod`
    #[arg(long, value_name = "LINE", conflicts_with = "actions")]
    pub(crate) kubectl: Option<String>,
    /// The call of a tool instead of documents: `{"name": "pods_delete", "arguments": {"name": "api-1", "namespace": "prod"}}`
    #[arg(long, value_name = "JSON", conflicts_with_all = ["actions", "kubectl"])]
    pub(crate) tool_call: Option<String>,
    #[command(flatten)]
    pub(crate) around: Around,
}

/// What is known around a command line or a call.
#[derive(Debug, Args)]
pub(crate) struct Around {
    /// With a command line or a call: live objects, as `kubectl get -o yaml` prints them; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "actions")]
    pub(crate) current: Vec<PathBuf>,
    /// With a command line or a call: an action document whose principal, intent, request and facts hold for it
    #[arg(long, value_name = "FILE", conflicts_with = "actions")]
    pub(crate) facts: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folder or file of policies, or `-` for standard input
    #[arg(value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Form,
}

#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// Folder or file of policies, or `-` for standard input
    #[arg(value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: LintForm,
    /// Write the remedies that are certain into the files, and show what is left
    #[arg(long)]
    pub(crate) fix: bool,
    /// Fail on every finding that is shown, not only on those that are denied
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// The day that waivers are held against; today in UTC when left out
    #[arg(long, value_name = "DATE")]
    pub(crate) today: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Files and folders of policies, or `-` for standard input, which is answered on standard output
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing; name the files that would change, and fail if there are any
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; show what would change, and fail if anything would
    #[arg(long)]
    pub(crate) diff: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Decide {
    #[command(flatten)]
    pub(crate) actions: Actions,
    /// Form of the output; `json` is one object a decision, each on a line of its own
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: DecisionForm,
    /// Also say which facts would have to be different for a milder verdict, the fewest that there are, and what would have to be true for execution
    #[arg(long)]
    pub(crate) why_not: bool,
    /// With `--output json`: over several lines, for people
    #[arg(long)]
    pub(crate) pretty: bool,
    /// Append each action with its decision to this file, a JSON line each, for `taffrail replay`; of Secrets the digests of their values
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Parse {
    /// A command line, as it would be given to a shell
    #[arg(long, value_name = "LINE", required_unless_present = "batch")]
    pub(crate) kubectl: Option<String>,
    /// A file of command lines and calls of tools, one a line, or `-` for standard input; each is answered by one line of JSON
    #[arg(long, value_name = "FILE", conflicts_with = "kubectl")]
    pub(crate) batch: Option<PathBuf>,
    /// Form of the output of `--kubectl`
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Form,
}

#[derive(Debug, Args)]
pub(crate) struct Kubectl {
    /// Folder or file of policies
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// An action document whose principal, intent, request and facts hold for the command
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// The kubectl to run
    #[arg(long, value_name = "PROGRAM", default_value = "kubectl")]
    pub(crate) program: PathBuf,
    /// The arguments of kubectl, behind `--`
    #[arg(required = true, last = true, value_name = "ARGS")]
    pub(crate) arguments: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Folder or file of policies, or `-` for standard input
    #[arg(value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// Run only tests whose name contains this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: TestForm,
    /// Also write a report that CI systems read
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Take every explanation that a test expects as a snapshot for reviewed, and write it down
    #[arg(long)]
    pub(crate) accept: bool,
    /// How many requests to draw of a test `for any`
    #[arg(long, value_name = "NUMBER", default_value_t = Draws::default().cases, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) cases: u32,
    /// Where drawing begins: the same number draws the same requests
    #[arg(long, value_name = "NUMBER", default_value_t = Draws::default().seed)]
    pub(crate) seed: u64,
    /// Run again whenever a file of the folder changes, until interrupted
    #[arg(long)]
    pub(crate) watch: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Coverage {
    /// Folder or file of policies, or `-` for standard input
    #[arg(value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// Run only tests whose name contains this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: BenchForm,
    /// Also write a report in the form of lcov, which editors and CI systems read
    #[arg(long, value_name = "FILE")]
    pub(crate) lcov: Option<PathBuf>,
    /// Also write pages of HTML: the policies with what tests exercise of them
    #[arg(long, value_name = "DIR")]
    pub(crate) html: Option<PathBuf>,
    /// Fail when less is covered
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) fail_under: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct Mutate {
    /// Folder or file of policies, or `-` for standard input
    #[arg(value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// Change only rules, lets, parameters and signals whose name contains this text
    #[arg(long, value_name = "RULE")]
    pub(crate) filter: Option<String>,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: BenchForm,
    /// How many changes to try at the same time; as many as there are cores when left out
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Fail only when a smaller share of the changes is noticed or explained, instead of with every one that is neither
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) fail_under: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// Folder or file of policies, or `-` for standard input
    #[arg(value_name = "DIR")]
    pub(crate) policies: PathBuf,
    #[command(flatten)]
    pub(crate) set: Set,
    /// Language of the drawing
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Drawing,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A code such as `single-equals`; without one, all codes are listed
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The folder to write into; made when it is not there
    #[arg(value_name = "DIR", default_value = "policies")]
    pub(crate) folder: PathBuf,
    /// Also write a package of Rust whose tests are those of the policies, for `cargo test`
    #[arg(long)]
    pub(crate) cargo: bool,
    /// With `--cargo`: a checkout of Taffrail to depend on, instead of the published crate
    #[arg(long, value_name = "DIR", requires = "cargo")]
    pub(crate) taffrail: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) actions: Actions,
    /// How many values, combinations or instants one search looks at before it is given up
    #[arg(long, value_name = "N", default_value_t = Limits::default().looks)]
    pub(crate) looks: u32,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Form,
}

#[derive(Debug, Args)]
pub(crate) struct Requirements {
    #[command(flatten)]
    pub(crate) actions: Actions,
    /// Form of the output
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Form,
}

/// The forms of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Form {
    /// For people at a terminal
    #[default]
    Text,
    /// For programs
    Json,
    /// For pull requests and chats
    Markdown,
}

/// The forms of decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum DecisionForm {
    /// For people at a terminal
    #[default]
    Text,
    /// For programs
    Json,
    /// For the reply of a tool: at most 200 characters
    Line,
    /// For a chat or a pull request, short, in Markdown
    Card,
    /// For who wants to know everything, in Markdown; also called `markdown`
    #[value(alias = "markdown")]
    Page,
}

/// The forms of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum LintForm {
    /// For people at a terminal
    #[default]
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// The forms of what came of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum TestForm {
    /// For people at a terminal
    #[default]
    Text,
    /// For programs
    Json,
    /// For pull requests and chats
    Markdown,
    /// JUnit's XML, for CI systems
    Junit,
}

/// The forms of what is measured of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum BenchForm {
    /// For people at a terminal
    #[default]
    Text,
    /// For programs
    Json,
}

/// The languages of drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Drawing {
    /// Graphviz
    #[default]
    Dot,
    /// Mermaid
    Mermaid,
}

fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write `NAME=VALUE`".into()),
    }
}

/// Reads a percentage as tenths of a percent: `97.5`, `97.5%`.
fn percent(text: &str) -> Result<usize, String> {
    let wrong = || "write a percentage from 0 to 100, with at most one decimal: `97.5`".to_owned();
    let digits = text.strip_suffix('%').unwrap_or(text);
    let (whole, tenth) = digits.split_once('.').unwrap_or((digits, "0"));
    match (whole.parse::<usize>(), tenth.len(), tenth.parse::<usize>()) {
        (Ok(whole), 1, Ok(tenth)) => {
            let permille = whole.saturating_mul(10).saturating_add(tenth);
            (permille <= 1000).then_some(permille).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}
