//! Reads the schemas of custom kinds that policies and `taffrail.toml` name.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use taffrail_syntax::ast::ItemKind;
use taffrail_syntax::{SourceTable, parse};

use crate::error::LoadError;
use crate::folder::{metadata, read_text};

/// The most bytes that a file of custom resource definitions may have: several times the largest in use.
const FILE_LIMIT: u64 = 16 * 1024 * 1024;

/// The texts of files by the names they are called, or why they cannot be read.
type Texts = BTreeMap<String, Result<String, String>>;

/// Adds the files that policies name: `kind argoproj.io/Rollout from "crds/rollout.yaml"`. Names are relative to the folder. One that
/// cannot be read is the compiler's to report, at the place that names it.
pub(crate) fn add_named(texts: &mut Texts, sources: &SourceTable, folder: &Path) {
    for (id, source) in sources.iter() {
        // Few policies declare kinds, and parsing costs more than looking.
        if !source.text.contains("kind ") {
            continue;
        }
        for item in parse(id, &source.text).file.items {
            let ItemKind::Kind(declared) = item.kind else {
                continue;
            };
            let Some(name) = declared.from.map(|from| from.text) else {
                continue;
            };
            texts.entry(name).or_insert_with_key(|name| {
                read_text(&folder.join(name), FILE_LIMIT).map_err(|error| error.to_string())
            });
        }
    }
}

/// Adds the files that `crds` in `taffrail.toml` lists. Of a folder these are its YAML and JSON files.
pub(crate) fn add_listed(
    texts: &mut Texts,
    names: &[String],
    folder: &Path,
) -> Result<(), LoadError> {
    for name in names {
        let path = folder.join(name);
        if metadata(&path)?.is_file() {
            texts.insert(name.clone(), Ok(read_text(&path, FILE_LIMIT)?));
            continue;
        }
        let unreadable = |source| LoadError::Unreadable {
            path: path.clone(),
            source,
        };
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            let is_schema = file
                .extension()
                .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|e| extension == *e));
            let Some(own) = file.file_name().and_then(|own| own.to_str()) else {
                continue;
            };
            if is_schema && !own.starts_with('.') && metadata(&file)?.is_file() {
                let name = format!("{}/{own}", name.trim_end_matches('/'));
                texts.insert(name, Ok(read_text(&file, FILE_LIMIT)?));
            }
        }
    }
    Ok(())
}
