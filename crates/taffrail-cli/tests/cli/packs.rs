//! What the READMEs of the shipped packs show is what the program says. `UPDATE_READMES=1` writes it; read the diff.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::Ran;

const PACKS: [&str; 5] = [
    "self-healing",
    "canary",
    "node-pool",
    "security-posture",
    "drift-repair",
];

#[test]
fn the_readmes_of_the_packs_show_what_the_program_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let update = std::env::var_os("UPDATE_READMES").is_some();
    let mut differing = Vec::new();
    for pack in PACKS {
        let path = root.join("policies").join(pack).join("README.md");
        let said = fs::read_to_string(&path).unwrap();
        let shown = with_answers(&said, &root);
        assert!(
            shown.contains("$ taffrail decide"),
            "{pack} shows no decision"
        );
        if update {
            fs::write(&path, &shown).unwrap();
        } else if said != shown {
            differing.push(first_difference(pack, &said, &shown));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Returns the text with what follows each command in a `console` block replaced by what the command answers. A command that is
/// followed by nothing stays so.
fn with_answers(text: &str, root: &Path) -> String {
    let mut shown = String::new();
    let mut inside = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            inside = line == "```console";
        }
        shown.push_str(line);
        shown.push('\n');
        let Some(command) = line.strip_prefix("$ taffrail ").filter(|_| inside) else {
            continue;
        };
        let mut has_answer = false;
        while lines
            .next_if(|line| !line.starts_with("$ ") && !line.starts_with("```"))
            .is_some()
        {
            has_answer = true;
        }
        if has_answer {
            shown.push_str(&answer(command, root));
        }
    }
    shown
}

fn answer(command: &str, root: &Path) -> String {
    let mut process = Command::new(env!("CARGO_BIN_EXE_taffrail"));
    process
        .args(command.split_whitespace())
        .current_dir(root)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    let ran = Ran::of(&mut process);
    assert!(ran.err.is_empty(), "`{command}` complains: {}", ran.err);
    let shown = ran.shown();
    let answer = shown.split_once('\n').map_or("", |(_, rest)| rest);
    format!("{}\n", answer.trim_end())
}

fn first_difference(pack: &str, said: &str, shown: &str) -> String {
    let differs = said
        .lines()
        .zip(shown.lines())
        .find(|(said, shown)| said != shown);
    match differs {
        Some((said, shown)) => format!("{pack}: the README says `{said}`, the program `{shown}`"),
        None => format!("{pack}: the README ends too early or too late"),
    }
}
