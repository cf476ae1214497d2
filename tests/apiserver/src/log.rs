//! What a server has seen, so that a test can count what was done.

use serde_json::Value as Json;

/// A request that came in.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query.
    pub query: String,
    /// The body; null when there was none, or none that is JSON.
    pub body: Json,
    /// Who asked; `system:anonymous` without a token.
    pub user: String,
    /// The status of the answer; 0 when the connection was dropped.
    pub status: u16,
    /// Whether it only tried out what would happen.
    pub is_dry: bool,
    /// Whether something was written.
    pub wrote: bool,
}
