//! What a value is beyond its type: a closed record, an object under review, an object of the
//! snapshot, a quantity. Decides which fields exist, where `pod` and `containers` are views, and which
//! texts read as numbers.

use taffrail_runtime::Type;
use taffrail_runtime::program::Root;

use super::quantities::field_shape;
use super::roots::{self, Fact};
use super::scope::Context;
use crate::typed::{Expr, ExprKind};

/// What a value is beyond its type.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Nothing more than its type says.
    Plain,
    /// A record with a closed set of fields.
    Record(&'static [(&'static str, Fact)]),
    /// `current` or `proposed`.
    Reviewed,
    /// A list of objects of the snapshot.
    Objects,
    /// One of these objects.
    Object,
    /// A map of Kubernetes quantities, such as `resources.limits`.
    Quantities,
    /// A Kubernetes quantity, which is a text that reads as a number.
    Quantity,
}

impl Shape {
    /// Returns the shape of an element of a list of this shape.
    pub(super) fn element(self) -> Self {
        match self {
            Self::Objects => Self::Object,
            Self::Quantities => Self::Quantity,
            Self::Plain | Self::Record(_) | Self::Reviewed | Self::Object | Self::Quantity => {
                Self::Plain
            }
        }
    }
}

impl From<Fact> for Shape {
    fn from(fact: Fact) -> Self {
        match fact {
            Fact::Plain(_) => Self::Plain,
            Fact::Record(fields) => Self::Record(fields),
            Fact::Object => Self::Reviewed,
        }
    }
}

/// Returns the shape of an expression's value.
pub(super) fn shape_of(ctx: &Context<'_>, expr: &Expr) -> Shape {
    match &expr.kind {
        ExprKind::Root(root) => roots::fact(*root).into(),
        ExprKind::Field(base, key) => match shape_of(ctx, base) {
            Shape::Record(fields) => fields
                .iter()
                .find(|(name, _)| name == key)
                .map_or(Shape::Plain, |(_, fact)| (*fact).into()),
            Shape::Quantities => Shape::Quantity,
            _ if base.ty != Type::Dynamic => Shape::Plain,
            Shape::Plain | Shape::Reviewed | Shape::Objects | Shape::Object | Shape::Quantity => {
                field_shape(base, key)
            }
        },
        ExprKind::Index(base, _) => shape_of(ctx, base).element(),
        ExprKind::Let(id) | ExprKind::CallLet(id, _) => {
            ctx.typed_let(*id).map_or(Shape::Plain, |done| done.shape)
        }
        ExprKind::Local(id) => ctx.local(*id).map_or(Shape::Plain, |local| local.shape),
        ExprKind::Coalesce(a, b) | ExprKind::If(_, a, b) => {
            match (shape_of(ctx, a), shape_of(ctx, b)) {
                (Shape::Reviewed, Shape::Reviewed) => Shape::Reviewed,
                (Shape::Quantity, Shape::Quantity) => Shape::Quantity,
                // A default such as `"0"` is meant as a quantity as well.
                (Shape::Quantity, _) if b.ty == Type::String => Shape::Quantity,
                (_, Shape::Quantity) if a.ty == Type::String => Shape::Quantity,
                _ => Shape::Plain,
            }
        }
        ExprKind::Objects { .. } => Shape::Objects,
        ExprKind::Constant(_)
        | ExprKind::Signal(_)
        | ExprKind::Param(_)
        | ExprKind::View(..)
        | ExprKind::Quantity(_)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Compare(..)
        | ExprKind::In(..)
        | ExprKind::Like(..)
        | ExprKind::Matches(..)
        | ExprKind::IsAbsent(_)
        | ExprKind::Arithmetic(..)
        | ExprKind::Negate(_)
        | ExprKind::List(_)
        | ExprKind::Map(_)
        | ExprKind::Quantifier(_)
        | ExprKind::Call(..)
        | ExprKind::Known(_)
        | ExprKind::Changed(_)
        | ExprKind::Changes => Shape::Plain,
    }
}

/// Returns the expression that says of which kind an object is, when its shape is an object's.
pub(super) fn kind_operand(ctx: &Context<'_>, object: &Expr) -> Option<ExprKind> {
    let base = match shape_of(ctx, object) {
        Shape::Reviewed => Expr {
            kind: ExprKind::Root(Root::Target),
            ty: roots::fact(Root::Target).ty(),
            location: object.location,
        },
        Shape::Object => object.clone(),
        Shape::Plain | Shape::Record(_) | Shape::Objects | Shape::Quantities | Shape::Quantity => {
            return None;
        }
    };
    Some(ExprKind::Field(Box::new(base), "kind".to_owned()))
}
