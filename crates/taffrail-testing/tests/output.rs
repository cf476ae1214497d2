//! What the harness prints and answers: this program runs itself on small folders, as cargo and cargo-nextest would.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says what is missing"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};

use libtest_mimic::{Arguments, Failed, Trial};
use taffrail_testing::Harness;

/// When this is set, the program is the harness over the folders that it names.
const FOLDERS: &str = "TAFFRAIL_TESTING_FOLDERS";

/// How much the harness asks for.
const LEAST_COVERAGE: &str = "TAFFRAIL_TESTING_COVERAGE";

const GOOD: &str = r#"policy shop.scaling

param most: number = 2

/// Small steps up need nobody.
grant small_steps {
    on scale of Deployment
    when principal.kind == agent
    when (proposed.spec.replicas ?? 1) > (current.spec.replicas ?? 1)
    when (proposed.spec.replicas ?? 1) <= (current.spec.replicas ?? 1) + most
}

test "one more is fine" {
    given {
        verb: scale
        target: Deployment "shop/cart"
        principal: agent "healer"
        current: { spec: { replicas: 4 } }
        proposed: { spec: { replicas: 5 } }
    }
    expect execute
    expect grant small_steps

    case "many more are not" {
        proposed: { spec: { replicas: 9 } }
    }
    expect propose
    expect no grant small_steps
}
"#;

fn main() -> ExitCode {
    if let Ok(folders) = std::env::var(FOLDERS) {
        let today = "2026-11-23".parse().expect("a date");
        let harness = Harness::new().today(today);
        let harness = match std::env::var(LEAST_COVERAGE) {
            Ok(percent) => harness.least_coverage(percent.parse().expect("a percentage")),
            Err(_) => harness,
        };
        return folders
            .split(',')
            .fold(harness, |harness, folder| harness.folder(folder))
            .run();
    }
    let tests: [(&str, fn()); 10] = [
        (
            "every test and case is a test of its own",
            every_test_and_case_is_a_test_of_its_own,
        ),
        (
            "a test is found by its exact name",
            a_test_is_found_by_its_exact_name,
        ),
        ("a filter picks tests", a_filter_picks_tests),
        (
            "a failure shows what was decided and why",
            a_failure_shows_what_was_decided_and_why,
        ),
        (
            "policies that do not compile fail every test",
            policies_that_do_not_compile_fail_every_test,
        ),
        ("an untidy file fails", an_untidy_file_fails),
        (
            "a finding of the linter fails",
            a_finding_of_the_linter_fails,
        ),
        (
            "a folder without tests is warned of",
            a_folder_without_tests_is_warned_of,
        ),
        (
            "a folder that is not there fails",
            a_folder_that_is_not_there_fails,
        ),
        ("too little coverage fails", too_little_coverage_fails),
    ];
    let trials = tests
        .into_iter()
        .map(|(name, test)| {
            Trial::test(name, move || {
                test();
                Ok::<(), Failed>(())
            })
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn every_test_and_case_is_a_test_of_its_own() {
    let output = run(&folder("listed", GOOD), &["--list", "--format", "terse"]);
    assert_eq!(
        stdout(&output),
        "check: test\n\
         format: test\n\
         lint: test\n\
         shop.scaling: one more is fine: test\n\
         shop.scaling: one more is fine / many more are not: test\n"
    );
    assert!(output.status.success());
    let output = run(&folder("whole", GOOD), &[]);
    assert!(
        stdout(&output).contains("test result: ok. 5 passed; 0 failed"),
        "{}",
        stdout(&output)
    );
    assert!(output.status.success());
}

fn a_test_is_found_by_its_exact_name() {
    let name = "shop.scaling: one more is fine";
    let output = run(&folder("exact", GOOD), &["--exact", name, "--nocapture"]);
    assert!(
        stdout(&output).contains("1 passed; 0 failed; 0 ignored; 0 measured; 4 filtered out"),
        "{}",
        stdout(&output)
    );
}

fn a_filter_picks_tests() {
    let output = run(&folder("filter", GOOD), &["many more"]);
    assert!(
        stdout(&output).contains("1 passed; 0 failed; 0 ignored; 0 measured; 4 filtered out"),
        "{}",
        stdout(&output)
    );
}

fn a_failure_shows_what_was_decided_and_why() {
    let output = run(
        &folder(
            "failing",
            &GOOD.replace("param most: number = 2", "param most: number = 0"),
        ),
        &["one more"],
    );
    assert!(!output.status.success());
    insta::assert_snapshot!("a_failed_test", shown(&output));
}

fn policies_that_do_not_compile_fail_every_test() {
    let output = run(
        &folder("broken", &GOOD.replace("+ most", "+ moist")),
        &["--skip", "lint"],
    );
    assert!(!output.status.success());
    insta::assert_snapshot!("broken_policies", shown(&output));
}

fn an_untidy_file_fails() {
    let output = run(
        &folder("untidy", &GOOD.replace("    on scale", "  on  scale")),
        &["format"],
    );
    assert!(!output.status.success());
    insta::assert_snapshot!("an_untidy_file", shown(&output));
}

fn a_finding_of_the_linter_fails() {
    let output = run(
        &folder("linted", &GOOD.replace(" + most", " + 2")),
        &["lint"],
    );
    assert!(!output.status.success());
    insta::assert_snapshot!("a_finding", shown(&output));
}

fn a_folder_without_tests_is_warned_of() {
    let text = GOOD.split("test \"").next().expect("a first part");
    let output = run(&folder("untested", text), &["check"]);
    assert!(output.status.success());
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("have no tests"),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn a_folder_that_is_not_there_fails() {
    let output = run(Path::new("no/such/folder"), &[]);
    assert!(!output.status.success());
    assert!(
        stdout(&output).contains("cannot read `"),
        "{}",
        stdout(&output)
    );
}

fn too_little_coverage_fails() {
    let asked = |folder: &Path, percent: &str| {
        command(folder, &["coverage"])
            .env(LEAST_COVERAGE, percent)
            .output()
            .expect("it runs")
    };
    let good = folder("covered", GOOD);
    let output = asked(&good, "50");
    assert!(stdout(&output).contains("1 passed"), "{}", stdout(&output));
    let output = asked(&good, "100");
    assert!(!output.status.success());
    insta::assert_snapshot!("too_little_coverage", shown(&output));
}

/// Writes a folder of one file.
fn folder(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("testing-{name}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("scaling.guard"), text).expect("a file");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("it runs")
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(arguments)
        .args(["--color", "never", "--test-threads", "1"])
        .env(FOLDERS, folder)
        .env_remove(LEAST_COVERAGE);
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The output without what differs from run to run.
fn shown(output: &Output) -> String {
    let folder = env!("CARGO_TARGET_TMPDIR");
    stdout(output)
        .replace(folder, "TMP")
        .lines()
        .map(|line| {
            line.split("; finished in")
                .next()
                .unwrap_or(line)
                .trim_end()
        })
        .map(|line| format!("{line}\n"))
        .collect()
}
