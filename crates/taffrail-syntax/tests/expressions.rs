//! What binds tighter than what, and where an expression ends.

mod support;

use support::{codes, explicit};
use taffrail_syntax::diagnostic::Fix;
use taffrail_syntax::{SourceId, parse};

#[test]
fn operators_bind_in_the_published_order() {
    assert_eq!(explicit("x ?? 0 > 1"), "((x ?? 0) > 1)");
    assert_eq!(explicit("a or b and c"), "(a or (b and c))");
    assert_eq!(explicit("not a and b"), "((not a) and b)");
    assert_eq!(explicit("not a == b"), "(not (a == b))");
    assert_eq!(
        explicit("not a is absent or b"),
        "((not (a is absent)) or b)"
    );
    assert_eq!(explicit("a + b * c < d - e"), "((a + (b * c)) < (d - e))");
    assert_eq!(explicit("-a ?? b"), "((-a) ?? b)");
    assert_eq!(explicit("-a.b(c)[0]"), "(-a.b(c)[0])");
    assert_eq!(explicit("a * b ?? c"), "(a * (b ?? c))");
    assert_eq!(
        explicit("a + 1 in xs and b not in ys"),
        "(((a + 1) in xs) and (b not in ys))"
    );
    assert_eq!(explicit("a + b is present"), "((a + b) is present)");
    assert_eq!(
        explicit("if a or b then c else d or e"),
        "(if (a or b) then c else (d or e))"
    );
}

#[test]
fn operators_of_one_strength_group_to_the_left() {
    assert_eq!(explicit("a - b - c"), "((a - b) - c)");
    assert_eq!(explicit("a / b * c % d"), "(((a / b) * c) % d)");
    assert_eq!(explicit("a ?? b ?? c"), "((a ?? b) ?? c)");
    assert_eq!(explicit("not not a"), "(not (not a))");
    assert_eq!(explicit("- -1"), "(-(-1))");
}

#[test]
fn comparisons_do_not_chain() {
    for chain in [
        "a < b < c",
        "a == b != c",
        "a in b in c",
        "a like b == c",
        "a == b is absent",
        "a is absent is absent",
        "a < b < c < d and e == f",
    ] {
        assert_eq!(
            codes(&format!("policy t\nlet x = {chain}\n")),
            ["chained-comparison"],
            "{chain}"
        );
    }
    assert_eq!(explicit("(a < b) == c"), "((a < b) == c)");
    assert_eq!(explicit("(a == b) is absent"), "((a == b) is absent)");
}

#[test]
fn a_quantifier_runs_as_far_right_as_it_can() {
    assert_eq!(
        explicit("some c in a.b: c.d and e or f"),
        "(some c in a.b: ((c.d and e) or f))"
    );
    assert_eq!(
        explicit("every c in xs where c.a == 1: c.b"),
        "(every c in xs where (c.a == 1): c.b)"
    );
    assert_eq!(
        explicit("count c in xs where c and d"),
        "(count c in xs where (c and d))"
    );
    assert_eq!(
        explicit("(some c in xs: c) and d"),
        "((some c in xs: c) and d)"
    );
    assert_eq!(
        explicit("some k, v in m: some w in v: w == k"),
        "(some k, v in m: (some w in v: (w == k)))"
    );
    assert_eq!(
        explicit("if some c in xs: c then 1 else 2"),
        "(if (some c in xs: c) then 1 else 2)"
    );
    assert_eq!(explicit("[every c in xs: c, d]"), "[(every c in xs: c), d]");
    assert_eq!(
        explicit("no c in f(xs)[0].ys where c"),
        "(no c in f(xs)[0].ys where c)"
    );
    for kind in ["every", "some", "no", "count", "sum", "min", "max"] {
        assert_eq!(
            explicit(&format!("{kind} c in xs: c.n")),
            format!("({kind} c in xs: c.n)")
        );
    }
}

