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

    /// Returns where the first entry of some text ends.
    fn first_boundary(self, text: &[u8]) -> Option<usize> {
        let mut end = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            end += line.len();
            if line.ends_with(b"\n") && self.ends_at(line) {
                return Some(end);
            }
        }
        None
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
            let whole = framing.first_boundary(&self.rest);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives out its bytes a few at a time, and then maybe fails.
    struct Slowly<'b> {
        bytes: &'b [u8],
        fails: bool,
    }

    impl Read for Slowly<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.bytes.len().min(7).min(into.len());
            if count == 0 && self.fails {
                return Err(io::Error::other("cut off"));
            }
            into[..count].copy_from_slice(&self.bytes[..count]);
            self.bytes = &self.bytes[count..];
            Ok(count)
        }
    }

    /// Returns every entry with its line, as it is found across all chunks.
    fn entries(name: &str, text: &str) -> Vec<(u64, String)> {
        let source = Slowly {
            bytes: text.as_bytes(),
            fails: false,
        };
        let mut lines = 0;
        let mut all = Vec::new();
        for chunk in Chunks::new(name, Box::new(source)) {
            for (line, bytes) in chunk.entries() {
                all.push((lines + line, String::from_utf8(bytes.to_vec()).unwrap()));
            }
            lines += chunk.lines;
        }
        all
    }

    #[test]
    fn lines_are_entries_whatever_ends_them() {
        let found = entries("a.log", "{}\n\r\n{\"a\": 1}\r\nlast");
        let found: Vec<(u64, &str)> = found
            .iter()
            .map(|(line, text)| (*line, text.trim()))
            .collect();
        assert_eq!(found, [(0, "{}"), (1, ""), (2, "{\"a\": 1}"), (3, "last")]);
        assert_eq!(entries("a.log", ""), []);
    }

    #[test]
    fn an_entry_over_several_lines_ends_with_its_brace() {
        let found = entries("a.json", "{\n  \"a\": {\n  }\n}\n{\n}\n");
        assert_eq!(
            found,
            [
                (0, "{\n  \"a\": {\n  }\n}\n".to_owned()),
                (4, "{\n}\n".to_owned())
            ]
        );
    }

    #[test]
    fn yaml_is_cut_at_its_separators() {
        let found = entries("-", "a: 1\n---\nb: 2\n--- # more\nc: 3");
        let found: Vec<(u64, &str)> = found
            .iter()
            .map(|(line, text)| (*line, text.as_str()))
            .collect();
        assert_eq!(found, [(0, "a: 1\n"), (2, "b: 2\n"), (4, "c: 3")]);
    }

    #[test]
    fn how_a_log_is_written_is_told_by_its_name_and_its_beginning() {
        let of = |name: &str, start: &str| Framing::of(name, start.as_bytes());
        assert_eq!(of("-", "{\"kind\": \"Event\"}\n"), Framing::Lines);
        assert_eq!(of("a.json", "\n\u{feff}{\n  \"a\""), Framing::Lines);
        assert_eq!(of("a.json", "\u{feff}{\n  \"a\""), Framing::Pretty);
        assert_eq!(of("a.YAML.gz", "{\"a\": 1}"), Framing::Yaml);
        assert_eq!(of("-", "verb: scale\n"), Framing::Yaml);
        assert_eq!(of("a.log", "verb: scale\n"), Framing::Lines);
        assert_eq!(of("-", "2026-11-22 10:00: something else"), Framing::Lines);
        assert_eq!(of("-", ""), Framing::Lines);
    }

    #[test]
    fn a_chunk_ends_with_an_entry_and_counts_its_lines() {
        let line = "x".repeat(999);
        let text = format!("{line}\n").repeat(5_000);
        let source = Box::new(text.as_bytes());
        let chunks: Vec<Chunk> = Chunks::new("a.log", source).collect();
        assert!(chunks.len() > 1);
        let lines: u64 = chunks.iter().map(|chunk| chunk.lines).sum();
        assert_eq!(lines, 5_000);
        let mut entries = chunks.iter().flat_map(Chunk::entries);
        assert!(entries.all(|(_, bytes)| bytes.len() == 1_000));
    }

    #[test]
    fn what_is_too_long_is_passed_over() {
        let text = format!("first\n{}\nlast\n", "x".repeat(LONGEST + CHUNK));
        let chunks: Vec<Chunk> = Chunks::new("a.log", Box::new(text.as_bytes())).collect();
        let told: Vec<(u64, bool)> = chunks
            .iter()
            .map(|chunk| (chunk.lines, chunk.is_too_long))
            .collect();
        assert_eq!(told, [(1, false), (1, true), (1, false)]);
        let endless = format!("first\n{}", "x".repeat(LONGEST + CHUNK));
        let chunks: Vec<Chunk> = Chunks::new("a.log", Box::new(endless.as_bytes())).collect();
        let told: Vec<(u64, bool)> = chunks
            .iter()
            .map(|chunk| (chunk.lines, chunk.is_too_long))
            .collect();
        assert_eq!(told, [(1, false), (1, true)]);
    }

    #[test]
    fn a_log_that_breaks_off_is_read_as_far_as_it_goes() {
        let source = Slowly {
            bytes: b"{}\n{}\n",
            fails: true,
        };
        let mut chunks = Chunks::new("a.log", Box::new(source));
        assert_eq!(chunks.by_ref().map(|chunk| chunk.lines).sum::<u64>(), 2);
        assert_eq!(chunks.failed.unwrap().to_string(), "cut off");
    }
}
