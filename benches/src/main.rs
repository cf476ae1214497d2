//! Taffrail beside its peers on the same rules and requests, in one process.

use std::hint::black_box;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use crate::engines::{Contestant as _, Engine as _, Failure, ours};
use crate::model::{document, generate};

mod allocations;
mod compare;
mod engines;
mod model;
mod random;
mod table;
mod timing;

const USAGE: &str = "\
usage: taffrail-benches [--sizes N,N,…] [--seconds S] [--ours-only]
       taffrail-benches --engine ours --rules N --iterations K [--work decide|report|bytes|load]
       taffrail-benches --print guard|cedar|rego|cel|request --rules N";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    let options = Options::read(arguments)?;
    let mut out = io::stdout().lock();
    if let Some(language) = &options.print {
        return Ok(write!(out, "{}", printed(language, options.rules)?)?);
    }
    if options.ours_alone {
        return repeat(&options);
    }
    compare::run(&options.plan, &mut out)
}

/// What the command line says.
struct Options {
    plan: compare::Plan,
    ours_alone: bool,
    rules: usize,
    iterations: usize,
    work: String,
    print: Option<String>,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self, Failure> {
        let mut options = Self {
            plan: compare::Plan {
                sizes: vec![10, 100, 1_000, 10_000],
                budget: Duration::from_secs(10),
                peers: true,
            },
            ours_alone: false,
            rules: 10,
            iterations: 1,
            work: "decide".into(),
            print: None,
        };
        let mut rest = arguments.iter();
        while let Some(flag) = rest.next() {
            let mut value = || {
                rest.next()
                    .ok_or_else(|| format!("`{flag}` needs a value\n{USAGE}"))
            };
            match flag.as_str() {
                "--sizes" => {
                    options.plan.sizes = value()?
                        .split(',')
                        .map(str::parse)
                        .collect::<Result<_, _>>()?
                }
                "--seconds" => options.plan.budget = Duration::from_secs_f64(value()?.parse()?),
                "--ours-only" => options.plan.peers = false,
                "--engine" if value()? == "ours" => options.ours_alone = true,
                "--rules" => options.rules = value()?.parse()?,
                "--iterations" => options.iterations = value()?.parse()?,
                "--work" => options.work.clone_from(value()?),
                "--print" => options.print = Some(value()?.clone()),
                // `cargo bench` adds this one.
                "--bench" => {}
                _ => return Err(USAGE.into()),
            }
        }
        Ok(options)
    }
}

/// Returns the rules in one language, or the first request.
fn printed(language: &str, rules: usize) -> Result<String, Failure> {
    let actions = generate::actions(compare::REQUESTS);
    let rules = generate::rules(rules, &actions);
    Ok(match language {
        "guard" => ours::Taffrail::source(&rules),
        "cedar" => engines::cedar::Cedar::source(&rules),
        "rego" => engines::rego::Regorus::source(&rules),
        "cel" => engines::cel::Cel::source(&rules),
        "request" => {
            let first = actions.first().ok_or("there is no request")?;
            serde_json::to_string_pretty(&document::of(first))?
        }
        _ => return Err(USAGE.into()),
    })
}

/// Does one kind of our own work so many times and nothing else, for a profiler.
fn repeat(options: &Options) -> Result<(), Failure> {
    let actions = generate::actions(compare::REQUESTS);
    let documents: Vec<serde_json::Value> = actions.iter().take(100).map(document::of).collect();
    let source = ours::Taffrail::source(&generate::rules(options.rules, &actions));
    let program = ours::Taffrail::load(&source)?;
    let mut prepared = ours::Prepared::new(program.clone(), &documents)?;
    let bytes: Vec<Vec<u8>> = documents
        .iter()
        .map(|document| document.to_string().into_bytes())
        .collect();
    for (at, bytes) in (0..bytes.len())
        .zip(&bytes)
        .cycle()
        .take(options.iterations)
    {
        match options.work.as_str() {
            "decide" => prepared.decide(at)?,
            "report" => drop(black_box(prepared.report(at)?)),
            "bytes" => drop(black_box(ours::decide_bytes(&program, bytes)?)),
            "load" => drop(black_box(ours::Taffrail::load(&source)?)),
            _ => return Err(USAGE.into()),
        }
    }
    Ok(())
}
