//! What a comparison of two sets says is so: without a difference they decide alike, and what is called stricter is never milder.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use taffrail_compiler::{Options, compile, typed};
use taffrail_runtime::Program;
use taffrail_runtime::decision::{Risk, Verdict};
use taffrail_runtime::program::Settings;
use taffrail_syntax::{SourceTable, format};
use taffrail_tools::Suite;
use taffrail_tools::diff::{Diff, Direction, Set, diff};

use super::run::{law, slow_law};
use super::{Case, case};

/// A compiled set with what a comparison needs of it.
struct Side {
    sources: SourceTable,
    module: typed::Module,
    program: Program,
}

impl Side {
    /// Compiles texts; `None` if they do not compile.
    fn new(texts: &[(String, String)], settings: &Settings) -> Option<Self> {
        let mut sources = SourceTable::default();
        for (name, text) in texts {
            sources.add(name.as_str(), text.as_str());
        }
        let options = Options {
            settings: *settings,
            ..Options::default()
        };
        let compiled = compile(&sources, &options);
        Some(Self {
            program: Program::new(compiled.program?).ok()?,
            module: compiled.module,
            sources,
        })
    }

    fn compared(&self, new: &Self) -> Diff {
        let nothing = |_: &str, _: &str| Err(String::new());
        let [old, new] = [self, new].map(|side| Set {
            suite: Suite {
                sources: &side.sources,
                module: &side.module,
                program: &side.program,
                read: &nothing,
            },
            shown: &side.sources,
        });
        diff(&old, &new)
    }

    fn decide(&self, case: &Case) -> Vec<(Verdict, Risk)> {
        let requests = case.requests.iter();
        requests
            .map(|request| {
                let decision = self.program.decide(&request.0);
                (decision.verdict(), decision.risk())
            })
            .collect()
    }
}

fn texts(case: &Case) -> Vec<(String, String)> {
    let files = case.set.files.iter();
    files
        .map(|file| (file.name.to_owned(), file.text()))
        .collect()
}

/// The names of lets that are written otherwise, in no order that any of them stands in.
const NAMES: [&str; 7] = [
    "is_production",
    "above_limit",
    "frozen_now",
    "distance",
    "halved",
    "dropped",
    "weekend",
];

/// Returns the same set, formatted, its files and rules in another order, its lets under other names, its `when` clauses joined.
fn rewritten(case: &Case) -> Vec<(String, String)> {
    let mut case = case.clone();
    case.set.files.reverse();
    for file in &mut case.set.files {
        file.rules.reverse();
        // Waivers of one rule are numbered in their order.
        for rule in &mut file.rules {
            rule.text = joined(&rule.text);
        }
    }
    let mut all = texts(&case);
    for (name, text) in &mut all {
        *name = format!("moved/{name}");
        for word in NAMES {
            *text = text.replace(word, &format!("{word}_as_it_was"));
        }
        *text = format(text).unwrap_or_else(|_| panic!("it is formatted: {text}"));
    }
    all
}

/// Joins two `when` clauses of one rule by `and`, the second one first.
fn joined(rule: &str) -> String {
    let mut lines: Vec<String> = rule.lines().map(str::to_owned).collect();
    let clauses: Vec<usize> = (0..lines.len())
        .filter(|at| lines[*at].starts_with("    when "))
        .collect();
    if let [first, second, ..] = clauses.as_slice() {
        let condition = |at: usize| lines[at].trim_start_matches("    when ").to_owned();
        lines[*first] = format!(
            "    when ({}) and ({})",
            condition(*second),
            condition(*first)
        );
        lines.remove(*second);
    }
    lines.join("\n") + "\n"
}

#[test]
fn a_set_that_is_only_written_otherwise_has_no_difference() {
    slow_law("rewritten", case(), |case| {
        let old = Side::new(&texts(case), &case.settings).ok_or("it does not compile")?;
        let rewritten = rewritten(case);
        let new = Side::new(&rewritten, &case.settings)
            .ok_or_else(|| format!("it does not compile rewritten: {rewritten:?}"))?;
        let found = old.compared(&new);
        if found.is_change() {
            return Err(format!("{found:#?}"));
        }
        Ok(())
    });
}

