//! Who asks, and what they may: tokens, and the roles and bindings that are stored.

mod rules;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::address::Place;
use crate::answer::Answer;
use crate::request::Incoming;
use crate::store::Store;

pub(crate) use rules::{Attributes, allowed};

/// Somebody who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The identity; empty when there is none.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// What else is known, by name.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl User {
    /// Returns a user with groups, and what everybody is in who is known.
    #[must_use]
    pub fn new(name: &str, groups: &[&str]) -> Self {
        let mut groups: Vec<String> = groups.iter().map(|&group| group.to_owned()).collect();
        let mut parts = name.split(':');
        if let (Some("system"), Some("serviceaccount"), Some(namespace)) =
            (parts.next(), parts.next(), parts.next())
        {
            groups.push("system:serviceaccounts".into());
            groups.push(format!("system:serviceaccounts:{namespace}"));
        }
        groups.push("system:authenticated".into());
        Self {
            name: name.to_owned(),
            uid: String::new(),
            groups,
            extra: BTreeMap::new(),
        }
    }

    fn anonymous() -> Self {
        Self {
            groups: vec!["system:unauthenticated".into()],
            ..Self::new("system:anonymous", &[])
        }
    }

    /// Returns the user as a review shows it.
    pub(crate) fn shown(&self) -> Json {
        let mut shown = json!({ "username": self.name, "groups": self.groups });
        if !self.uid.is_empty() {
            shown["uid"] = self.uid.as_str().into();
        }
        if !self.extra.is_empty() {
            shown["extra"] = json!(self.extra);
        }
        shown
    }
}

/// Who is known by which token, and whether roles count.
#[derive(Debug, Default)]
pub(crate) struct Access {
    tokens: BTreeMap<String, User>,
    pub(crate) is_enforced: bool,
}

impl Access {
    pub(crate) fn know(&mut self, token: &str, user: User) {
        self.tokens.insert(token.to_owned(), user);
    }

    /// Returns who asks: nobody in particular without a token, nobody at all with one that is not known.
    pub(crate) fn user(&self, incoming: &Incoming) -> Option<User> {
        let asking = self.caller(incoming)?;
        let name = incoming.header("impersonate-user");
        if name.is_empty() {
            return Some(asking);
        }
        let groups = incoming.headers.get_all("impersonate-group");
        let groups: Vec<&str> = groups
            .iter()
            .filter_map(|name| name.to_str().ok())
            .collect();
        let mut user = User::new(name, &groups);
        for (key, value) in &incoming.headers {
            if let Some(key) = key.as_str().strip_prefix("impersonate-extra-") {
                let value = value.to_str().unwrap_or_default().to_owned();
                user.extra.entry(key.to_owned()).or_default().push(value);
            }
        }
        Some(user)
    }

    fn caller(&self, incoming: &Incoming) -> Option<User> {
        match incoming.header("authorization").strip_prefix("Bearer ") {
            Some(token) => self.tokens.get(token).cloned(),
            None => Some(User::anonymous()),
        }
    }

    pub(crate) fn name_of(&self, incoming: &Incoming) -> String {
        let user = self.user(incoming);
        user.map_or_else(String::new, |user| user.name)
    }

    /// Returns the refusal of who is not known or may not do this.
    pub(crate) fn refuses(&self, incoming: &Incoming, store: &Store) -> Option<Answer> {
        let is_known = self.tokens.is_empty() || self.user(incoming).is_some();
        if !is_known {
            return Some(Answer::status(401, "Unauthorized", "Unauthorized"));
        }
        if !self.is_enforced {
            return None;
        }
        let attributes = Attributes::of(incoming);
        if let Some(refusal) = self.refuses_impersonation(incoming, &attributes, store) {
            return Some(refusal);
        }
        let user = self.user(incoming)?;
        if allowed(&user, &attributes, store).is_some() {
            return None;
        }
        Some(forbidden(&user, &attributes.verb, &attributes))
    }

    fn refuses_impersonation(
        &self,
        incoming: &Incoming,
        attributes: &Attributes,
        store: &Store,
    ) -> Option<Answer> {
        let name = incoming.header("impersonate-user");
        let group = incoming.header("impersonate-group");
        if name.is_empty() {
            let message = format!(
                "requested &user.DefaultInfo{{Name:\"\", UID:\"\", Groups:[]string{{\"{group}\"}}, Extra:map[string][]string(nil)}} without impersonating a user name"
            );
            return (!group.is_empty()).then(|| Answer::status(400, "BadRequest", &message));
        }
        let caller = self.caller(incoming)?;
        let wanted = Attributes {
            verb: "impersonate".into(),
            place: Place {
                plural: "users".into(),
                name: Some(name.to_owned()),
                ..Place::default()
            },
            path: String::new(),
        };
        if allowed(&caller, &wanted, store).is_some() {
            return None;
        }
        let kind = if name.starts_with("system:serviceaccount:") {
            "serviceaccount"
        } else {
            "user-info"
        };
        let verb = format!("impersonate-on:{kind}:{}", attributes.verb);
        Some(forbidden(&caller, &verb, attributes))
    }
}

/// Returns the refusal of a user.
pub(crate) fn forbidden(user: &User, verb: &str, attributes: &Attributes) -> Answer {
    let place = &attributes.place;
    if place.plural.is_empty() {
        let message = format!(
            "forbidden: User \"{}\" cannot {verb} path \"{}\"",
            user.name, attributes.path
        );
        return Answer::plain(403, "Forbidden", &message);
    }
    let mut named = place.plural.clone();
    if !place.group.is_empty() {
        named += &format!(".{}", place.group);
    }
    if let Some(name) = &place.name {
        named += &format!(" \"{name}\"");
    }
    let resource = match &place.subresource {
        Some(part) => format!("{}/{part}", place.plural),
        None => place.plural.clone(),
    };
    let scope = match &place.namespace {
        Some(namespace) => format!("in the namespace \"{namespace}\""),
        None => "at the cluster scope".to_owned(),
    };
    let message = format!(
        "{named} is forbidden: User \"{}\" cannot {verb} resource \"{resource}\" in API group \"{}\" {scope}",
        user.name, place.group
    );
    let mut details = json!({ "name": place.name, "group": place.group, "kind": place.plural });
    if let Some(details) = details.as_object_mut() {
        details.retain(|_, value| !value.is_null() && *value != "");
    }
    Answer::refusal(403, "Forbidden", message, details)
}
