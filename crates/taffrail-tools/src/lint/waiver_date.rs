//! `waiver-expires` and `waiver-expired`: a waiver that ends soon, or has ended.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil::Date};
use taffrail_compiler::typed::RuleBody;
use taffrail_syntax::Diagnostic;

use super::subject::{Subject, last_word};

/// How many days before its last one a waiver is warned of.
const NOTICE_DAYS: i32 = 14;

/// Finds waivers whose last day lies behind today, or so little ahead that somebody should act.
pub(super) fn run(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &subject.module().rules {
        let RuleBody::Waiver {
            rule: waived,
            until,
            ..
        } = &rule.body
        else {
            continue;
        };
        let Some(left) = days_left(*until, subject.input.today) else {
            continue;
        };
        let waived = subject.module().rules.get(waived.0 as usize);
        let name = waived.map_or("", |rule| last_word(&rule.name));
        if left < 0 {
            let message = format!("this waiver of `{name}` has ended and forgives nothing");
            found.push(
                Diagnostic::warning("waiver-expired", rule.location, message)
                    .hint("remove it, or have it granted anew with a later `until`"),
            );
        } else if left < NOTICE_DAYS {
            let message = format!("this waiver of `{name}` ends {}", in_days(left));
            found.push(
                Diagnostic::warning("waiver-expires", rule.location, message).hint(format!(
                    "mend what `{name}` holds against, or have the waiver granted anew"
                )),
            );
        }
    }
}

/// Returns how many days after today the last day lies on which the waiver holds.
fn days_left(until: Timestamp, today: Date) -> Option<i32> {
    let last = until.checked_sub(SignedDuration::from_nanos(1)).ok()?;
    let last = last.to_zoned(TimeZone::UTC).date();
    today.until(last).ok().map(|span| span.get_days())
}

fn in_days(left: i32) -> String {
    match left {
        0 => "today".into(),
        1 => "tomorrow".into(),
        more => format!("in {more} days"),
    }
}
