//! How large a computed value may grow. What would grow beyond is unknown.

use crate::cause::Cause;
use crate::value::Value;

/// The greatest length of a computed string, in bytes.
pub(crate) const TEXT: usize = 1024 * 1024;

/// The greatest number of elements of a computed list.
pub(crate) const ELEMENTS: usize = 100_000;

/// The greatest nesting of a document that an expression reads.
pub(crate) const DEPTH: usize = 64;

/// Returns the string, or unknown if it is too long.
pub(crate) fn text(text: String) -> Value {
    if text.len() > TEXT {
        return reached("1 MiB of computed text");
    }
    Value::string(text)
}

/// Returns the list, or unknown if it has too many elements.
pub(crate) fn list(items: impl Iterator<Item = Value>) -> Value {
    let mut items = items.fuse();
    let list: Vec<Value> = items.by_ref().take(ELEMENTS).collect();
    if items.next().is_some() {
        return reached("100000 computed elements");
    }
    Value::List(list)
}

pub(crate) fn reached(limit: &str) -> Value {
    Value::unknown(Cause::LimitReached {
        limit: limit.into(),
    })
}
