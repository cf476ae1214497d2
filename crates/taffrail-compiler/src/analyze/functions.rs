//! What the checker knows of the built-in functions beyond their table: the types where the table
//! leaves several open.

use taffrail_runtime::Type;
use taffrail_runtime::builtins::Builtin;

use super::types;
use crate::typed::Expr;

/// Returns the names of everything that is written like a call.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    Builtin::ALL
        .iter()
        .map(|builtin| builtin.name())
        .filter(|name| *name != Builtin::Changes.name())
}

/// Tells whether a name is that of a built-in function or form.
pub(super) fn is_function(name: &str) -> bool {
    names().any(|other| other == name)
}

/// Returns what an argument must be, when it is of a type that the function cannot take.
pub(super) fn unacceptable(builtin: Builtin, at: usize, argument: &Type) -> Option<&'static str> {
    let ty = argument;
    let fits = |fits: bool, phrase| (!fits).then_some(phrase);
    if *ty == Type::Dynamic {
        return None;
    }
    let is_text = matches!(ty, Type::String | Type::Enum(_) | Type::Words(_));
    let is_collection = matches!(ty, Type::List(_) | Type::Map(_) | Type::Object(_));
    match (builtin, at) {
        (Builtin::Len, _) => fits(is_text || is_collection, "a text, a list or a map"),
        (Builtin::Contains, 0) => fits(
            is_text || is_collection || *ty == Type::Cidr,
            "a text, a list, a map or an address range",
        ),
        (Builtin::Abs, _) => fits(
            matches!(ty, Type::Number | Type::Duration),
            "a number or a duration",
        ),
        (Builtin::Sum, _) => match ty {
            Type::List(of) => fits(
                matches!(**of, Type::Number | Type::Duration | Type::Dynamic),
                "a list of numbers or durations",
            ),
            _ => None,
        },
        (Builtin::Min | Builtin::Max, _) => match ty {
            Type::List(of) => fits(types::is_ordered(of), "a list of values with an order"),
            ty => fits(types::is_ordered(ty), "a value with an order"),
        },
        (Builtin::ToNumber, _) => fits(is_text || *ty == Type::Number, "a text"),
        (Builtin::ToTime, _) => fits(is_text || *ty == Type::Time, "a text"),
        (Builtin::ToDuration, _) => fits(is_text || *ty == Type::Duration, "a text"),
        (Builtin::Portion, 0) => fits(
            is_text || *ty == Type::Number,
            "a number or a text such as `25%`",
        ),
        (Builtin::Window, 0 | 1) => fits(is_text || *ty == Type::Time, "a date or a time"),
        _ => None,
    }
}

/// Tells whether the arguments of a function are all of the type of its result.
pub(super) fn keeps_type(builtin: Builtin) -> bool {
    matches!(builtin, Builtin::Abs | Builtin::Min | Builtin::Max)
}

/// Returns the type of a call's result.
pub(super) fn result(builtin: Builtin, arguments: &[Expr]) -> Type {
    let element = |ty: &Type| match ty {
        Type::List(of) => (**of).clone(),
        ty => ty.clone(),
    };
    let ty = match (builtin, arguments) {
        (Builtin::Sum | Builtin::Min | Builtin::Max | Builtin::Abs, [only]) => element(&only.ty),
        (Builtin::Min | Builtin::Max, [first, rest @ ..]) => {
            rest.iter().fold(first.ty.clone(), |ty, argument| {
                types::join(&ty, &argument.ty).unwrap_or(Type::Dynamic)
            })
        }
        _ => return builtin.signature().result.clone(),
    };
    // Of another type it is reported already.
    if types::is_ordered(&ty) {
        ty
    } else {
        Type::Dynamic
    }
}
