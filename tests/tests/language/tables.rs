//! Blocks that are made from tables of the product.

use std::collections::BTreeMap;

use taffrail_runtime::builtins::{Builtin, Parameter, Signature};
use taffrail_syntax::RESERVED;
use taffrail_tools::explain;
use taffrail_tools::lint::LINTS;

/// The widest line of a generated list of words.
const WIDTH: usize = 100;

/// Returns the reserved words, in lines.
pub(crate) fn reserved() -> String {
    let mut text = String::new();
    let mut width = 0;
    for word in RESERVED {
        if width + word.len() + 1 > WIDTH {
            text.push('\n');
            width = 0;
        } else if width > 0 {
            text.push(' ');
        }
        text.push_str(word);
        width += word.len() + 1;
    }
    text.push('\n');
    text
}

/// Returns the built-in functions: how each is called, what it returns, an example.
pub(crate) fn builtins() -> String {
    Builtin::ALL
        .iter()
        .map(|builtin| entry(builtin.signature()))
        .collect()
}

fn entry(signature: &Signature) -> String {
    let parameters: Vec<String> = signature.parameters.iter().map(parameter).collect();
    let arguments = match (signature.special, parameters.is_empty()) {
        (true, true) => String::new(),
        (true | false, _) => format!("({})", parameters.join(", ")),
    };
    format!(
        "{}{arguments} -> {}\n    {}\n    {}\n",
        signature.name, signature.result, signature.doc, signature.example
    )
}

fn parameter(parameter: &Parameter) -> String {
    let optional = if parameter.optional { "?" } else { "" };
    let more = if parameter.repeated { ", …" } else { "" };
    format!("{}{optional}: {}{more}", parameter.name, parameter.ty)
}

/// Returns the table of lints.
pub(crate) fn lints() -> String {
    let width = LINTS.iter().map(|lint| lint.code.len()).max().unwrap_or(0);
    let says: BTreeMap<&str, &str> = explain::codes().into_iter().collect();
    LINTS
        .iter()
        .map(|lint| {
            let says = says.get(lint.code).copied().unwrap_or_default();
            format!("{:width$}  {:5}  {says}\n", lint.code, lint.level.word())
        })
        .collect()
}
