//! Who may call, told by their tokens, of which only digests are kept.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::trouble::Trouble;
use super::{Caller, Door};

/// Somebody who may call.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name; one name has one vote.
    pub name: String,
    /// The teams that they belong to.
    #[serde(default)]
    pub teams: Vec<String>,
    /// Whether they may stop all execution and let it go on.
    #[serde(default)]
    pub operator: bool,
    /// What policies see of them as `principal.kind`, for actions that they hand over: `agent`, `copilot`, `human` or `controller`.
    #[serde(default = "human")]
    pub kind: String,
    /// The groups that policies see.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The tenant that policies see.
    #[serde(default)]
    pub tenant: Option<String>,
    /// The SHA-256 digest of their token, in hexadecimal digits. A token is long and random; nobody can guess it from this.
    pub token_sha256: String,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("name", &self.name)
            .field("teams", &self.teams)
            .field("operator", &self.operator)
            .finish_non_exhaustive()
    }
}

/// The kinds of principals.
const KINDS: [&str; 4] = ["agent", "copilot", "human", "controller"];

fn human() -> String {
    "human".to_owned()
}

impl Person {
    /// Returns what policies see of the person.
    pub(super) fn principal(&self) -> Json {
        let mut principal = json!({ "kind": self.kind, "id": self.name, "groups": self.groups });
        if let (Some(tenant), Some(principal)) = (&self.tenant, principal.as_object_mut()) {
            principal.insert("tenant".to_owned(), tenant.as_str().into());
        }
        principal
    }
}

/// Why somebody cannot be told by a token.
#[derive(Debug, thiserror::Error)]
pub enum NotAPerson {
    /// The digest is none.
    #[error("`token_sha256` of `{name}` is no SHA-256 digest: 64 hexadecimal digits")]
    NoDigest {
        /// Who.
        name: String,
    },
    /// Policies know no such kind of principal.
    #[error(
        "`{kind}`, which `{name}` is, is no kind of principal: `agent`, `copilot`, `human` or `controller`"
    )]
    NoKind {
        /// Who.
        name: String,
        /// What they are said to be.
        kind: String,
    },
    /// There is no name.
    #[error("somebody has no name")]
    NoName,
    /// Two people have one token.
    #[error("`{one}` and `{other}` have the same token, so nobody could tell who calls")]
    SameToken {
        /// Who.
        one: String,
        /// Who else.
        other: String,
    },
}

/// People by the digests of their tokens.
#[derive(Debug)]
pub(super) struct People(Vec<([u8; 32], Person)>);

impl People {
    pub(super) fn new(people: &[Person]) -> Result<Self, NotAPerson> {
        let mut known: Vec<([u8; 32], Person)> = Vec::new();
        for person in people {
            if person.name.trim().is_empty() {
                return Err(NotAPerson::NoName);
            }
            if !KINDS.contains(&person.kind.as_str()) {
                return Err(NotAPerson::NoKind {
                    name: person.name.clone(),
                    kind: person.kind.clone(),
                });
            }
            let digest = digest(&person.token_sha256).ok_or_else(|| NotAPerson::NoDigest {
                name: person.name.clone(),
            })?;
            if let Some((_, other)) = known.iter().find(|(other, _)| *other == digest) {
                return Err(NotAPerson::SameToken {
                    one: other.name.clone(),
                    other: person.name.clone(),
                });
            }
            known.push((digest, person.clone()));
        }
        Ok(Self(known))
    }

    /// Finds who has a token. All are compared, each to its end: how long it takes says nothing.
    fn find(&self, token: &str) -> Option<&Person> {
        let shown = Sha256::digest(token.as_bytes());
        let mut found = None;
        for (digest, person) in &self.0 {
            let differs = digest
                .iter()
                .zip(shown.iter())
                .fold(0_u8, |differs, (one, other)| differs | (one ^ other));
            if std::hint::black_box(differs) == 0 {
                found = Some(person);
            }
        }
        found
    }
}

impl FromRequestParts<Door> for Caller {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Trouble> {
        let mut values = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(Trouble::no_token());
        };
        let text = value.to_str().map_err(|_| Trouble::no_token())?;
        let (scheme, token) = text.split_once(' ').ok_or_else(Trouble::no_token)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Trouble::no_token());
        }
        let found = door.people.find(token.trim());
        found.cloned().map(Caller).ok_or_else(Trouble::wrong_token)
    }
}

fn digest(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks(2)) {
        if !pair.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
