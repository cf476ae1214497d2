//! Roles and their bindings.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::text::labels;
use super::{Fields, GenerateError, Input, Made, fields, form, some_list, unknown};
use crate::command::resource;

const GROUP: &str = "rbac.authorization.k8s.io";
const VERSION: &str = "rbac.authorization.k8s.io/v1";

/// Verbs that are granted on a few resources only.
const SPECIAL: [(&str, &[(&str, &str)]); 3] = [
    ("bind", &[(GROUP, "roles"), (GROUP, "clusterroles")]),
    ("escalate", &[(GROUP, "roles"), (GROUP, "clusterroles")]),
    (
        "impersonate",
        &[
            ("", "users"),
            ("", "serviceaccounts"),
            ("", "groups"),
            ("authentication.k8s.io", "userextras"),
        ],
    ),
];

/// Verbs that are granted on addresses that are no resources.
const OF_ADDRESSES: [&str; 8] = [
    "*", "get", "post", "put", "delete", "patch", "head", "options",
];

pub(super) fn role(input: Input<'_>) -> Made<Json> {
    let metadata = input.metadata(input.flags.name()?, Fields::new());
    let verbs = verbs(input)?;
    let rules = resource_rules(input, &verbs)?;
    if rules.is_empty() {
        return Err(GenerateError::Missing {
            what: "`--resource`",
        });
    }
    Ok(json!({ "apiVersion": VERSION, "kind": "Role", "metadata": metadata, "rules": rules }))
}

pub(super) fn cluster_role(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let mut role = fields([
        ("apiVersion", Some(json!(VERSION))),
        ("kind", Some(json!("ClusterRole"))),
        ("metadata", Some(json!({ "name": flags.name()? }))),
    ]);
    if let Some(selected) = aggregated(input)? {
        let is_given = |flag| flags.all(flag).next().is_some();
        if ["verb", "resource", "resource-name", "non-resource-url"]
            .into_iter()
            .any(is_given)
        {
            return Err(GenerateError::Excluded {
                first: "`--aggregation-rule`",
                second: "rules of its own",
            });
        }
        role.insert(
            "aggregationRule".into(),
            json!({ "clusterRoleSelectors": [{ "matchLabels": selected }] }),
        );
        return Ok(Json::Object(role));
    }
    let verbs = verbs(input)?;
    let mut rules = resource_rules(input, &verbs)?;
    let addresses = addresses(input, &verbs)?;
    if !addresses.is_empty() {
        rules.push(json!({ "verbs": verbs, "nonResourceURLs": addresses }));
    }
    if rules.is_empty() {
        return Err(GenerateError::Missing {
            what: "`--resource` or `--non-resource-url`",
        });
    }
    role.insert("rules".into(), Json::Array(rules));
    Ok(Json::Object(role))
}

fn aggregated(input: Input<'_>) -> Made<Option<Json>> {
    let mut all = Map::new();
    for value in input.flags.all("aggregation-rule") {
        if let Json::Object(more) = labels("--aggregation-rule", value)? {
            all.extend(more);
        }
    }
    Ok((!all.is_empty()).then_some(Json::Object(all)))
}

/// Returns the verbs, each once; the one for all alone where it is among them.
fn verbs(input: Input<'_>) -> Made<Vec<String>> {
    let verbs = once(input.flags.list("verb")?);
    if verbs.is_empty() {
        return Err(GenerateError::Missing { what: "`--verb`" });
    }
    if verbs.iter().any(|verb| verb == "*") {
        return Ok(vec!["*".to_owned()]);
    }
    Ok(verbs)
}

fn once(words: Vec<String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for word in words {
        if !seen.contains(&word) {
            seen.push(word);
        }
    }
    seen
}

/// Returns a rule for each group of the resources, in the order of the groups.
fn resource_rules(input: Input<'_>, verbs: &[String]) -> Made<Vec<Json>> {
    let flags = input.flags;
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let written = flags.list("resource")?;
    let is_all = written.iter().any(|word| word == "*");
    if is_all {
        groups.insert(String::new(), vec!["*".to_owned()]);
    }
    for word in written.iter().filter(|_| !is_all) {
        let (group, resource) = granted(word, verbs)?;
        let resources = groups.entry(group).or_default();
        if !resources.contains(&resource) {
            resources.push(resource);
        }
    }
    let names = once(flags.all("resource-name").map(str::to_owned).collect());
    let rule = |(group, resources): (String, Vec<String>)| {
        let mut rule = fields([
            ("verbs", Some(json!(verbs))),
            ("apiGroups", Some(json!([group]))),
            ("resources", Some(json!(resources))),
        ]);
        if !names.is_empty() {
            rule.insert("resourceNames".into(), json!(names));
        }
        Json::Object(rule)
    };
    Ok(groups.into_iter().map(rule).collect())
}

