//! The pieces of logs over all cores, and their results in order.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::chunk::{Chunk, Chunks};
use super::entry::At;
use super::tally::ReplayReport;
use super::{OpenLog, Replay};

/// A piece of work: its number, the log it is of, and what it holds.
struct Work {
    number: u64,
    file: usize,
    piece: Piece,
}

enum Piece {
    Chunk(Chunk),
    /// A log that cannot be read further, and why.
    Failed(String),
}

/// What came of a piece.
struct Done {
    number: u64,
    file: usize,
    tally: ReplayReport,
}

/// Reads logs on this thread, decides on others, and joins the results on one more.
pub(super) fn run(
    replay: &Replay<'_>,
    names: &[String],
    open: &mut OpenLog<'_>,
    jobs: usize,
) -> ReplayReport {
    let jobs = jobs.max(1);
    // INVARIANT: at most so many pieces wait, so that memory stays bounded however slow deciding is.
    let (to_work, work) = mpsc::sync_channel::<Work>(jobs);
    let (to_join, done) = mpsc::channel::<Done>();
    let work = Mutex::new(work);
    thread::scope(|scope| {
        for _ in 0..jobs {
            let to_join = to_join.clone();
            let work = &work;
            scope.spawn(move || {
                while let Some(work) = next(work) {
                    let done = decide(replay, names, work);
                    if to_join.send(done).is_err() {
                        return;
                    }
                }
            });
        }
        drop(to_join);
        let joined = scope.spawn(move || join(&done, replay.samples));
        read(names, open, &to_work);
        drop(to_work);
        joined.join().unwrap_or_default()
    })
}

fn next(work: &Mutex<Receiver<Work>>) -> Option<Work> {
    let work = work.lock().unwrap_or_else(PoisonError::into_inner);
    work.recv().ok()
}

fn read(names: &[String], open: &mut OpenLog<'_>, to_work: &SyncSender<Work>) {
    let mut number = 0;
    let mut send = |file, piece| {
        let work = Work {
            number,
            file,
            piece,
        };
        number += 1;
        to_work.send(work).is_ok()
    };
    for (file, name) in names.iter().enumerate() {
        let failed = match open(file) {
            Ok(source) => {
                let mut chunks = Chunks::new(name, source);
                for chunk in chunks.by_ref() {
                    if !send(file, Piece::Chunk(chunk)) {
                        return;
                    }
                }
                chunks.failed
            }
            Err(error) => Some(error),
        };
        if let Some(error) = failed
            && !send(file, Piece::Failed(format!("cannot be read: {error}")))
        {
            return;
        }
    }
}

fn decide(replay: &Replay<'_>, names: &[String], work: Work) -> Done {
    let Work {
        number,
        file,
        piece,
    } = work;
    let name = names.get(file).map_or("", String::as_str);
    let mut tally = ReplayReport::default();
    match piece {
        Piece::Failed(message) => tally.broken(name, 1, message),
        Piece::Chunk(chunk) if chunk.is_too_long => {
            tally.lines = chunk.lines;
            tally.broken(name, 1, "this is longer than 64 MiB".into());
        }
        Piece::Chunk(chunk) => {
            tally.lines = chunk.lines;
            for (line, bytes) in chunk.entries() {
                entry(replay, &mut tally, &chunk, name, line, bytes);
            }
        }
    }
    Done {
        number,
        file,
        tally,
    }
}

fn entry(
    replay: &Replay<'_>,
    tally: &mut ReplayReport,
    chunk: &Chunk,
    name: &str,
    line: u64,
    bytes: &[u8],
) {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return;
    }
    let at = At {
        file: name,
        line: line + 1,
    };
    if let Err(fault) = replay.entry(tally, chunk.framing, at, bytes) {
        tally.broken(name, at.line + fault.line, fault.message);
    }
}

fn join(done: &Receiver<Done>, n_samples: usize) -> ReplayReport {
    let mut report = ReplayReport::default();
    let mut early = BTreeMap::new();
    let (mut expected, mut current, mut lines) = (0, 0, 0);
    for piece in done {
        early.insert(piece.number, piece);
        while let Some(piece) = early.remove(&expected) {
            expected += 1;
            if piece.file != current {
                (current, lines) = (piece.file, 0);
            }
            let before = lines;
            lines += piece.tally.lines;
            report.append(piece.tally, before, n_samples);
        }
    }
    report
}
