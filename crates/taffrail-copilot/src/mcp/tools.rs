//! The tools, as clients are told of them.

use std::sync::{Arc, LazyLock};

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value as Json, json};
use taffrail_runtime::decision::JSON_SCHEMA;

/// The one tool that does not only read.
pub(super) const ANSWER: &str = "answer_approval";

/// The published JSON Schema of [`Advice`](crate::Advice).
pub(super) const OPTIONS_SCHEMA: &str = include_str!("../../schema/options.v1.json");

/// Returns all tools.
pub(super) fn all() -> Vec<Tool> {
    TOOLS.clone()
}

static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    let reads = [
        reading(
            "evaluate_action",
            "Decide an action",
            "Decides an action document: verb, target, and what is known of the cluster under `facts`. Returns the verdict (execute, propose or escalate), the risk and \
             every reason. What is left out is unknown, and never makes a verdict milder. Facts are believed here, since nothing runs; whoever executes decides again.",
            json!({ "action": document("The action document.") }),
            &["action"],
            decisions(),
        ),
        reading(
            "evaluate_kubectl",
            "Decide a command line",
            "Decides a command line of kubectl or helm, also one with pipes and several commands, as it would be given to a shell. Nothing of it is run. Returns whether all of it is \
             understood, and the decision.",
            json!({
                "command": { "type": "string", "description": "The line: `kubectl scale deploy/api --replicas=3 -n shop`." },
                "facts": document("Principal, intent, request and facts, written as in an action document; left out: what the server was started with."),
                "current": { "type": "array", "items": { "type": "object" }, "description": "The live objects that it is about, as `kubectl get -o json` prints them." },
                "namespace": { "type": "string", "description": "The namespace of commands that name none." },
            }),
            &["command"],
            json!({
                "type": "object",
                "properties": {
                    "understood": { "type": "boolean", "description": "Whether every word of every command was given a meaning." },
                    "effect": { "type": "string", "description": "The greatest effect of the commands: read, change, delete, …" },
                    "decisions": decision_list(),
                },
                "required": ["understood", "effect", "decisions"],
                "additionalProperties": false,
                "$defs": definitions(),
            }),
        ),
        reading(
            "propose_options",
            "Find what else could be done",
            "Finds options for an action, or for a goal with candidate actions: as asked, what rules suggest, the nearest change that would be executed, the same in steps, later, or with \
             people's agreement. Each option is already decided and says what it gives up. The best one comes first.",
            json!({ "action": document("An action document, or a goal: `goal` in words, `candidates` a list of actions, `keep` bounds such as { spec.replicas: { at_least: 3 } }.") }),
            &["action"],
            options(),
        ),
        reading(
            "explain_decision",
            "Explain a decision",
            "Explains a decision for a reader: a `line` (at most 200 characters), a `card` in Markdown, or the full `page` with the smallest set of facts that would have changed it. Give an \
             `action` document, or the `decision`: the action digest of one that was decided here before.",
            json!({
                "action": document("The action document."),
                "decision": { "type": "string", "description": "The action digest of an earlier decision." },
                "reader": { "type": "string", "enum": ["line", "card", "page"], "default": "card" },
            }),
            &[],
            json!({
                "type": "object",
                "properties": {
                    "reader": { "type": "string", "enum": ["line", "card", "page"] },
                    "verdict": { "enum": ["execute", "propose", "escalate"] },
                    "text": { "type": "string", "description": "The explanation; Markdown but for a line." },
                    "why_not": { "type": ["object", "null"], "description": "What would have to be true for a milder verdict; only on a page, and only for a single action." },
                },
                "required": ["reader", "verdict", "text"],
                "additionalProperties": false,
            }),
        ),
        reading(
            "list_policies",
            "List the rules",
            "Lists the rules that decide: name, kind, place and annotations.",
            json!({}),
            &[],
            json!({
                "type": "object",
                "properties": {
                    "policy_digest": { "type": "string" },
                    "rules": { "type": "array", "items": {
                        "type": "object",
                        "properties": {
                            "name": { "type": "string" },
                            "kind": { "enum": ["grant", "guard", "budget", "breaker", "tolerance", "waiver"] },
                            "file": { "type": "string" },
                            "line": { "type": "integer" },
                            "annotations": { "type": "object" },
                        },
                        "required": ["name", "kind", "file", "line", "annotations"],
                        "additionalProperties": false,
                    } },
                },
                "required": ["policy_digest", "rules"],
                "additionalProperties": false,
            }),
        ),
        reading(
            "check_policy",
            "Check the text of a policy",
            "Compiles the text of a .guard file by itself and returns what is wrong with it, with places and hints. Nothing is put into force.",
            json!({
                "policy": { "type": "string", "description": "The text." },
                "name": { "type": "string", "description": "The file's name, for messages." },
            }),
            &["policy"],
            json!({
                "type": "object",
                "properties": {
                    "errors": { "type": "integer", "minimum": 0 },
                    "warnings": { "type": "integer", "minimum": 0 },
                    "diagnostics": { "type": "array", "items": {
                        "type": "object",
                        "properties": {
                            "code": { "type": "string" },
                            "severity": { "enum": ["error", "warning"] },
                            "message": { "type": "string" },
                            "line": { "type": "integer" },
                            "column": { "type": "integer" },
                            "hints": { "type": "array", "items": { "type": "string" } },
                        },
                        "required": ["code", "severity", "message", "line", "column", "hints"],
                        "additionalProperties": false,
                    } },
                },
                "required": ["errors", "warnings", "diagnostics"],
                "additionalProperties": false,
            }),
        ),
        reading(
            "pending_approvals",
            "Show what waits for people",
            "Lists the proposals that wait for people's answers: what exactly will run, who asks, who must still agree, and until when.",
            json!({}),
            &[],
            json!({
                "type": "object",
                "properties": { "proposals": { "type": "array", "items": proposal() } },
                "required": ["proposals"],
                "additionalProperties": false,
            }),
        ),
    ];
    let answer = tool(
        ANSWER,
        "Ask the person to approve or reject",
        "Shows the person at this client a pending proposal and takes down whether they approve or reject it. Only their own answer counts: you cannot answer for them. Nothing is executed \
         by it; the agent that proposed goes on when enough people agree.",
        json!({ "proposal": { "type": "string", "description": "The id, as `pending_approvals` shows it." } }),
        &["proposal"],
        proposal(),
    )
    .annotate(
        ToolAnnotations::new()
            .read_only(false)
            .destructive(true)
            .idempotent(true)
            .open_world(false),
    );
    reads.into_iter().chain([answer]).collect()
});

