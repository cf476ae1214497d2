//! Blocks that are made from tables of the product.

use taffrail_syntax::RESERVED;

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

/// Returns the built-in functions: name, arguments, result, what it does.
pub(crate) fn builtins() -> String {
    String::new()
}
