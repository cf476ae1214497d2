//! Waits until a file of a policy folder changes.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::failure::Failure;

/// Editors write a file in several steps; after this much silence they are done.
const QUIET: Duration = Duration::from_millis(100);

/// What policies and their tests are read from.
const EXTENSIONS: [&str; 6] = ["guard", "toml", "yaml", "yml", "json", "snap"];

/// The changes of a folder since this was made.
pub(crate) struct Watch {
    path: String,
    events: Receiver<notify::Result<Event>>,
    /// Ends with this.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Begins to watch a folder with all folders in it, or a file.
    pub(crate) fn new(path: &Path) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            return Err(Failure::NothingToWatch);
        }
        let shown = path.display().to_string();
        let failed = |source| Failure::NotWatched {
            path: shown.clone(),
            source,
        };
        let (sender, events) = channel();
        let mut watcher = notify::recommended_watcher(sender).map_err(failed)?;
        // Editors replace files, and a watch would stay with the replaced one.
        let folder = match path.parent() {
            Some(parent) if path.is_file() && parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) if path.is_file() => parent,
            _ => path,
        };
        watcher
            .watch(folder, RecursiveMode::Recursive)
            .map_err(failed)?;
        Ok(Self {
            path: shown,
            events,
            _watcher: watcher,
        })
    }

    /// Returns when something has changed and nothing changes any more.
    pub(crate) fn wait(&mut self) -> Result<(), Failure> {
        loop {
            let event = self.events.recv().map_err(|error| self.failed(&error))?;
            if self.matters(event)? {
                break;
            }
        }
        while let Ok(event) = self.events.recv_timeout(QUIET) {
            self.matters(event)?;
        }
        Ok(())
    }

    /// Tells whether an event is a change of a file that policies are read from; our own reading is one too, and is none.
    fn matters(&self, event: notify::Result<Event>) -> Result<bool, Failure> {
        let event = event.map_err(|source| Failure::NotWatched {
            path: self.path.clone(),
            source,
        })?;
        let is_read = |path: &Path| {
            let extension = path.extension().and_then(|extension| extension.to_str());
            extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        };
        Ok(!event.kind.is_access() && event.paths.iter().any(|path| is_read(path)))
    }

    fn failed(&self, error: &std::sync::mpsc::RecvError) -> Failure {
        Failure::NotWatched {
            path: self.path.clone(),
            source: notify::Error::generic(&error.to_string()),
        }
    }
}
