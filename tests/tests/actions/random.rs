//! Lines that nobody would write: words and characters of shells and of kubectl, in any order.

/// Pieces that mean something to a shell, to kubectl or to helm; whatever else is needed comes as single characters.
const PIECES: &[&str] = &[
    "kubectl",
    "helm",
    "oc",
    "get",
    "delete",
    "apply",
    "exec",
    "logs",
    "secrets",
    "pods",
    "deploy/web",
    "-n",
    "-nprod",
    "-Aoyaml",
    "-f",
    "-",
    "--",
    "--dry-run",
    "--dry-run=client",
    "--dry-run=none",
    "--raw",
    "/api/v1/secrets",
    "-o",
    "jsonpath={.items[*]}",
    "upgrade",
    "template",
    "rollout",
    "status",
    "restart",
    "config",
    "view",
    "auth",
    "can-i",
    "bash",
    "sh",
    "-c",
    "eval",
    "xargs",
    "-I{}",
    "sudo",
    "env",
    "timeout",
    "5",
    "watch",
    "if",
    "then",
    "else",
    "elif",
    "fi",
    "for",
    "in",
    "do",
    "done",
    "while",
    "until",
    "case",
    "esac",
    "select",
    "function",
    "f()",
    "time",
    "coproc",
    "{",
    "}",
    "(",
    ")",
    "((",
    "))",
    "[[",
    "]]",
    "[",
    "]",
    ";",
    ";;",
    ";&",
    "&",
    "&&",
    "|",
    "||",
    "|&",
    "!",
    "<",
    ">",
    ">>",
    "<<",
    "<<-",
    "<<<",
    "<>",
    ">&",
    "<&",
    "&>",
    ">|",
    "2>&1",
    "<(",
    ">(",
    "$(",
    "$((",
    "${",
    "$",
    "$X",
    "${X}",
    "${X:-",
    "${X[",
    "${!X",
    "${#X}",
    "$'",
    "$\"",
    "'",
    "\"",
    "`",
    "\\",
    "\\\n",
    "\n",
    "\t",
    "\r",
    "\0",
    "#",
    " # ",
    "~",
    "*",
    "?",
    "=",
    "X=",
    "X=1",
    "+=",
    "{a,b}",
    "{1..3}",
    "EOF",
    "<<EOF",
    "<<'EOF'",
    "<pod>",
    "<pod name>",
    "[x]",
    "...",
    "\u{200b}",
    "\u{a0}",
    "\u{feff}",
    "\u{202e}",
    "\u{2014}",
    "\u{1f600}",
    "\u{301}",
    "\u{85}",
    "\u{2028}",
    "jq",
    ".items[]",
    "awk",
    "{print $1}",
    "sed",
    "s/a/b/e",
    "grep",
    "sort",
    "tee",
    "@",
    "%",
    "^",
    ",",
    ".",
];

/// A source of numbers that is the same every time.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    /// Returns a line of up to forty pieces, with or without blanks between them, or of bytes.
    pub(crate) fn line(&mut self) -> String {
        let length = self.below(40);
        if self.below(8) == 0 {
            let bytes: Vec<u8> = (0..length)
                .map(|_| u8::try_from(self.below(256)).unwrap())
                .collect();
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        let blanks = self.below(4);
        let mut line = String::from(["", "kubectl ", "kubectl get pods ", "helm "][self.below(4)]);
        for _ in 0..length {
            match self.below(6) {
                0 => line.push(char::from(u8::try_from(32 + self.below(95)).unwrap())),
                _ => line.push_str(PIECES[self.below(PIECES.len())]),
            }
            if self.below(4) < blanks {
                line.push(' ');
            }
        }
        line
    }
}
