//! `taffrail audit`: the log of everything that happened, and whether it still says so.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use taffrail_ledger::Ledger;
use taffrail_ledger::audit::{Checkpoint as Stated, Head, Record, SigningKey};

use crate::arguments::{Audit, BenchForm, Checkpoint, Export, Rotate, ShowAction};
use crate::failure::Failure;
use crate::format::story;
use crate::ledger;
use crate::output::Output;

mod verify;

/// How many records are read at once.
const PAGE: u32 = 1_000;

/// Does what is asked of the log.
pub(crate) fn run(arguments: &Audit, output: &mut Output) -> Result<ExitCode, Failure> {
    match arguments {
        Audit::Verify(asked) => verify::run(asked, output)?,
        Audit::Show(asked) => show(asked, output)?,
        Audit::Export(asked) => export(asked, output)?,
        Audit::Rotate(asked) => rotate(asked, output)?,
        Audit::Checkpoint(asked) => checkpoint(asked, output)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads every record, oldest first.
pub(super) fn each_record(
    ledger: &Ledger,
    mut work: impl FnMut(&Record) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let page = ledger.records(after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = last.number;
        for record in &page {
            work(record)?;
        }
    }
}

fn show(asked: &ShowAction, output: &mut Output) -> Result<(), Failure> {
    let ledger = ledger::existing(&asked.at.ledger)?;
    let mut is_found = false;
    each_record(&ledger, |record| {
        if asked.id.as_ref().is_some_and(|id| *id != record.action) {
            return Ok(());
        }
        is_found = true;
        match asked.output {
            BenchForm::Text => output.coloured(&story::record(record, asked.id.is_none())),
            BenchForm::Json => {
                let line = story::escaped(&serde_json::to_string(record)?);
                output.plain(&format!("{line}\n"))
            }
        }
    })?;
    match &asked.id {
        Some(id) if !is_found => Err(Failure::NoStory { id: id.clone() }),
        Some(_) | None => Ok(()),
    }
}

fn export(asked: &Export, output: &mut Output) -> Result<(), Failure> {
    let ledger = ledger::existing(&asked.at.ledger)?;
    each_line(&ledger, asked.after, None, |line| {
        output.plain(&format!("{line}\n"))
    })
}

/// Reads lines of the log behind a number, up to another one where it is given.
fn each_line(
    ledger: &Ledger,
    after: i64,
    upto: Option<i64>,
    mut work: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after = after;
    loop {
        let most = upto.map_or(i64::from(PAGE), |upto| {
            upto.saturating_sub(after).min(PAGE.into())
        });
        let page = ledger.export(after, u32::try_from(most).unwrap_or(0))?;
        if page.is_empty() {
            return Ok(());
        }
        for line in &page {
            work(line)?;
        }
        after = after
            .saturating_add(i64::try_from(page.len()).unwrap_or(i64::MAX))
            .max(numbered(page.last()));
    }
}

/// Returns the number of an exported record.
fn numbered(line: Option<&String>) -> i64 {
    let line: Option<serde_json::Value> = line.and_then(|line| serde_json::from_str(line).ok());
    line.and_then(|line| line.pointer("/record/number")?.as_i64())
        .unwrap_or(0)
}

/// Writes all records into a file, and takes them out once they are safe there.
fn rotate(asked: &Rotate, output: &mut Output) -> Result<(), Failure> {
    let ledger = ledger::existing(&asked.at.ledger)?;
    let end = ledger.verify()?.map_err(Failure::BrokenLog)?;
    let base = ledger.base()?;
    if base.number == end.number {
        return output.coloured("there is no record to move\n");
    }
    let unwritable = |source| Failure::Unwritable {
        path: asked.to.display().to_string(),
        source,
    };
    let file = File::create_new(&asked.to).map_err(unwritable)?;
    let mut file = BufWriter::new(file);
    each_line(&ledger, base.number, Some(end.number), |line| {
        writeln!(file, "{line}").map_err(unwritable)
    })?;
    file.flush().map_err(unwritable)?;
    file.get_ref().sync_all().map_err(unwritable)?;
    ledger.forget(&end)?;
    output.coloured(&format!(
        "records {} to {} are in `{}`; the log goes on behind\n{}\n",
        base.number.saturating_add(1),
        end.number,
        asked.to.display(),
        head(&end)
    ))
}

fn checkpoint(asked: &Checkpoint, output: &mut Output) -> Result<(), Failure> {
    let ledger = ledger::existing(&asked.at.ledger)?;
    let key = SigningKey::from_pem(&text(&asked.key)?)?;
    let end = ledger.verify()?.map_err(Failure::BrokenLog)?;
    let signed = key.sign(Stated {
        head: end,
        at: jiff::Timestamp::now(),
    })?;
    output.plain(&format!("{}\n", serde_json::to_string(&signed)?))
}

/// Returns a head as `verify --head` takes it.
fn head(head: &Head) -> String {
    format!("head {}:{}", head.number, head.hash)
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|source| Failure::Unreadable {
        path: path.display().to_string(),
        source,
    })
}
