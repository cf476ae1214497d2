use proptest::prelude::*;

use super::*;

fn instant(text: &str) -> Timestamp {
    text::parse_time(text).unwrap()
}

fn boundary(window: &Window, after: &str) -> Option<String> {
    window.next_boundary(instant(after)).map(text::time)
}

#[test]
fn dated_windows_start_and_end_at_midnight_of_their_zone() {
    let freeze = Window::dated("2026-12-20", "2027-01-04", "Europe/Berlin").unwrap();
    assert_eq!(freeze.start(), Some(instant("2026-12-19T23:00Z")));
    assert_eq!(freeze.end(), Some(instant("2027-01-03T23:00Z")));
    assert!(!freeze.contains(instant("2026-12-19T22:59:59.999Z")));
    assert!(freeze.contains(instant("2026-12-19T23:00Z")));
    assert!(!freeze.contains(instant("2027-01-03T23:00Z")));
}

#[test]
fn dated_windows_take_instants_and_local_times() {
    let by_instant = Window::dated(
        "2026-12-20T07:00Z",
        "2026-12-20T10:00+01:00",
        "Europe/Berlin",
    );
    let by_local_time = Window::dated("2026-12-20T08:00", "2026-12-20T10:00", "Europe/Berlin");
    assert_eq!(by_instant, by_local_time);
    let (start, end) = (instant("2026-12-20T07:00Z"), instant("2026-12-20T09:00Z"));
    assert_eq!(by_instant, Window::between(start, end, "Europe/Berlin"));
}

#[test]
fn daily_windows_wrap_over_midnight() {
    let night = Window::daily("22:00", "06:00", "Europe/Berlin").unwrap();
    // Berlin is one hour ahead of UTC in winter and two in summer.
    assert!(night.contains(instant("2026-12-01T21:00Z")));
    assert!(!night.contains(instant("2026-12-01T20:59Z")));
    assert!(night.contains(instant("2026-07-01T20:00Z")));
    assert!(night.contains(instant("2026-12-02T04:59Z")));
    assert!(!night.contains(instant("2026-12-02T05:00Z")));
    let until_midnight = Window::daily("18:00", "24:00", "UTC").unwrap();
    assert!(until_midnight.contains(instant("2026-12-01T23:59Z")));
    assert!(!until_midnight.contains(instant("2026-12-02T00:00Z")));
}

#[test]
fn weekly_windows_wrap_over_the_weekend() {
    let weekend = Window::weekly("Fri 16:00", "Mon 08:00", "UTC").unwrap();
    for (at, expected) in [
        ("2026-11-20T15:59Z", false),
        ("2026-11-20T16:00Z", true),
        ("2026-11-22T12:00Z", true),
        ("2026-11-23T07:59Z", true),
        ("2026-11-23T08:00Z", false),
        ("2026-11-25T12:00Z", false),
    ] {
        assert_eq!(weekend.contains(instant(at)), expected, "{at}");
    }
    let sunday = Window::weekly("sat 24:00", "Sun 24:00", "UTC").unwrap();
    assert_eq!(
        sunday,
        Window::weekly("Sun 00:00", "Mon 00:00", "UTC").unwrap()
    );
}

#[test]
fn boundaries_follow_the_local_clock() {
    let night = Window::daily("22:00", "06:00", "Europe/Berlin").unwrap();
    assert_eq!(
        boundary(&night, "2026-12-01T12:00Z").unwrap(),
        "2026-12-01T21:00:00Z"
    );
    assert_eq!(
        boundary(&night, "2026-12-01T21:00Z").unwrap(),
        "2026-12-02T05:00:00Z"
    );
    let weekend = Window::weekly("Fri 16:00", "Mon 08:00", "UTC").unwrap();
    assert_eq!(
        boundary(&weekend, "2026-11-23T08:00Z").unwrap(),
        "2026-11-27T16:00:00Z"
    );
    let dated = Window::dated("2026-12-20", "2027-01-04", "UTC").unwrap();
    assert_eq!(
        boundary(&dated, "2026-12-25").unwrap(),
        "2027-01-04T00:00:00Z"
    );
    assert_eq!(boundary(&dated, "2027-01-04"), None);
}

#[test]
fn a_skipped_hour_is_in_no_window() {
    // On 2026-03-29 the clocks of Berlin go from 02:00 to 03:00, which is 01:00 UTC.
    let skipped = Window::daily("02:00", "03:00", "Europe/Berlin").unwrap();
    assert!(!skipped.contains(instant("2026-03-29T00:59:59Z")));
    assert!(!skipped.contains(instant("2026-03-29T01:00Z")));
    assert_eq!(
        boundary(&skipped, "2026-03-28T12:00Z").unwrap(),
        "2026-03-30T00:00:00Z"
    );
    let half_skipped = Window::daily("02:30", "05:00", "Europe/Berlin").unwrap();
    assert_eq!(
        boundary(&half_skipped, "2026-03-28T12:00Z").unwrap(),
        "2026-03-29T01:00:00Z"
    );
    let weekly = Window::weekly("Sun 02:00", "Sun 03:00", "Europe/Berlin").unwrap();
    assert_eq!(
        boundary(&weekly, "2026-03-25T12:00Z").unwrap(),
        "2026-04-05T00:00:00Z"
    );
}

