//! What a replay comes to: counts, the matrix of verdicts, and samples.

use std::collections::BTreeMap;

use taffrail_runtime::decision::Verdict;

/// How many broken entries are reported one by one.
pub const BROKEN_SHOWN: usize = 20;

/// What came of a replay.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReplayReport {
    /// The lines that were read, empty ones too.
    pub lines: u64,
    /// What was decided again, by what it was recorded as.
    pub decided: BTreeMap<Recorded, u64>,
    /// What was left out, by why.
    pub skipped: BTreeMap<Skip, u64>,
    /// What changed, and what did not: by the verdict before and the verdict now.
    pub cells: BTreeMap<(Before, Verdict), Cell>,
    /// The first entries that could not be read.
    pub broken: Vec<Broken>,
    /// How many entries could not be read.
    pub n_broken: u64,
    /// Decided events that hold no object though they should: the audit policy left it out.
    pub without_object: u64,
    /// Decisions in which a budget or a breaker applies because nothing is known of its use or state.
    pub without_ledger: u64,
}

/// What an entry of a log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recorded {
    /// An action document.
    Document,
    /// A decision of ours.
    Decision,
    /// An event of an API server's audit log.
    Event,
}

/// Why something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// An event of an earlier stage of a request.
    EarlierStage,
    /// One of the cluster's own components asked.
    OfCluster,
    /// Somebody asked of whom nothing is wanted.
    OtherPrincipal,
    /// It changes nothing.
    Read,
    /// It has a verb of which nothing is wanted.
    OtherVerb,
    /// The server refused it, or failed.
    Failed,
    /// It was only tried out.
    DryRun,
    /// A record that tells of something else than a decision.
    NoDecision,
}

impl Skip {
    /// Returns what was left out, in words: of one, and of several.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::EarlierStage => ("event of an earlier stage", "events of earlier stages"),
            Self::OfCluster => (
                "request of the cluster's own components",
                "requests of the cluster's own components",
            ),
            Self::OtherPrincipal => (
                "request of another principal",
                "requests of other principals",
            ),
            Self::Read => ("read", "reads"),
            Self::OtherVerb => ("request with another verb", "requests with other verbs"),
            Self::Failed => ("request that failed", "requests that failed"),
            Self::DryRun => ("dry run", "dry runs"),
            Self::NoDecision => ("record without a decision", "records without a decision"),
        }
    }
}

/// What became of an action when it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Before {
    /// Nothing is known of it.
    Unrecorded,
    /// This was the verdict; what an API server carried out counts as executed.
    Verdict(Verdict),
}

impl Before {
    /// Returns its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unrecorded => "not recorded",
            Self::Verdict(verdict) => verdict.word(),
        }
    }
}

/// One field of the matrix.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// How many decisions.
    pub count: u64,
    /// The rules that make the difference, with how many decisions each does so for; empty where there is none.
    pub rules: BTreeMap<String, u64>,
    /// The first decisions.
    pub samples: Vec<Sample>,
}

/// One decision that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The log.
    pub file: String,
    /// Its line there, from 1.
    pub line: u64,
    /// What was asked, in one line.
    pub action: String,
    /// Who asked.
    pub principal: String,
    /// When it was asked, as far as it is known.
    pub time: String,
    /// The rules that make the difference, each with its reason.
    pub reasons: Vec<String>,
}

/// An entry that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The log.
    pub file: String,
    /// Its line there, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub message: String,
}

impl ReplayReport {
    /// Returns how many actions were decided.
    #[must_use]
    pub fn n_decided(&self) -> u64 {
        self.decided.values().sum()
    }

    /// Returns how many decisions are milder than before.
    #[must_use]
    pub fn n_milder(&self) -> u64 {
        self.count(|before, now| now < before)
    }

    /// Returns how many decisions are stricter than before.
    #[must_use]
    pub fn n_stricter(&self) -> u64 {
        self.count(|before, now| now > before)
    }

    fn count(&self, wanted: impl Fn(Verdict, Verdict) -> bool) -> u64 {
        let cells = self.cells.iter();
        cells
            .filter(|((before, now), _)| match before {
                Before::Verdict(before) => wanted(*before, *now),
                Before::Unrecorded => false,
            })
            .map(|(_, cell)| cell.count)
            .sum()
    }

    pub(super) fn skip(&mut self, why: Skip) {
        *self.skipped.entry(why).or_default() += 1;
    }

    pub(super) fn broken(&mut self, file: &str, line: u64, message: String) {
        self.n_broken += 1;
        if self.broken.len() < BROKEN_SHOWN {
            let file = file.to_owned();
            self.broken.push(Broken {
                file,
                line,
                message,
            });
        }
    }

    /// Adds what came of the next piece of a log, whose lines start after so many others of the same log.
    pub(super) fn append(&mut self, next: Self, lines_before: u64, n_samples: usize) {
        self.lines += next.lines;
        add(&mut self.decided, next.decided);
        add(&mut self.skipped, next.skipped);
        for (key, cell) in next.cells {
            let own = self.cells.entry(key).or_default();
            own.count += cell.count;
            add(&mut own.rules, cell.rules);
            let room = n_samples.saturating_sub(own.samples.len());
            let samples = cell.samples.into_iter().take(room);
            own.samples.extend(samples.map(|mut sample| {
                sample.line += lines_before;
                sample
            }));
        }
        let room = BROKEN_SHOWN.saturating_sub(self.broken.len());
        let broken = next.broken.into_iter().take(room);
        self.broken.extend(broken.map(|mut broken| {
            broken.line += lines_before;
            broken
        }));
        self.n_broken += next.n_broken;
        self.without_object += next.without_object;
        self.without_ledger += next.without_ledger;
    }
}

fn add<K: Ord>(all: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (key, count) in more {
        *all.entry(key).or_default() += count;
    }
}
