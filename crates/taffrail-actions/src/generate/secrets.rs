//! Secrets: generic ones, those of registries, and pairs of a certificate and its key.

use serde_json::{Map, Value as Json, json};

use super::config::{content, entries};
use super::{Fields, GenerateError, Input, Made, fields};
use crate::stored::base64;

pub(super) fn generic(input: Input<'_>) -> Made<Json> {
    let data = entries(input)?;
    let data = data
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    secret(input, input.flags.text("type"), data)
}

pub(super) fn tls(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let (Some(certificate), Some(key)) = (flags.text("cert"), flags.text("key")) else {
        return Err(GenerateError::Missing {
            what: "`--cert` or `--key`",
        });
    };
    let certificate = content(input, certificate)?;
    let key = content(input, key)?;
    let data = [("tls.crt", certificate.as_str()), ("tls.key", key.as_str())];
    secret(input, Some("kubernetes.io/tls"), data.into_iter())
}

pub(super) fn docker_registry(input: Input<'_>) -> Made<Json> {
    const TYPE: &str = "kubernetes.io/dockerconfigjson";
    let flags = input.flags;
    if flags.text("from-file").is_some() {
        let data = entries(input)?;
        let data = data
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()));
        return secret(input, Some(TYPE), data);
    }
    let (Some(user), Some(password)) =
        (flags.text("docker-username"), flags.text("docker-password"))
    else {
        return Err(GenerateError::Missing {
            what: "`--docker-username` or `--docker-password`",
        });
    };
    let server = flags
        .all("docker-server")
        .last()
        .unwrap_or("https://index.docker.io/v1/");
    if server.is_empty() {
        return Err(GenerateError::Missing {
            what: "`--docker-server`",
        });
    }
    let auth = base64::encode(format!("{user}:{password}").as_bytes());
    let parts = [
        ("username", Some(user)),
        ("password", Some(password)),
        ("email", flags.text("docker-email")),
        ("auth", Some(auth.as_str())),
    ];
    // The order of the parts is that in which kubectl writes them: the bytes of a Secret are compared as they are.
    let parts: Vec<String> = parts
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{}:{}", quoted(key), quoted(value?))))
        .collect();
    let config = format!(
        "{{\"auths\":{{{}:{{{}}}}}}}",
        quoted(server),
        parts.join(",")
    );
    secret(
        input,
        Some(TYPE),
        [(".dockerconfigjson", config.as_str())].into_iter(),
    )
}

/// Returns a text as kubectl writes it in JSON, which escapes what would mean something in HTML.
fn quoted(text: &str) -> String {
    json!(text)
        .to_string()
        .replace('&', "\\u0026")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

fn secret<'d>(
    input: Input<'_>,
    of_type: Option<&str>,
    data: impl Iterator<Item = (&'d str, &'d str)>,
) -> Made<Json> {
    let metadata = input.metadata(input.flags.name()?, Fields::new());
    let data: Map<String, Json> = data
        .map(|(key, value)| (key.to_owned(), json!(base64::encode(value.as_bytes()))))
        .collect();
    Ok(Json::Object(fields([
        ("apiVersion", Some(json!("v1"))),
        ("kind", Some(json!("Secret"))),
        ("metadata", Some(metadata)),
        ("type", of_type.map(Json::from)),
        ("data", (!data.is_empty()).then_some(Json::Object(data))),
    ])))
}
