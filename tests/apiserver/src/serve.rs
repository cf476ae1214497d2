//! Connections, and what is written into them.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::Value as Json;
use tokio::net::TcpListener;

use crate::answer::{Answer, Content};

/// The connection is to be dropped.
#[derive(Debug, Clone, Copy)]
struct HangUp;

/// Serves connections until it is aborted.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let service = TowerToHyperService::new(router.clone());
        connections.spawn(async move {
            let service = hyper::service::service_fn(move |request| {
                let answer = hyper::service::Service::call(&service, request);
                async move {
                    let response: Result<Response, Infallible> = answer.await;
                    let response = response.unwrap_or_else(|never| match never {});
                    // An error of the service drops the connection without an answer.
                    if response.extensions().get::<HangUp>().is_some() {
                        return Err(std::io::Error::other("dropped on purpose"));
                    }
                    Ok(response)
                }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service);
            // That a client goes away is its business.
            let _ = connection.await;
        });
    }
}

/// Returns an answer as it is written.
pub(crate) fn respond(answer: Answer, hangs_up: bool) -> Response {
    let (kind, body) = match answer.content {
        Content::Json => match answer.body {
            Json::String(text) => ("text/plain; charset=utf-8", Body::from(text)),
            body => ("application/json", Body::from(body.to_string())),
        },
        Content::Yaml => {
            let text = serde_yaml::to_string(&answer.body).unwrap_or_default();
            ("application/yaml", Body::from(text))
        }
        Content::Events(watch) => ("application/json", Body::from_stream(watch.stream())),
    };
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static(kind),
    );
    for (name, value) in answer.headers {
        if let Ok(value) = http::HeaderValue::from_str(&value) {
            headers.append(name, value);
        }
    }
    if hangs_up {
        response.extensions_mut().insert(HangUp);
    }
    response
}
