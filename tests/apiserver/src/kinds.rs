//! The kinds that are served, and the documents of discovery.

use serde_json::{Value as Json, json};
use taffrail_schema::Schemas;

use crate::answer::Answer;
use crate::request::Incoming;

/// A kind as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The group; empty for the core group.
    pub group: String,
    /// The version.
    pub version: String,
    /// The word for it in paths.
    pub plural: String,
    /// The kind.
    pub kind: String,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

impl Resource {
    /// Returns `group/version`, or the version alone for the core group.
    #[must_use]
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Tells whether the kind was added to the API by a definition.
    #[must_use]
    pub fn is_custom(&self) -> bool {
        self.group.contains('.') && !self.group.ends_with(".k8s.io")
    }
}

/// Returns the kinds of a definition of custom ones.
pub(crate) fn defined(definition: &Json) -> Vec<Resource> {
    let text = |path: &str| {
        let text = definition.pointer(path).and_then(Json::as_str);
        text.unwrap_or_default().to_owned()
    };
    let versions = definition
        .pointer("/spec/versions")
        .and_then(Json::as_array);
    let versions = versions.into_iter().flatten();
    versions
        .filter(|version| version["served"] == true)
        .map(|version| Resource {
            group: text("/spec/group"),
            version: version["name"].as_str().unwrap_or_default().to_owned(),
            plural: text("/spec/names/plural"),
            kind: text("/spec/names/kind"),
            namespaced: text("/spec/scope") == "Namespaced",
        })
        .collect()
}

/// Answers where no objects are: documents of discovery, reviews, or nothing.
pub(crate) fn elsewhere(incoming: &Incoming, all: &[Resource]) -> Answer {
    if let Some(document) = discovery(&incoming.path, all) {
        if incoming.method == "GET" {
            return Answer::ok(document);
        }
        let message = "the server does not allow this method on the requested resource";
        return Answer::plain(405, "MethodNotAllowed", message);
    }
    let parts: Vec<&str> = incoming.path.trim_matches('/').split('/').collect();
    let is_served = match parts.as_slice() {
        ["api", "v1", ..] => true,
        ["apis", group, version, ..] => all
            .iter()
            .any(|found| found.group == *group && found.version == *version),
        _ => false,
    };
    if is_served {
        crate::route::unknown()
    } else {
        Answer::of(404, Json::String("404 page not found\n".into()))
    }
}

/// Returns every kind that Kubernetes ships.
pub(crate) fn built_in() -> Vec<Resource> {
    let schemas = Schemas::default();
    let kinds = schemas.kinds().map(|id| schemas.kind(id));
    kinds
        .map(|kind| Resource {
            group: kind.group.to_owned(),
            version: kind.version.to_owned(),
            plural: plural(kind.kind),
            kind: kind.kind.to_owned(),
            namespaced: kind.namespaced,
        })
        .collect()
}

/// Returns the word for a kind in paths.
fn plural(kind: &str) -> String {
    let word = kind.to_lowercase();
    if word == "endpoints" {
        return word;
    }
    if let Some(stem) = word.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'o'])
    {
        return format!("{stem}ies");
    }
    if word.ends_with('s') || word.ends_with('x') || word.ends_with("ch") {
        return format!("{word}es");
    }
    format!("{word}s")
}

/// Returns the document of discovery at a path, if it is one.
pub(crate) fn discovery(path: &str, all: &[Resource]) -> Option<Json> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["version"] => Some(json!({ "major": "1", "minor": "36", "gitVersion": "v1.36.2" })),
        ["readyz" | "livez" | "healthz"] => Some(json!("ok")),
        ["api"] => Some(json!({ "kind": "APIVersions", "versions": ["v1"] })),
        ["apis"] => {
            let mut groups: Vec<&str> = all.iter().map(|found| found.group.as_str()).collect();
            groups.sort_unstable();
            groups.dedup();
            let groups = groups.into_iter().filter(|group| !group.is_empty());
            let groups: Vec<Json> = groups.filter_map(|name| group(name, all)).collect();
            Some(json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups }))
        }
        ["apis", name] => {
            let mut found = group(name, all)?;
            if let Some(found) = found.as_object_mut() {
                found.insert("kind".into(), "APIGroup".into());
                found.insert("apiVersion".into(), "v1".into());
            }
            Some(found)
        }
        ["api", version] => resources("", version, all),
        ["apis", group, version] => resources(group, version, all),
        _ => None,
    }
}

fn group(name: &str, all: &[Resource]) -> Option<Json> {
    let mut versions: Vec<Json> = Vec::new();
    for found in all.iter().filter(|found| found.group == name) {
        let version = json!({ "groupVersion": found.api_version(), "version": found.version });
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    let preferred = versions.first()?.clone();
    Some(json!({ "name": name, "versions": versions, "preferredVersion": preferred }))
}

fn resources(group: &str, version: &str, all: &[Resource]) -> Option<Json> {
    let of = all
        .iter()
        .filter(|found| found.group == group && found.version == version);
    let listed: Vec<Json> = of.flat_map(listed).collect();
    let group_version = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    (!listed.is_empty()).then(|| {
        json!({ "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": listed })
    })
}

/// Returns a kind and its subresources as discovery lists them.
fn listed(found: &Resource) -> Vec<Json> {
    let mut entry = json!({
        "name": found.plural, "singularName": found.kind.to_lowercase(), "namespaced": found.namespaced, "kind": found.kind,
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    });
    if let Some((_, short)) = SHORT.iter().find(|(plural, _)| *plural == found.plural) {
        entry["shortNames"] = json!([short]);
    }
    let mut all = vec![entry];
    let mut part = |name: &str, group: &str, version: &str, kind: &str, verbs: &[&str]| {
        all.push(json!({
            "name": format!("{}/{name}", found.plural), "singularName": "", "namespaced": found.namespaced,
            "group": group, "version": version, "kind": kind, "verbs": verbs,
        }));
    };
    if ["deployments", "replicasets", "statefulsets"].contains(&found.plural.as_str()) {
        part(
            "scale",
            "autoscaling",
            "v1",
            "Scale",
            &["get", "patch", "update"],
        );
    }
    if found.plural == "pods" {
        part("eviction", "policy", "v1", "Eviction", &["create"]);
    }
    all
}

/// Short words for kinds, as people type them.
const SHORT: &[(&str, &str)] = &[
    ("configmaps", "cm"),
    ("cronjobs", "cj"),
    ("customresourcedefinitions", "crd"),
    ("daemonsets", "ds"),
    ("deployments", "deploy"),
    ("endpoints", "ep"),
    ("events", "ev"),
    ("horizontalpodautoscalers", "hpa"),
    ("ingresses", "ing"),
    ("limitranges", "limits"),
    ("namespaces", "ns"),
    ("networkpolicies", "netpol"),
    ("nodes", "no"),
    ("persistentvolumeclaims", "pvc"),
    ("persistentvolumes", "pv"),
    ("poddisruptionbudgets", "pdb"),
    ("pods", "po"),
    ("priorityclasses", "pc"),
    ("replicasets", "rs"),
    ("resourcequotas", "quota"),
    ("serviceaccounts", "sa"),
    ("services", "svc"),
    ("statefulsets", "sts"),
    ("storageclasses", "sc"),
];
