//! Which path stands for which kind: asked once of the server that is used.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value as Json;
use taffrail_actions::built_in_group;

use super::{Cluster, Unread, escaped};
use crate::call::Call;

/// A kind as the server serves it.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    plural: String,
    is_namespaced: bool,
}

impl Resource {
    /// Returns the path of its objects, in a namespace or everywhere.
    pub(crate) fn collection(&self, namespace: Option<&str>) -> String {
        let root = root(&self.api_version);
        match namespace.filter(|_| self.is_namespaced) {
            Some(namespace) => format!("{root}/namespaces/{}/{}", escaped(namespace), self.plural),
            None => format!("{root}/{}", self.plural),
        }
    }
}

fn root(api_version: &str) -> String {
    let under = if api_version.contains('/') {
        "apis"
    } else {
        "api"
    };
    format!("/{under}/{api_version}")
}

/// What the server has said of its kinds, by group and version.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    known: Mutex<BTreeMap<String, Arc<Vec<Resource>>>>,
}

impl Resources {
    /// Returns a kind of a group and version.
    pub(crate) async fn of(
        &self,
        cluster: &Cluster,
        api_version: &str,
        kind: &str,
    ) -> Result<Resource, Unread> {
        let all = self.all(cluster, api_version).await?;
        let found = all.iter().find(|resource| resource.kind == kind);
        found.cloned().ok_or_else(|| Unread::NoSuchKind {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
        })
    }

    /// Returns a kind as policies name it: by its group, or as a built-in one.
    pub(crate) async fn of_kind(
        &self,
        cluster: &Cluster,
        group: Option<&str>,
        kind: &str,
    ) -> Result<Resource, Unread> {
        let group = group.or_else(|| built_in_group(kind).map(|(group, _)| group));
        let missing = || Unread::NoSuchKind {
            api_version: group.unwrap_or("any group").to_owned(),
            kind: kind.to_owned(),
        };
        let group = group.ok_or_else(missing)?;
        if group.is_empty() {
            return self.of(cluster, "v1", kind).await;
        }
        let answer = cluster
            .read(&Call::get(format!("/apis/{}", escaped(group))))
            .await?;
        if !answer.is_success() {
            return Err(Unread::Refused(answer.message()));
        }
        let version = answer.body.pointer("/preferredVersion/groupVersion");
        let version = version.and_then(Json::as_str).ok_or_else(missing)?;
        self.of(cluster, version, kind).await
    }

    async fn all(
        &self,
        cluster: &Cluster,
        api_version: &str,
    ) -> Result<Arc<Vec<Resource>>, Unread> {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = lock().get(api_version) {
            return Ok(Arc::clone(found));
        }
        let path: Vec<String> = api_version.split('/').map(escaped).collect();
        let answer = cluster.read(&Call::get(root(&path.join("/")))).await?;
        if answer.status == 404 {
            return Ok(Arc::default());
        }
        if !answer.is_success() {
            return Err(Unread::Refused(answer.message()));
        }
        let found = Arc::new(read(api_version, &answer.body));
        lock().insert(api_version.to_owned(), Arc::clone(&found));
        Ok(found)
    }
}

/// Reads an `APIResourceList`, without subresources.
fn read(api_version: &str, list: &Json) -> Vec<Resource> {
    let resources = list.get("resources").and_then(Json::as_array);
    resources
        .into_iter()
        .flatten()
        .filter_map(|resource| {
            let plural = resource.get("name")?.as_str()?;
            (!plural.contains('/')).then_some(())?;
            Some(Resource {
                api_version: api_version.to_owned(),
                kind: resource.get("kind")?.as_str()?.to_owned(),
                plural: plural.to_owned(),
                is_namespaced: resource.get("namespaced")?.as_bool()?,
            })
        })
        .collect()
}
