//! Signals of a file, or of an address that answers as such a file reads.

use serde_json::Value as Json;

use super::{Reading, Sample, Source, http};

pub(super) async fn read(source: &Source, name: &str) -> Reading {
    let text = match (&source.file, &source.url) {
        (Some(path), _) => tokio::fs::read_to_string(path)
            .await
            .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?,
        (None, Some(url)) => http::get(source, url).await?,
        (None, None) => return Err("it has no source".to_owned()),
    };
    pick(&text, name)
}

/// Finds a signal in a document, by its full name or its last word.
fn pick(text: &str, name: &str) -> Reading {
    let document: Json = serde_json::from_str(text)
        .map_err(|error| format!("its source does not say JSON: {error}"))?;
    let last = name.rsplit('.').next().unwrap_or(name);
    let found = document.get(name).or_else(|| document.get(last));
    let found = found.ok_or_else(|| format!("its source says nothing of `{last}`"))?;
    let value = found.get("value").filter(|value| !value.is_null());
    let value = value.ok_or_else(|| "its source gives no `value`".to_owned())?;
    Ok(Sample {
        value: value.clone(),
        observed: found
            .get("observed")
            .and_then(Json::as_str)
            .map(str::to_owned),
    })
}
