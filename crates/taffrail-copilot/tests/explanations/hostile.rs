//! Names and reasons from a cluster that try to be more than text.

use proptest::prelude::*;
use serde_json::json;
use taffrail::Report;
use taffrail_copilot::explain;

const HOSTILE: [&str; 12] = [
    "x\n\n# EXECUTE",
    "\u{202e}etucexe\u{202c}",
    "`code` ``more``` $(rm)",
    "[click](http://x) ![i](http://x)",
    "<script>alert(1)</script> <!-- ",
    "@everyone | a | b |",
    "**bold** __under__ ~~gone~~",
    "\u{1b}[2J\u{7}\u{0}",
    "\u{200b}\u{feff}\u{2028}\u{2029}\u{e0041}",
    "- item\r\n1. item\t> quote",
    "&lt;b&gt; \\` \\",
    "ﷺ 𝕏 👩‍👩‍👧‍👦 e\u{301}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(&HOSTILE[..]).prop_map(str::to_owned),
        ".{0,40}",
        "[a-z ]{0,400}",
        "[a-z]{150,400}",
    ]
}

fn report() -> impl Strategy<Value = Report> {
    let parts = prop::collection::vec(text(), 12);
    let verdicts = prop::sample::select(&["execute", "propose", "escalate"][..]);
    (parts, verdicts, 0..=100_u8, any::<bool>(), 0..4_usize).prop_map(
        |(parts, verdict, risk, releasable, repeats)| {
            let [target, principal, rule, because, team, grant, clause, cause, path, file, until, verb] =
                <[String; 12]>::try_from(parts).unwrap();
            let gate = json!({ "releasable": releasable, "needs": [{ "team": team, "count": 2 }] });
            let contribution = json!({
                "rule": rule, "kind": "guard", "effect": verdict, "verdict": verdict, "gate": gate, "points": risk,
                "truth": { "unknown": [cause] }, "because": because, "file": file, "line": 3,
                "values": { path.clone(): because }, "annotations": { "owner": [team] },
                "waiver": { "name": rule, "by": principal, "until": until, "because": because, "file": file, "line": 1 },
            });
            serde_json::from_value(json!({
                "schema": "taffrail.decision/v1", "verdict": verdict, "risk": risk, "gate": gate,
                "action": { "verb": verb, "implied": [verb], "may_imply": [], "target": target, "principal": principal },
                "contributions": vec![contribution; repeats],
                "grants": [{
                    "rule": grant, "held": releasable, "because": because, "file": file, "line": 9,
                    "failed": { "clause": clause, "line": 4, "truth": "false", "values": { path.clone(): clause } },
                }],
                "unknowns": [cause],
                "suggestions": [{ "rule": rule, "path": path, "value": because }, { "rule": rule, "path": "", "value": because }],
                "valid_until": until,
                "policy_digest": "sha256:0", "action_digest": target, "facts_digest": "sha256:0", "engine": "e", "tzdb": "t",
            }))
            .unwrap()
        },
    )
}

fn is_deceptive(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns a line of Markdown without its code spans, in which nothing has a meaning.
fn outside_of_code(line: &str) -> String {
    let mut outside = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let is_escaped = rest.get(..at).is_some_and(|before| {
            let backslashes = before.len() - before.trim_end_matches('\\').len();
            backslashes % 2 == 1
        });
        let (before, from) = rest.split_at(at);
        outside.push_str(before);
        let ticks = from.len() - from.trim_start_matches('`').len();
        if is_escaped {
            rest = from.get(1..).unwrap_or_default();
            continue;
        }
        let fence = "`".repeat(ticks);
        let inside = from.get(ticks..).unwrap_or_default();
        let end = end_of_code(inside, &fence);
        assert!(end.is_some(), "a code span is left open: {line}");
        rest = inside
            .get(end.unwrap_or_default() + ticks..)
            .unwrap_or_default();
    }
    outside.push_str(rest);
    outside
}

/// Returns where a run of exactly so many backticks starts.
fn end_of_code(text: &str, fence: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find('`') {
        let start = at + found;
        let run = text.get(start..)?;
        let length = run.len() - run.trim_start_matches('`').len();
        if length == fence.len() {
            return Some(start);
        }
        at = start + length;
    }
    None
}

fn check_markdown(text: &str) {
    for line in text.lines() {
        assert!(!line.chars().any(is_deceptive), "{line:?}");
        let outside = outside_of_code(line).replace("<br>", "");
        for tag in ["<s", "<b", "<!", "](", "@"] {
            let bare = outside.replace("\\[", "").replace("\\]", "");
            assert!(!bare.contains(tag), "{tag} in {line}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_is_one_short_line_whatever_it_is_about(report in report()) {
        let line = explain::line(&report);
        prop_assert!(line.chars().count() <= explain::LINE_LIMIT, "{}", line);
        prop_assert!(!line.chars().any(is_deceptive), "{:?}", line);
        prop_assert!(!line.contains('`') && !line.contains("<s") && !line.contains("](") && !line.contains('@'));
        prop_assert!(line.starts_with(report.verdict.word()));
        prop_assert_eq!(line, explain::line(&report));
    }

    #[test]
    fn cards_and_pages_show_text_as_text(report in report()) {
        check_markdown(&explain::card(&report));
        check_markdown(&explain::page(&report, None));
        prop_assert_eq!(explain::card(&report), explain::card(&report));
    }

    #[test]
    fn a_card_stays_short(report in report()) {
        prop_assert!(explain::card(&report).chars().count() < 9_000);
    }
}

#[test]
fn what_a_fact_is_stays_text_too() {
    let policy =
        "policy p  grant g { on delete when namespace.labels.env == \"dev\" because \"fine\" }";
    let policies = taffrail::PolicySet::from_sources([("p.guard", policy)]).unwrap();
    for hostile in HOSTILE {
        let mut request = crate::facts::request(
            "verb: delete\ntarget: { apiVersion: v1, kind: Pod, namespace: shop, name: cart }\nfacts: { namespace: { labels: { env: x } } }",
        );
        let labels = json!({ "labels": { "env": hostile } });
        request.namespace = taffrail::Value::from_json(&labels);
        let why = taffrail_copilot::why_not(&policies, &request);
        let told = why.changes.iter().any(|change| change.is.contains(hostile));
        assert!(told, "{why:?}");
        check_markdown(&explain::why_page(&why));
        check_markdown(&explain::why_card(&why));
        let line = explain::why_line(&why);
        assert!(
            !line.chars().any(is_deceptive) && !line.contains('`') && line.chars().count() <= 200,
            "{line}"
        );
    }
}

#[test]
fn a_long_reason_is_cut_between_words() {
    let mut decided = serde_json::to_value(example()).unwrap();
    decided["contributions"][0]["because"] = "the quick brown fox jumps over the lazy dog "
        .repeat(9)
        .into();
    let report: Report = serde_json::from_value(decided).unwrap();
    insta::assert_snapshot!(explain::line(&report), @"propose, risk 0, released by sre: p.slow: the quick brown fox jumps over the lazy dog the quick brown fox jumps over the lazy dog the quick brown fox jumps over the lazy dog the quick brown fox jumps…");
}

fn example() -> Report {
    let policy = "policy p  guard slow { on delete propose to \"sre\" because \"slow\" }  grant g { on delete because \"fine\" }";
    let policies = taffrail::PolicySet::from_sources([("p.guard", policy)]).unwrap();
    let request = crate::facts::request(
        "verb: delete\ntarget: { apiVersion: v1, kind: Pod, namespace: shop, name: cart }\nprincipal: { kind: agent, id: healer }",
    );
    policies.decide(&request).report()
}
