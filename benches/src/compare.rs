//! The comparison: checks that all engines do the same work, then measures it.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::io::Write;
use std::time::Duration;

use crate::allocations::{self, Allocations};
use crate::engines::ours::{self, Taffrail};
use crate::engines::{Contestant, Engine, Failure, cedar::Cedar, cel::Cel, rego::Regorus};
use crate::model::{Action, Outcome, Rule, document, generate};
use crate::table::{self, Row};
use crate::timing::{self, Task};

/// How many different requests there are.
pub(crate) const REQUESTS: usize = 1000;

/// Each outcome has to be that share of all at least, in percent.
const LEAST_SHARE: usize = 5;

/// What a run measures.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) sizes: Vec<usize>,
    /// How long to time deciding, per size.
    pub(crate) budget: Duration,
    /// Whether the peers take part.
    pub(crate) peers: bool,
}

/// Measures every size and prints a table of each.
pub(crate) fn run(plan: &Plan, out: &mut dyn Write) -> Result<(), Failure> {
    let actions = generate::actions(REQUESTS);
    let documents: Vec<serde_json::Value> = actions.iter().map(document::of).collect();
    let bytes: Vec<Vec<u8>> = documents
        .iter()
        .map(|document| document.to_string().into_bytes())
        .collect();
    check_distinct(&bytes)?;
    let lengths: Vec<usize> = bytes.iter().map(Vec::len).collect();
    writeln!(
        out,
        "{REQUESTS} requests of {} to {} bytes\n",
        lengths.iter().min().unwrap_or(&0),
        lengths.iter().max().unwrap_or(&0)
    )?;
    let mut decided = Vec::new();
    for size in &plan.sizes {
        let rules = generate::rules(*size, &actions);
        let shares = check_mixed(&rules, &actions)?;
        writeln!(out, "## {size} rules\n\n{shares}\n")?;
        let field = Field {
            rules: &rules,
            actions: &actions,
            documents: &documents,
            bytes: &bytes,
        };
        let seconds = field.measure(plan, out)?;
        decided.push((*size, seconds));
    }
    table::growth(&decided, out)
}

/// The rules and requests of one size.
struct Field<'f> {
    rules: &'f [Rule],
    actions: &'f [Action],
    documents: &'f [serde_json::Value],
    bytes: &'f [Vec<u8>],
}

/// A loaded engine.
struct Entrant {
    name: &'static str,
    load_seconds: f64,
    memory: Allocations,
    contestant: Box<dyn Contestant>,
}