/// A change of one rule.
#[derive(Debug, Clone)]
enum Edit {
    /// A line of it goes.
    Line(Index),
    /// A number of it is greater by one.
    Number(Index),
    /// A word of it is another.
    Word(Index),
    /// It goes, with its waivers.
    Rule,
}

const WORDS: [(&str, &str); 8] = [
    (" and ", " or "),
    (" or ", " and "),
    (" < ", " <= "),
    (" > ", " >= "),
    (" == ", " != "),
    ("propose", "escalate"),
    ("escalate", "forbid"),
    ("scale", "restart"),
];

/// Returns a case with a few changes of its rules.
fn edited() -> impl Strategy<Value = (Case, Case)> {
    let edit = prop_oneof![
        3 => any::<Index>().prop_map(Edit::Line),
        4 => any::<Index>().prop_map(Edit::Number),
        4 => any::<Index>().prop_map(Edit::Word),
        1 => Just(Edit::Rule),
    ];
    let edits = prop::collection::vec((any::<Index>(), edit), 1..3);
    (case(), edits).prop_map(|(case, edits)| {
        let mut other = case.clone();
        for (rule, edit) in edits {
            apply(&mut other, rule, &edit);
        }
        (case, other)
    })
}

fn apply(case: &mut Case, rule: Index, edit: &Edit) {
    let files = case.set.files.iter().enumerate();
    let rules: Vec<(usize, usize)> = files
        .flat_map(|(file, rules)| (0..rules.rules.len()).map(move |rule| (file, rule)))
        .collect();
    let Some((file, rule)) = (!rules.is_empty()).then(|| *rule.get(&rules)) else {
        return;
    };
    let rules = &mut case.set.files[file].rules;
    let text = rules[rule].text.clone();
    rules[rule].text = match edit {
        Edit::Rule => {
            let gone = rules.remove(rule);
            let is_left = |keyword: &str, name: &str| keyword != "waive" || name != gone.name;
            rules.retain(|rule| is_left(rule.keyword, &rule.name));
            return;
        }
        Edit::Line(at) => {
            let lines: Vec<&str> = text.lines().collect();
            let at = at.index(lines.len());
            let kept = lines.iter().enumerate().filter(|(number, _)| *number != at);
            kept.map(|(_, line)| format!("{line}\n")).collect()
        }
        Edit::Number(at) => more(&text, *at),
        Edit::Word(at) => {
            let there: Vec<_> = WORDS
                .iter()
                .filter(|(word, _)| text.contains(word))
                .collect();
            if there.is_empty() {
                return;
            }
            let (from, to) = at.get(&there);
            text.replacen(from, to, 1)
        }
    };
}

/// Returns a text of which one number, not at the end of a name, is greater by one.
fn more(text: &str, at: Index) -> String {
    let bytes = text.as_bytes();
    let starts: BTreeSet<usize> = (1..bytes.len())
        .filter(|at| bytes[*at].is_ascii_digit() && matches!(bytes[*at - 1], b' ' | b'('))
        .collect();
    let starts: Vec<usize> = starts.into_iter().collect();
    if starts.is_empty() {
        return text.to_owned();
    }
    let start = *at.get(&starts);
    let length = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (before, rest) = text.split_at(start);
    let (number, after) = rest.split_at(length);
    let number: u64 = number.parse().unwrap_or_default();
    format!("{before}{}{after}", number + 1)
}

#[test]
fn what_a_comparison_claims_is_so() {
    law("compared", edited(), |(case, other)| {
        let old = Side::new(&texts(case), &case.settings).ok_or("it does not compile")?;
        // Not every edit makes a policy.
        let Some(new) = Side::new(&texts(other), &other.settings) else {
            return Ok(());
        };
        let found = old.compared(&new);
        let direction = if found.is_change() {
            found.direction()
        } else {
            Direction::Same
        };
        for (at, (then, now)) in old
            .decide(case)
            .into_iter()
            .zip(new.decide(case))
            .enumerate()
        {
            let holds = match direction {
                Direction::Same => then == now,
                Direction::Stricter => then.0 <= now.0 && then.1 <= now.1,
                Direction::Milder => then.0 >= now.0 && then.1 >= now.1,
                Direction::Different => true,
            };
            if !holds {
                let request = &case.requests[at];
                return Err(format!(
                    "{direction:?}: {then:?} became {now:?}\n{request:?}\n{other:?}\n{found:#?}"
                ));
            }
        }
        Ok(())
    });
}
