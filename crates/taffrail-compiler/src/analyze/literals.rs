//! Numbers, durations and times as written, turned into values.

use taffrail_runtime::{Decimal, Type, Value, quantity, text};
use taffrail_syntax::{Diagnostic, Location, Span};

use super::checker::Checker;
use crate::typed::Expr;

impl Checker<'_, '_> {
    /// Returns the value of a number with its suffix. A lone `5m` is minutes or thousandths by what is
    /// expected.
    pub(super) fn number(
        &mut self,
        digits: &str,
        suffix: &str,
        span: Span,
        expected: Option<&Type>,
    ) -> Expr {
        if suffix == "m" {
            match expected {
                Some(Type::Duration) => return self.duration(&format!("{digits}m"), span),
                Some(Type::Number) => {}
                _ => return self.ambiguous_minutes(digits, span),
            }
        }
        match decimal(digits, suffix) {
            Some(number) => self.constant(Value::Number(number), Type::Number, span),
            None => self.invalid(
                Diagnostic::error(
                    "number-out-of-range",
                    self.at(span),
                    format!("`{digits}{suffix}` is beyond the range of exact numbers"),
                )
                .hint("numbers have up to 38 digits"),
            ),
        }
    }

    fn ambiguous_minutes(&mut self, digits: &str, span: Span) -> Expr {
        let seconds = decimal(digits, "")
            .and_then(|minutes| minutes.checked_mul(Decimal::from(60_i64)))
            .map_or_else(|| "300s".to_owned(), |seconds| format!("{seconds}s"));
        let thousandths =
            decimal(digits, "m").map_or_else(|| "0.005".to_owned(), |number| number.to_string());
        self.invalid(
            Diagnostic::error(
                "ambiguous-minutes",
                self.at(span),
                format!("`{digits}m` may be minutes or thousandths, and nothing here says which"),
            )
            .at("minutes or thousandths?")
            .hint(format!("for minutes write `{seconds}`"))
            .hint(format!("for thousandths write `{thousandths}`")),
        )
    }

    /// Returns the value of a duration as written.
    pub(super) fn duration(&mut self, written: &str, span: Span) -> Expr {
        match text::parse_duration(written) {
            Some(duration) => self.constant(Value::Duration(duration), Type::Duration, span),
            None => self.invalid(
                Diagnostic::error(
                    "invalid-duration",
                    self.at(span),
                    format!("`{written}` is not a duration"),
                )
                .hint("write the units from great to small, each once: `1h30m`, `90s`, `7d`"),
            ),
        }
    }

    /// Returns the instant of a date or time as written.
    pub(super) fn time(&mut self, written: &str, span: Span) -> Expr {
        match text::parse_time(written) {
            Some(time) => self.constant(Value::Time(time), Type::Time, span),
            None => self.invalid(invalid_time(written, self.at(span))),
        }
    }
}

/// Returns what to say about a time that no calendar has.
pub(super) fn invalid_time(written: &str, location: Location) -> Diagnostic {
    Diagnostic::error(
        "invalid-time",
        location,
        format!("`{written}` is not a day or time of the calendar"),
    )
    .hint("write a day as `2026-12-20`, an instant as `2026-12-20T08:00Z` or with an offset such as `+01:00`")
}

/// Returns the number of digits with a suffix.
fn decimal(digits: &str, suffix: &str) -> Option<Decimal> {
    match suffix {
        "" => Decimal::parse(digits),
        "%" => Decimal::parse(digits)?.checked_mul(Decimal::new(1, 2)?),
        _ => quantity::parse(&format!("{digits}{suffix}")),
    }
}
