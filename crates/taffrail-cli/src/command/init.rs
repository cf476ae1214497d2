//! `taffrail init`: a small policy set that works, to begin from.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::arguments::Init;
use crate::failure::Failure;
use crate::output::Output;

const POLICY: &str = include_str!("../../templates/agents.guard");
const SETTINGS: &str = include_str!("../../templates/taffrail.toml");
const ACTION: &str = include_str!("../../templates/scale-down.yaml");
const CI: &str = include_str!("../../templates/github.yml");
const CI_WITH_CARGO: &str = include_str!("../../templates/cargo-github.yml");
const MANIFEST: &str = include_str!("../../templates/Cargo.toml.txt");
const HARNESS: &str = include_str!("../../templates/policies.rs.txt");

/// Writes the files and says what to try with them. Nothing is written when one of them is already there.
pub(crate) fn run(arguments: &Init, output: &mut Output) -> Result<ExitCode, Failure> {
    let folder = &arguments.folder;
    let files = if arguments.cargo {
        // The manifest lies elsewhere than the shell stands.
        let taffrail = arguments.taffrail.as_deref().map(std::path::absolute);
        package(folder, taffrail.transpose()?.as_deref())
    } else {
        plain(folder)
    };
    // A link that leads nowhere is there, too.
    if let Some((path, _)) = files
        .iter()
        .find(|(path, _)| path.symlink_metadata().is_ok())
    {
        let path = path.display().to_string();
        return Err(Failure::AlreadyThere { path });
    }
    for (path, text) in &files {
        write(path, text)?;
        output.plain(&format!("wrote {}\n", path.display()))?;
    }
    let policies = policies_of(folder, arguments.cargo);
    output.plain(&next(&policies, folder, arguments.cargo))?;
    Ok(ExitCode::SUCCESS)
}

fn plain(folder: &Path) -> Vec<(PathBuf, String)> {
    let ci = CI.replace("POLICIES", &shown(folder));
    vec![
        (folder.join("agents.guard"), POLICY.to_owned()),
        (folder.join("taffrail.toml"), SETTINGS.to_owned()),
        (folder.join("examples/scale-down.yaml"), ACTION.to_owned()),
        (folder.join("ci/github-actions.yml"), ci),
    ]
}

/// The same with a package around it, whose tests are those of the policies.
fn package(folder: &Path, taffrail: Option<&Path>) -> Vec<(PathBuf, String)> {
    let policies = policies_of(folder, true);
    let dependency = match taffrail {
        None => format!("{:?}", env!("CARGO_PKG_VERSION")),
        Some(checkout) => format!(
            "{{ path = {:?} }}",
            checkout
                .join("crates/taffrail-testing")
                .display()
                .to_string()
        ),
    };
    let manifest = MANIFEST.replace("DEPENDENCY", &dependency);
    vec![
        (policies.join("agents.guard"), POLICY.to_owned()),
        (policies.join("taffrail.toml"), SETTINGS.to_owned()),
        (policies.join("examples/scale-down.yaml"), ACTION.to_owned()),
        (folder.join("Cargo.toml"), manifest),
        (folder.join("tests/policies.rs"), HARNESS.to_owned()),
        (
            folder.join("ci/github-actions.yml"),
            CI_WITH_CARGO.to_owned(),
        ),
    ]
}

fn policies_of(folder: &Path, cargo: bool) -> PathBuf {
    if cargo {
        folder.join("policies")
    } else {
        folder.to_owned()
    }
}

/// Returns what to try next, with the names that were chosen.
fn next(policies: &Path, folder: &Path, cargo: bool) -> String {
    let shown_policies = shown(policies);
    let mut lines = vec![
        format!("taffrail test {shown_policies}"),
        format!(
            "taffrail decide --policies {shown_policies} {}",
            shown(&policies.join("examples/scale-down.yaml"))
        ),
        format!("taffrail lint {shown_policies}"),
    ];
    if cargo {
        let manifest = shown(&folder.join("Cargo.toml"));
        lines.push(format!("cargo test --manifest-path {manifest}"));
    }
    let commands: Vec<String> = lines.iter().map(|line| format!("  {line}\n")).collect();
    format!("\nnext:\n{}", commands.concat())
}

/// Returns a path as it is typed in a shell.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |character: char| character.is_ascii_alphanumeric() || "._-/".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Writes a new file; one that came up in the meantime is left alone.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let unwritable = |source: io::Error| Failure::Unwritable {
        path: path.display().to_string(),
        source,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let mut file = fs::File::create_new(path).map_err(unwritable)?;
    io::Write::write_all(&mut file, text.as_bytes()).map_err(unwritable)
}
