//! What a policy's tests are given: their dates and times must be ones of the calendar.

use taffrail_runtime::text;
use taffrail_syntax::ast::{self, GivenValueKind};

use super::literals::invalid_time;
use super::scope::Context;

/// Reports the dates and times in tests that no calendar has.
pub(super) fn check(ctx: &mut Context<'_>) {
    let files = ctx.files;
    for (at, file) in files.iter().enumerate() {
        for item in &file.ast.items {
            let ast::ItemKind::Test(test) = &item.kind else {
                continue;
            };
            let cases = test.cases.iter().flat_map(|case| &case.entries);
            for entry in test.given.entries.iter().chain(cases) {
                check_value(ctx, at, &entry.value);
            }
        }
    }
}

fn check_value(ctx: &mut Context<'_>, file: usize, value: &ast::GivenValue) {
    match &value.kind {
        GivenValueKind::Literal(expr) => {
            if let ast::ExprKind::Time(written) = &expr.kind
                && text::parse_time(written).is_none()
            {
                let location = ctx.at(file, value.span);
                ctx.report(invalid_time(written, location));
            }
        }
        GivenValueKind::List(items) => {
            for item in items {
                check_value(ctx, file, item);
            }
        }
        GivenValueKind::Map(entries) => {
            for entry in entries {
                check_value(ctx, file, &entry.value);
            }
        }
        GivenValueKind::Observed { value, .. } => check_value(ctx, file, value),
        GivenValueKind::Word(_) | GivenValueKind::Named { .. } => {}
    }
}
