//! Windows of time: from the start, inclusive, to the end, exclusive, in a zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::text;
use super::value::Value;

/// A set of instants.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Window {
    Dated {
        start: Timestamp,
        end: Timestamp,
    },
    /// Recurring: from and to as minutes of a period of that many days.
    Recurring {
        from: i64,
        to: i64,
        days: i64,
        zone: TimeZone,
    },
}

impl Window {
    /// A date starts at midnight of the zone.
    pub(crate) fn dated(start: &str, end: &str, zone: &str) -> Option<Self> {
        let zone = TimeZone::get(zone).ok()?;
        let point = |text: &str| match text.parse::<Date>() {
            Ok(date) if text.len() == 10 => zone
                .to_timestamp(DateTime::from_parts(date, Time::midnight()))
                .ok(),
            _ => text::time(text),
        };
        Some(Self::Dated {
            start: point(start)?,
            end: point(end)?,
        })
    }

    pub(crate) fn daily(from: &str, to: &str, zone: &str) -> Option<Self> {
        Some(Self::Recurring {
            from: minutes(from)?,
            to: minutes(to)?,
            days: 1,
            zone: TimeZone::get(zone).ok()?,
        })
    }

    pub(crate) fn weekly(from: &str, to: &str, zone: &str) -> Option<Self> {
        let point = |text: &str| {
            let (day, clock) = text.split_once(' ')?;
            let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
                .iter()
                .position(|name| *name == day)?;
            Some(i64::try_from(day).ok()? * 1440 + minutes(clock)?)
        };
        Some(Self::Recurring {
            from: point(from)?,
            to: point(to)?,
            days: 7,
            zone: TimeZone::get(zone).ok()?,
        })
    }

    /// Tells whether an instant is inside; a recurring window goes by what the wall clock of its zone shows.
    pub(crate) fn holds(&self, at: Timestamp) -> bool {
        match self {
            Self::Dated { start, end } => *start <= at && at < *end,
            Self::Recurring {
                from,
                to,
                days,
                zone,
            } => {
                let local = at.to_zoned(zone.clone());
                let day = match days {
                    1 => 0,
                    _ => i64::from(local.weekday().to_monday_zero_offset()),
                };
                let shown = day * 1440 + i64::from(local.hour()) * 60 + i64::from(local.minute());
                if from < to {
                    *from <= shown && shown < *to
                } else {
                    *from <= shown || shown < *to
                }
            }
        }
    }

    pub(crate) fn field(&self, key: &str) -> Value {
        match (self, key) {
            (Self::Dated { start, .. }, "start") => Value::Time(*start),
            (Self::Dated { end, .. }, "end") => Value::Time(*end),
            _ => Value::Absent,
        }
    }
}

fn minutes(clock: &str) -> Option<i64> {
    let (hours, minutes) = clock.split_once(':')?;
    Some(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
}
