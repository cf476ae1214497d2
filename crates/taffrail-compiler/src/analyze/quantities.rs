//! Which fields Kubernetes writes as quantities (`500m`, `2Gi`), so that they read as numbers.
//!
//! Until paths are checked against the API's schemas, the shape of a path decides. The table here is
//! the only place that knows these shapes.

use crate::typed::{Expr, ExprKind};

/// Fields whose every member is a quantity, with the field that must hold them (empty: any).
///
/// Source: the Kubernetes API reference, fields of type `map[ResourceName]Quantity`.
const MAPS: &[(&str, &str)] = &[
    ("limits", "resources"),
    ("requests", "resources"),
    ("allocatedResources", ""),
    ("capacity", ""),
    ("allocatable", ""),
    ("hard", ""),
    ("used", ""),
    ("overhead", ""),
    ("defaultRequest", ""),
    ("maxLimitRequestRatio", ""),
];

/// Fields that are quantities themselves.
const FIELDS: &[&str] = &["sizeLimit", "averageValue"];

/// Tells whether an expression is a field path with the shape of a quantity.
pub(super) fn is_quantity_path(expr: &Expr) -> bool {
    let Some((base, key)) = last_field(expr) else {
        return false;
    };
    if FIELDS.contains(&key) {
        return true;
    }
    let Some((holder, map)) = last_field(base) else {
        return false;
    };
    MAPS.iter().any(|(name, inside)| {
        *name == map
            && (inside.is_empty() || last_field(holder).is_some_and(|(_, outer)| outer == *inside))
    })
}

fn last_field(expr: &Expr) -> Option<(&Expr, &str)> {
    match &expr.kind {
        ExprKind::Field(base, key) => Some((base, key)),
        _ => None,
    }
}
