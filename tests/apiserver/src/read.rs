//! Reading objects and lists.

use serde_json::{Value as Json, json};

use crate::answer::Answer;
use crate::page;
use crate::request::Asked;
use crate::scale::scale;
use crate::selector::Selector;
use crate::store::Store;

impl Asked<'_> {
    pub(crate) fn get(&self, store: &Store, name: &str) -> Answer {
        if let Some(refusal) = self.refuses_version(store) {
            return refusal;
        }
        match store.get(&self.address.key(name)) {
            Some(object) => Answer::ok(object.clone()),
            None => Answer::not_found(&self.address, name),
        }
    }

    pub(crate) fn get_scale(&self, store: &Store, name: &str) -> Answer {
        match store.get(&self.address.key(name)) {
            Some(object) => Answer::ok(scale(object)),
            None => Answer::not_found(&self.address, name),
        }
    }

    pub(crate) fn list(&self, store: &Store) -> Answer {
        let resource = &self.address.resource;
        let selector = match Selector::read(self.query, resource) {
            Ok(selector) => selector,
            Err(refusal) => return refusal,
        };
        if let Some(refusal) = self.refuses_list(store) {
            return refusal;
        }
        let limit = match self.query.get("limit").unwrap_or("0").parse::<usize>() {
            Ok(0) => usize::MAX,
            Ok(limit) => limit,
            Err(_) => {
                let text = self.query.get("limit").unwrap_or_default();
                let message = format!("strconv.ParseInt: parsing \"{text}\": invalid syntax");
                return Answer::status(400, "BadRequest", &message);
            }
        };
        let mut version = store.version();
        let mut from = None;
        if let Some(token) = self.query.get("continue") {
            match page::read(token) {
                Some(page) => {
                    if page.version < store.compacted() {
                        return too_old(&page::write(store.version(), &page.after));
                    }
                    version = page.version;
                    from = Some(page.after);
                }
                None => {
                    let message = "invalid continue token: continue key is not valid: invalid character '\\x00' looking for beginning of value";
                    return Answer::status(400, "BadRequest", message);
                }
            }
        }
        let namespace = self.address.namespace.as_deref();
        let all = store.of(&resource.group, &resource.plural, namespace);
        let mut left = all.filter(|object| {
            let is_later = |from: &(String, String)| place(object, namespace) > *from;
            selector.selects(object) && from.as_ref().is_none_or(is_later)
        });
        let items: Vec<&Json> = left.by_ref().take(limit).collect();
        let mut metadata = json!({ "resourceVersion": version.to_string() });
        let rest = left.count();
        if let Some(last) = items.last()
            && rest > 0
        {
            metadata["continue"] = page::write(version, &place(last, namespace)).into();
            if self.query.get("labelSelector").is_none()
                && self.query.get("fieldSelector").is_none()
            {
                metadata["remainingItemCount"] = rest.into();
            }
        }
        let items: Vec<Json> = items.into_iter().map(|item| self.item(item)).collect();
        Answer::ok(json!({
            "kind": format!("{}List", resource.kind), "apiVersion": resource.api_version(), "metadata": metadata, "items": items,
        }))
    }

    /// Returns an object as it stands in a list: kinds that are built in leave out what they are.
    pub(crate) fn item(&self, object: &Json) -> Json {
        let mut object = object.clone();
        if !self.address.resource.is_custom()
            && let Some(object) = object.as_object_mut()
        {
            object.remove("apiVersion");
            object.remove("kind");
        }
        object
    }

    /// Refuses lists of versions that cannot be had.
    fn refuses_list(&self, store: &Store) -> Option<Answer> {
        let version = self.query.get("resourceVersion");
        let is_exact = self.query.get("resourceVersionMatch") == Some("Exact");
        if version.is_none() && self.query.get("resourceVersionMatch").is_some() {
            let problem =
                "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided";
            return Some(Answer::bad_option(
                "ListOptions",
                "resourceVersionMatch",
                "FieldValueForbidden",
                problem,
            ));
        }
        if self.query.get("continue").is_some() && version.is_some_and(|version| version != "0") {
            let message = "specifying resource version is not allowed when using continue";
            return Some(Answer::status(400, "BadRequest", message));
        }
        if is_exact
            && let Some(Ok(version)) = version.map(str::parse::<u64>)
            && version < store.compacted()
        {
            let message = "The resourceVersion for the provided list is too old.";
            return Some(Answer::status(410, "Expired", message));
        }
        self.refuses_version(store)
    }

    /// Refuses versions that are none, or that are not there yet.
    fn refuses_version(&self, store: &Store) -> Option<Answer> {
        let text = self.query.get("resourceVersion")?;
        let Ok(version) = text.parse::<u64>() else {
            let message = format!(
                "invalid resource version: resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax"
            );
            return Some(Answer::status(400, "BadRequest", &message));
        };
        (version > store.version()).then(|| too_new(version, store.version()))
    }
}

/// Returns where an object stands in a list; in a list of one namespace by its name alone.
fn place(object: &Json, of: Option<&str>) -> (String, String) {
    let text = |path: &str| {
        let text = object.pointer(path).and_then(Json::as_str);
        text.unwrap_or_default().to_owned()
    };
    let namespace = match of {
        Some(_) => String::new(),
        None => text("/metadata/namespace"),
    };
    (namespace, text("/metadata/name"))
}

/// Returns the refusal of a version that is not there yet.
fn too_new(version: u64, current: u64) -> Answer {
    let message = format!("Timeout: Too large resource version: {version}, current: {current}");
    let cause =
        json!({ "reason": "ResourceVersionTooLarge", "message": "Too large resource version" });
    let details = json!({ "causes": [cause], "retryAfterSeconds": 1 });
    Answer::refusal(504, "Timeout", message, details).header("Retry-After", "1".into())
}

fn too_old(token: &str) -> Answer {
    let message = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";
    let mut answer = Answer::status(410, "Expired", message);
    answer.body["metadata"]["continue"] = token.into();
    answer
}