fn reading(
    name: &'static str,
    title: &str,
    description: &'static str,
    properties: Json,
    required: &[&str],
    output: Json,
) -> Tool {
    let annotations = ToolAnnotations::new()
        .read_only(true)
        .destructive(false)
        .idempotent(true)
        .open_world(false);
    tool(name, title, description, properties, required, output).annotate(annotations)
}

fn tool(
    name: &'static str,
    title: &str,
    description: &'static str,
    properties: Json,
    required: &[&str],
    output: Json,
) -> Tool {
    let input = object(json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    }));
    Tool::new(name, description, input)
        .with_title(title)
        .with_raw_output_schema(object(output))
}

fn object(schema: Json) -> Arc<JsonObject> {
    Arc::new(match schema {
        Json::Object(map) => map,
        _ => JsonObject::new(),
    })
}

fn document(description: &str) -> Json {
    json!({
        "description": format!("{description} An object, or a text in YAML or JSON."),
        "type": ["object", "string"],
    })
}

/// The schema of several decisions.
fn decisions() -> Json {
    json!({
        "type": "object",
        "properties": { "decisions": decision_list() },
        "required": ["decisions"],
        "additionalProperties": false,
        "$defs": definitions(),
    })
}

fn decision_list() -> Json {
    json!({ "type": "array", "items": { "oneOf": [{ "$ref": "#/$defs/decision" }, { "$ref": "#/$defs/plan" }] } })
}

/// What the published schema of decisions defines.
fn definitions() -> Json {
    parsed(JSON_SCHEMA)
        .get("$defs")
        .cloned()
        .unwrap_or_default()
}

/// The published schema of options, with the decisions in it.
fn options() -> Json {
    let mut schema = parsed(OPTIONS_SCHEMA);
    if let (Some(own), Json::Object(of_decisions)) = (
        schema.get_mut("$defs").and_then(Json::as_object_mut),
        definitions(),
    ) {
        own.extend(of_decisions);
    }
    schema
}

fn parsed(schema: &str) -> Json {
    serde_json::from_str(schema).unwrap_or_default()
}

fn proposal() -> Json {
    let team = json!({
        "type": "object",
        "properties": { "team": { "type": "string" }, "count": { "type": "integer" } },
        "required": ["team", "count"],
    });
    json!({
        "type": "object",
        "properties": {
            "id": { "type": "string" },
            "action": { "type": "string", "description": "The action's id." },
            "requester": { "type": "string" },
            "state": { "enum": ["pending", "approved", "rejected", "used", "void", "expired"] },
            "runs": { "type": "string", "description": "What will run, whole." },
            "missing": { "type": "array", "items": team, "description": "Who must still agree; a count without a team is of anybody." },
            "expires": { "type": "string" },
        },
        "required": ["id", "action", "requester", "state", "runs", "missing", "expires"],
        "additionalProperties": false,
    })
}
