//! Deployments, jobs and cron jobs.

use serde_json::{Value as Json, json};

use super::{Fields, GenerateError, Input, Made, fields, form, some_list, source, unknown};

pub(super) fn deployment(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let name = flags.name()?;
    let images = flags.list("image")?;
    let command = &flags.after_dashes;
    if images.is_empty() {
        return Err(GenerateError::Missing { what: "`--image`" });
    }
    if images.len() > 1 && !command.is_empty() {
        return Err(GenerateError::Excluded {
            first: "more than one `--image`",
            second: "a command",
        });
    }
    let replicas: i32 = flags.number("replicas")?.unwrap_or(1);
    let port: i32 = flags.number("port")?.unwrap_or(-1);
    let mut containers = Vec::new();
    for image in &images {
        let ports =
            (port >= 0 && containers.is_empty()).then(|| json!([{ "containerPort": port }]));
        let mut container = container(container_name(image)?, image, command);
        container.extend(fields([("ports", ports)]));
        containers.push(Json::Object(container));
    }
    let labels = json!({ "app": name });
    let metadata = input.metadata(name, fields([("labels", Some(labels.clone()))]));
    Ok(json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": labels },
            "template": { "metadata": { "labels": labels }, "spec": { "containers": containers } },
        },
    }))
}

/// Returns the name of the container of an image: the last part of its path, without tag and digest.
fn container_name(image: &str) -> Made<&str> {
    let name = image.rsplit('/').next().unwrap_or(image);
    let name = name.split([':', '@']).next().unwrap_or(name);
    if name.contains(['_', '.']) {
        // kubectl draws five letters at random for its end.
        return Err(unknown(format!("the name of the container of `{image}`")));
    }
    Ok(name)
}

fn container(name: &str, image: &str, command: &[String]) -> Fields {
    let command = some_list(command.iter().map(|word| json!(word)).collect());
    fields([
        ("name", Some(json!(name))),
        ("image", Some(json!(image))),
        ("command", command),
    ])
}

pub(super) fn job(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let name = flags.name()?;
    match (flags.text("image"), flags.text("from")) {
        (Some(image), None) => Ok(json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": input.metadata(name, Fields::new()),
            "spec": job_spec(name, image, &flags.after_dashes, "Never"),
        })),
        (None, Some(_)) if !flags.after_dashes.is_empty() => Err(GenerateError::Excluded {
            first: "`--from`",
            second: "a command",
        }),
        (None, Some(from)) => from_cron_job(input, name, from),
        (Some(_), Some(_)) => Err(GenerateError::Excluded {
            first: "`--image`",
            second: "`--from`",
        }),
        (None, None) => Err(GenerateError::Missing {
            what: "`--image` or `--from`",
        }),
    }
}

fn job_spec(name: &str, image: &str, command: &[String], restart: &str) -> Json {
    json!({
        "template": {
            "spec": {
                "containers": [container(name, image, command)],
                "restartPolicy": restart,
            },
        },
    })
}

/// Returns the job that a cron job would start, marked as one that was started by hand.
fn from_cron_job(input: Input<'_>, name: &str, from: &str) -> Made<Json> {
    let found = source::one("--from", from)?;
    if found.kind != "CronJob" {
        return Err(form("--from", from, "a cron job"));
    }
    let live = found.live(input)?;
    let template = |field: &str| live.pointer(&format!("/spec/jobTemplate/{field}")).cloned();
    let mut annotations = fields([("cronjob.kubernetes.io/instantiate", Some(json!("manual")))]);
    if let Some(Json::Object(more)) = template("metadata/annotations") {
        annotations.extend(more);
    }
    let spec = template("spec").ok_or_else(|| unknown(format!("the template of `{from}`")))?;
    let owner = fields([
        ("apiVersion", Some(json!("batch/v1"))),
        ("kind", Some(json!("CronJob"))),
        ("name", Some(json!(found.name))),
        ("uid", live.pointer("/metadata/uid").cloned()),
        ("controller", Some(json!(true))),
    ]);
    let metadata = fields([
        ("annotations", Some(Json::Object(annotations))),
        ("labels", template("metadata/labels")),
        ("ownerReferences", Some(json!([owner]))),
    ]);
    Ok(json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": input.metadata(name, metadata),
        "spec": spec,
    }))
}

pub(super) fn cron_job(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let name = flags.name()?;
    let needed = |flag, what| flags.text(flag).ok_or(GenerateError::Missing { what });
    let image = needed("image", "`--image`")?;
    let schedule = needed("schedule", "`--schedule`")?;
    let restart = flags.text("restart").unwrap_or("OnFailure");
    Ok(json!({
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": input.metadata(name, Fields::new()),
        "spec": {
            "schedule": schedule,
            "jobTemplate": {
                "metadata": { "name": name },
                "spec": job_spec(name, image, &flags.after_dashes, restart),
            },
        },
    }))
}