#[test]
fn an_hour_shown_twice_is_in_the_window_twice() {
    // On 2026-10-25 the clocks of Berlin go from 03:00 back to 02:00, which is 01:00 UTC.
    let twice = Window::daily("02:30", "05:00", "Europe/Berlin").unwrap();
    assert_eq!(
        boundary(&twice, "2026-10-25T00:00Z").unwrap(),
        "2026-10-25T00:30:00Z"
    );
    assert_eq!(
        boundary(&twice, "2026-10-25T00:30Z").unwrap(),
        "2026-10-25T01:00:00Z"
    );
    assert_eq!(
        boundary(&twice, "2026-10-25T01:00Z").unwrap(),
        "2026-10-25T01:30:00Z"
    );
    assert_eq!(
        boundary(&twice, "2026-10-25T01:30Z").unwrap(),
        "2026-10-25T04:00:00Z"
    );
}

#[test]
fn senseless_windows_are_refused_with_the_reason() {
    let reasons = [
        Window::dated("2027-01-04", "2026-12-20", "UTC"),
        Window::dated("2026-02-30", "2026-12-20", "UTC"),
        Window::dated("2026-12-20", "2026-12-21", "Europe/Berlinn"),
        Window::daily("6:00", "22:00", "UTC"),
        Window::daily("22", "06:00", "UTC"),
        Window::daily("06:00:00:00", "06:00", "UTC"),
        Window::daily("22:00", "22:00", "UTC"),
        Window::weekly("Fri", "Mon 08:00", "UTC"),
        Window::weekly("Fry 16:00", "Mon 08:00", "UTC"),
        Window::weekly("Mon 08:00", "mon 08:00", "UTC"),
    ]
    .map(|window| window.unwrap_err())
    .join("\n");
    insta::assert_snapshot!(reasons, @r#"
    the window's end is not after its start
    `2026-02-30` is neither a date nor a time
    there is no time zone `Europe/Berlinn`
    `6:00` is not a time of day such as `22:00`
    `22` is not a time of day such as `22:00`
    `06:00:00:00` is not a time of day such as `22:00`
    the window starts and ends at the same time
    `Fri` is not a point of the week such as `Fri 16:00`
    `Fry 16:00` is not a point of the week such as `Fri 16:00`
    the window starts and ends at the same time
    "#);
}

#[test]
fn the_saved_form_is_checked() {
    for window in [
        Window::dated("2026-12-20", "2027-01-04T09:30:05.5Z", "europe/berlin").unwrap(),
        Window::daily("22:00:30", "06:00", "UTC").unwrap(),
        Window::weekly("Fri 16:00", "Mon 08:00", "America/New_York").unwrap(),
    ] {
        let saved = serde_json::to_string(&window).unwrap();
        assert_eq!(
            serde_json::from_str::<Window>(&saved).unwrap(),
            window,
            "{saved}"
        );
    }
    for garbage in [
        r#"{"daily":{"from":"1","to":"2","zone":"UTC"}}"#,
        r#"{"weekly":{"from":"Fri 16:00","to":"Mon 08:00","zone":""}}"#,
        r#"{"dated":{"start":"","end":"","zone":"UTC"}}"#,
        "{}",
    ] {
        assert!(
            serde_json::from_str::<Window>(garbage).is_err(),
            "{garbage}"
        );
    }
}

#[test]
fn zones_come_with_the_engine() {
    assert!(tzdb_version().starts_with("20"), "{}", tzdb_version());
}

fn any_window() -> impl Strategy<Value = Window> {
    let zone = prop_oneof![
        Just("UTC"),
        Just("Europe/Berlin"),
        Just("America/New_York"),
        Just("Australia/Lord_Howe"),
        Just("Asia/Kathmandu"),
        Just("Pacific/Apia"),
    ];
    let time = || (0..24_u8, 0..60_u8).prop_map(|(h, m)| format!("{h:02}:{m:02}"));
    let point = move || (0..7_usize, time()).prop_map(|(d, t)| format!("{} {t}", WEEKDAYS[d].0));
    let daily = (time(), time(), zone.clone())
        .prop_filter_map("empty", |(a, b, zone)| Window::daily(&a, &b, zone).ok());
    let weekly = (point(), point(), zone)
        .prop_filter_map("empty", |(a, b, zone)| Window::weekly(&a, &b, zone).ok());
    prop_oneof![daily, weekly]
}

proptest! {
    #[test]
    fn nothing_changes_before_the_next_boundary(
        window in any_window(), second in 1_700_000_000..1_900_000_000_i64, steps in 1..200_i64,
    ) {
        let start = Timestamp::from_second(second).unwrap();
        let boundary = window.next_boundary(start).unwrap();
        prop_assert!(boundary > start);
        prop_assert_ne!(window.contains(boundary), window.contains(start));
        for step in 0..steps {
            let between = start + (boundary - start).total(jiff::Unit::Second).map(|seconds| {
                SignedDuration::from_millis((seconds * 1000.0) as i64 / steps * step)
            }).unwrap();
            if between < boundary {
                prop_assert_eq!(window.contains(between), window.contains(start));
            }
        }
    }

    #[test]
    fn no_text_panics(a in ".{0,12}", b in "[A-Za-z]{3} [0-9:]{5}", zone in "[A-Za-z/]{0,12}") {
        let _ = Window::dated(&a, &b, &zone);
        let _ = Window::daily(&b, &a, "UTC");
        let _ = Window::weekly(&b, &a, "UTC");
    }
}
