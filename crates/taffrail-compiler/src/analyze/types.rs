//! What types have in common, and what a written type means.

use taffrail_runtime::Type;
use taffrail_syntax::ast;

/// The names of types, for suggestions.
pub(super) const NAMES: &[&str] = &[
    "bool", "cidr", "duration", "dynamic", "image", "list", "map", "number", "semver", "string",
    "time", "window",
];

/// Why a written type means nothing.
#[derive(Debug)]
pub(super) enum TypeError<'t> {
    /// There is no such type.
    Unknown(&'t ast::Ident),
    /// `list` or `map` without what it holds.
    NeedsArgument(&'t ast::TypeExpr),
    /// `number<string>`.
    TakesNoArgument(&'t ast::TypeExpr),
}

/// Returns the type that a type expression names.
pub(super) fn named(written: &ast::TypeExpr) -> Result<Type, TypeError<'_>> {
    let simple = match written.name.text.as_str() {
        "bool" => Type::Bool,
        "string" => Type::String,
        "number" => Type::Number,
        "duration" => Type::Duration,
        "time" => Type::Time,
        "image" => Type::Image,
        "cidr" => Type::Cidr,
        "semver" => Type::Semver,
        "window" => Type::Window,
        "dynamic" | "object" => Type::Dynamic,
        "list" | "map" => {
            let argument = written
                .argument
                .as_ref()
                .ok_or(TypeError::NeedsArgument(written))?;
            let argument = Box::new(named(argument)?);
            return Ok(if written.name.text == "list" {
                Type::List(argument)
            } else {
                Type::Map(argument)
            });
        }
        _ => return Err(TypeError::Unknown(&written.name)),
    };
    match &written.argument {
        None => Ok(simple),
        Some(_) => Err(TypeError::TakesNoArgument(written)),
    }
}

/// Returns the type of a value that is of one type or the other; `None` when no value could be both
/// expected and found.
pub(super) fn join(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Dynamic, _) | (_, Type::Dynamic) => Some(Type::Dynamic),
        (Type::List(a), Type::List(b)) => {
            Some(Type::List(Box::new(join(a, b).unwrap_or(Type::Dynamic))))
        }
        (Type::Map(a), Type::Map(b)) => {
            Some(Type::Map(Box::new(join(a, b).unwrap_or(Type::Dynamic))))
        }
        (Type::Enum(a), Type::Enum(b)) if a != b => None,
        (a, b) if a == b => Some(a.clone()),
        (a, b) if is_text(a) && is_text(b) => Some(Type::String),
        (Type::Object(_), Type::Map(_)) | (Type::Map(_), Type::Object(_)) => {
            Some(Type::Map(Box::new(Type::Dynamic)))
        }
        _ => None,
    }
}

/// Tells whether a value of the type may stand where the other is expected.
pub(super) fn fits(found: &Type, expected: &Type) -> bool {
    match (found, expected) {
        (Type::Dynamic, _) | (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => fits(a, b),
        (Type::Object(_), Type::Map(_)) | (Type::Map(_), Type::Object(_)) => true,
        (Type::Enum(a), Type::Enum(b)) => a == b,
        (a, b) => a == b || (is_text(a) && is_text(b)),
    }
}

/// Tells whether values of both types can be equal.
pub(super) fn comparable(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => comparable(a, b),
        (a, b) => join(a, b).is_some(),
    }
}

/// Tells whether values of the type are texts.
pub(super) fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::String | Type::Enum(_) | Type::Words(_))
}

/// Tells whether the type has an order.
pub(super) fn is_ordered(ty: &Type) -> bool {
    match ty {
        Type::Number | Type::Duration | Type::Time | Type::Semver | Type::Dynamic => true,
        Type::Bool
        | Type::String
        | Type::List(_)
        | Type::Map(_)
        | Type::Enum(_)
        | Type::Image
        | Type::Cidr
        | Type::Window
        | Type::Object(_)
        | Type::Words(_)
        | Type::Written(_) => false,
    }
}

/// Returns the type with its article, as sentences need it: `a number`, `an image`.
pub(super) fn with_article(ty: &Type) -> String {
    match ty {
        Type::Image => format!("an `{ty}`"),
        Type::Object(_) => "an object of several fields".to_owned(),
        Type::Dynamic => "a value that only the request knows".to_owned(),
        Type::Bool
        | Type::String
        | Type::Number
        | Type::Duration
        | Type::Time
        | Type::List(_)
        | Type::Map(_)
        | Type::Cidr
        | Type::Semver
        | Type::Window
        | Type::Words(_)
        | Type::Written(_) => format!("a `{ty}`"),
        Type::Enum(set) => super::words::describe(*set).to_owned(),
    }
}
