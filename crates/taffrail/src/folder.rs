//! Reads a folder of policies: its `.guard` files and its `taffrail.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use taffrail_compiler::{Compiled, Options, compile};
use taffrail_runtime::Value;
use taffrail_syntax::SourceTable;

use crate::crds;
use crate::error::LoadError;
use crate::settings::{self, FolderSettings};

/// The name of the settings file of a policy folder.
const SETTINGS_FILE: &str = "taffrail.toml";

/// The most bytes that a file may have: more than ten thousand rules need.
const FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// The texts of a policy set and the settings that stand beside them, not yet compiled.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The texts. Names are relative to the folder, with `/` between folders, in sorted order.
    pub table: SourceTable,
    /// Parameter values and settings.
    pub options: Options,
    /// The words of `[lints]` in `taffrail.toml`, by code.
    pub lints: BTreeMap<String, String>,
    /// The folder that the names are relative to; `None` for texts without one.
    pub folder: Option<PathBuf>,
}

impl Sources {
    /// Reads every `.guard` file of a folder and the folders in it, tests included, and the `taffrail.toml` of the folder
    /// itself. Hidden files and folders are left out. A single file is read alone, without settings.
    ///
    /// # Errors
    ///
    /// What cannot be read, is no UTF-8 or too large, and what `taffrail.toml` says wrongly.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = path.as_ref();
        if metadata(path)?.is_file() {
            let name = path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let folder = path.parent().map(Path::to_owned).unwrap_or_default();
            let mut sources = Self::from_texts([(name, read_text(path, FILE_LIMIT)?)])?;
            crds::add_named(&mut sources.options.crds, &sources.table, &folder);
            sources.folder = Some(folder);
            return Ok(sources);
        }
        let mut files = Vec::new();
        collect(path, "", &mut Vec::new(), &mut files)?;
        files.sort();
        let settings = read_settings(&path.join(SETTINGS_FILE))?;
        let mut sources = Self {
            table: SourceTable::default(),
            options: settings.options,
            lints: settings.lints,
            folder: Some(path.to_owned()),
        };
        for (name, path) in files {
            let text = read_text(&path, FILE_LIMIT)?;
            sources.table.add(name, text);
        }
        let crds = &mut sources.options.crds;
        crds::add_listed(crds, &settings.crds, path)?;
        crds::add_named(crds, &sources.table, path);
        Ok(sources)
    }

    /// Takes texts by name, with default settings. The order does not matter.
    ///
    /// # Errors
    ///
    /// A name that stands twice.
    pub fn from_texts<N, T>(texts: impl IntoIterator<Item = (N, T)>) -> Result<Self, LoadError>
    where
        N: Into<String>,
        T: Into<String>,
    {
        let mut texts: Vec<(String, String)> = texts
            .into_iter()
            .map(|(name, text)| (name.into(), text.into()))
            .collect();
        texts.sort();
        let mut sources = Self::default();
        let mut before: Option<String> = None;
        for (name, text) in texts {
            if before.as_ref() == Some(&name) {
                return Err(LoadError::DuplicateName { name });
            }
            sources.table.add(name.clone(), text);
            before = Some(name);
        }
        Ok(sources)
    }

    /// Returns the texts under names that lead to the files from where the program runs, for messages. Decisions and the
    /// digest keep to the names of [`Sources::table`], which are the same wherever the folder lies.
    #[must_use]
    pub fn table_for_messages(&self) -> SourceTable {
        let mut table = SourceTable::default();
        for (_, source) in self.table.iter() {
            let name = match &self.folder {
                Some(folder) => folder.join(&source.name).to_string_lossy().into_owned(),
                None => source.name.clone(),
            };
            table.add(name, source.text.as_str());
        }
        table
    }

    /// Sets a parameter, over what `taffrail.toml` says of it; by its full name or the last word of it.
    pub fn set_param(&mut self, name: &str, value: Value) {
        let last = |name: &str| name.rsplit('.').next().map(str::to_owned);
        // The file may name the same parameter by more or fewer of its words.
        self.options
            .params
            .retain(|other, _| last(other) != last(name));
        self.options.params.insert(name.to_owned(), value);
    }

    /// Reads a file that a test starts from: `path` as written in the source of that name. It starts from the source's own
    /// file and stays among the policies.
    ///
    /// # Errors
    ///
    /// A phrase that says why there are no bytes: the file cannot be read, or lies outside of the policies.
    pub fn read_beside(&self, source: &str, path: &str) -> Result<Vec<u8>, String> {
        let mut inside = PathBuf::new();
        let own_folder = Path::new(source).parent().unwrap_or(Path::new(""));
        for part in own_folder.join(path).components() {
            match part {
                Component::Normal(name) => inside.push(name),
                Component::CurDir => {}
                Component::ParentDir if inside.pop() => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    return Err("it lies outside of the policies".into());
                }
            }
        }
        let folder = self.folder.as_deref().unwrap_or(Path::new(""));
        fs::read(folder.join(inside)).map_err(|error| error.to_string())
    }

    /// Compiles the policies. Never fails: trouble is in the diagnostics.
    #[must_use]
    pub fn compile(&self) -> Compiled {
        compile(&self.table, &self.options)
    }
}

/// Adds the policy files below a folder, each with its name relative to the first folder. `above` are the real paths of the
/// folders on the way here.
fn collect(
    folder: &Path,
    prefix: &str,
    above: &mut Vec<PathBuf>,
    files: &mut Vec<(String, PathBuf)>,
) -> Result<(), LoadError> {
    let unreadable = |source| LoadError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let real = fs::canonicalize(folder).map_err(unreadable)?;
    if above.contains(&real) {
        return Err(LoadError::SymlinkLoop {
            path: folder.to_owned(),
        });
    }
    above.push(real);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        let Some(name) = name.to_str() else {
            return Err(LoadError::NameNotUtf8 { path });
        };
        // Mounted volumes keep their real files in hidden folders and link to them.
        if name.starts_with('.') {
            continue;
        }
        let is_policy = name.ends_with(".guard");
        let relative = format!("{prefix}{name}");
        match metadata(&path) {
            Ok(found) if found.is_dir() => {
                collect(&path, &format!("{relative}/"), above, files)?;
            }
            Ok(_) if is_policy => files.push((relative, path)),
            Err(error) if is_policy => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    above.pop();
    Ok(())
}

pub(crate) fn metadata(path: &Path) -> Result<fs::Metadata, LoadError> {
    fs::metadata(path).map_err(|source| LoadError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

fn read_settings(path: &Path) -> Result<FolderSettings, LoadError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(FolderSettings::default()),
        Ok(_) | Err(_) => {
            let text = read_text(path, FILE_LIMIT)?;
            settings::parse(&text).map_err(|message| LoadError::Settings {
                path: path.to_owned(),
                message,
            })
        }
    }
}

/// Reads a text file of at most so many bytes.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, LoadError> {
    let unreadable = |source| LoadError::Unreadable {
        path: path.to_owned(),
        source,
    };
    if !metadata(path)?.is_file() {
        return Err(unreadable(io::Error::other("it is not a regular file")));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(LoadError::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    String::from_utf8(bytes).map_err(|error| LoadError::NotUtf8 {
        path: path.to_owned(),
        offset: error.utf8_error().valid_up_to(),
    })
}
