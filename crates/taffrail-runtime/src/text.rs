//! Durations, instants and dates as text.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::decimal::Decimal;

/// Units of a duration with their nanoseconds, the greatest first.
const UNITS: [(&str, i128); 6] = [
    ("w", 604_800_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
];

/// Returns a duration as the language writes it; what is below a second in milliseconds.
///
/// ```
/// # use jiff::SignedDuration;
/// # use taffrail_runtime::text::duration;
/// assert_eq!(duration(SignedDuration::from_secs(90)), "1m30s");
/// assert_eq!(duration(SignedDuration::from_millis(-1500)), "-1s500ms");
/// ```
#[must_use]
pub fn duration(duration: SignedDuration) -> String {
    let mut rest = duration.as_nanos();
    if rest == 0 {
        return "0s".into();
    }
    let mut text = String::new();
    if rest < 0 {
        text.push('-');
        rest = rest.saturating_neg();
    }
    // Weeks are read but not written: `14d` says more than `2w`.
    for (unit, nanos) in UNITS.into_iter().skip(1) {
        let count = if unit == "ms" {
            Decimal::new(rest, 6)
        } else {
            rest.checked_div(nanos)
                .and_then(|whole| Decimal::new(whole, 0))
        };
        if let Some(count) = count.filter(|count| *count != Decimal::ZERO) {
            text.push_str(&count.to_string());
            text.push_str(unit);
        }
        rest = rest.checked_rem(nanos).unwrap_or(0);
    }
    text
}

/// Returns an instant in UTC, after RFC 3339.
///
/// ```
/// # use taffrail_runtime::text::{parse_time, time};
/// assert_eq!(time(parse_time("2026-12-20T09:00+01:00").unwrap()), "2026-12-20T08:00:00Z");
/// ```
#[must_use]
pub fn time(time: Timestamp) -> String {
    time.to_string()
}

/// Reads a duration: numbers with the units `w d h m s ms`, from great to small, each at most once.
///
/// ```
/// # use jiff::SignedDuration;
/// # use taffrail_runtime::text::parse_duration;
/// assert_eq!(parse_duration("1h30m"), Some(SignedDuration::from_mins(90)));
/// assert_eq!(parse_duration("30m1h"), None);
/// assert_eq!(parse_duration("90"), None);
/// ```
#[must_use]
pub fn parse_duration(text: &str) -> Option<SignedDuration> {
    let unsigned = text.strip_prefix('-');
    let mut rest = unsigned.unwrap_or(text);
    let mut units = UNITS.into_iter();
    let mut total = Decimal::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let behind_number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let number = Decimal::parse(rest.strip_suffix(behind_number)?)?;
        rest = behind_number.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let unit = behind_number.strip_suffix(rest)?;
        // The iterator moves on, so a unit that was passed is not found again.
        let (_, nanos) = units.find(|(name, _)| *name == unit)?;
        let part = number.checked_mul(Decimal::new(nanos, 0)?)?;
        total = total.checked_add(part)?;
    }
    let nanos = if unsigned.is_some() {
        total.neg()
    } else {
        total
    };
    SignedDuration::try_from_nanos_i128(nanos.to_i128()?)
}

/// Reads an instant after RFC 3339, seconds optional; a plain date is its midnight in UTC.
///
/// ```
/// # use taffrail_runtime::text::parse_time;
/// assert_eq!(parse_time("2026-12-20"), parse_time("2026-12-20T00:00Z"));
/// assert_eq!(parse_time("2026-12-20T08:00"), None, "no offset, no instant");
/// ```
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    if let Some(date) = parse_date(text) {
        return TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok();
    }
    // jiff reads more than RFC 3339, for example weeks, spaces and bracketed zones.
    let (date, clock) = text.split_once(['T', 't'])?;
    parse_date(date)?;
    let clock_is_plain = clock
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b":.+-Zz".contains(&byte));
    let has_minutes = clock.as_bytes().get(2) == Some(&b':');
    if !clock_is_plain || !has_minutes {
        return None;
    }
    text.parse().ok()
}

/// Reads a date of the form `2026-12-20`.
///
/// ```
/// # use taffrail_runtime::text::parse_date;
/// assert!(parse_date("2026-12-20").is_some());
/// assert!(parse_date("2026-02-30").is_none());
/// ```
#[must_use]
pub fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let year = i16::try_from(digits(parts.next()?, 4)?).ok()?;
    let month = i8::try_from(digits(parts.next()?, 2)?).ok()?;
    let day = i8::try_from(digits(parts.next()?, 2)?).ok()?;
    Date::new(year, month, day).ok()
}

/// Reads exactly `count` digits.
pub(crate) fn digits(text: &str, count: usize) -> Option<u32> {
    let plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_read_and_write_their_units() {
        for (text, written) in [
            ("90s", "1m30s"),
            ("1h30m", "1h30m"),
            ("7d", "7d"),
            ("2w", "14d"),
            ("1w1d1h1m1s1ms", "8d1h1m1s1ms"),
            ("0s", "0s"),
            ("250ms", "250ms"),
            ("1.5h", "1h30m"),
            ("0.5ms", "0.5ms"),
            ("-5m", "-5m"),
        ] {
            assert_eq!(duration(parse_duration(text).unwrap()), written, "{text}");
        }
    }

    #[test]
    fn other_text_is_no_duration() {
        for text in [
            "",
            "-",
            "5",
            "m",
            "5 m",
            "5m5m",
            "1s1h",
            "5mm",
            "5M",
            "5us",
            "--5m",
            "1e3s",
            "99999999999999999999w",
            "1.5.5h",
            "0.0000001ms",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn instants_need_an_offset_and_minutes() {
        for (text, written) in [
            ("2026-11-22T10:00Z", "2026-11-22T10:00:00Z"),
            ("2026-11-22t10:00:05z", "2026-11-22T10:00:05Z"),
            ("2026-11-22T10:00:05.25+02:00", "2026-11-22T08:00:05.25Z"),
            ("2026-11-22", "2026-11-22T00:00:00Z"),
        ] {
            assert_eq!(time(parse_time(text).unwrap()), written, "{text}");
        }
        for text in [
            "",
            "2026-11-22T10:00",
            "2026-11-22T10Z",
            "2026-11-22 10:00Z",
            "20261122T100000Z",
            "2026-11-22T10:00Z[UTC]",
            "2026-11-22T10:00+01:00[Europe/Berlin]",
            "2026-11-22T",
            "2026-11-22T25:00Z",
            "2026-13-01",
            "2026-1-1",
            "-2026-11-22",
            "2026-11-22T10:00Zjunk",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_duration_reads_back(seconds: i64, nanos in 0..1_000_000_000_i32) {
            let original = SignedDuration::new(seconds, nanos);
            prop_assert_eq!(parse_duration(&duration(original)), Some(original));
        }

        #[test]
        fn every_instant_reads_back(second in -62_135_596_800..253_402_207_200_i64, nanos in 0..1_000_000_000_i32) {
            let original = Timestamp::new(second, nanos).unwrap();
            prop_assert_eq!(parse_time(&time(original)), Some(original));
        }

        #[test]
        fn no_text_panics(text in "[-0-9wdhms.:TZ+]{0,24}|.{0,12}") {
            let _ = parse_duration(&text);
            let _ = parse_time(&text);
        }
    }
}
