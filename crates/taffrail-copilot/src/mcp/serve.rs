//! How clients reach a server.

use std::sync::Arc;

use rmcp::ServiceExt;
use rmcp::transport::stdio;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;

use super::Server;

/// Why a server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
    /// The client began in a way that no revision of the protocol knows.
    #[error("the client does not begin as the protocol says: {message}")]
    NoBeginning {
        /// What was wrong.
        message: String,
    },
    /// Listening, or the connection, failed.
    #[error("serving failed: {0}")]
    Io(#[from] std::io::Error),
}

/// Serves one client over standard input and output, until it closes them.
///
/// # Errors
///
/// The client does not begin as the protocol says. A client that goes away is no error.
pub async fn serve_stdio(server: Server) -> Result<(), ServeError> {
    match server.serve(stdio()).await {
        Ok(running) => {
            // However it ends, there is nobody left to tell.
            let _ = running.waiting().await;
            Ok(())
        }
        Err(error) if is_gone(&error) => Ok(()),
        Err(error) => Err(ServeError::NoBeginning {
            message: error.to_string(),
        }),
    }
}

fn is_gone(error: &rmcp::service::ServerInitializeError) -> bool {
    matches!(
        error,
        rmcp::service::ServerInitializeError::ConnectionClosed(_)
    )
}

/// Serves any number of clients over HTTP, at `/mcp`, until the listener fails. Requests that a browser sends for another page, and those for a
/// host that is not named, are refused: a page must not reach a server on somebody's own machine.
///
/// # Errors
///
/// The listener fails.
pub async fn serve_http(
    server: Server,
    listener: TcpListener,
    hosts: Vec<String>,
) -> Result<(), ServeError> {
    let mut config = StreamableHttpServerConfig::default().enforce_origin_validation();
    config.allowed_hosts.extend(hosts);
    let service = StreamableHttpService::new(
        move || Ok(server.clone()),
        Arc::new(LocalSessionManager::default()),
        config,
    );
    let router = axum::Router::new().nest_service("/mcp", service);
    Ok(axum::serve(listener, router).await?)
}