#[test]
fn count_before_a_bracket_is_a_function() {
    assert_eq!(explicit("count(xs) > max(a, b)"), "(count(xs) > max(a, b))");
    assert_eq!(explicit("count (xs)"), "count(xs)");
    assert_eq!(explicit("min in xs"), "(min in xs)");
}

#[test]
fn numbers_dates_and_durations_are_told_apart() {
    assert_eq!(
        explicit("[20%, 500m, 2Gi, 0.5, 7, 5m, 1k]"),
        "[20%, 500m, 2Gi, 0.5, 7, 5m, 1k]"
    );
    assert_eq!(
        explicit("[90s, 1h30m, 7d, 250ms, 2w, 1m30s]"),
        "[<90s>, <1h30m>, <7d>, <250ms>, <2w>, <1m30s>]"
    );
    assert_eq!(
        explicit("[2026-12-20, 2026-12-20T08:00Z, 2026-12-20T08:00:30.5+01:00]"),
        "[<2026-12-20>, <2026-12-20T08:00Z>, <2026-12-20T08:00:30.5+01:00>]"
    );
    assert_eq!(explicit("2026 - 12 - 20"), "((2026 - 12) - 20)");
    assert_eq!(explicit("10 % 3"), "(10 % 3)");
    assert_eq!(explicit("10% * 3"), "(10% * 3)");
    assert_eq!(explicit("a -1"), "(a - 1)");
}

#[test]
fn any_word_may_be_a_field_a_key_or_the_name_of_an_argument() {
    assert_eq!(explicit("a.when.policy.in"), "a.when.policy.in");
    assert_eq!(
        explicit("{ when: 1, \"a/b\": 2, if: 3, }"),
        "{\"when\": 1, \"a/b\": 2, \"if\": 3}"
    );
    assert_eq!(
        explicit("objects(Pod, where: l, in: n,)"),
        "objects(Pod, where: l, in: n)"
    );
}

#[test]
fn newlines_and_comments_mean_nothing() {
    assert_eq!(explicit("a // one\n  and // two\n  b"), "(a and b)");
    assert_eq!(explicit("f(\n  a, // first\n  b,\n)"), "f(a, b)");
    assert_eq!(explicit("[\n 1, 2,\n]"), "[1, 2]");
    assert_eq!(explicit("\"a // b\""), "\"a // b\"");
}

#[test]
fn escapes_stand_for_what_they_say() {
    assert_eq!(explicit(r#""a\"b\\c\n\t\u{e9}""#), r#""a\"b\\c\n\té""#);
    assert_eq!(explicit(r#"r"\d+\""#), r#""\\d+\\""#);
}

#[test]
fn a_dot_may_follow_on_the_next_line() {
    assert_eq!(explicit("f(x)\n  .y\n  .z"), "f(x).y.z");
    assert_eq!(explicit("a\n  .b"), "a.b");
}

#[test]
fn certain_remedies_make_the_text_right() {
    let cases = [
        ("a && !b || c", "a and not b or c"),
        ("a = b", "a == b"),
        ("x.y not like \"b\"", "not (x.y like \"b\")"),
        ("a is not absent", "a is present"),
        ("'a' == True", "\"a\" == true"),
        ("1_000 + a", "1000 + a"),
        ("a AND b", "a and b"),
        ("“a”", "\"a\""),
    ];
    for (wrong, right) in cases {
        let mut text = format!("policy t\nlet x = {wrong}\n");
        let mut fixes: Vec<Fix> = parse(SourceId(0), &text)
            .diagnostics
            .into_iter()
            .filter_map(|found| found.fix)
            .collect();
        fixes.reverse();
        for Fix {
            location,
            replacement,
        } in fixes
        {
            text.replace_range(
                location.span.start as usize..location.span.end as usize,
                &replacement,
            );
        }
        assert_eq!(text, format!("policy t\nlet x = {right}\n"));
        assert_eq!(codes(&text), Vec::<&str>::new());
    }
}
