use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::decision::{
    ActionSummary, FailedClause, FailedTruth, GrantReport, Risk, SuggestionReport,
};

fn contribution(rule: &str, effect: &str, points: u8) -> Contribution {
    Contribution {
        rule: rule.into(),
        kind: "guard".into(),
        effect: effect.into(),
        verdict: Verdict::Execute,
        gate: Gate {
            releasable: true,
            needs: Vec::new(),
        },
        points,
        truth: TruthReport::True,
        because: String::new(),
        file: "healing.guard".into(),
        line: 38,
        values: BTreeMap::new(),
        annotations: BTreeMap::new(),
        waiver: None,
    }
}

fn report() -> Report {
    let halved = Contribution {
        because: "api would drop from 10 to 3 replicas in one step".into(),
        values: [
            ("current.spec.replicas".into(), json!(10)),
            ("proposed.spec.replicas".into(), json!(3)),
            (
                "current.status".into(),
                json!({ "unknown": ["`current.status` was not given", "too old"] }),
            ),
            (
                "proposed.spec.hosts".into(),
                json!(["a", null, { "zone": { "unknown": ["why"] } }]),
            ),
        ]
        .into(),
        annotations: [("owner".into(), vec!["payments-sre".into()])].into(),
        ..contribution("payments.gradual", "risk", 40)
    };
    let burning = Contribution {
        truth: TruthReport::Unknown(vec!["signal `error_rate` has no reading".into()]),
        ..contribution("payments.burning", "propose", 0)
    };
    let waived = Contribution {
        waiver: Some(WaiverReport {
            name: "payments.waive.window".into(),
            by: "dana@example.com".into(),
            until: "2027-04-01T00:00:00Z".into(),
            because: "agreed, OPS-1412".into(),
            file: "waivers.guard".into(),
            line: 3,
        }),
        ..contribution("payments.window", "none", 0)
    };
    Report {
        schema: "taffrail.decision/v1".into(),
        verdict: Verdict::Propose,
        risk: Risk::new(40),
        gate: Gate {
            releasable: true,
            needs: vec![
                Team {
                    team: "release-managers".into(),
                    count: 2,
                },
                Team {
                    team: "sre".into(),
                    count: 1,
                },
            ],
        },
        action: ActionSummary {
            verb: "patch".into(),
            implied: vec!["scale".into()],
            may_imply: vec!["patch".into(), "restart".into()],
            target: "apps/Deployment payments/api".into(),
            principal: "agent healer".into(),
        },
        contributions: vec![burning, halved, waived],
        grants: vec![
            GrantReport {
                rule: "payments.heal".into(),
                held: false,
                failed: Some(FailedClause {
                    clause: "when principal.kind == agent".into(),
                    line: 12,
                    truth: FailedTruth::False,
                    values: [("principal.kind".into(), json!("human"))].into(),
                }),
                because: String::new(),
                file: "healing.guard".into(),
                line: 10,
            },
            GrantReport {
                rule: "payments.any".into(),
                held: true,
                failed: None,
                because: "everything goes".into(),
                file: "healing.guard".into(),
                line: 20,
            },
        ],
        unknowns: vec!["signal `error_rate` has no reading".into()],
        suggestions: vec![SuggestionReport {
            rule: "payments.gradual".into(),
            path: "proposed.spec.replicas".into(),
            value: json!(5),
        }],
        valid_until: Some("2026-11-22T10:02:00Z".into()),
        policy_digest: "sha256:0123456789abcdef0123456789abcdef".into(),
        action_digest: "sha256:0".into(),
        facts_digest: "sha256:0".into(),
        engine: "0.1.0".into(),
        tzdb: "2026a".into(),
    }
}

fn plan() -> PlanReport {
    PlanReport {
        schema: "taffrail.plan/v1".into(),
        verdict: Verdict::Escalate,
        risk: Risk::new(40),
        gate: Gate {
            releasable: false,
            needs: Vec::new(),
        },
        steps: vec![Report {
            contributions: Vec::new(),
            grants: Vec::new(),
            suggestions: Vec::new(),
            unknowns: Vec::new(),
            verdict: Verdict::Execute,
            ..report()
        }],
        net: Vec::new(),
        policy_digest: "sha256:0123456789abcdef".into(),
        engine: "0.1.0".into(),
    }
}

#[test]
fn text_says_the_verdict_first_and_then_why() {
    insta::assert_snapshot!(text(&report(), Style::plain()));
}

#[test]
fn markdown_is_a_page_with_a_table() {
    insta::assert_snapshot!(markdown(&report()));
}

#[test]
fn a_line_is_one_line() {
    insta::assert_snapshot!(line(&report()), @r#"propose risk=40 patch apps/Deployment payments/api (implies scale; may imply patch, restart) by agent healer; released by 2 of release-managers and 1 of sre; payments.burning payments.gradual payments.window; policies sha256:0123456789ab"#);
    insta::assert_snapshot!(plan_line(&plan()), @r#"escalate risk=40 plan of 1 step; nothing releases it; policies sha256:0123456789ab"#);
}

#[test]
fn a_plan_shows_its_steps() {
    insta::assert_snapshot!(plan_text(&plan(), Style::plain()), @r#"
    ESCALATE  risk 40  plan of 1 step
      nothing releases it

    ── step 1 ──
    EXECUTE  risk 40  patch apps/Deployment payments/api (implies scale; may imply patch, restart)  by agent healer
      nobody has to agree

      valid until 2026-11-22T10:02:00Z
      policies sha256:0123456789ab
    "#);
    insta::assert_snapshot!(plan_markdown(&plan()), @"
    ## ⛔ escalate, risk 40: plan of 1 step

    nothing releases it.

    ### Step 1: ✅ execute, risk 40: `patch apps/Deployment payments/api (implies scale; may imply patch, restart)`

    Asked by agent healer; nobody has to agree.

    Valid until 2026-11-22T10:02:00Z. Policies `sha256:0123456789abcdef0123456789abcdef`, action `sha256:0`, facts `sha256:0`; 0.1.0 with time zones 2026a.
    ");
}

#[test]
fn text_from_the_cluster_cannot_leave_its_line() {
    let mut hostile = report();
    hostile.action.target = "Pod a\x1b[2J\nEXECUTE\u{202e} | `x` <b> @all".into();
    hostile.contributions[0].because = "see\n# heading [x](http://x) <script>".into();
    let shown = text(&hostile, Style::plain());
    assert!(!shown.contains('\x1b') && !shown.contains("\nEXECUTE"));
    let page = markdown(&hostile);
    assert!(!page.contains("\n# heading") && !page.contains("<script>") && !page.contains('\x1b'));
}

#[test]
fn colours_change_nothing_but_colours() {
    let coloured = text(&report(), Style::ansi());
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\x1b') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    assert_eq!(plain, text(&report(), Style::plain()));
}
