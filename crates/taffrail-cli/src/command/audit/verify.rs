//! Verifying a log, alone and against what was kept elsewhere.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use taffrail_ledger::audit::{
    Break, Chain, Head, NO_RECORD, SignedCheckpoint, SigningKey, VerifyingKey,
};

use super::{each_line, head, text};
use crate::arguments::{BenchForm, Verify};
use crate::failure::Failure;
use crate::format::count;
use crate::ledger;
use crate::output::Output;

/// A line of an exported log.
#[derive(Deserialize)]
struct Line {
    hash: String,
    record: Box<RawValue>,
}

/// A log while it is read, and the records that it must hold.
struct Reading {
    chain: Chain,
    first: i64,
    /// The hashes that are known from elsewhere, by number.
    anchors: BTreeMap<i64, String>,
    held: usize,
}

pub(super) fn run(asked: &Verify, output: &mut Output) -> Result<(), Failure> {
    let anchors = anchors(asked)?;
    let reading = match &asked.ledger {
        Some(address) if asked.files.is_empty() => of_ledger(address, anchors)?,
        Some(_) | None => of_files(asked, anchors)?,
    };
    let end = reading.chain.head();
    let n = end.number.saturating_sub(reading.first);
    match asked.output {
        BenchForm::Json => {
            let page = json!({ "sound": true, "after": reading.first, "head": end, "anchors": reading.held });
            output.plain(&format!("{page}\n"))
        }
        BenchForm::Text => {
            let records = count(usize::try_from(n).unwrap_or(usize::MAX), "record");
            let mut page = format!("the log is sound: {records}");
            if n > 0 {
                page.push_str(&format!(
                    ", {} to {}",
                    reading.first.saturating_add(1),
                    end.number
                ));
            }
            if reading.held > 0 {
                page.push_str(&format!(
                    ", and {} as kept elsewhere",
                    count(reading.held, "record")
                ));
            }
            output.coloured(&format!("{page}\n{}\n", head(end)))
        }
    }
}

fn of_ledger(address: &str, anchors: BTreeMap<i64, String>) -> Result<Reading, Failure> {
    let ledger = ledger::existing(address)?;
    // In one look, and up to the very last record.
    let end = ledger.verify()?.map_err(Failure::BrokenLog)?;
    let mut reading = Reading::after(ledger.base()?, anchors)?;
    each_line(&ledger, reading.first, Some(end.number), |line| {
        reading.next(line)
    })?;
    reading.finished()
}

fn of_files(asked: &Verify, anchors: BTreeMap<i64, String>) -> Result<Reading, Failure> {
    let after = match &asked.after {
        Some(after) => parse(after)?,
        None => Head {
            number: 0,
            hash: NO_RECORD.to_owned(),
        },
    };
    let mut reading = Reading::after(after, anchors)?;
    for path in &asked.files {
        for line in text(path)?.lines().filter(|line| !line.trim().is_empty()) {
            reading.next(line)?;
        }
    }
    reading.finished()
}

impl Reading {
    fn after(base: Head, mut anchors: BTreeMap<i64, String>) -> Result<Self, Failure> {
        let mut held = 0;
        if let Some(hash) = anchors.remove(&base.number) {
            Self::same(base.number, &hash, &base.hash)?;
            held = 1;
        }
        if let Some(number) = anchors
            .keys()
            .next()
            .filter(|number| **number < base.number)
        {
            return Err(Failure::Anchor {
                reason: format!(
                    "record {number} lies before the first record here: verify the files that the log was rotated into, and this log with the head of the last one"
                ),
            });
        }
        Ok(Self {
            first: base.number,
            chain: Chain::after(base),
            anchors,
            held,
        })
    }

    fn next(&mut self, line: &str) -> Result<(), Failure> {
        let line: Line = serde_json::from_str(line).map_err(|error| {
            Failure::BrokenLog(Break {
                number: self.chain.head().number.saturating_add(1),
                what: format!("is no line of a log: {error}"),
            })
        })?;
        let next = self.chain.next(line.record.get(), &line.hash);
        next.map_err(Failure::BrokenLog)?;
        let at = self.chain.head();
        if let Some(hash) = self.anchors.remove(&at.number) {
            Self::same(at.number, &hash, &at.hash)?;
            self.held += 1;
        }
        Ok(())
    }

    /// Fails when a record that is known from elsewhere is not there.
    fn finished(self) -> Result<Self, Failure> {
        match self.anchors.keys().next() {
            None => Ok(self),
            Some(number) => Err(Failure::BrokenLog(Break {
                number: self.chain.head().number.saturating_add(1),
                what: format!("is missing: elsewhere it is known that the log went up to {number}"),
            })),
        }
    }

    fn same(number: i64, known: &str, found: &str) -> Result<(), Failure> {
        if known == found {
            return Ok(());
        }
        Err(Failure::BrokenLog(Break {
            number,
            what: "is not the one that is known from elsewhere".to_owned(),
        }))
    }
}

/// Returns what is known from elsewhere.
fn anchors(asked: &Verify) -> Result<BTreeMap<i64, String>, Failure> {
    let mut heads = Vec::new();
    for text in &asked.head {
        heads.push(parse(text)?);
    }
    if let (Some(path), Some(key)) = (&asked.checkpoint, &asked.key) {
        let pem = text(key)?;
        // Who signs may verify with the same file.
        let key = VerifyingKey::from_pem(&pem).or_else(|error| {
            SigningKey::from_pem(&pem)
                .map(|key| key.verifying_key())
                .map_err(|_| error)
        })?;
        for line in text(path)?.lines().filter(|line| !line.trim().is_empty()) {
            let signed: SignedCheckpoint =
                serde_json::from_str(line).map_err(|error| Failure::Anchor {
                    reason: format!(
                        "`{}` holds a line that is no checkpoint: {error}",
                        path.display()
                    ),
                })?;
            heads.push(key.verify(&signed)?.head.clone());
        }
        if heads.is_empty() {
            return Err(Failure::Anchor {
                reason: format!("there is no checkpoint in `{}`", path.display()),
            });
        }
    }
    let mut anchors: BTreeMap<i64, String> = BTreeMap::new();
    for head in heads {
        if let Some(other) = anchors.insert(head.number, head.hash.clone())
            && other != head.hash
        {
            return Err(Failure::Anchor {
                reason: format!("two hashes are given for record {}", head.number),
            });
        }
    }
    Ok(anchors)
}

/// Reads `12:sha256:…`.
fn parse(text: &str) -> Result<Head, Failure> {
    let parts = text.split_once(':');
    let head = parts.and_then(|(number, hash)| {
        let digits = hash.strip_prefix("sha256:")?;
        let is_hash = digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        Some(Head {
            number: number
                .parse()
                .ok()
                .filter(|number| *number >= 0 && is_hash)?,
            hash: hash.to_ascii_lowercase(),
        })
    });
    head.ok_or_else(|| Failure::Anchor {
        reason: format!(
            "`{text}` is no head; write `NUMBER:HASH`, as `taffrail audit verify` prints it"
        ),
    })
}
