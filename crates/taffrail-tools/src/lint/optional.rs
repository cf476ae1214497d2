//! Whether a field may be left out of an object: the one place where lints ask the schema.

use taffrail_compiler::typed::Rule;
use taffrail_runtime::program::{KindPattern, Root};
use taffrail_schema::{Kind, Schemas, Type};

/// The parts of an object below which fields may be left out, where no schema says more.
const PARTS: [&str; 4] = ["data", "metadata", "spec", "status"];

/// Tells whether a field of `current` or `proposed` may be absent from an object of the kinds that a rule is about. Without a
/// schema of them, every field below the known parts may.
pub(super) fn is_optional(schemas: &Schemas, rule: &Rule, root: Root, keys: &[&str]) -> bool {
    // The parts themselves are there, or the object is none; what else there is at the top is for the compiler to say.
    let is_field = keys.len() > 1 && keys.first().is_some_and(|first| PARTS.contains(first));
    if !is_field || !matches!(root, Root::Current | Root::Proposed) {
        return false;
    }
    let Some(patterns) = &rule.on.kinds else {
        return true;
    };
    patterns.iter().any(|pattern| {
        let kinds = served(schemas, pattern);
        kinds.is_empty() || kinds.iter().any(|kind| may_lack(schemas, kind, keys))
    })
}

fn served<'s>(schemas: &'s Schemas, pattern: &KindPattern) -> Vec<Kind<'s>> {
    let ids = match &pattern.groups {
        None => schemas.find(None, &pattern.kind),
        Some(groups) => groups
            .iter()
            .flat_map(|group| schemas.find(Some(group), &pattern.kind))
            .collect(),
    };
    ids.into_iter().map(|id| schemas.kind(id)).collect()
}

/// Tells whether some key of a path may be missing, the first aside.
fn may_lack(schemas: &Schemas, kind: &Kind<'_>, keys: &[&str]) -> bool {
    let mut ty = kind.root;
    for (depth, key) in keys.iter().enumerate() {
        match (schemas.field(ty, key), schemas.ty(ty)) {
            (Some(field), _) if field.required || depth == 0 => ty = field.ty,
            (Some(_), _) => return true,
            (None, Type::Map(_) | Type::Any | Type::Object { open: true, .. }) => return true,
            // There is no such field: that is an error of its own.
            (None, _) => return false,
        }
    }
    false
}
