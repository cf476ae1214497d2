//! What holds for the whole house. Its map, `crates/README.md`, is true in both directions: every room is on it, and each
//! uses only what it may. The runtime stands on few packages, and no file breaks the rules of style.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates")
}

/// A room on the map.
struct Room {
    /// Its folder, seen from `crates/`.
    folder: String,
    /// The packages that it may use; `None` where that is not bounded.
    uses: Option<BTreeSet<String>>,
}

fn rooms(map: &str) -> Vec<Room> {
    map.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(folder, rest)| {
            let uses = rest.split('|').nth(2).unwrap_or_default().trim();
            let bounded = !uses.is_empty() && uses != "all";
            let names = uses.split(", ").filter(|name| *name != "—");
            Room {
                folder: folder.to_owned(),
                uses: bounded.then(|| names.map(|name| format!("taffrail-{name}")).collect()),
            }
        })
        .collect()
}

#[test]
fn every_room_is_on_the_map() {
    let map = std::fs::read_to_string(crates().join("README.md")).unwrap();
    let on_map: BTreeSet<String> = rooms(&map)
        .into_iter()
        .map(|room| room.folder)
        .filter(|folder| !folder.starts_with(".."))
        .collect();
    let there: BTreeSet<String> = std::fs::read_dir(crates())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(on_map, there);
}

#[test]
fn every_place_on_the_map_exists() {
    let map = std::fs::read_to_string(crates().join("README.md")).unwrap();
    for Room { folder, .. } in rooms(&map) {
        assert!(crates().join(&folder).is_dir(), "there is no `{folder}`");
    }
}

#[test]
fn every_room_uses_only_what_the_map_allows() {
    let map = std::fs::read_to_string(crates().join("README.md")).unwrap();
    for Room { folder, uses } in rooms(&map) {
        let Some(allowed) = uses else { continue };
        let manifest = crates().join(&folder).join("Cargo.toml");
        let text = std::fs::read_to_string(manifest).unwrap();
        let used: BTreeSet<String> = text
            .lines()
            .skip_while(|line| *line != "[dependencies]")
            .skip(1)
            .take_while(|line| !line.starts_with('['))
            .filter(|line| line.starts_with("taffrail-"))
            .filter_map(|line| line.split(['.', ' ']).next())
            .map(str::to_owned)
            .collect();
        let beyond: Vec<_> = used.difference(&allowed).collect();
        assert!(
            beyond.is_empty(),
            "`{folder}` uses {beyond:?}, which the map does not allow"
        );
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns every text file of ours with its path from the root; what is built or fetched is left out.
fn files() -> std::io::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    collect(&repository(), "", &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, under: &str, found: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // What Cargo, git and the fuzzer fill; in a second working tree `.git` is a file.
        if ["target", ".git", "corpus", "artifacts", "coverage"].contains(&name.as_str()) {
            continue;
        }
        let path = if under.is_empty() {
            name.clone()
        } else {
            format!("{under}/{name}")
        };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &path, found)?;
        } else if kind.is_file()
            && let Ok(text) = String::from_utf8(std::fs::read(entry.path())?)
        {
            found.push((path, text));
        }
    }
    Ok(())
}

#[test]
fn no_file_is_longer_than_800_lines() {
    let written = ["rs", "pest", "guard", "md", "toml", "yml", "yaml"];
    let long: Vec<String> = files()
        .unwrap()
        .into_iter()
        .filter(|(path, _)| {
            path.rsplit_once('.')
                .is_some_and(|(_, ending)| written.contains(&ending))
        })
        .filter(|(_, text)| text.lines().count() > 800)
        .map(|(path, text)| format!("{path}: {}", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "too long: {long:?}");
}

#[test]
fn nothing_is_left_undone_ignored_or_allowed() {
    // In two parts, so that this file does not say them.
    let everywhere = [("todo", "!("), ("unimplemented", "!("), ("#[ig", "nore")];
    // What several test binaries share is not used by each: an expectation would fail in some of them.
    let except_in_support = [("#[al", "low("), ("#![al", "low(")];
    let mut found = Vec::new();
    for (path, text) in files().unwrap() {
        if !path.ends_with(".rs") {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            let shared = path.contains("/tests/support/");
            let more = except_in_support.iter().filter(|_| !shared);
            for (first, second) in everywhere.iter().chain(more) {
                if line.contains(&format!("{first}{second}")) {
                    found.push(format!("{path}:{number}: {}", line.trim()));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    let words = [
        ("/ho", "me/"),
        ("/ro", "ot/"),
        ("/wo", "rk/"),
        ("/Us", "ers/"),
    ];
    let mut found = Vec::new();
    for (path, text) in files().unwrap() {
        for (number, line) in (1..).zip(text.lines()) {
            let named = words
                .iter()
                .map(|(first, second)| format!("{first}{second}"))
                .any(|place| begins_a_path(line, &place));
            if named {
                found.push(format!("{path}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Whether a place stands at the start of a path: `example.com/home/` is no path of a machine.
fn begins_a_path(line: &str, place: &str) -> bool {
    // Every piece but the last ends where the place begins.
    let mut pieces: Vec<&str> = line.split(place).collect();
    pieces.pop();
    pieces.iter().any(|before| {
        !before.ends_with(|letter: char| letter.is_alphanumeric() || ".-_*".contains(letter))
    })
}

/// How many packages the runtime may stand on.
const RUNTIME_BUDGET: usize = 30;

#[test]
fn the_runtime_stands_on_few_packages() {
    let tree = std::process::Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--package=taffrail-runtime",
        ])
        .args(["--edges=normal", "--prefix=none", "--format={p}"])
        .arg("--target=x86_64-unknown-linux-gnu")
        .current_dir(repository())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&tree.stderr);
    assert!(tree.status.success(), "{errors}");
    let tree = String::from_utf8(tree.stdout).unwrap();
    let packages: BTreeSet<&str> = tree
        .lines()
        .map(|line| {
            line.trim_end_matches(" (*)")
                .trim_end_matches(" (proc-macro)")
        })
        .filter(|line| !line.is_empty() && !line.starts_with("taffrail-runtime "))
        .collect();
    assert!(packages.len() > 5, "the count is wrong: {packages:?}");
    assert!(
        packages.len() <= RUNTIME_BUDGET,
        "{} packages: {packages:?}",
        packages.len()
    );
}