impl Field<'_> {
    /// Returns the median seconds of each row.
    fn measure(&self, plan: &Plan, out: &mut dyn Write) -> Result<Vec<(String, f64)>, Failure> {
        let mut entrants = vec![self.enter::<Taffrail>()?];
        if plan.peers {
            entrants.push(self.enter::<Cedar>()?);
            entrants.push(self.enter::<Regorus>()?);
            entrants.push(self.enter::<Cel>()?);
        }
        for entrant in &mut entrants {
            self.check_agreement(entrant)?;
        }
        let program = Taffrail::load(&Taffrail::source(self.rules))?;
        let ours = ours::Prepared::new(program.clone(), self.documents)?;
        self.check_verdicts(&ours)?;

        let mut tasks: Vec<Task<'_>> = Vec::new();
        let mut loads = Vec::new();
        for entrant in &mut entrants {
            let contestant = &mut entrant.contestant;
            loads.push((entrant.name, entrant.load_seconds, entrant.memory));
            tasks.push(Task::new(format!("{}, prepared", entrant.name), |at| {
                contestant.decide(at)
            }));
        }
        tasks.push(Task::new("taffrail, prepared, full report", |at| {
            black_box(ours.report(at)?);
            Ok(())
        }));
        tasks.push(Task::new("taffrail, from bytes", |at| {
            black_box(ours::decide_bytes(&program, self.bytes_of(at))?);
            Ok(())
        }));
        tasks.push(Task::new("`serde_json::Value`, reading alone", |at| {
            black_box(serde_json::from_slice::<serde_json::Value>(
                self.bytes_of(at),
            )?);
            Ok(())
        }));
        tasks.push(Task::new("serde_json, skipping all", |at| {
            black_box(serde_json::from_slice::<serde::de::IgnoredAny>(
                self.bytes_of(at),
            )?);
            Ok(())
        }));
        let seconds = timing::interleaved(&mut tasks, REQUESTS, plan.budget)?;
        let mut rows = Vec::new();
        for (task, seconds) in tasks.iter_mut().zip(&seconds) {
            let sample = 100.min(REQUESTS);
            let (done, allocations) =
                allocations::count(|| (0..sample).try_for_each(|at| (task.work)(at)));
            done?;
            rows.push(Row {
                name: task.name.clone(),
                seconds: *seconds,
                allocations: allocations.calls as f64 / sample as f64,
                bytes: allocations.bytes as f64 / sample as f64,
            });
        }
        table::decisions(&rows, out)?;
        table::loads(&loads, out)?;
        Ok(rows
            .into_iter()
            .map(|row| (row.name, row.seconds))
            .collect())
    }

    fn bytes_of(&self, at: usize) -> &[u8] {
        self.bytes.get(at).map_or(&[], Vec::as_slice)
    }

    fn enter<E: Engine>(&self) -> Result<Entrant, Failure> {
        let source = E::source(self.rules);
        let (loaded, memory) = allocations::count(|| E::load(&source));
        let load_seconds = timing::repeated(
            || {
                black_box(E::load(&source)?);
                Ok(())
            },
            Duration::from_secs(2),
        )?;
        Ok(Entrant {
            name: E::NAME,
            load_seconds,
            memory,
            contestant: E::prepare(loaded?, self.documents)?,
        })
    }

    /// Checks that an engine applies the same rules as the reference, to every request.
    fn check_agreement(&self, entrant: &mut Entrant) -> Result<(), Failure> {
        for (at, action) in self.actions.iter().enumerate() {
            let expected: BTreeSet<usize> = (0..)
                .zip(self.rules)
                .filter(|(_, rule)| rule.applies(action))
                .map(|(number, _)| number)
                .collect();
            let found = entrant.contestant.applied(at)?;
            if found != expected {
                return Err(format!(
                    "{} disagrees on request {at}: it applies {found:?}, and the reference {expected:?}",
                    entrant.name
                )
                .into());
            }
        }
        Ok(())
    }

    fn check_verdicts(&self, ours: &ours::Prepared) -> Result<(), Failure> {
        for (at, action) in self.actions.iter().enumerate() {
            let expected = Outcome::of(self.rules.iter().filter(|rule| rule.applies(action)));
            let found = ours.outcome(at)?;
            if found != expected {
                return Err(format!(
                    "request {at} gets {found}, and the reference says {expected}"
                )
                .into());
            }
        }
        Ok(())
    }
}

fn check_distinct(bytes: &[Vec<u8>]) -> Result<(), Failure> {
    let distinct: BTreeSet<&Vec<u8>> = bytes.iter().collect();
    if distinct.len() != bytes.len() {
        return Err("some requests are equal".into());
    }
    match bytes
        .iter()
        .find(|bytes| !(2048..=4096).contains(&bytes.len()))
    {
        Some(bytes) => Err(format!("a request has {} bytes", bytes.len()).into()),
        None => Ok(()),
    }
}

/// Checks that every outcome is common enough, and returns the shares as a sentence.
fn check_mixed(rules: &[Rule], actions: &[Action]) -> Result<String, Failure> {
    let outcomes: Vec<Outcome> = actions
        .iter()
        .map(|action| Outcome::of(rules.iter().filter(|rule| rule.applies(action))))
        .collect();
    let hits: usize = actions
        .iter()
        .map(|action| rules.iter().filter(|rule| rule.applies(action)).count())
        .sum();
    let mut shares = Vec::new();
    for outcome in Outcome::ALL {
        let count = outcomes.iter().filter(|given| **given == outcome).count();
        let share = count * 100 / outcomes.len().max(1);
        if share < LEAST_SHARE {
            return Err(format!(
                "only {share} % of {} rules' verdicts are {outcome}",
                rules.len()
            )
            .into());
        }
        shares.push(format!("{outcome} {share} %"));
    }
    Ok(format!(
        "Verdicts: {}. {:.2} rules apply to a request.",
        shares.join(", "),
        hits as f64 / actions.len().max(1) as f64
    ))
}
