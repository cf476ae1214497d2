//! Calls over constants, tried when the set is compiled, so that a wrong zone, date or address range is
//! an error. Windows of constants become constants.

use std::borrow::Cow;

use taffrail_runtime::builtins::{self, Builtin};
use taffrail_runtime::{Cause, Causes, Type, Value, text};
use taffrail_syntax::{Diagnostic, Location, Span, ast};

use super::checker::Checker;
use crate::typed::{Expr, ExprKind};

/// A zone that is always there, to try the other arguments with.
const UTC: &str = "UTC";

/// Tells whether a constant is a window without one start and one end.
pub(super) fn is_recurring(constant: &Value) -> bool {
    match constant {
        Value::Window(window) => window.start().is_none(),
        _ => false,
    }
}

impl Checker<'_, '_> {
    /// Returns the call of a function, folded where it makes a window of constants.
    pub(super) fn call_or_window(
        &mut self,
        builtin: Builtin,
        mut typed: Vec<Expr>,
        written: &[ast::Argument],
        span: Span,
        ty: Type,
    ) -> Expr {
        if ty == Type::Window {
            for (typed, written) in typed.iter_mut().zip(written) {
                keep_as_written(typed, &written.value);
            }
            if let Some(window) = self.folded(builtin, &typed, span) {
                return window;
            }
        } else {
            self.try_constants(builtin, &typed, span);
        }
        self.expr(ExprKind::Call(builtin, typed), ty, span)
    }

    /// Reports a function that cannot make sense of its constant arguments, such as `cidr("10.0.0.0/99")`.
    fn try_constants(&mut self, builtin: Builtin, typed: &[Expr], span: Span) {
        let constants: Option<Vec<Cow<'_, Value>>> = typed
            .iter()
            .map(|argument| super::constant(self.ctx, argument).map(Cow::Owned))
            .collect();
        let Some(constants) = constants.filter(|constants| !constants.is_empty()) else {
            return;
        };
        let Value::Unknown(causes) = builtins::call(builtin, &constants) else {
            return;
        };
        for cause in causes.iter() {
            if let Cause::InvalidArgument { reason, .. } = cause {
                let location = match typed {
                    [only] => only.location,
                    _ => self.at(span),
                };
                let name = builtin.name();
                self.ctx.report(
                    Diagnostic::error(
                        "invalid-argument",
                        location,
                        format!("`{name}` cannot take this: {reason}"),
                    )
                    .hint(format!("for example `{}`", builtin.signature().example)),
                );
            }
        }
    }

    fn folded(&mut self, builtin: Builtin, typed: &[Expr], span: Span) -> Option<Expr> {
        let [first, second, zone] = typed else {
            return None;
        };
        let (from, to) = (self.point(first)?, self.point(second)?);
        let zone_name = self.point(zone)?;
        let texts = [from.as_str(), to.as_str(), zone_name.as_str()];
        let value = match window(builtin, texts) {
            Ok(value) => value,
            Err(causes) => {
                let location = match at_fault(builtin, texts) {
                    Some(Part::First) => first.location,
                    Some(Part::Second) => second.location,
                    Some(Part::Zone) => zone.location,
                    None => self.at(span),
                };
                return Some(self.invalid(invalid_window(builtin, &causes, location)));
            }
        };
        Some(self.constant(value, Type::Window, span))
    }

    fn point(&self, typed: &Expr) -> Option<String> {
        match super::constant(self.ctx, typed)? {
            Value::String(text) => Some(text.into_string()),
            Value::Time(time) => Some(text::time(time)),
            _ => None,
        }
    }
}

/// Keeps a date as its text: only the window's zone says when that day starts.
fn keep_as_written(typed: &mut Expr, written: &ast::Expr) {
    if let ast::ExprKind::Time(date) = &written.kind
        && text::parse_date(date).is_some()
    {
        typed.kind = ExprKind::Constant(Value::string(date.as_str()));
        typed.ty = Type::String;
    }
}

fn window(builtin: Builtin, texts: [&str; 3]) -> Result<Value, Causes> {
    let arguments = texts.map(|text| Cow::Owned(Value::string(text)));
    match builtins::call(builtin, &arguments) {
        Value::Unknown(causes) => Err(causes),
        value => Ok(value),
    }
}

/// An argument of a window.
#[derive(Debug, Clone, Copy)]
enum Part {
    First,
    Second,
    Zone,
}

/// Returns the argument that alone makes the window impossible.
fn at_fault(builtin: Builtin, [from, to, zone]: [&str; 3]) -> Option<Part> {
    let (early, late) = match builtin {
        Builtin::Window => ("1000-01-01", "9000-01-01"),
        Builtin::Daily => ("00:00", "23:59"),
        _ => ("Mon 00:00", "Sun 23:59"),
    };
    let fails = |from, to, zone| window(builtin, [from, to, zone]).is_err();
    if fails(early, late, zone) {
        Some(Part::Zone)
    } else if fails(from, late, UTC) && fails(early, from, UTC) {
        Some(Part::First)
    } else if fails(early, to, UTC) && fails(to, late, UTC) {
        Some(Part::Second)
    } else {
        None
    }
}

fn invalid_window(builtin: Builtin, causes: &Causes, location: Location) -> Diagnostic {
    let reasons: Vec<String> = causes
        .iter()
        .map(|cause| match cause {
            Cause::InvalidArgument { reason, .. } => reason.clone(),
            other => other.to_string(),
        })
        .collect();
    let example = match builtin {
        Builtin::Window => "window(2026-12-20, 2027-01-04, \"Europe/Berlin\")",
        Builtin::Daily => "daily(\"22:00\", \"06:00\", \"Europe/Berlin\")",
        _ => "weekly(\"Fri 16:00\", \"Mon 08:00\", \"Europe/Berlin\")",
    };
    Diagnostic::error("invalid-window", location, reasons.join(", "))
        .hint(format!("for example `{example}`"))
}
