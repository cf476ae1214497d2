//! What came of tests as JUnit's XML, a suite a module.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use taffrail_syntax::{SourceTable, Style};
use taffrail_tools::TestResult;

use crate::failure::Failure;

/// Returns the report. Each result comes with the time that it took.
pub(crate) fn tests(
    results: &[(TestResult, Duration)],
    sources: &SourceTable,
) -> Result<String, Failure> {
    let mut report = Report::new("taffrail");
    report.set_time(results.iter().map(|(_, time)| *time).sum());
    for same_module in results.chunk_by(|(a, _), (b, _)| a.module == b.module) {
        let module = same_module.first().map_or("", |(first, _)| &first.module);
        let mut suite = TestSuite::new(module);
        suite.set_time(same_module.iter().map(|(_, time)| *time).sum());
        suite.add_test_cases(
            same_module
                .iter()
                .map(|(result, time)| case(result, *time, sources)),
        );
        report.add_test_suite(suite);
    }
    let mut text = report.to_string()?;
    text.push('\n');
    Ok(text)
}

fn case(result: &TestResult, time: Duration, sources: &SourceTable) -> TestCase {
    let name = match &result.case {
        Some(case) => format!("{} / {case}", result.title),
        None => result.title.clone(),
    };
    let mut case = TestCase::new(name, status(result, sources));
    case.set_classname(result.module.as_str()).set_time(time);
    if let Some(source) = sources.get(result.location.source) {
        let (line, _) = source.line_column(result.location.span.start);
        case.extra
            .insert("file".into(), source.name.as_str().into());
        case.extra.insert("line".into(), line.to_string().into());
    }
    case
}

fn status(result: &TestResult, sources: &SourceTable) -> TestCaseStatus {
    let Some(first) = result.failures.first() else {
        return TestCaseStatus::success();
    };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status
        .set_message(first.message.as_str())
        .set_type(first.code)
        .set_description(result.explanation(sources, Style::default()));
    status
}
