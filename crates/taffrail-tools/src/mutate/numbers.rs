//! Thresholds, moved by one unit of what is written.

use jiff::ToSpan;
use jiff::civil::Date;
use taffrail_syntax::Span;

use super::Family;
use super::sites::Sites;

/// A number becomes one unit of its last digit more, and one less.
pub(super) fn number(sites: &mut Sites<'_>, span: Span, digits: &str, suffix: &str) {
    for more in [true, false] {
        if let Some(moved) = moved(digits, more) {
            sites.replace(span, &format!("{moved}{suffix}"), Family::Threshold);
        }
    }
}

/// A span of time becomes one of its last unit longer, and shorter.
pub(super) fn duration(sites: &mut Sites<'_>, span: Span, written: &str) {
    let unit_at = written
        .trim_end_matches(|c: char| c.is_ascii_alphabetic())
        .len();
    let (amounts, unit) = written.split_at_checked(unit_at).unwrap_or((written, ""));
    let last_at = amounts
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
        .len();
    let (before, last) = amounts.split_at_checked(last_at).unwrap_or(("", amounts));
    for more in [true, false] {
        if let Some(moved) = moved(last, more).filter(|moved| !moved.starts_with('-')) {
            sites.replace(span, &format!("{before}{moved}{unit}"), Family::Threshold);
        }
    }
}

/// A date becomes the day after, and the day before.
pub(super) fn date(sites: &mut Sites<'_>, span: Span, written: &str) {
    let (day, rest) = written.split_at_checked(10).unwrap_or((written, ""));
    let Ok(day) = day.parse::<Date>() else {
        return;
    };
    let moved = [day.checked_add(1.day()), day.checked_sub(1.day())];
    for moved in moved.into_iter().flatten() {
        sites.replace(span, &format!("{moved}{rest}"), Family::Threshold);
    }
}

/// Returns a decimal one unit of its last digit more or less.
fn moved(digits: &str, more: bool) -> Option<String> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let places = fraction.len();
    let scaled: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scaled = if more {
        scaled.checked_add(1)?
    } else {
        scaled.checked_sub(1)?
    };
    let sign = if scaled < 0 { "-" } else { "" };
    let all = format!(
        "{:0>width$}",
        scaled.unsigned_abs(),
        width = places.saturating_add(1)
    );
    if places == 0 {
        return Some(format!("{sign}{all}"));
    }
    let (whole, fraction) = all.split_at_checked(all.len().checked_sub(places)?)?;
    Some(format!("{sign}{whole}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn a_number_moves_by_one_unit_of_its_last_digit() {
        let both = |digits| (moved(digits, true).unwrap(), moved(digits, false).unwrap());
        assert_eq!(both("5"), ("6".into(), "4".into()));
        assert_eq!(both("0"), ("1".into(), "-1".into()));
        assert_eq!(both("9.99"), ("10.00".into(), "9.98".into()));
        assert_eq!(both("0.0"), ("0.1".into(), "-0.1".into()));
    }
}
