//! Cuts a log into pieces that can be read apart from each other, whatever its size.

use std::io::{self, Read};

use memchr::memchr;

/// How much is read at once.
const CHUNK: usize = 2 * 1024 * 1024;

/// The longest line, or document, that is read; a longer one is reported and passed over.
const LONGEST: usize = 64 * 1024 * 1024;

/// How entries stand in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// One JSON text a line.
    Lines,
    /// JSON over several lines, as programs print it for people: braces at the start of a line begin and end an entry.
    Pretty,
    /// YAML documents between `---`.
    Yaml,
}

impl Framing {
    /// Tells from the name and the beginning how a log is written.
    fn of(name: &str, start: &[u8]) -> Self {
        let lower = name.to_ascii_lowercase();
        let lower = lower.strip_suffix(".gz").unwrap_or(&lower);
        if lower.ends_with(".yaml") || lower.ends_with(".yml") {
            return Self::Yaml;
        }
        let start = start.strip_prefix("\u{feff}".as_bytes()).unwrap_or(start);
        let mut lines = start.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let first = lines.find(|line| !line.is_empty()).unwrap_or_default();
        if first == b"{" {
            return Self::Pretty;
        }
        let says_lines = [".json", ".jsonl", ".ndjson", ".log"];
        let is_key = memchr(b':', first).is_some_and(|at| {
            let word = first.get(..at).unwrap_or_default();
            word.iter().all(u8::is_ascii_alphabetic)
        });
        let is_yaml = first == b"---" || first.starts_with(b"#") || is_key;
        if is_yaml && !says_lines.iter().any(|ending| lower.ends_with(ending)) {
            Self::Yaml
        } else {
            Self::Lines
        }
    }

    /// Tells whether an entry ends with a line, or has ended before it.
    fn ends_at(self, line: &[u8]) -> bool {
        match self {
            Self::Lines => true,
            Self::Pretty => line.starts_with(b"}"),
            Self::Yaml => is_separator(line),
        }
    }

    /// Returns where the last whole entry of some text ends.
    fn boundary(self, text: &[u8]) -> Option<usize> {
        let mut end = text.len();
        loop {
            let before = text.get(..end)?;
            let at = memchr::memrchr(b'\n', before)?;
            let start = memchr::memrchr(b'\n', before.get(..at)?).map_or(0, |at| at + 1);
            if self.ends_at(before.get(start..at)?) {
                return Some(at + 1);
            }
            end = at;
        }
    }
}

fn breaks(text: &[u8]) -> u64 {
    let breaks = memchr::memchr_iter(b'\n', text).count();
    u64::try_from(breaks).unwrap_or(u64::MAX)
}

fn is_separator(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    line == b"---" || line.starts_with(b"--- ")
}

/// Some whole entries of a log.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) framing: Framing,
    bytes: Vec<u8>,
    /// How many lines there are.
    pub(super) lines: u64,
    /// Set where an entry was too long to be kept.
    pub(super) is_too_long: bool,
}

impl Chunk {
    /// Returns the entries, each with its first line, from 0 in this chunk.
    pub(super) fn entries(&self) -> Entries<'_> {
        Entries {
            framing: self.framing,
            rest: &self.bytes,
            line: 0,
        }
    }
}

/// The entries of a chunk.
#[derive(Debug)]
pub(super) struct Entries<'c> {
    framing: Framing,
    rest: &'c [u8],
    line: u64,
}

impl<'c> Iterator for Entries<'c> {
    type Item = (u64, &'c [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (text, first) = (self.rest, self.line);
        let mut end = 0;
        loop {
            let rest = text.get(end..).unwrap_or_default();
            let length = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            if length == 0 {
                self.rest = &[];
                return Some((first, text));
            }
            let line = rest.get(..length).unwrap_or_default();
            self.line += 1;
            if self.framing.ends_at(line) {
                let of_entry = match self.framing {
                    Framing::Yaml => end,
                    Framing::Lines | Framing::Pretty => end + length,
                };
                self.rest = text.get(end + length..).unwrap_or_default();
                return Some((first, text.get(..of_entry).unwrap_or_default()));
            }
            end += length;
        }
    }
}

/// A log that is read piece by piece.
pub(super) struct Chunks<'r> {
    name: String,
    source: Box<dyn Read + 'r>,
    framing: Option<Framing>,
    rest: Vec<u8>,
    is_at_end: bool,
    /// Why reading ended before the log did.
    pub(super) failed: Option<io::Error>,
}

impl<'r> Chunks<'r> {
    pub(super) fn new(name: &str, source: Box<dyn Read + 'r>) -> Self {
        Self {
            name: name.to_owned(),
            source,
            framing: None,
            rest: Vec::new(),
            is_at_end: false,
            failed: None,
        }
    }

    /// Reads until some bytes more are there, or the log ends.
    fn fill(&mut self, more: usize) {
        let limit = u64::try_from(more).unwrap_or(u64::MAX);
        match self.source.by_ref().take(limit).read_to_end(&mut self.rest) {
            Ok(read) => self.is_at_end = read < more,
            Err(error) => {
                self.is_at_end = true;
                self.failed = Some(error);
            }
        }
    }

    fn chunk(&self, framing: Framing, bytes: Vec<u8>) -> Chunk {
        let unfinished = bytes.last().is_some_and(|last| *last != b'\n');
        Chunk {
            framing,
            lines: breaks(&bytes) + u64::from(unfinished),
            bytes,
            is_too_long: false,
        }
    }

    /// Passes over an entry that is too long.
    fn pass_over(&mut self, framing: Framing) -> Chunk {
        let mut lines = 0;
        loop {
            // The end may stand across two pieces, so the last bytes of a piece are kept.
            let whole = framing.boundary(&self.rest);
            let keep = match whole {
                Some(end) => end,
                None if self.is_at_end => self.rest.len(),
                None => self.rest.len().saturating_sub(8),
            };
            let passed: Vec<u8> = self.rest.drain(..keep).collect();
            let is_over = whole.is_some() || self.is_at_end;
            lines += breaks(&passed);
            lines += u64::from(is_over && passed.last().is_some_and(|last| *last != b'\n'));
            if is_over {
                return Chunk {
                    framing,
                    bytes: Vec::new(),
                    lines,
                    is_too_long: true,
                };
            }
            self.fill(CHUNK);
        }
    }
}

impl Iterator for Chunks<'_> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        let mut wanted = CHUNK;
        loop {
            if !self.is_at_end && self.rest.len() < wanted {
                self.fill(wanted - self.rest.len());
            }
            let framing = *self
                .framing
                .get_or_insert_with(|| Framing::of(&self.name, &self.rest));
            if self.is_at_end {
                let bytes = std::mem::take(&mut self.rest);
                return (!bytes.is_empty()).then(|| self.chunk(framing, bytes));
            }
            if let Some(end) = framing.boundary(&self.rest) {
                let rest = self.rest.split_off(end);
                let bytes = std::mem::replace(&mut self.rest, rest);
                return Some(self.chunk(framing, bytes));
            }
            if self.rest.len() >= LONGEST {
                return Some(self.pass_over(framing));
            }
            wanted = wanted.saturating_mul(2);
        }
    }
}
