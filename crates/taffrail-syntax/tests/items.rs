//! Declarations, clauses, tests, trivia and spans.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test may fail"
)]

mod support;

use support::{codes, explicit};
use taffrail_syntax::ast::{
    ClauseKind, ExpectKind, File, GivenFrom, GivenValueKind, ItemKind, Rule, TemplatePart, Test,
};
use taffrail_syntax::{RESERVED, SourceId, parse};

fn file(text: &str) -> File {
    let parsed = parse(SourceId(0), text);
    assert_eq!(parsed.diagnostics, [], "{text}");
    parsed.file
}

fn rule(body: &str) -> Rule {
    let file = file(&format!("policy t\nguard g {{ {body} }}"));
    match &file.items[0].kind {
        ItemKind::Rule(rule) => rule.clone(),
        other => panic!("{other:?}"),
    }
}

fn scenario(body: &str) -> Test {
    let file = file(&format!("policy t\ntest \"t\" {{ {body} }}"));
    match &file.items[0].kind {
        ItemKind::Test(test) => test.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reserved_word_cannot_be_declared_and_any_other_can() {
    assert!(RESERVED.is_sorted());
    for word in RESERVED {
        let found = codes(&format!("policy t\nparam {word}: number\n"));
        assert_eq!(found, ["reserved-word"], "{word}");
    }
    for word in [
        "verb", "kind", "count", "any", "from", "fresh", "of", "per", "failures", "notice", "ins",
        "android",
    ] {
        assert_eq!(
            codes(&format!("policy t\nlet {word} = 1\n")),
            Vec::<&str>::new(),
            "{word}"
        );
        assert_eq!(explicit(&format!("{word} + 1")), format!("({word} + 1)"));
    }
}

#[test]
fn docs_belong_to_the_declaration_below_and_comments_are_kept() {
    let file = file(
        "//! About the file.\npolicy t // here\n/// One.\n///  Two.\n@owner(\"a\")\n@x\nguard g {\n    // inside\n    risk 5\n}\n",
    );
    assert_eq!(file.docs, ["About the file."]);
    let item = &file.items[0];
    assert_eq!(item.docs, ["One.", " Two."]);
    assert_eq!(item.annotations.len(), 2);
    assert_eq!(item.annotations[0].values[0].text, "a");
    let comments: Vec<&str> = file
        .comments
        .iter()
        .map(|comment| comment.text.as_str())
        .collect();
    assert_eq!(comments, ["// here", "// inside"]);
}

#[test]
fn any_in_an_on_clause_is_left_out() {
    let rule = rule("on any of any in any");
    let ClauseKind::On(on) = &rule.clauses[0].kind else {
        panic!()
    };
    assert!(on.verbs.is_none() && on.kinds.is_none() && on.namespaces.is_none());
}

#[test]
fn a_kind_may_carry_its_group() {
    let rule =
        rule("on scale, restart, of argoproj.io/Rollout, apps/Deployment, Pod in \"a-*\", \"b\",");
    let ClauseKind::On(on) = &rule.clauses[0].kind else {
        panic!()
    };
    let kinds = on.kinds.as_deref().unwrap();
    let groups: Vec<Option<&str>> = kinds.iter().map(|kind| kind.group.as_deref()).collect();
    assert_eq!(groups, [Some("argoproj.io"), Some("apps"), None]);
    assert_eq!(on.verbs.as_deref().unwrap().len(), 2);
    assert_eq!(on.namespaces.as_deref().unwrap()[0].text, "a-*");
}

#[test]
fn a_trailing_comma_does_not_swallow_the_next_clause() {
    let rule = rule(
        "limit 5 per 1h by namespace.name, target.name,\n propose to \"a\",\n on scale,\n forbid",
    );
    assert_eq!(rule.clauses.len(), 4);
    let ClauseKind::Limit { by, .. } = &rule.clauses[0].kind else {
        panic!()
    };
    assert_eq!(by.len(), 2);
}

#[test]
fn teams_may_be_counted() {
    let rule = rule("escalate to 2 of \"a\", \"b\"");
    let ClauseKind::Escalate(teams) = &rule.clauses[0].kind else {
        panic!()
    };
    let teams: Vec<(u32, &str)> = teams
        .iter()
        .map(|team| (team.count, team.name.text.as_str()))
        .collect();
    assert_eq!(teams, [(2, "a"), (1, "b")]);
}

#[test]
fn a_reason_holds_text_and_expressions_with_places_in_the_file() {
    let text = "policy t\nguard g { because \"{{a}} {target.labels[\"x\"] ?? \"none\"}: \\\"{used}\\\" of {limit - 1}\" }";
    let file = file(text);
    let ItemKind::Rule(rule) = &file.items[0].kind else {
        panic!()
    };
    let ClauseKind::Because(template) = &rule.clauses[0].kind else {
        panic!()
    };
    let parts: Vec<String> = template
        .parts
        .iter()
        .map(|part| match part {
            TemplatePart::Text(text) => format!("text {text}"),
            TemplatePart::Expr(expr) => format!(
                "expr {}",
                &text[expr.span.start as usize..expr.span.end as usize]
            ),
        })
        .collect();
    assert_eq!(
        parts,
        [
            "text {a} ",
            "expr target.labels[\"x\"] ?? \"none\"",
            "text : \"",
            "expr used",
            "text \" of ",
            "expr limit - 1"
        ]
    );
}

#[test]
fn suggest_takes_a_path_or_a_text() {
    let rule = rule("suggest proposed.spec.replicas = a == b suggest \"ask {target.name}\"");
    assert!(matches!(rule.clauses[0].kind, ClauseKind::Suggest { .. }));
    assert!(matches!(rule.clauses[1].kind, ClauseKind::SuggestText(_)));
}

#[test]
fn a_map_literal_does_not_end_a_let() {
    let file = file("policy t\nlet m = { a: 1 }\n  .a + 1\nlet n = 2");
    assert_eq!(file.items.len(), 2);
}

#[test]
fn verb_is_a_declaration_only_before_a_name() {
    let file = file(
        "policy t\nlet a = if x\n then\nverb == scale else verb in [drain]\nverb freeze\nkind argoproj.io/Rollout from \"r.yaml\"\nlet kind = 1",
    );
    let kinds: Vec<bool> = file
        .items
        .iter()
        .map(|item| matches!(item.kind, ItemKind::Let(_)))
        .collect();
    assert_eq!(kinds, [true, false, false, true]);
}

#[test]
fn a_kind_may_be_of_a_group_that_is_called_like_a_keyword() {
    let file = file(
        "policy t\nkind policy/PodSecurityPolicy from \"psp.yaml\"\nkind budget/Cost\nguard g { on delete of policy/PodSecurityPolicy forbid }",
    );
    let heads: Vec<(String, String)> = file
        .items
        .iter()
        .filter_map(|item| match &item.kind {
            ItemKind::Kind(kind) => Some((
                kind.kind.group.clone().unwrap_or_default(),
                kind.kind.kind.text.clone(),
            )),
            _ => None,
        })
        .collect();
    let pair = |group: &str, kind: &str| (group.to_owned(), kind.to_owned());
    assert_eq!(
        heads,
        [pair("policy", "PodSecurityPolicy"), pair("budget", "Cost")]
    );
    assert_eq!(file.items.len(), 3);
}

#[test]
fn given_values_take_every_form() {
    let test = scenario(
        "given { verb: scale target: apps/Deployment \"a/b\", n: -5 s: \"x\" t: 2026-11-22T10:00Z d: 1h30m \
         l: [a, \"b\", 3,] m: { k: { \"x/y\": true } } r: 0.2% observed 10m ago state: open \"observed\": 1 }",
    );
    let shapes: Vec<(&str, &str)> = test
        .given
        .entries
        .iter()
        .map(|entry| {
            let shape = match &entry.value.kind {
                GivenValueKind::Literal(_) => "literal",
                GivenValueKind::Word(_) => "word",
                GivenValueKind::Named { .. } => "named",
                GivenValueKind::List(_) => "list",
                GivenValueKind::Map(_) => "map",
                GivenValueKind::Observed { .. } => "observed",
            };
            (entry.key.text.as_str(), shape)
        })
        .collect();
    let expected = [
        ("verb", "word"),
        ("target", "named"),
        ("n", "literal"),
        ("s", "literal"),
        ("t", "literal"),
        ("d", "literal"),
        ("l", "list"),
        ("m", "map"),
        ("r", "observed"),
        ("state", "word"),
        ("observed", "literal"),
    ];
    assert_eq!(shapes, expected);
}

#[test]
fn expectations_after_a_case_belong_to_it() {
    let test = scenario(
        "given from test \"base\" expect at least propose case \"one\" { n: 1 } expect execute expect risk 0..10 \
         case { n: 2 } expect unknown signal a.b expect gate \"team\" expect no guard g",
    );
    assert!(matches!(test.given.from, Some(GivenFrom::Test(_))));
    assert_eq!(test.expects.len(), 1);
    let counts: Vec<usize> = test.cases.iter().map(|case| case.expects.len()).collect();
    assert_eq!(counts, [2, 3]);
    assert_eq!(
        test.cases[0].expects[1].kind,
        ExpectKind::Risk { from: 0, to: 10 }
    );
    assert!(matches!(
        test.cases[1].expects[2].kind,
        ExpectKind::Rule { negated: true, .. }
    ));
}

#[test]
fn a_test_may_start_from_a_file() {
    let test = scenario("given from \"a.yaml\" expect propose");
    assert!(matches!(&test.given.from, Some(GivenFrom::File(name)) if name.text == "a.yaml"));
}

#[test]
fn carriage_returns_and_a_byte_order_mark_are_harmless() {
    let file = file("\u{feff}policy t\r\n// note\r\nguard g {\r\n    risk 5\r\n}\r\n");
    assert_eq!(file.comments[0].text, "// note");
    assert_eq!(file.items.len(), 1);
}