/// Returns the group and the resource, with its subresource, that a word grants: `deploy.apps/scale`.
fn granted(word: &str, verbs: &[String]) -> Made<(String, String)> {
    let (name, subresource) = match word.split_once('/') {
        Some((name, subresource)) => (name, Some(subresource)),
        None => (word, None),
    };
    let (bare, qualifier) = name.split_once('.').unwrap_or((name, ""));
    if bare.is_empty() {
        return Err(form("--resource", word, "a resource"));
    }
    let special = SPECIAL.iter().flat_map(|(_, of)| of.iter());
    let known = resource(name);
    let (group, plural) = match known {
        Some(found) => (found.group, found.plural),
        None if bare == "*" => (qualifier, bare),
        // Some of what these verbs are granted on is no resource that the server serves.
        None if special.clone().any(|one| *one == (qualifier, bare)) => (qualifier, bare),
        None => return Err(unknown(format!("what resource `{name}` is"))),
    };
    for (verb, allowed) in SPECIAL {
        if bare != "*"
            && verbs.iter().any(|given| given == verb)
            && !allowed.contains(&(group, plural))
        {
            return Err(form(
                "--resource",
                word,
                "a resource that the verb is granted on",
            ));
        }
    }
    if known.is_none() && bare != "*" && !verbs.iter().any(|verb| verb == "impersonate") {
        return Err(unknown(format!("what resource `{name}` is")));
    }
    let resource = match subresource {
        Some(subresource) if !subresource.is_empty() => format!("{plural}/{subresource}"),
        Some(_) | None => plural.to_owned(),
    };
    Ok((group.to_owned(), resource))
}

fn addresses(input: Input<'_>, verbs: &[String]) -> Made<Vec<String>> {
    let addresses = once(input.flags.list("non-resource-url")?);
    let refused = |word: &str, expected| Err(form("--non-resource-url", word, expected));
    for address in &addresses {
        let body = address.strip_suffix('*').unwrap_or(address);
        if address != "*" && !address.starts_with('/') {
            return refused(address, "an address that begins with `/`");
        }
        if body.contains('*') {
            return refused(address, "an address with `*` at its end only");
        }
    }
    match verbs
        .iter()
        .find(|verb| !OF_ADDRESSES.contains(&verb.as_str()))
    {
        Some(verb) if !addresses.is_empty() => {
            Err(form("--verb", verb, "a verb of `--non-resource-url`"))
        }
        Some(_) | None => Ok(addresses),
    }
}

pub(super) fn role_binding(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let metadata = input.metadata(flags.name()?, Fields::new());
    let (kind, name) = match (flags.text("role"), flags.text("clusterrole")) {
        (Some(role), None) => ("Role", role),
        (None, Some(role)) => ("ClusterRole", role),
        (Some(_), Some(_)) => {
            return Err(GenerateError::Excluded {
                first: "`--role`",
                second: "`--clusterrole`",
            });
        }
        (None, None) => {
            return Err(GenerateError::Missing {
                what: "`--role` or `--clusterrole`",
            });
        }
    };
    binding(input, "RoleBinding", metadata, kind, name)
}

pub(super) fn cluster_role_binding(input: Input<'_>) -> Made<Json> {
    let flags = input.flags;
    let metadata = json!({ "name": flags.name()? });
    let role = flags.text("clusterrole").ok_or(GenerateError::Missing {
        what: "`--clusterrole`",
    })?;
    binding(input, "ClusterRoleBinding", metadata, "ClusterRole", role)
}

fn binding(
    input: Input<'_>,
    kind: &str,
    metadata: Json,
    role_kind: &str,
    role: &str,
) -> Made<Json> {
    let mut binding = fields([
        ("apiVersion", Some(json!(VERSION))),
        ("kind", Some(json!(kind))),
        ("metadata", Some(metadata)),
        (
            "roleRef",
            Some(json!({ "apiGroup": GROUP, "kind": role_kind, "name": role })),
        ),
    ]);
    binding.extend(fields([("subjects", some_list(subjects(input)?))]));
    Ok(Json::Object(binding))
}

fn subjects(input: Input<'_>) -> Made<Vec<Json>> {
    let mut subjects = Vec::new();
    for (flag, kind) in [("user", "User"), ("group", "Group")] {
        let named = input.flags.all(flag);
        subjects.extend(named.map(|name| json!({ "apiGroup": GROUP, "kind": kind, "name": name })));
    }
    for account in input.flags.all("serviceaccount") {
        let parts: Vec<&str> = account.split(':').collect();
        match parts.as_slice() {
            [namespace, name] if !namespace.is_empty() && !name.is_empty() => subjects
                .push(json!({ "kind": "ServiceAccount", "namespace": namespace, "name": name })),
            _ => return Err(form("--serviceaccount", account, "`NAMESPACE:NAME`")),
        }
    }
    Ok(subjects)
}
