//! Programs that only turn text into text, and the shell's own words that do nothing outside it.
//!
//! The list is closed. Where such a program can write a file, run something, or be told to by what it reads, that form is not
//! on it.

use super::line::is_file;
use super::shell::{Input, Simple};
use super::word::Word;

/// Programs that only print what they read from a pipe. Told to read a file instead they may print any of the machine.
const FILTERS: &[&str] = &[
    "awk",
    "base64",
    "cat",
    "column",
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
    if FILTERS.contains(&name) {
        let is_fed = matches!(command.input, Input::Pipe(_) | Input::Text(_));
        let writes = command.outputs.iter().any(is_file);
        // What is not of the cluster's making may be a script, a key, anything.
        let is_own_text = matches!(command.input, Input::Text(_)) && writes;
        return is_fed && !is_own_text && is_filter(name, words);
    }
    if command.outputs.iter().any(is_file) {
        return false;
    }
    match name {
        "export" | "declare" | "typeset" | "readonly" => words.iter().all(is_plain_assignment),
        "date" => words.iter().all(|word| {
            word.beginning().starts_with('+') || matches!(word.known(), Some("-u" | "--utc"))
        }),
        "set" => words.iter().all(|word| {
            word.known()
                .is_some_and(|word| word.starts_with(['-', '+']) || word == "pipefail")
        }),
        _ => SHELL.contains(&name),
    }
}

/// Tells whether a filter only turns what it reads from its input into other text.
fn is_filter(name: &str, words: &[Word]) -> bool {
    match name {
        "awk" | "gawk" | "mawk" => is_plain_awk(words),
        "sed" => is_plain_sed(words),
        "jq" => is_plain_query(words),
        // yq splits into files where jq slurps.
        "yq" => !has_flag(words, &["-s"]) && is_plain_query(words),
        "tr" => true,
        "grep" | "egrep" | "fgrep" => {
            let patterns = if has_flag(words, &["-e", "--regexp"]) {
                0
            } else {
                1
            };
            !has_flag(
                words,
                &[
                    "-f",
                    "--file",
                    "-r",
                    "-R",
                    "--recursive",
                    "--dereference-recursive",
                ],
            ) && names(words).skip(patterns).all(|word| is_short(&word))
        }
        "sort" => {
            let flags = [
                "-o",
                "--output",
                "--compress-program",
                "-T",
                "--files0-from",
            ];
            !has_flag(words, &flags) && names(words).all(|word| is_short(&word))
        }
        "uniq" => names(words).count() == 0,
        _ => !has_flag(words, &["--files0-from"]) && names(words).all(|word| is_short(&word)),
    }
}

/// Words that are no flags; `-` is standard input and no file.
fn names(words: &[Word]) -> impl Iterator<Item = String> {
    words
        .iter()
        .filter(|word| !word.beginning().starts_with('-'))
        .map(ToString::to_string)
}

/// Tells whether a word is the value of a flag rather than the name of a file worth reading: a number, a range, a character or two.
fn is_short(word: &str) -> bool {
    let is_number = word
        .chars()
        .all(|c| c.is_ascii_digit() || ",-+:.".contains(c));
    is_number || word.chars().count() <= 3 && !word.contains(['/', '~', '$'])
}

/// A query of jq or yq that reads no file and no variable of the environment, and is wholly known.
fn is_plain_query(words: &[Word]) -> bool {
    const FLAGS: [&str; 9] = [
        "-f",
        "--from-file",
        "--rawfile",
        "--slurpfile",
        "--argfile",
        "-L",
        "--inplace",
        "-i",
        "--split-exp",
    ];
    const FORBIDDEN: [&str; 7] = [
        "env",
        "ENV",
        "load",
        "import",
        "include",
        "input_filename",
        "getpath(env",
    ];
    if has_flag(words, &FLAGS) {
        return false;
    }
    let all: Vec<String> = names(words).collect();
    // `--arg name value` and `--argjson name value` bring two words each.
    let given = words
        .iter()
        .filter(|word| word.beginning().starts_with("--arg"))
        .count();
    all.len() <= 2 * given + 1
        && !all
            .iter()
            .any(|word| FORBIDDEN.iter().any(|text| word.contains(text)))
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
        let reads_files = words.next().is_some();
        return !reads_files
            && word.known().is_some_and(|program| {
                let forbidden = [
                    "system", "getline", "|", "close", "@", "fflush", "ENVIRON", "ARGV",
                ];
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
