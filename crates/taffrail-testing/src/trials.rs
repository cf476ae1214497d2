//! From a folder to the tests that the harness runs.

use libtest_mimic::{Arguments, Failed, Trial};
use similar::TextDiff;
use taffrail_tools::coverage::coverage;
use taffrail_tools::{Draws, LintInput, Suite, TestCase, lint, test_cases, wrong_names};

use crate::failure::{Looks, diagnostics};
use crate::folder::Folder;
use crate::harness::{Strictness, Warnings};
use crate::snapshots::{self, Update};

/// Returns the three checks of a folder and its tests; of one that cannot be read, a check that says so.
pub(crate) fn of(
    folder: Result<Folder, String>,
    prefix: &str,
    strictness: Strictness,
    arguments: &Arguments,
) -> Vec<Trial> {
    let looks = Looks::of(arguments);
    let named = |name: &str| format!("{prefix}{name}");
    let folder: &'static Folder = match folder {
        // Tests borrow it from their threads until the program ends.
        Ok(folder) => Box::leak(Box::new(folder)),
        Err(message) => {
            return vec![Trial::test(named("check"), move || {
                Err(Failed::from(message))
            })];
        }
    };
    let mut trials = vec![
        Trial::test(named("check"), move || check(folder, looks)),
        Trial::test(named("format"), move || format(folder, looks)),
        Trial::test(named("lint"), move || linted(folder, strictness, looks)),
    ];
    if let Some(least) = strictness.least_coverage {
        trials.push(Trial::test(named("coverage"), move || {
            covered(folder, least)
        }));
    }
    let cases = test_cases(&folder.sources.table, &folder.compiled.module);
    let draws = draws();
    if cases.is_empty() && !arguments.list {
        let place = folder.sources.folder.as_deref();
        say_untested(&place.map_or_else(String::new, |place| place.display().to_string()));
    }
    trials.extend(cases.into_iter().map(|case| {
        let case = case.with_draws(draws);
        Trial::test(named(&case.name()), move || run(folder, &case, looks))
    }));
    trials
}

fn check(folder: &Folder, looks: Looks) -> Result<(), Failed> {
    let names = wrong_names(&folder.compiled.module);
    let found = folder.compiled.diagnostics.iter().chain(&names);
    let errors = found.filter(|found| found.is_error());
    diagnostics(errors, &folder.shown, looks)
}

fn linted(folder: &Folder, strictness: Strictness, looks: Looks) -> Result<(), Failed> {
    let Some(program) = &folder.program else {
        return Err("the policies do not compile: see `check`".into());
    };
    let found = lint(&LintInput {
        sources: &folder.sources.table,
        compiled: &folder.compiled,
        program,
        read: &|source, path| folder.sources.read_beside(source, path),
        today: strictness.today,
        levels: &folder.levels,
    });
    let fails = found
        .iter()
        .filter(|finding| finding.is_error() || strictness.warnings == Warnings::Deny);
    diagnostics(fails, &folder.shown, looks)
}

fn covered(folder: &Folder, least: u8) -> Result<(), Failed> {
    let Some(program) = &folder.program else {
        return Err("the policies do not compile: see `check`".into());
    };
    let suite = Suite {
        sources: &folder.sources.table,
        module: &folder.compiled.module,
        program,
        read: &|source, path| folder.sources.read_beside(source, path),
    };
    let found = coverage(&suite, &folder.compiled.source_map, None);
    let total = found.counts().total();
    if total.permille() >= usize::from(least).saturating_mul(10) {
        return Ok(());
    }
    Err(format!(
        "the tests exercise {} % of the policies, and {least} % is asked for\nhelp: `taffrail coverage` shows what they leave out",
        total.percent()
    )
    .into())
}

/// Shows what the formatter would change. A file with mistakes is `check`'s to tell of.
fn format(folder: &Folder, looks: Looks) -> Result<(), Failed> {
    let mut differences = String::new();
    for (_, source) in folder.shown.iter() {
        let Ok(formatted) = taffrail_syntax::format(&source.text) else {
            continue;
        };
        let difference = TextDiff::from_lines(source.text.as_str(), formatted.as_str())
            .unified_diff()
            .header(&source.name, "formatted")
            .to_string();
        differences.push_str(&looks.difference(&difference));
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("{differences}\nhelp: `taffrail fmt` writes the form into the files").into())
}

fn run(folder: &Folder, case: &TestCase<'_>, looks: Looks) -> Result<(), Failed> {
    let Some(program) = &folder.program else {
        return Err("the policies do not compile: see `check`".into());
    };
    let mut result = case.run(&Suite {
        sources: &folder.sources.table,
        module: &folder.compiled.module,
        program,
        read: &|source, path| folder.sources.read_beside(source, path),
    });
    if let (Some(snapshot), Some(place)) = (&result.snapshot, &folder.sources.folder) {
        let settled = snapshots::settle(snapshot, place, Update::from_environment());
        let accepted = settled
            .map_err(|(path, error)| format!("cannot write `{}`: {error}", path.display()))?;
        if accepted {
            result.accept_snapshot();
        }
    }
    if result.passed() {
        return Ok(());
    }
    Err(result.explanation(&folder.shown, looks.style()).into())
}

/// Reads how many requests are drawn from the environment, where it says so.
fn draws() -> Draws {
    let number = |name| std::env::var(name).ok()?.parse().ok();
    let own = Draws::default();
    Draws {
        cases: number("TAFFRAIL_TEST_CASES").map_or(own.cases, |cases: u64| {
            u32::try_from(cases).unwrap_or(u32::MAX)
        }),
        seed: number("TAFFRAIL_TEST_SEED").unwrap_or(own.seed),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a harness speaks to the terminal, and has no test to say this in"
)]
fn say_untested(folder: &str) {
    eprintln!(
        "warning: the policies in `{folder}` have no tests, so nothing but their form is tried"
    );
}
