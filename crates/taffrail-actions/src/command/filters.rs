//! Programs that only turn text into text, and the shell's own words that do nothing outside it.
//!
//! The list is closed. Where such a program can write a file, run something, or be told to by what it reads, that form is not
//! on it.

use super::line::is_file;
use super::shell::{Input, Simple};
use super::word::Word;

/// Programs that only print what they read. Without a pipe or a text to read from they may print any file of the machine.
const FILTERS: &[&str] = &[
    "awk",
    "base64",
    "cat",
    "column",
    "comm",
    "cut",
    "egrep",
    "fgrep",
    "fmt",
    "fold",
    "gawk",
    "grep",
    "head",
    "jq",
    "mawk",
    "md5sum",
    "nl",
    "paste",
    "rev",
    "sed",
    "sha256sum",
    "sort",
    "tac",
    "tail",
    "tr",
    "uniq",
    "wc",
    "yq",
];

/// Words of the shell that do nothing outside it.
const SHELL: &[&str] = &[
    "((", ":", "[", "[[", "break", "cd", "continue", "echo", "exit", "expr", "false", "local",
    "printf", "pwd", "read", "return", "seq", "set", "shift", "sleep", "test", "true", "unset",
    "wait",
];

/// Tells whether a program changes nothing and asks no cluster.
pub(super) fn is_plain(name: &str, words: &[Word], command: &Simple) -> bool {
    let writes = command.outputs.iter().any(is_file);
    if FILTERS.contains(&name) && !matches!(command.input, Input::Pipe(_) | Input::Text(_)) {
        return false;
    }
    match name {
        // What is written is of the line's own making: a script, a key, anything.
        "echo" | "printf" | "cat" if writes && !matches!(command.input, Input::Pipe(_)) => false,
        "awk" | "gawk" | "mawk" => is_plain_awk(words),
        "sed" => is_plain_sed(words),
        "sort" => !has_flag(
            words,
            &[
                "-o",
                "--output",
                "--compress-program",
                "-T",
                "--files0-from",
            ],
        ),
        "uniq" => positional(words) < 2,
        "yq" => !has_flag(
            words,
            &["-i", "--inplace", "--in-place", "-s", "--split-exp"],
        ),
        "export" | "declare" | "typeset" | "readonly" => words.iter().all(is_plain_assignment),
        "date" => words.iter().all(|word| {
            word.beginning().starts_with('+') || matches!(word.known(), Some("-u" | "--utc"))
        }),
        "set" => words.iter().all(|word| {
            word.known()
                .is_some_and(|word| word.starts_with(['-', '+']) || word == "pipefail")
        }),
        _ => FILTERS.contains(&name) || SHELL.contains(&name),
    }
}

fn has_flag(words: &[Word], flags: &[&str]) -> bool {
    words.iter().any(|word| {
        let text = word.beginning();
        word.may_split()
            || text.is_empty() && word.known().is_none()
            || flags.iter().any(|flag| {
                let is_long = flag.starts_with("--");
                // Long flags of these programs may be shortened, and short ones stand in clusters.
                match is_long {
                    true => {
                        let name = text.split('=').next().unwrap_or_default();
                        name.len() > 2 && flag.starts_with(name)
                    }
                    false => {
                        text.starts_with('-')
                            && !text.starts_with("--")
                            && text.contains(flag.trim_start_matches('-'))
                    }
                }
            })
    })
}

fn positional(words: &[Word]) -> usize {
    words
        .iter()
        .filter(|word| !word.beginning().starts_with('-') || word.known() == Some("-"))
        .count()
}

/// A program of awk that writes no file, runs nothing, and is wholly known.
fn is_plain_awk(words: &[Word]) -> bool {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.beginning();
        if text == "-F" || text == "-v" {
            words.next();
            continue;
        }
        if text.starts_with("-F") || text.starts_with("-v") {
            continue;
        }
        if text.starts_with('-') {
            return false;
        }
        return word.known().is_some_and(|program| {
            let forbidden = ["system", "getline", "|", "close", "@", "fflush"];
            !forbidden.iter().any(|text| program.contains(text)) && !has_redirect(program)
        });
    }
    false
}

/// Tells whether a program of awk may write a file: `>` after a `print`.
fn has_redirect(program: &str) -> bool {
    program.contains(">>")
        || program.split("print").skip(1).any(|statement| {
            statement
                .split([';', '}', '\n'])
                .next()
                .is_some_and(|statement| statement.contains('>'))
        })
}

/// A script of sed that substitutes or selects, and neither writes nor runs.
fn is_plain_sed(words: &[Word]) -> bool {
    let mut scripts = 0;
    for word in words {
        match word.known() {
            Some("-n" | "-E" | "-r" | "-e" | "-ne" | "-nE" | "-En" | "-nr") => {}
            Some(script) if scripts == 0 && !script.starts_with('-') => {
                if !script
                    .split(';')
                    .all(|command| is_plain_sed_command(command.trim()))
                {
                    return false;
                }
                scripts += 1;
            }
            _ => return false,
        }
    }
    scripts == 1
}

fn is_plain_sed_command(command: &str) -> bool {
    let is_address = |c: char| c.is_ascii_digit() || c == '$' || c == ',' || c == ' ';
    let rest = command.trim_start_matches(is_address);
    if matches!(rest, "p" | "d" | "q" | "") {
        return true;
    }
    if let Some(rest) = rest.strip_prefix('/') {
        return rest.rsplit_once('/').is_some_and(|(pattern, action)| {
            !pattern.contains('/') && matches!(action, "p" | "d" | "q")
        });
    }
    let Some(rest) = rest.strip_prefix('s') else {
        return false;
    };
    let Some(mark) = rest
        .chars()
        .next()
        .filter(|c| !c.is_alphanumeric() && *c != '\\')
    else {
        return false;
    };
    let parts: Vec<&str> = rest.split(mark).collect();
    matches!(parts.as_slice(), ["", _, _, flags] if flags.chars().all(|c| c.is_ascii_digit() || "gpiI".contains(c)))
}

/// `NAME=value` of a variable that changes no program.
fn is_plain_assignment(word: &Word) -> bool {
    let text = word.beginning();
    let name = text.split('=').next().unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !name.is_empty() && name.chars().all(is_name) && !super::programs::is_dangerous(name)
}
