//! The kinds that a cluster serves by itself, with the API groups that serve them.

use std::collections::BTreeSet;

use taffrail_schema::Schemas;

/// Kinds of add-ons that every cluster is likely to have and that are in no schema, with their group.
const WITHOUT_SCHEMA: &[(&str, &str)] = &[
    ("NodeMetrics", "metrics.k8s.io"),
    ("PodMetrics", "metrics.k8s.io"),
];

/// Returns the groups that serve a built-in kind, sorted; empty for a kind that Kubernetes does not ship.
pub(super) fn groups_of(schemas: &Schemas, kind: &str) -> BTreeSet<String> {
    let served = schemas
        .find(None, kind)
        .into_iter()
        .map(|id| schemas.kind(id))
        .filter(|found| found.builtin)
        .map(|found| found.group.to_owned());
    let others = WITHOUT_SCHEMA
        .iter()
        .filter(|(name, _)| *name == kind)
        .map(|(_, group)| (*group).to_owned());
    served.chain(others).collect()
}

/// Returns the names of the built-in kinds, of one group or of all, sorted.
pub(super) fn names<'s>(schemas: &'s Schemas, group: Option<&str>) -> BTreeSet<&'s str> {
    let served = schemas
        .kinds()
        .map(|id| schemas.kind(id))
        .filter(|found| found.builtin && group.is_none_or(|group| group == found.group))
        .map(|found| found.kind);
    let others = WITHOUT_SCHEMA
        .iter()
        .filter(|(_, of)| group.is_none_or(|group| group == *of))
        .map(|(name, _)| *name);
    served.chain(others).collect()
}

/// Tells whether Kubernetes itself serves the group.
pub(super) fn is_builtin_group(schemas: &Schemas, group: &str) -> bool {
    !names(schemas, Some(group)).is_empty()
}

/// Returns the full name of a group written short, such as `rbac.authorization.k8s.io` for `rbac`.
pub(super) fn full_group(schemas: &Schemas, short: &str) -> Option<String> {
    schemas
        .kinds()
        .map(|id| schemas.kind(id))
        .filter(|found| found.builtin)
        .map(|found| found.group)
        .find(|group| {
            group
                .split_once('.')
                .is_some_and(|(first, _)| first == short)
        })
        .map(str::to_owned)
}

/// Tells whether a word is the version of an API: `v1`, `v2beta1`.
pub(super) fn is_version(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(number) = word.strip_prefix('v') else {
        return false;
    };
    let mut parts = number.splitn(2, "alpha").collect::<Vec<_>>();
    if parts.len() == 1 {
        parts = number.splitn(2, "beta").collect();
    }
    parts.into_iter().all(digits)
}

/// Tells whether an API version is neither alpha nor beta.
pub(super) fn is_stable(version: &str) -> bool {
    !version.contains("alpha") && !version.contains("beta")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_groups_have_full_names() {
        let schemas = Schemas::default();
        assert_eq!(
            full_group(&schemas, "rbac").as_deref(),
            Some("rbac.authorization.k8s.io")
        );
        assert_eq!(full_group(&schemas, "apps"), None);
        assert!(is_builtin_group(&schemas, "apps") && is_builtin_group(&schemas, ""));
    }

    #[test]
    fn versions_are_told_from_groups() {
        assert!(is_version("v1") && is_version("v2beta1") && is_version("v1alpha3"));
        assert!(!is_version("apps") && !is_version("v") && !is_version("vbeta"));
    }
}
