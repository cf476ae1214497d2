//! Characters that have no place in a policy: control characters, text-direction marks, look-alikes.

use crate::diagnostic::Diagnostic;
use crate::span::{Location, SourceId, Span};

use super::findings::Findings;

const CODE: &str = "forbidden-character";

/// Reports the characters of a comment or string that could hide what the text says.
pub(super) fn check_text(source: SourceId, text: &str, start: usize, findings: &mut Findings) {
    // Nearly every string is plain, so one pass over bytes decides.
    if !text
        .bytes()
        .any(|byte| byte >= 0x80 || (byte < 0x20 && byte != b'\t') || byte == 0x7f)
    {
        return;
    }
    for (at, character) in text.char_indices() {
        if !is_hidden(character) {
            continue;
        }
        let span = Span::new(start + at, start + at + character.len_utf8());
        let location = Location { source, span };
        findings.push(
            Diagnostic::error(
                CODE,
                location,
                format!("{} is not allowed here", name(character)),
            )
            .hint(format!(
                "in a string write it as `\\u{{{:X}}}`",
                u32::from(character)
            )),
        );
    }
}

/// Returns the error for a character that stands outside comments and strings.
pub(super) fn outside_string(location: Location, character: char) -> Diagnostic {
    let message = format!("{} is not allowed outside strings", name(character));
    let error = Diagnostic::error(CODE, location, message);
    match look_alike(character) {
        Some(" ") => error
            .hint("it looks like a space; type one instead")
            .fix(location, " "),
        Some(plain) => error
            .hint(format!("it looks like `{plain}`; type that instead"))
            .fix(location, plain),
        None if is_hidden(character) => {
            error.hint("it cannot be seen; delete it and retype the line")
        }
        None => {
            error.hint("names and operators use ASCII only; put other text between double quotes")
        }
    }
}

fn name(character: char) -> String {
    let code = format!("U+{:04X}", u32::from(character));
    let kind = match character {
        '\0' => "the NUL character",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            "the text-direction mark"
        }
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => "the invisible character",
        _ if character.is_control() => "the control character",
        _ => return format!("the character `{character}` ({code})"),
    };
    format!("{kind} {code}")
}

fn is_hidden(character: char) -> bool {
    match character {
        '\t' => false,
        '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{61c}' => true,
        '\u{2060}' | '\u{feff}' => true,
        _ => character.is_control(),
    }
}

/// Returns what a character that editors and chat programs slip in was meant to be.
fn look_alike(character: char) -> Option<&'static str> {
    match character {
        '“' | '”' | '„' | '«' | '»' | '″' => Some("\""),
        '‘' | '’' | '‚' | '′' => Some("\""),
        '–' | '—' | '−' | '‐' | '‑' => Some("-"),
        '…' => Some(".."),
        '×' | '∗' => Some("*"),
        '÷' | '∕' | '⁄' => Some("/"),
        '≤' => Some("<="),
        '≥' => Some(">="),
        '≠' => Some("!="),
        '＝' => Some("="),
        '：' | '∶' => Some(":"),
        '，' => Some(","),
        '．' | '․' => Some("."),
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}' | '\u{2003}' | '\u{2009}' => Some(" "),
        'а' | 'ɑ' => Some("a"),
        'с' => Some("c"),
        'е' => Some("e"),
        'і' => Some("i"),
        'о' | 'ο' => Some("o"),
        'р' => Some("p"),
        'ѕ' => Some("s"),
        'х' => Some("x"),
        'у' => Some("y"),
        _ => None,
    }
}
