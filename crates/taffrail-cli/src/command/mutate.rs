//! `taffrail mutate`: what could be changed in the policies without a test noticing.

use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::ThreadPoolBuilder;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use taffrail_tools::Suite;
use taffrail_tools::mutate::{Judgement, Mutant, Trial, allowances, mutants};

use crate::arguments::{self, BenchForm};
use crate::failure::Failure;
use crate::format::mutate::{Judged, Mutated, json, text};
use crate::output::Output;
use crate::policies::Policies;

/// Tries every change and shows those that no test notices; fails when there are any, or under the percentage that is asked for.
pub(crate) fn run(arguments: &arguments::Mutate, output: &mut Output) -> Result<ExitCode, Failure> {
    let policies = Policies::read(&arguments.policies, &arguments.set)?;
    let found = try_all(&policies, arguments)?;
    output.diagnostics(&found.comments, &policies.sources.table);
    match arguments.output {
        BenchForm::Text => output.coloured(&text::mutated(&found, &policies))?,
        BenchForm::Json => output.plain(&json::mutated(&found, &policies)?)?,
    }
    let fails = match arguments.fail_under {
        None => found.count(|judged| judged.survives()) > 0,
        Some(wanted) => {
            let short = found.permille() < wanted;
            if short {
                output.error(&format!(
                    "{} % of the changes is noticed or explained, and at least {}.{} % is asked for",
                    found.percent(),
                    wanted / 10,
                    wanted % 10
                ));
            }
            short
        }
    };
    Ok(ExitCode::from(u8::from(fails)))
}

fn try_all(policies: &Policies, arguments: &arguments::Mutate) -> Result<Mutated, Failure> {
    let program = policies.program()?;
    let sources = &policies.sources;
    let read = |source: &str, path: &str| sources.read_beside(source, path);
    let suite = Suite {
        sources: &sources.table,
        module: &policies.compiled.module,
        program: &program,
        read: &read,
    };
    let trial = Trial::new(
        suite,
        &policies.compiled.source_map,
        &read,
        &sources.options,
    )
    .map_err(|tests| Failure::FailingTests {
        tests,
        sources: Box::new(sources.table.clone()),
    })?;
    if trial.tests() == 0 {
        return Err(Failure::NoTests);
    }
    let mut changes = mutants(&sources.table);
    if let Some(filter) = &arguments.filter {
        changes.retain(|mutant| mutant.name.contains(filter.as_str()));
        if changes.is_empty() {
            let filter = filter.clone();
            return Err(Failure::NothingToChange { filter });
        }
    }
    let judgements = judge(&trial, &changes, arguments.jobs.map_or(0, usize::from))?;
    let is_part = arguments.filter.is_some();
    Ok(judged(policies, changes, judgements, is_part))
}

/// Tries the changes on all cores; the order of the answers is that of the changes.
fn judge(trial: &Trial<'_>, changes: &[Mutant], jobs: usize) -> Result<Vec<Judgement>, Failure> {
    let pool = ThreadPoolBuilder::new()
        .num_threads(jobs)
        .build()
        .map_err(|source| Failure::NoThreads { jobs, source })?;
    // Nothing is drawn unless standard error is a terminal.
    let bar =
        ProgressBar::with_draw_target(Some(changes.len() as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} changes, {eta} left") {
        bar.set_style(style);
    }
    let judgements = pool.install(|| {
        changes
            .par_iter()
            .map(|mutant| {
                let judgement = trial.judge(mutant);
                bar.inc(1);
                judgement
            })
            .collect()
    });
    bar.finish_and_clear();
    Ok(judgements)
}

/// Puts together what came of the changes and what comments say of them.
fn judged(
    policies: &Policies,
    changes: Vec<Mutant>,
    judgements: Vec<Judgement>,
    is_part: bool,
) -> Mutated {
    let allowed = allowances(&policies.sources.table);
    let all: Vec<Judged> = changes
        .into_iter()
        .zip(judgements)
        .map(|(mutant, judgement)| Judged {
            reason: allowed.reason(&mutant).map(str::to_owned),
            mutant,
            judgement,
        })
        .collect();
    let survivors: Vec<&Mutant> = all
        .iter()
        .filter(|judged| judged.judgement == Judgement::Survived)
        .map(|judged| &judged.mutant)
        .collect();
    let mut comments = allowed.wrong.clone();
    // With a filter, the changes that a comment explains may not have been tried.
    if !is_part {
        comments.extend(allowed.unused(&survivors));
    }
    Mutated { all, comments }
}
