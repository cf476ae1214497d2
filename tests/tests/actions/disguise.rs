//! Other ways to write a line that a shell takes for the same, or for the same and a little more.

/// A line in another dress.
#[derive(Debug, Clone)]
pub(crate) struct Disguised {
    pub(crate) name: &'static str,
    pub(crate) line: String,
}

/// Returns a simple command in every dress; nothing for a line in which a shell would find more than words.
pub(crate) fn all(line: &str) -> Vec<Disguised> {
    if !is_simple(line) {
        return Vec::new();
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut lines = around(line);
    let is_repeated = |word: &str| words.iter().filter(|other| **other == word).count() > 1;
    let is_held_back = line.contains("--dry-run")
        || line.contains("--help")
        || words.iter().any(|word| is_repeated(word));
    let unknown = if is_held_back { &[] } else { UNKNOWN_WORDS };
    for (name, dress) in WORDS.iter().chain(unknown) {
        let dressed: Vec<String> = words.iter().map(|word| dress(word)).collect();
        lines.push(Disguised {
            name,
            line: dressed.join(" "),
        });
        for at in 0..words.len() {
            let dressed = words.iter().enumerate().map(|(index, word)| {
                if index == at {
                    dress(word)
                } else {
                    (*word).to_owned()
                }
            });
            lines.push(Disguised {
                name,
                line: dressed.collect::<Vec<String>>().join(" "),
            });
        }
    }
    lines
}

fn is_simple(line: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " -_=./:,@".contains(c);
    line.chars().all(is_plain)
}

type Dress = fn(&str) -> String;

/// What can be done to a word.
const WORDS: &[(&str, Dress)] = &[
    ("single quotes", |word| format!("'{word}'")),
    ("double quotes", |word| format!("\"{word}\"")),
    ("empty quotes in front", |word| format!("''{word}")),
    ("empty quotes behind", |word| format!("{word}\"\"")),
    ("quotes inside", |word| cut(word, "''")),
    ("double quotes inside", |word| cut(word, "\"\"")),
    ("a backslash in front", |word| format!("\\{word}")),
    ("a backslash before each letter", |word| {
        word.chars().flat_map(|c| ['\\', c]).collect()
    }),
    ("each letter in quotes", |word| {
        word.chars().map(|c| format!("'{c}'")).collect()
    }),
    ("ANSI-C quotes", |word| format!("$'{word}'")),
    ("ANSI-C escapes", |word| {
        let escapes: String = word.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
        format!("$'{escapes}'")
    }),
    ("a locale string", |word| format!("$\"{word}\"")),
    ("two tabs", |word| format!("\t{word}\t")),
    ("a continued line", |word| cut(word, "\\\n")),
];

/// What makes a word unknown. Next to a flag that holds the command back it may be anything, so such lines are left alone.
const UNKNOWN_WORDS: &[(&str, Dress)] = &[
    ("an empty variable behind", |word| format!("{word}$EMPTY")),
    ("an empty variable in front", |word| {
        format!("${{EMPTY}}{word}")
    }),
    ("an empty variable inside", |word| cut(word, "${EMPTY}")),
    ("an empty substitution", |word| cut(word, "$()")),
    ("an empty old substitution", |word| cut(word, "``")),
    ("a default value", |word| format!("${{EMPTY:-{word}}}")),
    ("a substitution", |word| format!("$(echo {word})")),
];

fn cut(word: &str, between: &str) -> String {
    let (before, after) = word.split_at(word.len() / 2);
    format!("{before}{between}{after}")
}

/// What can be put around a line.
fn around(line: &str) -> Vec<Disguised> {
    const FRAMES: &[(&str, &str, &str)] = &[
        ("as it is", "", ""),
        ("blanks", "  \t", "   "),
        ("a semicolon", "", ";"),
        ("in the background", "", " &"),
        ("after a read", "kubectl get pods; ", ""),
        ("after a read that works", "kubectl get pods && ", ""),
        ("after a read that fails", "kubectl get pods || ", ""),
        ("after a read without blanks", "kubectl get pods;", ""),
        ("before a read", "", "; kubectl get pods"),
        ("into a filter", "", " | grep x"),
        ("into nothing", "", " >/dev/null 2>&1"),
        ("whatever comes of it", "", " || true"),
        ("a comment behind", "", " # --dry-run=client"),
        ("a subshell", "(", ")"),
        ("a group", "{ ", "; }"),
        ("a substitution", "echo $(", ")"),
        (
            "a substitution in quotes",
            "kubectl get pods -l \"a=$(",
            ")\"",
        ),
        ("an old substitution", "kubectl get pods -n `", "`"),
        ("an assignment", "X=$(", ")"),
        ("a process as a file", "kubectl get pods | grep -f <(", ")"),
        ("a condition", "if ", "; then true; fi"),
        ("a branch", "if true; then ", "; fi"),
        ("another branch", "if true; then true; else ", "; fi"),
        ("a loop", "while true; do ", "; done"),
        ("a loop's condition", "while ", "; do true; done"),
        ("a loop over words", "for x in a b; do ", "; done"),
        (
            "a loop over an answer",
            "for x in $(",
            "); do kubectl get pods; done",
        ),
        ("a case", "case x in x) ", ";; esac"),
        ("the word of a case", "case $(", ") in x) true;; esac"),
        ("a function", "f() { ", "; }; f"),
        ("turned around", "! ", ""),
        ("time", "time ", ""),
        ("sudo", "sudo ", ""),
        ("sudo with a user", "sudo -u root ", ""),
        ("env", "env ", ""),
        ("env with a variable", "env A=b ", ""),
        ("a variable", "A=b ", ""),
        ("command", "command ", ""),
        ("exec", "exec ", ""),
        ("nohup", "nohup ", " &"),
        ("timeout", "timeout 5 ", ""),
        ("nice", "nice -n 5 ", ""),
        ("xargs", "echo | xargs ", ""),
        ("watch", "watch ", ""),
        ("watch in quotes", "watch -n 1 '", "'"),
        ("a shell", "bash -c '", "'"),
        ("a shell in double quotes", "sh -c \"", "\""),
        ("two shells", "bash -c \"sh -c '", "'\""),
        ("a shell's input", "bash <<< '", "'"),
        ("a shell behind a pipe", "echo '", "' | sh"),
        ("eval", "eval ", ""),
        ("eval in quotes", "eval '", "'"),
        ("a trap", "trap '", "' EXIT; kubectl get pods"),
        ("a test", "[ -n \"$(", ")\" ]"),
        ("a double test", "[[ -n $(", ") ]]"),
        ("arithmetic", "kubectl get pods $((a[$(", ")]))"),
        ("a default value", "kubectl get pods ${X:-$(", ")}"),
        ("a redirection", "kubectl get pods 2> \"$(", ")\""),
        ("a document", "kubectl get pods <<EOF\n$(", ")\nEOF"),
        ("a string as the input", "kubectl get pods <<< \"$(", ")\""),
        ("a second line", "kubectl get pods\n", ""),
        (
            "a second line after a comment",
            "kubectl get pods # x\n",
            "",
        ),
        ("a coprocess", "coproc ", ""),
        (
            "a blank to fill in elsewhere",
            "kubectl get pods <pod>; ",
            "",
        ),
        (
            "a blank to fill in beside",
            "kubectl logs <pod> -n <ns> && ",
            " > <file>",
        ),
    ];
    FRAMES
        .iter()
        .map(|(name, before, after)| Disguised {
            name,
            line: format!("{before}{line}{after}"),
        })
        .collect()
}
