use serde_json::json;

use super::{Bound, Held, Sample, Source};

fn told(source: serde_json::Value) -> String {
    let source: Source = match serde_json::from_value(source) {
        Ok(source) => source,
        Err(error) => return error.to_string(),
    };
    source
        .check("error_rate")
        .map_or_else(|error| error.to_string(), |()| "fine".to_owned())
}

#[test]
fn a_source_that_is_not_whole_is_refused_with_what_to_write() {
    let sources = [
        json!({ "file": "signals.json" }),
        json!({}),
        json!({ "file": "a", "url": "b" }),
        json!({ "prometheus": "http://p" }),
        json!({ "url": "http://p", "query": "up" }),
        json!({ "prometheus": "http://p", "query": "sum(up)" }),
        json!({ "prometheus": "http://p", "query": "sum(up)", "observed": "min(timestamp(up))" }),
        json!({ "prometheus": "http://p", "query": "up", "timeout": "soon" }),
        json!({ "promtheus": "http://p" }),
    ];
    let told: Vec<String> = sources.into_iter().map(told).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    fine
    signal `error_rate`: give `prometheus` with `query`, `file`, or `url`
    signal `error_rate`: `prometheus`, `file` and `url` exclude each other
    signal `error_rate`: `prometheus` needs a `query`
    signal `error_rate`: `query` and `observed` are for `prometheus`
    signal `error_rate`: `sum(up)` computes, so its samples have no time of their own: give `observed`, a query such as `min(timestamp(http_requests_total))`, or record it by a rule and ask for that
    fine
    `soon` is no duration; write `30s`, `5m` or `1h`
    unknown field `promtheus`, expected one of `prometheus`, `query`, `observed`, `file`, `url`, `token_file`, `timeout`
    "#);
}

#[test]
fn a_bound_holds_for_a_fresh_sample_only() {
    let bound: Bound =
        serde_json::from_value(json!({ "signal": "error_rate", "at_most": 0.01, "fresh": "1m" }))
            .unwrap();
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let sample = |value: serde_json::Value, observed: &str| {
        Ok(Sample {
            value,
            observed: Some(observed.to_owned()),
        })
    };
    assert_eq!(
        bound.held(&sample(json!(0.01), "2026-11-22T09:59:30Z"), now),
        Held::Inside
    );
    assert_eq!(
        bound.held(&sample(json!(0.02), "2026-11-22T09:59:30Z"), now),
        Held::Outside
    );
    assert_eq!(
        bound.held(&sample(json!(0.01), "2026-11-22T09:58:00Z"), now),
        Held::Unknown
    );
    assert_eq!(
        bound.held(&sample(json!(0.01), "2026-11-22T10:01:00Z"), now),
        Held::Unknown
    );
    assert_eq!(
        bound.held(&sample(json!("low"), "2026-11-22T09:59:30Z"), now),
        Held::Unknown
    );
    assert_eq!(bound.held(&Err("gone".to_owned()), now), Held::Unknown);
}
