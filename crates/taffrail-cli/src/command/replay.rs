//! `taffrail replay`: what a change of policies would have meant for what really happened.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use flate2::bufread::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};
use taffrail_runtime::Program;
use taffrail_tools::replay::{Filter, Replay, ReplayReport, Verbs};

use crate::actions;
use crate::arguments::{Form, Replay as Arguments, ReplayFilter, Set};
use crate::command_line::base;
use crate::failure::Failure;
use crate::format::replay::{self, Shown};
use crate::output::Output;
use crate::policies::{Policies, last_word};

/// What says that something became milder.
pub(super) const MILDER: u8 = 5;

/// What the files of a folder end in that are logs.
const ENDINGS: [&str; 6] = ["json", "jsonl", "ndjson", "log", "yaml", "yml"];

/// How the start of what gzip compressed looks.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Decides everything again; the exit code says whether anything became milder, and else whether anything could not be read.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<ExitCode, Failure> {
    let now = Policies::read(&arguments.policies, &arguments.set)?.program()?;
    let before = arguments.against.as_deref();
    let before = before
        .map(|path| earlier(path, &arguments.set)?.program())
        .transpose()?;
    let logs = logs(&arguments.logs)?;
    let mut replay = Replay::new(&now);
    if let Some(before) = &before {
        replay = replay.against(before);
    }
    replay.filter = filter(&arguments.filter);
    check_verbs(&replay.filter.verbs, &now)?;
    replay.assume_unused = arguments.assume_unused_budgets;
    replay.samples = arguments.samples;
    if let Some(facts) = &arguments.facts {
        replay.around = Some(base(Some(facts))?);
    }
    replay.kinds.clone_from(&arguments.principal_kind);
    let report = read(&replay, &logs, arguments.jobs.map(usize::from));
    let shown = Shown {
        report: &report,
        is_against: before.is_some(),
        assume_unused: arguments.assume_unused_budgets,
    };
    match arguments.output {
        Form::Text => output.coloured(&replay::text(&shown))?,
        Form::Json => output.plain(&replay::json(&shown)?)?,
        Form::Markdown => output.plain(&replay::markdown(&shown))?,
    }
    Ok(ExitCode::from(exit_code(&report)))
}

fn exit_code(report: &ReplayReport) -> u8 {
    if report.n_milder() > 0 {
        MILDER
    } else {
        u8::from(report.n_broken > 0)
    }
}

/// Reads the policies of before, with those of the given parameters that they know.
pub(super) fn earlier(path: &Path, set: &Set) -> Result<Policies, Failure> {
    let policies = Policies::read(path, &Set { params: Vec::new() })?;
    let declared = &policies.compiled.module.params;
    let is_declared = |name: &str| {
        declared
            .iter()
            .any(|param| param.name == name || last_word(&param.name) == name)
    };
    let params: Vec<(String, String)> = set
        .params
        .iter()
        .filter(|(name, _)| is_declared(name))
        .cloned()
        .collect();
    if params.is_empty() {
        return Ok(policies);
    }
    Policies::read(path, &Set { params })
}

fn filter(arguments: &ReplayFilter) -> Filter {
    Filter {
        verbs: match arguments.verbs.as_str() {
            "writes" => Verbs::Writes,
            "all" => Verbs::All,
            verbs => Verbs::These(
                verbs
                    .split(',')
                    .map(|verb| verb.trim().to_owned())
                    .collect(),
            ),
        },
        principals: arguments.principal.clone(),
        not_principals: arguments.exclude_principal.clone(),
        of_cluster: arguments.include_system,
        failed: arguments.include_failed,
        dry_runs: arguments.include_dry_runs,
    }
}

/// Refuses verbs that nothing knows: nothing would be found by them.
fn check_verbs(verbs: &Verbs, program: &Program) -> Result<(), Failure> {
    let Verbs::These(verbs) = verbs else {
        return Ok(());
    };
    verbs
        .iter()
        .try_for_each(|verb| actions::check_verb("--verbs", verb, program.data()))
}

/// Returns the files of all paths; those of a folder by name.
fn logs(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    if paths.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::StandardInputTwice);
    }
    let mut logs = Vec::new();
    for path in paths {
        let unreadable = |source| Failure::Unreadable {
            path: path.display().to_string(),
            source,
        };
        if path.as_os_str() == "-" || !fs::metadata(path).map_err(unreadable)?.is_dir() {
            logs.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            if is_log(&file) {
                inside.push(file);
            }
        }
        if inside.is_empty() {
            let path = path.display().to_string();
            return Err(Failure::NoLogs { path });
        }
        inside.sort();
        logs.extend(inside);
    }
    Ok(logs)
}

fn is_log(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS.contains(&ending)
}

fn read(replay: &Replay<'_>, logs: &[PathBuf], jobs: Option<usize>) -> ReplayReport {
    let names: Vec<String> = logs.iter().map(|log| log.display().to_string()).collect();
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let jobs = jobs.unwrap_or_else(cores);
    let bar = bar(logs);
    let mut open = |at: usize| open(logs.get(at).map_or(Path::new("-"), PathBuf::as_path), &bar);
    let report = replay.run(&names, &mut open, jobs);
    bar.finish_and_clear();
    report
}

/// Opens a log; what gzip compressed is told by its beginning.
fn open(path: &Path, bar: &ProgressBar) -> io::Result<Box<dyn Read>> {
    let source: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path)?)
    };
    let mut source = BufReader::with_capacity(1 << 16, bar.wrap_read(source));
    Ok(if source.fill_buf()?.starts_with(&GZIP) {
        Box::new(MultiGzDecoder::new(source))
    } else {
        Box::new(source)
    })
}

/// Returns a bar over the bytes of all logs, which is seen at a terminal only.
fn bar(logs: &[PathBuf]) -> ProgressBar {
    let sizes = logs
        .iter()
        .map(|log| fs::metadata(log).map(|log| log.len()).ok());
    let bar = match sizes.sum::<Option<u64>>() {
        Some(size) => ProgressBar::new(size),
        None => ProgressBar::no_length(),
    };
    let style = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    match ProgressStyle::with_template(style) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
