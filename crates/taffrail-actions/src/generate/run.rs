//! The pod that `run` makes, and its Service.

use serde_json::{Value as Json, json};

use super::expose::{service, service_ports};
use super::text::{is_variable, labels, port};
use super::{GenerateError, Input, Made, fields, form, some_list, unknown};

pub(super) fn objects(input: Input<'_>) -> Made<Vec<Json>> {
    let flags = input.flags;
    let Some((name, words)) = flags.positional.split_first() else {
        return Err(GenerateError::Names { given: 0 });
    };
    let mut objects = vec![overridden(input, pod(input, name, words)?)?];
    if flags.is_on("expose")? {
        let port = flags
            .text("port")
            .ok_or(GenerateError::Missing { what: "`--port`" })?;
        let given = flags.text("labels").map(|text| labels("--labels", text));
        let given = given.transpose()?;
        let selector = given.clone().unwrap_or_else(|| json!({ "run": name }));
        let ports = service_ports(input, &[port.to_owned()], &[])?;
        let metadata = input.metadata(name, fields([("labels", given)]));
        objects.push(service(input, metadata, selector, ports)?);
    }
    Ok(objects)
}

fn pod(input: Input<'_>, name: &str, words: &[String]) -> Made<Json> {
    let flags = input.flags;
    let text = |flag: &str| flags.text(flag).map(Json::from);
    let image = text("image").ok_or(GenerateError::Missing { what: "`--image`" })?;
    let restart = one_of(input, "restart", &["Always", "OnFailure", "Never"])?;
    let pull = one_of(
        input,
        "image-pull-policy",
        &["Always", "IfNotPresent", "Never"],
    )?;
    let (stdin, tty) = (flags.is_on("stdin")?, flags.is_on("tty")?);
    if tty && !stdin {
        return Err(GenerateError::Missing { what: "`--stdin`" });
    }
    let command: Vec<Json> = words
        .iter()
        .chain(&flags.after_dashes)
        .map(|word| json!(word))
        .collect();
    let command_field = if flags.is_on("command")? {
        "command"
    } else {
        "args"
    };
    let port = flags.text("port").map(|text| port("--port", text, true));
    let port = port.transpose()?;
    let on = |on: bool| on.then_some(json!(true));
    let mut container = fields([
        ("name", Some(json!(name))),
        ("image", Some(image)),
        ("stdin", on(stdin)),
        ("stdinOnce", on(stdin && !flags.is_on("leave-stdin-open")?)),
        ("tty", on(tty)),
        ("imagePullPolicy", pull.map(Json::from)),
        ("ports", port.map(|port| json!([{ "containerPort": port }]))),
        ("env", some_list(environment(input)?)),
        (command_field, some_list(command)),
    ]);
    if flags.is_on("privileged")? {
        container.insert("securityContext".into(), json!({ "privileged": true }));
    }
    let of_pod = match flags.text("labels") {
        Some(text) => labels("--labels", text)?,
        None => json!({ "run": name }),
    };
    let annotations = annotations(input)?;
    let metadata = fields([("labels", Some(of_pod)), ("annotations", annotations)]);
    Ok(json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": input.metadata(name, metadata),
        "spec": {
            "containers": [container],
            "dnsPolicy": "ClusterFirst",
            "restartPolicy": restart.unwrap_or("Always"),
        },
    }))
}

fn one_of<'a>(input: Input<'a>, flag: &str, allowed: &[&str]) -> Made<Option<&'a str>> {
    match input.flags.text(flag) {
        Some(word) if !allowed.contains(&word) => {
            Err(form(format!("--{flag}"), word, "one of its values"))
        }
        word => Ok(word),
    }
}

fn environment(input: Input<'_>) -> Made<Vec<Json>> {
    let variable = |word: &str| match word.split_once('=') {
        Some((name, "")) if is_variable(name) => Ok(json!({ "name": name })),
        Some((name, value)) if is_variable(name) => Ok(json!({ "name": name, "value": value })),
        Some(_) | None => Err(GenerateError::Hidden {
            place: "--env".into(),
            expected: "`NAME=value`",
        }),
    };
    input.flags.all("env").map(variable).collect()
}

fn annotations(input: Input<'_>) -> Made<Option<Json>> {
    let mut annotations = super::Fields::new();
    for word in input.flags.all("annotations") {
        match word.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                annotations.insert(key.to_owned(), json!(value));
            }
            Some(_) | None => return Err(form("--annotations", word, "`KEY=VALUE`")),
        }
    }
    Ok((!annotations.is_empty()).then_some(Json::Object(annotations)))
}

/// Lays `--overrides` over an object.
pub(super) fn overridden(input: Input<'_>, object: Json) -> Made<Json> {
    let flags = input.flags;
    let Some(text) = flags.text("overrides") else {
        return Ok(object);
    };
    let refused = || GenerateError::Hidden {
        place: "--overrides".into(),
        expected: "a patch of the object",
    };
    let patch: Json = serde_json::from_str(text).map_err(|_| refused())?;
    let mut object = object;
    match flags.text("override-type").unwrap_or("merge") {
        "merge" if patch.is_object() => json_patch::merge(&mut object, &patch),
        "json" => {
            let patch: json_patch::Patch = serde_json::from_value(patch).map_err(|_| refused())?;
            json_patch::patch(&mut object, &patch).map_err(|_| refused())?;
        }
        "strategic" => {
            return Err(unknown(
                "what a strategic `--overrides` makes of the object",
            ));
        }
        "merge" => return Err(refused()),
        other => return Err(form("--override-type", other, "a type of patch")),
    }
    Ok(object)
}
