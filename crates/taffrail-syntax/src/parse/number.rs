//! Numbers, durations and times that are almost right.

use crate::diagnostic::Diagnostic;
use crate::span::Span;

use super::context::Context;

/// Explains a number that the grammar refused; `start` is its first digits.
pub(super) fn explain(context: Context<'_>, start: Span) -> Diagnostic {
    let rest = context.text(Span::new(start.start as usize, context.tokens.text.len()));
    let length = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.:%+-".contains(byte))
        .count();
    let written = rest
        .get(..length)
        .unwrap_or("")
        .trim_end_matches(['.', ':', '+', '-']);
    let place = context.location(Span::new(
        start.start as usize,
        start.start as usize + written.len(),
    ));
    if looks_like_time(written) {
        let error = Diagnostic::error(
            "invalid-time",
            place,
            format!("`{written}` is not a date or time"),
        );
        return error.hint("write `2026-12-20`, or `2026-12-20T08:00Z` with `Z` or an offset such as `+01:00` at the end");
    }
    let error = |code, message: String| Diagnostic::error(code, place, message);
    let digits = written
        .trim_start_matches(|character: char| character.is_ascii_digit() || character == '.');
    let number = || format!("`{written}` is not a number");
    if written.contains('_') {
        let plain = written.replace('_', "");
        let error = error("invalid-number", number())
            .hint(format!("digits are written without `_`: `{plain}`"));
        return error.fix(place, plain);
    }
    if written.starts_with("0x") || written.starts_with("0b") || written.starts_with("0o") {
        return error("invalid-number", number()).hint("numbers are decimal");
    }
    if digits.starts_with(['e', 'E']) {
        return error("invalid-number", number())
            .hint("there are no exponents; write the zeros, or a suffix such as `M`");
    }
    if digits.starts_with('%') {
        return error("invalid-number", number())
            .hint("`%` after a digit is percent; put spaces around it to divide");
    }
    if let Some(unit) = long_unit(digits) {
        return error("invalid-duration", format!("`{written}` is not a duration")).hint(format!(
            "write the unit as `{unit}`; the units are `w`, `d`, `h`, `m`, `s` and `ms`"
        ));
    }
    if written.contains('.') && digits.starts_with(['s', 'h', 'd', 'w']) {
        return error("invalid-duration", format!("`{written}` is not a duration"))
            .hint("a duration has whole numbers: `1h30m`");
    }
    error("invalid-number", number())
        .hint("the suffixes are `%`, `n`, `u`, `m`, `k`, `M`, `G`, `T`, `P`, `E`, `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei`")
        .hint("the units of a duration are `w`, `d`, `h`, `m`, `s` and `ms`: `1h30m`")
}

/// Tells whether a text begins with a year and a month.
fn looks_like_time(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.by_ref().take(4).filter(u8::is_ascii_digit).count() == 4
        && bytes.next() == Some(b'-')
        && bytes.next().is_some_and(|byte| byte.is_ascii_digit())
        && text.matches(['-', ':']).count() > 1
}

fn long_unit(suffix: &str) -> Option<&'static str> {
    match suffix.to_ascii_lowercase().as_str() {
        "sec" | "secs" | "second" | "seconds" => Some("s"),
        "min" | "mins" | "minute" | "minutes" => Some("m"),
        "hr" | "hrs" | "hour" | "hours" => Some("h"),
        "day" | "days" => Some("d"),
        "week" | "weeks" => Some("w"),
        _ => None,
    }
}
