//! Prints what was measured as Markdown.

use std::io::Write;

use crate::allocations::Allocations;
use crate::engines::Failure;

/// One thing that was timed.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// Median seconds per request.
    pub(crate) seconds: f64,
    /// Allocations per request.
    pub(crate) allocations: f64,
    /// Allocated bytes per request.
    pub(crate) bytes: f64,
}

/// Prints the time per request, beside the first row's.
pub(crate) fn decisions(rows: &[Row], out: &mut dyn Write) -> Result<(), Failure> {
    let first = rows.first().map_or(f64::NAN, |row| row.seconds);
    writeln!(
        out,
        "| per request | median | times ours | allocations | bytes |"
    )?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: |")?;
    for row in rows {
        writeln!(
            out,
            "| {} | {} | {:.2} | {:.1} | {:.0} |",
            row.name,
            time(row.seconds),
            row.seconds / first,
            row.allocations,
            row.bytes
        )?;
    }
    writeln!(out)?;
    Ok(())
}

/// Prints what loading took, beside the first engine's.
pub(crate) fn loads(
    engines: &[(&str, f64, Allocations)],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let first = engines.first().map_or(f64::NAN, |(_, seconds, _)| *seconds);
    writeln!(
        out,
        "| loading | median | times ours | allocations | memory kept |"
    )?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: |")?;
    for (name, seconds, memory) in engines {
        writeln!(
            out,
            "| {name} | {} | {:.2} | {} | {} KiB |",
            time(*seconds),
            seconds / first,
            memory.calls,
            memory.kept / 1024
        )?;
    }
    writeln!(out)?;
    Ok(())
}

/// Prints how much slower the largest size is than the smallest.
pub(crate) fn growth(
    sizes: &[(usize, Vec<(String, f64)>)],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (Some((least, small)), Some((most, large))) = (sizes.first(), sizes.last()) else {
        return Ok(());
    };
    writeln!(out, "## Growth from {least} to {most} rules\n")?;
    writeln!(out, "| per request | times slower |")?;
    writeln!(out, "| --- | ---: |")?;
    for ((name, before), (_, after)) in small.iter().zip(large) {
        writeln!(out, "| {name} | {:.1} |", after / before)?;
    }
    Ok(())
}

fn time(seconds: f64) -> String {
    let nanoseconds = seconds * 1e9;
    if nanoseconds < 1e3 {
        format!("{nanoseconds:.0} ns")
    } else if nanoseconds < 1e6 {
        format!("{:.2} µs", nanoseconds / 1e3)
    } else if nanoseconds < 1e9 {
        format!("{:.2} ms", nanoseconds / 1e6)
    } else {
        format!("{seconds:.2} s")
    }
}
