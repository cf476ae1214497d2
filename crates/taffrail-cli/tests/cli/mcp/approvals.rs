//! Proposals over the protocol: shown to everybody, answered by the person at the client and nobody else.

use rmcp::ClientLifecycleMode;

use super::*;
use crate::approvals::{ledger, shop as with_proposals};

const WHO: [&str; 6] = ["--ledger", "ledger.db", "--as", "ada", "--team", "sre"];

fn workspace() -> Workspace {
    let workspace = with_proposals();
    workspace.write(
        "policies/p.guard",
        b"policy p\ngrant g { on get because \"reads are free\" }\n",
    );
    workspace
}

fn votes(workspace: &Workspace) -> String {
    let standing = ledger(workspace).proposal("cart-1").unwrap();
    let votes: Vec<String> = standing
        .votes
        .iter()
        .map(|vote| format!("{} {} ({})", vote.person, vote.agrees, vote.reason))
        .collect();
    format!("{}: {}", standing.state.word(), votes.join(", "))
}

fn both() -> [ClientLifecycleMode; 2] {
    [newest(), ClientLifecycleMode::Initialize]
}

fn answer() -> CallToolRequestParams {
    call("answer_approval", &json!({ "proposal": "cart-1" }))
}

#[test]
fn what_waits_is_shown_without_anything_that_deceives() {
    runtime().block_on(async {
        let client = connect(&workspace(), &WHO[..2], Person::absent(), newest()).await;
        let result = client
            .call_tool(call("pending_approvals", &json!({})))
            .await
            .unwrap();
        assert!(!text(&result).contains(['\u{202e}', '\u{1b}']));
        insta::assert_snapshot!(text(&result));
        client.cancel().await.unwrap();
    });
}

#[test]
fn a_persons_answer_counts_in_either_protocol() {
    for mode in both() {
        for (content, expected) in [
            (
                json!({ "answer": "approve", "reason": "load" }),
                "pending: ada true (load)",
            ),
            (json!({ "answer": "reject" }), "rejected: ada false ()"),
        ] {
            let workspace = workspace();
            runtime().block_on(async {
                let person = Person::says(ElicitationAction::Accept, content);
                let asked = Arc::clone(&person.asked);
                let client = connect(&workspace, &WHO, person, mode.clone()).await;
                let result = client.call_tool(answer()).await.unwrap();
                assert_eq!(result.is_error, Some(false), "{}", text(&result));
                let asked = asked.lock().unwrap().clone();
                assert_eq!(asked.len(), 1);
                assert!(asked[0].contains("PATCH /apis/apps/v1"), "{asked:?}");
                client.cancel().await.unwrap();
            });
            assert_eq!(votes(&workspace), expected, "{mode:?}");
        }
    }
}

#[test]
fn no_answer_is_none() {
    for mode in both() {
        for (action, content) in [
            (ElicitationAction::Decline, json!({})),
            (ElicitationAction::Cancel, json!({ "answer": "approve" })),
            (ElicitationAction::Accept, json!({ "answer": "maybe" })),
            (ElicitationAction::Accept, json!({})),
        ] {
            let workspace = workspace();
            runtime().block_on(async {
                let person = Person::says(action, content);
                let client = connect(&workspace, &WHO, person, mode.clone()).await;
                client.call_tool(answer()).await.unwrap();
                client.cancel().await.unwrap();
            });
            assert_eq!(votes(&workspace), "pending: ", "{mode:?}");
        }
    }
}

#[test]
fn who_cannot_be_asked_and_who_is_not_known_is_told_what_to_run() {
    let workspace = workspace();
    let mut shown = String::new();
    runtime().block_on(async {
        let yes = json!({ "answer": "approve" });
        for (arguments, person) in [
            (&WHO[..], Person::absent()),
            (
                &WHO[..2],
                Person::says(ElicitationAction::Accept, yes.clone()),
            ),
            (&[][..], Person::says(ElicitationAction::Accept, yes)),
        ] {
            for mode in both() {
                let client = connect(&workspace, arguments, person.clone(), mode).await;
                let result = client.call_tool(answer()).await.unwrap();
                assert_eq!(result.is_error, Some(true));
                shown.push_str(&format!("{}\n", text(&result)));
                client.cancel().await.unwrap();
            }
        }
    });
    assert_eq!(votes(&workspace), "pending: ");
    insta::assert_snapshot!(shown, @r#"
    this client cannot ask the person: they may run `taffrail approvals approve cart-1`
    this client cannot ask the person: they may run `taffrail approvals approve cart-1`
    nobody said who sits here: start the server with `--as NAME`, or run `taffrail approvals approve cart-1`
    nobody said who sits here: start the server with `--as NAME`, or run `taffrail approvals approve cart-1`
    this server has no ledger
    this server has no ledger
    "#);
}

/// Asks without putting the question, as a client would that makes up the answer's surroundings.
async fn question(client: &Client) -> InputRequiredResult {
    match client.call_tool_once(answer()).await.unwrap() {
        CallToolResponse::InputRequired(question) => question,
        other => panic!("{other:?}"),
    }
}

async fn retry(
    client: &Client,
    state: &str,
    proposal: &str,
) -> Result<CallToolResult, ServiceError> {
    let said = json!({ "action": "accept", "content": { "answer": "approve" } });
    let mut again = call("answer_approval", &json!({ "proposal": proposal }));
    again = again.with_input_responses([("answer".to_owned(), said)].into());
    again.request_state = Some(state.to_owned());
    match client.call_tool_once(again).await? {
        CallToolResponse::Complete(result) => Ok(result),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_state_that_was_not_given_out_for_this_question_is_refused() {
    let workspace = workspace();
    ledger(&workspace)
        .propose(&taffrail_ledger::Proposal {
            id: "cart-2".into(),
            nonce: "another".into(),
            ..ledger(&workspace).proposal("cart-1").unwrap().proposal
        })
        .unwrap();
    runtime().block_on(async {
        let person = || Person::says(ElicitationAction::Accept, json!({}));
        let client = connect(&workspace, &WHO, person(), newest()).await;
        let state = question(&client).await.request_state.unwrap();
        let forged = format!("{state}x");
        for (state, proposal) in [
            (forged.as_str(), "cart-1"),
            ("", "cart-1"),
            (state.as_str(), "cart-2"),
        ] {
            let refused = retry(&client, state, proposal).await.unwrap();
            assert_eq!(refused.is_error, Some(true), "{state} {proposal}");
        }
        // Another server, with a key of its own, and so another person's.
        let other = ["--ledger", "ledger.db", "--as", "eve", "--team", "sre"];
        let eve = connect(&workspace, &other, person(), newest()).await;
        assert_eq!(
            retry(&eve, &state, "cart-1").await.unwrap().is_error,
            Some(true)
        );
        eve.cancel().await.unwrap();
        assert_eq!(votes(&workspace), "pending: ");

        // The right one counts, once.
        assert_eq!(
            retry(&client, &state, "cart-1").await.unwrap().is_error,
            Some(false)
        );
        let replayed = retry(&client, &state, "cart-1").await.unwrap();
        assert_eq!(replayed.is_error, Some(true), "{}", text(&replayed));
        assert_eq!(votes(&workspace), "pending: ada true ()");
        client.cancel().await.unwrap();
    });
}

#[test]
fn nobody_has_a_name_over_http() {
    let ran = workspace().run(&[
        "mcp",
        "--policies",
        "policies",
        "--as",
        "ada",
        "--listen",
        "127.0.0.1:0",
    ]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("--as"), "{}", ran.err);
}
