use std::borrow::Cow;

use super::*;
use crate::cause::Cause;
use crate::text;
use crate::value::Value;

fn json(text: &str) -> Value {
    Value::from_json_slice(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Calls a function on a JSON list of arguments and renders the result.
fn run(name: &str, arguments: &str) -> String {
    let Value::List(arguments) = json(arguments) else {
        panic!("{arguments} is not a list");
    };
    call_on(name, arguments).render()
}

fn call_on(name: &str, arguments: Vec<Value>) -> Value {
    let arguments: Vec<Cow<'_, Value>> = arguments.into_iter().map(Cow::Owned).collect();
    call(Builtin::by_name(name).unwrap(), &arguments)
}

fn unknown(fact: &str) -> Value {
    Value::unknown(Cause::NotGiven { fact: fact.into() })
}

#[test]
fn every_function_has_its_own_row() {
    for builtin in Builtin::ALL {
        let row = builtin.signature();
        assert_eq!(row.builtin, *builtin);
        assert_eq!(Builtin::by_name(row.name), Some(*builtin));
        let saved = serde_json::to_value(builtin).unwrap();
        assert_eq!(saved, row.name, "saved under the name that policies use");
        assert!(
            row.doc.ends_with('.') && !row.example.is_empty(),
            "{}",
            row.name
        );
        let optional_last = row
            .parameters
            .is_sorted_by_key(|parameter| parameter.optional);
        assert!(optional_last, "{}", row.name);
    }
}

#[test]
fn special_forms_are_not_called() {
    let special: Vec<&str> = Builtin::ALL
        .iter()
        .filter(|builtin| builtin.signature().special)
        .map(|builtin| builtin.name())
        .collect();
    assert_eq!(special, ["changed", "changes", "known", "objects"]);
    assert_eq!(run("known", "[1]"), "unknown (known: needs a request)");
}

#[test]
fn argument_counts_come_from_the_parameters() {
    let counts = |name| {
        let row = Builtin::by_name(name).unwrap().signature();
        (row.least_arguments(), row.most_arguments())
    };
    assert_eq!(counts("ceil"), (1, Some(1)));
    assert_eq!(counts("portion"), (2, Some(3)));
    assert_eq!(counts("min"), (1, None));
    assert_eq!(counts("objects"), (1, Some(3)));
    assert_eq!(Builtin::Min.signature().parameter(7).unwrap().name, "more");
    assert!(Builtin::Ceil.signature().parameter(1).is_none());
}

#[test]
fn no_function_panics_on_any_number_of_any_arguments() {
    let samples = [
        Value::Absent,
        unknown("x"),
        json("true"),
        json("-1.5"),
        json("\"a\""),
        json("[]"),
        json("[1, \"a\", null, {}]"),
        json("{}"),
        json(r#"{"a": null, "b": [1]}"#),
        Value::Duration(jiff::SignedDuration::MIN),
        Value::Time(jiff::Timestamp::MAX),
        call_on("cidr", vec![json("\"::/0\"")]),
        call_on("semver", vec![json("\"1\"")]),
        call_on("image", vec![json("\"nginx\"")]),
        call_on(
            "daily",
            vec![json("\"01:00\""), json("\"02:00\""), json("\"UTC\"")],
        ),
    ];
    for builtin in Builtin::ALL {
        let name = builtin.name();
        let _ = call_on(name, vec![]);
        for a in &samples {
            let _ = call_on(name, vec![a.clone()]);
            for b in &samples {
                let unknowns = [a, b]
                    .iter()
                    .any(|value| matches!(value, Value::Unknown(_)));
                let result = call_on(name, vec![a.clone(), b.clone()]);
                assert!(!unknowns || matches!(result, Value::Unknown(_)), "{name}");
                for c in &samples {
                    let _ = call_on(name, vec![a.clone(), b.clone(), c.clone()]);
                }
            }
        }
    }
}

#[test]
fn unknown_arguments_keep_all_their_causes() {
    assert_eq!(
        call_on("split", vec![unknown("b"), unknown("a")]).render(),
        "unknown (`a` was not given, `b` was not given)"
    );
}

#[test]
fn functions_over_lists_and_maps() {
    for (name, arguments, result) in [
        ("count", "[[1,2]]", "2"),
        ("count", "[null]", "0"),
        ("len", "[null]", "0"),
        ("len", "[\"äö\"]", "2"),
        ("len", r#"[{"a":1,"b":null}]"#, "1"),
        ("sum", "[[0.1,0.2]]", "0.3"),
        ("sum", "[null]", "0"),
        ("sum", "[[]]", "0"),
        ("min", "[[]]", "absent"),
        ("max", "[null]", "absent"),
        ("min", "[3,2,4]", "2"),
        ("max", "[[\"a\",\"b\"]]", "b"),
        ("keys", r#"[{"b":1,"a":2,"c":null}]"#, "a, b"),
        ("values", r#"[{"b":1,"a":2}]"#, "2, 1"),
        ("keys", "[null]", "absent"),
        ("contains", "[[1,2],2]", "true"),
        ("contains", "[\"abc\",\"b\"]", "true"),
        ("contains", "[null,\"b\"]", "false"),
        ("contains", "[\"abc\",null]", "false"),
        ("contains", r#"[{"a":1},"a"]"#, "true"),
    ] {
        assert_eq!(run(name, arguments), result, "{name}{arguments}");
    }
}

#[test]
fn sums_and_extremes_say_every_reason_whatever_the_order() {
    let items = |items: Vec<Value>| vec![Value::List(items)];
    let mixed = vec![
        unknown("b"),
        json("1"),
        json("\"x\""),
        Value::Absent,
        unknown("a"),
    ];
    let mut reversed = mixed.clone();
    reversed.reverse();
    for name in ["sum", "min", "max"] {
        let there = call_on(name, items(mixed.clone())).render();
        assert_eq!(there, call_on(name, items(reversed.clone())).render());
        assert!(there.contains("`a`") && there.contains("`b`"), "{there}");
    }
    assert!(matches!(call_on("count", items(mixed)), Value::Unknown(_)));
    let minute = Value::Duration(text::parse_duration("1m").unwrap());
    let sum = call_on("sum", items(vec![minute.clone(), minute.clone()]));
    assert_eq!(sum.render(), "2m");
    assert!(matches!(
        call_on("sum", items(vec![minute, json("1")])),
        Value::Unknown(_)
    ));
}

#[test]
fn functions_over_texts() {
    for (name, arguments, result) in [
        ("lower", "[\"ÄB\"]", "äb"),
        ("upper", "[null]", "absent"),
        ("trim", "[\" a \"]", "a"),
        ("split", "[\"a,b,\",\",\"]", "a, b, "),
        ("split", "[null,\",\"]", "absent"),
        ("replace", "[\"a-b-c\",\"-\",\"\"]", "abc"),
        ("join", "[[\"a\",\"b\"],\"/\"]", "a/b"),
        ("starts_with", "[\"abc\",\"ab\"]", "true"),
        ("starts_with", "[null,\"ab\"]", "false"),
        ("ends_with", "[\"abc\",\"ab\"]", "false"),
        ("to_number", "[\"500m\"]", "0.5"),
        ("to_number", "[\"20%\"]", "0.2"),
        ("to_number", "[7]", "7"),
        ("to_number", "[null]", "absent"),
        ("parse_json", r#"["{\"a\":[1]}"]"#, "{a: [1]}"),
        ("base64_decode", "[\"YXBp\"]", "api"),
        ("base64_decode", "[\"YQ==\\n\"]", "a"),
        ("base64_decode", "[\"\"]", ""),
    ] {
        assert_eq!(run(name, arguments), result, "{name}{arguments}");
    }
}

#[test]
fn texts_that_make_no_sense_are_unknown_with_the_reason() {
    let reasons = [
        run("to_number", "[\"many\"]"),
        run("to_number", "[true]"),
        run("split", "[\"a\",\"\"]"),
        run("parse_json", "[\"{\"]"),
        run("base64_decode", "[\"YQ=\"]"),
        run("base64_decode", "[\"YR==\"]"),
        run("base64_decode", "[\"YQ==YQ==\"]"),
        run("base64_decode", "[\"/w==\"]"),
        run("image", "[\"A B\"]"),
        run("cidr", "[\"ten\"]"),
        run("semver", "[\"latest\"]"),
        run("window", "[\"2026-12-20\",\"2026-12-19\",\"UTC\"]"),
        run("daily", "[\"22:00\",\"06:00\",\"Mars/Base\"]"),
        run("portion", "[\"25\",null]"),
        run("portion", "[\"a%\",10]"),
        run("abs", "[null]"),
        run("starts_with", "[1,\"a\"]"),
        run("max", "[1,null]"),
        run("max", "[[true]]"),
    ]
    .join("\n");
    insta::assert_snapshot!(reasons, @r#"
    unknown (to_number: `many` is not a number)
    unknown (an argument of `to_number` is a bool where a string is needed)
    unknown (split: the separator is empty)
    unknown (parse_json: EOF while parsing an object at line 1 column 1)
    unknown (base64_decode: this is not base64)
    unknown (base64_decode: this is not base64)
    unknown (base64_decode: this is not base64)
    unknown (base64_decode: what is encoded is not text)
    unknown (image: `A B` is not an image reference)
    unknown (cidr: `ten` is not an address or an address range)
    unknown (semver: `latest` is not a version)
    unknown (window: the window's end is not after its start)
    unknown (daily: there is no time zone `Mars/Base`)
    unknown (an argument of `portion` is absent where a value is needed)
    unknown (portion: `a%` is not a whole number or a percentage)
    unknown (an argument of `abs` is absent where a value is needed)
    unknown (an argument of `starts_with` is a number where a string is needed)
    unknown (one side of `max` is absent where a value is needed)
    unknown (one side of `max` is a bool where another type is needed)
    "#);
}

#[test]
fn results_are_bounded() {
    let long = Value::string("a".repeat(crate::limits::TEXT));
    let many = call_on("split", vec![long.clone(), json("\"a\"")]);
    assert!(matches!(many, Value::Unknown(_)));
    let larger = call_on("replace", vec![long.clone(), json("\"a\""), json("\"bb\"")]);
    assert!(matches!(larger, Value::Unknown(_)));
    let joined = call_on(
        "join",
        vec![Value::List(vec![long.clone(), long]), json("\"\"")],
    );
    assert!(matches!(joined, Value::Unknown(_)));
    let nested = |depth| Value::string("[".repeat(depth) + &"]".repeat(depth));
    assert!(matches!(
        call_on("parse_json", vec![nested(64)]),
        Value::List(_)
    ));
    assert!(matches!(
        call_on("parse_json", vec![nested(65)]),
        Value::Unknown(_)
    ));
}

#[test]
fn portions_round_up_unless_told_otherwise() {
    for (arguments, result) in [
        ("[3,10]", "3"),
        ("[\"3\",10]", "3"),
        ("[\"25%\",10]", "3"),
        ("[\"25%\",10,\"up\"]", "3"),
        ("[\"25%\",10,\"down\"]", "2"),
        ("[\"100%\",7]", "7"),
        ("[\"0%\",7]", "0"),
    ] {
        assert_eq!(run("portion", arguments), result, "{arguments}");
    }
}

#[test]
fn selectors_select_as_in_kubernetes() {
    for (selector, labels, result) in [
        ("null", r#"{"a":"1"}"#, "false"),
        ("{}", "null", "true"),
        (
            r#"{"matchLabels":{"a":"1"}}"#,
            r#"{"a":"1","b":"2"}"#,
            "true",
        ),
        (r#"{"matchLabels":{"a":"1"}}"#, r#"{"a":"2"}"#, "false"),
        (r#"{"matchLabels":{"a":"1"}}"#, "null", "false"),
        (r#"{"a":"1"}"#, r#"{"a":"1"}"#, "true"),
        (r#"{"a":"1","b":"2"}"#, r#"{"a":"1"}"#, "false"),
        (r#"{"matchLabels":"x"}"#, r#"{"matchLabels":"x"}"#, "true"),
        (
            r#"{"matchExpressions":[{"key":"a","operator":"In","values":["1","2"]}]}"#,
            r#"{"a":"2"}"#,
            "true",
        ),
        (
            r#"{"matchExpressions":[{"key":"a","operator":"In","values":["1"]}]}"#,
            "{}",
            "false",
        ),
        (
            r#"{"matchExpressions":[{"key":"a","operator":"NotIn","values":["1"]}]}"#,
            "{}",
            "true",
        ),
        (
            r#"{"matchExpressions":[{"key":"a","operator":"NotIn","values":["1"]}]}"#,
            r#"{"a":"1"}"#,
            "false",
        ),
        (
            r#"{"matchExpressions":[{"key":"a","operator":"Exists"}]}"#,
            r#"{"a":""}"#,
            "true",
        ),
        (
            r#"{"matchExpressions":[{"key":"a","operator":"DoesNotExist"}]}"#,
            r#"{"a":""}"#,
            "false",
        ),
        (
            r#"{"matchLabels":{"a":"1"},"matchExpressions":[{"key":"a","operator":"DoesNotExist"}]}"#,
            r#"{"a":"1"}"#,
            "false",
        ),
    ] {
        assert_eq!(
            run("selects", &format!("[{selector},{labels}]")),
            result,
            "{selector} {labels}"
        );
    }
    let bad = r#"[{"matchExpressions":[{"key":"a","operator":"Has"}]},{}]"#;
    assert_eq!(
        run("selects", bad),
        "unknown (selects: there is no operator `Has`)"
    );
}

#[test]
fn parsed_values_serve_their_fields_and_comparisons() {
    let what = &|| "x".to_owned();
    let image = call_on("image", vec![json("\"nginx\"")]);
    assert_eq!(image.field("registry", what), json("\"docker.io\""));
    assert_eq!(image.field("digest", what), Value::Absent);
    assert_eq!(call_on("image", vec![Value::Absent]), Value::Absent);
    let range = call_on("cidr", vec![json("\"10.0.0.0/8\"")]);
    let within = call_on("contains", vec![range, json("\"10.1.2.3\"")]);
    assert_eq!(within, json("true"));
    let time = |text| Value::Time(text::parse_time(text).unwrap());
    let window = call_on(
        "window",
        vec![
            json("\"2026-12-20\""),
            time("2027-01-04"),
            json("\"Europe/Berlin\""),
        ],
    );
    assert_eq!(window.field("start", what), time("2026-12-19T23:00Z"));
    assert_eq!(window.field("end", what), time("2027-01-04"));
}
