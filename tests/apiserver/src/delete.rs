//! Deleting objects: at once, after a grace period, or when nobody holds them any more.

use serde_json::{Value as Json, json};

use crate::answer::Answer;
use crate::request::Asked;
use crate::selector::Selector;
use crate::store::{Key, Store, metadata, now};

/// What a deletion is to be like.
#[derive(Debug)]
pub(crate) struct Options<'r> {
    body: &'r Json,
    policy: Option<&'r str>,
    grace: Option<i64>,
}

impl Asked<'_> {
    pub(crate) fn delete(&self, store: &mut Store, name: &str, options: &Json) -> Answer {
        let options = match self.options(options) {
            Ok(options) => options,
            Err(refusal) => return refusal,
        };
        let key = self.address.key(name);
        let Some(before) = store.get(&key).cloned() else {
            return Answer::not_found(&self.address, name);
        };
        if let Some(refusal) = self.refuses_preconditions(&before, name, &options) {
            return refusal;
        }
        let protected = ["default", "kube-system", "kube-public"];
        if self.address.resource.kind == "Namespace" && protected.contains(&name) {
            let message =
                format!("namespaces \"{name}\" is forbidden: this namespace may not be deleted");
            let details = crate::answer::details(&self.address, name);
            return Answer::refusal(403, "Forbidden", message, details);
        }
        self.remove(store, key, before, &options)
    }

    /// Deletes what a list selects.
    pub(crate) fn delete_all(&self, store: &mut Store) -> Answer {
        let options = match self.options(&self.body) {
            Ok(options) => options,
            Err(refusal) => return refusal,
        };
        let resource = &self.address.resource;
        let selector = match Selector::read(self.query, resource) {
            Ok(selector) => selector,
            Err(refusal) => return refusal,
        };
        let version = store.version();
        let namespace = self.address.namespace.as_deref();
        let all = store.of(&resource.group, &resource.plural, namespace);
        let selected: Vec<Json> = all
            .filter(|object| selector.selects(object))
            .cloned()
            .collect();
        let mut wrote = false;
        for object in &selected {
            let text = |path: &str| {
                let text = object.pointer(path).and_then(Json::as_str);
                text.unwrap_or_default().to_owned()
            };
            let key = (
                resource.group.clone(),
                resource.plural.clone(),
                text("/metadata/namespace"),
                text("/metadata/name"),
            );
            wrote |= self.remove(store, key, object.clone(), &options).wrote;
        }
        let items: Vec<Json> = selected.iter().map(|object| self.item(object)).collect();
        let list = json!({
            "kind": format!("{}List", resource.kind), "apiVersion": resource.api_version(),
            "metadata": { "resourceVersion": version.to_string() }, "items": items,
        });
        Answer::ok(list).wrote(wrote)
    }

    /// Reads the options of a deletion, which stand in the body or in the query.
    fn options<'r>(&'r self, body: &'r Json) -> Result<Options<'r>, Answer> {
        let policy = body["propagationPolicy"]
            .as_str()
            .or_else(|| self.query.get("propagationPolicy"));
        let grace = body["gracePeriodSeconds"].as_i64().or_else(|| {
            let text = self.query.get("gracePeriodSeconds")?;
            text.parse().ok()
        });
        let bad = |reason: &str, problem: &str| {
            Answer::bad_option("DeleteOptions", "propagationPolicy", reason, problem)
        };
        if let Some(policy) = policy {
            if !body["orphanDependents"].is_null() {
                let problem = format!(
                    "Invalid value: \"{policy}\": orphanDependents and deletionPropagation cannot be both set"
                );
                return Err(bad("FieldValueInvalid", &problem));
            }
            if !["Foreground", "Background", "Orphan"].contains(&policy) {
                let problem = format!(
                    "Unsupported value: \"{policy}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""
                );
                return Err(bad("FieldValueNotSupported", &problem));
            }
        }
        let grace = grace.map(|grace| if grace < 0 { 1 } else { grace });
        Ok(Options {
            body,
            policy,
            grace,
        })
    }

    fn refuses_preconditions(
        &self,
        before: &Json,
        name: &str,
        options: &Options<'_>,
    ) -> Option<Answer> {
        for (part, label, what) in [
            ("uid", "UID", "deleted and then recreated"),
            ("resourceVersion", "ResourceVersion", "modified"),
        ] {
            let meant = options.body["preconditions"][part].as_str();
            let is = before["metadata"][part].as_str();
            if let Some(meant) = meant
                && Some(meant) != is
            {
                let resource = &self.address.resource;
                let (kind, group) = (&resource.kind, &resource.group);
                let named = if group.is_empty() {
                    kind.clone()
                } else {
                    format!("{kind}.{group}")
                };
                let message = format!(
                    "Operation cannot be fulfilled on {named} \"{name}\": the {label} in the precondition ({meant}) does not match the {label} in record ({}). The object might have been {what}",
                    is.unwrap_or_default()
                );
                let mut details = crate::answer::details(&self.address, name);
                details["kind"] = kind.as_str().into();
                return Some(Answer::refusal(409, "Conflict", message, details));
            }
        }
        None
    }

    /// Removes an object, or marks it as going.
    fn remove(&self, store: &mut Store, key: Key, before: Json, options: &Options<'_>) -> Answer {
        let resource = &self.address.resource;
        let is_job = resource.kind == "Job";
        let finalizers = finalizers(&before, options, is_job);
        let grace = self.grace(&before, options);
        let is_going = before.pointer("/metadata/deletionTimestamp").is_some();
        let is_namespace = resource.kind == "Namespace";
        let is_held = !finalizers.is_empty()
            || is_namespace && before.pointer("/spec/finalizers").is_some()
            || grace > 0;
        let answer = if is_held {
            let mut going = before.clone();
            let fields = metadata(&mut going);
            if finalizers.is_empty() {
                fields.remove("finalizers");
            } else {
                fields.insert("finalizers".into(), json!(finalizers));
            }
            if !is_going {
                fields.insert("deletionTimestamp".into(), now().into());
                if !is_namespace {
                    fields.insert("deletionGracePeriodSeconds".into(), grace.into());
                }
                if let Some(generation) = fields.get("generation").and_then(Json::as_u64) {
                    fields.insert("generation".into(), (generation + 1).into());
                }
                if is_namespace {
                    going["status"]["phase"] = "Terminating".into();
                }
            }
            if going == before {
                return Answer::ok(before);
            }
            metadata(&mut going).insert(
                "resourceVersion".into(),
                (store.version() + 1).to_string().into(),
            );
            self.store(store, key, going, 200)
        } else {
            if !self.is_dry() {
                store.remove(&key);
            }
            let shown = ["Pod", "PersistentVolumeClaim", "PersistentVolume"];
            let body = if shown.contains(&resource.kind.as_str()) {
                let mut last = before;
                if is_going {
                    metadata(&mut last).insert("deletionGracePeriodSeconds".into(), json!(0));
                }
                last
            } else {
                self.gone(&before)
            };
            Answer::ok(body).wrote(!self.is_dry())
        };
        if is_job && options.policy.is_none() && options.body["orphanDependents"].is_null() {
            let warning = "299 - \"child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning\"";
            return answer.header("Warning", warning.into());
        }
        answer
    }

    /// Returns what says that an object is gone.
    fn gone(&self, before: &Json) -> Json {
        let resource = &self.address.resource;
        let part = |name: &str| before["metadata"][name].clone();
        let mut details =
            json!({ "name": part("name"), "kind": resource.plural, "uid": part("uid") });
        if !resource.group.is_empty() {
            details["group"] = resource.group.as_str().into();
        }
        json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details })
    }

    /// Returns for how many seconds an object stays: only pods on nodes do.
    fn grace(&self, before: &Json, options: &Options<'_>) -> i64 {
        let is_placed = before
            .pointer("/spec/nodeName")
            .and_then(Json::as_str)
            .is_some_and(|node| !node.is_empty());
        let phase = before.pointer("/status/phase").and_then(Json::as_str);
        if self.address.resource.kind != "Pod"
            || !is_placed
            || phase.is_some_and(|phase| ["Succeeded", "Failed"].contains(&phase))
        {
            return 0;
        }
        let own = before
            .pointer("/spec/terminationGracePeriodSeconds")
            .and_then(Json::as_i64);
        options.grace.or(own).unwrap_or(30)
    }
}

/// Returns the finalizers of an object on its way out: the policy adds one, or takes the ones of other policies away.
fn finalizers(before: &Json, options: &Options<'_>, is_job: bool) -> Vec<Json> {
    let list = before
        .pointer("/metadata/finalizers")
        .and_then(Json::as_array);
    let mut finalizers = list.cloned().unwrap_or_default();
    let added = match (options.policy, options.body["orphanDependents"].as_bool()) {
        (Some("Foreground"), _) => Some("foregroundDeletion"),
        (Some("Orphan"), _) | (None, Some(true)) => Some("orphan"),
        (Some(_), _) | (None, Some(false)) => None,
        // Nothing was said: what holds it already goes on to hold it, and jobs leave their pods behind.
        (None, None) => {
            let held = ["foregroundDeletion", "orphan"];
            let held = held
                .into_iter()
                .find(|name| finalizers.iter().any(|one| one == name));
            held.or(is_job.then_some("orphan"))
        }
    };
    finalizers.retain(|name| name != "foregroundDeletion" && name != "orphan");
    if let Some(added) = added {
        finalizers.push(added.into());
    }
    finalizers
}
