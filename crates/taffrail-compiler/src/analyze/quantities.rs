//! Which fields Kubernetes writes as quantities (`500m`, `2Gi`), so that they read as numbers.
//!
//! Where a schema says so it is asked. In what is read unchecked the shape of a path decides, and the table here is the only place
//! that knows these shapes.

use super::shape::Shape;
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

/// Returns the shape of a field of an object's part, by the name of the field and of what holds it.
pub(super) fn field_shape(base: &Expr, key: &str) -> Shape {
    if FIELDS.contains(&key) {
        return Shape::Quantity;
    }
    let holder = match &base.kind {
        ExprKind::Field(_, name) => name.as_str(),
        _ => "",
    };
    let is_map = MAPS
        .iter()
        .any(|(name, inside)| *name == key && (inside.is_empty() || *inside == holder));
    if is_map {
        Shape::Quantities
    } else {
        Shape::Plain
    }
}
