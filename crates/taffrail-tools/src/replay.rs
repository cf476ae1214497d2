//! Decides again what was recorded: what a change of policies would have meant for what really happened.
//!
//! A log holds action documents, decisions of ours, or events of an API server's audit log, each told by what it is. It is read in pieces,
//! so that it may be larger than memory; the pieces are decided on all cores and their results joined in order, so that the report
//! is the same whatever the number of cores.

use std::io::{self, Read};

use taffrail_actions::Action;
use taffrail_runtime::program::RuleBody;
use taffrail_runtime::request::{BreakerFact, BreakerState, LedgerKey, Request, Usage};
use taffrail_runtime::{Decimal, Program};

mod chunk;
mod entry;
mod filter;
mod run;
mod tally;

pub use filter::{Filter, Verbs};
pub use tally::{BROKEN_SHOWN, Before, Broken, Cell, Recorded, ReplayReport, Sample, Skip};

/// Opens a log by its position among the names.
pub type OpenLog<'o> = dyn FnMut(usize) -> io::Result<Box<dyn Read + 'o>> + 'o;

/// What logs are decided by, and how.
#[derive(Debug)]
pub struct Replay<'p> {
    now: Policies<'p>,
    before: Option<Policies<'p>>,
    /// Which of the recorded actions are decided.
    pub filter: Filter,
    /// Whether budgets of which a log says nothing count as unused, and breakers as closed. Otherwise they are unknown.
    pub assume_unused: bool,
    /// How many samples are kept of each change.
    pub samples: usize,
    /// What is known around every event of a server's log: of this request the cluster, and the Namespaces among its objects.
    pub around: Option<Request>,
    /// Kinds of principals, each with a glob of names. A server's log says of nobody whether it is an agent or a person.
    pub kinds: Vec<(String, String)>,
}

impl<'p> Replay<'p> {
    /// Prepares to decide with a program.
    #[must_use]
    pub fn new(program: &'p Program) -> Self {
        Self {
            now: Policies::new(program),
            before: None,
            filter: Filter::default(),
            assume_unused: false,
            samples: 3,
            around: None,
            kinds: Vec::new(),
        }
    }

    /// Takes the verdicts of this program for those of before, in the place of what was recorded.
    #[must_use]
    pub fn against(mut self, program: &'p Program) -> Self {
        self.before = Some(Policies::new(program));
        self
    }

    /// Reads logs and decides what they hold, on so many cores. A log that cannot be opened or read to its end is reported, and the next is
    /// read.
    pub fn run(&self, names: &[String], open: &mut OpenLog<'_>, jobs: usize) -> ReplayReport {
        run::run(self, names, open, jobs)
    }
}

/// A program with what is assumed of its ledger.
#[derive(Debug)]
struct Policies<'p> {
    program: &'p Program,
    unused: Vec<Usage>,
    closed: Vec<BreakerFact>,
}

impl<'p> Policies<'p> {
    fn new(program: &'p Program) -> Self {
        let rules = &program.data().rules;
        let budgets = rules
            .iter()
            .filter(|rule| matches!(rule.body, RuleBody::Budget { .. }));
        let breakers = rules
            .iter()
            .filter(|rule| matches!(rule.body, RuleBody::Breaker { .. }));
        Self {
            program,
            unused: budgets
                .map(|rule| Usage {
                    budget: rule.name.clone(),
                    by: LedgerKey::Any,
                    used: Some(Decimal::ZERO),
                })
                .collect(),
            closed: breakers
                .map(|rule| BreakerFact {
                    breaker: rule.name.clone(),
                    by: LedgerKey::Any,
                    state: Some(BreakerState::Closed),
                    until: None,
                })
                .collect(),
        }
    }

    /// Adds what is assumed after what is recorded, which is found first.
    fn assume_unused(&self, action: &mut Action) {
        let add = |request: &mut Request| {
            request.usage.extend(self.unused.iter().cloned());
            request.breakers.extend(self.closed.iter().cloned());
        };
        match action {
            Action::Single(request) => add(request),
            Action::Plan(plan) => plan.steps.iter_mut().for_each(add),
        }
    }
}
