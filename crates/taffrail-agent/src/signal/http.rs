//! A GET over HTTP or HTTPS.

use std::sync::LazyLock;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::Source;

type Connector = Result<HttpsConnector<HttpConnector>, String>;

/// The roots that the machine trusts, read once.
static CONNECTOR: LazyLock<Connector> = LazyLock::new(|| {
    let builder = HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|error| format!("the machine's certificates cannot be read: {error}"))?;
    Ok(builder.https_or_http().enable_http1().build())
});

/// More than this is no answer about signals.
const MOST: usize = 1 << 20;

/// Returns what an address answers.
pub(super) async fn get(source: &Source, url: &str) -> Result<String, String> {
    let connector = CONNECTOR.clone()?;
    let mut request = Request::get(url);
    if let Some(path) = &source.token_file {
        let token = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", token.trim()));
    }
    let request = request
        .body(Empty::<Bytes>::new())
        .map_err(|error| format!("`{url}` is no address: {error}"))?;
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
    let response = client.request(request).await.map_err(|error| {
        let cause = std::error::Error::source(&error)
            .map_or_else(String::new, |cause| format!(": {cause}"));
        format!("its source cannot be reached{cause}")
    })?;
    let status = response.status();
    if !status.is_success() {
        return Err(format!("its source answers HTTP {}", status.as_u16()));
    }
    let body = Limited::new(response.into_body(), MOST).collect().await;
    let bytes = body
        .map_err(|error| format!("its source stopped in the middle, or says too much: {error}"))?
        .to_bytes();
    String::from_utf8(bytes.to_vec()).map_err(|_| "its source does not answer with text".to_owned())
}
