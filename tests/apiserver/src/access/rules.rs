//! What roles allow.

use serde_json::Value as Json;

use super::User;
use crate::address::Place;
use crate::request::Incoming;
use crate::store::Store;

const RBAC: &str = "rbac.authorization.k8s.io";

/// What somebody wants to do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attributes {
    pub(crate) verb: String,
    /// What it is done to; its plural is empty for paths that are no objects.
    pub(crate) place: Place,
    pub(crate) path: String,
}

impl Attributes {
    /// Reads them from a request.
    pub(crate) fn of(incoming: &Incoming) -> Self {
        let place = Place::read(&incoming.path);
        let Some(place) = place else {
            return Self {
                verb: incoming.method.to_lowercase(),
                place: Place::default(),
                path: incoming.path.clone(),
            };
        };
        let is_named = place.name.is_some();
        let is_watch = place.is_watch || incoming.query.is_set("watch");
        let verb = match incoming.method.as_str() {
            "GET" if is_watch => "watch",
            "GET" if is_named => "get",
            "GET" => "list",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" if is_named => "delete",
            "DELETE" => "deletecollection",
            other => other,
        };
        Self {
            verb: verb.to_lowercase(),
            place,
            path: incoming.path.clone(),
        }
    }

    /// Reads them from the spec of a review.
    pub(crate) fn reviewed(spec: &Json) -> Option<Self> {
        let text = |value: &Json, key: &str| {
            let text = value[key].as_str().unwrap_or_default();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let resource = &spec["resourceAttributes"];
        if resource.is_object() {
            return Some(Self {
                verb: text(resource, "verb").unwrap_or_default(),
                place: Place {
                    group: text(resource, "group").unwrap_or_default(),
                    plural: text(resource, "resource").unwrap_or_default(),
                    namespace: text(resource, "namespace"),
                    name: text(resource, "name"),
                    subresource: text(resource, "subresource"),
                    ..Place::default()
                },
                path: String::new(),
            });
        }
        let path = &spec["nonResourceAttributes"];
        path.is_object().then(|| Self {
            verb: text(path, "verb").unwrap_or_default(),
            place: Place::default(),
            path: text(path, "path").unwrap_or_default(),
        })
    }

    /// Tells whether a rule of a role allows it.
    fn is_in(&self, rule: &Json) -> bool {
        let has = |key: &str, wanted: &str| {
            let list = rule[key].as_array();
            list.is_some_and(|list| list.iter().any(|one| one == "*" || *one == wanted))
        };
        if !has("verbs", &self.verb) {
            return false;
        }
        let place = &self.place;
        if place.plural.is_empty() {
            let urls = rule["nonResourceURLs"].as_array().into_iter().flatten();
            return urls
                .filter_map(Json::as_str)
                .any(|url| match url.strip_suffix('*') {
                    Some(start) => self.path.starts_with(start),
                    None => self.path == url,
                });
        }
        let resource = match &place.subresource {
            Some(part) => format!("{}/{part}", place.plural),
            None => place.plural.clone(),
        };
        let names = rule["resourceNames"].as_array();
        let is_named = names.is_none_or(|names| {
            names.is_empty()
                || place
                    .name
                    .as_ref()
                    .is_some_and(|name| names.iter().any(|one| one == name))
        });
        has("apiGroups", &place.group) && has("resources", &resource) && is_named
    }
}

/// Tells why somebody may do something; `None` when they may not.
pub(crate) fn allowed(user: &User, wanted: &Attributes, store: &Store) -> Option<String> {
    if user.groups.iter().any(|group| group == "system:masters") {
        return Some(String::new());
    }
    if is_for_everybody(user, wanted) {
        return Some(String::new());
    }
    let cluster = store.of(RBAC, "clusterrolebindings", None);
    let namespaced = wanted
        .place
        .namespace
        .as_deref()
        .map(|namespace| store.of(RBAC, "rolebindings", Some(namespace)));
    let mut bindings = cluster.chain(namespaced.into_iter().flatten());
    bindings.find_map(|binding| {
        let subject = subject(binding, user)?;
        let kind = binding["roleRef"]["kind"].as_str()?;
        let name = binding["roleRef"]["name"].as_str()?;
        let namespace = binding["metadata"]["namespace"].as_str();
        let plural = if kind == "Role" { "roles" } else { "clusterroles" };
        let of = if kind == "Role" { namespace.unwrap_or_default() } else { "" };
        let key = (RBAC.to_owned(), plural.to_owned(), of.to_owned(), name.to_owned());
        let role = store.get(&key)?;
        let rules = role["rules"].as_array()?;
        rules.iter().any(|rule| wanted.is_in(rule)).then(|| {
            let binding_name = binding["metadata"]["name"].as_str().unwrap_or_default();
            match namespace {
                Some(namespace) => format!(
                    "RBAC: allowed by RoleBinding \"{binding_name}/{namespace}\" of {kind} \"{name}\" to {subject}"
                ),
                None => format!(
                    "RBAC: allowed by ClusterRoleBinding \"{binding_name}\" of {kind} \"{name}\" to {subject}"
                ),
            }
        })
    })
}

/// Tells whether what everybody may is wanted: health, versions, and, of those who are known, discovery and reviews of themselves.
fn is_for_everybody(user: &User, wanted: &Attributes) -> bool {
    let place = &wanted.place;
    if place.plural.is_empty() {
        let open = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
        let known = ["/api", "/openapi"];
        return wanted.verb == "get"
            && (open.contains(&wanted.path.as_str())
                || user.name != "system:anonymous"
                    && known.iter().any(|start| wanted.path.starts_with(start)));
    }
    place.plural.starts_with("selfsubject") && user.name != "system:anonymous"
}

/// Returns the subject of a binding that a user is.
fn subject(binding: &Json, user: &User) -> Option<String> {
    let subjects = binding["subjects"].as_array()?;
    subjects.iter().find_map(|subject| {
        let name = subject["name"].as_str()?;
        match subject["kind"].as_str()? {
            "User" => (name == user.name).then(|| format!("User \"{name}\"")),
            "Group" => {
                let is_in = user.groups.iter().any(|group| group == name);
                is_in.then(|| format!("Group \"{name}\""))
            }
            "ServiceAccount" => {
                let own = binding["metadata"]["namespace"].as_str();
                let namespace = subject["namespace"].as_str().or(own)?;
                (user.name == format!("system:serviceaccount:{namespace}:{name}"))
                    .then(|| format!("ServiceAccount \"{name}/{namespace}\""))
            }
            _ => None,
        }
    })
}
