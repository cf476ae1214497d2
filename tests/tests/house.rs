//! The map of the house, `crates/README.md`, holds in both directions: every room is on it, and each uses only what it may.

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
